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

bool audit_value_is_dash(uint8_t type, const void *p, size_t n)
{
    const uint8_t *s = p;
    if (type != VALUE_STRING)
        return n == 0 || (s[0] == '-' && (n == 1 || (n == 2 && s[1] == 0)));
    if (n == 4 && text_le16(s + 2) == 0) /* a NUL may follow */
        n = 2;
    return n < 2 || (n == 2 && text_le16(s) == '-');
}

enum { DOTTED_MIN = 7, DOTTED_MAX = 15, DIGITS_MAX = 3, OCTET_MAX = 0x00020505 };

static inline uint32_t bytes_turned(uint32_t v)
{
    return v << 24 | (v << 8 & 0xFF0000) | (v >> 8 & 0xFF00) | v >> 24;
}

/* The number of 1 to 3 digits at `text`, of which four bytes are read. */
static inline bool octet_of(const char *text, uint32_t digits, uint8_t *out)
{
    uint32_t d = (text_le32(text) & 0x0F0F0F0Fu) << 8 * (4 - digits); /* the last on top */
    *out = (uint8_t)(d * (1 + (10 << 8) + (100 << 16)) >> 24);
    return bytes_turned(d) <= OCTET_MAX;
}

/* Four numbers in dots, which most addresses are: all characters are looked at at once. At text 20
 * bytes may be read. */
static bool dotted_at(const char *text, size_t units, uint8_t addr[4])
{
    uint32_t all = (1u << units) - 1, dots = simd_equal16(text, '.') & all, start = 0;
    bool right = (simd_digits16(text) & all) == (all ^ dots);
    dots |= all + 1; /* as if one followed */
    for (int i = 0; i < 4; i++, dots &= dots - 1) {
        if (dots == 0)
            return false;
        uint32_t end = simd_lowest(dots), digits = end - start;
        if (digits - 1 >= DIGITS_MAX)
            return false;
        right = octet_of(text + start, digits, &addr[i]) && right;
        start = end + 1;
    }
    return right && dots == 0;
}

static bool dotted_of(uint8_t type, const void *p, size_t n, uint8_t addr[4])
{
    uint8_t few[16] = {0};
    char text[16 + 4] = {0};
    const size_t units = type == VALUE_STRING ? n / 2 : n;
    if ((type != VALUE_STRING && type != VALUE_UTF8) || units < DOTTED_MIN || units > DOTTED_MAX)
        return false;
    if (type == VALUE_UTF8) {
        text_copy(text, p, n);
    } else if (units < 8) {
        text_copy(few, p, 2 * units);
        simd_bytes_of_units(text, few, 8);
    } else {
        simd_bytes_of_units(text, p, units);
    }
    return dotted_at(text, units, addr);
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
