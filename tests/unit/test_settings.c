/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Settings from a JSON text: each key, and what is wrong with a text and where. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

/* ---- reading -------------------------------------------------------------------------------- */

static const char whole[] =
    "{ \"match\": [\"type=classify_drop\", \"remote-address=192.0.2.0/24\"],\n"
    "  \"verify\": true, \"no_verdict\": false, \"accounts\": true, \"pid\": true,\n"
    "  \"ordered\": true, \"attempts\": true, \"sockets\": true, \"no_names\": false,\n"
    "  \"ring_bytes\": 1048576, \"threads\": 2, \"names_bytes\": 8388608,\n"
    "  \"state_dir\": \"SOFTWARE\\\\Vendor\\u005cProduct\", \"join\": \"always\",\n"
    "  \"own_provider\": \"{11111111-2222-3333-4444-555555555555}\", \"log_zone\": \"+02:00\",\n"
    "  \"join_ms\": 500, \"join_window_ms\": 1000, \"join_bytes\": 1048576,\n"
    "  \"live\": { \"ipsec\": true, \"filters\": true, \"audit_policy\": true, \"wait_ms\": 5000,\n"
    "    \"watch_ms\": 250, \"keywords\": [\"classify_allow\", \"inbound_mcast\"],\n"
    "    \"since\": \"2026-05-01T10:00:00Z\", \"guard\": [\"app=C:\\\\edr\\\\*.exe\"],\n"
    "    \"aggregate_ms\": 60000, \"aggregate_bytes\": 65536, \"silence_ms\": 300000 },\n"
    "  \"audit\": { \"classic\": true, \"oldest\": true, \"past\": true, \"wait_ms\": 1,\n"
    "    \"watch_ms\": 10, \"since\": \"2026-05-01T10:00:00Z\",\n"
    "    \"until\": \"2026-05-02T10:00:00Z\", \"bookmark\": \"<BookmarkList/>\" } }\n";

static wfpw_settings *must_read(const char *json)
{
    wfpw_settings *s;
    wfpw_error e;
    if (wfpw_options_from_json(json, strlen(json), NULL, &s, &e) != WFPW_OK)
        fail_msg("%s: %s at %llu", e.where, e.text, (unsigned long long)e.position);
    assert_int_equal(s->size, sizeof *s);
    return s;
}

static void test_every_key(void **state)
{
    const uint64_t may = UINT64_C(134221032000000000), day = UINT64_C(864000000000);
    wfpw_settings *s = must_read(whole);
    const wfpw_options *o = s->options;
    (void)state;
    assert_int_equal(o->size, sizeof *o);
    assert_int_equal(o->flags, WFPW_OPEN_VERIFY | WFPW_OPEN_ACCOUNTS | WFPW_OPEN_PID |
                                   WFPW_OPEN_ORDERED | WFPW_OPEN_ATTEMPTS | WFPW_OPEN_SOCKETS);
    assert_int_equal(o->ring_bytes, 1048576);
    assert_int_equal(o->threads, 2);
    assert_int_equal(o->names_bytes, 8388608);
    assert_string_equal(o->state_dir, "SOFTWARE\\Vendor\\Product");
    assert_string_equal(o->own_provider, "{11111111-2222-3333-4444-555555555555}");
    assert_string_equal(o->log_zone, "+02:00");
    assert_int_equal(o->join, WFPW_JOIN_ALWAYS);
    assert_int_equal(o->join_ms, 500);
    assert_int_equal(o->join_window_ms, 1000);
    assert_int_equal(o->join_bytes, 1048576);
    assert_ptr_equal(o->match, s->match);
    wfpw_asked asked = {.size = sizeof asked};
    assert_int_equal(wfpw_template_explain(s->match, 1, &asked), 1);
    assert_int_equal(s->live->flags, WFPW_LIVE_IPSEC | WFPW_LIVE_FILTERS | WFPW_LIVE_AUDIT_POLICY);
    assert_int_equal(s->live->wait_ms, 5000);
    assert_int_equal(s->live->watch_ms, 250);
    assert_int_equal(s->live->keywords, WFPW_KEYWORD_CLASSIFY_ALLOW | WFPW_KEYWORD_INBOUND_MCAST);
    assert_true(s->live->since == may);
    assert_non_null(s->guard);
    assert_ptr_equal(s->live->guard, s->guard);
    assert_int_equal(s->live->aggregate_ms, 60000);
    assert_int_equal(s->live->aggregate_bytes, 65536);
    assert_int_equal(s->live->silence_ms, 300000);
    assert_int_equal(s->audit->flags, WFPW_AUDIT_CLASSIC | WFPW_AUDIT_OLDEST | WFPW_AUDIT_PAST);
    assert_int_equal(s->audit->wait_ms, 1);
    assert_int_equal(s->audit->watch_ms, 10);
    assert_true(s->audit->since == may && s->audit->until == may + day);
    assert_string_equal(s->audit->bookmark, "<BookmarkList/>");
    wfpw_settings_free(s);
}

static void test_defaults(void **state)
{
    static const char *const texts[] = {"{}", " \t\r\n{ }\n", "{\"live\":null,\"audit\":null}"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        wfpw_settings *s = must_read(texts[i]);
        const wfpw_options none = {.size = sizeof none};
        assert_memory_equal(s->options, &none, sizeof none);
        assert_true(s->live == NULL && s->audit == NULL && s->match == NULL && s->guard == NULL);
        wfpw_settings_free(s);
    }
    wfpw_settings *s = must_read("{\"live\":{\"keywords\":[],\"watch_ms\":0},\"match\":[]}");
    const wfpw_live none = {.size = sizeof none};
    assert_memory_equal(s->live, &none, sizeof none);
    assert_non_null(s->match);
    wfpw_settings_free(s);
    wfpw_settings_free(NULL);
}

/* A session takes what was read as it is. */
static void test_a_session_of_it(void **state)
{
    wfpw_session *session;
    wfpw_settings *s = must_read("{\"match\":[\"type=classify_drop\"],\"pid\":true}");
    (void)state;
    assert_int_equal(wfpw_open(s->options, &session, NULL), WFPW_OK);
    wfpw_close(session);
    wfpw_settings_free(s);
}

/* ---- what is wrong -------------------------------------------------------------------------- */

/* The caret of a text stands before the character where the error is; it is left out. */
struct wrong {
    const char *json, *where, *text;
};

static const struct wrong wrongs[] = {
    {"^", "wfpw_options_from_json", "settings are one object: { ... }"},
    {"^[]", "wfpw_options_from_json", "settings are one object: { ... }"},
    {"{}^x", "wfpw_options_from_json", "there is text behind the object"},
    {"{} ^{}", "wfpw_options_from_json", "there is text behind the object"},
    {"{^", "wfpw_options_from_json", "a key is missing: a text in quotation marks"},
    {"{^pid:true}", "wfpw_options_from_json", "a key is missing: a text in quotation marks"},
    {"{\"pid\":true,^}", "pid", "a key is missing: a text in quotation marks"},
    {"{\"pid\" ^true}", "pid", "a ':' is missing"},
    {"{\"pid\":true^", "pid", "a ',' or '}' is missing"},
    {"{\"pid\":true ^\"attempts\":true}", "pid", "a ',' or '}' is missing"},
    {"{\"pid\":^1}", "pid", "it is true or false"},
    {"{\"pid\":^truer}", "pid", "it is true or false"},
    {"{\"pid\":^\"true\"}", "pid", "it is true or false"},
    {"{\"pid\":true,^\"pid\":true}", "pid", "the key is there twice"},
    {"{^\"flags\":1}", "flags", "there is no such key"},
    {"{^\"\":true}", "\"\"", "there is no such key"},
    {"{^\"Pid\":true}", "Pid", "there is no such key"},
    {"{\"\u00FC\u00FC\":1}", "\u00FC\u00FC", "there is no such key"},
    {"{\"threads\":^65}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^-1}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^1.0}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^1e1}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^01}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^0x1}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^99999999999999999999}", "threads",
     "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"threads\":^null}", "threads", "it is a whole number: 0 (the default), or from 1 to 64"},
    {"{\"join\":^\"often\"}", "join", "it is \"needed\", \"always\" or \"never\""},
    {"{\"join\":^1}", "join", "it is \"needed\", \"always\" or \"never\""},
    {"{\"state_dir\":^{}}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a\\q\"}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a\\u0000\"}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a\\uD800\"}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a\\uDC00\"}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a\\uD800\\u0041\"}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a\nb\"}", "state_dir", "it is a text"},
    {"{\"state_dir\":^\"a", "state_dir", "it is a text"},
    {"{\"own_provider\":^\"me\"}", "own_provider", "it is the key of a provider: \"{guid}\""},
    {"{\"log_zone\":^\"CET\"}", "log_zone", "it is \"local\", \"UTC\" or an offset: \"+02:00\""},
    {"{\"match\":^\"type=classify_drop\"}", "match", "it is an array of conditions, each a text"},
    {"{\"match\":[^1]}", "match", "it is an array of conditions, each a text"},
    {"{\"match\":[\"type=classify_drop\",^]}", "match",
     "it is an array of conditions, each a text"},
    {"{\"match\":[\"type=classify_drop\"^}", "match", "a ',' or ']' is missing"},
    {"{\"match\":[\"type=classify_drop\",^\"remote=x\"]}", "match", NULL},
    {"{\"live\":^true}", "live", "it is an object, or null"},
    {"{\"audit\":^[]}", "audit", "it is an object, or null"},
    {"{\"live\":{^\"pid\":true}}", "live.pid", "there is no such key"},
    {"{\"live\":{\"watch_ms\":^9}}", "live.watch_ms",
     "it is a whole number: 0 (the default), or from 10 to 2147483647"},
    {"{\"live\":{\"silence_ms\":^999}}", "live.silence_ms",
     "it is a whole number: 0 (the default), or from 1000 to 4294967295"},
    {"{\"live\":{\"keywords\":[^\"all\"]}}", "live.keywords",
     "there is no keyword of this name: see WFPW_KEYWORD_*, in small letters"},
    {"{\"live\":{\"since\":^\"yesterday\"}}", "live.since",
     "it is a time: \"2026-05-01T10:00:00Z\""},
    {"{\"live\":{\"guard\":[^\"x\"]}}", "live.guard", NULL},
    {"{\"live\":^{\"observe\":true,\"ipsec\":true}}", "live.ipsec",
     "who observes only changes neither keywords, ipsec nor audit_policy"},
    {"{\"live\":^{\"aggregate_bytes\":65536}}", "live.aggregate_bytes",
     "aggregate_bytes is of use with aggregate_ms only"},
    {"^{\"live\":{\"guard\":[]},\"no_names\":true}", "no_names",
     "a guard needs names: not with no_names"},
    {"{\"audit\":^{\"until\":\"2026-05-01T10:00:00Z\"}}", "audit.until",
     "until is of use with past only"},
    {"{\"audit\":^{\"past\":true,\"until\":\"2026-05-01T10:00:00Z\","
     "\"since\":\"2026-05-02T10:00:00Z\"}}",
     "audit.since", "since is later than until"},
    {"{\"join\":^\"\u00E9\"}", "join", "it is \"needed\", \"always\" or \"never\""},
};

static void assert_wrong(const struct wrong *w)
{
    char json[256];
    wfpw_settings *s;
    wfpw_error e;
    const char *caret = strchr(w->json, '^');
    size_t before = caret != NULL ? (size_t)(caret - w->json) : 1, n = strlen(w->json);
    memcpy(json, w->json, before);
    memcpy(json + before, w->json + before + (caret != NULL), n - before);
    n -= caret != NULL;
    assert_int_equal(wfpw_options_from_json(json, n, NULL, &s, &e), WFPW_E_SYNTAX);
    assert_null(s);
    if (e.position != before || strcmp(e.where, w->where) != 0 ||
        (w->text != NULL && strcmp(e.text, w->text) != 0))
        fail_msg("%s: %s, %s at %llu", w->json, e.where, e.text, (unsigned long long)e.position);
    assert_true(e.text[0] != 0);
    assert_int_equal(wfpw_options_from_json(json, n, NULL, &s, NULL), WFPW_E_SYNTAX);
}

static void test_wrong_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        assert_wrong(&wrongs[i]);
}

/* Characters are counted, not bytes; and what is no UTF-8 is no JSON. */
static void test_places(void **state)
{
    static const char umlauts[] = "{\"log_zone\":\"\xC3\xA4\xC3\xB6\"}", bad[] = "{\"a\xFF\":1}";
    wfpw_settings *s;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_options_from_json(umlauts, strlen(umlauts), NULL, &s, &e), WFPW_E_SYNTAX);
    assert_int_equal(e.position, 12);
    assert_int_equal(wfpw_options_from_json(bad, strlen(bad), NULL, &s, &e), WFPW_E_SYNTAX);
    assert_int_equal(e.position, 3);
    assert_string_equal(e.text, "this is no UTF-8");
}

/* A text that ends too early is always an error. */
static void test_every_prefix(void **state)
{
    wfpw_settings *s;
    size_t end = strlen(whole) - 1; /* a line's end is no part of the object */
    (void)state;
    for (size_t n = 0; n < end; n++) {
        char *copy = malloc(n + 1); /* of just this size, for who looks behind it */
        assert_non_null(copy);
        memcpy(copy, whole, n);
        assert_int_equal(wfpw_options_from_json(copy, n, NULL, &s, NULL), WFPW_E_SYNTAX);
        free(copy);
    }
}

static void test_wrong_arguments(void **state)
{
    wfpw_settings *s = (wfpw_settings *)(void *)&s;
    const wfpw_allocator half = {0};
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_options_from_json(NULL, 1, NULL, &s, &e), WFPW_E_INVAL);
    assert_null(s);
    assert_int_equal(wfpw_options_from_json("{}", 2, NULL, NULL, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_options_from_json("{}", 2, &half, &s, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_options_from_json("{}", 1048577, NULL, &s, &e), WFPW_E_INVAL);
    assert_string_equal(e.text, "settings have at most 1 MiB");
    assert_int_equal(wfpw_options_from_json(NULL, 0, NULL, &s, &e), WFPW_E_SYNTAX);
}

/* ---- memory --------------------------------------------------------------------------------- */

struct heap {
    int live, calls, fail_at;
};

static void *take_memory(void *ctx, size_t bytes)
{
    struct heap *h = ctx;
    if (++h->calls == h->fail_at)
        return NULL;
    h->live++;
    return malloc(bytes);
}

static void give_memory(void *ctx, void *p)
{
    struct heap *h = ctx;
    h->live -= p != NULL;
    free(p);
}

static void test_no_memory(void **state)
{
    struct heap h = {.fail_at = 1};
    const wfpw_allocator a = {take_memory, give_memory, &h};
    wfpw_settings *s;
    wfpw_error e;
    (void)state;
    while (wfpw_options_from_json(whole, strlen(whole), &a, &s, &e) != WFPW_OK) {
        assert_int_equal(e.status, WFPW_E_NOMEM);
        assert_null(s);
        assert_int_equal(h.live, 0);
        h.calls = 0;
        h.fail_at++;
    }
    assert_true(h.fail_at > 10);
    assert_ptr_equal(s->options->allocator, &a);
    wfpw_settings_free(s);
    assert_int_equal(h.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key),       cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_a_session_of_it), cmocka_unit_test(test_wrong_texts),
        cmocka_unit_test(test_places),          cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_wrong_arguments), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
