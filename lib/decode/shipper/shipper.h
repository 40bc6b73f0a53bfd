/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records of Windows as a log shipper or a tool wrote them as JSON, to the same audit records as
 * from the log itself. A record is read as a list of the values that any form has a place for; its
 * form shows at its end, as keys come in any order. */
#ifndef WFPW_SHIPPER_H
#define WFPW_SHIPPER_H

#include "decode/shipper/shipper_layout.h"
#include "decode/shipper/shipper_xml.h"

enum {
    SHIPPER_MEMBERS = 1200,         /* values of a record */
    SHIPPER_TEXT_MAX = 192 * 1024,  /* bytes of them */
    SHIPPER_STRING_MAX = 64 * 1024, /* bytes of one; what is behind is left out */
    SHIPPER_VALUES = 64             /* values of a record without names */
};

/* Big: on the heap, zeroed at first. */
struct shipper {
    struct json_lexer lexer;
    /* where the lexer stands */
    uint32_t base; /* level of the record under way, or 0 */
    uint32_t object;
    uint16_t key; /* path of the member under way */
    uint16_t paths_of[JSON_DEPTH_MAX + 1];
    uint32_t objects_of[JSON_DEPTH_MAX + 1];
    /* the record under way */
    uint32_t marks, count, used;
    uint64_t shape;                   /* a hash of its values' paths */
    bool has_xml, is_cut, is_damaged; /* damaged: XML in it */
    bool keeps_paths;                 /* though they are full: some of it was read before */
    const char *later; /* what the next call has to tell of the last record; NULL: nothing */
    /* what was found */
    size_t form;     /* of the last record; SHIPPER_FORMS: none that is known */
    const char *why; /* of SHIPPER_DAMAGE */
    uint32_t known;  /* a bit for each form that was met */
    struct shipper_paths paths;
    struct shipper_layouts layouts;
    struct shipper_member members[SHIPPER_MEMBERS];
    char room[SHIPPER_STRING_MAX];
    char text[SHIPPER_TEXT_MAX];
    struct audit_record audit_record;
    uint64_t record[RECORD_MAX / 8];
    struct shipper_xml xml;
};

enum shipper_found {
    SHIPPER_MORE,
    SHIPPER_RECORD,  /* one of ours */
    SHIPPER_OTHER,   /* a record of something else */
    SHIPPER_UNKNOWN, /* an object of no form that is known */
    SHIPPER_DAMAGE   /* why tells */
};

void shipper_start(struct shipper *x);
void shipper_close(struct shipper *x);
/* Reads up to the end of the next record, or all: returns how many bytes. s: valid UTF-8. *r: until
 * the next call. */
size_t shipper_feed(struct shipper *x, const char *s, size_t n, enum shipper_found *found,
                    const struct record **r);
/* Whether what was read so far has the marks of a form. */
bool shipper_is_known(const struct shipper *x);
/* There is no more. What is wrong with that, or NULL. */
const char *shipper_end(const struct shipper *x);

/* ---- its parts ---- */

/* Reads the record that begins with the brace at s, which was begun, as far as its members. Returns
 * its bytes; 0: it is not there as a whole, or nothing that can be read so. */
size_t shipper_whole(struct shipper *x, const char *s, size_t n);
/* A whole record, from its members. NULL: it is none of ours. */
const struct record *shipper_record(struct shipper *x);
/* The same, when the members have their rows, and none is XML of an event. */
const struct record *shipper_record_plain(struct shipper *x);
/* A time in any of the forms' ways; *has_zone: it is UTC. */
bool shipper_time(const char *s, size_t n, uint64_t *filetime, bool *has_zone);

#endif
