/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A batch as lines beside its events one by one. */
#ifndef WFPW_TEST_LINES_H
#define WFPW_TEST_LINES_H

#include <stdbool.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

/* json: room for `most` bytes, as many as any event needs. Lines go through little room, so that
 * many calls begin anew; one that needs more is passed over. */
static inline bool lines_agree(const wfpw_batch *b, char *json, size_t most)
{
    static char lines[32 * 1024];
    uint32_t from = 0, at = 0;
    int n;
    while ((n = wfpw_batch_to_json(b, 0, &at, UINT32_MAX, lines, sizeof lines, NULL)) != 0) {
        const char *line = lines;
        if (n == WFPW_E_RANGE)
            from = ++at;
        for (; from < at; from++) {
            int one = wfpw_to_json(wfpw_batch_get(b, from), 0, json, most, NULL);
            if (one < 0 || memcmp(line, json, (size_t)one) != 0 || line[one] != '\n')
                return false;
            line += one + 1;
        }
        if (n > 0 && (line != lines + n || *line != 0))
            return false;
    }
    return true;
}

#endif
