/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/owners.h"

#include <stdlib.h>
#include <string.h>

#include "view/summary.h"

/* fwpmu.h */
enum {
    ACTION_BLOCK = 0x1001,
    ACTION_PERMIT = 0x1002,
    ACTION_CALLOUT = 0x4000,
    ACTION_INSPECTION = 0x6004,
    FLAG_PERSISTENT = 0x1,
    FLAG_BOOTTIME = 0x2,
    FLAG_PERMIT_IF_CALLOUT_UNREGISTERED = 0x10,
    FLAG_DISABLED = 0x20
};

/* ---- memory --------------------------------------------------------------------------------- */

static void set_text(struct owners *o, char **to, const char *text)
{
    size_t n = text != NULL ? strlen(text) + 1 : 0;
    if (n == 0 || *to != NULL)
        return;
    *to = malloc(n);
    if (*to != NULL)
        memcpy(*to, text, n);
    else
        o->failed = true;
}

/* Room for one more element of a list; NULL: no memory, and the list is as it was. */
static void *grow_list(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    size_t more = *room != 0 ? 2 * *room : 8;
    void *grown = realloc(list, more * size);
    if (grown != NULL)
        *room = more;
    return grown;
}

void owners_free(struct owners *o)
{
    for (size_t i = 0; i < o->count; i++) {
        struct owner *w = &o->list[i];
        char *texts[] = {w->key, w->name, w->product, w->service, w->image, w->company};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free(texts[t]);
        for (size_t n = 0; n < OWNER_NAMES; n++)
            free(w->names[n]);
        for (uint32_t l = 0; l < w->layer_count; l++)
            free(w->layers[l].key);
        free(w->layers);
    }
    free(o->list);
    free(o->slots);
    *o = (struct owners){0};
}

/* ---- finding -------------------------------------------------------------------------------- */

static uint32_t hash_of(bool has_provider, const char *key)
{
    uint32_t h = has_provider ? 2166136261u : 0x9E3779B9u;
    for (; *key != 0; key++)
        h = (h ^ (uint8_t)*key) * 16777619u;
    return h ^ h >> 15;
}

/* The slot of this owner, or the empty one where it belongs. */
static uint16_t *slot_of(const struct owners *o, bool has_provider, const char *key)
{
    uint32_t at = hash_of(has_provider, key) % OWNERS_SLOTS;
    for (;; at = (at + 1) % OWNERS_SLOTS) {
        const struct owner *w = o->slots[at] != 0 ? &o->list[o->slots[at] - 1] : NULL;
        if (w == NULL || (w->has_provider == has_provider && strcmp(w->key, key) == 0))
            return &o->slots[at];
    }
}

static const char *key_of(const wfpw_filter *f)
{
    return f->provider != NULL ? f->provider : f->sublayer != NULL ? f->sublayer : "";
}

static struct owner *new_owner(struct owners *o, const wfpw_filter *f, uint16_t *slot)
{
    if (o->count == OWNERS_MAX)
        return NULL;
    struct owner *list = grow_list(o->list, o->count, &o->room, sizeof *list);
    if (list == NULL) {
        o->failed = true;
        return NULL;
    }
    o->list = list;
    struct owner *w = &list[o->count];
    *w = (struct owner){.has_provider = f->provider != NULL};
    set_text(o, &w->key, key_of(f));
    if (w->key == NULL)
        return NULL;
    *slot = (uint16_t)++o->count;
    o->providers += w->has_provider;
    return w;
}

/* NULL: there is no room. */
static struct owner *find_owner(struct owners *o, const wfpw_filter *f)
{
    if (o->slots == NULL)
        o->slots = calloc(OWNERS_SLOTS, sizeof *o->slots);
    if (o->slots == NULL) {
        o->failed = true;
        return NULL;
    }
    uint16_t *slot = slot_of(o, f->provider != NULL, key_of(f));
    return *slot != 0 ? &o->list[*slot - 1] : new_owner(o, f, slot);
}

/* ---- a filter ------------------------------------------------------------------------------- */

static enum owner_action action_of(const wfpw_filter *f)
{
    return f->action == ACTION_BLOCK              ? OWNER_BLOCK
           : f->action == ACTION_PERMIT           ? OWNER_PERMIT
           : (f->action & ACTION_CALLOUT) != 0    ? OWNER_CALLOUT
           : f->action == 0 && f->callout != NULL ? OWNER_CALLOUT
                                                  : OWNER_OTHER;
}

static struct owner_layer *find_layer(struct owners *o, struct owner *w, const char *key)
{
    size_t room = w->layer_room;
    for (uint32_t i = 0; i < w->layer_count; i++)
        if (strcmp(w->layers[i].key, key) == 0)
            return &w->layers[i];
    if (w->layer_count == OWNER_LAYERS_MAX)
        return NULL;
    struct owner_layer *layers = grow_list(w->layers, w->layer_count, &room, sizeof *layers);
    if (layers == NULL) {
        o->failed = true;
        return NULL;
    }
    w->layers = layers;
    w->layer_room = (uint32_t)room;
    layers[w->layer_count] = (struct owner_layer){0};
    set_text(o, &layers[w->layer_count].key, key);
    return layers[w->layer_count].key != NULL ? &layers[w->layer_count++] : NULL;
}

static void add_sign(struct owner *w, enum owner_sign sign, bool is_so, uint64_t id)
{
    struct owner_filters *s = &w->signs[sign];
    if (!is_so)
        return;
    if (s->count < OWNER_IDS)
        s->ids[s->count] = id;
    s->count++;
}

/* A name that somebody chose so that it looks as if Windows had made it; nobody else would. */
static bool has_name_of_microsoft(const wfpw_filter *f)
{
    return f->provider_product == NULL && f->provider_name != NULL &&
           strncmp(f->provider_name, "Microsoft", 9) == 0;
}

static void add_signs(struct owner *w, const wfpw_filter *f)
{
    bool no_callout = (f->present & WFPW_FILTER_CALLOUT_MISSING) != 0;
    bool passes =
        (f->flags & FLAG_PERMIT_IF_CALLOUT_UNREGISTERED) != 0 || f->action == ACTION_INSPECTION;
    bool no_service = f->service_state == WFPW_SERVICE_MISSING;
    bool no_provider = (f->present & WFPW_FILTER_PROVIDER_MISSING) != 0;
    bool is_off = (f->present & WFPW_FILTER_PROVIDER_DISABLED) != 0;
    bool is_of_windows =
        f->provider_product != NULL && strncmp(f->provider_product, "Windows ", 8) == 0;
    /* A provider that names no service may be off for that alone. */
    bool is_gone =
        no_callout || no_service || no_provider || (is_off && f->provider_service != NULL);
    bool is_there =
        f->service_state == WFPW_SERVICE_RUNNING || f->service_state == WFPW_SERVICE_STOPPED;
    bool stays = (f->flags & (FLAG_PERSISTENT | FLAG_BOOTTIME)) != 0;
    add_sign(w, SIGN_LEFTOVER, stays && is_gone && !is_there && !is_of_windows, f->id);
    add_sign(w, SIGN_SERVICE_MISSING, no_service, f->id);
    add_sign(w, SIGN_PROVIDER_MISSING, no_provider, f->id);
    add_sign(w, SIGN_PROVIDER_DISABLED, is_off, f->id);
    add_sign(w, SIGN_CALLOUT_MISSING, no_callout && !passes, f->id);
    add_sign(w, SIGN_CALLOUT_PASSES, no_callout && passes, f->id);
    add_sign(w, SIGN_NAME_OF_MICROSOFT, has_name_of_microsoft(f), f->id);
}

static void add_texts(struct owners *o, struct owner *w, const wfpw_filter *f)
{
    set_text(o, &w->name, w->has_provider ? f->provider_name : f->sublayer_name);
    if (w->product == NULL)
        w->product_from = f->product_from;
    set_text(o, &w->product, f->provider_product);
    set_text(o, &w->service, f->provider_service);
    set_text(o, &w->image, f->service_image);
    set_text(o, &w->company, f->service_company);
    w->service_state = f->service_state != 0 ? f->service_state : w->service_state;
    for (size_t i = 0; w->product == NULL && f->name != NULL && i < OWNER_NAMES; i++) {
        if (w->names[i] == NULL)
            set_text(o, &w->names[i], f->name);
        if (w->names[i] == NULL || strcmp(w->names[i], f->name) == 0)
            break;
    }
}

void owners_add(struct owners *o, const wfpw_filter *f)
{
    struct owner *w = find_owner(o, f);
    enum owner_action action = action_of(f);
    o->filters++;
    o->no_room += w == NULL;
    if (w == NULL)
        return;
    struct owner_layer *l = find_layer(o, w, f->layer != NULL ? f->layer : "");
    w->filters++;
    w->by_action[action]++;
    w->persistent += (f->flags & FLAG_PERSISTENT) != 0;
    w->boot_time += (f->flags & FLAG_BOOTTIME) != 0;
    w->disabled += (f->flags & FLAG_DISABLED) != 0;
    if (l != NULL) {
        l->filters++;
        l->by_action[action]++;
    }
    add_texts(o, w, f);
    add_signs(w, f);
}

void owners_add_event(struct owners *o, const wfpw_event *ev)
{
    if (!summary_is_refused(ev))
        return;
    const wfpw_filter *f = ev->filter;
    bool is_named = f != NULL && (f->provider != NULL || f->sublayer != NULL) && o->slots != NULL;
    uint16_t slot = is_named ? *slot_of(o, f->provider != NULL, key_of(f)) : 0;
    o->blocks++;
    o->unknown += slot == 0;
    if (slot != 0)
        o->list[slot - 1].blocks++;
}

/* ---- order ---------------------------------------------------------------------------------- */

static int compare_counts(uint64_t a, uint64_t b, const char *a_key, const char *b_key)
{
    return a != b ? (a < b ? 1 : -1) : strcmp(a_key, b_key);
}

static int compare_owners(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;
    return compare_counts(x->filters, y->filters, x->key, y->key);
}

static int compare_layers(const void *a, const void *b)
{
    const struct owner_layer *x = a, *y = b;
    return compare_counts(x->filters, y->filters, x->key, y->key);
}

void owners_sort(struct owners *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].layer_count > 1)
            qsort(o->list[i].layers, o->list[i].layer_count, sizeof *o->list[i].layers,
                  compare_layers);
    if (o->count > 1)
        qsort(o->list, o->count, sizeof *o->list, compare_owners);
    free(o->slots);
    o->slots = NULL;
}
