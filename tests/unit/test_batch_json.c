/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A batch whose events are only to be written as JSON writes what any other batch writes, whatever
 * the records hold and whatever room there is. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/audit/audit_record.h"
#include "model/batch.h"
#include "random.h"

enum { EVENTS = 300, BYTES = 320 * 1024, ROOM = 8 * 1024 * 1024, VALUE_MOST = 700 };

/* ---- records -------------------------------------------------------------------------------- */

static struct audit_record made;
static uint64_t room[RECORD_MAX / 8];

/* Characters of paths, and now and then any. */
static size_t random_text(uint64_t *seed, uint8_t *to, size_t units)
{
    static const char usual[] = "abcXYZ0189.-:{}\\ \\device";
    bool any = random_below(seed, 4) == 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = (uint8_t)usual[random_below(seed, sizeof usual - 1)];
        if (any && random_below(seed, 5) == 0)
            c = random_below(seed, 2) != 0 ? random_below(seed, 0x80) : random_below(seed, 0x10000);
        to[2 * i] = (uint8_t)c;
        to[2 * i + 1] = (uint8_t)(c >> 8);
    }
    return 2 * units;
}

/* As they come: the same again, often; sizes that agree with the type, mostly. */
static size_t random_value(uint64_t *seed, uint8_t *type, uint8_t to[VALUE_MOST])
{
    static const uint8_t types[] = {VALUE_STRING, VALUE_STRING, VALUE_STRING, VALUE_U32,
                                    VALUE_U64,    VALUE_SID,    VALUE_SID,    VALUE_HEX64,
                                    VALUE_GUID,   VALUE_ANSI,   VALUE_BOOL,   VALUE_FILETIME};
    static const uint8_t sizes[] = {
        [VALUE_U32] = 4,   [VALUE_U64] = 8,   [VALUE_SID] = 12, [VALUE_HEX64] = 8,
        [VALUE_GUID] = 16, [VALUE_ANSI] = 20, [VALUE_BOOL] = 4, [VALUE_FILETIME] = 8};
    static const uint32_t lengths[] = {17, 20, 40, 90, 350};
    *type = types[random_below(seed, sizeof types)];
    if (*type == VALUE_STRING)
        return random_text(seed, to, random_below(seed, lengths[random_below(seed, 5)]));
    size_t n = random_below(seed, 20) != 0 ? sizes[*type] : random_below(seed, 40);
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)random_below(seed, 256);
    if (*type == VALUE_SID && random_below(seed, 3) != 0)
        memcpy(to, (const uint8_t[12]){1, 1}, 12);
    return *type == VALUE_SID && n < 12 ? 12 : n;
}

struct source {
    uint64_t seed;
    uint8_t type, value[VALUE_MOST]; /* of the last one */
    size_t n;
};

static void add_fields(struct source *s, uint32_t count, uint32_t first, bool other_names)
{
    for (uint32_t i = 0; i < count; i++) {
        char name[8];
        uint16_t index = (uint16_t)(first + i);
        bool other = other_names && random_below(&s->seed, 3) == 0;
        if (random_below(&s->seed, 3) != 0)
            s->n = random_value(&s->seed, &s->type, s->value);
        int n = snprintf(name, sizeof name, "N%u", random_below(&s->seed, 4));
        audit_record_field(&made, other ? NAME_NONE : index, VALUE_ANSI, name, (size_t)n, s->type,
                           s->value, s->n);
    }
}

static const struct record *next_record(struct source *s)
{
    static const char computer[] = "P\0C\0-\0001\0";
    uint8_t id[2];
    uint32_t event_id = 5150 + random_below(&s->seed, 10);
    audit_record_start(&made, room, sizeof room, WFPW_SOURCE_EVTX);
    made.provider = PROVIDER_SECURITY;
    id[0] = (uint8_t)event_id;
    id[1] = (uint8_t)(event_id >> 8);
    audit_record_slot(&made, SLOT_EVENT_ID, VALUE_U16, id, 2);
    if (random_below(&s->seed, 3) != 0)
        audit_record_slot(&made, SLOT_COMPUTER, VALUE_STRING, computer, 8);
    add_fields(s, random_below(&s->seed, 36), random_below(&s->seed, 3) == 0 ? event_id % 3 : 0,
               random_below(&s->seed, 6) == 0);
    if (random_below(&s->seed, 9) == 0) /* a name that comes again */
        add_fields(s, 2, 0, false);
    return audit_record_finish(&made, 1);
}

/* ---- both ----------------------------------------------------------------------------------- */

static char *lines_of(const wfpw_batch *b, size_t cap, size_t *n)
{
    char *text = malloc(ROOM);
    uint32_t at = 0;
    size_t needed;
    int written;
    assert_non_null(text);
    *n = 0;
    while ((written = wfpw_batch_to_json(b, 0, &at, UINT32_MAX, text + *n, cap, &needed)) != 0) {
        if (written == WFPW_E_RANGE)
            written = wfpw_batch_to_json(b, 0, &at, UINT32_MAX, text + *n, needed + 1, NULL);
        assert_true(written > 0);
        *n += (size_t)written;
        assert_true(*n + RECORD_MAX * 8 < ROOM);
    }
    return text;
}

static void check_seed(uint64_t seed, size_t cap)
{
    struct source s = {.seed = seed, .type = VALUE_STRING};
    wfpw_batch *plain = wfpw_batch_new(EVENTS, BYTES), *prepared = wfpw_batch_new(EVENTS, BYTES);
    size_t a, b;
    assert_true(plain != NULL && prepared != NULL);
    assert_int_equal(wfpw_batch_set_format(prepared, WFPW_FORMAT_JSON), WFPW_OK);
    for (uint64_t i = 1; i <= EVENTS; i++) {
        const struct record *r = next_record(&s);
        assert_non_null(r);
        bool there = batch_add(plain, r, i);
        if (!batch_add(prepared, r, i) || !there)
            break;
    }
    uint32_t count =
        batch_count(plain) < batch_count(prepared) ? batch_count(plain) : batch_count(prepared);
    assert_true(count > 5);
    for (uint32_t i = 0; i < count; i++) { /* what is not only JSON is the same */
        const wfpw_event *one = wfpw_batch_get(plain, i), *two = wfpw_batch_get(prepared, i);
        assert_int_equal(one->device_path == NULL, two->device_path == NULL);
        if (one->device_path != NULL)
            assert_string_equal(one->device_path, two->device_path);
    }
    char *lines = lines_of(plain, cap, &a), *same = lines_of(prepared, ROOM / 2, &b);
    assert_memory_equal(lines, same, a < b ? a : b);
    free(same);
    same = lines_of(prepared, cap, &b);
    assert_memory_equal(lines, same, a < b ? a : b);
    free(lines);
    free(same);
    wfpw_batch_free(plain);
    wfpw_batch_free(prepared);
}

static void test_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++)
        check_seed(seed, 900 + 331 * (size_t)seed);
}

static void test_other_formats(void **state)
{
    struct source s = {.seed = 5, .type = VALUE_STRING};
    wfpw_batch *b = wfpw_batch_new(4, 0);
    char text[64];
    uint32_t at = 0;
    (void)state;
    assert_non_null(b);
    assert_int_equal(wfpw_batch_set_format(NULL, WFPW_FORMAT_JSON), WFPW_E_INVAL);
    assert_int_equal(wfpw_batch_set_format(b, 99), WFPW_E_INVAL);
    assert_true(batch_add(b, next_record(&s), 1));
    assert_int_equal(wfpw_batch_set_format(b, WFPW_FORMAT_JSON), WFPW_OK);
    assert_int_equal(batch_count(b), 0);
    assert_true(batch_add(b, next_record(&s), 1));
    assert_int_equal(wfpw_batch_export(b, WFPW_FORMAT_ECS, 0, &at, 1, text, sizeof text, NULL),
                     WFPW_E_INVAL);
    assert_int_equal(wfpw_batch_set_format(b, 0), WFPW_OK);
    assert_true(batch_add(b, next_record(&s), 1));
    assert_int_equal(wfpw_batch_export(b, WFPW_FORMAT_ECS, 0, &at, 1, text, sizeof text, NULL),
                     WFPW_E_RANGE);
    wfpw_batch_free(b);
}

/* ---- addresses ------------------------------------------------------------------------------ */

/* Digits, dots and what is near them: the fast way gives what the general one gives. */
static void test_addresses(void **state)
{
    static const char characters[] = "0123456789..../:;-f1";
    uint64_t seed = 3;
    (void)state;
    for (int turn = 0; turn < 300000; turn++) {
        char text[20];
        uint8_t utf16[40];
        wfpw_endpoint is = {.port = 0}, wanted = {.port = 0};
        size_t n = random_below(&seed, 18);
        if (turn % 3 == 0)
            n = (size_t)snprintf(text, sizeof text, "%u.%u.%u.%u", random_below(&seed, 300),
                                 random_below(&seed, 300), random_below(&seed, 20),
                                 random_below(&seed, 256));
        for (size_t i = 0; i < n; i++) {
            if (turn % 3 != 0)
                text[i] = characters[random_below(&seed, sizeof characters - 1)];
            utf16[2 * i] = (uint8_t)text[i];
            utf16[2 * i + 1] = 0;
        }
        bool ok = text_parse_ip(text, n, wanted.addr, &wanted.family, &wanted.scope_id);
        if (turn % 16 == 0 &&
            n > 0) { /* the lower byte is what it was: only one that looks at both knows */
            utf16[2 * random_below(&seed, (uint32_t)n) + 1] =
                (uint8_t)(1 + random_below(&seed, 255));
            ok = false;
        }
        assert_int_equal(audit_value_address(VALUE_STRING, utf16, 2 * n, &is), ok);
        if (ok)
            assert_memory_equal(&is, &wanted, sizeof is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_other_formats),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
