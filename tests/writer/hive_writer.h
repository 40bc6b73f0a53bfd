/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Registry hives made to measure: keys by their paths, with texts as values. */
#ifndef HIVE_WRITER_H
#define HIVE_WRITER_H

#include <stddef.h>
#include <stdint.h>

/* name NULL: the key alone; number: a REG_DWORD of data's number, else a REG_SZ. */
struct hive_value {
    const char *key, *name, *data;
    int number;
};

enum {
    HIVE_LI = 1,    /* lists of keys without hashes */
    HIVE_RI = 2,    /* lists of lists */
    HIVE_WIDE = 4,  /* names as UTF-16 */
    HIVE_DIRTY = 8, /* its sequence numbers differ */
    HIVE_STYLES = 16
};

enum { HIVE_TIME = 0x1DB0000 }; /* the high half of every key's time */

/* Keys stand in the order in which they first come. The caller frees. */
uint8_t *hive_write(const struct hive_value *values, size_t count, uint32_t style, size_t *size);

#endif
