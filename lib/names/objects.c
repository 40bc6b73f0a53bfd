/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/objects.h"

#include <string.h>

#include "wfpwatch/wfpwatch.h"

#define HASH_NONFATAL_OOM                1
#define uthash_malloc(size)              take_memory(s, size)
#define uthash_free(p, size)             give_memory(s, p, size)
#define uthash_nonfatal_oom(entry)       ((void)(entry), s->out_of_memory = true)
#define HASH_FUNCTION(key, length, hash) ((hash) = hash_of(key, length, s->seed))
#include <uthash.h>

struct known {
    UT_hash_handle hh;
    char *key; /* the kind as a letter, then the key's text; behind the object */
    bool is_used, is_deleted;
    uint32_t from;
    uint64_t seq;
    struct policy_object object;
};

enum { KEY_MAX = 256 }; /* a longer one is none that Windows writes */

static void *take_memory(struct objects *s, size_t size)
{
    void *p = memory_take(&s->memory, size);
    s->bytes += p != NULL ? size : 0;
    return p;
}

static void give_memory(struct objects *s, void *p, size_t size)
{
    s->bytes -= size;
    memory_give(&s->memory, p);
}

static unsigned hash_of(const void *key, size_t length, uint64_t seed)
{
    const uint8_t *p = key;
    uint64_t h = seed;
    for (size_t i = 0; i < length; i++) {
        h = (h ^ p[i]) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    return (unsigned)(h ^ h >> 29);
}

/* The text that an object of this kind and key is found by; 0 when there is none. */
static size_t key_of(char out[KEY_MAX], enum policy_object_kind kind, const char *key)
{
    size_t n = key != NULL ? strlen(key) : 0;
    if (n == 0 || n > KEY_MAX - 1)
        return 0;
    out[0] = (char)('a' + kind);
    memcpy(out + 1, key, n);
    return n + 1;
}

static size_t size_of(const struct known *k)
{
    return offsetof(struct known, object) + k->object.bytes + k->hh.keylen;
}

void objects_init(struct objects *s, const wfpw_allocator *memory, size_t budget, uint64_t seed)
{
    *s = (struct objects){.memory = *memory, .budget = budget, .seed = seed};
}

void objects_free(struct objects *s)
{
    struct known *k = s->table;
    HASH_CLEAR(hh, s->table);
    while (k != NULL) {
        struct known *next = k->hh.next;
        give_memory(s, k, size_of(k));
        k = next;
    }
    memset(s->layers, 0, sizeof s->layers);
    s->deleted = 0;
}

static struct known *find_known(const struct objects *s, const char *key, size_t n)
{
    struct known *k = NULL;
    HASH_FIND(hh, s->table, key, n, k);
    return k;
}

static struct known *new_known(struct objects *s, const struct policy_object *o, uint32_t from,
                               const char *key, size_t n)
{
    struct known *k = take_memory(s, offsetof(struct known, object) + o->bytes + n);
    if (k == NULL)
        return NULL;
    memset(&k->hh, 0, sizeof k->hh);
    k->is_used = k->is_deleted = false;
    k->from = from;
    k->seq = ++s->seq;
    memcpy(&k->object, o, o->bytes);
    k->key = (char *)&k->object + o->bytes;
    k->hh.keylen = (unsigned)n;
    memcpy(k->key, key, n);
    return k;
}

static void forget_known(struct objects *s, struct known *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; k->object.kind == POLICY_OBJECT_LAYER && i < OBJECTS_LAYERS; i++)
        if (s->layers[i] == k)
            s->layers[i] = NULL;
    if (s->hand == k)
        s->hand = k->hh.next;
    s->deleted -= k->is_deleted;
    HASH_DELETE(hh, s->table, k);
    give_memory(s, k, size_of(k));
}

static bool forget_deleted(struct objects *s)
{
    bool any = s->deleted > 0 && s->table->is_deleted;
    if (any)
        forget_known(s, s->table);
    return any;
}

/* Takes the next context away that was not used since the hand passed it last. */
static bool evict_one(struct objects *s)
{
    for (uint64_t steps = 2 * (uint64_t)HASH_COUNT(s->table); steps > 0; steps--) {
        struct known *k = s->hand != NULL ? s->hand : s->table;
        s->hand = k->hh.next;
        if (k->object.kind == POLICY_OBJECT_CONTEXT && !k->is_used) {
            forget_known(s, k);
            s->evicted++;
            return true;
        }
        k->is_used = false;
    }
    return false;
}

static bool make_room(struct objects *s, size_t n)
{
    while (s->bytes + n > s->budget)
        if (!forget_deleted(s) && (!s->evicts || !evict_one(s)))
            return false;
    return true;
}

bool objects_add(struct objects *s, const struct policy_object *o, uint32_t from)
{
    char key[KEY_MAX];
    size_t n = key_of(key, (enum policy_object_kind)o->kind, policy_object_slot_of(o, TEXT_KEY));
    if (n == 0 || !make_room(s, o->bytes + n + sizeof(struct known))) {
        s->refused++;
        return true;
    }
    struct known *old = find_known(s, key, n), *k = new_known(s, o, from, key, n);
    if (k == NULL)
        return false;
    s->out_of_memory = false;
    HASH_ADD_KEYPTR(hh, s->table, k->key, n, k);
    if (s->out_of_memory) {
        give_memory(s, k, offsetof(struct known, object) + o->bytes + n);
        return false;
    }
    forget_known(s, old);
    if (o->kind == POLICY_OBJECT_LAYER && o->id < OBJECTS_LAYERS)
        s->layers[o->id] = k;
    k->is_used = true;
    (void)make_room(s, 0); /* the table itself may have grown */
    return true;
}

/* ---- what is there no more ------------------------------------------------------------------ */

static void mark_deleted(struct objects *s, struct known *k)
{
    s->deleted += !k->is_deleted;
    s->changes += !k->is_deleted;
    k->is_deleted = true;
}

/* The table is in the order of seq, so what the list did not have stands first. */
void objects_delete_rest(struct objects *s, uint64_t before)
{
    for (struct known *k = s->table; k != NULL && k->seq <= before; k = k->hh.next)
        mark_deleted(s, k);
    while (s->deleted > OBJECTS_DELETED && forget_deleted(s))
        ;
}

void objects_delete(struct objects *s, enum policy_object_kind kind, const char *key)
{
    char text[KEY_MAX];
    size_t n = key_of(text, kind, key);
    struct known *k = n > 0 ? find_known(s, text, n) : NULL;
    if (k != NULL)
        mark_deleted(s, k);
}

/* ---- asking --------------------------------------------------------------------------------- */

const struct policy_object *objects_get(const struct objects *s, enum policy_object_kind kind,
                                        const char *key)
{
    char text[KEY_MAX];
    size_t n = key_of(text, kind, key);
    struct known *k = n > 0 ? find_known(s, text, n) : NULL;
    if (k == NULL)
        return NULL;
    k->is_used = true;
    return &k->object;
}

uint32_t objects_state(const struct objects *s, enum policy_object_kind kind, const char *key,
                       uint32_t from)
{
    char text[KEY_MAX];
    size_t n = key_of(text, kind, key);
    const struct known *k = n > 0 ? find_known(s, text, n) : NULL;
    if (k == NULL)
        return 0;
    if (k->is_deleted)
        return WFPW_FILTER_STATE_DELETED;
    return k->from == from ? WFPW_FILTER_STATE_CURRENT : WFPW_FILTER_STATE_UNCERTAIN;
}

const struct policy_object *objects_layer(const struct objects *s, uint32_t id)
{
    return id < OBJECTS_LAYERS && s->layers[id] != NULL ? &s->layers[id]->object : NULL;
}
