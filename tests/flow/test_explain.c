/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A failed connection, explained from what a simulated Windows has: its kept events and its
 * Security log, and what is said of them when they are not complete. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#define NC   " app=\"\\device\\harddiskvolume3\\tools\\nc.exe\""
#define CURL " app=\"\\device\\harddiskvolume3\\tools\\curl.exe\""
#define FROM " protocol=tcp direction=out local=192.0.2.10:50123"
#define TO   FROM " remote=203.0.113.66:443 layer=48"
/* Blocks are those of filters that block; what no filter explains at a transport layer is a drop.
 */
#define FILTERS                                                                                    \
    "drive C: \\device\\harddiskvolume3\n"                                                         \
    "filter id=7 name=\"No call home\" layer=48\n"                                                 \
    "filter id=8 name=\"Another\" layer=48\n"
#define DISCARD                                                                                    \
    "drop protocol=tcp direction=in local=192.0.2.10:50123 remote=203.0.113.66:443 layer=20 "      \
    "filter=0\n"
#define RECORD                                                                                     \
    "audit 5157 version=1 ProcessID=5316 Application=\\device\\harddiskvolume3\\tools\\nc.exe "    \
    "Direction=%%14593 SourceAddress=192.0.2.10 SourcePort=50123 DestAddress=203.0.113.66 "        \
    "DestPort=443 Protocol=6 FilterRTID=7 LayerName=%%14611 LayerRTID=48\n"
#define AUDITED "auditpol connection both; auditpol packet-drop both\n"
/* Something is kept from long before. */
#define BEFORE "drop remote=198.51.100.1:1 filter=7 layer=48; wait 3600000\n"

static const wfpw_question asked = {
    .size = sizeof asked,
    .protocol = 6,
    .remote = {.addr = {203, 0, 113, 66}, .family = 4, .port = 443},
};

struct asking {
    struct flow f;
    wfpw_explanation *x;
    wfpw_explained_by by;
};

static int explain(struct asking *a, const wfpw_question *q, const char *script)
{
    flow_open_bare(&a->f, &(struct flow_options){0});
    flow_play(&a->f, script);
    wfpw_options o = {.size = sizeof o, .system = a->f.system, .allocator = &a->f.heap.allocator};
    int n = wfpw_explain(&o, q, &a->x, &a->f.e);
    a->by = (wfpw_explained_by){.size = sizeof a->by};
    if (n >= 0) {
        assert_true(wfpw_explanation_conclude(a->x, &a->by) > 0);
        assert_int_equal(a->by.size, sizeof a->by);
        assert_int_equal(a->by.rows, n);
    }
    return n;
}

static wfpw_explained row_of(const struct asking *a, uint32_t i)
{
    wfpw_explained row = {.size = sizeof row};
    assert_int_equal(wfpw_explanation_get(a->x, i, &row), 1);
    assert_non_null(row.event);
    return row;
}

static void close_asking(struct asking *a)
{
    wfpw_explanation_free(a->x);
    flow_close(&a->f);
}

/* ---- the answer ----------------------------------------------------------------------------- */

/* Blocks before drops, others' last; retries are one row; permits none. */
static void test_best_first(void **state)
{
    struct asking a;
    wfpw_question q = asked;
    (void)state;
    q.app = "C:\\TOOLS\\nc.exe";
    assert_int_equal(explain(&a, &q,
                             FILTERS BEFORE "keywords 0xff\n"
                                            "drop" TO CURL " filter=8; wait 100\n" DISCARD
                                            "drop" TO NC " filter=7; wait 1000\n"
                                            "drop" TO NC " filter=7; wait 1000\n"
                                            "drop" FROM " remote=203.0.113.66:80 layer=48" NC
                                            " filter=7\n"
                                            "allow" TO NC " filter=9; wait 1000\n"),
                     3);
    wfpw_explained row = row_of(&a, 0);
    assert_int_equal(row.event->filter_id, 7);
    assert_string_equal(row.event->filter->name, "No call home");
    assert_int_equal(row.strength, WFPW_STRENGTH_EXACT);
    assert_int_equal(row.unknown, 0); /* the drive is this host's */
    assert_int_equal(row.count, 2);
    assert_int_equal((row.last - row.first) / 10000, 1000); /* each event takes a tick */
    assert_int_equal(row.event->time, row.last);            /* the nearer one */
    row = row_of(&a, 1);
    assert_int_equal(row.event->verdict, WFPW_VERDICT_DROP);
    assert_int_equal(row.strength, WFPW_STRENGTH_LIKELY);
    row = row_of(&a, 2);
    assert_int_equal(row.event->filter_id, 8);
    assert_int_equal(row.strength, WFPW_STRENGTH_WEAK);
    assert_int_equal(row.differs, WFPW_MATCH_APP);
    assert_int_equal(wfpw_explanation_get(a.x, 3, &row), 0);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_BLOCKED);
    assert_int_equal(a.by.matched, 4);
    assert_int_equal(a.by.allowed, 1);
    assert_int_equal(a.by.omitted, 0);
    close_asking(&a);
}

static void test_only_a_drop(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(explain(&a, &asked, BEFORE DISCARD), 1);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_DROPPED);
    close_asking(&a);
}

static void test_only_others(void **state)
{
    struct asking a;
    wfpw_question q = asked;
    (void)state;
    q.app = "nc.exe";
    assert_int_equal(explain(&a, &q, FILTERS BEFORE "drop" TO CURL " filter=8\n"), 1);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_WEAK);
    close_asking(&a);
}

/* The record has the process; it and the event are one row. */
static void test_the_log_has_the_process(void **state)
{
    struct asking a;
    wfpw_question q = asked;
    (void)state;
    q.process_id = 5316;
    assert_int_equal(explain(&a, &q, FILTERS AUDITED BEFORE "drop" TO NC " filter=7\n" RECORD), 1);
    wfpw_explained row = row_of(&a, 0);
    assert_int_equal(row.strength, WFPW_STRENGTH_EXACT);
    assert_int_equal(row.event->process_id, 5316);
    assert_int_equal(row.count, 2);
    assert_int_equal(a.by.net_events, 2);
    assert_int_equal(a.by.unseen, 0);
    close_asking(&a);
}

/* More causes than rows: the best are kept, whatever order they come in. */
static void test_many_causes(void **state)
{
    enum { CAUSES = 40, ROWS = 16 };
    char script[CAUSES * 160] = FILTERS BEFORE;
    size_t n = strlen(script);
    struct asking a;
    (void)state;
    for (int i = 0; i < CAUSES; i++)
        n += (size_t)snprintf(script + n, sizeof script - n, "drop%s%s filter=%d; wait 10\n", TO,
                              NC, 100 + i * 7 % CAUSES);
    assert_int_equal(explain(&a, &asked, script), ROWS);
    for (uint32_t i = 0; i < ROWS; i++) /* the nearest in time */
        assert_int_equal(row_of(&a, i).event->filter_id, 100 + (CAUSES - 1 - i) * 7 % CAUSES);
    assert_int_equal(a.by.omitted, CAUSES - ROWS);
    assert_int_equal(a.by.matched, CAUSES);
    close_asking(&a);
}

/* ---- nothing -------------------------------------------------------------------------------- */

static void assert_nothing(const char *script, uint32_t conclusion, uint32_t unseen)
{
    struct asking a;
    assert_int_equal(explain(&a, &asked, script), 0);
    assert_int_equal(a.by.unseen, unseen);
    assert_int_equal(a.by.conclusion, conclusion);
    close_asking(&a);
}

static void test_nothing(void **state)
{
    (void)state;
    assert_nothing(AUDITED BEFORE, WFPW_CONCLUSION_NOTHING, 0);
    /* the engine kept all of the time: that the log has nothing is no matter */
    assert_nothing(BEFORE, WFPW_CONCLUSION_NOTHING, WFPW_UNSEEN_AUDIT_OFF);
    assert_nothing(BEFORE "log refuse_modern on; log refuse_classic on\n", WFPW_CONCLUSION_NOTHING,
                   WFPW_UNSEEN_AUDIT_OFF | WFPW_UNSEEN_LOG);
}

static void test_nothing_that_may_be_incomplete(void **state)
{
    (void)state;
    assert_nothing(AUDITED, WFPW_CONCLUSION_NOT_COVERED, WFPW_UNSEEN_HISTORY_REACH);
    assert_nothing(AUDITED "drop remote=198.51.100.1:1\n", WFPW_CONCLUSION_NOT_COVERED,
                   WFPW_UNSEEN_HISTORY_REACH);
    assert_nothing(AUDITED "collect off\n", WFPW_CONCLUSION_NOT_COVERED,
                   WFPW_UNSEEN_COLLECTION_OFF);
    assert_nothing(AUDITED BEFORE "fail call=FwpmNetEventCreateEnumHandle0 code=5\n",
                   WFPW_CONCLUSION_NOT_COVERED, WFPW_UNSEEN_HISTORY);
    assert_nothing("collect off; audit_privilege off\n", WFPW_CONCLUSION_NOT_COVERED,
                   WFPW_UNSEEN_COLLECTION_OFF | WFPW_UNSEEN_AUDIT_UNKNOWN);
}

static void test_another_time(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(explain(&a, &asked,
                             FILTERS BEFORE "drop" TO NC " filter=7; wait 1000\n"
                                            "drop" TO NC " filter=7; wait 60000\n"),
                     0);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_NOTHING);
    assert_int_equal(a.by.outside, 2);
    assert_int_equal((wfpw_sim_count(a.f.sim, WFPW_SIM_NOW) - a.by.outside_time) / 10000, 60000);
    close_asking(&a);
}

static void test_neither_can_be_read(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(explain(&a, &asked,
                             "fail call=FwpmNetEventCreateEnumHandle0 code=5\n"
                             "log refuse_modern on; log refuse_classic on\n"),
                     WFPW_E_ACCESS);
    assert_null(a.x);
    assert_string_equal(a.f.e.where, "FwpmNetEventCreateEnumHandle0");
    close_asking(&a);
}

/* ---- sessions ------------------------------------------------------------------------------- */

static const char netsh[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><netEvents><item><header>"
    "<timeStamp>2026-11-22T20:28:00.000Z</timeStamp><flags numItems=\"6\">"
    "<item>FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET</item><item>FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET</"
    "item>"
    "<item>FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET</item><item>FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET</"
    "item>"
    "<item>FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET</item><item>FWPM_NET_EVENT_FLAG_IP_VERSION_SET</"
    "item>"
    "</flags><ipVersion>FWP_IP_VERSION_V4</ipVersion><ipProtocol>6</ipProtocol>"
    "<localAddrV4>192.0.2.10</localAddrV4><remoteAddrV4>203.0.113.66</remoteAddrV4>"
    "<localPort>50123</localPort><remotePort>443</remotePort></header>"
    "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><classifyDrop><filterId>7</filterId>"
    "<layerId>48</layerId><reauthReason>0</reauthReason><originalProfile>1</originalProfile>"
    "<currentProfile>1</currentProfile><msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection>"
    "<isLoopback>false</isLoopback></classifyDrop></item></netEvents>";

static void read_netsh(struct asking *a, const wfpw_question *q)
{
    wfpw_options o = {.size = sizeof o, .allocator = &a->f.heap.allocator};
    heap_init(&a->f.heap);
    assert_int_equal(wfpw_open(&o, &a->f.s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(a->f.s, netsh, sizeof netsh - 1, NULL), WFPW_OK);
    assert_int_equal(wfpw_explanation_new(&a->f.heap.allocator, q, &a->x, NULL), WFPW_OK);
    int n;
    do
        n = wfpw_explanation_read(a->x, a->f.s, -1, NULL);
    while (n >= 0);
    assert_int_equal(n, WFPW_E_EOF);
    wfpw_close(a->f.s); /* the rows outlive it */
    a->by = (wfpw_explained_by){.size = sizeof a->by};
    (void)wfpw_explanation_conclude(a->x, &a->by);
}

static void close_netsh(struct asking *a)
{
    wfpw_explanation_free(a->x);
    assert_int_equal(os_u64_load(&a->f.heap.live), 0);
}

static void test_file(void **state)
{
    struct asking a;
    wfpw_question q = asked;
    (void)state;
    read_netsh(&a, &q);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_BLOCKED);
    assert_int_equal(row_of(&a, 0).event->filter_id, 7);
    close_netsh(&a);
    q.remote.port = 80;
    read_netsh(&a, &q);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_NOTHING);
    close_netsh(&a);
    q.time = UINT64_C(133000000000000000);
    read_netsh(&a, &q);
    assert_int_equal(a.by.conclusion, WFPW_CONCLUSION_NOT_COVERED);
    assert_int_equal(a.by.unseen, WFPW_UNSEEN_FILE_REACH);
    close_netsh(&a);
}

static void test_live_session(void **state)
{
    struct asking a = {.x = NULL};
    (void)state;
    flow_open(&a.f, &(struct flow_options){0});
    assert_int_equal(wfpw_explanation_new(NULL, &asked, &a.x, NULL), WFPW_OK);
    flow_play(&a.f, "drop" TO NC " filter=7\n");
    while (wfpw_explanation_get(a.x, 0, &(wfpw_explained){.size = sizeof(wfpw_explained)}) == 0)
        assert_true(wfpw_explanation_read(a.x, a.f.s, PATIENCE_MS, NULL) > 0);
    assert_int_equal(row_of(&a, 0).event->filter_id, 7);
    assert_int_equal(wfpw_explanation_read(a.x, a.f.s, 0, NULL), 0);
    close_asking(&a);
}

/* Without verdicts everything would look as if nothing was refused. */
static void test_session_without_verdicts(void **state)
{
    wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_NO_VERDICT};
    wfpw_explanation *x;
    wfpw_session *s;
    (void)state;
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_explanation_new(NULL, &asked, &x, NULL), WFPW_OK);
    assert_int_equal(wfpw_explanation_read(x, s, 0, NULL), WFPW_E_INVAL);
    wfpw_explanation_free(x);
    wfpw_close(s);
}

/* ---- failures ------------------------------------------------------------------------------- */

#define ALL_OF_IT FILTERS AUDITED BEFORE "drop" TO NC " filter=7\n" RECORD

/* Each allocation: E_NOMEM, or, of what is not needed, the same answer. */
static void test_every_allocation(void **state)
{
    bool failed = true;
    uint64_t refused = 0;
    wfpw_question q = asked;
    (void)state;
    q.app = "C:\\tools\\nc.exe";
    for (uint64_t nth = 1; failed; nth++) {
        struct asking a = {.x = NULL};
        flow_open_bare(&a.f, &(struct flow_options){0});
        flow_play(&a.f, ALL_OF_IT);
        wfpw_options o = {.size = sizeof o, .system = a.f.system, .allocator = &a.f.heap.allocator};
        a.f.heap.fail_at = os_u64_load(&a.f.heap.calls) + nth;
        int n = wfpw_explain(&o, &q, &a.x, &a.f.e);
        failed = os_u64_load(&a.f.heap.calls) >= a.f.heap.fail_at;
        if (n < 0) {
            assert_int_equal(n, WFPW_E_NOMEM);
            assert_int_equal(a.f.e.status, WFPW_E_NOMEM);
            assert_null(a.x);
            refused++;
        } else {
            assert_int_equal(n, 1);
        }
        close_asking(&a);
    }
    assert_true(refused > 10);
}

/* Each call of Windows: an answer that says what is missing, for one of the two sources is left.
 * Without those for names, of which there are hundreds: test_load_host has them. */
static void test_every_call(void **state)
{
    uint64_t calls = 0;
    wfpw_names *names;
    (void)state;
    assert_int_equal(wfpw_names_open(NULL, &names, NULL), WFPW_OK);
    for (uint64_t i = 0; i < calls + 1; i++) {
        struct asking a = {.x = NULL};
        flow_open_bare(&a.f, &(struct flow_options){0});
        flow_play(&a.f, ALL_OF_IT);
        wfpw_options o = {.size = sizeof o,
                          .system = a.f.system,
                          .allocator = &a.f.heap.allocator,
                          .names = names};
        uint64_t before = wfpw_sim_count(a.f.sim, WFPW_SIM_CALLS);
        wfpw_sim_fail_nth(a.f.sim, i, 5); /* the first time none */
        int n = wfpw_explain(&o, &asked, &a.x, &a.f.e);
        if (calls == 0)
            calls = wfpw_sim_count(a.f.sim, WFPW_SIM_CALLS) - before;
        assert_int_equal(n, 1);
        wfpw_sim_fail_nth(a.f.sim, 0, 0);
        close_asking(&a);
    }
    assert_true(calls > 10);
    wfpw_names_close(names);
}

static void test_wrong_arguments(void **state)
{
    wfpw_explanation *x = NULL;
    wfpw_question q = asked;
    wfpw_options o = {.size = 1};
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_explain(&o, &q, &x, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_explain(NULL, &q, NULL, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_explain(NULL, NULL, &x, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_explanation_new(NULL, &q, NULL, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_explanation_new(&(wfpw_allocator){0}, &q, &x, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_explanation_read(NULL, NULL, 0, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_explanation_conclude(NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_explanation_get(NULL, 0, NULL), WFPW_E_INVAL);
    wfpw_explanation_free(NULL);
    assert_int_equal(wfpw_explanation_new(NULL, &q, &x, &e), WFPW_OK);
    assert_int_equal(wfpw_explanation_conclude(x, &(wfpw_explained_by){.size = 3}), WFPW_E_INVAL);
    wfpw_explained_by by = {.size = 8, .rows = 99}; /* an older caller's */
    assert_int_equal(wfpw_explanation_conclude(x, &by), WFPW_CONCLUSION_NOT_COVERED);
    assert_int_equal(by.size, 8);
    assert_int_equal(by.conclusion, WFPW_CONCLUSION_NOT_COVERED);
    assert_int_equal(by.rows, 99);
    wfpw_explanation_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_first),
        cmocka_unit_test(test_only_a_drop),
        cmocka_unit_test(test_only_others),
        cmocka_unit_test(test_the_log_has_the_process),
        cmocka_unit_test(test_many_causes),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_nothing_that_may_be_incomplete),
        cmocka_unit_test(test_another_time),
        cmocka_unit_test(test_neither_can_be_read),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_live_session),
        cmocka_unit_test(test_session_without_verdicts),
        cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_every_call),
        cmocka_unit_test(test_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
