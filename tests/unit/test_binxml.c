/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Binary XML that Windows does not write: legal oddities are read, hostile ones end quickly. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "writer/evtx_made.h"

/* ---- building ------------------------------------------------------------------------------- */

static struct evtx_writer *begin(void)
{
    struct evtx_writer *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_true(evtxwriter_begin(w, NULL));
    return w;
}

/* Ends the file and reads it. */
static struct read_back *read_written(struct evtx_writer *w, uint32_t flags)
{
    assert_true(evtxwriter_end(w));
    struct read_back *r = read_back(NULL, w->data, w->size, flags);
    evtxwriter_free(w);
    free(w);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    return r;
}

static void text_element(struct evtx_writer *w, const char *name, const char *text)
{
    uint32_t at = evtxw_open(w, name, 0xFFFF, false);
    evtxw_content(w);
    evtxw_literal(w, text);
    evtxw_close(w, at);
}

/* <Event><System>...</System>; returns what closes Event. */
static uint32_t open_event(struct evtx_writer *w)
{
    uint32_t event = evtxw_open(w, "Event", 0xFFFF, false);
    evtxw_content(w);
    uint32_t system = evtxw_open(w, "System", 0xFFFF, false);
    evtxw_content(w);
    uint32_t provider = evtxw_open(w, "Provider", 0xFFFF, true), list = evtxw_attributes(w);
    evtxw_attribute(w, "Name", false);
    evtxw_literal(w, "Microsoft-Windows-Security-Auditing");
    evtxw_attributes_end(w, list);
    evtxw_empty(w, provider);
    text_element(w, "EventID", "5156");
    evtxw_close(w, system);
    return event;
}

static uint32_t open_data(struct evtx_writer *w, const char *name)
{
    uint32_t at = evtxw_open(w, "Data", 0xFFFF, true), list = evtxw_attributes(w);
    evtxw_attribute(w, "Name", false);
    evtxw_literal(w, name);
    evtxw_attributes_end(w, list);
    evtxw_content(w);
    return at;
}

static void literal_field(struct evtx_writer *w, const char *name, const char *text)
{
    uint32_t at = open_data(w, name);
    evtxw_literal(w, text);
    evtxw_close(w, at);
}

/* A plain event in front and behind: they have to be read whatever lies between. */
static void plain(struct evtx_writer *w, uint64_t id)
{
    struct sample *s = malloc(sizeof *s);
    assert_non_null(s);
    sample_plain(s, id, "plain.exe");
    assert_true(evtxwriter_event(w, &s->ev));
    free(s);
}

static void assert_plain(const struct read_back *r, size_t i)
{
    assert_true(i < r->event_count);
    assert_non_null(strstr(r->events[i], "Application = plain.exe"));
}

/* ---- oddities that are read ----------------------------------------------------------------- */

static struct read_back *one_direct(void (*content)(struct evtx_writer *w))
{
    struct evtx_writer *w = begin();
    plain(w, 1);
    evtxw_record(w, 2, 5);
    evtxw_fragment(w);
    uint32_t event = open_event(w), data = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
    content(w);
    evtxw_close(w, data);
    evtxw_close(w, event);
    evtxw_u8(w, 0);
    assert_true(evtxw_record_end(w));
    plain(w, 3);
    struct read_back *r = read_written(w, 0);
    assert_plain(r, 0);
    assert_plain(r, r->event_count - 1);
    return r;
}

static void assert_fields(struct read_back *r, const char *fields)
{
    assert_int_equal(r->event_count, 3);
    const char *start = strchr(r->events[1], '\n');
    assert_string_equal(start != NULL ? start : "", fields);
    assert_int_equal(r->log_count, 0);
    readback_free(r);
}

static void nested_data(struct evtx_writer *w)
{
    uint32_t outer = open_data(w, "outer");
    literal_field(w, "inner", "text");
    evtxw_close(w, outer);
    outer = open_data(w, "mixed");
    evtxw_literal(w, "before");
    literal_field(w, "inner", "again");
    evtxw_close(w, outer);
}

static void empty_data(struct evtx_writer *w)
{
    uint32_t at = evtxw_open(w, "Data", 0xFFFF, false);
    evtxw_empty(w, at);
    at = evtxw_open(w, "Data", 0xFFFF, true);
    uint32_t list = evtxw_attributes(w);
    evtxw_attribute(w, "Name", false);
    evtxw_literal(w, "named");
    evtxw_attributes_end(w, list);
    evtxw_empty(w, at);
    at = open_data(w, "no content");
    evtxw_close(w, at);
    at = open_data(w, "");
    evtxw_close(w, at);
}

static void instructions(struct evtx_writer *w)
{
    uint32_t at = open_data(w, "a");
    evtxw_u8(w, 0x0A);
    evtxw_name(w, "target");
    evtxw_units(w, 0x0B, "d\0", 1);
    evtxw_literal(w, "text");
    evtxw_u8(w, 0x09);
    evtxw_name(w, "unknown");
    evtxw_u8(w, 0x49);
    evtxw_name(w, "amp");
    evtxw_units(w, 0x47, "x\0y\0", 2);
    evtxw_close(w, at);
}

static void other_attributes(struct evtx_writer *w)
{
    uint32_t at = evtxw_open(w, "Data", 0xFFFF, true), list = evtxw_attributes(w);
    evtxw_attribute(w, "Type", true);
    evtxw_literal(w, "ignored");
    evtxw_attribute(w, "Name", true);
    evtxw_literal(w, "na");
    evtxw_literal(w, "me");
    evtxw_attribute(w, "Last", false);
    evtxw_literal(w, "ignored");
    evtxw_attributes_end(w, list);
    evtxw_content(w);
    evtxw_literal(w, "value");
    evtxw_close(w, at);
}

static void oddities(void **state)
{
    (void)state;
    assert_fields(one_direct(nested_data), "\n  inner = text\n  inner = again\n  mixed = before");
    assert_fields(one_direct(empty_data), "\n  Data = \n  named = \n  no content = \n  Data = ");
    assert_fields(one_direct(instructions), "\n  a = text&xy");
    assert_fields(one_direct(other_attributes), "\n  name = value");
}

/* ---- values that are not there -------------------------------------------------------------- */

/* A template of three fields, given `n` values. */
static struct read_back *with_values(uint32_t n, bool optional)
{
    struct evtxw_value values[3];
    struct evtx_writer *w = begin();
    uint32_t at;
    for (int i = 0; i < 3; i++)
        values[i] = (struct evtxw_value){.p = "v\0", .size = 2, .type = EVTXW_STRING};
    plain(w, 1);
    evtxw_record(w, 2, 5);
    evtxw_fragment(w);
    assert_true(evtxw_instance(w, 99, &at));
    uint32_t event = open_event(w), data = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
    for (uint16_t i = 0; i < 3; i++) {
        uint32_t field = open_data(w, i == 0 ? "a" : i == 1 ? "b" : "c");
        evtxw_substitution(w, i, EVTXW_STRING, optional);
        evtxw_close(w, field);
    }
    evtxw_close(w, data);
    evtxw_close(w, event);
    evtxw_defined(w, at);
    (void)evtxw_values(w, values, n);
    assert_true(evtxw_record_end(w));
    plain(w, 3);
    return read_written(w, 0);
}

static void a_value_that_is_missing_is_empty_and_told(void **state)
{
    (void)state;
    assert_fields(with_values(3, false), "\n  a = v\n  b = v\n  c = v");
    struct read_back *r = with_values(1, false);
    assert_int_equal(r->event_count, 3);
    assert_string_equal(strchr(r->events[1], '\n'), "\n  a = v\n  b = \n  c = ");
    assert_int_equal(r->stats.warnings, 1);
    assert_non_null(readback_log(r, "more values than it has"));
    readback_free(r);
    r = with_values(1, true);
    assert_string_equal(strchr(r->events[1], '\n'), "\n  a = v");
    readback_free(r);
}

/* ---- texts of several pieces ---------------------------------------------------------------- */

/* One field that joins literals and values of every kind; a pair of surrogates lies in two. */
static void values_within_text(void **state)
{
    static const uint8_t guid[16] = {1, 2, 3, 4};
    static const struct evtxw_value values[] = {
        {"\x2A\0\0\0", 4, EVTXW_U32},
        {"\xE4z\0", 3, EVTXW_ANSI},
        {"\x3D\xD8", 2, EVTXW_STRING},
        {"\0\xDE"
         "b\0\0\0",
         6, EVTXW_STRING},
        {guid, 16, EVTXW_GUID},
        {"\xDE\xAD", 2, EVTXW_BINARY},
        {"", 0, EVTXW_NULL},
    };
    struct evtx_writer *w = begin();
    uint32_t at;
    (void)state;
    evtxw_record(w, 1, 5);
    assert_true(evtxw_instance(w, 99, &at));
    uint32_t event = open_event(w), data = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
    uint32_t field = open_data(w, "joined");
    for (uint16_t i = 0; i < 8; i++) { /* there is no eighth */
        evtxw_literal(w, i < 3 ? "<" : "");
        evtxw_substitution(w, i, EVTXW_STRING, false);
    }
    evtxw_close(w, field);
    evtxw_close(w, data);
    evtxw_close(w, event);
    evtxw_defined(w, at);
    (void)evtxw_values(w, values, 7);
    assert_true(evtxw_record_end(w));
    struct read_back *r = read_written(w, 0);
    assert_int_equal(r->event_count, 1);
    assert_string_equal(strchr(r->events[0], '\n'), "\n  joined = <42<\xC3\xA4z<\xF0\x9F\x98\x80"
                                                    "b"
                                                    "{04030201-0000-0000-0000-000000000000}DEAD");
    readback_free(r);
}

/* A text of so many characters, one by one. */
static void a_text_of_many_pieces(void **state)
{
    static const size_t counts[] = {1000, 16000, 16384, 18000};
    uint8_t *units = calloc(1, 40000);
    struct evtx_field f = {
        .name = "x", .type = EVTXW_STRING, .form = EVTXW_CHARACTERS, .data = units};
    (void)state;
    for (size_t i = 0; i < 20000; i++)
        units[2 * i] = 'a';
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        struct sample *s = calloc(1, sizeof *s);
        struct evtx_writer *w = begin();
        plain(w, 1);
        sample_plain(s, 2, "a.exe");
        f.size = (uint16_t)(2 * counts[c]);
        s->ev.fields = &f;
        s->ev.field_count = 1;
        assert_true(evtxwriter_event(w, &s->ev));
        plain(w, 3);
        struct read_back *r = read_written(w, 0);
        bool read = counts[c] < 16384;
        assert_int_equal(r->event_count, read ? 3 : 2);
        assert_int_equal(r->stats.skipped, !read);
        assert_plain(r, 0);
        assert_plain(r, r->event_count - 1);
        readback_free(r);
        free(s);
    }
    free(units);
}

/* ---- types ---------------------------------------------------------------------------------- */

/* Numbers of types that the library uses for itself, and such as nobody uses, are bytes. */
static void types_that_are_none(void **state)
{
    (void)state;
    for (int type = 0x16; type < 0x100; type++) {
        struct evtx_field f = {.name = "x", .type = (uint8_t)type, .size = 3, .data = "a\0\xFF"};
        int base = type & ~EVTXW_ARRAY;
        if (base <= EVTXW_HEX64 || base == EVTXW_BINXML || base == EVTXW_XML)
            continue;
        struct sample *s = calloc(1, sizeof *s);
        sample_plain(s, 1, "a.exe");
        s->ev.fields = &f;
        s->ev.field_count = 1;
        struct made *m = made_one(s);
        struct read_back *r = made_read(m, 0);
        assert_int_equal(r->event_count, 1);
        assert_string_equal(strchr(r->events[0], '\n'), "\n  x = 6100FF");
        readback_free(r);
        made_free(m);
        free(s);
    }
}

/* ---- depth ---------------------------------------------------------------------------------- */

static struct read_back *nested_elements(int depth)
{
    uint32_t at[200];
    struct evtx_writer *w = begin();
    plain(w, 1);
    evtxw_record(w, 2, 5);
    uint32_t event = open_event(w), data = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
    for (int i = 0; i < depth; i++)
        at[i] = open_data(w, "deep");
    evtxw_literal(w, "bottom");
    while (depth-- > 0)
        evtxw_close(w, at[depth]);
    evtxw_close(w, data);
    evtxw_close(w, event);
    assert_true(evtxw_record_end(w));
    plain(w, 3);
    return read_written(w, 0);
}

/* A template that is nothing but a substitution, which holds a fragment with another instance. */
static void nest(struct evtx_writer *w, int depth)
{
    struct evtxw_value inner = {.p = "", .type = EVTXW_BINXML};
    uint32_t at;
    if (depth == 0) {
        evtxw_fragment(w);
        uint32_t event = open_event(w);
        evtxw_close(w, event);
        return;
    }
    if (evtxw_instance(w, 7, &at)) {
        evtxw_substitution(w, 0, EVTXW_BINXML, false);
        evtxw_defined(w, at);
    }
    uint32_t table = evtxw_values(w, &inner, 1), start = w->at;
    nest(w, depth - 1);
    evtxw_patch32(w, table, (w->at - start) | (uint32_t)EVTXW_BINXML << 16);
}

static struct read_back *nested_fragments(int depth)
{
    struct evtx_writer *w = begin();
    plain(w, 1);
    evtxw_record(w, 2, 5);
    nest(w, depth);
    assert_true(evtxw_record_end(w));
    plain(w, 3);
    return read_written(w, 0);
}

enum { DEPTH = 32 }; /* docs/limits.md */

static void depth_is_limited(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 150; depth = depth < 40 ? depth + 1 : depth + 37) {
        struct read_back *elements = nested_elements(depth), *fragments = nested_fragments(depth);
        bool read = depth <= DEPTH - 2, reach = depth <= DEPTH; /* Event and EventData */
        assert_int_equal(elements->event_count, read ? 3 : 2);
        assert_int_equal(elements->stats.skipped, read ? 0 : 1);
        assert_int_equal(fragments->event_count, reach ? 3 : 2);
        assert_int_equal(fragments->stats.skipped, reach ? 0 : 1);
        assert_true(!read || strstr(elements->events[1], "\n  deep = bottom") != NULL);
        assert_true(read || readback_log(elements, "elements are nested too deeply") != NULL);
        readback_free(elements);
        readback_free(fragments);
    }
}

/* ---- references without end ----------------------------------------------------------------- */

/* An instance, in an element, of the definition at `definition`, without values. */
static void instance_of(struct evtx_writer *w, uint32_t definition)
{
    evtxw_u8(w, 0x0C);
    evtxw_u8(w, 1);
    evtxw_u32(w, 1);
    evtxw_u32(w, definition);
    evtxw_u32(w, 0);
}

/* A record whose template holds `times` instances of the template at `other`, or of itself. */
static uint32_t self_reference(struct evtx_writer *w, uint64_t key, int times, uint32_t other)
{
    uint32_t at;
    evtxw_record(w, key, 5);
    evtxw_fragment(w);
    assert_true(evtxw_instance(w, key, &at));
    uint32_t event = open_event(w), data = evtxw_open(w, "EventData", 0xFFFF, false);
    evtxw_content(w);
    for (int i = 0; i < times; i++)
        instance_of(w, other != 0 ? other : at);
    evtxw_close(w, data);
    evtxw_close(w, event);
    evtxw_defined(w, at);
    (void)evtxw_values(w, NULL, 0);
    assert_true(evtxw_record_end(w));
    return at;
}

static void templates_in_themselves(void **state)
{
    (void)state;
    for (int times = 1; times <= 20; times++) {
        struct evtx_writer *w = begin();
        plain(w, 1);
        (void)self_reference(w, 2, times, 0);
        plain(w, 3);
        struct read_back *r = read_written(w, 0);
        assert_int_equal(r->event_count, 2);
        assert_int_equal(r->stats.skipped, 1);
        assert_plain(r, 1);
        readback_free(r);
    }
}

static void templates_in_each_other(void **state)
{
    struct evtx_writer *w = begin();
    (void)state;
    plain(w, 1);
    uint32_t first = self_reference(w, 2, 1, 0);
    uint32_t second = self_reference(w, 3, 2, first);
    for (uint32_t at = first; at < second; at++) /* the first refers to the second now */
        if (evtxd_get32(w->chunk + at) == first && w->chunk[at - 6] == 0x0C)
            evtxw_patch32(w, at, second);
    plain(w, 4);
    struct read_back *r = read_written(w, 0);
    assert_int_equal(r->event_count, 2);
    assert_int_equal(r->stats.skipped, 2);
    readback_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oddities),
        cmocka_unit_test(a_value_that_is_missing_is_empty_and_told),
        cmocka_unit_test(values_within_text),
        cmocka_unit_test(a_text_of_many_pieces),
        cmocka_unit_test(types_that_are_none),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(templates_in_themselves),
        cmocka_unit_test(templates_in_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
