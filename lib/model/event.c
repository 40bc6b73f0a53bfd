/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Looking into an event. */
#include <string.h>

#include "base/text.h"
#include "wfpwatch/wfpwatch.h"

const char *WFPW_CALL wfpw_audit_get(const wfpw_audit *a, const char *name)
{
    size_t n = name != NULL ? strlen(name) : 0;
    for (uint32_t i = 0; a != NULL && n > 0 && i < a->field_count; i++) {
        const char *at = (const char *)a->fields + (size_t)i * a->field_stride;
        const wfpw_field *f = (const wfpw_field *)(const void *)at;
        if (text_same(name, n, f->name))
            return f->value;
    }
    return NULL;
}
