/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Through opening, running, and closing with collection, each call of the engine, of the leases'
 * place and of the allocator fails once: nothing crashes or leaks, the error says what it was, and
 * a repair brings the machine back as it was found. */
#include "flow.h"

#include <string.h>

#include "engine/engine.h"
#include "machine.h"
#include "sim/sim.h"

enum { WATCH_MS = 10 };

/* ---- a store that fails --------------------------------------------------------------------- */

struct failing {
    struct wfpw_system system;
    struct system_store store;
    const struct wfpw_system *inner;
    uint64_t calls, fail_at; /* on the service thread only */
    int status;
};

static const struct system_store *inner_of(struct failing *x, struct store_failure *f, bool *fails)
{
    *fails = ++x->calls == x->fail_at;
    if (*fails && f != NULL)
        *f = (struct store_failure){.code = 28};
    return x->inner->store;
}

/* The engine's functions take the simulator as their ctx, so the store's find us beside it. */
static struct failing *failing;

#define FAILING(call)                                                                              \
    bool fails;                                                                                    \
    const struct system_store *s = inner_of(failing, f, &fails);                                   \
    return fails ? failing->status : s->call

static int store_open(void *ctx, const char *place, bool create, struct store_handle *h,
                      struct store_failure *f)
{
    FAILING(open(ctx, place, create, h, f));
}

static int store_lock(void *ctx, struct store_handle *h, uint32_t wait_ms, struct store_failure *f)
{
    FAILING(lock(ctx, h, wait_ms, f));
}

static int store_read(void *ctx, struct store_handle *h, void *room, size_t cap, size_t *n,
                      struct store_failure *f)
{
    FAILING(read(ctx, h, room, cap, n, f));
}

static int store_write(void *ctx, struct store_handle *h, const void *p, size_t n,
                       struct store_failure *f)
{
    FAILING(write(ctx, h, p, n, f));
}

static int store_whoami(void *ctx, struct store_handle *h, struct process_id *out,
                        struct store_failure *f)
{
    FAILING(whoami(ctx, h, out, f));
}

static void failing_init(struct failing *x, wfpw_sim *sim, uint64_t fail_at, int status)
{
    *x = (struct failing){.inner = wfpw_sim_system(sim), .fail_at = fail_at, .status = status};
    x->system = *x->inner;
    x->store = *x->inner->store;
    x->store.open = store_open;
    x->store.lock = store_lock;
    x->store.read = store_read;
    x->store.write = store_write;
    x->store.whoami = store_whoami;
    x->system.store = &x->store;
    failing = x;
}

/* ---- a life --------------------------------------------------------------------------------- */

struct life {
    wfpw_sim *sim;
    const struct wfpw_system *system;
    const wfpw_allocator *allocator;
    wfpw_error e;
};

static bool is_back(void *ctx)
{
    struct life *l = ctx;
    return machine_is(l->sim, 1, WFPW_KEYWORD_ALL, 1);
}

/* Opens, is turned off by another program, closes. Returns how opening went. */
static int live_through(struct life *l, bool wait)
{
    wfpw_options o = {.size = sizeof o, .system = l->system, .allocator = l->allocator};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_IPSEC, .watch_ms = WATCH_MS};
    wfpw_session *s = NULL;
    memset(&l->e, 0, sizeof l->e);
    int status = wfpw_open(&o, &s, &l->e);
    if (status == WFPW_OK)
        status = wfpw_add_live(s, &live, &l->e);
    if (status == WFPW_OK && wait) {
        machine_play(l->sim, "drop; collect off");
        assert_true(wait_until(is_back, l)); /* a failure is got over at the next look */
    }
    wfpw_close(s);
    return status;
}

static void assert_told(const struct life *l, int status)
{
    assert_int_equal(l->e.status, status);
    assert_true(l->e.where[0] != 0);
    assert_true(l->e.text[0] != 0);
    assert_true(wfpw_remedy(&l->e)[0] != 0);
}

static void repair(struct life *l)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(l->sim)};
    int settled = wfpw_restore(&o, &e);
    if (settled < 0)
        fail_msg("%s: %s (0x%x)", e.where, e.text, e.os_code);
    machine_assert_as_found(l->sim);
    assert_int_equal(wfpw_restore(&o, &e), 0);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void test_nth_call_of_the_engine(void **state)
{
    static const uint32_t codes[] = {5, 1722, 0x80320012, 87};
    int failed = 0;
    (void)state;
    for (uint64_t i = 0; i < 4 * 50; i++) {
        struct life l = {.sim = machine_new(11)};
        l.system = wfpw_sim_system(l.sim);
        wfpw_sim_fail_nth(l.sim, 1 + i / 4, codes[i % 4]);
        int status = live_through(&l, codes[i % 4] != 87); /* a refusal is taken for good */
        wfpw_sim_fail_nth(l.sim, 0, 0);
        if (status != WFPW_OK) {
            failed++;
            assert_told(&l, status);
            assert_int_equal(l.e.os_code, codes[i % 4]);
        }
        repair(&l);
        machine_free(l.sim);
    }
    assert_true(failed > 4 * 5);
}

/* Each call of one function from now on: the closing's too. */
static void test_calls_fail_for_good(void **state)
{
    static const char *const scripts[] = {
        "fail call=FwpmEngineOpen0 code=1722 times=1000000",
        "fail call=FwpmEngineGetOption0 code=5 times=1000000",
        "fail call=FwpmEngineSetOption0 code=5 times=1000000",
        "fail call=FwpmEngineClose0 code=5 times=1000000",
        "stop",
    };
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct life l = {.sim = machine_new(11)};
        wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(l.sim)};
        wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_IPSEC, .watch_ms = WATCH_MS};
        wfpw_session *s;
        assert_int_equal(wfpw_open(&o, &s, &l.e), WFPW_OK);
        assert_int_equal(wfpw_add_live(s, &live, &l.e), WFPW_OK);
        machine_play(l.sim, scripts[i]);
        wfpw_close(s);
        os_mutex_lock(&l.sim->lock);
        memset(l.sim->rules, 0, sizeof l.sim->rules);
        os_mutex_unlock(&l.sim->lock);
        machine_play(l.sim, "start");
        repair(&l);
        machine_free(l.sim);
    }
}

static void test_nth_call_of_the_store(void **state)
{
    static const int statuses[] = {WFPW_E_ACCESS, WFPW_E_IO, WFPW_E_TIMEOUT, WFPW_E_LEASE};
    int failed = 0;
    (void)state;
    for (uint64_t i = 0; i < 4 * 30; i++) {
        struct failing x;
        struct life l = {.sim = machine_new(11)};
        failing_init(&x, l.sim, 1 + i / 4, statuses[i % 4]);
        l.system = &x.system;
        int status = live_through(&l, true);
        if (status != WFPW_OK) {
            failed++;
            assert_told(&l, status);
            assert_int_equal(status, statuses[i % 4]);
            assert_memory_equal(l.e.where, "leases", 6);
        }
        /* A close that could not write leaves its lease to live as long as this process does. */
        if (!machine_is(l.sim, FOUND_COLLECT, FOUND_KEYWORDS, FOUND_IPSEC))
            machine_play(l.sim, "reboot");
        repair(&l);
        machine_free(l.sim);
    }
    assert_true(failed >= 3 * 5); /* who is refused (E_ACCESS) goes on without */
}

static void test_nth_allocation(void **state)
{
    int failed = 0;
    (void)state;
    for (uint64_t nth = 1; failed >= 0; nth++) {
        struct heap heap;
        struct life l = {.sim = machine_new(11), .allocator = &heap.allocator};
        heap_init(&heap);
        heap.fail_at = nth;
        l.system = wfpw_sim_system(l.sim);
        int status = live_through(&l, true);
        assert_true(status == WFPW_OK || status == WFPW_E_NOMEM);
        if (status == WFPW_OK)
            assert_true(failed >= 4); /* the session, the service, its queues, the leases */
        failed = status == WFPW_OK ? -1 : failed + 1;
        machine_assert_as_found(l.sim);
        assert_int_equal(os_u64_load(&heap.live), 0);
        machine_free(l.sim);
    }
}

/* What is asked of the host: nothing it lacks is a crash, everything is a row or an error. */
static void test_check_and_restore_fail(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 16; nth++) {
        struct life l = {.sim = machine_new(11)};
        wfpw_row rows[16] = {{.size = sizeof *rows}};
        wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(l.sim)};
        wfpw_sim_fail_nth(l.sim, nth, 1722);
        int n = wfpw_check(&o, rows, 16, &l.e), wrong = 0;
        assert_in_range(n, 2, 16);
        for (int i = 0; i < n; i++)
            wrong += rows[i].level == 1 && rows[i].os_code == 1722 && rows[i].remedy[0] != 0;
        /* opening, three options, three rights; letting go of the first of those tells nothing */
        assert_int_equal(wrong, nth <= 8 && nth != 6);
        machine_free(l.sim);
    }
    struct heap heap;
    heap_init(&heap);
    heap.fail_at = 1;
    struct life l = {.sim = machine_new(11)};
    wfpw_options o = {
        .size = sizeof o, .system = wfpw_sim_system(l.sim), .allocator = &heap.allocator};
    assert_int_equal(wfpw_check(&o, NULL, 0, &l.e), WFPW_E_NOMEM);
    heap.fail_at = 2;
    assert_int_equal(wfpw_restore(&o, &l.e), WFPW_E_NOMEM);
    assert_int_equal(os_u64_load(&heap.live), 0);
    machine_free(l.sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nth_call_of_the_engine), cmocka_unit_test(test_calls_fail_for_good),
        cmocka_unit_test(test_nth_call_of_the_store),  cmocka_unit_test(test_nth_allocation),
        cmocka_unit_test(test_check_and_restore_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
