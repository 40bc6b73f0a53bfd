/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Net events with texts, SIDs, subnets and groups as nobody should send them. */
#include "net_event_raw.h"

#include <stdlib.h>
#include <string.h>

#include "decode/fwpm/net_event.h"

/* ---- hostile texts -------------------------------------------------------------------------- */

/* An application of these bytes, whatever they are. */
static const char *app_of(struct raw *f, int version, const void *bytes, uint32_t size)
{
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
    raw_make(f, version);
    raw_head(f)->appId.data = raw_attach(f, bytes, size);
    raw_head(f)->appId.size = size;
    return raw_receive(f, version)->device_path;
}

#define REPLACEMENT "\xEF\xBF\xBD"

static void test_texts(void **state)
{
    static const struct {
        uint16_t units[8];
        uint32_t size;
        const char *wanted;
    } cases[] = {
        {{'a', 'b', 0}, 6, "ab"},
        {{'a', 'b'}, 4, "ab"},      /* no NUL */
        {{'a', 'b', 'c'}, 5, "ab"}, /* an odd size */
        {{'a', 'b', 'c'}, 1, ""},
        {{0, 0, 0}, 6, ""},
        {{'a', 0, 'b', 0}, 8, "a" REPLACEMENT "b"}, /* a NUL inside */
        {{0xD800, 'x'}, 4, REPLACEMENT "x"},
        {{'x', 0xDC00}, 4, "x" REPLACEMENT},
        {{0xDC00, 0xD800}, 4, REPLACEMENT REPLACEMENT},
        {{'x', 0xDBFF}, 4, "x" REPLACEMENT}, /* half of a pair at the end */
        {{0xD83D, 0xDE00}, 4, "\xF0\x9F\x98\x80"},
        {{0xD83D, 0xDE00}, 3, REPLACEMENT},
        {{0xFFFF, 0x20AC, 0xE9}, 6, "\xEF\xBF\xBF\xE2\x82\xAC\xC3\xA9"},
        {{1, 0x1F, 0x7F, '"', '\\'}, 10, "\x01\x1F\x7F\"\\"},
    };
    for (int version = 0; version < VERSIONS; version++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            assert_string_equal(app_of(*state, version, cases[i].units, cases[i].size),
                                cases[i].wanted);
}

static void test_text_that_is_not_there(void **state)
{
    struct raw *f = *state;
    assert_null(app_of(f, LATEST, NULL, 0));
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
    raw_make(f, LATEST);
    raw_head(f)->appId = (FWP_BYTE_BLOB){.size = 1000, .data = NULL};
    raw_head(f)->userId = NULL;
    raw_latest(f)->header.packageSid = NULL;
    raw_latest(f)->header.enterpriseId = NULL;
    raw_latest(f)->header.effectiveName = (FWP_BYTE_BLOB){.size = 0xFFFFFFFF, .data = NULL};
    const wfpw_event *ev = raw_receive(f, LATEST);
    assert_null(ev->device_path);
    assert_null(ev->user_sid);
    assert_null(ev->package_sid);
    assert_null(ev->enterprise_id);
    assert_null(ev->effective_name);
    assert_int_equal(ev->present & WFPW_HAS_NOT_PACKAGED, 0);
    raw_want_json(f, false, "\"app\"");
    raw_want_json(f, false, "\"user\"");
}

/* Long texts are cut, and the event says so. */
static void test_long_texts(void **state)
{
    static const uint32_t sizes[] = {NET_EVENT_APP_MAX - 2, NET_EVENT_APP_MAX,
                                     NET_EVENT_APP_MAX + 1, NET_EVENT_APP_MAX + 2, 64 * 1024};
    struct raw *f = *state;
    uint16_t *units = malloc(64 * 1024);
    assert_non_null(units);
    for (size_t i = 0; i < 32 * 1024; i++)
        units[i] = 0x20AC; /* three bytes of UTF-8 */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *app = app_of(f, LATEST, units, sizes[i]);
        uint32_t kept = sizes[i] < NET_EVENT_APP_MAX ? sizes[i] : NET_EVENT_APP_MAX;
        assert_int_equal(strlen(app), kept / 2 * 3);
        assert_int_equal((f->ev->flags & WFPW_EVENT_TRUNCATED) != 0, sizes[i] > NET_EVENT_APP_MAX);
        raw_want_json(f, sizes[i] > NET_EVENT_APP_MAX, "\"truncated\":true");
        assert_string_equal(f->ev->user_sid, "S-1-5-21-1-2-3-1001"); /* the rest is whole */
        assert_string_equal(f->ev->vswitch->id, "switch-1");
    }
    free(units);
}

static void long_text(struct sim_text *t, uint32_t units)
{
    for (t->n = 0; t->n < units; t->n++)
        t->units[t->n] = (uint16_t)('a' + t->n % 26);
}

/* Every text of an event at once, as long as it can be. */
static void test_all_texts_long(void **state)
{
    struct raw *f = *state;
    for (uint32_t units = NET_EVENT_TEXT_MAX / 2 - 2; units <= NET_EVENT_TEXT_MAX / 2 + 2; units++)
        for (uint32_t type = 0; type < TYPES; type++) {
            raw_fill(&f->sent, type, true);
            struct sim_text *texts[] = {&f->sent.app,
                                        &f->sent.enterprise,
                                        &f->sent.effective,
                                        &f->sent.vswitch,
                                        &f->sent.local_principal,
                                        &f->sent.remote_principal,
                                        &f->sent.local_groups[0],
                                        &f->sent.remote_groups[0]};
            for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                long_text(texts[i], units);
            const wfpw_event *ev = raw_send(f, LATEST);
            uint32_t kept = units < NET_EVENT_TEXT_MAX / 2 ? units : NET_EVENT_TEXT_MAX / 2;
            assert_int_equal(strlen(ev->device_path), units);
            assert_int_equal(strlen(ev->enterprise_id), kept);
            assert_int_equal(strlen(ev->effective_name), kept);
            if (units > NET_EVENT_TEXT_MAX / 2)
                assert_true((ev->flags & WFPW_EVENT_TRUNCATED) != 0);
            if (ev->ike != NULL && ev->ike->local_principal != NULL)
                assert_int_equal(strlen(ev->ike->local_principal), kept);
        }
}

static void test_cut_string_says_so(void **state)
{
    struct raw *f = *state;
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, true);
    long_text(&f->sent.enterprise, NET_EVENT_TEXT_MAX / 2 + 1);
    assert_true((raw_send(f, LATEST)->flags & WFPW_EVENT_TRUNCATED) != 0);
    long_text(&f->sent.enterprise, NET_EVENT_TEXT_MAX / 2 - 1);
    assert_true((raw_send(f, LATEST)->flags & WFPW_EVENT_TRUNCATED) == 0);
}

/* ---- hostile SIDs --------------------------------------------------------------------------- */

/* A user and a package of these bytes. */
static const wfpw_event *sid_of(struct raw *f, const void *bytes, size_t size)
{
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
    raw_make(f, LATEST);
    raw_head(f)->userId = raw_attach(f, bytes, size);
    raw_latest(f)->header.packageSid = raw_attach(f, bytes, size);
    return raw_receive(f, LATEST);
}

static void test_well_known_sids(void **state)
{
    uint8_t bytes[8 + 4 * 16] = {1, 15, 0, 0, 0, 0, 0, 5};
    struct raw *f = *state;
    memset(bytes + 8, 0xFF, sizeof bytes - 8);
    const wfpw_event *ev = sid_of(f, bytes, 8 + 4 * 15);
    assert_string_equal(ev->user_sid,
                        "S-1-5-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-"
                        "4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-"
                        "4294967295-4294967295-4294967295");
    assert_string_equal(ev->package_sid, ev->user_sid);
    bytes[1] = 0;
    assert_string_equal(sid_of(f, bytes, 8)->user_sid, "S-1-5");
    memset(bytes + 2, 0xFF, 6); /* an authority of 48 bits is hexadecimal */
    bytes[1] = 1;
    assert_string_equal(sid_of(f, bytes, 12)->user_sid, "S-1-0xffffffffffff-4294967295");
}

/* Too many sub-authorities, or not the revision that there is: no SID, and not read further. */
static void test_no_sids(void **state)
{
    static const uint8_t heads[][8] = {
        {1, 16, 0, 0, 0, 0, 0, 5}, {1, 255}, {2, 1}, {0, 1}, {255, 255}};
    struct raw *f = *state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const wfpw_event *ev = sid_of(f, heads[i], 8);
        assert_null(ev->user_sid);
        assert_null(ev->package_sid);
        assert_int_equal(ev->present & WFPW_HAS_NOT_PACKAGED, 0);
        assert_non_null(ev->device_path);
        raw_want_json(f, false, "\"user\"");
    }
}

/* S-1-0-0 is how Windows says: in no package. */
static void test_null_package(void **state)
{
    static const uint8_t null_sid[12] = {1, 1}, world[12] = {1, 1, 0, 0, 0, 0, 0, 1};
    struct raw *f = *state;
    const wfpw_event *ev = sid_of(f, null_sid, sizeof null_sid);
    assert_true((ev->present & WFPW_HAS_NOT_PACKAGED) != 0);
    assert_null(ev->package_sid);
    assert_string_equal(ev->user_sid, "S-1-0-0");
    raw_want_json(f, true, "\"packaged\":false");
    raw_want_json(f, false, "package_sid");
    ev = sid_of(f, world, sizeof world);
    assert_int_equal(ev->present & WFPW_HAS_NOT_PACKAGED, 0);
    assert_string_equal(ev->package_sid, "S-1-1-0");
    for (int version = 2; version < VERSIONS; version++) {
        raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
        raw_sid(&f->sent.package, "S-1-0-0");
        assert_true((raw_send(f, version)->present & WFPW_HAS_NOT_PACKAGED) != 0);
    }
}

/* ---- IKE ------------------------------------------------------------------------------------ */

static void subnet_is(struct raw *f, const FWP_CONDITION_VALUE0 *v, const char *wanted)
{
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE, false);
    raw_make(f, LATEST);
    raw_latest(f)->ikeQmFailure->localSubNet = *v;
    const wfpw_event *ev = raw_receive(f, LATEST);
    raw_want_string(ev->ike->local_subnet, wanted != NULL, wanted);
    assert_string_equal(ev->ike->remote_subnet, "10.0.0.1-10.0.0.9");
}

static void test_v4_subnets(void **state)
{
    static const struct {
        uint32_t mask;
        const char *wanted;
    } cases[] = {{0xFFFFFFFF, "10.0.0.1/32"}, {0, "10.0.0.1/0"},
                 {0x80000000, "10.0.0.1/1"},  {0xFFFFFFFE, "10.0.0.1/31"},
                 {1, "10.0.0.1/0.0.0.1"},     {0xFF00FF00, "10.0.0.1/255.0.255.0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FWP_V4_ADDR_AND_MASK v4 = {0x0A000001, cases[i].mask};
        FWP_CONDITION_VALUE0 v = {.type = FWP_V4_ADDR_MASK, .v4AddrMask = &v4};
        subnet_is(*state, &v, cases[i].wanted);
    }
}

static void test_other_subnets(void **state)
{
    FWP_BYTE_ARRAY16 v6 = {{0xFD, [15] = 1}};
    FWP_V6_ADDR_AND_MASK mask = {.addr = {0xFD}, .prefixLength = 255};
    FWP_RANGE0 odd = {{.type = FWP_EMPTY}, {.type = FWP_UINT64, .uint64 = NULL}};
    FWP_RANGE0 half = {{.type = FWP_UINT32, .uint32 = 1}, {.type = FWP_BYTE_ARRAY16_TYPE}};
    const struct {
        FWP_CONDITION_VALUE0 v;
        const char *wanted;
    } cases[] = {
        {{.type = FWP_UINT32, .uint32 = 0xC0000201}, "192.0.2.1"},
        {{.type = FWP_BYTE_ARRAY16_TYPE, .byteArray16 = &v6}, "fd00::1"},
        {{.type = FWP_V6_ADDR_MASK, .v6AddrMask = &mask}, "fd00::/255"},
        {{.type = FWP_EMPTY}, NULL},
        {{.type = FWP_SID, .uint64 = NULL}, NULL},
        {{.type = 0xFFFFFFFF}, NULL},
        {{.type = FWP_BYTE_ARRAY16_TYPE, .byteArray16 = NULL}, NULL},
        {{.type = FWP_V4_ADDR_MASK, .v4AddrMask = NULL}, NULL},
        {{.type = FWP_V6_ADDR_MASK, .v6AddrMask = NULL}, NULL},
        {{.type = FWP_RANGE_TYPE, .rangeValue = NULL}, NULL},
        {{.type = FWP_RANGE_TYPE, .rangeValue = &odd}, NULL},
        {{.type = FWP_RANGE_TYPE, .rangeValue = &half}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        subnet_is(*state, &cases[i].v, cases[i].wanted);
}

/* More groups than are kept, a group that is not there, none at all. */
static void test_groups(void **state)
{
    static uint16_t name[] = {'S', '-', '1', 0};
    uint16_t *list[NET_EVENT_GROUPS_MAX + 6];
    struct raw *f = *state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        list[i] = name;
    list[1] = NULL;
    static const uint32_t counts[] = {
        0, 1, 2, 3, NET_EVENT_GROUPS_MAX, NET_EVENT_GROUPS_MAX + 1, NET_EVENT_GROUPS_MAX + 6};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE, false);
        raw_make(f, LATEST);
        raw_latest(f)->ikeMmFailure->numLocalPrincipalGroupSids = counts[i];
        raw_latest(f)->ikeMmFailure->localPrincipalGroupSids = list;
        raw_latest(f)->ikeMmFailure->remotePrincipalGroupSids = NULL; /* with a count */
        raw_latest(f)->ikeMmFailure->localPrincipalNameForAuth = NULL;
        const wfpw_event *ev = raw_receive(f, LATEST);
        assert_int_equal(ev->ike->local_groups != NULL, counts[i] != 0);
        if (counts[i] == 3)
            assert_string_equal(ev->ike->local_groups, "S-1 S-1");
        assert_int_equal((ev->flags & WFPW_EVENT_TRUNCATED) != 0, counts[i] > NET_EVENT_GROUPS_MAX);
        assert_null(ev->ike->remote_groups);
        assert_null(ev->ike->local_principal);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, raw_set_up, raw_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_texts),
        TEST(test_text_that_is_not_there),
        TEST(test_long_texts),
        TEST(test_all_texts_long),
        TEST(test_cut_string_says_so),
        TEST(test_well_known_sids),
        TEST(test_no_sids),
        TEST(test_null_package),
        TEST(test_v4_subnets),
        TEST(test_other_subnets),
        TEST(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
