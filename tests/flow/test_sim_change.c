/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Changes of the simulated policy through fwpuclnt's functions, as programs make them that add
 * filters: transactions, lifetimes, what is refused. */
#include "sim/policy/sim_change.h"

#include "flow.h"
#include "os/system.h"

static uint16_t name[] = {'x', 0};
static FWP_GUID provider_key = {.Data1 = 0xa1}, other_key = {.Data1 = 0xa2};
static const FWP_GUID connect_v4 = {
    0xc38d57d1, 0x05a7, 0x4c33, {0x90, 0x4f, 0x7f, 0xbc, 0xee, 0xe6, 0x0e, 0x82}};
static const FWP_GUID remote_port = {
    0xc35a604d, 0xd22b, 0x4e1a, {0x91, 0xb4, 0x68, 0xf6, 0x74, 0xee, 0x67, 0x4b}};

static void *open_session(wfpw_sim *sim, uint32_t flags)
{
    const struct wfpw_system *system = wfpw_sim_system(sim);
    const FWPM_SESSION0 session = {.flags = flags};
    void *engine = NULL;
    assert_int_equal(system->engine->open(system->ctx, &session, &engine), 0);
    return engine;
}

static void close_session(wfpw_sim *sim, void *engine)
{
    const struct wfpw_system *system = wfpw_sim_system(sim);
    assert_int_equal(system->engine->close(system->ctx, engine), 0);
}

static wfpw_sim *new_sim(void)
{
    wfpw_sim *sim;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    return sim;
}

static uint32_t add_provider(wfpw_sim *sim, void *engine, FWP_GUID key)
{
    const FWPM_PROVIDER0 p = {.providerKey = key, .displayData.name = name};
    return sim_change_add(sim, engine, LIST_PROVIDERS, &p, NULL);
}

/* Blocks connections to port 4444. */
static FWPM_FILTER0 filter_of(FWPM_FILTER_CONDITION0 *c)
{
    *c = (FWPM_FILTER_CONDITION0){.fieldKey = remote_port,
                                  .conditionValue = {.type = FWP_UINT16, .uint16 = 4444}};
    return (FWPM_FILTER0){.displayData.name = name,
                          .layerKey = connect_v4,
                          .weight.type = FWP_EMPTY,
                          .numFilterConditions = 1,
                          .filterCondition = c,
                          .action.type = FWP_ACTION_BLOCK};
}

static uint64_t error_of_connect(wfpw_sim *sim)
{
    assert_int_equal(
        wfpw_sim_play(sim, "connect protocol=tcp local=127.0.0.1:1 remote=127.0.0.1:4444", NULL),
        WFPW_OK);
    return wfpw_sim_count(sim, WFPW_SIM_SOCKET_ERROR);
}

static void test_transaction(void **state)
{
    FWPM_FILTER_CONDITION0 c;
    FWPM_FILTER0 f = filter_of(&c);
    wfpw_sim *sim = new_sim();
    void *engine = open_session(sim, FWPM_SESSION_FLAG_DYNAMIC);
    uint64_t id = 0;
    (void)state;
    assert_int_equal(sim_transaction_commit(sim, engine), FWP_E_NO_TXN_IN_PROGRESS);
    assert_int_equal(sim_transaction_abort(sim, engine), FWP_E_NO_TXN_IN_PROGRESS);
    assert_int_equal(sim_transaction_begin(sim, engine), 0);
    assert_int_equal(sim_transaction_begin(sim, engine), FWP_E_TXN_IN_PROGRESS);
    f.providerKey = &provider_key;
    assert_int_equal(add_provider(sim, engine, provider_key), 0);
    assert_int_equal(sim_change_add(sim, engine, LIST_FILTERS, &f, &id), 0);
    assert_int_equal(error_of_connect(sim), 0); /* not there before it is committed */
    assert_int_equal(sim_transaction_commit(sim, engine), 0);
    assert_int_equal(error_of_connect(sim), 10013);
    assert_int_equal(sim_transaction_begin(sim, engine), 0);
    assert_int_equal(sim_change_delete(sim, engine, id), 0);
    assert_int_equal(sim_transaction_abort(sim, engine), 0);
    assert_int_equal(error_of_connect(sim), 10013);
    assert_int_equal(sim_change_delete(sim, engine, id), 0);
    assert_int_equal(error_of_connect(sim), 0);
    assert_int_equal(sim_change_delete(sim, engine, id), FWP_E_FILTER_NOT_FOUND);
    assert_int_equal(sim_transaction_begin(sim, engine), 0);
    assert_int_equal(add_provider(sim, engine, other_key), 0);
    close_session(sim, engine); /* what was not committed goes, and what the session added */
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_DYNAMIC), 0);
    wfpw_sim_free(sim);
}

static void test_deleting_by_key(void **state)
{
    FWPM_FILTER_CONDITION0 c;
    FWPM_FILTER0 f = filter_of(&c);
    const FWPM_SUBLAYER0 sublayer = {
        .subLayerKey = other_key, .displayData.name = name, .providerKey = &provider_key};
    wfpw_sim *sim = new_sim();
    void *engine = open_session(sim, 0), *dynamic = open_session(sim, FWPM_SESSION_FLAG_DYNAMIC);
    (void)state;
#define DELETED(session, list, key, code)                                                          \
    assert_int_equal(sim_change_delete_key(sim, session, list, key), code)
    DELETED(engine, LIST_PROVIDERS, &provider_key, FWP_E_PROVIDER_NOT_FOUND);
    DELETED(engine, LIST_SUBLAYERS, &other_key, FWP_E_SUBLAYER_NOT_FOUND);
    DELETED(engine, LIST_FILTERS, &other_key, FWP_E_FILTER_NOT_FOUND);
    assert_int_equal(add_provider(sim, engine, provider_key), 0);
    assert_int_equal(sim_change_add(sim, engine, LIST_SUBLAYERS, &sublayer, NULL), 0);
    f.filterKey = provider_key;
    f.subLayerKey = other_key;
    assert_int_equal(sim_change_add(sim, engine, LIST_FILTERS, &f, NULL), 0);
    DELETED(engine, LIST_PROVIDERS, &provider_key, FWP_E_IN_USE);
    DELETED(engine, LIST_SUBLAYERS, &other_key, FWP_E_IN_USE);
    assert_int_equal(sim_transaction_begin(sim, engine), 0); /* what it deletes uses nothing */
    DELETED(engine, LIST_FILTERS, &provider_key, 0);
    DELETED(engine, LIST_FILTERS, &provider_key, FWP_E_FILTER_NOT_FOUND);
    DELETED(engine, LIST_SUBLAYERS, &other_key, 0);
    DELETED(engine, LIST_PROVIDERS, &provider_key, 0);
    assert_int_equal(add_provider(sim, engine, provider_key), 0);
    DELETED(engine, LIST_PROVIDERS, &provider_key, 0);
    assert_int_equal(error_of_connect(sim), 10013);
    assert_int_equal(sim_transaction_commit(sim, engine), 0);
    assert_int_equal(error_of_connect(sim), 0);
    DELETED(engine, LIST_PROVIDERS, &provider_key, FWP_E_PROVIDER_NOT_FOUND);
    assert_int_equal(add_provider(sim, dynamic, provider_key), 0);
    DELETED(engine, LIST_PROVIDERS, &provider_key, FWP_E_WRONG_SESSION);
    DELETED(dynamic, LIST_PROVIDERS, &provider_key, 0);
    close_session(sim, dynamic);
    close_session(sim, engine);
    wfpw_sim_free(sim);
}

static void test_builtin_objects_stay(void **state)
{
    static const FWP_GUID universal = {
        0xeebecc03, 0xced4, 0x4380, {0x81, 0x9a, 0x27, 0x34, 0x39, 0x7b, 0x2b, 0x74}};
    wfpw_sim *sim = new_sim();
    void *engine = open_session(sim, 0);
    (void)state;
    DELETED(engine, LIST_SUBLAYERS, &universal, FWP_E_BUILTIN_OBJECT);
    close_session(sim, engine);
    wfpw_sim_free(sim);
}

static void test_lifetimes(void **state)
{
    FWPM_FILTER_CONDITION0 c;
    FWPM_FILTER0 f = filter_of(&c);
    wfpw_sim *sim = new_sim();
    void *dynamic = open_session(sim, FWPM_SESSION_FLAG_DYNAMIC), *other = open_session(sim, 0);
    (void)state;
    assert_int_equal(add_provider(sim, dynamic, provider_key), 0);
    assert_int_equal(add_provider(sim, dynamic, provider_key), FWP_E_ALREADY_EXISTS);
    f.providerKey = &provider_key;
    assert_int_equal(sim_change_add(sim, other, LIST_FILTERS, &f, NULL), FWP_E_LIFETIME_MISMATCH);
    assert_int_equal(sim_change_add(sim, dynamic, LIST_FILTERS, &f, NULL), 0);
    f.providerKey = NULL;
    close_session(sim, dynamic);
    assert_int_equal(error_of_connect(sim), 0);
    assert_int_equal(sim_change_add(sim, other, LIST_FILTERS, &f, NULL), 0);
    close_session(sim, other); /* a static object outlives its session */
    assert_int_equal(error_of_connect(sim), 10013);
    wfpw_sim_free(sim);
}

static void test_refusals(void **state)
{
    FWPM_FILTER_CONDITION0 c;
    FWPM_FILTER0 f = filter_of(&c);
    wfpw_sim *sim = new_sim();
    void *engine = open_session(sim, 0);
    (void)state;
#define REFUSED(change, code)                                                                      \
    f = filter_of(&c);                                                                             \
    change;                                                                                        \
    assert_int_equal(sim_change_add(sim, engine, LIST_FILTERS, &f, NULL), code)
    REFUSED(f.displayData.name = NULL, FWP_E_NULL_DISPLAY_NAME);
    REFUSED(f.providerKey = &other_key, FWP_E_PROVIDER_NOT_FOUND);
    REFUSED(f.layerKey = other_key, FWP_E_LAYER_NOT_FOUND);
    REFUSED(f.subLayerKey = other_key, FWP_E_SUBLAYER_NOT_FOUND);
    REFUSED(f.action.type = 0, FWP_E_INVALID_ACTION_TYPE);
    REFUSED((f.weight = (FWP_VALUE0){.type = FWP_UINT8, .uint8 = 16}), FWP_E_INVALID_WEIGHT);
    REFUSED(f.weight.type = FWP_UINT32, FWP_E_INVALID_WEIGHT);
    REFUSED(c.conditionValue.type = FWP_SID, FWP_E_TYPE_MISMATCH);
    assert_int_equal(sim_change_add(sim, engine, LIST_FILTERS, NULL, NULL), FWP_E_NULL_POINTER);
    close_session(sim, engine);
    wfpw_sim_free(sim);
}

/* A blob need not end with a NUL; the address sanitizer sees a read behind it. */
static void test_application(void **state)
{
    static const FWP_GUID app_id = {
        0xd78e1e87, 0x8644, 0x4ea5, {0x94, 0x37, 0xd8, 0x09, 0xec, 0xef, 0xc9, 0x71}};
    FWPM_FILTER_CONDITION0 c;
    FWPM_FILTER0 f = filter_of(&c);
    uint16_t path[] = {'\\', 'x'};
    FWP_BYTE_BLOB blob = {.size = sizeof path, .data = (uint8_t *)path};
    wfpw_sim *sim = new_sim();
    void *engine = open_session(sim, FWPM_SESSION_FLAG_DYNAMIC);
    (void)state;
    c.fieldKey = app_id;
    c.conditionValue.type = FWP_BYTE_BLOB_TYPE;
    c.conditionValue.byteBlob = &blob;
    assert_int_equal(sim_change_add(sim, engine, LIST_FILTERS, &f, NULL), 0);
    assert_int_equal(error_of_connect(sim), 0);
    assert_int_equal(
        wfpw_sim_play(
            sim, "connect protocol=tcp local=127.0.0.1:1 remote=127.0.0.1:4444 app=\"\\x\"", NULL),
        WFPW_OK);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SOCKET_ERROR), 10013);
    close_session(sim, engine);
    wfpw_sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transaction),
        cmocka_unit_test(test_deleting_by_key),
        cmocka_unit_test(test_builtin_objects_stay),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_application),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
