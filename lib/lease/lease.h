/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Leases: who among us turned on which bits of which setting of the host. They are kept in one
 * document that all our processes share. Everything here is arithmetic and text; who calls holds
 * the document's lock.
 */
#ifndef WFPW_LEASE_H
#define WFPW_LEASE_H

#include "os/system.h"

enum {
    LEASES_MAX = 256,
    LEASE_LINE_BYTES = 160,
    LEASES_BYTES = (LEASES_MAX + 2) * LEASE_LINE_BYTES,
    LEASE_NOTE = 0x10000000 /* with an audit subcategory: its holder gave way, and added nothing */
};

struct lease {
    struct process_id who; /* pid 0: nobody, as it could not be put back when its holder left */
    uint64_t session;      /* tells the sessions of one process apart */
    uint32_t setting;      /* FWPM_ENGINE_OPTION, or an audit subcategory
                              (lease/audit_policy/audit_lease.h) */
    uint32_t before;       /* the setting without what any of us added */
    uint32_t added;        /* bits that it lacked, and its holder wants; never 0 */
    bool over;             /* its holder has ended or is leaving; not in the document */
};

struct leases {
    uint32_t count;
    struct lease at[LEASES_MAX];
};

/* Why a document is refused: it is damaged, or of a newer version. */
enum leases_result { LEASES_OK, LEASES_DAMAGED, LEASES_NEWER };

/* An empty document has no leases. *bad_at: the byte at which it could not be read. */
enum leases_result leases_parse(struct leases *t, const char *text, size_t n, size_t *bad_at);
/* Returns the bytes written, of at most LEASES_BYTES; 0 when there are no leases. */
size_t leases_write(const struct leases *t, char *room);
/* The document's check number, of what stands before it. */
uint64_t leases_sum(const char *text, size_t n);

bool leases_same_holder(const struct lease *a, const struct lease *b);
/* The lease of this holder for this setting, or NULL. */
struct lease *leases_find(struct leases *t, const struct lease *holder, uint32_t setting);
bool leases_has(const struct leases *t, uint32_t setting);
/* Adds a copy. false: there are too many. */
bool leases_add(struct leases *t, const struct lease *l);
/* Bits that others than `me`, who live, have added to this setting. */
uint32_t leases_of_others(const struct leases *t, const struct lease *me, uint32_t setting);
/* Removes a lease (may be NULL) for bits that a value lacks, as Windows refused to let us add them:
 * if somebody else adds them, they are not ours. false: it stays. */
bool leases_withdraw(struct leases *t, struct lease *l, uint32_t value);
/* Removes the leases of this setting that are over. */
void leases_drop_over(struct leases *t, uint32_t setting);
/* Makes of those that are over one lease that is nobody's, for who comes next to put back. false:
 * it was so before. */
bool leases_orphan_over(struct leases *t, uint32_t setting);

/* What is to happen to one setting. */
struct lease_plan {
    uint32_t before; /* the setting without what any of us added */
    uint32_t added;  /* what our lease says: bits wanted that nobody but us turned on */
    uint32_t
        clear;     /* bits that we added, that nobody of us wants any more, and that are still on */
    uint32_t next; /* the setting's new value */
};
/* `mine` (may be NULL) is the lease of who wants; what is over wants nothing. */
struct lease_plan leases_plan(const struct leases *t, uint32_t setting, const struct lease *mine,
                              uint32_t value, uint32_t wants);
/* Makes our lease (`mine`, or NULL) what the plan says, and *held what we know of it: it may be in
 * the document though writing it has failed. A lease that is to go stays, as over, until it is put
 * back, and so do bits of it that are wanted no more. false: there are too many, leases_too_many.
 * *changed: set if the document is another. */
bool leases_record(struct leases *t, struct lease *mine, const struct lease *me, uint32_t setting,
                   const struct lease_plan *p, struct lease *held, bool *changed);
extern const char leases_too_many[];

#endif
