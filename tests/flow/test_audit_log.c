/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The Security log as a live source, on a simulated log: what comes, from where, and what is said
 * of what does not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "os/system.h"

#define BLOCK                                                                                      \
    "audit 5157 version=1 ProcessID=1204 Application=\\device\\harddiskvolume3\\nc.exe "           \
    "Direction=%%14593 SourceAddress=192.0.2.10 SourcePort=50123 DestAddress=203.0.113.7 "         \
    "DestPort=4444 Protocol=6 FilterRTID=70210 LayerName=%%14611 LayerRTID=48 "                    \
    "RemoteUserID=S-1-0-0 RemoteMachineID=S-1-0-0\n"
#define LISTEN                                                                                     \
    "audit 5154 ProcessId=4 Application=System SourceAddress=0.0.0.0 SourcePort=445 Protocol=6 "   \
    "FilterRTID=0 LayerName=%%14609 LayerRTID=40\n"

/* ---- what comes ----------------------------------------------------------------------------- */

static void test_event(void **state)
{
    struct flow f;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    flow_play(&f, BLOCK);
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->kind, WFPW_KIND_AUDIT);
    assert_int_equal(ev->source, WFPW_SOURCE_AUDIT_LOG);
    assert_int_equal(ev->process_id, 1204);
    assert_int_equal(ev->filter_id, 70210);
    assert_int_equal(ev->remote.port, 4444);
    assert_int_equal(ev->direction, WFPW_DIRECTION_OUTBOUND);
    assert_int_equal(ev->verdict, WFPW_VERDICT_BLOCK);
    assert_int_equal(ev->audit->event_id, 5157);
    assert_int_equal(ev->audit->version, 1);
    assert_int_equal(ev->audit->record_id, 1);
    assert_string_equal(ev->audit->computer, "SIM");
    assert_string_equal(wfpw_audit_get(ev->audit, "remoteuserid"), "S-1-0-0");
    assert_string_equal(ev->device_path, "\\device\\harddiskvolume3\\nc.exe");
    audited_close(&f);
}

/* All that is ours, and what tells of the log; nothing else. */
static void test_which(void **state)
{
    static const char *const ours[] = {"5031", "5146", "5160", "5440", "5463", "4650",
                                       "4655", "4719", "4950", "4608", "4609", "4616",
                                       "4960", "4965", "4976", "4984", "5049"};
    static const char *const others[] = {"4624", "5145", "5161", "5439", "5464",
                                         "4649", "4656", "4610", "4688", "4959",
                                         "4964", "4975", "4985", "5048", "5050"};
    struct flow f;
    char line[64];
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        (void)snprintf(line, sizeof line, "audit %s Type=1", others[i]);
        flow_play(&f, line);
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        (void)snprintf(line, sizeof line, "audit %s Type=1", ours[i]);
        flow_play(&f, line);
        assert_int_equal(flow_next(&f)->audit->event_id, atoi(ours[i]));
    }
    assert_int_equal(flow_read(&f, 0), 0);
    assert_int_equal(f.gaps, 0);
    audited_close(&f);
}

static void test_text(void **state)
{
    struct flow f;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    flow_play(&f, "audit 5157 Application=\"a & b < c > \xC3\xA4 \xF0\x9F\x98\x80 'q'\"");
    const wfpw_event *ev = flow_next(&f);
    assert_string_equal(ev->device_path, "a & b < c > \xC3\xA4 \xF0\x9F\x98\x80 'q'");
    audited_close(&f);
}

/* The template is asked here whatever the query says, and of gaps nobody is. */
static void test_template(void **state)
{
    struct flow f;
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "type=5157", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "protocol=tcp", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "remote-port=4444", NULL), WFPW_OK);
    audited_open(&f, &(struct flow_options){.match = t}, NULL);
    flow_play(&f, LISTEN BLOCK "audit 5157 Protocol=17 DestPort=4444\n"
                               "audit 5157 Protocol=6 Direction=%%14593 DestPort=4445 "
                               "SourceAddress=10.0.0.1 DestAddress=10.0.0.2\n"
                               "audit 5447 FilterId=7\n" BLOCK);
    assert_int_equal(flow_next(&f)->audit->record_id, 2);
    assert_int_equal(flow_next(&f)->audit->record_id, 6);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.filtered, 2); /* another port; a policy change, which names learn from */
    assert_int_equal(st.received, 4);
    audited_close(&f);
    wfpw_template_free(t);
}

/* ---- where it begins ------------------------------------------------------------------------ */

static void test_starts(void **state)
{
    struct flow f;
    wfpw_audit_log o = {.size = sizeof o, .flags = WFPW_AUDIT_OLDEST};
    const struct flow_options before = {.before = "repeat 3 " LISTEN};
    (void)state;
    audited_open(&f, &before, NULL); /* now */
    assert_int_equal(flow_read(&f, 50), 0);
    flow_play(&f, LISTEN);
    assert_int_equal(flow_next(&f)->audit->record_id, 4);
    audited_close(&f);

    audited_open(&f, &before, &o);
    for (uint64_t id = 1; id <= 3; id++)
        assert_int_equal(flow_next(&f)->audit->record_id, id);
    audited_close(&f);

    o.flags = 0;
    audited_open(&f, &(struct flow_options){.before = LISTEN "wait 60000\n" LISTEN}, &o);
    audited_close(&f);
    flow_open_bare(&f, &(struct flow_options){.before = LISTEN "wait 60000\n" LISTEN});
    o.since = wfpw_sim_count(f.sim, WFPW_SIM_NOW) - 10000000;
    assert_int_equal(wfpw_add_audit(f.s, &o, &f.e), WFPW_OK);
    assert_int_equal(flow_next(&f)->audit->record_id, 2);
    assert_int_equal(flow_read(&f, 20), 0);
    audited_close(&f);
}

static void test_backlog(void **state)
{
    struct flow f;
    wfpw_audit_log o = {.size = sizeof o, .flags = WFPW_AUDIT_PAST};
    (void)state;
    for (int classic = 0; classic < 2; classic++) {
        o.flags = WFPW_AUDIT_PAST | (classic ? (uint32_t)WFPW_AUDIT_CLASSIC : 0);
        audited_open(&f, &(struct flow_options){.before = "repeat 100 " LISTEN "audit 4624\n"}, &o);
        flow_read_events(&f, 100);
        assert_int_equal(flow_read(&f, PATIENCE_MS), WFPW_E_EOF);
        assert_int_equal(f.gaps, 0);
        audited_close(&f);
    }
}

/* The body of a record of IPsec, from both interfaces of the log. */
static void test_ipsec(void **state)
{
    static const char records[] =
        "audit 4653 LocalMMPrincipalName=- RemoteMMPrincipalName=b@x LocalAddress=192.0.2.1 "
        "LocalKeyModPort=500 RemoteAddress=198.51.100.2 RemoteKeyModPort=4500 KeyModName=%%8244 "
        "FailurePoint=%%8200 FailureReason=Zeit MMAuthMethod=%%8193 State=%%8203 Role=%%8205 "
        "MMImpersonationState=%%8217 MMFilterID=70 InitiatorCookie=1 ResponderCookie=2\n"
        "audit 4962 RemoteAddress=198.51.100.2 SPI=4294967295\n";
    struct flow f;
    (void)state;
    for (int classic = 0; classic < 2; classic++) {
        wfpw_audit_log o = {.size = sizeof o, .flags = classic ? WFPW_AUDIT_CLASSIC : 0};
        audited_open(&f, &(struct flow_options){0}, &o);
        flow_play(&f, records);
        const wfpw_event *ev = flow_next(&f);
        assert_int_equal(ev->ike->present, WFPW_IKE_HAS_POINT | WFPW_IKE_HAS_MODULE |
                                               WFPW_IKE_HAS_AUTH_METHOD | WFPW_IKE_HAS_ROLE |
                                               WFPW_IKE_HAS_FILTER_ID);
        assert_int_equal(ev->ike->point, 2);
        assert_int_equal(ev->ike->module, 2);
        assert_int_equal(ev->ike->role, 0);
        assert_int_equal(ev->ike->filter_id, 70);
        assert_null(ev->ike->local_principal);
        assert_string_equal(ev->ike->remote_principal, "b@x");
        ev = flow_next(&f);
        assert_int_equal(ev->ipsec->spi, UINT32_MAX);
        assert_int_equal(ev->direction, WFPW_DIRECTION_INBOUND);
        audited_close(&f);
    }
}

/* ---- a place to come back to ---------------------------------------------------------------- */

static void test_bookmark(void **state)
{
    struct flow f;
    char text[256];
    size_t needed;
    wfpw_audit_log o = {.size = sizeof o, .flags = WFPW_AUDIT_OLDEST};
    (void)state;
    audited_open(&f, &(struct flow_options){0}, &o);
    assert_int_equal(wfpw_get_bookmark(f.s, text, sizeof text, &needed), 0);
    flow_play(&f, LISTEN LISTEN);
    flow_read_events(&f, 2);
    assert_int_equal(wfpw_get_bookmark(f.s, text, 5, &needed), WFPW_E_RANGE);
    assert_int_equal(wfpw_get_bookmark(f.s, text, needed, NULL), needed - 1);
    assert_string_equal(text, "<BookmarkList>\r\n  <Bookmark Channel='Security' RecordId='2' "
                              "IsCurrent='true'/>\r\n</BookmarkList>");
    audited_close(&f);

    o = (wfpw_audit_log){.size = sizeof o, .bookmark = text};
    for (int classic = 0; classic < 2; classic++) {
        o.flags = classic ? WFPW_AUDIT_CLASSIC : 0;
        audited_open(&f, &(struct flow_options){.before = "repeat 4 " LISTEN}, &o);
        assert_int_equal(flow_next(&f)->audit->record_id, 3);
        assert_int_equal(flow_next(&f)->audit->record_id, 4);
        assert_int_equal(f.gaps, 0);
        audited_close(&f);
    }
    o.bookmark = "<BookmarkList><Bookmark Channel='System' RecordId='2'/></BookmarkList>";
    flow_open_bare(&f, &(struct flow_options){0});
    assert_int_equal(wfpw_add_audit(f.s, &o, &f.e), WFPW_E_SYNTAX);
    flow_close(&f);
}

/* ---- loss ----------------------------------------------------------------------------------- */

static void expect_gap(struct flow *f, uint32_t teller)
{
    const wfpw_event *ev = flow_next(f);
    assert_int_equal(ev->kind, WFPW_KIND_GAP);
    assert_int_equal(ev->lost_where, WFPW_LOST_LOG);
    assert_int_equal(ev->source, WFPW_SOURCE_AUDIT_LOG);
    assert_int_equal(ev->audit != NULL ? ev->audit->event_id : 0, teller);
}

static void test_cleared(void **state)
{
    struct flow f;
    (void)state;
    for (int classic = 0; classic < 2; classic++) {
        wfpw_audit_log o = {.size = sizeof o, .flags = classic ? WFPW_AUDIT_CLASSIC : 0};
        audited_open(&f, &(struct flow_options){.before = "repeat 5 " LISTEN}, &o);
        flow_play(&f, LISTEN);
        assert_int_equal(flow_next(&f)->audit->record_id, 6);
        flow_play(&f, "log clear\n" LISTEN);
        expect_gap(&f, 1102);
        assert_int_equal(flow_next(&f)->audit->event_id, 1102);
        assert_int_equal(flow_next(&f)->audit->record_id, 2);
        audited_close(&f);
    }
}

/* Cleared while the service was away, and longer than before by now: the numbers fit, and are not
 * what they were. */
static void test_cleared_unseen(void **state)
{
    struct flow f;
    (void)state;
    for (int classic = 0; classic < 2; classic++) {
        wfpw_audit_log o = {.size = sizeof o,
                            .flags =
                                WFPW_AUDIT_OLDEST | (classic ? (uint32_t)WFPW_AUDIT_CLASSIC : 0)};
        audited_open(&f, &(struct flow_options){.before = "repeat 5 " LISTEN}, &o);
        flow_read_events(&f, 5);
        flow_play(&f, "log stop\nlog start\nlog clear\nlog wrap 1\nwait 2000\nrepeat 20 " LISTEN);
        flow_read_events(&f, classic ? 20 : 20);
        assert_true(f.gaps >= 1);
        audited_close(&f);
    }
}

static void test_dropped(void **state)
{
    struct flow f;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    flow_play(&f, LISTEN);
    (void)flow_next(&f);
    flow_play(&f, "audit 4612 AuditsDiscarded=17");
    const wfpw_event *gap = flow_next(&f);
    assert_int_equal(gap->kind, WFPW_KIND_GAP);
    assert_int_equal(gap->lost, 17);
    assert_true((gap->present & WFPW_HAS_LOST) != 0);
    assert_true(gap->lost_from != 0 && gap->lost_from < gap->time);
    assert_int_equal(gap->audit->event_id, 4612);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_AUDIT);
    audited_close(&f);
}

/* Written while nobody wrote: the log itself says so when it is back. */
static void test_service_stopped(void **state)
{
    struct flow f;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    flow_play(&f, LISTEN);
    flow_read_events(&f, 1);
    flow_play(&f, "log stop\n" LISTEN LISTEN "log start\n" LISTEN);
    flow_read_events(&f, 3); /* 1100, 1101, and the new one */
    assert_int_equal(f.gaps, 1);
    assert_true(flow_stats(&f).log_reconnects >= 1);
    audited_close(&f);
}

static void test_wrapped(void **state)
{
    struct flow f;
    (void)state;
    for (int classic = 0; classic < 2; classic++) {
        wfpw_audit_log o = {.size = sizeof o,
                            .flags =
                                WFPW_AUDIT_OLDEST | (classic ? (uint32_t)WFPW_AUDIT_CLASSIC : 0)};
        audited_open(&f, &(struct flow_options){.before = "repeat 3 " LISTEN}, &o);
        flow_read_events(&f, 3);
        flow_play(&f, classic ? "hang call=ReadEventLogW" : "hang call=EvtNext");
        flow_play(&f, "repeat 10 " LISTEN "log wrap 8\nrelease");
        flow_read_events(&f, 5);
        assert_int_equal(f.gaps, 1);
        audited_close(&f);
    }
}

/* ---- what goes wrong ------------------------------------------------------------------------ */

/* Whatever it is, every record comes once. */
static void test_troubles(void **state)
{
    static const char *const troubles[] = {
        "fail call=EvtNext code=1734 times=1",
        "fail call=EvtNext code=1734 times=4",
        "fail call=EvtNext code=6 times=2",
        "fail call=EvtNext code=87",
        "fail call=EvtNext code=1722",
        "fail call=EvtNext code=1818",
        "fail call=EvtNext code=15011",
        "fail call=EvtNext code=15012",
        "fail call=EvtNext code=4317 times=9",
        "fail call=EvtSubscribe code=15011\nlog restart",
        "log refuse_strict on\nlog restart",
        "log twice 3\nlog restart",
        "log lie 7",
        "fail call=EvtCreateBookmark code=8\nlog restart",
        "log restart",
        "fail call=EvtGetLogInfo code=5 times=9\nlog restart",
        "log dead",
        "log deaf on",
    };
    (void)state;
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        struct flow f;
        wfpw_audit_log o = {.size = sizeof o, .watch_ms = 100};
        audited_open(&f, &(struct flow_options){0}, &o);
        for (int n = 0; n < 5; n++)
            flow_play(&f, LISTEN);
        audited_read(&f, 5);
        flow_play(&f, troubles[i]);
        flow_play(&f, "repeat 100 " LISTEN);
        audited_read(&f, 105);
        if (f.gaps != 0)
            fail_msg("a gap after: %s", troubles[i]);
        audited_close(&f);
    }
}

/* What a reply cannot hold for ever: the session says that it does not read, counts no more than it
 * has tried, and is well again when the log is. */
static void test_bound_for_long(void **state)
{
    struct flow f;
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    flow_play(&f, "fail call=EvtNext code=1734 times=24\n" LISTEN);
    while ((flow_stats(&f).missing & WFPW_MISSING_LOG) == 0 && os_ticks_ms() < end)
        assert_true(flow_read(&f, 10) >= 0);
    assert_int_equal(flow_stats(&f).missing & WFPW_MISSING_LOG, WFPW_MISSING_LOG);
    assert_int_equal(flow_stats(&f).log_state, WFPW_STATE_WAITING);
    flow_read_events(&f, 1);
    assert_true(f.gaps > 0);
    assert_true(flow_stats(&f).undecoded <= 16);
    audited_close(&f);
}

/* ---- a log that lies ------------------------------------------------------------------------- */

static struct {
    struct wfpw_system system;
    struct system_eventlog log;
    uint32_t (*read)(void *ctx, void *handle, uint32_t flags, uint32_t record, void *buffer,
                     uint32_t bytes, uint32_t *read, uint32_t *needed);
    os_u32 lies, kind, calls;
} liar;

enum { LIE_SHORT, LIE_LONG, LIE_TINY, LIE_NUMBER, LIES };

/* A record that comes after it was found missing, and before the log is asked for its extent. */
static struct {
    struct wfpw_system system;
    struct system_eventlog log;
    wfpw_sim *sim;
    os_u32 late;
} latecomer;

static uint32_t lying_read(void *ctx, void *handle, uint32_t flags, uint32_t record, void *buffer,
                           uint32_t bytes, uint32_t *read, uint32_t *needed)
{
    static const uint32_t lengths[] = {3, 0x7FFFFFFF};
    uint32_t code = liar.read(ctx, handle, flags, record, buffer, bytes, read, needed), number = 0;
    (void)os_u32_add(&liar.calls, 1);
    if (code != 0 || os_u32_load(&liar.lies) == 0)
        return code;
    (void)os_u32_add(&liar.lies, UINT32_MAX);
    if (os_u32_load(&liar.kind) == LIE_TINY)
        *read = 2;
    else if (os_u32_load(&liar.kind) == LIE_NUMBER)
        memcpy((uint8_t *)buffer + 8, &number, sizeof number);
    else
        memcpy(buffer, &lengths[os_u32_load(&liar.kind)], sizeof *lengths);
    return code;
}

static void set_liar(struct flow *f)
{
    const struct wfpw_system *simulated = wfpw_sim_system(f->sim);
    liar.system = *simulated;
    liar.log = *simulated->eventlog;
    liar.read = liar.log.classic_read;
    liar.log.classic_read = lying_read;
    liar.system.eventlog = &liar.log;
    f->system = &liar.system;
}

/* A reply whose lengths and numbers lie costs what it has, and never time without an end. */
static void test_lying_lengths(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind < LIES; kind++) {
        struct flow f;
        wfpw_audit_log o = {.size = sizeof o, .watch_ms = 50, .flags = WFPW_AUDIT_CLASSIC};
        os_u32_store(&liar.kind, kind);
        os_u32_store(&liar.calls, 0);
        audited_open(&f, &(struct flow_options){.hook = set_liar}, &o);
        os_u32_store(&liar.lies, 5);
        flow_play(&f, "repeat 20 " LISTEN);
        uint64_t end = os_ticks_ms() + PATIENCE_MS;
        while (flow_stats(&f).received < 20 && os_ticks_ms() < end)
            assert_true(flow_read(&f, 10) >= 0);
        os_u32_store(&liar.lies, 0);
        flow_play(&f, LISTEN);
        uint64_t before = f.events;
        while (f.events == before && os_ticks_ms() < end)
            assert_true(flow_read(&f, 10) >= 0);
        assert_true(f.events > before);
        assert_int_equal(flow_stats(&f).duplicate, 0);
        while (flow_read(&f, 200) > 0)
            ;
        assert_true(os_u32_load(&liar.calls) < 1000);
        audited_close(&f);
    }
}

static uint32_t late_oldest(void *ctx, void *handle, uint32_t *oldest)
{
    uint32_t late = os_u32_load(&latecomer.late);
    if (late > 0) {
        os_u32_store(&latecomer.late, late - 1);
        assert_int_equal(wfpw_sim_play(latecomer.sim, LISTEN, NULL), WFPW_OK);
    }
    return wfpw_sim_system(latecomer.sim)->eventlog->classic_oldest(ctx, handle, oldest);
}

static void set_latecomer(struct flow *f)
{
    latecomer.sim = f->sim;
    latecomer.system = *wfpw_sim_system(f->sim);
    latecomer.log = *latecomer.system.eventlog;
    latecomer.log.classic_oldest = late_oldest;
    latecomer.system.eventlog = &latecomer.log;
    f->system = &latecomer.system;
}

/* It is the next one, and no reason to open the log anew. */
static void test_comes_between(void **state)
{
    struct flow f;
    wfpw_audit_log o = {.size = sizeof o, .watch_ms = 20, .flags = WFPW_AUDIT_CLASSIC};
    (void)state;
    os_u32_store(&latecomer.late, 0);
    audited_open(&f, &(struct flow_options){.hook = set_latecomer}, &o);
    os_u32_store(&latecomer.late, 5);
    flow_read_events(&f, 5);
    assert_int_equal(f.gaps, 0);
    assert_int_equal(flow_stats(&f).duplicate, 0);
    assert_int_equal(flow_stats(&f).log_reconnects, 0);
    audited_close(&f);
}

/* Cut XML is no record, and a record is missing then. */
static void test_cut(void **state)
{
    struct flow f;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    flow_play(&f, "log cut 2\n" LISTEN);
    flow_read_gaps(&f, 1);
    assert_int_equal(f.lost, 1);
    assert_int_equal(flow_stats(&f).undecoded, 1);
    flow_play(&f, "log cut 1\n" LISTEN); /* the second try is whole */
    flow_read_events(&f, 1);
    f.lost = 0;
    audited_close(&f);
}

static void test_refused(void **state)
{
    struct flow f;
    (void)state;
    flow_open_bare(&f, &(struct flow_options){.before = "log refuse_modern on"});
    assert_int_equal(wfpw_add_audit(f.s, NULL, &f.e), WFPW_OK);
    assert_int_equal(flow_stats(&f).log_path, WFPW_LOG_PATH_CLASSIC);
    flow_play(&f, LISTEN);
    assert_int_equal(flow_next(&f)->audit->event_id, 5154);
    audited_close(&f);

    flow_open_bare(&f,
                   &(struct flow_options){.before = "log refuse_modern on\nlog refuse_classic on"});
    assert_int_equal(wfpw_add_audit(f.s, NULL, &f.e), WFPW_E_ACCESS);
    assert_string_equal(f.e.where, "EvtSubscribe");
    flow_close(&f);

    flow_open_bare(&f, &(struct flow_options){.before = "log stop"});
    assert_int_equal(wfpw_add_audit(f.s, NULL, &f.e), WFPW_E_NOSERVICE);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),          cmocka_unit_test(test_which),
        cmocka_unit_test(test_text),           cmocka_unit_test(test_template),
        cmocka_unit_test(test_starts),         cmocka_unit_test(test_backlog),
        cmocka_unit_test(test_ipsec),          cmocka_unit_test(test_bookmark),
        cmocka_unit_test(test_cleared),        cmocka_unit_test(test_cleared_unseen),
        cmocka_unit_test(test_dropped),        cmocka_unit_test(test_service_stopped),
        cmocka_unit_test(test_wrapped),        cmocka_unit_test(test_troubles),
        cmocka_unit_test(test_bound_for_long), cmocka_unit_test(test_lying_lengths),
        cmocka_unit_test(test_comes_between),  cmocka_unit_test(test_cut),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
