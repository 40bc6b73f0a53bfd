/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What reasons, and the codes of Windows, mean in words. */
#include <stdbool.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

static const struct {
    const char *name, *text, *remedy;
} reasons[] = {
#define REASON(code, name, word, text, remedy) [code] = {word, text, remedy},
#define REMEDY(name, has, text)
#include "codes/reasons.inc"
#undef REMEDY
#undef REASON
};

/* The header's list is made of the same rows: none may be missing in it. */
#define REASON(code, name, word, text, remedy)                                                     \
    _Static_assert(WFPW_REASON_##name == (code), "run make_codes.py");
#define REMEDY(name, has, text)
#include "codes/reasons.inc"
#undef REMEDY
#undef REASON

int WFPW_CALL wfpw_reason_info(uint32_t reason, wfpw_reason *out)
{
    if (out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    bool known = reason < sizeof reasons / sizeof *reasons && reasons[reason].name != NULL;
    wfpw_reason row = {.size = sizeof row,
                       .code = reason,
                       .name = known ? reasons[reason].name : "",
                       .text = known ? reasons[reason].text : "",
                       .remedy = known ? reasons[reason].remedy : ""};
    uint32_t n = out->size < sizeof row ? out->size : (uint32_t)sizeof row;
    row.size = n;
    memcpy(out, &row, n);
    return known;
}

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
