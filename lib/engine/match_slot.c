/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/match_slot.h"

void match_slot_init(struct match_slot *m, const wfpw_allocator *memory, const wfpw_template *match)
{
    m->memory = *memory;
    net_event_checks_make(&m->first.checks, match);
    os_u64_store(&m->current, (uint64_t)(uintptr_t)&m->first);
}

static void free_match(struct match_slot *m, struct match *match)
{
    if (match == &m->first)
        return;
    wfpw_template_free(match->own);
    memory_free(&m->memory, match);
}

static void free_all(struct match_slot *m, struct match *list)
{
    while (list != NULL) {
        struct match *next = list->next;
        free_match(m, list);
        (void)os_u32_add(&m->count, UINT32_MAX);
        list = next;
    }
}

int match_slot_set(struct match_slot *m, wfpw_template *t)
{
    if (os_u32_load(&m->count) >= MATCH_SLOT_MOST)
        return WFPW_E_TIMEOUT;
    struct match *fresh = memory_new(&m->memory, sizeof *fresh);
    if (fresh == NULL)
        return WFPW_E_NOMEM;
    fresh->own = t;
    net_event_checks_make(&fresh->checks, t);
    uint64_t old = os_u64_exchange(&m->current, (uint64_t)(uintptr_t)fresh);
    uint64_t before = os_u64_load(&m->replaced);
    (void)os_u32_add(&m->count, 1);
    do
        ((struct match *)(uintptr_t)old)->next = (struct match *)(uintptr_t)before;
    while (!os_u64_cas(&m->replaced, &before, old));
    return WFPW_OK;
}

static void take_replaced(struct match_slot *m)
{
    struct match *list = (struct match *)(uintptr_t)os_u64_exchange(&m->replaced, 0);
    while (list != NULL) {
        struct match *next = list->next;
        list->next = m->waiting;
        m->waiting = list;
        list = next;
    }
}

/* A callback counts itself in before it reads the place: one that is not inside after the place was
 * changed does not find what was there. The count is read by a step that writes, which orders it
 * between those of callbacks. */
void match_slot_clean(struct match_slot *m, const struct gates *gates, struct gate *gate)
{
    if (os_u32_load(&m->count) == 0)
        return;
    take_replaced(m);
    if (gates->is_unquiet || (gate != NULL && os_u32_add(&gate->inside, 0) != 0))
        return;
    free_all(m, m->waiting);
    m->waiting = NULL;
}

void match_slot_free(struct match_slot *m)
{
    if (os_u64_load(&m->current) == 0)
        return; /* it was never made */
    take_replaced(m);
    free_all(m, m->waiting);
    free_match(m, (struct match *)(uintptr_t)os_u64_load(&m->current));
}
