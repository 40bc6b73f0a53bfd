/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The table of live names: who asks is told once, answers hold for a while, lists that are older
 * than a deletion bring nothing back, and another connection means other filters. */
#include "flow/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_made.h"
#include "names/live_names.h"
#include "names/names.h"

enum { BUDGET = 1024 * 1024 };

struct fixture {
    struct heap heap;
    struct live_names l;
    struct policy_object_builder *b;
    uint64_t room[1024];
};

static struct fixture *open_table(size_t budget)
{
    struct fixture *x = calloc(1, sizeof *x);
    assert_non_null(x);
    heap_init(&x->heap);
    x->b = calloc(1, sizeof *x->b);
    assert_non_null(x->b);
    assert_true(live_names_init(&x->l, &x->heap.allocator, budget));
    live_names_begin(&x->l, 1, 0);
    return x;
}

static void close_table(struct fixture *x)
{
    live_names_free(&x->l);
    assert_int_equal(os_u64_load(&x->heap.live), 0);
    free(x->b);
    free(x);
}

static struct record event(uint64_t id, uint32_t epoch, uint64_t time)
{
    return (struct record){
        .present = WFPW_HAS_FILTER_ID, .filter_id = id, .epoch = epoch, .time = time};
}

static bool awaits(struct fixture *x, uint64_t id, uint32_t epoch)
{
    struct record r = event(id, epoch, 1);
    return live_names_await(&x->l, &r);
}

/* How an event is named; NULL: it is not, and state says why. */
static const char *name_of(struct fixture *x, const struct record *r, uint32_t *state)
{
    uint64_t token = 0;
    const wfpw_filter *f = (const wfpw_filter *)(const void *)x->room;
    size_t n = live_names_write(&x->l, r, 0, x->room, sizeof x->room, &token);
    if (n == 0)
        n = live_names_write_unnamed(&x->l, r, x->room, sizeof x->room, &token);
    assert_true(n <= sizeof x->room);
    *state = f->state;
    return f->name;
}

static void assert_state(struct fixture *x, uint64_t id, uint32_t epoch, uint64_t time,
                         uint32_t wanted)
{
    struct record r = event(id, epoch, time);
    uint32_t state;
    const char *name = name_of(x, &r, &state);
    bool named = wanted == WFPW_FILTER_STATE_CURRENT || wanted == WFPW_FILTER_STATE_DELETED;
    assert_int_equal(state, wanted);
    assert_int_equal(name != NULL, named);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void test_requests(void **state)
{
    struct fixture *x = open_table(BUDGET);
    uint64_t id;
    (void)state;
    assert_false(live_names_request(&x->l, &id));
    assert_true(awaits(x, 5, 1));
    assert_true(awaits(x, 5, 1)); /* is asked for already */
    assert_true(awaits(x, 6, 1));
    assert_false(awaits(x, 0, 1)); /* is no filter */
    assert_false(awaits(x, 7, 2)); /* of another connection: nobody can tell */
    assert_int_equal(x->l.request_count, 2);
    assert_true(live_names_request(&x->l, &id) && id == 5);
    assert_true(live_names_add(&x->l, filter_made(x->b, 5, 1, 10)));
    assert_true(live_names_request(&x->l, &id) && id == 6);
    assert_false(awaits(x, 5, 1));
    assert_state(x, 5, 1, 1, WFPW_FILTER_STATE_CURRENT);
    live_names_refuse(&x->l, 6, WFPW_FILTER_STATE_DENIED, NULL);
    assert_false(live_names_request(&x->l, &id));
    assert_false(awaits(x, 6, 1));
    assert_state(x, 6, 1, 1, WFPW_FILTER_STATE_DENIED);
    live_names_end(&x->l);
    assert_false(awaits(x, 8, 1)); /* nobody answers */
    close_table(x);
}

/* What does not fit goes on without its name. */
static void test_too_many_requests(void **state)
{
    struct fixture *x = open_table(BUDGET);
    (void)state;
    for (uint64_t id = 1; id <= LIVE_NAMES_REQUESTS; id++)
        assert_true(awaits(x, id, 1));
    assert_false(awaits(x, 1000, 1));
    assert_true(awaits(x, 1, 1));
    assert_true(live_names_add(&x->l, filter_made(x->b, 30, 30, 5)));
    assert_true(awaits(x, 1000, 1));
    live_names_end(&x->l);
    assert_int_equal(x->l.request_count, 0);
    close_table(x);
}

static void test_answers_expire(void **state)
{
    struct fixture *x = open_table(BUDGET);
    (void)state;
    assert_true(awaits(x, 5, 1));
    live_names_refuse(&x->l, 5, WFPW_FILTER_STATE_NOT_FOUND, "{key}");
    assert_state(x, 5, 1, 1, WFPW_FILTER_STATE_NOT_FOUND);
    for (size_t i = 0; i < LIVE_NAMES_ANSWERS; i++)
        x->l.answers[i].until = 1; /* long ago */
    assert_state(x, 5, 1, 1, WFPW_FILTER_STATE_UNKNOWN);
    assert_string_equal(((const wfpw_filter *)(const void *)x->room)->key, "{key}");
    assert_true(awaits(x, 5, 1));
    live_names_refuse(&x->l, 5, WFPW_FILTER_STATE_NOT_FOUND, NULL);
    live_names_begin(&x->l, 2, 0); /* what was said of it does not hold for the next connection */
    assert_true(awaits(x, 5, 2));
    close_table(x);
}

/* ---- lists and notices ---------------------------------------------------------------------- */

static void test_list_after_deletion(void **state)
{
    struct fixture *x = open_table(BUDGET);
    (void)state;
    assert_true(live_names_delete(&x->l, filter_made(x->b, 5, 1, 0), 100));
    assert_state(x, 5, 1, 50, WFPW_FILTER_STATE_UNKNOWN);
    assert_true(live_names_take(&x->l, filter_made(x->b, 5, 1, 10))); /* its list is older */
    assert_state(x, 5, 1, 50, WFPW_FILTER_STATE_CURRENT);
    assert_state(x, 5, 1, 100, WFPW_FILTER_STATE_DELETED);
    assert_true(live_names_take(&x->l, filter_made(x->b, 5, 1, 10)));
    assert_state(x, 5, 1, 100, WFPW_FILTER_STATE_DELETED);
    assert_false(live_names_has(&x->l, 5, 0));
    assert_true(live_names_add(&x->l, filter_made(x->b, 5, 2, 10))); /* another one */
    assert_state(x, 5, 1, 50, WFPW_FILTER_STATE_CURRENT);
    assert_state(x, 5, 1, 100, WFPW_FILTER_STATE_CURRENT);
    assert_true(live_names_has(&x->l, 5, 0));
    close_table(x);
}

static void test_list_end(void **state)
{
    struct fixture *x = open_table(BUDGET);
    struct live_names_counts c;
    uint64_t cursor = 0;
    (void)state;
    for (unsigned id = 1; id <= 2000; id++)
        assert_true(live_names_take(&x->l, filter_made(x->b, id, id, 5)));
    struct filters_rest rest = live_names_list(&x->l);
    rest.time = 100;
    for (unsigned id = 1; id <= 1990; id++)
        assert_true(live_names_take(&x->l, filter_made(x->b, id, id, 5)));
    while (live_names_list_end(&x->l, &rest, &cursor))
        ;
    assert_state(x, 1990, 1, 200, WFPW_FILTER_STATE_CURRENT);
    assert_state(x, 1991, 1, 99, WFPW_FILTER_STATE_CURRENT);
    assert_state(x, 1991, 1, 200, WFPW_FILTER_STATE_DELETED);
    live_names_count(&x->l, &c);
    assert_int_equal(c.fills, 1);
    assert_true(c.bytes <= BUDGET);
    close_table(x);
}

static void test_epochs(void **state)
{
    struct fixture *x = open_table(BUDGET);
    (void)state;
    assert_true(live_names_add(&x->l, filter_made(x->b, 5, 1, 10)));
    live_names_end(&x->l);
    live_names_begin(&x->l, 2, 0);
    assert_state(x, 5, 1, 1, WFPW_FILTER_STATE_CURRENT); /* an event that is read late */
    assert_state(x, 5, 2, 1, WFPW_FILTER_STATE_UNKNOWN);
    assert_state(x, 5, 0, 1, WFPW_FILTER_STATE_UNKNOWN);
    assert_true(awaits(x, 5, 2));
    assert_true(live_names_add(&x->l, filter_made(x->b, 5, 2, 10)));
    assert_state(x, 5, 1, 1, WFPW_FILTER_STATE_CURRENT);
    assert_state(x, 5, 2, 1, WFPW_FILTER_STATE_CURRENT);
    close_table(x);
}

/* ---- memory --------------------------------------------------------------------------------- */

/* One that is larger than all there is room for is not asked for again and again. */
static void test_too_large(void **state)
{
    struct fixture *x = open_table(1500);
    (void)state;
    assert_true(awaits(x, 5, 1));
    assert_true(live_names_add(&x->l, filter_made(x->b, 5, 1, 2000)));
    assert_false(awaits(x, 5, 1));
    assert_state(x, 5, 1, 1, WFPW_FILTER_STATE_UNKNOWN);
    assert_non_null(((const wfpw_filter *)(const void *)x->room)->key);
    close_table(x);
}

static void test_no_memory(void **state)
{
    bool failed = true;
    (void)state;
    for (uint64_t nth = 1; failed; nth++) {
        struct fixture *x = open_table(BUDGET);
        x->heap.fail_at = nth;
        failed = !live_names_take(&x->l, filter_made(x->b, 5, 1, 10));
        assert_int_equal(awaits(x, 5, 1), false); /* not again at once */
        failed = !live_names_delete(&x->l, filter_made(x->b, 6, 1, 0), 5) || failed;
        close_table(x);
        assert_true(nth < 50);
    }
}

/* Contexts give way to newer ones, and what is asked for stays. */
static void test_contexts(void **state)
{
    struct fixture *x = open_table(128 * 1024);
    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        char key[40];
        (void)snprintf(key, sizeof key, "{%08x-0000-0000-0000-000000000000}", i);
        policy_object_start(x->b, i == 0 ? POLICY_OBJECT_PROVIDER : POLICY_OBJECT_CONTEXT);
        x->b->object.texts[TEXT_KEY] = policy_object_put_key(x->b, key, strlen(key));
        assert_true(live_names_take(&x->l, policy_object_finish(x->b)));
        assert_non_null(objects_get(&x->l.objects, POLICY_OBJECT_PROVIDER,
                                    "{00000000-0000-0000-0000-000000000000}"));
        assert_non_null(objects_get(&x->l.objects,
                                    i == 0 ? POLICY_OBJECT_PROVIDER : POLICY_OBJECT_CONTEXT, key));
        assert_true(x->l.objects.bytes <= x->l.objects.budget);
    }
    assert_true(x->l.objects.evicted > 1000);
    assert_int_equal(x->l.objects.refused, 0);
    close_table(x);
}

/* ---- what filters name ---------------------------------------------------------------------- */

#define PROVIDER_OF_5 "{00000005-1111-0000-0000-000000000000}"

static void take_owned(struct fixture *x, uint64_t id)
{
    (void)filter_made(x->b, id, 1, 4);
    x->b->object.texts[TEXT_PROVIDER] =
        policy_object_put_key(x->b, PROVIDER_OF_5, strlen(PROVIDER_OF_5));
    assert_true(live_names_take(&x->l, policy_object_finish(x->b)));
}

/* A provider and its service, which runs. */
static void take_owner(struct fixture *x)
{
    policy_object_start(x->b, POLICY_OBJECT_SERVICE);
    x->b->object.present = WFPW_SERVICE_RUNNING;
    x->b->object.texts[TEXT_KEY] = policy_object_put(x->b, "agent", 5);
    x->b->object.texts[TEXT_IMAGE] = policy_object_put(x->b, "agent.exe", 9);
    assert_true(live_names_take(&x->l, policy_object_finish(x->b)));
    policy_object_start(x->b, POLICY_OBJECT_PROVIDER);
    x->b->object.texts[TEXT_KEY] =
        policy_object_put_key(x->b, PROVIDER_OF_5, strlen(PROVIDER_OF_5));
    x->b->object.texts[TEXT_NAME] = policy_object_put(x->b, "Agent", 5);
    x->b->object.texts[TEXT_SERVICE] = policy_object_put(x->b, "Agent", 5);
    assert_true(live_names_take(&x->l, policy_object_finish(x->b)));
}

static void list_all(struct fixture *x, bool with_owner)
{
    uint64_t cursor = 0;
    struct filters_rest rest = live_names_list(&x->l);
    rest.time = 100;
    if (with_owner)
        take_owner(x);
    take_owned(x, 5);
    while (live_names_list_end(&x->l, &rest, &cursor))
        ;
}

static void assert_owner(struct fixture *x, uint32_t epoch, uint32_t provider, uint32_t service)
{
    struct record r = event(5, epoch, 200);
    uint64_t token = 0;
    const wfpw_filter *f = (const wfpw_filter *)(const void *)x->room;
    assert_true(live_names_write(&x->l, &r, 0, x->room, sizeof x->room, &token) > 0);
    assert_int_equal(f->provider_state, provider);
    assert_int_equal(f->service_state, service);
    assert_string_equal(f->provider_name, "Agent"); /* which stays known */
    assert_string_equal(f->service_image, "agent.exe");
}

static void test_owners(void **state)
{
    struct fixture *x = open_table(BUDGET);
    (void)state;
    list_all(x, true);
    assert_owner(x, 1, WFPW_FILTER_STATE_CURRENT, WFPW_SERVICE_RUNNING);
    live_names_end(&x->l);
    live_names_begin(&x->l, 2, 0); /* the engine restarted, and has not listed any yet */
    assert_owner(x, 1, WFPW_FILTER_STATE_UNCERTAIN, 0);
    list_all(x, true);
    assert_owner(x, 2, WFPW_FILTER_STATE_CURRENT, WFPW_SERVICE_RUNNING);
    list_all(x, false);
    assert_owner(x, 2, WFPW_FILTER_STATE_DELETED, 0);
    list_all(x, true);
    assert_owner(x, 2, WFPW_FILTER_STATE_CURRENT, WFPW_SERVICE_RUNNING);
    assert_int_equal(x->l.objects.deleted, 0);
    close_table(x);
}

/* Of what was deleted the newest are kept, and they give way first. */
static void test_deleted_owners_are_few(void **state)
{
    struct fixture *x = open_table(4 * BUDGET);
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        char key[40];
        uint64_t cursor = 0;
        struct filters_rest rest = live_names_list(&x->l);
        (void)snprintf(key, sizeof key, "{%08x-0000-0000-0000-000000000000}", i);
        policy_object_start(x->b, POLICY_OBJECT_PROVIDER);
        x->b->object.texts[TEXT_KEY] = policy_object_put_key(x->b, key, strlen(key));
        assert_true(live_names_take(&x->l, policy_object_finish(x->b)));
        assert_false(live_names_list_end(&x->l, &rest, &cursor));
        assert_true(x->l.objects.deleted <= OBJECTS_DELETED);
        assert_int_equal(objects_state(&x->l.objects, POLICY_OBJECT_PROVIDER, key, 1),
                         WFPW_FILTER_STATE_CURRENT);
    }
    assert_int_equal(x->l.objects.deleted, OBJECTS_DELETED);
    assert_int_equal(objects_state(&x->l.objects, POLICY_OBJECT_PROVIDER,
                                   "{00000bb6-0000-0000-0000-000000000000}", 1),
                     WFPW_FILTER_STATE_DELETED);
    assert_int_equal(objects_state(&x->l.objects, POLICY_OBJECT_PROVIDER,
                                   "{00000001-0000-0000-0000-000000000000}", 1),
                     0);
    x->l.objects.budget = x->l.objects.bytes;
    take_owner(x);
    assert_int_equal(x->l.objects.refused, 0);
    close_table(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),       cmocka_unit_test(test_too_many_requests),
        cmocka_unit_test(test_answers_expire), cmocka_unit_test(test_list_after_deletion),
        cmocka_unit_test(test_list_end),       cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_owners),         cmocka_unit_test(test_deleted_owners_are_few),
        cmocka_unit_test(test_too_large),      cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_contexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
