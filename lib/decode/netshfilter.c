/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netshfilter.h"

#include <string.h>

/* ---- where in a dump ------------------------------------------------------------------------ */

enum place {
    SKIP, /* of no interest, with all below it */
    OUTSIDE,
    MAYBE, /* an element that may be an object, which its first child tells */
    STATE, /* <wfpstate> */
    TIME,
    /* elements that are an object */
    FILTER,
    LAYER,
    PROVIDER,
    SUBLAYER,
    CALLOUT,
    CONTEXT,
    /* elements that hold others */
    DISPLAY,
    FLAGS,
    WEIGHT,
    EFFECTIVE,
    ACTION,
    CONDITIONS,
    CONDITION,
    CONDITION_VALUE,
    RANGE,
    LOW,
    HIGH,
    MASK,
    BLOB,
    DATA_BUFFER,
    /* elements that hold text */
    KEY,
    NAME,
    DESCRIPTION,
    FLAG,
    PROVIDER_KEY,
    LAYER_KEY,
    SUBLAYER_KEY,
    CALLOUT_KEY,
    CONTEXT_KEY,
    SERVICE,
    CONTEXT_TYPE,
    CONTEXT_DATA,
    ACTION_TYPE,
    WEIGHT_TYPE,
    WEIGHT_VALUE,
    EFFECTIVE_VALUE,
    RAW_CONTEXT,
    ID,
    FIELD_KEY,
    MATCH_TYPE,
    VALUE_TYPE,
    VALUE_TEXT,
    VALUE_HIGH,
    ELEMENT_TYPE,
    BLOB_DATA,
    BLOB_STRING
};

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
    ROW("type", VALUE_TYPE),       ROW("byteBlob", BLOB),   ROW("rangeValue", RANGE),
    ROW("v4AddrMask", MASK),       ROW("v6AddrMask", MASK), ROW("tokenAccessInformation", BLOB),
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
    [CONTEXT] = context_rows,
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
    [BLOB] = blob_rows,
    [DATA_BUFFER] = buffer_rows,
};

static bool is(const struct row *row, const char *name)
{
    return row->name[0] == name[0] && strcmp(row->name, name) == 0;
}

/* The child of this name. Children mostly come in order, so that the one after the last is looked
 * at first. */
static enum place child_of(enum place parent, const char *name, uint8_t *next)
{
    if (parent >= sizeof rows_of / sizeof *rows_of || rows_of[parent] == NULL)
        return SKIP;
    const struct row *rows = rows_of[parent];
    if (rows[*next].name != NULL && is(&rows[*next], name))
        return (enum place)rows[(*next)++].place;
    uint8_t i = 0;
    while (rows[i].name != NULL && !is(&rows[i], name))
        i++;
    if (rows[i].name != NULL)
        *next = (uint8_t)(i + 1);
    return (enum place)rows[i].place;
}

/* ---- objects -------------------------------------------------------------------------------- */

/* Which object the first child tells of; SKIP: a net event, which is read elsewhere. */
static enum place object_of(const char *first)
{
    static const struct row firsts[] = {
        ROW("filterKey", FILTER),     ROW("layerKey", LAYER),
        ROW("providerKey", PROVIDER), ROW("subLayerKey", SUBLAYER),
        ROW("calloutKey", CALLOUT),   ROW("providerContextKey", CONTEXT),
        ROW("header", SKIP),
    };
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        if (is(&firsts[i], first))
            return (enum place)firsts[i].place;
    return OUTSIDE;
}

static enum object_kind kind_of(enum place place)
{
    static const uint8_t kinds[] = {
        [TIME] = OBJECT_TIME,         [FILTER] = OBJECT_FILTER,     [LAYER] = OBJECT_LAYER,
        [PROVIDER] = OBJECT_PROVIDER, [SUBLAYER] = OBJECT_SUBLAYER, [CALLOUT] = OBJECT_CALLOUT,
        [CONTEXT] = OBJECT_CONTEXT,
    };
    return place <= CONTEXT ? (enum object_kind)kinds[place] : OBJECT_NONE;
}

static void begin_object(struct netshfilter *x, enum place place)
{
    object_start(&x->builder, kind_of(place));
    x->in_object = true;
    x->has_id = false;
    x->started = xml_position(x->xml);
}

/* An element among objects. */
static enum place place_outside(struct netshfilter *x, const char *name)
{
    bool is_state = strcmp(name, "wfpstate") == 0;
    x->is_dump |= is_state || strcmp(name, "wfpdiag") == 0;
    if (is_state)
        return STATE;
    bool may =
        strcmp(name, "item") == 0 || strcmp(name, "layer") == 0 || strcmp(name, "filter") == 0;
    return may ? MAYBE : OUTSIDE;
}

/* The first child of an element that may be an object. */
static enum place first_child(struct netshfilter *x, int depth, const char *name)
{
    enum place parent = object_of(name);
    x->places[depth - 1] = (uint8_t)parent;
    if (parent == OUTSIDE)
        return place_outside(x, name);
    if (parent == SKIP)
        return SKIP;
    x->is_dump = true;
    begin_object(x, parent);
    return child_of(parent, name, &x->next[depth - 1]);
}

/* A filter without a run-time id, or anything without a key, is nothing that could be looked up. */
static bool is_complete(const struct netshfilter *x)
{
    const struct object *o = &x->builder.object;
    bool needs_id = o->kind == OBJECT_FILTER || o->kind == OBJECT_LAYER || o->kind == OBJECT_TIME;
    return (x->has_id || !needs_id) && (o->texts[TEXT_KEY] != 0 || o->kind == OBJECT_TIME);
}

static void end_object(struct netshfilter *x)
{
    x->in_object = false;
    if (!is_complete(x)) {
        x->unread++;
        return;
    }
    x->object = object_finish(&x->builder);
    xml_stop(x->xml);
}

/* ---- values --------------------------------------------------------------------------------- */

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Hexadecimal digits to bytes in x->wide; their number, or 0. */
static size_t bytes_of(struct netshfilter *x, const char *s, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        int high = digit(s[i]), low = digit(s[i + 1]);
        if (high < 0 || low < 0)
            return 0;
        x->wide[i / 2] = (char)(high << 4 | low);
    }
    return n % 2 == 0 ? n / 2 : 0;
}

/* Whether bytes are UTF-16 text: NULs at the end may follow, no other control character. */
static bool is_text(const char *p, size_t n)
{
    while (n >= 2 && text_le16(p + n - 2) == 0)
        n -= 2;
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint16_t unit = text_le16(p + i);
        bool high = unit >= 0xD800 && unit <= 0xDBFF;
        if (unit < ' ' || (unit >= 0xDC00 && unit <= 0xDFFF))
            return false;
        if (high && (i + 3 >= n || (text_le16(p + i + 2) & 0xFC00) != 0xDC00))
            return false;
        i += high ? 2 : 0;
    }
    return n > 0 && n % 2 == 0;
}

/* What `data` holds, as text; 0 when it is none. */
static object_text put_data(struct netshfilter *x, const char *s, size_t n)
{
    size_t bytes = x->is_cut ? 0 : bytes_of(x, s, n);
    if (bytes == 0 || !is_text(x->wide, bytes))
        return 0;
    return object_put(&x->builder, x->text, text_utf16(x->text, x->wide, bytes / 2));
}

static void take_number(struct netshfilter *x, enum place place, const char *s, size_t n)
{
    struct object *o = &x->builder.object;
    uint64_t v;
    if (!text_parse_u64(s, n, &v))
        return;
    if (place == ID) {
        o->id = v;
        x->has_id = true;
    } else if (place == RAW_CONTEXT) {
        o->raw_context = v;
        o->present |= OBJECT_HAS_RAW_CONTEXT;
    } else if (place == EFFECTIVE_VALUE) {
        o->effective_weight = v;
        o->present |= OBJECT_HAS_EFFECTIVE;
    } else {
        o->weight = v;
        o->present |= OBJECT_HAS_WEIGHT;
    }
}

static void take_condition(struct netshfilter *x, enum place place, const char *s, size_t n)
{
    struct object_builder *b = &x->builder;
    if (x->skips_item)
        return;
    struct object_condition *c = &b->conditions[b->object.condition_count - 1];
    switch (place) {
    case FIELD_KEY:
        c->field = object_put_key(b, s, n);
        break;
    case MATCH_TYPE:
        c->match = object_put_key(b, s, n);
        break;
    case VALUE_TYPE:
        c->type = object_put_key(b, s, n);
        break;
    case ELEMENT_TYPE:
        c->element = object_put_key(b, s, n);
        break;
    case VALUE_HIGH:
        c->high = object_put(b, s, n);
        break;
    case BLOB_DATA:
        c->value = put_data(x, s, n);
        if (c->value == 0) {
            c->value = object_put(b, s, n);
            c->flags |= OBJECT_VALUE_HEX;
        }
        break;
    default: /* VALUE_TEXT; BLOB_STRING, when there is no data */
        c->value = c->value == 0 ? object_put(b, s, n) : c->value;
        break;
    }
}

static bool is_slot(enum place place, enum object_slot *slot)
{
    static const uint8_t slots[] = {
        [KEY] = TEXT_KEY + 1,
        [NAME] = TEXT_NAME + 1,
        [DESCRIPTION] = TEXT_DESCRIPTION + 1,
        [PROVIDER_KEY] = TEXT_PROVIDER + 1,
        [LAYER_KEY] = TEXT_LAYER + 1,
        [SUBLAYER_KEY] = TEXT_SUBLAYER + 1,
        [CALLOUT_KEY] = TEXT_CALLOUT + 1,
        [CONTEXT_KEY] = TEXT_CONTEXT + 1,
        [SERVICE] = TEXT_SERVICE + 1,
        [CONTEXT_TYPE] = TEXT_TYPE + 1,
        [ACTION_TYPE] = TEXT_ACTION + 1,
        [WEIGHT_TYPE] = TEXT_WEIGHT_TYPE + 1,
    };
    if (place >= sizeof slots || slots[place] == 0)
        return false;
    *slot = (enum object_slot)(slots[place] - 1);
    return true;
}

static void take_text(struct netshfilter *x, enum object_slot slot, const char *s, size_t n)
{
    bool is_words = slot == TEXT_NAME || slot == TEXT_DESCRIPTION || slot == TEXT_SERVICE;
    x->builder.object.texts[slot] =
        is_words ? object_put(&x->builder, s, n) : object_put_key(&x->builder, s, n);
}

/* When the dump was written is an object of its own. */
static void take_time(struct netshfilter *x, const char *s, size_t n)
{
    begin_object(x, TIME);
    x->has_id = text_parse_time(s, n, &x->builder.object.id);
    end_object(x);
}

static void take_leaf(struct netshfilter *x, enum place place, const char *s, size_t n)
{
    enum object_slot slot;
    if (is_slot(place, &slot))
        take_text(x, slot, s, n);
    else if (place == FLAG)
        object_add_flag(&x->builder, s, n);
    else if (place == CONTEXT_DATA)
        x->builder.object.texts[TEXT_DATA] = put_data(x, s, n);
    else if (place == TIME)
        take_time(x, s, n);
    else if (place >= FIELD_KEY)
        take_condition(x, place, s, n);
    else
        take_number(x, place, s, n);
}

/* Names keep their blanks; everything else stands between those of a laid-out file. */
static void end_leaf(struct netshfilter *x, enum place place)
{
    const char *s = x->text, *end = s + x->text_size;
    if (place != NAME && place != DESCRIPTION) {
        while (s < end && (unsigned char)*s <= ' ')
            s++;
        while (s < end && (unsigned char)end[-1] <= ' ')
            end--;
    }
    if (x->is_cut)
        x->builder.object.state |= OBJECT_TRUNCATED;
    if (s < end)
        take_leaf(x, place, s, (size_t)(end - s));
}

/* ---- elements ------------------------------------------------------------------------------- */

static void on_start(void *ctx, int depth, const char *name, const char **attributes)
{
    struct netshfilter *x = ctx;
    enum place parent = (enum place)x->places[depth - 1], place = SKIP;
    (void)attributes; /* numItems, which adds nothing */
    if (parent == OUTSIDE)
        place = place_outside(x, name);
    else if (parent == MAYBE)
        place = first_child(x, depth, name);
    else if (parent != SKIP)
        place = child_of(parent, name, &x->next[depth - 1]);
    x->places[depth] = (uint8_t)place;
    x->next[depth] = 0;
    x->text_size = 0;
    x->has_child = x->is_cut = false;
    if (place == CONDITION)
        x->skips_item = object_add_condition(&x->builder) == NULL;
}

static void on_text(void *ctx, int depth, const char *s, size_t n)
{
    struct netshfilter *x = ctx;
    enum place place = (enum place)x->places[depth];
    if ((place < KEY && place != TIME) || x->has_child || x->is_cut)
        return;
    if (n > sizeof x->text - x->text_size) {
        n = text_utf8_valid(s, sizeof x->text - x->text_size);
        x->is_cut = true;
    }
    memcpy(x->text + x->text_size, s, n);
    x->text_size += n;
}

static void on_end(void *ctx, int depth)
{
    struct netshfilter *x = ctx;
    enum place place = (enum place)x->places[depth];
    if ((place >= KEY || place == TIME) && !x->has_child)
        end_leaf(x, place);
    else if (place >= FILTER && place <= CONTEXT)
        end_object(x);
    x->has_child = true; /* of the element around it */
}

struct xml_handler netshfilter_handler(struct netshfilter *x, struct xml *xml)
{
    x->xml = xml;
    x->places[0] = OUTSIDE;
    x->in_object = false;
    x->object = NULL;
    return (struct xml_handler){.start = on_start, .end = on_end, .text = on_text, .ctx = x};
}
