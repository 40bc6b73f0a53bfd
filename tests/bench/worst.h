/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Files that ask for as much time, or memory, a byte as we know how, and honest ones. */
#ifndef WFPW_WORST_H
#define WFPW_WORST_H

#include <stdint.h>
#include <stdio.h>

struct worst_case {
    const char *name; /* FORMAT/WHAT; of an honest file FORMAT/honest, which comes first */
    const char *how;  /* events, threads or names */
    void (*make)(FILE *f, uint64_t bytes);
};

extern const struct worst_case worst_cases[]; /* up to one without a name */

/* worst_evtx.c */
void worst_evtx_honest(FILE *f, uint64_t bytes);
void worst_evtx_floats(FILE *f, uint64_t bytes);       /* texts of many floating-point values */
void worst_evtx_float_blocks(FILE *f, uint64_t bytes); /* the same in the smallest blocks */
void worst_evtx_float_fields(FILE *f, uint64_t bytes); /* fields of one such value */
void worst_evtx_float_array(FILE *f, uint64_t bytes);
void worst_evtx_sids(FILE *f, uint64_t bytes);
void worst_evtx_wide(FILE *f, uint64_t bytes); /* three bytes of UTF-8 a character */
void worst_evtx_nested(FILE *f, uint64_t bytes);
void worst_evtx_chunks(FILE *f, uint64_t bytes);   /* a chunk's header every 512 bytes */
void worst_evtx_broken(FILE *f, uint64_t bytes);   /* records that cannot be read, each 32 bytes */
void worst_evtx_crowded(FILE *f, uint64_t bytes);  /* a definition a record */
void worst_evtx_versions(FILE *f, uint64_t bytes); /* one filter added and deleted */

/* worst_json.c */
void worst_json_honest(FILE *f, uint64_t bytes);
void worst_json_braces(FILE *f, uint64_t bytes);
void worst_json_keys_open(FILE *f, uint64_t bytes);
void worst_json_empty(FILE *f, uint64_t bytes);
void worst_json_cut(FILE *f, uint64_t bytes);      /* records that end with their line */
void worst_json_lists(FILE *f, uint64_t bytes);    /* of records, in records that are none */
void worst_json_near(FILE *f, uint64_t bytes);     /* records that differ in their last name */
void worst_json_new_keys(FILE *f, uint64_t bytes); /* names that never come again */
void worst_json_near_xml(FILE *f, uint64_t bytes);

#endif
