/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Files of firewall rules, whole (.reg, hives, JSON, CSV, and lists without ids), through a
 * collection of names and back out as JSON. */
#include <stdlib.h>

#include "fuzz.h"
#include "wfpwatch/wfpwatch.h"

static _Alignas(8) char room[1024 * 1024];
static char json[8 * 1024 * 1024];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wfpw_options o = {.size = sizeof o, .names_bytes = 4 * 1024 * 1024};
    wfpw_names_stats st = {.size = sizeof st};
    wfpw_names *n = NULL;
    uint64_t cursor = 0, rules = 0;
    size_t needed;
    int found;
    if (wfpw_names_open(&o, &n, NULL) != WFPW_OK)
        abort();
    (void)wfpw_names_load_memory(n, data, size, NULL);
    (void)wfpw_names_load_memory(n, data, size / 2, NULL); /* a second one, and cut */
    if (wfpw_names_get_stats(n, &st) != WFPW_OK || st.bytes > o.names_bytes)
        abort();
    while ((found = wfpw_rules_next(n, &cursor, room, sizeof room, &needed)) == 1) {
        const wfpw_rule *r = (const wfpw_rule *)(const void *)room;
        if (r->id == NULL || r->title == NULL ||
            wfpw_rule_to_json(r, 0, json, sizeof json, NULL) <= 0 ||
            wfpw_rules_get(n, r->id, 1, NULL, 0, NULL) != WFPW_E_RANGE)
            abort();
        rules++;
    }
    if (found != 0 || rules != st.rules)
        abort();
    wfpw_names_close(n);
    return 0;
}
