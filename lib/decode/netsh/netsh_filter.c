/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netsh/netsh_filter.h"

#include <string.h>

#include "decode/netsh/netsh_filter_schema.h"

/* ---- objects -------------------------------------------------------------------------------- */

static enum policy_object_kind kind_of(enum netsh_filter_element place)
{
    static const uint8_t kinds[] = {
        [TIME] = POLICY_OBJECT_TIME,
        [FILTER] = POLICY_OBJECT_FILTER,
        [LAYER] = POLICY_OBJECT_LAYER,
        [PROVIDER] = POLICY_OBJECT_PROVIDER,
        [SUBLAYER] = POLICY_OBJECT_SUBLAYER,
        [CALLOUT] = POLICY_OBJECT_CALLOUT,
        [PROVIDER_CONTEXT] = POLICY_OBJECT_CONTEXT,
    };
    return place <= PROVIDER_CONTEXT ? (enum policy_object_kind)kinds[place] : POLICY_OBJECT_NONE;
}

static void begin_object(struct netsh_filter *x, enum netsh_filter_element place)
{
    policy_object_start(&x->builder, kind_of(place));
    x->in_object = true;
    x->has_id = false;
    x->started = xml_position(x->xml);
}

/* An element among objects. */
static enum netsh_filter_element place_outside(struct netsh_filter *x, const char *name)
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
static enum netsh_filter_element first_child(struct netsh_filter *x, int depth, const char *name)
{
    enum netsh_filter_element parent = netsh_object(name);
    x->places[depth - 1] = (uint8_t)parent;
    if (parent == OUTSIDE)
        return place_outside(x, name);
    if (parent == SKIP)
        return SKIP;
    x->is_dump = true;
    begin_object(x, parent);
    return netsh_child(parent, name, &x->next[depth - 1]);
}

/* A filter without a run-time id, or anything without a key, is nothing that could be looked up. */
static bool is_complete(const struct netsh_filter *x)
{
    const struct policy_object *o = &x->builder.object;
    bool needs_id = o->kind == POLICY_OBJECT_FILTER || o->kind == POLICY_OBJECT_LAYER ||
                    o->kind == POLICY_OBJECT_TIME;
    return (x->has_id || !needs_id) && (o->texts[TEXT_KEY] != 0 || o->kind == POLICY_OBJECT_TIME);
}

static void end_object(struct netsh_filter *x)
{
    x->in_object = false;
    if (!is_complete(x)) {
        x->unread++;
        return;
    }
    x->object = policy_object_finish(&x->builder);
    xml_stop(x->xml);
}

/* ---- values --------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Hexadecimal digits to bytes in x->wide; their number, or 0. */
static size_t bytes_of(struct netsh_filter *x, const char *s, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        int high = digit_of(s[i]), low = digit_of(s[i + 1]);
        if (high < 0 || low < 0)
            return 0;
        x->wide[i / 2] = (char)(high << 4 | low);
    }
    return n % 2 == 0 ? n / 2 : 0;
}

/* What `data` holds, as text; 0 when it is none. */
static policy_object_text put_data(struct netsh_filter *x, const char *s, size_t n)
{
    size_t bytes = x->is_cut ? 0 : bytes_of(x, s, n);
    return policy_object_put_data(&x->builder, x->wide, bytes);
}

static void take_number(struct netsh_filter *x, enum netsh_filter_element place, const char *s,
                        size_t n)
{
    struct policy_object *o = &x->builder.object;
    uint64_t v;
    if (!text_parse_u64(s, n, &v))
        return;
    if (place == ID) {
        o->id = v;
        x->has_id = true;
    } else if (place == RAW_CONTEXT) {
        o->raw_context = v;
        o->present |= POLICY_OBJECT_HAS_RAW_CONTEXT;
    } else if (place == EFFECTIVE_VALUE) {
        o->effective_weight = v;
        o->present |= POLICY_OBJECT_HAS_EFFECTIVE;
    } else {
        o->weight = v;
        o->present |= POLICY_OBJECT_HAS_WEIGHT;
    }
}

static void take_condition(struct netsh_filter *x, enum netsh_filter_element place, const char *s,
                           size_t n)
{
    struct policy_object_builder *b = &x->builder;
    if (x->skips_item)
        return;
    struct policy_object_condition *c = &b->conditions[b->object.condition_count - 1];
    switch (place) {
    case FIELD_KEY:
        c->field = policy_object_put_key(b, s, n);
        break;
    case MATCH_TYPE:
        c->match = policy_object_put_key(b, s, n);
        break;
    case VALUE_TYPE:
        c->type = policy_object_put_key(b, s, n);
        break;
    case ELEMENT_TYPE:
        c->element = policy_object_put_key(b, s, n);
        break;
    case VALUE_HIGH:
        c->high = policy_object_put(b, s, n);
        break;
    case BLOB_DATA:
        c->value = put_data(x, s, n);
        if (c->value == 0) {
            c->value = policy_object_put(b, s, n);
            c->flags |= POLICY_OBJECT_VALUE_HEX;
        }
        break;
    default: /* VALUE_TEXT; BLOB_STRING, when there is no data */
        c->value = c->value == 0 ? policy_object_put(b, s, n) : c->value;
        break;
    }
}

static bool is_slot(enum netsh_filter_element place, enum policy_object_slot *slot)
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
    if ((size_t)place >= sizeof slots || slots[place] == 0)
        return false;
    *slot = (enum policy_object_slot)(slots[place] - 1);
    return true;
}

static void take_text(struct netsh_filter *x, enum policy_object_slot slot, const char *s, size_t n)
{
    bool is_words = slot == TEXT_NAME || slot == TEXT_DESCRIPTION || slot == TEXT_SERVICE;
    x->builder.object.texts[slot] =
        is_words ? policy_object_put(&x->builder, s, n) : policy_object_put_key(&x->builder, s, n);
}

/* When the dump was written is an object of its own. */
static void take_time(struct netsh_filter *x, const char *s, size_t n)
{
    begin_object(x, TIME);
    x->has_id = text_parse_time(s, n, &x->builder.object.id);
    end_object(x);
}

static void take_leaf(struct netsh_filter *x, enum netsh_filter_element place, const char *s,
                      size_t n)
{
    enum policy_object_slot slot;
    if (is_slot(place, &slot))
        take_text(x, slot, s, n);
    else if (place == FLAG)
        policy_object_add_flag(&x->builder, s, n);
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
static void end_leaf(struct netsh_filter *x, enum netsh_filter_element place)
{
    const char *s = x->text, *end = s + x->text_size;
    if (place != NAME && place != DESCRIPTION) {
        while (s < end && (unsigned char)*s <= ' ')
            s++;
        while (s < end && (unsigned char)end[-1] <= ' ')
            end--;
    }
    if (x->is_cut)
        x->builder.object.state |= POLICY_OBJECT_TRUNCATED;
    if (s < end)
        take_leaf(x, place, s, (size_t)(end - s));
}

/* ---- elements ------------------------------------------------------------------------------- */

static void on_start(void *ctx, int depth, const char *name, const char **attributes)
{
    struct netsh_filter *x = ctx;
    enum netsh_filter_element parent = (enum netsh_filter_element)x->places[depth - 1],
                              place = SKIP;
    (void)attributes; /* numItems, which adds nothing */
    if (parent == OUTSIDE)
        place = place_outside(x, name);
    else if (parent == MAYBE)
        place = first_child(x, depth, name);
    else if (parent != SKIP)
        place = netsh_child(parent, name, &x->next[depth - 1]);
    x->places[depth] = (uint8_t)place;
    x->next[depth] = 0;
    x->text_size = 0;
    x->has_child = x->is_cut = false;
    if (place == CONDITION)
        x->skips_item = policy_object_add_condition(&x->builder) == NULL;
}

static void on_text(void *ctx, int depth, const char *s, size_t n)
{
    struct netsh_filter *x = ctx;
    enum netsh_filter_element place = (enum netsh_filter_element)x->places[depth];
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
    struct netsh_filter *x = ctx;
    enum netsh_filter_element place = (enum netsh_filter_element)x->places[depth];
    if ((place >= KEY || place == TIME) && !x->has_child)
        end_leaf(x, place);
    else if (place >= FILTER && place <= PROVIDER_CONTEXT)
        end_object(x);
    x->has_child = true; /* of the element around it */
}

void netsh_filter_init(struct netsh_filter *x)
{
    memset(x, 0, offsetof(struct netsh_filter, text));
    policy_object_start(&x->builder, POLICY_OBJECT_NONE);
}

struct xml_handler netsh_filter_handler(struct netsh_filter *x, struct xml *xml)
{
    x->xml = xml;
    x->places[0] = OUTSIDE;
    x->in_object = false;
    x->object = NULL;
    return (struct xml_handler){.start = on_start, .end = on_end, .text = on_text, .ctx = x};
}
