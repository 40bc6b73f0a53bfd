/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The input as a file, whole, through a session, and every event as JSON. */
#ifndef WFPW_FUZZ_SESSION_H
#define WFPW_FUZZ_SESSION_H

#include <stdlib.h>

#include "fuzz.h"
#include "lines.h"

static inline void fuzz_session(const uint8_t *data, size_t size)
{
    static char json[1024 * 1024];
    wfpw_session *s = NULL;
    wfpw_batch *b = wfpw_batch_new(16, 0);
    int n;
    if (b == NULL || wfpw_open(NULL, &s, NULL) != 0)
        abort();
    if (wfpw_add_memory(s, data, size, NULL) == 0)
        while ((n = wfpw_read(s, b, -1, NULL)) > 0) {
            for (uint32_t i = 0; i < (uint32_t)n; i++)
                if (wfpw_to_json(wfpw_batch_get(b, i), 0, json, sizeof json, NULL) <= 0)
                    abort();
            if (!lines_agree(b, json, sizeof json))
                abort();
        }
    wfpw_close(s);
    wfpw_batch_free(b);
}

#endif
