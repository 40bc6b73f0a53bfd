/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/xml/xml_resume.h"

enum { SECTION_MAX = 8192 }; /* bytes that the end of one is looked for */
enum { NO_COMMENT = 1, NO_SECTION = 2, NO_INSTRUCTION = 4, NO_QUOTE = 8, NO_APOSTROPHE = 16 };

/* ---- tags ----------------------------------------------------------------------------------- */

static bool has_text(const struct xml_scan *s, size_t at, const char *text)
{
    for (; *text != 0; text++, at += s->unit)
        if (xml_scan_char(s, at) != *text)
            return false;
    return true;
}

static void spend_sight(struct xml_tags *t, size_t bytes)
{
    t->budget -= bytes < t->budget ? bytes : t->budget;
}

/* How far it may be looked for something. */
static size_t sight_left(const struct xml_tags *t, size_t at)
{
    return t->budget < t->s.n - at ? at + t->budget / t->s.unit * t->s.unit : t->s.n;
}

/* Behind the mark; `at` itself when it does not come, or did not the last time. */
static size_t behind_mark(struct xml_tags *t, size_t at, const char *mark, uint8_t bit)
{
    const struct xml_scan *s = &t->s;
    size_t end = at, most = sight_left(t, at);
    if ((t->lacking & bit) != 0)
        return at;
    while (end < most && !has_text(s, end, mark))
        end += s->unit;
    if (end < most)
        return xml_scan_behind(s, end, mark);
    spend_sight(t, most - at);
    t->lacking |= bit;
    return at;
}

/* What is no element, at a '<': its end; `at` when it is one, or does not end. */
static size_t pass_other(struct xml_tags *t, size_t at)
{
    if (has_text(&t->s, at, "<!--"))
        return behind_mark(t, at, "-->", NO_COMMENT);
    if (has_text(&t->s, at, "<![CDATA["))
        return behind_mark(t, at, "]]>", NO_SECTION);
    if (has_text(&t->s, at, "<?"))
        return behind_mark(t, at, "?>", NO_INSTRUCTION);
    return at;
}

static bool ends_value(char c)
{
    return c == 0 || (c <= ' ' && c > 0) || c == '>' || c == '/' || c == '?';
}

/* Behind a value in quotes that begins at `at`; the next character when it is none: damage may have
 * taken one of its quotes. */
static size_t pass_value(struct xml_tags *t, size_t at)
{
    const struct xml_scan *s = &t->s;
    char quote = xml_scan_char(s, at);
    uint8_t bit = quote == '"' ? NO_QUOTE : NO_APOSTROPHE;
    size_t next = at + s->unit, end = next, most = sight_left(t, at);
    if ((t->lacking & bit) != 0)
        return next;
    while (end < most && xml_scan_char(s, end) != quote)
        end += s->unit;
    if (end < most && ends_value(xml_scan_char(s, end + s->unit)))
        return end + s->unit;
    t->lacking |= end >= most ? bit : 0;
    spend_sight(t, end - at);
    return next;
}

/* Behind the tag at `at`, or where another one begins. */
static size_t pass_tag(struct xml_tags *t, size_t at)
{
    const struct xml_scan *s = &t->s;
    bool has_values = xml_scan_char(s, at + s->unit) != '/';
    for (at += s->unit; at < s->n;) {
        char c = xml_scan_char(s, at);
        if (c == '>' || c == '<')
            return at;
        at = has_values && (c == '"' || c == '\'') ? pass_value(t, at) : at + s->unit;
    }
    return s->n;
}

/* To the next tag from `at` on. */
static void find_tag(struct xml_tags *t, size_t at)
{
    for (;;) {
        at = xml_scan_tag(&t->s, at);
        size_t end = at < t->s.n ? pass_other(t, at) : at;
        if (end == at)
            break;
        at = end;
    }
    t->at = at;
}

/* Damage may lie in a section: then it ends before another one begins. */
void xml_tags_open(struct xml_tags *t, const struct xml_scan *s, size_t budget)
{
    size_t at = 0;
    *t = (struct xml_tags){.s = *s, .budget = budget < SECTION_MAX ? budget : SECTION_MAX};
    size_t end = behind_mark(t, 0, "]]>", NO_SECTION);
    while (at < end && !has_text(s, at, "<![CDATA["))
        at += s->unit;
    t->lacking = 0;
    t->budget += budget < SECTION_MAX ? 0 : budget - SECTION_MAX;
    find_tag(t, at >= end ? end : 0);
}

void xml_tags_next(struct xml_tags *t)
{
    find_tag(t, pass_tag(t, t->at));
}

/* ---- records -------------------------------------------------------------------------------- */

static bool is_one_of(const struct xml_scan *s, size_t at, const char *const *names)
{
    for (; *names != NULL; names++)
        if (xml_scan_is(s, at, *names, NULL))
            return true;
    return false;
}

/* </name> */
static bool is_end_of_one(const struct xml_scan *s, size_t at, const char *const *names)
{
    for (; xml_scan_char(s, at + s->unit) == '/' && *names != NULL; names++) {
        size_t end = at + 2 * s->unit;
        const char *c = *names;
        for (; *c != 0 && xml_scan_char(s, end) == *c; c++)
            end += s->unit;
        char next = xml_scan_char(s, end);
        if (*c == 0 && (next == '>' || (next <= ' ' && next > 0)))
            return true;
    }
    return false;
}

/* Whether the tag at `at` is an element without content: end is behind it. */
static bool is_empty(const struct xml_scan *s, size_t end)
{
    return end >= s->unit && xml_scan_char(s, end - s->unit) == '/';
}

/* Nothing farther than the budget goes is looked at to find that a place is none. */
static void note_event(struct xml_tags *t, const struct xml_scan *s, size_t best)
{
    t->s.n = s->n;
    if (best < s->n)
        t->s.n = sight_left(t, best);
}

size_t xml_resume_find(const struct xml_scan *s, const struct xml_resume *how, size_t *budget)
{
    struct xml_tags t;
    size_t best = s->n;
    int level = 0, best_level = 0;
    for (xml_tags_open(&t, s, *budget); t.at < t.s.n; xml_tags_next(&t)) {
        if (is_end_of_one(&t.s, t.at, how->names)) {
            level--;
            if (best < s->n && level < best_level)
                note_event(&t, s, best = s->n);
            continue;
        }
        if (best == s->n && how->starts(how->ctx, s, t.at)) {
            note_event(&t, s, best = t.at);
            best_level = level;
        }
        if (t.at < t.s.n && is_one_of(&t.s, t.at, how->names) &&
            !is_empty(&t.s, pass_tag(&t, t.at)))
            level++;
    }
    spend_sight(&t, best < s->n ? t.s.n - best : 0);
    *budget = t.budget;
    return best;
}
