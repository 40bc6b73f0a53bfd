/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A log and a dump of net events in one session: what both tell of comes as one event, the rest as
 * it is, whatever the order in which the files were added. */
#include "../cmocka_all.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

enum { TEXT_MAX = 1 << 20 };

struct text {
    char *p;
    size_t n;
};

#define ADD(t, ...)                                                                                \
    do {                                                                                           \
        int n_ = snprintf((t)->p + (t)->n, TEXT_MAX - (t)->n, __VA_ARGS__);                        \
        assert_true(n_ > 0 && (size_t)n_ < TEXT_MAX - (t)->n);                                     \
        (t)->n += (size_t)n_;                                                                      \
    } while (0)

/* An audit record of a connection that was refused; ms after noon. */
static void add_record(struct text *t, int number, int ms, int port, const char *origin)
{
    ADD(t,
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='Microsoft-Windows-Security-Auditing' "
        "Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>5157</EventID><Version>3</Version>"
        "<TimeCreated SystemTime='2026-01-08T12:%02d:%02d.%03dZ'/><EventRecordID>%d</EventRecordID>"
        "<Channel>Security</Channel><Computer>PC-7</Computer></System><EventData>",
        ms / 60000, ms / 1000 % 60, ms % 1000, number);
    ADD(t,
        "<Data Name='ProcessID'>%d</Data>"
        "<Data Name='Application'>\\device\\harddiskvolume3\\tools\\nc.exe</Data>"
        "<Data Name='Direction'>%%%%14593</Data><Data Name='SourceAddress'>192.0.2.10</Data>"
        "<Data Name='SourcePort'>%d</Data><Data Name='DestAddress'>203.0.113.66</Data>"
        "<Data Name='DestPort'>443</Data><Data Name='Protocol'>6</Data>"
        "<Data Name='FilterOrigin'>%s</Data><Data Name='FilterRTID'>71264</Data>"
        "<Data Name='LayerName'>%%%%14611</Data><Data Name='LayerRTID'>48</Data></EventData>"
        "</Event>\n",
        4000 + number, port, origin);
}

/* A net event of the same. */
static void add_net(struct text *t, int ms, int port)
{
    static const char app[] = "\\Device\\HarddiskVolume3\\Tools\\nc.exe";
    ADD(t,
        "<item><header><timeStamp>2026-01-08T12:%02d:%02d.%03dZ</timeStamp><flags numItems=\"7\">"
        "<item>FWPM_NET_EVENT_FLAG_IP_VERSION_SET</item>"
        "<item>FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET</item>"
        "<item>FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET</item>"
        "<item>FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET</item>"
        "<item>FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET</item>"
        "<item>FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET</item>"
        "<item>FWPM_NET_EVENT_FLAG_APP_ID_SET</item></flags>",
        ms / 60000, ms / 1000 % 60, ms % 1000);
    ADD(t,
        "<ipVersion>FWP_IP_VERSION_V4</ipVersion><ipProtocol>6</ipProtocol>"
        "<localAddrV4>192.0.2.10</localAddrV4><remoteAddrV4>203.0.113.66</remoteAddrV4>"
        "<localPort>%d</localPort><remotePort>443</remotePort><appId><data>",
        port);
    for (size_t i = 0; i < sizeof app; i++)
        ADD(t, "%02x00", (unsigned)app[i]);
    ADD(t, "</data></appId></header><type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type>"
           "<classifyDrop><filterId>71264</filterId><layerId>48</layerId>"
           "<msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection><isLoopback>false</isLoopback>"
           "</classifyDrop></item>\n");
}

/* Three decisions that both files have, one that only one of them has, and one that has come too
 * late to be of one decision. */
static void make_files(struct text *log, struct text *events)
{
    log->n = events->n = 0;
    ADD(log, "<Events>");
    ADD(events, "<netEvents numItems=\"5\">");
    add_record(log, 1, 100, 50001, "Query User Default");
    add_net(events, 112, 50001);
    add_net(events, 3000, 50002);
    add_record(log, 2, 3400, 50002, "{11111111-2222-3333-4444-555555555555}");
    add_net(events, 60000, 50003);               /* only here */
    add_record(log, 3, 70000, 50004, "Stealth"); /* only here */
    add_net(events, 80000, 50005);
    add_record(log, 4, 82001, 50005, "Stealth"); /* too late */
    add_record(log, 5, 90000, 50006, "Stealth");
    add_net(events, 90001, 50006);
    ADD(log, "</Events>");
    ADD(events, "</netEvents>");
}

struct seen {
    int merged, net, audit;
    uint64_t last_time;
    bool in_order;
};

static void look(struct seen *s, const wfpw_event *ev)
{
    s->in_order = s->in_order && ev->time >= s->last_time;
    s->last_time = ev->time;
    if ((ev->flags & WFPW_EVENT_MERGED) == 0) {
        s->net += ev->kind == WFPW_KIND_CLASSIFY_DROP;
        s->audit += ev->kind == WFPW_KIND_AUDIT;
        assert_true(ev->local.port >= 50003 && ev->local.port <= 50005);
        return;
    }
    s->merged++;
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->source, WFPW_SOURCE_NETSH);
    assert_int_equal(ev->join_window_ms, 2000);
    assert_int_equal(ev->confidence, WFPW_CONFIDENCE_CERTAIN);
    assert_int_equal(ev->audit_evidence, WFPW_EVIDENCE_RECORD_ORIGIN);
    assert_int_equal(ev->process_id, 4000 + ev->audit->record_id);
    assert_int_equal(ev->join_lag / 10000, ev->local.port == 50001   ? -12
                                           : ev->local.port == 50002 ? 400
                                                                     : -1);
    if (ev->local.port == 50002)
        assert_int_equal(ev->reason, WFPW_REASON_RULE);
}

/* What was left out as one event was two, too. */
static void check_counts(wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal(st.merged, 3);
    assert_int_equal(st.waiting, 0);
    assert_int_equal(st.received, st.delivered + st.merged + st.filtered);
}

/* At any time: what was received was delivered, left out, merged, or is still held. */
static void check_sum(wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal(st.received, st.delivered + st.merged + st.filtered + st.waiting);
}

static struct seen read_both(const struct text *first, const struct text *second, uint32_t mode,
                             uint32_t flags, const char *condition)
{
    struct seen seen = {.in_order = true};
    wfpw_template *match = NULL;
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(2, 0); /* so that it is full again and again */
    int n;
    if (condition != NULL) {
        assert_int_equal(wfpw_template_new(NULL, &match), WFPW_OK);
        assert_int_equal(wfpw_template_add(match, condition, NULL), WFPW_OK);
    }
    wfpw_options o = {.size = sizeof o, .join = mode, .flags = flags, .match = match};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, first->p, first->n, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, second->p, second->n, NULL), WFPW_OK);
    while ((n = wfpw_read(s, b, -1, NULL)) > 0) {
        check_sum(s);
        for (int i = 0; i < n; i++)
            look(&seen, wfpw_batch_get(b, (uint32_t)i));
    }
    assert_int_equal(n, WFPW_E_EOF);
    check_counts(s);
    wfpw_close(s);
    wfpw_batch_free(b);
    wfpw_template_free(match);
    return seen;
}

static struct text log_text, events_text;

static void test_either_order(void **state)
{
    (void)state;
    for (int turn = 0; turn < 4; turn++) {
        const struct text *first = turn % 2 == 0 ? &log_text : &events_text;
        const struct text *second = turn % 2 == 0 ? &events_text : &log_text;
        struct seen seen =
            read_both(first, second, turn / 2 == 0 ? WFPW_JOIN_NEEDED : WFPW_JOIN_ALWAYS, 0, NULL);
        assert_int_equal(seen.merged, 3);
        assert_int_equal(seen.net, 2);
        assert_int_equal(seen.audit, 2);
    }
}

static void test_in_order(void **state)
{
    (void)state;
    struct seen seen =
        read_both(&log_text, &events_text, WFPW_JOIN_ALWAYS, WFPW_OPEN_ORDERED, NULL);
    assert_int_equal(seen.merged, 3);
    assert_int_equal(seen.net + seen.audit, 4);
    assert_true(seen.in_order);
}

/* A condition is asked of what is delivered: of the process ID that only the record has. */
static void test_conditions(void **state)
{
    struct seen seen;
    (void)state;
    seen = read_both(&log_text, &events_text, WFPW_JOIN_NEEDED, 0, "type=classify_drop");
    assert_int_equal(seen.merged, 3);
    assert_int_equal(seen.net, 2);
    assert_int_equal(seen.audit, 0);
    seen = read_both(&log_text, &events_text, WFPW_JOIN_NEEDED, 0, "reason=rule");
    assert_int_equal(seen.merged, 1);
    assert_int_equal(seen.net + seen.audit, 0);
}

static void *add_alone(const struct text *t, wfpw_session **s)
{
    wfpw_options o = {.size = sizeof o, .join = WFPW_JOIN_NEVER};
    assert_int_equal(wfpw_open(&o, s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(*s, t->p, t->n, NULL), WFPW_OK);
    return wfpw_batch_new(64, 0);
}

static void test_never(void **state)
{
    wfpw_session *s;
    (void)state;
    wfpw_batch *b = add_alone(&log_text, &s);
    assert_int_equal(wfpw_add_memory(s, events_text.p, events_text.n, NULL), WFPW_OK);
    int n = 0, more;
    while ((more = wfpw_read(s, b, -1, NULL)) > 0)
        n += more;
    assert_int_equal(n, 10);
    wfpw_close(s);
    wfpw_batch_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_order),
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_never),
    };
    log_text.p = malloc(TEXT_MAX);
    events_text.p = malloc(TEXT_MAX);
    make_files(&log_text, &events_text);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(log_text.p);
    free(events_text.p);
    return failed;
}
