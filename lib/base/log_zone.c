/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/log_zone.h"

#include <string.h>

#include "base/text.h"

bool log_zone_parse(const char *s, struct log_zone *zone)
{
    *zone = (struct log_zone){.is_told = s != NULL};
    if (s == NULL || text_same(s, strlen(s), "UTC") || text_same(s, strlen(s), "Z"))
        return true;
    zone->is_host = text_same(s, strlen(s), "local");
    return zone->is_host || text_parse_offset(s, strlen(s), &zone->minutes);
}
