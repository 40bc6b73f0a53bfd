/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/text/local_time.h"

void local_time_settle(struct record *r, const struct log_zone *zone, struct tally *t,
                       const char *file, bool *is_told)
{
    static const int64_t minute = 60 * 10000000;
    if ((r->flags & WFPW_EVENT_LOCAL_TIME) == 0)
        return;
    if (!zone->is_told) {
        if (!*is_told)
            tally_log(t, 2, "times without a zone are taken as UTC: log_zone was not given", file,
                      0);
        *is_told = true;
        return;
    }
    int64_t by = minute * zone->minutes;
    r->flags &= ~(uint32_t)WFPW_EVENT_LOCAL_TIME;
    if (zone->is_host)
        r->time = os_utc_of_local(r->time);
    else if (by < 0 || r->time > (uint64_t)by)
        r->time -= (uint64_t)by;
}
