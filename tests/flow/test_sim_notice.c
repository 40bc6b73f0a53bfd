/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Notices of the simulated policy's changes, and what a restart does to it. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/system.h"

enum { NOTICES = 64 };

struct watch {
    wfpw_sim *sim;
    void *ctx, *handle, *subscription;
    const struct system_engine *engine;
    const struct system_policy *policy;
    os_u32 count, blocked, entered;
    FWPM_FILTER_CHANGE0 changes[NOTICES];
};

static void FWP_CALLBACK on_change(void *context, const FWPM_FILTER_CHANGE0 *change)
{
    struct watch *w = context;
    uint32_t at = os_u32_load(&w->count);
    if (at < NOTICES)
        w->changes[at] = *change;
    os_u32_store(&w->count, at + 1);
    os_u32_store(&w->entered, 1);
    while (os_u32_load(&w->blocked) != 0)
        os_sleep_ms(1);
}

static void connect(struct watch *w)
{
    const FWPM_SESSION0 session = {0};
    assert_int_equal(w->engine->open(w->ctx, &session, &w->handle), 0);
}

static uint32_t subscribe(struct watch *w, uint32_t flags)
{
    const FWPM_FILTER_SUBSCRIPTION0 s = {.flags = flags};
    return w->policy->subscribe_changes(w->ctx, w->handle, &s, on_change, w, &w->subscription);
}

static void unsubscribe(struct watch *w)
{
    assert_int_equal(w->policy->unsubscribe_changes(w->ctx, w->handle, w->subscription), 0);
}

static struct watch *open_watch(void)
{
    struct watch *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_int_equal(wfpw_sim_new(11, &w->sim), WFPW_OK);
    const struct wfpw_system *system = wfpw_sim_system(w->sim);
    w->ctx = system->ctx;
    w->engine = system->engine;
    w->policy = system->policy;
    connect(w);
    assert_int_equal(subscribe(w, FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD |
                                      FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE),
                     0);
    return w;
}

static void close_watch(struct watch *w)
{
    assert_int_equal(w->engine->close(w->ctx, w->handle), 0);
    assert_int_equal(wfpw_sim_count(w->sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 0);
    assert_int_equal(wfpw_sim_count(w->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(w->sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(w->sim);
    free(w);
}

static void play(struct watch *w, const char *script)
{
    wfpw_error error;
    if (wfpw_sim_play(w->sim, script, &error) != WFPW_OK)
        fail_msg("%s at %llu", error.text, (unsigned long long)error.position);
}

static void expect(const struct watch *w, uint32_t at, uint32_t type, uint64_t id)
{
    assert_true(at < os_u32_load(&w->count));
    assert_int_equal(w->changes[at].changeType, type);
    assert_int_equal(w->changes[at].filterId, id);
}

/* ---- notices -------------------------------------------------------------------------------- */

static void test_came_and_went(void **state)
{
    static const FWP_GUID key = {.Data1 = 0x11111111, .Data4 = {0, 0, 0, 0, 0, 0, 0, 7}};
    struct watch *w = open_watch();
    (void)state;
    assert_int_equal(wfpw_sim_count(w->sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 1);
    play(w, "filter id=7 key={11111111-0000-0000-0000-000000000007}; unfilter id=7");
    assert_int_equal(os_u32_load(&w->count), 2);
    expect(w, 0, FWPM_CHANGE_ADD, 7);
    expect(w, 1, FWPM_CHANGE_DELETE, 7);
    assert_memory_equal(&w->changes[1].filterKey, &key, sizeof key);
    play(w, "provider key={11111111-0000-0000-0000-000000000008}"); /* no filter, no notice */
    assert_int_equal(os_u32_load(&w->count), 2);
    unsubscribe(w);
    play(w, "filter id=8");
    assert_int_equal(os_u32_load(&w->count), 2);
    close_watch(w);
}

static void test_replaced(void **state)
{
    struct watch *w = open_watch();
    (void)state;
    play(w, "filter id=7; filter id=7 name=again");
    assert_int_equal(os_u32_load(&w->count), 3);
    expect(w, 1, FWPM_CHANGE_DELETE, 7);
    expect(w, 2, FWPM_CHANGE_ADD, 7);
    close_watch(w);
}

static void test_only_what_was_asked_for(void **state)
{
    struct watch *w = open_watch();
    (void)state;
    unsubscribe(w);
    assert_int_equal(subscribe(w, 0), FWP_E_INVALID_FLAGS);
    assert_int_equal(subscribe(w, 4), FWP_E_INVALID_FLAGS);
    assert_int_equal(subscribe(w, FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE), 0);
    play(w, "filter id=7; unfilter id=7");
    assert_int_equal(os_u32_load(&w->count), 1);
    expect(w, 0, FWPM_CHANGE_DELETE, 7);
    close_watch(w);
}

static void test_lost_and_late(void **state)
{
    struct watch *w = open_watch();
    (void)state;
    play(w, "notices lose 2; filter id=1; filter id=2; filter id=3");
    assert_int_equal(os_u32_load(&w->count), 1);
    expect(w, 0, FWPM_CHANGE_ADD, 3);
    play(w, "notices hold; filter id=4; unfilter id=4");
    assert_int_equal(os_u32_load(&w->count), 1);
    play(w, "notices give");
    assert_int_equal(os_u32_load(&w->count), 3);
    expect(w, 1, FWPM_CHANGE_ADD, 4);
    expect(w, 2, FWPM_CHANGE_DELETE, 4);
    play(w, "filter id=5; notices hold; filter id=6");
    assert_int_equal(os_u32_load(&w->count), 4);
    close_watch(w); /* one is still held */
}

static void player(void *ctx)
{
    struct watch *w = ctx;
    play(w, "filter id=1");
}

static void unsubscriber(void *ctx)
{
    struct watch *w = ctx;
    unsubscribe(w);
    os_u32_store(&w->entered, 2);
}

/* Unsubscribing waits for a callback that runs. */
static void test_unsubscribing_waits(void **state)
{
    struct watch *w = open_watch();
    os_thread playing, ending;
    (void)state;
    os_u32_store(&w->blocked, 1);
    assert_true(os_thread_start(&playing, player, w));
    while (os_u32_load(&w->entered) == 0)
        os_sleep_ms(1);
    assert_true(os_thread_start(&ending, unsubscriber, w));
    while (wfpw_sim_count(w->sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS) != 0)
        os_sleep_ms(1);
    os_sleep_ms(5);
    assert_int_equal(os_u32_load(&w->entered), 1);
    os_u32_store(&w->blocked, 0);
    os_thread_join(&ending);
    os_thread_join(&playing);
    assert_int_equal(os_u32_load(&w->entered), 2);
    close_watch(w);
}

/* The policy changes while another thread lists it. */
static void changer(void *ctx)
{
    struct watch *w = ctx;
    for (int i = 0; i < 200; i++)
        play(w, "filters 5 from=1; unfilter id=3; notices hold; filter id=9; notices give");
    os_u32_store(&w->entered, 2);
}

static void test_listing_beside_changes(void **state)
{
    struct watch *w = open_watch();
    os_thread changing;
    uint32_t n;
    (void)state;
    assert_true(os_thread_start(&changing, changer, w));
    while (os_u32_load(&w->entered) != 2) {
        void *handle, **entries, *page;
        assert_int_equal(w->policy->create_enum[LIST_FILTERS](w->ctx, w->handle, NULL, &handle), 0);
        assert_int_equal(
            w->policy->enumerate[LIST_FILTERS](w->ctx, w->handle, handle, UINT32_MAX, &entries, &n),
            0);
        for (uint32_t i = 0; i < n; i++) /* whole, whatever has become of it */
            assert_in_range(((const FWPM_FILTER0 *)entries[i])->filterId, 1, 9);
        page = entries;
        w->engine->free(w->ctx, &page);
        assert_int_equal(w->policy->destroy_enum[LIST_FILTERS](w->ctx, w->handle, handle), 0);
    }
    os_thread_join(&changing);
    close_watch(w);
}

static void test_each_call_can_fail(void **state)
{
    struct watch *w = open_watch();
    FWPM_FILTER0 *f;
    (void)state;
    play(w, "fail call=FwpmFilterSubscribeChanges0 code=5; fail call=FwpmFilterGetById0 code=6;"
            "fail call=FwpmFilterUnsubscribeChanges0 code=7");
    assert_int_equal(w->policy->unsubscribe_changes(w->ctx, w->handle, w->subscription), 7);
    assert_int_equal(subscribe(w, FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD), 5);
    assert_int_equal(w->policy->filter_get(w->ctx, w->handle, 1, &f), 6);
    close_watch(w);
}

static void getter(void *ctx)
{
    struct watch *w = ctx;
    FWPM_FILTER0 *f;
    assert_int_equal(w->policy->filter_get(w->ctx, w->handle, 1, &f), FWP_E_FILTER_NOT_FOUND);
    os_u32_store(&w->entered, 1);
}

/* A call that hangs keeps nobody else from the policy. */
static void test_a_call_can_hang(void **state)
{
    struct watch *w = open_watch();
    os_thread getting;
    (void)state;
    play(w, "hang call=FwpmFilterGetById0");
    uint64_t calls = wfpw_sim_count(w->sim, WFPW_SIM_CALLS);
    assert_true(os_thread_start(&getting, getter, w));
    while (wfpw_sim_count(w->sim, WFPW_SIM_CALLS) == calls)
        os_sleep_ms(1);
    unsubscribe(w);
    assert_int_equal(os_u32_load(&w->entered), 0);
    play(w, "release");
    os_thread_join(&getting);
    assert_int_equal(os_u32_load(&w->entered), 1);
    close_watch(w);
}

/* ---- the service ---------------------------------------------------------------------------- */

static uint32_t get(struct watch *w, uint64_t id)
{
    FWPM_FILTER0 *f = NULL;
    uint32_t code = w->policy->filter_get(w->ctx, w->handle, id, &f);
    void *p = f;
    if (f != NULL)
        w->engine->free(w->ctx, &p);
    return code;
}

static uint64_t id_by_key(struct watch *w, uint8_t last)
{
    const FWP_GUID key = {.Data1 = 0x11111111, .Data4 = {0, 0, 0, 0, 0, 0, 0, last}};
    void *out = NULL;
    if (w->policy->get_by_key[LIST_FILTERS](w->ctx, w->handle, &key, &out) != 0)
        return 0;
    uint64_t id = ((const FWPM_FILTER0 *)out)->filterId;
    w->engine->free(w->ctx, &out);
    return id;
}

static void test_restart(void **state)
{
    struct watch *w = open_watch();
    (void)state;
    play(w, "filter id=1 key={11111111-0000-0000-0000-000000000001};"
            "filter id=2 key={11111111-0000-0000-0000-000000000002} flags=persistent;"
            "filter id=3 key={11111111-0000-0000-0000-000000000003} flags=boottime;"
            "provider key={11111111-0000-0000-0000-000000000004}; stop");
    assert_int_equal(get(w, 2), FWP_RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(wfpw_sim_count(w->sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 0);
    play(w, "start; filter id=9");
    assert_int_equal(get(w, 2), FWP_E_SESSION_ABORTED);
    assert_int_equal(os_u32_load(&w->count), 3); /* the subscription has died */
    assert_int_equal(w->engine->close(w->ctx, w->handle), 0);
    connect(w);
    assert_int_equal(id_by_key(w, 1), 0);
    assert_true(id_by_key(w, 2) > 3);
    assert_int_equal(id_by_key(w, 3), 3);
    assert_int_equal(get(w, 2), FWP_E_FILTER_NOT_FOUND);
    assert_int_equal(get(w, 9), 0);
    close_watch(w);
}

/* As many filters as a large host has, and changes among them. */
static void test_many(void **state)
{
    struct watch *w = open_watch();
    void *handle, **entries;
    uint32_t n, all = 0;
    char script[64];
    (void)state;
    play(w, "filters 100000 from=1");
    assert_int_equal(os_u32_load(&w->count), 100000);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(script, sizeof script, "unfilter id=%d; filter id=%d", 7 * i + 1,
                       200000 + i);
        play(w, script);
    }
    assert_int_equal(w->policy->create_enum[LIST_FILTERS](w->ctx, w->handle, NULL, &handle), 0);
    do {
        assert_int_equal(
            w->policy->enumerate[LIST_FILTERS](w->ctx, w->handle, handle, 4096, &entries, &n), 0);
        all += n;
        void *p = entries;
        w->engine->free(w->ctx, &p);
    } while (n > 0);
    assert_int_equal(all, 100000);
    assert_int_equal(w->policy->destroy_enum[LIST_FILTERS](w->ctx, w->handle, handle), 0);
    close_watch(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_came_and_went),
        cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_only_what_was_asked_for),
        cmocka_unit_test(test_lost_and_late),
        cmocka_unit_test(test_unsubscribing_waits),
        cmocka_unit_test(test_listing_beside_changes),
        cmocka_unit_test(test_each_call_can_fail),
        cmocka_unit_test(test_a_call_can_hang),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
