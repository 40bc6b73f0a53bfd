/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records of one layout are read in one go, and give what they give when they are read as JSON and
 * XML. A byte at a time no layout can fit, which shows the one beside the other. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/shipper/shipper.h"
#include "random.h"
#include "shipper_made.h"

enum { TEXT_MAX = 256 * 1024, ROUNDS = 150 };

#define START                                                                                      \
    "{\"winlog\":{\"event_id\":5157,\"provider_name\":\"Microsoft-Windows-Security-Auditing\","
#define FIELDS                                                                                     \
    "\"event_data\":{\"ProcessID\":\"%u\",\"Application\":\"\\\\a\\\\b.exe\",\"DestPort\":"        \
    "\"443\"}}"

/* ---- what is found -------------------------------------------------------------------------- */

static void mix(uint64_t *hash, const void *p, size_t n)
{
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ b[i]) * 0x100000001B3u;
}

static void mix_value(uint64_t *hash, const struct record *r, const struct value *v)
{
    mix(hash, v, sizeof *v);
    if (v->type != VALUE_NAME)
        mix(hash, record_at(r, v->at), v->size);
}

/* Of all that a record tells. */
static void mix_record(uint64_t *hash, const struct record *r)
{
    const struct record_audit *a = record_at(r, r->audit_at);
    const struct record_field *f = record_at(r, a->fields_at);
    mix(hash, r, sizeof *r);
    mix(hash, a, sizeof *a);
    if (value_is(&a->computer))
        mix_value(hash, r, &a->computer);
    for (uint32_t i = 0; i < a->field_count; i++) {
        mix_value(hash, r, &f[i].name);
        mix_value(hash, r, &f[i].value);
    }
}

struct got {
    uint64_t hash;
    size_t records, others, damage;
};

static struct got read_pieces(struct shipper *x, const char *s, size_t n, size_t piece)
{
    struct got g = {.hash = 1};
    const struct record *r;
    enum shipper_found found;
    for (size_t at = 0; at < n;) {
        size_t end = at + piece < n ? at + piece : n;
        at += shipper_feed(x, s + at, end - at, &found, &r);
        if (piece < n)
            shipper_xml_layouts_forget(&x->xml.layouts);
        mix(&g.hash, &found, found == SHIPPER_MORE ? 0 : sizeof found);
        if (found == SHIPPER_RECORD)
            mix_record(&g.hash, r);
        g.records += found == SHIPPER_RECORD;
        g.others += found == SHIPPER_OTHER;
        g.damage += found == SHIPPER_DAMAGE;
    }
    return g;
}

/* Reads a text in one go and a byte at a time. x tells of the first. */
static struct got read_both(struct shipper *x, const char *s, size_t n)
{
    shipper_start(x);
    struct got slow = read_pieces(x, s, n, 1);
    assert_int_equal(x->layouts.learned, 0);
    shipper_close(x);
    shipper_start(x);
    struct got fast = read_pieces(x, s, n, n);
    shipper_close(x);
    assert_memory_equal(&fast, &slow, sizeof fast);
    return fast;
}

static struct shipper *new_shipper(void)
{
    struct shipper *x = calloc(1, sizeof *x);
    assert_non_null(x);
    return x;
}

/* ---- each form ------------------------------------------------------------------------------ */

/* Records of a form that differ in their values. */
static void put_records(struct shipper_pen *file, const struct shipper_made *form, uint32_t count)
{
    char values[3][32];
    struct shipper_field fields[] = {
        {"ProcessID", values[0]},  {"Application", "\\device\\harddiskvolume1\\a b.exe"},
        {"Direction", "%%14593"},  {"SourceAddress", values[1]},
        {"SourcePort", values[2]}, {"DestAddress", "192.0.2.9"},
        {"DestPort", "443"},       {"Protocol", "17"},
        {"FilterRTID", "7"},       {"LayerName", "%%14611"},
        {"LayerRTID", "48"}};
    struct shipper_event e = shipper_event_5157;
    e.fields = fields;
    e.count = sizeof fields / sizeof *fields;
    for (uint32_t i = 0; i < count; i++) {
        (void)snprintf(values[0], sizeof values[0], "%u", 4 * i);
        (void)snprintf(values[1], sizeof values[1], i % 2 != 0 ? "10.0.0.%u" : "2001:db8::%x", i);
        (void)snprintf(values[2], sizeof values[2], "%u", 10000 * i);
        e.record_id = i;
        form->write(file, &e);
        shipper_put(file, "\n");
    }
}

/* Of all forms but for XML the third record and those behind it are read by the layout. */
static void test_forms(void **state)
{
    enum { RECORDS = 12 };
    struct shipper *x = new_shipper();
    struct shipper_pen file = {malloc(SHIPPER_PEN_MAX), 0};
    (void)state;
    assert_non_null(file.text);
    for (size_t i = 0; i < shipper_made_count; i++) {
        file.n = 0;
        put_records(&file, &shipper_made[i], RECORDS);
        struct got g = read_both(x, file.text, file.n);
        assert_int_equal(g.records, RECORDS);
        bool is_xml = strcmp(shipper_made[i].name, "winlogbeat with XML") == 0;
        bool has_data = strcmp(shipper_made[i].name, "Sentinel") == 0;
        assert_int_equal(x->xml.layouts.learned, is_xml || has_data);
        assert_int_equal(x->layouts.learned, is_xml ? 0 : 1);
        if (x->layouts.misses)
            printf("MISS %s\n", shipper_made[i].name);
    }
    free(file.text);
    free(x);
}

/* ---- changed files -------------------------------------------------------------------------- */

static void change_text(struct shipper_pen *p, uint64_t *seed)
{
    static const char marks[] = "\"\\{}[],: \n\t0u<x-\0";
    size_t at = random_below(seed, (uint32_t)p->n - 1), n = random_below(seed, 400);
    switch (random_below(seed, 5)) {
    case 0:
        p->text[at] = marks[random_below(seed, sizeof marks)];
        break;
    case 1: /* a letter that stays one of the same length */
        p->text[at] = (char)('a' + random_below(seed, 26));
        break;
    case 2:
        memmove(p->text + at, p->text + at + 1, p->n - at - 1);
        p->n--;
        break;
    case 3:
        n = n < p->n - at ? n : p->n - at;
        memmove(p->text + at, p->text + at + n, p->n - at - n);
        p->n -= n;
        break;
    default:
        memmove(p->text + at + 1, p->text + at, p->n - at);
        p->text[at] = marks[random_below(seed, sizeof marks)];
        p->n++;
        break;
    }
}

static void test_changed(void **state)
{
    struct shipper *x = new_shipper();
    struct shipper_pen file = {malloc(SHIPPER_PEN_MAX), 0};
    uint64_t seed = 24;
    size_t records = 0;
    (void)state;
    assert_non_null(file.text);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const struct shipper_made *form = &shipper_made[i % shipper_made_count];
        file.n = 0;
        put_records(&file, form, 7);
        for (uint32_t k = 1 + random_below(&seed, 4); k > 0; k--)
            change_text(&file, &seed);
        records += read_both(x, file.text, file.n).records;
    }
    assert_true(records > (size_t)ROUNDS * 5);
    free(file.text);
    free(x);
}

/* ---- values that need more than a look ------------------------------------------------------ */

/* Two records, from which the layout is learned, and one with this message. */
static struct got read_message(struct shipper *x, const char *message)
{
    char *text = malloc(TEXT_MAX);
    size_t n = 0;
    assert_non_null(text);
    for (unsigned i = 0; i < 3; i++)
        n += (size_t)snprintf(text + n, TEXT_MAX - n,
                              START FIELDS ",\"message\":%s,\"event\":{\"code\":\"1\"}}\n", i,
                              i == 2 ? message : "\"a longer text without anything\"");
    struct got g = read_both(x, text, n);
    free(text);
    return g;
}

static void test_values(void **state)
{
    static const struct {
        const char *message;
        size_t records, damage;
        bool fits;
    } cases[] = {
        {"\"\"", 3, 0, true},
        {"\"short\"", 3, 0, true},
        {"\"\\\"quoted\\\" text, longer than what is looked at at once\\\\\"", 3, 0, true},
        {"\"0123456789abcde\\\"f\"", 3, 0, true}, /* the escape's end is in the next block */
        {"\"0123456789abcde\\\\\"", 3, 0, true},
        {"\"\\u0041 \\ud83d\\ude00\"", 3, 0, false}, /* may be a '<' */
        {"\"a\\u0041\"", 3, 0, true},
        {"\"\xC3\xA9\x7F\x01\"", 3, 0, true},
        {"null", 3, 0, false},
        {"17", 3, 0, false},
        {"\"<Event\"", 3, 0, false},
        {"[\"a\"]", 3, 0, false},
        {"\"a\nb\"", 2, 2, false},
        {"\"a longer text with a line end\\\nb\"", 2, 2, false},
    };
    struct shipper *x = new_shipper();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct got g = read_message(x, cases[i].message);
        if (g.records != cases[i].records || g.damage != cases[i].damage)
            fail_msg("%s: %zu records, %zu damaged", cases[i].message, g.records, g.damage);
        if ((x->layouts.misses == 0) != cases[i].fits)
            fail_msg("%s: %s", cases[i].message, cases[i].fits ? "was not fit" : "was fit");
    }
    free(x);
}

/* ---- XML ------------------------------------------------------------------------------------ */

#define XML(name, app)                                                                             \
    "{\"event\":{\"original\":\"<Event xmlns='x'><System><Provider Name='" name "' Guid=''/>"      \
    "<EventID> 5157 </EventID><Correlation/><Execution ProcessID='4'/></System><EventData>"        \
    "<Data Name='ProcessID'>8</Data><Data Name='Application'>" app "</Data><Data Name='Own'/>"     \
    "</EventData></Event>\"}}\n"
#define SECURITY "Microsoft-Windows-Security-Auditing"
#define DATA(app)                                                                                  \
    "{\"EventSourceName\":\"" SECURITY "\",\"EventID\":5157,\"EventData\":\"<EventData>\\r\\n"     \
    "<Data Name=\\\"Application\\\">" app "</Data></EventData>\"}\n"

/* After one record by the parser the others are read by the layout, and only what it fits. */
static void test_xml(void **state)
{
    static const struct {
        const char *text;
        uint32_t learned;
    } cases[] = {
        {XML(SECURITY, "a") XML(SECURITY, "other") XML(SECURITY, ""), 1},
        {XML(SECURITY, "a") XML("Other", "\xC3\xA9 / b"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "a\\\\b \\\"c\\\" ") XML(SECURITY, " a"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "a&amp;b") XML(SECURITY, "b"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "a\\r\\nb") XML(SECURITY, "\\t"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "<b/>") XML(SECURITY, "b"), 2},
        {XML(SECURITY, "a") XML(SECURITY, "]]>") XML(SECURITY, "b"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "\\u0001\\uffff\\ud800") XML(SECURITY, "b"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "<![CDATA[b]]>") XML(SECURITY, "b"), 1},
        {XML(SECURITY, "a") XML(SECURITY, "</Data></EventData></Event><Event>"), 1},
        {DATA("a") DATA("b") DATA("\xC3\xA9"), 1},
        {DATA("a") DATA("a&#65;") DATA("</EventData>") DATA("\\u003cb/\\u003e"), 2},
    };
    struct shipper *x = new_shipper();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)read_both(x, cases[i].text, strlen(cases[i].text));
        if (x->xml.layouts.learned != cases[i].learned)
            fail_msg("%s: %u layouts", cases[i].text, x->xml.layouts.learned);
    }
    free(x);
}

/* ---- many kinds ----------------------------------------------------------------------------- */

/* Records of so many kinds, each with a key of its own, one after the other, `rounds` times. */
static size_t put_kinds(char *text, unsigned kinds, unsigned rounds)
{
    size_t n = 0;
    for (unsigned i = 0; i < kinds * rounds; i++)
        n += (size_t)snprintf(text + n, TEXT_MAX - n, START FIELDS ",\"k%u\":{\"a\":[1,{}]}}\n", i,
                              i % kinds);
    assert_true(n < TEXT_MAX - 1);
    return n;
}

/* More kinds than layouts: the oldest are forgotten, and nothing else changes. */
static void test_kinds(void **state)
{
    static const unsigned kinds[] = {1, 2, SHIPPER_LAYOUTS, SHIPPER_LAYOUTS + 1, 60, 400};
    struct shipper *x = new_shipper();
    char *text = malloc(TEXT_MAX);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        unsigned rounds = kinds[i] < 100 ? 9 : 2;
        struct got g = read_both(x, text, put_kinds(text, kinds[i], rounds));
        assert_int_equal(g.records, kinds[i] * rounds);
        if (kinds[i] <= SHIPPER_LAYOUTS) {
            assert_int_equal(x->layouts.learned, kinds[i]);
            if (x->layouts.misses)
                printf("MISS %s\n", shipper_made[i].name);
        }
    }
    free(text);
    free(x);
}

/* Records that stand deep, and are deep themselves. */
static void test_depth(void **state)
{
    static const unsigned around[] = {0, 1, 30, 40, 41, 50, JSON_DEPTH_MAX - 1, JSON_DEPTH_MAX};
    struct shipper *x = new_shipper();
    char *text = malloc(TEXT_MAX);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        for (unsigned own = 1; own < 30; own++) {
            memset(text, '[', around[i]);
            size_t n = around[i];
            for (unsigned k = 0; k < own; k++)
                n += (size_t)snprintf(text + n, TEXT_MAX - n, "{\"k\":");
            n += (size_t)snprintf(text + n, TEXT_MAX - n, "1");
            memset(text + n, '}', own);
            n += own;
            n += (size_t)snprintf(text + n, TEXT_MAX - n, "\n," START FIELDS "}\n", own);
            bool fits = around[i] + own <= JSON_DEPTH_MAX && around[i] + 3 <= JSON_DEPTH_MAX;
            struct got g = read_both(x, text, n);
            assert_true(!fits || (g.records == 1 && g.damage == 0));
        }
    free(text);
    free(x);
}

/* A brace at a line's start inside of an object: the record before it is cut off. */
static void test_cut(void **state)
{
    char text[1024];
    struct shipper *x = new_shipper();
    (void)state;
    int n = snprintf(text, sizeof text, "{\"winlog\":{\"event_id\":\n" START FIELDS "}\n", 1u);
    struct got g = read_both(x, text, (size_t)n);
    assert_int_equal(g.records, 1);
    assert_int_equal(g.damage, 1);
    free(x);
}

/* When the table of paths is full it is emptied, and what was learned of it is forgotten. */
static void test_paths_full(void **state)
{
    struct shipper *x = new_shipper();
    char *text = malloc(TEXT_MAX);
    size_t n;
    (void)state;
    assert_non_null(text);
    n = put_kinds(text, 1, 4);
    n += (size_t)snprintf(text + n, TEXT_MAX - n, "{");
    for (unsigned i = 0; i < SHIPPER_PATHS + 10; i++)
        n += (size_t)snprintf(text + n, TEXT_MAX - n, "\"x%u\":1,", i);
    n += (size_t)snprintf(text + n, TEXT_MAX - n, "\"y\":1}\n");
    n += (size_t)snprintf(text + n, TEXT_MAX - n, "{\"other\":1}\n");
    n += put_kinds(text + n, 1, 1);
    assert_int_equal(read_both(x, text, n).records, 5);
    assert_int_equal(x->layouts.learned, 0);
    free(text);
    free(x);
}

/* Records of others are passed over by their layouts, too. */
static void test_others(void **state)
{
    struct shipper *x = new_shipper();
    char *text = malloc(TEXT_MAX);
    size_t n = 0;
    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < 5; i++)
        n += (size_t)snprintf(
            text + n, TEXT_MAX - n,
            "[{\"winlog\":{\"event_id\":4624,\"provider_name\":\"x\"}},\n" START FIELDS "}]", i);
    struct got g = read_both(x, text, n);
    assert_int_equal(g.records, 5);
    assert_int_equal(g.others, 5);
    assert_int_equal(x->layouts.learned, 2);
    free(text);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),  cmocka_unit_test(test_changed),
        cmocka_unit_test(test_values), cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_xml),    cmocka_unit_test(test_depth),
        cmocka_unit_test(test_cut),    cmocka_unit_test(test_paths_full),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
