/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Codes and their words. Numbers and words are a contract, so they are written down here once more:
 * a change of either has to be made twice. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"
#include "codes/code_words.h"

struct row {
    uint32_t list, code;
    const char *word;
};

static const struct row contract[] = {
    {WFPW_LIST_MISSING, 1, "settings"},
    {WFPW_LIST_MISSING, 2, "looking"},
    {WFPW_LIST_MISSING, 4, "history"},
    {WFPW_LIST_MISSING, 16, "leases"},
    {WFPW_LIST_IPSEC_MODE, 1, "tunnel"},
    {WFPW_LIST_KEY_MODULE, 2, "ikev2"},
    {WFPW_LIST_AUTH_METHOD, 0, "preshared_key"},
    {WFPW_LIST_AUTH_METHOD, 12, "reserved"},
    {WFPW_LIST_CIPHER, 6, "aes_gcm_256"},
    {WFPW_LIST_INTEGRITY, 3, "sha_384"},
    {WFPW_LIST_DH_GROUP, 5, "ecp_384"},
    {WFPW_LIST_KIND, 1, "classify_drop"},
    {WFPW_LIST_KIND, 2, "classify_allow"},
    {WFPW_LIST_KIND, 3, "capability_drop"},
    {WFPW_LIST_KIND, 4, "capability_allow"},
    {WFPW_LIST_KIND, 5, "classify_drop_mac"},
    {WFPW_LIST_KIND, 6, "ipsec_kernel_drop"},
    {WFPW_LIST_KIND, 7, "ipsec_dosp_drop"},
    {WFPW_LIST_KIND, 8, "ike_mm_failure"},
    {WFPW_LIST_KIND, 9, "ike_qm_failure"},
    {WFPW_LIST_KIND, 10, "ike_em_failure"},
    {WFPW_LIST_KIND, 11, "lpm_packet_arrival"},
    {WFPW_LIST_KIND, 12, "audit"},
    {WFPW_LIST_KIND, 17, "gap"},
    {WFPW_LIST_SOURCE, 1, "live"},
    {WFPW_LIST_SOURCE, 2, "history"},
    {WFPW_LIST_SOURCE, 3, "audit"},
    {WFPW_LIST_SOURCE, 4, "evtx"},
    {WFPW_LIST_SOURCE, 5, "eventxml"},
    {WFPW_LIST_SOURCE, 6, "netsh"},
    {WFPW_LIST_SOURCE, 7, "sim"},
    {WFPW_LIST_DIRECTION, 1, "inbound"},
    {WFPW_LIST_DIRECTION, 2, "outbound"},
    {WFPW_LIST_DIRECTION, 3, "forward"},
    {WFPW_LIST_DIRECTION, 4, "bidirectional"},
    {WFPW_LIST_DIRECTION_FROM, 1, "field"},
    {WFPW_LIST_DIRECTION_FROM, 2, "layer"},
    {WFPW_LIST_ORIENTATION, 1, "field"},
    {WFPW_LIST_ORIENTATION, 2, "evidence"},
    {WFPW_LIST_ORIENTATION, 3, "unknown"},
    {WFPW_LIST_PID_FROM, 1, "audit"},
    {WFPW_LIST_PID_FROM, 2, "netsh"},
    {WFPW_LIST_PID_FROM, 3, "sockets"},
    {WFPW_LIST_LOST, 1, "ring"},
    {WFPW_LIST_LOST, 2, "outage"},
    {WFPW_LIST_STATE, 1, "connected"},
    {WFPW_LIST_VERDICT, 1, "block"},
    {WFPW_LIST_VERDICT, 2, "drop"},
    {WFPW_LIST_VERDICT, 3, "allow"},
    {WFPW_LIST_VERDICT, 4, "failure"},
    {WFPW_LIST_VERDICT, 5, "info"},
    {WFPW_LIST_REASON, 1, "rule"},
    {WFPW_LIST_REASON, 2, "third_party"},
    {WFPW_LIST_REASON, 3, "callout"},
    {WFPW_LIST_REASON, 4, "default_inbound"},
    {WFPW_LIST_REASON, 5, "query_user"},
    {WFPW_LIST_REASON, 6, "default_outbound"},
    {WFPW_LIST_REASON, 7, "stealth"},
    {WFPW_LIST_REASON, 8, "service_hardening"},
    {WFPW_LIST_REASON, 9, "uwp_default"},
    {WFPW_LIST_REASON, 10, "appcontainer_loopback"},
    {WFPW_LIST_REASON, 11, "capability"},
    {WFPW_LIST_REASON, 12, "quarantine"},
    {WFPW_LIST_REASON, 13, "boot_time"},
    {WFPW_LIST_REASON, 14, "block_all"},
    {WFPW_LIST_REASON, 15, "ipsec"},
    {WFPW_LIST_REASON, 16, "ike"},
    {WFPW_LIST_REASON, 17, "listen"},
    {WFPW_LIST_REASON, 18, "bind"},
    {WFPW_LIST_REASON, 19, "raw_socket"},
    {WFPW_LIST_REASON, 20, "packet"},
    {WFPW_LIST_REASON, 21, "discard"},
    {WFPW_LIST_REASON, 22, "mac"},
    {WFPW_LIST_REASON, 23, "vswitch"},
    {WFPW_LIST_REASON, 24, "reauthorization"},
    {WFPW_LIST_REASON, 25, "silent_mode"},
    {WFPW_LIST_REASON, 26, "filter_gone"},
    {WFPW_LIST_REASON, 27, "unknown"},
    {WFPW_LIST_REASON, 28, "edge_traversal"},
    {WFPW_LIST_REASON, 29, "data_protection"},
    {WFPW_LIST_REASON, 30, "tenant_restriction"},
    {WFPW_LIST_REASON, 31, "policy_change"},
    {WFPW_LIST_REASON, 32, "audit_policy"},
    {WFPW_LIST_REASON, 33, "log_cleared"},
    {WFPW_LIST_REASON, 34, "dos_defense"},
    {WFPW_LIST_REASON, 35, "gap"},
    {WFPW_LIST_REASON, 36, "notice"},
    {WFPW_LIST_REASON, 37, "exception"},
    {WFPW_LIST_CONFIDENCE, 1, "certain"},
    {WFPW_LIST_CONFIDENCE, 2, "likely"},
    {WFPW_LIST_CONFIDENCE, 3, "guess"},
    {WFPW_LIST_EVIDENCE, 1, "record_origin"},
    {WFPW_LIST_EVIDENCE, 2, "filter_origin"},
    {WFPW_LIST_EVIDENCE, 4, "action"},
    {WFPW_LIST_EVIDENCE, 8, "provider"},
    {WFPW_LIST_EVIDENCE, 16, "sublayer"},
    {WFPW_LIST_EVIDENCE, 32, "callout"},
    {WFPW_LIST_EVIDENCE, 64, "flags"},
    {WFPW_LIST_EVIDENCE, 128, "conditions"},
    {WFPW_LIST_EVIDENCE, 256, "weight"},
    {WFPW_LIST_EVIDENCE, 512, "filter_state"},
    {WFPW_LIST_EVIDENCE, 1024, "layer"},
    {WFPW_LIST_EVIDENCE, 2048, "direction"},
    {WFPW_LIST_EVIDENCE, 4096, "loopback"},
    {WFPW_LIST_EVIDENCE, 8192, "package"},
    {WFPW_LIST_EVIDENCE, 16384, "protocol"},
    {WFPW_LIST_EVIDENCE, 32768, "reauth"},
    {WFPW_LIST_EVIDENCE, 65536, "kind"},
    {WFPW_LIST_EVIDENCE, 131072, "status"},
    {WFPW_LIST_EVIDENCE, 262144, "name"},
    {WFPW_LIST_EVIDENCE, 524288, "terminating"},
    {WFPW_LIST_AUDIT_CODE, 8274, "Object Access"},
    {WFPW_LIST_AUDIT_CODE, 8450, "failure removed"},
    {WFPW_LIST_AUDIT_CODE, 12810, "Filtering Platform Connection"},
    {WFPW_LIST_AUDIT_CODE, 13573, "Other Policy Change Events"},
    {WFPW_LIST_AUDIT_CODE, 14592, "inbound"},
    {WFPW_LIST_AUDIT_CODE, 14593, "outbound"},
    {WFPW_LIST_AUDIT_CODE, 14610, "receive/accept"},
    {WFPW_LIST_AUDIT_CODE, 14611, "connect"},
    {WFPW_LIST_PROTOCOL, 0, "hopopt"},
    {WFPW_LIST_PROTOCOL, 1, "icmp"},
    {WFPW_LIST_PROTOCOL, 6, "tcp"},
    {WFPW_LIST_PROTOCOL, 17, "udp"},
    {WFPW_LIST_PROTOCOL, 58, "icmpv6"},
    {WFPW_LIST_CAPABILITY, 0, "internetClient"},
    {WFPW_LIST_CAPABILITY, 1, "internetClientServer"},
    {WFPW_LIST_CAPABILITY, 2, "privateNetworkClientServer"},
    {WFPW_LIST_CAPABILITY, 3, "networkLoopback"},
    {WFPW_LIST_ACTION, 0x1001, "FWP_ACTION_BLOCK"},
    {WFPW_LIST_ACTION, 0x1002, "FWP_ACTION_PERMIT"},
    {WFPW_LIST_ACTION, 0x5003, "FWP_ACTION_CALLOUT_TERMINATING"},
    {WFPW_LIST_ACTION, 0x6004, "FWP_ACTION_CALLOUT_INSPECTION"},
    {WFPW_LIST_ACTION, 0x4005, "FWP_ACTION_CALLOUT_UNKNOWN"},
    {WFPW_LIST_ACTION, 0x2006, "FWP_ACTION_CONTINUE"},
    {WFPW_LIST_ACTION, 7, "FWP_ACTION_NONE"},
    {WFPW_LIST_ACTION, 8, "FWP_ACTION_NONE_NO_MATCH"},
};

static void test_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof contract / sizeof *contract; i++)
        assert_string_equal(wfpw_word(contract[i].list, contract[i].code), contract[i].word);
}

/* In the lists of codes that this library gives, a word stands for one code. */
static void test_words_are_told_apart(void **state)
{
    (void)state;
    for (uint32_t list = WFPW_LIST_KIND; list <= WFPW_LIST_ACTION; list++) {
        if (list == WFPW_LIST_AUDIT_CODE)
            continue;
        for (uint32_t a = 0; a < 300; a++)
            for (uint32_t b = 0; b < a && wfpw_word(list, a)[0] != 0; b++)
                assert_string_not_equal(wfpw_word(list, a), wfpw_word(list, b));
    }
}

static void test_no_word(void **state)
{
    static const uint32_t codes[] = {64, 0x10000, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_string_equal(wfpw_word(WFPW_LIST_KIND, codes[i]), "");
        assert_string_equal(wfpw_word(WFPW_LIST_AUDIT_CODE, codes[i]), "");
        assert_string_equal(wfpw_word(0, codes[i]), "");
        assert_string_equal(wfpw_word(codes[i], 1), "");
    }
    assert_string_equal(wfpw_word(WFPW_LIST_DIRECTION, 0), "");
}

/* The way back, of every word; case does not count, a part of a word does. */
static void test_codes(void **state)
{
    uint32_t code = 99;
    (void)state;
    for (size_t i = 0; i < sizeof contract / sizeof *contract; i++) {
        const char *word = contract[i].word;
        assert_true(code_word_parse(contract[i].list, word, strlen(word), &code));
        assert_string_equal(wfpw_word(contract[i].list, code), word);
        assert_false(code_word_parse(contract[i].list, word, strlen(word) - 1, &code));
    }
    assert_true(code_word_parse(WFPW_LIST_PROTOCOL, "ICMPv6", 6, &code));
    assert_int_equal(code, 58);
    assert_false(code_word_parse(0, "tcp", 3, &code));
    assert_false(code_word_parse(UINT32_MAX, "tcp", 3, &code));
    assert_false(code_word_parse(WFPW_LIST_PROTOCOL, "", 0, &code));
}

static void test_results(void **state)
{
    (void)state;
    for (int status = 0; status >= -14; status--) {
        wfpw_error e = {.status = status};
        assert_true(strlen(wfpw_strerror(status)) > 3);
        assert_string_not_equal(wfpw_strerror(status), "unknown result");
        if (status != WFPW_OK && status != WFPW_E_EOF && status != WFPW_E_STOPPED)
            assert_true(strlen(wfpw_remedy(&e)) > 10);
    }
    assert_string_equal(wfpw_strerror(1), "unknown result");
    assert_string_equal(wfpw_strerror(-99), "unknown result");
    assert_string_equal(wfpw_remedy(NULL), "");
    assert_string_equal(wfpw_remedy(&(wfpw_error){.status = -99}), "");
}

static void test_numbers_of_results(void **state)
{
    static const int codes[] = {
        WFPW_OK,         WFPW_E_INVAL,   WFPW_E_NOMEM,  WFPW_E_ACCESS, WFPW_E_NOSERVICE,
        WFPW_E_DISABLED, WFPW_E_NOTSUP,  WFPW_E_IO,     WFPW_E_FORMAT, WFPW_E_EOF,
        WFPW_E_STOPPED,  WFPW_E_TIMEOUT, WFPW_E_SYSTEM, WFPW_E_RANGE,  WFPW_E_SYNTAX,
    };
    (void)state;
    for (int i = 0; i < (int)(sizeof codes / sizeof *codes); i++)
        assert_int_equal(codes[i], -i);
}

static void test_version(void **state)
{
    char text[20];
    uint32_t v = wfpw_version();
    (void)state;
    (void)snprintf(text, sizeof text, "%u.%u.%u", v >> 16, v >> 8 & 255, v & 255);
    assert_string_equal(text, WFPW_VERSION_STRING);
}

static void test_sizes(void **state)
{
#define SIZE(type) assert_int_equal(wfpw_sizeof(#type), sizeof(type))
    (void)state;
    SIZE(wfpw_error);
    SIZE(wfpw_allocator);
    SIZE(wfpw_options);
    SIZE(wfpw_live);
    SIZE(wfpw_stats);
    SIZE(wfpw_endpoint);
    SIZE(wfpw_field);
    SIZE(wfpw_audit);
    SIZE(wfpw_ike);
    SIZE(wfpw_ipsec);
    SIZE(wfpw_mac);
    SIZE(wfpw_vswitch);
    SIZE(wfpw_terminating);
    SIZE(wfpw_event);
    SIZE(wfpw_view);
    assert_int_equal(wfpw_sizeof("wfpw_session"), 0);
    assert_int_equal(wfpw_sizeof(""), 0);
    assert_int_equal(wfpw_sizeof(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_words_are_told_apart),
        cmocka_unit_test(test_no_word),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_numbers_of_results),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
