/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/filter_event.h"

enum { ROOM = sizeof(struct record) + sizeof(FWP_GUID) };

void filter_event_push(struct ring *ring, uint16_t source, const struct policy_change *c,
                       bool named)
{
    struct record_builder b;
    struct ring_slot slot;
    bool comes = c->type == FWPM_CHANGE_ADD;
    if (!ring_reserve(ring, ROOM, &slot))
        return;
    struct record *r = record_start(&b, slot.room, ROOM,
                                    comes ? WFPW_KIND_FILTER_ADD : WFPW_KIND_FILTER_DELETE, source);
    r->present = WFPW_HAS_FILTER_ID;
    r->time = c->time;
    r->filter_id = c->id;
    r->epoch = named ? c->epoch : 0;
    r->arrived = named ? (uint32_t)os_ticks_ms() : 0;
    r->filter_key_at = record_room(&b, sizeof c->key);
    memcpy((uint8_t *)slot.room + r->filter_key_at, &c->key, sizeof c->key);
    (void)record_finish(&b);
    ring_commit(ring, &slot);
}
