/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session that begins in the past: first what Windows has kept of what was blocked, then what is
 * blocked from now on, each once. Gaps tell from when to when nothing could be seen. */
#include <stdio.h>

#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

enum { EVENTS = 5 };

/* Before anybody watches, and then: the engine restarts, and two more are blocked. */
static const char before[] = "drop filter=1; drop filter=2";
static const char script[] = "drop filter=3; restart; sleep 300; drop filter=4";

static void print(const wfpw_event *ev)
{
    double seconds = (double)(ev->time - ev->lost_from) / 1e7;
    if (ev->kind != WFPW_KIND_GAP)
        printf("blocked by filter %llu\n", (unsigned long long)ev->filter_id);
    else if (ev->lost_from != 0)
        printf("nothing was seen for %.1f seconds at the most\n", seconds);
    else
        printf("%llu events were lost\n", (unsigned long long)ev->lost);
}

static void read_some(wfpw_session *session, wfpw_batch *batch)
{
    int seen = 0, n = 0;
    while (seen < EVENTS && n >= 0) {
        n = wfpw_read(session, batch, -1, NULL);
        for (int i = 0; i < n; i++, seen++)
            print(wfpw_batch_get(batch, (uint32_t)i));
    }
}

/* What this user may not do is no error: the session goes on without. */
static void print_missing(const wfpw_session *session)
{
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(session, &st);
    for (uint32_t bit = 1; bit != 0 && bit <= st.missing; bit <<= 1)
        if ((st.missing & bit) != 0)
            printf("missing: %s\n", wfpw_word(WFPW_LIST_MISSING, bit));
}

int main(void)
{
    wfpw_sim *sim = NULL; /* a real program leaves it and options.system out */
    wfpw_session *session = NULL;
    wfpw_batch *batch = wfpw_batch_new(0, 0);
    wfpw_live live = {.size = sizeof live, .since = 1}; /* from the oldest that there is */
    int status = wfpw_sim_new(11, &sim);
    wfpw_options options = {.size = sizeof options, .system = wfpw_sim_system(sim)};
    if (status == WFPW_OK)
        status = wfpw_sim_play(sim, before, NULL);
    if (status == WFPW_OK)
        status = wfpw_open(&options, &session, NULL);
    if (status == WFPW_OK)
        status = wfpw_add_live(session, &live, NULL);
    if (status == WFPW_OK)
        status = wfpw_sim_start(sim, script, NULL);
    if (status == WFPW_OK && batch != NULL) {
        print_missing(session);
        read_some(session, batch);
    }
    wfpw_close(session);
    wfpw_batch_free(batch);
    wfpw_sim_free(sim);
    return status == WFPW_OK ? 0 : 1;
}
