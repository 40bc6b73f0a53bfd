/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The text of a condition: KEY=VALUE or KEY!=VALUE, where VALUE is a list parted by commas. The
 * table below is the grammar's only list of keys. */
#include <stddef.h>
#include <string.h>

#include "codes/code_words.h"
#include "codes/wfp_symbols.h"
#include "template/template.h"

/* ---- the keys ------------------------------------------------------------------------------- */

enum { LIST_LAYER = 0x100, EVENT_ID_LEAST = 1000 }; /* a list of our own, beside WFPW_LIST_* */

#define PLACE(type, member)                                                                        \
    {                                                                                              \
        offsetof(type, member), sizeof(((type *)0)->member)                                        \
    }
/* A member that records and events call the same. */
#define MEMBER(member) .place = {PLACE(struct record, member), PLACE(wfpw_event, member)}

/* One that only events have. */
#define LATE(member) .is_late = true, .place = {[HOLDER_EVENT] = PLACE(wfpw_event, member)}

#define KEY(key_name, key_form, key_wants, ...)                                                    \
    {                                                                                              \
        .name = key_name, .form = key_form, .wants = key_wants, __VA_ARGS__                        \
    }

static const struct template_key keys[] = {
    KEY("protocol", FORM_NUMBER, "a protocol is a number from 0 to 255 or a name such as tcp",
        .list = WFPW_LIST_PROTOCOL, .present = WFPW_HAS_PROTOCOL, .most = 255, MEMBER(protocol)),
    KEY("direction", FORM_NUMBER, "a direction is inbound, outbound, forward or bidirectional",
        .list = WFPW_LIST_DIRECTION, MEMBER(direction)),
    KEY("layer", FORM_NUMBER, "a layer is its run-time id or its key, such as ALE_AUTH_CONNECT_V4",
        .list = LIST_LAYER, .present = WFPW_HAS_LAYER_ID, .most = UINT32_MAX, MEMBER(layer_id)),
    KEY("filter", FORM_NUMBER, "a filter is its run-time id, a number",
        .present = WFPW_HAS_FILTER_ID, .most = UINT64_MAX, MEMBER(filter_id)),
    KEY("verdict", FORM_NUMBER, "a verdict is block, drop, allow, failure or info",
        .list = WFPW_LIST_VERDICT, .asks_verdict = true, LATE(verdict)),
    KEY("reason", FORM_NUMBER, "a reason is one of docs/reasons.md, such as stealth",
        .list = WFPW_LIST_REASON, .asks_verdict = true, LATE(reason)),
    KEY("own", FORM_FLAGS, "own is process, filter or lookup", .list = WFPW_LIST_OWN, LATE(flags)),
    KEY("type", FORM_TYPE,
        "a type is a word such as classify_drop, or the ID of an audit event such as 5157",
        .list = WFPW_LIST_KIND, .least = EVENT_ID_LEAST, .most = UINT16_MAX),
    KEY("scope-id", FORM_SCOPE, "a scope ID is a number from 0 to 4294967295",
        .present = WFPW_HAS_SCOPE_ID, .most = UINT32_MAX),
    KEY("local-port", FORM_PORT, "a port is a number from 0 to 65535", .most = UINT16_MAX),
    KEY("remote-port", FORM_PORT, "a port is a number from 0 to 65535", .most = UINT16_MAX,
        .is_remote = true),
    KEY("local-address", FORM_ADDRESS, "an address is 10.0.0.1, fe80::1, 10.0.0.0/8 or a range",
        .is_remote = false),
    KEY("remote-address", FORM_ADDRESS, "an address is 10.0.0.1, fe80::1, 10.0.0.0/8 or a range",
        .is_remote = true),
    KEY("pid", FORM_NUMBER, "a process ID is a number", .present = WFPW_HAS_PROCESS_ID,
        .most = UINT64_MAX, MEMBER(process_id)),
    KEY("port", FORM_PORT, "a port is a number from 0 to 65535", .most = UINT16_MAX,
        .is_either = true),
    KEY("address", FORM_ADDRESS, "an address is 10.0.0.1, fe80::1, 10.0.0.0/8 or a range",
        .is_either = true),
    KEY("time", FORM_TIME, "a time is 2026-11-22T20:28:00Z, in UTC, or a day, 2026-11-22",
        MEMBER(time)),
    KEY("computer", FORM_COMPUTER, "a computer is a name, as the record has it", .present = 0),
    KEY("file", FORM_FILE, "a file is a path as it was given, or its last part", .is_late = true),
    KEY("rule", FORM_RULE, "a rule is the id or the name of a rule of the firewall",
        .is_late = true),
    KEY("user", FORM_USER, "a user is a SID or a name", .present = 0),
    KEY("app", FORM_APP, "an application is a path or its last part", .present = 0),
};

static const struct template_key *find_key(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (text_same(name, n, keys[i].name))
            return &keys[i];
    return NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

struct parser {
    const char *at, *end;
    const char *wrong;    /* what is wrong; NULL: nothing so far */
    const char *wrong_at; /* and where */
    char *texts;          /* room for copies */
    char order;           /* '<' or '>' in front of the '='; 0: none */
    bool is_strict;       /* without a '=' */
    const struct template_key *key;
};

/* The text of a value, or a part of it. */
struct span {
    const char *p, *end;
};

static bool refuse_text(struct parser *p, const char *at, const char *wrong)
{
    p->wrong = wrong;
    p->wrong_at = at;
    return false;
}

static bool refuse_value(struct parser *p, const char *at)
{
    return refuse_text(p, at, p->key->wants);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->end && is_blank(*p->at))
        p->at++;
}

static size_t length_of(const struct span *s)
{
    return (size_t)(s->end - s->p);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- numbers and words ---------------------------------------------------------------------- */

/* The first character that no number has there. */
static const char *number_ends(const struct span *s)
{
    const char *at = s->p;
    bool hex = length_of(s) > 2 && s->p[0] == '0' && (s->p[1] == 'x' || s->p[1] == 'X');
    for (at += hex ? 2 : 0; at < s->end; at++) {
        bool letter = (*at >= 'a' && *at <= 'f') || (*at >= 'A' && *at <= 'F');
        if (!is_digit(*at) && !(hex && letter))
            break;
    }
    return at;
}

static bool parse_number(struct parser *p, const struct span *s, uint64_t *out)
{
    const char *end = number_ends(s);
    if (end < s->end)
        return refuse_value(p, end);
    if (!text_parse_u64(s->p, length_of(s), out) || *out < p->key->least || *out > p->key->most)
        return refuse_value(p, s->p);
    return true;
}

static bool layer_of(const struct span *s, uint32_t *id)
{
    static const char prefix[] = "FWPM_LAYER_";
    for (*id = 0; *id < WFP_SYMBOL_LAYERS; (*id)++) {
        const char *key = wfp_symbol_layer_key(*id);
        if (key != NULL && (text_same(s->p, length_of(s), key) ||
                            text_same(s->p, length_of(s), key + sizeof prefix - 1)))
            return true;
    }
    return false;
}

static bool parse_word(struct parser *p, const struct span *s, uint64_t *out)
{
    uint32_t code = 0;
    bool found = p->key->list == LIST_LAYER
                     ? layer_of(s, &code)
                     : code_word_parse(p->key->list, s->p, length_of(s), &code);
    *out = code;
    return found || refuse_value(p, s->p);
}

/* The part behind the first '-'; false: there is none. */
static bool split_range(struct span *s, struct span *high)
{
    const char *dash = memchr(s->p, '-', length_of(s));
    if (dash == NULL)
        return false;
    *high = (struct span){dash + 1, s->end};
    s->end = dash;
    return true;
}

static bool number_value(struct parser *p, struct span s, struct template_value *v)
{
    struct span high;
    if (p->key->most == 0 || !is_digit(*s.p)) {
        if (!parse_word(p, &s, &v->is.number.low))
            return false;
        v->is.number.high = v->is.number.low;
        return true;
    }
    bool is_range = split_range(&s, &high);
    if (!parse_number(p, &s, &v->is.number.low))
        return false;
    v->is.number.high = v->is.number.low;
    if (!is_range)
        return true;
    if (!parse_number(p, &high, &v->is.number.high))
        return false;
    return v->is.number.low <= v->is.number.high ||
           refuse_text(p, high.p, "the range ends before it starts");
}

/* ---- times ---------------------------------------------------------------------------------- */

/* A day is all of it; without seconds it is the minute's start. */
static bool time_value(struct parser *p, struct span s, struct template_value *v)
{
    enum { DAY = 10, MINUTE = 16, MOST = 40 };
    static const char rest[] = "0000-00-00T00:00:00";
    const uint64_t a_day = UINT64_C(864000000000);
    char text[MOST];
    size_t n = length_of(&s);
    if (n >= MOST)
        return refuse_value(p, s.p);
    memcpy(text, s.p, n);
    n -= n == MINUTE + 1 && text[MINUTE] == 'Z';
    bool is_day = n == DAY;
    for (; n == DAY || (n > DAY && n < sizeof rest - 1 && (is_day || n >= MINUTE)); n++)
        text[n] = rest[n];
    if (n > DAY && text[DAY] == ' ')
        text[DAY] = 'T';
    if (!text_parse_time(text, n, &v->is.number.low))
        return refuse_value(p, s.p);
    v->is.number.high = v->is.number.low + (is_day ? a_day - 1 : 0);
    return true;
}

static bool has_order(const struct template_key *k)
{
    return k->form == FORM_TIME || k->form == FORM_PORT || (k->form == FORM_NUMBER && k->list == 0);
}

static struct template_value from_to(uint64_t low, uint64_t high)
{
    return (struct template_value){.is.number = {low, high}};
}

/* Behind '<' or '>' the value is one end, and the other one is open. */
static bool open_end(struct parser *p, const char *at, struct template_value *v)
{
    uint64_t low, high;
    if (p->order == 0)
        return true;
    low = v->is.number.low;
    high = v->is.number.high;
    if (p->key->form != FORM_TIME && low != high)
        return refuse_text(p, at, "one number is wanted behind '<' or '>'");
    bool is_up = p->order == '>';
    if (p->is_strict && (is_up ? high == UINT64_MAX : low == 0)) /* nothing lies beyond */
        *v = from_to(1, 0);
    else if (is_up)
        *v = from_to(p->is_strict ? high + 1 : low, UINT64_MAX);
    else
        *v = from_to(0, p->is_strict ? low - 1 : high);
    return true;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool parse_address(struct parser *p, const struct span *s, uint8_t *addr, uint8_t *family)
{
    uint32_t scope;
    const char *percent = memchr(s->p, '%', length_of(s));
    memset(addr, 0, 16);
    if (percent != NULL)
        return refuse_text(p, percent, "an address has no scope here: give scope-id= beside it");
    return text_parse_ip(s->p, length_of(s), addr, family, &scope) || refuse_value(p, s->p);
}

/* All addresses whose first bits are those of low. */
static bool parse_prefix(struct parser *p, const struct span *s, struct template_value *v)
{
    uint64_t bits;
    uint32_t size = v->is.address.family == 4 ? 4 : 16;
    if (number_ends(s) < s->end || !text_parse_u64(s->p, length_of(s), &bits) || bits > 8 * size)
        return refuse_text(p, s->p,
                           size == 4 ? "a prefix of IPv4 has 0 to 32 bits"
                                     : "a prefix of IPv6 has 0 to 128 bits");
    memcpy(v->is.address.high, v->is.address.low, sizeof v->is.address.high);
    for (uint64_t i = bits; i < 8 * size; i++) {
        uint8_t bit = (uint8_t)(0x80 >> i % 8);
        v->is.address.low[i / 8] &= (uint8_t)~bit;
        v->is.address.high[i / 8] |= bit;
    }
    return true;
}

static bool address_value(struct parser *p, struct span s, struct template_value *v)
{
    struct span rest = {s.p, s.p};
    uint8_t family;
    const char *slash = memchr(s.p, '/', length_of(&s));
    bool is_range = slash == NULL && split_range(&s, &rest);
    if (slash != NULL) {
        rest = (struct span){slash + 1, s.end};
        s.end = slash;
    }
    if (!parse_address(p, &s, v->is.address.low, &v->is.address.family))
        return false;
    if (slash != NULL)
        return parse_prefix(p, &rest, v);
    memcpy(v->is.address.high, v->is.address.low, sizeof v->is.address.high);
    if (!is_range)
        return true;
    if (!parse_address(p, &rest, v->is.address.high, &family))
        return false;
    if (family != v->is.address.family)
        return refuse_text(p, rest.p, "a range is of IPv4 or of IPv6, not of both");
    return memcmp(v->is.address.low, v->is.address.high, 16) <= 0 ||
           refuse_text(p, rest.p, "the range ends before it starts");
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* A SID is written as Windows writes it, so that texts can be compared. */
static size_t copy_text(const struct parser *p, const struct span *s)
{
    uint8_t sid[SID_BYTES_MAX];
    char text[TEXT_SID_MAX];
    size_t size, n = 0;
    if (p->key->form == FORM_USER && text_parse_sid(s->p, length_of(s), sid, &size))
        n = text_sid(text, sid, size);
    if (n == 0 || n > length_of(s)) { /* longer: it was no SID as Windows writes it */
        n = length_of(s);
        memcpy(p->texts, s->p, n);
    } else {
        memcpy(p->texts, text, n);
    }
    return n;
}

/* ASCII letters become small ones. Returns whether the rest is simple, too: no other characters,
 * and a '*' only in front. */
static bool make_plain(char *p, size_t n)
{
    bool plain = true;
    for (size_t i = 0; i < n; i++) {
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] - 'A' + 'a');
        plain = plain && p[i] > 0 && (p[i] != '*' || i == 0);
    }
    return plain;
}

static bool text_of_value(struct parser *p, struct span s, struct template_value *v)
{
    if (length_of(&s) == 0)
        return refuse_text(p, s.p, "a value is missing");
    size_t n = copy_text(p, &s);
    *v = (struct template_value){.is.text = {.p = p->texts, .size = (uint32_t)n}};
    v->is.text.is_plain = make_plain(p->texts, n);
    v->is.text.is_whole = memchr(p->texts, '\\', n) != NULL ||
                          (p->key->form == FORM_FILE && memchr(p->texts, '/', n) != NULL);
    if (!v->is.text.is_whole && p->key->form != FORM_RULE)
        v->is.text.apart = p->key->form == FORM_FILE ? '/' : '\\';
    p->texts += n;
    p->texts += template_widen(v, (enum template_form)p->key->form, p->texts);
    return true;
}

/* ---- the list ------------------------------------------------------------------------------- */

/* In quotes a comma is a character like others. */
static bool parse_quoted(struct parser *p, struct span *s)
{
    const char *open = p->at++;
    const char *close = memchr(p->at, '"', (size_t)(p->end - p->at));
    if (p->key->form < FORM_COMPUTER)
        return refuse_value(p, open);
    if (close == NULL)
        return refuse_text(p, open, "the closing quote is missing");
    *s = (struct span){p->at, close};
    p->at = close + 1;
    skip_blanks(p);
    return p->at == p->end || *p->at == ',' ||
           refuse_text(p, p->at, "a comma or the end is wanted after a quote");
}

/* The text up to the next comma, without blanks around it. */
static bool cut_part(struct parser *p, struct span *s)
{
    skip_blanks(p);
    if (p->at < p->end && *p->at == '"')
        return parse_quoted(p, s);
    const char *comma = p->at < p->end ? memchr(p->at, ',', (size_t)(p->end - p->at)) : NULL;
    *s = (struct span){p->at, comma != NULL ? comma : p->end};
    p->at = s->end;
    while (s->end > s->p && is_blank(s->end[-1]))
        s->end--;
    return s->end > s->p || refuse_text(p, s->p, "a value is missing");
}

static bool value_of(struct parser *p, struct span s, struct template_value *v)
{
    switch (p->key->form) {
    case FORM_ADDRESS:
        return address_value(p, s, v);
    case FORM_TIME:
        return time_value(p, s, v);
    case FORM_COMPUTER:
    case FORM_FILE:
    case FORM_RULE:
    case FORM_USER:
    case FORM_APP:
        return text_of_value(p, s, v);
    default:
        return number_value(p, s, v);
    }
}

static bool parse_value(struct parser *p, struct template_value *v)
{
    struct span s;
    return cut_part(p, &s) && value_of(p, s, v) && open_end(p, s.p, v);
}

static bool parse_values(struct parser *p, struct template_condition *c)
{
    for (c->count = 0; parse_value(p, &c->values[c->count]); p->at++) {
        c->count++;
        if (p->at == p->end)
            return true;
    }
    return false;
}

/* "=", and with keys that have an order "<", "<=", ">", ">=". */
static bool parse_comparison(struct parser *p, bool is_not)
{
    if (p->at < p->end && (*p->at == '<' || *p->at == '>') && has_order(p->key) && !is_not) {
        p->order = *p->at++;
        p->is_strict = p->at == p->end || *p->at != '=';
        p->at += !p->is_strict;
        return true;
    }
    if (p->at == p->end || *p->at != '=')
        return false;
    p->at++;
    return true;
}

static bool key_and_operator(struct parser *p, struct template_condition *c)
{
    skip_blanks(p);
    const char *name = p->at;
    while (p->at < p->end && memchr("=!<> \t", *p->at, 6) == NULL)
        p->at++;
    p->key = c->key = find_key(name, (size_t)(p->at - name));
    if (c->key == NULL)
        return refuse_text(p, name, p->at == name ? "a key is missing" : "there is no such key");
    skip_blanks(p);
    c->is_not = p->at < p->end && *p->at == '!';
    p->at += c->is_not;
    return parse_comparison(p, c->is_not) ||
           refuse_text(p, p->at,
                       has_order(c->key) ? "'=', '!=', '<' or '>' is wanted here"
                                         : "'=' or '!=' is wanted here");
}

size_t template_values_most(const char *text, size_t n)
{
    size_t values = 1;
    for (size_t i = 0; i < n; i++)
        values += text[i] == ',';
    return values;
}

const char *template_parse(const char *text, size_t n, struct template_condition *c, char *texts,
                           size_t *wrong_at)
{
    struct parser p = {.at = text, .end = text + n, .texts = texts};
    if (key_and_operator(&p, c) && parse_values(&p, c))
        return NULL;
    *wrong_at = (size_t)(p.wrong_at - text);
    return p.wrong;
}
