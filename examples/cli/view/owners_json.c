/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * 'wfpwatch who' as JSON, an object an owner. */
#include <string.h>

#include "view/owners.h"

static void put_key(struct buffer *b, const char *key)
{
    if (b->n > 0 && strchr("{[", b->p[b->n - 1]) == NULL)
        buffer_puts(b, ",");
    buffer_puts(b, "\"");
    buffer_puts(b, key);
    buffer_puts(b, "\":");
}

static void put_number(struct buffer *b, const char *key, uint64_t n)
{
    put_key(b, key);
    buffer_number(b, n);
}

static void put_chars(struct buffer *b, const char *s)
{
    buffer_puts(b, "\"");
    buffer_json_text(b, s);
    buffer_puts(b, "\"");
}

static void put_string(struct buffer *b, const char *key, const char *s)
{
    put_key(b, key);
    if (s != NULL)
        put_chars(b, s);
    else
        buffer_puts(b, "null");
}

static void put_word(struct buffer *b, const char *key, uint32_t list, uint32_t code)
{
    put_string(b, key, code != 0 ? wfpw_word(list, code) : NULL);
}

static void put_actions(struct buffer *b, const uint64_t by_action[OWNER_ACTIONS])
{
    for (int i = 0; i < OWNER_ACTIONS; i++)
        put_number(b, owner_actions[i], by_action[i]);
}

static void put_layers(struct buffer *b, const struct owner *o)
{
    put_key(b, "layers");
    buffer_puts(b, "[");
    for (uint32_t i = 0; i < o->layer_count; i++) {
        buffer_puts(b, i > 0 ? ",{" : "{");
        put_string(b, "layer", o->layers[i].key[0] != 0 ? o->layers[i].key : NULL);
        put_number(b, "filters", o->layers[i].filters);
        put_actions(b, o->layers[i].by_action);
        buffer_puts(b, "}");
    }
    buffer_puts(b, "]");
}

static void put_names(struct buffer *b, const struct owner *o)
{
    put_key(b, "names");
    buffer_puts(b, "[");
    for (size_t i = 0; i < OWNER_NAMES && o->names[i] != NULL; i++) {
        buffer_puts(b, i > 0 ? "," : "");
        put_chars(b, o->names[i]);
    }
    buffer_puts(b, "]");
}

static void put_command(struct buffer *b, const struct owner *o, enum owner_sign sign,
                        const struct owners_source *from)
{
    struct buffer text = {0};
    bool found = owner_command(&text, o, sign, from);
    buffer_put(&text, "", 1);
    put_string(b, "command", !found || text.failed ? NULL : text.p);
    b->failed |= text.failed;
    buffer_free(&text);
}

static void put_sign(struct buffer *b, const struct owner *o, enum owner_sign sign,
                     const struct owners_source *from)
{
    const struct owner_filters *s = &o->signs[sign];
    put_string(b, "sign", owner_signs[sign]);
    put_number(b, "filters", s->count);
    put_key(b, "ids");
    buffer_puts(b, "[");
    for (uint64_t i = 0; i < s->count && i < OWNER_IDS; i++) {
        buffer_puts(b, i > 0 ? "," : "");
        buffer_number(b, s->ids[i]);
    }
    buffer_puts(b, "]");
    put_command(b, o, sign, from);
}

static void put_signs(struct buffer *b, const struct owner *o, const struct owners_source *from)
{
    bool any = false;
    put_key(b, "signs");
    buffer_puts(b, "[");
    for (int i = 0; i < OWNER_SIGNS; i++) {
        if (o->signs[i].count == 0)
            continue;
        buffer_puts(b, any ? ",{" : "{");
        put_sign(b, o, (enum owner_sign)i, from);
        buffer_puts(b, "}");
        any = true;
    }
    buffer_puts(b, "]");
}

static void put_owner(struct buffer *b, const struct owner *o, const struct owners_source *from,
                      bool has_events)
{
    buffer_puts(b, "{");
    put_string(b, "provider", o->has_provider ? o->key : NULL);
    put_string(b, "name", o->has_provider ? o->name : NULL);
    put_string(b, "product", o->product);
    put_word(b, "product_from", WFPW_LIST_PRODUCT_FROM, o->product_from);
    put_string(b, "service", o->service);
    put_word(b, "service_state", WFPW_LIST_SERVICE, o->service_state);
    put_string(b, "service_image", o->image);
    put_string(b, "service_company", o->company);
    if (!o->has_provider) {
        put_string(b, "sublayer", o->key[0] != 0 ? o->key : NULL);
        put_string(b, "sublayer_name", o->name);
    }
    put_names(b, o);
    put_number(b, "filters", o->filters);
    put_actions(b, o->by_action);
    put_number(b, "persistent", o->persistent);
    put_number(b, "boot_time", o->boot_time);
    put_number(b, "disabled", o->disabled);
    if (has_events)
        put_number(b, "blocked_events", o->blocks);
    put_layers(b, o);
    put_signs(b, o, from);
    put_command(b, o, OWNER_SIGNS, from);
    buffer_puts(b, "}\n");
}

void owners_put_json(struct buffer *b, const struct owners *o, const struct owners_source *from)
{
    for (size_t i = 0; i < o->count; i++)
        put_owner(b, &o->list[i], from, o->has_events);
}
