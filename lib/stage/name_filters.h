/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that names: a record's filter and layer ids become words in the event that was made of
 * it. Names come from the engine that is watched, from the log itself that is being read (its
 * records of policy changes tell, in time order, which filter had which id), and from the
 * collection that the caller gave. */
#ifndef WFPW_NAME_FILTERS_H
#define WFPW_NAME_FILTERS_H

#include "model/batch.h"
#include "names/own_provider.h"

enum { NAME_FILTERS_LAYERS = 128, NAME_FILTERS_FILTERS = 32 };

struct live_names;
struct log_names;

struct name_filters {
    const wfpw_allocator *memory;
    const wfpw_options *options;
    struct live_names *live; /* of a live source, for its events; NULL: none */
    struct own_provider own;
    struct log_names *log; /* NULL until a record of a policy change comes */
    bool log_failed;       /* there was no memory for it, which was logged */
    /* whether the collection fits the events that were read from files */
    struct {
        uint64_t asked, lacking; /* events that name a filter; whose filter it does not have */
        uint64_t apart;          /* time between an event and the dump that named it, the least */
        bool is_told;
    } fit;
    /* what is in the batch already */
    struct {
        const char *key, *name;
        bool is_live; /* as the engine that is watched has it */
        bool is_sure; /* that this Windows numbers its layers so */
    } layers[NAME_FILTERS_LAYERS];
    struct {
        const wfpw_filter *filter;
        uint64_t token;
    } filters[NAME_FILTERS_FILTERS];
};

void name_filters_init(struct name_filters *n, const wfpw_allocator *memory,
                       const wfpw_options *options);
void name_filters_free(struct name_filters *n);
void name_filters_new_batch(struct name_filters *n);
/* Learns what a record says of filters; once for each that comes, in their order, wanted or not.
 */
void name_filters_learn(struct name_filters *n, const struct record *r);
/* Names the event that batch_add has just made of r; used: batch_used before that. false: no room,
 * and the event was taken back. */
bool name_filters_add(struct name_filters *n, struct wfpw_batch *b, const struct record *r,
                      size_t used);
/* At the end of what is read: warns, once, when the collection is of another host or time. */
void name_filters_end(struct name_filters *n);

#endif
