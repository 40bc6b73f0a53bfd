/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A process with a live session is killed at every step of its life, alone and beside another
 * holder: whoever comes next finds out, and the machine's settings come back as they were. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "process.h"
#include "steps.h"
#include "wfpwatch/sim.h"

enum { WAIT_MS = 60000, POLL_MS = 2, PATH_BYTES = 300, WATCH_MS = 10, WATCH_SLOW_MS = 100 };
enum { HOLDER_OK = 0, HOLDER_FAILED = 3 };

/* By FWPM_ENGINE_OPTION: collection, keywords, (the name cache), IPsec monitoring. */
enum { OPTIONS = 4 };
static const uint8_t as_found[OPTIONS] = {0, 0x10, 0, 0};
static const uint8_t all_on[OPTIONS] = {1, 0x3F, 0, 1};

struct machine {
    const char *program; /* this test */
    char folder[PATH_BYTES], leases[PATH_BYTES];
    char settings[PATH_BYTES + 16], ready[PATH_BYTES + 16], go[PATH_BYTES + 16];
};

static void name_files(struct machine *m)
{
    (void)snprintf(m->settings, sizeof m->settings, "%s/machine", m->folder);
    (void)snprintf(m->ready, sizeof m->ready, "%s/ready", m->folder);
    (void)snprintf(m->go, sizeof m->go, "%s/go", m->folder);
}

static bool exists(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f != NULL)
        (void)fclose(f);
    return f != NULL;
}

static bool write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    bool written = f != NULL && fwrite(p, 1, n, f) == n;
    return f != NULL && fclose(f) == 0 && written;
}

static bool wait_for_file(const char *path)
{
    uint64_t end = os_ticks_ms() + WAIT_MS;
    while (!exists(path) && os_ticks_ms() < end)
        os_sleep_ms(POLL_MS);
    return exists(path);
}

static wfpw_sim *open_machine(const struct machine *m)
{
    char script[PATH_BYTES + 64];
    wfpw_sim *sim;
    (void)snprintf(script, sizeof script, "machine \"%s\"; still_on off", m->settings);
    if (wfpw_sim_new(11, &sim) != WFPW_OK || wfpw_sim_play(sim, script, NULL) != WFPW_OK)
        return NULL;
    return sim;
}

/* ---- the process that is killed ------------------------------------------------------------- */

static int add_live(wfpw_session *s, uint32_t watch_ms, wfpw_error *e)
{
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_IPSEC, .watch_ms = watch_ms};
    return wfpw_add_live(s, &live, e);
}

/* Another program turns collection off, until we have been the one to find out, by a gap, and not
 * another holder. */
static bool live_through(wfpw_sim *sim, wfpw_session *s, wfpw_batch *b)
{
    uint64_t end = os_ticks_ms() + WAIT_MS;
    while (os_ticks_ms() < end && wfpw_sim_play(sim, "drop; collect off", NULL) == WFPW_OK) {
        int n = wfpw_read(s, b, 2 * WATCH_MS, NULL);
        for (int i = 0; i < n; i++)
            if (wfpw_batch_get(b, (uint32_t)i)->lost_where == WFPW_LOST_COLLECTION)
                return true;
    }
    return false;
}

static bool stay(const struct machine *m)
{
    return write_file(m->ready, "", 0) && wait_for_file(m->go);
}

/* holder live|stay FOLDER LEASES DIE_AT */
static int run_holder(char **list)
{
    struct machine m = {0};
    struct steps steps;
    wfpw_session *s = NULL;
    wfpw_error e = {0};
    (void)snprintf(m.folder, sizeof m.folder, "%s", list[1]);
    name_files(&m);
    wfpw_sim *sim = open_machine(&m);
    wfpw_batch *b = wfpw_batch_new(0, 0);
    if (sim == NULL || b == NULL)
        return HOLDER_FAILED;
    steps_init(&steps, wfpw_sim_system(sim), list[2], strtoull(list[3], NULL, 10));
    wfpw_options o = {.size = sizeof o, .system = &steps.system};
    bool stays = strcmp(list[0], "stay") == 0;
    bool lived = wfpw_open(&o, &s, &e) == WFPW_OK &&
                 add_live(s, stays ? WATCH_SLOW_MS : WATCH_MS, &e) == WFPW_OK &&
                 (stays ? stay(&m) : live_through(sim, s, b));
    wfpw_close(s);
    wfpw_batch_free(b);
    wfpw_sim_free(sim);
    if (!lived)
        (void)fprintf(stderr, "holder: %s: %s (%u)\n", e.where, e.text, e.os_code);
    return lived ? HOLDER_OK : HOLDER_FAILED;
}

/* ---- the test's side ------------------------------------------------------------------------ */

static void start_holder(const struct machine *m, const char *what, uint64_t die_at,
                         struct process *p)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)die_at);
    const char *list[] = {m->program, "holder", what, m->folder, m->leases, number, NULL};
    assert_true(process_start(p, list));
}

static bool settings_are(const struct machine *m, const uint8_t wanted[OPTIONS])
{
    uint8_t now[OPTIONS] = {0};
    FILE *f = fopen(m->settings, "rb");
    assert_non_null(f);
    assert_int_equal(fread(now, 1, sizeof now, f), sizeof now);
    (void)fclose(f);
    return memcmp(now, wanted, sizeof now) == 0;
}

static void assert_settings(const struct machine *m, const uint8_t wanted[OPTIONS], uint64_t step)
{
    uint64_t end = os_ticks_ms() + WAIT_MS;
    bool patient = wanted == all_on; /* another holder may have to see what was turned off */
    while (patient && !settings_are(m, wanted) && os_ticks_ms() < end)
        os_sleep_ms(POLL_MS);
    if (!settings_are(m, wanted))
        fail_msg("after step %llu the settings are not as %s", (unsigned long long)step,
                 patient ? "the other holder wants them" : "they were found");
}

static wfpw_options options_of(const struct machine *m, wfpw_sim *sim)
{
    return (wfpw_options){
        .size = sizeof(wfpw_options), .system = wfpw_sim_system(sim), .state_dir = m->leases};
}

static void repair(const struct machine *m)
{
    wfpw_error e;
    wfpw_sim *sim = open_machine(m);
    assert_non_null(sim);
    wfpw_options o = options_of(m, sim);
    int settled = wfpw_restore(&o, &e);
    if (settled < 0)
        fail_msg("repair: %s: %s (%u)", e.where, e.text, e.os_code);
    wfpw_sim_free(sim);
}

static void open_and_close(const struct machine *m)
{
    wfpw_error e;
    wfpw_session *s;
    wfpw_sim *sim = open_machine(m);
    assert_non_null(sim);
    wfpw_options o = options_of(m, sim);
    assert_int_equal(wfpw_open(&o, &s, &e), WFPW_OK);
    if (add_live(s, WATCH_MS, &e) != WFPW_OK)
        fail_msg("the next session: %s: %s (%u)", e.where, e.text, e.os_code);
    assert_true(settings_are(m, all_on));
    wfpw_close(s);
    wfpw_sim_free(sim);
}

/* No lease is left: the row says so. */
static void assert_no_leases(const struct machine *m)
{
    wfpw_row rows[16] = {{.size = sizeof *rows}};
    wfpw_sim *sim = open_machine(m);
    wfpw_options o = options_of(m, sim);
    int n = wfpw_check(&o, rows, 16, NULL), leases = 0;
    assert_in_range(n, 1, 16);
    for (int i = 0; i < n; i++) {
        if (rows[i].code != WFPW_CHECK_LEASES)
            continue;
        assert_string_equal(rows[i].text, "nothing on this host is held on by a session");
        leases++;
    }
    assert_int_equal(leases, 1);
    wfpw_sim_free(sim);
}

static void reset(const struct machine *m)
{
    assert_true(write_file(m->settings, as_found, sizeof as_found));
    (void)remove(m->ready);
    (void)remove(m->go);
}

/* ---- the matrix ----------------------------------------------------------------------------- */

/* Steps beyond the last: the holder lived to its end. Returns whether it did. */
static bool killed_at(const struct machine *m, uint64_t step)
{
    struct process holder;
    start_holder(m, "live", step, &holder);
    int status = process_wait(&holder);
    assert_true(status == PROCESS_KILLED || status == HOLDER_OK);
    return status == PROCESS_KILLED;
}

static void test_one_holder(void **state)
{
    const struct machine *m = *state;
    uint64_t step = 0;
    bool killed = true;
    while (killed) {
        reset(m);
        killed = killed_at(m, ++step);
        if (step % 2 == 0)
            open_and_close(m);
        else
            repair(m);
        assert_settings(m, as_found, step);
        assert_no_leases(m);
    }
    print_message("killed at each of %llu steps\n", (unsigned long long)step - 1);
    assert_true(step > 40);
}

/* The other one was there before; at the end it leaves, or is killed as well. */
static void test_two_holders(void **state)
{
    const struct machine *m = *state;
    uint64_t step = 0;
    bool killed = true;
    while (killed) {
        struct process other;
        reset(m);
        start_holder(m, "stay", 0, &other);
        assert_true(wait_for_file(m->ready));
        killed = killed_at(m, ++step);
        if (step % 3 == 0)
            repair(m);
        assert_settings(m, all_on, step);
        if (step % 2 == 0)
            process_kill(&other);
        else
            assert_true(write_file(m->go, "", 0));
        int status = process_wait(&other);
        assert_int_equal(status, step % 2 == 0 ? PROCESS_KILLED : HOLDER_OK);
        if (step % 2 == 0)
            repair(m);
        assert_settings(m, as_found, step);
        assert_no_leases(m);
    }
    print_message("killed at each of %llu steps\n", (unsigned long long)step - 1);
    assert_true(step > 40);
}

/* The other one comes later and stays: what the first added is put back by the one that joined. */
static void test_first_of_two_is_killed(void **state)
{
    const struct machine *m = *state;
    struct process first, second;
    reset(m);
    start_holder(m, "stay", 0, &first);
    assert_true(wait_for_file(m->ready));
    (void)remove(m->ready);
    start_holder(m, "stay", 0, &second);
    assert_true(wait_for_file(m->ready));
    process_kill(&first);
    assert_int_equal(process_wait(&first), PROCESS_KILLED);
    repair(m);
    assert_settings(m, all_on, 0);
    assert_true(write_file(m->go, "", 0));
    assert_int_equal(process_wait(&second), HOLDER_OK);
    assert_settings(m, as_found, 0);
    assert_no_leases(m);
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "holder") == 0)
        return run_holder(argv + 2);
    struct machine m = {.program = argv[0]};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_one_holder, &m),
        cmocka_unit_test_prestate(test_two_holders, &m),
        cmocka_unit_test_prestate(test_first_of_two_is_killed, &m),
    };
    if (!place_make_folder(m.folder, sizeof m.folder))
        return 1;
    place_of_leases(m.folder, m.leases, sizeof m.leases);
    name_files(&m);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    place_remove(m.folder, m.leases);
    return failed;
}
