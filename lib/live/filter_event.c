/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/filter_event.h"

enum { ROOM = sizeof(struct record) + sizeof(FWP_GUID) };

bool filter_event_put(struct ring *ring, const struct record *head, const void *key, bool counts)
{
    struct record_builder b;
    struct ring_slot slot;
    if (!(counts ? ring_reserve : ring_try_reserve)(ring, ROOM, &slot))
        return false;
    struct record *r = record_start(&b, slot.room, ROOM, head->kind, head->source);
    r->present = WFPW_HAS_FILTER_ID;
    r->time = head->time;
    r->filter_id = head->filter_id;
    r->epoch = head->epoch;
    r->arrived = head->epoch != 0 ? (uint32_t)os_ticks_ms() : 0;
    r->filter_key_at = record_room(&b, sizeof(FWP_GUID));
    memcpy((uint8_t *)slot.room + r->filter_key_at, key, sizeof(FWP_GUID));
    (void)record_finish(&b);
    ring_commit(ring, &slot);
    return true;
}

void filter_event_push(struct ring *ring, uint16_t source, const struct policy_change *c,
                       bool named)
{
    bool comes = c->type == FWPM_CHANGE_ADD;
    struct record head = {.kind = comes ? WFPW_KIND_FILTER_ADD : WFPW_KIND_FILTER_DELETE,
                          .source = source,
                          .time = c->time,
                          .filter_id = c->id,
                          .epoch = named ? c->epoch : 0};
    (void)filter_event_put(ring, &head, &c->key, true);
}
