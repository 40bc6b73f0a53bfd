/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The text of 'auditpol /backup' in the forms that it is met in. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lease/audit_policy/audit_backup.h"
#include "codes/subcategory.h"

#define HEAD                                                                                       \
    "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion "         \
    "Setting,Setting Value"
#define TAIL "-69AE-11D9-BED3-505054503030}"

struct seen {
    uint32_t count;
    struct {
        enum audit_line_kind kind;
        uint32_t data1, value;
        bool has_value;
    } at[16];
};

/* In a block of the exact size, so that a read past its end is found out. */
static struct seen read_bytes(const void *p, size_t n)
{
    struct seen seen = {0};
    struct audit_reader r;
    struct audit_line l;
    void *copy = malloc(n != 0 ? n : 1);
    assert_non_null(copy);
    if (n > 0)
        memcpy(copy, p, n);
    audit_reader_init(&r, copy, n);
    while (audit_reader_next(&r, &l) != AUDIT_LINE_END) {
        assert_in_range(seen.count, 0, 15);
        seen.at[seen.count].kind = l.kind;
        seen.at[seen.count].data1 = l.guid.Data1;
        seen.at[seen.count].value = l.value;
        seen.at[seen.count++].has_value = l.has_value;
    }
    free(copy);
    return seen;
}

static struct seen read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void assert_system(const struct seen *s, uint32_t i, uint32_t data1, uint32_t value)
{
    assert_true(i < s->count);
    assert_int_equal(s->at[i].kind, AUDIT_LINE_SYSTEM);
    assert_int_equal(s->at[i].data1, data1);
    assert_true(s->at[i].has_value);
    assert_int_equal(s->at[i].value, value);
}

/* ---- forms ---------------------------------------------------------------------------------- */

static void test_seven_columns(void **state)
{
    static const char *const ends[] = {"\r\n", "\n", "\r", "\r\n\r\n"};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text,
                       HEAD "%sPC,System,Filtering Platform Connection,{0CCE9226" TAIL ",Failure,,2"
                            "%sPC,System,Logon,{0cce9215" TAIL ",No Auditing,,0"
                            "%sPC,System,Logoff,0CCE9216-69AE-11D9-BED3-505054503030,,,4%s",
                       ends[i], ends[i], ends[i], ends[i]);
        struct seen s = read_text(text);
        assert_int_equal(s.count, 3);
        assert_system(&s, 0, SUBCATEGORY_CONNECTION, 2);
        assert_system(&s, 1, 0x0CCE9215, 0);
        assert_system(&s, 2, 0x0CCE9216, 4);
    }
}

/* 'auditpol /get /r': a blank line first, six columns, and the setting only in words. */
static void test_six_columns(void **state)
{
    static const struct {
        const char *words;
        uint32_t value;
    } rows[] = {{"No Auditing", 4},       {"success", 1},
                {"Failure", 2},           {"Success and Failure", 3},
                {"Erfolg und Fehler", 3}, {"Keine Überwachung", 4},
                {"Успех и сбой", 3},      {"Успех", 1},
                {"Succès et échec", 3}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       "\r\nMachine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion "
                       "Setting,Exclusion Setting\r\nPC,System,X,{0CCE9225" TAIL ",%s,\r\n",
                       rows[i].words);
        struct seen s = read_text(text);
        assert_int_equal(s.count, 1);
        assert_system(&s, 0, SUBCATEGORY_PACKET_DROP, rows[i].value);
    }
}

/* A setting in words of a language that is not known is told, never guessed. */
static void test_unknown_words(void **state)
{
    (void)state;
    struct seen s = read_text("PC,System,X,{0CCE9225" TAIL ",Ei valvontaa,\n"
                              "PC,System,X,{0CCE9226" TAIL ",Onnistuu,,1\n"
                              "PC,System,X,{0CCE9227" TAIL ",Failure,,9\n"
                              "PC,System,X,{0CCE9228" TAIL ",Failure,,two\n");
    assert_int_equal(s.count, 4);
    assert_int_equal(s.at[0].kind, AUDIT_LINE_SYSTEM);
    assert_false(s.at[0].has_value);
    assert_system(&s, 1, SUBCATEGORY_CONNECTION, 1); /* the number counts */
    assert_false(s.at[2].has_value);
    assert_false(s.at[3].has_value);
}

static void test_quotes(void **state)
{
    (void)state;
    struct seen s = read_text("\"Rechner\",\"System\",\"Zugriff, \"\"anderer\"\"\",\"{0CCE9226" TAIL
                              "\",\"Erfolg und Fehler\",\"\",\"3\"\r\n"
                              "PC,System,\"a,b\",{0CCE9225" TAIL ",Erfolg,,1\r\n"
                              "PC,System,\"no end,{0CCE9225" TAIL ",Erfolg,,1\r\n"
                              "PC,System, spaces , {0CCE9227" TAIL " , Failure , , 2 \r\n");
    assert_int_equal(s.count, 4);
    assert_system(&s, 0, SUBCATEGORY_CONNECTION, 3);
    assert_system(&s, 1, SUBCATEGORY_PACKET_DROP, 1);
    assert_int_equal(s.at[2].kind, AUDIT_LINE_OTHER); /* which does not take the rest along */
    assert_system(&s, 3, SUBCATEGORY_OTHER_OBJECT_ACCESS, 2);
}

static void test_other_rows(void **state)
{
    (void)state;
    struct seen s =
        read_text(HEAD "\nPC,,Option:CrashOnAuditFail,,Enabled,,1\n"
                       "PC,System,Option:AuditBaseObjects,,Disabled,,0\n"
                       "PC,S-1-5-21-1-2-3-1001,Logon,{0CCE9215" TAIL ",Success,Failure,9\n"
                       "PC,DOMAIN\\user,Logon,{0CCE9215" TAIL ",Success,Failure,9\n"
                       ",,FileGlobalSacl,,,,S:(AU;SA;FA;;;WD)\n"
                       ",,RegistryGlobalSacl,,,,\n"
                       "PC,System,Logon,{0CCE9215" TAIL "\n"
                       "what is this\n");
    static const enum audit_line_kind kinds[] = {
        AUDIT_LINE_OPTION, AUDIT_LINE_OPTION, AUDIT_LINE_USER,  AUDIT_LINE_USER,
        AUDIT_LINE_SACL,   AUDIT_LINE_SACL,   AUDIT_LINE_OTHER, AUDIT_LINE_OTHER};
    assert_int_equal(s.count, sizeof kinds / sizeof *kinds);
    for (uint32_t i = 0; i < s.count; i++)
        assert_int_equal(s.at[i].kind, kinds[i]);
}

/* ---- encodings ------------------------------------------------------------------------------ */

static size_t widen(uint8_t *out, const char *text, bool big, bool mark)
{
    size_t n = 0;
    if (mark) {
        out[n++] = big ? 0xFE : 0xFF;
        out[n++] = big ? 0xFF : 0xFE;
    }
    for (; *text != 0; text++) {
        out[n++] = big ? 0 : (uint8_t)*text;
        out[n++] = big ? (uint8_t)*text : 0;
    }
    return n;
}

static void test_encodings(void **state)
{
    static const char text[] = HEAD "\r\nPC,System,Logon,{0CCE9215" TAIL ",Success,,1\r\n"
                                    "PC,System,Logoff,{0CCE9216" TAIL ",No Auditing,\r\n";
    uint8_t wide[2 * sizeof text + 2];
    char marked[sizeof text + 3] = "\xEF\xBB\xBF";
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct seen s = read_bytes(wide, widen(wide, text, i % 2 != 0, i < 2));
        assert_int_equal(s.count, 2);
        assert_system(&s, 0, 0x0CCE9215, 1);
        assert_system(&s, 1, 0x0CCE9216, 4);
    }
    (void)strcat(marked, text);
    struct seen s = read_text(marked);
    assert_int_equal(s.count, 2);
    assert_system(&s, 1, 0x0CCE9216, 4);
    /* a code page: names are not asked for */
    s = read_text("PC,System,\xDC"
                  "berwachung,{0CCE9215" TAIL ",Erfolg,,1\n");
    assert_system(&s, 0, 0x0CCE9215, 1);
}

static void test_nothing(void **state)
{
    char *line = malloc(AUDIT_LINE_BYTES * 2);
    (void)state;
    assert_non_null(line);
    assert_int_equal(read_text("").count, 0);
    assert_int_equal(read_text("\r\n\r\n,,,,\r\n").count, 0);
    assert_int_equal(read_text(HEAD).count, 0);
    assert_int_equal(read_bytes("\xFF\xFE", 2).count, 0);
    assert_int_equal(read_bytes("\xFF\xFE,", 3).count, 0);
    /* a line that is too long costs itself only */
    memset(line, 'x', AUDIT_LINE_BYTES * 2);
    (void)snprintf(line + AUDIT_LINE_BYTES + 100, 200, "\nPC,System,Logon,{0CCE9215" TAIL ",,,1");
    struct seen s = read_text(line);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.at[0].kind, AUDIT_LINE_OTHER);
    assert_system(&s, 1, 0x0CCE9215, 1);
    free(line);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void test_written(void **state)
{
    char out[AUDIT_OUT_MAX + 1];
    (void)state;
    out[audit_backup_head(out)] = 0;
    assert_string_equal(out, HEAD "\r\n");
    for (uint32_t i = 0; i < subcategory_count; i++)
        for (uint32_t value = 0; value < 4; value++) {
            FWP_GUID guid = subcategory_guid(subcategories[i].data1);
            struct seen s = read_bytes(out, audit_backup_line(out, "PC", &guid, value));
            assert_int_equal(s.count, 1);
            assert_system(&s, 0, subcategories[i].data1, value);
        }
    FWP_GUID guid = subcategory_guid(SUBCATEGORY_CONNECTION);
    out[audit_backup_line(out, "PC", &guid, 3)] = 0;
    assert_string_equal(out, "PC,System,Filtering Platform Connection,{0CCE9226" TAIL
                             ",Success and Failure,,3\r\n");
}

/* ---- the table of subcategories ------------------------------------------------------------- */

static void test_subcategories(void **state)
{
    FWP_GUID guid, other = {1, 2, 3, {0}};
    (void)state;
    assert_int_equal(subcategory_count, 59);
    for (uint32_t i = 0; i < subcategory_count; i++) {
        const struct subcategory *s = &subcategories[i];
        assert_true(subcategory_parse(s->name, strlen(s->name), &guid));
        assert_ptr_equal(subcategory_find(&guid), s);
        assert_true(s->word[0] == 0 || subcategory_parse(s->word, strlen(s->word), &guid));
        assert_ptr_equal(subcategory_find(&guid), s);
        for (uint32_t k = 0; k < i; k++)
            assert_int_not_equal(subcategories[k].data1, s->data1);
    }
    assert_true(subcategory_parse("CONNECTION", 10, &guid));
    assert_int_equal(guid.Data1, SUBCATEGORY_CONNECTION);
    assert_false(subcategory_parse("", 0, &guid));
    assert_false(subcategory_parse("connections", 11, &guid));
    assert_null(subcategory_find(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seven_columns), cmocka_unit_test(test_six_columns),
        cmocka_unit_test(test_unknown_words), cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_other_rows),    cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_nothing),       cmocka_unit_test(test_written),
        cmocka_unit_test(test_subcategories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
