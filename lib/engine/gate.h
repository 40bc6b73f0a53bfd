/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a callback of the system gets as its context. Behind an open gate is what the callback may
 * use; a closed one turns it back. When unsubscribing fails nobody knows whether a callback is
 * still to come, so a gate is never freed then: its memory is not the session's, and stays, a page
 * a session at most, until the process ends.
 */
#ifndef WFPW_GATE_H
#define WFPW_GATE_H

#include "os/os.h"

enum { GATES = 32, GATE_CLOSED = 0x40000000 };

struct gate {
    os_u32 inside; /* callbacks, and GATE_CLOSED */
    uint32_t epoch;
    void *target;
    uint64_t parked;  /* when, counted; 0: it is not */
    uint64_t room[5]; /* a cache line of its own */
};

/* Of one kind of callbacks: a late one may come to another of its targets. One thread makes all
 * calls but those of callbacks. */
struct gates {
    struct gate *at; /* GATES of them; NULL: none was wanted yet */
    uint64_t parked; /* counted */
    bool is_unquiet; /* a callback did not come out: what is behind the gates must stay, too */
};

/* A gate to this target, open; NULL: no memory. */
struct gate *gates_open(struct gates *g, void *target, uint32_t epoch);
/* Unsubscribed, so that no callback comes; or nobody knows whether one does (`sure` false). Then it
 * is closed, and callbacks inside are waited for. */
void gates_close(struct gates *g, struct gate *gate, bool sure);
/* What every gate was for ends. false: memory of the targets must not be freed. */
bool gates_free(struct gates *g);

/* On the system's thread: what is behind it, until gate_leave; NULL: it is closed. */
static inline void *gate_enter(struct gate *g)
{
    if ((os_u32_add(&g->inside, 1) & GATE_CLOSED) == 0)
        return g->target;
    (void)os_u32_add(&g->inside, UINT32_MAX);
    return NULL;
}

static inline void gate_leave(struct gate *g)
{
    (void)os_u32_add(&g->inside, UINT32_MAX);
}

#endif
