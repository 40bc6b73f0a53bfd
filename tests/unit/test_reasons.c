/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reasons, and the codes of Windows, in words. */
#include "cmocka_all.h"

#include <string.h>

#include "wfpwatch/wfpwatch.h"

static void reasons_in_words(void **state)
{
    wfpw_reason row = {.size = sizeof row}, small = {.size = 8, .name = "mine"};
    (void)state;
    assert_int_equal(wfpw_reason_info(WFPW_REASON_STEALTH, &row), 1);
    assert_string_equal(row.name, "stealth");
    assert_int_equal(row.code, WFPW_REASON_STEALTH);
    assert_int_equal(row.text[strlen(row.text) - 1], '.');
    assert_int_equal(wfpw_reason_info(0, &row), 0);
    assert_string_equal(row.text, "");
    assert_int_equal(wfpw_reason_info(60000, &row), 0);
    assert_int_equal(wfpw_reason_info(UINT32_MAX, &row), 0);
    assert_int_equal(wfpw_reason_info(1, &small), 1);
    assert_string_equal(small.name, "mine"); /* what the caller does not know is not touched */
    small.size = 0;
    assert_int_equal(wfpw_reason_info(1, &small), WFPW_E_INVAL);
    assert_int_equal(wfpw_reason_info(1, NULL), WFPW_E_INVAL);
}

static void codes_of_windows(void **state)
{
    static const struct {
        uint32_t code;
        const char *name;
    } known[] = {
        {5, "ERROR_ACCESS_DENIED"},
        {13000, "ERROR_IPSEC_QM_POLICY_EXISTS"},
        {13801, "ERROR_IPSEC_IKE_AUTH_FAIL"},
        {13932, "ERROR_IPSEC_DOSP_MAX_PER_IP_RATELIMIT_QUEUES"},
        {0x80320003, "FWP_E_FILTER_NOT_FOUND"},
        {0xC0220003, "FWP_E_FILTER_NOT_FOUND"},
        {0xC0220103, "STATUS_FWP_CANNOT_PEND"},
        {0xC0360001, "STATUS_IPSEC_BAD_SPI"},
        {0xC0368006, "STATUS_IPSEC_DOSP_MAX_PER_IP_RATELIMIT_QUEUES"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_non_null(strstr(wfpw_system_text(known[i].code), known[i].name));
    assert_string_equal(wfpw_system_text(0), "");
    assert_string_equal(wfpw_system_text(13799), "");
    assert_string_equal(wfpw_system_text(UINT32_MAX), "");
}

/* The table is looked up by halves, so that it has to be in order: every row is found. */
static void every_code_is_found(void **state)
{
    (void)state;
#define STATUS(code, name, words) assert_string_equal(wfpw_system_text(code), words " (" #name ")");
#include "codes/system_status.inc"
#undef STATUS
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(codes_of_windows),
        cmocka_unit_test(every_code_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
