/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The names of the engine that a session watches: the table that its service thread fills
 * (policy/policy_watch.c) and that its reader asks. Filters are known by the life of the connection
 * to the engine (epoch) and their id. Who asks for one that is not known leaves a request; what the
 * engine refused is remembered for a while. Beside them the firewall's rules, which a thread of
 * their own fills (policy/rules_watch.c). One lock, held for a look-up and a copy, never during a
 * call of the system. */
#ifndef WFPW_LIVE_NAMES_H
#define WFPW_LIVE_NAMES_H

#include "model/record.h"
#include "names/filters.h"
#include "names/objects.h"
#include "names/rules/rules.h"
#include "os/os.h"

enum { LIVE_NAMES_REQUESTS = 64, LIVE_NAMES_ANSWERS = 256 };

/* Why a filter has no name, until `until` (ticks); its key, however long ago it was told. */
struct live_names_answer {
    uint64_t id, until;
    uint32_t epoch, state;       /* WFPW_FILTER_STATE_* */
    char key[TEXT_GUID_MAX + 1]; /* "" when nobody told */
};

struct live_names {
    os_mutex lock; /* of all below */
    struct filters filters;
    struct objects objects;
    uint32_t epoch;
    uint64_t began; /* the system's time when it did */
    bool is_open;   /* somebody answers requests */
    uint64_t requests[LIVE_NAMES_REQUESTS];
    uint32_t request_count;
    struct live_names_answer answers[LIVE_NAMES_ANSWERS]; /* by a hash of the id */
    uint64_t fills;
    struct rules rules;
    size_t budget;        /* of filters, objects and rules */
    uint64_t rules_doubt; /* rules may be otherwise since then; UINT64_MAX: they are not */
    intptr_t rules_told;  /* of an os_event, set when a record tells of a change; 0: none */
    uint64_t rules_fills;
};

struct live_names_counts {
    uint64_t filters, bytes, fills, rules, rules_fills;
};

bool live_names_init(struct live_names *l, const wfpw_allocator *memory, size_t budget);
void live_names_free(struct live_names *l);

/* ---- any thread ----------------------------------------------------------------------------- */

/* Whether the filter that a record means is being asked for; asks for it when nobody has. */
bool live_names_await(struct live_names *l, const struct record *r);
/* A record of the Security log is of the connection in whose time it was written; of an earlier one
 * it is not known what its filter's id meant. */
void live_names_date(struct live_names *l, struct record *r);
/* Writes the filter that the record means, as names_write does. 0: it has no name. */
size_t live_names_write(struct live_names *l, const struct record *r, uint32_t flags, void *buf,
                        size_t cap, uint64_t *token);
/* The same for one that has none: the id, the key if it was told, and why. */
size_t live_names_write_unnamed(struct live_names *l, const struct record *r, void *buf, size_t cap,
                                uint64_t *token);
/* As render_layer. */
size_t live_names_layer(struct live_names *l, uint32_t id, char *buf, size_t cap);
void live_names_count(struct live_names *l, struct live_names_counts *c);
/* Writes the rule with this id as names_write_rule does; time: of the event that names it. */
size_t live_names_write_rule(struct live_names *l, const char *id, uint64_t time, void *buf,
                             size_t cap, uint64_t *token);
/* A record of this host's log tells of a rule. false: no memory. */
bool live_names_record_rule(struct live_names *l, const struct rule *r,
                            const struct rule_facts *facts);

/* ---- the service thread --------------------------------------------------------------------- */

/* A connection to the engine begins, with a number of its own above 0, at this time of the system;
 * it ends. */
void live_names_begin(struct live_names *l, uint32_t epoch, uint64_t now);
void live_names_end(struct live_names *l);
/* The oldest request, which stays until it is answered. false: there is none. */
bool live_names_request(struct live_names *l, uint64_t *id);
/* A notice told a filter's key, and its names are still to come; key: as text. */
void live_names_announce(struct live_names *l, uint64_t id, const char *key);
/* Answers the request, if there is one, with why there is no name; key: as text, or NULL. */
void live_names_refuse(struct live_names *l, uint64_t id, uint32_t state, const char *key);

/* A filter that the engine gave by its id: answers the request. false: no memory. */
bool live_names_add(struct live_names *l, const struct policy_object *o);
/* One of a list, which may be older than its deletion; or what filters name. false: no memory. */
bool live_names_take(struct live_names *l, const struct policy_object *o);
/* It was deleted then; o has at least its id and key. false: no memory. */
bool live_names_delete(struct live_names *l, const struct policy_object *o, uint64_t time);
/* Whether this filter is known and there; since: put into the table after it had this number. */
bool live_names_has(struct live_names *l, uint64_t id, uint64_t since);
/* Which of the kinds that a filter names by a key are not known: 1 << kind. */
uint32_t live_names_lacks(struct live_names *l, const struct policy_object *o);

/* A list of all filters begins: what live_names_list_end needs. */
struct filters_rest live_names_list(struct live_names *l);
/* It was whole: what it did not have is there no more. In steps: false when all is done. */
bool live_names_list_end(struct live_names *l, const struct filters_rest *rest, uint64_t *cursor);
/* Whether nothing was given up for want of room. */
bool live_names_is_whole(struct live_names *l);

/* ---- the thread of rules; as of struct rules ------------------------------------------------- */

/* The event that records of changes set from now on; 0: none. */
void live_names_tell_rules(struct live_names *l, intptr_t event);
/* Rules may be otherwise from then on, until a list that is whole ends. */
void live_names_doubt_rules(struct live_names *l, uint64_t since);
bool live_names_keep_rule(struct live_names *l, const char *id, size_t size, uint8_t origin,
                          uint64_t mark, const struct rules_list *list);
/* false: no memory. */
bool live_names_take_rule(struct live_names *l, const struct rule *r, uint64_t mark,
                          struct rules_list *list);
void live_names_rules_end(struct live_names *l, struct rules_list *list, bool is_whole);

#endif
