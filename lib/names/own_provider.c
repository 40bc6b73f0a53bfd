/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/own_provider.h"

#include "codes/wfp_symbols.h"

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
