/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_value.h"

#include "base/simd.h"

size_t audit_value_text(char *out, uint8_t type, const void *p, size_t n)
{
    return n <= AUDIT_VALUE_MAX ? text_value(out, type, p, n) : 0;
}

/* Decimal digits as UTF-16, as most numbers in texts are. */
static bool digits_of(const uint8_t *s, size_t n, uint64_t *out)
{
    uint64_t v = 0;
    if (n == 0 || n > 2 * 18 || n % 2 != 0)
        return false;
    for (const uint8_t *end = s + n; s < end; s += 2) {
        uint32_t digit = text_le16(s) - (uint32_t)'0';
        if (digit > 9)
            return false;
        v = 10 * v + digit;
    }
    *out = v;
    return true;
}

/* As audit_value_text, of what is such a text already: itself. */
static const char *text_of(char *room, uint8_t type, const void *p, size_t n, size_t *length)
{
    if (type == VALUE_UTF8 && n <= AUDIT_VALUE_MAX) {
        *length = n;
        return p;
    }
    *length = audit_value_text(room, type, p, n);
    return room;
}

static bool text_number(uint8_t type, const void *p, size_t n, uint64_t *out)
{
    char room[AUDIT_VALUE_TEXT];
    size_t length;
    const char *text = text_of(room, type, p, n, &length);
    return text_parse_u64(text, length, out);
}

bool audit_value_number(uint8_t type, const void *p, size_t n, uint64_t *out)
{
    if (audit_value_is_integer(type))
        return audit_value_integer(type, p, n, out);
    return n > 0 &&
           ((type == VALUE_STRING && digits_of(p, n, out)) || text_number(type, p, n, out));
}

bool audit_value_code(uint8_t type, const void *p, size_t n, uint64_t *code)
{
    const uint8_t *s = p;
    char room[AUDIT_VALUE_TEXT];
    if (type == VALUE_STRING && n > 4 && text_le32(s) == 0x00250025 &&
        digits_of(s + 4, n - 4, code))
        return true;
    size_t length;
    const char *text = text_of(room, type, p, n, &length);
    return length > 2 && text[0] == '%' && text[1] == '%' &&
           text_parse_u64(text + 2, length - 2, code);
}

enum { DOTTED_MAX = 15, DIGITS_MAX = 3 };

/* The number of 1 to 3 digits before `end`, before which four bytes may be read. */
static inline uint32_t octet_before(const char *end, uint32_t digits)
{
    uint32_t d = text_le32(end - 4) & 0x0F0F0F0Fu & ~0u << 8 * (4 - digits);
    return (d >> 24) + 10 * (d >> 16 & 0xFF) + 100 * (d >> 8 & 0xFF);
}

/* Four numbers in dots, which most addresses are: all characters are looked at at once, and each
 * number is made of its last three. At first 16 bytes may be read, and four before it. */
static bool dotted_at(const char *first, size_t units, uint8_t addr[4])
{
    uint32_t all = (1u << units) - 1, dots = simd_equal16(first, '.') & all, start = 0;
    if ((simd_digits16(first) & all) != (all ^ dots))
        return false;
    for (int i = 0; i < 4; i++, dots &= dots - 1) {
        if ((dots != 0) != (i < 3))
            return false;
        uint32_t end = i < 3 ? simd_lowest(dots) : (uint32_t)units, digits = end - start;
        uint32_t v = digits - 1 < DIGITS_MAX ? octet_before(first + end, digits) : 256;
        if (v > 255)
            return false;
        addr[i] = (uint8_t)v;
        start = end + 1;
    }
    return true;
}

static bool dotted_of(uint8_t type, const void *p, size_t n, uint8_t addr[4])
{
    uint8_t from[32] = {0};
    char text[4 + 16] = {0}, *first = text + 4;
    bool plain;
    if (type == VALUE_UTF8 && n <= DOTTED_MAX) {
        text_copy(first, p, n);
        return dotted_at(first, n, addr);
    }
    if (type != VALUE_STRING || n / 2 > DOTTED_MAX)
        return false;
    text_copy(from, p, n / 2 * 2);
    return simd_ascii16(first, from, n / 2, &plain) && dotted_at(first, n / 2, addr);
}

bool audit_value_address(uint8_t type, const void *p, size_t n, wfpw_endpoint *to)
{
    char text[AUDIT_VALUE_TEXT];
    uint8_t four[4];
    if (!dotted_of(type, p, n, four))
        return text_parse_ip(text, audit_value_text(text, type, p, n), to->addr, &to->family,
                             &to->scope_id);
    memcpy(to->addr, four, sizeof four);
    to->family = 4;
    to->scope_id = 0;
    return true;
}
