/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Of a line, for its count. */
enum { COUNT_ROOM = 48 };

uint64_t log_kind(uint64_t seed, const char *text, uint64_t number)
{
    static const uint64_t prime = 0x100000001b3; /* FNV-1a */
    uint64_t h = seed ^ 0xcbf29ce484222325;
    for (; text != NULL && *text != 0; text++)
        h = (h ^ (uint8_t)*text) * prime;
    for (int i = 0; i < 8; i++, number >>= 8)
        h = (h ^ (uint8_t)number) * prime;
    return h != 0 ? h : 1;
}

static bool is_told(uint64_t count)
{
    while (count % 10 == 0)
        count /= 10;
    return count == 1;
}

static uint64_t count_line(struct log_bound *b, uint64_t kind)
{
    int i = 0;
    while (i < LOG_KINDS && b->at[i].kind != 0 && b->at[i].kind != kind)
        i++;
    b->at[i].kind = kind;
    return ++b->at[i].count;
}

void log_line(struct log_bound *b, wfpw_log_fn log, void *log_ctx, int level, uint64_t kind,
              const char *text)
{
    log_lines(b, 1, log, log_ctx, level, kind, text);
}

void log_lines(struct log_bound *b, uint32_t first, wfpw_log_fn log, void *log_ctx, int level,
               uint64_t kind, const char *text)
{
    char line[LOG_LINE];
    uint64_t count = count_line(b, kind);
    if (log == NULL || (count > first && !is_told(count)))
        return;
    text_harmless(line, sizeof line - COUNT_ROOM, text);
    size_t n = strlen(line);
    if (count > first)
        (void)snprintf(line + n, sizeof line - n, " (%llu times by now)",
                       (unsigned long long)count);
    log(log_ctx, level, line);
}
