/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/rules/rules.h"

#include "base/hash.h"

/* The table's memory is the caller's, and a failure of it an answer. `s` is the table in scope. */
#define HASH_NONFATAL_OOM                1
#define uthash_malloc(size)              take_memory(s, size)
#define uthash_free(p, size)             give_memory(s, p, size)
#define uthash_nonfatal_oom(entry)       ((void)(entry), s->out_of_memory = true)
#define HASH_FUNCTION(key, length, hash) ((hash) = hash_of(key, length, s->seed))
#include <uthash.h>
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 6U /* short chains: each step of one is a miss of the cache */

struct rule_id {
    UT_hash_handle hh;
    struct rule_version *newest;
    uint32_t versions, size;
    bool is_used;
    char key[]; /* the id in lower case */
};

struct rule_version {
    struct rule_id *id;
    struct rule_version *older;       /* of this id */
    struct rule_version *next, *prev; /* of all, in the order in which they came */
    uint64_t seq, since, until;
    uint64_t gone; /* a list has it no more, since then; 0: no list tells */
    uint64_t mark;
    uint32_t list; /* the last one that had it; 0: of none, or another one took its place */
    uint16_t source;
    uint8_t change;
    bool is_ended;    /* something told that it is otherwise behind `until` */
    struct rule rule; /* with its texts behind it */
};

/* ---- memory --------------------------------------------------------------------------------- */

static void *take_memory(struct rules *s, size_t size)
{
    void *p = memory_take(&s->memory, size);
    s->bytes += p != NULL ? size : 0;
    return p;
}

static void give_memory(struct rules *s, void *p, size_t size)
{
    s->bytes -= size;
    memory_give(&s->memory, p);
}

static unsigned hash_of(const void *key, size_t length, uint64_t seed)
{
    const uint8_t *p = key;
    uint64_t h = hash_mix(seed, length);
    for (; length >= 8; length -= 8, p += 8)
        h = hash_mix(h, text_le64(p));
    for (; length > 0; length--)
        h = hash_mix(h, *p++);
    return (unsigned)(h ^ h >> 32);
}

static size_t size_of(const struct rule *r)
{
    return offsetof(struct rule_version, rule) + r->bytes;
}

void rules_init(struct rules *s, const wfpw_allocator *memory, size_t budget, uint64_t seed)
{
    *s = (struct rules){.memory = *memory, .budget = budget, .seed = seed};
}

/* ---- ids ------------------------------------------------------------------------------------ */

static size_t fold_id(char key[RULE_ID_MAX], const char *id, size_t size)
{
    size_t n = size <= RULE_ID_MAX ? size : 0;
    for (size_t i = 0; i < n; i++)
        key[i] = (char)text_lower((uint8_t)id[i]);
    return n;
}

static struct rule_id *find_id(const struct rules *s, const char *key, size_t n)
{
    struct rule_id *id = NULL;
    HASH_FIND(hh, s->table, key, n, id);
    return id;
}

static struct rule_id *add_id(struct rules *s, const char *key, size_t n)
{
    size_t size = offsetof(struct rule_id, key) + n;
    struct rule_id *id = take_memory(s, size);
    if (id == NULL)
        return NULL;
    memset(id, 0, offsetof(struct rule_id, key));
    id->size = (uint32_t)n;
    memcpy(id->key, key, n);
    s->out_of_memory = false;
    HASH_ADD_KEYPTR(hh, s->table, id->key, n, id);
    if (!s->out_of_memory)
        return id;
    give_memory(s, id, size);
    return NULL;
}

static void remove_id(struct rules *s, struct rule_id *id)
{
    HASH_DELETE(hh, s->table, id);
    give_memory(s, id, offsetof(struct rule_id, key) + id->size);
}

/* ---- versions ------------------------------------------------------------------------------- */

static void remove_version(struct rules *s, struct rule_version *v)
{
    struct rule_id *id = v->id;
    struct rule_version **link = &id->newest;
    while (*link != v)
        link = &(*link)->older;
    *link = v->older;
    *(v->prev != NULL ? &v->prev->next : &s->first) = v->next;
    *(v->next != NULL ? &v->next->prev : &s->last) = v->prev;
    if (s->hand == v)
        s->hand = v->next;
    if (s->given == v)
        s->given = NULL;
    if (s->swept == v)
        s->swept = v->next;
    give_memory(s, v, size_of(&v->rule));
    s->count--;
    if (--id->versions == 0)
        remove_id(s, id);
}

void rules_free(struct rules *s)
{
    while (s->last != NULL)
        remove_version(s, s->last);
}

void rules_drop(struct rules *s, uint16_t source, uint64_t before)
{
    for (struct rule_version *v = s->first, *next; v != NULL && v->seq <= before; v = next) {
        next = v->next;
        if (v->source == source)
            remove_version(s, v);
    }
}

/* Takes the next one away that was not asked for since the hand passed it last. */
static void evict_one(struct rules *s)
{
    for (;;) {
        struct rule_version *v = s->hand != NULL ? s->hand : s->first;
        s->hand = v->next;
        if (!v->id->is_used) {
            remove_version(s, v);
            s->evicted++;
            return;
        }
        v->id->is_used = false;
    }
}

static void trim_rules(struct rules *s)
{
    while (s->count > 0 && s->bytes > s->budget)
        evict_one(s);
}

static void drop_oldest(struct rules *s, const struct rule_id *id)
{
    struct rule_version *v = id->newest;
    while (v->older != NULL)
        v = v->older;
    remove_version(s, v);
    s->evicted++;
}

/* A change ends what was known before it. */
static void end_before(struct rule_version *v, const struct rule_facts *facts)
{
    if (facts->change < WFPW_RULE_CHANGE_ADDED || facts->change > WFPW_RULE_CHANGE_DELETED)
        return;
    for (; v != NULL; v = v->older)
        if (v->until >= facts->since && v->since <= facts->since && facts->since > 0) {
            v->until = facts->since - 1;
            v->is_ended = true;
        }
}

static void link_version(struct rules *s, struct rule_id *id, struct rule_version *v)
{
    v->id = id;
    v->older = id->newest;
    id->newest = v;
    id->versions++;
    v->prev = s->last;
    v->next = NULL;
    *(s->last != NULL ? &s->last->next : &s->first) = v;
    s->last = v;
    v->seq = ++s->seq;
    s->count++;
}

bool rules_add(struct rules *s, const struct rule *r, const struct rule_facts *facts)
{
    char key[RULE_ID_MAX];
    const char *text = rule_text(r, RULE_ID);
    size_t n = fold_id(key, text, strlen(text));
    if (n == 0)
        return true;
    struct rule_version *v = take_memory(s, size_of(r));
    struct rule_id *id = v != NULL ? find_id(s, key, n) : NULL;
    if (v != NULL && id == NULL)
        id = add_id(s, key, n);
    if (id == NULL) {
        if (v != NULL)
            give_memory(s, v, size_of(r));
        return false;
    }
    memcpy(&v->rule, r, r->bytes);
    v->since = facts->since;
    v->until = facts->until;
    v->source = facts->source;
    v->change = facts->change;
    v->mark = facts->mark;
    v->list = facts->list;
    v->gone = 0;
    v->is_ended = false;
    end_before(id->newest, facts);
    link_version(s, id, v);
    if (id->versions > RULES_VERSIONS_MAX)
        drop_oldest(s, id);
    trim_rules(s);
    return true;
}

/* ---- lists that are read again -------------------------------------------------------------- */

static bool is_listed(const struct rule_version *v, uint8_t origin)
{
    return v->list != 0 && v->gone == 0 && v->rule.origin == origin;
}

bool rules_keep(struct rules *s, const char *text, size_t size, uint8_t origin, uint64_t mark,
                const struct rules_list *list)
{
    char key[RULE_ID_MAX];
    size_t n = fold_id(key, text, size);
    struct rule_id *id = n > 0 ? find_id(s, key, n) : NULL;
    for (struct rule_version *v = id != NULL ? id->newest : NULL; v != NULL; v = v->older)
        if (is_listed(v, origin)) {
            if (v->mark != mark || v->is_ended)
                return false;
            v->list = list->number;
            v->until = list->until;
            return true;
        }
    return false;
}

/* It was so until something changed. */
static void end_version(struct rule_version *v, const struct rules_list *list)
{
    v->is_ended = true;
    if (v->until >= list->changed)
        v->until = list->changed > v->since ? list->changed - 1 : v->since;
}

/* Another one takes the place of what the list before had of this rule. */
static void end_listed(struct rule_version *v, uint8_t origin, const struct rules_list *list)
{
    for (; v != NULL; v = v->older) {
        if (!is_listed(v, origin))
            continue;
        v->list = 0;
        end_version(v, list);
    }
}

bool rules_list_add(struct rules *s, const struct rule *r, const struct rule_facts *facts,
                    struct rules_list *list)
{
    char key[RULE_ID_MAX];
    const char *text = rule_text(r, RULE_ID);
    struct rule_facts now = *facts;
    struct rule_id *id = find_id(s, key, fold_id(key, text, strlen(text)));
    if (id != NULL)
        end_listed(id->newest, r->origin, list);
    now.since = list->time;
    now.until = list->until;
    now.list = list->number;
    list->different++;
    return rules_add(s, r, &now);
}

bool rules_list_end(struct rules *s, struct rules_list *list, bool first, uint32_t most)
{
    if (first)
        s->swept = s->first;
    for (; s->swept != NULL && most > 0; most--, s->swept = s->swept->next) {
        struct rule_version *v = s->swept;
        if (!is_listed(v, v->rule.origin) || v->list == list->number)
            continue;
        end_version(v, list);
        if ((list->origins >> v->rule.origin & 1) == 0)
            continue; /* nobody knows */
        v->gone = v->until + 1 > list->changed ? v->until + 1 : list->changed;
        list->different++;
    }
    return s->swept != NULL;
}

/* ---- finding -------------------------------------------------------------------------------- */

/* How far a time is from what a version is known for. */
static uint64_t distance_of(const struct rule_version *v, uint64_t time)
{
    return time == 0         ? 0
           : v->until == 0   ? UINT64_MAX
           : time < v->since ? v->since - time
           : time > v->until ? time - v->until
                             : 0;
}

/* Whether a says more than b at that time. */
static bool is_better(const struct rule_version *a, const struct rule_version *b, uint64_t time)
{
    if (a->rule.is_bare != b->rule.is_bare)
        return b->rule.is_bare;
    uint64_t one = distance_of(a, time), other = distance_of(b, time);
    if (one != other)
        return one < other;
    return a->rule.is_enabled > b->rule.is_enabled;
}

static bool is_change(const struct rule_version *v)
{
    return v->change >= WFPW_RULE_CHANGE_ADDED && v->change <= WFPW_RULE_CHANGE_DELETED;
}

/* The last change before that time. */
static const struct rule_version *change_before(const struct rule_version *v, uint64_t time)
{
    const struct rule_version *best = NULL;
    for (; v != NULL; v = v->older)
        if (is_change(v) && (time == 0 || v->since <= time) &&
            (best == NULL || v->since > best->since))
            best = v;
    return best;
}

static uint32_t state_of(const struct rule_version *v, const struct rule_version *change,
                         uint64_t time)
{
    bool again = change != NULL && v->since > change->since && distance_of(v, time) == 0;
    bool gone = v->gone != 0 && (time == 0 || time >= v->gone);
    if (gone || (change != NULL && change->change == WFPW_RULE_CHANGE_DELETED && !again))
        return WFPW_FILTER_STATE_DELETED;
    if (v == change || time == 0 || distance_of(v, time) == 0)
        return WFPW_FILTER_STATE_CURRENT;
    return WFPW_FILTER_STATE_UNCERTAIN;
}

static bool give_version(const struct rule_version *v, const struct rule_version *change,
                         uint64_t time, struct rule_found *out)
{
    *out = (struct rule_found){
        .rule = &v->rule,
        .change = change != NULL ? &change->rule : NULL,
        .changed = change != NULL ? change->since : 0,
        .change_kind = change != NULL ? change->change : 0,
        .state = state_of(v, change, time),
        .source = v->source,
        .seq = v->seq,
        .since = v->since,
    };
    if (change != NULL && change->seq > v->seq)
        out->seq = change->seq;
    return true;
}

bool rules_find(struct rules *s, const char *text, size_t size, uint64_t time,
                struct rule_found *out)
{
    char key[RULE_ID_MAX];
    size_t n = fold_id(key, text, size);
    struct rule_id *id = n > 0 ? find_id(s, key, n) : NULL;
    if (id == NULL)
        return false;
    if (!id->is_used) /* or every look-up would write to a line of the cache */
        id->is_used = true;
    const struct rule_version *best = id->newest;
    for (const struct rule_version *v = best->older; v != NULL; v = v->older)
        if (is_better(v, best, time))
            best = v;
    return give_version(best, change_before(id->newest, time), time, out);
}

bool rules_next(struct rules *s, uint64_t *cursor, struct rule_found *out)
{
    struct rule_version *v =
        s->given != NULL && s->given->seq == *cursor ? s->given->next : s->first;
    while (v != NULL && v->seq <= *cursor)
        v = v->next;
    s->given = v;
    if (v == NULL)
        return false;
    *cursor = v->seq;
    return give_version(v, v->change != 0 ? v : NULL, 0, out);
}
