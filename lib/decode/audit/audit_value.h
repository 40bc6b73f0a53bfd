/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the value of an audit record's field means: numbers, codes of the message file, addresses. A
 * field has the type that its writer chose, text more often than not. */
#ifndef WFPW_AUDIT_VALUE_H
#define WFPW_AUDIT_VALUE_H

#include "model/record.h"

/* Only a short value can mean something. */
enum { AUDIT_VALUE_MAX = 128, AUDIT_VALUE_TEXT = 2 * AUDIT_VALUE_MAX + TEXT_SID_MAX };

/* A value as text, AUDIT_VALUE_TEXT bytes at most; 0 when it is long. */
size_t audit_value_text(char *out, uint8_t type, const void *p, size_t n);

static inline bool audit_value_is_integer(uint8_t type)
{
    const uint32_t types = 1u << VALUE_U8 | 1u << VALUE_U16 | 1u << VALUE_U32 | 1u << VALUE_U64 |
                           1u << VALUE_HEX32 | 1u << VALUE_HEX64 | 1u << VALUE_SIZE;
    return type <= VALUE_HEX64 && (types >> type & 1) != 0;
}

/* A number of such a type; false: it has another, or no size of a number. */
static inline bool audit_value_integer(uint8_t type, const uint8_t *p, size_t n, uint64_t *out)
{
    if (!audit_value_is_integer(type))
        return false;
    switch (n) {
    case 1:
        *out = *p;
        return true;
    case 2:
        *out = text_le16(p);
        return true;
    case 4:
        *out = text_le32(p);
        return true;
    case 8:
        *out = text_le64(p);
        return true;
    default:
        return false;
    }
}

/* A number from any type, text included. */
bool audit_value_number(uint8_t type, const void *p, size_t n, uint64_t *out);

/* "%%14592" is a code of the provider's message file; only its number is the same everywhere. */
bool audit_value_code(uint8_t type, const void *p, size_t n, uint64_t *code);

/* "-", which stands for none, or nothing. */
bool audit_value_is_dash(uint8_t type, const void *p, size_t n);

/* An address; to is as it was when the value is none. */
bool audit_value_address(uint8_t type, const void *p, size_t n, wfpw_endpoint *to);

#endif
