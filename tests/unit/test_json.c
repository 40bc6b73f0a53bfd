/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * JSON in room of any size: what fits is whole, what does not is counted to the byte, and nothing
 * behind the room is touched. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "wfpwatch/wfpwatch.h"

enum { ROOM = 64 * 1024, GUARD = 0x5A };

/* What the events of these tests consist of. */
struct parts {
    wfpw_event ev;
    wfpw_audit audit;
    wfpw_field fields[6];
    wfpw_ike ike;
    wfpw_ipsec ipsec;
    wfpw_mac mac;
    wfpw_vswitch vswitch;
    char path[1200];
};

static wfpw_field field(const char *name, const char *value, uint32_t flags)
{
    return (wfpw_field){.name = name,
                        .value = value,
                        .name_length = (uint32_t)strlen(name),
                        .value_length = (uint32_t)strlen(value),
                        .flags = flags};
}

static void fill_audit(struct parts *p)
{
    p->fields[0] = field("ProcessID", "4711", WFPW_FIELD_NAME_PLAIN | WFPW_FIELD_VALUE_PLAIN);
    p->fields[1] = field("Application", "", WFPW_FIELD_NAME_PLAIN);
    p->fields[1].value = p->path;
    p->fields[1].value_length = (uint32_t)strlen(p->path);
    p->fields[2] = field("twice", "\"first\"", WFPW_FIELD_REPEATED);
    p->fields[3] = field("a \"name\"\n", "\x01\x1F\x7F\t\b\f\r\\", 0);
    p->fields[4] = field("twice", "", WFPW_FIELD_REPEATED);
    p->fields[5] = field("twice", "third", WFPW_FIELD_REPEATED | WFPW_FIELD_VALUE_PLAIN);
    p->audit = (wfpw_audit){.size = sizeof p->audit,
                            .event_id = 5157,
                            .record_id = UINT64_MAX,
                            .keywords = UINT64_MAX,
                            .computer = "PC-01",
                            .fields = p->fields,
                            .field_count = 6,
                            .field_stride = sizeof *p->fields};
}

static void fill_bodies(struct parts *p)
{
    p->ike = (wfpw_ike){.size = sizeof p->ike,
                        .error = 13908, /* the longest text */
                        .present = UINT32_MAX,
                        .mm_id = UINT64_MAX,
                        .filter_id = UINT64_MAX,
                        .mm_sa_luid = UINT64_MAX,
                        .local_principal = p->path,
                        .remote_principal = "",
                        .provider_context = "{x}"};
    p->ipsec = (wfpw_ipsec){.size = sizeof p->ipsec, .present = UINT32_MAX, .status = 0xC0368006u};
    p->ipsec.public_host.family = p->ipsec.internal_host.family = 6;
    memset(p->ipsec.public_host.addr, 0xFE, 16);
    p->mac = (wfpw_mac){.size = sizeof p->mac, .if_luid = UINT64_MAX, .vlan = UINT32_MAX};
    p->vswitch = (wfpw_vswitch){.size = sizeof p->vswitch, .id = p->path};
}

/* Everything that an event can have, and numbers as long as they get. */
static struct parts *everything(size_t path)
{
    struct parts *p = calloc(1, sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < path; i++)
        p->path[i] = i % 7 == 0 ? '\\' : i % 11 == 0 ? '\x02' : (char)('a' + i % 26);
    fill_audit(p);
    fill_bodies(p);
    p->ev = (wfpw_event){.size = sizeof p->ev,
                         .present = UINT32_MAX,
                         .seq = UINT64_MAX,
                         .time = UINT64_MAX,
                         .kind = WFPW_KIND_GAP,
                         .source = WFPW_SOURCE_EVTX,
                         .flags = UINT32_MAX,
                         .direction = WFPW_DIRECTION_BIDIRECTIONAL,
                         .orientation = WFPW_ORIENTATION_UNKNOWN,
                         .pid_from = WFPW_PID_FROM_AUDIT,
                         .direction_raw = UINT32_MAX,
                         .protocol = 58,
                         .process_id = UINT64_MAX,
                         .filter_id = UINT64_MAX,
                         .policy_flags = UINT64_MAX,
                         .lost_from = UINT64_MAX,
                         .device_path = p->path,
                         .user_sid = "S-1-5-18",
                         .user_name = "a\\b",
                         .enterprise_id = "",
                         .filter_origin = "Stealth",
                         .audit = &p->audit,
                         .ike = &p->ike,
                         .ipsec = &p->ipsec,
                         .mac = &p->mac,
                         .vswitch = &p->vswitch,
                         .evidence = UINT32_MAX,
                         .reason = WFPW_REASON_APPCONTAINER_LOOPBACK,
                         .verdict = WFPW_VERDICT_FAILURE,
                         .confidence = WFPW_CONFIDENCE_CERTAIN};
    p->ev.local.family = p->ev.remote.family = 6;
    memset(p->ev.local.addr, 0xAB, 16);
    memset(p->ev.remote.addr, 0xCD, 16);
    return p;
}

/* At its full length first, then with every room around the end, and with some in between. */
static void check_rooms(const wfpw_event *ev)
{
    static char whole[ROOM], some[ROOM];
    size_t needed = 0;
    int n = wfpw_to_json(ev, 0, whole, sizeof whole, &needed);
    assert_true(n > 0 && (size_t)n == needed && whole[n] == 0);
    for (size_t cap = 0; cap<needed + 200; cap += cap> 40 && cap + 1300 < needed ? 13 : 1) {
        size_t again = 0;
        memset(some, GUARD, sizeof some);
        int result = wfpw_to_json(ev, 0, cap > 0 ? some : NULL, cap, &again);
        assert_int_equal(again, needed);
        assert_int_equal(result, cap > needed ? n : WFPW_E_RANGE);
        assert_memory_equal(some, whole, cap > needed ? needed + 1 : cap);
        for (size_t i = cap; i < needed + 300; i++)
            assert_int_equal(some[i], GUARD);
    }
}

static void test_any_room(void **state)
{
    static const size_t paths[] = {0, 1, 15, 16, 17, 120, 1100};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct parts *p = everything(paths[i]);
        check_rooms(&p->ev);
        free(p);
    }
}

static void test_little(void **state)
{
    wfpw_event ev = {.size = sizeof ev};
    (void)state;
    check_rooms(&ev);
}

/* Each escape where a block of 16 begins, ends, or just does not. */
static void test_escapes(void **state)
{
    char text[64], json[1024];
    wfpw_event ev = {.size = sizeof ev, .effective_name = text};
    (void)state;
    for (size_t length = 1; length < 50; length++)
        for (size_t at = 0; at < length; at++) {
            memset(text, 'x', length);
            text[length] = 0;
            text[at] = '"';
            assert_true(wfpw_to_json(&ev, 0, json, sizeof json, NULL) > 0);
            const char *value = strstr(json, "\"effective_name\":\"") + 18;
            assert_int_equal(strspn(value, "x"), at);
            assert_memory_equal(value + at, "\\\"", 2);
            assert_int_equal(strspn(value + at + 2, "x"), length - at - 1);
            assert_string_equal(value + length + 1, "\"}");
        }
}

/* What RFC 8259 asks for, and DEL, a character at a time. */
static void escape_plainly(char *to, const char *s)
{
    static const char names[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    for (; *s != 0; s++) {
        const char *name = strchr(names, *s);
        if (name != NULL)
            to += sprintf(to, "\\%c", letters[name - names]);
        else if ((unsigned char)*s < 0x20 || *s == 0x7F)
            to += sprintf(to, "\\u%04x", *s);
        else
            *to++ = *s;
    }
    *to = 0;
}

/* Any text comes out as it does a character at a time; nothing behind it is read. */
static void test_escapes_anywhere(void **state)
{
    static const char some[] = "abcdefgh \xc3\xa9\"\\\t\x01\x7f";
    static char wanted[6 * 200 + 64], json[6 * 200 + 64];
    uint64_t seed = 7;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = random_below(&seed, 200),
               kinds = 1 + random_below(&seed, (uint32_t)sizeof some - 1);
        char *text = malloc(n + 1);
        assert_non_null(text);
        for (size_t i = 0; i < n; i++)
            text[i] = some[random_below(&seed, (uint32_t)kinds)];
        text[n] = 0;
        wfpw_event ev = {.size = sizeof ev, .effective_name = text};
        assert_true(wfpw_to_json(&ev, 0, json, sizeof json, NULL) > 0);
        escape_plainly(wanted, text);
        const char *value = strstr(json, "\"effective_name\":\"") + 18;
        assert_memory_equal(value, wanted, strlen(wanted));
        assert_string_equal(value + strlen(wanted), "\"}");
        free(text);
    }
}

/* A name that several fields have is one array, where it stood first. */
static void test_repeated(void **state)
{
    struct parts *p = everything(3);
    char *json = malloc(ROOM);
    (void)state;
    assert_non_null(json);
    assert_true(wfpw_to_json(&p->ev, 0, json, ROOM, NULL) > 0);
    assert_non_null(strstr(json, ",\"twice\":[\"\\\"first\\\"\",\"\",\"third\"],\"a \\\"name"));
    assert_non_null(strstr(json, "\\u0001\\u001f\\u007f\\t\\b\\f\\r\\\\\"}}"));
    free(json);
    free(p);
}

static void test_why(void **state)
{
    static char json[1024];
    wfpw_ike ike = {.present = WFPW_IKE_HAS_ERROR | WFPW_IKE_HAS_FILTER_ID, .error = 13801};
    wfpw_event ev = {.verdict = WFPW_VERDICT_FAILURE, .reason = WFPW_REASON_IKE, .ike = &ike};
    (void)state;
    ev.confidence = WFPW_CONFIDENCE_CERTAIN;
    ev.evidence = WFPW_EVIDENCE_KIND | WFPW_EVIDENCE_STATUS;
    assert_true(wfpw_to_json(&ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"verdict\":\"failure\",\"reason\":\"ike\",\"confidence\":"
                                 "\"certain\",\"evidence\":[\"kind\",\"status\"],"));
    assert_non_null(strstr(json, "\"filter_id\":0,\"text\":\"the credentials"));
    assert_null(strstr(json, "\"point\"")); /* not known is not 0 */
    ike.present = WFPW_IKE_HAS_POINT | WFPW_IKE_HAS_STATE | WFPW_IKE_HAS_ROLE;
    assert_true(wfpw_to_json(&ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"ike\":{\"point\":0,\"state\":0,\"role\":0}"));
    ev.evidence = 0;
    assert_true(wfpw_to_json(&ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"evidence\":[]"));
    ev.verdict = 0; /* nobody asked */
    assert_true(wfpw_to_json(&ev, 0, json, sizeof json, NULL) > 0);
    assert_null(strstr(json, "reason"));
    assert_null(strstr(json, "evidence"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_room), cmocka_unit_test(test_little),
        cmocka_unit_test(test_escapes),  cmocka_unit_test(test_escapes_anywhere),
        cmocka_unit_test(test_repeated), cmocka_unit_test(test_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
