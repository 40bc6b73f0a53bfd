/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Processes with live sessions beside one that hangs while it changes settings, one that is frozen
 * while it holds the lock, one that is killed, and a record that is damaged: each goes on
 * delivering, those that come later, too. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/host_store.h"
#include "os/os.h"
#include "process.h"
#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

enum { WAIT_MS = 60000, POLL_MS = 2, PATH_BYTES = 300, WATCH_MS = 10, WORKERS_MAX = 8 };
enum { OK = 0, FAILED = 3, OPTIONS = 4 };

static const uint8_t as_found[OPTIONS] = {1, 0x10, 0, 0}; /* collection is on anyway */

struct machine {
    const char *program;
    char folder[PATH_BYTES], leases[PATH_BYTES];
};

static void file_of(const struct machine *m, const char *name, char out[PATH_BYTES + 24])
{
    (void)snprintf(out, PATH_BYTES + 24, "%s/%s", m->folder, name);
}

static bool exists(const struct machine *m, const char *name)
{
    char path[PATH_BYTES + 24];
    file_of(m, name, path);
    FILE *f = fopen(path, "rb");
    if (f != NULL)
        (void)fclose(f);
    return f != NULL;
}

static bool write_file(const struct machine *m, const char *name, const void *p, size_t n)
{
    char path[PATH_BYTES + 24];
    file_of(m, name, path);
    FILE *f = fopen(path, "wb");
    bool written = f != NULL && fwrite(p, 1, n, f) == n;
    return f != NULL && fclose(f) == 0 && written;
}

static bool wait_for_file(const struct machine *m, const char *name)
{
    uint64_t end = os_ticks_ms() + WAIT_MS;
    while (!exists(m, name) && os_ticks_ms() < end)
        os_sleep_ms(POLL_MS);
    return exists(m, name);
}

static wfpw_sim *open_machine(const struct machine *m, const char *more)
{
    char script[2 * PATH_BYTES];
    wfpw_sim *sim;
    (void)snprintf(script, sizeof script, "machine \"%s/machine\"; still_on off; %s", m->folder,
                   more);
    if (wfpw_sim_new(11, &sim) != WFPW_OK || wfpw_sim_play(sim, script, NULL) != WFPW_OK)
        return NULL;
    return sim;
}

static int add_live(const struct machine *m, wfpw_sim *sim, wfpw_session **s, wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = m->leases};
    wfpw_live live = {.size = sizeof live, .watch_ms = WATCH_MS};
    int status = wfpw_open(&o, s, e);
    return status == WFPW_OK ? wfpw_add_live(*s, &live, e) : status;
}

/* ---- processes ------------------------------------------------------------------------------ */

/* One drop after the other comes, until it is told to end. */
static bool deliver(const struct machine *m, wfpw_sim *sim, wfpw_session *s, const char *ready)
{
    wfpw_batch *b = wfpw_batch_new(0, 0);
    uint64_t came = 0, end = os_ticks_ms() + WAIT_MS;
    while (os_ticks_ms() < end && (came < 20 || !exists(m, "go"))) {
        bool here = false;
        if (wfpw_sim_play(sim, "drop filter=5", NULL) != WFPW_OK)
            break;
        while (!here && os_ticks_ms() < end)
            for (int i = 0, n = wfpw_read(s, b, 100, NULL); i < n; i++)
                here = here || wfpw_batch_get(b, (uint32_t)i)->filter_id == 5;
        came += here;
        if (came == 20)
            (void)write_file(m, ready, "", 0);
        os_sleep_ms(POLL_MS);
    }
    wfpw_batch_free(b);
    return came >= 20 && exists(m, "go");
}

static int run_worker(const struct machine *m, const char *ready)
{
    wfpw_session *s = NULL;
    wfpw_error e = {0};
    wfpw_sim *sim = open_machine(m, "");
    bool lived = sim != NULL && add_live(m, sim, &s, &e) == WFPW_OK && deliver(m, sim, s, ready);
    wfpw_close(s);
    wfpw_sim_free(sim);
    if (!lived)
        (void)fprintf(stderr, "worker: %s: %s (%u)\n", e.where, e.text, e.os_code);
    return lived ? OK : FAILED;
}

static void stay(void)
{
    for (uint64_t end = os_ticks_ms() + 10 * (uint64_t)WAIT_MS; os_ticks_ms() < end;)
        os_sleep_ms(1000);
}

/* Inside FwpmEngineSetOption0, for ever. */
static int run_hanging(const struct machine *m)
{
    wfpw_session *s = NULL;
    wfpw_error e;
    wfpw_sim *sim = open_machine(m, "hang call=FwpmEngineSetOption0");
    (void)write_file(m, "bad", "", 0);
    (void)add_live(m, sim, &s, &e);
    stay();
    return FAILED;
}

/* As who is frozen at the worst moment: it holds the lock. */
static int run_frozen(const struct machine *m)
{
    struct store_handle h;
    struct store_failure f;
    if (host_store()->open(NULL, m->leases, true, &h, &f) != WFPW_OK ||
        host_store()->lock(NULL, &h, WAIT_MS, &f) != WFPW_OK)
        return FAILED;
    (void)write_file(m, "bad", "", 0);
    stay();
    return FAILED;
}

/* Whatever the record was, it is nothing now. */
static int run_damaging(const struct machine *m)
{
    static const char text[] = "wfpwatch leases 1\nsetting=0000";
    struct store_handle h;
    struct store_failure f;
    bool done = host_store()->open(NULL, m->leases, true, &h, &f) == WFPW_OK &&
                host_store()->lock(NULL, &h, WAIT_MS, &f) == WFPW_OK &&
                host_store()->write(NULL, &h, text, sizeof text - 1, &f) == WFPW_OK;
    (void)write_file(m, "bad", "", 0);
    return done ? OK : FAILED;
}

static int run_process(char **list)
{
    struct machine m = {0};
    (void)snprintf(m.folder, sizeof m.folder, "%s", list[1]);
    (void)snprintf(m.leases, sizeof m.leases, "%s", list[2]);
    if (strcmp(list[0], "hanging") == 0)
        return run_hanging(&m);
    if (strcmp(list[0], "frozen") == 0)
        return run_frozen(&m);
    if (strcmp(list[0], "damaging") == 0)
        return run_damaging(&m);
    return run_worker(&m, list[0]);
}

/* ---- the test's side ------------------------------------------------------------------------ */

static void start(const struct machine *m, const char *what, struct process *p)
{
    const char *list[] = {m->program, "process", what, m->folder, m->leases, NULL};
    assert_true(process_start(p, list));
}

static void start_workers(const struct machine *m, struct process *p, int from, int to)
{
    char name[24];
    for (int i = from; i < to; i++) {
        (void)snprintf(name, sizeof name, "worker%d", i);
        start(m, name, &p[i]);
    }
    for (int i = from; i < to; i++) {
        (void)snprintf(name, sizeof name, "worker%d", i);
        assert_true(wait_for_file(m, name));
    }
}

static void reset(const struct machine *m)
{
    static const char *const names[] = {"go",      "bad",     "worker0", "worker1", "worker2",
                                        "worker3", "worker4", "worker5", "worker6", "worker7"};
    char path[PATH_BYTES + 24];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        file_of(m, names[i], path);
        (void)remove(path);
    }
    assert_true(write_file(m, "machine", as_found, sizeof as_found));
}

static void repair(const struct machine *m)
{
    wfpw_error e;
    wfpw_sim *sim = open_machine(m, "");
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = m->leases};
    int settled = wfpw_restore(&o, &e);
    if (settled == WFPW_E_LEASE) /* set aside */
        settled = wfpw_restore(&o, &e);
    if (settled < 0)
        fail_msg("%s: %s (%u)", e.where, e.text, e.os_code);
    wfpw_sim_free(sim);
}

static void assert_settings(const struct machine *m)
{
    uint8_t now[OPTIONS] = {0};
    char path[PATH_BYTES + 24];
    file_of(m, "machine", path);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(now, 1, sizeof now, f), sizeof now);
    (void)fclose(f);
    assert_memory_equal(now, as_found, sizeof now);
}

/* Half of them are there before the neighbour, half come after it. */
static void live_beside(const struct machine *m, const char *what, int workers)
{
    struct process p[WORKERS_MAX], neighbour;
    bool ends = strcmp(what, "damaging") == 0, is_worker = strcmp(what, "worker7") == 0;
    reset(m);
    start_workers(m, p, 0, workers / 2);
    start(m, what, &neighbour);
    assert_true(wait_for_file(m, is_worker ? what : "bad"));
    os_sleep_ms(5 * WATCH_MS);
    if (is_worker)
        process_kill(&neighbour);
    if (is_worker)
        assert_int_equal(process_wait(&neighbour), PROCESS_KILLED);
    start_workers(m, p, workers / 2, workers);
    assert_true(write_file(m, "go", "", 0));
    for (int i = 0; i < workers; i++)
        assert_int_equal(process_wait(&p[i]), OK);
    if (!ends && !is_worker)
        process_kill(&neighbour);
    if (!is_worker)
        assert_int_equal(process_wait(&neighbour), ends ? OK : PROCESS_KILLED);
    repair(m);
    if (!ends) /* what the record said that was lost nobody knows */
        assert_settings(m);
}

static void test_neighbours(void **state)
{
    static const char *const kinds[] = {"hanging", "frozen", "damaging", "worker7"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        live_beside(*state, kinds[i], 2);
        live_beside(*state, kinds[i], 7);
    }
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "process") == 0)
        return run_process(argv + 2);
    struct machine m = {.program = argv[0]};
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_neighbours, &m)};
    if (!place_make_folder(m.folder, sizeof m.folder))
        return 1;
    place_of_leases(m.folder, m.leases, sizeof m.leases);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    place_remove(m.folder, m.leases);
    return failed;
}
