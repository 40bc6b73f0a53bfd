/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/hive_writer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 4096, KEYS_MAX = 64, SEGMENT = 16344, PATH = 512 };

struct writing {
    uint8_t *p;
    size_t used, cap;
    uint32_t style;
    const struct hive_value *values;
    size_t count;
    char keys[KEYS_MAX][PATH]; /* every key by its path */
    size_t key_count;
};

static void put16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, size_t v)
{
    put16(p, v & 0xFFFF);
    put16(p + 2, v >> 16);
}

/* A cell for n bytes: its offset behind the header. */
static uint32_t add_cell(struct writing *w, size_t n)
{
    size_t size = (n + 4 + 7) & ~(size_t)7, at = w->used;
    if (at + size > w->cap) {
        w->cap = 2 * (at + size) + HEADER;
        w->p = realloc(w->p, w->cap);
        if (w->p == NULL)
            abort();
    }
    memset(w->p + at, 0, size);
    put32(w->p + at, (uint32_t) - (int32_t)size);
    w->used += size;
    return (uint32_t)(at - HEADER);
}

static uint8_t *cell(struct writing *w, uint32_t at)
{
    return w->p + HEADER + at + 4;
}

static uint8_t *wide_of(const char *s, size_t n)
{
    uint8_t *wide = calloc(n + 1, 2);
    for (size_t i = 0; wide != NULL && i < n; i++)
        wide[2 * i] = (uint8_t)s[i];
    return wide;
}

/* A name where a cell's fixed part ends. Returns its bytes. */
static size_t put_name(struct writing *w, uint8_t *to, const char *name, size_t n)
{
    uint8_t *wide = wide_of(name, n);
    bool is_wide = (w->style & HIVE_WIDE) != 0;
    memcpy(to, is_wide ? wide : (const uint8_t *)name, is_wide ? 2 * n : n);
    free(wide);
    return is_wide ? 2 * n : n;
}

static uint32_t add_data(struct writing *w, const uint8_t *p, size_t n)
{
    if (n <= SEGMENT) {
        uint32_t at = add_cell(w, n);
        memcpy(cell(w, at), p, n);
        return at;
    }
    size_t pieces = (n + SEGMENT - 1) / SEGMENT;
    uint32_t head = add_cell(w, 8), list = add_cell(w, 4 * pieces);
    memcpy(cell(w, head), "db", 2);
    put16(cell(w, head) + 2, pieces);
    put32(cell(w, head) + 4, list);
    for (size_t i = 0; i < pieces; i++) {
        size_t m = n - i * SEGMENT < SEGMENT ? n - i * SEGMENT : SEGMENT;
        uint32_t piece = add_cell(w, m);
        memcpy(cell(w, piece), p + i * SEGMENT, m);
        put32(cell(w, list) + 4 * i, piece);
    }
    return head;
}

static uint32_t add_value(struct writing *w, const struct hive_value *v)
{
    size_t n = strlen(v->name), size = v->number ? 4 : 2 * strlen(v->data) + 2;
    uint32_t at = add_cell(w, 0x14 + 2 * n);
    uint8_t *text = wide_of(v->data, strlen(v->data));
    uint32_t data = v->number ? 0 : add_data(w, text, size);
    uint8_t *p = cell(w, at);
    free(text);
    memcpy(p, "vk", 2);
    put16(p + 2, put_name(w, p + 0x14, v->name, n));
    put32(p + 4, v->number ? 0x80000004u : size);
    put32(p + 8, v->number ? strtoul(v->data, NULL, 10) : data);
    put32(p + 12, v->number ? 4 : 1);
    put16(p + 16, (w->style & HIVE_WIDE) == 0);
    return at;
}

/* ---- keys ---- */

static bool is_child(const char *parent, const char *key, const char **name)
{
    size_t n = strlen(parent);
    if (strncmp(parent, key, n) != 0 || key[n] == 0 || (n > 0 && key[n] != '\\'))
        return false;
    *name = key + n + (n > 0);
    return strchr(*name, '\\') == NULL;
}

static uint32_t add_list(struct writing *w, const uint32_t *keys, size_t count)
{
    bool li = (w->style & HIVE_LI) != 0;
    size_t entry = li ? 4 : 8;
    uint32_t at = add_cell(w, 4 + entry * count);
    memcpy(cell(w, at), li ? "li" : "lh", 2);
    put16(cell(w, at) + 2, count);
    for (size_t i = 0; i < count; i++)
        put32(cell(w, at) + 4 + entry * i, keys[i]);
    return at;
}

/* Of one list, or a list of lists with one key each. */
static uint32_t add_index(struct writing *w, const uint32_t *keys, size_t count)
{
    if ((w->style & HIVE_RI) == 0)
        return add_list(w, keys, count);
    uint32_t at = add_cell(w, 4 + 4 * count);
    memcpy(cell(w, at), "ri", 2);
    put16(cell(w, at) + 2, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t list = add_list(w, &keys[i], 1);
        put32(cell(w, at) + 4 + 4 * i, list);
    }
    return at;
}

static void add_values(struct writing *w, uint32_t key, const char *path)
{
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        count += w->values[i].name != NULL && strcmp(w->values[i].key, path) == 0;
    uint32_t list = count > 0 ? add_cell(w, 4 * count) : UINT32_MAX;
    put32(cell(w, key) + 0x24, count);
    put32(cell(w, key) + 0x28, list);
    for (size_t i = 0, n = 0; i < w->count; i++)
        if (w->values[i].name != NULL && strcmp(w->values[i].key, path) == 0) {
            uint32_t value = add_value(w, &w->values[i]);
            put32(cell(w, list) + 4 * n++, value);
        }
}

static uint32_t add_key(struct writing *w, const char *path, const char *name)
{
    uint32_t children[KEYS_MAX];
    size_t count = 0;
    const char *child;
    uint32_t at = add_cell(w, 0x4C + 2 * strlen(name));
    memcpy(cell(w, at), "nk", 2);
    put16(cell(w, at) + 2, (w->style & HIVE_WIDE) != 0 ? 0 : 0x20);
    put32(cell(w, at) + 8, HIVE_TIME);
    put16(cell(w, at) + 0x48, put_name(w, cell(w, at) + 0x4C, name, strlen(name)));
    add_values(w, at, path);
    for (size_t i = 0; i < w->key_count; i++)
        if (is_child(path, w->keys[i], &child))
            children[count++] = add_key(w, w->keys[i], child);
    uint32_t list = count > 0 ? add_index(w, children, count) : UINT32_MAX;
    put32(cell(w, at) + 0x14, count);
    put32(cell(w, at) + 0x1C, list);
    return at;
}

/* A key and those above it. */
static void know_key(struct writing *w, const char *path)
{
    for (size_t n = 1; n <= strlen(path); n++) {
        if (path[n] != '\\' && path[n] != 0)
            continue;
        bool known = false;
        for (size_t i = 0; i < w->key_count; i++)
            known |= strlen(w->keys[i]) == n && strncmp(w->keys[i], path, n) == 0;
        if (known)
            continue;
        if (w->key_count == KEYS_MAX || n >= PATH)
            abort();
        memcpy(w->keys[w->key_count], path, n);
        w->keys[w->key_count++][n] = 0;
    }
}

uint8_t *hive_write(const struct hive_value *values, size_t count, uint32_t style, size_t *size)
{
    struct writing *w = calloc(1, sizeof *w);
    if (w == NULL)
        abort();
    *w = (struct writing){.style = style, .values = values, .count = count};
    for (size_t i = 0; i < count; i++)
        know_key(w, values[i].key);
    w->used = HEADER;
    (void)add_cell(w, 4);
    uint32_t root = add_key(w, "", "root");
    memset(w->p, 0, HEADER);
    memcpy(w->p, "regf", 4);
    put32(w->p + 4, 2);
    put32(w->p + 8, (style & HIVE_DIRTY) != 0 ? 1 : 2);
    put32(w->p + 0x14, 1);
    put32(w->p + 0x18, 5);
    put32(w->p + 0x24, root);
    put32(w->p + 0x28, w->used - HEADER);
    uint8_t *p = w->p;
    *size = w->used;
    free(w);
    return p;
}
