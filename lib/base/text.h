/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Text as Windows has it to UTF-8, and numbers, addresses, GUIDs, SIDs and times to text and back.
 * Nothing here allocates or depends on a locale. Every writer takes room and never writes a NUL.
 */
#ifndef WFPW_TEXT_H
#define WFPW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Types of a value, numbered as EVT_VARIANT and binary XML number them. */
enum value_type {
    VALUE_NULL = 0x00,
    VALUE_STRING = 0x01, /* UTF-16LE, no NUL needed, size in bytes */
    VALUE_ANSI = 0x02,   /* read as Latin-1, as the code page is not known */
    VALUE_I8 = 0x03,
    VALUE_U8 = 0x04,
    VALUE_I16 = 0x05,
    VALUE_U16 = 0x06,
    VALUE_I32 = 0x07,
    VALUE_U32 = 0x08,
    VALUE_I64 = 0x09,
    VALUE_U64 = 0x0A,
    VALUE_F32 = 0x0B,
    VALUE_F64 = 0x0C,
    VALUE_BOOL = 0x0D,
    VALUE_BINARY = 0x0E,
    VALUE_GUID = 0x0F,
    VALUE_SIZE = 0x10, /* 4 or 8 bytes */
    VALUE_FILETIME = 0x11,
    VALUE_SYSTEMTIME = 0x12,
    VALUE_SID = 0x13,
    VALUE_HEX32 = 0x14,
    VALUE_HEX64 = 0x15,
    VALUE_BINXML = 0x21,
    VALUE_XML = 0x23,  /* UTF-16LE text that is XML itself */
    VALUE_UTF8 = 0x40, /* ours: text from an XML file; valid UTF-8 */
    VALUE_NAME =
        0x41, /* ours: a name of the table in model/audit_fields.h; `at` is its index plus 1 */
    VALUE_ARRAY = 0x80 /* added to a type */
};

enum {
    TEXT_IP_MAX = 46,
    TEXT_GUID_MAX = 38,
    TEXT_SID_MAX = 186, /* 15 sub-authorities of 10 digits */
    TEXT_TIME_MAX = 28,
    TEXT_U64_MAX = 20,
    SID_BYTES_MAX = 8 + 15 * 4
};

/* Little-endian reads from anywhere. */
static inline uint16_t text_le16(const void *p)
{
    const uint8_t *b = p;
    return (uint16_t)(b[0] | b[1] << 8);
}

/* Of ASCII letters the small one. */
static inline uint32_t text_lower(uint32_t c)
{
    return c - 'A' < 26 ? c + ('a' - 'A') : c;
}

static inline uint32_t text_le32(const void *p)
{
    const uint8_t *b = p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t text_le64(const void *p)
{
    const uint8_t *b = p;
    return text_le32(b) | (uint64_t)text_le32(b + 4) << 32;
}

static inline uint32_t text_be32(const void *p)
{
    const uint8_t *b = p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline void text_put_le32(void *p, uint32_t v)
{
    uint8_t *b = p;
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
    b[2] = (uint8_t)(v >> 16);
    b[3] = (uint8_t)(v >> 24);
}

/* memcpy without a call where n is small, as most texts are. */
static inline void text_copy(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *s = from;
    if (n > 32) {
        memcpy(t, s, n);
    } else if (n >= 16) { /* two of them, which may overlap */
        memcpy(t, s, 16);
        memcpy(t + n - 16, s + n - 16, 16);
    } else if (n >= 8) {
        memcpy(t, s, 8);
        memcpy(t + n - 8, s + n - 8, 8);
    } else if (n >= 4) {
        memcpy(t, s, 4);
        memcpy(t + n - 4, s + n - 4, 4);
    } else if (n > 0) {
        t[0] = s[0];
        t[n / 2] = s[n / 2];
        t[n - 1] = s[n - 1];
    }
}

/* memcmp without a call, where most texts are short. */
static inline bool text_equal(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a, *q = b;
    if (n >= 8) {
        for (size_t i = 0; i + 8 < n; i += 8)
            if (text_le64(p + i) != text_le64(q + i))
                return false;
        return text_le64(p + n - 8) == text_le64(q + n - 8);
    }
    if (n >= 4)
        return text_le32(p) == text_le32(q) && text_le32(p + n - 4) == text_le32(q + n - 4);
    return n == 0 || (p[0] == q[0] && p[n / 2] == q[n / 2] && p[n - 1] == q[n - 1]);
}

/* UTF-16LE of n units to UTF-8: out has room for 3 * n bytes. Lone surrogates and NULs become
 * U+FFFD; NULs at the end are left out. Returns the bytes written. */
size_t text_utf16(char *out, const void *utf16, size_t units);
/* The same; *plain: none of it needs an escape in JSON (true is sure, false is not). */
size_t text_utf16_plain(char *out, const void *utf16, size_t units, bool *plain);
/* Latin-1 to UTF-8: out has room for 3 * n bytes; NULs as above. */
size_t text_latin1(char *out, const void *s, size_t n);
/* n bytes of UTF-8 as they stand in a string of JSON: p has room for 6 * n + TEXT_JSON_SLACK bytes.
 * Returns the place behind them. */
enum { TEXT_JSON_SLACK = 16 };
char *text_json(char *p, const char *s, size_t n);
/* A text of strangers for messages: what is no UTF-8, controls, separators of lines and marks of
 * direction become U+FFFD; cut at a whole character. to: cap bytes, with a NUL at the end. */
void text_harmless(char *to, size_t cap, const char *s);
/* The length of the longest valid UTF-8 prefix of s. */
size_t text_utf8_valid(const char *s, size_t n);
/* The small letter of a capital, as far as names of files are compared so: of Latin, Greek,
 * Cyrillic and Armenian, and of full width; and the sigma at the end of a word is one. What has no
 * one small letter (the dotted capital I, the sharp s) stays, whatever the language. */
uint32_t text_lower_letter(uint32_t c);
/* The next character of a text that ends with a NUL, as text_lower_letter has it, and *s goes
 * behind it. A byte that is no UTF-8 is a number above all characters. At the NUL it is 0, and *s
 * stays. */
uint32_t text_next_lower(const char **s);

size_t text_u64(char *out, uint64_t v);                         /* TEXT_U64_MAX */
size_t text_i64(char *out, int64_t v);                          /* TEXT_U64_MAX */
size_t text_hex(char *out, uint64_t v);                         /* 0x3e7: 18 bytes */
size_t text_bytes(char *out, const void *p, size_t n);          /* upper case hexadecimal: 2 * n */
size_t text_ip(char *out, const uint8_t *addr, uint8_t family); /* RFC 5952; family 4 or 6 */
size_t text_guid(char *out, const void *guid16, bool upper);    /* {...} */
/* A SID of n bytes as S-1-...; 0 when its length does not agree with its count. */
size_t text_sid(char *out, const void *sid, size_t n);
/* RFC 3339, UTC, 7 digits. Years past 9999 come out as the last instant of 9999. */
size_t text_time(char *out, uint64_t filetime);
/* The same of several times, most of them of one day: *known is zeroed at first. */
struct text_day {
    uint32_t days;
    char text[12]; /* "2022-06-18T" */
};
size_t text_time_on(struct text_day *known, char *out, uint64_t filetime);

/* How many bytes text_value needs at most for a value of this type and size. */
static inline size_t text_value_max(uint8_t type, size_t size)
{
    size_t least = type == VALUE_SID ? TEXT_SID_MAX : 40;
    if (type == VALUE_STRING || type == VALUE_XML)
        return size / 2 * 3;
    if (type == VALUE_ANSI)
        return 3 * size;
    if (type == VALUE_UTF8)
        return size;
    return 2 * size > least ? 2 * size : least;
}

/* The same of several values together, whatever their types, each with a NUL behind it. */
static inline uint32_t text_values_max(uint32_t count, uint32_t size)
{
    return count * (TEXT_SID_MAX + 1) + 3 * size;
}

/* Any value (no array, no BINXML) as the event viewer's XML has it. A value whose size does not fit
 * its type comes out as hexadecimal. Returns the bytes written. */
size_t text_value(char *out, uint8_t type, const void *p, size_t n);

/* ---- and back: each takes exactly n bytes of ASCII and says whether all of it was one ------- */

bool text_parse_u64(const char *s, size_t n, uint64_t *out); /* decimal, or hexadecimal after 0x */
/* What is no address leaves the three as they were. */
bool text_parse_ip(const char *s, size_t n, uint8_t addr[16], uint8_t *family, uint32_t *scope_id);
bool text_parse_guid(const char *s, size_t n, uint8_t guid[16]); /* braces or none */
bool text_parse_sid(const char *s, size_t n, uint8_t sid[SID_BYTES_MAX], size_t *size);
/* RFC 3339 in UTC with 0 to 9 digits, a Z or none; digits past the seventh are cut. */
bool text_parse_time(const char *s, size_t n, uint64_t *filetime);
/* An offset from UTC: "Z", "+02:00", "-0330", in minutes east. */
bool text_parse_offset(const char *s, size_t n, int32_t *minutes);
/* The same time with a blank for the T, and an offset (or none: *has_zone is false, and *filetime
 * the time as if it were UTC), perhaps with a blank before it. */
bool text_parse_zoned_time(const char *s, size_t n, uint64_t *filetime, bool *has_zone);

/* ASCII case is ignored. */
bool text_same(const char *a, size_t n, const char *b);

/* A SYSTEMTIME of 16 bytes as FILETIME; false when it is no date. */
bool text_systemtime(const void *p, uint64_t *filetime);

#endif
