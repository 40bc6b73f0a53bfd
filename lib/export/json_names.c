/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters as JSON: in an event what names them, by themselves all that is known. */
#include "export/json_names.h"

/* ---- in an event ---------------------------------------------------------------------------- */

static char *filter_names(struct json_out *o, char *p, const wfpw_filter *f)
{
    p = STRING_IF(o, p, "key", f->key);
    p = STRING_IF(o, p, "name", f->name);
    p = STRING_IF(o, p, "action", f->action_name);
    p = STRING_IF(o, p, "provider", f->provider);
    p = STRING_IF(o, p, "provider_name", f->provider_name);
    p = STRING_IF(o, p, "provider_product", f->provider_product);
    if (f->product_from > WFPW_PRODUCT_FROM_KEY) /* a key is not said */
        p = WORD_IF(json_out_room(o, p, JSON_OUT_MEMBER), "product_from", WFPW_LIST_PRODUCT_FROM,
                    f->product_from);
    p = STRING_IF(o, p, "sublayer", f->sublayer);
    p = STRING_IF(o, p, "callout", f->callout);
    return STRING_IF(o, p, "callout_name", f->callout_name);
}

static char *filter_own(struct json_out *o, char *p, const wfpw_filter *f)
{
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    return (f->present & WFPW_FILTER_HAS_OWN) != 0 ? BOOLEAN(p, "own", true) : p;
}

/* Where the names are from, and whether they are those of this event's filter. */
static char *filter_source(struct json_out *o, char *p, const wfpw_filter *f)
{
    p = json_out_room(o, p, 4 * JSON_OUT_MEMBER);
    p = WORD_IF(p, "state", WFPW_LIST_FILTER_STATE, f->state);
    if (f->deleted_time != 0)
        p = TIME(p, "deleted", f->deleted_time);
    p = STRING_IF(o, p, "from", f->from);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    return f->from_time != 0 ? TIME(p, "from_time", f->from_time) : p;
}

static char *write_filter(struct json_out *o, char *p, const void *of)
{
    const wfpw_event *ev = of;
    const wfpw_filter *f = ev->filter;
    const char *origin = ev->filter_origin != NULL || f == NULL ? ev->filter_origin : f->origin;
    p = JSON_OUT_OPEN(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "filter");
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_FILTER_ID) != 0, "id", ev->filter_id);
    if (f != NULL)
        p = filter_names(o, p, f);
    p = STRING_IF(o, p, "origin", origin);
    if (f != NULL)
        p = filter_source(o, filter_own(o, p, f), f);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

char *json_filter(struct json_out *o, char *p, const wfpw_event *ev)
{
    uint32_t has_id = ev->present & WFPW_HAS_FILTER_ID;
    if (has_id == 0 && ev->filter_origin == NULL)
        return p;
    struct json_out_key key = {
        {has_id, ev->filter_id, (uintptr_t)ev->filter, (uintptr_t)ev->filter_origin}};
    return json_out_part(o, p, PART_FILTER, key, ev, write_filter);
}

static char *write_layer(struct json_out *o, char *p, const void *of)
{
    const wfpw_event *ev = of;
    p = JSON_OUT_OPEN(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "layer");
    p = NUMBER(p, "id", ev->layer_id);
    p = STRING_IF(o, p, "key", ev->layer_key);
    p = STRING_IF(o, p, "name", ev->layer_name);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

char *json_layer(struct json_out *o, char *p, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_LAYER_ID) == 0)
        return p;
    struct json_out_key key = {{ev->layer_id, (uintptr_t)ev->layer_key, (uintptr_t)ev->layer_name}};
    return json_out_part(o, p, PART_LAYER, key, ev, write_layer);
}

/* ---- by itself ------------------------------------------------------------------------------ */

static char *put_flags(struct json_out *o, char *p, const wfpw_filter *f)
{
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"flags\":[");
    for (uint32_t i = 0; i < f->flag_count; i++) {
        p = json_out_text(o, p, f->flag_names[i], strlen(f->flag_names[i]), false);
        p = json_out_comma(json_out_room(o, p, 1));
    }
    return json_out_close(json_out_room(o, p, 2), ']');
}

static char *put_condition(struct json_out *o, char *p, const wfpw_condition *c)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 1), "{");
    p = STRING_IF(o, p, "field", c->field);
    p = STRING_IF(o, p, "match", c->match);
    p = STRING_IF(o, p, "type", c->type);
    p = STRING_IF(o, p, "range_type", c->range_type);
    p = STRING_IF(o, p, "value", c->value);
    p = STRING_IF(o, p, "high", c->high);
    p = STRING_IF(o, p, "text", c->text);
    return json_out_close(json_out_room(o, p, 2), '}');
}

static char *put_conditions(struct json_out *o, char *p, const wfpw_filter *f)
{
    const char *at = (const char *)f->conditions;
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"conditions\":[");
    for (uint32_t i = 0; i < f->condition_count; i++, at += f->condition_stride)
        p = put_condition(o, p, (const wfpw_condition *)(const void *)at);
    return json_out_close(json_out_room(o, p, 2), ']');
}

static char *put_filter(struct json_out *o, char *p, const wfpw_filter *f)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "{");
    p = NUMBER(p, "id", f->id);
    p = STRING_OR_NULL(o, p, "key", f->key);
    p = STRING_OR_NULL(o, p, "name", f->name);
    p = STRING_OR_NULL(o, p, "description", f->description);
    p = STRING_OR_NULL(o, p, "layer", f->layer);
    p = STRING_OR_NULL(o, p, "sublayer", f->sublayer);
    p = STRING_OR_NULL(o, p, "provider", f->provider);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    p = f->provider_state != 0
            ? WORD_IF(p, "provider_state", WFPW_LIST_FILTER_STATE, f->provider_state)
            : JSON_OUT_PUT(p, "\"provider_state\":null,");
    p = STRING_OR_NULL(o, p, "provider_product", f->provider_product);
    p = STRING_OR_NULL(o, p, "provider_service", f->provider_service);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    p = f->service_state != 0 ? WORD_IF(p, "service_state", WFPW_LIST_SERVICE, f->service_state)
                              : JSON_OUT_PUT(p, "\"service_state\":null,");
    p = STRING_OR_NULL(o, p, "service_image", f->service_image);
    p = STRING_OR_NULL(o, p, "service_company", f->service_company);
    p = STRING_OR_NULL(o, p, "action", f->action_name);
    p = STRING_OR_NULL(o, p, "callout", f->callout);
    p = json_out_room(o, put_flags(o, p, f), 2 * JSON_OUT_MEMBER);
    p = NUMBER_OR_NULL(p, (f->present & WFPW_FILTER_HAS_WEIGHT) != 0, "weight", f->weight);
    p = NUMBER_OR_NULL(p, (f->present & WFPW_FILTER_HAS_EFFECTIVE_WEIGHT) != 0, "effective_weight",
                       f->effective_weight);
    p = STRING_OR_NULL(o, p, "origin", f->origin);
    p = filter_own(o, put_conditions(o, p, f), f);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    if (f->truncated != 0)
        p = BOOLEAN(p, "truncated", true);
    return json_out_close(p, '}') - 1;
}

int WFPW_CALL wfpw_filter_to_json(const wfpw_filter *f, uint32_t flags_of_call, char *buf,
                                  size_t cap, size_t *needed)
{
    struct json_out o;
    if (f == NULL || flags_of_call != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    return json_out_end(&o, put_filter(&o, json_out_start(&o, buf, cap), f), needed);
}

/* ---- events of one kind ---------------------------------------------------------------------- */

static char *put_ports(char *p, const uint16_t *ports, uint32_t count)
{
    *p++ = '[';
    for (uint32_t i = 0; i < count; i++)
        p = json_out_comma(json_out_number(p, ports[i]));
    return json_out_close(p, ']');
}

char *json_aggregate(struct json_out *o, char *p, const wfpw_aggregate *a)
{
    enum { PORTS_MOST = 128 }; /* bytes that those of a side together take fewer than */
    if (a == NULL)
        return p;
    p = json_out_room(o, p, 6 * JSON_OUT_MEMBER + 2 * PORTS_MOST);
    p = NUMBER(JSON_OUT_OPEN(p, "aggregate"), "count", a->count);
    p = TIME(p, "first", a->first);
    p = TIME(p, "last", a->last);
    if (a->local_port_count != 0)
        p = put_ports(JSON_OUT_KEY(p, "local_ports"), a->local_ports, a->local_port_count);
    if ((a->flags & WFPW_AGGREGATE_MORE_LOCAL_PORTS) != 0)
        p = BOOLEAN(p, "more_local_ports", true);
    if (a->remote_port_count != 0)
        p = put_ports(JSON_OUT_KEY(p, "remote_ports"), a->remote_ports, a->remote_port_count);
    if ((a->flags & WFPW_AGGREGATE_MORE_REMOTE_PORTS) != 0)
        p = BOOLEAN(p, "more_remote_ports", true);
    return json_out_close(p, '}');
}

/* ---- guards --------------------------------------------------------------------------------- */

char *json_guarded(struct json_out *o, char *p, const wfpw_guarded *g)
{
    enum { SIGNS_MOST = 256 }; /* bytes that all words of signs together take fewer than */
    if (g == NULL)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "guard");
    p = STRING_IF(o, p, "target", g->text);
    p = NUMBER(json_out_room(o, p, 5 * JSON_OUT_MEMBER + SIGNS_MOST), "targets", g->targets);
    p = WORD_IF(p, "confidence", WFPW_LIST_CONFIDENCE, g->confidence);
    p = WORD_IF(p, "direction", WFPW_LIST_DIRECTION, g->direction);
    p = json_out_words(JSON_OUT_PUT(p, "\"signs\":["), WFPW_LIST_GUARD_SIGN, g->signs);
    return json_out_close(p, '}');
}
