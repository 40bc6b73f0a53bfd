/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper_path.h"

#include <string.h>

#include "base/hash.h"
#include "base/simd.h"
#include "base/text.h"
#include "model/audit_fields.h"

enum { PROBES = 16 };

void shipper_paths_start(struct shipper_paths *p)
{
    memset(p->slots, 0, sizeof p->slots);
    memset(p->recent, 0, sizeof p->recent);
    p->list[0] = (struct shipper_path){.wanted = JSON_NOTHING};
    p->count = 1;
    p->used = 0;
    p->is_full = false;
    p->last = 0;
}

/* Its bytes the other way round. */
static inline uint64_t turned_round(uint64_t v)
{
    v = (v & 0x00FF00FF00FF00FFu) << 8 | (v >> 8 & 0x00FF00FF00FF00FFu);
    v = (v & 0x0000FFFF0000FFFFu) << 16 | (v >> 16 & 0x0000FFFF0000FFFFu);
    return v << 32 | v >> 32;
}

/* Each eight bytes, and the last eight. */
static inline uint64_t hash_of(uint16_t parent, const struct shipper_key *k)
{
    uint64_t h = hash_mix((uint64_t)parent << 32 | k->n, 1);
    if (k->n < 8)
        return hash_mix(h, k->n > 0 ? turned_round(k->head[0]) >> (64 - 8 * k->n) : 0);
    h = hash_mix(h, k->head[0]);
    for (size_t i = 8; i + 8 <= k->n; i += 8)
        h = hash_mix(h, text_le64(k->s + i));
    return hash_mix(h, text_le64(k->s + k->n - 8));
}

/* What of a value there has to be read; name: of audit_name. */
static uint8_t wanted_of(const struct shipper_meaning *m, uint16_t name)
{
    uint8_t wanted = m->rows[SHIPPER_XML] != NULL ? JSON_XML : JSON_NOTHING;
    for (size_t i = 1; i < SHIPPER_FORMS; i++)
        if (m->rows[i] != NULL && (m->rows[i]->use != SHIPPER_FIELD_KNOWN || name != NAME_NONE))
            wanted = JSON_ALL;
    return wanted;
}

static bool is_xml(const struct shipper_meaning *m)
{
    bool is = m->rows[SHIPPER_XML] != NULL;
    for (size_t i = 1; i < SHIPPER_FORMS; i++)
        is = is || (m->rows[i] != NULL && m->rows[i]->use == SHIPPER_DATA_XML);
    return is;
}

static uint16_t refuse_path(struct shipper_paths *p)
{
    p->is_full = true;
    return SHIPPER_PATH_NONE;
}

static uint16_t add_path(struct shipper_paths *p, uint16_t parent, const struct shipper_key *k)
{
    const char *key = k->s;
    const size_t n = k->n;
    const struct shipper_path *above = &p->list[parent];
    size_t before = above->n > 0 ? (size_t)above->n + 1 : 0;
    if (before + n > SHIPPER_PATH_TEXT)
        return SHIPPER_PATH_NONE;
    if (p->count == SHIPPER_PATHS || before + n > SHIPPER_PATH_ROOM - p->used)
        return refuse_path(p);
    char *text = p->text + p->used;
    memcpy(text, p->text + above->at, above->n);
    if (before > 0)
        text[before - 1] = '.';
    memcpy(text + before, key, n);
    size_t own = n; /* of a key with dots, as of an object that was made flat: the last name */
    for (size_t i = 0; i < n; i++)
        own = key[i] == '.' ? n - i - 1 : own;
    struct shipper_path *path = &p->list[p->count];
    *path = (struct shipper_path){.head = {k->head[0], k->head[1]},
                                  .at = p->used,
                                  .n = (uint16_t)(before + n),
                                  .key = (uint16_t)own,
                                  .whole = (uint16_t)n,
                                  .parent = parent,
                                  .name = audit_name(key + n - own, own),
                                  .is_plain = simd_is_plain(key, n)};
    shipper_form_look(text, before + n, &path->meaning);
    path->is_xml = is_xml(&path->meaning);
    path->wanted = wanted_of(&path->meaning, path->name);
    p->used += (uint32_t)(before + n);
    return (uint16_t)p->count++;
}

static uint16_t find_path(struct shipper_paths *p, uint16_t parent, const struct shipper_key *k)
{
    uint64_t hash = hash_of(parent, k);
    for (uint32_t i = 0; i < PROBES; i++) {
        uint16_t *slot = &p->slots[(hash + i) % SHIPPER_PATH_SLOTS];
        if (*slot == 0) {
            uint16_t path = add_path(p, parent, k);
            if (path != SHIPPER_PATH_NONE) {
                p->list[path].hash = hash;
                *slot = (uint16_t)(path + 1);
            }
            return path;
        }
        const struct shipper_path *x = &p->list[*slot - 1];
        if (x->hash == hash && shipper_paths_is(p, x, parent, k))
            return (uint16_t)(*slot - 1);
    }
    return refuse_path(p);
}

uint16_t shipper_paths_look(struct shipper_paths *p, uint16_t parent, const struct shipper_key *k)
{
    bool none = parent == SHIPPER_PATH_NONE || k->n > SHIPPER_PATH_TEXT;
    return none ? (uint16_t)SHIPPER_PATH_NONE : find_path(p, parent, k);
}

uint16_t shipper_paths_item(struct shipper_paths *p, uint16_t parent)
{
    static const struct shipper_key item = {"[]", 2, {'[' | ']' << 8, 0}};
    return shipper_paths_find(p, parent, &item);
}
