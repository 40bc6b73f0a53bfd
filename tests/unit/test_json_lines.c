/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A batch as lines in every format: each is what wfpw_export writes, whatever the events share, and
 * whatever room there is. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "model/batch.h"
#include "random.h"

enum { EVENTS = 400, ROOM = 4 * 1024 * 1024, GUARD = 0x5A };

/* ---- events --------------------------------------------------------------------------------- */

static const char *one_of(uint64_t *seed, const char *const *texts, uint32_t count)
{
    return texts[random_below(seed, count)];
}

/* Of what they may share, few values each, so that any two differ in little. */
static void fill_codes(wfpw_event *ev, uint64_t *seed)
{
    static const uint32_t kinds[] = {WFPW_KIND_AUDIT, WFPW_KIND_NET_EVENT, WFPW_KIND_GAP};
    ev->kind = kinds[random_below(seed, 3)];
    ev->source = 1 + random_below(seed, 3);
    ev->type_raw = random_below(seed, 2);
    ev->verdict = (uint8_t)random_below(seed, 3);
    ev->reason = (uint16_t)random_below(seed, 3);
    ev->confidence = (uint8_t)random_below(seed, 3);
    ev->evidence = random_below(seed, 4);
    ev->direction = (uint8_t)random_below(seed, 3);
    ev->direction_from = (uint8_t)random_below(seed, 3);
    ev->direction_raw = random_below(seed, 3);
    ev->protocol = 6 + random_below(seed, 2);
    ev->present = (uint32_t)random_u64(seed);
    ev->flags = (uint32_t)random_u64(seed) & WFPW_EVENT_OWN_FILTER;
    ev->layer_id = random_below(seed, 3);
    ev->filter_id = random_below(seed, 3);
}

static void fill_texts(wfpw_event *ev, uint64_t *seed, const wfpw_filter filters[2])
{
    static const char *const layers[] = {NULL, "FWPM_LAYER_A", "FWPM_LAYER_B"};
    static const char *const names[] = {NULL, "A Layer", "B \"Layer\""};
    static const char *const origins[] = {NULL, "Stealth", "Unknown"};
    static const char *const paths[] = {
        NULL, "System", "", "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe",
        "\\device\\harddiskvolume3\\program files\\one that is longer than others\\one.exe"};
    uint32_t filter = random_below(seed, 3);
    ev->layer_key = one_of(seed, layers, 3);
    ev->layer_name = one_of(seed, names, 3);
    ev->filter_origin = one_of(seed, origins, 3);
    ev->device_path = one_of(seed, paths, 5);
    ev->filter = filter < 2 ? &filters[filter] : NULL;
}

static void fill_audit(wfpw_audit *a, wfpw_field *field, uint64_t *seed, const char *path)
{
    static const char *const computers[] = {NULL, "PC-01", "PC-02"};
    *field = (wfpw_field){.name = "Application", .name_length = 11};
    field->value = path != NULL ? path : "-";
    field->value_length = (uint32_t)strlen(field->value);
    *a = (wfpw_audit){.size = sizeof *a,
                      .event_id = 5156 + random_below(seed, 2),
                      .version = random_below(seed, 2),
                      .record_id = random_below(seed, 2000),
                      .computer = one_of(seed, computers, 3),
                      .keywords = random_below(seed, 2),
                      .task = random_below(seed, 2),
                      .fields = field,
                      .field_count = random_below(seed, 2),
                      .field_stride = sizeof *field};
}

struct made {
    wfpw_batch *b;
    uint32_t format;
    wfpw_filter filters[2];
    wfpw_audit audits[EVENTS];
    wfpw_field fields[EVENTS];
    char lines[ROOM]; /* one after the other */
    size_t ends[EVENTS], n;
};

static void add_event(struct made *m, uint32_t i, uint64_t *seed)
{
    struct record_builder b;
    uint64_t room[1024];
    struct record *r = record_start(&b, room, sizeof room, WFPW_KIND_AUDIT, WFPW_SOURCE_EVTX);
    (void)record_finish(&b);
    assert_true(batch_add(m->b, r, i + 1));
    wfpw_event *ev = batch_last(m->b);
    fill_codes(ev, seed);
    fill_texts(ev, seed, m->filters);
    if (random_below(seed, 4) != 0) {
        fill_audit(&m->audits[i], &m->fields[i], seed, ev->device_path);
        ev->audit = &m->audits[i];
    }
    int n = wfpw_export(ev, m->format, 0, m->lines + m->n, sizeof m->lines - m->n, NULL);
    assert_true(n > 0);
    m->n += (size_t)n;
    if (m->format == WFPW_FORMAT_CSV)
        m->lines[m->n++] = '\r';
    m->lines[m->n++] = '\n';
    m->ends[i] = m->n;
}

static struct made *make(uint32_t format, uint64_t seed, uint32_t count)
{
    struct made *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->format = format;
    m->b = wfpw_batch_new(EVENTS, 0);
    assert_non_null(m->b);
    for (int i = 0; i < 2; i++)
        m->filters[i] = (wfpw_filter){.size = sizeof *m->filters, .name = i == 0 ? "one" : "two"};
    for (uint32_t i = 0; i < count; i++)
        add_event(m, i, &seed);
    return m;
}

static void free_made(struct made *m)
{
    wfpw_batch_free(m->b);
    free(m);
}

/* ---- tests ---------------------------------------------------------------------------------- */

/* The events before `end` with room for `cap` bytes; a line that needs more is passed over. */
static void check_rooms(struct made *m, size_t cap, uint32_t end)
{
    char *room = malloc(cap + 16384);
    uint32_t at = 0, before = 0, last = end < batch_count(m->b) ? end : batch_count(m->b);
    size_t needed = 0, start = 0;
    int n;
    assert_non_null(room);
    memset(room, GUARD, cap + 16384);
    while ((n = wfpw_batch_export(m->b, m->format, 0, &at, end, cap > 0 ? room : NULL, cap,
                                  &needed)) != 0) {
        start = before > 0 ? m->ends[before - 1] : 0;
        if (n == WFPW_E_RANGE) {
            assert_int_equal(at, before);
            assert_int_equal(needed, m->ends[at] - start);
            assert_true(cap <= needed);
            assert_true(cap == 0 || room[0] == 0);
            before = ++at;
            continue;
        }
        assert_int_equal(n, m->ends[at - 1] - start);
        assert_int_equal(needed, n);
        assert_memory_equal(room, m->lines + start, (size_t)n);
        assert_int_equal(room[n], 0);
        if (at < last) /* the next one had no room indeed */
            assert_true(m->ends[at] - start >= cap);
        before = at;
    }
    for (size_t i = cap; i < cap + 16384; i++)
        assert_int_equal(room[i], GUARD);
    assert_int_equal(at, last);
    free(room);
}

static void check_shared(uint32_t format, uint32_t seeds)
{
    for (uint32_t seed = 1; seed <= seeds; seed++) {
        struct made *m = make(format, seed, EVENTS);
        check_rooms(m, ROOM, UINT32_MAX);
        check_rooms(m, 16 * 1024 + seed * 257, EVENTS - seed);
        free_made(m);
    }
}

static void check_any_room(uint32_t format, size_t step)
{
    struct made *m = make(format, 99, 5);
    for (size_t cap = 0; cap < m->n + 70; cap += step)
        check_rooms(m, cap, 5);
    free_made(m);
}

static void test_json(void **state)
{
    (void)state;
    check_shared(WFPW_FORMAT_JSON, 30);
    check_any_room(WFPW_FORMAT_JSON, 1);
}

static void test_ecs(void **state)
{
    (void)state;
    check_shared(WFPW_FORMAT_ECS, 4);
    check_any_room(WFPW_FORMAT_ECS, 61);
}

static void test_ocsf(void **state)
{
    (void)state;
    check_shared(WFPW_FORMAT_OCSF, 4);
    check_any_room(WFPW_FORMAT_OCSF, 61);
}

static void test_asim(void **state)
{
    (void)state;
    check_shared(WFPW_FORMAT_ASIM, 4);
    check_any_room(WFPW_FORMAT_ASIM, 61);
}

static void test_csv(void **state)
{
    (void)state;
    check_shared(WFPW_FORMAT_CSV, 4);
    check_any_room(WFPW_FORMAT_CSV, 5);
}

static void test_arguments(void **state)
{
    struct made *m = make(WFPW_FORMAT_JSON, 7, 2);
    char room[64];
    uint32_t at = 0;
    (void)state;
    assert_int_equal(wfpw_batch_to_json(NULL, 0, &at, 2, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_batch_to_json(m->b, 1, &at, 2, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_batch_to_json(m->b, 0, NULL, 2, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_batch_to_json(m->b, 0, &at, 2, NULL, 1, NULL), WFPW_E_INVAL);
    assert_int_equal(at, 0);
    assert_int_equal(wfpw_batch_export(m->b, 0, 0, &at, 2, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_batch_export(m->b, 6, 0, &at, 2, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_export(NULL, 1, 0, room, sizeof room, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_export(wfpw_batch_get(m->b, 0), 6, 0, room, 64, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_export(wfpw_batch_get(m->b, 0), 5, 1, room, 64, NULL), WFPW_E_INVAL);
    assert_string_equal(wfpw_export_header(WFPW_FORMAT_ECS), "");
    assert_string_equal(wfpw_export_header(6), "");
    assert_memory_equal(wfpw_export_header(WFPW_FORMAT_CSV), "time,seq,", 9);
    at = 2;
    assert_int_equal(wfpw_batch_to_json(m->b, 0, &at, UINT32_MAX, room, sizeof room, NULL), 0);
    assert_int_equal(room[0], 0);
    at = UINT32_MAX;
    assert_int_equal(wfpw_batch_to_json(m->b, 0, &at, UINT32_MAX, NULL, 0, NULL), 0);
    assert_int_equal(at, UINT32_MAX);
    free_made(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json), cmocka_unit_test(test_ecs), cmocka_unit_test(test_ocsf),
        cmocka_unit_test(test_asim), cmocka_unit_test(test_csv), cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
