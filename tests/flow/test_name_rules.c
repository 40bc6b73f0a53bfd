/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The origin of an event's filter becomes the firewall's rule. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECURITY "<Provider Name='Microsoft-Windows-Security-Auditing'/>"
#define RECORD(provider, id, time, host, data)                                                     \
    "<Event><System>" provider "<EventID>" id "</EventID><TimeCreated SystemTime='" time "'/>"     \
    "<Computer>" host "</Computer></System><EventData>" data "</EventData></Event>"
#define EVENT(id, time, data) RECORD(SECURITY, id, time, "a", data)
#define FIELD(name, value)    "<Data Name='" name "'>" value "</Data>"
#define T(minute)             "2026-01-08T17:" minute ":00.0000000Z"
#define BLOCKED(time, origin)                                                                      \
    EVENT("5157", time,                                                                            \
          FIELD("FilterRTID", "7") FIELD("LayerRTID", "48") FIELD("FilterOrigin", origin))
#define KEY                                                                                        \
    "Windows Registry Editor Version 5.00\n\n"                                                     \
    "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"       \
    "FirewallRules]\n"
#define HARDENING                                                                                  \
    "[HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"       \
    "RestrictedServices\\Static\\System]\n"
#define POLICY "[HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules]\n"
#define RULES                                                                                      \
    KEY "\"{A}\"=\"v2.33|Action=Block|Active=TRUE|Dir=Out|Name=Block tools|\"\n"                   \
        "\"Core-1\"=\"v2.33|Action=Allow|Active=TRUE|Dir=In|Name=@FirewallAPI.dll,-1|\"\n" POLICY  \
        "\"{B}\"=\"v2.33|Action=Block|Active=TRUE|Dir=Out|Name=Of a policy|\"\n" HARDENING         \
        "\"Spooler-1\"=\"V2.0|Action=Block|Dir=in|Svc=Spooler|\"\n"

struct rules_test {
    struct heap heap;
    wfpw_names *names;
    wfpw_template *match;
    wfpw_session *s;
    wfpw_batch *b;
    wfpw_error e;
    char *log;
    int events;
};

static void start(struct rules_test *t, const char *rules)
{
    memset(t, 0, sizeof *t);
    heap_init(&t->heap);
    wfpw_options o = {.size = sizeof o, .allocator = &t->heap.allocator};
    if (rules == NULL)
        return;
    assert_int_equal(wfpw_names_open(&o, &t->names, &t->e), WFPW_OK);
    assert_true(wfpw_names_load_memory(t->names, rules, strlen(rules), &t->e) > 0);
}

/* Reads a log, given in pieces, into one batch. */
static int read_pieces(struct rules_test *t, const char *const *pieces)
{
    wfpw_options o = {
        .size = sizeof o, .allocator = &t->heap.allocator, .names = t->names, .match = t->match};
    size_t size = 1;
    for (const char *const *p = pieces; *p != NULL; p++)
        size += strlen(*p);
    t->log = calloc(1, size);
    assert_non_null(t->log);
    for (; *pieces != NULL; pieces++)
        strcat(t->log, *pieces);
    int status = wfpw_open(&o, &t->s, &t->e);
    if (status == WFPW_OK)
        status = wfpw_add_memory(t->s, t->log, size - 1, &t->e);
    t->b = wfpw_batch_new(64, 0);
    if (status == WFPW_OK)
        status = wfpw_read(t->s, t->b, -1, &t->e);
    t->events = status;
    return status;
}

#define read_log(t, ...) read_pieces(t, (const char *const[]){__VA_ARGS__, NULL})

static void done(struct rules_test *t)
{
    wfpw_batch_free(t->b);
    wfpw_close(t->s);
    free(t->log);
    wfpw_names_close(t->names);
    wfpw_template_free(t->match);
    assert_int_equal(os_u64_load(&t->heap.live), 0);
}

static const wfpw_event *event(const struct rules_test *t, uint32_t i)
{
    const wfpw_event *ev = wfpw_batch_get(t->b, i);
    assert_non_null(ev);
    return ev;
}

/* ---- from files ---- */

static void test_named_from_file(void **state)
{
    struct rules_test t;
    (void)state;
    start(&t, RULES);
    read_log(&t, BLOCKED(T("00"), "{a}"), BLOCKED(T("01"), "Stealth"), BLOCKED(T("02"), "{C}"),
             BLOCKED(T("03"), "core-1"), BLOCKED(T("04"), "{A}"), BLOCKED(T("05"), "{B}"),
             BLOCKED(T("06"), "spooler-1"));
    assert_int_equal(t.events, 7);
    const wfpw_rule *r = event(&t, 0)->rule;
    assert_non_null(r);
    assert_string_equal(r->id, "{A}");
    assert_string_equal(r->name, "Block tools");
    assert_int_equal(r->action, WFPW_RULE_ACTION_BLOCK);
    assert_int_equal(r->state, WFPW_FILTER_STATE_UNCERTAIN); /* the file does not say when */
    assert_null(event(&t, 1)->rule);
    assert_null(event(&t, 2)->rule);
    assert_string_equal(event(&t, 3)->rule->title, "Core-1");
    assert_ptr_equal(event(&t, 4)->rule, r); /* once in a batch */
    assert_non_null(strstr(wfpw_event_remedy(event(&t, 0)), "Set-NetFirewallRule"));
    assert_non_null(strstr(wfpw_event_remedy(event(&t, 5)), "Group Policy"));
    assert_int_equal(event(&t, 0)->reason, WFPW_REASON_RULE);
    assert_int_equal(event(&t, 6)->reason, WFPW_REASON_SERVICE_HARDENING);
    done(&t);
}

static void test_rule_in_json(void **state)
{
    struct rules_test t;
    char json[4096];
    (void)state;
    start(&t, RULES);
    read_log(&t, BLOCKED(T("00"), "{a}"));
    assert_true(wfpw_to_json(event(&t, 0), 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json,
                           "\"rule\":{\"id\":\"{A}\",\"name\":\"Block tools\",\"action\":\"block\","
                           "\"direction\":\"out\",\"enabled\":true,\"origin\":\"local\","
                           "\"state\":\"uncertain\",\"from\":\"memory\"}"));
    done(&t);
}

static int count_matches(const char *condition)
{
    struct rules_test t;
    start(&t, RULES);
    assert_int_equal(wfpw_template_new(NULL, &t.match), WFPW_OK);
    assert_int_equal(wfpw_template_add(t.match, condition, NULL), WFPW_OK);
    int n = read_log(&t, BLOCKED(T("00"), "{a}"), BLOCKED(T("01"), "{C}"),
                     BLOCKED(T("02"), "core-1"), EVENT("5157", T("03"), FIELD("LayerRTID", "48")));
    done(&t);
    return n;
}

static void test_rule_condition(void **state)
{
    (void)state;
    assert_int_equal(count_matches("rule={A}"), 1);
    assert_int_equal(count_matches("rule=block TOOLS"), 1);
    assert_int_equal(count_matches("rule=block*,core-1"), 2);
    assert_int_equal(count_matches("rule={c}"), 1); /* its name is not known */
    assert_int_equal(count_matches("rule!={c}"), 3);
    assert_int_equal(count_matches("rule=*"), 3);
    assert_int_equal(count_matches("rule=nothing"), WFPW_E_EOF);
}

/* A rule that does not fit into what is left of the batch starts the next one. */
static void test_small_batch(void **state)
{
    enum { RULES_MADE = 20, TEXT = 60000 };
    struct rules_test t;
    (void)state;
    char *rules = calloc(RULES_MADE, TEXT + 300), *log = calloc(RULES_MADE, 1000), id[16];
    strcpy(rules, KEY);
    for (int i = 0; i < RULES_MADE; i++) {
        (void)snprintf(id, sizeof id, "{%d}", i);
        char *p = rules + strlen(rules);
        p += sprintf(p, "\"%s\"=\"v2.33|Action=Block|Dir=Out|Name=", id);
        memset(p, 'n', TEXT);
        strcpy(p + TEXT, "|\"\n");
        (void)sprintf(log + strlen(log),
                      "<Event><System>" SECURITY "<EventID>5157</EventID></System><EventData><Data "
                      "Name='FilterOrigin'>%s</Data></EventData></Event>",
                      id);
    }
    start(&t, rules);
    wfpw_options o = {.size = sizeof o, .allocator = &t.heap.allocator, .names = t.names};
    int n, events = 0, batches = 0;
    assert_int_equal(wfpw_open(&o, &t.s, &t.e), WFPW_OK);
    assert_int_equal(wfpw_add_memory(t.s, log, strlen(log), &t.e), WFPW_OK);
    t.b = wfpw_batch_new(64, 1);
    while ((n = wfpw_read(t.s, t.b, -1, &t.e)) > 0) {
        for (int i = 0; i < n; i++) {
            const wfpw_rule *r = event(&t, (uint32_t)i)->rule;
            assert_non_null(r);
            assert_int_equal(strlen(r->name), TEXT);
        }
        events += n;
        batches++;
    }
    assert_int_equal(events, RULES_MADE);
    assert_true(batches > 1 && batches <= RULES_MADE);
    free(rules);
    free(log);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named_from_file),
        cmocka_unit_test(test_rule_in_json),
        cmocka_unit_test(test_rule_condition),
        cmocka_unit_test(test_small_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
