/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which process has the socket of an event. Asking never waits: the system's tables are read by a
 * thread of its own, when it is asked and no more than every SOCKETS_CACHE_MS, and the answers are
 * kept in a place of fixed size. A call of the system that does not come back keeps that thread,
 * and what it works on, and nothing else.
 */
#ifndef WFPW_SOCKETS_H
#define WFPW_SOCKETS_H

#include "model/record.h"
#include "os/system.h"

enum {
    SOCKETS_CACHE_MS = 100,  /* a table is good for so long */
    SOCKETS_RETRY_MS = 1000, /* after a failure the system is left alone for so long */
    SOCKETS_SLOW_MS = 250,   /* for a call that takes longer nobody waits */
    SOCKETS_CLOSE_MS = 1000, /* and this long at the end */
    SOCKETS_ANSWERS = 128,
    SOCKETS_SERVICE_BYTES = 128 /* a longer name is left out */
};

struct sockets;

struct sockets_options {
    const struct wfpw_system *system; /* NULL: this host, found on the thread */
    /* On the thread: something may have been answered. It must not call back, nor wait. */
    void (*answered)(void *ctx);
    void *ctx;
    wfpw_thread_hooks hooks; /* of the thread; all zero: none */
};

/* NULL: no memory, no thread, or the system has no such tables. */
struct sockets *sockets_open(const struct sockets_options *o);
/* Waits for the call under way, though not for ever. NULL is fine. */
void sockets_close(struct sockets *s);

struct socket_owner {
    uint32_t pid, confidence; /* WFPW_CONFIDENCE_* */
    uint32_t service_bytes;
    char service[SOCKETS_SERVICE_BYTES]; /* UTF-8, without a NUL */
};

enum sockets_answer {
    SOCKETS_UNKNOWN, /* there is none, or it cannot be had now */
    SOCKETS_PENDING, /* the system is asked */
    SOCKETS_KNOWN    /* *out */
};

/* Any thread. now: ticks. */
enum sockets_answer sockets_find(struct sockets *s, const struct record *r, uint64_t now,
                                 struct socket_owner *out);

/* Whether a call has failed that was not told of yet. */
bool sockets_take_failure(struct sockets *s, const char **call, uint32_t *code);

struct sockets_counts {
    uint64_t read; /* tables */
};
void sockets_count(struct sockets *s, struct sockets_counts *out);

#endif
