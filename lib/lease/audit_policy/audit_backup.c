/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/audit_policy/audit_backup.h"

#include <string.h>

#include "base/text.h"
#include "codes/subcategory.h"

enum { MACHINE, TARGET, NAME, GUID, INCLUDED, EXCLUDED, NUMBER };
enum { COLUMNS_LEAST = 5 }; /* an excluded setting and a number may be missing at a line's end */

/* ---- characters ----------------------------------------------------------------------------- */

/* Without a mark at its start, text in UTF-16 is known by the zeros of its first character. */
void audit_reader_init(struct audit_reader *r, const void *data, size_t size)
{
    const uint8_t *p = data;
    *r = (struct audit_reader){.data = p, .size = size};
    if (size >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
        r->at = 3;
    } else if (size >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF))) {
        r->at = 2;
        r->encoding = p[0] == 0xFF ? AUDIT_UTF16LE : AUDIT_UTF16BE;
    } else if (size >= 2 && (p[0] == 0) != (p[1] == 0)) {
        r->encoding = p[1] == 0 ? AUDIT_UTF16LE : AUDIT_UTF16BE;
    }
}

/* One byte, or one unit of UTF-16. false: there is none any more. */
static bool next_unit(struct audit_reader *r, uint16_t *unit)
{
    size_t n = r->encoding == AUDIT_BYTES ? 1 : 2;
    if (r->size - r->at < n)
        return false;
    const uint8_t *p = r->data + r->at;
    *unit = r->encoding == AUDIT_BYTES     ? p[0]
            : r->encoding == AUDIT_UTF16LE ? (uint16_t)(p[0] | p[1] << 8)
                                           : (uint16_t)(p[0] << 8 | p[1]);
    r->at += n;
    return true;
}

/* What a unit of UTF-16 is in UTF-8; halves of a pair come out as they are, three bytes each, as
 * nothing is asked of such text but whether it is the same. */
static size_t put_unit(const struct audit_reader *r, char *out, uint16_t u)
{
    if (r->encoding == AUDIT_BYTES || u < 0x80) {
        out[0] = (char)(u != 0 ? u : ' ');
        return 1;
    }
    if (u < 0x800) {
        out[0] = (char)(0xC0 | u >> 6);
        out[1] = (char)(0x80 | (u & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | u >> 12);
    out[1] = (char)(0x80 | (u >> 6 & 0x3F));
    out[2] = (char)(0x80 | (u & 0x3F));
    return 3;
}

/* One line into the room, ended by a NUL. CR LF, LF and CR end one. *whole: it had room. */
static bool next_line(struct audit_reader *r, bool *whole)
{
    size_t n = 0;
    uint16_t u;
    bool any = false;
    *whole = true;
    while (next_unit(r, &u)) {
        any = true;
        if (u == '\n' || u == '\r')
            break;
        *whole = n + 4 <= sizeof r->room;
        if (n + 4 <= sizeof r->room)
            n += put_unit(r, r->room + n, u);
    }
    size_t before = r->at;
    if (any && u == '\r' && next_unit(r, &u) && u != '\n')
        r->at = before;
    r->room[n] = 0;
    r->number += any;
    return any;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* Takes one column's quotes away in place; *end is behind it. In quotes, two of them are one. A
 * quote that has no end ends with the line. */
static const char *unquote_field(char *p, char **end)
{
    char *from = p, *to = p;
    bool quoted = false;
    for (; *from != 0 && (quoted || *from != ','); from++) {
        if (*from != '"') {
            *to++ = *from;
        } else if (quoted && from[1] == '"') {
            *to++ = '"';
            from++;
        } else {
            quoted = !quoted;
        }
    }
    *end = from;
    return to == from ? NULL : to;
}

static void trim_blanks(const char **column)
{
    const char *p = *column;
    while (*p == ' ' || *p == '\t')
        p++;
    size_t n = strlen(p);
    char *end = (char *)(uintptr_t)p;
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
        n--;
    end[n] = 0;
    *column = p;
}

static void split_line(char *line, struct audit_line *l)
{
    for (int i = 0; i < AUDIT_COLUMNS; i++)
        l->column[i] = "";
    l->columns = 0;
    for (char *p = line; p != NULL;) {
        char *end;
        const char *cut = unquote_field(p, &end);
        bool more = *end == ',';
        *(cut != NULL ? (char *)(uintptr_t)cut : end) = 0;
        if (l->columns < AUDIT_COLUMNS) {
            l->column[l->columns] = p;
            trim_blanks(&l->column[l->columns]);
        }
        l->columns++;
        p = more ? end + 1 : NULL;
    }
}

/* ---- what a line says ----------------------------------------------------------------------- */

static bool starts_with(const char *text, const char *with)
{
    size_t n = strlen(with);
    return strlen(text) >= n && text_same(text, n, with);
}

/* None of them tells success from failure by its place, so each language is written down. */
static const struct {
    const char *success, *failure, *both, *none[2];
} languages[] = {
    {"Success", "Failure", "Success and Failure", {"No Auditing", "No auditing"}},
    {"Erfolg", "Fehler", "Erfolg und Fehler", {"Keine Überwachung", "Keine Uberwachung"}},
    {"Успех", "Сбой", "Успех и сбой", {"Без аудита", "Нет аудита"}},
    {"Succès", "Échec", "Succès et échec", {"Pas d'audit", "Aucun audit"}},
    {"Succes", "Echec", "Succes et echec", {"Pas d’audit", "Aucun audit"}},
};

/* What the text of a setting says, in the languages that are known. false: it is not. */
static bool value_of_text(const char *text, uint32_t *value)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        bool none =
            text_same(text, n, languages[i].none[0]) || text_same(text, n, languages[i].none[1]);
        *value = text_same(text, n, languages[i].success)   ? AUDIT_SUCCESS
                 : text_same(text, n, languages[i].failure) ? AUDIT_FAILURE
                 : text_same(text, n, languages[i].both)    ? AUDIT_BOTH
                                                            : AUDIT_NONE;
        if (none || *value != AUDIT_NONE)
            return true;
    }
    return false;
}

/* The number counts wherever there is one. */
static void take_value(struct audit_line *l)
{
    const char *text = l->column[NUMBER];
    uint64_t v = 0;
    if (text[0] != 0) {
        l->has_value = text_parse_u64(text, strlen(text), &v) && v <= AUDIT_SETTING_MAX;
        l->value = (uint32_t)v;
    } else {
        l->has_value = value_of_text(l->column[INCLUDED], &l->value);
    }
}

static bool is_account(const char *target)
{
    return starts_with(target, "S-1-") || starts_with(target, "{S-1-") ||
           strchr(target, '\\') != NULL;
}

static enum audit_line_kind kind_of(struct audit_line *l)
{
    const char *guid = l->column[GUID], *name = l->column[NAME];
    uint8_t bytes[sizeof l->guid];
    if (starts_with(name, "Option:"))
        return AUDIT_LINE_OPTION;
    if (starts_with(name, "FileGlobalSacl") || starts_with(name, "RegistryGlobalSacl"))
        return AUDIT_LINE_SACL;
    if (l->columns < COLUMNS_LEAST || !text_parse_guid(guid, strlen(guid), bytes))
        return AUDIT_LINE_OTHER;
    memcpy(&l->guid, bytes, sizeof l->guid);
    return is_account(l->column[TARGET]) ? AUDIT_LINE_USER : AUDIT_LINE_SYSTEM;
}

static bool is_empty(const struct audit_line *l)
{
    for (int i = 0; i < AUDIT_COLUMNS; i++)
        if (l->column[i][0] != 0)
            return false;
    return true;
}

enum audit_line_kind audit_reader_next(struct audit_reader *r, struct audit_line *l)
{
    bool whole;
    for (;;) {
        *l = (struct audit_line){.at = r->at};
        if (!next_line(r, &whole))
            return l->kind = AUDIT_LINE_END;
        l->number = r->number;
        split_line(r->room, l);
        if (is_empty(l))
            continue;
        l->kind = whole ? kind_of(l) : AUDIT_LINE_OTHER;
        bool head = !r->seen && l->kind == AUDIT_LINE_OTHER && l->columns > COLUMNS_LEAST;
        r->seen = true;
        if (l->kind == AUDIT_LINE_SYSTEM)
            take_value(l);
        if (!head)
            return l->kind;
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

static char *put_text(char *at, const char *text)
{
    size_t n = strlen(text);
    memcpy(at, text, n);
    return at + n;
}

size_t audit_backup_head(char *out)
{
    return (size_t)(put_text(out,
                             "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion "
                             "Setting,Exclusion Setting,Setting Value\r\n") -
                    out);
}

/* "No Auditing" is 0 there, as auditpol writes it. Names are English whatever the host's language
 * is: readers go by the GUID, and so the file is ASCII. */
size_t audit_backup_line(char *out, const char *computer, const FWP_GUID *guid, uint32_t value)
{
    static const char *const texts[] = {"No Auditing,,0", "Success,,1", "Failure,,2",
                                        "Success and Failure,,3"};
    const struct subcategory *s = subcategory_find(guid);
    char *at = put_text(put_text(put_text(out, computer), ",System,"), s != NULL ? s->name : "");
    *at++ = ',';
    at += text_guid(at, guid, true);
    *at++ = ',';
    return (size_t)(put_text(put_text(at, texts[value & AUDIT_BOTH]), "\r\n") - out);
}
