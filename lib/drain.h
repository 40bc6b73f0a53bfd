/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * From the ring to the outbox, on the service thread: records in their order, and between them the
 * gaps, each where its first record would have stood.
 */
#ifndef WFPW_DRAIN_H
#define WFPW_DRAIN_H

#include "os/system.h"
#include "placing.h"
#include "ring.h"

/* Times without events. */
enum drain_hole { HOLE_OUTAGE, HOLE_COLLECTION, HOLES };

struct drain {
    const struct wfpw_system *system; /* its clock and its source */
    struct ring *ring, *outbox;
    struct placing *placing;
    os_u32 outbox_is_full; /* its reader clears it, and wakes the service thread */
    os_u64 gaps;           /* records of kind gap that entered the outbox */
    uint64_t pending_lost; /* found and not yet told: records that the ring had no room for */
    struct {
        bool pending;
        uint64_t after; /* so many records of the ring */
    } holes[HOLES];
};

/* Moves what fits; false: there was nothing to move, no room, or placing_step has to be called. */
bool drain_some(struct drain *d);
/* Whether there is something to move. */
bool drain_has_more(const struct drain *d);
/* Whether the outbox is full and its reader will wake this thread when it is not any more. */
bool drain_is_blocked(const struct drain *d);
/* To be told as a gap of unknown size, after so many records of the ring. */
void drain_found(struct drain *d, enum drain_hole hole, uint64_t after);

#endif
