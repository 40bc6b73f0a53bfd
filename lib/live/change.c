/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is changed while a live session runs: which events are wanted, and what the engine records.
 * Callers leave it here; the service thread does what asks the engine. */
#include "live/service_internal.h"

/* ---- any thread ----------------------------------------------------------------------------- */

int service_set_match(struct service *s, wfpw_template *callbacks, wfpw_template *own)
{
    int status = match_slot_set(&s->subscription.slot, callbacks);
    if (status != WFPW_OK)
        return status;
    template_next_put(&s->next_match, own);
    os_signal_set(&s->wake);
    return WFPW_OK;
}

bool service_set_keywords(struct service *s, uint32_t keywords)
{
    if (s->collection == NULL)
        return false;
    (void)os_u32_exchange(&s->next_keywords, keywords);
    os_signal_set(&s->wake);
    return true;
}

/* ---- on the service thread ------------------------------------------------------------------ */

/* To what is wanted now. What comes while there is no subscription the engine keeps; where that
 * cannot be read a gap tells. */
static bool renew_subscription(struct service *s)
{
    wfpw_error e;
    const char *call;
    uint64_t after = ring_pushed(&s->ring), from = s->well;
    drain_wait(&s->drain, after);
    connection_want_past(s);
    uint32_t code = subscription_renew(&s->subscription, &call);
    if (code != 0)
        return connection_again(s, call, code);
    (void)connection_catch_up(s, &e);
    if ((os_u32_load(&s->missing) & WFPW_MISSING_HISTORY) != 0)
        drain_found(&s->drain, HOLE_OUTAGE, after, from);
    drain_go_on(&s->drain);
    return true;
}

/* An engine that was asked no conditions hands over all that any others may want. */
static bool use_match(struct service *s, wfpw_template *fresh)
{
    wfpw_template *former = s->own_match;
    s->o.match = s->own_match = fresh;
    subscription_use(&s->subscription, fresh);
    wfpw_template_free(former);
    return !s->subscription.is_asked || renew_subscription(s);
}

bool change_make(struct service *s)
{
    bool alive = true;
    uint32_t keywords = os_u32_exchange(&s->next_keywords, 0);
    wfpw_template *fresh = template_next_take(&s->next_match);
    service_leave_engine(s);
    if (keywords != 0)
        settings_want(s, keywords);
    if (fresh != NULL)
        alive = use_match(s, fresh);
    service_come_back(s);
    return alive;
}
