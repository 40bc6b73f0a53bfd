/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What every filling of os.h has to do alike. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <sys/stat.h>
#include <unistd.h>
#endif

enum { THREADS = 4, TURNS = 20000, LONG_NAME = 120, LEVELS = 4 };

/* ---- threads -------------------------------------------------------------------------------- */

struct shared {
    os_mutex lock;
    uint64_t plain; /* under the lock */
    os_u32 small;
    os_u64 big, swapped;
};

static void count(void *ctx)
{
    struct shared *s = ctx;
    for (int i = 0; i < TURNS; i++) {
        os_mutex_lock(&s->lock);
        s->plain++;
        os_mutex_unlock(&s->lock);
        (void)os_u32_add(&s->small, 1);
        (void)os_u64_add(&s->big, UINT64_C(0x100000001));
        uint64_t was = os_u64_load_relaxed(&s->swapped);
        while (!os_u64_cas(&s->swapped, &was, was + 3))
            ;
    }
}

static void test_nothing_is_lost_between_threads(void **state)
{
    struct shared s = {0};
    os_thread threads[THREADS];
    (void)state;
    assert_true(os_mutex_init(&s.lock));
    for (int i = 0; i < THREADS; i++)
        assert_true(os_thread_start(&threads[i], count, &s));
    for (int i = 0; i < THREADS; i++)
        os_thread_join(&threads[i]);
    os_mutex_destroy(&s.lock);
    assert_int_equal(s.plain, THREADS * TURNS);
    assert_int_equal(os_u32_load(&s.small), THREADS * TURNS);
    assert_true(os_u64_load(&s.big) == UINT64_C(0x100000001) * THREADS * TURNS);
    assert_true(os_u64_load(&s.swapped) == UINT64_C(3) * THREADS * TURNS);
}

static void test_atomics_return_what_was(void **state)
{
    os_u32 a = {0};
    os_u64 b = {0};
    uint64_t expected = 7;
    (void)state;
    os_u32_store(&a, 0xFFFFFFFF);
    assert_true(os_u32_load_relaxed(&a) == 0xFFFFFFFF);
    assert_true(os_u32_add(&a, 2) == 0xFFFFFFFF);
    assert_true(os_u32_exchange(&a, 9) == 1);
    assert_true(os_u32_load_ordered(&a) == 9);
    os_u64_store(&b, UINT64_MAX);
    assert_true(os_u64_exchange(&b, UINT64_C(1) << 40) == UINT64_MAX);
    assert_false(os_u64_cas(&b, &expected, 1));
    assert_true(expected == UINT64_C(1) << 40);
    os_u64_bump(&b, 5);
    assert_true(os_u64_add(&b, UINT64_MAX) == (UINT64_C(1) << 40) + 5);
    assert_true(os_u64_load(&b) == (UINT64_C(1) << 40) + 4);
}

struct pair {
    os_signal ask, answer;
    os_u32 seen;
};

static void answer(void *ctx)
{
    struct pair *p = ctx;
    (void)os_signal_wait(&p->ask, -1);
    os_u32_store(&p->seen, 1);
    os_signal_set(&p->answer);
}

static void test_signals(void **state)
{
    struct pair p = {0};
    os_thread t;
    (void)state;
    assert_true(os_signal_init(&p.ask) && os_signal_init(&p.answer));
    assert_true(os_thread_start(&t, answer, &p));
    assert_false(os_signal_wait(&p.answer, 0));
    os_signal_set(&p.ask);
    os_signal_set(&p.ask);
    assert_true(os_signal_wait(&p.answer, -1));
    assert_int_equal(os_u32_load(&p.seen), 1);
    assert_true(os_signal_wait(&p.answer, 0)); /* waiting does not reset it */
    os_signal_reset(&p.answer);
    assert_false(os_signal_wait(&p.answer, 1));
    os_signal_reset(&p.answer); /* once more does no harm */
    os_thread_join(&t);
    os_signal_destroy(&p.ask);
    os_signal_destroy(&p.answer);
}

/* ---- time ----------------------------------------------------------------------------------- */

static void test_clocks(void **state)
{
    static const uint64_t year_2020 = 132223104000000000u, year_2200 = 189000000000000000u;
    (void)state;
    uint64_t before = os_ticks_ms(), now = os_now();
    os_sleep_ms(20);
    assert_true(os_ticks_ms() >= before + 15); /* a clock that steps by sixteenths of a second */
    assert_true(now > year_2020 && now < year_2200);
}

/* ---- files ---------------------------------------------------------------------------------- */

static const char text[] = "first\r\nsecond\n\x1A\r\nlast";

#ifdef _WIN32
/* In the form that Windows takes at any length, made without the code that is tested. */
static const wchar_t *wide(const char *path)
{
    static wchar_t whole[2048];
    wchar_t here[512], given[1024];
    assert_true(GetCurrentDirectoryW(512, here) > 0);
    assert_true(MultiByteToWideChar(CP_UTF8, 0, path, -1, given, 1024) > 0);
    (void)swprintf(whole, 2048, L"\\\\?\\%ls\\%ls", here, given);
    for (wchar_t *p = whole; *p != 0; p++)
        *p = *p == L'/' ? L'\\' : *p;
    return whole;
}

static void make_folder(const char *path)
{
    assert_true(CreateDirectoryW(wide(path), NULL));
}

static void remove_folder(const char *path)
{
    assert_true(RemoveDirectoryW(wide(path)));
}

static void remove_file(const char *path)
{
    assert_true(DeleteFileW(wide(path)));
}

static void write_file(const char *path)
{
    DWORD put = 0;
    HANDLE h = CreateFileW(wide(path), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    assert_true(h != INVALID_HANDLE_VALUE);
    assert_true(WriteFile(h, text, sizeof text, &put, NULL) && put == sizeof text);
    (void)CloseHandle(h);
}
#else
static void make_folder(const char *path)
{
    assert_int_equal(mkdir(path, 0700), 0);
}

static void remove_folder(const char *path)
{
    assert_int_equal(rmdir(path), 0);
}

static void remove_file(const char *path)
{
    assert_int_equal(unlink(path), 0);
}

static void write_file(const char *path)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, sizeof text, f), sizeof text);
    assert_int_equal(fclose(f), 0);
}
#endif

/* Byte for byte: nothing is taken for the end of a line or of a file. */
static void check_file(const char *path)
{
    os_file f;
    char got[sizeof text + 10];
    size_t n;
    assert_int_equal(os_file_open(&f, path), 0);
    assert_int_equal(os_file_size(&f), sizeof text);
    assert_int_equal(os_file_read(&f, got, 3, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(os_file_read(&f, got + 3, sizeof got - 3, &n), 0);
    assert_int_equal(n, sizeof text - 3);
    assert_memory_equal(got, text, sizeof text);
    assert_int_equal(os_file_read(&f, got, sizeof got, &n), 0);
    assert_int_equal(n, 0);
    os_file_close(&f);
}

static const char folder[] = "test_os.\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\xA5"; /* 2, 3 and 4 bytes */

static void test_path_is_utf8(void **state)
{
    char path[128];
    (void)state;
    make_folder(folder);
    (void)snprintf(path, sizeof path, "%s/%s.evtx", folder, folder);
    write_file(path);
    check_file(path);
    remove_file(path);
    remove_folder(folder);
}

/* Longer than the 260 characters that Windows takes by itself. */
static void test_long_path(void **state)
{
    char path[LEVELS * (LONG_NAME + 1) + 1];
    size_t n = 0, ends[LEVELS];
    (void)state;
    for (int i = 0; i < LEVELS; i++) {
        memset(path + n, 'a' + i, LONG_NAME);
        n += LONG_NAME;
        path[n] = 0;
        ends[i] = n;
        if (i < LEVELS - 1) {
            make_folder(path);
            path[n++] = '/';
        }
    }
    write_file(path);
    check_file(path);
    remove_file(path);
    for (int i = LEVELS - 2; i >= 0; i--) {
        path[ends[i]] = 0;
        remove_folder(path);
    }
}

static void test_what_cannot_be_opened(void **state)
{
    static const char *const paths[] = {"no such folder/no such file", ".", "",
                                        "\xFF\xFE no text at all \xC3"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        os_file f;
        assert_int_not_equal(os_file_open(&f, paths[i]), 0);
        os_file_close(&f); /* no harm */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost_between_threads),
        cmocka_unit_test(test_atomics_return_what_was),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_path_is_utf8),
        cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_what_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
