/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/filter_event.h"

enum { ROOM = sizeof(struct record) + sizeof(FWP_GUID) };

/* Into the ring, with the filter's key. */
static void push_record(struct ring *ring, const struct record *head, const void *key)
{
    struct record_builder b;
    struct ring_slot slot;
    if (!ring_reserve(ring, ROOM, &slot))
        return;
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
    push_record(ring, &head, &c->key);
}

void filter_event_guard(struct ring *ring, uint16_t source, const struct wfpw_guard *guard,
                        const struct policy_object *o, uint32_t epoch, uint64_t time)
{
    struct guard_subject s = guard_of_object(o);
    struct record head = {.kind = WFPW_KIND_GUARD,
                          .source = source,
                          .time = time,
                          .filter_id = o->id,
                          .epoch = epoch};
    wfpw_guarded found;
    uint8_t key[16] = {0};
    const char *text = policy_object_slot_of(o, TEXT_KEY);
    if (guard_check(guard, &s, &found) == 0)
        return;
    if (text != NULL)
        (void)text_parse_guid(text, strlen(text), key);
    push_record(ring, &head, key);
}
