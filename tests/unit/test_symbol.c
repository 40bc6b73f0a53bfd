/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The table of symbols and layers, and objects made with it. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "symbol.h"

static uint16_t find(const char *s)
{
    return symbol_find(s, strlen(s));
}

static void test_symbols(void **state)
{
    (void)state;
    assert_int_equal(find("FWPM_LAYER_OF_NEXT_YEAR"), SYMBOL_NONE);
    assert_int_equal(symbol_find("FWP_UINT16", 9), SYMBOL_NONE);
    assert_int_equal(find(""), SYMBOL_NONE);
    assert_string_equal(symbol_text(find("FWP_UINT16")), "FWP_UINT16");
    assert_int_equal(symbol_number(find("FWP_UINT16")), 2);
    assert_int_equal(symbol_number(find("FWP_ACTION_CALLOUT_UNKNOWN")), 0x4005);
    assert_int_equal(symbol_number(find("FWPM_FILTER_FLAG_INDEXED")), 0x40);
    assert_int_equal(symbol_number(find("FWPM_FILTER_FLAG_SILENT_MODE")), 0x400);
}

/* Every symbol is found by its text, and those with a GUID by that. */
static void test_all(void **state)
{
    (void)state;
    assert_true(symbol_count() > 300);
    for (uint16_t i = 0; i < symbol_count(); i++)
        assert_int_equal(find(symbol_text(i)), i);
    uint8_t guid[16];
    static const char connect[] = "{c38d57d1-05a7-4c33-904f-7fbceee60e82}";
    assert_true(text_parse_guid(connect, strlen(connect), guid));
    assert_string_equal(symbol_text(symbol_of_guid(guid)), "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    guid[0] ^= 1;
    assert_int_equal(symbol_of_guid(guid), SYMBOL_NONE);
    assert_int_equal(symbol_of_guid((const uint8_t[16]){0}), SYMBOL_NONE);
}

static void test_layers(void **state)
{
    (void)state;
    assert_string_equal(symbol_layer_key(0), "FWPM_LAYER_INBOUND_IPPACKET_V4");
    assert_string_equal(symbol_layer_key(48), "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_string_equal(symbol_layer_name(48), "ALE Connect v4 Layer");
    assert_string_equal(symbol_layer_key(83), "{29243af8-ecaf-4436-a44e-f9fb7070aa04}");
    assert_string_equal(symbol_layer_key(98), "FWPM_LAYER_KM_AUTHORIZATION");
    assert_null(symbol_layer_key(99));
    assert_null(symbol_layer_name(UINT32_MAX));
    for (uint32_t id = 0; id < SYMBOL_LAYERS; id++)
        assert_true(symbol_layer_key(id)[0] == '{' || find(symbol_layer_key(id)) != SYMBOL_NONE);
}

/* Keys come out in one spelling, whatever they came in. */
static void test_objects(void **state)
{
    static const char guid[] = "{DECC16CA-3F33-4346-BE1E-8FB4AE0F3D62}";
    struct object_builder *b = calloc(1, sizeof *b);
    (void)state;
    assert_non_null(b);
    object_start(b, OBJECT_FILTER);
    b->object.texts[TEXT_KEY] = object_put_key(b, guid, strlen(guid));
    b->object.texts[TEXT_LAYER] = object_put_key(b, "FWPM_LAYER_STREAM_V4", 20);
    b->object.texts[TEXT_SUBLAYER] = object_put_key(b, "FWPM_SUBLAYER_NEW", 17);
    b->object.texts[TEXT_NAME] = object_put(b, "", 0);
    object_add_flag(b, "FWPM_FILTER_FLAG_BOOTTIME", 25);
    object_add_flag(b, "00000040", 8);
    object_add_flag(b, "", 0);
    object_add_condition(b)->field = object_put_key(b, "FWPM_CONDITION_FLAGS", 20);
    const struct object *o = object_finish(b);
    assert_int_equal(o->bytes % 8, 0);
    assert_string_equal(object_slot_of(o, TEXT_KEY), "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}");
    assert_string_equal(object_slot_of(o, TEXT_LAYER), "FWPM_LAYER_STREAM_V4");
    assert_string_equal(object_slot_of(o, TEXT_SUBLAYER), "FWPM_SUBLAYER_NEW");
    assert_null(object_slot_of(o, TEXT_NAME));
    assert_null(object_slot_of(o, TEXT_CALLOUT));
    assert_int_equal(o->flag_count, 2);
    assert_int_equal(o->flag_bits, 0x42);
    assert_string_equal(object_text_of(o, object_flags(o)[1]), "00000040");
    assert_string_equal(object_text_of(o, object_conditions(o)[0].field), "FWPM_CONDITION_FLAGS");
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
