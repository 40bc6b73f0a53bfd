/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The names of the engine that a session watches: the table that its service thread fills
 * (names/policy.c) and that its reader asks. Filters are known by the life of the connection to the
 * engine (epoch) and their id. Who asks for one that is not known leaves a request; what the engine
 * refused is remembered for a while. One lock, held for a look-up and a copy, never during a call
 * of the engine. */
#ifndef WFPW_LIVENAMES_H
#define WFPW_LIVENAMES_H

#include "names/filters.h"
#include "names/objects.h"
#include "os/os.h"
#include "record.h"

enum { LIVENAMES_REQUESTS = 64, LIVENAMES_ANSWERS = 256 };

/* Why a filter has no name, until `until` (ticks); its key, however long ago it was told. */
struct livenames_answer {
    uint64_t id, until;
    uint32_t epoch, state;       /* WFPW_FILTER_STATE_* */
    char key[TEXT_GUID_MAX + 1]; /* "" when nobody told */
};

struct livenames {
    os_mutex lock; /* of all below */
    struct filters filters;
    struct objects objects;
    uint32_t epoch;
    bool is_open; /* somebody answers requests */
    uint64_t requests[LIVENAMES_REQUESTS];
    uint32_t request_count;
    struct livenames_answer answers[LIVENAMES_ANSWERS]; /* by a hash of the id */
    uint64_t fills;
};

struct livenames_counts {
    uint64_t filters, bytes, fills;
};

bool livenames_init(struct livenames *l, const wfpw_allocator *memory, size_t budget);
void livenames_free(struct livenames *l);

/* ---- any thread ----------------------------------------------------------------------------- */

/* Whether the filter that a record means is being asked for; asks for it when nobody has. */
bool livenames_await(struct livenames *l, const struct record *r);
/* Writes the filter that the record means, as names_write does. 0: it has no name. */
size_t livenames_write(struct livenames *l, const struct record *r, uint32_t flags, void *buf,
                       size_t cap, uint64_t *token);
/* The same for one that has none: the id, the key if it was told, and why. */
size_t livenames_write_unnamed(struct livenames *l, const struct record *r, void *buf, size_t cap,
                               uint64_t *token);
/* As write_layer. */
size_t livenames_layer(struct livenames *l, uint32_t id, char *buf, size_t cap);
void livenames_count(struct livenames *l, struct livenames_counts *c);

/* ---- the service thread --------------------------------------------------------------------- */

/* A connection to the engine begins, with a number of its own above 0; it ends. */
void livenames_begin(struct livenames *l, uint32_t epoch);
void livenames_end(struct livenames *l);
/* The oldest request, which stays until it is answered. false: there is none. */
bool livenames_request(struct livenames *l, uint64_t *id);
/* A notice told a filter's key, and its names are still to come; key: as text. */
void livenames_announce(struct livenames *l, uint64_t id, const char *key);
/* Answers the request, if there is one, with why there is no name; key: as text, or NULL. */
void livenames_refuse(struct livenames *l, uint64_t id, uint32_t state, const char *key);

/* A filter that the engine gave by its id: answers the request. false: no memory. */
bool livenames_add(struct livenames *l, const struct object *o);
/* One of a list, which may be older than its deletion; or what filters name. false: no memory. */
bool livenames_take(struct livenames *l, const struct object *o);
/* It was deleted then; o has at least its id and key. false: no memory. */
bool livenames_delete(struct livenames *l, const struct object *o, uint64_t time);
/* Whether this filter is known and there; since: put into the table after it had this number. */
bool livenames_has(struct livenames *l, uint64_t id, uint64_t since);
/* Which of the kinds that a filter names by a key are not known: 1 << kind. */
uint32_t livenames_lacks(struct livenames *l, const struct object *o);

/* A list of all filters begins: what livenames_list_end needs. */
struct filters_rest livenames_list(struct livenames *l);
/* It was whole: what it did not have is there no more. In steps: false when all is done. */
bool livenames_list_end(struct livenames *l, const struct filters_rest *rest, uint64_t *cursor);
/* Whether nothing was given up for want of room. */
bool livenames_is_whole(struct livenames *l);

#endif
