/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Every reason of a live event, played by the simulator and named by a dump as netsh writes it, in
 * three languages; and those of audit records, read from a log. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "writer/netsh_writer.h"

#define DUMP_TIME "2026-01-08T16:50:48.0000000Z"
#define WF        "FWPM_PROVIDER_MPSSVC_WF"
#define SUB(name) "FWPM_SUBLAYER_" name
#define OUT(v, r, c)                                                                               \
    .verdict = WFPW_VERDICT_##v, .reason = WFPW_REASON_##r, .confidence = WFPW_CONFIDENCE_##c

enum { LANGUAGES = 3, FIRST_ID = 70000 };

/* What happens, and the filter that did it: the first has the id FIRST_ID. */
static const struct row {
    const char *script; /* an event; its filter and its time are added */
    const char *origin, *provider, *sublayer, *action, *callout, *flag;
    const char *names[LANGUAGES]; /* English, French, Chinese */
    uint64_t weight_class;
    uint8_t verdict, confidence;
    uint16_t reason;
} rows[] = {
    {"drop layer=44", .origin = "{0d1c3f7a-rule}", .provider = WF, OUT(BLOCK, RULE, CERTAIN)},
    {"drop layer=50", .provider = "{af617412-ce10-4058-8996-abc79fd805ff}",
     .names = {"Block telemetry", "Bloquer la t\u00e9l\u00e9m\u00e9trie", "\u963b\u6b62"},
     OUT(BLOCK, THIRD_PARTY, CERTAIN)},
    {"drop layer=48", .action = "FWP_ACTION_CALLOUT_TERMINATING",
     .callout = "{1138983d-d4e8-4d73-ac69-0ad54b312081}", OUT(BLOCK, CALLOUT, CERTAIN)},
    {"drop layer=44", .provider = WF, .sublayer = SUB("MPSSVC_WF"), .weight_class = 8,
     .names = {"Query User", "Demander \u00e0 l'utilisateur", "\u67e5\u8be2\u7528\u6237"},
     OUT(BLOCK, DEFAULT_INBOUND, LIKELY)},
    {"drop layer=44", .origin = "Query User Default", .provider = WF,
     .names = {"Query User", "Demander \u00e0 l'utilisateur", "\u67e5\u8be2\u7528\u6237"},
     OUT(BLOCK, QUERY_USER, CERTAIN)},
    {"drop layer=48", .provider = WF, .sublayer = SUB("MPSSVC_WF"), .weight_class = 8,
     .names = {"Default Outbound", "Sortie par d\u00e9faut", "\u9ed8\u8ba4\u51fa\u7ad9"},
     OUT(BLOCK, DEFAULT_OUTBOUND, LIKELY)},
    {"drop layer=13", .origin = "Stealth", .provider = WF,
     .action = "FWP_ACTION_CALLOUT_TERMINATING",
     .callout = "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP",
     .names = {"Port Scanning Prevention Filter", "Filtre de pr\u00e9vention",
               "\u7aef\u53e3\u626b\u63cf\u9632\u62a4\u7b5b\u9009\u5668"},
     OUT(DROP, STEALTH, CERTAIN)},
    {"drop layer=48", .provider = "FWPM_PROVIDER_MPSSVC_WSH", .sublayer = SUB("MPSSVC_WSH"),
     .names = {"WSH Default Outbound Block", "Blocage WSH", "WSH \u963b\u6b62"},
     OUT(BLOCK, SERVICE_HARDENING, CERTAIN)},
    {"drop layer=50 package=S-1-15-2-1", .provider = "FWPM_PROVIDER_MPSSVC_APP_ISOLATION",
     .sublayer = SUB("MPSSVC_APP_ISOLATION"), OUT(BLOCK, UWP_DEFAULT, CERTAIN)},
    {"drop layer=50 package=S-1-15-2-1 loopback=yes", .provider = WF,
     .sublayer = SUB("MPSSVC_APP_ISOLATION"), OUT(BLOCK, APPCONTAINER_LOOPBACK, CERTAIN)},
    {"capability_drop capability=1 package=S-1-15-2-1", OUT(BLOCK, CAPABILITY, CERTAIN)},
    {"drop layer=44", .provider = WF, .sublayer = SUB("MPSSVC_QUARANTINE"),
     OUT(BLOCK, QUARANTINE, CERTAIN)},
    {"drop layer=44", .provider = WF, .flag = "FWPM_FILTER_FLAG_BOOTTIME",
     .names = {"Boot Time Filter", "Filtre de d\u00e9marrage",
               "\u542f\u52a8\u65f6\u95f4\u7b5b\u9009\u5668"},
     OUT(BLOCK, BOOT_TIME, CERTAIN)},
    {"drop layer=44", .provider = WF, .names = {"Shielded Main Rule"},
     OUT(BLOCK, BLOCK_ALL, LIKELY)}, /* only its English name tells */
    {"ipsec_kernel_drop status=0xC0360004 layer=12", OUT(FAILURE, IPSEC, CERTAIN)},
    {"ipsec_dosp_drop status=0xC0368000", OUT(FAILURE, IPSEC, CERTAIN)},
    {"ike_mm_failure error=13801 point=2", OUT(FAILURE, IKE, CERTAIN)},
    {"ike_qm_failure error=13868 point=1", OUT(FAILURE, IKE, CERTAIN)},
    {"ike_em_failure error=13805", OUT(FAILURE, IKE, CERTAIN)},
    {"drop layer=40 filter=0", OUT(BLOCK, LISTEN, CERTAIN)},
    {"drop layer=36 protocol=udp filter=0", OUT(BLOCK, BIND, CERTAIN)},
    {"drop layer=36 protocol=icmp filter=0", OUT(BLOCK, RAW_SOCKET, LIKELY)},
    {"drop layer=0 filter=0", OUT(DROP, PACKET, LIKELY)},
    {"drop layer=5 filter=0", OUT(DROP, DISCARD, LIKELY)},
    {"classify_drop_mac layer=56 filter=0", OUT(DROP, MAC, CERTAIN)},
    {"drop layer=72 vswitch=sw filter=0", OUT(DROP, VSWITCH, CERTAIN)},
    {"drop layer=48 reauth=1 filter=0", OUT(BLOCK, REAUTHORIZATION, LIKELY)},
    {"drop layer=48", .provider = WF, .flag = "FWPM_FILTER_FLAG_SILENT_MODE",
     OUT(BLOCK, SILENT_MODE, CERTAIN)},
    {"drop layer=48 filter=1", OUT(BLOCK, FILTER_GONE, GUESS)},
    {"drop layer=48 filter=0", OUT(BLOCK, UNKNOWN, GUESS)},
    {"drop layer=42", .provider = WF, .sublayer = SUB("TEREDO"),
     .action = "FWP_ACTION_CALLOUT_TERMINATING", .callout = "FWPM_CALLOUT_TEREDO_ALE_LISTEN_V6",
     OUT(BLOCK, EDGE_TRAVERSAL, CERTAIN)},
    {"drop layer=48", .provider = "FWPM_PROVIDER_MPSSVC_EDP", .sublayer = SUB("MPSSVC_EDP"),
     OUT(BLOCK, DATA_PROTECTION, CERTAIN)},
    {"drop layer=48", .sublayer = SUB("MPSSVC_TENANT_RESTRICTIONS"),
     OUT(BLOCK, TENANT_RESTRICTION, CERTAIN)},
    {"lpm_packet_arrival spi=7", OUT(INFO, NOTICE, CERTAIN)},
    {"allow layer=48", .action = "FWP_ACTION_PERMIT", .origin = "Boottime Default", .provider = WF,
     OUT(ALLOW, EXCEPTION, CERTAIN)},
    {"allow layer=48", .action = "FWP_ACTION_PERMIT", .provider = WF, .weight_class = 9,
     OUT(ALLOW, RULE, LIKELY)},
    {"capability_allow capability=0", OUT(ALLOW, CAPABILITY, CERTAIN)},
    {"event type=77", OUT(INFO, UNKNOWN, GUESS)},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* ---- the dump ------------------------------------------------------------------------------- */

static struct netsh_made_filter filters[ROWS];

static void make_filter(struct netsh_made_filter *f, size_t i, size_t language)
{
    const struct row *row = &rows[i];
    const char *name = row->names[language] != NULL ? row->names[language] : row->names[0];
    netsh_plain(f, FIRST_ID + i);
    f->raw_context = 0;
    f->provider = row->provider;
    f->sublayer = row->sublayer != NULL ? row->sublayer : "FWPM_SUBLAYER_UNIVERSAL";
    f->action = row->action != NULL ? row->action : "FWP_ACTION_BLOCK";
    f->flags[0] = row->flag;
    f->flag_count = row->flag != NULL;
    f->condition_count = 0;
    f->effective_weight = row->weight_class << 60 | i;
    f->layer = NULL;
    (void)snprintf(f->name, sizeof f->name, "%s", name != NULL ? name : "a filter");
    (void)snprintf(f->callout, sizeof f->callout, "%s", row->callout != NULL ? row->callout : "");
    (void)snprintf(f->key, sizeof f->key, "{00000000-0000-0000-0000-%012u}", (unsigned)i);
    if (row->origin != NULL) {
        strcpy(f->context, f->key);
        (void)snprintf(f->origin, sizeof f->origin, "%s", row->origin);
    }
}

static wfpw_names *load_dump(struct flow *f, size_t language)
{
    struct netsh_writer w;
    wfpw_names *names;
    netsh_begin(&w, NETSH_STATE, NULL, DUMP_TIME);
    for (size_t i = 0; i < ROWS; i++) {
        make_filter(&filters[i], i, language);
        netsh_add(&w, &filters[i]);
    }
    netsh_end(&w, filters, ROWS);
    assert_int_equal(wfpw_names_open(NULL, &names, &f->e), WFPW_OK);
    assert_int_equal(wfpw_names_load_memory(names, w.text, w.size, &f->e), ROWS);
    netsh_free(&w);
    return names;
}

/* ---- live ----------------------------------------------------------------------------------- */

/* As flow_open, with names of a dump only. */
static void open_named(struct flow *f, wfpw_names *names, uint32_t flags)
{
    wfpw_options o = {.size = sizeof o, .flags = flags | WFPW_OPEN_NO_NAMES, .names = names};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(wfpw_sim_new(11, &f->sim), WFPW_OK);
    flow_play(f, "keywords 0xff"); /* whatever can be recorded is */
    o.system = wfpw_sim_system(f->sim);
    f->b = wfpw_batch_new(0, 0);
    assert_non_null(f->b);
    assert_int_equal(wfpw_open(&o, &f->s, &f->e), WFPW_OK);
    assert_int_equal(wfpw_add_live(f->s, &live, &f->e), WFPW_OK);
}

static void close_named(struct flow *f, wfpw_names *names)
{
    wfpw_close(f->s);
    wfpw_batch_free(f->b);
    wfpw_names_close(names);
    wfpw_sim_free(f->sim);
}

/* At the dump's time, when its ids are those of the engine. */
static void play_row(struct flow *f, size_t i)
{
    char script[400], filter[40] = "";
    uint64_t time;
    assert_true(text_parse_time(DUMP_TIME, strlen(DUMP_TIME), &time));
    if (strstr(rows[i].script, "filter=") == NULL)
        (void)snprintf(filter, sizeof filter, " filter=%u", (unsigned)(FIRST_ID + i));
    (void)snprintf(script, sizeof script, "%s%s time=%llu", rows[i].script, filter,
                   (unsigned long long)time);
    flow_play(f, script);
}

static void check(const wfpw_event *ev, size_t i, size_t language)
{
    const struct row *row = &rows[i];
    if (ev->verdict == row->verdict && ev->reason == row->reason &&
        ev->confidence == row->confidence)
        return;
    fail_msg("%s in language %zu: %s %s %s, wanted %s %s %s", row->script, language,
             wfpw_word(WFPW_LIST_VERDICT, ev->verdict), wfpw_word(WFPW_LIST_REASON, ev->reason),
             wfpw_word(WFPW_LIST_CONFIDENCE, ev->confidence),
             wfpw_word(WFPW_LIST_VERDICT, row->verdict), wfpw_word(WFPW_LIST_REASON, row->reason),
             wfpw_word(WFPW_LIST_CONFIDENCE, row->confidence));
}

static void test_live(void **state)
{
    (void)state;
    for (size_t language = 0; language < LANGUAGES; language++) {
        struct flow f = {0};
        wfpw_names *names = load_dump(&f, language);
        open_named(&f, names, 0);
        for (size_t i = 0; i < ROWS; i++) {
            play_row(&f, i);
            check(flow_next(&f), i, language);
        }
        close_named(&f, names);
    }
}

static void test_gap(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "restart");
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->kind, WFPW_KIND_GAP);
    assert_int_equal(ev->verdict, WFPW_VERDICT_INFO);
    assert_int_equal(ev->reason, WFPW_REASON_GAP);
    flow_close(&f);
}

/* Who does not ask is told nothing, and pays nothing. */
static void test_not_asked(void **state)
{
    struct flow f = {0};
    (void)state;
    open_named(&f, NULL, WFPW_OPEN_NO_VERDICT);
    flow_play(&f, "drop layer=13");
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->verdict | ev->reason | ev->confidence, 0);
    assert_int_equal(ev->evidence, 0);
    close_named(&f, NULL);
}

/* ---- audit records -------------------------------------------------------------------------- */

#define EVENT(provider, id, data)                                                                  \
    "<Event><System><Provider Name='" provider "'/><EventID>" id "</EventID><TimeCreated "         \
    "SystemTime='" DUMP_TIME "'/></System><EventData>" data "</EventData></Event>"
#define RECORD(id, data)   EVENT("Microsoft-Windows-Security-Auditing", id, data)
#define FIELD(name, value) "<Data Name='" name "'>" value "</Data>"

static const struct {
    const char *record;
    uint8_t verdict, confidence;
    uint16_t reason;
} records[] = {
    {RECORD("5157", FIELD("FilterOrigin", "{5d}") FIELD("LayerRTID", "48")),
     OUT(BLOCK, RULE, CERTAIN)},
    {RECORD("5152", FIELD("FilterOrigin", "Stealth") FIELD("LayerRTID", "13")),
     OUT(DROP, STEALTH, CERTAIN)},
    {RECORD("5157", FIELD("FilterOrigin", "Unknown") FIELD("LayerRTID", "48")),
     OUT(BLOCK, UNKNOWN, GUESS)},
    {RECORD("5157", FIELD("Direction", "%%14592") FIELD("LayerRTID", "44")),
     OUT(BLOCK, DEFAULT_INBOUND, GUESS)},
    {RECORD("5156", FIELD("FilterOrigin", "Quarantine Default")), OUT(ALLOW, EXCEPTION, CERTAIN)},
    {RECORD("5031", FIELD("Application", "C:\\a.exe")), OUT(BLOCK, QUERY_USER, LIKELY)},
    {RECORD("5155", FIELD("LayerRTID", "40")), OUT(BLOCK, LISTEN, CERTAIN)},
    {RECORD("5159", FIELD("Protocol", "17")), OUT(BLOCK, BIND, CERTAIN)},
    {RECORD("5148", FIELD("Type", "x")), OUT(INFO, DOS_DEFENSE, CERTAIN)},
    {RECORD("5447", FIELD("FilterId", "5")), OUT(INFO, POLICY_CHANGE, CERTAIN)},
    {RECORD("4719", FIELD("CategoryId", "%%8274")), OUT(INFO, AUDIT_POLICY, CERTAIN)},
    {EVENT("Microsoft-Windows-Eventlog", "1102", ""), OUT(INFO, LOG_CLEARED, CERTAIN)},
};

static void test_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct flow f = {0};
        const char *xml = records[i].record;
        f.b = wfpw_batch_new(0, 0);
        assert_int_equal(wfpw_open(NULL, &f.s, &f.e), WFPW_OK);
        assert_int_equal(wfpw_add_memory(f.s, xml, strlen(xml), &f.e), WFPW_OK);
        const wfpw_event *ev = flow_next(&f);
        assert_int_equal(ev->verdict, records[i].verdict);
        assert_int_equal(ev->reason, records[i].reason);
        assert_int_equal(ev->confidence, records[i].confidence);
        wfpw_batch_free(f.b);
        wfpw_close(f.s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_not_asked),
        cmocka_unit_test(test_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
