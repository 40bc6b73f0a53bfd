/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * From the ring to the outbox, on the service thread: records in their order, and between them the
 * gaps, each where its first record would have stood. What the engine kept goes in between by its
 * time, and what comes both ways goes once.
 */
#ifndef WFPW_DRAIN_H
#define WFPW_DRAIN_H

#include "os/system.h"
#include "past.h"
#include "placing.h"
#include "ring.h"

/* Times without events; and the engine keeps more than there is room for. */
enum drain_hole { HOLE_OUTAGE, HOLE_COLLECTION, HOLE_KEPT, HOLES };

struct drain {
    const struct wfpw_system *system; /* its clock and its source */
    struct ring *ring, *outbox;
    struct placing *placing;
    os_u32 outbox_is_full; /* its reader clears it, and wakes the service thread */
    os_u64 gaps;           /* records of kind gap that entered the outbox */
    uint64_t pending_lost; /* found and not yet told: records that the ring had no room for */
    struct {
        bool pending;
        uint64_t after;    /* so many records of the ring */
        uint64_t from, to; /* by the system's clock; from 0: not known */
    } holes[HOLES];
    uint64_t after;     /* so many records of the ring: all before came before the last outage */
    struct past past;   /* what the engine kept */
    struct marks marks; /* what the ring gave last */
};

/* Moves what fits; false: there was nothing to move, no room, or placing_step has to be called. */
bool drain_some(struct drain *d);
/* Whether there is something to move. */
bool drain_has_more(const struct drain *d);
/* Whether the outbox is full and its reader will wake this thread when it is not any more. */
bool drain_is_blocked(const struct drain *d);
/* To be told as a gap of unknown size, after so many records of the ring: it began at `from` (0:
 * not known) and is over now. */
void drain_found(struct drain *d, enum drain_hole hole, uint64_t after, uint64_t from);

#endif
