/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The simulated engine takes templates as the documents say, and refuses all others. */
#include "cmocka_all.h"

#include "os/system.h"
#include "wfpwatch/sim.h"

#define PROTOCOL                                                                                   \
    {                                                                                              \
        0x3971ef2b, 0x623e, 0x4f9a,                                                                \
        {                                                                                          \
            0x8c, 0xb1, 0x6e, 0x79, 0xb8, 0x06, 0xb9, 0xa7                                         \
        }                                                                                          \
    }
#define LOCAL_ADDRESS                                                                              \
    {                                                                                              \
        0xd9ee00de, 0xc1ef, 0x4617,                                                                \
        {                                                                                          \
            0xbf, 0xe3, 0xff, 0xd8, 0xf5, 0xa0, 0x89, 0x57                                         \
        }                                                                                          \
    }
#define APP_ID                                                                                     \
    {                                                                                              \
        0xd78e1e87, 0x8644, 0x4ea5,                                                                \
        {                                                                                          \
            0x94, 0x37, 0xd8, 0x09, 0xec, 0xef, 0xc9, 0x71                                         \
        }                                                                                          \
    }
#define USER_ID                                                                                    \
    {                                                                                              \
        0xaf043a0a, 0xb34d, 0x4f86,                                                                \
        {                                                                                          \
            0x97, 0x9c, 0xc9, 0x03, 0x71, 0xaf, 0x6e, 0x66                                         \
        }                                                                                          \
    }

struct machine {
    wfpw_sim *sim;
    const struct wfpw_system *system;
    void *engine;
};

static int set_up(void **state)
{
    static struct machine m;
    assert_int_equal(wfpw_sim_new(11, &m.sim), WFPW_OK);
    m.system = wfpw_sim_system(m.sim);
    assert_int_equal(m.system->engine->open(m.system->ctx, NULL, &m.engine), 0);
    *state = &m;
    return 0;
}

static int tear_down(void **state)
{
    struct machine *m = *state;
    assert_int_equal(m->system->engine->close(m->system->ctx, m->engine), 0);
    assert_int_equal(wfpw_sim_count(m->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(m->sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(m->sim);
    return 0;
}

static void play(struct machine *m, const char *script)
{
    assert_int_equal(wfpw_sim_play(m->sim, script, NULL), WFPW_OK);
}

/* What an enumeration answers, and how many events it gives. */
static uint32_t enumerate(struct machine *m, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                          uint32_t *count)
{
    const struct system_engine *e = m->system->engine;
    void *handle, **list;
    *count = 0;
    uint32_t code = e->create_enum(m->system->ctx, m->engine, t, &handle);
    if (code != 0)
        return code;
    assert_int_equal(e->enumerate[5](m->system->ctx, m->engine, handle, 100, &list, count), 0);
    e->free(m->system->ctx, (void **)&list);
    assert_int_equal(e->destroy_enum(m->system->ctx, m->engine, handle), 0);
    return 0;
}

static void never_called(void *context, const FWPM_NET_EVENT5 *event)
{
    (void)context;
    (void)event;
    fail();
}

/* A subscription answers as an enumeration does. */
static uint32_t ask(struct machine *m, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t)
{
    const struct system_engine *e = m->system->engine;
    FWPM_NET_EVENT_ENUM_TEMPLATE0 copy = *t;
    FWPM_NET_EVENT_SUBSCRIPTION0 s = {.enumTemplate = &copy};
    void *handle;
    uint32_t count, code = enumerate(m, t, &count);
    uint32_t same = e->subscribe[4](m->system->ctx, m->engine, &s, (system_callback)never_called,
                                    NULL, &handle);
    if (same == 0)
        assert_int_equal(e->unsubscribe(m->system->ctx, m->engine, handle), 0);
    assert_int_equal(same, code);
    return code;
}

static uint32_t ask_one(struct machine *m, FWPM_FILTER_CONDITION0 c)
{
    return ask(m,
               &(FWPM_NET_EVENT_ENUM_TEMPLATE0){.numFilterConditions = 1, .filterCondition = &c});
}

/* ---- what is taken -------------------------------------------------------------------------- */

static void test_conditions(void **state)
{
    static FWP_V4_ADDR_AND_MASK holes = {0x0A000000, 0xFF00FF00}, good = {0x0A000000, 0xFF000000};
    static FWP_V6_ADDR_AND_MASK long_one = {.prefixLength = 129};
    static FWP_BYTE_BLOB empty = {0, NULL}, nowhere = {4, NULL};
    static FWP_SID_STRUCT other = {.Revision = 2, .SubAuthorityCount = 1};
    static const struct {
        FWPM_FILTER_CONDITION0 c;
        uint32_t code;
    } rows[] = {
        {{PROTOCOL, FWP_MATCH_EQUAL, {.type = FWP_UINT8, .uint8 = 6}}, 0},
        {{PROTOCOL, FWP_MATCH_EQUAL, {.type = FWP_UINT32, .uint32 = 6}}, FWP_E_TYPE_MISMATCH},
        {{PROTOCOL, FWP_MATCH_EQUAL, {.type = FWP_EMPTY}}, FWP_E_TYPE_MISMATCH},
        {{PROTOCOL, FWP_MATCH_NOT_EQUAL, {.type = FWP_UINT8}}, FWP_E_MATCH_TYPE_MISMATCH},
        {{PROTOCOL, 13, {.type = FWP_UINT8}}, FWP_E_INVALID_ENUMERATOR},
        {{{1, 2, 3, {0}}, FWP_MATCH_EQUAL, {.type = FWP_UINT8}}, FWP_E_CONDITION_NOT_FOUND},
        {{LOCAL_ADDRESS, FWP_MATCH_EQUAL, {.type = FWP_UINT32, .uint32 = 1}}, 0},
        {{LOCAL_ADDRESS, FWP_MATCH_EQUAL, {.type = FWP_V4_ADDR_MASK, .v4AddrMask = &good}}, 0},
        {{LOCAL_ADDRESS, FWP_MATCH_EQUAL, {.type = FWP_V4_ADDR_MASK, .v4AddrMask = &holes}},
         FWP_E_INVALID_NET_MASK},
        {{LOCAL_ADDRESS, FWP_MATCH_EQUAL, {.type = FWP_V6_ADDR_MASK, .v6AddrMask = &long_one}},
         FWP_E_INVALID_NET_MASK},
        {{LOCAL_ADDRESS, FWP_MATCH_EQUAL, {.type = FWP_BYTE_ARRAY16_TYPE}}, FWP_E_NULL_POINTER},
        {{APP_ID, FWP_MATCH_EQUAL, {.type = FWP_BYTE_BLOB_TYPE}}, FWP_E_NULL_POINTER},
        {{APP_ID, FWP_MATCH_EQUAL, {.type = FWP_BYTE_BLOB_TYPE, .byteBlob = &empty}},
         FWP_E_ZERO_LENGTH_ARRAY},
        {{APP_ID, FWP_MATCH_EQUAL, {.type = FWP_BYTE_BLOB_TYPE, .byteBlob = &nowhere}},
         FWP_E_NULL_POINTER},
        {{USER_ID, FWP_MATCH_EQUAL, {.type = FWP_SECURITY_DESCRIPTOR_TYPE}}, FWP_E_TYPE_MISMATCH},
        {{USER_ID, FWP_MATCH_EQUAL, {.type = FWP_SID, .sid = &other}}, FWP_ERROR_INVALID_PARAMETER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(ask_one(*state, rows[i].c), rows[i].code);
}

static void test_whole(void **state)
{
    FWPM_FILTER_CONDITION0 twice[2] = {{PROTOCOL, FWP_MATCH_EQUAL, {.type = FWP_UINT8}},
                                       {PROTOCOL, FWP_MATCH_EQUAL, {.type = FWP_UINT8}}};
    FWPM_NET_EVENT_ENUM_TEMPLATE0 t = {.numFilterConditions = 2, .filterCondition = twice};
    assert_int_equal(ask(*state, &t), FWP_E_DUPLICATE_CONDITION);
    t.filterCondition = NULL;
    assert_int_equal(ask(*state, &t), FWP_E_NULL_POINTER);
    t = (FWPM_NET_EVENT_ENUM_TEMPLATE0){.startTime = {1, 0}};
    assert_int_equal(ask(*state, &t), FWP_E_INVALID_INTERVAL);
    t.endTime.dwHighDateTime = 1;
    assert_int_equal(ask(*state, &t), 0);
    t = (FWPM_NET_EVENT_ENUM_TEMPLATE0){0};
    assert_int_equal(ask(*state, &t), 0);
}

static void test_refusing(void **state)
{
    FWPM_FILTER_CONDITION0 c = {PROTOCOL, FWP_MATCH_EQUAL, {.type = FWP_UINT8}};
    FWPM_NET_EVENT_ENUM_TEMPLATE0 none = {0};
    play(*state, "refuse_conditions on");
    assert_int_equal(ask_one(*state, c), FWP_E_CONDITION_NOT_FOUND);
    assert_int_equal(ask(*state, &none), 0);
    play(*state, "refuse_conditions off");
    assert_int_equal(ask_one(*state, c), 0);
}

/* ---- what it gives -------------------------------------------------------------------------- */

static void test_times_are_inclusive(void **state)
{
    FWPM_NET_EVENT_ENUM_TEMPLATE0 t = {.startTime = {5, 1}, .endTime = {7, 1}};
    uint32_t count;
    play(*state, "drop time=4294967300; drop time=4294967301; drop time=4294967303\n"
                 "drop time=4294967304");
    assert_int_equal(enumerate(*state, &t, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(enumerate(*state, NULL, &count), 0);
    assert_int_equal(count, 4);
}

/* An event without the field fits no value of it. */
static void test_absent_field(void **state)
{
    FWPM_FILTER_CONDITION0 c = {LOCAL_ADDRESS, FWP_MATCH_EQUAL, {.type = FWP_UINT32}};
    FWPM_NET_EVENT_ENUM_TEMPLATE0 t = {.numFilterConditions = 1, .filterCondition = &c};
    uint32_t count;
    play(*state, "drop filter=1; drop local=0.0.0.0; drop local=::");
    assert_int_equal(enumerate(*state, &t, &count), 0);
    assert_int_equal(count, 1);
}

/* ---- files ---------------------------------------------------------------------------------- */

static void test_files(void **state)
{
    static const uint16_t path[] = {'C', ':', '\\', 'A', 0}, other[] = {'c', ':', '\\', 0};
    static const uint16_t id[] = {'\\', 'd', '\\', 'a', 0};
    struct machine *m = *state;
    const struct system_engine *e = m->system->engine;
    FWP_BYTE_BLOB *blob = NULL;
    assert_int_equal(e->app_id_from_file(m->system->ctx, path, &blob), FWP_ERROR_FILE_NOT_FOUND);
    play(m, "file \"c:\\a\" \"\\D\\A\"");
    assert_int_equal(e->app_id_from_file(m->system->ctx, path, &blob), 0);
    assert_int_equal(blob->size, sizeof id);
    assert_memory_equal(blob->data, id, sizeof id);
    e->free(m->system->ctx, (void **)&blob);
    assert_int_equal(e->app_id_from_file(m->system->ctx, other, &blob), FWP_ERROR_FILE_NOT_FOUND);
    play(m, "fail call=FwpmGetAppIdFromFileName0 code=5");
    assert_int_equal(e->app_id_from_file(m->system->ctx, path, &blob), FWP_ERROR_ACCESS_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_conditions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_times_are_inclusive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_absent_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
