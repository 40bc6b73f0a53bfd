/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The table of symbols and layers, and objects made with it. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "model/policy_object.h"
#include "codes/wfp_symbols.h"

static uint16_t find(const char *s)
{
    return wfp_symbol_find(s, strlen(s));
}

static void test_symbols(void **state)
{
    (void)state;
    assert_int_equal(find("FWPM_LAYER_OF_NEXT_YEAR"), WFP_SYMBOL_NONE);
    assert_int_equal(wfp_symbol_find("FWP_UINT16", 9), WFP_SYMBOL_NONE);
    assert_int_equal(find(""), WFP_SYMBOL_NONE);
    assert_string_equal(wfp_symbol_text(find("FWP_UINT16")), "FWP_UINT16");
    assert_int_equal(wfp_symbol_number(find("FWP_UINT16")), 2);
    assert_int_equal(wfp_symbol_number(find("FWP_ACTION_CALLOUT_UNKNOWN")), 0x4005);
    assert_int_equal(wfp_symbol_number(find("FWPM_FILTER_FLAG_INDEXED")), 0x40);
    assert_int_equal(wfp_symbol_number(find("FWPM_FILTER_FLAG_SILENT_MODE")), 0x400);
}

/* Every symbol is found by its text, and those with a GUID by that. */
static void test_all(void **state)
{
    (void)state;
    assert_true(wfp_symbol_count() > 300);
    for (uint16_t i = 0; i < wfp_symbol_count(); i++)
        assert_int_equal(find(wfp_symbol_text(i)), i);
    uint8_t guid[16];
    static const char connect[] = "{c38d57d1-05a7-4c33-904f-7fbceee60e82}";
    assert_true(text_parse_guid(connect, strlen(connect), guid));
    assert_string_equal(wfp_symbol_text(wfp_symbol_of_guid(guid)),
                        "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    guid[0] ^= 1;
    assert_int_equal(wfp_symbol_of_guid(guid), WFP_SYMBOL_NONE);
    assert_int_equal(wfp_symbol_of_guid((const uint8_t[16]){0}), WFP_SYMBOL_NONE);
}

static void test_layers(void **state)
{
    (void)state;
    assert_string_equal(wfp_symbol_layer_key(0), "FWPM_LAYER_INBOUND_IPPACKET_V4");
    assert_string_equal(wfp_symbol_layer_key(48), "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_string_equal(wfp_symbol_layer_name(48), "ALE Connect v4 Layer");
    assert_string_equal(wfp_symbol_layer_key(83), "{29243af8-ecaf-4436-a44e-f9fb7070aa04}");
    assert_string_equal(wfp_symbol_layer_key(98), "FWPM_LAYER_KM_AUTHORIZATION");
    assert_null(wfp_symbol_layer_key(99));
    assert_null(wfp_symbol_layer_name(UINT32_MAX));
    for (uint32_t id = 0; id < WFP_SYMBOL_LAYERS; id++)
        assert_true(wfp_symbol_layer_key(id)[0] == '{' ||
                    find(wfp_symbol_layer_key(id)) != WFP_SYMBOL_NONE);
}

/* Keys come out in one spelling, whatever they came in. */
static void test_objects(void **state)
{
    static const char guid[] = "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}";
    struct policy_object_builder *b = calloc(1, sizeof *b);
    (void)state;
    assert_non_null(b);
    policy_object_start(b, POLICY_OBJECT_FILTER);
    b->object.texts[TEXT_KEY] = policy_object_put_key(b, guid, strlen(guid));
    b->object.texts[TEXT_LAYER] = policy_object_put_key(b, "FWPM_LAYER_STREAM_V4", 20);
    b->object.texts[TEXT_SUBLAYER] = policy_object_put_key(b, "FWPM_SUBLAYER_NEW", 17);
    b->object.texts[TEXT_NAME] = policy_object_put(b, "", 0);
    policy_object_add_flag(b, "FWPM_FILTER_FLAG_BOOTTIME", 25);
    policy_object_add_flag(b, "00000040", 8);
    policy_object_add_flag(b, "", 0);
    policy_object_add_condition(b)->field = policy_object_put_key(b, "FWPM_CONDITION_FLAGS", 20);
    const struct policy_object *o = policy_object_finish(b);
    assert_int_equal(o->bytes % 8, 0);
    assert_string_equal(policy_object_slot_of(o, TEXT_KEY),
                        "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}");
    assert_string_equal(policy_object_slot_of(o, TEXT_LAYER), "FWPM_LAYER_STREAM_V4");
    assert_string_equal(policy_object_slot_of(o, TEXT_SUBLAYER), "FWPM_SUBLAYER_NEW");
    assert_null(policy_object_slot_of(o, TEXT_NAME));
    assert_null(policy_object_slot_of(o, TEXT_CALLOUT));
    assert_int_equal(o->flag_count, 2);
    assert_int_equal(o->flag_bits, 0x42);
    assert_string_equal(policy_object_text_of(o, policy_object_flags(o)[1]), "00000040");
    assert_string_equal(policy_object_text_of(o, policy_object_conditions(o)[0].field),
                        "FWPM_CONDITION_FLAGS");
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
