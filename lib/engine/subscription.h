/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's subscription: its callback decodes what is wanted into the ring. Everything but the
 * callback runs on the service thread.
 */
#ifndef WFPW_SUBSCRIPTION_H
#define WFPW_SUBSCRIPTION_H

#include "engine/gate.h"
#include "engine/net_event_checks.h"
#include "os/system.h"
#include "queue/aggregate.h"
#include "queue/ring.h"
#include "queue/wakeup.h"
#include "template/template_engine.h"

struct subscription {
    const struct wfpw_system *system;
    struct ring *ring;
    struct aggregate *aggregate; /* what counts events of one kind before the ring; NULL: nothing */
    struct wakeup wakeup;        /* of who takes from the ring */
    uint32_t epoch; /* what the next connection's records have; 0: no names are had of it */
    void *engine, *subscription;
    struct gates *gates;            /* of the session */
    struct gate *gate;              /* of the subscription */
    const wfpw_template *match;     /* NULL: every event is wanted */
    struct net_event_checks checks; /* the same, of raw events */
    struct engine_template ahead;   /* what of it the engine is asked */
    uint32_t refused;               /* what the engine said to that; 0: it took it */
    os_u64 undecoded, filtered;
};

/* Makes `checks` and `ahead` of `match`; system is set. E_IO: it names a file that is not there. */
int subscription_prepare(struct subscription *l, wfpw_error *e);

/* Opens the engine. Returns 0 or the engine's code; *call names the call that gave it. */
uint32_t subscription_open(struct subscription *l, const char **call);
/* Then subscribes with the newest function there is; with no conditions when the engine does not
 * take them, from then on. Whether it fails or not, subscription_disconnect is due. */
uint32_t subscription_connect(struct subscription *l, const char **call);
/* Ends both; after it no callback comes to what is here, also when that fails: then it is turned
 * back at the gate. */
void subscription_disconnect(struct subscription *l);
/* Whether the engine collects net events. Returns 0 or the engine's code. */
uint32_t subscription_collects(struct subscription *l, bool *on);
/* Whether the system has what subscription_connect needs. */
bool subscription_is_possible(const struct wfpw_system *system);

#endif
