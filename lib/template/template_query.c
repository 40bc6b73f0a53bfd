/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "template/template_query.h"

#include <string.h>

enum {
    VALUES_MOST = 4, /* of a condition */
    TERMS_MOST = 18, /* comparisons of a Select, with those that are always there */
    IDS_MOST = 8,
    FIXED_TERMS = 8
};

/* ---- writing -------------------------------------------------------------------------------- */

struct writing {
    uint16_t *out;
    size_t n;
};

static void put_n(struct writing *w, const char *s, size_t n)
{
    for (size_t i = 0; i < n && w->n + 1 < TEMPLATE_QUERY_UNITS; i++)
        w->out[w->n++] = (uint8_t)s[i];
}

static void put_text(struct writing *w, const char *s)
{
    put_n(w, s, strlen(s));
}

static void put_number(struct writing *w, uint64_t v)
{
    char text[TEXT_U64_MAX];
    put_n(w, text, text_u64(text, v));
}

/* A time of a query: milliseconds, as the event viewer writes them. */
static void put_time(struct writing *w, const char *compares, uint64_t time)
{
    char text[TEXT_TIME_MAX];
    size_t n = text_time(text, time);
    put_text(w, " and TimeCreated[@SystemTime");
    put_text(w, compares);
    put_n(w, text, n - 5); /* without the last four digits and the Z */
    put_text(w, "Z']");
}

/* ---- conditions ----------------------------------------------------------------------------- */

/* How the fields are called that a condition's key stands for. */
struct known_field {
    const char *key, *field;
};

static const char *field_of(const struct template_key *key)
{
    static const struct known_field fields[] = {
        {"protocol", "Protocol"}, {"filter", "FilterRTID"}, {"layer", "LayerRTID"}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].key, key->name) == 0)
            return fields[i].field;
    return NULL;
}

static bool is_range(const struct template_condition *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].is.number.low != c->values[i].is.number.high)
            return true;
    return false;
}

/* Kinds of events have smaller numbers than the IDs of records. */
enum { KINDS_END = 64 };

static bool names_kinds(const struct template_condition *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].is.number.low < KINDS_END)
            return true;
    return false;
}

const char *template_query_why_not(const struct template_condition *c)
{
    bool type = c->key->form == FORM_TYPE;
    if (c->key->is_late)
        return "only the finished event has it";
    if (c->key->form == FORM_PORT || c->key->form == FORM_ADDRESS)
        return "which side of a record is this host is only known here";
    if (!type && field_of(c->key) == NULL)
        return "a query compares a record's own texts, which are not spelled so";
    if (c->is_not)
        return "a query's != does not hold for a record that lacks the field";
    if (is_range(c))
        return "a range";
    if (type && names_kinds(c))
        return "every record of the log is of kind audit";
    return c->count > (type ? (uint32_t)IDS_MOST : (uint32_t)VALUES_MOST)
               ? "more values than a query may have"
               : NULL;
}

/* EventData[Data[@Name='Protocol']='6' or ...] */
static void put_condition(struct writing *w, const struct template_condition *c)
{
    put_text(w, " and EventData[");
    for (uint32_t i = 0; i < c->count; i++) {
        put_text(w, i > 0 ? " or Data[@Name='" : "Data[@Name='");
        put_text(w, field_of(c->key));
        put_text(w, "']='");
        put_number(w, c->values[i].is.number.low);
        put_text(w, "'");
    }
    put_text(w, "]");
}

static bool is_asked(const struct template_condition *c, bool type, uint32_t *terms)
{
    if ((c->key->form == FORM_TYPE) != type || template_query_why_not(c) != NULL ||
        *terms + c->count > TERMS_MOST)
        return false;
    *terms += c->count;
    return true;
}

/* ---- groups of events ----------------------------------------------------------------------- */

/* Whose events: from low to high. */
struct range {
    uint16_t low, high;
};

static bool is_of_connections(uint64_t id)
{
    return id == 5031 || (id >= 5146 && id <= 5160);
}

/* The first type condition, if the query can have it. */
static const struct template_condition *type_of(const wfpw_template *t, uint32_t *terms)
{
    const struct template_condition *c = t != NULL ? t->first : NULL;
    while (c != NULL && !is_asked(c, true, terms))
        c = c->next;
    return c;
}

static void put_ids(struct writing *w, const struct template_condition *type)
{
    const char *before = "(EventID=";
    for (uint32_t i = 0; i < type->count; i++) {
        uint64_t id = type->values[i].is.number.low;
        if (!is_of_connections(id))
            continue;
        put_text(w, before);
        put_number(w, id);
        before = " or EventID=";
    }
    put_text(w, ")");
}

static bool has_connections(const struct template_condition *type)
{
    bool any = type == NULL;
    for (uint32_t i = 0; !any && i < type->count; i++)
        any = is_of_connections(type->values[i].is.number.low);
    return any;
}

static void put_ranges(struct writing *w, const struct range *r)
{
    put_text(w, "(");
    for (const char * or = ""; r->low != 0; r++, or = " or ") {
        put_text(w, or);
        put_text(w, r->low == r->high ? "EventID=" : "(EventID &gt;= ");
        put_number(w, r->low);
        if (r->low == r->high)
            continue;
        put_text(w, " and EventID &lt;= ");
        put_number(w, r->high);
        put_text(w, ")");
    }
    put_text(w, ")");
}

static void start_select(struct writing *w, const char *provider)
{
    put_text(w, "<Select Path=\"Security\">*[System[Provider[@Name='");
    put_text(w, provider);
    put_text(w, "'] and ");
}

static void end_system(struct writing *w, const struct template_query *q)
{
    if (q->since != 0)
        put_time(w, "&gt;='", q->since);
    if (q->until != 0 && q->until < UINT64_MAX - 10000)
        put_time(w, "&lt;='", q->until + 9999);
    if (q->after != 0) {
        put_text(w, " and EventRecordID &gt; ");
        put_number(w, q->after);
    }
    put_text(w, "]");
}

static const char auditing[] = "Microsoft-Windows-Security-Auditing";

static void put_group(struct writing *w, const struct template_query *q, const char *provider,
                      const struct range *ranges)
{
    start_select(w, provider);
    put_ranges(w, ranges);
    end_system(w, q);
    put_text(w, "]</Select>");
}

/* The only group that may be a flood: what the template asks is asked of it. */
static void put_connections(struct writing *w, const struct template_query *q)
{
    static const struct range ranges[] = {{5031, 5031}, {5146, 5160}, {0, 0}};
    uint32_t terms = FIXED_TERMS;
    const struct template_condition *type = type_of(q->match, &terms);
    if (!has_connections(type))
        return;
    start_select(w, auditing);
    if (type != NULL)
        put_ids(w, type);
    else
        put_ranges(w, ranges);
    end_system(w, q);
    for (const struct template_condition *c = q->match != NULL ? q->match->first : NULL; c != NULL;
         c = c->next)
        if (is_asked(c, false, &terms))
            put_condition(w, c);
    put_text(w, "]</Select>");
}

void template_query_write(const struct template_query *q, uint16_t *out)
{
    static const struct range policy[] = {{5440, 5463}, {4719, 4719}, {4945, 4948}, {4950, 4953},
                                          {4957, 4958}, {4650, 4655}, {4960, 4963}, {4965, 4965},
                                          {4976, 4984}, {5049, 5049}, {0, 0}},
                              breaks[] = {{4608, 4609}, {4612, 4612}, {4616, 4616}, {0, 0}},
                              log[] = {{1100, 1108}, {0, 0}};
    struct writing w = {.out = out};
    put_text(&w, "<QueryList><Query Id=\"0\" Path=\"Security\">");
    put_connections(&w, q);
    put_group(&w, q, auditing, policy);
    put_group(&w, q, auditing, breaks);
    put_group(&w, q, "Microsoft-Windows-Eventlog", log);
    put_text(&w, "</Query></QueryList>");
    out[w.n] = 0;
}
