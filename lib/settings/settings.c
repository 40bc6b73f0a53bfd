/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/error.h"
#include "settings/settings_json.h"

enum { JSON_MOST = 1024 * 1024 };

static struct settings *new_settings(const wfpw_allocator *allocator)
{
    wfpw_allocator memory = memory_of(allocator);
    struct settings *s = memory_new(&memory, sizeof *s);
    if (s == NULL)
        return NULL;
    s->memory = memory;
    s->given = (wfpw_settings){.size = sizeof s->given, .options = &s->options};
    s->options = (wfpw_options){.size = sizeof s->options, .allocator = allocator};
    s->live.size = sizeof s->live;
    s->audit.size = sizeof s->audit;
    return s;
}

int WFPW_CALL wfpw_options_from_json(const char *json, size_t size, const wfpw_allocator *allocator,
                                     wfpw_settings **out, wfpw_error *e)
{
    static const char where[] = "wfpw_options_from_json";
    if (out == NULL)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    *out = NULL;
    if ((json == NULL && size != 0) || size > JSON_MOST ||
        (allocator != NULL && (allocator->alloc == NULL || allocator->free == NULL)))
        return error_set(e, WFPW_E_INVAL, where, 0,
                         size > JSON_MOST ? "settings have at most 1 MiB" : NULL);
    struct settings *s = new_settings(allocator);
    if (s == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    int status = settings_json_read(s, json, size, e);
    if (status == WFPW_OK)
        *out = &s->given;
    else
        wfpw_settings_free(&s->given);
    return status;
}

void WFPW_CALL wfpw_settings_free(wfpw_settings *settings)
{
    struct settings *s = (struct settings *)settings;
    if (s == NULL)
        return;
    wfpw_allocator memory = s->memory;
    wfpw_template_free(s->given.match);
    wfpw_guard_free(s->given.guard);
    for (uint32_t i = 0; i < s->text_count; i++)
        memory_give(&memory, s->texts[i]);
    memory_free(&memory, s);
}
