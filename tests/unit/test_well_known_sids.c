/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * SIDs that mean the same everywhere, by name. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "resolve/well_known_sids.h"
#include "base/text.h"

/* "" when it has no name. The SID lies in a block of the exact size. */
static const char *name_of(const char *text, char room[WELL_KNOWN_SID_NAME_MAX + 1])
{
    uint8_t sid[SID_BYTES_MAX];
    size_t n;
    assert_true(text_parse_sid(text, strlen(text), sid, &n));
    uint8_t *exact = malloc(n);
    memcpy(exact, sid, n);
    size_t length = well_known_sid_name(exact, n, room);
    free(exact);
    room[length] = 0;
    return room;
}

static void test_names(void **state)
{
    static const char *const cases[][2] = {
        {"S-1-5-18", "NT AUTHORITY\\SYSTEM"},
        {"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"},
        {"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"},
        {"S-1-5-32-544", "BUILTIN\\Administrators"},
        {"S-1-1-0", "Everyone"},
        {"S-1-15-3-1", "internetClient"},
        {"S-1-15-2-1", "APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES"},
        {"S-1-5-90-0-1", "Window Manager\\DWM-1"},
        {"S-1-5-96-0-4294967295", "Font Driver Host\\UMFD-4294967295"},
        {"S-1-5-5-0-1234", ""},
        {"S-1-5-1800", ""},
        {"S-1-5-180-1", ""},
        {"S-1-5-32", ""},
        {"S-1-5-90-0", ""},
        {"S-1-5-90-1-1", ""},
        {"S-1-5-21-1-2-3-1001", ""},
        {"S-1-5-90-0-1-2", ""},
    };
    char room[WELL_KNOWN_SID_NAME_MAX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(name_of(cases[i][0], room), cases[i][1]);
}

/* Every length and every count of sub-authorities: nothing is read past the end. */
static void test_damaged(void **state)
{
    char room[WELL_KNOWN_SID_NAME_MAX];
    (void)state;
    for (size_t n = 0; n <= SID_BYTES_MAX + 4; n++) {
        uint8_t *sid = calloc(1, n + 1);
        uint8_t *exact = malloc(n + 1);
        for (unsigned count = 0; n > 1 && count < 256; count++) {
            sid[0] = 1;
            sid[1] = (uint8_t)count;
            memcpy(exact, sid, n);
            size_t length = well_known_sid_name(exact, n, room);
            assert_true(length < WELL_KNOWN_SID_NAME_MAX);
            assert_true(length == 0 || n == 8 + 4 * (size_t)count);
        }
        assert_int_equal(n < 8 ? well_known_sid_name(exact, n, room) : 0, 0);
        free(exact);
        free(sid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
