/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Settings, and how they are read. */
#ifndef WFPW_SETTINGS_JSON_H
#define WFPW_SETTINGS_JSON_H

#include "base/memory.h"

enum { SETTINGS_TEXTS = 8 };

struct settings {
    wfpw_settings given; /* first: what the caller has */
    wfpw_options options;
    wfpw_live live;
    wfpw_audit_log audit;
    wfpw_allocator memory;
    char *texts[SETTINGS_TEXTS]; /* that members point to */
    uint32_t text_count;
};

/* Fills s, which has its memory. Returns 0 or the error; what was allocated until then is in s. */
int settings_json_read(struct settings *s, const char *json, size_t size, wfpw_error *e);

#endif
