/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The process of an event that no record tells of, from the host's tables of sockets: never a wrong
 * one, never a wait that nobody asked for, and nothing lost when the tables cannot be had. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "resolve/sockets/sockets.h"

#define NC     "\\device\\harddiskvolume3\\tools\\nc.exe"
#define OTHER  "\\device\\harddiskvolume3\\tools\\other.exe"
#define LISTEN "socket protocol=tcp local=0.0.0.0:4444 app=\"" NC "\" process=%d age=%d\n"
#define IN                                                                                         \
    "drop app=\"\\Device\\HarddiskVolume3\\tools\\nc.exe\" protocol=tcp local=192.0.2.10:4444 "    \
    "remote=203.0.113.7:%d filter=7 layer=44 direction=in\n"

enum { WAITS = WFPW_OPEN_SOCKETS | WFPW_OPEN_PID | WFPW_OPEN_NO_NAMES };

static void play_listen(struct flow *f, int pid, int age_ms)
{
    char script[300];
    (void)snprintf(script, sizeof script, LISTEN, pid, age_ms);
    flow_play(f, script);
}

static void play_in(struct flow *f, int port)
{
    char script[300];
    (void)snprintf(script, sizeof script, IN, port);
    flow_play(f, script);
}

static const wfpw_event *next_drop(struct flow *f, const char *script)
{
    flow_play(f, script);
    return flow_next(f);
}

static void assert_no_process(const wfpw_event *ev)
{
    assert_int_equal(ev->present & WFPW_HAS_PROCESS_ID, 0);
    assert_int_equal(ev->pid_from, 0);
    assert_int_equal(ev->pid_confidence, 0);
    assert_null(ev->process_service);
}

static void assert_process(const wfpw_event *ev, uint64_t pid, uint32_t confidence)
{
    assert_int_equal(ev->present & WFPW_HAS_PROCESS_ID, WFPW_HAS_PROCESS_ID);
    assert_int_equal(ev->process_id, pid);
    assert_int_equal(ev->pid_from, WFPW_PID_FROM_SOCKETS);
    assert_int_equal(ev->pid_confidence, confidence);
}

static void open_sockets(struct flow *f, uint32_t flags)
{
    flow_open(f, &(struct flow_options){.flags = flags});
}

/* ---- which process -------------------------------------------------------------------------- */

static void test_listener(void **state)
{
    struct flow f;
    char json[4000];
    (void)state;
    open_sockets(&f, WAITS);
    play_listen(&f, 1204, 5000);
    play_in(&f, 5001);
    const wfpw_event *ev = flow_next(&f);
    assert_process(ev, 1204, WFPW_CONFIDENCE_LIKELY);
    assert_null(ev->process_service); /* it is the program's own name */
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"process\":{\"pid\":1204,\"pid_from\":\"sockets\","
                                 "\"pid_confidence\":\"likely\"}"));
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.sockets_found, 1);
    assert_int_equal(st.sockets_read, 1);
    flow_close(&f);
}

static void test_connection(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    play_listen(&f, 1204, 5000);
    flow_play(&f, "socket protocol=tcp local=192.0.2.10:4444 remote=203.0.113.7:5001 process=1300 "
                  "app=\"" NC "\" age=10");
    play_in(&f, 5001);
    assert_process(flow_next(&f), 1300, WFPW_CONFIDENCE_CERTAIN);
    play_in(&f, 5002); /* another connection: the listener's */
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    flow_close(&f);
}

static void test_udp_and_ipv6(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    flow_play(&f, "socket protocol=udp local=0.0.0.0:5353 process=9 app=\"" NC "\" age=1\n"
                  "socket protocol=udp local=[2001:db8::1]:5353 process=10 app=\"" NC "\" age=1\n"
                  "socket protocol=tcp local=[::]:5353 process=11 app=\"" NC "\" age=1\n");
    assert_process(next_drop(&f, "drop protocol=udp local=192.0.2.10:5353 remote=203.0.113.7:1 "
                                 "app=\"" NC "\" direction=in layer=44"),
                   9, WFPW_CONFIDENCE_LIKELY);
    assert_process(next_drop(&f, "drop protocol=udp local=[2001:db8::1]:5353 "
                                 "remote=[2001:db8::2]:1 app=\"" NC "\" layer=46"),
                   10, WFPW_CONFIDENCE_LIKELY);
    assert_process(next_drop(&f, "drop protocol=tcp local=[2001:db8::1]:5353 "
                                 "remote=[2001:db8::2]:1 app=\"" NC "\" layer=46"),
                   11, WFPW_CONFIDENCE_LIKELY);
    assert_no_process(next_drop(&f, "drop protocol=udp local=[2001:db8::3]:5353 "
                                    "remote=[2001:db8::2]:1 app=\"" NC "\" layer=46"));
    flow_close(&f);
}

/* A socket that came later than the event is not the event's. */
static void test_later_row(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    flow_play(&f, "wait 10000");
    play_listen(&f, 1204, 0);
    uint64_t now = wfpw_sim_count(f.sim, WFPW_SIM_NOW);
    char script[400];
    (void)snprintf(script, sizeof script,
                   "drop app=\"" NC "\" protocol=tcp local=192.0.2.10:4444 remote=203.0.113.7:1 "
                   "layer=44 time=%llu",
                   (unsigned long long)now - 1);
    assert_no_process(next_drop(&f, script));
    play_in(&f, 2); /* now it is there */
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    flow_close(&f);
}

/* That there was no such socket a moment ago does not mean that there is none. */
static void test_new_socket(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    play_in(&f, 1);
    assert_no_process(flow_next(&f));
    flow_play(&f, "wait 50");
    play_listen(&f, 1204, 0);
    play_in(&f, 1);
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    flow_play(
        &f, "wait 50; unsocket process=1204"); /* the other way round it is told a little longer */
    play_in(&f, 1);
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    flow_play(&f, "wait 51");
    play_in(&f, 1);
    assert_no_process(flow_next(&f));
    flow_close(&f);
}

static void test_other_program(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    flow_play(&f, "socket protocol=tcp local=192.0.2.10:4444 process=5 app=\"" OTHER "\" age=9");
    play_in(&f, 1);
    assert_no_process(flow_next(&f));
    play_listen(&f, 1204, 5000); /* the program's own, at any address */
    flow_play(&f, "wait 200");
    play_in(&f, 1);
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    flow_close(&f);
}

/* Of two that it may be neither is told. */
static void test_two_processes(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    play_listen(&f, 1204, 5000);
    play_listen(&f, 1205, 5000);
    play_in(&f, 1);
    assert_no_process(flow_next(&f));
    flow_play(&f, "unsocket process=1205; wait 200");
    play_in(&f, 1);
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    flow_close(&f);
}

/* The program of a protected process is not told, nor when its socket was made. */
static void test_guess(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    flow_play(&f, "socket protocol=tcp local=0.0.0.0:4444 process=1204 age=5");
    play_in(&f, 1);
    assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_GUESS);
    flow_play(&f, "unsocket process=1204; wait 200");
    play_listen(&f, 1206, 0x7FFFFFFF);
    assert_process(next_drop(&f, "drop protocol=tcp local=192.0.2.10:4444 remote=203.0.113.7:9 "
                                 "layer=44"),
                   1206, WFPW_CONFIDENCE_GUESS); /* the event names no program */
    flow_close(&f);
}

static void test_service(void **state)
{
#define SVCHOST "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe"
    struct flow f;
    char json[4000];
    (void)state;
    open_sockets(&f, WAITS);
    flow_play(&f, "socket protocol=udp local=0.0.0.0:5355 process=1100 service=Dnscache age=1000 "
                  "app=\"" SVCHOST "\"");
    const wfpw_event *ev = next_drop(&f, "drop protocol=udp local=192.0.2.10:5355 "
                                         "remote=203.0.113.7:1 app=\"" SVCHOST "\" layer=44");
    assert_process(ev, 1100, WFPW_CONFIDENCE_LIKELY);
    assert_string_equal(ev->process_service, "Dnscache");
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, ",\"service\":\"Dnscache\"}"));
    flow_close(&f);
}

/* ---- asking --------------------------------------------------------------------------------- */

static void test_not_asked_for(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WFPW_OPEN_PID | WFPW_OPEN_NO_NAMES);
    play_listen(&f, 1204, 5000);
    play_in(&f, 1);
    assert_no_process(flow_next(&f));
    assert_int_equal(flow_stats(&f).sockets_read, 0);
    flow_close(&f);
    open_sockets(&f, WAITS); /* on demand only */
    flow_play(&f, "drop protocol=1 local=192.0.2.10 remote=203.0.113.7 layer=48; drop filter=3");
    flow_read_events(&f, 2);
    assert_int_equal(flow_stats(&f).sockets_read, 0);
    flow_close(&f);
}

/* Many events of one socket, and of many: one reading of the table is enough for all. */
static void test_cached(void **state)
{
    struct flow f;
    (void)state;
    open_sockets(&f, WAITS);
    play_listen(&f, 1204, 5000);
    for (int i = 0; i < 300; i++) {
        play_in(&f, 1 + i % 200);
        assert_process(flow_next(&f), 1204, WFPW_CONFIDENCE_LIKELY);
    }
    assert_true(flow_stats(&f).sockets_read < 100);
    assert_int_equal(flow_stats(&f).sockets_found, 300);
    flow_close(&f);
}

struct asking {
    struct flow *f;
    int port;
};

static bool is_answered(void *ctx)
{
    struct asking *a = ctx;
    play_in(a->f, a->port);
    return (flow_next(a->f)->present & WFPW_HAS_PROCESS_ID) != 0;
}

/* Without WFPW_OPEN_PID the first event has none, and those that follow have one. */
static void test_without_waiting(void **state)
{
    struct flow f;
    struct asking a = {&f, 5001};
    (void)state;
    open_sockets(&f, WFPW_OPEN_SOCKETS | WFPW_OPEN_NO_NAMES);
    play_listen(&f, 1204, 5000);
    flow_play(&f, "hang call=GetExtendedTcpTable");
    for (int i = 0; i < 5; i++) {
        play_in(&f, 5001);
        assert_no_process(flow_next(&f));
    }
    flow_play(&f, "release");
    assert_true(wait_until(is_answered, &a));
    flow_close(&f);
}

/* ---- failures ------------------------------------------------------------------------------- */

/* It is waited for once, as long as an event may wait; then no more, until it answers. */
static void test_hangs(void **state)
{
    struct flow f;
    struct asking a = {&f, 5001};
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WAITS, .join_ms = 50});
    play_listen(&f, 1204, 5000);
    flow_play(&f, "hang call=GetExtendedTcpTable");
    for (int i = 0; i < 500; i++) { /* each of another socket */
        play_in(&f, 1 + i);
        assert_no_process(flow_next(&f));
    }
    flow_assert_accounted(&f);
    flow_play(&f, "release");
    assert_true(wait_until(is_answered, &a));
    flow_close(&f);
}

/* A session closes although the call does not come back. */
static void test_closes_while_it_hangs(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WAITS, .join_ms = 1});
    flow_play(&f, "hang call=GetExtendedUdpTable");
    assert_no_process(next_drop(&f, "drop protocol=udp local=192.0.2.10:5 remote=203.0.113.7:1 "
                                    "layer=44 app=\"" NC "\""));
    uint64_t start = os_ticks_ms();
    wfpw_close(f.s);
    assert_true(os_ticks_ms() - start < PATIENCE_MS);
    wfpw_batch_free(f.b);
    assert_int_equal(os_u64_load(&f.heap.live), 0);
    wfpw_sim_free(f.sim);
}

struct lines {
    os_u32 count;
};

static void WFPW_CALL count_lines(void *ctx, int level, const char *text)
{
    struct lines *l = ctx;
    (void)level;
    if (strstr(text, "GetExtendedTcpTable gave 0x32 (50)") != NULL)
        (void)os_u32_add(&l->count, 1);
}

static bool is_logged(void *ctx)
{
    return os_u32_load(&((struct lines *)ctx)->count) != 0;
}

/* Events come as without it; it is said once. */
static void test_refused(void **state)
{
    struct flow f;
    struct lines lines = {0};
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WAITS, .log = count_lines, .log_ctx = &lines});
    play_listen(&f, 1204, 5000);
    flow_play(&f, "fail call=GetExtendedTcpTable code=50 times=1000000");
    for (int i = 0; i < 50; i++) {
        play_in(&f, 1 + i);
        assert_no_process(flow_next(&f));
    }
    assert_true(wait_until(is_logged, &lines));
    assert_int_equal(os_u32_load(&lines.count), 1);
    flow_close(&f);
}

/* Each call fails once: the event comes, with its process or without, and never another's. */
static void test_each_call_fails(void **state)
{
    static const uint32_t codes[] = {5, 8, 122, 1722};
    (void)state;
    for (uint64_t nth = 1; nth <= 8; nth++) {
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
            struct flow f;
            flow_open(&f, &(struct flow_options){.flags = WAITS, .watch_ms = 100000});
            play_listen(&f, 1204, 5000);
            wfpw_sim_fail_nth(f.sim, nth, codes[i]);
            play_in(&f, 1);
            const wfpw_event *ev = flow_next(&f);
            if ((ev->present & WFPW_HAS_PROCESS_ID) != 0)
                assert_int_equal(ev->process_id, 1204);
            wfpw_sim_fail_nth(f.sim, 0, 0);
            flow_close(&f);
        }
    }
}

/* ---- with the Security log ------------------------------------------------------------------ */

/* What Windows itself says comes before what its tables look like. */
static void test_record_wins(void **state)
{
    struct flow f;
    const struct flow_options o = {.watch_ms = 1000,
                                   .join_window_ms = 60000,
                                   .flags = WAITS,
                                   .before = "auditpol connection both\n",
                                   .collect = true};
    (void)state;
    audited_open(&f, &o, NULL);
    assert_int_equal(flow_add_live(&f, &o), WFPW_OK);
    play_listen(&f, 1204, 5000);
    play_in(&f, 5001);
    assert_int_equal(flow_read(&f, 50), 0); /* it has a process, and waits for a better one */
    flow_play(&f, "audit 5157 version=3 ProcessID=1300 Application=" NC " Direction=%%14592 "
                  "SourceAddress=203.0.113.7 SourcePort=5001 DestAddress=192.0.2.10 DestPort=4444 "
                  "Protocol=6 FilterRTID=7 LayerName=%%14610 LayerRTID=44");
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->flags & WFPW_EVENT_MERGED, WFPW_EVENT_MERGED);
    assert_int_equal(ev->process_id, 1300);
    assert_int_equal(ev->pid_from, WFPW_PID_FROM_AUDIT);
    assert_int_equal(ev->pid_confidence, 0);
    assert_int_equal(ev->differs & WFPW_DIFFERS_PROCESS, 0);
    audited_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listener),      cmocka_unit_test(test_connection),
        cmocka_unit_test(test_udp_and_ipv6),  cmocka_unit_test(test_later_row),
        cmocka_unit_test(test_new_socket),    cmocka_unit_test(test_other_program),
        cmocka_unit_test(test_two_processes), cmocka_unit_test(test_guess),
        cmocka_unit_test(test_service),       cmocka_unit_test(test_not_asked_for),
        cmocka_unit_test(test_cached),        cmocka_unit_test(test_without_waiting),
        cmocka_unit_test(test_hangs),         cmocka_unit_test(test_closes_while_it_hangs),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_each_call_fails),
        cmocka_unit_test(test_record_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
