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

/* ---- from logs ---- */

#define FIREWALL                                                                                   \
    "<Provider Name='Microsoft-Windows-Windows Firewall With Advanced Security' "                  \
    "Guid='{d1bc9aff-2abf-4d71-9146-ecb2a986eb85}'/>"
#define LOGGED(id, time, rule, name)                                                               \
    EVENT(id, time, FIELD("ProfileChanged", "All") FIELD("RuleId", rule) FIELD("RuleName", name))
#define CHANNEL(id, time, rule, action)                                                            \
    RECORD(FIREWALL, id, time, "a",                                                                \
           FIELD("RuleId", rule) FIELD("RuleName", "Of the channel") FIELD("Origin", "1")          \
               FIELD("ApplicationPath", "C:\\x.exe") FIELD("Direction", "2")                       \
                   FIELD("Protocol", "6") FIELD("LocalPorts", "*") FIELD("RemotePorts", "80, 443") \
                       FIELD("Action", action) FIELD("Profiles", "2147483647")                     \
                           FIELD("Active", "1") FIELD("ModifyingUser", "S-1-5-18")                 \
                               FIELD("ModifyingApplication", "C:\\mmc.exe")                        \
                                   FIELD("SchemaVersion", "542"))

static void assert_reason(const struct rules_test *t, uint32_t i, uint32_t reason)
{
    assert_int_equal(event(t, i)->verdict, WFPW_VERDICT_INFO);
    assert_int_equal(event(t, i)->reason, reason);
    assert_int_equal(event(t, i)->confidence, WFPW_CONFIDENCE_CERTAIN);
}

static void test_named_from_security_log(void **state)
{
    struct rules_test t;
    (void)state;
    start(&t, NULL);
    read_log(&t, BLOCKED(T("00"), "{N}"), LOGGED("4945", T("01"), "{N}", "Its name"),
             BLOCKED(T("02"), "{n}"), LOGGED("4946", T("03"), "{N}", "New name"),
             BLOCKED(T("04"), "{n}"), LOGGED("4948", T("05"), "{N}", "New name"),
             BLOCKED(T("06"), "{N}"), LOGGED("4957", T("07"), "{M}", "Not applied"));
    assert_int_equal(t.events, 8);
    assert_null(event(&t, 0)->rule);
    assert_reason(&t, 1, WFPW_REASON_RULE_PRESENT);
    assert_string_equal(event(&t, 1)->rule->name, "Its name");
    assert_string_equal(event(&t, 2)->rule->name, "Its name");
    assert_int_equal(event(&t, 2)->rule->state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(event(&t, 2)->rule->change, 0); /* nobody changed it */
    assert_string_equal(event(&t, 2)->rule->from, "audit");
    assert_reason(&t, 3, WFPW_REASON_RULE_ADDED);
    assert_int_equal(event(&t, 3)->kind, WFPW_KIND_AUDIT);
    assert_string_equal(event(&t, 4)->rule->name, "New name");
    assert_int_equal(event(&t, 4)->rule->change_time, event(&t, 3)->time);
    assert_reason(&t, 5, WFPW_REASON_RULE_DELETED);
    assert_int_equal(event(&t, 6)->rule->state, WFPW_FILTER_STATE_DELETED);
    assert_reason(&t, 7, WFPW_REASON_RULE_NOT_APPLIED);
    done(&t);
}

static void test_named_from_channel(void **state)
{
    struct rules_test t;
    char json[8192];
    (void)state;
    start(&t, RULES);
    read_log(&t, CHANNEL("2097", T("00"), "{A}", "3"), BLOCKED(T("01"), "{a}"),
             CHANNEL("2099", T("02"), "{A}", "2"), BLOCKED(T("03"), "{A}"),
             RECORD(FIREWALL, "2052", T("04"), "a",
                    FIELD("RuleId", "{A}") FIELD("RuleName", "x")
                        FIELD("ModifyingApplication", "C:\\netsh.exe")),
             BLOCKED(T("05"), "{A}"), CHANNEL("2010", T("06"), "{A}", "2"));
    assert_int_equal(t.events, 6); /* the last one is about no rule */
    assert_reason(&t, 0, WFPW_REASON_RULE_ADDED);
    assert_int_equal(event(&t, 0)->kind, WFPW_KIND_FIREWALL);
    assert_int_equal(event(&t, 0)->direction, 0); /* the rule's, not the event's */
    assert_string_equal(event(&t, 0)->device_path, "C:\\mmc.exe");
    assert_string_equal(event(&t, 0)->user_sid, "S-1-5-18");
    const wfpw_rule *r = event(&t, 1)->rule; /* the log knows better than the file */
    assert_string_equal(r->name, "Of the channel");
    assert_int_equal(r->action, WFPW_RULE_ACTION_ALLOW);
    assert_int_equal(r->direction, WFPW_DIRECTION_OUTBOUND);
    assert_string_equal(r->remote_ports, "80,443");
    assert_null(r->local_ports);
    assert_int_equal(r->profiles, WFPW_RULE_PROFILE_ALL);
    assert_int_equal(r->schema, 0x21E);
    assert_string_equal(r->changed_by, "C:\\mmc.exe");
    assert_string_equal(r->changed_user, "S-1-5-18");
    assert_int_equal(r->change, WFPW_RULE_CHANGE_ADDED);
    assert_reason(&t, 2, WFPW_REASON_RULE_CHANGED);
    assert_int_equal(event(&t, 3)->rule->action, WFPW_RULE_ACTION_BLOCK);
    assert_int_equal(event(&t, 3)->rule->change_time, event(&t, 2)->time);
    assert_true(wfpw_to_json(event(&t, 3), 0, json, sizeof json, NULL) > 0);
    assert_non_null(
        strstr(json, "\"change\":{\"what\":\"changed\",\"time\":\"2026-01-08T17:02:00.0000000Z\","
                     "\"by\":\"C:\\\\mmc.exe\",\"user\":\"S-1-5-18\"}"));
    assert_reason(&t, 4, WFPW_REASON_RULE_DELETED);
    assert_int_equal(event(&t, 5)->rule->state, WFPW_FILTER_STATE_DELETED);
    assert_string_equal(event(&t, 5)->rule->changed_by, "C:\\netsh.exe");
    done(&t);
}

/* Of more than one rule, or of one that is not understood. */
static void test_other_records(void **state)
{
    struct rules_test t;
    (void)state;
    start(&t, RULES);
    read_log(&t,
             RECORD(FIREWALL, "2033", T("00"), "a",
                    FIELD("Store Type", "2") FIELD("ModifyingUser", "S-1-5-18")
                        FIELD("ModifyingApplication", "C:\\netsh.exe")),
             RECORD(FIREWALL, "2060", T("01"), "a", FIELD("ErrorCode", "0")),
             RECORD(FIREWALL, "2082", T("02"), "a",
                    FIELD("SettingType", "1") FIELD("SettingValue", "01000000")),
             EVENT("4951", T("03"),
                   FIELD("Profile", "All") FIELD("RuleId", "{A}") FIELD("RuleName", "x")),
             EVENT("4953", T("04"),
                   FIELD("ReasonForRejection", "An error occurred.") FIELD("RuleId", "{X}")
                       FIELD("RuleName", "-")),
             EVENT("4958", T("05"), FIELD("RuleId", "Core-1") FIELD("Error", "y")));
    assert_int_equal(t.events, 6);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(event(&t, i)->kind, WFPW_KIND_FIREWALL);
        assert_reason(&t, i, WFPW_REASON_POLICY_CHANGE);
        assert_null(event(&t, i)->rule);
    }
    assert_string_equal(event(&t, 0)->device_path, "C:\\netsh.exe");
    assert_string_equal(event(&t, 0)->user_sid, "S-1-5-18");
    for (uint32_t i = 3; i < 6; i++)
        assert_reason(&t, i, WFPW_REASON_RULE_NOT_APPLIED);
    assert_string_equal(event(&t, 3)->rule->name, "Block tools");
    assert_null(event(&t, 4)->rule->name);
    assert_string_equal(event(&t, 5)->rule->id, "Core-1");
    done(&t);
}

/* What the file says, and when the log says that it was changed. */
static void test_file_and_log(void **state)
{
    struct rules_test t;
    (void)state;
    start(&t, RULES);
    read_log(&t, LOGGED("4947", T("00"), "{A}", "Block tools"), BLOCKED(T("01"), "{A}"));
    const wfpw_rule *r = event(&t, 1)->rule;
    assert_int_equal(r->action, WFPW_RULE_ACTION_BLOCK); /* of the file */
    assert_string_equal(r->from, "memory");
    assert_int_equal(r->change, WFPW_RULE_CHANGE_CHANGED);
    assert_int_equal(r->change_time, event(&t, 0)->time);
    done(&t);
}

static void test_another_computer(void **state)
{
    struct rules_test t;
    (void)state;
    start(&t, NULL);
    read_log(&t, LOGGED("4946", T("00"), "{N}", "Here"),
             RECORD(SECURITY, "5157", T("01"), "b", FIELD("FilterOrigin", "{N}")));
    assert_non_null(event(&t, 0)->rule);
    assert_null(event(&t, 1)->rule);
    done(&t);
}

/* A log as a file of rules. */
static void test_collection_from_log(void **state)
{
    struct rules_test t;
    _Alignas(8) char room[4096];
    static const char log[] =
        CHANNEL("2004", T("00"), "{N}", "2") LOGGED("4945", T("01"), "Core-1", "Core");
    (void)state;
    start(&t, log);
    assert_int_equal(wfpw_rules_get(t.names, "{n}", 0, room, sizeof room, NULL), 1);
    assert_int_equal(((const wfpw_rule *)(const void *)room)->action, WFPW_RULE_ACTION_BLOCK);
    assert_int_equal(wfpw_rules_get(t.names, "core-1", 0, room, sizeof room, NULL), 1);
    assert_string_equal(((const wfpw_rule *)(const void *)room)->title, "Core");
    assert_int_equal(
        wfpw_names_load_memory(t.names, BLOCKED(T("00"), "x"), strlen(BLOCKED(T("00"), "x")), &t.e),
        WFPW_E_FORMAT);
    assert_non_null(strstr(t.e.text, "firewall rule"));
    read_log(&t, BLOCKED(T("02"), "{N}"));
    assert_string_equal(event(&t, 0)->rule->changed_by, "C:\\mmc.exe");
    assert_int_equal(event(&t, 0)->rule->state, WFPW_FILTER_STATE_CURRENT);
    done(&t);
}

/* Whatever allocation fails, reading goes on or says so, and nothing is lost. */
static void test_no_memory_for_rules(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 60; n++) {
        struct rules_test t;
        memset(&t, 0, sizeof t);
        heap_init(&t.heap);
        t.heap.fail_at = n;
        read_log(&t, CHANNEL("2097", T("00"), "{A}", "3"), BLOCKED(T("01"), "{a}"));
        done(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named_from_file),         cmocka_unit_test(test_rule_in_json),
        cmocka_unit_test(test_rule_condition),          cmocka_unit_test(test_small_batch),
        cmocka_unit_test(test_named_from_security_log), cmocka_unit_test(test_named_from_channel),
        cmocka_unit_test(test_other_records),           cmocka_unit_test(test_file_and_log),
        cmocka_unit_test(test_another_computer),        cmocka_unit_test(test_collection_from_log),
        cmocka_unit_test(test_no_memory_for_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
