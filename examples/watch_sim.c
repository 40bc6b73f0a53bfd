/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a program tests its own rules without a Windows: the simulator takes the place of the
 * filtering engine, and everything behind it is as it will be. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

static const char script[] =
    "allow app=\\device\\harddiskvolume3\\windows\\explorer.exe protocol=tcp direction=out\n"
    "drop app=\\device\\harddiskvolume3\\users\\public\\nc.exe protocol=tcp direction=out "
    "local=192.0.2.10:50123 remote=203.0.113.7:4444 filter=70210 layer=48\n";

/* The rule under test: something in a public folder was kept from going out. */
static bool is_alarm(const wfpw_event *ev)
{
    return ev->kind == WFPW_KIND_CLASSIFY_DROP && ev->direction == WFPW_DIRECTION_OUTBOUND &&
           ev->device_path != NULL && strstr(ev->device_path, "\\users\\public\\") != NULL;
}

/* Plays the script to a session of its own; returns how many of its events were alarms. */
static int alarms(wfpw_sim *sim, wfpw_session *session, wfpw_batch *batch)
{
    wfpw_live live = {.size = sizeof live};
    int count = 0, seen = 0, n;
    if (wfpw_add_live(session, &live, NULL) != WFPW_OK ||
        wfpw_sim_play(sim, script, NULL) != WFPW_OK)
        return -1;
    while (seen < 2 && (n = wfpw_read(session, batch, 1000, NULL)) > 0) {
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            count += is_alarm(wfpw_batch_get(batch, i));
        seen += n;
    }
    return count;
}

int main(void)
{
    wfpw_sim *sim = NULL;
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    int count = -1;
    (void)wfpw_sim_new(11, &sim);
    wfpw_options options = {.size = sizeof options, .system = wfpw_sim_system(sim)};
    if (batch != NULL && sim != NULL && wfpw_open(&options, &session, NULL) == WFPW_OK)
        count = alarms(sim, session, batch);
    printf("%s: %d alarm\n", count == 1 ? "passed" : "FAILED", count);
    wfpw_close(session); /* before the simulator, which it uses */
    wfpw_batch_free(batch);
    wfpw_sim_free(sim);
    return count == 1 ? 0 : 1;
}
