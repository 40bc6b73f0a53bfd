/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Firewall rules by id, within a budget of bytes. An id is a text that outlives restarts, so that
 * it means the same rule at any time; but what the rule says may change: an id has versions, each
 * with the time for which it is known, and a log's records tell when it changed, and by whom. Ids
 * are compared without ASCII case. The caller locks. */
#ifndef WFPW_RULES_H
#define WFPW_RULES_H

#include "base/hash.h"
#include "base/memory.h"
#include "model/rule.h"

struct rule_version;
struct rule_id;

enum { RULES_VERSIONS_MAX = 64 }; /* of one id */

/* What else is known of a rule that is added. */
struct rule_facts {
    uint16_t source;       /* an index of the owner's */
    uint8_t change;        /* WFPW_RULE_CHANGE_*, of a record; 0: of a list of what there is */
    uint64_t since, until; /* known to be so from, to; both 0: the time is not known */
    uint64_t mark;         /* of a list that is read again: a hash of all that it had of the rule */
    uint32_t list;         /* and the number of that list; 0: of none */
};

/* The rules of this host are read again and again: one such reading. */
struct rules_list {
    uint32_t number;  /* above 0, each another one */
    uint64_t origins; /* what was read to the end, 1 << WFPW_RULE_ORIGIN_* (all below 64) */
    uint64_t changed; /* from when on what the reading before it told may have been otherwise */
    uint64_t time;    /* when it began; UINT64_MAX as `until`: changes of it will be told */
    uint64_t until;
    uint64_t different; /* rules that came, changed or went */
};

struct rules {
    wfpw_allocator memory;
    struct rule_id *table; /* uthash */
    struct rule_version *first, *last, *hand, *given, *swept;
    uint64_t seed; /* of the hash, so that no file can choose its collisions */
    size_t bytes, budget;
    uint64_t count, evicted, seq;
    bool out_of_memory;
};

void rules_init(struct rules *s, const wfpw_allocator *memory, size_t budget, uint64_t seed);
void rules_free(struct rules *s);
/* Copies the rule. false: no memory. */
bool rules_add(struct rules *s, const struct rule *r, const struct rule_facts *facts);
/* Whether a list before had this rule with this mark, and nobody told of a change: then it is so
 * still. */
bool rules_keep(struct rules *s, const char *id, size_t size, uint8_t origin, uint64_t mark,
                const struct rules_list *list);
/* A rule that is new in a list, or another one than before. Copied; facts: its source and mark.
 * false: no memory. */
bool rules_list_add(struct rules *s, const struct rule *r, const struct rule_facts *facts,
                    struct rules_list *list);
/* Looks through `most` of those that were in a list before and not in this one: they are gone.
 * first: begins. false: all were looked at. */
bool rules_list_end(struct rules *s, struct rules_list *list, bool first, uint32_t most);
/* Takes all away that this source gave before this number. */
void rules_drop(struct rules *s, uint16_t source, uint64_t before);

/* A rule that was found, until the table changes. */
struct rule_found {
    const struct rule *rule;   /* what it says */
    const struct rule *change; /* the record that told of its last change; NULL: none did */
    uint64_t changed;          /* when */
    uint32_t change_kind;      /* WFPW_RULE_CHANGE_* */
    uint32_t state;            /* WFPW_FILTER_STATE_* */
    uint16_t source;
    uint64_t seq; /* another one for whatever is put into the table */
    uint64_t since;
};

/* What a copy of it is known by, never 0: the same as long as it says the same. of: where it was
 * found, 0 or 1. */
static inline uint64_t rule_token(const struct rule_found *f, uint32_t of)
{
    return hash_mix(hash_mix(f->seq, f->changed), (uint64_t)f->state << 1 | of) | UINT64_C(1) << 63;
}

/* What an event of this time means by the id; time 0: the newest. */
bool rules_find(struct rules *s, const char *id, size_t size, uint64_t time,
                struct rule_found *out);
/* In the order in which they were added: the first one behind *cursor, which starts as 0. */
bool rules_next(struct rules *s, uint64_t *cursor, struct rule_found *out);

#endif
