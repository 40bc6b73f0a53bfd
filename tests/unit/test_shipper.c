/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record in the form of each shipper gives the event that the log's own XML gives, but for what
 * the form cannot hold; wrappers, damage, and limits. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shipper_got.h"
#include "shipper_made.h"

#define NAME "Microsoft-Windows-Security-Auditing"

enum { TEXT_MAX = SHIPPER_PEN_MAX };

static void read_text(struct got *g, const char *s)
{
    read_bytes(g, s, strlen(s));
}

static char *json_of(const struct got *g)
{
    return json_at(g, 0);
}

/* ---- each form as the log ------------------------------------------------------------------- */

static void test_forms(void **state)
{
    struct shipper_pen xml = {malloc(TEXT_MAX), 0}, json = {malloc(TEXT_MAX), 0};
    (void)state;
    assert_non_null(xml.text);
    assert_non_null(json.text);
    for (size_t i = 0; i < shipper_made_count; i++) {
        struct got log, got;
        xml.n = json.n = 0;
        shipper_put_xml(&xml, &shipper_event_5157, &shipper_made[i].kept);
        shipper_made[i].write(&json, &shipper_event_5157);
        read_bytes(&log, xml.text, xml.n);
        read_bytes(&got, json.text, json.n);
        if (log.count != 1 || got.count != 1)
            fail_msg("%s: %d events (%s)", shipper_made[i].name, got.count, got.log);
        char *want = json_of(&log), *own = json_of(&got);
        if (strcmp(want, own) != 0)
            fail_msg("%s:\n%s\nis not\n%s", shipper_made[i].name, own, want);
        assert_int_equal(got.st.skipped, 0);
        free(want);
        free(own);
        close_got(&log);
        close_got(&got);
    }
    free(xml.text);
    free(json.text);
}

/* Many records, so that they lie across the ends of pieces at every place. */
static void test_pieces(void **state)
{
    enum { RECORDS = 300 };
    struct shipper_pen json = {malloc(TEXT_MAX), 0};
    char *all = malloc(RECORDS * (size_t)4096);
    (void)state;
    assert_non_null(json.text);
    assert_non_null(all);
    for (size_t i = 0; i < shipper_made_count; i++) {
        struct got got;
        size_t n = 0;
        json.n = 0;
        shipper_made[i].write(&json, &shipper_event_5157);
        for (size_t k = 0; k < RECORDS; k++) {
            memset(all + n, ' ', k % 17);
            n += k % 17;
            memcpy(all + n, json.text, json.n);
            n += json.n;
            all[n++] = '\n';
        }
        read_bytes(&got, all, n);
        int more = 0;
        while (got.count + more < RECORDS && (more += wfpw_read(got.s, got.b, -1, NULL)) > 0)
            ;
        if (got.count + more != RECORDS)
            fail_msg("%s: %d of %d", shipper_made[i].name, got.count + more, (int)RECORDS);
        close_got(&got);
    }
    free(json.text);
    free(all);
}

/* ---- what stands around records ------------------------------------------------------------- */

static void check_count(const char *before, const char *between, const char *behind, int count)
{
    struct shipper_pen json = {malloc(TEXT_MAX), 0};
    struct got got;
    assert_non_null(json.text);
    shipper_put(&json, before);
    shipper_put_form(&json, "Wazuh");
    shipper_put(&json, between);
    shipper_put_form(&json, "winlogbeat");
    shipper_put(&json, behind);
    read_bytes(&got, json.text, json.n);
    if (got.count != count)
        fail_msg("%s: %d events", before, got.count);
    close_got(&got);
    free(json.text);
}

static void test_wrappers(void **state)
{
    (void)state;
    check_count("", "\n", "", 2);
    check_count("[", ",", "]", 2);
    check_count("{\"events\":[", ",", "]}", 2);
    check_count("{\"took\":1,\"hits\":{\"total\":{\"value\":2},\"hits\":[{\"_source\":",
                "},{\"_source\":", "}]},\"x\":{}}", 2);
    check_count("{\"result\":", "}{\"result\":", "}", 2);
    check_count("\xEF\xBB\xBF  \r\n", "", "", 2);
    check_count("[[[{\"other\":1}]],", ",", "]", 2);
    check_count(":", "\n", "", 2);
}

static void test_damage(void **state)
{
    struct shipper_pen json = {malloc(TEXT_MAX), 0};
    struct got got;
    (void)state;
    assert_non_null(json.text);
    shipper_put_form(&json, "Wazuh");
    for (size_t cut = 1; cut < json.n; cut += 7) { /* a line that is cut costs itself only */
        struct shipper_pen all = {malloc(TEXT_MAX), 0};
        assert_non_null(all.text);
        shipper_put(&all, json.text);
        shipper_put(&all, "\n");
        shipper_put(&all, json.text);
        all.n -= cut;
        all.text[all.n] = 0;
        shipper_put(&all, "\n");
        shipper_put(&all, json.text);
        read_bytes(&got, all.text, all.n);
        if (got.count < 2)
            fail_msg("cut by %zu: %d events of 2", cut, got.count);
        close_got(&got);
        free(all.text);
    }
    read_text(&got, "{\"winlog\":{\"event_id\":1},\"x\":\"no end");
    assert_int_equal(got.count, 0);
    assert_int_equal(got.st.skipped, 1);
    close_got(&got);
    free(json.text);
}

/* ---- XML in JSON ---------------------------------------------------------------------------- */

#define XML_EVENT                                                                                  \
    "<Event><System><Provider Name='" NAME "'/><EventID>5157</EventID><TimeCreated "               \
    "SystemTime='2026-01-08T16:50:48Z'/></System><EventData><Data Name='FilterRTID'>7</Data>"      \
    "</EventData></Event>"
#define MESSAGE(text) "{\"message\":\"" text "\"}\n"

/* What one text leaves open is no part of the next. */
static void test_open_xml(void **state)
{
    static const struct {
        const char *text;
        int count;
        uint64_t skipped;
    } rows[] = {
        {MESSAGE(XML_EVENT "<![CDATA["), 3, 0},
        {MESSAGE(XML_EVENT "<!--"), 3, 0},
        {MESSAGE("<Event><System><EventID>1<!-- "), 2, 1},
        {MESSAGE("<Event><a b='"), 2, 1},
        {MESSAGE("<Event a='</Event>"), 2, 1},
        {MESSAGE("<Event><System><![CDATA[ </Event>"), 2, 1},
        {MESSAGE("<?xml version='1.0'?>" XML_EVENT), 3, 0},
        {MESSAGE(XML_EVENT XML_EVENT), 3, 1},
        {MESSAGE("<Events>" XML_EVENT XML_EVENT "</Events>"), 3, 1},
        {MESSAGE("<!DOCTYPE x><Event/>"), 2, 0},
        {MESSAGE("<134>Nov 1 sshd: x"), 2, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct got got;
        char all[8192];
        (void)snprintf(all, sizeof all, "%s%s%s", rows[i].text, MESSAGE(XML_EVENT),
                       MESSAGE(XML_EVENT));
        read_text(&got, all);
        if (got.count != rows[i].count || got.st.skipped != rows[i].skipped)
            print_error("%d, %d: %s", got.count, (int)got.st.skipped, rows[i].text);
        assert_int_equal(got.count, rows[i].count);
        assert_int_equal(got.st.skipped, rows[i].skipped);
        close_got(&got);
    }
}

/* XML that is nested too deeply, with an empty element at the end of it. */
static void test_deep_xml(void **state)
{
    struct got got;
    char all[4096] = "{\"message\":\"<Event>";
    (void)state;
    for (int i = 0; i < 63; i++)
        strcat(all, "<a>");
    strcat(all, "<b/>\"}\n" MESSAGE(XML_EVENT));
    read_text(&got, all);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.st.skipped, 1);
    close_got(&got);
}

/* A row keeps what stands beside its XML. */
static void test_damaged_fields(void **state)
{
    struct got got;
    (void)state;
    read_text(&got, "{\"TimeGenerated\":\"2026-01-08T16:50:48Z\",\"EventSourceName\":\"" NAME
                    "\",\"Channel\":\"Security\",\"EventID\":5157,\"Computer\":\"h\",\"Level\":"
                    "\"0\",\"EventData\":\"<EventData><Data Name='x'>\"}");
    assert_int_equal(got.count, 1);
    const wfpw_event *ev = wfpw_batch_get(got.b, 0);
    assert_int_equal(ev->audit->event_id, 5157);
    assert_true((ev->flags & WFPW_EVENT_PARTIAL) != 0);
    close_got(&got);
}

/* Escapes that are cut, and NULs, leave valid text, and what is behind them. */
static void test_escapes(void **state)
{
    static const char start[] = "{\"SourceName\":\"" NAME "\",\"EventID\":5157,\"Channel\":"
                                "\"Security\",\"EventTime\":\"2026-01-08 16:50:48\",";
    static const char fields[] = "\"A\":\"P\\u123\xC3\xA9"
                                 "C\",\"B\":\"\\u12\",\"C\":\"x\\\0y\","
                                 "\"D\":\"z\"}";
    struct got got;
    char all[1024];
    (void)state;
    memcpy(all, start, sizeof start - 1);
    memcpy(all + sizeof start - 1, fields, sizeof fields - 1);
    read_bytes(&got, all, sizeof start + sizeof fields - 2);
    assert_int_equal(got.count, 1);
    const wfpw_audit *a = wfpw_batch_get(got.b, 0)->audit;
    assert_string_equal(wfpw_audit_get(a, "A"), "P\xEF\xBF\xBD\xC3\xA9"
                                                "C");
    assert_string_equal(wfpw_audit_get(a, "B"), "\xEF\xBF\xBD");
    assert_string_equal(wfpw_audit_get(a, "C"), "x\xEF\xBF\xBDy");
    assert_string_equal(wfpw_audit_get(a, "D"), "z");
    close_got(&got);
}

/* An object that was made flat: its keys have dots. */
static void test_flat_keys(void **state)
{
    struct got got;
    (void)state;
    read_text(&got, "{\"winlog.event_id\":5157,\"winlog.provider_name\":\"" NAME
                    "\",\"winlog.channel\":\"Security\",\"winlog.event_data.Application\":"
                    "\"\\\\device\\\\x.exe\",\"winlog.event_data.FilterRTID\":\"7\"}");
    assert_int_equal(got.count, 1);
    const wfpw_event *ev = wfpw_batch_get(got.b, 0);
    assert_string_equal(ev->device_path, "\\device\\x.exe");
    assert_int_equal(ev->filter_id, 7);
    close_got(&got);
}

static void test_other_json(void **state)
{
    static const char *const others[] = {"{}",
                                         "[]",
                                         "{\"a\":1}",
                                         "[1,2,3]",
                                         "{\"event_id\":5157}",
                                         "{\"message\":\"<134>Nov 1 sshd\"}",
                                         "{\"CreationClassName\":\"MSFT|FW|FirewallRule|x\"}"};
    struct got got;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        read_text(&got, others[i]);
        assert_int_equal(got.end, WFPW_E_FORMAT);
        close_got(&got);
    }
}

/* Values of any type stand for what they say; what is none is absent. */
static void test_values(void **state)
{
    struct got got;
    (void)state;
    read_text(
        &got,
        "{\"System\":{\"Provider\":{\"Name\":\"" NAME "\"},\"EventID\":{\"Value\":1102.5}},"
        "\"EventData\":{}}"
        "{\"System\":{\"Provider\":{\"Name\":\"" NAME "\"},\"EventID\":{\"Value\":\"4719\"},"
        "\"Keywords\":[1],\"Computer\":null,\"TimeCreated\":{\"SystemTime\":\"x\"}},\"EventData\":"
        "{\"SubjectLogonId\":718933,\"A\":true,\"B\":null,\"C\":{\"D\":1},\"E\":"
        "\"\\ud83d\\ude00\\ud800\\u0000\"}}");
    assert_int_equal(got.count, 1);
    const wfpw_event *ev = wfpw_batch_get(got.b, 0);
    assert_string_equal(wfpw_audit_get(ev->audit, "SubjectLogonId"), "0xaf855");
    assert_string_equal(wfpw_audit_get(ev->audit, "A"), "true");
    assert_string_equal(wfpw_audit_get(ev->audit, "B"), "");
    assert_string_equal(wfpw_audit_get(ev->audit, "E"), "\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_null(wfpw_audit_get(ev->audit, "C"));
    assert_null(ev->audit->computer);
    close_got(&got);
}

/* More keys, members and bytes than there is room for: the next record is whole again. */
static void test_limits(void **state)
{
    enum { KEYS = 3000, LONG = 100 * 1024, ROOM = 1024 * 1024 };
    struct shipper_pen json = {malloc(TEXT_MAX), 0};
    struct got got;
    char *all = malloc(ROOM);
    (void)state;
    assert_non_null(json.text);
    assert_non_null(all);
    shipper_put_form(&json, "flat");
    size_t n = (size_t)snprintf(all, 256, "{\"EventID\":5157,\"SourceName\":\"%s\",", NAME);
    for (int i = 0; i < KEYS; i++)
        n += (size_t)snprintf(all + n, 64, "\"Key%d\":\"%d\",", i, i);
    n += (size_t)snprintf(all + n, 64, "\"Long\":\"");
    memset(all + n, 'x', LONG);
    n += LONG;
    n += (size_t)snprintf(all + n, 8, "\"}\n");
    memcpy(all + n, json.text, json.n);
    read_bytes(&got, all, n + json.n);
    assert_int_equal(got.count, 2);
    assert_true((wfpw_batch_get(got.b, 0)->flags & WFPW_EVENT_TRUNCATED) != 0);
    assert_int_equal(wfpw_batch_get(got.b, 1)->flags & WFPW_EVENT_TRUNCATED, 0);
    assert_int_equal(wfpw_batch_get(got.b, 1)->remote.port, 443);
    close_got(&got);
    for (n = 0; n < 1000; n++)
        all[n] = '[';
    memcpy(all + n, json.text, json.n);
    read_bytes(&got, all, n + json.n);
    assert_int_equal(got.count, 1);
    close_got(&got);
    free(json.text);
    free(all);
}

static void test_utf16(void **state)
{
    struct shipper_pen json = {malloc(TEXT_MAX), 0};
    uint8_t *wide = malloc(2 * TEXT_MAX + 2);
    struct got got;
    (void)state;
    assert_non_null(json.text);
    assert_non_null(wide);
    shipper_put_form(&json, "PowerShell");
    wide[0] = 0xFF;
    wide[1] = 0xFE;
    for (size_t i = 0; i < json.n; i++) {
        wide[2 * i + 2] = (uint8_t)json.text[i];
        wide[2 * i + 3] = 0;
    }
    read_bytes(&got, wide, 2 * json.n + 2);
    assert_int_equal(got.count, 1);
    close_got(&got);
    free(json.text);
    free(wide);
}

/* What a form does not keep is told once. */
static void test_told_once(void **state)
{
    struct shipper_pen json = {malloc(TEXT_MAX), 0};
    struct got got;
    (void)state;
    assert_non_null(json.text);
    shipper_put_form(&json, "winlogbeat");
    shipper_put_form(&json, "winlogbeat");
    read_bytes(&got, json.text, json.n);
    assert_int_equal(got.count, 2);
    char *first = strstr(got.log, "winlogbeat does not keep");
    assert_non_null(first);
    assert_null(strstr(first + sizeof "winlogbeat", "winlogbeat does not keep"));
    close_got(&got);
    free(json.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),          cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_wrappers),       cmocka_unit_test(test_damage),
        cmocka_unit_test(test_open_xml),       cmocka_unit_test(test_deep_xml),
        cmocka_unit_test(test_damaged_fields), cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_flat_keys),      cmocka_unit_test(test_other_json),
        cmocka_unit_test(test_values),         cmocka_unit_test(test_limits),
        cmocka_unit_test(test_utf16),          cmocka_unit_test(test_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
