/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Rules that are read again and again: what the table says of any moment is what was so then, or
 * that it is not certain. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names/rules/rules.h"
#include "random.h"

enum {
    IDS = 6,
    READINGS = 14,
    STEP = 100,
    SETTLE = 30,
    ABSENT = 0,
    ORIGIN = WFPW_RULE_ORIGIN_LOCAL
};

static struct rule_builder builder;

struct history {
    struct rules table;
    uint64_t random;
    uint32_t truth[READINGS][IDS]; /* what the registry had from the change of a reading on */
    bool was_read[READINGS];
};

static uint64_t changed_at(int reading)
{
    return (uint64_t)STEP * (uint64_t)(reading + 1);
}

static void start_table(struct rules *s)
{
    wfpw_allocator memory = memory_of(NULL);
    rules_init(s, &memory, 1 << 20, 7);
}

static const struct rule *make_rule(int id, uint32_t content)
{
    char text[16];
    rule_start(&builder);
    rule_put(&builder, RULE_ID, text, (size_t)snprintf(text, sizeof text, "{%d}", id));
    rule_put(&builder, RULE_NAME, text, (size_t)snprintf(text, sizeof text, "%u", content));
    builder.rule.origin = ORIGIN;
    return rule_finish(&builder);
}

static void read_rule(struct rules *s, struct rules_list *list, int id, uint32_t content)
{
    char text[16];
    struct rule_facts facts = {.mark = content};
    size_t n = (size_t)snprintf(text, sizeof text, "{%d}", id);
    if (content == ABSENT || rules_keep(s, text, n, ORIGIN, content, list))
        return;
    assert_true(rules_list_add(s, make_rule(id, content), &facts, list));
}

/* A reading that is whole, or one that failed before its first rule. */
static void read_all(struct history *h, int reading)
{
    struct rules_list list = {.number = (uint32_t)reading + 1,
                              .changed = changed_at(reading),
                              .time = changed_at(reading) + SETTLE,
                              .until = UINT64_MAX};
    bool first = true;
    h->was_read[reading] = reading == 0 || random_below(&h->random, 5) != 0;
    for (int id = 0; id < IDS && h->was_read[reading]; id++)
        read_rule(&h->table, &list, id, h->truth[reading][id]);
    list.origins = h->was_read[reading] ? UINT64_C(1) << ORIGIN : 0;
    while (rules_list_end(&h->table, &list, first, 2))
        first = false;
}

static void make_history(struct history *h, uint64_t seed)
{
    memset(h, 0, sizeof *h);
    h->random = seed;
    start_table(&h->table);
    for (int i = 0; i < READINGS; i++) {
        for (int id = 0; id < IDS; id++) {
            bool stays = i > 0 && random_below(&h->random, 2) == 0;
            h->truth[i][id] = stays ? h->truth[i - 1][id] : random_below(&h->random, 3);
        }
        read_all(h, i);
    }
}

/* What is said of one moment after the first reading. */
static void check_moment(struct history *h, int id, int reading, uint64_t time)
{
    char text[16];
    struct rule_found found;
    size_t n = (size_t)snprintf(text, sizeof text, "{%d}", id);
    uint32_t content = h->truth[reading][id];
    bool settled = time > changed_at(reading) + SETTLE && h->was_read[reading];
    if (!rules_find(&h->table, text, n, time, &found)) {
        for (int i = 0; i < READINGS; i++)
            assert_true(h->truth[i][id] == ABSENT || !h->was_read[i]);
        return;
    }
    uint32_t said = (uint32_t)strtoul(rule_text(found.rule, RULE_NAME), NULL, 10);
    if (found.state == WFPW_FILTER_STATE_CURRENT)
        assert_int_equal(said, content);
    if (settled && content != ABSENT) {
        assert_int_equal(found.state, WFPW_FILTER_STATE_CURRENT);
        assert_int_equal(said, content);
    }
    if (found.state == WFPW_FILTER_STATE_DELETED && h->was_read[reading])
        assert_true(content == ABSENT || time < changed_at(reading) + SETTLE);
}

static void test_any_moment(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 200; seed++) {
        struct history h;
        make_history(&h, seed);
        for (int i = 0; i < READINGS; i++)
            for (int id = 0; id < IDS; id++)
                for (uint64_t after = 1; after < STEP; after += 13)
                    check_moment(&h, id, i, changed_at(i) + after);
        rules_free(&h.table);
        assert_int_equal(h.table.bytes, 0);
    }
}

static struct rule_found find(struct rules *s, uint64_t time)
{
    struct rule_found found = {0};
    assert_true(rules_find(s, "{0}", 3, time, &found));
    return found;
}

static void read_one(struct rules *s, struct rules_list *list, uint32_t content)
{
    read_rule(s, list, 0, content);
    list->origins = UINT64_C(1) << ORIGIN;
    (void)rules_list_end(s, list, true, 100);
}

/* A record of a change ends what a reading told, until the next one, though that finds the same. */
static void test_record_between(void **state)
{
    struct rules s;
    struct rules_list one = {.number = 1, .changed = 100, .time = 100, .until = UINT64_MAX};
    struct rules_list two = {.number = 2, .changed = 210, .time = 220, .until = UINT64_MAX};
    struct rule_facts record = {
        .change = WFPW_RULE_CHANGE_CHANGED, .since = 200, .until = UINT64_MAX};
    (void)state;
    start_table(&s);
    read_one(&s, &one, 1);
    assert_int_equal(find(&s, 250).state, WFPW_FILTER_STATE_CURRENT);
    (void)make_rule(0, 9);
    builder.rule.is_bare = 1;
    assert_true(rules_add(&s, rule_finish(&builder), &record));
    assert_int_equal(find(&s, 199).state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(find(&s, 250).state, WFPW_FILTER_STATE_UNCERTAIN);
    assert_int_equal(find(&s, 250).change_kind, WFPW_RULE_CHANGE_CHANGED);
    read_one(&s, &two, 1);
    assert_int_equal(two.different, 1);
    assert_int_equal(find(&s, 250).state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(find(&s, 215).state, WFPW_FILTER_STATE_UNCERTAIN);
    record.change = WFPW_RULE_CHANGE_DELETED;
    record.since = 300;
    (void)make_rule(0, 9);
    builder.rule.is_bare = 1;
    assert_true(rules_add(&s, rule_finish(&builder), &record));
    assert_int_equal(find(&s, 250).state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(find(&s, 301).state, WFPW_FILTER_STATE_DELETED);
    rules_free(&s);
}

/* The same id in two places: each is read for itself. */
static void test_two_places(void **state)
{
    struct rules s;
    struct rules_list list = {.number = 1, .changed = 100, .time = 100, .until = UINT64_MAX};
    struct rule_facts facts = {.mark = 5};
    (void)state;
    start_table(&s);
    read_rule(&s, &list, 0, 1);
    (void)make_rule(0, 5);
    builder.rule.origin = WFPW_RULE_ORIGIN_GROUP_POLICY;
    assert_true(rules_list_add(&s, rule_finish(&builder), &facts, &list));
    list = (struct rules_list){.number = 2, .changed = 200, .time = 210, .until = UINT64_MAX};
    assert_true(rules_keep(&s, "{0}", 3, ORIGIN, 1, &list));
    assert_true(rules_keep(&s, "{0}", 3, WFPW_RULE_ORIGIN_GROUP_POLICY, 5, &list));
    assert_false(rules_keep(&s, "{0}", 3, WFPW_RULE_ORIGIN_MDM, 5, &list));
    rules_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_moment),
        cmocka_unit_test(test_record_between),
        cmocka_unit_test(test_two_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
