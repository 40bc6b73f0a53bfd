/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Net events of every version and type, raw as Windows hands them out: what was sent is found, in
 * the event and in its JSON, and nothing else. */
#include "net_event_raw.h"

#include <stdlib.h>
#include <string.h>

#include "decode/fwpm/net_event.h"
#include "random.h"

/* ---- every version, every type -------------------------------------------------------------- */

/* Which version is the first that has the type; written down here once more, on purpose. */
static int raw_first_version(uint32_t type)
{
    return type < 6 ? 0 : type < 10 ? 2 : 5;
}

static void with_flags(struct raw *f, uint32_t flags)
{
    for (int version = 0; version < VERSIONS; version++)
        for (uint32_t type = 0; type < TYPES; type++) {
            if (version < raw_first_version(type))
                continue;
            for (int v6 = 0; v6 < 2; v6++) {
                raw_fill(&f->sent, type, v6 != 0);
                f->sent.flags = flags;
                (void)raw_send(f, version);
                raw_want_all(f, version);
            }
        }
}

static void test_every_field_set(void **state)
{
    with_flags(*state, ALL_FLAGS);
}

/* The simulator leaves garbage in what no flag covers. */
static void test_no_field_set(void **state)
{
    with_flags(*state, 0);
}

static void test_one_field_set_or_missing(void **state)
{
    for (uint32_t bit = 1; bit <= ALL_FLAGS; bit <<= 1) {
        with_flags(*state, bit);
        with_flags(*state, ALL_FLAGS & ~bit);
    }
}

static void test_any_fields_set(void **state)
{
    uint64_t seed = 1;
    for (int i = 0; i < 100; i++)
        with_flags(*state, random_below(&seed, ALL_FLAGS + 1));
}

/* Flags that nobody knows yet change nothing. */
static void test_unknown_flags(void **state)
{
    struct raw *f = *state;
    for (int version = 0; version < VERSIONS; version++) {
        raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
        raw_make(f, version);
        raw_head(f)->flags = 0xFFFFFFFF;
        (void)raw_receive(f, version);
        raw_want_all(f, version);
    }
}

/* A type that the version does not have, or that nobody knows: the simulator, too, leaves garbage
 * in place of the body's pointer. */
static void test_unknown_types(void **state)
{
    static const uint32_t types[] = {6, 7, 8, 9, 10, 11, 12, 99, 255, 256, 0xFFFFFFFF};
    struct raw *f = *state;
    for (int version = 0; version < VERSIONS; version++)
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            if (types[i] < TYPES && version >= raw_first_version(types[i]))
                continue;
            raw_fill(&f->sent, types[i], true);
            const wfpw_event *ev = raw_send(f, version);
            assert_int_equal(ev->kind, types[i] < TYPES ? raw_kinds[types[i]].kind
                                                        : (uint32_t)WFPW_KIND_NET_EVENT);
            assert_int_equal(ev->type_raw, types[i]);
            assert_int_equal(ev->present, raw_present_of_header(ALL_FLAGS, version));
            assert_null(ev->ike);
            assert_null(ev->ipsec);
            assert_null(ev->mac);
            assert_null(ev->vswitch);
            raw_want_number(f, types[i] >= TYPES, "type_raw", types[i]);
            raw_want_header(f, version);
        }
}

static void test_no_body(void **state)
{
    struct raw *f = *state;
    for (uint32_t type = 0; type < TYPES; type++) {
        raw_fill(&f->sent, type, false);
        raw_make(f, LATEST);
        raw_latest(f)->classifyDrop = NULL;
        const wfpw_event *ev = raw_receive(f, LATEST);
        assert_int_equal(ev->kind, raw_kinds[type].kind);
        assert_int_equal(ev->present, raw_present_of_header(ALL_FLAGS, LATEST));
    }
}

static void test_no_event(void **state)
{
    struct net_event n;
    struct raw *f = *state;
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
    raw_make(f, LATEST);
    assert_false(net_event_look(&n, LATEST, NULL));
    assert_false(net_event_look(&n, VERSIONS, f->im.event));
    assert_false(net_event_look(&n, -1, f->im.event));
    sim_image_free(&f->im);
}

/* ---- addresses and directions --------------------------------------------------------------- */

static void test_ip_version_that_is_none(void **state)
{
    static const uint32_t versions[] = {FWP_IP_VERSION_NONE, 3, 4, 6, 7, 0xFFFFFFFF};
    struct raw *f = *state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, true);
        raw_make(f, LATEST);
        raw_head(f)->ipVersion = versions[i];
        const wfpw_event *ev = raw_receive(f, LATEST);
        assert_int_equal(ev->present & (WFPW_HAS_LOCAL | WFPW_HAS_REMOTE), 0);
        assert_int_equal(ev->local.family, 0);
        assert_int_equal(ev->remote.family, 0);
        assert_int_equal(ev->local.addr[0], 0);
        assert_int_equal(ev->local.port, 0x1234); /* ports are there all the same */
        raw_want_json(f, true, "\"local\":{\"port\":4660}");
    }
}

/* IPv4 comes as a number in host order, IPv6 as bytes in network order; both leave as bytes. */
static void test_one_form_of_addresses(void **state)
{
    static const uint8_t v4[4] = {1, 2, 3, 4}, v6[16] = {0x20, 1, 0xD, 0xB8, [15] = 9};
    static const uint8_t zero[12] = {0};
    struct raw *f = *state;
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, false);
    raw_make(f, LATEST);
    raw_head(f)->localAddrV4 = 0x01020304;
    raw_head(f)->remoteAddrV4 = 0xFFFFFFFF;
    const wfpw_event *ev = raw_receive(f, LATEST);
    assert_memory_equal(ev->local.addr, v4, 4);
    assert_memory_equal(ev->local.addr + 4, zero, 12);
    raw_want_json(f, true, "\"ip\":\"1.2.3.4\"");
    raw_want_json(f, true, "\"ip\":\"255.255.255.255\"");
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, true);
    raw_make(f, LATEST);
    memcpy(raw_head(f)->localAddrV6.byteArray16, v6, 16);
    ev = raw_receive(f, LATEST);
    assert_memory_equal(ev->local.addr, v6, 16);
    raw_want_json(f, true, "\"ip\":\"2001:db8::9\"");
}

static void test_icmp(void **state)
{
    static const uint32_t protocols[] = {1, 58};
    struct raw *f = *state;
    for (size_t i = 0; i < 2; i++) {
        raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, i == 1);
        f->sent.protocol = protocols[i];
        f->sent.local.port = 8;
        f->sent.remote.port = 3;
        (void)raw_send(f, LATEST);
        raw_want_json(f, true, "\"icmp\":{\"type\":8,\"code\":3}");
        raw_want_json(f, false, "\"port\"");
    }
}

static void test_directions(void **state)
{
    static const struct {
        uint32_t raw;
        uint8_t direction;
        const char *json;
    } cases[] = {
        {0, WFPW_DIRECTION_OUTBOUND, "\"direction\":\"outbound\",\"direction_raw\":0"},
        {1, WFPW_DIRECTION_INBOUND, "\"direction\":\"inbound\",\"direction_raw\":1"},
        {0x3900, WFPW_DIRECTION_INBOUND, "\"direction\":\"inbound\",\"direction_raw\":14592"},
        {0x3901, WFPW_DIRECTION_OUTBOUND, "\"direction\":\"outbound\",\"direction_raw\":14593"},
        {0x3902, WFPW_DIRECTION_FORWARD, "\"direction\":\"forward\",\"direction_raw\":14594"},
        {0x3903, WFPW_DIRECTION_BIDIRECTIONAL,
         "\"direction\":\"bidirectional\",\"direction_raw\":14595"},
        {0x38FF, 0, "\"direction_raw\":14591"},
        {0x3904, 0, "\"direction_raw\":14596"},
        {0x1234, 0, "\"direction_raw\":4660"},
        {2, 0, "\"direction_raw\":2"},
        {0xFFFFFFFF, 0, "\"direction_raw\":4294967295"},
    };
    static const uint32_t types[] = {
        FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW,
        FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC, FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP,
        FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP};
    struct raw *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases * 5; i++) {
        raw_fill(&f->sent, types[i % 5], false);
        f->sent.direction = cases[i / 5].raw;
        const wfpw_event *ev = raw_send(f, LATEST);
        assert_true((ev->present & WFPW_HAS_DIRECTION) != 0);
        assert_int_equal(ev->direction_raw, cases[i / 5].raw);
        assert_int_equal(ev->direction, cases[i / 5].direction);
        raw_want_json(f, true, cases[i / 5].json);
        raw_want_json(f, cases[i / 5].direction != 0, "\"direction\":");
    }
}

static void test_dosp_without_hosts(void **state)
{
    struct raw *f = *state;
    raw_fill(&f->sent, FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP, false);
    raw_make(f, LATEST);
    raw_latest(f)->idpDrop->ipVersion = FWP_IP_VERSION_NONE;
    const wfpw_event *ev = raw_receive(f, LATEST);
    assert_int_equal(ev->ipsec->present, WFPW_IPSEC_HAS_STATUS);
    assert_int_equal(ev->ipsec->public_host.family, 0);
    raw_want_json(f, false, "host");
}

/* ---- noise ---------------------------------------------------------------------------------- */

/* Headers of random bytes; only what is pointed to is sound. */
static void test_random_headers(void **state)
{
    struct raw *f = *state;
    uint64_t seed = 77;
    for (int i = 0; i < 20000; i++) {
        int version = (int)random_below(&seed, VERSIONS);
        raw_fill(&f->sent, random_below(&seed, TYPES + 2), random_below(&seed, 2) != 0);
        f->sent.flags = (uint32_t)random_u64(&seed);
        f->sent.direction = (uint32_t)random_u64(&seed);
        f->sent.capability = random_below(&seed, 5);
        f->sent.blob_without_nul = random_below(&seed, 2) != 0;
        f->sent.protocol = random_below(&seed, 256);
        raw_make(f, version);
        raw_head(f)->ipVersion = random_below(&seed, 4);
        raw_head(f)->timeStamp.dwHighDateTime = (uint32_t)random_u64(&seed);
        (void)raw_receive(f, version);
        assert_int_equal(f->ev->type_raw, f->sent.type);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, raw_set_up, raw_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_every_field_set),
        TEST(test_no_field_set),
        TEST(test_one_field_set_or_missing),
        TEST(test_any_fields_set),
        TEST(test_unknown_flags),
        TEST(test_unknown_types),
        TEST(test_no_body),
        TEST(test_no_event),
        TEST(test_ip_version_that_is_none),
        TEST(test_one_form_of_addresses),
        TEST(test_icmp),
        TEST(test_directions),
        TEST(test_dosp_without_hosts),
        TEST(test_random_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
