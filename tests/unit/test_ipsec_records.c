/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records of IPsec in the Security log: 4650 to 4655 (main mode, and a quick mode that failed),
 * 4960 to 4965 (packets), 4976 to 4984 (invalid messages, extended mode), 5049, 5451 to 5463 (quick
 * mode, policies). */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

#define RECORD(id, data)                                                                           \
    "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>" id            \
    "</EventID><Task>12547</Task><Keywords>0x8010000000000000</Keywords><TimeCreated "             \
    "SystemTime='2026-01-02T03:04:05Z'/><Computer>host</Computer></System><EventData>" data        \
    "</EventData></Event>"
#define DATA(name, value) "<Data Name='" name "'>" value "</Data>"

struct got {
    wfpw_session *s;
    wfpw_batch *b;
};

static const wfpw_event *read_record(struct got *g, const char *xml)
{
    g->b = wfpw_batch_new(4, 0);
    assert_int_equal(wfpw_open(NULL, &g->s, NULL), 0);
    assert_int_equal(wfpw_add_memory(g->s, xml, strlen(xml), NULL), 0);
    assert_int_equal(wfpw_read(g->s, g->b, -1, NULL), 1);
    return wfpw_batch_get(g->b, 0);
}

static void close_got(struct got *g)
{
    wfpw_close(g->s);
    wfpw_batch_free(g->b);
}

/* Other schemas have the failure as one, with the reason in the record's words. */
static void check_export(const wfpw_event *ev, uint32_t format, const char *what)
{
    char text[4096];
    assert_true(wfpw_export(ev, format, 0, text, sizeof text, NULL) > 0);
    if (strstr(text, what) == NULL)
        fail_msg("no %s in %s", what, text);
}

/* As a server wrote it for a peer that did not answer. */
static void test_main_mode_failed(void **state)
{
    static const char xml[] =
        RECORD("4653", DATA("LocalMMPrincipalName", "-") DATA("RemoteMMPrincipalName", "-")
                           DATA("LocalAddress", "192.0.2.1") DATA("LocalKeyModPort", "4500")
                               DATA("RemoteAddress", "198.51.100.2") DATA("RemoteKeyModPort", "500")
                                   DATA("KeyModName", "%%8222") DATA("FailurePoint", "%%8199")
                                       DATA("FailureReason", "Negotiation timed out"));
    struct got g;
    (void)state;
    const wfpw_event *ev = read_record(&g, xml);
    assert_int_equal(ev->verdict, WFPW_VERDICT_FAILURE);
    assert_int_equal(ev->reason, WFPW_REASON_IKE);
    assert_int_equal(ev->orientation, WFPW_ORIENTATION_FIELD);
    assert_int_equal(ev->local.addr[0], 192);
    assert_int_equal(ev->local.port, 4500);
    assert_int_equal(ev->remote.addr[3], 2);
    assert_int_equal(ev->remote.port, 500);
    assert_string_equal(wfpw_audit_get(ev->audit, "FailureReason"), "Negotiation timed out");
    assert_int_equal(ev->ike->present,
                     WFPW_IKE_HAS_ERROR | WFPW_IKE_HAS_POINT | WFPW_IKE_HAS_MODULE);
    assert_int_equal(ev->ike->error, 13805);
    check_export(ev, WFPW_FORMAT_ECS, "\"code\":\"13805\"");
    check_export(ev, WFPW_FORMAT_ECS, "\"action\":\"ipsec-failure\"");
    check_export(ev, WFPW_FORMAT_ECS, "\"message\":\"Negotiation timed out\"}");
    check_export(ev, WFPW_FORMAT_OCSF, "\"activity_name\":\"Fail\"");
    check_export(ev, WFPW_FORMAT_ASIM, "\"EventResult\":\"Failure\"");
    close_got(&g);
}

static void test_quick_mode(void **state)
{
    static const char xml[] =
        RECORD("5451", DATA("LocalAddress", "2001:db8::1") DATA("LocalPort", "0")
                           DATA("RemoteAddress", "2001:db8::2") DATA("RemotePort", "443")
                               DATA("IpProtocol", "6") DATA("InboundSpi", "12345"));
    struct got g;
    (void)state;
    const wfpw_event *ev = read_record(&g, xml);
    assert_int_equal(ev->verdict, WFPW_VERDICT_INFO);
    assert_int_equal(ev->reason, WFPW_REASON_NOTICE);
    assert_int_equal(ev->protocol, 6);
    assert_int_equal(ev->remote.port, 443);
    assert_int_equal(ev->remote.family, 6);
    close_got(&g);
}

static void test_verdicts(void **state)
{
    static const struct {
        const char *id;
        uint8_t verdict;
        uint16_t reason;
    } cases[] = {
        {"4650", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4651", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4652", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"4654", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"5452", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"5453", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"5456", WFPW_VERDICT_INFO, WFPW_REASON_POLICY_CHANGE},
        {"5457", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"5458", WFPW_VERDICT_INFO, WFPW_REASON_POLICY_CHANGE},
        {"5459", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"5460", WFPW_VERDICT_INFO, WFPW_REASON_POLICY_CHANGE},
        {"5461", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"5462", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"5463", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4655", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4960", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"4961", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"4962", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"4963", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"4965", WFPW_VERDICT_FAILURE, WFPW_REASON_IPSEC},
        {"4976", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"4977", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"4978", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"4979", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4980", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4981", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4982", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
        {"4983", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"4984", WFPW_VERDICT_FAILURE, WFPW_REASON_IKE},
        {"5049", WFPW_VERDICT_INFO, WFPW_REASON_NOTICE},
    };
    static const char xml[] = RECORD("0000", DATA("Policy", "p"));
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct got g;
        char text[sizeof xml];
        memcpy(text, xml, sizeof xml);
        memcpy(strstr(text, "0000"), cases[i].id, 4);
        const wfpw_event *ev = read_record(&g, text);
        if (ev->verdict != cases[i].verdict || ev->reason != cases[i].reason)
            fail_msg("%s: %u, %u", cases[i].id, (unsigned)ev->verdict, (unsigned)ev->reason);
        close_got(&g);
    }
}

/* What each record says, in three schemas. The messages are those of adtschema.dll.
 * Parts that do not follow each other are parted by `|`. */
static const struct said {
    const char *id, *ecs, *ocsf, *asim;
} said[] = {
#define NETWORK_START                                                                              \
    "\"category\":[\"network\"],\"type\":[\"connection\",\"start\"],\"outcome\":\"success\""
#define CONFIGURATION(type, outcome)                                                               \
    "\"category\":[\"configuration\"],\"type\":[\"" type "\"],\"outcome\":\"" outcome "\""
#define STARTED                                                                                    \
    "\"action\":\"ipsec-established\"," NETWORK_START,                                             \
        "\"class_uid\":4001|\"activity_id\":1,\"activity_name\":\"Open\"|\"status\":\"Success\"",  \
        "\"EventType\":\"NetworkSession\",\"EventSubType\":\"Start\"|\"EventResult\":\"Success\""
#define ENDED                                                                                      \
    "\"action\":\"ipsec-ended\",\"category\":[\"network\"],\"type\":[\"connection\",\"end\"],"     \
    "\"outcome\":\"success\"",                                                                     \
        "\"class_uid\":4001|\"activity_id\":2,\"activity_name\":\"Close\"|\"status\":\"Success\"", \
        "\"EventType\":\"NetworkSession\",\"EventSubType\":\"End\"|\"EventResult\":\"Success\""
#define FAILED                                                                                     \
    "\"action\":\"ipsec-failure\",\"category\":[\"network\"],\"type\":[\"connection\",\"denied\"]" \
    ","                                                                                            \
    "\"outcome\":\"failure\"",                                                                     \
        "\"class_uid\":4001|\"activity_id\":4,\"activity_name\":\"Fail\"|\"status\":\"Failure\"",  \
        "\"EventType\":\"NetworkSession\"|\"EventResult\":\"Failure\","                            \
        "\"EventResultDetails\":\"Invalid Tunnel\""
#define CONFIGURED(action, type, operation)                                                        \
    "\"action\":\"" action "\"," CONFIGURATION(type, "success"),                                   \
        "\"class_uid\":5019|\"activity_id\":1|\"status\":\"Success\"",                             \
        "\"EventType\":\"" operation "\",\"Operation\":\"" action "\"|\"EventResult\":\"Success\""
#define NOT_APPLIED(action)                                                                        \
    "\"action\":\"" action "\"," CONFIGURATION("change", "failure"),                               \
        "\"class_uid\":5019|\"activity_id\":1|\"status\":\"Failure\"",                             \
        "\"EventType\":\"Set\",\"Operation\":\"" action "\"|\"EventResult\":\"Failure\""
#define UNKNOWN "\"action\":\"windows-firewall-info\"", "\"class_uid\":0", "\"EventResult\":\"NA\""
    {"4650", STARTED},
    {"4651", STARTED},
    {"4652", FAILED},
    {"4653", FAILED},
    {"4654", FAILED},
    {"4655", ENDED},
    {"4960", FAILED},
    {"4961", FAILED},
    {"4962", FAILED},
    {"4963", FAILED},
    {"4965", FAILED},
    {"4976", FAILED},
    {"4977", FAILED},
    {"4978", FAILED},
    {"4979", STARTED},
    {"4980", STARTED},
    {"4981", STARTED},
    {"4982", STARTED},
    {"4983", FAILED},
    {"4984", FAILED},
    {"5049", ENDED},
    {"5440", CONFIGURED("windows-firewall-policy-present", "info", "Read")},
    {"5442", CONFIGURED("windows-firewall-policy-present", "info", "Read")},
    {"5443", CONFIGURED("windows-firewall-policy-present", "info", "Read")},
    {"5444", CONFIGURED("windows-firewall-policy-present", "info", "Read")},
    {"5445", UNKNOWN},
    {"5446", CONFIGURED("windows-firewall-policy-changed", "change", "Set")},
    {"5448", CONFIGURED("windows-firewall-policy-changed", "change", "Set")},
    {"5449", CONFIGURED("windows-firewall-policy-changed", "change", "Set")},
    {"5450", CONFIGURED("windows-firewall-policy-changed", "change", "Set")},
    {"5451", STARTED},
    {"5452", ENDED},
    {"5453", FAILED},
    {"5454", UNKNOWN},
    {"5455", UNKNOWN},
    {"5456", CONFIGURED("ipsec-policy-applied", "change", "Set")},
    {"5457", NOT_APPLIED("ipsec-policy-not-applied")},
    {"5458", CONFIGURED("ipsec-policy-applied", "change", "Set")},
    {"5459", NOT_APPLIED("ipsec-policy-not-applied")},
    {"5460", CONFIGURED("ipsec-policy-applied", "change", "Set")},
    {"5461", NOT_APPLIED("ipsec-policy-not-applied")},
    {"5462", NOT_APPLIED("ipsec-policy-not-applied")},
    {"5463", CONFIGURED("windows-firewall-policy-present", "info", "Read")},
    {"4945", CONFIGURED("windows-firewall-policy-present", "info", "Read")},
    {"4946", CONFIGURED("windows-firewall-policy-changed", "change", "Set")},
    {"4950", CONFIGURED("windows-firewall-policy-changed", "change", "Set")},
    {"4951", NOT_APPLIED("windows-firewall-rule-not-applied")},
    {"4953", NOT_APPLIED("windows-firewall-rule-not-applied")},
    {"4957", NOT_APPLIED("windows-firewall-rule-not-applied")},
    {"4958", NOT_APPLIED("windows-firewall-rule-not-applied")},
};

static void check_parts(const wfpw_event *ev, uint32_t format, const char *parts)
{
    char text[512];
    size_t n = strlen(parts);
    assert_true(n < sizeof text);
    memcpy(text, parts, n + 1);
    for (char *part = strtok(text, "|"); part != NULL; part = strtok(NULL, "|"))
        check_export(ev, format, part);
}

static void test_what_each_says(void **state)
{
    static const char xml[] =
        RECORD("0000", DATA("LocalAddress", "192.0.2.1") DATA("RemoteAddress", "192.0.2.2"));
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct got g;
        char text[sizeof xml];
        memcpy(text, xml, sizeof xml);
        memcpy(strstr(text, "0000"), said[i].id, 4);
        const wfpw_event *ev = read_record(&g, text);
        check_parts(ev, WFPW_FORMAT_ECS, said[i].ecs);
        check_parts(ev, WFPW_FORMAT_OCSF, said[i].ocsf);
        check_parts(ev, WFPW_FORMAT_ASIM, said[i].asim);
        close_got(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_main_mode_failed),
        cmocka_unit_test(test_quick_mode),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_what_each_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
