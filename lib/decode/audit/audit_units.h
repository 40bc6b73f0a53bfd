/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * UTF-16 units of rendered XML.
 */
#ifndef WFPW_AUDIT_UNITS_H
#define WFPW_AUDIT_UNITS_H

#include <string.h>

#include "decode/audit/audit_record.h"

static inline bool audit_units_is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Not zero when one of four units is c. */
static inline uint64_t audit_units_has(uint64_t four, uint16_t c)
{
    const uint64_t ones = 0x0001000100010001u;
    uint64_t v = four ^ ones * c;
    return (v - ones) & ~v & ones << 15;
}

/* The first place where one of these stands, four units at a time; end: nowhere. */
static inline const uint16_t *audit_units_find(const uint16_t *p, const uint16_t *end, uint16_t a,
                                               uint16_t b, uint16_t c)
{
    uint64_t four;
    for (; end - p >= 4; p += 4) {
        memcpy(&four, p, sizeof four);
        if ((audit_units_has(four, a) | audit_units_has(four, b) | audit_units_has(four, c)) != 0)
            break;
    }
    while (p < end && *p != a && *p != b && *p != c)
        p++;
    return p;
}

/* A slot's value. The text of an element ('<' is behind it) stands between line ends and blanks, if
 * the XML was indented. */
static inline void audit_units_slot(struct audit_record *a, enum slot slot, uint16_t behind,
                                    const uint16_t *p, size_t units)
{
    const uint16_t *end = p + units;
    while (behind == '<' && p < end && audit_units_is_blank(*p))
        p++;
    while (behind == '<' && p < end && audit_units_is_blank(end[-1]))
        end--;
    audit_record_slot(a, slot, VALUE_STRING, p, 2 * (size_t)(end - p));
}

#endif
