/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_SIM_FIELD_H
#define WFPW_SIM_FIELD_H

#include <string.h>

#include "sim/event/sim_event.h"

/* A piece of the script. */
struct sim_word {
    const char *p;
    size_t n;
};

static inline bool word_is(const struct sim_word *w, const char *text)
{
    return strlen(text) == w->n && memcmp(w->p, text, w->n) == 0;
}

static inline bool number_of(const struct sim_word *w, uint64_t *v)
{
    return text_parse_u64(w->p, w->n, v);
}

enum sim_field_result { SIM_FIELD_SET, SIM_FIELD_UNKNOWN, SIM_FIELD_BAD_VALUE };
enum sim_field_result sim_field_set(struct sim_event *ev, const struct sim_word *key,
                                    const struct sim_word *value);
/* The script's UTF-8 as UTF-16, \uXXXX being one unit; there is room left for a NUL. */
bool sim_field_text(const struct sim_word *w, struct sim_text *t);

#endif
