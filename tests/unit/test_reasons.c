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

/* ---- what to do about an event -------------------------------------------------------------- */

#define REMEDY(needle, ...)                                                                        \
    {                                                                                              \
        {__VA_ARGS__}, needle                                                                      \
    }
#define RECORD(id)                                                                                 \
    .kind = WFPW_KIND_AUDIT, .audit = &(const wfpw_audit)                                          \
    {                                                                                              \
        .event_id = id                                                                             \
    }
#define WHY(name, sure) .reason = WFPW_REASON_##name, .confidence = WFPW_CONFIDENCE_##sure
#define STATE(name)                                                                                \
    .filter = &(const wfpw_filter)                                                                 \
    {                                                                                              \
        .state = WFPW_FILTER_STATE_##name                                                          \
    }
#define SEEN .present = WFPW_HAS_FILTER_ID | WFPW_HAS_LAYER_ID, .filter_id = 7

static const struct {
    wfpw_event ev;
    const char *needle;
} remedies[] = {
    REMEDY("rule up by its id", WHY(RULE, CERTAIN), SEEN, .filter_origin = "{rule}"),
    REMEDY("-DisplayName", WHY(RULE, LIKELY), SEEN, STATE(CURRENT)),
    REMEDY("--names", WHY(THIRD_PARTY, LIKELY), SEEN, .filter_origin = "Unknown"),
    REMEDY("name point to", WHY(THIRD_PARTY, CERTAIN), SEEN, STATE(CURRENT)),
    REMEDY("lack the filter", WHY(THIRD_PARTY, LIKELY), SEEN, STATE(UNKNOWN)),
    REMEDY("name the filter first", WHY(DEFAULT_INBOUND, GUESS), SEEN),
    REMEDY("lack the filter", WHY(DEFAULT_INBOUND, GUESS), SEEN, STATE(UNKNOWN)),
    REMEDY("add an inbound rule", WHY(DEFAULT_INBOUND, CERTAIN), SEEN),
    REMEDY("--names", WHY(UNKNOWN, GUESS), SEEN, RECORD(5157)),
    REMEDY("audit of failed connections", WHY(UNKNOWN, GUESS), SEEN),
    REMEDY("lack the filter", WHY(UNKNOWN, GUESS), SEEN, STATE(NOT_FOUND)),
    REMEDY("", WHY(UNKNOWN, GUESS), SEEN, .verdict = WFPW_VERDICT_ALLOW),
    REMEDY("in use", WHY(NO_FILTER, LIKELY), RECORD(5159)),
    REMEDY("in use", WHY(NO_FILTER, LIKELY), .present = WFPW_HAS_LAYER_ID, .layer_id = 36),
    REMEDY("listen there", WHY(NO_FILTER, LIKELY), RECORD(5155)),
    REMEDY("network stack", WHY(NO_FILTER, LIKELY), RECORD(5157)),
    REMEDY("event 2003", WHY(POLICY_CHANGE, CERTAIN), RECORD(4950)),
    REMEDY("which process and user", WHY(POLICY_CHANGE, CERTAIN), RECORD(5447),
           .present = WFPW_HAS_PROCESS_ID, .process_id = 7, .user_sid = "S-1-5-18"),
    REMEDY("which program and user", WHY(POLICY_CHANGE, CERTAIN), .kind = WFPW_KIND_FIREWALL,
           .audit = &(const wfpw_audit){.event_id = 2003}, .user_sid = "S-1-5-18"),
    REMEDY("service lists", WHY(POLICY_CHANGE, CERTAIN), RECORD(5441)),
    REMEDY("Group Policy did it", WHY(AUDIT_POLICY, CERTAIN), RECORD(4719), .user_sid = "S-1-5-18"),
    REMEDY("ask the user", WHY(AUDIT_POLICY, CERTAIN), RECORD(4719), .user_sid = "S-1-5-21-1"),
    REMEDY("who was at work", WHY(AUDIT_POLICY, CERTAIN), RECORD(4719)),
    REMEDY("Read faster", WHY(GAP, CERTAIN), .lost_where = WFPW_LOST_RING),
    REMEDY("cannot be read back", WHY(GAP, CERTAIN), .lost_where = WFPW_LOST_OUTAGE),
};

static void remedies_of_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
        const char *text = wfpw_event_remedy(&remedies[i].ev), *needle = remedies[i].needle;
        if (needle[0] == 0 ? text[0] != 0 : strstr(text, needle) == NULL)
            fail_msg("row %zu: '%s', wanted '%s'", i, text, needle);
    }
    assert_string_equal(wfpw_event_remedy(NULL), "");
    assert_string_equal(wfpw_event_remedy(&(const wfpw_event){.reason = 4000}), "");
}

/* Names that were given are not asked for: those that lack the filter, and those whose filter with
 * that id does the opposite. */
static void no_remedy_in_vain(void **state)
{
    static const wfpw_filter others[] = {
        {.state = WFPW_FILTER_STATE_UNKNOWN},
        {.state = WFPW_FILTER_STATE_NOT_FOUND},
        {.state = WFPW_FILTER_STATE_UNCERTAIN, .action = 0x1002},
    };
    (void)state;
    for (uint16_t reason = 1; wfpw_word(WFPW_LIST_REASON, reason)[0] != 0; reason++) {
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            wfpw_event ev = {WHY(UNKNOWN, GUESS), SEEN, .filter = &others[i],
                             .verdict = WFPW_VERDICT_BLOCK};
            ev.reason = reason;
            if (strstr(wfpw_event_remedy(&ev), "--names with") != NULL)
                fail_msg("%s, filter %zu", wfpw_word(WFPW_LIST_REASON, reason), i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_in_words),    cmocka_unit_test(codes_of_windows),
        cmocka_unit_test(every_code_is_found), cmocka_unit_test(remedies_of_events),
        cmocka_unit_test(no_remedy_in_vain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
