/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records of one kind that one shipper wrote differ in their values only. A layout is what stands
 * between the values (keys, marks and blanks, byte for byte), learned from a record that was read
 * as JSON: of another one that has the same, the values are found by comparing memory, without
 * looking up a key, and those that the form has no use for are passed over. A record that differs
 * in anything else, or has a value that needs more than a look (XML, characters beyond 16 bits as
 * escapes, what is no JSON), is not taken at all. */
#ifndef WFPW_SHIPPER_LAYOUT_H
#define WFPW_SHIPPER_LAYOUT_H

#include "decode/shipper/shipper_path.h"

enum {
    SHIPPER_LAYOUTS = 16,
    SHIPPER_LAYOUT_VALUES = 160,
    SHIPPER_LAYOUT_TEXT = 5 * 1024,    /* bytes between values */
    SHIPPER_LAYOUT_RECORD = 32 * 1024, /* bytes of a record */
    SHIPPER_LAYOUT_DEPTH = 16,         /* levels of it */
    SHIPPER_LAYOUT_SHAPES = 32         /* kinds of records that are remembered by a hash */
};

/* A value of a record, for the form. */
struct shipper_member {
    const char *text;              /* in the shipper's text, or in the piece that was fed */
    const struct shipper_row *row; /* of the form; NULL: it is none of it */
    uint32_t n;
    uint32_t object; /* a number for each object of a record */
    uint16_t path;
    uint8_t token; /* enum json_token */
    bool is_null;
};

struct shipper_layout_value {
    const struct shipper_row *row; /* NULL: it is passed over */
    uint16_t before;               /* bytes of the layout's text in front of it */
    uint16_t path;
    uint16_t object;
    uint16_t same; /* not 0: it is so many bytes at the end of these, in all records */
    uint8_t token; /* JSON_STRING or JSON_SCALAR */
    bool may_be_xml;
};

struct shipper_layout {
    uint16_t bytes, count; /* of text, of values; bytes 0: none was learned */
    uint16_t following;    /* the layout that fitted after this one last time */
    uint8_t form;
    uint8_t depth; /* of the lexer, where the record stands */
    struct shipper_layout_value values[SHIPPER_LAYOUT_VALUES];
    char text[SHIPPER_LAYOUT_TEXT];
};

/* Starts as zeros. */
struct shipper_layouts {
    struct shipper_layout list[SHIPPER_LAYOUTS];
    uint32_t learned;       /* how many ever; the next one takes the oldest place */
    uint32_t last;          /* the one that fitted last */
    uint32_t misses, pause; /* records in a row that none fitted; still to pass */
    uint32_t until;         /* records before another is learned */
    uint32_t met;           /* how many shapes ever; the next one takes the oldest place */
    uint64_t shapes[SHIPPER_LAYOUT_SHAPES]; /* hashes of records that were read as JSON */
};

/* Where a record's values go: members has room for SHIPPER_LAYOUT_VALUES, and text, for what has
 * escapes, for SHIPPER_LAYOUT_RECORD and 16 bytes. */
struct shipper_layout_found {
    struct shipper_member *members;
    char *text;
    uint32_t count, used;
    size_t form;
};

void shipper_layouts_forget(struct shipper_layouts *l);
/* The bytes of the record that begins at s, if a layout fits all of it; 0: none does. depth: of the
 * lexer. */
size_t shipper_layouts_read(struct shipper_layouts *l, const char *s, size_t n, uint32_t depth,
                            struct shipper_layout_found *found);
/* Learns from the n bytes of a record of this form without XML, if one of its shape (a hash of what
 * it consists of) was met before. */
void shipper_layouts_learn(struct shipper_layouts *l, struct shipper_paths *paths, const char *s,
                           size_t n, uint32_t depth, size_t form, uint64_t shape);

/* ---- its parts ---- */

/* Makes y of a record, of which form and depth are set; false: it is not JSON by the book, or too
 * large, and y none. The paths of all its keys are known. */
bool shipper_layout_learn(struct shipper_layout *y, struct shipper_paths *paths, const char *s,
                          size_t n);

#endif
