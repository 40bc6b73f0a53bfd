/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Input that would hide a record, or make one up: half surrogate pairs, bytes that are no UTF-8,
 * records inside the data of others. And messages of hostile input: their number and their text. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "writer/evtx_made.h"

#define SYSTEM(id)                                                                                 \
    "<System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>" id                   \
    "</EventID><Computer>host</Computer></System>"
#define EVENT(id, data)                                                                            \
    "<Event>" SYSTEM(id) "<EventData><Data Name='Application'>" data "</Data></EventData></Event>"
#define FORGED EVENT("5156", "forged")

/* ---- characters ----------------------------------------------------------------------------- */

struct text {
    uint8_t *p;
    size_t n;
};

static void put_unit(struct text *t, uint32_t unit, bool big)
{
    t->p[t->n++] = (uint8_t)(big ? unit >> 8 : unit);
    t->p[t->n++] = (uint8_t)(big ? unit : unit >> 8);
}

static void put_wide(struct text *t, const char *s, bool big)
{
    for (; *s != 0; s++)
        put_unit(t, (uint8_t)*s, big);
}

/* Any unit that stands for itself in XML, halves of pairs often; never the one that ends a text. */
static uint32_t some_unit(uint64_t *seed)
{
    uint32_t kind = sample_below(seed, 4);
    if (kind == 0)
        return 0xD800 + sample_below(seed, 0x800);
    if (kind == 1)
        return 0xDBFE + sample_below(seed, 4);
    return kind == 2 ? 'a' + sample_below(seed, 26) : 0x4E00 + sample_below(seed, 100);
}

enum { RECORDS = 40, UNITS = 60 };

/* Each record is read, with what the library makes of the same units anywhere else. */
static void check_wide(uint64_t seed, bool big)
{
    static uint8_t room[RECORDS * 2000], units[UNITS * 2];
    static char wanted[RECORDS][UNITS * 3 + 1];
    struct text t = {.p = room};
    put_unit(&t, 0xFEFF, big);
    put_wide(&t, "<Events>", big);
    for (int r = 0; r < RECORDS; r++) {
        put_wide(&t, "<Event>" SYSTEM("5156") "<EventData><Data Name='Application'>", big);
        for (size_t i = 0; i < UNITS; i++) {
            uint32_t u = some_unit(&seed);
            put_unit(&t, u, big);
            units[2 * i] = (uint8_t)u;
            units[2 * i + 1] = (uint8_t)(u >> 8);
        }
        wanted[r][text_utf16(wanted[r], units, UNITS)] = 0;
        put_wide(&t, "</Data></EventData></Event>", big);
    }
    put_wide(&t, "</Events>", big);
    struct read_back *r = read_back(NULL, t.p, t.n, READBACK_NO_JSON);
    assert_int_equal(r->event_count, RECORDS);
    assert_int_equal(r->stats.skipped, 0);
    for (size_t i = 0; i < RECORDS; i++)
        if (strstr(r->events[i], wanted[i]) == NULL)
            fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, r->events[i], wanted[i]);
    readback_free(r);
}

static void half_pairs_hide_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++)
        check_wide(seed, seed % 2 != 0);
}

/* Whatever bytes stand in a text, its record is read. */
static void any_bytes_hide_nothing(void **state)
{
    static const char *const starts[] = {"<Events>", "<?xml version='1.0' encoding='us-ascii'?>"};
    static char text[RECORDS * 600];
    uint64_t seed = 7;
    (void)state;
    for (int round = 0; round < 60; round++) {
        size_t n = (size_t)snprintf(text, sizeof text, "%s", starts[round % 2]);
        for (int r = 0; r < RECORDS; r++) {
            n += (size_t)snprintf(text + n, sizeof text - n,
                                  "<Event>" SYSTEM("5156") "<EventData><Data Name='a'>");
            for (int i = 0; i < 40; i++) {
                uint32_t c = sample_below(&seed, 4) == 0 ? 'x' : 0x80 + sample_below(&seed, 0x80);
                text[n++] = (char)(sample_below(&seed, 30) == 0 ? 1 : c);
            }
            n += (size_t)snprintf(text + n, sizeof text - n, "</Data></EventData></Event>");
        }
        struct read_back *r = read_back(NULL, text, n, READBACK_NO_JSON);
        assert_int_equal(r->event_count, RECORDS);
        assert_int_equal(r->stats.skipped, 0);
        readback_free(r);
    }
}

/* ---- records in records --------------------------------------------------------------------- */

static size_t forged(const struct read_back *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->event_count; i++)
        n += strstr(r->events[i], "forged") != NULL;
    return n;
}

static void expect_xml(const char *damaged)
{
    static char text[16384];
    int n = snprintf(text, sizeof text, "<Events>%s%s%s%s%s</Events>", EVENT("5157", "first"),
                     damaged, EVENT("5157", "a"), EVENT("5157", "b"), EVENT("5157", "c"));
    struct read_back *r = read_back(NULL, text, (size_t)n, 0);
    if (forged(r) != 0 || r->event_count != 4 || r->after_damage != 3)
        fail_msg("%zu forged of %zu, %zu told: %s", forged(r), r->event_count, r->after_damage,
                 damaged);
    readback_free(r);
}

#define HEAD "<Event>" SYSTEM("5157")

static void no_event_within_another_one(void **state)
{
    (void)state;
    expect_xml(HEAD "<EventData><Data>&x;" FORGED "</Data></EventData></Event>");
    expect_xml(HEAD "<UserData><a>&x;" FORGED FORGED "</a></UserData></Event>");
    expect_xml(HEAD "<UserData><a></b>" FORGED "</a><a>" FORGED "</a></UserData></Event>");
    expect_xml(HEAD "<EventData><Data>&x;<![CDATA[</Event>" FORGED
                    "]]></Data></EventData></Event>");
    expect_xml(HEAD "<EventData><Data><![CDATA[&x;]]>&x;<!-- </Event>" FORGED
                    "--></Data></EventData></Event>");
    expect_xml(HEAD "<EventData>&x;<Data Name=\"</Event>" FORGED "\">a</Data></EventData></Event>");
    expect_xml(HEAD "<EventData>&x;<?a </Event>" FORGED "?></EventData></Event>");
}

/* What stood behind damage is read where it is no other's, and says so. */
static void what_follows_damage_is_told(void **state)
{
    static const char text[] = "<Events>" EVENT("5157", "a") HEAD
        "<EventData><Dat" EVENT("5157", "b") EVENT("5157", "c") "</Events>";
    struct read_back *r = read_back(NULL, text, sizeof text - 1, 0);
    (void)state;
    assert_int_equal(r->event_count, 3);
    assert_int_equal(r->after_damage, 2);
    readback_free(r);
}

/* A record of EVTX in the data of another one, the bytes of which are damaged. */
static struct made *with_planted(uint32_t *outer)
{
    struct sample *s = calloc(1, sizeof *s);
    struct evtx_writer w;
    struct made *m = calloc(1, sizeof *m);
    static uint8_t planted[8192];
    assert_true(s != NULL && m != NULL && evtxwriter_begin(&w, NULL));
    sample_plain(s, 1002, "forged.exe"); /* the number that is due behind the outer one */
    assert_true(evtxwriter_event(&w, &s->ev));
    assert_true(evtxwriter_end(&w));
    const uint8_t *chunk = evtxd_chunk(w.data, 0);
    uint32_t at = evtxd_record(chunk, 0), size = evtxd_get32(chunk + at + 4);
    memcpy(planted, chunk + at, size);
    evtxwriter_free(&w);
    assert_true(evtxwriter_begin(&w, NULL));
    for (uint64_t id = 1000; id < 1006; id++) {
        sample_plain(s, id, "fine.exe");
        struct evtx_field fields[] = {
            {.name = "x", .type = EVTXW_BINARY, .size = (uint16_t)size, .data = planted}};
        if (id == 1001) {
            s->ev.fields = fields;
            s->ev.field_count = 1;
        }
        assert_true(evtxwriter_event(&w, &s->ev));
    }
    assert_true(evtxwriter_end(&w));
    *outer = evtxd_record(evtxd_chunk(w.data, 0), 1);
    m->data = w.data;
    m->size = w.size;
    free(s);
    return m;
}

static void no_record_within_another_one(void **state)
{
    uint32_t at;
    (void)state;
    for (uint32_t shift = 0; shift < 8; shift++)
        for (int how = 0; how < 4; how++) {
            struct made *m = with_planted(&at);
            uint8_t *chunk = evtxd_chunk(m->data, 0), *outer = chunk + at;
            uint32_t size = evtxd_get32(outer + 4);
            const uint8_t *found = NULL;
            for (uint32_t i = 64; i + 64 < size && found == NULL; i++)
                if (memcmp(outer + i, "**\0\0", 4) == 0)
                    found = outer + i;
            assert_non_null(found);
            uint32_t is_at = (uint32_t)(found - chunk) % 8;
            /* the planted record has to stand where one may */
            memmove(outer + (found - outer) - is_at, found, evtxd_get32(found + 4));
            if (how == 0)
                memset(outer, 0, 8);
            else if (how == 1)
                evtxd_set32(outer + 4, 28 + 8 * shift);
            else if (how == 2)
                evtxd_set32(outer + size - 4, 1 + shift);
            else
                evtxd_set32(outer + 4, 0xFFFF);
            evtxd_seal(chunk);
            struct read_back *r = read_back(NULL, m->data, m->size, 0);
            size_t lies = 0;
            for (size_t i = 0; i < r->event_count; i++)
                lies += strstr(r->events[i], "forged") != NULL;
            if (lies != 0 || r->event_count < 5)
                fail_msg("how %d, %u: %zu forged of %zu", how, shift, lies, r->event_count);
            readback_free(r);
            free(m->data);
            free(m);
        }
}

/* ---- messages ------------------------------------------------------------------------------- */

static void a_bounded_log(void **state)
{
    static char text[400000];
    size_t n = 0;
    (void)state;
    n += (size_t)snprintf(text, sizeof text, "<Events>");
    while (n < 390000)
        n += (size_t)snprintf(text + n, sizeof text - n, "<Event></x>");
    struct read_back *r = read_back(NULL, text, n, 0);
    assert_true(r->stats.skipped > 1000);
    assert_true(r->log_count > 1 && r->log_count < 60);
    assert_non_null(readback_log(r, " times by now)"));
    readback_free(r);
}

static void harmless_messages(void **state)
{
    static const char *const names[] = {"a\nb\x1b[31m.xml",
                                        ("\xE2\x80\xAE"
                                         "a.xml"),
                                        "\xFF\xFE.xml", "\xED\xA0\x80.xml"};
    char out[64];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t cap = 1; cap <= sizeof out; cap++) {
            text_harmless(out, cap, names[i]);
            assert_true(strlen(out) < cap);
            assert_int_equal(text_utf8_valid(out, strlen(out)), strlen(out));
            assert_null(strpbrk(out, "\n\x1b"));
            assert_null(strstr(out, "\xE2\x80\xAE"));
        }
    text_harmless(out, sizeof out, "C:\\\xC3\xA9.evtx");
    assert_string_equal(out, "C:\\\xC3\xA9.evtx");
}

static void a_view_of_nothing(void **state)
{
    wfpw_view v = {.count = 7};
    (void)state;
    wfpw_batch_view(NULL, &v);
    assert_int_equal(v.count, 0);
    assert_null(v.events);
    wfpw_batch_view(NULL, NULL);
}

static void loading_names_is_ended(void **state)
{
    static const char dump[] = "<wfpdiag><filters><item><filterKey>{1}</filterKey>"
                               "<filterId>1</filterId></item></filters></wfpdiag>";
    wfpw_names *n;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_names_open(NULL, &n, NULL), 0);
    assert_int_equal(wfpw_names_load_memory(n, dump, sizeof dump - 1, &e), 1);
    wfpw_names_stop(n);
    assert_int_equal(wfpw_names_load_memory(n, dump, sizeof dump - 1, &e), WFPW_E_STOPPED);
    wfpw_names_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_names_get_stats(n, &st), 0);
    assert_int_equal(st.filters, 1);
    wfpw_names_close(n);
    wfpw_names_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_pairs_hide_nothing),
        cmocka_unit_test(any_bytes_hide_nothing),
        cmocka_unit_test(no_event_within_another_one),
        cmocka_unit_test(what_follows_damage_is_told),
        cmocka_unit_test(no_record_within_another_one),
        cmocka_unit_test(a_bounded_log),
        cmocka_unit_test(harmless_messages),
        cmocka_unit_test(a_view_of_nothing),
        cmocka_unit_test(loading_names_is_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
