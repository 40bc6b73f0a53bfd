/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lines of the log: bounded, and harmless whatever names are in them. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

static int lines;

static void count(void *ctx, int level, const char *text)
{
    (void)ctx;
    (void)level;
    assert_int_equal(text_utf8_valid(text, strlen(text)), strlen(text));
    lines++;
}

static void test_bound(void **state)
{
    static struct log_bound b;
    (void)state;
    for (int i = 0; i < 100000; i++)
        log_line(&b, count, NULL, 2, log_kind(0, "away", 1722), "away");
    assert_int_equal(lines, 6); /* 1, 10, 100, ... */
    for (uint64_t i = 0; i < 100000; i++)
        log_line(&b, count, NULL, 2, log_kind(0, "away", i), "away");
    assert_in_range(lines, LOG_KINDS, LOG_KINDS + 16);
}

static char last_line[LOG_LINE];

static void keep_line(void *ctx, int level, const char *text)
{
    (void)ctx;
    (void)level;
    (void)snprintf(last_line, sizeof last_line, "%s", text);
}

#define BAD "\xef\xbf\xbd"

static void test_clean(void **state)
{
    static const struct {
        const char *text, *clean;
    } rows[] = {{"plain", "plain"},
                {"a\nb\x1b[2J", "a" BAD "b" BAD "[2J"},
                {"\xff\xfe", BAD BAD},
                {"caf\xc3\xa9", "caf\xc3\xa9"},
                {"x\xe2\x80\xaey", "x" BAD "y"},
                {"\xc2\x85", BAD},
                {"\xed\xa0\x80", BAD BAD BAD}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct log_bound b = {0};
        log_line(&b, keep_line, NULL, 2, 1, rows[i].text);
        assert_string_equal(last_line, rows[i].clean);
        error_log(keep_line, NULL, 2, rows[i].text, NULL, 0);
        assert_string_equal(last_line, rows[i].clean);
    }
}

/* Whatever is cut off: whole characters. */
static void test_cut(void **state)
{
    char text[2 * LOG_LINE];
    (void)state;
    for (size_t at = LOG_LINE - 80; at < LOG_LINE + 8; at++) {
        struct log_bound b = {0};
        memset(text, 'x', sizeof text);
        memcpy(text + at, "\xf0\x9f\x94\xa5", 4);
        text[sizeof text - 1] = 0;
        for (int i = 0; i < 10; i++)
            log_line(&b, keep_line, NULL, 2, 1, text);
        assert_null(strstr(last_line, BAD));
        assert_non_null(strstr(last_line, " (10 times by now)"));
        error_log(keep_line, NULL, 2, text, NULL, 0);
        assert_null(strstr(last_line, BAD));
        error_log(keep_line, NULL, 2, "connecting", text, 5);
        assert_null(strstr(last_line, BAD));
    }
}

static void test_where_is_valid(void **state)
{
    wfpw_error e;
    char name[200];
    (void)state;
    for (size_t at = 30; at < 80; at++) {
        memset(name, 'x', sizeof name);
        memcpy(name + at, "\xf0\x9f\x94\xa5", 4);
        name[sizeof name - 1] = 0;
        (void)error_set(&e, WFPW_E_IO, name, 2, NULL);
        assert_int_equal(text_utf8_valid(e.where, strlen(e.where)), strlen(e.where));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bound), cmocka_unit_test(test_clean),
                                       cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_where_is_valid)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
