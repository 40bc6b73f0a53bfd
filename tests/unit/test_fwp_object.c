/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's structs as objects: equal to what a dump of the same filter gives, whatever a struct
 * may hold. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "decode/fwpm/fwp_object.h"
#include "decode/netsh/netsh_filter.h"
#include "fwp_raw.h"
#include "random.h"

static struct policy_object_builder builder;
static struct netsh_filter reader;
static char want[RAW_TEXT_MAX], got[RAW_TEXT_MAX];

/* ---- the same from both --------------------------------------------------------------------- */

/* The nth object of a kind in a dump, as text. */
static void describe_dump(char out[RAW_TEXT_MAX], const struct netsh_writer *w,
                          enum policy_object_kind kind, int nth)
{
    struct xml xml = {0};
    struct xml_handler handler = netsh_filter_handler(&reader, &xml);
    const char *start = strstr(w->text, "?>") + 2;
    assert_true(xml_open(&xml, XML_UTF8, NULL, &handler));
    out[0] = 0;
    enum xml_result r = xml_feed(&xml, (const uint8_t *)start, w->size - (size_t)(start - w->text));
    for (; r == XML_STOPPED; r = xml_resume(&xml))
        if (reader.object->kind == kind && nth-- == 0)
            raw_describe(out, reader.object);
    assert_int_equal(r, XML_MORE);
    xml_close(&xml);
}

/* What the engine says in its own way: flags by their bits, in order. */
static void make_real(struct netsh_made_filter *f, uint64_t *seed)
{
    static const char *const names[] = {"FWPM_FILTER_FLAG_PERSISTENT",
                                        "FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT",
                                        "FWPM_FILTER_FLAG_INDEXED", "8000C000"};
    size_t used = 0;
    f->flag_count = 0;
    for (size_t i = 0; i < 4; i++) {
        if (i == 1 && f->context[0] != 0)
            f->flags[f->flag_count++] = "FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT";
        else if (random_below(seed, 2) != 0)
            f->flags[f->flag_count++] = names[i];
    }
    if (strcmp(f->layer, "FWPM_LAYER_OF_NEXT_YEAR") == 0)
        f->layer = "FWPM_LAYER_ALE_AUTH_LISTEN_V4";
    for (size_t i = 0; i < f->condition_count; i++)
        if (strcmp(f->conditions[i].match, "FWP_MATCH_OF_NEXT_YEAR") != 0)
            f->conditions[used++] = f->conditions[i];
    f->condition_count = used;
}

static void test_filter_is_that_of_a_dump(void **state)
{
    (void)state;
    netsh_filter_init(&reader);
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct netsh_made_filter f;
        struct netsh_writer w;
        struct sim_pieces pieces = {0};
        uint64_t random = seed;
        netsh_random(&f, &random, seed * 7);
        make_real(&f, &random);
        netsh_begin(&w, 0, NULL, "");
        netsh_add(&w, &f);
        netsh_end(&w, NULL, 0);
        describe_dump(want, &w, POLICY_OBJECT_FILTER, 0);
        const struct policy_object *o = fwp_object_filter(&builder, raw_filter(&pieces, &f));
        assert_non_null(o);
        raw_describe(got, o);
        if (strcmp(got, want) != 0)
            fail_msg("seed %llu:\n%s\nbut the dump:\n%s", (unsigned long long)seed, got, want);
        sim_pieces_free(&pieces);
        netsh_free(&w);
    }
}

/* The provider, layer and contexts that the writer puts into a state. */
static void test_others_are_those_of_a_dump(void **state)
{
    struct netsh_made_filter f;
    struct netsh_writer w;
    struct sim_pieces s = {0};
    FWP_GUID wf = raw_key("FWPM_PROVIDER_MPSSVC_WF");
    (void)state;
    netsh_filter_init(&reader);
    netsh_plain(&f, 5);
    strcpy(f.context, "{01020304-0506-0708-090a-0b0c0d0e0f10}");
    strcpy(f.origin, "Query User Default");
    netsh_begin(&w, NETSH_STATE, NULL, "2026-01-08T16:50:48.073Z");
    netsh_add(&w, &f);
    netsh_end(&w, &f, 1);

    FWPM_PROVIDER_CONTEXT0 c = {.providerContextKey = raw_key(f.context),
                                .providerKey = &wf,
                                .type = FWPM_GENERAL_CONTEXT,
                                .providerContextId = 5};
    c.displayData =
        (FWPM_DISPLAY_DATA0){raw_wide(&s, "MPSSVC"), raw_wide(&s, "Stores filter origin")};
    c.dataBuffer = raw_text_blob(&s, f.origin);
    describe_dump(want, &w, POLICY_OBJECT_CONTEXT, 0);
    raw_describe(got, fwp_object_context(&builder, &c));
    assert_string_equal(got, want);

    FWPM_PROVIDER0 p = {.providerKey = raw_key("{aaaaaaaa-0000-0000-0000-000000000001}"),
                        .serviceName = raw_wide(&s, "agent")};
    p.displayData =
        (FWPM_DISPLAY_DATA0){raw_wide(&s, "Some Agent"), raw_wide(&s, "An agent's filters")};
    describe_dump(want, &w, POLICY_OBJECT_PROVIDER, 0);
    raw_describe(got, fwp_object_provider(&builder, &p));
    assert_string_equal(got, want);

    FWPM_LAYER0 l = {.layerKey = raw_key("FWPM_LAYER_ALE_AUTH_CONNECT_V4"), .layerId = 48};
    l.displayData.name = raw_wide(&s, "A layer by another name");
    describe_dump(want, &w, POLICY_OBJECT_LAYER, 0);
    raw_describe(got, fwp_object_layer(&builder, &l));
    assert_string_equal(got, want);
    sim_pieces_free(&s);
    netsh_free(&w);
}

/* As dumps of real hosts have them. */
static void test_flags(void **state)
{
    FWPM_CALLOUT0 c = {.calloutKey = {.Data1 = 1}, .flags = 0x403E2, .calloutId = 300};
    FWPM_SUBLAYER0 s = {.subLayerKey = {.Data1 = 1}, .flags = 1, .weight = 49152};
    (void)state;
    const struct policy_object *o = fwp_object_callout(&builder, &c);
    assert_int_equal(o->flag_count, 3);
    assert_string_equal(policy_object_text_of(o, policy_object_flags(o)[0]),
                        "FWP_CALLOUT_FLAG_ALLOW_OFFLOAD");
    assert_string_equal(policy_object_text_of(o, policy_object_flags(o)[1]),
                        "FWPM_CALLOUT_FLAG_REGISTERED");
    assert_string_equal(policy_object_text_of(o, policy_object_flags(o)[2]), "000003E0");
    assert_int_equal(o->id, 300);
    o = fwp_object_sublayer(&builder, &s);
    assert_string_equal(policy_object_text_of(o, policy_object_flags(o)[0]),
                        "FWPM_SUBLAYER_FLAG_PERSISTENT");
    assert_int_equal(o->weight, 49152);
    assert_null(policy_object_slot_of(o, TEXT_PROVIDER));
}

/* ---- values --------------------------------------------------------------------------------- */

static const struct policy_object_condition *of_value(const FWP_CONDITION_VALUE0 *v,
                                                      const char *field)
{
    FWPM_FILTER_CONDITION0 c = {.fieldKey = raw_key(field), .conditionValue = *v};
    FWPM_FILTER0 f = {.filterKey = {.Data1 = 1}, .numFilterConditions = 1, .filterCondition = &c};
    const struct policy_object *o = fwp_object_filter(&builder, &f);
    assert_int_equal(o->condition_count, 1);
    return policy_object_conditions(o);
}

static const char *text_of(const FWP_CONDITION_VALUE0 *v, const char *field)
{
    const struct policy_object_condition *c = of_value(v, field);
    return policy_object_text_of((const struct policy_object *)(const void *)builder.room,
                                 c->value);
}

#define EXPECT(want_text, field, type_of, member, ...)                                             \
    do {                                                                                           \
        FWP_CONDITION_VALUE0 v = {.type = (type_of)};                                              \
        v.member = __VA_ARGS__;                                                                    \
        assert_string_equal(text_of(&v, "FWPM_CONDITION_" field), want_text);                      \
    } while (0)

static void test_single_values(void **state)
{
    uint64_t u = UINT64_MAX;
    int64_t i = INT64_MIN;
    double d = 0.5;
    FWP_BYTE_ARRAY6 mac = {{2, 0, 0xAB, 0, 0, 1}};
    FWP_BYTE_ARRAY16 v6 = {{0xFE, 0x80}};
    FWP_SID_STRUCT sid = {1, 1, {{0, 0, 0, 0, 0, 5}}, {18}};
    static uint16_t text[] = {'a', 0xD800, 'b', 0};
    (void)state;
    EXPECT("255", "IP_PROTOCOL", FWP_UINT8, uint8, 255);
    EXPECT("65535", "IP_LOCAL_PORT", FWP_UINT16, uint16, 65535);
    EXPECT("4294967295", "FLAGS", FWP_UINT32, uint32, UINT32_MAX);
    EXPECT("10.0.0.1", "IP_REMOTE_ADDRESS", FWP_UINT32, uint32, 0x0A000001);
    EXPECT("10.0.0.1", "IP_LOCAL_ADDRESS_V4", FWP_UINT32, uint32, 0x0A000001);
    EXPECT("3", "IP_LOCAL_ADDRESS_TYPE", FWP_UINT32, uint32, 3);
    EXPECT("18446744073709551615", "IP_LOCAL_INTERFACE", FWP_UINT64, uint64, &u);
    EXPECT("-128", "FLAGS", FWP_INT8, int8, -128);
    EXPECT("-32768", "FLAGS", FWP_INT16, int16, -32768);
    EXPECT("-1", "FLAGS", FWP_INT32, int32, -1);
    EXPECT("-9223372036854775808", "FLAGS", FWP_INT64, int64, &i);
    EXPECT("0.5", "FLAGS", FWP_FLOAT, float32, 0.5f);
    EXPECT("0.5", "FLAGS", FWP_DOUBLE, double64, &d);
    EXPECT("02:00:ab:00:00:01", "MAC_LOCAL_ADDRESS", FWP_BYTE_ARRAY6_TYPE, byteArray6, &mac);
    EXPECT("fe80::", "IP_REMOTE_ADDRESS", FWP_BYTE_ARRAY16_TYPE, byteArray16, &v6);
    EXPECT("S-1-5-18", "ALE_PACKAGE_ID", FWP_SID, sid, &sid);
    EXPECT("a\xEF\xBF\xBD"
           "b",
           "PEER_NAME", FWP_UNICODE_STRING_TYPE, unicodeString, text);
}

static void test_ranges(void **state)
{
    FWP_BYTE_ARRAY16 low = {{0xFE, 0x80}}, high = {{0xFE, 0xBF}};
    FWP_RANGE0 r = {{.type = FWP_BYTE_ARRAY16_TYPE}, {.type = FWP_BYTE_ARRAY16_TYPE}};
    FWP_CONDITION_VALUE0 v = {.type = FWP_RANGE_TYPE};
    (void)state;
    r.valueLow.byteArray16 = &low;
    r.valueHigh.byteArray16 = &high;
    v.rangeValue = &r;
    const struct policy_object_condition *c = of_value(&v, "FWPM_CONDITION_IP_REMOTE_ADDRESS");
    const struct policy_object *o = (const struct policy_object *)(const void *)builder.room;
    assert_string_equal(policy_object_text_of(o, c->element), "FWP_BYTE_ARRAY16_TYPE");
    assert_string_equal(policy_object_text_of(o, c->value), "fe80::");
    assert_string_equal(policy_object_text_of(o, c->high), "febf::");
}

static void test_blobs(void **state)
{
    uint8_t bytes[] = {0, 0xD8, 0, 0};
    FWP_BYTE_BLOB blob = {.size = sizeof bytes, .data = bytes};
    FWP_CONDITION_VALUE0 v = {.type = FWP_BYTE_BLOB_TYPE};
    (void)state;
    v.byteBlob = &blob;
    assert_string_equal(text_of(&v, "FWPM_CONDITION_ALE_APP_ID"), "00d80000");
    assert_int_equal(of_value(&v, "FWPM_CONDITION_ALE_APP_ID")->flags, POLICY_OBJECT_VALUE_HEX);
    bytes[1] = 0;
    bytes[0] = 'x';
    assert_string_equal(text_of(&v, "FWPM_CONDITION_ALE_APP_ID"), "x");
    v.type = FWP_SECURITY_DESCRIPTOR_TYPE; /* that these bytes are none */
    assert_string_equal(text_of(&v, "FWPM_CONDITION_ALE_USER_ID"), "78000000");
    blob.size = 0;
    assert_null(text_of(&v, "FWPM_CONDITION_ALE_USER_ID"));
}

/* ---- what must not be ----------------------------------------------------------------------- */

static void test_nothing(void **state)
{
    const FWPM_FILTER0 no_key = {.filterId = 1};
    (void)state;
    assert_null(fwp_object_filter(&builder, NULL));
    assert_null(fwp_object_layer(&builder, NULL));
    assert_null(fwp_object_provider(&builder, NULL));
    assert_null(fwp_object_sublayer(&builder, NULL));
    assert_null(fwp_object_callout(&builder, NULL));
    assert_null(fwp_object_context(&builder, NULL));
    assert_null(fwp_object_filter(&builder, &no_key));
}

/* A pointer that should lead to a value, and does not; types that no header names. */
static void test_null_values(void **state)
{
    (void)state;
    for (uint32_t type = 0; type < 300; type++) {
        FWP_CONDITION_VALUE0 v = {.type = type};
        const struct policy_object_condition *c = of_value(&v, "FWPM_CONDITION_FLAGS");
        const struct policy_object *o = (const struct policy_object *)(const void *)builder.room;
        bool in_place =
            type >= FWP_UINT8 && type <= FWP_FLOAT && type != FWP_UINT64 && type != FWP_INT64;
        if (in_place)
            assert_string_equal(policy_object_text_of(o, c->value), "0");
        else
            assert_int_equal(c->value, 0);
        assert_non_null(policy_object_text_of(o, c->type));
    }
    FWP_CONDITION_VALUE0 unknown = {.type = 77};
    const struct policy_object_condition *c = of_value(&unknown, "FWPM_CONDITION_FLAGS");
    assert_string_equal(
        policy_object_text_of((const struct policy_object *)(const void *)builder.room, c->type),
        "77");
}

static void test_counts_without_arrays(void **state)
{
    FWPM_FILTER0 f = {.filterKey = {.Data1 = 1}, .numFilterConditions = UINT32_MAX};
    FWP_BYTE_BLOB blob = {.size = UINT32_MAX};
    FWPM_PROVIDER_CONTEXT0 c = {.providerContextKey = {.Data1 = 1}, .type = FWPM_GENERAL_CONTEXT};
    FWP_SID_STRUCT sid = {.Revision = 1, .SubAuthorityCount = 255};
    FWP_CONDITION_VALUE0 v = {.type = FWP_SID};
    (void)state;
    assert_int_equal(fwp_object_filter(&builder, &f)->condition_count, 0);
    c.dataBuffer = &blob;
    assert_null(policy_object_slot_of(fwp_object_context(&builder, &c), TEXT_DATA));
    v.sid = &sid;
    assert_null(text_of(&v, "FWPM_CONDITION_ALE_PACKAGE_ID"));
}

/* Of another type the pointer leads to something else. */
static void test_opaque_context(void **state)
{
    FWPM_PROVIDER_CONTEXT0 c = {.providerContextKey = {.Data1 = 1}};
    (void)state;
    for (c.type = 0; c.type < 20; c.type++) {
        c.keyingPolicy = c.type != FWPM_GENERAL_CONTEXT ? (void *)(uintptr_t)1 : NULL;
        const struct policy_object *o = fwp_object_context(&builder, &c);
        assert_null(policy_object_slot_of(o, TEXT_DATA));
        assert_non_null(policy_object_slot_of(o, TEXT_TYPE));
    }
}

/* Names of any length: up to 64 Ki units whole, then cut; without a NUL where reading ends. */
static void test_long_names(void **state)
{
    uint16_t *name = malloc((POLICY_OBJECT_WIDE_MAX + 1) * sizeof *name);
    FWPM_FILTER0 f = {.filterKey = {.Data1 = 1}};
    (void)state;
    assert_non_null(name);
    for (size_t i = 0; i <= POLICY_OBJECT_WIDE_MAX; i++)
        name[i] = 0xD800;
    f.displayData.name = name;
    name[POLICY_OBJECT_WIDE_MAX] = 0;
    const struct policy_object *o = fwp_object_filter(&builder, &f);
    assert_int_equal(strlen(policy_object_slot_of(o, TEXT_NAME)), 3 * POLICY_OBJECT_WIDE_MAX);
    assert_int_equal(o->state, 0);
    name[POLICY_OBJECT_WIDE_MAX] = 0xD800;
    o = fwp_object_filter(&builder, &f);
    assert_int_equal(strlen(policy_object_slot_of(o, TEXT_NAME)), 3 * POLICY_OBJECT_WIDE_MAX);
    assert_int_equal(o->state, POLICY_OBJECT_TRUNCATED);
    free(name);
}

/* More than an object may hold is left out, and said so. */
static void test_too_much(void **state)
{
    enum { BYTES = 200000, CONDITIONS = POLICY_OBJECT_CONDITIONS_MAX + 1 };
    uint8_t *bytes = calloc(1, BYTES);
    FWPM_FILTER_CONDITION0 *c = calloc(CONDITIONS, sizeof *c);
    FWP_BYTE_BLOB blob = {.size = BYTES, .data = bytes};
    FWPM_FILTER0 f = {.filterKey = {.Data1 = 1}, .numFilterConditions = CONDITIONS};
    (void)state;
    assert_true(bytes != NULL && c != NULL);
    for (size_t i = 0; i < CONDITIONS; i++) {
        c[i].conditionValue.type = FWP_BYTE_BLOB_TYPE;
        c[i].conditionValue.byteBlob = &blob;
    }
    f.filterCondition = c;
    const struct policy_object *o = fwp_object_filter(&builder, &f);
    assert_int_equal(o->condition_count, POLICY_OBJECT_CONDITIONS_MAX);
    assert_int_equal(o->state, POLICY_OBJECT_TRUNCATED);
    assert_true(o->bytes <= POLICY_OBJECT_MAX);
    assert_int_equal(strlen(policy_object_text_of(o, policy_object_conditions(o)[0].value)),
                     4 * POLICY_OBJECT_WIDE_MAX);
    free(bytes);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter_is_that_of_a_dump),
        cmocka_unit_test(test_others_are_those_of_a_dump),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_single_values),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_blobs),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_null_values),
        cmocka_unit_test(test_counts_without_arrays),
        cmocka_unit_test(test_opaque_context),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
