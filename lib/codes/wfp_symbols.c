/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "codes/wfp_symbols.h"

#include <string.h>

static const struct {
    const char *text;
    uint32_t number;
    uint8_t guid[16];
} symbols[] = {
#define SYMBOL(text, number, ...) {text, number, {__VA_ARGS__}},
#include "codes/wfp_symbols.inc"
#undef SYMBOL
};

static const struct {
    const char *key, *name;
} layers[] = {
#define LAYER(key, name) {key, name},
#include "codes/wfp_symbols.inc"
#undef LAYER
};

static const uint16_t hashed[] = {WFP_SYMBOL_HASHED};
static const uint16_t by_guid[] = {WFP_SYMBOL_BY_GUID};
enum { BUCKETS = sizeof hashed / sizeof *hashed, GUIDS = sizeof by_guid / sizeof *by_guid };

uint16_t wfp_symbol_find(const char *s, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 16777619u;
    uint32_t at = (h ^ h >> 15) % BUCKETS;
    for (; hashed[at] != WFP_SYMBOL_NONE; at = (at + 1) % BUCKETS) {
        const char *text = symbols[hashed[at]].text;
        if (strlen(text) == n && memcmp(text, s, n) == 0)
            return hashed[at];
    }
    return WFP_SYMBOL_NONE;
}

uint16_t wfp_symbol_of_guid(const uint8_t guid[16])
{
    size_t low = 0, high = GUIDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = memcmp(symbols[by_guid[middle]].guid, guid, 16);
        if (order == 0)
            return by_guid[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return WFP_SYMBOL_NONE;
}

uint16_t wfp_symbol_count(void)
{
    return (uint16_t)(sizeof symbols / sizeof *symbols);
}

const char *wfp_symbol_text(uint16_t i)
{
    return symbols[i].text;
}

uint32_t wfp_symbol_number(uint16_t i)
{
    return symbols[i].number;
}

const uint8_t *wfp_symbol_guid(uint16_t i)
{
    return symbols[i].guid;
}

const char *wfp_symbol_layer_key(uint32_t id)
{
    return id < WFP_SYMBOL_LAYERS ? layers[id].key : NULL;
}

const char *wfp_symbol_layer_name(uint32_t id)
{
    return id < WFP_SYMBOL_LAYERS ? layers[id].name : NULL;
}
