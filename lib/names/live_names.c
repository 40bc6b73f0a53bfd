/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/live_names.h"

#include <string.h>

#include "base/hash.h"
#include "names/names.h"
#include "names/render.h"
#include "names/rules/render_rule.h"

enum {
    REFUSED_MS = 5000, /* how long an answer without a name holds */
    BURY_AT_ONCE = 512 /* filters or rules between two moments without the lock */
};

/* Tokens are told apart from those of other tables by their highest bits. */
#define OF_LIVE    (UINT64_C(1) << 63)
#define OF_UNNAMED (UINT64_C(3) << 62)
#define OF_RULES   UINT64_C(0x6c697665)

bool live_names_init(struct live_names *l, const wfpw_allocator *memory, size_t budget)
{
    uint64_t seed = os_now() ^ (uint64_t)(uintptr_t)l << 20;
    memset(l, 0, sizeof *l);
    if (!os_mutex_init(&l->lock))
        return false;
    filters_init(&l->filters, memory, budget - budget / 4, seed);
    objects_init(&l->objects, memory, budget / 4, seed);
    rules_init(&l->rules, memory, budget / 4, seed);
    l->budget = budget;
    l->rules_doubt = UINT64_MAX;
    l->objects.evicts = true;
    return true;
}

void live_names_free(struct live_names *l)
{
    filters_free(&l->filters);
    objects_free(&l->objects);
    rules_free(&l->rules);
    os_mutex_destroy(&l->lock);
}

/* ---- requests and answers; under the lock --------------------------------------------------- */

static struct live_names_answer *slot_of(struct live_names *l, uint64_t id)
{
    return &l->answers[(id * 0x9E3779B97F4A7C15u >> 32) % LIVE_NAMES_ANSWERS];
}

static const struct live_names_answer *reported_of(struct live_names *l, uint64_t id,
                                                   uint32_t epoch)
{
    const struct live_names_answer *a = slot_of(l, id);
    return a->id == id && a->epoch == epoch ? a : NULL;
}

/* Whether it holds that a filter has no name. */
static bool still_valid(const struct live_names_answer *a)
{
    return a != NULL && os_ticks_ms() < a->until;
}

static uint32_t request_of(const struct live_names *l, uint64_t id)
{
    uint32_t i = 0;
    while (i < l->request_count && l->requests[i] != id)
        i++;
    return i;
}

static bool request_filter(struct live_names *l, uint64_t id)
{
    if (request_of(l, id) < l->request_count)
        return true;
    if (l->request_count == LIVE_NAMES_REQUESTS)
        return false;
    l->requests[l->request_count++] = id;
    return true;
}

static void close_request(struct live_names *l, uint64_t id)
{
    uint32_t i = request_of(l, id);
    if (i == l->request_count)
        return;
    l->request_count--;
    memmove(&l->requests[i], &l->requests[i + 1], (l->request_count - i) * sizeof *l->requests);
}

static void note_answer(struct live_names *l, uint64_t id, uint64_t until, uint32_t state,
                        const char *key)
{
    struct live_names_answer *a = slot_of(l, id);
    size_t n = key != NULL ? strlen(key) : 0;
    *a = (struct live_names_answer){.id = id, .until = until, .epoch = l->epoch, .state = state};
    if (n < sizeof a->key)
        memcpy(a->key, key != NULL ? key : "", n);
}

static void refuse_filter(struct live_names *l, uint64_t id, uint32_t state, const char *key)
{
    note_answer(l, id, os_ticks_ms() + REFUSED_MS, state, key);
    close_request(l, id);
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool find_version(struct live_names *l, uint64_t id, uint32_t epoch, uint64_t time,
                         struct filter_found *out)
{
    return epoch != 0 && filters_at(&l->filters, id, epoch, time, out);
}

bool live_names_await(struct live_names *l, const struct record *r)
{
    struct filter_found found;
    uint64_t id = r->filter_id;
    if ((r->present & WFPW_HAS_FILTER_ID) == 0 || id == 0)
        return false;
    os_mutex_lock(&l->lock);
    bool waits = l->is_open && r->epoch == l->epoch &&
                 !find_version(l, id, r->epoch, UINT64_MAX, &found) &&
                 !still_valid(reported_of(l, id, r->epoch)) && request_filter(l, id);
    os_mutex_unlock(&l->lock);
    return waits;
}

void live_names_date(struct live_names *l, struct record *r)
{
    os_mutex_lock(&l->lock);
    if (l->is_open && r->time >= l->began)
        r->epoch = l->epoch;
    os_mutex_unlock(&l->lock);
}

/* The filter that a record means. One that comes or goes is known by its key: it may go at the very
 * moment when another one takes its id. */
static bool find_of(struct live_names *l, const struct record *r, struct filter_found *out)
{
    char text[TEXT_GUID_MAX + 1];
    const char *key = record_filter_key(r, text);
    if (key == NULL)
        return find_version(l, r->filter_id, r->epoch, r->time, out);
    if (r->epoch == 0 || !filters_by_key(&l->filters, r->filter_id, r->epoch, key, out))
        return false;
    bool goes = r->kind == WFPW_KIND_FILTER_DELETE;
    out->state = goes ? WFPW_FILTER_STATE_DELETED : WFPW_FILTER_STATE_CURRENT;
    return true;
}

size_t live_names_write(struct live_names *l, const struct record *r, uint32_t flags, void *buf,
                        size_t cap, uint64_t *token)
{
    struct render_from from = {.name = "live"};
    struct filter_found found;
    size_t needed = 0;
    os_mutex_lock(&l->lock);
    from.objects = l->epoch;
    if (find_of(l, r, &found) && !found.is_bare) {
        uint64_t theirs = *token;
        *token = (OF_LIVE | found.seq << 3 | found.state) ^ objects_token(&l->objects);
        needed = theirs == *token ? NAMES_SAME
                                  : render_filter(filters_object(&l->filters, &found), &found,
                                                  &l->objects, &from, flags, buf, cap);
    }
    os_mutex_unlock(&l->lock);
    return needed;
}

size_t live_names_write_unnamed(struct live_names *l, const struct record *r, void *buf, size_t cap,
                                uint64_t *token)
{
    struct filter_found found;
    wfpw_filter f = {.id = r->filter_id, .state = WFPW_FILTER_STATE_UNKNOWN};
    os_mutex_lock(&l->lock);
    const struct live_names_answer *a = reported_of(l, r->filter_id, r->epoch);
    if (find_version(l, r->filter_id, r->epoch, r->time, &found)) {
        f.key = filters_key(&l->filters, &found);
        f.deleted_time = found.deleted;
    } else if (a != NULL) {
        f.state = still_valid(a) ? a->state : f.state;
        f.key = a->key[0] != 0 ? a->key : NULL;
    }
    uint64_t theirs = *token;
    *token = OF_UNNAMED | (uint64_t)r->epoch << 5 | (uint64_t)(f.deleted_time != 0) << 4 |
             (uint64_t)(f.key != NULL) << 3 | f.state;
    size_t needed = theirs == *token ? NAMES_SAME : render_unnamed(&f, buf, cap);
    os_mutex_unlock(&l->lock);
    return needed;
}

size_t live_names_layer(struct live_names *l, uint32_t id, char *buf, size_t cap)
{
    os_mutex_lock(&l->lock);
    size_t needed = render_layer(&l->objects, id, buf, cap);
    os_mutex_unlock(&l->lock);
    return needed;
}

void live_names_count(struct live_names *l, struct live_names_counts *c)
{
    os_mutex_lock(&l->lock);
    *c = (struct live_names_counts){.filters = l->filters.count,
                                    .bytes = l->filters.bytes + l->objects.bytes + l->rules.bytes,
                                    .fills = l->fills,
                                    .rules = l->rules.count,
                                    .rules_fills = l->rules_fills};
    os_mutex_unlock(&l->lock);
}

/* ---- a connection --------------------------------------------------------------------------- */

void live_names_begin(struct live_names *l, uint32_t epoch, uint64_t now)
{
    os_mutex_lock(&l->lock);
    l->epoch = epoch;
    l->began = now;
    l->is_open = true;
    os_mutex_unlock(&l->lock);
}

void live_names_end(struct live_names *l)
{
    os_mutex_lock(&l->lock);
    l->is_open = false;
    l->request_count = 0;
    os_mutex_unlock(&l->lock);
}

bool live_names_request(struct live_names *l, uint64_t *id)
{
    os_mutex_lock(&l->lock);
    bool any = l->request_count > 0;
    *id = any ? l->requests[0] : 0;
    os_mutex_unlock(&l->lock);
    return any;
}

void live_names_announce(struct live_names *l, uint64_t id, const char *key)
{
    os_mutex_lock(&l->lock);
    note_answer(l, id, 0, WFPW_FILTER_STATE_UNKNOWN, key);
    os_mutex_unlock(&l->lock);
}

void live_names_refuse(struct live_names *l, uint64_t id, uint32_t state, const char *key)
{
    os_mutex_lock(&l->lock);
    refuse_filter(l, id, state, key);
    os_mutex_unlock(&l->lock);
}

/* ---- filling; `add` and `take` under the lock ----------------------------------------------- */

static bool is_same(const struct filter_found *found, const struct policy_object *o)
{
    const char *key = policy_object_slot_of(o, TEXT_KEY);
    return key != NULL && policy_packed_is(found->packed, TEXT_KEY, key);
}

static struct filter_facts facts_of(const struct live_names *l)
{
    return (struct filter_facts){.epoch = l->epoch, .until = UINT64_MAX};
}

/* Within one life of the engine an id means one filter, from the start; if it does not, the new one
 * begins where the old one ended. One that is too large to be kept is not asked for again and
 * again. */
static bool add_object(struct live_names *l, const struct policy_object *o)
{
    struct filter_found found;
    struct filter_facts facts = facts_of(l);
    if (find_version(l, o->id, l->epoch, UINT64_MAX, &found) && found.deleted != 0 &&
        !is_same(&found, o))
        facts.since = found.deleted;
    bool added = filters_add(&l->filters, o, &facts);
    if (!added || !find_version(l, o->id, l->epoch, UINT64_MAX, &found))
        refuse_filter(l, o->id, WFPW_FILTER_STATE_UNKNOWN, policy_object_slot_of(o, TEXT_KEY));
    close_request(l, o->id);
    return added;
}

/* A list was made before what we were told since: who is deleted stays so, and may get names. */
static bool take_filter(struct live_names *l, const struct policy_object *o)
{
    struct filter_found found;
    struct filter_facts facts = facts_of(l);
    if (!find_version(l, o->id, l->epoch, UINT64_MAX, &found) || found.deleted == 0 ||
        !is_same(&found, o))
        return add_object(l, o);
    return !found.is_bare || filters_delete(&l->filters, o, &facts, found.deleted);
}

bool live_names_add(struct live_names *l, const struct policy_object *o)
{
    os_mutex_lock(&l->lock);
    bool added = add_object(l, o);
    os_mutex_unlock(&l->lock);
    return added;
}

bool live_names_take(struct live_names *l, const struct policy_object *o)
{
    os_mutex_lock(&l->lock);
    bool taken =
        o->kind == POLICY_OBJECT_FILTER ? take_filter(l, o) : objects_add(&l->objects, o, l->epoch);
    os_mutex_unlock(&l->lock);
    return taken;
}

bool live_names_delete(struct live_names *l, const struct policy_object *o, uint64_t time)
{
    os_mutex_lock(&l->lock);
    struct filter_facts facts = facts_of(l);
    facts.is_bare = true;
    bool deleted = filters_delete(&l->filters, o, &facts, time);
    os_mutex_unlock(&l->lock);
    return deleted;
}

bool live_names_has(struct live_names *l, uint64_t id, uint64_t since)
{
    struct filter_found found;
    os_mutex_lock(&l->lock);
    bool has = find_version(l, id, l->epoch, UINT64_MAX, &found) && found.deleted == 0 &&
               found.seq > since;
    os_mutex_unlock(&l->lock);
    return has;
}

uint32_t live_names_lacks(struct live_names *l, const struct policy_object *o)
{
    static const struct {
        enum policy_object_slot slot;
        enum policy_object_kind kind;
    } named[] = {{TEXT_PROVIDER, POLICY_OBJECT_PROVIDER},
                 {TEXT_SUBLAYER, POLICY_OBJECT_SUBLAYER},
                 {TEXT_CALLOUT, POLICY_OBJECT_CALLOUT},
                 {TEXT_CONTEXT, POLICY_OBJECT_CONTEXT}};
    uint32_t lacks = 0;
    os_mutex_lock(&l->lock);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        const char *key = policy_object_slot_of(o, named[i].slot);
        if (key != NULL && objects_get(&l->objects, named[i].kind, key) == NULL)
            lacks |= 1u << named[i].kind;
    }
    os_mutex_unlock(&l->lock);
    return lacks;
}

/* ---- lists ---------------------------------------------------------------------------------- */

struct filters_rest live_names_list(struct live_names *l)
{
    os_mutex_lock(&l->lock);
    struct filters_rest rest = {
        .epoch = l->epoch, .before = l->filters.seq, .objects = l->objects.seq};
    os_mutex_unlock(&l->lock);
    return rest;
}

bool live_names_list_end(struct live_names *l, const struct filters_rest *rest, uint64_t *cursor)
{
    os_mutex_lock(&l->lock);
    bool more = filters_bury_rest(&l->filters, rest, cursor, BURY_AT_ONCE);
    if (!more)
        objects_delete_rest(&l->objects, rest->objects);
    l->fills += !more;
    os_mutex_unlock(&l->lock);
    return more;
}

bool live_names_is_whole(struct live_names *l)
{
    os_mutex_lock(&l->lock);
    bool whole = l->filters.evicted == 0;
    os_mutex_unlock(&l->lock);
    return whole;
}

/* ---- the firewall's rules ------------------------------------------------------------------- */

static size_t write_rule(const struct live_names *l, struct rule_found *found, uint64_t time,
                         void *buf, size_t cap, uint64_t *token)
{
    uint64_t theirs = *token;
    if (found->state == WFPW_FILTER_STATE_CURRENT && time >= l->rules_doubt)
        found->state = WFPW_FILTER_STATE_UNCERTAIN;
    *token = hash_mix(hash_mix(hash_mix(OF_RULES, found->seq), found->changed), found->state);
    return theirs == *token ? NAMES_SAME : render_rule(found, "live", found->since, buf, cap);
}

size_t live_names_write_rule(struct live_names *l, const char *id, uint64_t time, void *buf,
                             size_t cap, uint64_t *token)
{
    struct rule_found found;
    os_mutex_lock(&l->lock);
    bool known = rules_find(&l->rules, id, strlen(id), time, &found);
    size_t needed = known ? write_rule(l, &found, time, buf, cap, token) : 0;
    os_mutex_unlock(&l->lock);
    return needed;
}

/* Rules take their room, a quarter of all at most, from the filters. */
static void share_room(struct live_names *l)
{
    filters_limit(&l->filters, l->budget - l->budget / 4 - l->rules.bytes);
}

static bool is_change(uint8_t change)
{
    return change >= WFPW_RULE_CHANGE_ADDED && change <= WFPW_RULE_CHANGE_DELETED;
}

bool live_names_record_rule(struct live_names *l, const struct rule *r,
                            const struct rule_facts *facts)
{
    os_mutex_lock(&l->lock);
    bool added = rules_add(&l->rules, r, facts);
    share_room(l);
    if (l->rules_told != 0 && is_change(facts->change))
        os_event_set_handle(l->rules_told);
    os_mutex_unlock(&l->lock);
    return added;
}

void live_names_tell_rules(struct live_names *l, intptr_t event)
{
    os_mutex_lock(&l->lock);
    l->rules_told = event;
    os_mutex_unlock(&l->lock);
}

void live_names_doubt_rules(struct live_names *l, uint64_t since)
{
    os_mutex_lock(&l->lock);
    if (since < l->rules_doubt)
        l->rules_doubt = since;
    os_mutex_unlock(&l->lock);
}

bool live_names_keep_rule(struct live_names *l, const char *id, size_t size, uint8_t origin,
                          uint64_t mark, const struct rules_list *list)
{
    os_mutex_lock(&l->lock);
    bool kept = rules_keep(&l->rules, id, size, origin, mark, list);
    os_mutex_unlock(&l->lock);
    return kept;
}

bool live_names_take_rule(struct live_names *l, const struct rule *r, uint64_t mark,
                          struct rules_list *list)
{
    struct rule_facts facts = {.mark = mark};
    os_mutex_lock(&l->lock);
    bool added = rules_list_add(&l->rules, r, &facts, list);
    share_room(l);
    os_mutex_unlock(&l->lock);
    return added;
}

/* What was not read whole says nothing of what it does not have, and the doubt stays. */
void live_names_rules_end(struct live_names *l, struct rules_list *list, bool is_whole)
{
    bool first = true, more = true;
    while (more) {
        os_mutex_lock(&l->lock);
        more = rules_list_end(&l->rules, list, first, BURY_AT_ONCE);
        if (!more) {
            l->rules_fills++;
            l->rules_doubt = is_whole ? UINT64_MAX : l->rules_doubt;
        }
        os_mutex_unlock(&l->lock);
        first = false;
    }
}
