/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A pfirewall.log through a session: as it is, and behind a header that makes it one. */
#include <stdbool.h>
#include <stdlib.h>

#include "fuzz.h"
#include "wfpwatch/wfpwatch.h"

static uint8_t file[256 * 1024];
static char json[8 * 1024 * 1024];

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_event(const wfpw_event *ev)
{
    must(ev->source == WFPW_SOURCE_PFIREWALL || ev->audit == NULL || ev->audit->event_id != 0);
    must(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
}

static void read_events(const uint8_t *data, size_t size, const char *zone)
{
    wfpw_options o = {.size = sizeof o, .log_zone = zone};
    wfpw_session *s = NULL;
    wfpw_batch *b = wfpw_batch_new(64, 0);
    must(b != NULL && wfpw_open(&o, &s, NULL) == 0);
    if (wfpw_add_memory(s, data, size, NULL) == 0)
        for (int n; (n = wfpw_read(s, b, -1, NULL)) != WFPW_E_EOF && n != WFPW_E_NOMEM;)
            for (int i = 0; i < n; i++)
                check_event(wfpw_batch_get(b, (uint32_t)i));
    wfpw_close(s);
    wfpw_batch_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "#Version: 1.5\r\n#Fields: date time action protocol\r\n";
    if (size > sizeof file - sizeof head)
        return 0;
    read_events(data, size, NULL);
    memcpy(file, head, sizeof head - 1);
    memcpy(file + sizeof head - 1, data, size);
    read_events(file, size + sizeof head - 1, "-15:59");
    return 0;
}
