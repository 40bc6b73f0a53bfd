/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Several sources read as one: the earliest first, each in its own order, and what fails fails
 * alone. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "random.h"
#include "source/interleave.h"

enum { SOURCES = 9, RECORDS = 200 };

static struct tally counts;

/* A source that has its records ready, looks at the clock now and then, and may fail at its end. */
struct made {
    struct source source;
    uint64_t times[RECORDS];
    uint32_t count, at, number;
    bool fails, closed, looks;
    struct record record; /* overwritten by the next one, as sources do */
};

static enum source_result next_made(struct source *s, struct tally *t, const struct record **r,
                                    wfpw_error *e)
{
    struct made *m = (struct made *)s;
    (void)t;
    assert_false(m->closed);
    memset(&m->record, 0xDD, sizeof m->record);
    m->looks = !m->looks;
    if (m->looks && m->number % 2 == 0)
        return SOURCE_AGAIN;
    if (m->at == m->count) {
        e->os_code = m->number;
        return m->fails ? SOURCE_FAILED : SOURCE_END;
    }
    m->record.time = m->times[m->at++];
    m->record.process_id = m->number;
    *r = &m->record;
    return SOURCE_RECORD;
}

static void close_made(struct source *s)
{
    struct made *m = (struct made *)s;
    assert_false(m->closed);
    m->closed = true;
}

static struct source *make_all(struct made *m, uint64_t *random, bool clock_steps)
{
    memset(m, 0, SOURCES * sizeof *m);
    for (uint32_t i = 0; i < SOURCES; i++) {
        uint64_t time = random_below(random, 1000);
        m[i].number = i;
        m[i].count = i == 3 ? 0 : random_below(random, RECORDS);
        m[i].fails = random_below(random, 3) == 0;
        m[i].source = (struct source){.next = next_made, .close = close_made};
        for (uint32_t k = 0; k < m[i].count; k++) {
            time += random_below(random, 50);
            if (clock_steps && random_below(random, 20) == 0)
                time -= time / 2;
            m[i].times[k] = time;
        }
        if (i > 0)
            m[i - 1].source.following = &m[i].source;
    }
    const wfpw_allocator memory = memory_of(NULL);
    struct source *all = interleave_open(&memory, &m[0].source);
    assert_non_null(all);
    return all;
}

/* Every record of every source, in the source's order; each failure once. */
static void read_all(struct made *m, struct source *all, bool sorted)
{
    uint32_t seen[SOURCES] = {0}, failed[SOURCES] = {0};
    uint64_t last = 0;
    for (;;) {
        const struct record *r;
        wfpw_error e;
        enum source_result result = all->next(all, &counts, &r, &e);
        if (result == SOURCE_END)
            break;
        if (result == SOURCE_PART_FAILED)
            failed[e.os_code]++;
        if (result != SOURCE_RECORD)
            continue;
        assert_int_equal(r->time, m[r->process_id].times[seen[r->process_id]++]);
        assert_true(!sorted || r->time >= last);
        last = r->time;
    }
    all->close(all);
    for (uint32_t i = 0; i < SOURCES; i++) {
        assert_int_equal(seen[i], m[i].count);
        assert_int_equal(failed[i], m[i].fails);
        assert_true(m[i].closed);
    }
}

static void test_the_earliest_first(void **state)
{
    static struct made m[SOURCES];
    uint64_t random = 3;
    (void)state;
    for (int turn = 0; turn < 100; turn++)
        read_all(m, make_all(m, &random, turn % 2 != 0), turn % 2 == 0);
}

static void test_closed_early(void **state)
{
    static struct made m[SOURCES];
    uint64_t random = 4;
    (void)state;
    for (int turn = 0; turn < 100; turn++) {
        struct source *all = make_all(m, &random, false);
        const struct record *r;
        wfpw_error e;
        for (uint32_t i = random_below(&random, 300); i > 0; i--)
            (void)all->next(all, &counts, &r, &e);
        all->close(all);
        for (uint32_t i = 0; i < SOURCES; i++)
            assert_true(m[i].closed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_earliest_first),
        cmocka_unit_test(test_closed_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
