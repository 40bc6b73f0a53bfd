/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters that would silence what is guarded, as records. Whoever adds one may cause a flood of
 * drops at the same time: an alarm that finds no room in the ring waits for it. On the service
 * thread. */
#ifndef WFPW_GUARD_ALARMS_H
#define WFPW_GUARD_ALARMS_H

#include "guard/guard.h"
#include "queue/ring.h"

enum { GUARD_ALARMS_WAITING = 256 };

struct guard_alarm {
    uint64_t id, time;
    uint32_t epoch;
    uint16_t source; /* WFPW_SOURCE_* */
    uint8_t key[16];
};

struct guard_alarms {
    struct ring *ring;
    const struct wfpw_guard *guard; /* NULL: none, and there are no alarms */
    uint32_t count;
    struct guard_alarm waiting[GUARD_ALARMS_WAITING]; /* the oldest first */
};

/* A filter that was not known in this connection. at: the moment, and the connection. */
void guard_alarms_see(struct guard_alarms *a, const struct policy_object *o,
                      const struct guard_alarm *at);
/* Those that wait, as far as there is room. Whether one went. */
bool guard_alarms_retry(struct guard_alarms *a);

#endif
