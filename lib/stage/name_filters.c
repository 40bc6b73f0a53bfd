/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/name_filters.h"

#include <stdio.h>

#include "base/memory.h"
#include "codes/wfp_symbols.h"
#include "decode/audit/audit_change.h"
#include "names/live_names.h"
#include "names/names.h"
#include "names/render.h"
#include "os/os.h"

/* The engine lists what it has within moments of its start; a list that comes later is that of
 * another life. */
enum { LIST_SECONDS = 60, TICKS_A_SECOND = 10000000, OF_LOG = 1, ROOM_FOR_WARNING = 160 };

/* What the log itself says. */
struct log_names {
    struct filters filters;
    struct objects objects;
    uint32_t epoch;
    uint64_t list_time; /* of the last record of a list */
    uint64_t computer;  /* a hash of its name */
    struct audit_change_reader decoder;
};

void name_filters_init(struct name_filters *n, const wfpw_allocator *memory,
                       const wfpw_options *options)
{
    *n = (struct name_filters){.memory = memory, .options = options};
    own_provider_take(&n->own, options->own_provider);
}

void name_filters_free(struct name_filters *n)
{
    if (n->log == NULL)
        return;
    filters_free(&n->log->filters);
    objects_free(&n->log->objects);
    memory_free(n->memory, n->log);
    n->log = NULL;
}

void name_filters_new_batch(struct name_filters *n)
{
    memset(n->layers, 0, sizeof n->layers);
    memset(n->filters, 0, sizeof n->filters);
}

/* ---- learning from a log -------------------------------------------------------------------- */

static void fail_log(struct name_filters *n)
{
    if (!n->log_failed && n->options->log != NULL)
        n->options->log(n->options->log_ctx, 1, "names of the log are missing: out of memory");
    n->log_failed = true;
}

static bool open_log(struct name_filters *n)
{
    size_t budget = n->options->names_bytes;
    uint64_t seed = os_now() ^ (uint64_t)(uintptr_t)n << 20;
    if (n->log != NULL)
        return true;
    n->log = memory_new(n->memory, sizeof *n->log);
    if (n->log == NULL)
        return false;
    filters_init(&n->log->filters, n->memory, budget - budget / 4, seed);
    objects_init(&n->log->objects, n->memory, budget / 4, seed);
    n->log->epoch = 1;
    return true;
}

/* Another life of the engine begins with a list of all there is, or with another computer. */
static void follow_epoch(struct log_names *log, const struct record *r, enum audit_change change)
{
    uint64_t computer = record_computer(r);
    uint64_t pause = (uint64_t)LIST_SECONDS * TICKS_A_SECOND;
    bool is_list = change == CHANGE_PRESENT;
    if ((log->computer != 0 && computer != log->computer) ||
        (is_list && r->time > log->list_time + pause))
        log->epoch++;
    log->computer = computer;
    if (is_list)
        log->list_time = r->time;
}

static bool learn_filter(struct log_names *log, const struct record *r, enum audit_change change)
{
    const struct policy_object *o = audit_change_filter(&log->decoder, r);
    struct filter_facts facts = {
        .epoch = log->epoch, .since = r->time, .until = UINT64_MAX, .is_poor = true};
    if (o == NULL)
        return true;
    if (change == CHANGE_DELETED)
        return filters_delete(&log->filters, o, &facts, r->time);
    if (change == CHANGE_PRESENT)
        facts.since = 0; /* since the start of this life */
    return filters_add(&log->filters, o, &facts);
}

static bool learn_objects(struct log_names *log, const struct record *r, enum audit_change change)
{
    static const uint8_t kinds[] = {POLICY_OBJECT_PROVIDER, POLICY_OBJECT_SUBLAYER,
                                    POLICY_OBJECT_CALLOUT};
    for (size_t i = 0; i < sizeof kinds; i++) {
        const struct policy_object *o =
            audit_change_object(&log->decoder, r, (enum policy_object_kind)kinds[i]);
        if (o != NULL && !objects_add(&log->objects, o, log->epoch))
            return false;
        if (o != NULL && change == CHANGE_DELETED && audit_change_subject(r) == kinds[i])
            objects_delete(&log->objects, audit_change_subject(r),
                           policy_object_slot_of(o, TEXT_KEY));
    }
    return true;
}

void name_filters_learn(struct name_filters *n, const struct record *r)
{
    enum audit_change change = audit_change_of(r);
    if (change == CHANGE_NONE)
        return;
    if (!open_log(n)) {
        fail_log(n);
        return;
    }
    follow_epoch(n->log, r, change);
    if (!learn_filter(n->log, r, change) || !learn_objects(n->log, r, change))
        fail_log(n);
}

/* Whether the engine that is watched knows best. */
static bool is_live(const struct name_filters *n, const struct record *r)
{
    return n->live != NULL && r->epoch != 0;
}

/* ---- layers --------------------------------------------------------------------------------- */

static bool copy_layer(struct name_filters *n, struct wfpw_batch *b, wfpw_event *ev, bool live,
                       bool *is_sure)
{
    size_t room, needed = 0;
    char *to = batch_room(b, &room);
    const char *key = wfp_symbol_layer_key(ev->layer_id),
               *name = wfp_symbol_layer_name(ev->layer_id);
    if (live)
        needed = live_names_layer(n->live, ev->layer_id, to, room);
    if (needed == 0 && n->options->names != NULL)
        needed = names_layer(n->options->names, ev->layer_id, to, room);
    *is_sure = needed > 0 || ev->layer_id < WFP_SYMBOL_LAYERS_STABLE;
    if (needed == 0 && key == NULL)
        return true;
    if (needed == 0) {
        size_t k = strlen(key) + 1, m = strlen(name) + 1;
        needed = k + m;
        if (needed <= room) {
            memcpy(to, key, k);
            memcpy(to + k, name, m);
        }
    }
    if (needed > room)
        return false;
    batch_use(b, needed);
    ev->layer_key = to;
    to += strlen(to) + 1;
    ev->layer_name = *to != 0 ? to : NULL;
    return true;
}

static bool name_layer(struct name_filters *n, struct wfpw_batch *b, wfpw_event *ev, bool live,
                       bool *is_sure)
{
    uint32_t id = ev->layer_id;
    *is_sure = false;
    if ((ev->present & WFPW_HAS_LAYER_ID) == 0)
        return true;
    if (id < NAME_FILTERS_LAYERS && n->layers[id].key != NULL && n->layers[id].is_live == live) {
        ev->layer_key = n->layers[id].key;
        ev->layer_name = n->layers[id].name;
        *is_sure = n->layers[id].is_sure;
        return true;
    }
    if (!copy_layer(n, b, ev, live, is_sure))
        return false;
    if (id < NAME_FILTERS_LAYERS) {
        n->layers[id].key = ev->layer_key;
        n->layers[id].name = ev->layer_name;
        n->layers[id].is_sure = *is_sure;
        n->layers[id].is_live = live;
    }
    return true;
}

/* ---- filters -------------------------------------------------------------------------------- */

/* What the log says of the filter that the event means. */
static bool find_in_log(const struct name_filters *n, const struct record *r,
                        struct filter_found *found)
{
    uint64_t computer = n->log != NULL ? record_computer(r) : 0;
    if (n->log == NULL || is_live(n, r) || (computer != 0 && computer != n->log->computer))
        return false;
    return filters_at(&n->log->filters, r->filter_id, n->log->epoch, r->time, found);
}

/* It was there until then, or from then on. */
static void find_by_key(struct names_query *q, const struct record *r, const char *key)
{
    bool gone = r->kind == WFPW_KIND_FILTER_DELETE;
    q->key = key;
    q->state = gone ? WFPW_FILTER_STATE_DELETED : WFPW_FILTER_STATE_CURRENT;
    q->deleted = gone ? r->time : 0;
}

static size_t write_key(const struct record *r, const char *key, void *buf, size_t cap,
                        uint64_t *token)
{
    wfpw_filter f = {.id = r->filter_id, .key = key, .state = WFPW_FILTER_STATE_UNKNOWN};
    f.deleted_time = r->kind == WFPW_KIND_FILTER_DELETE ? r->time : 0;
    *token = 0; /* no other event says the same */
    return render_unnamed(&f, buf, cap);
}

/* The engine knows its own filters. The dump says more of a filter than the log does, the log knows
 * better when it was there. */
static size_t write_best(struct name_filters *n, const struct record *r, const char *layer,
                         uint32_t flags, void *buf, size_t cap, uint64_t *token)
{
    struct filter_found found;
    struct names_query q = {.id = r->filter_id, .time = r->time, .layer = layer};
    char text[TEXT_GUID_MAX + 1];
    const char *key = record_filter_key(r, text);
    bool in_log = key == NULL && find_in_log(n, r, &found), live = is_live(n, r);
    size_t needed = live ? live_names_write(n->live, r, flags, buf, cap, token) : 0;
    if (needed != 0)
        return needed;
    if (in_log) {
        q.key = filters_key(&n->log->filters, &found);
        q.state = found.state;
        q.deleted = found.deleted;
    } else if (key != NULL) {
        find_by_key(&q, r, key);
    }
    uint64_t theirs = *token;
    if (n->options->names != NULL)
        needed = names_write(n->options->names, &q, flags, buf, cap, token);
    if (needed != 0)
        return needed;
    if (key != NULL)
        return write_key(r, key, buf, cap, token);
    if (live)
        return live_names_write_unnamed(n->live, r, buf, cap, token);
    *token = in_log
                 ? ((found.seq << 1 | OF_LOG) << 3 | found.state) ^ objects_token(&n->log->objects)
                 : WFPW_FILTER_STATE_UNKNOWN;
    if (theirs == *token)
        return NAMES_SAME;
    struct render_from from = {
        .name = "audit", .time = found.since, .objects = n->log != NULL ? n->log->epoch : 0};
    wfpw_filter unknown = {.id = r->filter_id, .state = WFPW_FILTER_STATE_UNKNOWN};
    if (!in_log)
        return render_unnamed(&unknown, buf, cap);
    const struct policy_object *o = filters_object(&n->log->filters, &found);
    return render_filter(o, &found, &n->log->objects, &from, flags, buf, cap);
}

/* The place of a filter among those that were copied into this batch. */
static size_t slot_of(uint64_t id)
{
    return (size_t)(id * 0x9E3779B97F4A7C15u >> 32) % NAME_FILTERS_FILTERS;
}

static bool name_filter(struct name_filters *n, struct wfpw_batch *b, wfpw_event *ev,
                        const struct record *r, const char *layer)
{
    size_t room, slot = slot_of(r->filter_id);
    void *to = batch_room(b, &room);
    const wfpw_filter *copy = n->filters[slot].filter;
    bool has_copy = copy != NULL && copy->id == r->filter_id;
    uint64_t token = has_copy ? n->filters[slot].token : 0;
    uint32_t flags = RENDER_CONDITIONS;
    size_t needed = write_best(n, r, layer, flags, to, room, &token);
    if (needed != NAMES_SAME && needed > room && batch_count(b) == 1) {
        token = 0; /* all the room there ever is: then without its conditions */
        needed = write_best(n, r, layer, 0, to, room, &token);
    }
    if (needed == NAMES_SAME) {
        ev->filter = copy;
        return true;
    }
    if (needed > room)
        return false;
    batch_use(b, needed);
    own_provider_mark(&n->own, to);
    ev->filter = to;
    n->filters[slot].filter = to;
    n->filters[slot].token = token;
    return true;
}

/* A collection of rules alone says nothing of filters. */
static struct wfpw_names *filters_of(const struct name_filters *n)
{
    struct wfpw_names *names = n->options->names;
    return names != NULL && names_has_filters(names) ? names : NULL;
}

static bool wants_filter(const struct name_filters *n, const struct record *r)
{
    return (r->present & WFPW_HAS_FILTER_ID) != 0 && r->filter_id != 0 &&
           (filters_of(n) != NULL || n->log != NULL || is_live(n, r) || r->filter_key_at != 0);
}

/* ---- whether the names fit ------------------------------------------------------------------ */

static void note_fit(struct name_filters *n, const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    bool of_file = ev->source == WFPW_SOURCE_EVTX || ev->source == WFPW_SOURCE_EVENTXML ||
                   ev->source == WFPW_SOURCE_NETSH || ev->source == WFPW_SOURCE_JSON;
    if (filters_of(n) == NULL || f == NULL || !of_file)
        return;
    n->fit.asked++;
    n->fit.lacking += f->state == WFPW_FILTER_STATE_UNKNOWN;
    if (f->from_time == 0 || f->state != WFPW_FILTER_STATE_UNCERTAIN)
        return;
    uint64_t apart = ev->time > f->from_time ? ev->time - f->from_time : f->from_time - ev->time;
    if (n->fit.apart == 0 || apart < n->fit.apart)
        n->fit.apart = apart > 0 ? apart : 1;
}

/* The ids of filters change when the host restarts, and rules get new ones more often than that:
 * many that are missing, or weeks between, mean that others are named. */
void name_filters_end(struct name_filters *n)
{
    enum { DAYS_FAR = 14 };
    uint64_t days = n->fit.apart / ((uint64_t)24 * 3600 * TICKS_A_SECOND);
    char text[ROOM_FOR_WARNING];
    bool lacks = n->fit.lacking * 2 > n->fit.asked;
    if (n->fit.is_told || n->options->log == NULL || (!lacks && days < DAYS_FAR))
        return;
    n->fit.is_told = true;
    if (lacks)
        (void)snprintf(text, sizeof text,
                       "the names do not fit: they lack the filter of %llu of %llu events, so they "
                       "are of another host or time",
                       (unsigned long long)n->fit.lacking, (unsigned long long)n->fit.asked);
    else
        (void)snprintf(text, sizeof text,
                       "the names do not fit: the dump and the events are %llu days apart, and "
                       "ids of filters change when the host restarts",
                       (unsigned long long)days);
    n->options->log(n->options->log_ctx, 2, text);
}

bool name_filters_add(struct name_filters *n, struct wfpw_batch *b, const struct record *r,
                      size_t used)
{
    wfpw_event *ev = batch_last(b);
    bool is_sure;
    bool named = name_layer(n, b, ev, is_live(n, r), &is_sure);
    if (named && wants_filter(n, r))
        named = name_filter(n, b, ev, r, is_sure ? ev->layer_key : NULL);
    if (ev->filter != NULL && (ev->filter->present & WFPW_FILTER_HAS_OWN) != 0)
        ev->flags |= WFPW_EVENT_OWN_FILTER;
    if (named)
        note_fit(n, ev);
    if (named)
        return true;
    if (batch_count(b) == 1) {
        ev->flags |= WFPW_EVENT_TRUNCATED;
        return true;
    }
    batch_take_back(b, used);
    name_filters_new_batch(n);
    return false;
}
