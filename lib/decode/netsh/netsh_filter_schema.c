/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netsh/netsh_filter_schema.h"

#include <stdbool.h>
#include <string.h>

struct row {
    const char *name; /* NULL: any other */
    uint8_t length, place;
};

#define ROW(name, place)                                                                           \
    {                                                                                              \
        name, sizeof(name) - 1, place                                                              \
    }
#define ANY(place)                                                                                 \
    {                                                                                              \
        NULL, 0, place                                                                             \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, 0, SKIP                                                                              \
    }

/* The children of an element, in the order in which netsh writes them. */
static const struct row filter_rows[] = {
    ROW("filterKey", KEY),
    ROW("displayData", DISPLAY),
    ROW("flags", FLAGS),
    ROW("providerKey", PROVIDER_KEY),
    ROW("providerData", SKIP),
    ROW("layerKey", LAYER_KEY),
    ROW("subLayerKey", SUBLAYER_KEY),
    ROW("weight", WEIGHT),
    ROW("filterCondition", CONDITIONS),
    ROW("action", ACTION),
    ROW("rawContext", RAW_CONTEXT),
    ROW("providerContextKey", CONTEXT_KEY),
    ROW("reserved", SKIP),
    ROW("filterId", ID),
    ROW("effectiveWeight", EFFECTIVE),
    END,
};
static const struct row layer_rows[] = {ROW("layerKey", KEY), ROW("displayData", DISPLAY),
                                        ROW("flags", FLAGS), ROW("layerId", ID), END};
static const struct row provider_rows[] = {
    ROW("providerKey", KEY),
    ROW("displayData", DISPLAY),
    ROW("flags", FLAGS),
    ROW("serviceName", SERVICE),
    END,
};
static const struct row sublayer_rows[] = {
    ROW("subLayerKey", KEY),          ROW("displayData", DISPLAY), ROW("flags", FLAGS),
    ROW("providerKey", PROVIDER_KEY), ROW("weight", WEIGHT_VALUE), END,
};
static const struct row callout_rows[] = {
    ROW("calloutKey", KEY),
    ROW("displayData", DISPLAY),
    ROW("flags", FLAGS),
    ROW("providerKey", PROVIDER_KEY),
    ROW("applicableLayer", LAYER_KEY),
    ROW("calloutId", ID),
    END,
};
static const struct row context_rows[] = {
    ROW("providerContextKey", KEY),
    ROW("displayData", DISPLAY),
    ROW("flags", FLAGS),
    ROW("providerKey", PROVIDER_KEY),
    ROW("type", CONTEXT_TYPE),
    ROW("dataBuffer", DATA_BUFFER),
    ROW("providerContextId", ID),
    END,
};
static const struct row state_rows[] = {ROW("timeStamp", TIME), ANY(OUTSIDE)};
static const struct row display_rows[] = {ROW("name", NAME), ROW("description", DESCRIPTION), END};
static const struct row flags_rows[] = {ROW("item", FLAG), END};
static const struct row weight_rows[] = {ROW("type", WEIGHT_TYPE), ANY(WEIGHT_VALUE)};
static const struct row effective_rows[] = {ROW("type", SKIP), ANY(EFFECTIVE_VALUE)};
static const struct row action_rows[] = {ROW("type", ACTION_TYPE), ROW("filterType", CALLOUT_KEY),
                                         END};
static const struct row conditions_rows[] = {ROW("item", CONDITION), END};
static const struct row condition_rows[] = {
    ROW("fieldKey", FIELD_KEY),
    ROW("matchType", MATCH_TYPE),
    ROW("conditionValue", CONDITION_VALUE),
    END,
};
static const struct row value_rows[] = {
    ROW("type", VALUE_TYPE),       ROW("byteBlob", BLOB_VALUE),
    ROW("rangeValue", RANGE),      ROW("v4AddrMask", MASK),
    ROW("v6AddrMask", MASK),       ROW("tokenAccessInformation", BLOB_VALUE),
    ROW("tokenInformation", SKIP), ANY(VALUE_TEXT),
};
static const struct row range_rows[] = {ROW("valueLow", LOW), ROW("valueHigh", HIGH), END};
static const struct row low_rows[] = {ROW("type", ELEMENT_TYPE), ROW("byteBlob", SKIP),
                                      ANY(VALUE_TEXT)};
static const struct row high_rows[] = {ROW("type", SKIP), ROW("byteBlob", SKIP), ANY(VALUE_HIGH)};
static const struct row mask_rows[] = {ROW("addr", VALUE_TEXT), ROW("mask", VALUE_HIGH),
                                       ROW("prefixLength", VALUE_HIGH), END};
static const struct row blob_rows[] = {ROW("data", BLOB_DATA), ROW("asString", BLOB_STRING), END};
static const struct row buffer_rows[] = {ROW("data", CONTEXT_DATA), ROW("asString", SKIP), END};

static const struct row *const rows_of[] = {
    [STATE] = state_rows,
    [FILTER] = filter_rows,
    [LAYER] = layer_rows,
    [PROVIDER] = provider_rows,
    [SUBLAYER] = sublayer_rows,
    [CALLOUT] = callout_rows,
    [PROVIDER_CONTEXT] = context_rows,
    [DISPLAY] = display_rows,
    [FLAGS] = flags_rows,
    [WEIGHT] = weight_rows,
    [EFFECTIVE] = effective_rows,
    [ACTION] = action_rows,
    [CONDITIONS] = conditions_rows,
    [CONDITION] = condition_rows,
    [CONDITION_VALUE] = value_rows,
    [RANGE] = range_rows,
    [LOW] = low_rows,
    [HIGH] = high_rows,
    [MASK] = mask_rows,
    [BLOB_VALUE] = blob_rows,
    [DATA_BUFFER] = buffer_rows,
};

static bool is_row(const struct row *row, const char *name)
{
    return row->name[0] == name[0] && strcmp(row->name, name) == 0;
}

/* Children mostly come in order, so that the one after the last is looked
 * at first. */
enum netsh_filter_element netsh_child(enum netsh_filter_element parent, const char *name,
                                      uint8_t *next)
{
    if ((size_t)parent >= sizeof rows_of / sizeof *rows_of || rows_of[parent] == NULL)
        return SKIP;
    const struct row *rows = rows_of[parent];
    if (rows[*next].name != NULL && is_row(&rows[*next], name))
        return (enum netsh_filter_element)rows[(*next)++].place;
    uint8_t i = 0;
    while (rows[i].name != NULL && !is_row(&rows[i], name))
        i++;
    if (rows[i].name != NULL)
        *next = (uint8_t)(i + 1);
    return (enum netsh_filter_element)rows[i].place;
}

enum netsh_filter_element netsh_object(const char *first)
{
    static const struct row firsts[] = {
        ROW("filterKey", FILTER),     ROW("layerKey", LAYER),
        ROW("providerKey", PROVIDER), ROW("subLayerKey", SUBLAYER),
        ROW("calloutKey", CALLOUT),   ROW("providerContextKey", PROVIDER_CONTEXT),
        ROW("header", SKIP),
    };
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        if (is_row(&firsts[i], first))
            return (enum netsh_filter_element)firsts[i].place;
    return OUTSIDE;
}
