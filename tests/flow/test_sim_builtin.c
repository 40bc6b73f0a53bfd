/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a simulated engine has of its own is what a Windows 11 lists: layers with their fields,
 * sublayers, providers. The expected values were read in such a list by a person. */
#include "flow.h"

#include <string.h>

#include "codes/wfp_symbols.h"
#include "os/system.h"

struct engine {
    wfpw_sim *sim;
    const struct wfpw_system *system;
    void *handle;
};

static void open_engine(struct engine *e, const char *script)
{
    const FWPM_SESSION0 session = {.txnWaitTimeoutInMSec = 1000};
    assert_int_equal(wfpw_sim_new(11, &e->sim), WFPW_OK);
    assert_int_equal(wfpw_sim_play(e->sim, script, NULL), WFPW_OK);
    e->system = wfpw_sim_system(e->sim);
    assert_int_equal(e->system->engine->open(e->system->ctx, &session, &e->handle), 0);
}

static void close_engine(struct engine *e)
{
    assert_int_equal(e->system->engine->close(e->system->ctx, e->handle), 0);
    assert_int_equal(wfpw_sim_count(e->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(e->sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(e->sim);
}

static FWP_GUID key_of(const char *symbol)
{
    FWP_GUID key;
    uint16_t i = wfp_symbol_find(symbol, strlen(symbol));
    assert_int_not_equal(i, WFP_SYMBOL_NONE);
    memcpy(&key, wfp_symbol_guid(i), sizeof key);
    return key;
}

static void assert_key(const FWP_GUID *key, const char *symbol)
{
    FWP_GUID want = key_of(symbol);
    assert_memory_equal(key, &want, sizeof want);
}

static void assert_wide(const uint16_t *s, const char *want)
{
    size_t i = 0;
    assert_non_null(s);
    for (; want[i] != 0; i++)
        assert_int_equal(s[i], (uint8_t)want[i]);
    assert_int_equal(s[i], 0);
}

static void *get_object(struct engine *e, enum system_list list, const char *symbol)
{
    FWP_GUID key = key_of(symbol);
    void *out = NULL;
    assert_int_equal(e->system->policy->get_by_key[list](e->system->ctx, e->handle, &key, &out), 0);
    return out;
}

static void give_back(struct engine *e, void *p)
{
    e->system->engine->free(e->system->ctx, &p);
}

/* How many objects a template finds; *entries is to be given back. */
static uint32_t list_objects(struct engine *e, enum system_list list, const void *t,
                             void ***entries)
{
    const struct system_policy *p = e->system->policy;
    void *ctx = e->system->ctx, *handle;
    uint32_t n = 0;
    assert_int_equal(p->create_enum[list](ctx, e->handle, t, &handle), 0);
    assert_int_equal(p->enumerate[list](ctx, e->handle, handle, UINT32_MAX, entries, &n), 0);
    assert_int_equal(p->destroy_enum[list](ctx, e->handle, handle), 0);
    return n;
}

/* ---- layers --------------------------------------------------------------------------------- */

static void test_every_layer_has_fields(void **state)
{
    struct engine e;
    void **layers;
    uint32_t fields = 0;
    (void)state;
    open_engine(&e, "");
    uint32_t n = list_objects(&e, LIST_LAYERS, NULL, &layers);
    assert_int_equal(n, 99);
    for (uint32_t i = 0; i < n; i++) {
        const FWPM_LAYER0 *l = layers[i];
        fields += l->numFields;
        assert_true((l->flags & FWPM_LAYER_FLAG_BUILTIN) != 0);
        assert_key(&l->defaultSubLayerKey, "FWPM_SUBLAYER_UNIVERSAL");
        for (uint32_t k = 0; k < l->numFields; k++) {
            assert_true(l->field[k].type <= FWPM_FIELD_FLAGS);
            assert_false(memcmp(l->field[k].fieldKey, &(FWP_GUID){0}, sizeof(FWP_GUID)) == 0);
        }
    }
    assert_int_equal(fields, 1490);
    give_back(&e, layers);
    close_engine(&e);
}

static void test_fields_of_a_layer(void **state)
{
    static const struct {
        const char *key;
        uint32_t type, data_type;
    } want[] = {
        {"FWPM_CONDITION_IP_LOCAL_ADDRESS", FWPM_FIELD_IP_ADDRESS, FWP_UINT32},
        {"FWPM_CONDITION_IP_REMOTE_ADDRESS", FWPM_FIELD_IP_ADDRESS, FWP_UINT32},
        {"FWPM_CONDITION_IP_LOCAL_ADDRESS_TYPE", FWPM_FIELD_RAW_DATA, FWP_UINT8},
        {"FWPM_CONDITION_IP_LOCAL_INTERFACE", FWPM_FIELD_RAW_DATA, FWP_UINT64},
        {"FWPM_CONDITION_INTERFACE_INDEX", FWPM_FIELD_RAW_DATA, FWP_UINT32},
        {"FWPM_CONDITION_SUB_INTERFACE_INDEX", FWPM_FIELD_RAW_DATA, FWP_UINT32},
        {"FWPM_CONDITION_FLAGS", FWPM_FIELD_FLAGS, FWP_UINT32},
    };
    struct engine e;
    (void)state;
    open_engine(&e, "");
    FWPM_LAYER0 *l = get_object(&e, LIST_LAYERS, "FWPM_LAYER_INBOUND_IPPACKET_V4");
    assert_int_equal(l->numFields, 10);
    assert_int_equal(l->flags, FWPM_LAYER_FLAG_KERNEL | FWPM_LAYER_FLAG_BUILTIN |
                                   FWPM_LAYER_FLAG_CLASSIFY_MOSTLY);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_key(l->field[i].fieldKey, want[i].key);
        assert_int_equal(l->field[i].type, want[i].type);
        assert_int_equal(l->field[i].dataType, want[i].data_type);
    }
    give_back(&e, l);
    close_engine(&e);
}

/* ---- sublayers, providers ------------------------------------------------------------------- */

static void test_sublayers_and_providers(void **state)
{
    struct engine e;
    (void)state;
    open_engine(&e, "");
    FWPM_SUBLAYER0 *s = get_object(&e, LIST_SUBLAYERS, "FWPM_SUBLAYER_MPSSVC_QUARANTINE");
    assert_wide(s->displayData.name, "WFP Built-in MPSSVC Quarantine Sublayer");
    assert_int_equal(s->weight, 4);
    assert_key(s->providerKey, "FWPM_PROVIDER_MPSSVC_WSH");
    give_back(&e, s);
    s = get_object(&e, LIST_SUBLAYERS, "FWPM_SUBLAYER_UNIVERSAL");
    assert_int_equal(s->weight, 0x8000);
    assert_null(s->providerKey);
    give_back(&e, s);
    FWPM_PROVIDER0 *p = get_object(&e, LIST_PROVIDERS, "FWPM_PROVIDER_MPSSVC_WF");
    assert_wide(p->displayData.name, "Microsoft Corporation");
    assert_wide(p->serviceName, "mpssvc");
    give_back(&e, p);
    p = get_object(&e, LIST_PROVIDERS, "FWPM_PROVIDER_TCP_TEMPLATES");
    assert_null(p->serviceName);
    give_back(&e, p);
    close_engine(&e);
}

/* A template that chooses by nothing finds all. */
static void test_templates(void **state)
{
    FWP_GUID wsh = key_of("FWPM_PROVIDER_MPSSVC_WSH");
    const FWPM_SUBLAYER_ENUM_TEMPLATE0 all = {0}, of_wsh = {.providerKey = &wsh};
    const uint64_t reserved = 0;
    struct engine e;
    void **entries;
    (void)state;
    open_engine(&e, "");
    assert_int_equal(list_objects(&e, LIST_SUBLAYERS, &all, &entries), 18);
    give_back(&e, entries);
    assert_int_equal(list_objects(&e, LIST_SUBLAYERS, &of_wsh, &entries), 2);
    give_back(&e, entries);
    assert_int_equal(list_objects(&e, LIST_LAYERS, &reserved, &entries), 99);
    give_back(&e, entries);
    assert_int_equal(list_objects(&e, LIST_PROVIDERS, &reserved, &entries), 9);
    give_back(&e, entries);
    close_engine(&e);
}

static uint32_t count_objects(struct engine *e, enum system_list list, const void *t)
{
    void **entries;
    uint32_t n = list_objects(e, list, t, &entries);
    give_back(e, entries);
    return n;
}

/* By provider and layer; what the template has none of is not asked. */
static void test_callout_template(void **state)
{
    FWP_GUID ours = {.Data4 = {[7] = 1}};
    FWP_GUID connect = key_of("FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    FWP_GUID accept = key_of("FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4");
    const FWPM_CALLOUT_ENUM_TEMPLATE0 all = {0}, of_layer = {.layerKey = connect},
                                      of_provider = {.providerKey = &ours},
                                      of_both = {.providerKey = &ours, .layerKey = connect},
                                      of_neither = {.providerKey = &ours, .layerKey = accept};
    struct engine e;
    (void)state;
    open_engine(&e, "callout key={00000000-0000-0000-0000-00000000000a} "
                    "layer=FWPM_LAYER_ALE_AUTH_CONNECT_V4\n"
                    "callout key={00000000-0000-0000-0000-00000000000b} "
                    "layer=FWPM_LAYER_ALE_AUTH_CONNECT_V4 "
                    "provider={00000000-0000-0000-0000-000000000001}\n"
                    "callout key={00000000-0000-0000-0000-00000000000c} "
                    "layer=FWPM_LAYER_ALE_AUTH_LISTEN_V4 "
                    "provider={00000000-0000-0000-0000-000000000001}\n");
    assert_int_equal(count_objects(&e, LIST_CALLOUTS, NULL), 3);
    assert_int_equal(count_objects(&e, LIST_CALLOUTS, &all), 3);
    assert_int_equal(count_objects(&e, LIST_CALLOUTS, &of_layer), 2);
    assert_int_equal(count_objects(&e, LIST_CALLOUTS, &of_provider), 2);
    assert_int_equal(count_objects(&e, LIST_CALLOUTS, &of_both), 1);
    assert_int_equal(count_objects(&e, LIST_CALLOUTS, &of_neither), 0);
    close_engine(&e);
}

/* Always by type, and 0 is one. */
static void test_context_template(void **state)
{
    FWP_GUID ours = {.Data4 = {[7] = 1}};
    const FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0
        general = {.providerContextType = FWPM_GENERAL_CONTEXT},
        ours_general = {.providerKey = &ours, .providerContextType = FWPM_GENERAL_CONTEXT},
        keying = {.providerContextType = FWPM_IPSEC_KEYING_CONTEXT},
        other = {.providerContextType = FWPM_CLASSIFY_OPTIONS_CONTEXT};
    struct engine e;
    (void)state;
    open_engine(&e, "context key={00000000-0000-0000-0000-00000000000a} data=a\n"
                    "context key={00000000-0000-0000-0000-00000000000b} data=b "
                    "provider={00000000-0000-0000-0000-000000000001}\n"
                    "context key={00000000-0000-0000-0000-00000000000c} type=0\n");
    assert_int_equal(count_objects(&e, LIST_CONTEXTS, NULL), 3);
    assert_int_equal(count_objects(&e, LIST_CONTEXTS, &general), 2);
    assert_int_equal(count_objects(&e, LIST_CONTEXTS, &ours_general), 1);
    assert_int_equal(count_objects(&e, LIST_CONTEXTS, &keying), 1);
    assert_int_equal(count_objects(&e, LIST_CONTEXTS, &other), 0);
    close_engine(&e);
}

/* ---- what is not set ------------------------------------------------------------------------ */

static uint32_t weight_rest(struct engine *e)
{
    void **entries;
    uint32_t start = 0;
    assert_int_equal(list_objects(e, LIST_FILTERS, NULL, &entries), 1);
    /* Of the union with the weight's number, which has one byte here, the others. */
    const FWPM_FILTER0 *f = entries[0];
    assert_int_equal(f->weight.type, FWP_UINT8);
    memcpy(&start, (const uint8_t *)&f->weight.uint8 + 1, 3);
    give_back(e, entries);
    return start;
}

/* The remote port of the last event, which was given none. */
static uint16_t unset_port(struct engine *e)
{
    const FWPM_NET_EVENT_ENUM_TEMPLATE0 t = {.endTime = {UINT32_MAX, INT32_MAX}};
    const struct system_engine *engine = e->system->engine;
    void *ctx = e->system->ctx, *handle, **entries;
    uint32_t n = 0;
    assert_int_equal(engine->create_enum(ctx, e->handle, &t, &handle), 0);
    assert_int_equal(engine->enumerate[0](ctx, e->handle, handle, UINT32_MAX, &entries, &n), 0);
    assert_int_equal(engine->destroy_enum(ctx, e->handle, handle), 0);
    assert_true(n > 0);
    uint16_t port = ((const FWPM_NET_EVENT0 *)entries[n - 1])->header.remotePort;
    give_back(e, entries);
    return port;
}

static void test_garbage_in_events_as_well(void **state)
{
    struct engine e;
    (void)state;
    open_engine(&e, "drop local=10.0.0.1:80");
    assert_int_equal(unset_port(&e), 0xA5A5);
    assert_int_equal(wfpw_sim_play(e.sim, "clean on; drop local=10.0.0.1:80", NULL), WFPW_OK);
    assert_int_equal(unset_port(&e), 0);
    close_engine(&e);
}

static void test_garbage_can_be_switched_off(void **state)
{
    struct engine e;
    (void)state;
    open_engine(&e, "filter weight=3");
    assert_int_equal(weight_rest(&e) & 0xFFFFFF, 0xA5A5A5);
    assert_int_equal(wfpw_sim_play(e.sim, "clean on", NULL), WFPW_OK);
    assert_int_equal(weight_rest(&e) & 0xFFFFFF, 0);
    assert_int_equal(wfpw_sim_play(e.sim, "clean off", NULL), WFPW_OK);
    assert_int_equal(weight_rest(&e) & 0xFFFFFF, 0xA5A5A5);
    assert_int_not_equal(wfpw_sim_play(e.sim, "clean maybe", NULL), WFPW_OK);
    close_engine(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_layer_has_fields),
        cmocka_unit_test(test_fields_of_a_layer),
        cmocka_unit_test(test_sublayers_and_providers),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_callout_template),
        cmocka_unit_test(test_context_template),
        cmocka_unit_test(test_garbage_can_be_switched_off),
        cmocka_unit_test(test_garbage_in_events_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
