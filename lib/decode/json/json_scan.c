/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/json/json_scan.h"

enum { NO_QUOTE = JSON_SCAN_BLOCK, NO_JSON };

/* In a block: the quote that ends a string, or one of these. *escaped: its first character is;
 * then, whether that behind it is. */
static inline unsigned find_quote(const char *p, unsigned *escaped)
{
    struct simd_marks m = simd_marks16(p);
    unsigned passed = *escaped; /* what is escaped */
    for (unsigned slashes = m.slashes & ~passed; slashes != 0;) {
        unsigned next = 2 * (slashes & (0 - slashes));
        passed |= next;
        slashes &= slashes - 1;
        slashes &= ~next;
    }
    *escaped = passed >> JSON_SCAN_BLOCK;
    unsigned quotes = m.quotes & ~passed, all = quotes | m.lines | (m.nuls & ~passed);
    if (all == 0)
        return NO_QUOTE;
    unsigned first = simd_lowest(all);
    return (quotes >> first & 1) != 0 ? first : (unsigned)NO_JSON;
}

const char *json_scan_string(const char *p, const char *end)
{
    unsigned escaped = 0;
    for (; end - p >= JSON_SCAN_BLOCK; p += JSON_SCAN_BLOCK) {
        unsigned i = find_quote(p, &escaped);
        if (i != NO_QUOTE)
            return i != NO_JSON ? p + i : NULL;
    }
    for (; p < end; p++) {
        if (*p == '\n' || (*p == 0 && escaped == 0))
            return NULL;
        if (*p == '"' && escaped == 0)
            return p;
        escaped = escaped == 0 && *p == '\\';
    }
    return NULL;
}

/* What an escape of one character stands for; 0: it is none of these. */
static char escaped_char(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case '"':
    case '\\':
    case '/':
        return c;
    default:
        return 0;
    }
}

static uint32_t hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
           : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
           : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                  : 16;
}

/* "\u" with four digits, but for NUL and halves of a pair. false: it is none of these. */
static bool take_unit(const char *p, char **to)
{
    char *out = *to;
    uint32_t c = 0, bad = 0;
    for (int i = 2; i < 6; i++) {
        bad |= hex_digit(p[i]) & 16;
        c = c << 4 | hex_digit(p[i]);
    }
    if (bad != 0 || c == 0 || (c >= 0xD800 && c < 0xE000))
        return false;
    if (c >= 0x800) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
    } else if (c >= 0x80) {
        *out++ = (char)(0xC0 | c >> 6);
    }
    *out++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c);
    *to = out;
    return true;
}

/* The escape at p, of which 6 bytes may be read; returns what is behind it, NULL: it is none that
 * is known here. */
static const char *take_escape(const char *p, char **to)
{
    if (p[1] == 'u')
        return take_unit(p, to) ? p + 6 : NULL;
    **to = escaped_char(p[1]);
    return *(*to)++ != 0 ? p + 2 : NULL;
}

const char *json_scan_escapes(const char *p, const char *end, char **to)
{
    char *out = *to;
    while (end - p > JSON_SCAN_BLOCK + 6 && *p == '\\') {
        p = take_escape(p, &out);
        if (p == NULL)
            return NULL;
        const char *stop = json_scan_stop(p, end);
        while (stop - p > JSON_SCAN_BLOCK) {
            memcpy(out, p, JSON_SCAN_BLOCK);
            out += JSON_SCAN_BLOCK;
            p += JSON_SCAN_BLOCK;
        }
        if (end - p < JSON_SCAN_BLOCK)
            return NULL;
        memcpy(out, p, JSON_SCAN_BLOCK);
        out += stop - p;
        p = stop;
    }
    *to = out;
    return p < end && *p == '"' ? p : NULL;
}
