/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The zone of times that are written without one (wfpw_options.log_zone). */
#ifndef WFPW_LOG_ZONE_H
#define WFPW_LOG_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct log_zone {
    bool is_told;
    bool is_host;    /* this host's, with its daylight saving time; else a fixed offset */
    int32_t minutes; /* east of UTC */
};

/* "UTC", "Z", "local", "+02:00", "-0330". s NULL: none is told. false: it is none of these. */
bool log_zone_parse(const char *s, struct log_zone *zone);

#endif
