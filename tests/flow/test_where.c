/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session that wants some events only: which ones come, and how the others are counted; sides and
 * directions as they come out of a session. */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#define TCP "drop protocol=tcp filter=1 layer=48 direction=out\n"
#define UDP "drop protocol=udp filter=2 layer=44 direction=in\n"

static wfpw_template *template_of(const char *condition)
{
    wfpw_template *t;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, condition, NULL), WFPW_OK);
    return t;
}

/* ---- live ----------------------------------------------------------------------------------- */

static void test_live(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("protocol=tcp");
    (void)state;
    flow_open(&f, &(struct flow_options){.match = t});
    flow_play(&f, "repeat 30 " UDP TCP "repeat 20 " UDP TCP);
    flow_read_events(&f, 2);
    assert_int_equal(wfpw_batch_get(f.b, 0)->filter_id, 1);
    assert_int_equal(flow_stats(&f).received, 2); /* the engine kept the others */
    flow_assert_accounted(&f);
    flow_close(&f);
    wfpw_template_free(t);
}

/* What the engine cannot be asked, the callback is: nothing of it takes room in the ring. */
static void test_live_callback(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("protocol=tcp,sctp");
    (void)state;
    flow_open(&f, &(struct flow_options){.match = t});
    flow_play(&f, TCP "repeat 3000 " UDP TCP);
    flow_read_events(&f, 2);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.received, 3002);
    assert_int_equal(st.filtered, 3000);
    assert_int_equal(st.dropped, 0);
    flow_assert_accounted(&f);
    flow_close(&f);
    wfpw_template_free(t);
}

/* More than a batch of events that nobody wants: the time is kept, and what came is accounted. */
static void test_live_none(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("verdict=failure");
    (void)state;
    flow_open(&f, &(struct flow_options){.match = t});
    flow_play(&f, "repeat 1000 " UDP);
    wfpw_stats st = flow_stats(&f);
    for (; st.filtered + st.dropped < 1000; st = flow_stats(&f))
        assert_true(flow_read(&f, 0) >= 0);
    assert_stats_agree(&st); /* nothing is on its way any more */
    assert_int_equal(f.events, 0);
    wfpw_stop(f.s);
    int n;
    while ((n = flow_read(&f, 100)) >= 0)
        ;
    assert_int_equal(n, WFPW_E_STOPPED);
    flow_close(&f);
    wfpw_template_free(t);
}

/* Gaps pass whatever is wanted. */
static void test_gaps_pass(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("protocol=sctp");
    (void)state;
    flow_open(&f, &(struct flow_options){.match = t});
    flow_play(&f, UDP "restart\n");
    flow_read_gaps(&f, 1);
    assert_int_equal(f.events, 0);
    assert_int_equal(flow_stats(&f).received, 0);
    flow_close(&f);
    wfpw_template_free(t);
}

/* A layer that is for one direction only knows better than the event. */
static void test_direction(void **state)
{
    struct flow f;
    char json[4096];
    wfpw_template *t = template_of("direction=inbound");
    (void)state;
    flow_open(&f, &(struct flow_options){.match = t});
    flow_play(&f, "drop layer=20 direction=out filter=4\ndrop layer=44 direction=out filter=3\n");
    const wfpw_event *ev = flow_next(&f); /* the other one is left out */
    assert_int_equal(ev->filter_id, 3);
    assert_int_equal(ev->direction, WFPW_DIRECTION_INBOUND);
    assert_int_equal(ev->direction_raw, 0x3901);
    assert_int_equal(ev->direction_from, WFPW_DIRECTION_FROM_LAYER);
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"direction\":\"inbound\",\"direction_raw\":14593,"
                                 "\"direction_from\":\"layer\""));
    flow_close(&f);
    wfpw_template_free(t);
}

/* ---- files ---------------------------------------------------------------------------------- */

#define FIELD(name, value) "<Data Name='" name "'>" value "</Data>"
#define EVENT(id, data)                                                                            \
    "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>" id            \
    "</EventID><TimeCreated SystemTime='2026-01-08T17:00:00.0000000Z'/><Computer>pc</Computer>"    \
    "</System><EventData>" data "</EventData></Event>"
#define FLOW(id, direction, source, sport, dest, dport)                                            \
    EVENT(id, FIELD("Direction", direction) FIELD("SourceAddress", source)                         \
                  FIELD("SourcePort", sport) FIELD("DestAddress", dest) FIELD("DestPort", dport)   \
                      FIELD("Protocol", "6") FIELD("FilterRTID", "9"))
#define ADDED                                                                                      \
    EVENT("5447", FIELD("ChangeType", "%%16384") FIELD("FilterId", "9")                            \
                      FIELD("FilterKey", "{00000000-0000-0000-0000-000000000001}")                 \
                          FIELD("FilterName", "Rule of the log"))

struct reading {
    wfpw_session *s;
    wfpw_batch *b;
    int n;
    wfpw_stats st;
};

static struct reading read_log(const char *log, const wfpw_template *match)
{
    struct reading r = {.b = wfpw_batch_new(64, 0), .st = {.size = sizeof r.st}};
    wfpw_options o = {.size = sizeof o, .match = match};
    assert_int_equal(wfpw_open(&o, &r.s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(r.s, log, strlen(log), NULL), WFPW_OK);
    r.n = wfpw_read(r.s, r.b, -1, NULL);
    assert_int_equal(wfpw_get_stats(r.s, &r.st), WFPW_OK);
    assert_stats_agree(&r.st);
    return r;
}

static void close_log(struct reading *r)
{
    wfpw_close(r->s);
    wfpw_batch_free(r->b);
}

/* What records tell of filters and of this host is learned from those that are left out, too. */
static void test_file(void **state)
{
    static const char log[] =
        ADDED FLOW("5156", "%%14593", "192.0.2.10", "50000", "203.0.113.7", "443")
            FLOW("5152", "%%14592", "203.0.113.8", "50001", "192.0.2.10", "50002");
    wfpw_template *t = template_of("type=5152");
    (void)state;
    struct reading r = read_log(log, t);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.st.received, 3);
    assert_int_equal(r.st.filtered, 2);
    assert_int_equal(r.st.delivered, 1);
    const wfpw_event *ev = wfpw_batch_get(r.b, 0);
    assert_int_equal(ev->seq, 1);
    assert_non_null(ev->filter);
    assert_string_equal(ev->filter->name, "Rule of the log");
    assert_int_equal(ev->orientation, WFPW_ORIENTATION_EVIDENCE);
    assert_int_equal(ev->local.port, 50002);
    assert_int_equal(ev->remote.port, 50001);
    assert_string_equal(wfpw_audit_get(ev->audit, "SourcePort"), "50001"); /* as it came */
    close_log(&r);
    wfpw_template_free(t);
}

/* Sides that are known are asked as they are, unknown ones both. */
static void test_sides(void **state)
{
    static const char unknown[] =
        FLOW("5152", "%%14592", "203.0.113.8", "50001", "192.0.2.10", "50002");
    static const char known[] =
        FLOW("5152", "%%14592", "203.0.113.8", "50001", "127.0.0.1", "50002");
    wfpw_template *t = template_of("remote-port=50002");
    (void)state;
    struct reading r = read_log(unknown, t);
    assert_int_equal(r.n, 1);
    close_log(&r);
    r = read_log(known, t);
    assert_int_equal(r.n, WFPW_E_EOF);
    assert_int_equal(r.st.filtered, 1);
    close_log(&r);
    wfpw_template_free(t);
}

/* A long file without a wanted event does not hold the reader longer than it asked for. */
static void test_file_without_time(void **state)
{
    static const char one[] = FLOW("5152", "%%14592", "203.0.113.8", "1", "192.0.2.10", "2");
    enum { EVENTS = 3000 };
    size_t n = sizeof one - 1;
    char *log = malloc(EVENTS * n + 1);
    wfpw_template *t = template_of("protocol=udp");
    wfpw_options o = {.size = sizeof o, .match = t};
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    int status, reads = 0;
    (void)state;
    assert_non_null(log);
    for (size_t i = 0; i < EVENTS; i++)
        memcpy(log + i * n, one, n);
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, log, EVENTS * n, NULL), WFPW_OK);
    while ((status = wfpw_read(s, b, 0, NULL)) == 0)
        reads++;
    assert_int_equal(status, WFPW_E_EOF);
    assert_true(reads > 3);
    wfpw_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal(st.filtered, EVENTS);
    wfpw_close(s);
    wfpw_batch_free(b);
    wfpw_template_free(t);
    free(log);
}

/* Verdict and reason are known last: what is not wanted then is taken back out of the batch, and
 * what the batch keeps for all its events (names of layers and fields) is still good after it. */
static void test_verdicts(void **state)
{
#define AT_LAYER(id, port)                                                                         \
    EVENT(id, FIELD("SourcePort", port) FIELD("DestPort", "443") FIELD("LayerRTID", "48"))
    static const char log[] =
        AT_LAYER("5156", "1") AT_LAYER("5157", "2") AT_LAYER("5156", "3") AT_LAYER("5157", "4");
#undef AT_LAYER
    wfpw_template *t = template_of("verdict=block");
    (void)state;
    struct reading r = read_log(log, t);
    assert_int_equal(r.n, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const wfpw_event *ev = wfpw_batch_get(r.b, i);
        assert_int_equal(ev->seq, i + 1);
        assert_int_equal(ev->verdict, WFPW_VERDICT_BLOCK);
        assert_int_equal(ev->local.port, 2 * (i + 1));
        assert_string_equal(wfpw_audit_get(ev->audit, "DestPort"), "443");
        assert_string_equal(ev->layer_key, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    }
    assert_int_equal(r.st.filtered, 2);
    assert_int_equal(r.st.delivered, 2);
    assert_stats_agree(&r.st);
    close_log(&r);
    wfpw_template_free(t);
}

static void test_verdicts_left_out(void **state)
{
    wfpw_template *t = template_of("reason!=stealth");
    wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_NO_VERDICT, .match = t};
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_open(&o, &s, &e), WFPW_E_INVAL);
    assert_non_null(strstr(e.text, "verdicts"));
    wfpw_template_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live),      cmocka_unit_test(test_live_callback),
        cmocka_unit_test(test_live_none), cmocka_unit_test(test_gaps_pass),
        cmocka_unit_test(test_direction), cmocka_unit_test(test_file),
        cmocka_unit_test(test_sides),     cmocka_unit_test(test_file_without_time),
        cmocka_unit_test(test_verdicts),  cmocka_unit_test(test_verdicts_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
