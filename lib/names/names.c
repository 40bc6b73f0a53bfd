/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A collection of names: the public handle, filled from dumps, asked by sessions and callers. */
#include "names/names.h"

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/options.h"
#include "names/own_provider.h"
#include "names/render.h"
#include "names/rules/render_rule.h"
#include "os/os.h"

/* A dump that was loaded. */
struct origin {
    char name[64];
    uint64_t time; /* when it was written; 0: it does not say */
    bool lists_providers;
};

struct wfpw_names {
    wfpw_allocator memory;
    wfpw_log_fn log;
    void *log_ctx;
    struct own_provider own;
    os_u32 stopped, has_filters;
    os_mutex lock; /* of all below */
    struct filters filters;
    struct objects objects;
    struct rules rules;
    size_t budget; /* of the three */
    struct origin *origins;
    uint32_t origin_count, origin_room;
    uint64_t loaded, rules_loaded, skipped;
};

/* ---- opening -------------------------------------------------------------------------------- */

int WFPW_CALL wfpw_names_open(const wfpw_options *o, wfpw_names **out, wfpw_error *e)
{
    wfpw_options copy;
    if (out == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_names_open", 0, NULL);
    *out = NULL;
    if (!options_take(&copy, o))
        return error_set(e, WFPW_E_INVAL, "wfpw_names_open", 0, "an option is wrong");
    wfpw_allocator memory = memory_of(copy.allocator);
    struct wfpw_names *n = memory_new(&memory, sizeof *n);
    if (n == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_names_open", 0, NULL);
    if (!os_mutex_init(&n->lock)) {
        memory_free(&memory, n);
        return error_set(e, WFPW_E_NOMEM, "wfpw_names_open", 0, NULL);
    }
    size_t budget = copy.names_bytes;
    uint64_t seed = os_now() ^ (uint64_t)(uintptr_t)n << 20;
    n->memory = memory;
    n->log = copy.log;
    n->log_ctx = copy.log_ctx;
    own_provider_take(&n->own, copy.own_provider);
    filters_init(&n->filters, &n->memory, budget - budget / 4, seed);
    objects_init(&n->objects, &n->memory, budget / 4, seed);
    rules_init(&n->rules, &n->memory, budget / 4, seed);
    n->budget = budget;
    *out = n;
    return WFPW_OK;
}

void WFPW_CALL wfpw_names_close(wfpw_names *n)
{
    if (n == NULL)
        return;
    wfpw_allocator memory = n->memory;
    filters_free(&n->filters);
    objects_free(&n->objects);
    rules_free(&n->rules);
    memory_free(&memory, n->origins);
    os_mutex_destroy(&n->lock);
    memory_free(&memory, n);
}

/* ---- filling -------------------------------------------------------------------------------- */

static bool grow_origins(struct wfpw_names *n)
{
    uint32_t room = n->origin_room != 0 ? 2 * n->origin_room : 4;
    if (n->origin_count < n->origin_room)
        return true;
    if (room > UINT16_MAX)
        return false;
    struct origin *more = memory_new(&n->memory, room * sizeof *more);
    if (more == NULL)
        return false;
    if (n->origin_count > 0)
        memcpy(more, n->origins, n->origin_count * sizeof *more);
    memory_free(&n->memory, n->origins);
    n->origins = more;
    n->origin_room = room;
    return true;
}

bool names_add_origin(struct wfpw_names *n, const char *name, uint16_t *origin)
{
    os_mutex_lock(&n->lock);
    bool grown = grow_origins(n);
    if (grown) {
        struct origin *o = &n->origins[n->origin_count];
        size_t length = strlen(name);
        memcpy(o->name, name, length < sizeof o->name ? length : sizeof o->name - 1);
        *origin = (uint16_t)n->origin_count++;
    }
    os_mutex_unlock(&n->lock);
    return grown;
}

/* Under the lock. */
static bool take_object(struct wfpw_names *n, uint16_t origin, const struct policy_object *o)
{
    struct origin *from = &n->origins[origin];
    if (o->kind == POLICY_OBJECT_TIME) {
        from->time = o->id;
        return true;
    }
    from->lists_providers |= o->kind == POLICY_OBJECT_PROVIDER;
    if (o->kind != POLICY_OBJECT_FILTER)
        return objects_add(&n->objects, o, origin);
    struct filter_facts facts = {.source = origin, .since = from->time, .until = from->time};
    n->loaded++;
    os_u32_store(&n->has_filters, 1);
    return filters_add(&n->filters, o, &facts);
}

bool names_take(struct wfpw_names *n, uint16_t origin, const struct policy_object *o)
{
    os_mutex_lock(&n->lock);
    bool taken = take_object(n, origin, o);
    os_mutex_unlock(&n->lock);
    return taken;
}

/* Rules take their room, a quarter of all at most, from the filters. */
bool names_take_rule(struct wfpw_names *n, const struct rule *r, const struct rule_facts *facts)
{
    struct rule_facts known = *facts;
    os_mutex_lock(&n->lock);
    struct origin *from = &n->origins[facts->source];
    if (facts->change == 0 && facts->since == 0)
        known.since = known.until = from->time;
    bool taken = rules_add(&n->rules, r, &known);
    n->rules_loaded++;
    filters_limit(&n->filters, n->budget - n->budget / 4 - n->rules.bytes);
    os_mutex_unlock(&n->lock);
    return taken;
}

bool names_has_filters(const struct wfpw_names *n)
{
    return os_u32_load(&n->has_filters) != 0;
}

bool names_has(struct wfpw_names *n, uint16_t origin, uint64_t id)
{
    struct filter_found found;
    os_mutex_lock(&n->lock);
    bool has = filters_newest(&n->filters, id, &found) && found.source == origin;
    os_mutex_unlock(&n->lock);
    return has;
}

void names_count_skipped(struct wfpw_names *n, uint64_t skipped)
{
    os_mutex_lock(&n->lock);
    n->skipped += skipped;
    os_mutex_unlock(&n->lock);
}

void WFPW_CALL wfpw_names_stop(wfpw_names *n)
{
    if (n != NULL)
        os_u32_store(&n->stopped, 1);
}

bool names_stopped(const struct wfpw_names *n)
{
    return os_u32_load(&n->stopped) != 0;
}

const wfpw_allocator *names_memory(const struct wfpw_names *n)
{
    return &n->memory;
}

wfpw_log_fn names_log(const struct wfpw_names *n, void **ctx)
{
    *ctx = n->log_ctx;
    return n->log;
}

/* ---- asking --------------------------------------------------------------------------------- */

static size_t write_found(struct wfpw_names *n, const struct filter_found *found, uint32_t flags,
                          void *buf, size_t cap)
{
    const struct origin *origin = &n->origins[found->source];
    bool kept_all = n->objects.refused == 0; /* else one may be missing for want of room */
    struct render_from from = {origin->name, origin->time, origin->lists_providers && kept_all,
                               found->source};
    const struct policy_object *o = filters_object(&n->filters, found);
    size_t size = render_filter(o, found, &n->objects, &from, flags, buf, cap);
    if (size <= cap)
        own_provider_mark(&n->own, buf);
    return size;
}

/* Whether both are known, and differ. */
static bool is_other(const char *known, const struct filter_found *found,
                     enum policy_object_slot slot)
{
    return known != NULL && policy_packed_has(found->packed, slot) &&
           !policy_packed_is(found->packed, slot, known);
}

static bool find_filter(struct wfpw_names *n, const struct names_query *q,
                        struct filter_found *found)
{
    bool newest = q->time == 0 && q->key == NULL;
    bool known = newest ? filters_newest(&n->filters, q->id, found)
                        : filters_at(&n->filters, q->id, 0, q->time, found);
    if (!known || is_other(q->key, found, TEXT_KEY) || is_other(q->layer, found, TEXT_LAYER))
        return false;
    found->state = q->key != NULL ? q->state : found->state;
    found->deleted = q->key != NULL ? q->deleted : found->deleted;
    return true;
}

size_t names_write(struct wfpw_names *n, const struct names_query *q, uint32_t flags, void *buf,
                   size_t cap, uint64_t *token)
{
    struct filter_found found;
    size_t needed = 0;
    os_mutex_lock(&n->lock);
    if (find_filter(n, q, &found)) {
        uint64_t theirs = *token;
        *token = found.seq << 3 | found.state;
        needed = theirs == *token ? NAMES_SAME : write_found(n, &found, flags, buf, cap);
    }
    os_mutex_unlock(&n->lock);
    return needed;
}

static size_t write_rule(struct wfpw_names *n, const struct rule_found *found, void *buf,
                         size_t cap)
{
    const struct origin *origin = &n->origins[found->source];
    return render_rule(found, origin->name, found->since, buf, cap);
}

size_t names_write_rule(struct wfpw_names *n, const char *id, uint64_t time,
                        const struct rule_found *change, void *buf, size_t cap, uint64_t *token)
{
    struct rule_found found;
    size_t needed = 0;
    os_mutex_lock(&n->lock);
    if (rules_find(&n->rules, id, strlen(id), time, &found)) {
        uint64_t theirs = *token;
        if (change != NULL && change->change != NULL) {
            found.change = change->change;
            found.changed = change->changed;
            found.change_kind = change->change_kind;
            if (change->state == WFPW_FILTER_STATE_DELETED)
                found.state = change->state;
        }
        *token = rule_token(&found, 0);
        needed = theirs == *token ? NAMES_SAME : write_rule(n, &found, buf, cap);
    }
    os_mutex_unlock(&n->lock);
    return needed;
}

size_t names_layer(struct wfpw_names *n, uint32_t id, char *buf, size_t cap)
{
    os_mutex_lock(&n->lock);
    size_t needed = render_layer(&n->objects, id, buf, cap);
    os_mutex_unlock(&n->lock);
    return needed;
}

/* Whether there is a block to write to, or none. */
static bool is_block(const void *buf, size_t cap)
{
    return (uintptr_t)buf % 8 == 0 && (buf != NULL || cap == 0);
}

static int answer_size(size_t size, size_t cap, size_t *needed)
{
    if (needed != NULL)
        *needed = size;
    return size == 0 ? 0 : size <= cap ? 1 : WFPW_E_RANGE;
}

int WFPW_CALL wfpw_names_get(wfpw_names *n, uint64_t id, uint64_t time, void *buf, size_t cap,
                             size_t *needed)
{
    struct names_query q = {.id = id, .time = time};
    uint64_t token = 0;
    if (n == NULL || !is_block(buf, cap))
        return WFPW_E_INVAL;
    return answer_size(names_write(n, &q, RENDER_CONDITIONS, buf, cap, &token), cap, needed);
}

int WFPW_CALL wfpw_names_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap,
                              size_t *needed)
{
    struct filter_found found;
    size_t size = 0;
    if (n == NULL || cursor == NULL || !is_block(buf, cap))
        return WFPW_E_INVAL;
    os_mutex_lock(&n->lock);
    uint64_t next = *cursor;
    if (filters_next(&n->filters, &next, &found))
        size = write_found(n, &found, RENDER_CONDITIONS, buf, cap);
    os_mutex_unlock(&n->lock);
    if (size <= cap)
        *cursor = next;
    return answer_size(size, cap, needed);
}

int WFPW_CALL wfpw_rules_get(wfpw_names *n, const char *id, uint64_t time, void *buf, size_t cap,
                             size_t *needed)
{
    uint64_t token = 0;
    if (n == NULL || id == NULL || !is_block(buf, cap))
        return WFPW_E_INVAL;
    return answer_size(names_write_rule(n, id, time, NULL, buf, cap, &token), cap, needed);
}

int WFPW_CALL wfpw_rules_next(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap,
                              size_t *needed)
{
    struct rule_found found;
    size_t size = 0;
    if (n == NULL || cursor == NULL || !is_block(buf, cap))
        return WFPW_E_INVAL;
    os_mutex_lock(&n->lock);
    uint64_t next = *cursor;
    if (rules_next(&n->rules, &next, &found))
        size = write_rule(n, &found, buf, cap);
    os_mutex_unlock(&n->lock);
    if (size <= cap)
        *cursor = next;
    return answer_size(size, cap, needed);
}

int WFPW_CALL wfpw_names_get_stats(wfpw_names *n, wfpw_names_stats *out)
{
    wfpw_names_stats st;
    if (n == NULL || out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    os_mutex_lock(&n->lock);
    st = (wfpw_names_stats){
        .filters = n->filters.count,
        .loaded = n->loaded,
        .evicted = n->filters.evicted,
        .refused = n->objects.refused,
        .skipped = n->skipped,
        .bytes = n->filters.bytes + n->objects.bytes + n->rules.bytes,
        .rules = n->rules.count,
        .rules_loaded = n->rules_loaded,
        .rules_evicted = n->rules.evicted,
    };
    os_mutex_unlock(&n->lock);
    uint32_t size = out->size < sizeof st ? out->size : (uint32_t)sizeof st;
    st.size = size;
    memcpy(out, &st, size);
    return WFPW_OK;
}
