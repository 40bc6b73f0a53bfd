/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/gate.h"

/* Our callbacks never wait: one that takes so long is on a thread that does not run. */
enum { QUIET_MS = 5000 };

/* A place that is free; else that which was closed longest ago, through which nothing came since.
 */
static struct gate *find_gate(struct gates *g)
{
    struct gate *oldest = g->at;
    for (int i = 0; i < GATES; i++) {
        if (g->at[i].target == NULL)
            return &g->at[i];
        bool older =
            g->at[i].parked != 0 && (oldest->parked == 0 || g->at[i].parked < oldest->parked);
        oldest = older ? &g->at[i] : oldest;
    }
    return oldest;
}

struct gate *gates_open(struct gates *g, void *target, uint32_t epoch)
{
    if (g->at == NULL)
        g->at = os_pages_new(GATES * sizeof *g->at);
    if (g->at == NULL)
        return NULL;
    struct gate *gate = find_gate(g);
    gate->target = target;
    gate->epoch = epoch;
    gate->parked = 0;
    while ((os_u32_load(&gate->inside) & GATE_CLOSED) != 0)
        (void)os_u32_add(&gate->inside, 0 - (uint32_t)GATE_CLOSED);
    return gate;
}

static bool is_quiet(struct gate *gate)
{
    uint64_t end = os_ticks_ms() + QUIET_MS;
    while (os_u32_load(&gate->inside) != GATE_CLOSED && os_ticks_ms() < end)
        os_sleep_ms(1);
    return os_u32_load(&gate->inside) == GATE_CLOSED;
}

void gates_close(struct gates *g, struct gate *gate, bool sure)
{
    if (gate == NULL)
        return;
    if (sure) {
        gate->target = NULL;
        return;
    }
    os_stay();
    (void)os_u32_add(&gate->inside, GATE_CLOSED);
    gate->parked = ++g->parked;
    if (!is_quiet(gate))
        g->is_unquiet = true;
}

bool gates_free(struct gates *g)
{
    if (g->at != NULL && g->parked == 0)
        os_pages_free(g->at, GATES * sizeof *g->at);
    g->at = NULL;
    return !g->is_unquiet;
}
