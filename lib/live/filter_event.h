/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters that come and go, as events: a record with the filter's id and key, which the stages name
 * as they do the filter of any other event. */
#ifndef WFPW_FILTER_EVENT_H
#define WFPW_FILTER_EVENT_H

#include "guard/guard.h"
#include "policy/policy_watch.h"
#include "queue/ring.h"

/* Into the ring, or counted there as dropped. source: WFPW_SOURCE_*; named: names are had of the
 * connection that told it. */
void filter_event_push(struct ring *ring, uint16_t source, const struct policy_change *c,
                       bool named);
/* The same of a filter that would block a target of the guard, as guard_check says; else nothing.
 */
void filter_event_guard(struct ring *ring, uint16_t source, const struct wfpw_guard *guard,
                        const struct policy_object *o, uint32_t epoch, uint64_t time);

#endif
