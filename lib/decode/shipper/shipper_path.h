/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Paths that were met in a file, each looked up in the forms once: after that a key costs a hash.
 */
#ifndef WFPW_SHIPPER_PATH_H
#define WFPW_SHIPPER_PATH_H

#include <string.h>

#include "base/text.h"
#include "decode/json/json_lexer.h"
#include "decode/shipper/shipper_form.h"

enum {
    SHIPPER_PATHS = 1024,
    SHIPPER_PATH_SLOTS = 2 * SHIPPER_PATHS,
    SHIPPER_PATHS_RECENT = 256,
    SHIPPER_PATH_TEXT = 512,       /* bytes of a path; one that is longer means nothing */
    SHIPPER_PATH_ROOM = 48 * 1024, /* bytes of all of them */
    SHIPPER_PATH_NONE = 0xFFFF     /* too many, too long, or below one that is */
};

struct shipper_path {
    uint64_t hash;
    uint64_t head[2]; /* of the key as a whole, as of shipper_key */
    struct shipper_meaning meaning;
    uint32_t at;     /* of its text */
    uint16_t n, key; /* bytes of it, and of its last name */
    uint16_t whole;  /* of the key as it stands in the file, which may have dots */
    uint16_t parent;
    uint16_t next;  /* the path that came after it last time, as it does in most records */
    uint16_t name;  /* of the key, of audit_name */
    uint8_t wanted; /* enum json_wanted: of a value there */
    bool is_plain;  /* the key as a whole stands in JSON as it is */
    bool is_xml;    /* a value there may be read as XML */
};

struct shipper_paths {
    uint32_t count, used;
    bool is_full;                          /* to be emptied before the next record */
    uint16_t last;                         /* that was found */
    uint16_t slots[SHIPPER_PATH_SLOTS];    /* number + 1; 0: free */
    uint16_t recent[SHIPPER_PATHS_RECENT]; /* by the start of a key: the path found last; 0: none */
    char text[SHIPPER_PATH_ROOM];
    struct shipper_path list[SHIPPER_PATHS];
};

/* A key as it is looked up: short ones are compared as two numbers. */
struct shipper_key {
    const char *s;
    size_t n;
    uint64_t head[2]; /* its first 16 bytes, zeros behind it */
};

static inline struct shipper_key shipper_key(const char *s, size_t n)
{
    char head[16] = {0};
    text_copy(head, s, n < sizeof head ? n : sizeof head);
    return (struct shipper_key){s, n, {text_le64(head), text_le64(head + 8)}};
}

/* The same, when 16 bytes may be read at s: nothing depends on n. */
static inline struct shipper_key shipper_key_near(const char *s, size_t n)
{
    static const uint8_t ones[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                     255, 255, 255, 255, 255, 255, 255, 255};
    const uint8_t *mask = ones + 16 - (n < 16 ? n : 16);
    return (struct shipper_key){
        s, n, {text_le64(s) & text_le64(mask), text_le64(s + 8) & text_le64(mask + 8)}};
}

/* Empty, but for the path of a record itself, which is 0. */
void shipper_paths_start(struct shipper_paths *p);
/* The path of a key below another, from the table or added to it. */
uint16_t shipper_paths_look(struct shipper_paths *p, uint16_t parent, const struct shipper_key *k);

static inline bool shipper_paths_is(const struct shipper_paths *p, const struct shipper_path *x,
                                    uint16_t parent, const struct shipper_key *k)
{
    bool has_head = ((x->head[0] ^ k->head[0]) | (x->head[1] ^ k->head[1])) == 0;
    return has_head && x->parent == parent && x->whole == k->n &&
           (k->n <= sizeof k->head || memcmp(p->text + x->at + x->n - k->n, k->s, k->n) == 0);
}

/* The same, mostly without the table: in whatever order keys come, nothing is guessed. */
static inline uint16_t shipper_paths_find(struct shipper_paths *p, uint16_t parent,
                                          const struct shipper_key *k)
{
    uint64_t h = (k->head[0] ^ k->head[1] << 7 ^ parent * 0x100000001B3u) * 0x9E3779B97F4A7C15u;
    uint16_t *recent = &p->recent[h >> 56], path = *recent;
    if (path == 0 || !shipper_paths_is(p, &p->list[path], parent, k)) {
        path = shipper_paths_look(p, parent, k);
        if (path == SHIPPER_PATH_NONE)
            return path;
        *recent = path;
    }
    p->list[p->last].next = path;
    p->last = path;
    return path;
}

/* That of an array's items. */
uint16_t shipper_paths_item(struct shipper_paths *p, uint16_t parent);

/* The path that came after the last one that was found, if it is below `parent` and its key plain;
 * NULL: there is none. */
static inline const struct shipper_path *shipper_paths_expected(const struct shipper_paths *p,
                                                                uint16_t parent)
{
    const struct shipper_path *x = &p->list[p->list[p->last].next];
    return x != p->list && x->parent == parent && x->is_plain ? x : NULL;
}

static inline const char *shipper_paths_key(const struct shipper_paths *p, uint16_t path)
{
    const struct shipper_path *x = &p->list[path];
    return p->text + x->at + x->n - x->key;
}

#endif
