/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where leases live: the document, the lock between threads, who is alive. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "os/host_store.h"
#include "os/os.h"
#include "process.h"
#include "wfpwatch/wfpwatch.h"

enum { PATH_BYTES = 300, THREADS = 8, ROUNDS = 40, WAIT_MS = 60000 };

struct place {
    char folder[PATH_BYTES], leases[PATH_BYTES];
};

static int setup(void **state)
{
    static struct place p;
    if (!place_make_folder(p.folder, sizeof p.folder))
        return 1;
    place_of_leases(p.folder, p.leases, sizeof p.leases);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    place_remove(p->folder, p->leases);
    return 0;
}

static struct store_handle open_store(const struct place *p)
{
    struct store_handle h;
    struct store_failure f = {0};
    int status = host_store()->open(NULL, p->leases, true, &h, &f);
    if (status != WFPW_OK)
        fail_msg("%s: %d, code %u, %s", p->leases, status, f.code, f.what != NULL ? f.what : "");
    return h;
}

static void lock(struct store_handle *h)
{
    struct store_failure f = {0};
    assert_int_equal(host_store()->lock(NULL, h, WAIT_MS, &f), WFPW_OK);
}

static void write_document(struct store_handle *h, const void *p, size_t n)
{
    struct store_failure f = {0};
    assert_int_equal(host_store()->write(NULL, h, p, n, &f), WFPW_OK);
}

static size_t read_document(struct store_handle *h, void *room, size_t cap)
{
    struct store_failure f = {0};
    size_t n;
    assert_int_equal(host_store()->read(NULL, h, room, cap, &n, &f), WFPW_OK);
    return n;
}

/* ---- the document --------------------------------------------------------------------------- */

static void test_document(void **state)
{
    static char big[40000], room[sizeof big];
    struct store_failure f = {0};
    struct store_handle h = open_store(*state), other = open_store(*state);
    size_t n;
    assert_int_equal(read_document(&h, room, sizeof room), 0);
    memset(big, 'x', sizeof big);
    for (size_t size = 1; size <= sizeof big; size = size * 3 + 1) {
        lock(&h);
        write_document(&h, big, size);
        host_store()->unlock(NULL, &h);
        assert_int_equal(read_document(&other, room, sizeof room), size);
        assert_memory_equal(room, big, size);
        assert_int_equal(host_store()->read(NULL, &h, room, size, &n, &f), WFPW_OK);
        assert_int_equal(host_store()->read(NULL, &h, room, size - 1, &n, &f), WFPW_E_RANGE);
    }
    lock(&h);
    assert_int_equal(host_store()->set_aside(NULL, &h, &f), WFPW_OK);
    assert_int_equal(read_document(&h, room, sizeof room), 0);
    assert_int_not_equal(host_store()->set_aside(NULL, &h, &f), WFPW_OK); /* there is none */
    write_document(&h, "again", 5);
    write_document(&h, NULL, 0);
    write_document(&h, NULL, 0); /* once more is fine */
    assert_int_equal(read_document(&h, room, sizeof room), 0);
    host_store()->unlock(NULL, &h);
    host_store()->close(NULL, &h);
    host_store()->close(NULL, &other);
}

/* Looking makes nothing. */
static void test_place_that_is_not_there(void **state)
{
    struct place p = *(const struct place *)*state;
    struct store_handle h;
    struct store_failure f = {0};
    char room[8];
    (void)snprintf(p.leases + strlen(p.leases), 8, "-none");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(host_store()->open(NULL, p.leases, false, &h, &f), WFPW_OK);
        assert_int_equal(read_document(&h, room, sizeof room), 0);
        assert_false(host_store()->is_alive(NULL, &h, &(struct process_id){0}));
        host_store()->close(NULL, &h);
    }
}

/* ---- the lock ------------------------------------------------------------------------------- */

struct adder {
    const struct place *place;
    os_thread thread;
    bool failed;
};

/* Nothing holds the count together but the lock. */
static void add(void *ctx)
{
    struct adder *a = ctx;
    struct store_failure f;
    struct store_handle h;
    const struct system_store *s = host_store();
    a->failed = s->open(NULL, a->place->leases, true, &h, &f) != WFPW_OK;
    for (int i = 0; i < ROUNDS && !a->failed; i++) {
        uint64_t count = 0;
        size_t n;
        a->failed = s->lock(NULL, &h, WAIT_MS, &f) != WFPW_OK ||
                    s->read(NULL, &h, &count, sizeof count, &n, &f) != WFPW_OK;
        count++;
        a->failed = a->failed || s->write(NULL, &h, &count, sizeof count, &f) != WFPW_OK;
        s->unlock(NULL, &h);
    }
    s->close(NULL, &h);
}

static void test_lock_between_threads(void **state)
{
    struct adder adders[THREADS];
    uint64_t count = 0;
    struct store_handle h = open_store(*state);
    lock(&h);
    write_document(&h, NULL, 0);
    for (int i = 0; i < THREADS; i++) {
        adders[i] = (struct adder){.place = *state};
        assert_true(os_thread_start(&adders[i].thread, add, &adders[i]));
    }
    host_store()->unlock(NULL, &h);
    for (int i = 0; i < THREADS; i++)
        os_thread_join(&adders[i].thread);
    for (int i = 0; i < THREADS; i++)
        assert_false(adders[i].failed);
    assert_int_equal(read_document(&h, &count, sizeof count), sizeof count);
    assert_int_equal(count, THREADS * ROUNDS);
    lock(&h);
    write_document(&h, NULL, 0);
    host_store()->unlock(NULL, &h);
    host_store()->close(NULL, &h);
}

struct waiter {
    const struct place *place;
    int status;
    struct store_failure f;
};

static void try_lock(void *ctx)
{
    struct waiter *w = ctx;
    struct store_handle h = open_store(w->place);
    w->status = host_store()->lock(NULL, &h, 30, &w->f);
    host_store()->close(NULL, &h);
}

static void test_lock_that_is_held(void **state)
{
    struct waiter w = {.place = *state};
    struct store_handle h = open_store(*state);
    os_thread t;
    lock(&h);
    assert_true(os_thread_start(&t, try_lock, &w));
    os_thread_join(&t);
    assert_int_equal(w.status, WFPW_E_TIMEOUT);
    assert_non_null(w.f.what);
    host_store()->unlock(NULL, &h);
    assert_true(os_thread_start(&t, try_lock, &w));
    os_thread_join(&t);
    assert_int_equal(w.status, WFPW_OK);
    lock(&h); /* whoever closes with the lock gives it back */
    host_store()->unlock(NULL, &h);
    host_store()->close(NULL, &h);
}

/* ---- processes ------------------------------------------------------------------------------ */

static struct process_id whoami(struct store_handle *h)
{
    struct process_id me;
    struct store_failure f = {0};
    assert_int_equal(host_store()->whoami(NULL, h, &me, &f), WFPW_OK);
    return me;
}

static void test_who_is_alive(void **state)
{
    struct store_handle h = open_store(*state);
    lock(&h);
    struct process_id me = whoami(&h), again = whoami(&h), p;
    host_store()->unlock(NULL, &h);
    assert_int_equal(me.pid, process_own_id());
    assert_memory_equal(&me, &again, sizeof me);
    assert_true(host_store()->is_alive(NULL, &h, &me));
    p = me;
    p.started++; /* the number was given to another process */
    assert_false(host_store()->is_alive(NULL, &h, &p));
    p = me;
    p.boot[0]++; /* before a reboot */
    assert_false(host_store()->is_alive(NULL, &h, &p));
    p = me;
    p.pid = 0;
    assert_false(host_store()->is_alive(NULL, &h, &p));
    host_store()->close(NULL, &h);
}

/* Another process: it writes who it is, and lives until it is killed. */
static int run_other(const char *leases)
{
    struct place p;
    (void)snprintf(p.leases, sizeof p.leases, "%s", leases);
    struct store_handle h = open_store(&p);
    lock(&h);
    struct process_id me = whoami(&h);
    write_document(&h, &me, sizeof me);
    os_sleep_ms(10 * WAIT_MS); /* with the lock */
    return 1;
}

static const char *program;

static void test_holder_that_dies(void **state)
{
    const struct place *place = *state;
    const char *list[] = {program, "other", place->leases, NULL};
    struct store_handle h = open_store(place);
    struct process_id other;
    struct process p;
    assert_true(process_start(&p, list));
    uint64_t end = os_ticks_ms() + WAIT_MS;
    while (read_document(&h, &other, sizeof other) != sizeof other && os_ticks_ms() < end)
        os_sleep_ms(1);
    assert_true(host_store()->is_alive(NULL, &h, &other));
    process_kill(&p);
    lock(&h); /* given back by the system */
    while (host_store()->is_alive(NULL, &h, &other) && os_ticks_ms() < end)
        os_sleep_ms(1); /* nobody has waited for it yet: still it runs no more */
    assert_false(host_store()->is_alive(NULL, &h, &other));
    assert_int_equal(process_wait(&p), PROCESS_KILLED);
    assert_false(host_store()->is_alive(NULL, &h, &other));
    write_document(&h, NULL, 0);
    host_store()->unlock(NULL, &h);
    host_store()->close(NULL, &h);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "other") == 0)
        return run_other(argv[2]);
    program = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),
        cmocka_unit_test(test_place_that_is_not_there),
        cmocka_unit_test(test_lock_between_threads),
        cmocka_unit_test(test_lock_that_is_held),
        cmocka_unit_test(test_who_is_alive),
        cmocka_unit_test(test_holder_that_dies),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
