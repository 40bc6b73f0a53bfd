/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters as JSON: in an event what names them, by themselves all that is known. */
#include "export/jsonname.h"

static void put_time(struct out *o, uint64_t time)
{
    char text[TEXT_TIME_MAX];
    put_text(o, text, text_time(text, time));
}

/* ---- in an event ---------------------------------------------------------------------------- */

static void filter_names(struct out *o, const wfpw_filter *f)
{
    STRING_IF(o, "key", f->key);
    STRING_IF(o, "name", f->name);
    STRING_IF(o, "action", f->action_name);
    STRING_IF(o, "provider", f->provider);
    STRING_IF(o, "provider_name", f->provider_name);
    STRING_IF(o, "sublayer", f->sublayer);
    STRING_IF(o, "callout", f->callout);
    STRING_IF(o, "callout_name", f->callout_name);
}

/* Where the names are from, and whether they are those of this event's filter. */
static void filter_source(struct out *o, const wfpw_filter *f)
{
    WORD_IF(o, "state", WFPW_LIST_FILTER_STATE, f->state);
    if (f->deleted_time != 0) {
        KEY(o, "deleted");
        put_time(o, f->deleted_time);
    }
    STRING_IF(o, "from", f->from);
    if (f->from_time != 0) {
        KEY(o, "from_time");
        put_time(o, f->from_time);
    }
}

void json_filter(struct out *o, const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    const char *origin = ev->filter_origin;
    if ((ev->present & WFPW_HAS_FILTER_ID) == 0 && origin == NULL)
        return;
    KEY(o, "filter");
    open_object(o);
    NUMBER_IF(o, (ev->present & WFPW_HAS_FILTER_ID) != 0, "id", ev->filter_id);
    if (f != NULL)
        filter_names(o, f);
    STRING_IF(o, "origin", origin != NULL || f == NULL ? origin : f->origin);
    if (f != NULL)
        filter_source(o, f);
    close_object(o);
}

void json_layer(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_LAYER_ID) == 0)
        return;
    KEY(o, "layer");
    open_object(o);
    NUMBER(o, "id", ev->layer_id);
    STRING_IF(o, "key", ev->layer_key);
    STRING_IF(o, "name", ev->layer_name);
    close_object(o);
}

/* ---- by itself ------------------------------------------------------------------------------ */

/* Every key is always there. */
static void text_or_null(struct out *o, const char *name, const char *s)
{
    put_key(o, name);
    if (s != NULL)
        put_string(o, s);
    else
        PUT(o, "null");
}

static void number_or_null(struct out *o, const char *name, bool given, uint64_t v)
{
    put_key(o, name);
    if (given)
        put_number(o, v);
    else
        PUT(o, "null");
}

static void open_array(struct out *o)
{
    o->opening = '[';
}

static void close_array(struct out *o)
{
    if (o->opening != 0)
        comma(o);
    put_char(o, ']');
}

static void put_flags(struct out *o, const wfpw_filter *f)
{
    KEY(o, "flags");
    open_array(o);
    for (uint32_t i = 0; i < f->flag_count; i++) {
        comma(o);
        put_string(o, f->flag_names[i]);
    }
    close_array(o);
}

static void put_condition(struct out *o, const wfpw_condition *c)
{
    comma(o);
    open_object(o);
    STRING_IF(o, "field", c->field);
    STRING_IF(o, "match", c->match);
    STRING_IF(o, "type", c->type);
    STRING_IF(o, "range_type", c->range_type);
    STRING_IF(o, "value", c->value);
    STRING_IF(o, "high", c->high);
    STRING_IF(o, "text", c->text);
    close_object(o);
}

static void put_conditions(struct out *o, const wfpw_filter *f)
{
    const char *at = (const char *)f->conditions;
    KEY(o, "conditions");
    open_array(o);
    for (uint32_t i = 0; i < f->condition_count; i++, at += f->condition_stride)
        put_condition(o, (const wfpw_condition *)(const void *)at);
    close_array(o);
}

static void put_filter(struct out *o, const wfpw_filter *f)
{
    open_object(o);
    NUMBER(o, "id", f->id);
    text_or_null(o, "key", f->key);
    text_or_null(o, "name", f->name);
    text_or_null(o, "description", f->description);
    text_or_null(o, "layer", f->layer);
    text_or_null(o, "sublayer", f->sublayer);
    text_or_null(o, "provider", f->provider);
    text_or_null(o, "action", f->action_name);
    text_or_null(o, "callout", f->callout);
    put_flags(o, f);
    number_or_null(o, "weight", (f->present & WFPW_FILTER_HAS_WEIGHT) != 0, f->weight);
    number_or_null(o, "effective_weight", (f->present & WFPW_FILTER_HAS_EFFECTIVE_WEIGHT) != 0,
                   f->effective_weight);
    text_or_null(o, "origin", f->origin);
    put_conditions(o, f);
    if (f->truncated != 0)
        BOOLEAN(o, "truncated", true);
    close_object(o);
}

int WFPW_CALL wfpw_filter_to_json(const wfpw_filter *f, uint32_t flags, char *buf, size_t cap,
                                  size_t *needed)
{
    struct out o = {.p = buf, .cap = cap};
    if (f == NULL || flags != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    put_filter(&o, f);
    return end_json(&o, needed);
}
