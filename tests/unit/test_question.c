/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which events explain a failed connection, how well, and which of two does better. */
#include "cmocka_all.h"

#include <string.h>

#include "explain/question.h"

enum { SECOND = 10000000 };
#define WHEN   (UINT64_C(133000000000000000))
#define DEVICE "\\device\\harddiskvolume3\\tools\\nc.exe"
#define REMOTE4                                                                                    \
    {                                                                                              \
        .addr = {203, 0, 113, 66}, .family = 4, .port = 443                                        \
    }
#define LOCAL4                                                                                     \
    {                                                                                              \
        .addr = {192, 0, 2, 10}, .family = 4, .port = 50123                                        \
    }

static const uint32_t all = WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT |
                            WFPW_HAS_REMOTE_PORT | WFPW_HAS_PROTOCOL | WFPW_HAS_FILTER_ID;

/* A refused connection of nc.exe. */
static wfpw_event blocked(void)
{
    return (wfpw_event){.size = sizeof(wfpw_event),
                        .time = WHEN - SECOND,
                        .kind = WFPW_KIND_CLASSIFY_DROP,
                        .present = all,
                        .protocol = 6,
                        .direction = WFPW_DIRECTION_OUTBOUND,
                        .filter_id = 7,
                        .local = LOCAL4,
                        .remote = REMOTE4,
                        .device_path = DEVICE,
                        .reason = WFPW_REASON_RULE,
                        .verdict = WFPW_VERDICT_BLOCK};
}

static wfpw_question asked(void)
{
    return (wfpw_question){.size = sizeof(wfpw_question), .protocol = 6, .remote = REMOTE4};
}

static wfpw_explained explain(const wfpw_question *q, const wfpw_event *ev)
{
    wfpw_explained x = {.size = sizeof x};
    assert_int_equal(wfpw_question_match(q, ev, &x), 1);
    assert_int_equal(x.count, 1);
    assert_ptr_equal(x.event, ev);
    assert_int_equal(x.agrees & (x.differs | x.unknown), 0);
    assert_int_equal(x.differs & x.unknown, 0);
    return x;
}

static void assert_strength(const wfpw_question *q, const wfpw_event *ev, uint32_t strength)
{
    assert_int_equal(explain(q, ev).strength, strength);
}

static void assert_none(const wfpw_question *q, const wfpw_event *ev)
{
    assert_int_equal(wfpw_question_match(q, ev, NULL), 0);
}

/* ---- what counts ---------------------------------------------------------------------------- */

static void test_only_refusals_explain(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    wfpw_explained x = explain(&q, &ev);
    assert_int_equal(x.strength, WFPW_STRENGTH_EXACT);
    assert_int_equal(x.agrees, WFPW_MATCH_REMOTE | WFPW_MATCH_REMOTE_PORT | WFPW_MATCH_PROTOCOL);
    ev.verdict = WFPW_VERDICT_DROP;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.verdict = WFPW_VERDICT_ALLOW;
    assert_none(&q, &ev);
    ev.verdict = WFPW_VERDICT_INFO;
    assert_none(&q, &ev);
    ev = blocked();
    ev.reason = WFPW_REASON_SILENT_MODE;
    assert_none(&q, &ev);
}

static void test_other_connections_do_not(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    ev.remote.addr[3]++;
    assert_none(&q, &ev);
    ev = blocked();
    ev.remote.port = 80;
    assert_none(&q, &ev);
    ev = blocked();
    ev.protocol = 17;
    assert_none(&q, &ev);
    ev = blocked();
    q.local.port = 1;
    assert_none(&q, &ev);
    q.local.port = ev.local.port;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

/* Only an address, only a port, only a protocol. */
static void test_short_questions(void **state)
{
    wfpw_question q = {.size = sizeof q, .remote = REMOTE4};
    wfpw_event ev = blocked();
    (void)state;
    q.remote.port = 0;
    ev.remote.port = 80;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    q = (wfpw_question){.size = sizeof q, .remote = {.port = 80}};
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    q.remote.port = 81;
    assert_none(&q, &ev);
    q = (wfpw_question){.size = sizeof q, .protocol = 6};
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    q = (wfpw_question){.size = sizeof q};
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

static void test_icmp_has_no_ports(void **state)
{
    wfpw_question q = {.size = sizeof q, .remote = REMOTE4};
    wfpw_event ev = blocked();
    (void)state;
    ev.protocol = 1;
    ev.remote.port = 443; /* a code of ICMP there */
    assert_none(&q, &ev);
    q.remote.port = 0;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

/* A fragment has no ports: it may be of the connection. */
static void test_what_the_event_lacks(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    ev.present &= ~(uint32_t)WFPW_HAS_REMOTE_PORT;
    ev.remote.port = 0;
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY);
    assert_int_equal(explain(&q, &ev).unknown, WFPW_MATCH_REMOTE_PORT);
    ev = blocked();
    ev.present &= ~(uint32_t)WFPW_HAS_PROTOCOL;
    ev.protocol = 0;
    assert_int_equal(explain(&q, &ev).unknown, WFPW_MATCH_PROTOCOL);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void test_mapped_addresses(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    q.remote =
        (wfpw_endpoint){.addr = {[10] = 0xFF, [11] = 0xFF, [12] = 203, [14] = 113, [15] = 66},
                        .family = 6,
                        .port = 443};
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.remote = q.remote;
    q = asked();
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

static void test_scopes(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    ev.remote = q.remote =
        (wfpw_endpoint){.addr = {0xFE, 0x80, [15] = 1}, .family = 6, .port = 443, .scope_id = 3};
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.remote.scope_id = 0;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.remote.scope_id = 4;
    assert_none(&q, &ev);
}

/* An audit record that does not say which side is this host's. */
static void test_sides_that_are_not_known(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    wfpw_endpoint local = ev.local;
    ev.local = ev.remote;
    ev.remote = local;
    assert_none(&q, &ev);
    ev.orientation = WFPW_ORIENTATION_EVIDENCE;
    assert_none(&q, &ev);
    ev.orientation = WFPW_ORIENTATION_UNKNOWN;
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY);
    assert_int_equal(explain(&q, &ev).unknown, WFPW_MATCH_SIDES);
    ev = blocked();
    ev.orientation = WFPW_ORIENTATION_UNKNOWN; /* and the sides as they should be */
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

/* This host is both ends: the accepting end refused, in another process. */
static void test_loopback(void **state)
{
    const wfpw_endpoint server = {.addr = {127, 0, 0, 1}, .family = 4, .port = 8080};
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    q.remote = ev.local = server;
    q.app = "C:\\tools\\nc.exe";
    q.direction = WFPW_DIRECTION_OUTBOUND;
    ev.remote = (wfpw_endpoint){.addr = {127, 0, 0, 1}, .family = 4, .port = 50000};
    ev.direction = WFPW_DIRECTION_INBOUND;
    ev.device_path = "\\device\\harddiskvolume3\\tools\\server.exe";
    wfpw_explained x = explain(&q, &ev);
    assert_int_equal(x.strength, WFPW_STRENGTH_LIKELY);
    assert_int_equal(x.differs, 0);
    assert_int_equal(x.unknown, WFPW_MATCH_APP);
    assert_true((x.agrees & WFPW_MATCH_OTHER_END) != 0);
    ev.local.port = 8081;
    assert_none(&q, &ev);
}

/* To one of its own addresses, which are not those of loopback. */
static void test_own_address(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    q.remote = ev.local;
    ev.remote = ev.local;
    q.remote.port = ev.local.port = 445;
    ev.remote.port = 50000;
    assert_true((explain(&q, &ev).agrees & WFPW_MATCH_OTHER_END) != 0);
    ev.remote.addr[3]++; /* no connection with itself */
    assert_none(&q, &ev);
    ev.flags = WFPW_EVENT_LOOPBACK; /* but Windows says it is */
    assert_true((explain(&q, &ev).agrees & WFPW_MATCH_OTHER_END) != 0);
}

/* ---- who ------------------------------------------------------------------------------------ */

static void test_programs(void **state)
{
    static const struct {
        const char *app, *device, *host;
        bool is_it, any_volume;
    } cases[] = {
        {"nc.exe", DEVICE, NULL, true, false},
        {"NC.EXE", DEVICE, NULL, true, false},
        {"c.exe", DEVICE, NULL, false, false},
        {"nc", DEVICE, NULL, false, false},
        {"C:\\Tools\\NC.exe", DEVICE, NULL, true, true},
        {"c:/tools/nc.exe", DEVICE, NULL, true, true},
        {"C:\\nc.exe", DEVICE, NULL, false, false},
        {"C:\\tools\\nc.exe2", DEVICE, NULL, false, false},
        {"\\\\?\\C:\\tools\\nc.exe", DEVICE, NULL, true, true},
        {"D:\\tools\\nc.exe", DEVICE, "C:\\tools\\nc.exe", false, false},
        {"C:\\tools\\nc.exe", DEVICE, "C:\\tools\\nc.exe", true, false},
        {"\\Device\\HarddiskVolume3\\tools\\nc.exe", DEVICE, "C:\\tools\\nc.exe", true, false},
        {"\\Device\\HarddiskVolume4\\tools\\nc.exe", DEVICE, NULL, false, false},
        {"\\\\server\\share\\nc.exe", "\\device\\mup\\server\\share\\nc.exe", NULL, true, false},
        {"\\\\server\\share\\nc.exe", DEVICE, NULL, false, false},
        {"C:\\M\xC3\x9C\\\xD0\x96.exe", "\\device\\harddiskvolume12\\m\xC3\xBC\\\xD0\xB6.exe", NULL,
         true, true},
        {"C:\\\xCE\xA9\\\xD0\x81.exe", "\\device\\harddiskvolume1\\\xCF\x89\\\xD1\x91.exe", NULL,
         true, true},
        {"C:\\\xC3\x97.exe", "\\device\\harddiskvolume1\\\xC3\xB7.exe", NULL, false, false},
        {"C:\\\xE4\xB8\xAD.exe", "\\device\\harddiskvolume1\\\xE4\xB8\xAD.exe", NULL, true, true},
        {"C:\\\xE4\xB8\xAD.exe", "\\device\\harddiskvolume1\\\xE4\xB8\xAE.exe", NULL, false, false},
        {"C:", DEVICE, NULL, false, false},
        {"\\", DEVICE, NULL, false, false},
        {"\\\\", DEVICE, NULL, false, false},
        {"System", "System", NULL, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wfpw_event ev = {.device_path = cases[i].device, .app_path = cases[i].host};
        bool any_volume = !cases[i].any_volume;
        assert_int_equal(question_is_app(cases[i].app, &ev, &any_volume), cases[i].is_it);
        assert_int_equal(any_volume, cases[i].any_volume);
    }
}

static void test_another_program_is_weak(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    q.app = "C:\\tools\\nc.exe";
    wfpw_explained x = explain(&q, &ev);
    assert_int_equal(x.strength, WFPW_STRENGTH_EXACT);
    assert_int_equal(x.unknown, WFPW_MATCH_VOLUME);
    q.app = "C:\\tools\\curl.exe";
    x = explain(&q, &ev);
    assert_int_equal(x.strength, WFPW_STRENGTH_WEAK);
    assert_int_equal(x.differs, WFPW_MATCH_APP);
    ev.device_path = NULL; /* a packet below the level of programs */
    x = explain(&q, &ev);
    assert_int_equal(x.strength, WFPW_STRENGTH_LIKELY);
    assert_int_equal(x.unknown, WFPW_MATCH_APP);
    ev.device_path = "-";
    assert_int_equal(explain(&q, &ev).unknown, WFPW_MATCH_APP);
}

static void test_processes(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    q.process_id = 42;
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY); /* net events have none */
    ev.present |= WFPW_HAS_PROCESS_ID;
    assert_int_equal(explain(&q, &ev).unknown, WFPW_MATCH_PROCESS); /* 0: of a packet */
    ev.process_id = 42;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.process_id = 43;
    assert_strength(&q, &ev, WFPW_STRENGTH_WEAK);
    q.app = "nc.exe"; /* another process of the same program */
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY);
    assert_int_equal(explain(&q, &ev).differs, WFPW_MATCH_PROCESS);
    q.app = "curl.exe"; /* the id was used again */
    ev.process_id = 42;
    assert_strength(&q, &ev, WFPW_STRENGTH_WEAK);
}

/* A question for a program alone is about no other one's events. */
static void test_programs_alone(void **state)
{
    wfpw_question q = {.size = sizeof q, .app = "nc.exe"};
    wfpw_event ev = blocked();
    (void)state;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    q.app = "curl.exe";
    assert_none(&q, &ev);
    ev.device_path = NULL;
    assert_none(&q, &ev);
    q = (wfpw_question){.size = sizeof q, .process_id = 42, .app = ""};
    assert_none(&q, &ev);
}

/* A refused bind has no remote side. */
static void test_events_without_a_remote_side(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    ev.present &= ~(uint32_t)(WFPW_HAS_REMOTE | WFPW_HAS_REMOTE_PORT);
    ev.remote = (wfpw_endpoint){.family = 0};
    ev.reason = WFPW_REASON_BIND;
    assert_none(&q, &ev);
    q.app = "nc.exe";
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY);
    q.app = "curl.exe";
    assert_none(&q, &ev);
    q.app = "nc.exe";
    ev.reason = WFPW_REASON_LISTEN; /* no matter of a connection that goes out */
    assert_none(&q, &ev);
    q.direction = WFPW_DIRECTION_INBOUND;
    ev.direction = WFPW_DIRECTION_INBOUND;
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY);
}

static void test_directions(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    ev.direction = WFPW_DIRECTION_INBOUND; /* an answer */
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    q.direction = WFPW_DIRECTION_OUTBOUND;
    assert_strength(&q, &ev, WFPW_STRENGTH_WEAK);
    ev.direction = 0;
    assert_strength(&q, &ev, WFPW_STRENGTH_LIKELY);
    ev.direction = WFPW_DIRECTION_BIDIRECTIONAL;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

/* Keys are agreed on by packets of another protocol and port. */
static void test_failures_of_ipsec(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    ev.verdict = WFPW_VERDICT_FAILURE;
    ev.protocol = 17;
    ev.local.port = ev.remote.port = 500;
    wfpw_explained x = explain(&q, &ev);
    assert_int_equal(x.strength, WFPW_STRENGTH_LIKELY);
    assert_int_equal(x.agrees, WFPW_MATCH_REMOTE);
    assert_int_equal(x.unknown, WFPW_MATCH_REMOTE_PORT | WFPW_MATCH_PROTOCOL);
    ev.remote.addr[0]++;
    assert_none(&q, &ev);
}

/* ---- time ----------------------------------------------------------------------------------- */

static void test_time(void **state)
{
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    (void)state;
    q.time = WHEN;
    ev.time = WHEN - 30 * (uint64_t)SECOND;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.time--;
    assert_none(&q, &ev);
    q.within_ms = 60000;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.time = WHEN + 2 * (uint64_t)SECOND;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
    ev.time++;
    assert_none(&q, &ev);
    q.time = 1; /* no underflow, no overflow */
    assert_none(&q, &ev);
    q.time = UINT64_MAX;
    assert_none(&q, &ev);
    ev.time = UINT64_MAX;
    assert_strength(&q, &ev, WFPW_STRENGTH_EXACT);
}

/* ---- the order ------------------------------------------------------------------------------ */

/* Each row is better than all after it. */
static void test_order(void **state)
{
    static const struct {
        enum question_class class;
        uint32_t strength;
        uint64_t distance, time;
    } rows[] = {
        {QUESTION_BLOCK, WFPW_STRENGTH_EXACT, 1, 5},
        {QUESTION_BLOCK, WFPW_STRENGTH_EXACT, 1, 4}, /* the later one */
        {QUESTION_BLOCK, WFPW_STRENGTH_EXACT, 2, 9},
        {QUESTION_BLOCK, WFPW_STRENGTH_LIKELY, 0, 9},
        {QUESTION_FAILURE, WFPW_STRENGTH_LIKELY, 0, 9},
        {QUESTION_DROP, WFPW_STRENGTH_EXACT, 0, 9}, /* nobody decided */
        {QUESTION_DROP, WFPW_STRENGTH_LIKELY, 0, 9},
        {QUESTION_BLOCK, WFPW_STRENGTH_WEAK, 0, 9}, /* of another program */
        {QUESTION_FAILURE, WFPW_STRENGTH_WEAK, 0, 9},
        {QUESTION_DROP, WFPW_STRENGTH_WEAK, 0, 9},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    (void)state;
    for (int i = 0; i < ROWS * ROWS; i++) {
        int a = i / ROWS, b = i % ROWS;
        struct question_match ma = {
            .class = rows[a].class, .strength = rows[a].strength, .distance = rows[a].distance};
        struct question_match mb = {
            .class = rows[b].class, .strength = rows[b].strength, .distance = rows[b].distance};
        assert_int_equal(question_is_better(&ma, rows[a].time, &mb, rows[b].time), a < b);
    }
}

static void test_same_cause(void **state)
{
    wfpw_event a = blocked(), b = blocked();
    (void)state;
    b.local.port++; /* a retry, and the record of it */
    b.present |= WFPW_HAS_PROCESS_ID;
    b.process_id = 42;
    b.device_path = "\\DEVICE\\HarddiskVolume3\\tools\\nc.exe";
    assert_true(question_same_cause(&a, &b));
    a = b;
    a.process_id = 43;
    assert_false(question_same_cause(&a, &b));
    a = blocked();
    a.filter_id++;
    assert_false(question_same_cause(&a, &b));
    a = blocked();
    a.remote.port++;
    assert_false(question_same_cause(&a, &b));
    a.direction = b.direction = WFPW_DIRECTION_INBOUND; /* a client's port */
    assert_true(question_same_cause(&a, &b));
    a = blocked();
    a.verdict = WFPW_VERDICT_DROP;
    assert_false(question_same_cause(&a, &b));
    a = blocked();
    a.device_path = NULL;
    assert_false(question_same_cause(&a, &b));
}

/* ---- arguments ------------------------------------------------------------------------------ */

static void assert_wrong(wfpw_question q)
{
    wfpw_event ev = blocked();
    wfpw_explanation *x = NULL;
    assert_int_equal(wfpw_question_match(&q, &ev, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_explanation_new(NULL, &q, &x, NULL), WFPW_E_INVAL);
    assert_null(x);
}

static void test_wrong_questions(void **state)
{
    static char text[QUESTION_APP_MAX + 2];
    wfpw_question q = asked();
    wfpw_event ev = blocked();
    wfpw_explained x = {.size = 3};
    (void)state;
    assert_int_equal(wfpw_question_match(&q, &ev, &x), WFPW_E_INVAL);
    assert_int_equal(wfpw_question_match(&q, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_question_match(NULL, &ev, NULL), WFPW_E_INVAL);
    q.size = 0;
    assert_wrong(q);
    q = asked();
    q.protocol = 256;
    assert_wrong(q);
    q = asked();
    q.remote.family = 5;
    assert_wrong(q);
    q = asked();
    q.direction = 5;
    assert_wrong(q);
    q = asked();
    q.within_ms = 86400001;
    assert_wrong(q);
    memset(text, 'a', sizeof text - 1);
    q = asked();
    q.app = text;
    assert_wrong(q);
    text[sizeof text - 2] = 0;
    assert_strength(&q, &ev, WFPW_STRENGTH_WEAK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_refusals_explain),
        cmocka_unit_test(test_other_connections_do_not),
        cmocka_unit_test(test_short_questions),
        cmocka_unit_test(test_icmp_has_no_ports),
        cmocka_unit_test(test_what_the_event_lacks),
        cmocka_unit_test(test_mapped_addresses),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_sides_that_are_not_known),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_own_address),
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_another_program_is_weak),
        cmocka_unit_test(test_processes),
        cmocka_unit_test(test_programs_alone),
        cmocka_unit_test(test_events_without_a_remote_side),
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_failures_of_ipsec),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_same_cause),
        cmocka_unit_test(test_wrong_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
