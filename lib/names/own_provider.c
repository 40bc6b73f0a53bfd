/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/own_provider.h"

#include "codes/wfp_symbols.h"

/* ---- filters -------------------------------------------------------------------------------- */

void own_provider_take(struct own_provider *p, const char *key)
{
    uint8_t guid[16];
    *p = (struct own_provider){0};
    if (key == NULL || !text_parse_guid(key, strlen(key), guid))
        return;
    p->is_set = true;
    p->symbol = wfp_symbol_of_guid(guid);
    p->guid[text_guid(p->guid, guid, false)] = 0;
}

void own_provider_mark(const struct own_provider *p, wfpw_filter *f)
{
    if (!p->is_set || f->provider == NULL)
        return;
    const char *key = p->symbol != WFP_SYMBOL_NONE ? wfp_symbol_text(p->symbol) : p->guid;
    if (strcmp(f->provider, key) == 0)
        f->present |= WFPW_FILTER_HAS_OWN;
}

/* ---- traffic -------------------------------------------------------------------------------- */

void own_app_query(struct own_app *a, const struct wfpw_system *system)
{
    uint32_t (*ask)(void *, uint16_t *, uint32_t) = system->engine->own_app;
    a->units = ask != NULL ? ask(system->ctx, a->path, OWN_APP_MAX) : 0;
    if (a->units > OWN_APP_MAX)
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
static bool is_same(const struct own_app *a, const uint8_t *path)
{
    for (uint32_t i = a->units; i-- > 0;) /* paths differ at their end */
        if (text_lower(text_le16(path + 2 * (size_t)i)) != text_lower(a->path[i]))
            return false;
    return true;
}

void own_app_mark(const struct own_app *a, struct record *r)
{
    const uint8_t *path = record_at(r, r->app.at);
    if (a->units != 0 && value_is(&r->app) && r->app.type == VALUE_STRING &&
        units_of(path, r->app.size) == a->units && is_same(a, path))
        r->flags |= WFPW_EVENT_OWN_PROCESS;
}
