/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What of the audit policy is lent to live sessions: turned on under leases, in the record that all
 * our processes share, and put back. A change is recorded before it is made; the record's lock is
 * held while it is read and written, never during a call of Windows, which may hang: what others
 * did meanwhile is seen by looking again. Whatever thread calls this must impersonate nobody.
 */
#ifndef WFPW_AUDIT_LEASE_H
#define WFPW_AUDIT_LEASE_H

#include "lease/lease_store.h"
#include "codes/subcategory.h"

/* The subcategories that are lent. In the record, a lease's setting is the first number of the
 * subcategory's GUID, its bits are AUDIT_SUCCESS and AUDIT_FAILURE. */
enum { LENT_CONNECTION, LENT_PACKET_DROP, LENT };

struct audit_lease_options {
    const struct wfpw_system *system;
    const char *place; /* of the leases; NULL: the system's own */
    wfpw_log_fn log;
    void *log_ctx;
    const wfpw_thread_hooks *hooks; /* of the thread that keeps it; NULL: none */
    uint32_t wants[LENT];           /* bits; all 0: only to settle what others left */
};

struct audit_lease {
    struct audit_lease_options o;
    struct lease_store place;
    struct lease held[LENT]; /* ours as we know them; added 0: none */
    uint32_t absent;         /* bit i: this Windows does not have subcategory i */
    uint32_t yielded;        /* bit i: it is not fought over any more, and nothing of it is ours */
    uint32_t settled;        /* by the last call: leases of others that were put back */
    uint32_t turned_on;      /* bit i: the last call turned on something of it that was off */
    uint32_t changed;        /* bit i: the last call changed it at all */
    uint32_t pid;            /* ours, as records of changes name it; 0: not known yet */
};

/* l: all zero. */
void audit_lease_init(struct audit_lease *l, const struct audit_lease_options *o);
/* Turns on what is wanted and is off, and settles what holders that have ended left on. May be
 * called again and again. Whether it fails or not, audit_lease_leave is due. Where it fails because
 * of the record, `where` begins with "leases", and nothing was changed. */
int audit_lease_take(struct audit_lease *l, wfpw_error *e);
/* Puts back what no other holder wants. */
int audit_lease_leave(struct audit_lease *l, wfpw_error *e);
/* Settles what holders that have ended left on, and nothing else; asks Windows for nothing when
 * there is no such lease. */
int audit_lease_settle(struct audit_lease *l, wfpw_error *e);
/* off[i]: bits wanted that are not on. Returns the system's code. */
uint32_t audit_lease_look(const struct audit_lease *l, uint32_t off[LENT]);
/* Somebody else decides this one: our lease of it goes, what is on stays on, and a note in the
 * record says so as long as we live. */
int audit_lease_yield(struct audit_lease *l, int which, wfpw_error *e);

/* What is audited of it now. Returns 0 or the code of the system, whose policy can be asked for. */
uint32_t audit_lent_query(const struct wfpw_system *system, int which, uint32_t *audited);
/* The same of changes of filters, which are never lent. */
uint32_t audit_filter_changes_query(const struct wfpw_system *system, uint32_t *audited);
/* The first number of the subcategory's GUID, and its name. */
uint32_t audit_lent(int which);
const char *audit_lent_name(int which);
/* A lease's setting that is such a note, of this subcategory. */
uint32_t audit_lent_note(int which);

#endif
