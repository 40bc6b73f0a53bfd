/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The simulated policy, asked as the library asks Windows: one test a fact. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/system.h"
#include "codes/wfp_symbols.h"

struct engine {
    wfpw_sim *sim;
    void *ctx, *handle;
    const struct system_engine *engine;
    const struct system_policy *policy;
};

static void open_engine(struct engine *e)
{
    const FWPM_SESSION0 session = {.txnWaitTimeoutInMSec = 1000};
    assert_int_equal(wfpw_sim_new(11, &e->sim), WFPW_OK);
    const struct wfpw_system *system = wfpw_sim_system(e->sim);
    e->ctx = system->ctx;
    e->engine = system->engine;
    e->policy = system->policy;
    assert_non_null(e->policy);
    assert_int_equal(e->engine->open(e->ctx, &session, &e->handle), 0);
}

static void close_engine(struct engine *e)
{
    assert_int_equal(e->engine->close(e->ctx, e->handle), 0);
    assert_int_equal(wfpw_sim_count(e->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(e->sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 0);
    assert_int_equal(wfpw_sim_count(e->sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(e->sim);
}

static void play(struct engine *e, const char *script)
{
    wfpw_error error;
    if (wfpw_sim_play(e->sim, script, &error) != WFPW_OK)
        fail_msg("%s at %llu", error.text, (unsigned long long)error.position);
}

/* A page of a list, made from a template; the handle is gone after it. */
static void **take(struct engine *e, enum system_list list, const void *t, uint32_t *count)
{
    void *handle = NULL, **entries = NULL;
    assert_int_equal(e->policy->create_enum[list](e->ctx, e->handle, t, &handle), 0);
    assert_int_equal(
        e->policy->enumerate[list](e->ctx, e->handle, handle, UINT32_MAX, &entries, count), 0);
    assert_int_equal(e->policy->destroy_enum[list](e->ctx, e->handle, handle), 0);
    return entries;
}

static void give_back(struct engine *e, void *p)
{
    e->engine->free(e->ctx, &p);
    assert_null(p);
}

static uint32_t count_filters(struct engine *e, const FWPM_FILTER_ENUM_TEMPLATE0 *t)
{
    uint32_t n;
    give_back(e, take(e, LIST_FILTERS, t, &n));
    return n;
}

static FWP_GUID key_of(const char *symbol)
{
    FWP_GUID key;
    memcpy(&key, wfp_symbol_guid(wfp_symbol_find(symbol, strlen(symbol))), sizeof key);
    return key;
}

static void assert_wide(const uint16_t *s, const char *want)
{
    size_t i = 0;
    assert_non_null(s);
    for (; want[i] != 0; i++)
        assert_int_equal(s[i], (uint8_t)want[i]);
    assert_int_equal(s[i], 0);
}

/* ---- what there is at first ----------------------------------------------------------------- */

static void test_a_new_engine(void **state)
{
    struct engine e;
    uint32_t n;
    (void)state;
    open_engine(&e);
    void **layers = take(&e, LIST_LAYERS, NULL, &n);
    assert_int_equal(n, WFP_SYMBOL_LAYERS);
    for (uint32_t i = 0; i < n; i++) {
        const FWPM_LAYER0 *l = layers[i];
        assert_int_equal(l->layerId, i);
        assert_wide(l->displayData.name, wfp_symbol_layer_name(i));
    }
    give_back(&e, layers);
    give_back(&e, take(&e, LIST_SUBLAYERS, NULL, &n));
    assert_true(n >= 17);
    give_back(&e, take(&e, LIST_PROVIDERS, NULL, &n));
    assert_int_equal(n, 9);
    assert_int_equal(count_filters(&e, NULL), 0);
    close_engine(&e);
}

static const char everything[] =
    "provider key={11111111-0000-0000-0000-000000000001} name=Agent service=agent\n"
    "sublayer key={11111111-0000-0000-0000-000000000002} name=Ours weight=77\n"
    "callout key={11111111-0000-0000-0000-000000000003} name=Look layer=48 id=9\n"
    "context key={11111111-0000-0000-0000-000000000004} provider=MPSSVC_WF data=Stealth\n"
    "filter id=70210 name=\"Block it\" description=why layer=ALE_AUTH_RECV_ACCEPT_V6 weight=3"
    " provider={11111111-0000-0000-0000-000000000001} action=callout flags=indexed,0x8000"
    " sublayer={11111111-0000-0000-0000-000000000002} key={11111111-0000-0000-0000-000000000005}"
    " callout={11111111-0000-0000-0000-000000000003}"
    " context={11111111-0000-0000-0000-000000000004}"
    " condition=\"local port in 80-90\" condition=\"app id = \\\\device\\\\x.exe\"\n";

static void assert_filter(const FWPM_FILTER0 *f)
{
    FWP_GUID layer = key_of("FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V6");
    FWP_GUID port = key_of("FWPM_CONDITION_IP_LOCAL_PORT");
    assert_wide(f->displayData.name, "Block it");
    assert_wide(f->displayData.description, "why");
    assert_int_equal(f->filterId, 70210);
    assert_int_equal(f->flags,
                     0x8000 | FWPM_FILTER_FLAG_INDEXED | FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT);
    assert_memory_equal(&f->layerKey, &layer, sizeof layer);
    assert_int_equal(f->providerKey->Data4[7], 1);
    assert_int_equal(f->subLayerKey.Data4[7], 2);
    assert_int_equal(f->action.type, FWP_ACTION_CALLOUT_TERMINATING);
    assert_int_equal(f->action.calloutKey.Data4[7], 3);
    assert_int_equal(f->providerContextKey.Data4[7], 4);
    assert_int_equal(f->weight.type, FWP_UINT8);
    assert_int_equal(f->weight.uint8, 3);
    assert_int_equal(*f->effectiveWeight.uint64, (uint64_t)3 << 60);
    assert_int_equal(f->numFilterConditions, 2);
    assert_memory_equal(&f->filterCondition[0].fieldKey, &port, sizeof port);
    assert_int_equal(f->filterCondition[0].conditionValue.rangeValue->valueHigh.uint16, 90);
    assert_int_equal(f->filterCondition[1].conditionValue.byteBlob->size, 2 * 16);
}

static void test_what_a_script_says(void **state)
{
    struct engine e;
    uint32_t n;
    (void)state;
    open_engine(&e);
    play(&e, everything);
    void **filters = take(&e, LIST_FILTERS, NULL, &n), **contexts, **callouts;
    assert_int_equal(n, 1);
    assert_filter(filters[0]);
    give_back(&e, filters);
    contexts = take(&e, LIST_CONTEXTS, NULL, &n);
    assert_int_equal(n, 1);
    const FWPM_PROVIDER_CONTEXT0 *c = contexts[0];
    assert_int_equal(c->type, FWPM_GENERAL_CONTEXT);
    assert_int_equal(c->dataBuffer->size, 16);
    give_back(&e, contexts);
    callouts = take(&e, LIST_CALLOUTS, NULL, &n);
    assert_int_equal(((const FWPM_CALLOUT0 *)callouts[0])->calloutId, 9);
    give_back(&e, callouts);
    close_engine(&e);
}

/* Each form of a condition, as raw as the engine would give it. */
static void test_conditions(void **state)
{
    struct engine e;
    FWPM_FILTER0 *f;
    (void)state;
    open_engine(&e);
    play(&e, "filter id=1 condition=\"remote address = 10.0.0.0/8\" condition=\"protocol = tcp\""
             " condition=\"remote address in fe80::1-fe80::9\" condition=\"local port != 80\""
             " condition=\"FWPM_CONDITION_FLAGS has 1\" condition=\"ip local interface = 5\""
             " condition=\"package id = S-1-5-18\" condition=\"peer name is someone\""
             " condition=\"local address = fd00::/12\" condition=\"remote port >= 1024\"");
    assert_int_equal(e.policy->filter_get(e.ctx, e.handle, 1, &f), 0);
    const FWPM_FILTER_CONDITION0 *c = f->filterCondition;
    assert_int_equal(f->numFilterConditions, 10);
    assert_int_equal(c[0].conditionValue.type, FWP_V4_ADDR_MASK);
    assert_int_equal(c[0].conditionValue.v4AddrMask->addr, 0x0A000000);
    assert_int_equal(c[0].conditionValue.v4AddrMask->mask, 0xFF000000);
    assert_int_equal(c[1].conditionValue.type, FWP_UINT8);
    assert_int_equal(c[1].conditionValue.uint8, 6);
    assert_int_equal(c[2].matchType, FWP_MATCH_RANGE);
    assert_int_equal(c[2].conditionValue.rangeValue->valueHigh.byteArray16->byteArray16[15], 9);
    assert_int_equal(c[3].matchType, FWP_MATCH_NOT_EQUAL);
    assert_int_equal(c[3].conditionValue.uint16, 80);
    assert_int_equal(c[4].matchType, FWP_MATCH_FLAGS_ALL_SET);
    assert_int_equal(c[4].conditionValue.uint32, 1);
    assert_int_equal(*c[5].conditionValue.uint64, 5);
    assert_int_equal(c[6].conditionValue.sid->SubAuthority[0], 18);
    assert_int_equal(c[7].matchType, FWP_MATCH_EQUAL_CASE_INSENSITIVE);
    assert_wide(c[7].conditionValue.unicodeString, "someone");
    assert_int_equal(c[8].conditionValue.v6AddrMask->prefixLength, 12);
    assert_int_equal(c[9].matchType, FWP_MATCH_GREATER_OR_EQUAL);
    give_back(&e, f);
    close_engine(&e);
}

/* ---- by key, by id -------------------------------------------------------------------------- */

static void test_each_by_its_key(void **state)
{
    static const uint32_t absent[SYSTEM_LISTS] = {
        FWP_E_LAYER_NOT_FOUND,   FWP_E_PROVIDER_NOT_FOUND,         FWP_E_SUBLAYER_NOT_FOUND,
        FWP_E_CALLOUT_NOT_FOUND, FWP_E_PROVIDER_CONTEXT_NOT_FOUND, FWP_E_FILTER_NOT_FOUND};
    static const uint8_t last[SYSTEM_LISTS] = {0, 1, 2, 3, 4, 5};
    struct engine e;
    void *out = NULL;
    (void)state;
    open_engine(&e);
    play(&e, everything);
    for (int list = 0; list < SYSTEM_LISTS; list++) {
        FWP_GUID key = {.Data1 = 0x11111111, .Data4 = {0, 0, 0, 0, 0, 0, 0, last[list]}};
        uint32_t code = e.policy->get_by_key[list](e.ctx, e.handle, &key, &out);
        assert_int_equal(code, list == LIST_LAYERS ? absent[list] : 0);
        if (code == 0) {
            assert_memory_equal(out, &key, sizeof key); /* each struct starts with its key */
            give_back(&e, out);
        }
        key.Data2 = 9;
        assert_int_equal(e.policy->get_by_key[list](e.ctx, e.handle, &key, &out), absent[list]);
    }
    close_engine(&e);
}

static void test_filter_by_id(void **state)
{
    struct engine e;
    FWPM_FILTER0 *f = NULL;
    (void)state;
    open_engine(&e);
    play(&e, everything);
    assert_int_equal(e.policy->filter_get(e.ctx, e.handle, 70210, &f), 0);
    assert_filter(f);
    give_back(&e, f);
    assert_int_equal(e.policy->filter_get(e.ctx, e.handle, 70211, &f), FWP_E_FILTER_NOT_FOUND);
    play(&e, "unfilter id=70210");
    assert_int_equal(wfpw_sim_play(e.sim, "unfilter id=70210", NULL), WFPW_E_SYNTAX); /* none */
    assert_int_equal(e.policy->filter_get(e.ctx, e.handle, 70210, &f), FWP_E_FILTER_NOT_FOUND);
    close_engine(&e);
}

static void test_success_with_nothing(void **state)
{
    struct engine e;
    FWPM_FILTER0 room, *f = &room;
    (void)state;
    open_engine(&e);
    play(&e, "filter id=5; get_nothing 1");
    assert_int_equal(e.policy->filter_get(e.ctx, e.handle, 5, &f), 0);
    assert_null(f);
    assert_int_equal(e.policy->filter_get(e.ctx, e.handle, 5, &f), 0);
    give_back(&e, f);
    close_engine(&e);
}

/* A filter under a key or an id that is taken replaces who has it. */
static void test_replacing(void **state)
{
    struct engine e;
    (void)state;
    open_engine(&e);
    play(&e, "filter id=5 key={11111111-0000-0000-0000-000000000005}; filter id=6");
    play(&e, "filter id=6 key={11111111-0000-0000-0000-000000000005}");
    assert_int_equal(count_filters(&e, NULL), 1);
    close_engine(&e);
}

/* ---- enumeration ---------------------------------------------------------------------------- */

static void test_snapshot(void **state)
{
    struct engine e;
    void *handle, **entries;
    uint32_t n;
    (void)state;
    open_engine(&e);
    play(&e, "filters 10 from=100");
    assert_int_equal(e.policy->create_enum[LIST_FILTERS](e.ctx, e.handle, NULL, &handle), 0);
    play(&e, "unfilter id=104; filters 3 from=200");
    uint32_t (*next)(void *, void *, void *, uint32_t, void ***, uint32_t *) =
        e.policy->enumerate[LIST_FILTERS];
    uint64_t id = 100;
    for (uint32_t page = 0; page < 4; page++) { /* 4, 4, 2 and nothing */
        assert_int_equal(next(e.ctx, e.handle, handle, 4, &entries, &n), 0);
        assert_int_equal(n, page < 2 ? 4 : page == 2 ? 2 : 0);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(((const FWPM_FILTER0 *)entries[i])->filterId, id++);
        give_back(&e, entries);
    }
    assert_int_equal(id, 110);
    assert_int_equal(e.policy->destroy_enum[LIST_FILTERS](e.ctx, e.handle, handle), 0);
    assert_int_equal(count_filters(&e, NULL), 12);
    close_engine(&e);
}

static void test_boottime_and_disabled(void **state)
{
    static const struct {
        uint32_t flags, count;
    } cases[] = {
        {0, 2},
        {FWP_FILTER_ENUM_FLAG_INCLUDE_BOOTTIME, 3},
        {FWP_FILTER_ENUM_FLAG_INCLUDE_DISABLED, 3},
        {FWP_FILTER_ENUM_FLAG_INCLUDE_BOOTTIME | FWP_FILTER_ENUM_FLAG_INCLUDE_DISABLED, 5},
        {FWP_FILTER_ENUM_FLAG_BOOTTIME_ONLY, 1},
    };
    struct engine e;
    (void)state;
    open_engine(&e);
    play(&e, "filters 2; filter flags=boottime; filter flags=disabled;"
             "filter flags=boottime,disabled; filter layer=50");
    assert_int_equal(count_filters(&e, NULL), 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FWPM_FILTER_ENUM_TEMPLATE0 t = {.layerKey = key_of("FWPM_LAYER_ALE_AUTH_CONNECT_V4"),
                                        .flags = cases[i].flags,
                                        .actionMask = UINT32_MAX};
        assert_int_equal(count_filters(&e, &t), cases[i].count);
    }
    close_engine(&e);
}

static void test_templates(void **state)
{
    struct engine e;
    FWP_GUID wf = key_of("FWPM_PROVIDER_MPSSVC_WF");
    FWP_GUID drop = key_of("FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP");
    FWPM_FILTER_ENUM_TEMPLATE0 t = {.layerKey = key_of("FWPM_LAYER_ALE_AUTH_CONNECT_V4"),
                                    .actionMask = UINT32_MAX};
    (void)state;
    open_engine(&e);
    play(&e, "filter provider=MPSSVC_WF; filter action=permit; filter layer=44;"
             "filter action=callout callout=WFP_TRANSPORT_LAYER_V4_SILENT_DROP");
    assert_int_equal(count_filters(&e, &t), 3);
    t.actionMask = FWP_ACTION_FLAG_CALLOUT;
    assert_int_equal(count_filters(&e, &t), 1);
    t.actionMask = UINT32_MAX;
    t.calloutKey = &drop;
    assert_int_equal(count_filters(&e, &t), 1);
    t.calloutKey = NULL;
    t.providerKey = &wf;
    assert_int_equal(count_filters(&e, &t), 1);
    close_engine(&e);
}

static void expect_refused(struct engine *e, const FWPM_FILTER_ENUM_TEMPLATE0 *t, uint32_t code)
{
    void *handle;
    assert_int_equal(e->policy->create_enum[LIST_FILTERS](e->ctx, e->handle, t, &handle), code);
}

static void test_templates_that_are_refused(void **state)
{
    struct engine e;
    FWPM_FILTER_ENUM_TEMPLATE0 t = {.layerKey = key_of("FWPM_LAYER_ALE_AUTH_CONNECT_V4")};
    (void)state;
    open_engine(&e);
    expect_refused(&e, &t, FWP_E_NEVER_MATCH);
    t.actionMask = UINT32_MAX;
    t.flags = FWP_FILTER_ENUM_FLAG_RESERVED1;
    expect_refused(&e, &t, FWP_E_INVALID_FLAGS);
    t.flags = 0;
    t.layerKey = (FWP_GUID){0};
    expect_refused(&e, &t, FWP_E_LAYER_NOT_FOUND);
    play(&e, "zero_layer on; filter layer=44; filter");
    assert_int_equal(count_filters(&e, &t), 2);
    close_engine(&e);
}

static void test_sorted(void **state)
{
    struct engine e;
    uint32_t n;
    FWPM_FILTER_ENUM_TEMPLATE0 t = {.layerKey = key_of("FWPM_LAYER_ALE_AUTH_CONNECT_V4"),
                                    .flags = FWP_FILTER_ENUM_FLAG_SORTED,
                                    .actionMask = UINT32_MAX};
    (void)state;
    open_engine(&e);
    play(&e, "filter id=1 weight=2; filter id=2 weight=9; filter id=3 weight=5");
    void **f = take(&e, LIST_FILTERS, &t, &n);
    assert_int_equal(((const FWPM_FILTER0 *)f[0])->filterId, 2);
    assert_int_equal(((const FWPM_FILTER0 *)f[1])->filterId, 3);
    assert_int_equal(((const FWPM_FILTER0 *)f[2])->filterId, 1);
    give_back(&e, f);
    close_engine(&e);
}

/* One allocation a call, and one free; a handle that is none is no crash. */
static void test_memory(void **state)
{
    struct engine e;
    uint32_t n;
    void **list, *handle = &e;
    (void)state;
    open_engine(&e);
    play(&e, everything);
    list = take(&e, LIST_FILTERS, NULL, &n);
    assert_int_equal(wfpw_sim_count(e.sim, WFPW_SIM_ALLOCATIONS), 1);
    give_back(&e, list);
    assert_int_equal(e.policy->create_enum[LIST_FILTERS](e.ctx, e.handle, NULL, &handle), 0);
    assert_int_equal(wfpw_sim_count(e.sim, WFPW_SIM_ALLOCATIONS), 1);
    assert_int_equal(e.policy->destroy_enum[LIST_LAYERS](e.ctx, e.handle, handle), 0);
    assert_int_equal(wfpw_sim_count(e.sim, WFPW_SIM_MISUSES), 1); /* of another list */
    assert_int_equal(e.policy->enumerate[LIST_FILTERS](e.ctx, e.handle, &e, 1, &list, &n),
                     FWP_E_INVALID_ENUMERATOR);
    assert_int_equal(wfpw_sim_count(e.sim, WFPW_SIM_MISUSES), 2);
    assert_int_equal(e.policy->destroy_enum[LIST_FILTERS](e.ctx, e.handle, handle), 0);
    assert_int_equal(e.engine->close(e.ctx, e.handle), 0);
    wfpw_sim_free(e.sim);
}

/* ---- failures ------------------------------------------------------------------------------- */

static void test_each_call_can_fail(void **state)
{
    static const char *const names[SYSTEM_LISTS] = {"Layer",   "Provider",        "SubLayer",
                                                    "Callout", "ProviderContext", "Filter"};
    struct engine e;
    char script[256];
    (void)state;
    open_engine(&e);
    for (int list = 0; list < SYSTEM_LISTS; list++) {
        void *handle = NULL, **entries, *out;
        FWP_GUID key = {0};
        uint32_t n;
        (void)snprintf(script, sizeof script,
                       "fail call=Fwpm%sCreateEnumHandle0 code=5; fail call=Fwpm%sEnum0 code=6;"
                       "fail call=Fwpm%sGetByKey0 code=7",
                       names[list], names[list], names[list]);
        play(&e, script);
        assert_int_equal(e.policy->create_enum[list](e.ctx, e.handle, NULL, &handle), 5);
        assert_int_equal(e.policy->create_enum[list](e.ctx, e.handle, NULL, &handle), 0);
        assert_int_equal(e.policy->enumerate[list](e.ctx, e.handle, handle, 1, &entries, &n), 6);
        assert_int_equal(e.policy->get_by_key[list](e.ctx, e.handle, &key, &out), 7);
        (void)snprintf(script, sizeof script, "fail call=Fwpm%sDestroyEnumHandle0 code=8",
                       names[list]);
        play(&e, script);
        assert_int_equal(e.policy->destroy_enum[list](e.ctx, e.handle, handle), 8);
    }
    close_engine(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_engine),
        cmocka_unit_test(test_what_a_script_says),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_each_by_its_key),
        cmocka_unit_test(test_filter_by_id),
        cmocka_unit_test(test_success_with_nothing),
        cmocka_unit_test(test_replacing),
        cmocka_unit_test(test_snapshot),
        cmocka_unit_test(test_boottime_and_disabled),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_templates_that_are_refused),
        cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_each_call_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
