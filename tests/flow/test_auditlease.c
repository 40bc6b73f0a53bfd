/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a live session lends itself of the audit policy: turned on, watched over, put back. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "flow.h"
#include "live/audit_policy_change.h"
#include "machine.h"
#include "sim/sim.h"

enum { SUCCESS = AUDIT_SUCCESS, FAILURE = AUDIT_FAILURE, BOTH = AUDIT_BOTH, POLL_MS = 2 };

struct log {
    os_mutex lock;
    char text[8192];
};

static void WFPW_CALL keep_log(void *ctx, int level, const char *text)
{
    struct log *log = ctx;
    (void)level;
    os_mutex_lock(&log->lock);
    size_t n = strlen(log->text);
    (void)snprintf(log->text + n, sizeof log->text - n, "%s\n", text);
    os_mutex_unlock(&log->lock);
}

static bool log_has(struct log *log, const char *text)
{
    os_mutex_lock(&log->lock);
    bool has = strstr(log->text, text) != NULL;
    os_mutex_unlock(&log->lock);
    return has;
}

struct opening {
    wfpw_sim *sim;
    const wfpw_template *match;
    uint32_t keywords, flags, watch_ms;
    struct log *log;
    const char *state_dir;
};

static int open_session(const struct opening *o, wfpw_session **s, wfpw_error *e)
{
    wfpw_options options = {.size = sizeof options,
                            .system = wfpw_sim_system(o->sim),
                            .match = o->match,
                            .state_dir = o->state_dir,
                            .log = o->log != NULL ? keep_log : NULL,
                            .log_ctx = o->log};
    wfpw_live live = {.size = sizeof live,
                      .flags = WFPW_LIVE_AUDIT_POLICY | o->flags,
                      .keywords = o->keywords,
                      .watch_ms = o->watch_ms != 0 ? o->watch_ms : 10};
    int status = wfpw_open(&options, s, e);
    if (status == WFPW_OK)
        status = wfpw_add_live(*s, &live, e);
    return status;
}

static wfpw_session *must_open(const struct opening *o)
{
    wfpw_session *s;
    wfpw_error e;
    if (open_session(o, &s, &e) != WFPW_OK)
        fail_msg("%s: %s (%u)", e.where, e.text, e.os_code);
    return s;
}

static bool policy_is(wfpw_sim *sim, uint32_t connection, uint32_t drop)
{
    os_mutex_lock(&sim->lock);
    bool is = sim_audit_get(sim, SUBCATEGORY_CONNECTION) == connection &&
              sim_audit_get(sim, SUBCATEGORY_PACKET_DROP) == drop;
    os_mutex_unlock(&sim->lock);
    return is;
}

static void assert_policy(wfpw_sim *sim, uint32_t connection, uint32_t drop)
{
    if (!policy_is(sim, connection, drop))
        fail_msg("connection %u, packet drop %u", sim_audit_get(sim, SUBCATEGORY_CONNECTION),
                 sim_audit_get(sim, SUBCATEGORY_PACKET_DROP));
}

static void wait_for(wfpw_sim *sim, uint32_t connection, uint32_t drop)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (!policy_is(sim, connection, drop) && os_ticks_ms() < end)
        os_sleep_ms(POLL_MS);
    assert_policy(sim, connection, drop);
}

static uint32_t state_of(wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal((st.missing & WFPW_MISSING_AUDIT_POLICY) != 0,
                     st.audit_policy > WFPW_AUDIT_POLICY_HELD);
    return st.audit_policy;
}

static void wait_for_state(wfpw_session *s, uint32_t state)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (state_of(s) != state && os_ticks_ms() < end)
        os_sleep_ms(POLL_MS);
    assert_int_equal(state_of(s), state);
}

static int restore(wfpw_sim *sim, wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    return wfpw_restore(&o, e);
}

/* ---- on and back ---------------------------------------------------------------------------- */

static void test_on_and_back(void **state)
{
    static const uint32_t found[][2] = {{0, 0}, {SUCCESS, 0}, {FAILURE, SUCCESS}, {BOTH, BOTH}};
    static const char *const words[] = {"none", "success", "failure", "both"};
    (void)state;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        char script[100];
        wfpw_sim *sim = machine_new(11);
        (void)snprintf(script, sizeof script, "auditpol connection %s; auditpol packet-drop %s",
                       words[found[i][0]], words[found[i][1]]);
        machine_play(sim, script);
        wfpw_session *s = must_open(&(struct opening){.sim = sim});
        assert_policy(sim, BOTH, FAILURE | found[i][1]);
        assert_int_equal(state_of(s), WFPW_AUDIT_POLICY_HELD);
        wfpw_close(s);
        assert_policy(sim, found[i][0], found[i][1]);
        assert_int_equal(restore(sim, NULL), 0);
        machine_free(sim);
    }
}

/* By the template: what its events need, and no more. */
static void test_what_is_needed(void **state)
{
    static const struct {
        const char *condition;
        uint32_t keywords, connection, drop;
    } rows[] = {
        {NULL, 0, BOTH, FAILURE},
        {NULL, WFPW_KEYWORD_INBOUND_MCAST, FAILURE, FAILURE},
        {"verdict=block", 0, FAILURE, FAILURE},
        {"verdict=allow", 0, BOTH, 0},
        {"verdict!=allow", 0, FAILURE, FAILURE},
        {"type=5157", 0, FAILURE, 0},
        {"type=5152", 0, FAILURE, FAILURE},
        {"type=5156,5158", 0, BOTH, 0},
        {"type=classify_drop", 0, FAILURE, FAILURE},
        {"type!=classify_allow,audit", 0, FAILURE, FAILURE},
        {"remote-port=443", 0, BOTH, FAILURE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wfpw_template *t = NULL;
        wfpw_error e;
        if (rows[i].condition != NULL) {
            assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
            assert_int_equal(wfpw_template_add(t, rows[i].condition, &e), WFPW_OK);
        }
        wfpw_sim *sim = machine_new(11);
        wfpw_session *s =
            must_open(&(struct opening){.sim = sim, .match = t, .keywords = rows[i].keywords});
        if (!policy_is(sim, rows[i].connection, rows[i].drop))
            fail_msg("%s", rows[i].condition != NULL ? rows[i].condition : "without");
        wfpw_close(s);
        assert_policy(sim, 0, 0);
        wfpw_template_free(t);
        machine_free(sim);
    }
}

static void test_only_when_asked(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    wfpw_options options = {.size = sizeof options, .system = wfpw_sim_system(sim)};
    wfpw_live live = {.size = sizeof live};
    assert_int_equal(wfpw_open(&options, &s, &e), WFPW_OK);
    assert_int_equal(wfpw_add_live(s, &live, &e), WFPW_OK);
    assert_policy(sim, 0, 0);
    assert_int_equal(state_of(s), WFPW_AUDIT_POLICY_NOT_ASKED);
    wfpw_close(s);
    assert_int_equal(
        open_session(&(struct opening){.sim = sim, .flags = WFPW_LIVE_OBSERVE}, &s, &e),
        WFPW_E_INVAL);
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    machine_free(sim);
}

static void test_two_sessions(void **state)
{
    wfpw_template *t;
    wfpw_sim *sim = machine_new(11);
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "type=5157", NULL), WFPW_OK);
    wfpw_session *less = must_open(&(struct opening){.sim = sim, .match = t});
    assert_policy(sim, FAILURE, 0);
    wfpw_session *more = must_open(&(struct opening){.sim = sim});
    assert_policy(sim, BOTH, FAILURE);
    wfpw_close(more);
    assert_policy(sim, FAILURE, 0);
    more = must_open(&(struct opening){.sim = sim});
    wfpw_close(less);
    assert_policy(sim, BOTH, FAILURE);
    wfpw_close(more);
    assert_policy(sim, 0, 0);
    wfpw_template_free(t);
    machine_free(sim);
}

/* What another program sets meanwhile stays as it set it, where it is not ours. */
static void test_others_bits_stay(void **state)
{
    wfpw_sim *sim = machine_new(11);
    (void)state;
    machine_play(sim, "auditpol connection success");
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .keywords = 1, .watch_ms = 60000});
    assert_policy(sim, BOTH, FAILURE);
    machine_play(sim, "auditpol connection failure; auditpol packet-drop both");
    wfpw_close(s);
    assert_policy(sim, 0, SUCCESS);
    machine_free(sim);
}

/* ---- undone meanwhile ----------------------------------------------------------------------- */

static bool read_gap(wfpw_session *s, wfpw_batch *b)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (os_ticks_ms() < end) {
        int n = wfpw_read(s, b, 100, NULL);
        for (int i = 0; i < n; i++)
            if (wfpw_batch_get(b, (uint32_t)i)->lost_where == WFPW_LOST_AUDIT_POLICY)
                return true;
    }
    return false;
}

/* TinyWall and its like: both on at start, nothing at the end, whatever was there. */
static void test_turned_off_meanwhile(void **state)
{
    struct log log = {.text = ""};
    wfpw_sim *sim = machine_new(11);
    wfpw_batch *b = wfpw_batch_new(0, 0);
    (void)state;
    assert_true(os_mutex_init(&log.lock));
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .log = &log});
    for (int i = 0; i < 2; i++) {
        machine_play(sim, "auditpol connection both; auditpol packet-drop both; "
                          "auditpol connection none; auditpol packet-drop none");
        assert_true(read_gap(s, b));
        wait_for(sim, BOTH, FAILURE);
        assert_int_equal(state_of(s), WFPW_AUDIT_POLICY_HELD);
    }
    assert_true(log_has(&log, "Filtering Platform Connection: somebody turned it off"));
    assert_true(log_has(&log, "it is on again"));
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    wfpw_batch_free(b);
    os_mutex_destroy(&log.lock);
    machine_free(sim);
}

static const wfpw_row *row_of(wfpw_sim *sim, wfpw_row rows[16], uint32_t code, const char *text)
{
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    rows[0].size = sizeof *rows;
    int n = wfpw_check(&o, rows, 16, NULL);
    for (int i = 0; i < n && i < 16; i++)
        if (rows[i].code == code && strstr(rows[i].text, text) != NULL)
            return &rows[i];
    return NULL;
}

/* A Group Policy that says "no auditing" is not fought for ever. */
static void test_given_up(void **state)
{
    struct log log = {.text = ""};
    wfpw_row rows[16];
    wfpw_sim *sim = machine_new(11);
    (void)state;
    assert_true(os_mutex_init(&log.lock));
    machine_play(sim, "grouppolicy connection none; auditpol connection success");
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .log = &log});
    int undone = 0;
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (state_of(s) != WFPW_AUDIT_POLICY_GIVEN_UP && os_ticks_ms() < end) {
        if (policy_is(sim, BOTH,
                      FAILURE)) { /* one that is undone before it was seen is not counted */
            machine_play(sim, "gpupdate");
            undone++;
        }
        os_sleep_ms(POLL_MS);
    }
    assert_true(undone >= 3);
    wait_for_state(s, WFPW_AUDIT_POLICY_GIVEN_UP);
    assert_policy(sim, 0, FAILURE); /* the other one is still held */
    assert_true(log_has(&log, "for the third time within an hour"));
    const wfpw_row *row = row_of(sim, rows, WFPW_CHECK_LEASES, "gave it up");
    assert_non_null(row);
    assert_int_equal(row->level, 2);
    assert_non_null(strstr(row->remedy, "Group Policy"));
    machine_play(sim, "auditpol packet-drop none"); /* which is another matter */
    wait_for(sim, 0, FAILURE);
    machine_play(sim, "auditpol connection both"); /* by somebody else: nothing of it is ours */
    wfpw_close(s);
    assert_policy(sim, BOTH, 0);
    assert_null(row_of(sim, rows, WFPW_CHECK_LEASES, "gave it up"));
    assert_int_equal(restore(sim, NULL), 0);
    assert_policy(sim, BOTH, 0);
    os_mutex_destroy(&log.lock);
    machine_free(sim);
}

/* Three times, but over three hours. */
static void test_seldom_enough(void **state)
{
    wfpw_sim *sim = machine_new(11);
    (void)state;
    wfpw_session *s = must_open(&(struct opening){.sim = sim});
    for (int i = 0; i < 5; i++) {
        machine_play(sim, "wait 2000000; auditpol connection none");
        wait_for(sim, BOTH, FAILURE);
    }
    assert_int_equal(state_of(s), WFPW_AUDIT_POLICY_HELD);
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    machine_free(sim);
}

/* ---- what stands in the way ----------------------------------------------------------------- */

static void test_denied(void **state)
{
    struct log log = {.text = ""};
    wfpw_row rows[16];
    wfpw_sim *sim = machine_new(11);
    (void)state;
    assert_true(os_mutex_init(&log.lock));
    machine_play(sim, "audit_privilege off");
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .log = &log});
    assert_int_equal(state_of(s), WFPW_AUDIT_POLICY_REFUSED);
    assert_true(log_has(&log, "(1314)"));
    const wfpw_row *row = row_of(sim, rows, WFPW_CHECK_AUDIT_POLICY, "AuditQuerySystemPolicy");
    assert_non_null(row);
    assert_int_equal(row->os_code, 1314);
    machine_play(sim, "audit_privilege on"); /* and is asked again */
    wait_for_state(s, WFPW_AUDIT_POLICY_HELD);
    assert_policy(sim, BOTH, FAILURE);
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    os_mutex_destroy(&log.lock);
    machine_free(sim);
}

/* While nobody can look whether it is still on, nobody says that it is. */
static void test_cannot_look(void **state)
{
    wfpw_stats st = {.size = sizeof st};
    wfpw_sim *sim = machine_new(11);
    (void)state;
    wfpw_session *s = must_open(&(struct opening){.sim = sim});
    wait_for_state(s, WFPW_AUDIT_POLICY_HELD);
    machine_play(sim, "fail call=AuditQuerySystemPolicy code=31 times=100000");
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    do
        assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    while ((st.missing & WFPW_MISSING_LOOKING) == 0 && os_ticks_ms() < end);
    assert_true(st.missing & WFPW_MISSING_LOOKING);
    os_mutex_lock(&sim->lock);
    memset(sim->rules, 0, sizeof sim->rules);
    os_mutex_unlock(&sim->lock);
    do
        assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    while ((st.missing & WFPW_MISSING_LOOKING) != 0 && os_ticks_ms() < end);
    assert_false(st.missing & WFPW_MISSING_LOOKING);
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    machine_free(sim);
}

/* Each call of Windows fails once: nothing is ever left behind for good. */
static void test_failing_calls(void **state)
{
    (void)state;
    for (int n = 1; n < 12; n++)
        for (int what = 0; what < 2; what++) {
            char script[120];
            wfpw_sim *sim = machine_new(11);
            wfpw_session *s;
            wfpw_error e;
            (void)snprintf(script, sizeof script, "fail call=%s code=31 times=%d",
                           what == 0 ? "AuditSetSystemPolicy" : "AuditQuerySystemPolicy", n);
            machine_play(sim, script);
            assert_int_equal(open_session(&(struct opening){.sim = sim}, &s, &e), WFPW_OK);
            wfpw_close(s);
            assert_true(restore(sim, &e) >= 0 || e.os_code == 31);
            os_mutex_lock(&sim->lock);
            memset(sim->rules, 0, sizeof sim->rules);
            os_mutex_unlock(&sim->lock);
            assert_true(restore(sim, &e) >= 0);
            assert_policy(sim, 0, 0);
            assert_int_equal(restore(sim, &e), 0);
            machine_free(sim);
        }
}

/* Putting back fails: it stays recorded, as nobody's, and is settled by who comes next. */
static void test_cannot_put_back(void **state)
{
    wfpw_row rows[16];
    wfpw_sim *sim = machine_new(11);
    (void)state;
    machine_play(sim, "auditpol packet-drop failure");
    wfpw_session *s = must_open(&(struct opening){.sim = sim});
    machine_play(sim, "fail call=AuditSetSystemPolicy code=5 times=1000");
    wfpw_close(s);
    assert_policy(sim, BOTH, FAILURE);
    assert_non_null(row_of(sim, rows, WFPW_CHECK_LEASES, "Filtering Platform Connection: 0x3 was"));
    os_mutex_lock(&sim->lock);
    memset(sim->rules, 0, sizeof sim->rules);
    os_mutex_unlock(&sim->lock);
    assert_int_equal(restore(sim, NULL), 1);
    assert_policy(sim, 0, FAILURE);
    machine_free(sim);
}

static void test_subcategory_not_there(void **state)
{
    wfpw_sim *sim = machine_new(11);
    (void)state;
    machine_play(sim, "auditpol packet-drop gone");
    wfpw_session *s = must_open(&(struct opening){.sim = sim});
    assert_policy(sim, BOTH, 0);
    assert_int_equal(state_of(s), WFPW_AUDIT_POLICY_HELD);
    machine_play(sim, "auditpol connection none");
    wait_for(sim, BOTH, 0);
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    machine_free(sim);
}

/* A call that hangs is felt by nobody who reads. */
static void test_hanging_call(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true, .live_flags = WFPW_LIVE_AUDIT_POLICY});
    flow_play(&f, "hang call=AuditQuerySystemPolicy");
    for (int i = 0; i < 20; i++) {
        flow_play(&f, "drop");
        flow_read_events(&f, 1);
    }
    flow_play(&f, "release");
    flow_close(&f);
}

static void test_reboot(void **state)
{
    wfpw_sim *sim = machine_new(11);
    (void)state;
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .watch_ms = 60000});
    machine_play(sim, "reboot");
    assert_true(restore(sim, NULL) > 0);
    assert_policy(sim, 0, 0); /* who held it has ended with its boot */
    wfpw_close(s);
    assert_policy(sim, 0, 0);
    machine_free(sim);
}

/* ---- what records tell ---------------------------------------------------------------------- */

static void missed(void *ctx, uint64_t from)
{
    (void)from;
    os_u32_store(ctx, 1);
}

/* 4719 of ours: by the process, else by logon, subcategory and time. */
static void test_records_of_changes(void **state)
{
    static struct audit_keeper k;
    struct log log = {.text = ""};
    os_u32 reported = {0};
    wfpw_sim *sim = machine_new(11);
    const struct wfpw_system *system = wfpw_sim_system(sim);
    struct audit_keeper_options o = {
        .lease = {.system = system, .wants = {BOTH, FAILURE}, .log = keep_log, .log_ctx = &log},
        .watch_ms = 3600000, /* only when it is told */
        .missed = missed,
        .ctx = &reported};
    (void)state;
    assert_true(os_mutex_init(&log.lock));
    memset(&k, 0, sizeof k);
    assert_true(audit_keeper_start(&k, &o));
    while (!audit_keeper_has_tried(&k))
        os_sleep_ms(POLL_MS);
    wait_for(sim, BOTH, FAILURE);
    os_mutex_lock(&sim->lock);
    struct sim_audit_change own = sim->audit.changes[sim->audit.change_count - 1];
    os_mutex_unlock(&sim->lock);
    struct audit_policy_change c = {
        .subcategory = own.subcategory, .time = own.time, .logon_id = own.by.logon_id};
    assert_true(audit_keeper_is_own(&k, &c));
    c.logon_id++;
    assert_false(audit_keeper_is_own(&k, &c));
    c.pid = own.by.pid; /* the process counts where it is told */
    assert_true(audit_keeper_is_own(&k, &c));
    c = (struct audit_policy_change){.subcategory = own.subcategory,
                                     .time = own.time + 100000000, /* ten seconds later */
                                     .logon_id = own.by.logon_id};
    assert_false(audit_keeper_is_own(&k, &c));
    c.time = own.time;
    c.subcategory = subcategory_guid(SUBCATEGORY_MPSSVC_RULES);
    assert_false(audit_keeper_is_own(&k, &c));
    machine_play(sim, "auditpol connection none");
    c = (struct audit_policy_change){.subcategory = subcategory_guid(SUBCATEGORY_CONNECTION),
                                     .time = own.time,
                                     .pid = 4242,
                                     .by = "HOST\\admin"};
    audit_keeper_see_change(&k, &c);
    wait_for(sim, BOTH, FAILURE);
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (os_u32_load(&reported) == 0 && os_ticks_ms() < end)
        os_sleep_ms(POLL_MS);
    assert_true(log_has(&log, "HOST\\admin (process 4242) turned it off; it is on again"));
    audit_keeper_end(&k);
    audit_keeper_free(&k);
    assert_policy(sim, 0, 0);
    os_mutex_destroy(&log.lock);
    machine_free(sim);
}

/* The same from the event that a record becomes. */
static void test_events_of_changes(void **state)
{
    wfpw_field fields[] = {
        {.name = "SubjectUserName", .value = "admin"},
        {.name = "SubjectDomainName", .value = "HOST"},
        {.name = "SubjectLogonId", .value = "0x5f21a"},
        {.name = "SubcategoryGuid", .value = "{0cce9226-69ae-11d9-bed3-505054503030}"},
        {.name = "ClientProcessId", .value = "4242"}};
    enum { COUNT = sizeof fields / sizeof *fields };
    wfpw_audit a = {.size = sizeof a,
                    .event_id = 4719,
                    .fields = fields,
                    .field_count = COUNT,
                    .field_stride = sizeof *fields};
    wfpw_event ev = {.size = sizeof ev, .time = 77, .audit = &a};
    struct audit_policy_change c;
    char by[AUDIT_BY_BYTES];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        fields[i].name_length = (uint32_t)strlen(fields[i].name);
        fields[i].value_length = (uint32_t)strlen(fields[i].value);
    }
    assert_true(audit_policy_change_read(&ev, &c, by, sizeof by));
    assert_int_equal(c.subcategory.Data1, SUBCATEGORY_CONNECTION);
    assert_int_equal(c.time, 77);
    assert_int_equal(c.logon_id, 0x5f21a);
    assert_int_equal(c.pid, 4242);
    assert_string_equal(c.by, "HOST\\admin");
    a.field_count = COUNT - 1; /* version 0 */
    assert_true(audit_policy_change_read(&ev, &c, by, sizeof by));
    assert_int_equal(c.pid, 0);
    a.field_count = COUNT - 2;
    assert_false(audit_policy_change_read(&ev, &c, by, sizeof by));
    a.event_id = 5157;
    assert_false(audit_policy_change_read(&ev, &c, by, sizeof by));
    ev.audit = NULL;
    assert_false(audit_policy_change_read(&ev, &c, by, sizeof by));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_and_back),
        cmocka_unit_test(test_what_is_needed),
        cmocka_unit_test(test_only_when_asked),
        cmocka_unit_test(test_two_sessions),
        cmocka_unit_test(test_others_bits_stay),
        cmocka_unit_test(test_turned_off_meanwhile),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_seldom_enough),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_cannot_look),
        cmocka_unit_test(test_failing_calls),
        cmocka_unit_test(test_cannot_put_back),
        cmocka_unit_test(test_subcategory_not_there),
        cmocka_unit_test(test_hanging_call),
        cmocka_unit_test(test_reboot),
        cmocka_unit_test(test_records_of_changes),
        cmocka_unit_test(test_events_of_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
