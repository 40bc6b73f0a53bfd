/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's connections of IPsec as a list: as the engine has them, whole or not at all. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "os/system.h"

static const char scene[] =
    "ipsec_connection id=7 local=192.0.2.10 remote=203.0.113.7 key_module=ikev2 mode=tunnel "
    "auth=certificate cipher=aes_gcm_256 integrity=sha_384 dh_group=ecp_384 lifetime=28800 "
    "in=1000 out=500 age=60000 provider={5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}\n"
    "ipsec_connection local=2001:db8::1 remote=2001:db8::2 key_module=authip auth=kerberos "
    "second_auth=ntlm_v2 peer=host/srv\\u0022.example second_peer=EXAMPLE\\alice "
    "age=99999999999999\n"
    "ipsec_connection local=192.0.2.10 remote=203.0.113.8 auth=preshared_key cipher=99\n";

static wfpw_sim *new_host(uint32_t windows, const char *script)
{
    wfpw_sim *sim;
    assert_int_equal(wfpw_sim_new(windows, &sim), WFPW_OK);
    assert_int_equal(wfpw_sim_play(sim, script, NULL), WFPW_OK);
    return sim;
}

static int load_list(const wfpw_system *system, struct heap *heap, wfpw_ipsec_connections **out,
                     wfpw_error *e)
{
    wfpw_options o = {
        .size = sizeof o, .system = system, .allocator = heap != NULL ? &heap->allocator : NULL};
    return wfpw_ipsec_connections_load(&o, out, e);
}

/* Nothing of the engine's is held any more, and nothing was given back twice. */
static void assert_clean(wfpw_sim *sim)
{
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SESSIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
}

static void assert_address(const wfpw_endpoint *e, uint8_t family, uint8_t first, uint8_t last)
{
    assert_int_equal(e->family, family);
    assert_int_equal(e->port, 0);
    assert_int_equal(e->addr[0], first);
    assert_int_equal(e->addr[family == 6 ? 15 : 3], last);
}

static void assert_first(const wfpw_ipsec_connection *c)
{
    assert_int_equal(c->size, sizeof *c);
    assert_int_equal(c->id, 7);
    assert_address(&c->local, 4, 192, 10);
    assert_address(&c->remote, 4, 203, 7);
    assert_int_equal(c->bytes_in, 1000);
    assert_int_equal(c->bytes_out, 500);
    assert_int_equal(c->bytes, 1500);
    assert_int_equal(c->second_auth_method, UINT32_MAX);
    assert_int_equal(c->max_lifetime_s, 28800);
    assert_string_equal(c->provider, "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}");
    assert_null(c->peer); /* a certificate: nothing of it is read */
}

static void assert_json(const wfpw_ipsec_connection *c, const char *expected)
{
    char json[1000];
    size_t needed;
    int n = wfpw_ipsec_connection_to_json(c, 0, json, sizeof json, &needed);
    assert_int_equal(n, needed);
    assert_string_equal(json, expected);
    for (size_t cap = 0; cap <= needed; cap++) /* the NUL counts, too */
        assert_int_equal(wfpw_ipsec_connection_to_json(c, 0, json, cap, NULL), WFPW_E_RANGE);
}

static void test_list(void **state)
{
    wfpw_sim *sim = new_host(11, scene);
    wfpw_ipsec_connections *list;
    (void)state;
    assert_int_equal(load_list(wfpw_sim_system(sim), NULL, &list, NULL), WFPW_OK);
    assert_clean(sim);
    assert_first(wfpw_ipsec_connections_get(list, 0));
    assert_json(wfpw_ipsec_connections_get(list, 0),
                "{\"local\":{\"ip\":\"192.0.2.10\"},\"remote\":{\"ip\":\"203.0.113.7\"},"
                "\"created\":\"2025-12-31T23:59:00.0000000Z\",\"bytes_in\":1000,\"bytes_out\":500,"
                "\"bytes\":1500,\"ipsec\":{\"id\":7,\"mode\":\"tunnel\",\"key_module\":\"ikev2\","
                "\"auth_method\":\"certificate\",\"cipher\":\"aes_gcm_256\",\"integrity\":"
                "\"sha_384\",\"dh_group\":\"ecp_384\",\"max_lifetime_s\":28800,\"provider\":"
                "\"{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}\"}}");
    const wfpw_ipsec_connection *c = wfpw_ipsec_connections_get(list, 1);
    assert_address(&c->local, 6, 0x20, 1);
    assert_address(&c->remote, 6, 0x20, 2);
    assert_json(c, "{\"local\":{\"ip\":\"2001:db8::1\"},\"remote\":{\"ip\":\"2001:db8::2\"},"
                   "\"bytes_in\":0,\"bytes_out\":0,\"bytes\":0,\"ipsec\":{\"id\":2,\"mode\":"
                   "\"transport\",\"key_module\":\"authip\",\"auth_method\":\"kerberos\","
                   "\"second_auth_method\":\"ntlm_v2\",\"cipher\":\"des\",\"integrity\":\"md5\","
                   "\"dh_group\":\"none\",\"max_lifetime_s\":0,\"peer\":\"host/srv\\\".example\","
                   "\"second_peer\":\"EXAMPLE\\\\alice\"}}");
    c = wfpw_ipsec_connections_get(list, 2);
    assert_json(c, "{\"local\":{\"ip\":\"192.0.2.10\"},\"remote\":{\"ip\":\"203.0.113.8\"},"
                   "\"created\":\"2026-01-01T00:00:00.0000000Z\",\"bytes_in\":0,\"bytes_out\":0,"
                   "\"bytes\":0,\"ipsec\":{\"id\":3,\"mode\":\"transport\",\"key_module\":\"ike\","
                   "\"auth_method\":\"preshared_key\",\"cipher\":99,\"integrity\":\"md5\","
                   "\"dh_group\":\"none\",\"max_lifetime_s\":0}}");
    assert_null(wfpw_ipsec_connections_get(list, 3));
    wfpw_ipsec_connections_free(list);
    wfpw_sim_free(sim);
}

static void test_arguments(void **state)
{
    wfpw_ipsec_connections *list = (void *)state;
    wfpw_ipsec_connection c = {.size = sizeof c};
    wfpw_options o = {.size = sizeof o, .flags = 0x80000000u};
    char json[10];
    assert_int_equal(wfpw_ipsec_connections_load(NULL, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_ipsec_connections_load(&o, &list, NULL), WFPW_E_INVAL);
    assert_null(list);
    assert_null(wfpw_ipsec_connections_get(NULL, 0));
    assert_int_equal(wfpw_ipsec_connections_monitored(NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_ipsec_connection_to_json(NULL, 0, json, sizeof json, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_ipsec_connection_to_json(&c, 1, json, sizeof json, NULL), WFPW_E_INVAL);
    wfpw_ipsec_connections_free(NULL);
}

static int monitored_after(const char *script)
{
    wfpw_sim *sim = new_host(11, script);
    wfpw_ipsec_connections *list;
    assert_int_equal(load_list(wfpw_sim_system(sim), NULL, &list, NULL), WFPW_OK);
    assert_null(wfpw_ipsec_connections_get(list, 0));
    int monitored = wfpw_ipsec_connections_monitored(list);
    wfpw_ipsec_connections_free(list);
    assert_clean(sim);
    wfpw_sim_free(sim);
    return monitored;
}

static void test_monitored(void **state)
{
    (void)state;
    assert_int_equal(monitored_after(""), 0);
    assert_int_equal(monitored_after("ipsec on"), 1);
    assert_int_equal(monitored_after("ipsec on; fail call=FwpmEngineGetOption0 code=5"),
                     WFPW_E_SYSTEM);
}

/* Windows 7 has no such functions; a later one may lack any of them. */
static void test_functions_that_are_missing(void **state)
{
    wfpw_ipsec_connections *list;
    wfpw_error e;
    wfpw_sim *sim = new_host(7, scene);
    (void)state;
    assert_int_equal(load_list(wfpw_sim_system(sim), NULL, &list, &e), WFPW_E_NOTSUP);
    assert_string_equal(e.where, "FwpmConnectionEnum0");
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_CALLS), 0);
    wfpw_sim_free(sim);
    for (int missing = 0; missing < 6; missing++) {
        sim = new_host(11, scene);
        struct wfpw_system system = *wfpw_sim_system(sim);
        struct system_engine engine = *system.engine;
        system.engine = &engine;
        engine.open = missing == 0 ? NULL : engine.open;
        engine.close = missing == 1 ? NULL : engine.close;
        engine.free = missing == 2 ? NULL : engine.free;
        engine.create_connection_enum = missing == 3 ? NULL : engine.create_connection_enum;
        engine.enumerate_connections = missing == 4 ? NULL : engine.enumerate_connections;
        engine.destroy_connection_enum = missing == 5 ? NULL : engine.destroy_connection_enum;
        assert_int_equal(load_list(&system, NULL, &list, &e), WFPW_E_NOTSUP);
        assert_null(list);
        wfpw_sim_free(sim);
    }
}

/* What cannot be asked is no list; that monitoring cannot, or that the end fails, is one. */
static void test_each_call_fails(void **state)
{
    static const struct {
        uint32_t code;
        int status;
    } codes[] = {{5, WFPW_E_ACCESS}, {1722, WFPW_E_NOSERVICE}, {0x80320012, WFPW_E_TIMEOUT}};
    static const char *const calls[] = {
        "FwpmEngineOpen0",     NULL, "FwpmConnectionCreateEnumHandle0",
        "FwpmConnectionEnum0", NULL, NULL};
    (void)state;
    for (size_t i = 0; i < 3 * sizeof calls / sizeof *calls; i++) {
        const char *call = calls[i / 3];
        wfpw_sim *sim = new_host(11, scene);
        wfpw_ipsec_connections *list;
        wfpw_error e;
        wfpw_sim_fail_nth(sim, i / 3 + 1, codes[i % 3].code);
        int status = load_list(wfpw_sim_system(sim), NULL, &list, &e);
        assert_int_equal(status, call != NULL ? codes[i % 3].status : WFPW_OK);
        if (call != NULL) {
            assert_null(list);
            assert_string_equal(e.where, call);
            assert_int_equal(e.os_code, codes[i % 3].code);
        } else {
            assert_non_null(wfpw_ipsec_connections_get(list, 2));
        }
        wfpw_ipsec_connections_free(list);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
        wfpw_sim_free(sim);
    }
}

static void test_no_memory(void **state)
{
    int status = WFPW_E_NOMEM;
    (void)state;
    for (uint64_t nth = 1; status != WFPW_OK; nth++) {
        struct heap heap;
        wfpw_sim *sim = new_host(11, scene);
        wfpw_ipsec_connections *list;
        wfpw_error e;
        heap_init(&heap);
        heap.fail_at = nth;
        status = load_list(wfpw_sim_system(sim), &heap, &list, &e);
        assert_true(status == WFPW_OK || (status == WFPW_E_NOMEM && list == NULL));
        wfpw_ipsec_connections_free(list);
        assert_int_equal(os_u64_load(&heap.live), 0);
        assert_clean(sim);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_ALLOCATIONS), 0);
        wfpw_sim_free(sim);
        assert_true(nth < 100);
    }
}

/* Pages of the engine: full ones, and one that ends with them. */
static void test_many(void **state)
{
    static const unsigned counts[] = {63, 64, 65, 128, 1000};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char script[100];
        uint32_t n = 0;
        wfpw_ipsec_connections *list;
        (void)snprintf(script, sizeof script,
                       "repeat %u ipsec_connection local=192.0.2.1 remote=192.0.2.2 auth=kerberos "
                       "peer=x",
                       counts[i]);
        wfpw_sim *sim = new_host(11, script);
        assert_int_equal(load_list(wfpw_sim_system(sim), NULL, &list, NULL), WFPW_OK);
        for (const wfpw_ipsec_connection *c; (c = wfpw_ipsec_connections_get(list, n)) != NULL;
             n++) {
            assert_int_equal(c->id, n + 1);
            assert_string_equal(c->peer, "x");
        }
        assert_int_equal(n, counts[i]);
        wfpw_ipsec_connections_free(list);
        assert_clean(sim);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_ALLOCATIONS), 0);
        wfpw_sim_free(sim);
    }
}

static void test_script(void **state)
{
    static const char *const wrong[] = {
        "ipsec_connection local=192.0.2.1",
        "ipsec_connection remote=192.0.2.1",
        "ipsec_connection local=192.0.2.1 remote=2001:db8::1",
        "ipsec_connection local=192.0.2.1 remote=192.0.2.2 mode=x",
        "ipsec_connection local=192.0.2.1 remote=192.0.2.2 in=x",
        "ipsec_connection local=192.0.2.1 remote=192.0.2.2 lifetime=4294967296",
        "ipsec_connection local=192.0.2.1 remote=192.0.2.2 provider=x",
        "ipsec_connection local=192.0.2.1 remote=192.0.2.2 peer=a peer=b",
        "ipsec_connection local=192.0.2.1 remote=192.0.2.2 what=1",
    };
    wfpw_sim *sim = new_host(11, "");
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(wfpw_sim_play(sim, wrong[i], NULL), WFPW_E_SYNTAX);
    wfpw_sim_free(sim);
}

/* ---- a hostile engine ----------------------------------------------------------------------- */

/* A page of which some entries are not there, with names that never end and unions of other
 * members; then one that says to have more than it gives. */
struct hostile {
    const struct wfpw_system *sim;
    FWPM_CONNECTION0 raw[2];
    FWPM_CONNECTION0 *page[3];
    IKEEXT_NAME_CREDENTIAL0 endless, nameless;
    uint16_t text[600];
    bool is_empty;
    uint32_t freed;
};

static uint32_t hostile_open(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    (void)session;
    *engine = ctx;
    return 0;
}

static uint32_t hostile_close(void *ctx, void *engine)
{
    assert_ptr_equal(ctx, engine);
    return 0;
}

static uint32_t hostile_create(void *ctx, void *engine, const FWPM_CONNECTION_ENUM_TEMPLATE0 *t,
                               void **handle)
{
    (void)engine;
    assert_null(t);
    *handle = ctx;
    return 0;
}

static uint32_t hostile_enumerate(void *ctx, void *engine, void *handle, uint32_t wanted,
                                  FWPM_CONNECTION0 ***entries, uint32_t *count)
{
    struct hostile *h = ctx;
    (void)engine;
    (void)handle;
    *entries = h->is_empty ? NULL : h->page;
    *count = h->is_empty ? wanted : 3;
    return 0;
}

static uint32_t hostile_destroy(void *ctx, void *engine, void *handle)
{
    assert_ptr_equal(ctx, engine);
    assert_ptr_equal(ctx, handle);
    return 0;
}

static void hostile_free(void *ctx, void **p)
{
    struct hostile *h = ctx;
    h->freed++;
    *p = NULL;
}

static void fill_hostile(struct hostile *h)
{
    for (size_t i = 0; i < sizeof h->text / sizeof *h->text; i++)
        h->text[i] = i % 2 == 0 ? 0xD800 : 'x'; /* no NUL, and halves of a character */
    h->endless.principalName = h->text;
    h->raw[0] = (FWPM_CONNECTION0){
        .ipVersion = 77,
        .ipsecTrafficModeType = UINT32_MAX,
        .keyModuleType = IKEEXT_KEY_MODULE_AUTHIP,
        .mmPeer = {.authenticationMethodType = IKEEXT_KERBEROS, .name = &h->endless},
        .emPeer = {.authenticationMethodType = IKEEXT_NTLM_V2, .name = &h->nameless},
        .bytesTransferredIn = UINT64_MAX,
        .startSysTime = {UINT32_MAX, UINT32_MAX}};
    h->raw[1] = (FWPM_CONNECTION0){
        .keyModuleType = UINT32_MAX,
        .mmPeer = {.authenticationMethodType = IKEEXT_PRESHARED_KEY,
                   .presharedKey = (void *)(uintptr_t)1},
        .emPeer = {.authenticationMethodType = IKEEXT_KERBEROS, .name = (void *)(uintptr_t)1}};
    h->page[0] = &h->raw[0];
    h->page[2] = &h->raw[1];
}

static void assert_hostile(const wfpw_ipsec_connections *list)
{
    char json[20000];
    const wfpw_ipsec_connection *c = wfpw_ipsec_connections_get(list, 0);
    assert_int_equal(c->local.family, 0);
    assert_int_equal(c->mode, UINT32_MAX);
    assert_int_equal(strlen(c->peer), 512 / 2 * (3 + 1)); /* U+FFFD, x */
    assert_null(c->second_peer);
    assert_true(wfpw_ipsec_connection_to_json(c, 0, json, sizeof json, NULL) > 0);
    assert_null(strstr(json, "local"));
    c = wfpw_ipsec_connections_get(list, 1);
    assert_null(c->peer);
    assert_null(c->second_peer);
    assert_int_equal(c->second_auth_method, UINT32_MAX);
    assert_true(wfpw_ipsec_connection_to_json(c, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"key_module\":4294967295"));
    assert_null(wfpw_ipsec_connections_get(list, 2));
}

static void test_hostile(void **state)
{
    static const struct system_engine engine = {.open = hostile_open,
                                                .close = hostile_close,
                                                .free = hostile_free,
                                                .create_connection_enum = hostile_create,
                                                .enumerate_connections = hostile_enumerate,
                                                .destroy_connection_enum = hostile_destroy};
    struct hostile h = {.is_empty = false};
    const struct wfpw_system system = {.ctx = &h, .engine = &engine};
    wfpw_ipsec_connections *list;
    (void)state;
    fill_hostile(&h);
    assert_int_equal(load_list(&system, NULL, &list, NULL), WFPW_OK);
    assert_hostile(list);
    assert_int_equal(h.freed, 1);
    assert_int_equal(wfpw_ipsec_connections_monitored(list), WFPW_E_SYSTEM);
    wfpw_ipsec_connections_free(list);
    h.is_empty = true;
    assert_int_equal(load_list(&system, NULL, &list, NULL), WFPW_OK);
    assert_null(wfpw_ipsec_connections_get(list, 0));
    assert_int_equal(h.freed, 1); /* nothing was given */
    wfpw_ipsec_connections_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_monitored),
        cmocka_unit_test(test_functions_that_are_missing),
        cmocka_unit_test(test_each_call_fails),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_script),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
