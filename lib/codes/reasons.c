/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What reasons mean in words. */
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
