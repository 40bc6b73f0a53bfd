/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

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

uint64_t log_count(struct log_bound *b, uint64_t kind)
{
    int i = 0;
    while (i < LOG_KINDS && b->at[i].kind != 0 && b->at[i].kind != kind)
        i++;
    b->at[i].kind = kind;
    uint64_t count = ++b->at[i].count;
    return is_told(count) ? count : 0;
}

void log_line(struct log_bound *b, wfpw_log_fn log, void *log_ctx, int level, uint64_t kind,
              const char *text)
{
    char line[LOG_LINE];
    uint64_t count = log_count(b, kind);
    if (log == NULL || count == 0)
        return;
    if (count > 1)
        (void)snprintf(line, sizeof line, "%.*s (%llu times by now)", LOG_LINE - 48, text,
                       (unsigned long long)count);
    else
        (void)snprintf(line, sizeof line, "%s", text);
    log_clean(line);
    log(log_ctx, level, line);
}

/* Whether a text of n bytes ends within the character that begins it. */
static bool is_cut(const uint8_t *p, size_t n)
{
    size_t wanted = p[0] >= 0xF0 && p[0] <= 0xF4   ? 4
                    : p[0] >= 0xE0 && p[0] <= 0xEF ? 3
                    : p[0] >= 0xC2 && p[0] <= 0xDF ? 2
                                                   : 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return false;
    return n < wanted;
}

/* The bytes of a control character, or of one that turns the direction of text; 0: it is none. */
static size_t harmful(const uint8_t *p)
{
    if (p[0] < 0x20 || p[0] == 0x7F)
        return 1;
    if (p[0] == 0xC2 && p[1] < 0xA0)
        return 2;
    if (p[0] != 0xE2)
        return 0;
    bool turns = (p[1] == 0x80 && (p[2] >= 0xA8 && p[2] <= 0xAE)) ||
                 (p[1] == 0x81 && (p[2] >= 0xA6 && p[2] <= 0xA9));
    return turns ? 3 : 0;
}

static void clean_valid(char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t bad = harmful((const uint8_t *)text + i);
        memset(text + i, '?', bad);
        i += bad != 0 ? bad : 1;
    }
}

void log_clean(char *text)
{
    size_t n = strlen(text), i = 0;
    while (i < n) {
        size_t valid = text_utf8_valid(text + i, n - i);
        clean_valid(text + i, valid);
        i += valid;
        if (i < n && is_cut((const uint8_t *)text + i, n - i))
            text[n = i] = 0;
        else if (i < n)
            text[i++] = '?';
    }
}
