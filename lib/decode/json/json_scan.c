/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/json/json_scan.h"

/* In a block: the quote that ends a string. *escaped: its first character is; then, whether that
 * behind it is. JSON_SCAN_BLOCK: there is none; above: what is no JSON. */
static inline unsigned find_quote(const char *p, bool *escaped)
{
    uint64_t mask = simd_escapes_at(p);
    if (*escaped && p[0] == '\n')
        return JSON_SCAN_BLOCK + 1;
    mask &= ~(uint64_t)*escaped;
    *escaped = false;
    while (mask != 0) {
        unsigned i = simd_lowest(mask);
        mask &= mask - 1;
        if (p[i] == '"')
            return i;
        if (p[i] == '\n' || p[i] == 0)
            return JSON_SCAN_BLOCK + 1;
        if (p[i] != '\\')
            continue;
        *escaped = i == JSON_SCAN_BLOCK - 1;
        if (!*escaped && p[i + 1] == '\n')
            return JSON_SCAN_BLOCK + 1;
        mask &= ~((uint64_t)2 << i);
    }
    return JSON_SCAN_BLOCK;
}

const char *json_scan_string(const char *p, const char *end)
{
    bool escaped = false;
    for (; end - p >= JSON_SCAN_BLOCK; p += JSON_SCAN_BLOCK) {
        unsigned i = find_quote(p, &escaped);
        if (i != JSON_SCAN_BLOCK)
            return i < JSON_SCAN_BLOCK ? p + i : NULL;
    }
    for (; p < end; p++) {
        if (*p == '\n' || (*p == 0 && !escaped))
            return NULL;
        if (*p == '"' && !escaped)
            return p;
        escaped = !escaped && *p == '\\';
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
