/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which halves are of one decision, what the two in one has, and when what waits leaves. */
#include "cmocka_all.h"

#include "model/batch.h"
#include "joined.h"
#include "random.h"
#include "stage/joiner.h"

/* ---- keys ----------------------------------------------------------------------------------- */

struct halves {
    uint64_t net_room[HALF_BYTES / 8], audit_room[HALF_BYTES / 8];
    struct record *net, *audit;
};

static void make_halves(struct halves *h, const struct decision *d)
{
    h->net = make_net(h->net_room, d);
    h->audit = make_audit(h->audit_room, d);
}

/* Whether they agree; when they do, they have one hash. */
static bool agree(const struct halves *h)
{
    bool yes = join_keys_agree(h->net, h->audit);
    if (yes)
        assert_int_equal(join_key_hash(h->net), join_key_hash(h->audit));
    return yes;
}

static void test_a_difference_parts_them(void **state)
{
    struct decision d = a_decision();
    struct halves h;
    (void)state;
    make_halves(&h, &d);
    assert_true(agree(&h));
    assert_int_equal(join_half_of(h.net), JOIN_NET_EVENT);
    assert_int_equal(join_half_of(h.audit), JOIN_AUDIT_RECORD);
    h.net->aggregate_at = 8; /* of several decisions it is none's half */
    assert_int_equal(join_half_of(h.net), JOIN_NEITHER);
#define PARTED_BY(change)                                                                          \
    do {                                                                                           \
        make_halves(&h, &d);                                                                       \
        change;                                                                                    \
        assert_false(agree(&h));                                                                   \
    } while (0)
    PARTED_BY(h.audit->filter_id++);
    PARTED_BY(h.audit->layer_id = 44);
    PARTED_BY(h.audit->protocol = 17);
    PARTED_BY(h.audit->local.port++);
    PARTED_BY(h.audit->remote.port++);
    PARTED_BY(h.audit->local.addr[3]++);
    PARTED_BY(h.audit->remote.addr[0]++);
    PARTED_BY(h.audit->remote.family = 6);
    PARTED_BY(h.audit->filter_id = 0); /* of a refusal: no filter refused it */
    PARTED_BY(((struct record_audit *)(void *)((uint8_t *)h.audit + h.audit->audit_at))->event_id =
                  5156);
    PARTED_BY(h.net->kind = WFPW_KIND_CLASSIFY_ALLOW);
    PARTED_BY(*((uint8_t *)h.audit + h.audit->app.at) = 'x');
    PARTED_BY(h.audit->app.size -= 2);
#undef PARTED_BY
}

static void test_case_of_the_application(void **state)
{
    static const uint8_t cyrillic_small[] = {0xD0, 0xB6, 'A'},
                         cyrillic_wide[] = {0x16, 0x04, 'a', 0};
    struct decision d = a_decision(), other = d;
    struct halves h;
    (void)state;
    other.app = "\\DEVICE\\HarddiskVolume3\\Tools\\NC.EXE";
    h.net = make_net(h.net_room, &d);
    h.audit = make_audit(h.audit_room, &other);
    assert_true(agree(&h));
    h.net->app = (struct value){0}; /* one of them has none */
    assert_true(agree(&h));
    make_halves(&h, &d);
    memcpy((uint8_t *)h.net + h.net->app.at, cyrillic_wide, sizeof cyrillic_wide);
    memcpy((uint8_t *)h.audit + h.audit->app.at, cyrillic_small, sizeof cyrillic_small);
    h.net->app.size = sizeof cyrillic_wide;
    h.audit->app.size = sizeof cyrillic_small;
    h.audit->app.type = VALUE_UTF8;
    assert_true(agree(&h));
}

static void test_sides(void **state)
{
    struct decision d = a_decision();
    struct halves h;
    (void)state;
    make_halves(&h, &d);
    wfpw_endpoint local = h.audit->local;
    h.audit->local = h.audit->remote;
    h.audit->remote = local;
    assert_false(agree(&h)); /* its fields say which is which */
    h.audit->orientation = WFPW_ORIENTATION_UNKNOWN;
    assert_true(agree(&h));
    h.audit->remote.port++;
    assert_false(agree(&h));
}

static void test_what_counts_at_a_layer(void **state)
{
    struct decision d = a_decision();
    struct halves h;
    (void)state;
    d.layer = 36; /* a bind: the record has no remote side */
    d.event_id = 5159;
    make_halves(&h, &d);
    h.audit->present &= ~(uint32_t)(WFPW_HAS_REMOTE | WFPW_HAS_REMOTE_PORT);
    h.audit->remote = (wfpw_endpoint){0};
    assert_true(agree(&h));
    d.layer = 28; /* an ICMP error: the record has what the packet inside has */
    d.event_id = 5152;
    make_halves(&h, &d);
    h.net->protocol = 1;
    h.net->local.port = 3;
    h.net->remote.port = 3;
    assert_true(agree(&h));
    d.layer = 44; /* ICMP: type and code on one side only */
    d.protocol = 1;
    make_halves(&h, &d);
    h.audit->local.port = h.audit->remote.port = 0;
    assert_true(agree(&h));
    d.layer = 0; /* an IP packet: no ports yet */
    d.protocol = 6;
    make_halves(&h, &d);
    h.net->local.port = h.net->remote.port = 0;
    assert_true(agree(&h));
}

static void test_permits(void **state)
{
    struct decision d = a_decision();
    struct halves h;
    (void)state;
    d.permitted = true;
    d.event_id = 5156;
    make_halves(&h, &d);
    assert_true(agree(&h));
    h.audit->filter_id = 0;
    assert_true(agree(&h));
    h.audit->filter_id = 5;
    assert_false(agree(&h));
}

static void test_what_is_no_half(void **state)
{
    static const uint32_t others[] = {5031, 5146, 5148, 5150, 5151, 5160, 5447, 4719, 1102};
    struct decision d = a_decision();
    struct halves h;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        d.event_id = others[i];
        make_halves(&h, &d);
        assert_int_equal(join_half_of(h.audit), JOIN_NEITHER);
    }
    h.net->present &= ~(uint32_t)WFPW_HAS_LAYER_ID;
    assert_int_equal(join_half_of(h.net), JOIN_NEITHER);
    make_halves(&h, &d);
    h.net->kind = WFPW_KIND_IKE_MM_FAILURE;
    assert_int_equal(join_half_of(h.net), JOIN_NEITHER);
}

/* ---- two in one ----------------------------------------------------------------------------- */

static const struct record *join_two(struct join *j, const struct record *first,
                                     const struct record *second)
{
    const struct record *merged = NULL;
    assert_int_equal(join_find(j, first, &merged), JOIN_ALONE);
    assert_true(join_wait(j, first, 100));
    assert_int_equal(join_find(j, second, &merged), JOIN_MERGED);
    assert_int_equal(join_waiting(j), 0);
    return merged;
}

static void check_merged(const struct record *merged, const struct halves *h)
{
    wfpw_batch *b = wfpw_batch_new(4, 0);
    assert_true(batch_add(b, merged, 1));
    const wfpw_event *ev = wfpw_batch_get(b, 0);
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->source, WFPW_SOURCE_SIM);
    assert_int_equal(ev->time, h->net->time);
    assert_int_equal(ev->flags, WFPW_EVENT_MERGED);
    assert_int_equal(ev->join_lag, 120000);
    assert_int_equal(ev->process_id, 4242);
    assert_int_equal(ev->pid_from, WFPW_PID_FROM_AUDIT);
    assert_string_equal(ev->filter_origin, "Query User Default");
    assert_int_equal(ev->audit_evidence, WFPW_EVIDENCE_RECORD_ORIGIN);
    assert_string_equal(ev->device_path, a_decision().app);
    assert_int_equal(ev->audit->record_id, 77);
    assert_string_equal(ev->audit->computer, "PC-7");
    assert_string_equal(wfpw_audit_get(ev->audit, "Ours"), "its value");
    assert_string_equal(wfpw_audit_get(ev->audit, "FilterOrigin"), "Query User Default");
    assert_string_equal(wfpw_audit_get(ev->audit, "ProcessID"), "4242");
    wfpw_batch_free(b);
}

static void test_two_in_one(void **state)
{
    struct decision d = a_decision(), later = d;
    struct halves h;
    struct join *j = new_join(0, false);
    (void)state;
    later.time += 120000;
    h.net = make_net(h.net_room, &d);
    h.audit = make_audit(h.audit_room, &later);
    check_merged(join_two(j, h.net, h.audit), &h);
    check_merged(join_two(j, h.audit, h.net), &h);
    join_free(j);
}

static void test_contradictions_stay(void **state)
{
    struct decision d = a_decision();
    struct halves h;
    struct join *j = new_join(0, false);
    const struct record *merged;
    (void)state;
    make_halves(&h, &d);
    h.net->present |= WFPW_HAS_PROCESS_ID | WFPW_HAS_DIRECTION | WFPW_HAS_PROFILES;
    h.net->process_id = 8;
    h.net->direction = WFPW_DIRECTION_INBOUND;
    h.audit->present |= WFPW_HAS_DIRECTION | WFPW_HAS_PROFILES | WFPW_HAS_INTERFACE_INDEX;
    h.audit->direction = WFPW_DIRECTION_OUTBOUND;
    h.audit->current_profile = 2;
    h.audit->interface_index = 12;
    merged = join_two(j, h.net, h.audit);
    assert_int_equal(merged->differs,
                     WFPW_DIFFERS_PROCESS | WFPW_DIFFERS_DIRECTION | WFPW_DIFFERS_PROFILE);
    assert_int_equal(merged->process_id, 8);
    assert_int_equal(merged->direction, WFPW_DIRECTION_INBOUND);
    assert_int_equal(merged->interface_index, 12);
    join_free(j);
}

/* ---- nearest, once, in time ----------------------------------------------------------------- */

static void test_the_nearest_once(void **state)
{
    uint64_t room[HALF_BYTES / 8];
    struct decision d = a_decision(), at = d;
    struct join *j = new_join(0, false);
    const struct record *merged;
    (void)state;
    for (int i = 0; i < 3; i++) { /* at 0, 1 and 2 s */
        at.time = d.time + (uint64_t)i * SECOND;
        assert_true(join_wait(j, make_net(room, &at), 100));
    }
    at.time = d.time + SECOND + 5;
    assert_int_equal(join_find(j, make_audit(room, &at), &merged), JOIN_MERGED);
    assert_int_equal(merged->join_lag, 5);
    assert_int_equal(join_find(j, make_audit(room, &at), &merged), JOIN_MERGED);
    assert_int_equal(merged->join_lag, 5 - (int64_t)SECOND); /* 2 s is nearer than 0 */
    at.time = d.time + 2 * (uint64_t)SECOND + 1;
    assert_int_equal(join_find(j, make_audit(room, &at), &merged), JOIN_ALONE);
    at.time = d.time + 2 * (uint64_t)SECOND;
    assert_int_equal(join_find(j, make_audit(room, &at), &merged), JOIN_MERGED);
    assert_int_equal(join_waiting(j), 0);
    join_free(j);
}

static void test_time_is_over(void **state)
{
    uint64_t room[HALF_BYTES / 8];
    struct decision d = a_decision();
    struct join *j = new_join(0, false);
    const struct record *merged;
    bool is_merged;
    (void)state;
    assert_int_equal(join_due(j), UINT64_MAX);
    assert_true(join_wait(j, make_net(room, &d), 100));
    assert_int_equal(join_due(j), 100);
    assert_null(join_next(j, 99, false, &is_merged));
    assert_non_null(join_next(j, 100, false, &is_merged));
    assert_false(is_merged);
    join_pop(j);
    assert_int_equal(join_find(j, make_audit(room, &d), &merged), JOIN_ALONE);
    assert_true(join_wait(j, make_net(room, &d), 100));
    assert_non_null(join_next(j, 0, true, &is_merged)); /* somebody needs the room */
    join_free(j);
}

static void test_too_much_for_one(void **state)
{
    struct decision d = a_decision();
    struct halves h;
    struct join *j = new_join(0, false);
    const struct record *merged;
    uint64_t *large = calloc(1, JOIN_BYTES_MIN);
    (void)state;
    make_halves(&h, &d);
    memcpy(large, h.audit, h.audit->bytes);
    ((struct record *)(void *)large)->bytes = 48 * 1024;
    assert_true(join_wait(j, h.net, 100));
    assert_int_equal(join_find(j, (void *)large, &merged), JOIN_ALONE);
    ((struct record *)(void *)large)->bytes = JOIN_BYTES_MIN;
    assert_false(join_wait(j, (void *)large, 100));
    free(large);
    join_free(j);
}

/* ---- the stage ------------------------------------------------------------------------------ */

/* A batch that may be full. */
struct taker {
    bool full;
    int given;
};

static enum joiner_given take_record(void *ctx, const struct record *r, bool may_wait)
{
    struct taker *t = ctx;
    (void)r;
    (void)may_wait;
    t->given += !t->full;
    return t->full ? GIVE_FULL : GIVEN;
}

/* Two in one that find the batch full wait, as two: they are in no other queue. */
static void test_full_batch(void **state)
{
    enum { NOW = 1000 };
    const wfpw_allocator memory = memory_of(NULL);
    struct taker t = {.full = true};
    const struct joiner_out out = {take_record, &t};
    struct joiner g = {0};
    struct decision d = a_decision();
    struct halves h;
    (void)state;
    make_halves(&h, &d);
    assert_true(joiner_init(&g, &memory, WFPW_JOIN_ALWAYS, 20000000, 0, false));
    assert_true(joiner_pass(&g, h.net, NOW, &out));
    assert_int_equal(joiner_waiting(&g), 1);
    assert_true(joiner_pass(&g, h.audit, NOW, &out));
    assert_int_equal(joiner_waiting(&g), 2);
    assert_int_equal(joiner_due(&g), 0);
    t.full = false;
    assert_true(joiner_release(&g, NOW, false, &out));
    assert_int_equal(joiner_waiting(&g), 0);
    assert_int_equal(t.given, 1);
    joiner_free(&g);
}

/* Files first, then a live source, whose clock is another: what was kept by the records' own time
 * does not wait by that. */
static void test_clock_changes(void **state)
{
    enum { NOW = 1000 };
    const wfpw_allocator memory = memory_of(NULL);
    struct taker t = {.full = false};
    const struct joiner_out out = {take_record, &t};
    struct joiner g = {0};
    struct decision d = a_decision(), later = d;
    struct halves h;
    (void)state;
    later.time += (uint64_t)36000 * 10000000; /* ten hours */
    later.app = "\\other.exe";
    assert_true(joiner_init(&g, &memory, WFPW_JOIN_ALWAYS, 20000000, 0, false));
    make_halves(&h, &d);
    assert_true(joiner_pass(&g, h.net, 0, &out));
    make_halves(&h, &later);
    assert_true(joiner_pass(&g, h.net, 0, &out));
    assert_int_equal(t.given, 1);
    assert_int_equal(joiner_waiting(&g), 1);
    t.full = true;
    assert_false(joiner_release(&g, NOW, false, &out));
    t.full = false;
    assert_true(joiner_release(&g, NOW, false, &out));
    assert_int_equal(t.given, 2);
    assert_int_equal(joiner_waiting(&g), 0);
    make_halves(&h, &d);
    assert_true(joiner_pass(&g, h.net, NOW, &out));
    assert_int_equal(joiner_due(&g), NOW + 20000000 + 1);
    joiner_free(&g);
}

/* ---- random traces beside a plain joiner ---------------------------------------------------- */

enum { TRACE = 600, FLOWS = 24 };

/* A half that arrives; `other` is the one that the plain joiner gave it, or NO_ONE. */
struct arrival {
    struct decision d;
    uint64_t at;
    uint32_t number; /* of the decision that it is of */
    bool is_net, is_gone;
    int other;
};
#define NO_ONE (-1)

static int by_arrival(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (int)x->number - (int)y->number;
}

/* Decisions of few flows, so that keys come again; either half may be late, lost or repeated, and
 * the clock may step while both are under way. */
static size_t make_trace(struct arrival *a, uint64_t *random)
{
    uint64_t clock = 1000 * (uint64_t)SECOND, skew = 0;
    size_t n = 0;
    for (uint32_t i = 0; n + 4 < TRACE; i++) {
        struct decision d = a_decision();
        clock += random_below(random, SECOND);
        if (random_below(random, 50) == 0)
            skew = random_below(random, 60) * (uint64_t)SECOND;
        d.time = clock + skew;
        d.local_port = (uint16_t)(49152 + random_below(random, FLOWS));
        d.filter += random_below(random, 2);
        for (int half = 0; half < 2; half++) {
            uint32_t copies = random_below(random, 8);
            copies = copies == 0 ? 0 : copies == 1 ? 2 : 1;
            for (; copies > 0; copies--) {
                a[n] = (struct arrival){.d = d, .number = i, .is_net = half == 0, .other = NO_ONE};
                a[n].d.time += random_below(random, 400000);
                a[n++].at = clock + random_below(random, 3 * SECOND);
            }
        }
    }
    qsort(a, n, sizeof *a, by_arrival);
    return n;
}

static uint64_t distance(const struct arrival *a, const struct arrival *b)
{
    return a->d.time > b->d.time ? a->d.time - b->d.time : b->d.time - a->d.time;
}

static bool same_key(const struct arrival *a, const struct arrival *b)
{
    return a->d.filter == b->d.filter && a->d.local_port == b->d.local_port;
}

/* The nearest in time of those that still wait: by looking at all of them. */
static void join_plainly(struct arrival *a, size_t n, uint64_t window)
{
    for (size_t i = 0; i < n; i++) {
        int best = NO_ONE;
        for (size_t k = 0; k < i; k++) {
            bool waits = a[k].other == NO_ONE && a[k].at + window > a[i].at;
            if (!waits || a[k].is_net == a[i].is_net || !same_key(&a[k], &a[i]) ||
                distance(&a[k], &a[i]) > window)
                continue;
            if (best == NO_ONE || distance(&a[k], &a[i]) < distance(&a[best], &a[i]))
                best = (int)k;
        }
        if (best != NO_ONE) {
            a[i].other = best;
            a[best].other = (int)i;
        }
    }
}

/* Which arrival a record is of: its filter's... the number travels as the process. */
static const struct record *make_half(void *room, struct arrival *a, size_t i)
{
    struct record *r = a[i].is_net ? make_net(room, &a[i].d) : make_audit(room, &a[i].d);
    if (a[i].is_net)
        r->policy_flags = i + 1;
    else
        r->process_id = i + 1;
    return r;
}

static void leave(struct arrival *a, size_t i)
{
    assert_false(a[i].is_gone);
    a[i].is_gone = true;
}

static void check_leaving(struct arrival *a, const struct record *r, bool is_merged)
{
    if (!is_merged) {
        size_t i = (size_t)(r->kind == WFPW_KIND_AUDIT ? r->process_id : r->policy_flags) - 1;
        leave(a, i);
        assert_int_equal(a[i].other, NO_ONE);
        return;
    }
    size_t net = (size_t)r->policy_flags - 1, audit = (size_t)r->process_id - 1;
    assert_int_equal(a[net].other, audit);
    assert_int_equal(r->join_lag, (int64_t)(a[audit].d.time - a[net].d.time));
    leave(a, net);
    leave(a, audit);
}

static void take_due(struct join *j, struct arrival *a, uint64_t now, bool force)
{
    const struct record *r;
    bool is_merged;
    while ((r = join_next(j, now, force, &is_merged)) != NULL) {
        check_leaving(a, r, is_merged);
        join_pop(j);
    }
}

static void run_trace(struct arrival *a, size_t n, bool ordered)
{
    uint64_t room[HALF_BYTES / 8], window = 2 * (uint64_t)SECOND;
    struct join *j = new_join(16 << 20, ordered);
    const struct record *merged;
    for (size_t i = 0; i < n; i++) {
        take_due(j, a, a[i].at, false);
        const struct record *r = make_half(room, a, i);
        enum join_result result = join_find(j, r, &merged);
        assert_int_not_equal(result, JOIN_FULL);
        if (result == JOIN_MERGED)
            check_leaving(a, merged, true);
        if (result == JOIN_ALONE)
            assert_true(join_wait(j, r, a[i].at + window));
    }
    take_due(j, a, 0, true);
    assert_int_equal(join_waiting(j), 0);
    for (size_t i = 0; i < n; i++)
        assert_true(a[i].is_gone);
    join_free(j);
}

/* Alone in its key for long enough, with both halves within the window: they are joined. */
static void check_recall(const struct arrival *a, size_t n, uint64_t window)
{
    for (size_t i = 0; i < n; i++) {
        int partner = NO_ONE, others = 0;
        for (size_t k = 0; k < n; k++) {
            if (k == i || !same_key(&a[k], &a[i]) || distance(&a[k], &a[i]) > 2 * window)
                continue;
            others++;
            if (a[k].number == a[i].number && a[k].is_net != a[i].is_net)
                partner = (int)k;
        }
        uint64_t late = partner == NO_ONE         ? 0
                        : a[partner].at > a[i].at ? a[partner].at - a[i].at
                                                  : a[i].at - a[partner].at;
        if (others == 1 && partner != NO_ONE && late < window)
            assert_int_equal(a[i].other, partner);
    }
}

static void test_random_traces(void **state)
{
    static struct arrival a[TRACE];
    uint64_t random = 6, window = 2 * (uint64_t)SECOND;
    (void)state;
    for (int turn = 0; turn < 60; turn++) {
        size_t n = make_trace(a, &random);
        join_plainly(a, n, window);
        check_recall(a, n, window);
        run_trace(a, n, false);
    }
}

/* ---- in order ------------------------------------------------------------------------------- */

static void test_ordered(void **state)
{
    static struct arrival a[TRACE];
    uint64_t random = 7;
    (void)state;
    for (int turn = 0; turn < 20; turn++) {
        size_t n = make_trace(a, &random), last = 0;
        uint64_t room[HALF_BYTES / 8], window = 2 * (uint64_t)SECOND;
        struct join *j = new_join(16 << 20, true);
        const struct record *r;
        bool is_merged;
        size_t seen = 0;
        for (size_t i = 0; i <= n; i++) {
            uint64_t now = i < n ? a[i].at : 0;
            while ((r = join_next(j, now, i == n, &is_merged)) != NULL) {
                size_t net = (size_t)r->policy_flags, audit = (size_t)r->process_id;
                size_t first = is_merged && net < audit     ? net
                               : is_merged                  ? audit
                               : r->kind == WFPW_KIND_AUDIT ? audit
                                                            : net;
                assert_true(first > last); /* as they came */
                last = first;
                seen += is_merged ? 2 : 1;
                join_pop(j);
            }
            if (i == n)
                break;
            r = make_half(room, a, i);
            if (join_find(j, r, &r) != JOIN_ALONE)
                continue;
            if (random_below(&random, 3) == 0)
                assert_true(join_queue(j, r));
            else
                assert_true(join_wait(j, r, a[i].at + window));
        }
        assert_int_equal(seen, n);
        assert_int_equal(join_waiting(j), 0);
        join_free(j);
    }
}

/* ---- room ----------------------------------------------------------------------------------- */

/* In room for a hundred and something, with what is found taken out of the middle: everything
 * leaves once, and nothing is written over. */
static void test_little_room(void **state)
{
    static uint8_t left[20001];
    uint64_t room[HALF_BYTES / 8], random = 8;
    struct decision d = a_decision();
    (void)state;
    for (int ordered = 0; ordered < 2; ordered++) {
        struct join *j = new_join(0, ordered != 0);
        const struct record *r;
        bool is_merged;
        uint64_t most = 0, out = 0;
        memset(left, 0, sizeof left);
        for (uint32_t i = 1; i < sizeof left; i++) {
            char app[200];
            d.local_port = (uint16_t)random_below(&random, 300);
            d.pid = i;
            (void)memset(app, 'a', sizeof app);
            app[d.local_port % 190] = 0;
            d.app = app;
            bool is_net = random_below(&random, 2) == 0;
            struct record *half = is_net ? make_net(room, &d) : make_audit(room, &d);
            half->policy_flags = is_net ? i : 0;
            enum join_result result;
            while ((result = join_find(j, half, &r)) == JOIN_FULL ||
                   (result == JOIN_ALONE && !join_wait(j, half, UINT64_MAX))) {
                r = join_next(j, 0, true, &is_merged);
                assert_non_null(r);
                out += is_merged ? 2 : 1;
                left[r->kind == WFPW_KIND_AUDIT ? r->process_id : r->policy_flags]++;
                if (is_merged)
                    left[r->process_id]++;
                join_pop(j);
            }
            if (result == JOIN_MERGED) {
                out += 2;
                left[r->policy_flags]++;
                left[r->process_id]++;
            }
            most = join_waiting(j) > most ? join_waiting(j) : most;
            assert_int_equal(out + join_waiting(j), i);
        }
        assert_true(most > 100);
        for (size_t i = 1; i < sizeof left; i++)
            assert_true(left[i] <= 1);
        join_free(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_difference_parts_them),
        cmocka_unit_test(test_case_of_the_application),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_what_counts_at_a_layer),
        cmocka_unit_test(test_permits),
        cmocka_unit_test(test_what_is_no_half),
        cmocka_unit_test(test_two_in_one),
        cmocka_unit_test(test_contradictions_stay),
        cmocka_unit_test(test_the_nearest_once),
        cmocka_unit_test(test_time_is_over),
        cmocka_unit_test(test_too_much_for_one),
        cmocka_unit_test(test_full_batch),
        cmocka_unit_test(test_clock_changes),
        cmocka_unit_test(test_random_traces),
        cmocka_unit_test(test_ordered),
        cmocka_unit_test(test_little_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
