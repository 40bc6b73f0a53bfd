/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What files and memory go through before they are read: gzip, JSON, CSV, HTML; with little memory,
 * with room of any size, and with an allocator that fails. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "input/unpacking.h"

/* ---- an allocator that fails at the nth call ------------------------------------------------ */

struct tight {
    unsigned left, held;
};

static void *WFPW_CALL take(void *ctx, size_t size)
{
    struct tight *t = ctx;
    void *p = t->left > 0 ? malloc(size) : NULL;
    t->left -= p != NULL;
    t->held += p != NULL;
    return p;
}

static void WFPW_CALL give(void *ctx, void *p)
{
    struct tight *t = ctx;
    t->held -= p != NULL;
    free(p);
}

/* ---- making --------------------------------------------------------------------------------- */

static size_t pack(const void *data, size_t n, uint8_t *out, size_t cap)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    (void)deflateEnd(&z);
    return cap - z.avail_out;
}

/* All that comes of an input, in pieces of `piece` bytes. */
static size_t drain(struct input *in, size_t piece, uint8_t *out, size_t cap)
{
    const uint8_t *p;
    size_t n, all = 0;
    while ((n = input_view(in, piece, &p)) > 0) {
        assert_true(n <= cap - all);
        memcpy(out + all, p, n);
        input_skip(in, n);
        all += n;
    }
    assert_true(in->position == all);
    return all;
}

static void expect(enum escape escape, const char *text, const char *wanted)
{
    struct tight t = {.left = 100};
    wfpw_allocator a = {.alloc = take, .free = give, .ctx = &t};
    uint8_t out[256];
    for (size_t piece = 1; piece < 9; piece++) {
        struct input in;
        assert_int_equal(input_open(&in, &a, NULL, text, strlen(text), NULL), WFPW_OK);
        assert_true(unescape_push(&in, escape));
        size_t n = drain(&in, piece, out, sizeof out);
        if (n != strlen(wanted) || memcmp(out, wanted, n) != 0)
            fail_msg("%s: %.*s", text, (int)n, (const char *)out);
        input_close(&in);
        assert_int_equal(t.held, 0);
    }
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void test_json(void **state)
{
    (void)state;
    expect(ESCAPE_JSON, "a\\\"b\\\\c\\/d\\n\\t\\r", "a\"b\\c/d\n\t\r");
    expect(ESCAPE_JSON, "\\u003cE\\u003E\\u00fc\\u20AC\\ud83d\\ude00",
           "<E>\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80");
    expect(ESCAPE_JSON, "\\ud83dx\\ude00\\u0000", "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD");
    expect(ESCAPE_JSON, "\\u12g4\\u1", "u12g4u1"); /* none: the backslash alone goes */
    expect(ESCAPE_JSON, "end\\", "end\\");
}

static void test_csv(void **state)
{
    (void)state;
    expect(ESCAPE_CSV, "\"a=\"\"b\"\"\"\r\n", "\"a=\"b\"\"\r\n");
    expect(ESCAPE_CSV, "\"\"\"\"", "\"\"");
    expect(ESCAPE_CSV, "x\"", "x\"");
}

static void test_html(void **state)
{
    (void)state;
    expect(ESCAPE_HTML, "&lt;a b=&quot;c&QUOT;&gt;&amp;lt;", "<a b=\"c\">&lt;");
    expect(ESCAPE_HTML, "&#60;&#x3C;&#39;&apos;&nbsp;.", "<<'' .");
    expect(ESCAPE_HTML, "a & b &; &x; &#; &#x; &#12z; &", "a & b &; &x; &#; &#x; &#12z; &");
    expect(ESCAPE_HTML, "&#xFFFFFFFFFFF;&#xD800;", "\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* Several members, one of them empty, and zeros behind; each piece another size. */
static void test_gunzip(void **state)
{
    enum { SIZE = 300000 };
    uint8_t *data = malloc(SIZE), *packed = malloc(2 * SIZE), *out = malloc(2 * SIZE);
    wfpw_allocator a = memory_of(NULL);
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)(i * i >> 7);
    size_t n = pack(data, SIZE, packed, 2 * SIZE);
    n += pack("", 0, packed + n, 2 * SIZE - n);
    n += pack(data, 1000, packed + n, 2 * SIZE - n);
    memset(packed + n, 0, 512);
    for (size_t piece = 1000; piece < 33000; piece += 7001) {
        struct input in;
        assert_int_equal(input_open(&in, &a, NULL, packed, n + 512, NULL), WFPW_OK);
        assert_int_equal(drain(&in, piece, out, 2 * SIZE), SIZE + 1000);
        assert_memory_equal(out, data, SIZE);
        assert_memory_equal(out + SIZE, data, 1000);
        assert_int_equal(in.error, 0);
        input_close(&in);
    }
    free(data);
    free(packed);
    free(out);
}

/* Wherever it is cut, a start of the content comes, and then the failure. */
static void test_cut(void **state)
{
    static const char data[] = "<Events>no two letters of this text stand where they stood before";
    uint8_t packed[256], out[256];
    wfpw_allocator a = memory_of(NULL);
    size_t n = pack(data, sizeof data, packed, sizeof packed);
    (void)state;
    for (size_t size = 3; size < n; size++) {
        struct input in;
        wfpw_error e;
        assert_int_equal(input_open(&in, &a, NULL, packed, size, NULL), WFPW_OK);
        size_t got = drain(&in, 100, out, sizeof out);
        assert_true(got <= sizeof data);
        assert_memory_equal(out, data, got);
        assert_int_equal(input_failed(&in, &e), WFPW_E_IO);
        assert_non_null(strstr(e.text, "gzip"));
        input_close(&in);
    }
}

static void test_no_memory(void **state)
{
    uint8_t packed[256], out[64];
    size_t n = pack("<Events/>", 9, packed, sizeof packed);
    struct tight t = {0};
    wfpw_allocator a = {.alloc = take, .free = give, .ctx = &t};
    (void)state;
    for (unsigned calls = 0; calls < 20; calls++) {
        struct input in;
        t = (struct tight){.left = calls};
        int status = input_open(&in, &a, NULL, packed, n, NULL);
        assert_true(status == WFPW_OK || status == WFPW_E_NOMEM);
        if (status == WFPW_OK) {
            bool pushed = unescape_push(&in, ESCAPE_JSON);
            (void)drain(&in, 10, out, sizeof out);
            assert_true(pushed || t.left == 0);
            input_close(&in);
        }
        assert_int_equal(t.held, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),   cmocka_unit_test(test_csv), cmocka_unit_test(test_html),
        cmocka_unit_test(test_gunzip), cmocka_unit_test(test_cut), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
