/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/guard_alarms.h"

#include "live/filter_event.h"

/* counts: what finds no room is a drop. */
static bool push_alarm(const struct guard_alarms *a, const struct guard_alarm *alarm, bool counts)
{
    const struct record head = {.kind = WFPW_KIND_GUARD,
                                .source = alarm->source,
                                .time = alarm->time,
                                .filter_id = alarm->id,
                                .epoch = alarm->epoch};
    return filter_event_put(a->ring, &head, alarm->key, counts);
}

void guard_alarms_see(struct guard_alarms *a, const struct policy_object *o,
                      const struct guard_alarm *at)
{
    struct guard_subject s = guard_of_object(o);
    const char *key = policy_object_slot_of(o, TEXT_KEY);
    struct guard_alarm alarm = *at;
    wfpw_guarded found;
    if (guard_check(a->guard, &s, &found) == 0)
        return;
    alarm.id = o->id;
    if (key != NULL)
        (void)text_parse_guid(key, strlen(key), alarm.key);
    bool has_place = a->count < GUARD_ALARMS_WAITING;
    if (a->count == 0 && push_alarm(a, &alarm, false))
        return;
    if (has_place)
        a->waiting[a->count++] = alarm;
    else
        (void)push_alarm(a, &alarm, true);
}

bool guard_alarms_retry(struct guard_alarms *a)
{
    uint32_t sent = 0;
    while (sent < a->count && push_alarm(a, &a->waiting[sent], false))
        sent++;
    a->count -= sent;
    memmove(a->waiting, a->waiting + sent, a->count * sizeof *a->waiting);
    return sent > 0;
}
