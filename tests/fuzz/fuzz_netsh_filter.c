/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Dumps of netsh, whole, through a collection of names and back out as JSON. */
#include <stdlib.h>

#include "fuzz.h"
#include "wfpwatch/wfpwatch.h"

static _Alignas(8) char room[8 * 1024 * 1024];
static char json[16 * 1024 * 1024];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wfpw_options o = {.size = sizeof o, .names_bytes = 4 * 1024 * 1024};
    wfpw_names_stats st = {.size = sizeof st};
    wfpw_names *n = NULL;
    uint64_t cursor = 0;
    size_t needed;
    int found;
    if (wfpw_names_open(&o, &n, NULL) != WFPW_OK)
        abort();
    (void)wfpw_names_load_memory(n, data, size, NULL);
    (void)wfpw_names_load_memory(n, data, size / 2, NULL); /* a second one, and cut */
    if (wfpw_names_get_stats(n, &st) != WFPW_OK || st.bytes > o.names_bytes)
        abort();
    while ((found = wfpw_names_next(n, &cursor, room, sizeof room, &needed)) == 1) {
        const wfpw_filter *f = (const wfpw_filter *)(const void *)room;
        if (wfpw_filter_to_json(f, 0, json, sizeof json, NULL) <= 0 ||
            wfpw_names_get(n, f->id, 1, room, sizeof room, NULL) != 1)
            abort();
    }
    if (found != 0)
        abort();
    wfpw_names_close(n);
    return 0;
}
