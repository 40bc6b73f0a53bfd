/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An address with a port, as the tool's command line has it: what is one, what is none, and every
 * start and every change of one, which must be read within its bounds. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "input/question_option.h"
#include "random.h"

/* Of the tool; unused here. */
int diagnostics_usage(const char *command, const char *what, const char *argument);
int diagnostics_usage(const char *command, const char *what, const char *argument)
{
    (void)command;
    (void)what;
    (void)argument;
    return 2;
}

bool option_number(const struct arguments *a, uint64_t least, uint64_t most, uint64_t *out)
{
    (void)a;
    (void)least;
    (void)most;
    (void)out;
    return false;
}

bool option_word(const struct arguments *a, const char *const *words, int *out)
{
    (void)a;
    (void)words;
    (void)out;
    return false;
}

static const struct {
    const char *text;
    uint8_t addr[16];
    uint8_t family;
    uint16_t port;
    uint32_t scope;
} good[] = {
    {"203.0.113.66:443", {203, 0, 113, 66}, 4, 443, 0},
    {"0.0.0.0", {0}, 4, 0, 0},
    {"255.255.255.255:65535", {255, 255, 255, 255}, 4, 65535, 0},
    {":53", {0}, 0, 53, 0},
    {"::", {0}, 6, 0, 0},
    {"::1", {[15] = 1}, 6, 0, 0},
    {"[::1]:80", {[15] = 1}, 6, 80, 0},
    {"[::1]", {[15] = 1}, 6, 0, 0},
    {"2001:DB8::1", {0x20, 0x01, 0x0D, 0xB8, [15] = 1}, 6, 0, 0},
    {"2001:db8:1:2:3:4:5:6", {0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6}, 6, 0, 0},
    {"1:2:3:4:5:6:7::", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}, 6, 0, 0},
    {"::ffff:192.0.2.1", {[10] = 0xFF, [11] = 0xFF, [12] = 192, [14] = 2, [15] = 1}, 6, 0, 0},
    {"[fe80::1%3]:443", {0xFE, 0x80, [15] = 1}, 6, 443, 3},
    {"fe80::1%12", {0xFE, 0x80, [15] = 1}, 6, 0, 12},
};

static const char *const bad[] = {
    "",
    "host",
    "example.com:443",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "1.2.3.1000",
    "1..2.3",
    "1.2.3.4:",
    "1.2.3.4:0",
    "1.2.3.4:65536",
    "1.2.3.4:123456",
    "1.2.3.4:x",
    "1.2.3.4:80x",
    " 1.2.3.4",
    "1.2.3.4 ",
    "-1.2.3.4",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "::g",
    "1:",
    ":1:2:3:4:5:6:7:",
    "::1.2.3",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "[::1",
    "[::1]80",
    "[::1]:",
    "[1.2.3.4]:80",
    "[]:80",
    "[",
    "[:]:1",
    "fe80::1%",
    "fe80::1%x",
    "1.2.3.4%3",
    "fe80::1%1234567890",
    "::1]:80",
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        wfpw_endpoint e;
        assert_true(question_option_endpoint(good[i].text, &e));
        assert_int_equal(e.family, good[i].family);
        assert_int_equal(e.port, good[i].port);
        assert_int_equal(e.scope_id, good[i].scope);
        assert_memory_equal(e.addr, good[i].addr, sizeof e.addr);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        wfpw_endpoint e;
        if (question_option_endpoint(bad[i], &e))
            fail_msg("\"%s\" was taken", bad[i]);
    }
}

/* In memory that ends with the text: the sanitizer sees a read behind it. */
static void read_exactly(const char *text, size_t n)
{
    char *copy = malloc(n + 1);
    wfpw_endpoint e;
    assert_non_null(copy);
    memcpy(copy, text, n);
    copy[n] = 0;
    (void)question_option_endpoint(copy, &e);
    assert_true(e.family == 0 || e.family == 4 || e.family == 6);
    free(copy);
}

static void test_starts_and_changes(void **state)
{
    static const char letters[] = "0123456789abf:.[]%x";
    uint64_t seed = 7;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char text[64];
        size_t n = strlen(good[i].text);
        for (size_t length = 0; length <= n; length++)
            read_exactly(good[i].text, length);
        for (int round = 0; round < 2000; round++) {
            memcpy(text, good[i].text, n + 1);
            for (uint64_t k = random_below(&seed, 3) + 1; k > 0; k--)
                text[random_below(&seed, (uint32_t)n)] =
                    letters[random_below(&seed, sizeof letters - 1)];
            read_exactly(text, n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_starts_and_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
