/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random records of every kind that the Security log has of us, in the form of each shipper: the
 * events are those of the log's own XML, field for field, but for what the form does not keep
 * (shipper_made). Only 1102 is left out, as its fields are no event data. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/audit/audit_classic.h"
#include "random.h"
#include "shipper_got.h"

enum {
    FIELDS_MAX = 32,
    VALUE_MAX = 160,
    ID_FIRST = 4650,
    ID_LAST = 5463,
    OF_EACH = 3, /* records of each template */
    FILE_MAX = 4 << 20
};

struct made {
    struct shipper_event event;
    struct shipper_field fields[FIELDS_MAX];
    char names[1024], values[FIELDS_MAX][VALUE_MAX];
};

/* ---- values --------------------------------------------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* What a name or a path may have: quotes, marks of JSON and XML, letters of any script. */
static void random_text(char *to, uint64_t *seed)
{
    static const char *const pieces[] = {"a",
                                         "Z",
                                         "0",
                                         "7",
                                         " b",
                                         "\"c",
                                         "\\",
                                         "/",
                                         "<d",
                                         ">e",
                                         "&f",
                                         "'g",
                                         "%%1",
                                         "{h",
                                         "}i",
                                         "]",
                                         ",j",
                                         ":k",
                                         "#",
                                         "\xC3\xA9",
                                         "\xE6\xBC\xA2",
                                         "\xF0\x9F\x98\x80",
                                         "&amp;",
                                         "\\u0041"};
    uint32_t n = random_below(seed, 12);
    to[0] = 0;
    strcat(to, n > 0 ? "x" : ""); /* blanks at an end are not kept by XML */
    for (uint32_t i = 0; i < n; i++)
        strcat(to, pieces[random_below(seed, sizeof pieces / sizeof *pieces)]);
}

static void random_address(char *to, uint64_t *seed)
{
    uint32_t v = (uint32_t)random_u64(seed);
    if (random_below(seed, 3) == 0)
        (void)snprintf(to, VALUE_MAX, "2001:db8::%x:%x", 1 + (v & 0xFFF), 1 + (v >> 20));
    else
        (void)snprintf(to, VALUE_MAX, "%u.%u.%u.%u", v & 0xFF, v >> 8 & 0xFF, v >> 16 & 0xFF,
                       v >> 24);
}

/* What a record of IPsec says of a negotiation: a code, its text in English, or another text. */
static bool random_of_ipsec(char *to, const char *name, uint64_t *seed)
{
    static const char *const texts[] = {"Local computer",
                                        "Initiator",
                                        "IKEv2",
                                        "Kerberos",
                                        "Tunnel",
                                        "No state",
                                        "Rolle",
                                        "Negotiation timed out",
                                        "No policy configured.",
                                        "Sent first (SA) payload"};
    static const char *const masks[] = {"255.255.255.255",
                                        "255.255.0.0",
                                        "255.0.255.0",
                                        "24",
                                        "128",
                                        "64",
                                        "ffff::",
                                        "0.0.0.0",
                                        "x"};
    if (ends_with(name, "Mask"))
        strcpy(to, masks[random_below(seed, sizeof masks / sizeof *masks)]);
    else if (!ends_with(name, "Method") && !ends_with(name, "ModName") &&
             !ends_with(name, "Mode") && !ends_with(name, "Role") && !ends_with(name, "State") &&
             !ends_with(name, "Point") && !ends_with(name, "Reason") &&
             !ends_with(name, "ModuleName"))
        return false;
    else if (random_below(seed, 4) == 0)
        strcpy(to, texts[random_below(seed, sizeof texts / sizeof *texts)]);
    else
        (void)snprintf(to, VALUE_MAX, "%%%%%u", 8190 + random_below(seed, 60));
    return true;
}

static void random_value(char *to, const char *name, uint64_t *seed)
{
    uint32_t v = (uint32_t)random_u64(seed), any = random_below(seed, 10);
    if (any < 2)
        strcpy(to, any == 0 ? "" : "-");
    else if (random_of_ipsec(to, name, seed))
        return;
    else if (ends_with(name, "Address") || ends_with(name, "Endpoint"))
        random_address(to, seed);
    else if (ends_with(name, "LogonId"))
        (void)snprintf(to, VALUE_MAX, "0x%x", v);
    else if (ends_with(name, "Key") || ends_with(name, "Guid"))
        (void)snprintf(to, VALUE_MAX, "{%08x-1234-5678-9abc-0123456789ab}", v);
    else if (ends_with(name, "Sid") || ends_with(name, "UserID"))
        (void)snprintf(to, VALUE_MAX, "S-1-5-21-1-2-3-%u", v);
    else if (strcmp(name, "Direction") == 0 || strcmp(name, "LayerName") == 0)
        (void)snprintf(to, VALUE_MAX, "%%%%%u", 14592 + v % 30);
    else if (ends_with(name, "Port") || strcmp(name, "Protocol") == 0)
        (void)snprintf(to, VALUE_MAX, "%u", v % (ends_with(name, "Port") ? 65536 : 256));
    else if (ends_with(name, "Id") || ends_with(name, "ID") || strcmp(name, "SPI") == 0)
        (void)snprintf(to, VALUE_MAX, "%u", v >> random_below(seed, 32));
    else
        random_text(to, seed);
}

/* ---- records -------------------------------------------------------------------------------- */

/* The fields of a template: its names, parted by blanks. */
static void fill_fields(struct made *m, const char *names, uint64_t *seed)
{
    size_t count = 0;
    assert_true(strlen(names) < sizeof m->names);
    strcpy(m->names, names);
    for (char *name = strtok(m->names, " "); name != NULL; name = strtok(NULL, " ")) {
        assert_true(count < FIELDS_MAX);
        random_value(m->values[count], name, seed);
        m->fields[count] = (struct shipper_field){name, m->values[count]};
        count++;
    }
    m->event.fields = m->fields;
    m->event.count = count;
}

static void random_record(struct made *m, uint32_t id, uint32_t version, const char *names,
                          uint64_t *seed)
{
    const uint64_t from = 17672256000000000u, span = 300000000000000u; /* the year 2026 */
    m->event = (struct shipper_event){.id = id,
                                      .version = version,
                                      .task = 12800 + random_below(seed, 1000),
                                      .failure = random_below(seed, 2) == 0,
                                      .record_id = random_u64(seed) >> 1 >> random_below(seed, 60),
                                      .ticks = from + random_u64(seed) % span};
    fill_fields(m, names, seed);
}

/* Records of each template. Returns how many. */
static size_t all_records(struct made *list, size_t room, uint64_t *seed)
{
    size_t count = 0;
    uint32_t version;
    for (uint32_t id = ID_FIRST; id <= ID_LAST; id++)
        for (uint32_t fields = 1; fields < FIELDS_MAX; fields++) {
            const char *names = audit_classic_names(id, fields, &version);
            for (uint32_t i = 0; i < OF_EACH && names != NULL; i++) {
                assert_true(count < room);
                random_record(&list[count++], id, version, names, seed);
            }
        }
    return count;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void add_text(struct shipper_pen *file, struct shipper_pen *one)
{
    assert_true(file->n + one->n + 1 < FILE_MAX);
    memcpy(file->text + file->n, one->text, one->n);
    file->n += one->n;
    file->text[file->n++] = '\n';
    one->n = 0;
}

static void check_events(const char *form, const struct shipper_pen *xml,
                         const struct shipper_pen *json, size_t count)
{
    struct got log, got;
    size_t seen = 0;
    read_bytes(&log, xml->text, xml->n);
    read_bytes(&got, json->text, json->n);
    while (log.count > 0 && log.count == got.count) {
        for (uint32_t i = 0; i < (uint32_t)log.count; i++) {
            char *want = json_at(&log, i), *own = json_at(&got, i);
            if (strcmp(want, own) != 0)
                fail_msg("%s:\n%s\nis not\n%s", form, own, want);
            free(want);
            free(own);
        }
        seen += (size_t)log.count;
        log.count = wfpw_read(log.s, log.b, -1, NULL);
        got.count = wfpw_read(got.s, got.b, -1, NULL);
    }
    assert_int_equal(got.count, log.count);
    if (seen != count || got.st.skipped != 0)
        fail_msg("%s: %zu of %zu events", form, seen, count);
    close_got(&log);
    close_got(&got);
}

static void test_every_kind(void **state)
{
    enum { ROOM = 400 };
    struct made *list = calloc(ROOM, sizeof *list);
    struct shipper_pen xml = {malloc(FILE_MAX), 0}, json = {malloc(FILE_MAX), 0};
    struct shipper_pen one = {malloc(SHIPPER_PEN_MAX), 0};
    uint64_t seed = 24;
    (void)state;
    assert_true(list != NULL && xml.text != NULL && json.text != NULL && one.text != NULL);
    size_t count = all_records(list, ROOM, &seed);
    assert_true(count >= (size_t)65 * OF_EACH);
    for (size_t i = 0; i < shipper_made_count; i++) {
        const struct shipper_made *form = &shipper_made[i];
        xml.n = json.n = 0;
        for (size_t k = 0; k < count; k++) {
            shipper_put_xml(&one, &list[k].event, &form->kept);
            add_text(&xml, &one);
            form->write(&one, &list[k].event);
            add_text(&json, &one);
        }
        check_events(form->name, &xml, &json, count);
    }
    free(list);
    free(xml.text);
    free(json.text);
    free(one.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_kind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
