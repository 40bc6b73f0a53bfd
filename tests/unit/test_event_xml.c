/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The XML of events: every form that Windows' tools give it, and every damage. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/audit/event_xml.h"
#include "wfpwatch/wfpwatch.h"

#define SECURITY "<Provider Name='Microsoft-Windows-Security-Auditing'/>"
#define EVENT(id, record, data)                                                                    \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>" SECURITY       \
    "<EventID>" id "</EventID><Version>1</Version><Task>12810</Task>"                              \
    "<Keywords>0x8020000000000000</Keywords>"                                                      \
    "<TimeCreated SystemTime='2026-01-02T03:04:05.1234567Z'/>"                                     \
    "<EventRecordID>" record "</EventRecordID><Computer>host</Computer></System>" data "</Event>"
#define CONNECTION                                                                                 \
    "<EventData><Data Name='ProcessID'>820</Data><Data Name='Direction'>%%14593</Data>"            \
    "<Data Name='SourceAddress'>192.0.2.1</Data><Data Name='SourcePort'>1</Data>"                  \
    "<Data Name='DestAddress'>2001:db8::1</Data><Data Name='DestPort'>443</Data>"                  \
    "<Data Name='Protocol'>6</Data></EventData>"

/* What came of one input. */
struct outcome {
    wfpw_session *s;
    wfpw_batch *b;
    int events;
    int end; /* what the last read said */
    wfpw_stats st;
    wfpw_error e;
    char log[4096];
};

static void keep_log(void *ctx, int level, const char *text)
{
    char *log = ctx;
    size_t n = strlen(log);
    (void)level;
    strncat(log, text, 4095 - n);
}

static void read_bytes(struct outcome *o, const void *p, size_t n)
{
    *o = (struct outcome){.b = wfpw_batch_new(64, 0)};
    wfpw_options options = {.size = sizeof options, .log = keep_log, .log_ctx = o->log};
    assert_int_equal(wfpw_open(&options, &o->s, NULL), 0);
    o->end = wfpw_add_memory(o->s, p, n, &o->e);
    int got;
    while (o->end == 0 && (got = wfpw_read(o->s, o->b, -1, &o->e)) != 0) {
        if (got < 0) {
            o->end = got;
            break;
        }
        o->events += got;
        if (o->events >= 1)
            break; /* the tests here have one batch at most */
    }
    wfpw_batch *rest = wfpw_batch_new(64, 0);
    while (o->end == 0) {
        got = wfpw_read(o->s, rest, -1, &o->e);
        if (got < 0)
            o->end = got;
        else
            o->events += got;
    }
    wfpw_batch_free(rest);
    o->st.size = sizeof o->st;
    assert_int_equal(wfpw_get_stats(o->s, &o->st), 0);
}

static void read_text(struct outcome *o, const char *text)
{
    read_bytes(o, text, strlen(text));
}

static void done(struct outcome *o)
{
    wfpw_close(o->s);
    wfpw_batch_free(o->b);
}

static void expect_events(const char *text, int events)
{
    struct outcome o;
    read_text(&o, text);
    assert_int_equal(o.events, events);
    assert_int_equal(o.end, WFPW_E_EOF);
    assert_int_equal(o.st.skipped, 0);
    done(&o);
}

/* ---- forms ---- */

static void test_fields(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, EVENT("5156", "77", CONNECTION));
    assert_int_equal(o.events, 1);
    const wfpw_event *ev = wfpw_batch_get(o.b, 0);
    assert_int_equal(ev->source, WFPW_SOURCE_EVENTXML);
    assert_int_equal(ev->audit->event_id, 5156);
    assert_int_equal(ev->audit->version, 1);
    assert_int_equal(ev->audit->record_id, 77);
    assert_true(ev->audit->keywords == 0x8020000000000000u);
    assert_string_equal(ev->audit->computer, "host");
    assert_int_equal(ev->audit->field_count, 7);
    assert_string_equal(wfpw_audit_get(ev->audit, "processid"), "820");
    assert_int_equal(ev->direction, WFPW_DIRECTION_OUTBOUND);
    assert_int_equal(ev->local.family, 4);
    assert_int_equal(ev->remote.family, 6);
    assert_int_equal(ev->remote.port, 443);
    assert_int_equal(ev->time % 10000000, 1234567);
    done(&o);
}

static void test_lists(void **state)
{
    (void)state;
    expect_events(EVENT("5156", "1", CONNECTION) "\r\n" EVENT("5158", "2", CONNECTION), 2);
    expect_events("<?xml version='1.0' encoding='utf-8'?>\n<Events>" EVENT("5156", "1", CONNECTION)
                      EVENT("4624", "2", CONNECTION) EVENT("5157", "3", "") "</Events>\n",
                  2);
    expect_events("\xEF\xBB\xBF<?xml version=\"1.0\" standalone=\"yes\"?><Events></Events>"
                  "<Events>" EVENT("5031", "1", "") "</Events>",
                  1);
}

static void test_text_forms(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o,
              EVENT("5156", "1",
                    "<EventData><Data Name='Application'>a<![CDATA[<&>]]>&amp;&#x41;&#233;</Data>"
                    "<Data Name=\"a'b\"/><Data>unnamed</Data><Data Name='x'>1</Data>"
                    "<Data Name='x'>2</Data></EventData>"
                    "<RenderingInfo><Message>Data</Message></RenderingInfo>"));
    const wfpw_event *ev = wfpw_batch_get(o.b, 0);
    char json[4096];
    assert_string_equal(ev->device_path, "a<&>&A\xC3\xA9");
    assert_int_equal(ev->audit->field_count, 5);
    assert_string_equal(wfpw_audit_get(ev->audit, "a'b"), "");
    assert_string_equal(wfpw_audit_get(ev->audit, "Data"), "unnamed");
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"x\":[\"1\",\"2\"]"));
    done(&o);
}

static void test_log_cleared(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o,
              "<Event><System><Provider Name='Microsoft-Windows-Eventlog'/><EventID>1102</EventID>"
              "</System><UserData><LogFileCleared xmlns='x'><SubjectUserSid>S-1-5-18</"
              "SubjectUserSid><SubjectUserName>SYSTEM</SubjectUserName></LogFileCleared>"
              "</UserData></Event>");
    const wfpw_event *ev = wfpw_batch_get(o.b, 0);
    assert_string_equal(ev->user_sid, "S-1-5-18");
    assert_string_equal(ev->user_name, "SYSTEM");
    assert_int_equal(ev->audit->field_count, 2);
    done(&o);
}

/* ---- encodings ---- */

static size_t widen(const char *text, bool big, bool mark, uint8_t *out)
{
    size_t n = 0;
    if (mark) {
        out[n++] = big ? 0xFE : 0xFF;
        out[n++] = big ? 0xFF : 0xFE;
    }
    for (; *text != 0; text++) {
        out[n++] = big ? 0 : (uint8_t)*text;
        out[n++] = big ? (uint8_t)*text : 0;
    }
    return n;
}

static void test_utf16(void **state)
{
    static const char text[] =
        "<?xml version='1.0' encoding='UTF-16'?>\r\n<Events>" EVENT("5156", "1", CONNECTION)
            EVENT("5157", "2", CONNECTION) "</Events>";
    static uint8_t wide[2 * sizeof text + 2];
    struct outcome o;
    (void)state;
    for (int form = 0; form < 4; form++) {
        read_bytes(&o, wide, widen(text, (form & 1) != 0, (form & 2) != 0, wide));
        assert_int_equal(o.events, 2);
        assert_int_equal(o.st.skipped, 0);
        done(&o);
    }
}

static void test_declared_encoding(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, "<?xml version='1.0' encoding='iso-8859-1'?>" EVENT(
                      "5156", "1", "<EventData><Data Name='Application'>\xE9</Data></EventData>"));
    assert_string_equal(wfpw_batch_get(o.b, 0)->device_path, "\xC3\xA9");
    done(&o);
    read_text(&o, "<?xml version='1.0' encoding='no-such'?>" EVENT("5156", "1", ""));
    assert_int_equal(o.events, 0);
    done(&o);
}

/* ---- damage ---- */

static void test_one_damaged_event(void **state)
{
    static const char text[] = EVENT("5156", "1", CONNECTION)
        EVENT("5157", "2", "<EventData><Data Name='x'>\xFF</Data></EventData>")
            EVENT("5158", "3", CONNECTION);
    struct outcome o;
    char where[64];
    (void)state;
    read_text(&o, text);
    assert_int_equal(o.events, 2);
    assert_int_equal(o.st.skipped, 1);
    (void)snprintf(where, sizeof where, "offset %zu", (size_t)(strchr(text, '\xFF') - text));
    assert_non_null(strstr(o.log, where));
    done(&o);
}

/* What XML forbids in a text must not cost the event it stands in. */
static void test_control_characters(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, EVENT("5156", "1", "<EventData><Data Name='a'>x\x01\x1F y</Data></EventData>")
                      EVENT("5157", "2", "<EventData><Data Name='\x02'/></EventData>"));
    assert_int_equal(o.events, 2);
    assert_int_equal(o.st.skipped, 0);
    assert_int_equal(o.st.warnings, 1);
    assert_string_equal(wfpw_audit_get(wfpw_batch_get(o.b, 0)->audit, "a"), "x\x7F\x7F y");
    assert_non_null(
        strstr(o.log, "a character that XML forbids, read as DEL or U+FFFD (memory, offset "));
    done(&o);
}

/* Names are cut between characters. */
static void test_long_name(void **state)
{
    char text[2048], name[600];
    struct outcome o;
    (void)state;
    for (size_t n = 500; n < 520; n++) {
        memset(name, 'a', n);
        memcpy(name + n, "\xC3\xA9\xC3\xA9", 5);
        (void)snprintf(text, sizeof text, EVENT("5156", "1", "<EventData><%s>v</%s></EventData>"),
                       name, name);
        read_text(&o, text);
        assert_int_equal(o.events, 1);
        const wfpw_field *f = wfpw_batch_get(o.b, 0)->audit->fields;
        assert_true(f->name_length > 500 && f->name_length <= n + 4);
        assert_int_equal(text_utf8_valid(f->name, f->name_length), f->name_length);
        done(&o);
    }
}

static void test_truncated(void **state)
{
    static const char text[] = EVENT("5156", "1", CONNECTION) EVENT("5157", "2", CONNECTION);
    size_t first = strlen(EVENT("5156", "1", CONNECTION));
    struct outcome o;
    (void)state;
    for (size_t n = 8; n < sizeof text - 1; n++) {
        char *copy = malloc(n); /* exact, so that reading on is found */
        assert_non_null(copy);
        memcpy(copy, text, n);
        read_bytes(&o, copy, n);
        if (o.events != (n >= first ? 1 : 0))
            fail_msg("%zu of %zu bytes: %d", n, first, o.events);
        if (n > first + 8)
            assert_int_equal(o.st.skipped, 1);
        done(&o);
        free(copy);
    }
}

static void test_doctype_refused(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, "<!DOCTYPE a [<!ENTITY x 'y'>]>" EVENT("5156", "1", ""));
    assert_int_equal(o.events, 0);
    assert_non_null(strstr(o.e.text, "DOCTYPE"));
    done(&o);
    read_text(&o, "<Events>" EVENT("5156", "1", "") "<!DOCTYPE a []></Events>");
    assert_int_equal(o.events, 1);
    done(&o);
}

/* An event that ends within a tag does not take the next one with it. */
static void test_damage_up_to_the_next(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, EVENT("5156", "1", CONNECTION) "<Event><Sys" EVENT("5157", "2", CONNECTION));
    assert_int_equal(o.events, 2);
    assert_int_equal(o.st.skipped, 1);
    done(&o);
}

/* Behind damage reading goes on with whole characters. */
static void test_damage_in_utf16(void **state)
{
    static const char text[] =
        EVENT("5156", "1", "<a></b>") EVENT("5156", "2", CONNECTION) EVENT("5157", "3", CONNECTION);
    static uint8_t wide[2 * sizeof text + 2];
    struct outcome o;
    (void)state;
    for (int big = 0; big < 2; big++) {
        read_bytes(&o, wide, widen(text, big != 0, true, wide));
        assert_int_equal(o.events, 2);
        assert_int_equal(o.st.skipped, 1);
        done(&o);
    }
}

static void test_depth(void **state)
{
    static char text[65536];
    struct outcome o;
    size_t n = 0;
    (void)state;
    n += (size_t)snprintf(text, sizeof text, "<Event><System>");
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "<a>");
    (void)snprintf(text + n, sizeof text - n, "%s", EVENT("5156", "1", CONNECTION));
    read_text(&o, text);
    assert_int_equal(o.events, 1); /* the one behind */
    assert_true(o.st.skipped >= 1);
    done(&o);
}

static void test_endless_tag(void **state)
{
    size_t n = 6u * 1024 * 1024;
    char *text = malloc(n + 4096);
    struct outcome o;
    (void)state;
    assert_non_null(text);
    memset(text, 'a', n);
    memcpy(text, "<Event x='", 10);
    (void)snprintf(text + n, 4096, "%s", EVENT("5156", "1", CONNECTION));
    read_text(&o, text);
    assert_int_equal(o.events, 1);
    assert_true(o.st.skipped >= 1);
    done(&o);
    free(text);
}

/* A part of a file from somewhere in it. */
static void test_a_later_part(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, "</EventData></Event>" EVENT("5156", "1", CONNECTION) "</Events>");
    assert_int_equal(o.events, 1);
    done(&o);
}

static void test_not_events(void **state)
{
    struct outcome o;
    (void)state;
    read_text(&o, "<other/>");
    assert_int_equal(o.end, WFPW_E_FORMAT);
    done(&o);
    read_text(&o, "");
    assert_int_equal(o.end, WFPW_E_FORMAT);
    done(&o);
}

/* ---- pieces ---- */

static void test_every_split(void **state)
{
    static const char text[] =
        "<Events>" EVENT("5156", "1", CONNECTION) EVENT("5158", "2", CONNECTION);
    struct eventxml *x = calloc(1, sizeof *x);
    (void)state;
    assert_non_null(x);
    for (size_t split = 1; split < sizeof text - 1; split += 3) {
        int records = 0;
        assert_true(event_xml_restart(&x->reader));
        for (int part = 0; part < 2; part++) {
            const uint8_t *p = (const uint8_t *)text + (part == 0 ? 0 : split);
            size_t n = part == 0 ? split : sizeof text - 1 - split;
            enum xml_reader_found found = xml_reader_feed(&x->reader, p, n);
            for (; found == XML_READER_RECORD; found = xml_reader_next(&x->reader))
                records++;
            assert_int_equal(found, XML_READER_MORE);
        }
        assert_int_equal(records, 2);
    }
    xml_reader_close(&x->reader);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_text_forms),
        cmocka_unit_test(test_log_cleared),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_declared_encoding),
        cmocka_unit_test(test_one_damaged_event),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_long_name),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_doctype_refused),
        cmocka_unit_test(test_damage_up_to_the_next),
        cmocka_unit_test(test_damage_in_utf16),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_endless_tag),
        cmocka_unit_test(test_a_later_part),
        cmocka_unit_test(test_not_events),
        cmocka_unit_test(test_every_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
