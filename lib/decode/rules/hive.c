/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/rules/hive.h"

enum {
    NONE = -1,          /* an offset that leads nowhere, as uint32_t */
    KEY_BYTES = 0x4C,   /* of a key's cell before its name */
    VALUE_BYTES = 0x14, /* of a value's */
    SEGMENT = 16344,    /* data that is longer is in pieces of so many bytes */
    LEVELS = 16,        /* of a path */
    ASCII = 1,          /* of a value's flags: its name is 8-bit */
    PRICE = 64,         /* of a cell, in bytes, however few of them are read */
    VISITS =
        256 * 1024 /* cells that a search may look at: the keys of a real hive have thousands */
};

/* ---- cells ---------------------------------------------------------------------------------- */

/* n bytes of the cell at `cell`, from `at` on. */
static bool read_cell(struct hive *h, uint32_t cell, size_t at, void *to, size_t n)
{
    uint8_t head[4];
    uint64_t start = (uint64_t)HIVE_HEADER + cell;
    if (cell == (uint32_t)NONE || cell % 8 != 0)
        return false;
    if (n + PRICE > h->left) {
        h->damage = "more to look at than a hive of its size has";
        return false;
    }
    h->left -= n + PRICE;
    if (start + 4 > h->size || !h->read(h->ctx, start, head, sizeof head))
        return false;
    int64_t size = -(int64_t)(int32_t)text_le32(head); /* positive when it is in use */
    return size >= 4 && (uint64_t)size - 4 >= at + n && start + (uint64_t)size <= h->size &&
           h->read(h->ctx, start + 4 + at, to, n);
}

static bool read_number(struct hive *h, uint32_t cell, size_t at, uint32_t *out)
{
    uint8_t bytes[4];
    bool found = read_cell(h, cell, at, bytes, sizeof bytes);
    *out = found ? text_le32(bytes) : 0;
    return found;
}

/* A name of n bytes as UTF-8. */
static size_t name_of(char *to, const uint8_t *p, size_t n, bool is_ascii)
{
    return is_ascii ? text_latin1(to, p, n) : text_utf16(to, p, n / 2);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool is_key_named(struct hive *h, uint32_t cell, const char *name)
{
    enum { KEY_ASCII = 0x20, NAME_BYTES = 2 * 256 };
    uint8_t key[KEY_BYTES], bytes[NAME_BYTES];
    char text[3 * NAME_BYTES];
    if (!read_cell(h, cell, 0, key, sizeof key) || memcmp(key, "nk", 2) != 0)
        return false;
    size_t n = text_le16(key + 0x48);
    if (n > sizeof bytes || !read_cell(h, cell, KEY_BYTES, bytes, n))
        return false;
    size_t m = name_of(text, bytes, n, (text_le16(key + 2) & KEY_ASCII) != 0);
    return text_same(text, m, name);
}

/* Whether the search for a key may look at one more cell. */
static bool may_visit(struct hive *h)
{
    if (h->visits > 0) {
        h->visits--;
        return true;
    }
    h->damage = "lists of keys that are too long";
    return false;
}

/* An entry of a list of keys: bytes of it, and whether it leads to another list. */
static size_t entry_of(const uint8_t *head, bool *is_index)
{
    *is_index = memcmp(head, "ri", 2) == 0;
    if (*is_index || memcmp(head, "li", 2) == 0)
        return 4;
    return memcmp(head, "lf", 2) == 0 || memcmp(head, "lh", 2) == 0 ? 8 : 0;
}

/* The key of that name in a list of the lowest kind; NONE: it is not there. */
static uint32_t find_in_leaf(struct hive *h, uint32_t list, const char *name)
{
    uint8_t head[4];
    bool is_index;
    uint32_t cell;
    if (!read_cell(h, list, 0, head, sizeof head))
        return (uint32_t)NONE;
    size_t entry = entry_of(head, &is_index), count = text_le16(head + 2);
    for (size_t i = 0; entry != 0 && !is_index && i < count && may_visit(h); i++)
        if (!read_number(h, list, 4 + i * entry, &cell))
            break;
        else if (is_key_named(h, cell, name))
            return cell;
    return (uint32_t)NONE;
}

static uint32_t find_key(struct hive *h, uint32_t parent, const char *name)
{
    uint8_t head[4];
    bool is_index;
    uint32_t list, leaf, found = (uint32_t)NONE;
    if (!read_number(h, parent, 0x1C, &list) || !read_cell(h, list, 0, head, sizeof head))
        return found;
    (void)entry_of(head, &is_index);
    if (!is_index)
        return find_in_leaf(h, list, name);
    for (size_t i = 0; found == (uint32_t)NONE && i < text_le16(head + 2) && may_visit(h); i++)
        if (read_number(h, list, 4 + 4 * i, &leaf))
            found = find_in_leaf(h, leaf, name);
    return found;
}

bool hive_key(struct hive *h, const char *path)
{
    uint8_t key[KEY_BYTES];
    char name[256];
    uint32_t cell = h->root;
    h->count = h->next = 0;
    h->visits = VISITS;
    h->damage = NULL;
    while (*path != 0 && cell != (uint32_t)NONE) {
        size_t n = strcspn(path, "\\");
        if (n >= sizeof name)
            return false;
        memcpy(name, path, n);
        name[n] = 0;
        cell = find_key(h, cell, name);
        path += n + (path[n] != 0);
    }
    if (!read_cell(h, cell, 0, key, sizeof key) || memcmp(key, "nk", 2) != 0)
        return false;
    h->time = text_le64(key + 4);
    h->count = text_le32(key + 0x24);
    h->list = text_le32(key + 0x28);
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

/* Data in pieces: "db", their number, and where the list of them is. */
static bool read_pieces(struct hive *h, uint32_t cell, size_t n)
{
    uint8_t head[8];
    uint32_t list, piece;
    if (!read_cell(h, cell, 0, head, sizeof head) || memcmp(head, "db", 2) != 0)
        return false;
    list = text_le32(head + 4);
    for (size_t at = 0, i = 0; at < n; i++) {
        size_t m = n - at < SEGMENT ? n - at : SEGMENT;
        if (i >= text_le16(head + 2) || !read_number(h, list, 4 * i, &piece) ||
            !read_cell(h, piece, 0, h->data + at, m))
            return false;
        at += m;
    }
    return true;
}

static bool read_data(struct hive *h, const uint8_t *value)
{
    uint32_t n = text_le32(value + 4), cell = text_le32(value + 8);
    h->data_size = n & 0x7FFFFFFF;
    if (n > 0x7FFFFFFF) { /* in place of the offset */
        memcpy(h->data, value + 8, 4);
        return h->data_size <= 4;
    }
    if (n > HIVE_VALUE_MAX)
        return false;
    return n == 0 || (n > SEGMENT && read_pieces(h, cell, n)) || read_cell(h, cell, 0, h->data, n);
}

static bool read_value(struct hive *h, uint32_t cell)
{
    uint8_t value[VALUE_BYTES], bytes[HIVE_NAME_MAX];
    if (!read_cell(h, cell, 0, value, sizeof value) || memcmp(value, "vk", 2) != 0)
        return false;
    size_t n = text_le16(value + 2);
    bool is_ascii = (text_le16(value + 16) & ASCII) != 0;
    h->type = text_le32(value + 12);
    if (n > sizeof bytes || (n > 0 && !read_cell(h, cell, VALUE_BYTES, bytes, n)))
        return false;
    h->name_size = name_of(h->name, bytes, n, is_ascii);
    return read_data(h, value);
}

bool hive_next(struct hive *h)
{
    uint32_t cell;
    h->damage = NULL;
    if (h->next >= h->count)
        return false;
    if (!read_number(h, h->list, 4 * (size_t)h->next, &cell)) {
        h->damage = "a list of values that cannot be read";
        h->count = h->next; /* nor can the rest of it */
        return true;
    }
    h->next++;
    if (!read_value(h, cell))
        h->damage = "a value that cannot be read";
    return true;
}

bool hive_number(struct hive *h, const char *name, uint32_t *out)
{
    while (hive_next(h))
        if (h->damage == NULL && h->data_size == 4 && text_same(h->name, h->name_size, name)) {
            *out = text_le32(h->data);
            return true;
        }
    return false;
}

/* ---- opening -------------------------------------------------------------------------------- */

bool hive_is(const void *p, size_t n)
{
    return n >= 4 && memcmp(p, "regf", 4) == 0;
}

bool hive_open(struct hive *h, hive_read_fn read, void *ctx, uint64_t size)
{
    enum { AT_LEAST = 1024 * 1024, TIMES = 8, SIZE_MOST = 128 * 1024 * 1024 };
    uint8_t head[64];
    memset(h, 0, offsetof(struct hive, name));
    h->read = read;
    h->ctx = ctx;
    h->size = size;
    h->left = TIMES * (size < SIZE_MOST ? size : SIZE_MOST) + AT_LEAST;
    h->damage = NULL;
    if (size < HIVE_HEADER || !read(ctx, 0, head, sizeof head) || !hive_is(head, sizeof head))
        return false;
    h->root = text_le32(head + 0x24);
    h->is_dirty = text_le32(head + 4) != text_le32(head + 8);
    return true;
}
