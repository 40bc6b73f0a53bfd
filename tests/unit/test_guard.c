/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which filters would block what a guard names: targets as text, one condition at a time, filters
 * as a whole. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard/guard.h"

enum { BLOCK = 0x1001, PERMIT = 0x1002, TERMINATING = 0x5003, INSPECTION = 0x6004 };
enum { CONDITIONS_MAX = 4 };

#define AGENT     "\\device\\harddiskvolume3\\program files\\agent\\sensor.exe"
#define CONNECT   "FWPM_LAYER_ALE_AUTH_CONNECT_V4"
#define CONNECT6  "FWPM_LAYER_ALE_AUTH_CONNECT_V6"
#define ACCEPT    "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4"
#define APP       "FWPM_CONDITION_ALE_APP_ID"
#define USER      "FWPM_CONDITION_ALE_USER_ID"
#define REMOTE    "FWPM_CONDITION_IP_REMOTE_ADDRESS"
#define PORT      "FWPM_CONDITION_IP_REMOTE_PORT"
#define FLAGS     "FWPM_CONDITION_FLAGS"
#define EQUAL     "FWP_MATCH_EQUAL"
#define NOT_EQUAL "FWP_MATCH_NOT_EQUAL"
#define BLOB      "FWP_BYTE_BLOB_TYPE"
#define SD        "FWP_SECURITY_DESCRIPTOR_TYPE"
#define DEFENDER  "S-1-5-80-1913148863-3492339771-4165695881-2087618961-4109116736"

static const wfpw_condition sensor = {.field = APP, .match = EQUAL, .type = BLOB, .value = AGENT};
static const wfpw_condition other = {
    .field = APP, .match = EQUAL, .type = BLOB, .value = "\\device\\harddiskvolume3\\other.exe"};
static const wfpw_condition https = {
    .field = PORT, .match = EQUAL, .type = "FWP_UINT16", .value = "443"};

/* ---- one target, one filter ----------------------------------------------------------------- */

struct made {
    wfpw_filter f;
    wfpw_condition conditions[CONDITIONS_MAX];
};

static void add_condition(struct made *m, const wfpw_condition *c)
{
    m->conditions[m->f.condition_count++] = *c;
    m->f.conditions = m->conditions;
}

static void make_block(struct made *m, const char *layer, const wfpw_condition *c)
{
    *m = (struct made){.f = {.size = sizeof m->f,
                             .action = BLOCK,
                             .layer = layer,
                             .condition_stride = sizeof *m->conditions}};
    if (c != NULL)
        add_condition(m, c);
}

/* How many of one target; `found` is filled then. */
static int check_one(const char *target, const wfpw_filter *f, wfpw_guarded *found)
{
    wfpw_guard *g;
    wfpw_error e;
    *found = (wfpw_guarded){.size = sizeof *found};
    assert_int_equal(wfpw_guard_new(NULL, &g), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, target, &e), WFPW_OK);
    int n = wfpw_guard_check(g, f, found);
    if (n == 1)
        assert_string_equal(found->text, target);
    found->text = NULL; /* the guard's */
    wfpw_guard_free(g);
    return n;
}

static void assert_free(const char *target, const wfpw_filter *f)
{
    wfpw_guarded found;
    assert_int_equal(check_one(target, f, &found), 0);
}

static void assert_blocked(const char *target, const wfpw_filter *f, uint32_t confidence,
                           uint32_t signs)
{
    wfpw_guarded found;
    assert_int_equal(check_one(target, f, &found), 1);
    assert_int_equal(found.confidence, confidence);
    assert_int_equal(found.signs, signs);
    assert_int_equal(found.targets, 1);
    assert_int_equal(found.target, 0);
}

static bool fits_condition(const char *target, const wfpw_condition *c)
{
    struct made m;
    wfpw_guarded found;
    make_block(&m, CONNECT, c);
    return check_one(target, &m.f, &found) == 1;
}

enum { NONE = WFPW_GUARD_SIGN_NO_PROVIDER }; /* of what make_block makes */

/* ---- targets -------------------------------------------------------------------------------- */

static void test_targets_are_read(void **state)
{
    static const struct {
        const char *text;
        uint64_t position;
    } wrong[] = {{"", 0},
                 {"agent.exe", 0},
                 {"apps=x", 0},
                 {"app=", 4},
                 {"app=*", 4},
                 {"app=C:x.exe", 4},
                 {"app=C:/x.exe", 4},
                 {"service=", 8},
                 {"user=SYSTEM", 5},
                 {"service=a\\b", 8},
                 {"package=x", 8},
                 {"address=host", 8},
                 {"address=0.0.0.0/0", 8},
                 {"address=10.0.0.0/33", 8},
                 {"address=::/129", 8},
                 {"app=\xff", 4}};
    wfpw_guard *g;
    (void)state;
    assert_int_equal(wfpw_guard_new(NULL, &g), WFPW_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wfpw_error e = {0};
        assert_int_equal(wfpw_guard_add(g, wrong[i].text, &e), WFPW_E_SYNTAX);
        assert_int_equal(e.position, wrong[i].position);
        assert_string_equal(e.where, "wfpw_guard_add");
        assert_true(e.text[0] != 0);
    }
    assert_int_equal(wfpw_guard_add(NULL, "app=x", NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_guard_add(g, NULL, NULL), WFPW_E_INVAL);
    for (int i = 0; i < GUARD_TARGETS_MAX; i++)
        assert_int_equal(wfpw_guard_add(g, "address=10.0.0.0/8", NULL), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, "address=10.0.0.0/8", NULL), WFPW_E_INVAL);
    wfpw_guard_free(g);
    assert_int_equal(wfpw_guard_new(NULL, NULL), WFPW_E_INVAL);
    wfpw_guard_free(NULL);
}

static void test_too_long_a_target(void **state)
{
    char text[GUARD_TEXT_MAX + 2];
    wfpw_guard *g;
    (void)state;
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "app=", 4);
    text[sizeof text - 1] = 0;
    assert_int_equal(wfpw_guard_new(NULL, &g), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, text, NULL), WFPW_E_INVAL);
    text[sizeof text - 2] = 0;
    assert_int_equal(wfpw_guard_add(g, text, NULL), WFPW_OK);
    wfpw_guard_free(g);
}

/* As 'sc showsid' tells them. */
static void test_sids_of_services(void **state)
{
    static const char *const known[][2] = {
        {"TrustedInstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"},
        {"mpssvc", "S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052"},
        {"WINDEFEND", DEFENDER},
    };
    char sid[SERVICE_SID_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        guard_service_sid(known[i][0], sid);
        assert_string_equal(sid, known[i][1]);
    }
}

/* ---- paths ---------------------------------------------------------------------------------- */

static void test_paths(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool fits, any_volume;
    } pairs[] = {
        {"c:\\program files\\agent\\*.exe", AGENT, true, true},
        {"c:\\program files\\agent\\sensor.exe",
         "\\Device\\HarddiskVolume12\\Program Files\\Agent\\Sensor.EXE", true, true},
        {"c:\\program files\\agent\\", AGENT, false, true},
        /* letters beyond ASCII: \u00c4, \u00df, \u0416, \u03a3, \u0531, \u1ea0, \uff21 */
        {"c:\\\xC3\x84\xC3\x9F\xD0\x96\\*.exe",
         "\\device\\harddiskvolume3\\\xC3\xA4\xC3\x9F\xD0\xB6\\x.exe", true, true},
        {"c:\\*\xCE\xA3\xD4\xB1\xE1\xBA\xA0\xEF\xBC\xA1",
         "\\device\\harddiskvolume3\\\xCF\x83\xD0\xB6\xCF\x83\xD5\xA1\xE1\xBA\xA1\xEF\xBD\x81",
         true, true},
        {"c:\\\xC3\x84.exe", "\\device\\harddiskvolume3\\\xC3\xA5.exe", false, true},
        {"c:\\*\xA4.exe", "\\device\\harddiskvolume3\\\xC3\xA4.exe", false, true},
        {"c:\\agent\\*.exe", AGENT, false, true},
        {AGENT, AGENT, true, false},
        {"\\device\\harddiskvolume4\\program files\\agent\\sensor.exe", AGENT, false, false},
        {"*\\sensor.exe", AGENT, true, false},
        {"*sensor", AGENT, false, false},
        {"*a*b*c", "xaybzc", true, false},
        {"*a*b*c", "xaybz", false, false},
        {"system", "System", true, false},
        {"\\\\server\\share\\x.exe", "\\device\\mup\\server\\share\\x.exe", true, false},
        {"c:\\x.exe", "C:\\x.exe", true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        bool any_volume;
        assert_int_equal(guard_path_fits(pairs[i].pattern, pairs[i].path, &any_volume),
                         pairs[i].fits);
        assert_int_equal(any_volume, pairs[i].any_volume);
    }
}

/* ---- conditions ----------------------------------------------------------------------------- */

static void test_security_descriptors(void **state)
{
    static const struct {
        const char *sddl;
        bool alarms; /* for the service */
    } cases[] = {
        {"D:(A;;CC;;;" DEFENDER ")", true},
        {"O:SYG:SYD:(A;;CCRC;;;" DEFENDER ")", true},
        {"D:(A;;0x1;;;" DEFENDER ")", true},
        {"D:(A;;FA;;;" DEFENDER ")", true},
        {"D:(A;;RCKX;;;" DEFENDER ")", true},
        {"D:(A;;RC;;;" DEFENDER ")", false},
        {"O:SYG:SYD:NO_ACCESS_CONTROL", true},
        {"O:SYG:SY", true},
        {"D:(D;;CC;;;" DEFENDER ")(A;;CC;;;WD)", false},
        {"D:(A;;CC;;;S-1-5-80-1-2-3-4-5)", false},
        {"D:(XA;;CC;;;" DEFENDER ";(WIN://SYSAPPID Contains \"(x)\"))", true},
        {"D:(XA;;CC;;;WD;(WIN://SYSAPPID Contains \"x\"))(A;;CC;;;" DEFENDER ")", false},
        {"D:(A;;CC;;;" DEFENDER, false},
        {"D:", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const wfpw_condition c = {
            .field = USER, .match = EQUAL, .type = SD, .value = cases[i].sddl};
        assert_int_equal(fits_condition("service=WinDefend", &c), cases[i].alarms);
        assert_int_equal(fits_condition("user=" DEFENDER, &c), cases[i].alarms);
    }
    const wfpw_condition system = {
        .field = USER, .match = EQUAL, .type = SD, .value = "D:(A;;CC;;;SY)"};
    assert_true(fits_condition("user=S-1-5-18", &system));
    assert_false(fits_condition("user=S-1-5-19", &system));
}

/* Everybody is no name of a service: but the filter then is one that blocks all. */
static void test_a_descriptor_for_everybody(void **state)
{
    const wfpw_condition all = {
        .field = USER, .match = EQUAL, .type = SD, .value = "D:(A;;CC;;;WD)"};
    struct made m;
    (void)state;
    make_block(&m, CONNECT, &all);
    assert_blocked("service=WinDefend", &m.f, WFPW_CONFIDENCE_CERTAIN,
                   NONE | WFPW_GUARD_SIGN_EVERYTHING);
    add_condition(&m, &https);
    assert_free("service=WinDefend", &m.f);
}

static void test_addresses(void **state)
{
    static const struct {
        const char *target, *match, *value, *high;
        bool alarms;
    } cases[] = {
        {"address=203.0.113.7", EQUAL, "203.0.113.7", NULL, true},
        {"address=203.0.113.7", EQUAL, "203.0.113.8", NULL, false},
        {"address=203.0.113.7", EQUAL, "203.0.113.0", "255.255.255.0", true},
        {"address=203.0.113.7", EQUAL, "203.0.113.0", "24", true},
        {"address=203.0.113.0/24", EQUAL, "203.0.113.7", NULL, true},
        {"address=203.0.113.0/24", "FWP_MATCH_RANGE", "203.0.112.0", "203.0.113.0", true},
        {"address=203.0.113.0/24", "FWP_MATCH_RANGE", "203.0.112.0", "203.0.112.255", false},
        {"address=203.0.113.7", NOT_EQUAL, "203.0.113.7", NULL, false},
        {"address=2001:db8::1", EQUAL, "203.0.113.7", NULL, false},
        {"address=203.0.113.7", EQUAL, "nonsense", NULL, false},
        {"address=203.0.113.7", "FWP_MATCH_GREATER", "203.0.113.7", NULL, false},
        {"address=203.0.113.7", "FWP_MATCH_GREATER", "203.0.113.6", NULL, true},
        {"address=203.0.113.7", "FWP_MATCH_GREATER_OR_EQUAL", "128.0.0.0", NULL, true},
        {"address=203.0.113.7", "FWP_MATCH_LESS", "203.0.113.7", NULL, false},
        {"address=203.0.113.7", "FWP_MATCH_LESS", "203.0.114.0", NULL, true},
        {"address=203.0.113.7", "FWP_MATCH_NEW", "1.2.3.4", NULL, true}, /* perhaps */
        {"app=*\\sensor.exe", EQUAL, "203.0.113.7", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const wfpw_condition c = {.field = REMOTE,
                                  .match = cases[i].match,
                                  .type = "FWP_UINT32",
                                  .value = cases[i].value,
                                  .high = cases[i].high};
        assert_int_equal(fits_condition(cases[i].target, &c), cases[i].alarms);
    }
}

static void test_addresses_of_version_6(void **state)
{
    const wfpw_condition c = {.field = REMOTE,
                              .match = EQUAL,
                              .type = "FWP_V6_ADDR_MASK",
                              .value = "2001:db8::",
                              .high = "32"};
    struct made m;
    (void)state;
    make_block(&m, CONNECT6, &c);
    assert_blocked("address=2001:db8:1::/48", &m.f, WFPW_CONFIDENCE_CERTAIN, NONE);
    assert_blocked("address=2001::/16", &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_PART);
    assert_free("address=2001:db9::1", &m.f);
    assert_free("address=10.0.0.1", &m.f);
}

static void test_packages(void **state)
{
    const wfpw_condition c = {.field = "FWPM_CONDITION_ALE_PACKAGE_ID",
                              .match = EQUAL,
                              .type = "FWP_SID",
                              .value = "S-1-15-2-1-2-3"};
    (void)state;
    assert_true(fits_condition("package=S-1-15-2-1-2-3", &c));
    assert_false(fits_condition("package=S-1-15-2-1-2-4", &c));
}

/* ---- filters -------------------------------------------------------------------------------- */

static void test_a_program_is_named(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, CONNECT, &sensor);
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE);
    assert_blocked("app=C:\\Program Files\\Agent\\*.exe", &m.f, WFPW_CONFIDENCE_LIKELY,
                   NONE | WFPW_GUARD_SIGN_ANY_VOLUME);
    assert_free("app=C:\\Program Files\\Other\\*.exe", &m.f);
    assert_free("service=WinDefend", &m.f);
    add_condition(&m, &https); /* only a part of its traffic */
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_PART);
    m.f.action = PERMIT;
    assert_free("app=" AGENT, &m.f);
    m.f.action = BLOCK;
    m.f.layer = "FWPM_LAYER_ALE_AUTH_CONNECT_V4_DISCARD";
    assert_free("app=" AGENT, &m.f);
    m.f.layer = "FWPM_LAYER_IKEEXT_V4";
    assert_free("app=" AGENT, &m.f);
    m.f.layer = NULL;
    assert_free("app=" AGENT, &m.f);
}

/* Of conditions on one field one is enough, in whatever place; each field must have one. */
static void test_alternatives(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, CONNECT, &other);
    add_condition(&m, &https);
    add_condition(&m, &sensor);
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_PART);
    make_block(&m, CONNECT, &sensor);
    add_condition(&m, &(wfpw_condition){.field = FLAGS,
                                        .match = "FWP_MATCH_FLAGS_ALL_SET",
                                        .type = "FWP_UINT32",
                                        .value = "1"});
    assert_free("app=" AGENT, &m.f); /* loopback alone */
    m.conditions[1].match = "FWP_MATCH_FLAGS_NONE_SET";
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE);
}

static void test_what_cannot_be_evaluated(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, CONNECT, &sensor);
    m.f.truncated = 1;
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_GUESS, NONE | WFPW_GUARD_SIGN_NOT_EVALUATED);
    make_block(&m, CONNECT, NULL);
    m.f.truncated = 1; /* with conditions that are not here */
    assert_free("app=" AGENT, &m.f);
    make_block(&m, CONNECT, &sensor);
    m.conditions[0].value = "5c006400650076006900"; /* bytes */
    assert_free("app=" AGENT, &m.f);
    m.conditions[0] = (wfpw_condition){0};
    assert_free("app=" AGENT, &m.f);
}

/* Paths that begin with a text. */
static void test_prefixes(void **state)
{
    static const char volume[] = "\\device\\harddiskvolume3\\";
    static const struct {
        const char *target, *match, *value;
        bool alarms;
    } cases[] = {
        {"app=C:\\program files\\agent\\sensor.exe", "FWP_MATCH_PREFIX", "program files\\agent\\",
         true},
        {"app=C:\\program files\\agent\\*.exe", "FWP_MATCH_PREFIX", "program files\\", true},
        {"app=C:\\program files\\*\\sensor.exe", "FWP_MATCH_PREFIX", "program files\\agent\\",
         true},
        {"app=C:\\program files\\agent\\sensor.exe", "FWP_MATCH_PREFIX", "windows\\", false},
        {"app=C:\\program files\\agent\\sensor.exe", "FWP_MATCH_NOT_PREFIX", "windows\\", true},
        {"app=C:\\windows\\agent.exe", "FWP_MATCH_NOT_PREFIX", "windows\\", false},
        {"app=" AGENT, "FWP_MATCH_PREFIX", "", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char value[128];
        (void)snprintf(value, sizeof value, "%s%s", volume, cases[i].value);
        const wfpw_condition c = {
            .field = APP, .match = cases[i].match, .type = BLOB, .value = value};
        if (fits_condition(cases[i].target, &c) != cases[i].alarms)
            fail_msg("%s %s %s", cases[i].target, cases[i].match, value);
    }
}

static void test_everybody(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, CONNECT, NULL);
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_EVERYTHING);
    add_condition(&m, &https);
    assert_free("app=" AGENT, &m.f);
    make_block(&m, CONNECT, &other);
    m.conditions[0].match = NOT_EQUAL; /* everybody but one */
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_EVERYTHING);
    m.conditions[0].value = AGENT;
    assert_free("app=" AGENT, &m.f);
    make_block(&m, CONNECT,
               &(wfpw_condition){.field = "FWPM_CONDITION_IP_REMOTE_PORT",
                                 .match = "FWP_MATCH_GREATER_OR_EQUAL",
                                 .type = "FWP_UINT16",
                                 .value = "0"}); /* which always is so */
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_EVERYTHING);
    make_block(&m, "FWPM_LAYER_OUTBOUND_MAC_FRAME_ETHERNET", NULL);
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, NONE | WFPW_GUARD_SIGN_EVERYTHING);
    make_block(&m, CONNECT, NULL);
    m.f.action = TERMINATING; /* a callout that sees everything is no alarm */
    assert_free("app=" AGENT, &m.f);
}

static void test_callouts_and_redirection(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, "FWPM_LAYER_ALE_CONNECT_REDIRECT_V4", &sensor);
    m.f.action = TERMINATING;
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_GUESS,
                   NONE | WFPW_GUARD_SIGN_CALLOUT | WFPW_GUARD_SIGN_REDIRECT);
    m.f.action = INSPECTION;
    assert_free("app=" AGENT, &m.f);
}

static void test_signs(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, CONNECT, &sensor);
    m.f.flags = 0x1 | 0x8 | 0x20;
    m.f.present = WFPW_FILTER_HAS_WEIGHT;
    m.f.weight = UINT64_MAX;
    m.f.weight_type = "FWP_UINT64";
    m.f.provider = "{5d5b5b10-21f2-4ee3-9b3d-1a2b3c4d5e6f}";
    m.f.provider_name = "Microsoft Corporation";
    m.f.name = "Custom Outbound Filter";
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN,
                   WFPW_GUARD_SIGN_PERSISTENT | WFPW_GUARD_SIGN_CLEAR_ACTION_RIGHT |
                       WFPW_GUARD_SIGN_DISABLED | WFPW_GUARD_SIGN_HIGHEST_WEIGHT |
                       WFPW_GUARD_SIGN_NAME_OF_MICROSOFT);
    m.f.provider = "FWPM_PROVIDER_MPSSVC_WF"; /* a rule of the firewall */
    m.f.flags = 0;
    m.f.weight_type = "FWP_UINT8";
    m.f.weight = 14;
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, 0);
    m.f.weight = 15;
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, WFPW_GUARD_SIGN_HIGHEST_WEIGHT);
}

/* What every Windows has; and the same with another key, or of another program. */
static void test_filters_of_windows(void **state)
{
    struct made m;
    (void)state;
    make_block(&m, ACCEPT, NULL);
    m.f.provider = "FWPM_PROVIDER_MPSSVC_WF";
    assert_free("app=" AGENT, &m.f);
    m.f.provider = "{5d5b5b10-21f2-4ee3-9b3d-1a2b3c4d5e6f}";
    assert_blocked("app=" AGENT, &m.f, WFPW_CONFIDENCE_CERTAIN, WFPW_GUARD_SIGN_EVERYTHING);
    const wfpw_condition host = {
        .field = APP,
        .match = EQUAL,
        .type = BLOB,
        .value = "\\device\\harddiskvolume3\\windows\\system32\\searchfilterhost.exe"};
    make_block(&m, CONNECT, &host);
    m.f.provider = "FWPM_PROVIDER_MPSSVC_WSH";
    m.f.sublayer = "FWPM_SUBLAYER_MPSSVC_WSH";
    assert_free("app=*.exe", &m.f);
    m.conditions[0].value = AGENT;
    assert_blocked("app=*.exe", &m.f, WFPW_CONFIDENCE_CERTAIN, 0);
    m.f.condition_count = 0; /* its key on what blocks everybody */
    assert_blocked("app=*.exe", &m.f, WFPW_CONFIDENCE_CERTAIN, WFPW_GUARD_SIGN_EVERYTHING);
    m.f.provider = "FWPM_PROVIDER_MPSSVC_APP_ISOLATION";
    assert_blocked("app=*.exe", &m.f, WFPW_CONFIDENCE_CERTAIN, WFPW_GUARD_SIGN_EVERYTHING);
    m.f.provider = "FWPM_PROVIDER_MPSSVC_WSH";
    m.f.condition_count = 1;
    m.conditions[0].value = host.value;
    m.f.sublayer = "FWPM_SUBLAYER_UNIVERSAL";
    assert_blocked("app=*.exe", &m.f, WFPW_CONFIDENCE_CERTAIN, 0);
}

/* Of several targets the surest is told, and how many there are. */
static void test_several_targets(void **state)
{
    wfpw_guard *g;
    struct made m;
    wfpw_guarded found = {.size = sizeof found};
    (void)state;
    assert_int_equal(wfpw_guard_new(NULL, &g), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, "service=WinDefend", NULL), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, "app=C:\\Program Files\\Agent\\*", NULL), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, "app=" AGENT, NULL), WFPW_OK);
    make_block(&m, CONNECT, &sensor);
    assert_int_equal(wfpw_guard_check(g, &m.f, &found), 2);
    assert_int_equal(found.target, 2);
    assert_int_equal(found.targets, 2);
    assert_int_equal(found.direction, WFPW_DIRECTION_OUTBOUND);
    assert_int_equal(wfpw_guard_check(g, &m.f, NULL), 2);
    assert_int_equal(wfpw_guard_check(NULL, &m.f, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_guard_check(g, NULL, NULL), WFPW_E_INVAL);
    found.size = 0;
    assert_int_equal(wfpw_guard_check(g, &m.f, &found), WFPW_E_INVAL);
    make_block(&m, CONNECT, NULL);
    found.size = sizeof found;
    assert_int_equal(wfpw_guard_check(g, &m.f, &found), 3);
    wfpw_guard_free(g);
}

/* A caller of an older library, of which the struct was shorter. */
static void test_a_shorter_struct(void **state)
{
    struct {
        uint32_t size, target, targets, untouched;
    } out = {.size = 12, .untouched = 7};
    wfpw_guard *g;
    struct made m;
    (void)state;
    make_block(&m, CONNECT, &sensor);
    assert_int_equal(wfpw_guard_new(NULL, &g), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, "app=" AGENT, NULL), WFPW_OK);
    assert_int_equal(wfpw_guard_check(g, &m.f, (wfpw_guarded *)(void *)&out), 1);
    assert_int_equal(out.size, 12);
    assert_int_equal(out.targets, 1);
    assert_int_equal(out.untouched, 7);
    wfpw_guard_free(g);
}

/* ---- memory --------------------------------------------------------------------------------- */

struct failing {
    int left; /* allocations until one fails */
};

static void *WFPW_CALL failing_alloc(void *ctx, size_t size)
{
    struct failing *f = ctx;
    return f->left-- > 0 ? malloc(size) : NULL;
}

static void WFPW_CALL failing_free(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void test_no_memory(void **state)
{
    struct failing f = {0};
    const wfpw_allocator a = {.ctx = &f, .alloc = failing_alloc, .free = failing_free};
    wfpw_guard *g = NULL;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_guard_new(&a, &g), WFPW_E_NOMEM);
    assert_null(g);
    f.left = 1;
    assert_int_equal(wfpw_guard_new(&a, &g), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, "app=x", &e), WFPW_E_NOMEM);
    f.left = 1;
    assert_int_equal(wfpw_guard_add(g, "app=x", &e), WFPW_OK);
    wfpw_guard_free(g);
    assert_int_equal(wfpw_guard_new(&(wfpw_allocator){0}, &g), WFPW_E_INVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets_are_read),
        cmocka_unit_test(test_too_long_a_target),
        cmocka_unit_test(test_sids_of_services),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_security_descriptors),
        cmocka_unit_test(test_a_descriptor_for_everybody),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_addresses_of_version_6),
        cmocka_unit_test(test_packages),
        cmocka_unit_test(test_a_program_is_named),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_what_cannot_be_evaluated),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_everybody),
        cmocka_unit_test(test_callouts_and_redirection),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_filters_of_windows),
        cmocka_unit_test(test_several_targets),
        cmocka_unit_test(test_a_shorter_struct),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
