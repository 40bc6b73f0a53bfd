/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The template that the engine's callback asks, which another may take the place of at any time. A
 * callback reads the place once, behind its gate, and uses what it found there; one that was
 * replaced is freed by the service thread, once no callback is inside the gate that could have
 * found it. */
#ifndef WFPW_MATCH_SLOT_H
#define WFPW_MATCH_SLOT_H

#include "base/memory.h"
#include "engine/gate.h"
#include "engine/net_event_checks.h"

enum { MATCH_SLOT_MOST = 64 }; /* that were replaced and not freed yet */

/* Its memory, and that of its template, is the session's. */
struct match {
    struct net_event_checks checks;
    wfpw_template *own; /* what the checks are of, freed with it; NULL: the caller's */
    struct match *next; /* of those that were replaced */
};

struct match_slot {
    struct match first;    /* of the options; never freed */
    os_u64 current;        /* address of a struct match */
    os_u64 replaced;       /* likewise, of the last one; each leads to the one before */
    os_u32 count;          /* of them, those of `waiting` too */
    struct match *waiting; /* the service thread's: replaced, and not free to go yet */
    wfpw_allocator memory;
};

/* m: all zero. match stays the caller's; NULL: every event is wanted. */
void match_slot_init(struct match_slot *m, const wfpw_allocator *memory,
                     const wfpw_template *match);
/* Any thread, one at a time: from now on this one, which is taken over if that works. E_NOMEM;
 * E_TIMEOUT: too many wait to be freed. */
int match_slot_set(struct match_slot *m, wfpw_template *t);
/* On the service thread: frees what was replaced if no callback is inside the gate of the
 * subscription (NULL: there is none), nor stayed inside a former one. */
void match_slot_clean(struct match_slot *m, const struct gates *gates, struct gate *gate);
/* When no callback can come any more. */
void match_slot_free(struct match_slot *m);

/* In a callback, inside its gate, until it leaves that. */
static inline const struct net_event_checks *match_slot_get(const struct match_slot *m)
{
    return &((const struct match *)(uintptr_t)os_u64_load(&m->current))->checks;
}

#endif
