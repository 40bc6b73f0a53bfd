/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Files of netsh: which of them hold events, in what forms, and damage. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/netsh/netsh_event.h"
#include "writer/netsh_event_sample.h"
#include "writer/netsh_event_writer.h"
#include "writer/read_back.h"

#define ITEM                                                                                       \
    "<item>\r\n\t<header><localPort>1</localPort></header>"                                        \
    "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type></item>"
#define CAPTURED                                                                                   \
    "<netEvent><header><localPort>1</localPort></header>"                                          \
    "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type></netEvent>"

/* ---- what a file is ------------------------------------------------------------------------- */

static void expect_events(const char *document, size_t events, uint64_t passed)
{
    struct read_back *r = read_back(NULL, document, strlen(document), 0);
    if (r->open_status != 0 || r->end_status != WFPW_E_EOF || r->event_count != events ||
        r->stats.passed_over != passed || r->stats.skipped != 0)
        fail_msg("%zu events, %d, %d, %d passed, %d skipped: %s", r->event_count, r->open_status,
                 r->end_status, (int)r->stats.passed_over, (int)r->stats.skipped, document);
    readback_free(r);
}

static void expect_refused(const char *document, const char *why)
{
    struct read_back *r = read_back(NULL, document, strlen(document), 0);
    assert_int_equal(r->open_status, WFPW_E_FORMAT);
    if (strstr(r->error.text, why) == NULL)
        fail_msg("%s: %s", document, r->error.text);
    readback_free(r);
}

static void test_roots(void **state)
{
    (void)state;
    expect_events("<netEvents/>", 0, 0);
    expect_events("\xEF\xBB\xBF<?xml version='1.0'?>\r\n<!-- > --><netEvents>" ITEM ITEM
                  "</netEvents>\r\n",
                  2, 0);
    expect_events(ITEM "\n" ITEM, 2, 0);
    expect_events(CAPTURED CAPTURED, 2, 0);
    expect_events("<netEvents>" ITEM "</netEvents><netEvents>" ITEM "</netEvents>", 2, 0);
    expect_events("<netEvents>" ITEM "</netEvents><firewallState/>", 1, 0);
    expect_events("<?xml version='1.0'?><?a b > ?>\t<netEvents numItems='1'>" ITEM "</netEvents>",
                  1, 0);
    expect_events("<wfpdiag/>", 0, 0);
    expect_events("<wfpdiag><netEvents>" ITEM "</netEvents></wfpdiag>", 1, 0);
    expect_events("<netEvents><item>" CAPTURED "</item></netEvents>", 1, 0);
    expect_events("<netEvents><item/>" ITEM "</netEvents>", 1, 1);
}

/* Of a capture, the state at its start and the changes of filters are passed over. */
static void test_capture(void **state)
{
    (void)state;
    expect_events("<wfpdiag><initialState><filters><item><filterKey/><type>x</type></item>"
                  "</filters></initialState><events>" CAPTURED
                  "<filterChange><filter><header/><type/></filter></filterChange>" CAPTURED
                  "</events></wfpdiag>",
                  2, 1);
    expect_events("<wfpdiag>\n<events>" CAPTURED "</events></wfpdiag>", 1, 0);
}

static void test_names_are_no_events(void **state)
{
    (void)state;
    expect_refused("<?xml version='1.0'?><wfpdiag>\r\n\t<filters numItems='1'><item/>", "names");
    expect_refused("<wfpdiag><providers/></wfpdiag>", "'wfpwatch names'");
    expect_refused("<wfpstate><timeStamp/></wfpstate>", "names");
    expect_refused("<item><filterKey/></item>", "names");
    expect_refused("<item><calloutKey/></item>", "not of events");
    expect_refused("<!DOCTYPE netEvents><netEvents/>", "DOCTYPE");
    expect_refused("<netEventsX/>", "not of events");
    expect_refused("<!-- <netEvents>", "not of events");
    expect_refused("<?xml <netEvents>", "not of events");
    expect_refused(" \t\r\n", "not a format");
}

static void test_doctype_further_in(void **state)
{
    static const char text[] = "<netEvents>" ITEM "<!DOCTYPE a []>" ITEM "</netEvents>";
    struct read_back *r = read_back(NULL, text, sizeof text - 1, 0);
    (void)state;
    assert_int_equal(r->event_count, 1);
    assert_int_equal(r->end_status, WFPW_E_FORMAT);
    assert_non_null(strstr(r->error.text, "DOCTYPE"));
    readback_free(r);
}

/* A part of a file from somewhere in it: what ends before the first event is one skipped place. */
static void test_a_later_part(void **state)
{
    static const char *const parts[] = {
        "</item>\r\n\t" ITEM ITEM "</netEvents>",
        "  </internalFields></netEvent>" CAPTURED CAPTURED "</events></wfpdiag>",
        "</netEvents>" ITEM CAPTURED,
    };
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct read_back *r = read_back(NULL, parts[i], strlen(parts[i]), 0);
        assert_int_equal(r->open_status, 0);
        assert_int_equal(r->event_count, 2);
        assert_int_equal(r->stats.skipped, 1);
        readback_free(r);
    }
    expect_refused("</item><item><filterKey/></item>", "not of events");
    expect_refused("</a>" ITEM, "not of events");
}

/* ---- damage --------------------------------------------------------------------------------- */

/* One skipped place, told with where it is, and all the other events. */
static void expect_one_lost(const char *document, size_t events)
{
    struct read_back *r = read_back(NULL, document, strlen(document), 0);
    assert_int_equal(r->open_status, 0);
    if (r->event_count != events || r->stats.skipped != 1 || r->log_count != 1)
        fail_msg("%zu events, %d skipped, %s: %s", r->event_count, (int)r->stats.skipped,
                 r->log_count > 1 ? r->logs[1] : "", document);
    long long at = readback_offset(r->logs[0]);
    assert_true(at > 0 && at <= (long long)strlen(document));
    assert_int_equal(r->stats.bytes_read, strlen(document));
    assert_int_equal(r->end_status, WFPW_E_EOF);
    readback_free(r);
}

static void test_damage(void **state)
{
    (void)state;
    expect_one_lost(
        "<netEvents>" ITEM "<item><header>\xFF</header></item>" ITEM ITEM "</netEvents>\n", 3);
    expect_one_lost("<netEvents>" ITEM "<item><header></item>" ITEM "</netEvents>", 2);
    expect_one_lost("<netEvents>" ITEM "<item><header><timeSta" ITEM ITEM "</netEvents>", 3);
    expect_one_lost("<netEvents><item><header/><internalFields><terminatingFiltersInfo><item>"
                    "<filterId>\xFF</filterId></item><item><filterId>1</filterId></item>"
                    "</terminatingFiltersInfo></internalFields></item>" ITEM "</netEvents>",
                    1);
    expect_one_lost(
        "<wfpdiag><initialState><name>\xE9</name></initialState><events>" CAPTURED CAPTURED
        "</events></wfpdiag>",
        2);
    expect_one_lost("<wfpdiag><events>" CAPTURED
                    "<netEvent><header>&x;</header></netEvent>" CAPTURED "</events></wfpdiag>",
                    2);
}

static size_t place_of(const struct netsh_event_writer *w, const char *text)
{
    for (size_t i = 0; i + strlen(text) <= w->n; i++)
        if (memcmp(w->p + i, text, strlen(text)) == 0)
            return i;
    return w->n;
}

/* Starts of events that lead nowhere cost no more than others. */
static void test_many_half_starts(void **state)
{
    static char text[512 * 1024];
    size_t n = (size_t)snprintf(text, sizeof text, "<netEvents>\xFF");
    (void)state;
    while (n + 300 < sizeof text)
        n += (size_t)snprintf(text + n, sizeof text - n, "<item ");
    (void)snprintf(text + n, sizeof text - n, "%s", ITEM);
    struct read_back *r = read_back(NULL, text, strlen(text), 0);
    assert_int_equal(r->event_count, 1);
    readback_free(r);
}

static void test_damage_in_utf16(void **state)
{
    struct netsh_event_writer w = {.style = NETEVW_CRLF};
    struct netev_sample *s = calloc(1, sizeof *s);
    size_t size;
    (void)state;
    assert_non_null(s);
    netevwriter_begin(&w);
    for (uint64_t i = 0; i < 5; i++) {
        netev_sample_plain(s, i);
        s->ev.filter_origin = i == 2 ? "broken" : "fine";
        netevwriter_event(&w, &s->ev);
    }
    (void)netevwriter_end(&w);
    for (int big = 0; big < 2; big++) {
        uint8_t *wide = netevwriter_wide(&w, big != 0, &size);
        size_t at = place_of(&w, "broken") - 3; /* without the mark */
        memset(wide + 2 + 2 * at, 0xDC, 2);     /* half a surrogate pair */
        struct read_back *r = read_back(NULL, wide, size, 0);
        assert_int_equal(r->event_count, 4);
        assert_int_equal(r->stats.skipped, 1);
        assert_int_equal(r->end_status, WFPW_E_EOF);
        readback_free(r);
        free(wide);
    }
    netevwriter_free(&w);
    free(s);
}

/* Told once for a piece, wherever in it; UTF-16 too. */
static void test_forbidden_characters(void **state)
{
    struct netsh_event_writer w = {0};
    struct netev_sample *s = calloc(1, sizeof *s);
    size_t size;
    (void)state;
    assert_non_null(s);
    netevwriter_begin(&w);
    for (uint64_t i = 0; i < 3; i++) {
        netev_sample_plain(s, i);
        s->ev.filter_origin = i == 1 ? "a\x01\x0B\t\x1F\xEF\xBF\xBEz\xEF\xBF\xBF" : "fine";
        netevwriter_event(&w, &s->ev);
    }
    (void)netevwriter_end(&w);
    for (int form = 0; form < 3; form++) {
        uint8_t *wide = netevwriter_wide(&w, form == 2, &size);
        struct read_back *r =
            form == 0 ? read_back(NULL, w.p, w.n, 0) : read_back(NULL, wide, size, 0);
        assert_int_equal(r->event_count, 3);
        assert_int_equal(r->stats.skipped, 0);
        assert_int_equal(r->stats.warnings, 1);
        assert_int_equal(r->log_count, 1);
        assert_non_null(strstr(
            r->events[1], "\"origin\":\"a\\u007f\\u007f\\t\\u007f\xEF\xBF\xBDz\xEF\xBF\xBD\""));
        if (form == 0)
            assert_int_equal(readback_offset(r->logs[0]), place_of(&w, "\x01"));
        readback_free(r);
        free(wide);
    }
    netevwriter_free(&w);
    free(s);
}

/* In another encoding the same bytes are characters. */
static void test_declared_encoding(void **state)
{
    static const char text[] = "<?xml version='1.0' encoding='iso-8859-1'?><item><header/>"
                               "<internalFields><filterOrigin>\xEF\xBF\xBE</filterOrigin>"
                               "</internalFields><type>3</type></item>";
    struct read_back *r = read_back(NULL, text, sizeof text - 1, 0);
    (void)state;
    assert_int_equal(r->event_count, 1);
    assert_int_equal(r->log_count, 0);
    assert_non_null(strstr(r->events[0], "\"origin\":\"\xC3\xAF\xC2\xBF\xC2\xBE\""));
    readback_free(r);
}

/* Such a character may lie across the end of a piece. */
static void test_forbidden_across_pieces(void **state)
{
    static char text[70000];
    size_t start = (size_t)snprintf(text, sizeof text, "<netEvents>" ITEM), piece = 32 * 1024;
    (void)state;
    for (size_t at = piece - 4; at < piece + 2; at++) {
        memset(text + start, ' ', sizeof text - start);
        memcpy(text + at - 14, "<filterOrigin>\xEF\xBF\xBF</filterOrigin>", 32);
        (void)snprintf(text + 60000, sizeof text - 60000, "%s", ITEM "</netEvents>");
        struct read_back *r = read_back(NULL, text, strlen(text), 0);
        assert_int_equal(r->event_count, 2);
        assert_int_equal(r->stats.skipped, 0);
        assert_int_equal(r->stats.warnings, 1);
        assert_int_equal(r->stats.bytes_read, strlen(text));
        assert_int_equal(readback_offset(r->logs[0]), at);
        readback_free(r);
    }
}

/* A file that ends anywhere gives every event that is whole, and tells when one is not. */
static void test_truncated(void **state)
{
    static const char text[] = "<netEvents>" ITEM ITEM "</netEvents>";
    size_t first = strlen("<netEvents>" ITEM), second = first + strlen(ITEM);
    (void)state;
    for (size_t n = strlen("<netEvents>"); n < sizeof text; n++) {
        char *copy = malloc(n); /* exact, so that reading on is found */
        assert_non_null(copy);
        memcpy(copy, text, n);
        struct read_back *r = read_back(NULL, copy, n, 0);
        size_t events = n >= second ? 2 : n >= first ? 1 : 0;
        bool rest = n != strlen("<netEvents>") && n != first && n != second && n < sizeof text - 1;
        if (r->event_count != events || r->stats.skipped != rest || r->log_count != rest)
            fail_msg("%zu bytes: %zu events, %d skipped", n, r->event_count, (int)r->stats.skipped);
        readback_free(r);
        free(copy);
    }
}

/* ---- pieces --------------------------------------------------------------------------------- */

static void test_every_split(void **state)
{
    struct netsh_event *x = calloc(1, sizeof *x);
    struct netev_sample *s = calloc(1, sizeof *s);
    struct netsh_event_writer w = {.style = NETEVW_CAPTURE};
    (void)state;
    assert_non_null(x);
    assert_non_null(s);
    netevwriter_begin(&w);
    for (uint64_t i = 0; i < 2; i++) {
        netev_sample_plain(s, i);
        netevwriter_event(&w, &s->ev);
    }
    (void)netevwriter_end(&w);
    const uint8_t *p = (const uint8_t *)w.p;
    size_t mark = 3 + strlen("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
    static uint8_t whole[2][8192];
    uint32_t sizes[2] = {0};
    for (size_t split = mark; split < w.n; split++) {
        size_t records = 0;
        assert_true(netsh_event_restart(&x->reader));
        for (int part = 0; part < 2; part++) {
            size_t start = part == 0 ? mark : split, end = part == 0 ? split : w.n;
            enum xml_reader_found found = xml_reader_feed(&x->reader, p + start, end - start);
            for (; found == XML_READER_RECORD; found = xml_reader_next(&x->reader)) {
                const struct record *r = x->reader.record;
                assert_true(records < 2 && r->bytes <= sizeof whole[0]);
                if (split == mark) {
                    sizes[records] = r->bytes;
                    memcpy(whole[records], r, r->bytes);
                }
                assert_int_equal(r->bytes, sizes[records]);
                assert_memory_equal(r, whole[records], r->bytes);
                records++;
            }
            assert_int_equal(found, XML_READER_MORE);
        }
        assert_int_equal(records, 2);
    }
    xml_reader_close(&x->reader);
    netevwriter_free(&w);
    free(x);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_capture),
        cmocka_unit_test(test_names_are_no_events),
        cmocka_unit_test(test_doctype_further_in),
        cmocka_unit_test(test_a_later_part),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_many_half_starts),
        cmocka_unit_test(test_damage_in_utf16),
        cmocka_unit_test(test_forbidden_characters),
        cmocka_unit_test(test_declared_encoding),
        cmocka_unit_test(test_forbidden_across_pieces),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_every_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
