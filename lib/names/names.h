/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A collection of names, for those inside the library that name events. Any thread. */
#ifndef WFPW_NAMES_H
#define WFPW_NAMES_H

#include "base/memory.h"
#include "model/policy_object.h"
#include "names/rules/rules.h"

/* What an event says of the filter that it means. */
struct names_query {
    uint64_t id, time;
    const char *layer; /* the key of the event's layer; NULL: not known for sure */
    const char *key;   /* the key of the filter, when a log of the same host tells; else NULL */
    uint32_t state;    /* with key: what the log says */
    uint64_t deleted;
};

/* Writes the filter to buf as wfpw_names_get does; flags: WRITE_*. *token: that of a copy which the
 * caller has, or 0; then that of what was found. Returns the bytes needed; 0: it is not known, or
 * what is known with this id is another filter; NAMES_SAME: nothing is written, the caller's copy
 * says the same. */
size_t names_write(struct wfpw_names *n, const struct names_query *q, uint32_t flags, void *buf,
                   size_t cap, uint64_t *token);
#define NAMES_SAME SIZE_MAX

/* Key and name of a layer as the dumps have it, as two texts with NUL, one behind the other.
 * Returns the bytes needed; 0: no dump has it. */
size_t names_layer(struct wfpw_names *n, uint32_t id, char *buf, size_t cap);

/* The same of the rule with this id, as wfpw_rules_get does; time: of the event that names it.
 * change: what a log of the same host tells of it; may be NULL. */
size_t names_write_rule(struct wfpw_names *n, const char *id, uint64_t time,
                        const struct rule_found *change, void *buf, size_t cap, uint64_t *token);

/* ---- filling, from names/load_dump.c, names/rules/load_rules.c and policy/load_host.c ---- */

/* A dump that begins. false: no memory. */
bool names_add_origin(struct wfpw_names *n, const char *name, uint16_t *origin);
/* An object of it; copied. false: no memory. */
bool names_take(struct wfpw_names *n, uint16_t origin, const struct policy_object *o);
/* A rule of it; copied. facts->source is the origin. false: no memory. */
bool names_take_rule(struct wfpw_names *n, const struct rule *r, const struct rule_facts *facts);
/* Whether filters were ever taken: it may be of rules alone. */
bool names_has_filters(const struct wfpw_names *n);
/* Whether this filter was taken from there. */
bool names_has(struct wfpw_names *n, uint16_t origin, uint64_t id);
void names_count_skipped(struct wfpw_names *n, uint64_t skipped);
/* Whether wfpw_names_stop was called: nothing is loaded any more. */
bool names_stopped(const struct wfpw_names *n);
const wfpw_allocator *names_memory(const struct wfpw_names *n);
wfpw_log_fn names_log(const struct wfpw_names *n, void **ctx);

#endif
