/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events in the loop that a program has anyway: the session's handle stands beside its other
 * descriptors, and the read never waits. Ends with standard input (Ctrl-D) or after 3 events. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

enum { EVENTS = 3 };

static const char script[] = "sleep 300; drop filter=1\n"
                             "sleep 300; drop filter=2; drop filter=3\n";

/* All that is there now. Returns the number of events, or an error. */
static int take_events(wfpw_session *session, wfpw_batch *batch)
{
    int n = wfpw_read(session, batch, 0, NULL);
    for (uint32_t i = 0; n > 0 && i < (uint32_t)n; i++)
        printf("blocked by filter %llu\n", (unsigned long long)wfpw_batch_get(batch, i)->filter_id);
    return n;
}

/* false: the other end was closed. */
static bool take_input(void)
{
    char text[256];
    ssize_t n = read(STDIN_FILENO, text, sizeof text);
    printf("%zd bytes of input\n", n);
    return n > 0;
}

static void loop(wfpw_session *session, wfpw_batch *batch)
{
    struct pollfd fds[] = {{.fd = (int)wfpw_wait_handle(session), .events = POLLIN},
                           {.fd = STDIN_FILENO, .events = POLLIN}};
    int seen = 0, n = 0;
    while (n >= 0 && seen < EVENTS && poll(fds, 2, -1) > 0) {
        if (fds[0].revents != 0)
            seen += (n = take_events(session, batch)) > 0 ? n : 0;
        if (fds[1].revents != 0 && !take_input())
            break;
    }
}

int main(void)
{
    wfpw_sim *sim = NULL; /* a real program leaves it and options.system out */
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_live live = {.size = sizeof live};
    int status = wfpw_sim_new(11, &sim);
    wfpw_options options = {.size = sizeof options, .system = wfpw_sim_system(sim)};
    if (status == WFPW_OK)
        status = wfpw_open(&options, &session, NULL);
    if (status == WFPW_OK)
        status = wfpw_add_live(session, &live, NULL);
    if (status == WFPW_OK)
        status = wfpw_sim_start(sim, script, NULL);
    if (status == WFPW_OK && batch != NULL)
        loop(session, batch);
    wfpw_close(session);
    wfpw_batch_free(batch);
    wfpw_sim_free(sim);
    return status == WFPW_OK ? 0 : 1;
}
