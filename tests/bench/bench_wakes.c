/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_wakes: how often a loop on the wait handle wakes for 100 events, and how often for nothing:
 * while all is well, and while a call of the engine hangs and each event is held for its name. */
#include <stdio.h>
#include <stdlib.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <poll.h>
#endif

#include "os/os.h"
#include "wfpwatch/sim.h"

enum { EVENTS = 100, EVERY_MS = 5, JOIN_MS = 100, LONG_MS = 30000 };

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_wakes: %s failed\n", what);
    exit(1);
}

static void wait_on(intptr_t handle)
{
#ifdef _WIN32
    must(WaitForSingleObject((HANDLE)handle, LONG_MS) == WAIT_OBJECT_0, "waiting");
#else
    struct pollfd p = {.fd = (int)handle, .events = POLLIN};
    must(poll(&p, 1, LONG_MS) == 1, "waiting");
#endif
}

static void send(void *ctx)
{
    for (unsigned i = 0; i < EVENTS; i++) {
        char script[48];
        (void)snprintf(script, sizeof script, "drop filter=%u", 700000 + i);
        must(wfpw_sim_play(ctx, script, NULL) == WFPW_OK, "sending");
        os_sleep_ms(EVERY_MS);
    }
}

static void measure(const char *name, const char *before)
{
    wfpw_sim *sim = NULL;
    wfpw_session *s;
    os_thread sender;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    unsigned wakes = 0, empty = 0, events = 0;
    must(b != NULL && wfpw_sim_new(11, &sim) == WFPW_OK, "starting");
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .join_ms = JOIN_MS};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    must(wfpw_open(&o, &s, NULL) == WFPW_OK && wfpw_add_live(s, &live, NULL) == WFPW_OK, "opening");
    intptr_t handle = wfpw_wait_handle(s);
    os_sleep_ms(300); /* names are read */
    (void)wfpw_read(s, b, 0, NULL);
    must(wfpw_sim_play(sim, before, NULL) == WFPW_OK, "the script");
    must(os_thread_start(&sender, send, sim), "a thread");
    while (events < EVENTS) {
        wait_on(handle);
        int n = wfpw_read(s, b, 0, NULL);
        must(n >= 0, "reading");
        wakes++;
        empty += n == 0;
        events += (unsigned)n;
    }
    os_thread_join(&sender);
    must(wfpw_sim_play(sim, "release", NULL) == WFPW_OK, "releasing");
    (void)printf("%-24s %u events, %u wakes, %u of them for nothing\n", name, events, wakes, empty);
    wfpw_close(s);
    wfpw_batch_free(b);
    wfpw_sim_free(sim);
}

int main(void)
{
    measure("all is well", "");
    measure("a call hangs", "hang call=FwpmFilterGetById0");
    return 0;
}
