/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters that come and go, as events: a record with the filter's id and key, which the stages name
 * as they do the filter of any other event. */
#ifndef WFPW_FILTER_EVENT_H
#define WFPW_FILTER_EVENT_H

#include "policy/policy_watch.h"
#include "queue/ring.h"

/* Into the ring, or counted there as dropped. source: WFPW_SOURCE_*; named: names are had of the
 * connection that told it. */
void filter_event_push(struct ring *ring, uint16_t source, const struct policy_change *c,
                       bool named);
/* A record of this kind, source, time, filter and connection, with the filter's key of 16 bytes.
 * counts: without room it is counted as dropped. false: there is none. */
bool filter_event_put(struct ring *ring, const struct record *head, const void *key, bool counts);

#endif
