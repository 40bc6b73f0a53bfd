/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the codes of Windows mean in words. */
#include <stdbool.h>
#include <stddef.h>

#include "wfpwatch/wfpwatch.h"

static const struct {
    uint32_t code;
    const char *text;
} statuses[] = {
#define STATUS(code, name, words) {code, words " (" #name ")"},
#include "codes/system_status.inc"
#undef STATUS
};

/* The kernel's twin of an FWP_E has the same low half. */
static uint32_t public_code(uint32_t code)
{
    bool twin = code >> 16 == 0xC022 && (code & 0xFFFF) < 0x100;
    return twin ? 0x80320000u | (code & 0xFFFF) : code;
}

const char *WFPW_CALL wfpw_system_text(uint32_t code)
{
    size_t low = 0, high = sizeof statuses / sizeof *statuses;
    code = public_code(code);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (statuses[middle].code == code)
            return statuses[middle].text;
        if (statuses[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return "";
}
