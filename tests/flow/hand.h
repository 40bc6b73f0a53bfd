/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A system made by hand: it keeps the subscriber's callback, for tests to call it themselves, from
 * as many threads and as fast as they like. One session at a time. */
#ifndef WFPW_TEST_HAND_H
#define WFPW_TEST_HAND_H

#include "os/os.h"
#include "os/system.h"

struct hand {
    struct wfpw_system system;
    struct system_engine engine;
    FWPM_NET_EVENT_CALLBACK4 callback;
    void *context;
    os_u32 subscribed, running; /* callbacks under way: unsubscribing waits for them */
};

void hand_init(struct hand *h);
/* Calls back with an event, as the system would. false: nobody subscribes. */
bool hand_call(struct hand *h, const FWPM_NET_EVENT5 *event);
/* A drop with an application, a user and IPv4 addresses; the static pieces live for ever. */
FWPM_NET_EVENT5 hand_event(void);

#endif
