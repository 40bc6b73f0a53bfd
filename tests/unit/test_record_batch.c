/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Building a record, and taking it into the caller's batch. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "model/batch.h"
#include "decode/audit/audit_record.h"
#include "random.h"
#include "model/record.h"

enum { BATCH_MIN = 320 * 1024, ROOM = 4096 };

/* ---- records -------------------------------------------------------------------------------- */

static void test_empty_record(void **state)
{
    struct record_builder b;
    uint64_t room[ROOM / 8];
    (void)state;
    memset(room, 0xCC, sizeof room);
    struct record *r =
        record_start(&b, room, sizeof room, WFPW_KIND_CLASSIFY_DROP, WFPW_SOURCE_SIM);
    assert_int_equal(record_finish(&b), sizeof *r);
    assert_ptr_equal(record_of(&b), r);
    struct record wanted = {
        .bytes = sizeof *r, .kind = WFPW_KIND_CLASSIFY_DROP, .source = WFPW_SOURCE_SIM};
    assert_memory_equal(r, &wanted, sizeof wanted);
}

static void test_put(void **state)
{
    struct record_builder b;
    uint64_t room[ROOM / 8];
    (void)state;
    struct record *r = record_start(&b, room, sizeof room, 0, 0);
    r->app = record_put(&b, VALUE_UTF8, "abc", 3);
    r->user_name = record_put(&b, VALUE_UTF8, "", 0);
    r->origin = record_put(&b, VALUE_BINARY, "12345678", 8);
    uint32_t at = record_room(&b, 12);
    assert_int_equal(record_finish(&b) % 8, 0);
    assert_int_equal(r->app.at % 8 + r->user_name.at % 8 + r->origin.at % 8 + at % 8, 0);
    assert_int_equal(r->app.size, 3);
    assert_int_equal(r->app.type, VALUE_UTF8);
    assert_memory_equal(record_at(r, r->app.at), "abc", 3);
    assert_true(value_is(&r->user_name)); /* there, and empty */
    assert_int_equal(r->user_name.size, 0);
    assert_memory_equal(record_at(r, r->origin.at), "12345678", 8);
    assert_memory_equal(record_at(r, at), "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
    assert_int_equal(r->flags, 0);
}

/* What does not fit is absent, and said to be; what comes after it and fits is there. */
static void test_put_without_room(void **state)
{
    struct record_builder b;
    uint64_t room[(sizeof(struct record) + 16) / 8];
    (void)state;
    struct record *r = record_start(&b, room, sizeof room, 0, 0);
    r->app = record_put(&b, VALUE_UTF8, "12345678901234567", 17);
    assert_false(value_is(&r->app));
    assert_int_equal(r->flags, WFPW_EVENT_TRUNCATED);
    assert_int_equal(record_room(&b, 17), 0);
    r->app = record_put(&b, VALUE_UTF8, "1234567890123456", 16);
    assert_true(value_is(&r->app));
    assert_false(value_is(&(struct value){record_room(&b, 1), 0, 0}));
    assert_int_equal(record_finish(&b), sizeof room);
}

static void test_put_of_any_size(void **state)
{
    static const size_t sizes[] = {RECORD_MAX + 1, UINT32_MAX - 7, UINT32_MAX, SIZE_MAX - 7,
                                   SIZE_MAX};
    struct record_builder b;
    uint64_t room[ROOM / 8];
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct record *r = record_start(&b, room, sizeof room, 0, 0);
        r->app = record_put(&b, VALUE_STRING, room, sizes[i]);
        assert_false(value_is(&r->app));
        assert_int_equal(record_room(&b, sizes[i]), 0);
        assert_int_equal(record_finish(&b), sizeof *r);
    }
}

/* The limit of all texts together, in their worst case, holds whatever the order. */
static void test_text_limit(void **state)
{
    struct record_builder b;
    uint8_t *room = malloc(RECORD_MAX), *data = calloc(1, RECORD_MAX);
    uint64_t seed = 4;
    (void)state;
    assert_true(room != NULL && data != NULL);
    for (int i = 0; i < 200; i++) {
        struct record *r = record_start(&b, room, RECORD_MAX, 0, 0);
        size_t text = 0;
        while ((r->flags & WFPW_EVENT_TRUNCATED) == 0) {
            uint8_t type = random_below(&seed, 2) != 0 ? VALUE_STRING : VALUE_BINARY;
            size_t n = random_below(&seed, 60000);
            if (value_is(&(struct value){record_put(&b, type, data, n).at, 0, 0}))
                text += text_value_max(type, n) + 1;
        }
        assert_true(text <= RECORD_TEXT_MAX);
        assert_true(record_finish(&b) <= RECORD_MAX);
    }
    free(room);
    free(data);
}

/* ---- a batch -------------------------------------------------------------------------------- */

static void test_batch_limits(void **state)
{
    wfpw_view view;
    (void)state;
    assert_null(wfpw_batch_new(65537, 0));
    assert_null(wfpw_batch_get(NULL, 0));
    wfpw_batch_free(NULL);
    wfpw_batch *b = wfpw_batch_new(65536, 1);
    assert_non_null(b);
    assert_null(wfpw_batch_get(b, 0));
    wfpw_batch_view(b, &view);
    assert_int_equal(view.count, 0);
    assert_int_equal(view.stride, sizeof(wfpw_event));
    assert_int_equal((uintptr_t)view.base % 8, 0);
    wfpw_batch_free(b);
}

/* Every scalar of the record, each with a value of its own. */
static struct record full_record(void)
{
    return (struct record){
        .bytes = sizeof(struct record),
        .present = 0x3FFFF,
        .time = 1,
        .kind = WFPW_KIND_NET_EVENT,
        .source = WFPW_SOURCE_NETSH,
        .flags = WFPW_EVENT_LOOPBACK,
        .direction = 2,
        .orientation = 3,
        .pid_from = 1,
        .direction_raw = 4,
        .protocol = 5,
        .layer_id = 6,
        .reauth_reason = 7,
        .original_profile = 8,
        .current_profile = 9,
        .interface_index = 10,
        .capability = 11,
        .type_raw = 12,
        .lost_where = 13,
        .process_id = 14,
        .filter_id = 15,
        .policy_flags = 16,
        .lost = 17,
        .local = {.addr = {18}, .scope_id = 19, .port = 20, .family = 4},
        .remote = {.addr = {21}, .scope_id = 22, .port = 23, .family = 6},
    };
}

static void test_scalars(void **state)
{
    wfpw_batch *b = wfpw_batch_new(2, 0);
    struct record r = full_record();
    const wfpw_event wanted = {
        .size = sizeof wanted,
        .present = 0x3FFFF,
        .seq = 99,
        .time = 1,
        .kind = WFPW_KIND_NET_EVENT,
        .source = WFPW_SOURCE_NETSH,
        .flags = WFPW_EVENT_LOOPBACK,
        .direction = 2,
        .orientation = 3,
        .pid_from = 1,
        .direction_raw = 4,
        .protocol = 5,
        .layer_id = 6,
        .reauth_reason = 7,
        .original_profile = 8,
        .current_profile = 9,
        .interface_index = 10,
        .capability = 11,
        .type_raw = 12,
        .lost_where = 13,
        .process_id = 14,
        .filter_id = 15,
        .policy_flags = 16,
        .lost = 17,
        .local = {.addr = {18}, .scope_id = 19, .port = 20, .family = 4},
        .remote = {.addr = {21}, .scope_id = 22, .port = 23, .family = 6},
    };
    (void)state;
    assert_true(batch_add(b, &r, 99));
    assert_memory_equal(wfpw_batch_get(b, 0), &wanted, sizeof wanted);
    wfpw_batch_free(b);
}

static void test_full_by_count(void **state)
{
    wfpw_batch *b = wfpw_batch_new(3, 0);
    struct record r = full_record();
    (void)state;
    for (uint64_t i = 1; i <= 3; i++)
        assert_true(batch_add(b, &r, i));
    assert_false(batch_add(b, &r, 4));
    assert_int_equal(batch_count(b), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(wfpw_batch_get(b, i)->seq, i + 1);
    assert_null(wfpw_batch_get(b, 3));
    batch_clear(b);
    assert_int_equal(batch_count(b), 0);
    assert_null(wfpw_batch_get(b, 0));
    assert_true(batch_add(b, &r, 4));
    wfpw_batch_free(b);
}

/* A record with an application of n times the letter. */
static struct record *letters(void *room, char letter, uint32_t n)
{
    struct record_builder b;
    char *text = malloc(n + 1);
    assert_non_null(text);
    memset(text, letter, n);
    struct record *r = record_start(&b, room, RECORD_MAX, WFPW_KIND_CLASSIFY_DROP, WFPW_SOURCE_SIM);
    r->app = record_put(&b, VALUE_UTF8, text, n);
    (void)record_finish(&b);
    free(text);
    return r;
}

static void assert_letters(const wfpw_event *ev, char letter, uint32_t n)
{
    assert_int_equal(strlen(ev->device_path), n);
    assert_int_equal(strspn(ev->device_path, (char[]){letter, 0}), n);
}

/* One that does not fit leaves the batch as it was; a smaller one may still come. */
static void test_full_by_bytes(void **state)
{
    wfpw_batch *b = wfpw_batch_new(1000, BATCH_MIN);
    uint8_t *room = malloc(RECORD_MAX);
    wfpw_view before, after;
    uint64_t seed = 8;
    uint32_t sizes[1000], count = 0;
    (void)state;
    assert_true(b != NULL && room != NULL);
    for (;; count++) {
        sizes[count] = random_below(&seed, 5000);
        wfpw_batch_view(b, &before);
        if (!batch_add(b, letters(room, (char)('a' + count % 26), sizes[count]), count + 1))
            break;
    }
    wfpw_batch_view(b, &after);
    assert_memory_equal(&before, &after, sizeof before);
    assert_true(count > 50);
    assert_true(batch_add(b, letters(room, 'z', 10), count + 1));
    for (uint32_t i = 0; i < count; i++)
        assert_letters(wfpw_batch_get(b, i), (char)('a' + i % 26), sizes[i]);
    assert_letters(wfpw_batch_get(b, count), 'z', 10);
    free(room);
    wfpw_batch_free(b);
}

/* A record means the same wherever it lies. */
static void test_record_moves(void **state)
{
    wfpw_batch *b = wfpw_batch_new(1, 0);
    uint8_t *room = malloc(RECORD_MAX);
    (void)state;
    struct record *r = letters(room, 'm', 3000);
    uint32_t bytes = r->bytes;
    uint8_t *other = malloc(bytes);
    assert_non_null(other);
    memcpy(other, room, bytes);
    free(room);
    assert_true(batch_add(b, (const struct record *)(const void *)other, 1));
    free(other);
    assert_letters(wfpw_batch_get(b, 0), 'm', 3000);
    wfpw_batch_free(b);
}

/* ---- audit records -------------------------------------------------------------------------- */

struct audit {
    struct audit_record a;
    uint64_t room[RECORD_MAX / 8];
};

static void start_audit(struct audit *x)
{
    audit_record_start(&x->a, x->room, RECORD_MAX, WFPW_SOURCE_EVTX);
    static const char provider[] = "Microsoft-Windows-Security-Auditing";
    static const uint16_t id = 5157;
    audit_record_slot(&x->a, SLOT_PROVIDER_NAME, VALUE_UTF8, provider, strlen(provider));
    audit_record_slot(&x->a, SLOT_EVENT_ID, VALUE_U16, &id, sizeof id);
}

static void field(struct audit *x, const char *name, uint8_t type, const void *p, size_t n)
{
    audit_record_field(&x->a, audit_name(name, strlen(name)), VALUE_UTF8, name, strlen(name), type,
                       p, n);
}

static const struct record *finish_audit(struct audit *x)
{
    const struct record *r = audit_record_finish(&x->a, 1);
    assert_non_null(r);
    return r;
}

static void assert_field(const wfpw_audit *a, uint32_t i, const char *name, const char *value)
{
    const wfpw_field *f =
        (const wfpw_field *)(const void *)((const char *)a->fields + i * a->field_stride);
    assert_string_equal(f->name, name);
    assert_string_equal(f->value, value);
    assert_int_equal(f->name_length, strlen(name));
    assert_int_equal(f->value_length, strlen(value));
}

static void test_audit(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    wfpw_batch *b = wfpw_batch_new(4, 0);
    static const uint32_t number = 70000;
    (void)state;
    assert_true(x != NULL && b != NULL);
    start_audit(x);
    field(x, "FilterRTID", VALUE_U32, &number, sizeof number);
    field(x, "NewInWindows99", VALUE_UTF8, "first", 5);
    field(x, "NewInWindows99", VALUE_UTF8, "second", 6);
    field(x, "Nothing", VALUE_NULL, NULL, 0);
    const struct record *r = finish_audit(x);
    for (uint64_t i = 1; i <= 2; i++)
        assert_true(batch_add(b, r, i));
    for (uint32_t i = 0; i < 2; i++) {
        const wfpw_audit *a = wfpw_batch_get(b, i)->audit;
        assert_int_equal(a->size, sizeof *a);
        assert_int_equal(a->event_id, 5157);
        assert_int_equal(a->field_count, 4);
        assert_field(a, 0, "FilterRTID", "70000");
        assert_field(a, 1, "NewInWindows99", "first");
        assert_field(a, 2, "NewInWindows99", "second");
        assert_field(a, 3, "Nothing", "");
        assert_string_equal(wfpw_audit_get(a, "filterrtid"), "70000");
        assert_string_equal(wfpw_audit_get(a, "NEWINWINDOWS99"), "first");
        assert_null(wfpw_audit_get(a, "FilterRTI"));
        assert_null(wfpw_audit_get(a, ""));
        assert_null(wfpw_audit_get(a, NULL));
    }
    assert_null(wfpw_audit_get(NULL, "FilterRTID"));
    wfpw_batch_free(b);
    free(x);
}

/* Values of every type that grow as text as much as they can, until there is no room: what they
 * need at most is known before. */
static void test_full_of_the_worst(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    uint8_t *bytes = calloc(1, 20000);
    uint64_t seed = 31;
    (void)state;
    assert_true(x != NULL && bytes != NULL);
    for (int round = 0; round < 200; round++) {
        wfpw_batch *b = wfpw_batch_new(1000, BATCH_MIN + random_below(&seed, 9));
        bool room = true;
        for (uint32_t i = 0; room; i++) {
            uint8_t type =
                (uint8_t)(random_below(&seed, 2) != 0 ? random_below(&seed, VALUE_XML + 1)
                                                      : VALUE_ANSI);
            size_t n = 1 + random_below(&seed, random_below(&seed, 2) != 0 ? 19999 : 40);
            memset(bytes, random_below(&seed, 2) != 0 ? 0xFF : 0, n);
            bytes[n - 1] = 'a';
            start_audit(x);
            field(x, "Application", type, bytes, n);
            field(x, "FilterOrigin", VALUE_UTF8, bytes + n - 1, 1);
            room = batch_add(b, finish_audit(x), i + 1);
            assert_true(room || i > 0);
        }
        wfpw_batch_free(b);
    }
    free(bytes);
    free(x);
}

/* A batch of any size that is full to some byte, and then a record with texts beside its body. */
static void test_full_to_any_byte(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    uint8_t *room = malloc(RECORD_MAX);
    static char text[50];
    (void)state;
    assert_true(x != NULL && room != NULL);
    memset(text, 'a', sizeof text);
    for (uint32_t odd = 0; odd < 8; odd++)
        for (uint32_t left = 0; left < 24; left++) {
            wfpw_batch *b = wfpw_batch_new(100, BATCH_MIN + odd);
            size_t rest;
            for (int i = 0; i < 3; i++)
                assert_true(batch_add(b, letters(room, 'x', 100000), 1));
            (void)batch_room(b, &rest);
            bool filled = batch_add(b, letters(room, 'x', (uint32_t)rest + 10 - left), 1);
            start_audit(x);
            field(x, "FilterOrigin", VALUE_UTF8, text, sizeof text);
            assert_int_equal(batch_add(b, finish_audit(x), 2), !filled);
            wfpw_batch_free(b);
        }
    free(room);
    free(x);
}

/* No decoder makes a record that an empty batch has no room for. If one did, it would come without
 * what has no room, and not stop the reader. */
static void test_more_than_any_batch_holds(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    wfpw_batch *b = wfpw_batch_new(4, BATCH_MIN);
    static char text[4000];
    (void)state;
    assert_true(x != NULL && b != NULL);
    memset(text, 'a', sizeof text);
    start_audit(x);
    for (int i = 0; i < 200; i++)
        field(x, "New", VALUE_UTF8, text, i == 0 ? sizeof text : 1);
    const struct record *r = finish_audit(x);
    const struct record_audit *audit = record_at(r, r->audit_at);
    struct record_field *f = (struct record_field *)(void *)((uint8_t *)x->room + audit->fields_at);
    for (int i = 1; i < 200; i++)
        f[i].value = f[0].value;
    assert_true(batch_add(b, r, 1));
    assert_null(wfpw_batch_get(b, 0)->audit);
    assert_int_equal(wfpw_batch_get(b, 0)->flags, WFPW_EVENT_TRUNCATED);
    assert_false(batch_add(b, r, 2));
    wfpw_batch_free(b);
    free(x);
}

/* Names are written once a batch; when what came last is taken back, so are its names. */
static void test_names_after_a_full_batch(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    wfpw_batch *b = wfpw_batch_new(100, BATCH_MIN);
    uint8_t *room = malloc(RECORD_MAX);
    uint8_t *large = calloc(1, 60000);
    (void)state;
    assert_true(x != NULL && b != NULL && room != NULL && large != NULL);
    while (batch_add(b, letters(room, 'x', 10000), 1))
        ;
    start_audit(x);
    field(x, "Application", VALUE_UTF8, "short", 5);
    field(x, "LayerName", VALUE_BINARY, large, 60000); /* does not fit any more */
    assert_false(batch_add(b, finish_audit(x), 2));
    start_audit(x);
    field(x, "Application", VALUE_UTF8, "short", 5);
    field(x, "LayerName", VALUE_UTF8, "y", 1);
    assert_true(batch_add(b, finish_audit(x), 2));
    assert_true(batch_add(b, finish_audit(x), 3));
    for (uint32_t i = batch_count(b) - 2; i < batch_count(b); i++) {
        assert_field(wfpw_batch_get(b, i)->audit, 0, "Application", "short");
        assert_field(wfpw_batch_get(b, i)->audit, 1, "LayerName", "y");
    }
    free(large);
    free(room);
    wfpw_batch_free(b);
    free(x);
}

/* One of few values, so that most come again: of a type and size that others have, too. */
static size_t some_value(uint64_t *seed, uint8_t *type, uint8_t bytes[400])
{
    static const uint8_t types[] = {VALUE_STRING, VALUE_UTF8, VALUE_BINARY, VALUE_U32};
    static const uint16_t sizes[] = {0, 2, 4, 6, 8, 14, 16, 18, 40, 158, 160, 162, 400};
    *type = types[random_below(seed, 4)];
    size_t n = *type == VALUE_U32 ? 4 : sizes[random_below(seed, 13)];
    for (size_t i = 0; i < n; i++)
        bytes[i] = *type == VALUE_STRING && i % 2 != 0 ? 0 : 'a';
    if (n > 0)
        bytes[2 * random_below(seed, (uint32_t)n / 2)] = random_below(seed, 2) != 0 ? 'b' : '"';
    return n;
}

/* A value is that of its record, whatever the one before had, and whatever was taken back. */
static void test_values_that_come_again(void **state)
{
    static const char *const names[] = {"Application", "LayerName", "ProcessID", "NewOne"};
    struct audit *x = calloc(1, sizeof *x);
    wfpw_batch *b = wfpw_batch_new(40, 0);
    char wanted[3][801];
    uint64_t seed = 3;
    (void)state;
    assert_true(x != NULL && b != NULL);
    for (uint64_t round = 1; round < 20000; round++) {
        start_audit(x);
        for (uint32_t i = 0; i < 3; i++) {
            uint8_t type, bytes[400];
            size_t n = some_value(&seed, &type, bytes);
            wanted[i][text_value(wanted[i], type, bytes, n)] = 0;
            field(x, names[random_below(&seed, 4)], type, bytes, n);
        }
        if (batch_count(b) == 40 || random_below(&seed, 30) == 0)
            batch_clear(b);
        size_t used = batch_used(b);
        assert_true(batch_add(b, finish_audit(x), round));
        const wfpw_audit *a = batch_last(b)->audit;
        for (uint32_t i = 0; i < 3; i++) {
            bool plain = strchr(wanted[i], '"') == NULL;
            assert_string_equal(a->fields[i].value, wanted[i]);
            assert_int_equal(a->fields[i].value_length, strlen(wanted[i]));
            if ((a->fields[i].flags & WFPW_FIELD_VALUE_PLAIN) != 0)
                assert_true(plain);
        }
        if (random_below(&seed, 10) == 0)
            batch_take_back(b, used);
    }
    wfpw_batch_free(b);
    free(x);
}

static void same_text(const char *a, const char *b)
{
    assert_true((a == NULL) == (b == NULL));
    if (a != NULL)
        assert_string_equal(a, b);
}

/* Of an event without its fields all else is the same, and what comes again is there once. */
static void test_omitted_fields(void **state)
{
    static const char *const names[] = {"Application", "FilterOrigin", "UserID", "NewOne"};
    struct audit *x = calloc(1, sizeof *x);
    wfpw_batch *whole = wfpw_batch_new(40, 0), *bare = wfpw_batch_new(40, 0);
    uint64_t seed = 5;
    uint32_t shared = 0;
    (void)state;
    assert_true(x != NULL && whole != NULL && bare != NULL);
    batch_omit_fields(bare);
    for (uint64_t round = 1; round < 5000; round++) {
        const char *last = batch_count(bare) > 0 ? batch_last(bare)->device_path : NULL;
        start_audit(x);
        for (uint32_t i = 0; i < 4; i++) {
            uint8_t type, bytes[400];
            size_t n = some_value(&seed, &type, bytes);
            field(x, names[random_below(&seed, 4)], type, bytes, n);
        }
        const struct record *r = finish_audit(x);
        if (batch_count(bare) == 40) {
            batch_clear(whole);
            batch_clear(bare);
            last = NULL;
        }
        assert_true(batch_add(whole, r, round) && batch_add(bare, r, round));
        const wfpw_event *a = batch_last(whole), *b = batch_last(bare);
        assert_true(a->audit->field_count == 4 && b->audit->field_count == 0);
        assert_null(b->audit->fields);
        same_text(a->device_path, b->device_path);
        same_text(a->filter_origin, b->filter_origin);
        same_text(a->user_sid, b->user_sid);
        same_text(a->user_name, b->user_name);
        same_text(a->audit->computer, b->audit->computer);
        assert_int_equal(a->flags, b->flags);
        shared += last != NULL && b->device_path == last;
    }
    assert_true(shared > 0);
    assert_true(batch_used(bare) < batch_used(whole));
    wfpw_batch_free(whole);
    wfpw_batch_free(bare);
    free(x);
}

/* Another record than those of traffic keeps its fields: rules are looked up by them. */
static void test_fields_that_are_not_omitted(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    wfpw_batch *b = wfpw_batch_new(1, 0);
    (void)state;
    assert_true(x != NULL && b != NULL);
    batch_omit_fields(b);
    start_audit(x);
    field(x, "RuleId", VALUE_UTF8, "one", 3);
    struct record *r = (struct record *)finish_audit(x);
    ((struct record_audit *)((uint8_t *)r + r->audit_at))->event_id = 4947;
    assert_true(batch_add(b, r, 1));
    assert_string_equal(wfpw_audit_get(batch_last(b)->audit, "RuleId"), "one");
    wfpw_batch_free(b);
    free(x);
}

/* The most that a record can hold, in the forms that need most room: of an empty batch's smallest
 * size it never needs more than there is. */
static void fits(struct audit *x, uint32_t fields, const char *name, uint8_t type, size_t n)
{
    wfpw_batch *b = wfpw_batch_new(1, 1);
    uint16_t *data = malloc(RECORD_MAX);
    assert_true(b != NULL && data != NULL);
    for (size_t i = 0; i < RECORD_MAX / 2; i++)
        data[i] = 0x20AC;
    if (type == VALUE_UTF8)
        memset(data, 'u', RECORD_MAX);
    start_audit(x);
    for (uint32_t i = 0; i < fields; i++)
        field(x, name, type, data, n);
    const struct record *r = audit_record_finish(&x->a, 1);
    if (r != NULL && !batch_add(b, r, 1))
        fail_msg("%u times %s of type %u with %zu bytes do not fit", fields, name, type, n);
    free(data);
    wfpw_batch_free(b);
}

/* Fields that are the application and the filter's origin too: their text is there twice. */
static void fits_twice(struct audit *x, uint8_t type, size_t n)
{
    wfpw_batch *b = wfpw_batch_new(1, 1);
    uint16_t *data = malloc(RECORD_MAX);
    assert_true(b != NULL && data != NULL);
    for (size_t i = 0; i < RECORD_MAX / 2; i++)
        data[i] = type == VALUE_UTF8 ? 0x7575 : 0x20AC;
    start_audit(x);
    field(x, "Application", type, data, n);
    field(x, "FilterOrigin", type, data, n);
    const struct record *r = audit_record_finish(&x->a, 1);
    if (r != NULL && !batch_add(b, r, 1))
        fail_msg("twice %zu bytes of type %u do not fit", n, type);
    free(data);
    wfpw_batch_free(b);
}

static void test_fields_that_have_a_place_of_their_own(void **state)
{
    struct audit *x = calloc(1, sizeof *x);
    (void)state;
    assert_non_null(x);
    for (size_t n = 20000; n < 66000; n += 200) {
        fits_twice(x, VALUE_STRING, n);
        fits_twice(x, VALUE_UTF8, n);
    }
    free(x);
}

static void test_any_record_fits_an_empty_batch(void **state)
{
    static const uint8_t types[] = {VALUE_STRING, VALUE_BINARY, VALUE_UTF8, VALUE_SID, VALUE_U8};
    static const char *const names[] = {"LayerName", "NewInWindows99"};
    struct audit *x = calloc(1, sizeof *x);
    (void)state;
    assert_non_null(x);
    for (size_t t = 0; t < sizeof types; t++)
        for (size_t i = 0; i < 2; i++) {
            fits(x, RECORD_FIELDS_MAX, names[i], types[t], 1);
            fits(x, RECORD_FIELDS_MAX, names[i], types[t], 100);
            fits(x, 40, names[i], types[t], 4000);
            fits(x, 2, names[i], types[t], 60000);
            fits(x, 1, names[i], types[t], 106000);
        }
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_record),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_put_without_room),
        cmocka_unit_test(test_put_of_any_size),
        cmocka_unit_test(test_text_limit),
        cmocka_unit_test(test_batch_limits),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_full_by_count),
        cmocka_unit_test(test_full_by_bytes),
        cmocka_unit_test(test_record_moves),
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_values_that_come_again),
        cmocka_unit_test(test_omitted_fields),
        cmocka_unit_test(test_fields_that_are_not_omitted),
        cmocka_unit_test(test_full_of_the_worst),
        cmocka_unit_test(test_full_to_any_byte),
        cmocka_unit_test(test_more_than_any_batch_holds),
        cmocka_unit_test(test_names_after_a_full_batch),
        cmocka_unit_test(test_any_record_fits_an_empty_batch),
        cmocka_unit_test(test_fields_that_have_a_place_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
