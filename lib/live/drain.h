/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * From the ring to the outbox: records in their order, and between them the gaps, each where its
 * first record would have stood. What the engine kept goes in between by its time, and what comes
 * both ways goes once. The service thread does it; while that is away, inside a call of the engine
 * which may not return, the reader does. A record whose filter is being asked for is held, and what
 * comes after it, for a while.
 */
#ifndef WFPW_DRAIN_H
#define WFPW_DRAIN_H

#include "names/live_names.h"
#include "os/system.h"
#include "queue/backlog.h"
#include "queue/ring.h"
#include "resolve/resolve.h"

/* Times without events; and the engine keeps more than there is room for. */
enum drain_hole { HOLE_OUTAGE, HOLE_COLLECTION, HOLE_KEPT, HOLE_POLICY, HOLE_SILENCE, HOLES };

struct drain {
    const struct wfpw_system *system; /* its clock and its source */
    struct ring *ring, *outbox;
    struct aggregate *aggregate; /* what counts events before the ring; NULL: nothing */
    struct resolver *resolver;
    struct live_names *names; /* NULL: nothing is held */
    uint32_t join_ms;         /* how long */
    bool wants_process;       /* events wait for their process, too */
    os_u32 away;              /* ticks since when the service thread is; 0: it is not */
    os_u32 held;              /* not 0: what is next was held when somebody tried last */
    os_u64 unnamed;           /* records that were held long enough, and went on */
    os_mutex lock;            /* of all below, and of taking from the ring */
    uint64_t deferred_until;  /* ticks; 0: nothing is held */
    bool has_sent;            /* something into the outbox, since the last try began */
    os_u32 outbox_is_full;    /* its reader clears it, and wakes the service thread */
    os_u64 gaps;              /* records of kind gap that entered the outbox */
    os_u64 gap_at;            /* ticks of the last one; 0: there was none */
    uint64_t pending_lost;    /* found and not yet told: records that the ring had no room for */
    struct {
        bool pending;
        uint64_t after;    /* so many records of the ring */
        uint64_t from, to; /* by the system's clock; from 0: not known */
    } holes[HOLES];
    bool is_ending; /* no event comes any more: what was counted is sent */
    bool helps;     /* it is the reader's thread */
    bool waits;     /* what comes after an outage is held until the past is there */
    uint64_t after; /* so many records of the ring: all before came before the last outage */
    struct backlog backlog;           /* what the engine kept */
    struct fingerprints fingerprints; /* what the ring gave last */
};

/* false: no memory. */
bool drain_init(struct drain *d);
void drain_free(struct drain *d);

/* The service thread. Moves what fits; false: there was nothing to move, no room, it is held, or
 * resolve_step has to be called. *sent: the reader has something to take. */
bool drain_some(struct drain *d, bool *sent);
/* Whether there is something to move, be it held; ordered as ring_has_record. */
bool drain_has_more(struct drain *d);
/* Ticks when what is next is to be tried again, as the last try said; 0: it was not held. */
uint64_t drain_deferred_until(struct drain *d);
/* Ticks when what was counted is to be sent by the next try; 0: nothing was. */
uint64_t drain_aggregate_due(struct drain *d);
/* The same for the reader's thread: 0 unless the service thread is away. */
uint64_t drain_due_to_reader(struct drain *d);
/* No event comes any more: what was counted is sent at once. */
void drain_end(struct drain *d);
/* The service thread goes into a call that may take its time, and is back. true: there are records
 * which the reader is to be woken for; when the next one is held, not before *deferred_until
 * (ticks, 0: at once). */
bool drain_leave(struct drain *d, uint64_t *deferred_until);
void drain_return(struct drain *d);
/* The reader's thread: the same as drain_some if the service thread is away; true: something was
 * sent. *deferred_until: ticks when to try again, if something is held; else 0. */
bool drain_help(struct drain *d, uint64_t *deferred_until);
/* Whether drain_help would have something to look at that was not found held. */
bool drain_wants_help(struct drain *d);
/* Whether the outbox is full and its reader will wake this thread when it is not any more. */
bool drain_is_blocked(const struct drain *d);
/* So many records were lost before they came to the ring: told as those that it had no room for. */
void drain_lost(struct drain *d, uint64_t count);
/* Any thread. To be told as a gap of unknown size, after so many records of the ring: it began at
 * `from` (0: not known) and is over now. */
void drain_found(struct drain *d, enum drain_hole hole, uint64_t after, uint64_t from);
/* The service thread. After so many records of the ring, what the engine kept comes first: others
 * are held, for a while, until drain_go_on. */
void drain_wait(struct drain *d, uint64_t after);
void drain_go_on(struct drain *d);
/* What the engine kept, read as a whole or not; empties `fresh`. Errors: as backlog_take. */
int drain_keep(struct drain *d, struct backlog *fresh, bool whole);
/* The latest time of events that came and are not remembered any more. */
uint64_t drain_forgotten(struct drain *d);

#endif
