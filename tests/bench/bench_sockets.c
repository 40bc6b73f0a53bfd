/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_sockets: what it costs to look up the process of an event among 200 and 5,000 sockets: of
 * the caller that asks again, of one that waits for the thread, of the thread that searches and of
 * the reading of a table; and how fast a flood of events reaches a reader without it, with it, and
 * when each event waits for it. Time of the processor; the simulator's part, which makes events and
 * tables, is in all but the first and the search. What Windows takes to make a table is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "os/os.h"
#include "resolve/sockets/socket_search.h"
#include "resolve/sockets/sockets.h"
#include "wfpwatch/sim.h"

#define APP "\\device\\harddiskvolume3\\tools\\nc.exe"

enum { ASKED = 1000000, SEARCHED = 2000, FLOOD = 100000, PORT = 4444 };

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_sockets: %s failed\n", what);
    exit(1);
}

static wfpw_sim *new_host(unsigned sockets)
{
    char script[600];
    wfpw_sim *sim;
    (void)snprintf(script, sizeof script,
                   "repeat %u socket protocol=tcp local=192.0.2.10:50000 remote=203.0.113.7:443 "
                   "process=8 app=" APP " age=1000\n"
                   "socket protocol=tcp local=0.0.0.0:4444 process=1204 app=" APP " age=1000\n",
                   sockets - 1);
    must(wfpw_sim_new(11, &sim) == WFPW_OK, "starting");
    must(wfpw_sim_play(sim, script, NULL) == WFPW_OK, "the scene");
    return sim;
}

static void see_answer(void *ctx)
{
    (void)os_u32_exchange(ctx, 1);
}

/* A record as the callback makes it. */
static struct record *event_of(const wfpw_sim *sim, uint64_t *room, size_t bytes, uint16_t port)
{
    struct record_builder b;
    uint16_t app[sizeof APP];
    struct record *r =
        record_start(&b, room, (uint32_t)bytes, WFPW_KIND_CLASSIFY_DROP, WFPW_SOURCE_SIM);
    for (size_t i = 0; i < sizeof APP; i++)
        app[i] = (uint16_t)APP[i];
    r->app = record_put(&b, VALUE_STRING, app, 2 * (sizeof APP - 1));
    r->time = wfpw_sim_count((wfpw_sim *)sim, WFPW_SIM_NOW);
    r->protocol = 6;
    r->local = (wfpw_endpoint){.addr = {192, 0, 2, 10}, .port = PORT, .family = 4};
    r->remote = (wfpw_endpoint){.addr = {203, 0, 113, 7}, .port = port, .family = 4};
    r->present = WFPW_HAS_PROTOCOL | WFPW_HAS_LOCAL | WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE;
    (void)record_finish(&b);
    return r;
}

/* Of the processor, of all threads: what others do on the machine is not in it. */
static double cpu_ns(void)
{
    return (double)clock() * (1e9 / CLOCKS_PER_SEC);
}

static void measure_asking(unsigned sockets)
{
    static uint64_t room[512];
    os_u32 seen = {0};
    wfpw_sim *sim = new_host(sockets);
    const struct sockets_options o = {
        .system = wfpw_sim_system(sim), .answered = see_answer, .ctx = &seen};
    struct sockets *s = sockets_open(&o);
    struct socket_owner owner;
    must(s != NULL, "opening");
    struct record *r = event_of(sim, room, sizeof room, 1);
    double start = cpu_ns();
    for (uint16_t port = 1; port <= SEARCHED; port++) { /* each a question of its own */
        r->remote.port = port;
        while (sockets_find(s, r, os_ticks_ms(), &owner) == SOCKETS_PENDING)
            while (os_u32_exchange(&seen, 0) == 0)
                os_sleep_ms(0);
    }
    double new_ns = (cpu_ns() - start) / SEARCHED;
    must(owner.pid == 1204, "finding");
    uint64_t now = os_ticks_ms();
    start = cpu_ns();
    for (int i = 0; i < ASKED; i++)
        must(sockets_find(s, r, now, &owner) == SOCKETS_KNOWN, "asking again");
    printf("sockets %5u: asked again %6.0f ns; a new question, with its thread %8.0f ns\n", sockets,
           (cpu_ns() - start) / ASKED, new_ns);
    sockets_close(s);
    wfpw_sim_free(sim);
}

static void measure_table(unsigned sockets)
{
    enum { TIMES = 2000 };
    wfpw_sim *sim = new_host(sockets);
    const struct wfpw_system *system = wfpw_sim_system(sim);
    struct socket_table t = {0};
    struct socket_question q = {.time = UINT64_MAX, .protocol = 6};
    struct socket_found found;
    double start = cpu_ns();
    for (int i = 0; i < TIMES; i++)
        must(socket_table_read(&t, system, SOCKETS_TCP4) == 0, "reading");
    double read_ns = (cpu_ns() - start) / TIMES;
    q.local = (wfpw_endpoint){.addr = {192, 0, 2, 10}, .port = PORT, .family = 4};
    start = cpu_ns();
    for (int i = 0; i < TIMES; i++)
        socket_search(system, SOCKETS_TCP4, &t, &q, &found);
    must(found.row.pid == 1204, "searching");
    printf("sockets %5u: a table read (simulator) %8.0f ns; searched %8.0f ns\n", sockets, read_ns,
           (cpu_ns() - start) / TIMES);
    socket_table_free(&t);
    wfpw_sim_free(sim);
}

static void read_flood(wfpw_session *s, wfpw_batch *b)
{
    wfpw_stats st = {.size = sizeof st};
    do {
        must(wfpw_read(s, b, 1000, NULL) >= 0, "reading events");
        must(wfpw_get_stats(s, &st) == WFPW_OK, "counting");
    } while (st.delivered + st.dropped < FLOOD);
}

/* The same events, from as many sides as there are, until all have come. */
static void measure_flood(const char *name, uint32_t flags, unsigned sockets, const char *event)
{
    char script[300];
    wfpw_sim *sim = new_host(sockets);
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    wfpw_options o = {.size = sizeof o,
                      .flags = flags | WFPW_OPEN_NO_NAMES | WFPW_OPEN_NO_VERDICT,
                      .ring_bytes = 64 << 20,
                      .system = wfpw_sim_system(sim)};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_stats st = {.size = sizeof st};
    must(b != NULL && wfpw_open(&o, &s, NULL) == WFPW_OK, "opening");
    must(wfpw_add_live(s, &live, NULL) == WFPW_OK, "the live source");
    (void)snprintf(script, sizeof script, "repeat %d %s", FLOOD, event);
    double start = cpu_ns();
    must(wfpw_sim_play(sim, script, NULL) == WFPW_OK, "the flood");
    read_flood(s, b);
    double took = (cpu_ns() - start) / FLOOD;
    (void)wfpw_get_stats(s, &st);
    printf("flood, %-34s %6.0f ns an event, %llu with a process, %llu tables read, %llu lost\n",
           name, took, (unsigned long long)st.sockets_found, (unsigned long long)st.sockets_read,
           (unsigned long long)st.dropped);
    wfpw_close(s);
    wfpw_batch_free(b);
    wfpw_sim_free(sim);
}

int main(void)
{
    static const char known[] = "drop protocol=tcp local=192.0.2.10:4444 remote=203.0.113.9:5001 "
                                "layer=44 app=" APP;
    static const char unknown[] = "drop protocol=tcp local=192.0.2.10:4445 remote=203.0.113.9:5001 "
                                  "layer=44 app=" APP;
    const unsigned sizes[] = {200, 5000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        measure_asking(sizes[i]);
        measure_table(sizes[i]);
    }
    measure_flood("without", 0, 5000, known);
    measure_flood("sockets", WFPW_OPEN_SOCKETS, 5000, known);
    measure_flood("sockets, none is found", WFPW_OPEN_SOCKETS, 5000, unknown);
    measure_flood("sockets, events wait", WFPW_OPEN_SOCKETS | WFPW_OPEN_PID, 5000, known);
    return 0;
}
