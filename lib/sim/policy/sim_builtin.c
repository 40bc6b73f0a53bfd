/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a new engine has: the layers with their fields, sublayers and providers of Windows 11. */
#include <stdio.h>
#include <string.h>

#include "codes/wfp_symbols.h"
#include "sim/sim.h"

enum { KEY_MAX = 96, NAME_MAX = 128 };

/* A field; without a key the end of a group. */
struct builtin_field {
    const char *key;
    uint32_t type;
    const char *data_type;
};
static const struct builtin_field fields[] = {
#define FIELD(key, type, data_type) {key, type, data_type},
#define GROUP_END                   {NULL, 0, NULL},
#include "sim/policy/sim_builtin.inc"
#undef GROUP_END
};
static const struct {
    uint32_t group, flags;
} layers[] = {
#define LAYER(group, flags) {group, flags},
#include "sim/policy/sim_builtin.inc"
};
static const struct {
    const char *key, *name;
    uint16_t weight;
    const char *provider;
} sublayers[] = {
#define SUBLAYER(key, name, weight, provider) {key, name, weight, provider},
#include "sim/policy/sim_builtin.inc"
};
static const struct {
    const char *key, *name, *service;
} providers[] = {
#define PROVIDER(key, name, service) {key, name, service},
#include "sim/policy/sim_builtin.inc"
};

/* ---- keys, texts ---------------------------------------------------------------------------- */

/* Of a GUID or a symbol; all-zero for "" and for what is not known. */
static FWP_GUID key_of(const char *text)
{
    FWP_GUID key = {0};
    size_t n = strlen(text);
    if (text_parse_guid(text, n, (uint8_t *)&key))
        return key;
    uint16_t symbol = wfp_symbol_find(text, n);
    if (symbol != WFP_SYMBOL_NONE)
        memcpy(&key, wfp_symbol_guid(symbol), sizeof key);
    return key;
}

/* ASCII, as all of these texts are; "" is none. */
static struct sim_string wide_text(const char *text, uint16_t units[NAME_MAX])
{
    struct sim_string s = {.units = text[0] != 0 ? units : NULL};
    while (text[s.n] != 0 && s.n < NAME_MAX - 1) {
        units[s.n] = (uint8_t)text[s.n];
        s.n++;
    }
    units[s.n] = 0;
    return s;
}

/* ---- objects -------------------------------------------------------------------------------- */

static bool add_named(struct sim_policy *p, struct sim_object *o, const char *name,
                      const char *service)
{
    uint16_t name_units[NAME_MAX], service_units[NAME_MAX];
    o->name = wide_text(name, name_units);
    o->service = wide_text(service, service_units);
    o->builtin = true;
    struct sim_object *copy = sim_object_copy(o);
    return copy != NULL && sim_policy_add(p, copy);
}

bool sim_policy_init(struct wfpw_sim *sim)
{
    struct sim_policy *p = &sim->policy;
    bool good = true;
    p->next_id = 1;
    p->held_end = &p->held;
    for (uint32_t id = 0; id < sizeof layers / sizeof *layers; id++) {
        struct sim_object o = {.list = LIST_LAYERS, .id = id, .flags = layers[id].flags};
        o.key = key_of(wfp_symbol_layer_key(id));
        o.sublayer = key_of("FWPM_SUBLAYER_UNIVERSAL");
        good &= add_named(p, &o, wfp_symbol_layer_name(id), "");
    }
    for (size_t i = 0; i < sizeof sublayers / sizeof *sublayers; i++) {
        struct sim_object o = {.list = LIST_SUBLAYERS, .weight = sublayers[i].weight};
        o.key = key_of(sublayers[i].key);
        o.provider = key_of(sublayers[i].provider);
        good &= add_named(p, &o, sublayers[i].name, "");
    }
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        struct sim_object o = {.list = LIST_PROVIDERS, .key = key_of(providers[i].key)};
        good &= add_named(p, &o, providers[i].name, providers[i].service);
    }
    return good;
}

/* ---- fields --------------------------------------------------------------------------------- */

static FWP_GUID field_key(const struct builtin_field *f)
{
    char text[KEY_MAX];
    (void)snprintf(text, sizeof text, "%s%s", f->key[0] != '{' ? "FWPM_CONDITION_" : "", f->key);
    return key_of(text);
}

static const struct builtin_field *group_start(uint32_t group)
{
    const struct builtin_field *f = fields;
    for (; group > 0; f++)
        group -= f->key == NULL;
    return f;
}

uint32_t sim_builtin_field_count(uint32_t layer_id)
{
    uint32_t n = 0;
    if (layer_id >= sizeof layers / sizeof *layers)
        return 0;
    for (const struct builtin_field *f = group_start(layers[layer_id].group); f->key != NULL; f++)
        n++;
    return n;
}

void sim_builtin_field(uint32_t layer_id, uint32_t i, FWPM_FIELD0 *field, FWP_GUID *key)
{
    const struct builtin_field *from = group_start(layers[layer_id].group) + i;
    uint16_t data_type = wfp_symbol_find(from->data_type, strlen(from->data_type));
    *key = field_key(from);
    field->fieldKey = key;
    field->type = from->type;
    field->dataType = wfp_symbol_number(data_type);
}
