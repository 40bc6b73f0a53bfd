/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names of accounts, DOMAIN\name, by SID. Asking for one never waits: the system, which may have to
 * ask a domain controller, is asked by a thread of its own, and the answer is kept for a while. A
 * budget bounds what is kept: the one that was not asked for longest goes.
 */
#ifndef WFPW_ACCOUNTS_H
#define WFPW_ACCOUNTS_H

#include "base/memory.h"
#include "base/text.h"
#include "os/system.h"

enum {
    ACCOUNTS_BYTES = 256 * 1024, /* of the names that are kept, with their SIDs */
    ACCOUNTS_QUEUE = 64,         /* SIDs that the system is to be asked for */
    ACCOUNTS_KEEP_MS = 3600000,  /* then it is asked again: accounts may be renamed */
    ACCOUNTS_NONE_MS = 600000,   /* likewise, where there was no such account */
    ACCOUNTS_RETRY_MS = 30000,   /* likewise, where it could not be told */
    ACCOUNTS_TIMES = 16,         /* of asking, that are remembered */
    ACCOUNTS_UNITS_MAX = 520,    /* of a name: 256 each for domain and name, and a backslash */
    ACCOUNTS_NAME_MAX = 3 * ACCOUNTS_UNITS_MAX
};

struct accounts;

/* NULL: no memory, or the system has no function for it. */
struct accounts *accounts_open(const wfpw_allocator *memory, const struct wfpw_system *system,
                               size_t budget);
/* Starts the thread. false: there is none; accounts_step may then be called instead. */
bool accounts_start(struct accounts *a, const wfpw_thread_hooks *hooks);
/* Waits for the look-up under way. NULL is fine. */
void accounts_close(struct accounts *a);

/* The name of a SID of n bytes, without a NUL: its length; 0: there is none, or not yet. now:
 * ticks. An old name is given until the new one is there. Any thread. */
size_t accounts_find(struct accounts *a, const void *sid, size_t n, uint64_t now,
                     char room[ACCOUNTS_NAME_MAX]);
/* Whether the system was being asked at that time (by its clock), as far as is remembered: or
 * within a second after that. Any thread. */
bool accounts_queried_at(struct accounts *a, uint64_t time);
/* Asks the system for the next SID that waits; false: none does. One thread. */
bool accounts_step(struct accounts *a);

#endif
