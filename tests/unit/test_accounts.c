/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names of accounts: asked for once, kept for a while, within a budget; nobody waits. */
#include "flow/flow.h"

#include <stdio.h>
#include <string.h>

#include "resolve/accounts.h"

/* A system that names every account after its last number, unless it fails. */
struct host {
    struct heap heap;
    struct wfpw_system system;
    struct system_places places;
    struct accounts *a;
    uint32_t code;
    int calls;
    size_t letters; /* before the number; 0: "PC\user" */
    os_u32 hangs, entered;
};

static uint64_t now(void *ctx)
{
    (void)ctx;
    return 1;
}

static uint32_t name_it(void *ctx, const void *sid, uint16_t *room, size_t cap, size_t *units)
{
    struct host *h = ctx;
    const uint8_t *bytes = sid;
    char text[ACCOUNTS_UNITS_MAX + 16] = "PC\\user";
    h->calls++;
    os_u32_store(&h->entered, 1);
    while (os_u32_load(&h->hangs) != 0)
        os_sleep_ms(1);
    if (h->code != 0)
        return h->code;
    if (h->letters != 0)
        memset(text, 'x', h->letters);
    unsigned number = text_le32(bytes + 4 + 4 * (size_t)bytes[1]);
    (void)snprintf(text + (h->letters != 0 ? h->letters : 7), 12, "%u", number);
    *units = strlen(text);
    assert_true(*units <= cap);
    for (size_t i = 0; i < *units; i++)
        room[i] = (uint8_t)text[i];
    return 0;
}

static void open_host(struct host *h, size_t budget)
{
    *h = (struct host){0};
    heap_init(&h->heap);
    h->places.account = name_it;
    h->system = (struct wfpw_system){.ctx = h, .places = &h->places, .now = now};
    h->a = accounts_open(&h->heap.allocator, &h->system, budget);
    assert_non_null(h->a);
}

static void close_host(struct host *h)
{
    accounts_close(h->a);
    assert_int_equal(os_u64_load(&h->heap.live), 0);
}

enum { SID_SIZE = 8 + 5 * 4 };

/* S-1-5-21-1-2-3-N */
static void make_sid(uint32_t number, uint8_t sid[SID_SIZE])
{
    static const uint8_t start[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,
                                    1, 0, 0, 0, 2, 0, 0, 0, 3,  0, 0, 0};
    memcpy(sid, start, sizeof start);
    text_put_le32(sid + sizeof start, number);
}

/* "" when it is not known. */
static const char *name_of(struct host *h, uint32_t number, uint64_t now,
                           char room[ACCOUNTS_NAME_MAX + 1])
{
    uint8_t sid[SID_SIZE];
    make_sid(number, sid);
    room[accounts_find(h->a, sid, sizeof sid, now, room)] = 0;
    return room;
}

static void assert_name(struct host *h, uint32_t number, uint64_t now, const char *wanted)
{
    char room[ACCOUNTS_NAME_MAX + 1];
    assert_string_equal(name_of(h, number, now, room), wanted);
}

/* Asks for all that waits; how many there were. */
static int step_all(struct host *h)
{
    int n = 0;
    while (accounts_step(h->a))
        n++;
    return n;
}

/* ---- asking --------------------------------------------------------------------------------- */

static void test_asked_once(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, ACCOUNTS_BYTES);
    assert_int_equal(step_all(&h), 0);
    for (int i = 0; i < 5; i++)
        assert_name(&h, 1001, 0, "");
    assert_name(&h, 1002, 0, "");
    assert_int_equal(step_all(&h), 2);
    assert_int_equal(h.calls, 2);
    assert_name(&h, 1001, 0, "PC\\user1001");
    assert_name(&h, 1002, 0, "PC\\user1002");
    assert_int_equal(step_all(&h), 0);
    close_host(&h);
}

static void test_damaged_sids(void **state)
{
    struct host h;
    uint8_t sid[SID_BYTES_MAX + 8] = {1, 5};
    char room[ACCOUNTS_NAME_MAX];
    (void)state;
    open_host(&h, ACCOUNTS_BYTES);
    for (size_t n = 0; n <= sizeof sid; n++)
        if (n != SID_SIZE)
            assert_int_equal(accounts_find(h.a, sid, n, 0, room), 0);
    sid[0] = 2;
    assert_int_equal(accounts_find(h.a, sid, SID_SIZE, 0, room), 0);
    assert_int_equal(step_all(&h), 0);
    close_host(&h);
}

/* An old name is given until the new one is there; what failed is asked for again, sooner. */
static void test_expiry(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, ACCOUNTS_BYTES);
    assert_name(&h, 1, 0, "");
    assert_int_equal(step_all(&h), 1);
    uint64_t now = os_ticks_ms();
    assert_name(&h, 1, now + ACCOUNTS_KEEP_MS / 2, "PC\\user1");
    assert_int_equal(step_all(&h), 0);
    h.letters = 2;
    assert_name(&h, 1, now + ACCOUNTS_KEEP_MS + 1, "PC\\user1");
    assert_int_equal(step_all(&h), 1);
    assert_name(&h, 1, 0, "xx1");
    h.code = 1722; /* the domain controller is away: what was known stays */
    assert_name(&h, 1, UINT64_MAX, "xx1");
    assert_int_equal(step_all(&h), 1);
    assert_name(&h, 1, 0, "xx1");
    assert_name(&h, 1, os_ticks_ms() + ACCOUNTS_RETRY_MS + 1, "xx1");
    assert_int_equal(step_all(&h), 1);
    h.code = 1332; /* and there is no such account any more */
    assert_name(&h, 1, UINT64_MAX, "xx1");
    assert_int_equal(step_all(&h), 1);
    assert_name(&h, 1, 0, "");
    assert_int_equal(step_all(&h), 0);
    assert_name(&h, 1, os_ticks_ms() + ACCOUNTS_RETRY_MS + 1, "");
    assert_int_equal(step_all(&h), 0);
    assert_name(&h, 1, os_ticks_ms() + ACCOUNTS_NONE_MS + 1, "");
    assert_int_equal(step_all(&h), 1);
    close_host(&h);
}

static void test_failed_first(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, ACCOUNTS_BYTES);
    h.code = 5;
    assert_name(&h, 1, 0, "");
    assert_int_equal(step_all(&h), 1);
    assert_name(&h, 1, 0, "");
    assert_int_equal(step_all(&h), 0);
    h.code = 0;
    assert_name(&h, 1, UINT64_MAX, "");
    assert_int_equal(step_all(&h), 1);
    assert_name(&h, 1, 0, "PC\\user1");
    close_host(&h);
}

/* ---- bounds --------------------------------------------------------------------------------- */

/* What finds no room in the queue is asked for when it comes again. */
static void test_queue(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, ACCOUNTS_BYTES);
    for (uint32_t i = 0; i < ACCOUNTS_QUEUE + 10; i++)
        assert_name(&h, i, 0, "");
    assert_int_equal(step_all(&h), ACCOUNTS_QUEUE);
    assert_name(&h, ACCOUNTS_QUEUE - 1, 0, "PC\\user63");
    assert_name(&h, ACCOUNTS_QUEUE, 0, "");
    assert_int_equal(step_all(&h), 1);
    assert_name(&h, ACCOUNTS_QUEUE, 0, "PC\\user64");
    close_host(&h);
}

/* Memory stays within the budget, and a name that is used stays. */
static void test_budget(void **state)
{
    enum { BUDGET = 16 * 1024 };
    struct host h;
    char room[ACCOUNTS_NAME_MAX + 1];
    int gone = 0;
    (void)state;
    open_host(&h, BUDGET);
    for (uint32_t i = 1; i < 2000; i++) {
        (void)name_of(&h, 0, 0, room);
        (void)name_of(&h, i, 0, room);
        (void)step_all(&h);
        assert_true(i == 1 || strcmp(name_of(&h, 0, 0, room), "PC\\user0") == 0);
    }
    uint64_t kept = os_u64_load(&h.heap.live);
    assert_true(kept < 200 && kept > 20);
    for (uint32_t i = 1; i < 2000; i++)
        gone += name_of(&h, i, 0, room)[0] == 0;
    assert_true(gone > 1800);
    close_host(&h);
}

/* The longest name there is, and a budget that not even one of them fits. */
static void test_long_names(void **state)
{
    struct host h;
    char room[ACCOUNTS_NAME_MAX + 1];
    (void)state;
    open_host(&h, 1);
    h.letters = ACCOUNTS_UNITS_MAX - 2;
    for (uint32_t i = 10; i < 99; i++) {
        (void)name_of(&h, i, 0, room);
        assert_int_equal(step_all(&h), 1);
        assert_int_equal(strlen(name_of(&h, i, 0, room)), ACCOUNTS_UNITS_MAX);
    }
    close_host(&h);
}

/* ---- memory --------------------------------------------------------------------------------- */

/* Each allocation fails once: the name is not known then, and is the next time. */
static void test_no_memory(void **state)
{
    (void)state;
    for (uint64_t fail = 1;; fail++) {
        struct host h = {0};
        heap_init(&h.heap);
        h.places.account = name_it;
        h.system = (struct wfpw_system){.ctx = &h, .places = &h.places, .now = now};
        h.heap.fail_at = fail;
        h.a = accounts_open(&h.heap.allocator, &h.system, ACCOUNTS_BYTES);
        for (int round = 0; h.a != NULL && round < 3; round++)
            for (uint32_t i = 0; i < 40; i++) {
                char room[ACCOUNTS_NAME_MAX + 1];
                (void)name_of(&h, i, 0, room);
                (void)step_all(&h);
            }
        for (uint32_t i = 0; h.a != NULL && i < 40; i++) {
            char wanted[32];
            (void)snprintf(wanted, sizeof wanted, "PC\\user%u", (unsigned)i);
            assert_name(&h, i, 0, wanted);
        }
        assert_true(h.a != NULL || fail == 1);
        bool done = os_u64_load(&h.heap.calls) < fail;
        accounts_close(h.a);
        assert_int_equal(os_u64_load(&h.heap.live), 0);
        if (done)
            break;
    }
}

static void test_no_functions(void **state)
{
    const struct system_places none = {0};
    const struct wfpw_system bare = {0}, empty = {.places = &none};
    struct heap heap;
    (void)state;
    heap_init(&heap);
    assert_null(accounts_open(&heap.allocator, &bare, 1000));
    assert_null(accounts_open(&heap.allocator, &empty, 1000));
    accounts_close(NULL);
    assert_int_equal(os_u64_load(&heap.live), 0);
}

/* ---- the thread ----------------------------------------------------------------------------- */

static bool is_named(void *ctx)
{
    char room[ACCOUNTS_NAME_MAX + 1];
    return name_of(ctx, 7, 0, room)[0] != 0;
}

static bool has_entered(void *ctx)
{
    struct host *h = ctx;
    return os_u32_load(&h->entered) != 0;
}

/* While the system hangs, asking goes on; closing waits for it. */
static void test_thread(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, ACCOUNTS_BYTES);
    os_u32_store(&h.hangs, 1);
    assert_true(accounts_start(h.a, NULL));
    assert_name(&h, 7, 0, "");
    assert_true(wait_until(has_entered, &h));
    for (uint32_t i = 0; i < 1000; i++)
        assert_name(&h, i, 0, "");
    os_u32_store(&h.hangs, 0);
    assert_true(wait_until(is_named, &h));
    close_host(&h);
}

static void test_thread_closed_at_once(void **state)
{
    struct host h;
    (void)state;
    for (int i = 0; i < 50; i++) {
        open_host(&h, ACCOUNTS_BYTES);
        assert_true(accounts_start(h.a, NULL));
        if (i % 2 != 0)
            assert_name(&h, 7, 0, "");
        close_host(&h);
    }
}

/* ---- this host ------------------------------------------------------------------------------ */

/* The real function: it names the system's account, in whatever language, or says that it cannot.
 */
static void test_this_host(void **state)
{
    static const uint8_t system_sid[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
    const struct system_places *places = system_host_places();
    uint16_t room[ACCOUNTS_UNITS_MAX];
    uint8_t nobody[SID_SIZE];
    size_t units = 0;
    (void)state;
    if (places == NULL)
        skip();
    uint32_t code = places->account(NULL, system_sid, room, ACCOUNTS_UNITS_MAX, &units);
    assert_true(code == 0 ? units > 0 : code == 1332);
    if (code == 0)
        assert_int_equal(places->account(NULL, system_sid, room, 1, &units), 122);
    make_sid(123456789, nobody);
    assert_int_not_equal(places->account(NULL, nobody, room, ACCOUNTS_UNITS_MAX, &units), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked_once),
        cmocka_unit_test(test_damaged_sids),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_failed_first),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_no_functions),
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_thread_closed_at_once),
        cmocka_unit_test(test_this_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
