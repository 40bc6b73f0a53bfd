/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's subscription: its callback decodes into the ring. Everything but the callback runs
 * on the service thread.
 */
#ifndef WFPW_LIVE_H
#define WFPW_LIVE_H

#include "bell.h"
#include "os/system.h"
#include "ring.h"

struct live {
    const struct wfpw_system *system;
    struct ring *ring;
    struct bell bell; /* of who takes from the ring */
    uint32_t epoch;   /* what the next connection's records have; 0: no names are had of it */
    void *engine, *subscription;
    os_u64 undecoded;
};

/* Opens the engine. Returns 0 or the engine's code; *call names the call that gave it. */
uint32_t live_open(struct live *l, const char **call);
/* Then subscribes with the newest function there is; what fails closes the engine. */
uint32_t live_connect(struct live *l, const char **call);
/* Ends both; after it no callback runs. Codes are of no use any more. */
void live_disconnect(struct live *l);
/* Whether the engine collects net events. Returns 0 or the engine's code. */
uint32_t live_collects(struct live *l, bool *on);
/* Whether the system has what live_connect needs. */
bool live_is_possible(const struct wfpw_system *system);

#endif
