/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "sim/log/sim_xpath.h"

#include <string.h>

#include "base/text.h"
#include "os/system.h"

enum { DEPTH_MAX = 32, WORD_MAX = 128 };

/* Where in an event's tree a name is looked for. */
enum node { NODE_TOP, NODE_EVENT, NODE_SYSTEM, NODE_PROVIDER, NODE_TIME, NODE_DATA };

struct reading {
    const char *at, *end;
    const struct sim_xsubject *s;
    bool bad;
    uint32_t terms;
    int depth;
};

/* ---- text ----------------------------------------------------------------------------------- */

static void skip_blanks(struct reading *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool take_word(struct reading *r, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(r);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' ||
           c == '*';
}

static size_t read_name(struct reading *r, const char **p)
{
    skip_blanks(r);
    *p = r->at;
    while (r->at < r->end && is_name(*r->at))
        r->at++;
    return (size_t)(r->at - *p);
}

static bool is_word(const char *p, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(p, word, n) == 0;
}

/* 'text', "text" or a number. */
static bool read_literal(struct reading *r, char *out)
{
    size_t n = 0;
    skip_blanks(r);
    char quote = r->at < r->end && (*r->at == '\'' || *r->at == '"') ? *r->at++ : 0;
    while (r->at < r->end && n + 1 < WORD_MAX && (quote != 0 ? *r->at != quote : is_name(*r->at)))
        out[n++] = *r->at++;
    out[n] = 0;
    if (quote == 0)
        return n > 0;
    return r->at < r->end && *r->at++ == quote;
}

/* ---- comparing ------------------------------------------------------------------------------ */

enum order { IS_EQUAL, IS_NOT, IS_LESS, IS_MORE, AT_MOST, AT_LEAST, NO_ORDER };

/* As XML text has them: &lt; and &gt;. */
static enum order order_of(struct reading *r)
{
    bool less = take_word(r, "&lt;"), more = !less && take_word(r, "&gt;");
    if (less || more)
        return take_word(r, "=") ? (less ? AT_MOST : AT_LEAST) : (less ? IS_LESS : IS_MORE);
    if (take_word(r, "!="))
        return IS_NOT;
    return take_word(r, "=") ? IS_EQUAL : NO_ORDER;
}

static bool order_holds(enum order order, int sign)
{
    switch (order) {
    case IS_EQUAL:
        return sign == 0;
    case IS_NOT:
        return sign != 0;
    case IS_LESS:
        return sign < 0;
    case IS_MORE:
        return sign > 0;
    case AT_MOST:
        return sign <= 0;
    default:
        return sign >= 0;
    }
}

static int sign_of(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static bool compare_value(struct reading *r, enum node node, const char *p, size_t n)
{
    char text[WORD_MAX];
    enum order order = order_of(r);
    uint64_t v = 0;
    bool number =
        order != NO_ORDER && read_literal(r, text) && text_parse_u64(text, strlen(text), &v);
    r->bad = r->bad || order == NO_ORDER;
    r->terms++;
    if (node == NODE_SYSTEM && is_word(p, n, "EventID"))
        return number && order_holds(order, sign_of(r->s->event_id, v));
    if (node == NODE_SYSTEM && is_word(p, n, "EventRecordID"))
        return number && order_holds(order, sign_of(r->s->record_id, v));
    if (node == NODE_PROVIDER && is_word(p, n, "@Name"))
        return order_holds(order, strcmp(r->s->provider, text));
    if (node == NODE_TIME && is_word(p, n, "@SystemTime") &&
        text_parse_time(text, strlen(text), &v))
        return order_holds(order, sign_of(r->s->time, v));
    r->bad = true;
    return false;
}

/* ---- expressions ---------------------------------------------------------------------------- */

static bool read_either(struct reading *r, enum node node);

static const char *field_named(const struct sim_xsubject *s, const char *wanted)
{
    for (const char *p = s->fields, *end = p + s->bytes; p < end;) {
        const char *value = p + strlen(p) + 1;
        if (strcmp(p, wanted) == 0)
            return value;
        p = value + strlen(value) + 1;
    }
    return NULL;
}

/* Data[@Name='X']='v' */
static bool read_data(struct reading *r)
{
    char wanted[WORD_MAX], text[WORD_MAX];
    bool good = take_word(r, "[") && take_word(r, "@Name") && take_word(r, "=") &&
                read_literal(r, wanted) && take_word(r, "]") && take_word(r, "=") &&
                read_literal(r, text);
    r->terms++;
    r->bad = r->bad || !good;
    const char *value = good ? field_named(r->s, wanted) : NULL;
    return value != NULL && strcmp(value, text) == 0;
}

static bool read_inside(struct reading *r, enum node node)
{
    bool holds = take_word(r, "[") && read_either(r, node);
    r->bad = r->bad || !take_word(r, "]");
    return holds;
}

static bool read_step(struct reading *r, enum node node)
{
    const char *p;
    size_t n = read_name(r, &p);
    if (node == NODE_TOP && (is_word(p, n, "*") || is_word(p, n, "Event")))
        return read_inside(r, NODE_EVENT);
    if (node == NODE_EVENT && is_word(p, n, "System"))
        return read_inside(r, NODE_SYSTEM);
    if (node == NODE_EVENT && is_word(p, n, "EventData"))
        return read_inside(r, NODE_DATA);
    if (node == NODE_DATA && is_word(p, n, "Data"))
        return read_data(r);
    if (node == NODE_SYSTEM && is_word(p, n, "Provider"))
        return read_inside(r, NODE_PROVIDER);
    if (node == NODE_SYSTEM && is_word(p, n, "TimeCreated"))
        return read_inside(r, NODE_TIME);
    return compare_value(r, node, p, n);
}

static bool read_one(struct reading *r, enum node node)
{
    if (++r->depth > DEPTH_MAX)
        r->bad = true;
    bool holds = false;
    if (!r->bad && take_word(r, "(")) {
        holds = read_either(r, node);
        r->bad = r->bad || !take_word(r, ")");
    } else if (!r->bad) {
        holds = read_step(r, node);
    }
    r->depth--;
    return holds;
}

static bool read_all(struct reading *r, enum node node)
{
    bool holds = read_one(r, node);
    while (!r->bad && take_word(r, "and ")) {
        bool more = read_one(r, node);
        holds = holds && more;
    }
    return holds;
}

static bool read_either(struct reading *r, enum node node)
{
    bool holds = read_all(r, node);
    while (!r->bad && take_word(r, "or ")) {
        bool more = read_all(r, node);
        holds = holds || more;
    }
    return holds;
}

/* ---- queries -------------------------------------------------------------------------------- */

/* The next Select's text. */
static bool next_select(struct reading *r, const char **query)
{
    const char *p = strstr(*query, "<Select");
    p = p != NULL ? strchr(p, '>') : NULL;
    const char *end = p != NULL ? strstr(p, "</Select>") : NULL;
    if (end == NULL)
        return false;
    r->at = p + 1;
    r->end = *query = end;
    r->terms = 0;
    return true;
}

static bool read_whole(struct reading *r)
{
    bool holds = read_one(r, NODE_TOP);
    while (!r->bad && take_word(r, "and "))
        holds = read_one(r, NODE_TOP) && holds;
    skip_blanks(r);
    r->bad = r->bad || r->at != r->end;
    return holds && !r->bad;
}

uint32_t sim_xpath_check(const char *query)
{
    const struct sim_xsubject nothing = {.provider = "", .fields = ""};
    struct reading r = {.s = &nothing};
    bool any = false;
    while (next_select(&r, &query)) {
        any = true;
        (void)read_whole(&r);
        if (r.bad || r.terms > SIM_XPATH_TERMS)
            return EVENTLOG_E_INVALID_QUERY;
    }
    return any ? 0 : EVENTLOG_E_INVALID_QUERY;
}

bool sim_xpath_holds(const char *query, const struct sim_xsubject *s)
{
    struct reading r = {.s = s};
    while (next_select(&r, &query))
        if (read_whole(&r))
            return true;
    return false;
}
