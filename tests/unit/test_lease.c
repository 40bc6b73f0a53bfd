/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Leases: the arithmetic as a table and as a game with random moves, the document in every state
 * that it may be found in. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "lease/lease.h"
#include "random.h"

enum {
    COLLECT = FWPM_ENGINE_COLLECT_NET_EVENTS,
    KEYWORDS = FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS
};
enum { IPSEC = FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS };

static struct lease lease_of(uint32_t pid, uint32_t setting, uint32_t before, uint32_t added)
{
    return (struct lease){.who = {.pid = pid, .started = pid * 1000, .boot = {1, 2, 3}},
                          .session = 7,
                          .setting = setting,
                          .before = before,
                          .added = added};
}

/* ---- arithmetic ----------------------------------------------------------------------------- */

static void test_plan(void **state)
{
    /* Our own lease (0: none), one of another that lives, one of another that has ended; what the
     * setting is, what we want; what our lease says then, what is cleared, what is set. */
    static const struct {
        uint32_t mine, living, ended, value, wants, added, clear, next;
    } rows[] = {
        {0, 0, 0, 0x00, 0x3F, 0x3F, 0x00, 0x3F},    /* the first one adds all */
        {0, 0, 0, 0x10, 0x3F, 0x2F, 0x00, 0x3F},    /* but what was on */
        {0, 0, 0, 0x3F, 0x3F, 0x00, 0x00, 0x3F},    /* nothing to add, nothing to hold */
        {0, 0, 0, 0x80, 0x3F, 0x3F, 0x00, 0xBF},    /* a bit that we know nothing of stays */
        {0, 0x3F, 0, 0x3F, 0x3F, 0x3F, 0x00, 0x3F}, /* the second one joins */
        {0, 0x2F, 0, 0x3F, 0x3F, 0x2F, 0x00, 0x3F}, /* and what was on before is still not ours */
        {0, 0x0F, 0, 0x0F, 0x30, 0x30, 0x00, 0x3F}, /* each its own bits */
        {0x3F, 0, 0, 0x3F, 0, 0x00, 0x3F, 0x00},    /* the last one leaves */
        {0x2F, 0, 0, 0x3F, 0, 0x00, 0x2F, 0x10},    /* and what was on stays on */
        {0x3F, 0x3F, 0, 0x3F, 0, 0x00, 0x00, 0x3F}, /* not the last one */
        {0x3F, 0x03, 0, 0x3F, 0, 0x00, 0x3C, 0x03}, /* the other one wants less */
        {0x3F, 0, 0, 0x0C, 0, 0x00, 0x0C, 0x00},    /* another program cleared some: stays so */
        {0x0F, 0, 0, 0x3F, 0, 0x00, 0x0F, 0x30},    /* and one set some: they stay */
        {0x3F, 0, 0, 0x00, 0, 0x00, 0x00, 0x00},    /* all were cleared */
        {0x3F, 0, 0, 0x00, 0x3F, 0x3F, 0x00, 0x3F}, /* turned on again under the same lease */
        {0x0F, 0, 0, 0x00, 0x3F, 0x3F, 0x00, 0x3F}, /* what was on before and is off now too */
        {0, 0, 0x3F, 0x3F, 0x3F, 0x3F, 0x00, 0x3F}, /* taken over from one that has ended */
        {0, 0, 0x3F, 0x3F, 0x03, 0x03, 0x3C, 0x03}, /* what is not wanted is put back */
        {0, 0, 0x3F, 0x3F, 0, 0x00, 0x3F, 0x00},    /* settled */
        {0, 0x30, 0x3F, 0x3F, 0, 0x00, 0x0F, 0x30}, /* but for what a living one wants */
        {0x03, 0x30, 0x0C, 0xFF, 0, 0x00, 0x0F, 0xF0}, /* all at once */
        {0x01, 0, 0, 0x01, 0x01, 0x01, 0x00, 0x01},    /* nothing changes */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct leases t = {0};
        struct lease l = lease_of(1, KEYWORDS, 0, rows[i].mine);
        struct lease *mine = NULL;
        if (l.added != 0) {
            l.over = rows[i].wants == 0;
            assert_true(leases_add(&t, &l));
            mine = &t.at[0];
        }
        l = lease_of(2, KEYWORDS, 0, rows[i].living);
        if (l.added != 0)
            assert_true(leases_add(&t, &l));
        l = lease_of(3, KEYWORDS, 0, rows[i].ended);
        l.over = true;
        if (l.added != 0)
            assert_true(leases_add(&t, &l));
        l = lease_of(4, COLLECT, 0, 1); /* another setting's is not looked at */
        assert_true(leases_add(&t, &l));
        struct lease_plan p = leases_plan(&t, KEYWORDS, mine, rows[i].value, rows[i].wants);
        if (p.added != rows[i].added || p.clear != rows[i].clear || p.next != rows[i].next)
            fail_msg("row %u: added 0x%x, clear 0x%x, next 0x%x", (unsigned)i, p.added, p.clear,
                     p.next);
        assert_int_equal(p.before & p.added, 0);
    }
}

/* ---- a game --------------------------------------------------------------------------------- */

enum { HOLDERS = 5, MOVES = 60, GAMES = 2000 };

struct game {
    struct leases t;
    uint32_t value, first, touched; /* bits that other programs have changed */
    struct {
        bool lives;
        uint32_t pid, wants;
    } holders[HOLDERS];
    uint32_t pids;
};

static void mark_ended(struct game *g)
{
    for (uint32_t i = 0; i < g->t.count; i++) {
        struct lease *l = &g->t.at[i];
        l->over = true;
        for (int h = 0; h < HOLDERS; h++)
            if (g->holders[h].lives && g->holders[h].pid == l->who.pid)
                l->over = false;
    }
}

/* As collection.c does it; the process may end before the setting is set, or before what is over
 * is taken out of the document. */
static void take(struct game *g, int h, uint32_t wants, uint64_t end_at)
{
    struct lease me = lease_of(g->holders[h].pid, KEYWORDS, 0, 0);
    mark_ended(g);
    struct lease *l = leases_find(&g->t, &me, KEYWORDS);
    struct lease_plan p = leases_plan(&g->t, KEYWORDS, l, g->value, wants);
    if (l != NULL) {
        l->added = p.added != 0 ? p.added : l->added;
        l->over = p.added == 0;
    } else if (p.added != 0) {
        me.added = p.added;
        assert_true(leases_add(&g->t, &me));
    }
    if (end_at == 1)
        return;
    g->value = p.next;
    if (end_at == 2)
        return;
    leases_drop_over(&g->t, KEYWORDS);
    assert_int_equal(g->value & wants, wants);
}

static void play_one(struct game *g, uint64_t *seed)
{
    int h = (int)random_below(seed, HOLDERS);
    uint64_t die = random_below(seed, 4);
    uint32_t bit = 1u << random_below(seed, 6);
    switch (random_below(seed, 4)) {
    case 0: /* another program */
        g->value ^= bit;
        g->touched |= bit;
        break;
    case 1: /* opens, or looks again */
        if (!g->holders[h].lives) {
            g->holders[h].pid = ++g->pids;
            g->holders[h].wants = random_below(seed, 0x40);
        }
        g->holders[h].lives = true;
        take(g, h, g->holders[h].wants, die);
        g->holders[h].lives = die == 0 || die == 3;
        break;
    case 2: /* closes */
        if (!g->holders[h].lives)
            break;
        take(g, h, 0, die);
        g->holders[h].lives = false;
        break;
    default: /* is killed */
        g->holders[h].lives = false;
        break;
    }
}

static void test_game(void **state)
{
    uint64_t seed = 20260101;
    (void)state;
    for (int game = 0; game < GAMES; game++) {
        struct game g = {.first = random_below(&seed, 0x100)};
        g.value = g.first;
        for (int i = 0; i < MOVES; i++)
            play_one(&g, &seed);
        memset(g.holders, 0, sizeof g.holders);
        take(&g, 0, 0, 0); /* settles */
        assert_int_equal(g.t.count, 0);
        if (((g.value ^ g.first) & ~g.touched) != 0)
            fail_msg("game %d: found at 0x%x, left at 0x%x, others changed 0x%x", game, g.first,
                     g.value, g.touched);
    }
}

/* ---- the table ------------------------------------------------------------------------------ */

static void test_orphans(void **state)
{
    struct leases t = {0};
    struct lease l = lease_of(1, KEYWORDS, 0x50, 0x03);
    (void)state;
    assert_false(leases_orphan_over(&t, KEYWORDS));
    l.over = true;
    assert_true(leases_add(&t, &l));
    l = lease_of(2, KEYWORDS, 0x41, 0x0C);
    l.over = true;
    assert_true(leases_add(&t, &l));
    l = lease_of(3, KEYWORDS, 0, 0x20);
    assert_true(leases_add(&t, &l));
    l = lease_of(4, COLLECT, 0, 1);
    l.over = true;
    assert_true(leases_add(&t, &l));
    assert_true(leases_orphan_over(&t, KEYWORDS));
    assert_int_equal(t.count, 3);
    struct lease *nobody = leases_find(&t, &(struct lease){0}, KEYWORDS);
    assert_non_null(nobody);
    assert_int_equal(nobody->added, 0x0F);
    assert_int_equal(nobody->before, 0x40);
    nobody->over = true;
    assert_false(leases_orphan_over(&t, KEYWORDS)); /* as it was */
    assert_int_equal(t.count, 3);
    leases_drop_over(&t, COLLECT);
    assert_false(leases_has(&t, COLLECT));
    assert_true(leases_has(&t, KEYWORDS));
}

static void test_same_holder(void **state)
{
    struct lease a = lease_of(1, COLLECT, 0, 1), b = a;
    (void)state;
    assert_true(leases_same_holder(&a, &b));
    b.session++;
    assert_false(leases_same_holder(&a, &b));
    b = a;
    b.who.started++; /* the number was given to another process */
    assert_false(leases_same_holder(&a, &b));
    b = a;
    b.who.boot[15]++;
    assert_false(leases_same_holder(&a, &b));
}

/* ---- the document --------------------------------------------------------------------------- */

static char text[LEASES_BYTES + 1024];
static struct leases made, seen;

static size_t write_some(uint32_t count)
{
    made.count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct lease l = i % 3 == 0   ? lease_of(i + 1, COLLECT, 0, 1)
                         : i % 3 == 1 ? lease_of(i + 1, KEYWORDS, 0xFFFFFFC0, 0x3F)
                                      : lease_of(i + 1, IPSEC, 0, 1);
        l.who.boot[15] = (uint8_t)i;
        l.who.started = UINT64_MAX - i;
        assert_true(leases_add(&made, &l));
    }
    return leases_write(&made, text);
}

static enum leases_result parse(size_t n, size_t *at)
{
    char *copy = malloc(n != 0 ? n : 1); /* of the exact size: a read past its end is found out */
    assert_non_null(copy);
    memcpy(copy, text, n);
    *at = 0;
    enum leases_result result = leases_parse(&seen, copy, n, at);
    assert_true(*at <= n);
    assert_true(result == LEASES_OK || seen.count == 0);
    free(copy);
    return result;
}

static void test_round_trip(void **state)
{
    (void)state;
    for (uint32_t count = 0; count <= LEASES_MAX; count++) {
        size_t at, n = write_some(count);
        assert_true(n <= LEASES_BYTES);
        assert_int_equal(n == 0, count == 0);
        assert_int_equal(parse(n, &at), LEASES_OK);
        assert_int_equal(seen.count, count);
        assert_memory_equal(seen.at, made.at, count * sizeof *made.at);
    }
    assert_false(leases_add(&made, &made.at[0]));
}

/* Every length, every byte another one: nothing but what was written is read. */
static void test_every_damage(void **state)
{
    size_t at, n = write_some(2);
    (void)state;
    for (size_t i = 1; i < n; i++)
        assert_int_equal(parse(i, &at), LEASES_DAMAGED);
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            text[i] = (char)(text[i] ^ 1 << bit);
            assert_int_not_equal(parse(n, &at), LEASES_OK);
            assert_true(at < i + LEASE_LINE_BYTES || at >= n - 23); /* in its line, or the last */
            text[i] = (char)(text[i] ^ 1 << bit);
        }
    text[n] = '\n';
    assert_int_equal(parse(n + 1, &at), LEASES_DAMAGED);
    assert_int_equal(at, n);
    assert_int_equal(parse(n, &at), LEASES_OK);
}

/* Whoever can compute the check number can still not make us do anything odd. */
static void test_lies(void **state)
{
    static const struct lease lies[] = {
        {.setting = 2, .added = 1},                           /* the name cache */
        {.setting = 4, .added = 1},                           /* packet queuing */
        {.setting = 0xFFFFFFFF, .added = 1},                  /* nothing at all */
        {.setting = COLLECT, .added = 2},                     /* bits that are not ours to add */
        {.setting = COLLECT, .added = 0},                     /* none */
        {.setting = KEYWORDS, .added = 0x40},                 /* a keyword that nobody knows */
        {.setting = KEYWORDS, .added = 0xFFFFFFFF},           /**/
        {.setting = KEYWORDS, .before = 0x01, .added = 0x01}, /* it was on before */
        {.setting = IPSEC, .added = 3},
    };
    size_t at;
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        made.count = 0;
        assert_true(leases_add(&made, &lies[i]));
        assert_int_equal(parse(leases_write(&made, text), &at), LEASES_DAMAGED);
    }
    made.count = 0; /* one holder twice */
    struct lease l = lease_of(1, COLLECT, 0, 1);
    assert_true(leases_add(&made, &l) && leases_add(&made, &l));
    assert_int_equal(parse(leases_write(&made, text), &at), LEASES_DAMAGED);
}

/* Version 2 is of audit subcategories, and only then: who knows only 1 takes it for a newer one. */
static void test_audit(void **state)
{
    static const uint32_t settings[] = {0x0CCE9226, 0x0CCE9225, 0x1CCE9226, 0x1CCE9225};
    size_t at;
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct lease plain = lease_of(1, COLLECT, 0, 1), audit = lease_of(1, settings[i], 1, 2);
        made.count = 0;
        assert_true(leases_add(&made, &plain));
        size_t n = leases_write(&made, text);
        assert_memory_equal(text, "wfpwatch leases 1\n", 18);
        text[16] = '2';
        assert_int_equal(parse(n, &at), LEASES_DAMAGED);
        assert_true(leases_add(&made, &audit));
        n = leases_write(&made, text);
        assert_memory_equal(text, "wfpwatch leases 2\n", 18);
        assert_int_equal(parse(n, &at), LEASES_OK);
        text[16] = '1';
        assert_int_equal(parse(n, &at), LEASES_DAMAGED);
        made.count = 0;
        audit.added = 4; /* no bit of an audit */
        assert_true(leases_add(&made, &audit));
        assert_int_equal(parse(leases_write(&made, text), &at), LEASES_DAMAGED);
    }
}

static void test_newer(void **state)
{
    static const char *const others[] = {"wfpwatch leases 3\nwhatever", "wfpwatch leases 9"};
    size_t at;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        memcpy(text, others[i], strlen(others[i]));
        assert_int_equal(parse(strlen(others[i]), &at), LEASES_NEWER);
    }
    memcpy(text, "wfpwatch leases 0\n", 18);
    assert_int_equal(parse(18, &at), LEASES_DAMAGED);
}

/* More than there is room for, well-formed but for that. */
static void test_too_many(void **state)
{
    size_t at, n = write_some(LEASES_MAX), line = (n - 18 - 23) / LEASES_MAX, body = n - 23;
    (void)state;
    memcpy(text + body, text + body - line, line);
    memcpy(text + body + 8, "00000001", 8);
    memcpy(text + body + line, "check=0000000000000000\n", 23);
    uint64_t sum = leases_sum(text, body + line);
    for (int i = 0; i < 16; i++)
        text[body + line + 6 + (size_t)i] = "0123456789abcdef"[sum >> (60 - 4 * i) & 15];
    assert_int_equal(parse(body + line + 23, &at), LEASES_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),       cmocka_unit_test(test_game),
        cmocka_unit_test(test_orphans),    cmocka_unit_test(test_same_holder),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_every_damage),
        cmocka_unit_test(test_lies),       cmocka_unit_test(test_audit),
        cmocka_unit_test(test_newer),      cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
