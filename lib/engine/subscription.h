/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's subscription: its callback decodes what is wanted into the ring. Everything but the
 * callback runs on the service thread.
 */
#ifndef WFPW_SUBSCRIPTION_H
#define WFPW_SUBSCRIPTION_H

#include "engine/gate.h"
#include "engine/match_slot.h"
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
    struct gates *gates;          /* of the session */
    struct gate *gate;            /* of the subscription */
    const wfpw_template *match;   /* the service thread's; NULL: every event is wanted */
    struct match_slot slot;       /* what callbacks ask; it may be newer than the same */
    struct engine_template ahead; /* what of `match` the engine is asked */
    bool is_asked;                /* it was, by the subscription that there is */
    uint32_t refused;             /* what the engine said to that; 0: it took it */
    os_u64 undecoded, filtered;
};

/* Makes `ahead` of `match`; system is set. E_IO: it names a file that is not there. */
int subscription_prepare(struct subscription *l, wfpw_error *e);
/* The same of another one, for the next subscription: a file that is not there is no error then, as
 * its condition is ours alone. */
void subscription_use(struct subscription *l, const wfpw_template *match);

/* Opens the engine. Returns 0 or the engine's code; *call names the call that gave it. */
uint32_t subscription_open(struct subscription *l, const char **call);
/* Then subscribes with the newest function there is; with no conditions when the engine does not
 * take them, from then on. Whether it fails or not, subscription_disconnect is due. */
uint32_t subscription_connect(struct subscription *l, const char **call);
/* Unsubscribes, and subscribes anew to what `ahead` asks. Returns 0 or the engine's code; then
 * subscription_disconnect is due. */
uint32_t subscription_renew(struct subscription *l, const char **call);
/* Ends both; after it no callback comes to what is here, also when that fails: then it is turned
 * back at the gate. */
void subscription_disconnect(struct subscription *l);
/* Whether the engine collects net events. Returns 0 or the engine's code. */
uint32_t subscription_collects(struct subscription *l, bool *on);
/* Whether the system has what subscription_connect needs. */
bool subscription_is_possible(const struct wfpw_system *system);

#endif
