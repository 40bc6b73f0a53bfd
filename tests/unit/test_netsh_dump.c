/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Dumps of netsh: every form and damage, and whatever is written is read back. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/netsh/netsh_filter.h"
#include "random.h"
#include "writer/netsh_writer.h"

static _Alignas(8) char room[4 * 1024 * 1024];

#define FILTER(id, inside)                                                                         \
    "<item><filterKey>{00000000-0000-0000-0000-000000000001}</filterKey>" inside "<filterId>" id   \
    "</filterId></item>"

/* What came of one input. */
struct outcome {
    wfpw_names *n;
    int status;
    wfpw_names_stats st;
    wfpw_error e;
    char log[4096];
};

static void keep_log(void *ctx, int level, const char *text)
{
    char *log = ctx;
    if (level < 2) /* a warning is no skip */
        strncat(log, text, 4095 - strlen(log));
}

static void load_bytes(struct outcome *o, const void *p, size_t n)
{
    memset(o, 0, sizeof *o);
    wfpw_options options = {.size = sizeof options, .log = keep_log, .log_ctx = o->log};
    assert_int_equal(wfpw_names_open(&options, &o->n, &o->e), WFPW_OK);
    o->status = wfpw_names_load_memory(o->n, p, n, &o->e);
    o->st.size = sizeof o->st;
    assert_int_equal(wfpw_names_get_stats(o->n, &o->st), WFPW_OK);
}

static void load_text(struct outcome *o, const char *text)
{
    load_bytes(o, text, strlen(text));
}

static const wfpw_filter *get(const struct outcome *o, uint64_t id)
{
    int found = wfpw_names_get(o->n, id, 0, room, sizeof room, NULL);
    assert_true(found == 0 || found == 1);
    return found == 1 ? (const wfpw_filter *)(const void *)room : NULL;
}

static void expect(const char *text, int filters, uint64_t skipped)
{
    struct outcome o;
    load_text(&o, text);
    assert_int_equal(o.status, filters);
    assert_int_equal(o.st.skipped, skipped);
    assert_int_equal(o.log[0] != 0, skipped > 0);
    wfpw_names_close(o.n);
}

static void expect_error(const char *text, const char *words)
{
    struct outcome o;
    load_text(&o, text);
    assert_int_equal(o.status, WFPW_E_FORMAT);
    assert_non_null(strstr(o.e.text, words));
    assert_int_equal(o.st.filters, 0);
    wfpw_names_close(o.n);
}

/* ---- forms ---- */

static void test_forms(void **state)
{
    (void)state;
    expect("<wfpdiag><filters>" FILTER("5", "") "</filters></wfpdiag>", 1, 0);
    expect(FILTER("5", ""), 1, 0);                  /* a piece of a dump */
    expect(FILTER("5", "") FILTER("6", ""), 2, 0);  /* and two */
    expect("<a/><b>" FILTER("5", "") "</b>", 1, 0); /* in whatever */
    expect("<wfpdiag><filters/><providers/></wfpdiag>", 0, 0);
    expect("<wfpstate/><firewallState><dynamicKeywordAddresses/></firewallState>", 0, 0);
    expect("<wfpdiag><events><filterChange><filter><filterKey>{0}</filterKey><filterId>7"
           "</filterId></filter></filterChange></events></wfpdiag>",
           1, 0); /* as a capture has it */
    expect("<wfpdiag><events><netEvent><header><timeStamp>2020-10-07T01:03:56.281Z</timeStamp>"
           "</header><classifyDrop><filterId>5</filterId></classifyDrop></netEvent></events>"
           "</wfpdiag>",
           0, 0); /* net events are none of ours */
}

static void test_values(void **state)
{
    struct outcome o;
    (void)state;
    load_text(&o, FILTER("5", "<displayData><name><![CDATA[a & b]]> &lt;c&gt;</name>"
                              "<description> d </description></displayData>"
                              "<flags><item> FWPM_FILTER_FLAG_BOOTTIME\n</item><item>0000FF00"
                              "</item></flags><weight><type>FWP_UINT8</type><uint8>7</uint8>"
                              "</weight><rawContext>18446744073709551615</rawContext>"));
    const wfpw_filter *f = get(&o, 5);
    assert_non_null(f);
    assert_string_equal(f->name, "a & b <c>");
    assert_string_equal(f->description, " d ");
    assert_int_equal(f->flag_count, 2);
    assert_string_equal(f->flag_names[0], "FWPM_FILTER_FLAG_BOOTTIME");
    assert_string_equal(f->flag_names[1], "0000FF00");
    assert_int_equal(f->flags, 0xFF02);
    assert_int_equal(f->weight, 7);
    assert_true(f->raw_context == UINT64_MAX);
    assert_null(f->layer);
    assert_null(f->origin);
    assert_string_equal(f->from, "memory");
    wfpw_names_close(o.n);
}

/* UTF-16 with a mark, as a careless redirection makes it. */
static void test_wide(void **state)
{
    static const char text[] = "<wfpdiag>" FILTER("5", "") "<x" FILTER("6", "") "</wfpdiag>";
    struct outcome o;
    (void)state;
    for (int big = 0; big < 2; big++) {
        char wide[2 * sizeof text] = {0};
        memcpy(wide, big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (size_t i = 0; i + 1 < sizeof text; i++)
            wide[2 + 2 * i + (size_t)big] = text[i];
        load_bytes(&o, wide, 2 * sizeof text);
        assert_int_equal(o.status, 2); /* the second one behind damage */
        assert_int_equal(o.st.skipped, 1);
        wfpw_names_close(o.n);
    }
}

static void test_what_is_no_dump(void **state)
{
    (void)state;
    expect_error("", "empty");
    expect_error("hello", "neither a dump");
    expect_error("ElfFile\0", "neither a dump");
    expect_error("<html><body/></html>", "no dump");
    expect_error("<netEvents><item><header/></item></netEvents>", "no dump");
    expect_error("<Events><Event xmlns='x'></Event></Events>", "a log of events");
    expect_error("<!DOCTYPE wfpdiag [<!ENTITY a 'b'>]><wfpdiag/>", "DOCTYPE");
    expect_error("<?xml version='1.0'?>\n<!DOCTYPE x><wfpdiag/>", "DOCTYPE");
}

/* ---- damage ---- */

static void test_damage(void **state)
{
    (void)state;
    expect("<wfpdiag>" FILTER("5", "") "<filters>", 1, 1);
    expect("<wfpdiag><item><filterKey>{0}</filterKey><filterId>5", 0, 1);
    expect("<wfpdiag>" FILTER("5", "<") FILTER("6", "") "</wfpdiag>", 1, 1);
    expect("<wfpdiag>" FILTER("5", "</x>") FILTER("6", "") "</a></b></wfpdiag>", 1, 1);
    expect("<wfpdiag>" FILTER("five", "") FILTER("6", "") "</wfpdiag>", 1, 1);
    expect("<wfpdiag><item><filterKey/><filterId>5</filterId></item></wfpdiag>", 0, 1);
    expect("<wfpdiag>" FILTER("5", "\x01\x02") "</wfpdiag>", 1, 0); /* some dumps have them */
    expect("<wfpdiag>" FILTER("5", "&nothing;") FILTER("6", "") "</wfpdiag>", 1, 1);
    expect("<wfpdiag>" FILTER("5", "\xFF\xFE") FILTER("6", "") "</wfpdiag>", 2, 0);
}

enum { SMALL = 6, SMALL_ID = 100 };

/* Where each filter of a small dump starts and ends, and the dump. */
struct small {
    struct netsh_made_filter filters[SMALL];
    size_t start[SMALL], end[SMALL];
    struct netsh_writer w;
};

static void make_small(struct small *s, uint32_t options)
{
    netsh_begin(&s->w, options, NULL, "2026-01-08T16:50:48.073Z");
    for (size_t i = 0; i < SMALL; i++) {
        netsh_plain(&s->filters[i], SMALL_ID + i);
        s->start[i] = s->w.size;
        netsh_add(&s->w, &s->filters[i]);
        s->end[i] = s->w.size;
    }
    netsh_end(&s->w, s->filters, SMALL);
}

static bool is_read(const struct outcome *o, const struct netsh_made_filter *f, uint32_t options)
{
    static char want[NETSH_READBACK], got[NETSH_READBACK];
    const wfpw_filter *found = get(o, f->id);
    if (found == NULL)
        return false;
    netsh_written(want, f, options);
    netsh_read(got, found);
    assert_string_equal(got, want);
    return true;
}

/* Cut anywhere, everything that is whole is read, and the cut is told. */
static void test_cut(void **state)
{
    static struct small s;
    struct outcome o;
    (void)state;
    make_small(&s, 0);
    for (size_t n = 100; n < s.w.size - 2; n += 17) {
        load_bytes(&o, s.w.text, n);
        assert_true(o.status >= 0);
        assert_int_equal(o.st.skipped, 1);
        for (size_t i = 0; i < SMALL; i++) /* the line end is not needed */
            assert_int_equal(is_read(&o, &s.filters[i], 0), n + 1 >= s.end[i]);
        wfpw_names_close(o.n);
    }
    netsh_free(&s.w);
}

/* One wrong byte costs no other filter than the one it stands in. */
static void test_wrong_byte(void **state)
{
    static struct small s;
    struct outcome o;
    (void)state;
    make_small(&s, NETSH_STATE | NETSH_CRLF);
    for (size_t at = 100; at < s.w.size; at += 11) {
        char kept = s.w.text[at];
        s.w.text[at] = '<';
        load_bytes(&o, s.w.text, s.w.size);
        for (size_t i = 0; i < SMALL; i++) {
            bool hit = at >= s.start[i] && at < s.end[i];
            if (!is_read(&o, &s.filters[i], NETSH_STATE))
                assert_true(hit);
        }
        wfpw_names_close(o.n);
        s.w.text[at] = kept;
    }
    netsh_free(&s.w);
}

/* ---- hostile ---- */

static char *repeated(const char *start, const char *piece, size_t times, const char *end)
{
    size_t n = strlen(piece), at = strlen(start);
    char *text = malloc(at + times * n + strlen(end) + 1);
    assert_non_null(text);
    memcpy(text, start, at);
    for (size_t i = 0; i < times; i++, at += n)
        memcpy(text + at, piece, n);
    strcpy(text + at, end);
    return text;
}

static void expect_repeated(const char *start, const char *piece, size_t times, const char *end,
                            int filters, uint64_t skipped, bool truncated)
{
    struct outcome o;
    char *text = repeated(start, piece, times, end);
    load_text(&o, text);
    assert_int_equal(o.status, filters);
    assert_int_equal(o.st.skipped, skipped);
    if (filters > 0)
        assert_int_equal(get(&o, 5) != NULL && ((wfpw_filter *)(void *)room)->truncated, truncated);
    wfpw_names_close(o.n);
    free(text);
}

#define HEAD "<wfpdiag><item><filterKey>{0}</filterKey><filterId>5</filterId>"
#define TAIL "</item></wfpdiag>"

static void test_hostile(void **state)
{
    (void)state;
    expect_repeated("<wfpdiag>", "<a>", 100, "", 0, 1, false); /* depth */
    expect_repeated(HEAD "<flags>", "<item>1</item>", 100, "</flags>" TAIL, 1, 0, true);
    expect_repeated(HEAD "<displayData><name>", "long name ", 50000, "</name></displayData>" TAIL,
                    1, 0, true);
    expect_repeated(HEAD "<displayData><name>", "\xF0\x9F\x94\xA5", 65537,
                    "</name></displayData>" TAIL, 1, 0, true);
    expect_repeated(HEAD "<filterCondition>", "<item/>", 20000, "</filterCondition>" TAIL, 1, 0,
                    true);
    expect_repeated(HEAD "<filterCondition>",
                    "<item><fieldKey>f</fieldKey><conditionValue><byteBlob><data>zz</data>"
                    "</byteBlob></conditionValue></item>",
                    100, "</filterCondition>" TAIL, 1, 0, false);
    expect_repeated("<wfpdiag><item ", "a", 5 * 1024 * 1024, "='1'/></wfpdiag>", 0, 1, false);
}

/* ---- properties ---- */

static void check_random(uint64_t seed, uint32_t options)
{
    enum { COUNT = 25 };
    static struct netsh_made_filter filters[COUNT];
    struct netsh_writer w;
    struct outcome o;
    netsh_begin(&w, options, NULL, "2026-01-08T16:50:48.073Z");
    for (size_t i = 0; i < COUNT; i++) {
        netsh_random(&filters[i], &seed, i * i + 1);
        netsh_add(&w, &filters[i]);
    }
    netsh_end(&w, filters, COUNT);
    load_bytes(&o, w.text, w.size);
    assert_int_equal(o.status, COUNT);
    assert_int_equal(o.st.skipped, 0);
    assert_int_equal(o.st.filters, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(is_read(&o, &filters[i], options));
    wfpw_names_close(o.n);
    netsh_free(&w);
}

static void test_written_is_read(void **state)
{
    (void)state;
    for (uint32_t options = 0; options < 32; options++)
        for (uint64_t seed = 1; seed < 6; seed++)
            check_random(seed * 97 + options, options);
}

/* The objects of a dump that comes in pieces of this size, as one hash. */
static uint64_t hash_in_pieces(struct netsh_filter *x, const struct netsh_writer *w, size_t piece)
{
    struct xml xml = {0};
    uint64_t hash = 0;
    struct xml_handler handler = netsh_filter_handler(x, &xml);
    assert_true(xml_open(&xml, XML_UTF8, NULL, &handler));
    size_t start = 3 + 55; /* mark and declaration are not fed */
    for (size_t at = start; at < w->size; at += piece) {
        size_t n = w->size - at < piece ? w->size - at : piece;
        enum xml_result r = xml_feed(&xml, (const uint8_t *)w->text + at, n);
        for (; r == XML_STOPPED; r = xml_resume(&xml))
            for (uint32_t i = 0; i < x->object->bytes; i++)
                hash = (hash ^ ((const uint8_t *)x->object)[i]) * 0x100000001B3u + 1;
        assert_int_equal(r, XML_MORE);
    }
    xml_close(&xml);
    return hash;
}

static void test_pieces(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, 1000};
    static struct small s;
    struct netsh_filter *x = malloc(sizeof *x);
    (void)state;
    assert_non_null(x);
    netsh_filter_init(x);
    make_small(&s, NETSH_STATE | NETSH_CRLF | NETSH_BOM | NETSH_CDATA);
    uint64_t whole = hash_in_pieces(x, &s.w, s.w.size);
    assert_true(whole != 0);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        assert_true(hash_in_pieces(x, &s.w, pieces[i]) == whole);
    netsh_free(&s.w);
    free(x);
}

/* A large dump takes no more memory than its budget; what had no room is counted. */
static void test_budget(void **state)
{
    enum { COUNT = 20000, BUDGET = 4 * 1024 * 1024 };
    static struct netsh_made_filter f;
    struct netsh_writer w;
    wfpw_names *n;
    wfpw_names_stats st = {.size = sizeof st};
    wfpw_options o = {.size = sizeof o, .names_bytes = BUDGET};
    (void)state;
    netsh_begin(&w, 0, NULL, NULL);
    for (uint64_t id = 1; id <= COUNT; id++) {
        netsh_plain(&f, id);
        netsh_add(&w, &f);
    }
    netsh_end(&w, NULL, 0);
    assert_int_equal(wfpw_names_open(&o, &n, NULL), WFPW_OK);
    assert_int_equal(wfpw_names_load_memory(n, w.text, w.size, NULL), COUNT);
    assert_int_equal(wfpw_names_get_stats(n, &st), WFPW_OK);
    assert_int_equal(st.loaded, COUNT);
    assert_int_equal(st.filters + st.evicted, COUNT);
    assert_true(st.evicted > 0);
    assert_true(st.bytes <= BUDGET && st.bytes > BUDGET / 2);
    assert_int_equal(wfpw_names_get(n, COUNT, 0, room, sizeof room, NULL), 1);
    wfpw_names_close(n);
    netsh_free(&w);
}

/* ---- what callers get wrong, and how much room is needed ---- */

static void test_options(void **state)
{
    wfpw_names *n = (wfpw_names *)(void *)room;
    wfpw_session *session;
    wfpw_error e;
    (void)state;
    wfpw_options good = {.size = sizeof good, .names_bytes = 4 * 1024 * 1024};
    wfpw_options bad[] = {good, good, good, good};
    bad[0].names_bytes--;
    bad[1].names_bytes = (1u << 30) + 1;
    bad[2].reserved = 1;
    bad[3].size = 3;
    assert_int_equal(wfpw_names_open(&good, NULL, &e), WFPW_E_INVAL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(wfpw_names_open(&bad[i], &n, &e), WFPW_E_INVAL);
        assert_null(n);
        assert_int_equal(wfpw_open(&bad[i], &session, &e), WFPW_E_INVAL);
    }
    good.size = offsetof(wfpw_options, names); /* of a caller who knows nothing of names */
    assert_int_equal(wfpw_open(&good, &session, &e), WFPW_OK);
    wfpw_close(session);
    wfpw_names_close(NULL);
}

static void test_arguments(void **state)
{
    struct outcome o;
    uint64_t cursor = 0;
    (void)state;
    load_text(&o, FILTER("5", ""));
    assert_int_equal(wfpw_names_load(NULL, "x", NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_load(o.n, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_load(o.n, "no such folder/no such file", &o.e), WFPW_E_IO);
    assert_int_equal(wfpw_names_load_memory(o.n, NULL, 1, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_get(NULL, 5, 0, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_get(o.n, 5, 0, room + 1, 1000, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_get(o.n, 5, 0, NULL, 1000, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_next(o.n, NULL, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_next(NULL, &cursor, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_names_get_stats(o.n, NULL), WFPW_E_INVAL);
    o.st.size = 0;
    assert_int_equal(wfpw_names_get_stats(o.n, &o.st), WFPW_E_INVAL);
    assert_int_equal(wfpw_filter_to_json(NULL, 0, room, sizeof room, NULL), WFPW_E_INVAL);
    wfpw_names_close(o.n);
}

/* A block of any size that is too small is not written past its end, and the size that is told is
 * enough; nothing is lost meanwhile. */
static void test_room(void **state)
{
    static struct netsh_made_filter f;
    static char want[NETSH_READBACK], got[NETSH_READBACK];
    struct netsh_writer w;
    struct outcome o;
    size_t needed, json_needed;
    uint64_t cursor = 0, seed = 5;
    (void)state;
    do
        netsh_random(&f, &seed, 5);
    while (f.condition_count < 4 || f.flag_count < 2);
    netsh_begin(&w, 0, NULL, NULL);
    netsh_add(&w, &f);
    netsh_end(&w, NULL, 0);
    load_bytes(&o, w.text, w.size);
    assert_int_equal(wfpw_names_get(o.n, 5, 0, NULL, 0, &needed), WFPW_E_RANGE);
    for (size_t cap = 0; cap < needed; cap++) {
        void *exact = malloc(cap);
        assert_int_equal(wfpw_names_next(o.n, &cursor, exact, cap, NULL), WFPW_E_RANGE);
        assert_int_equal(cursor, 0);
        free(exact);
    }
    wfpw_filter *exact = malloc(needed);
    assert_int_equal(wfpw_names_next(o.n, &cursor, exact, needed, NULL), 1);
    netsh_written(want, &f, 0);
    netsh_read(got, exact);
    assert_string_equal(got, want);
    assert_int_equal(wfpw_filter_to_json(exact, 0, NULL, 0, &json_needed), WFPW_E_RANGE);
    assert_int_equal(wfpw_filter_to_json(exact, 0, got, json_needed + 1, NULL), json_needed);
    assert_int_equal(strlen(got), json_needed);
    assert_int_equal(wfpw_names_next(o.n, &cursor, exact, needed, NULL), 0);
    free(exact);
    wfpw_names_close(o.n);
    netsh_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_what_is_no_dump),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_wrong_byte),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_written_is_read),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
