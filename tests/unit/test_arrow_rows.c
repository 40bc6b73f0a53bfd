/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Every row says what the JSON of its event says, and nothing else: random events of all kinds,
 * their JSON taken apart here. */
#include "cmocka_all.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrow/array.h"
#include "arrow/rows.h"
#include "base/memory.h"
#include "base/text.h"
#include "codes/code_words.h"
#include "random.h"
#include "unit/arrow_value.h"

enum { EVENTS = 300, ROUNDS = 40, JSON_ROOM = 128 * 1024, FIELDS = 4, NAME = 64 };

/* ---- events --------------------------------------------------------------------------------- */

struct made {
    wfpw_event ev;
    wfpw_audit audit;
    wfpw_field fields[FIELDS];
    wfpw_ike ike;
    wfpw_ipsec ipsec;
    wfpw_mac mac;
    wfpw_vswitch vswitch;
    wfpw_filter filter;
    wfpw_terminating terminating[3];
    wfpw_aggregate aggregate;
    uint16_t ports[2][16];
};

/* About one in three is absent. */
static const char *some_text(uint64_t *seed)
{
    static const char *const texts[] = {"",
                                        "System",
                                        "one \"two\" \\three\\",
                                        "a\tb\n\x01\x7f",
                                        "\xC3\xA9\xF0\x9F\x98\x80",
                                        "S-1-5-18",
                                        "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe",
                                        "one that is longer than what is thought of as short text"};
    return random_below(seed, 3) == 0 ? NULL : texts[random_below(seed, 8)];
}

static uint64_t some_number(uint64_t *seed)
{
    static const uint64_t numbers[] = {0, 1, 9, 10, 65535, UINT32_MAX, INT64_MAX, UINT64_MAX};
    return random_below(seed, 2) == 0 ? numbers[random_below(seed, 8)]
                                      : random_u64(seed) >> random_below(seed, 64);
}

static void fill_random(void *p, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)p)[i] = (uint8_t)random_u64(seed);
}

static void fill_endpoint(wfpw_endpoint *e, uint64_t *seed)
{
    static const uint8_t families[] = {0, 4, 6};
    fill_random(e->addr, sizeof e->addr, seed);
    e->family = families[random_below(seed, 3)];
    e->port = (uint16_t)some_number(seed);
    e->scope_id = (uint32_t)some_number(seed);
}

static void fill_codes(wfpw_event *ev, uint64_t *seed)
{
    ev->kind = random_below(seed, 20);
    ev->source = random_below(seed, 9);
    ev->flags = (uint32_t)random_u64(seed);
    ev->direction = (uint8_t)random_below(seed, 6);
    ev->direction_from = (uint8_t)random_below(seed, 4);
    ev->orientation = (uint8_t)random_below(seed, 5);
    ev->pid_from = (uint8_t)random_below(seed, 5);
    ev->verdict = (uint8_t)random_below(seed, 7);
    ev->reason = (uint16_t)random_below(seed, 40);
    ev->confidence = (uint8_t)random_below(seed, 5);
    ev->lost_where = random_below(seed, 7);
    ev->evidence = (uint32_t)random_u64(seed) & (uint32_t)random_u64(seed);
    ev->audit_evidence = (uint32_t)some_number(seed);
    ev->differs = (uint32_t)some_number(seed);
    ev->capabilities = (uint32_t)some_number(seed);
    ev->capability = random_below(seed, 6);
    ev->protocol = random_below(seed, 2) == 0 ? 6 : random_below(seed, 2) == 0 ? 1 : 58;
}

static void fill_numbers(wfpw_event *ev, uint64_t *seed)
{
    uint32_t *small[] = {&ev->direction_raw,    &ev->layer_id,        &ev->reauth_reason,
                         &ev->original_profile, &ev->current_profile, &ev->interface_index,
                         &ev->type_raw,         &ev->join_window_ms,  &ev->attempt_event};
    uint64_t *large[] = {&ev->seq,          &ev->process_id, &ev->filter_id,
                         &ev->policy_flags, &ev->lost,       &ev->attempt};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        *small[i] = (uint32_t)some_number(seed);
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        *large[i] = some_number(seed);
    ev->present = (uint32_t)random_u64(seed);
    ev->time = random_u64(seed) % 2650467743999999999u; /* before the year 10000 */
    ev->lost_from = random_below(seed, 2) * (random_u64(seed) % 2650467743999999999u);
    ev->join_lag = (int64_t)some_number(seed);
}

static void fill_texts(struct made *m, uint64_t *seed)
{
    const char **texts[] = {
        &m->ev.device_path,
        &m->ev.app_path,
        &m->ev.user_sid,
        &m->ev.user_name,
        &m->ev.package_sid,
        &m->ev.enterprise_id,
        &m->ev.effective_name,
        &m->ev.filter_origin,
        &m->ev.layer_key,
        &m->ev.layer_name,
        &m->ev.fqbn,
        &m->ev.file,
        &m->ike.local_principal,
        &m->ike.remote_principal,
        &m->ike.local_groups,
        &m->ike.remote_groups,
        &m->ike.local_subnet,
        &m->ike.remote_subnet,
        &m->ike.provider_context,
        &m->vswitch.id,
        &m->audit.computer,
        &m->filter.key,
        &m->filter.name,
        &m->filter.action_name,
        &m->filter.provider,
        &m->filter.provider_name,
        &m->filter.sublayer,
        &m->filter.callout,
        &m->filter.callout_name,
        &m->filter.origin,
        &m->filter.from,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = some_text(seed);
}

static void fill_audit(struct made *m, uint64_t *seed)
{
    static const char *const names[] = {"ProcessID", "Application", "a \"name\"", "twice"};
    uint32_t count = random_below(seed, FIELDS + 1);
    for (uint32_t i = 0; i < count; i++) {
        const char *value = some_text(seed);
        value = value != NULL ? value : "-";
        m->fields[i] = (wfpw_field){.name = names[i],
                                    .value = value,
                                    .name_length = (uint32_t)strlen(names[i]),
                                    .value_length = (uint32_t)strlen(value)};
    }
    m->audit.event_id = (uint32_t)some_number(seed);
    m->audit.version = random_below(seed, 3);
    m->audit.task = (uint32_t)some_number(seed);
    m->audit.record_id = some_number(seed);
    m->audit.keywords = some_number(seed);
    m->audit.fields = m->fields;
    m->audit.field_count = count;
    m->audit.field_stride = sizeof *m->fields;
}

static void fill_bodies(struct made *m, uint64_t *seed)
{
    static const uint32_t codes[] = {0, 13908, 0xC0368006u, 5};
    m->ipsec.present = m->ike.present = 0;
    fill_random(&m->mac, sizeof m->mac, seed);
    fill_random(&m->ike, offsetof(wfpw_ike, local_principal), seed);
    m->ike.error = codes[random_below(seed, 4)];
    m->ipsec.present = (uint32_t)random_u64(seed);
    m->ipsec.status = codes[random_below(seed, 4)];
    m->ipsec.spi = (uint32_t)some_number(seed);
    fill_endpoint(&m->ipsec.public_host, seed);
    fill_endpoint(&m->ipsec.internal_host, seed);
    m->vswitch.source_port = (uint32_t)some_number(seed);
    m->vswitch.destination_port = (uint32_t)some_number(seed);
    m->filter.present = (uint32_t)random_u64(seed);
    m->filter.state = (uint8_t)random_below(seed, 9);
    m->filter.deleted_time = random_below(seed, 2) * (random_u64(seed) % 2650467743999999999u);
    m->filter.from_time = random_below(seed, 2) * (random_u64(seed) % 2650467743999999999u);
    m->aggregate = (wfpw_aggregate){.count = some_number(seed),
                                    .first = 1 + random_u64(seed) % 2650467743999999998u,
                                    .last = 1 + random_u64(seed) % 2650467743999999998u,
                                    .flags = random_below(seed, 4),
                                    .local_ports = m->ports[0],
                                    .remote_ports = m->ports[1],
                                    .local_port_count = random_below(seed, 17),
                                    .remote_port_count = random_below(seed, 17)};
    for (int i = 0; i < 32; i++)
        m->ports[i / 16][i % 16] = (uint16_t)random_below(seed, 65536);
    for (int i = 0; i < 3; i++)
        m->terminating[i] =
            (wfpw_terminating){.filter_id = some_number(seed),
                               .sublayer = some_text(seed),
                               .action = random_below(seed, 2) * 0x1001 + random_below(seed, 3)};
}

/* Every part is there in some events, and absent in others. */
static void point_to_bodies(struct made *m, uint64_t *seed)
{
    wfpw_event *ev = &m->ev;
    uint64_t bits = random_u64(seed);
    ev->audit = (bits & 1) != 0 ? &m->audit : NULL;
    ev->ike = (bits & 2) != 0 ? &m->ike : NULL;
    ev->ipsec = (bits & 4) != 0 ? &m->ipsec : NULL;
    ev->mac = (bits & 8) != 0 ? &m->mac : NULL;
    ev->vswitch = (bits & 16) != 0 ? &m->vswitch : NULL;
    ev->filter = (bits & 32) != 0 ? &m->filter : NULL;
    ev->aggregate = (bits & 1 << 8) != 0 ? &m->aggregate : NULL;
    ev->terminating = m->terminating;
    ev->terminating_count = (uint32_t)(bits >> 6 & 3);
    ev->terminating_stride = sizeof *m->terminating;
}

static void make_event(struct made *m, uint64_t *seed)
{
    memset(m, 0, sizeof *m);
    m->ev.size = sizeof m->ev;
    fill_codes(&m->ev, seed);
    fill_numbers(&m->ev, seed);
    fill_endpoint(&m->ev.local, seed);
    fill_endpoint(&m->ev.remote, seed);
    fill_bodies(m, seed);
    fill_texts(m, seed);
    fill_audit(m, seed);
    point_to_bodies(m, seed);
}

/* ---- JSON, taken apart ---------------------------------------------------------------------- */

/* A row, and how many of its columns the JSON has spoken of. */
struct row {
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    int64_t i;
    uint32_t seen;
    char value[ARROW_VALUE], wanted[ARROW_VALUE];
    char lists[3][ARROW_VALUE]; /* of `terminating` */
    const char *json;
};

/* A string behind its quote, without escapes. Returns what follows its end. */
static const char *take_string(const char *s, char *out)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    for (; *s != '"'; s++) {
        const char *letter = *s == '\\' ? strchr(letters, s[1]) : NULL;
        if (letter != NULL)
            *out++ = meant[letter - letters];
        else if (*s == '\\' && s[1] == 'u')
            *out++ = (char)strtol((char[]){s[4], s[5], 0}, NULL, 16);
        else
            *out++ = *s == '\\' ? s[1] : *s;
        s += *s != '\\' ? 0 : s[1] == 'u' ? 5 : 1;
    }
    *out = 0;
    return s + 1;
}

/* A value that is no object: a string without quotes, anything else as it stands. */
static const char *take_scalar(const char *s, char *out)
{
    if (*s == '"')
        return take_string(s + 1, out);
    size_t n = strcspn(s, ",}]");
    memcpy(out, s, n);
    out[n] = 0;
    return s + n;
}

/* Where an object ends. */
static const char *skip_object(const char *s)
{
    static char sink[ARROW_VALUE];
    int depth = 0;
    do {
        if (*s == '"') {
            s = take_string(s + 1, sink);
            continue;
        }
        depth += *s == '{' ? 1 : *s == '}' ? -1 : 0;
        s++;
    } while (depth > 0);
    return s;
}

/* What the JSON writes in another way than a column does. */
static void as_column(const char *name, const char *format, char *value)
{
    uint64_t ticks;
    if (format[0] == 't') {
        assert_true(text_parse_time(value, strlen(value), &ticks));
        (void)sprintf(value, "%" PRIu64, ticks / 10 - 11644473600000000u);
    } else if (strcmp(name, "ipsec_status") == 0 || strcmp(name, "audit_keywords") == 0) {
        (void)sprintf(value, "%" PRIu64, (uint64_t)strtoull(value, NULL, 16));
    } else if (strcmp(name, "join_lag_ms") == 0) {
        (void)sprintf(value, "%" PRIu64, (uint64_t)strtoll(value, NULL, 10));
    }
}

/* The column of that name has this value. */
static void check_column(struct row *r, const char *name, char *wanted)
{
    int c = arrow_column(r->schema, name);
    if (c < 0)
        fail_msg("no column %s: %s", name, r->json);
    const struct ArrowSchema *s = r->schema->children[c];
    as_column(name, s->format, wanted);
    if (!arrow_is_given(r->array->children[c], r->i))
        fail_msg("%s is null: %s", name, r->json);
    arrow_value(s, r->array->children[c], r->i, r->value);
    if (strcmp(r->value, wanted) != 0)
        fail_msg("%s is %s, not %s: %s", name, r->value, wanted, r->json);
    r->seen++;
}

static const char *take_list(const char *s, char *out)
{
    size_t n = 0;
    for (s++; *s != ']'; s += *s == ',') {
        s = take_scalar(s, out + n);
        n += strlen(out + n);
        out[n++] = '|';
    }
    out[n] = 0;
    return s + 1;
}

/* Objects of up to three members, as a list for each. */
static const char *check_terminating(struct row *r, const char *s)
{
    static const char *const names[3] = {"filter_id", "sublayer", "action"};
    memset(r->lists, 0, sizeof r->lists);
    for (s++; *s != ']'; s += *s == ',') {
        char values[3][256] = {"null", "null", "null"};
        for (s++; *s != '}'; s += *s == ',') {
            char name[NAME];
            int i = 0;
            s = take_string(s + 1, name) + 1;
            while (strcmp(names[i], name) != 0)
                assert_true(++i < 3);
            s = take_scalar(s, values[i]);
        }
        s++;
        for (int i = 0; i < 3; i++)
            strcat(strcat(r->lists[i], values[i]), "|");
    }
    for (int i = 0; i < 3; i++) {
        char name[NAME];
        (void)snprintf(name, sizeof name, "terminating_%s", names[i]);
        check_column(r, name, r->lists[i]);
    }
    return s + 1;
}

/* Members of an object, each below the path. Returns what follows it. */
static const char *check_object(struct row *r, const char *s, const char *path)
{
    for (s++; *s != '}'; s += *s == ',') {
        char key[NAME], name[2 * NAME];
        s = take_string(s + 1, key) + 1;
        (void)snprintf(name, sizeof name, "%s%s%s", path, path[0] != 0 ? "_" : "", key);
        if (strcmp(name, "terminating") == 0) {
            s = check_terminating(r, s);
        } else if (strcmp(name, "audit_data") == 0) {
            const char *end = skip_object(s);
            memcpy(r->wanted, s, (size_t)(end - s));
            r->wanted[end - s] = 0;
            check_column(r, name, r->wanted);
            s = end;
        } else if (*s == '{') {
            s = check_object(r, s, name);
        } else {
            s = *s == '[' ? take_list(s, r->wanted) : take_scalar(s, r->wanted);
            if (strcmp(r->wanted, "null") != 0)
                check_column(r, name, r->wanted);
        }
    }
    return s + 1;
}

/* A column that the JSON may leave out, though it has a value. */
static bool may_be_left_out(const char *name, const char *value)
{
    static const char *const flags[] = {"merged", "truncated", "partial", "after_damage",
                                        "local_time"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(name, flags[i]) == 0)
            return strcmp(value, "false") == 0;
    return strcmp(name, "time_ticks") == 0;
}

static void check_row(struct row *r, const char *json)
{
    uint32_t given = 0;
    r->seen = 0;
    r->json = json;
    (void)check_object(r, json, "");
    for (int64_t c = 0; c < r->schema->n_children; c++) {
        if (!arrow_is_given(r->array->children[c], r->i))
            continue;
        arrow_value(r->schema->children[c], r->array->children[c], r->i, r->value);
        given += !may_be_left_out(r->schema->children[c]->name, r->value);
    }
    assert_int_equal(given, r->seen);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static struct made events[EVENTS];

static void all_columns(uint8_t ids[COLUMN_COUNT])
{
    size_t at;
    assert_int_equal(column_list_parse("*", ids, &at), COLUMN_COUNT);
}

static void make_array(struct rows *rows, uint64_t *seed, uint32_t count, struct ArrowArray *out)
{
    uint8_t ids[COLUMN_COUNT];
    all_columns(ids);
    rows_forget_batch(rows);
    for (uint32_t i = 0; i < count; i++) {
        make_event(&events[i], seed);
        rows_add(rows, &events[i].ev);
    }
    for (uint32_t id = 0; id < COLUMN_COUNT; id++)
        column_end(&rows->memory, &rows->columns[id], count);
    assert_true(array_rows(&rows->memory, rows->columns, ids, COLUMN_COUNT, count, out));
    rows_free(rows);
}

static void test_rows_say_what_the_json_says(void **state)
{
    static char json[JSON_ROOM];
    static struct row row;
    static struct rows rows;
    const wfpw_allocator memory = memory_of(NULL);
    struct ArrowSchema schema;
    struct ArrowArray array;
    uint8_t ids[COLUMN_COUNT];
    uint64_t seed = 23;
    (void)state;
    all_columns(ids);
    assert_true(array_schema(&memory, ids, COLUMN_COUNT, &schema));
    rows_init(&rows, &memory, ids, COLUMN_COUNT, 512);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t count = 1 + random_below(&seed, EVENTS);
        make_array(&rows, &seed, count, &array);
        assert_null(arrow_is_wrong(&schema, &array));
        for (uint32_t i = 0; i < count; i++) {
            row.schema = &schema;
            row.array = &array;
            row.i = i;
            assert_true(wfpw_to_json(&events[i].ev, 0, json, sizeof json, NULL) > 0);
            check_row(&row, json);
        }
        array.release(&array);
        assert_null(array.release);
    }
    schema.release(&schema);
}

/* More rows and texts than there is room for at first, and dictionaries of many texts. */
static void test_growth(void **state)
{
    enum { ROWS = 5000 };
    static struct rows rows;
    static char value[ARROW_VALUE], path[64];
    static const uint8_t ids[] = {COLUMN_APP_PATH, COLUMN_EVIDENCE, COLUMN_LOCAL_IP};
    const wfpw_allocator memory = memory_of(NULL);
    struct ArrowSchema schema;
    struct ArrowArray array;
    wfpw_event ev = {.size = sizeof ev, .app_path = path, .verdict = 1, .evidence = 5};
    (void)state;
    assert_true(array_schema(&memory, ids, 3, &schema));
    rows_init(&rows, &memory, ids, 3, 512);
    for (int i = 0; i < ROWS; i++) {
        (void)snprintf(path, sizeof path, "path %d", i % 1777);
        rows_forget_batch(&rows);
        ev.local.family = i % 3 == 0 ? 4 : 0;
        rows_add(&rows, &ev);
    }
    for (int i = 0; i < 3; i++)
        column_end(&rows.memory, &rows.columns[ids[i]], ROWS);
    assert_true(array_rows(&rows.memory, rows.columns, ids, 3, ROWS, &array));
    assert_null(arrow_is_wrong(&schema, &array));
    assert_int_equal(array.children[0]->dictionary->length, 1777);
    for (int i = 0; i < ROWS; i++) {
        (void)snprintf(path, sizeof path, "path %d", i % 1777);
        arrow_value(schema.children[0], array.children[0], i, value);
        assert_string_equal(value, path);
        assert_int_equal(arrow_is_given(array.children[2], i), i % 3 == 0);
    }
    array.release(&array);
    schema.release(&schema);
}

/* Columns of each type without any value, in arrays of few rows and of more than share their zeros;
 * beside them one of which the first rows have a value, and the last one. */
static void test_empty_columns(void **state)
{
    static const uint32_t counts[] = {1, 9, COLUMN_ZERO_ROWS, COLUMN_ZERO_ROWS + 1};
    static struct rows rows;
    const wfpw_allocator memory = memory_of(NULL);
    struct ArrowSchema schema;
    struct ArrowArray array;
    uint8_t ids[COLUMN_COUNT];
    (void)state;
    all_columns(ids);
    assert_true(array_schema(&memory, ids, COLUMN_COUNT, &schema));
    rows_init(&rows, &memory, ids, COLUMN_COUNT, 512);
    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
        uint32_t given = counts[n] * 2 / 3, last = counts[n] - 1;
        for (uint32_t i = 0; i <= last; i++) {
            wfpw_event ev = {.size = sizeof ev, .seq = i + 1, .interface_index = i};
            ev.present = i < given || i == last ? WFPW_HAS_INTERFACE_INDEX : 0;
            rows_add(&rows, &ev);
        }
        for (uint32_t id = 0; id < COLUMN_COUNT; id++)
            column_end(&rows.memory, &rows.columns[id], counts[n]);
        assert_true(array_rows(&rows.memory, rows.columns, ids, COLUMN_COUNT, counts[n], &array));
        rows_free(&rows);
        assert_null(arrow_is_wrong(&schema, &array));
        for (uint32_t i = 0; i <= last; i++) {
            assert_int_equal(arrow_is_given(array.children[COLUMN_INTERFACE_INDEX], i),
                             i < given || i == last);
            assert_false(arrow_is_given(array.children[COLUMN_REMOTE_IP], i));
            assert_false(arrow_is_given(array.children[COLUMN_CAPABILITIES], i));
        }
        array.release(&array);
    }
    for (size_t i = 0; i < 8 * COLUMN_ZERO_ROWS; i++)
        assert_int_equal(column_zeros[i], 0);
    schema.release(&schema);
}

/* Every word of a list has a place in its column. */
static void test_words(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < COLUMN_COUNT; id++) {
        struct column c;
        size_t count, known = 0, have = 0;
        if (column_kinds[id].type != COLUMN_IS_WORD)
            continue;
        (void)code_word_list(column_kinds[id].list, &count);
        column_start(&c, &column_kinds[id], true);
        for (uint32_t code = 0; code < 70000; code++)
            known += wfpw_word(column_kinds[id].list, code)[0] != 0;
        for (uint32_t code = 0; code < COLUMN_CODES; code++)
            have += c.words[code] != 0;
        assert_int_equal(known, count);
        assert_int_equal(have, count);
    }
}

static void test_choice(void **state)
{
    static const struct {
        const char *text;
        uint32_t count;
        size_t at;
    } cases[] = {
        {"seq", 1, 0},         {" seq ,\tverdict ", 2, 0},
        {"verdict,seq", 2, 0}, {"", 0, 0},
        {"seq,", 0, 4},        {"seq,,time", 0, 4},
        {"seq,nothing", 0, 4}, {"seq,time,seq", 0, 9},
        {"seq time", 0, 4},    {"SEQ", 0, 0},
        {"*,seq", 0, 0},       {"seq, *", 0, 5},
    };
    uint8_t ids[COLUMN_COUNT];
    size_t at;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(column_list_parse(cases[i].text, ids, &at), cases[i].count);
        if (cases[i].count == 0)
            assert_int_equal(at, cases[i].at);
    }
    assert_int_equal(column_list_parse("verdict,seq", ids, &at), 2);
    assert_true(ids[0] == COLUMN_VERDICT && ids[1] == COLUMN_SEQ);
    uint32_t usual = column_list_parse(NULL, ids, &at);
    assert_true(usual > 30 && usual < COLUMN_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_say_what_the_json_says),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_empty_columns),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
