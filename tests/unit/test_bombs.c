/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Input that asks for much: it ends quickly, memory stays bounded, and what had to be left out is
 * marked or counted. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "writer/evtx_made.h"

/* ---- many and long fields ------------------------------------------------------------------- */

static struct read_back *with_fields(const struct evtx_field *fields, size_t n, uint32_t flags)
{
    struct sample *s = calloc(1, sizeof *s);
    struct evtx_writer w;
    assert_true(evtxwriter_begin(&w, NULL));
    sample_plain(s, 1, "a.exe");
    s->ev.fields = fields;
    s->ev.field_count = n;
    assert_true(evtxwriter_event(&w, &s->ev));
    assert_true(evtxwriter_end(&w));
    struct read_back *r = read_back(NULL, w.data, w.size, flags);
    evtxwriter_free(&w);
    free(s);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    return r;
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; *text != 0; text++)
        n += *text == '\n';
    return n;
}

static void many_fields(void **state)
{
    static const size_t counts[] = {100, 1000, 1024, 1025, 1199};
    struct evtx_field *fields = calloc(1200, sizeof *fields);
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (int known = 0; known < 3; known++) {
            for (size_t i = 0; i < counts[c]; i++)
                fields[i] = (struct evtx_field){.name = known == 0   ? "Protocol"
                                                        : known == 1 ? "Strange"
                                                                     : NULL,
                                                .type = EVTXW_U8,
                                                .size = 1,
                                                .data = "\7"};
            struct read_back *r = with_fields(fields, counts[c], READBACK_SMALL_BATCH);
            size_t most = counts[c] < 1024 ? counts[c] : 1024;
            assert_int_equal(r->event_count, 1);
            assert_int_equal(lines(r->events[0]), most);
            assert_int_equal(r->truncated, counts[c] > 1024);
            readback_free(r);
        }
    free(fields);
}

static void a_long_array(void **state)
{
    uint8_t *bytes = calloc(60000, 1);
    struct evtx_field field = {.name = "x", .size = 60000, .data = bytes};
    (void)state;
    for (int type = 0; type < 512; type++) {
        memset(bytes, type < 256 ? 0 : 0xE9, 60000);
        field.type = (uint8_t)type;
        struct read_back *r = with_fields(&field, 1, READBACK_SMALL_BATCH);
        assert_true(r->event_count + r->stats.skipped == 1);
        readback_free(r);
    }
    free(bytes);
}

/* What the values of one event may take as they came, and need as UTF-8. */
enum { VALUES_MAX = 103 * 1024, TEXTS_MAX = 192 * 1024, ABOUT = 2048 };

static void a_long_binary_value(void **state)
{
    uint8_t *bytes = calloc(60000, 1);
    struct evtx_field field = {.name = "x", .type = EVTXW_BINARY, .size = 60000, .data = bytes};
    (void)state;
    struct read_back *r = with_fields(&field, 1, READBACK_SMALL_BATCH);
    assert_int_equal(r->event_count, 1);
    assert_int_equal(r->truncated, 0);
    assert_true(strlen(r->events[0]) > 120000);
    readback_free(r);
    free(bytes);
}

/* Bytes of an unknown code page; a NUL with something behind it takes three. */
static void a_long_text_of_bytes(void **state)
{
    uint8_t *bytes = calloc(60000, 1);
    struct evtx_field field = {.name = "x", .type = EVTXW_ANSI, .size = 60000, .data = bytes};
    (void)state;
    for (int nuls = 0; nuls < 2; nuls++) {
        memset(bytes, nuls != 0 ? 0 : 'a', 60000);
        bytes[59999] = 'a';
        struct read_back *r = with_fields(&field, 1, READBACK_SMALL_BATCH);
        assert_int_equal(r->event_count, 1);
        assert_int_equal(r->truncated, 0);
        assert_true(strlen(r->events[0]) > (nuls != 0 ? 179000 : 59000));
        readback_free(r);
    }
    free(bytes);
}

/* ---- one value, many fields ----------------------------------------------------------------- */

static const char *const resolved[] = {"Application", "FilterOrigin", "SubjectUserName",
                                       "SubjectUserSid", "vSwitchID"};

static void open_event(struct evtx_writer *w, uint32_t at[3])
{
    at[0] = evtxw_open(w, "Event", 0xFFFF, false);
    evtxw_content(w);
    uint32_t system = evtxw_open(w, "System", 0xFFFF, false);
    evtxw_content(w);
    uint32_t provider = evtxw_open(w, "Provider", 0xFFFF, true), list = evtxw_attributes(w);
    evtxw_attribute(w, "Name", false);
    evtxw_literal(w, "Microsoft-Windows-Security-Auditing");
    evtxw_attributes_end(w, list);
    evtxw_empty(w, provider);
    uint32_t id = evtxw_open(w, "EventID", 0xFFFF, false);
    evtxw_content(w);
    evtxw_literal(w, "5156");
    evtxw_close(w, id);
    evtxw_close(w, system);
    at[1] = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
}

static void close_event(struct evtx_writer *w, const uint32_t at[3])
{
    evtxw_close(w, at[1]);
    evtxw_close(w, at[0]);
}

/* A field whose content is `times` times the first value. */
static void field(struct evtx_writer *w, const char *name, int times)
{
    uint32_t at = evtxw_open(w, "Data", 0xFFFF, true), list = evtxw_attributes(w);
    evtxw_attribute(w, "Name", false);
    evtxw_literal(w, name);
    evtxw_attributes_end(w, list);
    evtxw_content(w);
    for (int i = 0; i < times; i++)
        evtxw_substitution(w, 0, EVTXW_STRING, false);
    evtxw_close(w, at);
}

struct repeated {
    int fields, times; /* how many fields, how often each has the value */
    bool resolved;     /* fields that have a place in the event besides */
    uint16_t value;    /* its bytes */
    int records;
};

/* Records of one template, the fields of which repeat one value. */
static void put_repeated(struct evtx_writer *w, const struct repeated *how)
{
    uint8_t *text = malloc(how->value + 1u);
    uint32_t open[3], at;
    assert_non_null(text);
    for (uint16_t i = 0; i < how->value; i++)
        text[i] = i % 2 == 0 ? 0x2D : 0x4E; /* three bytes of UTF-8 a character */
    struct evtxw_value value = {.p = text, .size = how->value, .type = EVTXW_STRING};
    for (int i = 0; i < how->records; i++) {
        evtxw_record(w, (uint64_t)i + 1, 5);
        evtxw_fragment(w);
        if (evtxw_instance(w, 9, &at)) {
            open_event(w, open);
            for (int f = 0; f < how->fields; f++)
                field(w, how->resolved ? resolved[f % 5] : "x", how->times);
            close_event(w, open);
            evtxw_defined(w, at);
        }
        (void)evtxw_values(w, &value, 1);
        if (!evtxw_record_end(w))
            break;
    }
    free(text);
}

static struct read_back *read_repeated(const struct repeated *how, uint32_t flags)
{
    struct evtx_writer w;
    assert_true(evtxwriter_begin(&w, NULL));
    put_repeated(&w, how);
    assert_true(evtxwriter_end(&w));
    struct read_back *r = read_back(NULL, w.data, w.size, flags);
    evtxwriter_free(&w);
    return r;
}

/* An event as large as they come has room in an empty batch of the least size, whatever stands
 * where: each text is there once, though some have a place in the event besides. */
static void the_largest_event_fits_the_least_batch(void **state)
{
    (void)state;
    for (int fields = 1; fields <= 6; fields++)
        for (uint32_t bytes = 0; bytes <= 61000; bytes += bytes < 2000 ? 500 : 1500) {
            struct repeated how = {fields, 1, true, (uint16_t)bytes, 1};
            struct read_back *r = read_repeated(&how, READBACK_SMALL_BATCH | READBACK_NO_JSON);
            size_t all = (size_t)fields * (bytes / 2 * 3 + 1), raw = (size_t)fields * bytes;
            assert_int_equal(r->event_count, 1);
            if (all > TEXTS_MAX || raw > VALUES_MAX + ABOUT)
                assert_int_equal(r->truncated, 1);
            else if (raw < VALUES_MAX - ABOUT)
                assert_int_equal(r->truncated, 0);
            assert_true(strlen(r->events[0]) >= (r->truncated == 0 ? all : bytes));
            readback_free(r);
        }
}

/* One value in as many fields of the table, which are elements' names. */
static struct read_back *read_one_value(int fields, uint16_t bytes)
{
    struct evtx_writer w;
    uint32_t open[3], at;
    uint8_t *text = malloc(bytes);
    struct evtxw_value value = {.p = text, .size = bytes, .type = EVTXW_STRING};
    assert_true(text != NULL && evtxwriter_begin(&w, NULL));
    memset(text, 'N', bytes); /* three bytes a unit */
    evtxw_record(&w, 1, 5);
    evtxw_fragment(&w);
    if (evtxw_instance(&w, 9, &at)) {
        open_event(&w, open);
        for (int i = 0; i < fields; i++) {
            uint32_t element = evtxw_open(&w, "LayerName", 0xFFFF, false);
            evtxw_content(&w);
            evtxw_substitution(&w, 0, EVTXW_STRING, false);
            evtxw_close(&w, element);
        }
        close_event(&w, open);
        evtxw_defined(&w, at);
    }
    (void)evtxw_values(&w, &value, 1);
    assert_true(evtxw_record_end(&w) && evtxwriter_end(&w));
    struct read_back *r = read_back(NULL, w.data, w.size, READBACK_SMALL_BATCH | READBACK_NO_JSON);
    evtxwriter_free(&w);
    free(text);
    return r;
}

static void one_value_many_times(void **state)
{
    static const int counts[] = {1, 2, 30, 100, 130, 600, 1024, 1100};
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (uint16_t bytes = 2; bytes < 8000; bytes = (uint16_t)(bytes * 2)) {
            struct read_back *r = read_one_value(counts[c], bytes);
            size_t raw = (size_t)counts[c] * bytes, all = raw / 2 * 3 + (size_t)counts[c];
            assert_int_equal(r->event_count, 1);
            if (all > TEXTS_MAX || raw > VALUES_MAX + ABOUT || counts[c] > 1024)
                assert_int_equal(r->truncated, 1);
            readback_free(r);
        }
}

/* A text of several pieces is cut where there is no room to join them. */
static void a_joined_text_that_is_too_long(void **state)
{
    (void)state;
    for (int times = 2; times < 6; times++) {
        struct repeated how = {1, times, false, 20000, 1};
        struct read_back *r = read_repeated(&how, READBACK_SMALL_BATCH);
        assert_int_equal(r->event_count, 1);
        assert_int_equal(r->truncated, times * 20000 > 65536);
        readback_free(r);
    }
}

/* A block of more records than its thread has room for: the thread waits, and nothing is lost. */
static void more_than_a_thread_has_room_for(void **state)
{
    static const struct repeated how = {60, 1, false, 600, 100};
    struct read_back *one = read_repeated(&how, READBACK_NO_JSON);
    struct read_back *many = read_repeated(&how, READBACK_NO_JSON | READBACK_THREADS);
    (void)state;
    assert_true(one->event_count > 90);
    assert_int_equal(many->event_count, one->event_count);
    for (size_t i = 0; i < one->event_count; i++)
        assert_string_equal(many->events[i], one->events[i]);
    readback_free(one);
    readback_free(many);
}

/* ---- time ----------------------------------------------------------------------------------- */

/* Processor seconds that one chunk may take in a build with sanitizers on a slow machine. What such
 * input took before there was a limit is minutes. */
enum { SECONDS = 10 };

static uint64_t end_quickly(struct evtx_writer *w, const char *what)
{
    uint64_t skipped;
    assert_true(evtxwriter_end(w));
    clock_t start = clock();
    struct read_back *r = read_back(NULL, w->data, w->size, READBACK_NO_JSON);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    print_message("%s: %.3f s, %llu events, %llu skipped\n", what, seconds,
                  (unsigned long long)r->event_count, (unsigned long long)r->stats.skipped);
    assert_true(seconds < (double)SECONDS);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    skipped = r->stats.skipped;
    readback_free(r);
    evtxwriter_free(w);
    free(w);
    return skipped;
}

static struct evtx_writer *begin(void)
{
    struct evtx_writer *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_true(evtxwriter_begin(w, NULL));
    return w;
}

/* Each field of a large template joins a large value many times over. */
static void texts_of_many_pieces(void **state)
{
    static const struct repeated hows[] = {
        {300, 20, false, 20000, 2}, {50, 150, false, 8000, 4}, {1, 7000, false, 9000, 3},
        {900, 2, false, 300, 60},   {40, 4, true, 500, 100},
    };
    (void)state;
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
        struct evtx_writer *w = begin();
        put_repeated(w, &hows[i]);
        (void)end_quickly(w, "texts of many pieces");
    }
}

/* A fragment, all of zero-size values, that refers to itself in hundreds of places. */
static void self_reference(struct evtx_writer *w, int references, uint32_t values, int records)
{
    struct evtxw_value *none = calloc(values + 1, sizeof *none);
    uint32_t open[3], at = 0, definition = 0;
    assert_non_null(none);
    for (uint32_t i = 0; i < values; i++)
        none[i].p = "";
    for (int i = 0; i < records; i++) {
        evtxw_record(w, (uint64_t)i + 1, 5);
        evtxw_fragment(w);
        if (evtxw_instance(w, 9, &at)) {
            definition = at;
            open_event(w, open);
            for (int k = 0; k < references; k++) {
                evtxw_u16(w, 0x010C);
                evtxw_u32(w, 9);
                evtxw_u32(w, definition);
                (void)evtxw_values(w, none, values);
            }
            close_event(w, open);
            evtxw_defined(w, at);
        }
        (void)evtxw_values(w, NULL, 0);
        if (!evtxw_record_end(w))
            break;
    }
    free(none);
}

static void references_to_itself(void **state)
{
    static const struct {
        int references;
        uint32_t values;
        int records;
    } cases[] = {{1, 0, 1000},  {2, 0, 1000},   {500, 0, 800},
                 {2, 500, 900}, {10, 100, 900}, {1000, 0, 600}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct evtx_writer *w = begin();
        self_reference(w, cases[i].references, cases[i].values, cases[i].records);
        (void)end_quickly(w, "references to itself");
    }
}

/* Every record refers to one large template that cannot be compiled, so that none is kept. */
static void a_broken_template_for_all(void **state)
{
    struct evtx_writer *w = begin();
    uint32_t open[3], at;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        evtxw_record(w, (uint64_t)i + 1, 5);
        evtxw_fragment(w);
        if (evtxw_instance(w, 9, &at)) {
            open_event(w, open);
            for (int f = 0; f < 800; f++)
                field(w, "x", 1);
            evtxw_u8(w, 0x3F); /* no token */
            close_event(w, open);
            evtxw_defined(w, at);
        }
        (void)evtxw_values(w, NULL, 0);
        if (!evtxw_record_end(w))
            break;
    }
    (void)end_quickly(w, "a broken template");
}

/* Many fields of unknown names in every record. */
static void unknown_names(void **state)
{
    static const struct repeated how = {1000, 1, false, 0, 700};
    struct evtx_writer *w = begin();
    (void)state;
    put_repeated(w, &how);
    assert_true(end_quickly(w, "unknown names") > 0); /* what all records of a block may ask for */
}

/* More definitions than are kept: they are compiled again, and no record is skipped for it. */
static void more_definitions_than_are_kept(void **state)
{
    struct evtx_writer w;
    uint32_t at, records = 0;
    (void)state;
    assert_true(evtxwriter_begin(&w, NULL));
    for (; records < 850; records++) {
        evtxw_record(&w, records + 1, 5);
        assert_true(evtxw_instance(&w, records + 1, &at));
        evtxw_defined(&w, at);
        (void)evtxw_values(&w, NULL, 0);
        assert_true(evtxw_record_end(&w));
    }
    struct sample *s = malloc(sizeof *s);
    sample_plain(s, records + 1, "after.exe");
    assert_true(evtxwriter_event(&w, &s->ev));
    assert_true(evtxwriter_end(&w));
    assert_int_equal(w.chunks, 1);
    struct read_back *r = read_back(NULL, w.data, w.size, 0);
    assert_int_equal(r->stats.passed_over, records);
    assert_int_equal(r->event_count, 1);
    assert_string_equal(r->events[0], s->text);
    assert_int_equal(r->log_count, 0);
    readback_free(r);
    evtxwriter_free(&w);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_fields),
        cmocka_unit_test(a_long_array),
        cmocka_unit_test(a_long_binary_value),
        cmocka_unit_test(a_long_text_of_bytes),
        cmocka_unit_test(the_largest_event_fits_the_least_batch),
        cmocka_unit_test(one_value_many_times),
        cmocka_unit_test(a_joined_text_that_is_too_long),
        cmocka_unit_test(more_than_a_thread_has_room_for),
        cmocka_unit_test(texts_of_many_pieces),
        cmocka_unit_test(references_to_itself),
        cmocka_unit_test(a_broken_template_for_all),
        cmocka_unit_test(unknown_names),
        cmocka_unit_test(more_definitions_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
