/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Files of firewall rules: every form and damage; and the store that keeps them. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/rules/rule_string.h"
#include "decode/rules/rule_text.h"
#include "names/rules/rules.h"
#include "random.h"
#include "writer/hive_writer.h"

static _Alignas(8) char room[256 * 1024];

#define HEADER "Windows Registry Editor Version 5.00\r\n\r\n"
#define POLICY                                                                                     \
    "HKEY_LOCAL_"                                                                                  \
    "MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"
#define LOCAL "[" POLICY "FirewallRules]\r\n"
#define ALLOW "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|Name=One|"
#define BLOCK "v2.33|Action=Block|Active=FALSE|Dir=Out|App=C:\\x.exe|Name=Two|"

/* ---- loading ---- */

/* What came of one input. */
struct outcome {
    wfpw_names *n;
    int status;
    wfpw_names_stats st;
    wfpw_error e;
};

static void load_bytes(struct outcome *o, const void *p, size_t n)
{
    memset(o, 0, sizeof *o);
    assert_int_equal(wfpw_names_open(NULL, &o->n, &o->e), WFPW_OK);
    o->status = wfpw_names_load_memory(o->n, p, n, &o->e);
    o->st.size = sizeof o->st;
    assert_int_equal(wfpw_names_get_stats(o->n, &o->st), WFPW_OK);
}

static const wfpw_rule *get(const struct outcome *o, const char *id)
{
    int found = wfpw_rules_get(o->n, id, 0, room, sizeof room, NULL);
    assert_true(found == 0 || found == 1);
    return found == 1 ? (const wfpw_rule *)(const void *)room : NULL;
}

static void expect(const char *text, int rules, uint64_t skipped)
{
    struct outcome o;
    load_bytes(&o, text, strlen(text));
    if (o.status != rules || o.st.skipped != skipped)
        print_error("%d rules, %d skipped of: %s\n", o.status, (int)o.st.skipped, text);
    assert_int_equal(o.status, rules);
    assert_int_equal(o.st.skipped, skipped);
    wfpw_names_close(o.n);
}

static void expect_error(const char *text, const char *words)
{
    struct outcome o;
    load_bytes(&o, text, strlen(text));
    assert_int_equal(o.status, WFPW_E_FORMAT);
    assert_non_null(strstr(o.e.text, words));
    assert_int_equal(o.st.rules, 0);
    wfpw_names_close(o.n);
}

/* ---- the registry's text ---- */

static struct rule_builder builder;

static enum rule_string_result read_rule(const char *text, uint8_t origin)
{
    return rule_string_read(&builder, "id", 2, text, strlen(text), origin);
}

static void assert_slot(enum rule_slot slot, const char *text)
{
    const char *own = rule_text(&builder.rule, slot);
    if (text == NULL)
        assert_null(own);
    else
        assert_string_equal(own, text);
}

static void test_rule_string(void **state)
{
    (void)state;
    assert_int_equal(
        read_rule(
            "v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=17|Profile=Private|Profile=Domain|"
            "LPort=80|LPort2_10=5000-5020|RPort=RPC|RA4=LocalSubnet|RA42=IntErnet|App=System|"
            "Svc=*|Name=a=b|Desc=|EmbedCtxt=g|PFN=Some_1|TTK2_99=x|",
            WFPW_RULE_ORIGIN_LOCAL),
        RULE_STRING_RULE);
    assert_int_equal(builder.rule.action, WFPW_RULE_ACTION_ALLOW);
    assert_int_equal(builder.rule.direction, WFPW_DIRECTION_INBOUND);
    assert_int_equal(builder.rule.protocol, 17);
    assert_int_equal(builder.rule.schema, 0x221);
    assert_int_equal(builder.rule.is_enabled, 1);
    assert_int_equal(builder.rule.profiles, WFPW_RULE_PROFILE_PRIVATE | WFPW_RULE_PROFILE_DOMAIN);
    assert_slot(RULE_LOCAL_PORTS, "80,5000-5020");
    assert_slot(RULE_REMOTE_PORTS, "RPC");
    assert_slot(RULE_REMOTE_ADDRESSES, "LocalSubnet,IntErnet");
    assert_slot(RULE_APP, "System");
    assert_slot(RULE_SERVICE, "*");
    assert_slot(RULE_NAME, "a=b");
    assert_slot(RULE_DESCRIPTION, NULL);
    assert_slot(RULE_PACKAGE, "Some_1");
}

/* As the rules of service hardening are written. */
static void test_static_rule(void **state)
{
    (void)state;
    const char *text =
        "V2.0|action=block|dir=out|protocol=tcp|RPort=80, 443|LPORT=1|lport=2|Svc==X|";
    assert_int_equal(read_rule(text, WFPW_RULE_ORIGIN_STATIC), RULE_STRING_RULE);
    assert_int_equal(builder.rule.is_enabled, 1);
    assert_int_equal(builder.rule.present & WFPW_RULE_HAS_ENABLED, 0);
    assert_int_equal(builder.rule.protocol, 6);
    assert_slot(RULE_SERVICE, "X");
    assert_slot(RULE_LOCAL_PORTS, "1,2");
    assert_int_equal(read_rule(text, WFPW_RULE_ORIGIN_LOCAL), RULE_STRING_RULE);
    assert_int_equal(builder.rule.is_enabled, 0); /* elsewhere it means no */
}

static void test_no_rule_string(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "v2.33",
                                      "|",
                                      "2.33|Dir=In|Action=Allow|",
                                      "v2|Dir=In|",
                                      "v2.x|Dir=In|Action=Allow|",
                                      "v2.33|Dir=In|Action=What|"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_rule(bad[i], WFPW_RULE_ORIGIN_LOCAL), RULE_STRING_BAD);
    assert_int_equal(read_rule("v2.33|Action=DoNotSecure|EP1_4=x|", WFPW_RULE_ORIGIN_LOCAL),
                     RULE_STRING_OTHER);
}

/* A list that fills all the room there is, and one that changes its slot each time. */
static void test_large_rule(void **state)
{
    (void)state;
    enum { ITEMS = 20000 };
    char *text = malloc(32 * ITEMS);
    for (int both = 0; both < 2; both++) {
        size_t n = (size_t)sprintf(text, "v2.33|Dir=In|Action=Allow|");
        for (int i = 0; i < ITEMS; i++)
            n += (size_t)sprintf(text + n, "%s=10.0.%d.%d|", both && i % 2 ? "LA4" : "RA4", i / 256,
                                 i % 256);
        assert_int_equal(read_rule(text, WFPW_RULE_ORIGIN_LOCAL), RULE_STRING_RULE);
        assert_int_equal(builder.rule.is_truncated, 1);
        const struct rule *r = rule_finish(&builder);
        assert_non_null(r);
        assert_true(r->bytes <= sizeof builder && r->bytes % 8 == 0);
    }
    free(text);
}

/* ---- .reg ---- */

static void test_reg(void **state)
{
    (void)state;
    struct outcome o;
    static const char text[] = HEADER LOCAL
        "; a comment\r\n\"{A}\"=\"" ALLOW "\"\r\n"
        "\"TCP Query User{1}C:\\\\a "
        "\\\"b\\\".exe\"=\"v2.10|Action=Block|Dir=In|App=C:\\\\b.exe|\"\r\n"
        "@=\"default\"\r\n\"x\"=dword:00000001\r\n\"y\"=-\r\n"
        "[" POLICY "ConSecRules]\r\n\"c\"=\"v2.33|Action=Allow|Dir=In|\"\r\n"
        "[-" POLICY "FirewallRules]\r\n\"d\"=\"" BLOCK "\"\r\n"
        "[HKLM\\Software\\policies\\Microsoft\\WindowsFirewall\\FirewallRules]\r\n\"{a}\"=\"" ALLOW
        "\"";
    load_bytes(&o, text, sizeof text - 1);
    assert_int_equal(o.status, 3);
    assert_int_equal(o.st.rules, 3);
    assert_int_equal(o.st.skipped, 0);
    const wfpw_rule *r = get(&o, "tcp query user{1}c:\\a \"B\".exe");
    assert_non_null(r);
    assert_string_equal(r->app, "C:\\b.exe");
    assert_string_equal(r->from, "memory");
    assert_non_null(get(&o, "{a}"));
    assert_null(get(&o, "c"));
    wfpw_names_close(o.n);
}

static void test_reg_hexadecimal(void **state)
{
    (void)state;
    struct outcome o;
    static const char rule[] = "v2.0|Dir=In|Action=Allow|Name=H|";
    char text[2048] = HEADER LOCAL "\"h\"=hex(2):", *p = text + strlen(text);
    for (size_t i = 0; i < sizeof rule; i++)
        p += sprintf(p, "%02x,00,%s", (unsigned)rule[i], i % 10 == 9 ? "\\\r\n  " : "");
    load_bytes(&o, text, strlen(text));
    assert_int_equal(o.status, 1);
    assert_string_equal(get(&o, "H")->name, "H");
    wfpw_names_close(o.n);
}

static void test_reg_damage(void **state)
{
    (void)state;
    expect(HEADER LOCAL "\"a\"=\"" ALLOW "\r\n\"b\"=\"" ALLOW "\"\r\n", 1, 1);
    expect(HEADER LOCAL "\"a\"\r\n\"b\"=\"" ALLOW "\"\r\n", 1, 1);
    expect(HEADER LOCAL "\"a\"=\"" ALLOW, 0, 1);
    expect(HEADER LOCAL "\"a\"=\"nothing\"\r\n", 0, 1);
    expect(HEADER LOCAL "\"a\"=\"v2.10|Dir=In|Action=Allow|Desc=two\r\nlines|\"\r\n", 1, 0);
    expect("REGEDIT4\n" LOCAL "\"a\"=\"" ALLOW "\"\n", 1, 0);
    expect(HEADER, 0, 0);
}

/* A value in hexadecimal that fills its line: `parts` by turns. */
static void load_full_line(struct outcome *o, const char *const *parts, size_t count)
{
    static char text[RULE_TEXT_LINE_MAX + 4096];
    size_t n = (size_t)sprintf(text, "%s%s\"a\"=hex(1):", HEADER, LOCAL);
    size_t end = n + RULE_TEXT_LINE_MAX - 16;
    for (size_t i = 0; n + 8 < end; i++)
        n += (size_t)sprintf(text + n, "%s", parts[i % count]);
    n += (size_t)sprintf(text + n, "\r\n\"b\"=\"%s\"\r\n", ALLOW);
    load_bytes(o, text, n);
}

/* Digits without commas, and 8-bit text, may become longer than the line that they came from. */
static void test_reg_full_line(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"41", "fe"},   {"4100", "004e"}, {"41,", "00,"},
        {"41,", "41,"}, {"fe,", "ff,"},   {"00", "00"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct outcome o;
        load_full_line(&o, lines[i], 2);
        assert_int_equal(o.status, 1);
        assert_int_equal(o.st.skipped, 1);
        assert_non_null(get(&o, "b"));
        wfpw_names_close(o.n);
    }
}

/* The values below a key that is not known are none of the key before. */
static void test_reg_long_key(void **state)
{
    (void)state;
    struct outcome o;
    size_t n = 0;
    char *text = malloc(RULE_TEXT_LINE_MAX + 4096);
    n += (size_t)sprintf(text, "%s%s\"a\"=\"%s\"\r\n[HKEY_X\\", HEADER, LOCAL, ALLOW);
    memset(text + n, 'A', RULE_TEXT_LINE_MAX);
    n += RULE_TEXT_LINE_MAX;
    n += (size_t)sprintf(text + n, "]\r\n\"b\"=\"%s\"\r\n", ALLOW);
    load_bytes(&o, text, n);
    assert_int_equal(o.status, 1);
    assert_int_equal(o.st.skipped, 1);
    wfpw_names_close(o.n);
    free(text);
}

static void test_reg_encodings(void **state)
{
    (void)state;
    static const char text[] =
        HEADER LOCAL "\"a\"=\"v2.10|Dir=In|Action=Allow|Name=\xC3\xA9|\"\r\n";
    struct outcome o;
    uint8_t wide[4 * sizeof text];
    for (int big = 0; big < 2; big++) {
        size_t n = 0;
        wide[n++] = big ? 0xFE : 0xFF;
        wide[n++] = big ? 0xFF : 0xFE;
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            uint8_t c = (uint8_t)text[i];
            i += c == 0xC3;
            wide[n + (size_t)big] = c == 0xC3 ? 0xE9 : c;
            wide[n + (size_t)!big] = 0;
            n += 2;
        }
        load_bytes(&o, wide, n);
        assert_int_equal(o.status, 1);
        assert_string_equal(get(&o, "a")->name, "\xC3\xA9");
        wfpw_names_close(o.n);
    }
    load_bytes(&o, text, sizeof text - 1);
    assert_string_equal(get(&o, "a")->name, "\xC3\xA9");
    wfpw_names_close(o.n);
    static const char ansi[] = HEADER LOCAL "\"a\"=\"v2.10|Dir=In|Action=Allow|Name=\xE9|\"\r\n";
    load_bytes(&o, ansi, sizeof ansi - 1);
    assert_string_equal(get(&o, "a")->name, "\xC3\xA9");
    wfpw_names_close(o.n);
}

/* ---- PowerShell ---- */

static void test_json(void **state)
{
    (void)state;
    struct outcome o;
    static const char text[] =
        "[{\"CimClass\":{\"Name\":\"not "
        "this\",\"x\":[1,{\"y\":2}]},\"Name\":\"{A}\",\"InstanceID\":\"{A}\","
        "\"DisplayName\":\"Fen\\u00eatre \\ud83d\\ude00 \\\"q\\\"\",\"Enabled\":2,\"Direction\":2,"
        "\"Action\":4,\"Profile\":6,\"PolicyStoreSourceType\":2,\"LocalPort\":[\"80\",\"443\"],"
        "\"Owner\":null},{\"Caption\":\"no rule\"}]";
    load_bytes(&o, text, sizeof text - 1);
    assert_int_equal(o.status, 1);
    const wfpw_rule *r = get(&o, "{a}");
    assert_string_equal(r->name, "Fen\xC3\xAAtre \xF0\x9F\x98\x80 \"q\"");
    assert_int_equal(r->action, WFPW_RULE_ACTION_BLOCK);
    assert_int_equal(r->direction, WFPW_DIRECTION_OUTBOUND);
    assert_int_equal(r->enabled, 0);
    assert_int_equal(r->profiles, 6);
    assert_int_equal(r->origin, WFPW_RULE_ORIGIN_GROUP_POLICY);
    assert_string_equal(r->local_ports, "80,443");
    wfpw_names_close(o.n);
}

#define JSON_RULE "{\"Name\":\"a\",\"Enabled\":1,\"Direction\":1,\"Action\":2}"
static void test_json_forms(void **state)
{
    (void)state;
    expect(JSON_RULE, 1, 0);
    expect("[" JSON_RULE "," JSON_RULE "]", 2, 0);
    expect("\xEF\xBB\xBF [" JSON_RULE "]", 1, 0);
    expect("[" JSON_RULE ",{\"Name\":\"b\"", 1, 1);
    expect("[" JSON_RULE "}]" JSON_RULE, 2, 2);
    expect("[" JSON_RULE ",{\"Name\":\"b\",\"Direction\":1,\"Action\":99}]", 1, 1);
    expect("[" JSON_RULE ",{\"Name\":\"b\"}]", 1, 1);
    expect("[{\n\"Name\":\"b,\n\"Direction\":1,\n\"Action\":2\n},\n" JSON_RULE "]", 1, 3);
    expect_error("[]", "no rules");
    expect_error("{\"a\":1}", "no rules");
    expect("{\"Name\":\"a\",\"DisplayName\":\"\\ud800x\",\"Direction\":\"Inbound\",\"Action\":"
           "\"Block\"}",
           1, 0);
}

static void test_json_depth(void **state)
{
    (void)state;
    struct outcome o;
    char text[4096] = "";
    for (int i = 0; i < 100; i++)
        strcat(text, "[");
    strcat(text, JSON_RULE);
    load_bytes(&o, text, strlen(text));
    assert_true(o.st.skipped > 0);
    wfpw_names_close(o.n);
}

/* n times "192.0.2.1, " */
static char *many_addresses(size_t n)
{
    static char text[16 * 1024 * 12];
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        used += (size_t)sprintf(text + used, "%s192.0.2.1", i > 0 ? ", " : "");
    return text;
}

static void assert_cut_list(const char *text)
{
    struct outcome o;
    load_bytes(&o, text, strlen(text));
    assert_int_equal(o.status, 1);
    const wfpw_rule *r = get(&o, "a");
    assert_int_equal(r->truncated, 1);
    size_t n = strlen(r->remote_addresses);
    assert_true(n > 50000);
    assert_string_equal(r->remote_addresses + n - 10, ",192.0.2.1"); /* no half of one */
    wfpw_names_close(o.n);
}

/* A rule that is not whole says so. */
static void test_cut_lists(void **state)
{
    (void)state;
    enum { ROOM = 256 * 1024, ADDRESSES = 7000 };
    char *text = malloc(ROOM);
    assert_non_null(text);
    (void)snprintf(text, ROOM,
                   "Name,DisplayName,Direction,Action,RemoteAddress\n"
                   "a,n,Inbound,Block,\"%s\"\n",
                   many_addresses(ADDRESSES));
    assert_cut_list(text);
    (void)snprintf(text, ROOM,
                   "[{\"Name\":\"a\",\"Direction\":1,\"Action\":4,\"RemoteAddress\":\"%s\"}]",
                   many_addresses(ADDRESSES));
    assert_cut_list(text);
    free(text);
}

#define COLUMNS "\"Name\",\"DisplayName\",\"Enabled\",\"Direction\",\"Action\",\"LocalPort\"\r\n"
static void test_csv(void **state)
{
    (void)state;
    struct outcome o;
    static const char text[] =
        "#TYPE Some.Type\r\n" COLUMNS
        "\"{A}\",\"One, \"\"two\"\"\r\nthree\",\"True\",\"Inbound\",\"Allow\",\"80, 443\"\r\n"
        "b,Second,False,Outbound,Block,Any";
    load_bytes(&o, text, sizeof text - 1);
    assert_int_equal(o.status, 2);
    assert_string_equal(get(&o, "{a}")->name, "One, \"two\"\r\nthree");
    assert_string_equal(get(&o, "{a}")->local_ports, "80,443");
    assert_int_equal(get(&o, "B")->action, WFPW_RULE_ACTION_BLOCK);
    assert_null(get(&o, "B")->local_ports);
    wfpw_names_close(o.n);
    expect(COLUMNS "a,n,True,Inbound,Allow,\r\nx\r\nb,n,True,Inbound,Allow,\r\n", 2, 1);
    expect(COLUMNS "a,n,True,Inbound,Allow,\"80", 0, 1);
    expect("Name;DisplayName;Direction;Action\n{A};n;Inbound;Allow\n", 1, 0);
}

/* ---- lists without ids ---- */

static void test_lists_without_ids(void **state)
{
    (void)state;
    expect_error(
        "\r\nRegelname:     x\r\n------------------------------------------------------------\r\n"
        "LocalIP:  Beliebig\r\nRemoteIP:  Beliebig\r\n",
        "netsh advfirewall export");
    expect_error("Name\tGroup\tProfile\tEnabled\tAction\tOverride\tProgram\tLocal Address\tRemote "
                 "Address\tProtocol\tLocal Port\t\nx\ty\n",
                 "Export Policy");
    expect_error("plain text", "neither a dump");
    expect_error("", "empty");
}

/* ---- hives ---- */

#define CONTROL "ControlSet002\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"
static const struct hive_value export_values[] = {
    {"", "PolicyVersion", "545", 1},
    {"DomainProfile", "EnableFirewall", "1", 1},
    {"ConSecRules", "{c}", "v2.33|Action=Allow|Dir=In|", 0},
    {"FirewallRules", "{A}", ALLOW, 0},
    {"FirewallRules", "B b", BLOCK, 0},
    {"RestrictedServices\\Static\\System", "S-1", "V2.0|Action=Block|Dir=in|", 0},
};
static const struct hive_value system_values[] = {
    {"Select", "Current", "2", 1},
    {"ControlSet001\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules", "old",
     ALLOW, 0},
    {CONTROL "FirewallRules", "{A}", ALLOW, 0},
    {CONTROL "RestrictedServices\\AppIso\\FirewallRules", "app-In", ALLOW, 0},
    {CONTROL "Mdm\\FirewallRules", "mdm-1", BLOCK, 0},
    {CONTROL "FirewallRules", "bad", "no rule", 0},
};

static void load_hive(struct outcome *o, const struct hive_value *values, size_t count,
                      uint32_t style)
{
    size_t n;
    uint8_t *p = hive_write(values, count, style, &n);
    load_bytes(o, p, n);
    free(p);
}

static void test_hive_styles(void **state)
{
    (void)state;
    struct outcome o;
    for (uint32_t style = 0; style < HIVE_STYLES; style++) {
        load_hive(&o, export_values, 6, style);
        assert_int_equal(o.status, 3);
        assert_int_equal(o.st.skipped, 0);
        assert_int_equal(get(&o, "b B")->action, WFPW_RULE_ACTION_BLOCK);
        assert_int_equal(get(&o, "s-1")->origin, WFPW_RULE_ORIGIN_STATIC);
        assert_int_equal(get(&o, "{a}")->from_time >> 32, HIVE_TIME);
        wfpw_names_close(o.n);
        load_hive(&o, system_values, 6, style);
        assert_int_equal(o.status, 3);
        assert_int_equal(o.st.skipped, 1);
        assert_int_equal(get(&o, "app-in")->origin, WFPW_RULE_ORIGIN_APPISO);
        assert_int_equal(get(&o, "mdm-1")->origin, WFPW_RULE_ORIGIN_MDM);
        assert_null(get(&o, "old"));
        wfpw_names_close(o.n);
    }
}

static void test_hive_software(void **state)
{
    (void)state;
    struct outcome o;
    static const struct hive_value values[] = {
        {"Policies\\Microsoft\\WindowsFirewall\\FirewallRules", "{A}", ALLOW, 0}};
    load_hive(&o, values, 1, 0);
    assert_int_equal(o.status, 1);
    assert_int_equal(get(&o, "{A}")->origin, WFPW_RULE_ORIGIN_GROUP_POLICY);
    wfpw_names_close(o.n);
}

/* An export of a policy without rules is one; another hive is none. */
static void test_hive_without_rules(void **state)
{
    (void)state;
    struct outcome o;
    load_hive(&o, export_values, 2, 0);
    assert_int_equal(o.status, 0);
    wfpw_names_close(o.n);
    load_hive(&o, system_values, 1, 0);
    assert_int_equal(o.status, WFPW_E_FORMAT);
    wfpw_names_close(o.n);
}

static void test_hive_large_value(void **state)
{
    (void)state;
    struct outcome o;
    static char text[40000] = "v2.33|Action=Block|Dir=In|";
    while (strlen(text) < sizeof text - 32)
        strcat(text, "RA4=192.0.2.1|");
    const struct hive_value values[] = {{"FirewallRules", "big", text, 0}};
    load_hive(&o, values, 1, 0);
    assert_int_equal(o.status, 1);
    assert_int_equal(get(&o, "big")->truncated, 0);
    assert_true(strlen(get(&o, "big")->remote_addresses) > 20000);
    wfpw_names_close(o.n);
}

/* More than a rule may hold: what is behind is kept as far as there is room, and the rule says so.
 */
static void test_hive_cut_value(void **state)
{
    (void)state;
    struct outcome o;
    static char text[80000] = "v2.33|Action=Block|Dir=In|";
    size_t n = strlen(text);
    while (n < sizeof text - 64)
        n += (size_t)sprintf(text + n, "RA4=|");
    (void)sprintf(text + n, "App=a.exe|Name=n|");
    const struct hive_value values[] = {{"FirewallRules", "big", text, 0}};
    load_hive(&o, values, 1, 0);
    assert_int_equal(o.status, 1);
    assert_string_equal(get(&o, "big")->name, "n");
    assert_string_equal(get(&o, "big")->app, "a.exe");
    wfpw_names_close(o.n);
}

static void put_le32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

/* A list of `count` numbers behind its head of four bytes, as a cell. Returns where it ends. */
static uint32_t put_cell(uint8_t *bins, uint32_t at, const char *kind, uint32_t count,
                         uint32_t each)
{
    uint32_t size = (8 + 4 * count + 7) & ~7u;
    put_le32(bins + at, 0u - size);
    memcpy(bins + at + 4, kind, 2);
    put_le32(bins + at + 6, count);
    for (uint32_t i = 0; i < count; i++)
        put_le32(bins + at + 8 + 4 * i, each);
    return at + size;
}

/* Lists that lead to lists that lead nowhere: the search for a key is given up, which counts. */
static void test_hive_endless_search(void **state)
{
    (void)state;
    enum { ROOT = 32, LISTS = 256, COUNT = 65535, BYTES = 4096 + 1024 * 1024 };
    struct outcome o;
    uint8_t *p = calloc(1, BYTES), *bins = p + 4096;
    assert_non_null(p);
    memcpy(p, "regf", 4);
    put_le32(p + 0x24, ROOT);
    uint32_t leaf = put_cell(bins, LISTS, "ri", COUNT, 0);
    (void)put_cell(bins, LISTS, "ri", COUNT, leaf);
    (void)put_cell(bins, leaf, "li", COUNT, ROOT + 8);
    put_le32(bins + ROOT, 0u - 0x70);
    memcpy(bins + ROOT + 4, "nk", 2);
    put_le32(bins + ROOT + 4 + 0x1C, LISTS);
    load_bytes(&o, p, BYTES);
    assert_true(o.st.skipped > 0);
    wfpw_names_close(o.n);
    free(p);
}

/* Whatever is changed in a hive, there is an answer, and what is asked of it has an end. */
static void test_hive_damage(void **state)
{
    (void)state;
    size_t n;
    uint8_t *p = hive_write(system_values, 6, HIVE_RI, &n), *copy = malloc(n);
    uint64_t seed = 1;
    for (size_t cut = 0; cut < n; cut += 97) {
        struct outcome o;
        load_bytes(&o, p, cut);
        wfpw_names_close(o.n);
    }
    for (int round = 0; round < 3000; round++) {
        struct outcome o;
        memcpy(copy, p, n);
        for (int i = 0; i < 4; i++)
            copy[random_u64(&seed) % n] = (uint8_t)random_u64(&seed);
        load_bytes(&o, copy, n);
        wfpw_names_close(o.n);
    }
    free(copy);
    free(p);
}

/* ---- the store ---- */

static const struct rule *make_rule(struct rule_builder *b, const char *id, const char *name,
                                    bool is_bare)
{
    rule_start(b);
    rule_put(b, RULE_ID, id, strlen(id));
    rule_put(b, RULE_NAME, name, strlen(name));
    b->rule.is_bare = is_bare;
    return rule_finish(b);
}

static void add_rule(struct rules *s, const char *id, const char *name, uint8_t change,
                     uint64_t since, uint64_t until)
{
    struct rule_facts facts = {.change = change, .since = since, .until = until};
    assert_true(
        rules_add(s, make_rule(&builder, id, name, change == WFPW_RULE_CHANGE_DELETED), &facts));
}

static void open_rules(struct rules *s, size_t budget)
{
    wfpw_allocator memory = memory_of(NULL);
    rules_init(s, &memory, budget, 1);
}

/* A time that a record may have by intent: the token of what is found is not that of nothing. */
static void test_token_is_not_zero(void **state)
{
    (void)state;
    const struct rule_found found = {
        .seq = 1, .changed = 0xe3bd07c3326ee67bu, .state = WFPW_FILTER_STATE_CURRENT};
    assert_int_equal(hash_mix(hash_mix(found.seq, found.changed), found.state << 1),
                     0); /* or it tests nothing */
    assert_true(rule_token(&found, 0) != 0);
}

static void test_store_times(void **state)
{
    (void)state;
    struct rules s;
    struct rule_found f;
    open_rules(&s, 1 << 20);
    add_rule(&s, "{A}", "first", WFPW_RULE_CHANGE_ADDED, 100, UINT64_MAX);
    add_rule(&s, "{a}", "second", WFPW_RULE_CHANGE_CHANGED, 200, UINT64_MAX);
    add_rule(&s, "{A}", "", WFPW_RULE_CHANGE_DELETED, 300, UINT64_MAX);
    assert_true(rules_find(&s, "{A}", 3, 50, &f));
    assert_int_equal(f.state, WFPW_FILTER_STATE_UNCERTAIN);
    assert_int_equal(f.change_kind, 0);
    assert_true(rules_find(&s, "{A}", 3, 150, &f));
    assert_string_equal(rule_text(f.rule, RULE_NAME), "first");
    assert_int_equal(f.state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(f.changed, 100);
    assert_true(rules_find(&s, "{a}", 3, 250, &f));
    assert_string_equal(rule_text(f.rule, RULE_NAME), "second");
    assert_int_equal(f.changed, 200);
    assert_int_equal(f.change_kind, WFPW_RULE_CHANGE_CHANGED);
    assert_true(rules_find(&s, "{A}", 3, 350, &f));
    assert_int_equal(f.state, WFPW_FILTER_STATE_DELETED);
    assert_string_equal(rule_text(f.rule, RULE_NAME), "second");
    assert_false(rules_find(&s, "{B}", 3, 0, &f));
    rules_free(&s);
    assert_int_equal(s.bytes, 0);
}

/* A list of what there is (a file) knows one moment. */
static void test_store_lists(void **state)
{
    (void)state;
    struct rules s;
    struct rule_found f;
    uint64_t cursor = 0;
    open_rules(&s, 1 << 20);
    add_rule(&s, "x", "early", 0, 100, 100);
    add_rule(&s, "x", "late", 0, 500, 500);
    add_rule(&s, "x", "never", 0, 0, 0);
    assert_true(rules_find(&s, "x", 1, 120, &f));
    assert_string_equal(rule_text(f.rule, RULE_NAME), "early");
    assert_int_equal(f.state, WFPW_FILTER_STATE_UNCERTAIN);
    assert_true(rules_find(&s, "X", 1, 500, &f));
    assert_string_equal(rule_text(f.rule, RULE_NAME), "late");
    assert_int_equal(f.state, WFPW_FILTER_STATE_CURRENT);
    for (int i = 0; i < 3; i++)
        assert_true(rules_next(&s, &cursor, &f));
    assert_false(rules_next(&s, &cursor, &f));
    rules_drop(&s, 0, 2);
    assert_int_equal(s.count, 1);
    rules_free(&s);
}

static void test_store_budget(void **state)
{
    (void)state;
    enum { BUDGET = 64 * 1024, RULES = 2000 };
    struct rules s;
    struct rule_found f;
    char id[16];
    open_rules(&s, BUDGET);
    add_rule(&s, "kept", "asked for", 0, 1, 1);
    for (int i = 0; i < RULES; i++) {
        (void)snprintf(id, sizeof id, "%d", i);
        add_rule(&s, id, "name", 0, 1, 1);
        assert_true(s.bytes <= BUDGET);
        assert_true(rules_find(&s, "kept", 4, 0, &f));
    }
    assert_true(s.evicted > 0 && s.count + s.evicted == RULES + 1);
    for (int i = 0; i < 2 * RULES; i++) /* one id has so many versions and no more */
        add_rule(&s, "many", "name", 0, 1, 1);
    assert_true(s.bytes <= BUDGET);
    rules_free(&s);
    assert_int_equal(s.bytes, 0);
}

/* ---- memory ---- */

struct scarce {
    int left;
};

static void *WFPW_CALL scarce_alloc(void *ctx, size_t n)
{
    struct scarce *s = ctx;
    return s->left-- > 0 ? malloc(n) : NULL;
}

static void WFPW_CALL scarce_free(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t size;
    uint8_t *hive = hive_write(export_values, 6, 0, &size);
    int status = WFPW_E_NOMEM;
    for (int n = 0; status == WFPW_E_NOMEM && n < 200; n++) {
        struct scarce s = {n};
        wfpw_allocator a = {scarce_alloc, scarce_free, &s};
        wfpw_options o = {.size = sizeof o, .allocator = &a};
        wfpw_names *names;
        status = wfpw_names_open(&o, &names, NULL);
        if (status == WFPW_OK)
            status = wfpw_names_load_memory(names, hive, size, NULL);
        if (status >= 0)
            status = wfpw_names_load_memory(names, HEADER LOCAL "\"a\"=\"" ALLOW "\"",
                                            strlen(HEADER LOCAL "\"a\"=\"" ALLOW "\""), NULL);
        wfpw_names_close(names);
    }
    assert_int_equal(status, 1);
    free(hive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule_string),
        cmocka_unit_test(test_static_rule),
        cmocka_unit_test(test_no_rule_string),
        cmocka_unit_test(test_large_rule),
        cmocka_unit_test(test_reg),
        cmocka_unit_test(test_reg_hexadecimal),
        cmocka_unit_test(test_reg_damage),
        cmocka_unit_test(test_reg_full_line),
        cmocka_unit_test(test_reg_long_key),
        cmocka_unit_test(test_reg_encodings),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_forms),
        cmocka_unit_test(test_json_depth),
        cmocka_unit_test(test_cut_lists),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_lists_without_ids),
        cmocka_unit_test(test_hive_styles),
        cmocka_unit_test(test_hive_software),
        cmocka_unit_test(test_hive_without_rules),
        cmocka_unit_test(test_hive_large_value),
        cmocka_unit_test(test_hive_cut_value),
        cmocka_unit_test(test_hive_endless_search),
        cmocka_unit_test(test_hive_damage),
        cmocka_unit_test(test_token_is_not_zero),
        cmocka_unit_test(test_store_times),
        cmocka_unit_test(test_store_lists),
        cmocka_unit_test(test_store_budget),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
