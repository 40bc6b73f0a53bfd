/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The fields of audit records, and the places that they have in the event. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "model/batch.h"
#include "decode/audit/audit_record.h"

/* ---- building ------------------------------------------------------------------------------- */

static uint64_t room[RECORD_MAX / 8];
static struct audit_record *a;
static wfpw_batch *batch;

static int set_up(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    batch = wfpw_batch_new(1, 0);
    return a != NULL && batch != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(a);
    wfpw_batch_free(batch);
    return 0;
}

static void start(uint16_t id)
{
    static const char provider[] = "Microsoft-Windows-Security-Auditing";
    audit_record_start(a, room, sizeof room, WFPW_SOURCE_EVTX);
    audit_record_slot(a, SLOT_PROVIDER_NAME, VALUE_UTF8, provider, sizeof provider - 1);
    audit_record_slot(a, SLOT_EVENT_ID, VALUE_U16, &id, sizeof id); /* little-endian hosts */
}

static void field(const char *name, uint8_t type, const void *p, size_t n)
{
    audit_record_field(a, audit_name(name, strlen(name)), VALUE_UTF8, name, strlen(name), type, p,
                       n);
}

static void text_field(const char *name, const char *text)
{
    field(name, VALUE_UTF8, text, strlen(text));
}

/* The same as UTF-16, as binary XML has it. */
static void wide_field(const char *name, const char *text)
{
    uint8_t units[512];
    size_t n = 0;
    for (; text[n] != 0; n++) {
        units[2 * n] = (uint8_t)text[n];
        units[2 * n + 1] = 0;
    }
    field(name, VALUE_STRING, units, 2 * n);
}

static void number_field(const char *name, uint8_t type, size_t size, uint64_t v)
{
    uint8_t b[8];
    for (size_t i = 0; i < 8; i++)
        b[i] = (uint8_t)(v >> 8 * i);
    field(name, type, b, size);
}

static const wfpw_event *finish(void)
{
    const struct record *r = audit_record_finish(a, 77);
    if (r == NULL)
        return NULL;
    assert_true(r->bytes <= sizeof room && r->bytes % 8 == 0);
    batch_clear(batch);
    assert_true(batch_add(batch, r, 1));
    return wfpw_batch_get(batch, 0);
}

/* An event of one field, of both kinds of text. */
static const wfpw_event *one(const char *name, const char *text, bool wide)
{
    start(5157);
    if (wide)
        wide_field(name, text);
    else
        text_field(name, text);
    return finish();
}

/* ---- whose it is ---------------------------------------------------------------------------- */

static void slot_text(enum slot slot, const char *text)
{
    audit_record_slot(a, slot, VALUE_UTF8, text, strlen(text));
}

static void name_or_guid(void **state)
{
    static const struct {
        const char *name, *guid;
        bool ours;
    } cases[] = {
        {"Microsoft-Windows-Security-Auditing", NULL, true},
        {NULL, "{54849625-5478-4994-a5ba-3e3b0328c30d}", true},
        {NULL, "54849625-5478-4994-A5BA-3E3B0328C30D", true},
        {"Somebody", "{54849625-5478-4994-a5ba-3e3b0328c30d}", true},
        {"Microsoft-Windows-Security-Auditing", "{00000000-5478-4994-a5ba-3e3b0328c30d}", true},
        {"Somebody", "{00000000-5478-4994-a5ba-3e3b0328c30d}", false},
        {"Somebody", "no guid", false},
        {NULL, NULL, false},
        {"microsoft-windows-security-auditin", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audit_record_start(a, room, sizeof room, WFPW_SOURCE_EVTX);
        slot_text(SLOT_EVENT_ID, "5157");
        if (cases[i].name != NULL)
            slot_text(SLOT_PROVIDER_NAME, cases[i].name);
        if (cases[i].guid != NULL)
            slot_text(SLOT_PROVIDER_GUID, cases[i].guid);
        assert_int_equal(finish() != NULL, cases[i].ours);
    }
}

/* ---- System --------------------------------------------------------------------------------- */

static void system_as_values_and_as_text(void **state)
{
    (void)state;
    for (int text = 0; text < 2; text++) {
        start(5157);
        if (text != 0) {
            slot_text(SLOT_VERSION, "3");
            slot_text(SLOT_TASK, "12810");
            slot_text(SLOT_KEYWORDS, "0x8010000000000000");
            slot_text(SLOT_RECORD_ID, "18446744073709551615");
            slot_text(SLOT_TIME, "2026-11-22T20:28:00.1234567Z");
        } else {
            audit_record_slot(a, SLOT_VERSION, VALUE_U8, "\3", 1);
            audit_record_slot(a, SLOT_TASK, VALUE_U16, "\x0A\x32", 2);
            audit_record_slot(a, SLOT_KEYWORDS, VALUE_HEX64, "\0\0\0\0\0\0\x10\x80", 8);
            audit_record_slot(a, SLOT_RECORD_ID, VALUE_U64, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
            audit_record_slot(a, SLOT_TIME, VALUE_FILETIME, "\x87\x5E\x88\xF7\xBF\x7A\xDD\1", 8);
        }
        slot_text(SLOT_COMPUTER, "host");
        const wfpw_event *ev = finish();
        assert_int_equal(ev->audit->version, 3);
        assert_int_equal(ev->audit->task, 12810);
        assert_true(ev->audit->keywords == 0x8010000000000000u);
        assert_true(ev->audit->record_id == UINT64_MAX);
        assert_string_equal(ev->audit->computer, "host");
        assert_true(ev->time == 134398528801234567u);
    }
}

static void without_a_time(void **state)
{
    static const char *const wrong[] = {"", "yesterday", "2026-11-22", "2026-02-30T00:00:00Z"};
    (void)state;
    start(5157);
    assert_int_equal(finish()->time, 77);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        start(5157);
        slot_text(SLOT_TIME, wrong[i]);
        assert_int_equal(finish()->time, 77);
    }
    assert_null(finish()->audit->computer);
}

/* ---- places --------------------------------------------------------------------------------- */

static void addresses_and_ports(void **state)
{
    static const uint8_t four[4] = {10, 0, 2, 15}, six[16] = {0xFE, 0x80, [15] = 1};
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        void (*put)(const char *, const char *) = wide != 0 ? wide_field : text_field;
        start(5157);
        put("SourceAddress", "10.0.2.15");
        put("SourcePort", "0");
        put("DestAddress", "fe80::1%12");
        put("DestPort", "65535");
        const wfpw_event *ev = finish();
        assert_int_equal(ev->present, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT |
                                          WFPW_HAS_REMOTE_PORT | WFPW_HAS_SCOPE_ID);
        assert_int_equal(ev->local.family, 4);
        assert_memory_equal(ev->local.addr, four, 4);
        assert_int_equal(ev->local.port, 0);
        assert_int_equal(ev->remote.family, 6);
        assert_memory_equal(ev->remote.addr, six, 16);
        assert_int_equal(ev->remote.scope_id, 12);
        assert_int_equal(ev->remote.port, 65535);
    }
}

static void what_has_no_value(void **state)
{
    static const char *const names[] = {
        "SourceAddress", "SourcePort",     "DestAddress", "DestPort",        "Protocol",
        "ProcessID",     "Application",    "Direction",   "FilterRTID",      "LayerRTID",
        "FilterOrigin",  "InterfaceIndex", "IsLoopback",  "OriginalProfile", "UserName"};
    static const char *const none[] = {"", "-"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t v = 0; v < 2; v++)
            for (int wide = 0; wide < 2; wide++) {
                const wfpw_event *ev = one(names[i], none[v], wide != 0);
                assert_int_equal(ev->present, 0);
                assert_null(ev->device_path);
                assert_null(ev->filter_origin);
                assert_null(ev->user_name);
                assert_string_equal(ev->audit->fields[0].value, none[v]);
            }
}

/* An empty field takes no room: the one behind it lies where it does. */
static void behind_an_empty_field(void **state)
{
    (void)state;
    start(5157);
    text_field("SomethingElse", "");
    text_field("Application", "a.exe");
    text_field("Application", "");
    text_field("UserName", "somebody");
    const wfpw_event *ev = finish();
    assert_string_equal(ev->device_path, "a.exe");
    assert_string_equal(ev->user_name, "somebody");
    assert_ptr_equal(ev->device_path, ev->audit->fields[1].value); /* one text, in two places */
}

/* A dash is the character '-', alone; not what has its byte somewhere. */
static void a_dash_is_a_dash(void **state)
{
    static const struct {
        const char *units;
        size_t n;
        const char *want;
    } cases[] = {
        {"-\0", 2, NULL},
        {"-\0\0\0", 4, NULL}, /* with its NUL */
        {"-\x4E", 2, "\xE4\xB8\xAD"},
        {"-\0\0\x4E", 4, "-\xE4\xB8\x80"},
        {"-\0-\0", 4, "--"},
        {"-\0 \0", 4, "- "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(5157);
        field("Application", VALUE_STRING, cases[i].units, cases[i].n);
        const wfpw_event *ev = finish();
        if (cases[i].want == NULL)
            assert_null(ev->device_path);
        else
            assert_string_equal(ev->device_path, cases[i].want);
    }
}

static void numbers(void **state)
{
    (void)state;
    start(5157);
    number_field("ProcessID", VALUE_U64, 8, UINT64_MAX);
    number_field("Protocol", VALUE_U32, 4, 6);
    number_field("FilterRTID", VALUE_U64, 8, 0x123456789ABCu);
    number_field("LayerRTID", VALUE_U64, 8, 48);
    number_field("InterfaceIndex", VALUE_U32, 4, UINT32_MAX);
    const wfpw_event *ev = finish();
    assert_true(ev->process_id == UINT64_MAX);
    assert_int_equal(ev->pid_from, WFPW_PID_FROM_AUDIT);
    assert_int_equal(ev->protocol, 6);
    assert_true(ev->filter_id == 0x123456789ABCu);
    assert_int_equal(ev->layer_id, 48);
    assert_int_equal(ev->interface_index, UINT32_MAX);
}

/* A number too large for its place is a field, and has no place. */
static void numbers_too_large(void **state)
{
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"Protocol", "4294967296"}, {"LayerRTID", "4294967296"},           {"SourcePort", "65536"},
        {"DestPort", "70000"},      {"ProcessID", "18446744073709551616"}, {"InterfaceIndex", "-1"},
        {"FilterRTID", "1x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const wfpw_event *ev = one(cases[i].name, cases[i].value, true);
        assert_int_equal(ev->present, 0);
        assert_string_equal(wfpw_audit_get(ev->audit, cases[i].name), cases[i].value);
    }
}

/* A number has the size of one: what has another is handed through as bytes, and means nothing. */
static void numbers_of_no_size(void **state)
{
    static const uint8_t types[] = {VALUE_U8,    VALUE_U16,   VALUE_U32, VALUE_U64,
                                    VALUE_HEX32, VALUE_HEX64, VALUE_SIZE};
    static const uint8_t bytes[9] = {0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12};
    static const size_t sizes[] = {0, 3, 5, 6, 7, 9};
    (void)state;
    for (size_t t = 0; t < sizeof types; t++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            start(5157);
            audit_record_slot(a, SLOT_TASK, types[t], bytes, sizes[i]);
            field("ProcessID", types[t], bytes, sizes[i]);
            field("FilterRTID", types[t], bytes, sizes[i]);
            const struct record *r = audit_record_finish(a, 1);
            assert_non_null(r);
            assert_int_equal(r->present & (WFPW_HAS_PROCESS_ID | WFPW_HAS_FILTER_ID), 0);
            assert_int_equal(((const struct record_audit *)record_at(r, r->audit_at))->task, 0);
        }
}

static void directions(void **state)
{
    static const struct {
        const char *text;
        uint32_t raw;
        uint8_t direction, orientation;
        bool has;
    } cases[] = {
        {"%%14592", 14592, WFPW_DIRECTION_INBOUND, WFPW_ORIENTATION_UNKNOWN, true},
        {"%%14593", 14593, WFPW_DIRECTION_OUTBOUND, WFPW_ORIENTATION_FIELD, true},
        {"%%14594", 14594, WFPW_DIRECTION_FORWARD, WFPW_ORIENTATION_UNKNOWN, true},
        {"%%14595", 14595, WFPW_DIRECTION_BIDIRECTIONAL, WFPW_ORIENTATION_UNKNOWN, true},
        {"%%14596", 14596, 0, WFPW_ORIENTATION_UNKNOWN, true},
        {"%14592", 0, 0, WFPW_ORIENTATION_UNKNOWN, false},
        {"Inbound", 0, 0, WFPW_ORIENTATION_UNKNOWN, false},
        {"%%", 0, 0, WFPW_ORIENTATION_UNKNOWN, false},
        {"%%99999999999", 0, 0, WFPW_ORIENTATION_UNKNOWN, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(5157);
        wide_field("Direction", cases[i].text);
        wide_field("SourceAddress", "10.0.0.1");
        const wfpw_event *ev = finish();
        assert_int_equal((ev->present & WFPW_HAS_DIRECTION) != 0, cases[i].has);
        assert_int_equal(ev->direction, cases[i].direction);
        assert_int_equal(ev->direction_raw, cases[i].raw);
        assert_int_equal(ev->orientation, cases[i].orientation);
    }
}

/* For binds and listens the source is this host; without an address there is no question. */
static void orientation(void **state)
{
    static const uint16_t own[] = {5154, 5155, 5158, 5159}, other[] = {5031, 5152, 5156, 5447};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        start(own[i]);
        wide_field("SourceAddress", "::");
        assert_int_equal(finish()->orientation, WFPW_ORIENTATION_FIELD);
        start(other[i]);
        wide_field("SourceAddress", "::");
        assert_int_equal(finish()->orientation, WFPW_ORIENTATION_UNKNOWN);
        start(own[i]);
        assert_int_equal(finish()->orientation, 0);
    }
}

static void loopback(void **state)
{
    static const struct {
        const char *text;
        int want; /* -1: not said */
    } cases[] = {{"true", 1}, {"False", 0},    {"0", 0},      {"1", 1},       {"0x0", 0},
                 {"-", -1},   {"%%1842", 1},   {"%%1843", 0}, {"%%1844", -1}, {"maybe", -1},
                 {"TRUE", 1}, {"%%14592", -1}, {"truely", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const wfpw_event *ev = one("IsLoopback", cases[i].text, true);
        assert_int_equal((ev->present & WFPW_HAS_LOOPBACK) != 0, cases[i].want >= 0);
        assert_int_equal((ev->flags & WFPW_EVENT_LOOPBACK) != 0, cases[i].want == 1);
    }
}

static void profiles(void **state)
{
    (void)state;
    start(5157);
    wide_field("OriginalProfile", "1");
    assert_int_equal(finish()->present, 0);
    start(5157);
    wide_field("OriginalProfile", "2");
    wide_field("CurrentProfile", "3");
    const wfpw_event *ev = finish();
    assert_int_equal(ev->present, WFPW_HAS_PROFILES);
    assert_int_equal(ev->original_profile, 2);
    assert_int_equal(ev->current_profile, 3);
}

/* ---- MAC layers and virtual switches -------------------------------------------------------- */

static void frames(void **state)
{
    static const char *const spellings[] = {"00155D012345", "00-15-5D-01-23-45",
                                            "00:15:5d:01:23:45"};
    static const char *const wrong[] = {"00155D01234", "00155D0123456", "00155D01234G", "",
                                        "-",           "0x155D012345"};
    static const uint8_t want[6] = {0x00, 0x15, 0x5D, 0x01, 0x23, 0x45};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        start(5150);
        wide_field("SourceAddress", spellings[i]);
        wide_field("DestAddress", spellings[2 - i]);
        number_field("EtherType", VALUE_HEX32, 4, 0x86DD);
        number_field("MediaType", VALUE_U32, 4, 2);
        number_field("InterfaceType", VALUE_U32, 4, 6);
        number_field("VlanTag", VALUE_HEX32, 4, 7);
        const wfpw_event *ev = finish();
        assert_memory_equal(ev->mac->local, want, 6);
        assert_memory_equal(ev->mac->remote, want, 6);
        assert_int_equal(ev->mac->ether_type, 0x86DD);
        assert_int_equal(ev->mac->media_type, 2);
        assert_int_equal(ev->mac->if_type, 6);
        assert_int_equal(ev->mac->vlan, 7);
        assert_int_equal(ev->orientation, WFPW_ORIENTATION_UNKNOWN);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        start(5150);
        wide_field("SourceAddress", wrong[i]);
        wide_field("DestAddress", spellings[0]);
        assert_null(finish()->mac);
    }
}

static void switches(void **state)
{
    (void)state;
    start(5146);
    wide_field("vSwitchID", "{C08CB7B8-9B3C-408E-8E30-5E16A3AEB444}");
    number_field("SourcevSwitchPort", VALUE_U32, 4, 3);
    number_field("DestinationvSwitchPort", VALUE_U32, 4, 4);
    const wfpw_event *ev = finish();
    assert_string_equal(ev->vswitch->id, "{C08CB7B8-9B3C-408E-8E30-5E16A3AEB444}");
    assert_int_equal(ev->vswitch->source_port, 3);
    assert_int_equal(ev->vswitch->destination_port, 4);
}

/* ---- names ---------------------------------------------------------------------------------- */

static void names_in_any_case(void **state)
{
    static const char *const spellings[] = {"ProcessID", "ProcessId", "processid", "PROCESSID"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const wfpw_event *ev = one(spellings[i], "42", i % 2 == 0);
        assert_int_equal(ev->process_id, 42);
        assert_string_equal(ev->audit->fields[0].name, spellings[i]); /* as it came */
        assert_string_equal(wfpw_audit_get(ev->audit, "pRoCeSsId"), "42");
        assert_null(wfpw_audit_get(ev->audit, "ProcessI"));
        assert_null(wfpw_audit_get(ev->audit, ""));
    }
    assert_null(wfpw_audit_get(NULL, "x"));
}

/* Of several fields of one name, the first gives the event's place, as wfpw_audit_get says. */
static void the_first_of_several(void **state)
{
    (void)state;
    start(5157);
    wide_field("ProcessID", "1");
    wide_field("Application", "first");
    wide_field("SourceAddress", "10.0.0.1");
    wide_field("IsLoopback", "false");
    wide_field("processid", "2");
    wide_field("Application", "second");
    wide_field("SourceAddress", "10.9.x");
    wide_field("SourceAddress", "fe80::1%5");
    wide_field("IsLoopback", "true");
    const wfpw_event *ev = finish();
    assert_int_equal(ev->process_id, 1);
    assert_string_equal(ev->device_path, "first");
    assert_int_equal(ev->local.family, 4);
    assert_int_equal(ev->local.scope_id, 0);
    assert_int_equal(ev->flags, 0);
    assert_string_equal(wfpw_audit_get(ev->audit, "ProcessID"), "1");
    assert_int_equal(ev->audit->field_count, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_or_guid),
        cmocka_unit_test(system_as_values_and_as_text),
        cmocka_unit_test(without_a_time),
        cmocka_unit_test(addresses_and_ports),
        cmocka_unit_test(what_has_no_value),
        cmocka_unit_test(behind_an_empty_field),
        cmocka_unit_test(a_dash_is_a_dash),
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_too_large),
        cmocka_unit_test(numbers_of_no_size),
        cmocka_unit_test(directions),
        cmocka_unit_test(orientation),
        cmocka_unit_test(loopback),
        cmocka_unit_test(profiles),
        cmocka_unit_test(frames),
        cmocka_unit_test(switches),
        cmocka_unit_test(names_in_any_case),
        cmocka_unit_test(the_first_of_several),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
