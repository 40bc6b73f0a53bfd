/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/own_process.h"

void own_process_query(struct own_process *a, const struct wfpw_system *system)
{
    uint32_t (*ask)(void *, uint16_t *, uint32_t) = system->engine->own_app;
    a->units = ask != NULL ? ask(system->ctx, a->path, OWN_PROCESS_MAX) : 0;
    if (a->units > OWN_PROCESS_MAX)
        a->units = 0;
}

/* Without the NULs at its end. */
static uint32_t units_of(const uint8_t *path, uint32_t size)
{
    uint32_t n = size / 2;
    while (n > 0 && text_le16(path + 2 * (size_t)n - 2) == 0)
        n--;
    return n;
}

/* Letters beyond ASCII are small ones in both. */
static bool is_same_path(const struct own_process *a, const uint8_t *path)
{
    for (uint32_t i = a->units; i-- > 0;) /* paths differ at their end */
        if (text_lower(text_le16(path + 2 * (size_t)i)) != text_lower(a->path[i]))
            return false;
    return true;
}

void own_process_mark(const struct own_process *a, struct record *r)
{
    const uint8_t *path = record_at(r, r->app.at);
    if (a->units != 0 && value_is(&r->app) && r->app.type == VALUE_STRING &&
        units_of(path, r->app.size) == a->units && is_same_path(a, path))
        r->flags |= WFPW_EVENT_OWN_PROCESS;
}
