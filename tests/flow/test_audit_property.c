/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random sequences of writing, wrapping, clearing, stopping and everything that goes wrong with a
 * log: each record comes exactly once and in its order, or a gap stands where it is missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "random.h"

enum { STEPS = 40, SERIALS_MAX = 8192, SIZE = 200, WRONGS = 5 };

struct run {
    struct flow f;
    uint64_t seed, round;
    uint32_t written; /* serials 1 to written */
    uint32_t last;    /* delivered last */
    bool gap_since;   /* since then */
    uint32_t wrongs;
    char story[65536];
    size_t length;
};

static void tell(struct run *r, const char *script)
{
    size_t n = strlen(script);
    if (r->length + n + 2 < sizeof r->story) {
        memcpy(r->story + r->length, script, n);
        r->length += n;
        r->story[r->length++] = '\n';
        r->story[r->length] = 0;
    }
    flow_play(&r->f, script);
}

static void wrong(const struct run *r, const char *what, uint64_t serial)
{
    wfpw_stats st = flow_stats(&r->f);
    printf("state %u log_state %u path %u reconnects %llu received %llu waiting %llu dup %llu "
           "missing %u passed %llu; log holds %llu, next %llu\n",
           st.state, st.log_state, st.log_path, (unsigned long long)st.log_reconnects,
           (unsigned long long)st.received, (unsigned long long)st.waiting,
           (unsigned long long)st.duplicate, st.missing, (unsigned long long)st.passed_over,
           (unsigned long long)wfpw_sim_count(r->f.sim, WFPW_SIM_LOG_RECORDS),
           (unsigned long long)wfpw_sim_count(r->f.sim, WFPW_SIM_LOG_NEXT));
    fail_msg("round %llu: %s %llu after %u of:\n%s", (unsigned long long)r->round, what,
             (unsigned long long)serial, r->last, r->story);
}

/* Whatever a record's fields do, they are told apart by their ports. */
static void take(struct run *r, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP) {
        assert_int_equal(ev->lost_where, WFPW_LOST_LOG);
        r->gap_since = true;
        return;
    }
    if (ev->audit->event_id != 5154)
        return;
    uint64_t serial = ev->process_id;
    if (serial <= r->last)
        wrong(r, "again:", serial);
    if (serial > r->last + 1 && !r->gap_since)
        wrong(r, "no gap before", serial);
    r->last = (uint32_t)serial;
    r->gap_since = false;
}

static void read_some(struct run *r, uint32_t most, int32_t ms)
{
    for (uint32_t i = 0; i < most; i++) {
        int n = wfpw_read(r->f.s, r->f.b, ms, &r->f.e);
        if (n < 0)
            wrong(r, r->f.e.text, r->f.e.os_code);
        if (n == 0)
            return;
        for (int k = 0; k < n; k++)
            take(r, wfpw_batch_get(r->f.b, (uint32_t)k));
    }
}

static void write_some(struct run *r, uint32_t n)
{
    char line[160];
    for (; n > 0 && r->written < SERIALS_MAX; n--) {
        (void)snprintf(line, sizeof line,
                       "audit 5154 ProcessId=%u Application=- SourceAddress=10.0.0.1 "
                       "SourcePort=7 Protocol=6 FilterRTID=0 LayerName=%%%%14609 LayerRTID=40",
                       ++r->written);
        flow_play(&r->f, line);
    }
    (void)snprintf(line, sizeof line, "# up to %u", r->written);
    tell(r, line);
}

#define PICK(list, seed) ((list)[random_below((seed), sizeof(list) / sizeof *(list))])

static void go_wrong(struct run *r, bool classic)
{
    static const unsigned codes[] = {6, 87, 1722, 1734, 1818, 4317, 15011, 15012, 1168, 1717};
    static const char *const calls[] = {"EvtNext",      "EvtNext",       "EvtNext",
                                        "EvtSubscribe", "EvtGetLogInfo", "EvtOpenLog"};
    static const char *const old_calls[] = {"ReadEventLogW", "OpenEventLogW",
                                            "GetNumberOfEventLogRecords"};
    static const unsigned old_codes[] = {6, 1503, 1722};
    char line[96];
    if (++r->wrongs > WRONGS) /* each time that it fails, what connects waits longer */
        return;
    (void)snprintf(line, sizeof line, "fail call=%s code=%u times=%u",
                   classic ? PICK(old_calls, &r->seed) : PICK(calls, &r->seed),
                   classic ? PICK(old_codes, &r->seed) : PICK(codes, &r->seed),
                   1 + random_below(&r->seed, 2));
    tell(r, line);
}

static void happen(struct run *r, bool classic)
{
    static const char *const things[] = {"log wrap 5",
                                         "log wrap 50",
                                         "log clear",
                                         "log stop",
                                         "log start",
                                         "log restart",
                                         "log dead",
                                         "log lie 5",
                                         "log twice 3",
                                         "log twice 0",
                                         "log cut 1",
                                         "log refuse_strict on",
                                         "log keep_ids on",
                                         "log keep_ids off",
                                         "log deaf on",
                                         "log deaf off",
                                         "log refuse_strict off"};
    const char *thing = PICK(things, &r->seed);
    if (classic && strncmp(thing, "log cut", 7) == 0)
        return;
    if (classic && strcmp(thing, "log clear") == 0) /* its times are in seconds */
        tell(r, "wait 2000");
    tell(r, thing);
}

static void step(struct run *r, bool classic)
{
    switch (random_below(&r->seed, 8)) {
    case 0:
    case 1:
        write_some(r, 1 + random_below(&r->seed, 5));
        break;
    case 2:
        write_some(r, random_below(&r->seed, 120));
        break;
    case 3:
        happen(r, classic);
        break;
    case 4:
        go_wrong(r, classic);
        break;
    case 5:
        tell(r, classic ? "hang call=ReadEventLogW" : "hang call=EvtNext");
        write_some(r, random_below(&r->seed, 60));
        happen(r, classic);
        write_some(r, random_below(&r->seed, 60));
        tell(r, "release");
        break;
    case 6:
        os_sleep_ms(random_below(&r->seed, 30));
        break;
    default:
        read_some(r, random_below(&r->seed, 40), 2);
        break;
    }
}

/* Nothing is wrong any more: what is there comes, up to the very last. */
static void finish(struct run *r)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    tell(r, "release\nlog start\nlog deaf off\nlog refuse_strict off");
    write_some(r, 1);
    while (r->last < r->written) {
        read_some(r, 64, 20);
        if (os_ticks_ms() >= end)
            wrong(r, "never came:", r->written);
    }
    wfpw_stats st = flow_stats(&r->f);
    while (!stats_agree(&st) && os_ticks_ms() < end) { /* what comes twice is on its way */
        os_sleep_ms(1);
        st = flow_stats(&r->f);
    }
    assert_stats_agree(&st);
}

static void play(uint64_t round, bool classic)
{
    struct run *r = calloc(1, sizeof *r);
    char size[32];
    wfpw_audit_log o = {.size = sizeof o,
                        .flags = WFPW_AUDIT_OLDEST | (classic ? (uint32_t)WFPW_AUDIT_CLASSIC : 0),
                        .watch_ms = 20};
    assert_non_null(r);
    r->seed = r->round = round;
    (void)snprintf(size, sizeof size, "log size %u", (unsigned)SIZE);
    audited_open(&r->f, &(struct flow_options){.before = size}, &o);
    for (int i = 0; i < STEPS; i++)
        step(r, classic);
    finish(r);
    audited_close(&r->f);
    free(r);
}

static uint32_t setting(const char *name, uint32_t usual)
{
    const char *n = getenv(name);
    return n != NULL ? (uint32_t)strtoul(n, NULL, 10) : usual;
}

/* More of them are run by hand. */
static uint32_t rounds(void)
{
    return setting("WFPW_ROUNDS", 25);
}

static uint32_t first_round(void)
{
    return setting("WFPW_ROUND", 0);
}

static void test_modern(void **state)
{
    (void)state;
    for (uint32_t i = first_round(); i < rounds(); i++)
        play(i, false);
}

static void test_classic(void **state)
{
    (void)state;
    for (uint32_t i = first_round(); i < rounds(); i++)
        play(i, true);
}

/* A thousand times, while records come: nothing is left over, and nothing is missing. */
static void test_restarts(void **state)
{
    struct run *r = calloc(1, sizeof *r);
    wfpw_audit_log o = {.size = sizeof o, .flags = WFPW_AUDIT_OLDEST, .watch_ms = 20};
    (void)state;
    assert_non_null(r);
    audited_open(&r->f, &(struct flow_options){0}, &o);
    for (int i = 0; i < 1000; i++) {
        char line[96];
        (void)snprintf(line, sizeof line, "log restart\naudit 5154 ProcessId=%u", ++r->written);
        flow_play(&r->f, line);
        read_some(r, 4, 0);
    }
    while (r->last < r->written)
        read_some(r, 64, 100);
    assert_false(r->gap_since);
    assert_true(wfpw_sim_count(r->f.sim, WFPW_SIM_LOG_HANDLES) < 40);
    audited_close(&r->f);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modern),
        cmocka_unit_test(test_classic),
        cmocka_unit_test(test_restarts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
