/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A template that takes the place of another one while that is being asked. Each thread that asks
 * has a copy of its own, which nobody else frees; its next one waits for it in a place that both
 * sides exchange in one step. So neither waits for the other, and none is asked half of both. */
#ifndef WFPW_TEMPLATE_NEXT_H
#define WFPW_TEMPLATE_NEXT_H

#include "os/os.h"
#include "template/template.h"

/* All zero: none waits. */
struct template_next {
    os_u64 address; /* of the template; 0: none */
};

/* A copy in this memory, with conditions in the same order; t NULL: one without conditions. NULL:
 * there is no memory. */
wfpw_template *template_copy(const wfpw_template *t, const wfpw_allocator *memory);

/* Any thread: this is the next one, which is taken over; one that was not taken yet is freed. */
void template_next_put(struct template_next *n, wfpw_template *t);
/* Whoever asks: the next one, which is the caller's from now on; NULL: there is none. */
wfpw_template *template_next_take(struct template_next *n);

static inline bool template_next_waits(const struct template_next *n)
{
    return os_u64_load(&n->address) != 0;
}

#endif
