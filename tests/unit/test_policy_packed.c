/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Policy objects of any kind, packed and unpacked: they say the same. */
#include "random.h"

#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "names/policy_packed.h"

enum { ROOM = POLICY_OBJECT_MAX };

static const char *const texts[] = {
    "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
    "FWPM_CONDITION_IP_PROTOCOL",
    "{12345678-1111-2222-3333-444444444444}",
    "{12345678-1111-2222-3333-44444444444x}",
    "{ABCDEF78-1111-2222-3333-444444444444}",
    "12345678-1111-2222-3333-444444444444",
    "x",
    "\xC3\xA4\xE2\x82\xAC",
    "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe",
};

/* As a key, or as it is: of a GUID also one in large letters stays as it was then. */
static policy_object_text any_text(struct policy_object_builder *b, uint64_t *seed)
{
    static char much[70000];
    uint32_t which = random_below(seed, 40);
    if (which < sizeof texts / sizeof *texts)
        return random_below(seed, 2) != 0
                   ? policy_object_put_key(b, texts[which], strlen(texts[which]))
                   : policy_object_put(b, texts[which], strlen(texts[which]));
    if (which > 11)
        return 0;
    size_t n = random_below(seed, which == 11 ? sizeof much : 300);
    memset(much, 'a' + (int)random_below(seed, 26), n);
    return policy_object_put(b, much, n);
}

static const struct policy_object *any_object(struct policy_object_builder *b, uint64_t *seed)
{
    policy_object_start(b, POLICY_OBJECT_FILTER + random_below(seed, 8));
    b->object.state = (uint16_t)random_below(seed, 2);
    b->object.present = (uint32_t)random_u64(seed) >> random_below(seed, 32);
    b->object.id = random_u64(seed) >> random_below(seed, 64);
    b->object.weight = random_u64(seed) >> random_below(seed, 64);
    b->object.effective_weight = random_below(seed, 2) != 0 ? UINT64_MAX : 0;
    b->object.raw_context = random_u64(seed);
    for (int i = 0; i < TEXT_COUNT; i++)
        b->object.texts[i] = any_text(b, seed);
    for (uint32_t n = random_below(seed, 12); n > 0; n--) {
        struct policy_object_condition *c = policy_object_add_condition(b);
        *c = (struct policy_object_condition){.field = any_text(b, seed),
                                              .match = any_text(b, seed),
                                              .type = any_text(b, seed),
                                              .element = any_text(b, seed),
                                              .value = any_text(b, seed),
                                              .high = any_text(b, seed),
                                              .flags = random_below(seed, 2)};
    }
    for (uint32_t n = random_below(seed, 5); n > 0; n--)
        policy_object_add_flag(b, texts[0], strlen(texts[0]) - n);
    return policy_object_finish(b);
}

static void assert_text(const struct policy_object *a, policy_object_text of_a,
                        const struct policy_object *b, policy_object_text of_b)
{
    const char *x = policy_object_text_of(a, of_a), *y = policy_object_text_of(b, of_b);
    assert_int_equal(x == NULL, y == NULL);
    if (x != NULL)
        assert_string_equal(x, y);
    assert_int_equal(of_a & POLICY_OBJECT_SYMBOL, of_b & POLICY_OBJECT_SYMBOL);
}

static void assert_conditions(const struct policy_object *a, const struct policy_object *b)
{
    const struct policy_object_condition *x = policy_object_conditions(a),
                                         *y = policy_object_conditions(b);
    for (uint32_t i = 0; i < a->condition_count; i++) {
        assert_text(a, x[i].field, b, y[i].field);
        assert_text(a, x[i].match, b, y[i].match);
        assert_text(a, x[i].type, b, y[i].type);
        assert_text(a, x[i].element, b, y[i].element);
        assert_text(a, x[i].value, b, y[i].value);
        assert_text(a, x[i].high, b, y[i].high);
        assert_int_equal(x[i].flags, y[i].flags);
    }
}

static void assert_same(const struct policy_object *a, const struct policy_object *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->present, b->present);
    assert_int_equal(a->flag_bits, b->flag_bits);
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->weight, b->weight);
    assert_int_equal(a->effective_weight, b->effective_weight);
    assert_int_equal(a->raw_context, b->raw_context);
    assert_int_equal(a->condition_count, b->condition_count);
    assert_int_equal(a->flag_count, b->flag_count);
    for (int i = 0; i < TEXT_COUNT; i++)
        assert_text(a, a->texts[i], b, b->texts[i]);
    assert_conditions(a, b);
    for (uint32_t i = 0; i < a->flag_count; i++)
        assert_text(a, policy_object_flags(a)[i], b, policy_object_flags(b)[i]);
}

static void assert_slots(const struct policy_object *o, const struct policy_packed *p, void *room)
{
    for (int i = 0; i < TEXT_COUNT; i++) {
        const char *text = policy_object_slot_of(o, (enum policy_object_slot)i);
        const char *found = policy_packed_text(p, (enum policy_object_slot)i, room);
        assert_true(text == NULL ? found == NULL : strcmp(text, found) == 0);
        assert_int_equal(policy_packed_has(p, (enum policy_object_slot)i), text != NULL);
        assert_int_equal(policy_packed_is(p, (enum policy_object_slot)i, text != NULL ? text : "x"),
                         text != NULL);
        assert_false(policy_packed_is(p, (enum policy_object_slot)i, ""));
        assert_false(policy_packed_is(p, (enum policy_object_slot)i, "another"));
    }
}

static void test_round_trip(void **state)
{
    struct policy_object_builder *b = malloc(sizeof *b);
    uint8_t *packed = malloc(ROOM);
    uint64_t *unpacked = malloc(ROOM), seed = 5;
    (void)state;
    assert_true(b != NULL && packed != NULL && unpacked != NULL);
    for (int i = 0; i < 400; i++) {
        const struct policy_object *o = any_object(b, &seed);
        size_t n = policy_pack(o, packed, ROOM);
        const struct policy_packed *p = (const void *)packed;
        assert_true(n != 0 && n <= (size_t)o->bytes + POLICY_PACKED_MORE);
        assert_int_equal(policy_packed_bytes(p), n);
        assert_true(policy_packed_unpacked(p) <= o->bytes);
        assert_same(o, policy_unpack(p, unpacked));
        assert_slots(o, p, unpacked);
    }
    free(unpacked);
    free(packed);
    free(b);
}

/* Too little room: nothing behind it is written. */
static void test_little_room(void **state)
{
    struct policy_object_builder *b = malloc(sizeof *b);
    (void)state;
    assert_non_null(b);
    policy_object_start(b, POLICY_OBJECT_FILTER);
    b->object.texts[TEXT_KEY] = policy_object_put_key(b, texts[2], strlen(texts[2]));
    b->object.texts[TEXT_NAME] = policy_object_put(b, texts[8], strlen(texts[8]));
    const struct policy_object *o = policy_object_finish(b);
    uint8_t whole[1024];
    size_t n = policy_pack(o, whole, sizeof whole);
    assert_true(n != 0);
    for (size_t room = 0; room <= n + 20; room++) {
        uint8_t *to = malloc(room + 1);
        assert_non_null(to);
        to[room] = 0x5A;
        size_t got = policy_pack(o, to, room);
        assert_true(got == 0 || (got == n && room >= n));
        assert_true(got != 0 || room < n + 10); /* where the longest number has no room */
        assert_int_equal(to[room], 0x5A);
        free(to);
    }
    free(b);
}

/* What a usual rule of the firewall takes. */
static void test_size(void **state)
{
    struct policy_object_builder *b = malloc(sizeof *b);
    uint8_t packed[512];
    (void)state;
    assert_non_null(b);
    policy_object_start(b, POLICY_OBJECT_FILTER);
    b->object.id = 70000;
    b->object.texts[TEXT_KEY] = policy_object_put_key(b, texts[2], strlen(texts[2]));
    b->object.texts[TEXT_LAYER] = policy_object_put_key(b, texts[0], strlen(texts[0]));
    for (int i = 0; i < 3; i++) {
        struct policy_object_condition *c = policy_object_add_condition(b);
        c->field = policy_object_put_key(b, texts[1], strlen(texts[1]));
        c->match = policy_object_put_key(b, "FWP_MATCH_EQUAL", 15);
        c->value = policy_object_put(b, "443", 3);
    }
    const struct policy_object *o = policy_object_finish(b);
    assert_true(policy_pack(o, packed, sizeof packed) * 2 < o->bytes);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_little_room),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
