/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * pfirewall.log: its lines, its columns in any order, zones, and what is none of its lines. */
#if !defined(_WIN32)
#define _POSIX_C_SOURCE 200809L /* setenv */
#endif
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

#define HEADER                                                                                     \
    "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n"            \
    "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn "     \
    "tcpack tcpwin icmptype icmpcode info path pid\r\n\r\n"
#define DROP "2024-03-01 08:09:10 DROP TCP 198.51.100.7 192.0.2.10 50000 3389 52 S 1 0 8 - - - "

struct log {
    wfpw_session *s;
    wfpw_batch *b;
    int count, end;
    wfpw_stats st;
};

static void read_log(struct log *l, const char *text, size_t n, const char *zone)
{
    wfpw_options o = {.size = sizeof o, .log_zone = zone};
    *l = (struct log){.b = wfpw_batch_new(64, 0), .st = {.size = sizeof l->st}};
    assert_int_equal(wfpw_open(&o, &l->s, NULL), 0);
    l->end = wfpw_add_memory(l->s, text, n, NULL);
    int got = l->end == 0 ? wfpw_read(l->s, l->b, -1, NULL) : 0;
    l->count = got > 0 ? got : 0;
    assert_int_equal(wfpw_get_stats(l->s, &l->st), 0);
}

static void close_log(struct log *l)
{
    wfpw_close(l->s);
    wfpw_batch_free(l->b);
}

static void text_log(struct log *l, const char *text, const char *zone)
{
    read_log(l, text, strlen(text), zone);
}

static void test_inbound(void **state)
{
    struct log l;
    (void)state;
    text_log(&l, HEADER DROP "RECEIVE 4\r\n", NULL);
    assert_int_equal(l.count, 1);
    const wfpw_event *ev = wfpw_batch_get(l.b, 0);
    assert_int_equal(ev->source, WFPW_SOURCE_PFIREWALL);
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->direction, WFPW_DIRECTION_INBOUND);
    assert_int_equal(ev->local.port, 3389);
    assert_int_equal(ev->remote.port, 50000);
    assert_int_equal(ev->remote.addr[3], 7);
    assert_int_equal(ev->process_id, 4);
    assert_int_equal(ev->pid_from, WFPW_PID_FROM_PFIREWALL);
    assert_string_equal(wfpw_audit_get(ev->audit, "tcpflags"), "S");
    assert_null(wfpw_audit_get(ev->audit, "icmptype"));
    assert_true((ev->flags & WFPW_EVENT_LOCAL_TIME) != 0);
    close_log(&l);
}

/* 08:09:10 in a zone, against the same as UTC. */
static void test_zones(void **state)
{
    static const struct {
        const char *zone;
        int64_t minutes; /* later than without a zone */
    } zones[] = {{"UTC", 0}, {"z", 0}, {"+02:00", -120}, {"-0330", 210}, {"+05:45", -345}};
    struct log l;
    (void)state;
    text_log(&l, HEADER DROP "RECEIVE 4\n", NULL);
    uint64_t plain = wfpw_batch_get(l.b, 0)->time;
    close_log(&l);
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        text_log(&l, HEADER DROP "RECEIVE 4\n", zones[i].zone);
        const wfpw_event *ev = wfpw_batch_get(l.b, 0);
        assert_int_equal((int64_t)(ev->time - plain), zones[i].minutes * 60 * 10000000);
        assert_int_equal(ev->flags & WFPW_EVENT_LOCAL_TIME, 0);
        close_log(&l);
    }
}

#if !defined(_WIN32)
static void test_zone_of_host(void **state)
{
    struct log l;
    (void)state;
    text_log(&l, HEADER DROP "SEND 4\n", NULL);
    uint64_t plain = wfpw_batch_get(l.b, 0)->time;
    close_log(&l);
    assert_int_equal(setenv("TZ", "ABC-3", 1), 0); /* three hours east, as POSIX has it */
    text_log(&l, HEADER DROP "SEND 4\n", "local");
    assert_int_equal(plain - wfpw_batch_get(l.b, 0)->time, 3 * 3600ull * 10000000);
    close_log(&l);
}
#endif

static void test_wrong_zones(void **state)
{
    static const char *const zones[] = {"",      "Europe/Berlin", "+2",    "+0200x",
                                        "02:00", "+02-00",        "+99:00"};
    (void)state;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        wfpw_options o = {.size = sizeof o, .log_zone = zones[i]};
        wfpw_session *s;
        assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_E_INVAL);
    }
}

static void test_lost(void **state)
{
    struct log l;
    (void)state;
    text_log(&l, HEADER "2024-03-01 08:10:00 INFO-EVENTS-LOST - - - - - - - - - - - - 59 - -\n",
             "UTC");
    const wfpw_event *ev = wfpw_batch_get(l.b, 0);
    assert_int_equal(ev->kind, WFPW_KIND_GAP);
    assert_int_equal(ev->lost, 59);
    assert_int_equal(ev->lost_where, WFPW_LOST_PFIREWALL);
    assert_int_equal(l.st.gaps, 1);
    assert_int_equal(l.st.received, 0);
    close_log(&l);
}

/* ICMP with IPv6 addresses is ICMPv6; type and code stand where ports do. */
static void test_icmp(void **state)
{
    struct log l;
    (void)state;
    text_log(&l,
             HEADER
             "2024-03-01 08:10:00 DROP ICMP fe80::1 ff02::1 - - 72 - - - - 134 0 - RECEIVE -\n",
             NULL);
    const wfpw_event *ev = wfpw_batch_get(l.b, 0);
    assert_int_equal(ev->protocol, 58);
    assert_int_equal(ev->local.port, 134);
    assert_int_equal(ev->local.addr[0], 0xFF);
    assert_int_equal(ev->present & WFPW_HAS_PROCESS_ID, 0);
    close_log(&l);
}

static void test_columns_in_another_order(void **state)
{
    struct log l;
    (void)state;
    text_log(&l,
             "#Version: 1.5\n#Time Format: GMT\n#Fields: date time path action new protocol src-ip "
             "dst-ip\n2024-03-01 08:10:00 SEND ALLOW what 17 192.0.2.1 192.0.2.2\n",
             NULL);
    const wfpw_event *ev = wfpw_batch_get(l.b, 0);
    assert_int_equal(l.count, 1);
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_ALLOW);
    assert_int_equal(ev->protocol, 17);
    assert_int_equal(ev->remote.addr[3], 2);
    assert_int_equal(ev->flags & WFPW_EVENT_LOCAL_TIME, 0);
    close_log(&l);
}

static void test_without_a_header(void **state)
{
    struct log l;
    (void)state;
    text_log(&l,
             "2024-03-01 08:10:00 DROP UDP 192.0.2.1 192.0.2.255 137 137 128 RECEIVE 4\n"
             "2024-03-01 08:10:00 ALLOW TCP 192.0.2.1 192.0.2.2 1 2 SEND 77\n"
             "2024-03-01 08:10:00 OPEN-INBOUND TCP 192.0.2.1 192.0.2.2 1 2 - - - - - - - - -\n",
             NULL);
    assert_int_equal(l.count, 3);
    assert_string_equal(wfpw_audit_get(wfpw_batch_get(l.b, 0)->audit, "size"), "128");
    assert_int_equal(wfpw_batch_get(l.b, 1)->process_id, 77);
    assert_int_equal(wfpw_batch_get(l.b, 2)->direction, WFPW_DIRECTION_INBOUND);
    close_log(&l);
}

static void test_damage(void **state)
{
    static const char zeros[] = HEADER "\0\0\0\0" DROP "RECEIVE 4\n";
    struct log l;
    (void)state;
    read_log(&l, zeros, sizeof zeros - 1, NULL);
    assert_int_equal(l.count, 1);
    close_log(&l);
    text_log(&l,
             HEADER "rubbish\n2024-13-01 08:09:10 DROP TCP 192.0.2.1 192.0.2.2 1 2\n" DROP
                    "RECEIVE 4",
             NULL);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.st.skipped, 2);
    close_log(&l);
    text_log(&l, "no log at all\n", NULL);
    assert_int_equal(l.end, WFPW_E_FORMAT);
    close_log(&l);
}

/* A line of any length costs that line only. */
static void test_long_line(void **state)
{
    enum { LONG = 300 * 1024 };
    struct log l;
    char *text = malloc(LONG + 1024);
    (void)state;
    assert_non_null(text);
    size_t n = (size_t)snprintf(text, 512, "%s", HEADER);
    memset(text + n, 'x', LONG);
    n += LONG;
    n += (size_t)snprintf(text + n, 512, "\n%sRECEIVE 4\n", DROP);
    read_log(&l, text, n, NULL);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.st.skipped, 1);
    close_log(&l);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inbound),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_wrong_zones),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_columns_in_another_order),
        cmocka_unit_test(test_without_a_header),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_long_line),
#if !defined(_WIN32)
        cmocka_unit_test(test_zone_of_host),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
