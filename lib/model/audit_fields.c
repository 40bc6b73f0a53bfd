/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/audit_fields.h"

#include <string.h>

#include "base/text.h"

static const struct {
    const char *text;
    uint8_t length;
    uint8_t role;
} fields[] = {
#define NAME(text, role) {text, sizeof text - 1, ROLE_##role},
#include "model/audit_fields.inc"
#undef NAME
};
enum { FIELDS = sizeof fields / sizeof *fields };

uint16_t audit_name(const char *name, size_t n)
{
    for (uint16_t i = 0; i < FIELDS; i++)
        if (fields[i].length == n && memcmp(fields[i].text, name, n) == 0)
            return i;
    return NAME_NONE;
}

uint32_t audit_name_length(uint16_t index)
{
    return index < FIELDS ? fields[index].length : 0;
}

const char *audit_name_text(uint16_t index)
{
    return index < FIELDS ? fields[index].text : "";
}

enum role audit_role_of_text(const char *name, size_t n)
{
    for (uint16_t i = 0; i < FIELDS; i++)
        if (fields[i].length == n && text_same(name, n, fields[i].text))
            return (enum role)fields[i].role;
    return ROLE_NONE;
}

enum role audit_role(uint16_t index)
{
    return index < FIELDS ? (enum role)fields[index].role : ROLE_NONE;
}
