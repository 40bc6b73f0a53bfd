/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The values of a few keys of a registry hive: what 'netsh advfirewall export' writes (.wfw), and
 * the files SYSTEM and SOFTWARE. Nothing is followed that is not on the way to those keys, and
 * nothing is kept but the cell under way, so that a hive of any size takes the same memory; damage
 * costs the value or the key that it stands in. Log files beside a hive (.LOG1) are not applied.
 * Source of the format: Microsoft's documents have none; that of several public descriptions,
 * compared with real files. */
#ifndef WFPW_HIVE_H
#define WFPW_HIVE_H

#include "base/text.h"

enum {
    HIVE_HEADER = 4096,
    HIVE_VALUE_MAX = 256 * 1024, /* bytes of a value's data; a longer one is passed over */
    HIVE_NAME_MAX = 2048
};

/* Reads n bytes of the file; false: they are not there. */
typedef bool (*hive_read_fn)(void *ctx, uint64_t at, void *to, size_t n);

/* Big: on the heap. */
struct hive {
    hive_read_fn read;
    void *ctx;
    uint64_t size;
    uint64_t left;   /* bytes of cells that may still be read: a bound for what refers to itself */
    uint32_t visits; /* cells that the search for a key may still look at */
    uint32_t root;
    bool is_dirty; /* not all that was written has reached the file */
    /* the key whose values are under way */
    uint32_t list, count, next;
    uint64_t time; /* when the key was changed */
    /* the value that was found last */
    size_t name_size, data_size;
    uint32_t type;
    char name[3 * HIVE_NAME_MAX]; /* UTF-8 */
    uint8_t data[HIVE_VALUE_MAX];
    const char *damage; /* what could not be read in the last call; NULL: nothing */
};

bool hive_is(const void *p, size_t n);
/* false: it is none, or its first block is damaged. */
bool hive_open(struct hive *h, hive_read_fn read, void *ctx, uint64_t size);
/* Goes to a key by its path behind the root, parted by backslashes; "" is the root. ASCII case is
 * ignored. false: it has no such key, or the search for it was given up (damage). */
bool hive_key(struct hive *h, const char *path);
/* The next value of that key. false: there is none; what is damaged counts as one (damage). */
bool hive_next(struct hive *h);
/* A number among the values of the key. false: it has none of this name. */
bool hive_number(struct hive *h, const char *name, uint32_t *out);

#endif
