/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A simulated Windows in which scripts happen at chosen moments: right before or right after a
 * function's call, on the thread that makes it. So what lies between two calls is no matter of
 * luck. */
#ifndef WFPW_TEST_HOOKED_H
#define WFPW_TEST_HOOKED_H

#include "os/system.h"
#include "wfpwatch/sim.h"

enum hook {
    BEFORE_OPEN,
    AFTER_SUBSCRIBE, /* as the next: before the snapshot */
    BEFORE_SNAPSHOT,
    AFTER_SNAPSHOT,
    BEFORE_PAGE,
    HOOKS
};

struct hooked {
    struct wfpw_system system; /* what to give to a session */
    struct system_engine engine;
    const struct wfpw_system *inner;
    wfpw_sim *sim;
    const char *scripts[HOOKS];            /* each is done once, and then NULL */
    void (*call)(void *ctx, enum hook at); /* may be NULL; each time */
    void *ctx;
};

/* Of Windows 11. */
void hooked_init(struct hooked *h, wfpw_sim *sim);
/* From now on this happens there, once. */
void hooked_play_at(struct hooked *h, enum hook at, const char *script);

#endif
