/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Rendered XML and records of the classic functions become the records that the XML of a file
 * becomes; what is cut or odd does not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

#include "template/template_query.h"
#include "model/batch.h"
#include "audit_log/bookmark.h"
#include "decode/audit/audit_classic.h"
#include "decode/audit/audit_render.h"
#include "model/direction.h"
#include "stage/local_side.h"
#include "random.h"
#include "sim/log/sim_xpath.h"
#include "template/template.h"

#define HEAD                                                                                       \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"                \
    "<Provider Name='Microsoft-Windows-Security-Auditing' "                                        \
    "Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>5157</EventID><Version>1</Version>"   \
    "<Task>12810</Task><Keywords>0x8010000000000000</Keywords><TimeCreated "                       \
    "SystemTime='2026-01-01T00:00:00.1234567Z'/><EventRecordID>77</EventRecordID><Correlation/>"   \
    "<Computer>HOST</Computer><Security/></System>"
#define TAIL "</EventData></Event>"

static struct audit_render *x;

static enum audit_render_found read_text(const char *text, size_t n, const struct record **r)
{
    static uint16_t units[65536];
    for (size_t i = 0; i < n; i++)
        units[i] = (uint8_t)text[i];
    return audit_render_read(x, units, n, r);
}

/* As JSON, by the way that a session takes; the source is made the same. */
static void json_of(const struct record *r, char *out, size_t cap)
{
    wfpw_batch *b = wfpw_batch_new(1, 0);
    struct local_side *local_side = calloc(1, sizeof *local_side);
    assert_non_null(b);
    assert_non_null(local_side);
    ((struct record *)r)->source = WFPW_SOURCE_EVENTXML;
    direction_decide((struct record *)r);
    local_side_decide(local_side, (struct record *)r);
    assert_true(batch_add(b, r, 1));
    assert_true(wfpw_to_json(wfpw_batch_get(b, 0), 0, out, cap, NULL) > 0);
    wfpw_batch_free(b);
    free(local_side);
}

static void json_by_session(const char *text, size_t n, char *out, size_t cap)
{
    const wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_NO_VERDICT};
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(1, 0);
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, text, n, NULL), WFPW_OK);
    assert_int_equal(wfpw_read(s, b, -1, NULL), 1);
    assert_true(wfpw_to_json(wfpw_batch_get(b, 0), 0, out, cap, NULL) > 0);
    wfpw_close(s);
    wfpw_batch_free(b);
}

static void expect_same(const char *text)
{
    static char ours[65536], theirs[65536];
    const struct record *r;
    size_t n = strlen(text);
    assert_int_equal(read_text(text, n, &r), AUDIT_RENDER_RECORD);
    json_of(r, ours, sizeof ours);
    json_by_session(text, n, theirs, sizeof theirs);
    assert_string_equal(ours, theirs);
}

static void test_same_as_file(void **state)
{
    (void)state;
    expect_same(HEAD "<EventData>" TAIL);
    expect_same(HEAD "<EventData><Data Name='ProcessID'>4</Data><Data "
                     "Name=\"Application\">\\device\\a &amp; b&#x41;&#66;</Data>" TAIL);
    expect_same(HEAD "<EventData><Data Name='Direction'>%%14593</Data><Data "
                     "Name='SourceAddress'>10.0.0.1</Data><Data Name='DestPort'>443</Data>" TAIL);
    expect_same(
        HEAD "<EventData><Data>no name</Data><Data Name='X &lt; Y'/><Data Name='e'></Data>" TAIL);
    expect_same(HEAD "<EventData><Data Name='A'>a<![CDATA[<b>&amp;]]>c</Data><!-- no --><Data "
                     "Name='B'>a<!-- c -->b</Data>" TAIL);
    expect_same("<?xml version='1.0'?> " HEAD "<EventData><Data Name='A'><b>c</b></Data>" TAIL);
    expect_same(HEAD "<UserData><a xmlns='b'><c>d</c><e/></a></UserData></Event>");
}

/* Text that is made of the pieces that XML is made of. */
static void test_random(void **state)
{
    static const char *const pieces[] = {"a",         "&lt;",     "&amp;",      "&#65;",
                                         "&#x1F600;", "b c",      "<!-- d -->", "<![CDATA[e]]>",
                                         "%%14592",   "10.0.0.1", "fe80::1",    "6"};
    static const char *const names[] = {"ProcessID", "Application", "Direction", "SourceAddress",
                                        "Protocol",  "FilterRTID",  "Other"};
    uint64_t seed = 7;
    (void)state;
    for (int i = 0; i < 300; i++) {
        char text[8192];
        size_t n = (size_t)snprintf(text, sizeof text, "%s<EventData>", HEAD);
        for (uint32_t k = random_below(&seed, 6); k > 0; k--) {
            n += (size_t)snprintf(text + n, sizeof text - n, "<Data Name='%s'>",
                                  names[random_below(&seed, 7)]);
            for (uint32_t j = random_below(&seed, 5); j > 0; j--)
                n += (size_t)snprintf(text + n, sizeof text - n, "%s",
                                      pieces[random_below(&seed, 12)]);
            n += (size_t)snprintf(text + n, sizeof text - n, "</Data>");
        }
        (void)snprintf(text + n, sizeof text - n, TAIL);
        expect_same(text);
    }
}

/* A value, rarely one that a layout cannot have. */
static const char *random_value(uint64_t *seed)
{
    static const char *const values[] = {"",        "6", "%%14592", "10.0.0.1", "  indented ",
                                         "fe80::1", "4", "a",       "443",      "\\device\\a",
                                         "b c",     "-"};
    static const char *const odd[] = {"&amp;",       "a&lt;b", "<![CDATA[c]]>",
                                      "<!-- d -->e", "<f/>",   "&g"};
    return random_below(seed, 12) == 0 ? odd[random_below(seed, 6)]
                                       : values[random_below(seed, 12)];
}

/* One of twelve kinds of record, more than layouts are remembered. */
static size_t random_record(uint64_t *seed, char *text, size_t cap)
{
    static const char *const fields[] = {"ProcessID", "Application", "Direction", "Other"};
    uint32_t shape = random_below(seed, 12);
    size_t n = (size_t)snprintf(
        text, cap,
        "<Event xmlns='a'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid=%c"
        "{54849625-5478-4994-a5ba-3e3b0328c30d}%c/><EventID>%u</EventID>%s<TimeCreated SystemTime="
        "'2026-01-01T00:00:%02u.5Z'/><EventRecordID>%u</EventRecordID><Correlation/><Computer>%s"
        "</Computer></System><EventData>",
        shape % 2 != 0 ? '"' : '\'', shape % 2 != 0 ? '"' : '\'', 5152 + random_below(seed, 8),
        shape % 3 != 0 ? "\n  " : "", random_below(seed, 60), random_below(seed, 100000),
        random_value(seed));
    for (uint32_t i = 0; i <= shape / 3; i++) {
        n += (size_t)snprintf(text + n, cap - n, "<Data Name='%s'", fields[i]);
        if (shape == 11)
            n += (size_t)snprintf(text + n, cap - n, " Type='%s'", random_value(seed));
        if (shape == 4)
            n += (size_t)snprintf(text + n, cap - n, "/>");
        else
            n += (size_t)snprintf(text + n, cap - n, ">%s</Data>", random_value(seed));
    }
    return n + (size_t)snprintf(text + n, cap - n, TAIL);
}

/* A reader that has learned layouts of other records gives what one does that has learned none. */
static void test_layouts(void **state)
{
    static char ours[65536], theirs[65536], text[8192];
    struct audit_render *learned = x;
    uint64_t seed = 11, records = 0, by_layout = 0;
    const struct record *r;
    (void)state;
    for (int i = 0; i < 3000; i++) {
        size_t n = random_record(&seed, text, sizeof text);
        if (random_below(&seed, 8) == 0)
            text[random_below(&seed, (uint32_t)n)] = "<>&'/ a="[random_below(&seed, 8)];
        if (random_below(&seed, 16) == 0)
            n = random_below(&seed, (uint32_t)n);
        x = calloc(1, sizeof *x);
        assert_non_null(x);
        enum audit_render_found fresh = read_text(text, n, &r);
        if (fresh == AUDIT_RENDER_RECORD)
            json_of(r, theirs, sizeof theirs);
        free(x);
        x = learned;
        uint32_t next = x->layouts.next;
        assert_int_equal(read_text(text, n, &r), fresh);
        if (fresh != AUDIT_RENDER_RECORD)
            continue;
        json_of(r, ours, sizeof ours);
        assert_string_equal(ours, theirs);
        records++;
        by_layout += x->layouts.next == next;
    }
    assert_true(records > 1500 && by_layout > records / 10);
}

/* Wherever it is cut, it is no record. */
static void test_cut(void **state)
{
    static const char text[] = HEAD "<EventData><Data Name='A'>b</Data>" TAIL;
    const struct record *r;
    (void)state;
    assert_int_equal(read_text(text, sizeof text - 1, &r), AUDIT_RENDER_RECORD);
    for (size_t n = 0; n < sizeof text - 1; n++)
        assert_int_equal(read_text(text, n, &r), AUDIT_RENDER_BROKEN);
}

static void test_broken(void **state)
{
    static const char *const texts[] = {
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" HEAD "<EventData>" TAIL,
        HEAD "<EventData><Data Name='A'>&b;</Data>" TAIL,
        HEAD "<EventData><Data Name='A'>&#x110000;</Data>" TAIL,
        HEAD "<EventData><Data Name=A>b</Data>" TAIL,
        HEAD "<EventData><Data Name='A'>b</Date>" TAIL,
        HEAD "<EventData></Event>",
    };
    char deep[1024] = HEAD "<EventData>";
    const struct record *r;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_text(texts[i], strlen(texts[i]), &r), AUDIT_RENDER_BROKEN);
    for (int i = 0; i < 40; i++)
        memcpy(deep + strlen(deep), "<a>", 4);
    assert_int_equal(read_text(deep, strlen(deep), &r), AUDIT_RENDER_BROKEN);
}

/* ---- by number ------------------------------------------------------------------------------ */

static uint32_t wide(uint8_t *to, uint32_t at, const char *s)
{
    do {
        to[at++] = (uint8_t)*s;
        to[at++] = 0;
    } while (*s++ != 0);
    return at;
}

static uint32_t classic(uint8_t *to, uint32_t id, uint16_t count, const char *const *strings)
{
    memset(to, 0, 56);
    uint32_t at = wide(to, 56, "Microsoft-Windows-Security-Auditing");
    at = wide(to, at, "HOST");
    text_put_le32(to + 36, at);
    for (uint16_t i = 0; i < count; i++)
        at = wide(to, at, strings[i]);
    at = (at + 4 + 3) & ~3u;
    text_put_le32(to, at);
    text_put_le32(to + 8, 77);
    text_put_le32(to + 12, 1767225600);
    text_put_le32(to + 20, id | 0xC0000000u);
    text_put_le32(to + 24, 16 | (uint32_t)count << 16);
    text_put_le32(to + 28, 12810);
    return at;
}

static void test_classic(void **state)
{
    static const char *const fields[] = {"1204",     "app",     "%%14593", "10.0.0.1", "1",
                                         "10.0.0.2", "2",       "6",       "3",        "Stealth",
                                         "70",       "%%14611", "48",      "S-1-0-0",  "S-1-0-0",
                                         "1",        "2",       "%%1843",  "0"};
    static uint8_t bytes[4096];
    struct audit_classic *c = calloc(1, sizeof *c);
    const struct record *r;
    (void)state;
    uint32_t n = classic(bytes, 5157, 19, fields);
    assert_int_equal(audit_classic_read(c, bytes, n, &r), AUDIT_CLASSIC_RECORD);
    const struct record_audit *a = record_at(r, r->audit_at);
    assert_int_equal(a->version, 3);
    assert_int_equal(a->event_id, 5157);
    assert_int_equal(a->record_id, 77);
    assert_true(a->keywords == 0x8010000000000000u);
    assert_int_equal(r->filter_id, 70);
    assert_int_equal(r->interface_index, 3);
    assert_int_equal(r->layer_id, 48);
    assert_int_equal(r->time % 10000000, 0);
    assert_true(value_is(&r->origin));

    n = classic(bytes, 5157, 9, fields); /* nobody's list: the names are not known */
    assert_int_equal(audit_classic_read(c, bytes, n, &r), AUDIT_CLASSIC_RECORD);
    assert_int_equal(r->present & WFPW_HAS_FILTER_ID, 0);
    assert_true((r->flags & WFPW_EVENT_PARTIAL) != 0);
    a = record_at(r, r->audit_at);
    assert_int_equal(a->field_count, 9);

    n = classic(bytes, 4624, 1, fields);
    assert_int_equal(audit_classic_read(c, bytes, n, &r), AUDIT_CLASSIC_OTHER);
    n = classic(bytes, 5157, 19, fields);
    text_put_le32(bytes + 36, n - 8); /* strings beyond the end */
    assert_int_equal(audit_classic_read(c, bytes, n, &r), AUDIT_CLASSIC_BROKEN);
    assert_int_equal(audit_classic_read(c, bytes, n - 1, &r), AUDIT_CLASSIC_BROKEN);
    free(c);
}

/* ---- bookmarks and queries ------------------------------------------------------------------ */

static void expect_bookmark(const char *text, bool good, uint64_t wanted)
{
    uint64_t id = 0;
    assert_int_equal(bookmark_read(text, strlen(text), &id), good);
    assert_int_equal(id, wanted);
}

static void test_bookmark(void **state)
{
    (void)state;
    expect_bookmark("<BookmarkList>\r\n  <Bookmark Channel='Security' RecordId='7' "
                    "IsCurrent='true'/>\r\n</BookmarkList>",
                    true, 7);
    expect_bookmark("\xEF\xBB\xBF<BookmarkList><Bookmark Channel=\"security\" RecordId=\"8\" "
                    "IsCurrent=\"True\"></Bookmark></BookmarkList>",
                    true, 8);
    expect_bookmark("<BookmarkList><Bookmark Channel='System' RecordId='1'/><Bookmark "
                    "Channel='Security' RecordId='2' IsCurrent='true'/><Bookmark "
                    "Channel='Security' RecordId='3'/></BookmarkList>",
                    true, 2);
    expect_bookmark("<BookmarkList><Bookmark Channel='Security' RecordId='-1'/></BookmarkList>",
                    false, 0);
    expect_bookmark("<BookmarkList><Bookmark Channel='Security' RecordId='7'/>", false, 0);
    expect_bookmark("", false, 0);
}

static bool is_asked_for(const struct template_query *q, uint32_t id, const char *provider,
                         const char *fields, size_t bytes)
{
    static uint16_t wide_query[TEMPLATE_QUERY_UNITS];
    static char query[TEMPLATE_QUERY_UNITS];
    const struct sim_xsubject s = {.record_id = 5,
                                   .time = 134116992000000000u,
                                   .event_id = id,
                                   .provider = provider,
                                   .fields = fields,
                                   .bytes = bytes};
    template_query_write(q, wide_query);
    for (size_t i = 0; i == 0 || query[i - 1] != 0; i++)
        query[i] = (char)wide_query[i];
    assert_int_equal(sim_xpath_check(query), 0);
    return sim_xpath_holds(query, &s);
}

static void test_query(void **state)
{
    static const char auditing[] = "Microsoft-Windows-Security-Auditing",
                      eventlog[] = "Microsoft-Windows-Eventlog", tcp[] = "Protocol\0006";
    struct template_query q = {0};
    wfpw_template *t;
    (void)state;
    for (uint32_t id = 1; id < 6000; id++) {
        bool ours =
            audit_is_ours(PROVIDER_SECURITY, id) || audit_tells_of_log(PROVIDER_SECURITY, id);
        if (id < 1200 || id > 4500)
            assert_int_equal(is_asked_for(&q, id, auditing, "", 0), ours);
        if (id < 1200)
            assert_int_equal(is_asked_for(&q, id, eventlog, "", 0), id >= 1100 && id <= 1108);
    }
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    q.match = t;
    assert_int_equal(wfpw_template_add(t, "protocol=tcp,udp", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "type=5157,5152,5447", NULL), WFPW_OK);
    assert_true(is_asked_for(&q, 5157, auditing, tcp, sizeof tcp));
    assert_false(is_asked_for(&q, 5157, auditing, "", 0));
    assert_false(is_asked_for(&q, 5156, auditing, tcp, sizeof tcp));
    assert_true(is_asked_for(&q, 5447, auditing, "", 0)); /* names learn from all of them */
    assert_true(is_asked_for(&q, 1102, eventlog, "", 0));
    q.since = 134116992000000001u;
    assert_true(is_asked_for(&q, 5447, auditing, "", 0)); /* to the millisecond */
    q.since = 134116992000010001u;
    assert_false(is_asked_for(&q, 5447, auditing, "", 0));
    q.since = 0;
    q.after = 5;
    assert_false(is_asked_for(&q, 5447, auditing, "", 0));
    wfpw_template_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_file), cmocka_unit_test(test_random),
        cmocka_unit_test(test_layouts),      cmocka_unit_test(test_cut),
        cmocka_unit_test(test_broken),       cmocka_unit_test(test_classic),
        cmocka_unit_test(test_bookmark),     cmocka_unit_test(test_query),
    };
    x = calloc(1, sizeof *x);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(x);
    return failed;
}
