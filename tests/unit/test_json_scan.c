/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Strings that are looked at many characters at a time end, and say, what they do when they are
 * taken apart one character after the other. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "decode/json/json_lexer.h"
#include "decode/json/json_scan.h"
#include "random.h"

enum { ROUNDS = 20000, LENGTH_MAX = 120 };

/* The content of a string, and what ends it, perhaps. */
static size_t random_string(char *to, uint64_t *seed)
{
    static const char *const pieces[] = {"a",       "bc",      "0123456789", "\xC3\xA9", "\x7F",
                                         "\x01",    "\\\\",    "\\\"",       "\\n",      "\\/",
                                         "\\u00e9", "\\u6f22", "\\u0041",    "\t",       " "};
    static const char *const rare[] = {"\n",      "\\\n",  "\\", "\\ud83d\\ude00",
                                       "\\u0000", "\\u12", "\\q"};
    size_t n = 0, count = random_below(seed, 20), most = sizeof pieces / sizeof *pieces;
    for (size_t i = 0; i < count; i++) {
        const char *piece = random_below(seed, 60) == 0
                                ? rare[random_below(seed, sizeof rare / sizeof *rare)]
                                : pieces[random_below(seed, (uint32_t)most)];
        if (n + strlen(piece) > LENGTH_MAX)
            break;
        memcpy(to + n, piece, strlen(piece));
        n += strlen(piece);
        if (random_below(seed, 200) == 0)
            to[n++] = 0;
    }
    return n;
}

/* One character after the other. NULL: the string does not end, or has what ends it otherwise. */
static const char *string_end(const char *p, const char *end)
{
    for (; p < end && *p != '"'; p++) {
        if (*p == '\n' || *p == 0)
            return NULL;
        if (*p == '\\' && (++p == end || *p == '\n'))
            return NULL;
    }
    return p < end ? p : NULL;
}

/* Its text, by the lexer. */
static size_t lexer_text(char *to, const char *s, size_t n)
{
    struct json_lexer lexer;
    char room[2 * LENGTH_MAX], whole[2 * LENGTH_MAX];
    const char *text;
    size_t at = 0, size;
    json_lexer_start(&lexer, room, sizeof room);
    whole[0] = '"';
    memcpy(whole + 1, s, n);
    whole[n + 1] = '"';
    assert_int_equal(json_lexer_next(&lexer, whole, n + 2, &at, &text, &size), JSON_STRING);
    memcpy(to, text, size);
    return size;
}

/* Each at any place before the end of what may be read, which is on the heap. */
static void test_strings(void **state)
{
    enum { BEHIND_MAX = 40, ROOM = 2 * LENGTH_MAX + BEHIND_MAX };
    uint64_t seed = 7;
    size_t ends = 0, texts = 0;
    (void)state;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        char made[LENGTH_MAX + 8], out[ROOM], want[ROOM], *to = out;
        size_t n = random_string(made, &seed), behind = random_below(&seed, BEHIND_MAX);
        char *s = malloc(n + 1 + behind);
        assert_non_null(s);
        memcpy(s, made, n);
        memset(s + n, '"', 1);
        memset(s + n + 1, 'x', behind);
        const char *limit = s + n + 1 + behind, *end = string_end(s, limit);
        const char *stop = json_scan_stop(s, limit);
        assert_ptr_equal(json_scan_string(s, limit), end);
        for (const char *p = s; p < stop; p++)
            assert_false(json_scan_is_stop(*p));
        if (*stop == '\\' && (stop = json_scan_escapes(stop, limit, &to)) != NULL) {
            const char *first = memchr(s, '\\', n);
            assert_ptr_equal(stop, end);
            size_t size = lexer_text(want, first, (size_t)(stop - first));
            assert_int_equal(to - out, size);
            assert_memory_equal(out, want, size);
            texts++;
        }
        ends += end != NULL;
        free(s);
    }
    assert_true(ends > ROUNDS / 2 && texts > ROUNDS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_strings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
