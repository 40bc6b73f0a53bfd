/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where a live session's firewall rules come from: this host's registry, read on a thread of its
 * own when the session begins, and again when the registry, or a record of the Security log, tells
 * that something changed. Changes that come close together are one; however many come, reading
 * takes a fifth of that thread's time at most. */
#ifndef WFPW_RULES_WATCH_H
#define WFPW_RULES_WATCH_H

#include "names/live_names.h"
#include "os/os.h"
#include "policy/rules_reader.h"

struct rules_watch_options {
    wfpw_allocator memory;
    const struct wfpw_system *system; /* its rules may be NULL: there is nothing to do then */
    struct live_names *names;
    wfpw_log_fn log;
    void *log_ctx;
    const wfpw_thread_hooks *hooks; /* of the thread; NULL: none */
    void (*tried)(void *ctx); /* on the thread: rules were read for the first time, or failed */
    void *ctx;
};

/* All zero at first. */
struct rules_watch {
    struct rules_watch_options o;
    os_thread thread;
    bool has_thread;
    os_event wake; /* set by the system's notice, by a record that tells of a change, by the end */
    os_u32 stop, tried, denied;
    struct rules_reader *reader;
    /* the thread's */
    struct rules_list list; /* the last one */
    void *handles[RULES_WATCHES];
    uint32_t refused;  /* bits: what the last reading could not do */
    uint32_t reported; /* those that the log was told of */
    bool no_memory, is_denied;
    uint64_t read_ms;   /* what the last reading took */
    uint32_t unchanged; /* readings that found nothing new, one after the other, up to a limit */
    uint32_t failures;  /* those that were not whole, likewise */
};

/* The thread that starts and ends it is one. false: no memory or no thread; it may be tried again.
 */
bool rules_watch_start(struct rules_watch *w, const struct rules_watch_options *o);
/* Waits for the call under way. Also where it never started. */
void rules_watch_end(struct rules_watch *w);
/* Whether the thread that calls is its thread. */
bool rules_watch_is_self(const struct rules_watch *w);
bool rules_watch_is_running(const struct rules_watch *w);
/* Any thread: whether rules were read, or that failed. */
bool rules_watch_has_tried(const struct rules_watch *w);
/* Any thread: whether rights are missing, as far as is known. */
bool rules_watch_is_denied(const struct rules_watch *w);

#endif
