/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * stress_names FILTERS CHANGES: a simulated engine with so many filters, of which one thread adds,
 * uses and deletes others so many times while a second one makes events of those that stay. Every
 * name that an event has must be that of its filter, every event be accounted for, and names stay
 * within their budget. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "wfpwatch/sim.h"

enum {
    PATIENCE_MS = 120000,
    FIRST = 1000,
    CHANGING = 10000000,
    BUDGET = 16 * 1024 * 1024,
    AT_ONCE = 10
};

struct stress {
    wfpw_sim *sim;
    wfpw_session *s;
    uint64_t filters, changes;
    os_u32 wrong, leave;
    os_thread changer, user;
    uint64_t named, unnamed, lost, too_much;
};

static void play(struct stress *x, const char *script)
{
    if (wfpw_sim_play(x->sim, script, NULL) != WFPW_OK)
        (void)os_u32_add(&x->wrong, 1);
}

static void wait_for_lists(const struct stress *x)
{
    wfpw_stats st = {.size = sizeof st};
    for (uint64_t end = os_ticks_ms() + PATIENCE_MS; os_ticks_ms() < end; os_sleep_ms(10))
        if (wfpw_get_stats(x->s, &st) == WFPW_OK && st.names_filled > 0)
            return;
}

/* Filters that come, are used, and go. */
static void change(void *ctx)
{
    struct stress *x = ctx;
    char script[400];
    for (uint64_t i = 0; i < x->changes; i++) {
        unsigned id = (unsigned)(CHANGING + i);
        (void)snprintf(script, sizeof script,
                       "filter id=%u name=c%u; drop filter=%u; %s; unfilter id=%u; drop filter=%u",
                       id, id, id, i % 2 == 0 ? "sleep 1" : "wait 1", id, id);
        play(x, script);
    }
    wait_for_lists(x);
    os_u32_store(&x->leave, 1);
}

static void use(void *ctx)
{
    struct stress *x = ctx;
    char script[60];
    for (uint64_t i = 0; os_u32_load(&x->leave) == 0; i++) {
        (void)snprintf(script, sizeof script, "drop filter=%u",
                       (unsigned)(FIRST + i * 7919 % x->filters));
        play(x, script);
        os_sleep_ms(i % AT_ONCE == 0);
    }
    os_u32_store(&x->leave, 2); /* nobody makes events any more */
}

static bool is_right(const wfpw_event *ev)
{
    char wanted[20] = "stays";
    if (ev->filter == NULL || ev->filter->id != ev->filter_id)
        return false;
    if (ev->filter_id >= CHANGING)
        (void)snprintf(wanted, sizeof wanted, "c%u", (unsigned)ev->filter_id);
    return ev->filter->name == NULL || strcmp(ev->filter->name, wanted) == 0;
}

static void look(struct stress *x, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP) {
        x->lost += ev->lost;
        return;
    }
    if (!is_right(ev)) {
        (void)os_u32_add(&x->wrong, 1);
        return;
    }
    x->named += ev->filter->name != NULL;
    x->unnamed += ev->filter->name == NULL;
}

static void read_all(struct stress *x)
{
    wfpw_batch *b = wfpw_batch_new(0, 0);
    wfpw_stats st = {.size = sizeof st};
    for (int got = 1; b != NULL && (got > 0 || os_u32_load(&x->leave) < 2);) {
        got = wfpw_read(x->s, b, 100, NULL);
        for (int i = 0; i < got; i++)
            look(x, wfpw_batch_get(b, (uint32_t)i));
        (void)wfpw_get_stats(x->s, &st);
        x->too_much += st.names_bytes > BUDGET;
    }
    wfpw_batch_free(b);
}

static int tell(const struct stress *x)
{
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(x->s, &st);
    uint64_t events = x->named + x->unnamed;
    bool good = os_u32_load(&x->wrong) == 0 && x->too_much == 0 && events == st.delivered &&
                x->lost == st.dropped && st.received == st.delivered + st.dropped + st.waiting &&
                st.names_filled > 0;
    printf(
        "received %llu, named %llu, unnamed %llu (late %llu), lost %llu, wrong %u, names %llu in "
        "%llu bytes, lists read %llu times: %s\n",
        (unsigned long long)st.received, (unsigned long long)x->named,
        (unsigned long long)x->unnamed, (unsigned long long)st.unnamed, (unsigned long long)x->lost,
        os_u32_load(&x->wrong), (unsigned long long)st.names, (unsigned long long)st.names_bytes,
        (unsigned long long)st.names_filled, good ? "good" : "WRONG");
    return good ? 0 : 1;
}

static int run(struct stress *x)
{
    char script[60];
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(x->sim), .names_bytes = BUDGET};
    (void)snprintf(script, sizeof script, "filters %llu from=%d name=stays",
                   (unsigned long long)x->filters, FIRST);
    play(x, script);
    if (wfpw_open(&o, &x->s, NULL) != WFPW_OK || wfpw_add_live(x->s, &live, NULL) != WFPW_OK)
        return 1;
    if (!os_thread_start(&x->user, use, x) || !os_thread_start(&x->changer, change, x))
        return 1;
    read_all(x);
    os_thread_join(&x->changer);
    os_thread_join(&x->user);
    return tell(x);
}

int main(int argc, char **argv)
{
    struct stress x = {.filters = argc > 1 ? strtoull(argv[1], NULL, 10) : 0,
                       .changes = argc > 2 ? strtoull(argv[2], NULL, 10) : 0};
    if (x.filters == 0 || x.changes == 0 || wfpw_sim_new(11, &x.sim) != WFPW_OK) {
        fprintf(stderr, "usage: stress_names FILTERS CHANGES\n");
        return 2;
    }
    int status = run(&x);
    wfpw_close(x.s);
    wfpw_sim_free(x.sim);
    return status;
}
