/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A process that holds a part of the audit policy is killed at every step of its life, alone and
 * beside another holder, and whole live sessions at any moment: whoever comes next finds out, and
 * the policy comes back as it was. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lease/audit_policy/audit_keeper.h"
#include "os/os.h"
#include "process.h"
#include "random.h"
#include "steps.h"
#include "wfpwatch/sim.h"

enum { WAIT_MS = 60000, POLL_MS = 2, PATH_BYTES = 300, WATCH_MS = 10, WATCH_SLOW_MS = 100 };
enum { HOLDER_OK = 0, HOLDER_FAILED = 3, RANDOM_KILLS = 24 };

/* The machine's file: engine options, then a byte a subcategory (lib/sim). */
enum { OPTIONS = 4, AUDIT_AT = 16, MACHINE_BYTES = AUDIT_AT + 64 };

struct machine {
    const char *program; /* this test */
    char folder[PATH_BYTES], leases[PATH_BYTES];
    char settings[PATH_BYTES + 16], ready[PATH_BYTES + 16], go[PATH_BYTES + 16];
    uint8_t found[MACHINE_BYTES];
};

static uint32_t index_of(uint32_t data1)
{
    uint32_t i = 0;
    while (subcategories[i].data1 != data1)
        i++;
    return AUDIT_AT + i;
}

/* Every byte of the policy says something, so that a change of any is seen. */
static void init_machine(struct machine *m)
{
    (void)snprintf(m->settings, sizeof m->settings, "%s/machine", m->folder);
    (void)snprintf(m->ready, sizeof m->ready, "%s/ready", m->folder);
    (void)snprintf(m->go, sizeof m->go, "%s/go", m->folder);
    for (uint32_t i = 0; i < subcategory_count; i++)
        m->found[AUDIT_AT + i] = (uint8_t)(i % 4);
    m->found[index_of(SUBCATEGORY_CONNECTION)] = AUDIT_SUCCESS;
    m->found[index_of(SUBCATEGORY_PACKET_DROP)] = 0;
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

static void missed(void *ctx, uint64_t from)
{
    (void)from;
    os_u32_store(ctx, 1);
}

/* Another program turns it off; once more if another holder was the one to find out, but not so
 * often that anybody gives up. */
static bool live_through(wfpw_sim *sim, os_u32 *reported)
{
    for (int i = 0; i < 2 && os_u32_load(reported) == 0; i++) {
        uint64_t end = os_ticks_ms() + WAIT_MS / 4;
        if (wfpw_sim_play(sim, "auditpol connection success", NULL) != WFPW_OK)
            return false;
        while (os_u32_load(reported) == 0 && os_ticks_ms() < end)
            os_sleep_ms(POLL_MS);
    }
    return os_u32_load(reported) != 0;
}

/* holder live|stay FOLDER LEASES DIE_AT: a keeper alone, whose steps are counted. */
static int run_holder(struct machine *m, char **list)
{
    static struct audit_keeper k;
    struct steps steps;
    os_u32 reported = {0};
    bool stays = strcmp(list[0], "stay") == 0;
    wfpw_sim *sim = open_machine(m);
    if (sim == NULL)
        return HOLDER_FAILED;
    steps_init(&steps, wfpw_sim_system(sim), list[2], strtoull(list[3], NULL, 10));
    struct audit_keeper_options o = {
        .lease = {.system = &steps.system, .wants = {AUDIT_BOTH, AUDIT_FAILURE}},
        .watch_ms = stays ? WATCH_SLOW_MS : WATCH_MS,
        .missed = missed,
        .ctx = &reported};
    bool lived = audit_keeper_start(&k, &o);
    while (lived && !audit_keeper_has_tried(&k))
        os_sleep_ms(1);
    lived = lived && os_u32_load(&k.state) == WFPW_AUDIT_POLICY_HELD &&
            (stays ? write_file(m->ready, "", 0) && wait_for_file(m->go)
                   : live_through(sim, &reported));
    audit_keeper_end(&k);
    audit_keeper_free(&k);
    wfpw_sim_free(sim);
    return lived ? HOLDER_OK : HOLDER_FAILED;
}

static wfpw_session *open_session(const struct machine *m, wfpw_sim *sim)
{
    wfpw_session *s = NULL;
    wfpw_error e = {0};
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = m->leases};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_AUDIT_POLICY, .watch_ms = WATCH_MS};
    if (wfpw_open(&o, &s, &e) == WFPW_OK && wfpw_add_live(s, &live, &e) == WFPW_OK)
        return s;
    (void)fprintf(stderr, "%s: %s (%u)\n", e.where, e.text, e.os_code);
    wfpw_close(s);
    return NULL;
}

/* holder session FOLDER LEASES 0: live sessions, one after the other, for ever. */
static int run_sessions(const struct machine *m)
{
    wfpw_sim *sim = open_machine(m);
    uint64_t end = os_ticks_ms() + WAIT_MS;
    if (sim == NULL)
        return HOLDER_FAILED;
    while (os_ticks_ms() < end) {
        wfpw_session *s = open_session(m, sim);
        (void)write_file(m->ready, "", 0);
        if (s == NULL)
            return HOLDER_FAILED;
        wfpw_close(s);
    }
    return HOLDER_FAILED;
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

static void read_machine(const struct machine *m, uint8_t now[MACHINE_BYTES])
{
    FILE *f = fopen(m->settings, "rb");
    assert_non_null(f);
    memset(now, 0, MACHINE_BYTES);
    assert_true(fread(now, 1, MACHINE_BYTES, f) > AUDIT_AT);
    (void)fclose(f);
}

static void assert_as_found(const struct machine *m, uint64_t step)
{
    uint8_t now[MACHINE_BYTES];
    read_machine(m, now);
    for (uint32_t i = 0; i < MACHINE_BYTES; i++)
        if (now[i] != m->found[i])
            fail_msg("after step %llu byte %u of the machine is %u, and was %u",
                     (unsigned long long)step, i, now[i], m->found[i]);
}

/* As the other holder wants it, soon. */
static void assert_held(const struct machine *m, uint64_t step)
{
    uint8_t now[MACHINE_BYTES];
    uint64_t end = os_ticks_ms() + WAIT_MS;
    bool held = false;
    while (!held && os_ticks_ms() < end) {
        read_machine(m, now);
        held = now[index_of(SUBCATEGORY_CONNECTION)] == AUDIT_BOTH &&
               now[index_of(SUBCATEGORY_PACKET_DROP)] == AUDIT_FAILURE;
        os_sleep_ms(held ? 0 : POLL_MS);
    }
    if (!held)
        fail_msg("after step %llu the policy is not as the other holder wants it",
                 (unsigned long long)step);
}

static int repair(const struct machine *m)
{
    wfpw_error e;
    wfpw_sim *sim = open_machine(m);
    assert_non_null(sim);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = m->leases};
    int settled = wfpw_restore(&o, &e);
    if (settled < 0)
        fail_msg("repair: %s: %s (%u)", e.where, e.text, e.os_code);
    wfpw_sim_free(sim);
    return settled;
}

static void open_and_close(const struct machine *m, uint64_t step)
{
    wfpw_sim *sim = open_machine(m);
    assert_non_null(sim);
    wfpw_session *s = open_session(m, sim);
    assert_non_null(s);
    assert_held(m, step);
    wfpw_close(s);
    wfpw_sim_free(sim);
}

static void reset(const struct machine *m)
{
    assert_true(write_file(m->settings, m->found, sizeof m->found));
    (void)remove(m->ready);
    (void)remove(m->go);
}

static bool killed_at(const struct machine *m, uint64_t step)
{
    struct process holder;
    start_holder(m, "live", step, &holder);
    int status = process_wait(&holder);
    if (status != PROCESS_KILLED && status != HOLDER_OK)
        fail_msg("at step %llu the holder failed", (unsigned long long)step);
    return status == PROCESS_KILLED;
}

/* ---- the matrix ----------------------------------------------------------------------------- */

static void test_one_holder(void **state)
{
    const struct machine *m = *state;
    uint64_t step = 0;
    bool killed = true;
    while (killed) {
        reset(m);
        killed = killed_at(m, ++step);
        if (step % 2 == 0)
            open_and_close(m, step);
        else
            (void)repair(m);
        assert_as_found(m, step);
        assert_int_equal(repair(m), 0); /* no lease is left */
    }
    print_message("killed at each of %llu steps\n", (unsigned long long)step - 1);
    assert_true(step > 30);
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
            (void)repair(m);
        assert_held(m, step);
        if (step % 2 == 0)
            process_kill(&other);
        else
            assert_true(write_file(m->go, "", 0));
        int status = process_wait(&other);
        assert_int_equal(status, step % 2 == 0 ? PROCESS_KILLED : HOLDER_OK);
        if (step % 2 == 0)
            (void)repair(m);
        assert_as_found(m, step);
        assert_int_equal(repair(m), 0);
    }
    print_message("killed at each of %llu steps\n", (unsigned long long)step - 1);
    assert_true(step > 30);
}

/* Whole sessions, which hold the engine's settings, too, end at whatever they are at. */
static void test_any_moment(void **state)
{
    const struct machine *m = *state;
    uint64_t r = 5;
    for (uint64_t i = 1; i <= RANDOM_KILLS; i++) {
        struct process holder;
        reset(m);
        start_holder(m, "session", 0, &holder);
        assert_true(wait_for_file(m->ready));
        os_sleep_ms(random_below(&r, 30));
        process_kill(&holder);
        assert_int_equal(process_wait(&holder), PROCESS_KILLED);
        if (i % 2 == 0)
            open_and_close(m, i);
        else
            (void)repair(m);
        assert_as_found(m, i);
        assert_int_equal(repair(m), 0);
    }
}

int main(int argc, char **argv)
{
    static struct machine m;
    m.program = argv[0];
    if (argc == 6 && strcmp(argv[1], "holder") == 0) {
        (void)snprintf(m.folder, sizeof m.folder, "%s", argv[3]);
        (void)snprintf(m.leases, sizeof m.leases, "%s", argv[4]);
        init_machine(&m);
        return strcmp(argv[2], "session") == 0 ? run_sessions(&m) : run_holder(&m, argv + 2);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_one_holder, &m),
        cmocka_unit_test_prestate(test_two_holders, &m),
        cmocka_unit_test_prestate(test_any_moment, &m),
    };
    if (!place_make_folder(m.folder, sizeof m.folder))
        return 1;
    place_of_leases(m.folder, m.leases, sizeof m.leases);
    init_machine(&m);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    place_remove(m.folder, m.leases);
    return failed;
}
