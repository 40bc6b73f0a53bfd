/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which events are wanted: conditions as text, made ready once, and asked of an event in whatever
 * form it is. A condition means the same of a record, of an event of a batch, and of an event that
 * the system is just handing over: all three are asked through struct template_subject.
 */
#ifndef WFPW_TEMPLATE_H
#define WFPW_TEMPLATE_H

#include "model/record.h"

enum {
    TEMPLATE_CONDITIONS_MAX = 256,
    TEMPLATE_TEXT_MAX = 16 * 1024, /* bytes of a condition's text */
    TEMPLATE_VALUES_MAX = 1024     /* values of its list */
};

/* What a key's values are, and how they are looked for; cheap ones first, as conditions are asked
 * in this order. */
enum template_form {
    FORM_NUMBER, /* numbers, and words of a list that stand for numbers */
    FORM_TYPE,   /* what kind of event, or the ID of an audit event */
    FORM_FLAGS,  /* bits, of which one must be set */
    FORM_SCOPE,
    FORM_PORT, /* of one side */
    FORM_ADDRESS,
    FORM_TIME,
    FORM_COMPUTER, /* texts, from here on */
    FORM_FILE,
    FORM_RULE,
    FORM_USER,
    FORM_APP
};

/* Where a member lies in a struct record, and in a wfpw_event. */
enum template_holder { HOLDER_RECORD, HOLDER_EVENT, HOLDERS };
struct template_place {
    uint16_t at, size;
};

struct template_key {
    const char *name;
    const char *wants; /* what its values are, as one sentence */
    uint8_t form;      /* enum template_form */
    bool is_remote;    /* FORM_PORT, FORM_ADDRESS: of which side */
    bool is_either;    /* FORM_PORT, FORM_ADDRESS: of any */
    bool is_late;      /* only a finished event has it: of a record it always holds */
    bool asks_verdict;
    uint16_t list;    /* WFPW_LIST_* whose words are values; 0: none */
    uint32_t present; /* WFPW_HAS_*: without it there is no value; 0: there is when it is not 0 */
    uint64_t least, most; /* of numbers; most 0: only words are values */
    struct template_place place[HOLDERS];
};

/* One of a condition's values: from low to high, or a pattern of text. */
struct template_value {
    union {
        struct {
            uint64_t low, high;
        } number;
        struct {
            uint8_t low[16], high[16];
            uint8_t family;
        } address;
        struct {
            const char *p; /* UTF-8, ASCII letters in lower case; the condition's own memory */
            uint32_t size;
            bool is_whole; /* to be compared with all of a path, not only with its last part */
            bool is_plain; /* ASCII without '*' but perhaps as the first character */
            char apart;    /* is_whole: 0; else what parts the last part, which alone is compared */
            uint8_t sid_size;    /* of a user that is a SID; 0: it is a name or a pattern */
            const uint8_t *sid;  /* its bytes */
            const uint8_t *wide; /* of another plain text the same text as UTF-16LE, without a '*'
                                    in front; NULL: it is none */
        } text;
    } is;
};

struct template_condition {
    struct template_condition *next; /* not cheaper than this one */
    const struct template_key *key;
    const char *text; /* as it was given */
    bool is_not;
    uint32_t count;
    struct template_value *values;
};

struct wfpw_template {
    wfpw_allocator memory;
    uint32_t count;
    bool has_late, asks_verdict; /* conditions */
    struct template_condition *first;
};

/* ---- from text ------------------------------------------------------------------------------ */

/* Reads one condition. values has room for as many as template_values_most says, texts for
 * TEMPLATE_TEXT_ROOM(n) bytes. Returns NULL, or what is wrong, one sentence; *wrong_at is then the
 * byte. */
const char *template_parse(const char *text, size_t n, struct template_condition *c, char *texts,
                           size_t *wrong_at);
/* Makes a text that is ready but for its form in most events: with its bytes as a SID or as UTF-16,
 * which it writes to `to` and points to. Returns how many: less than twice as many as the text has,
 * or so many. */
size_t template_widen(struct template_value *v, enum template_form form, char *to);
#define TEMPLATE_TEXT_ROOM(n) (3 * (n)) /* a copy of the text, and a SID or UTF-16 of it */
/* How many values a text has at most. */
size_t template_values_most(const char *text, size_t n);

/* ---- asking --------------------------------------------------------------------------------- */

#define TEMPLATE_TEXT_ENDS UINT32_MAX /* a size: up to the NUL */

struct template_text {
    const void *p;       /* NULL: absent */
    uint32_t size, type; /* enum value_type */
};

/* An event as conditions see it. Who has an event in a form of its own fills a struct record's
 * fixed part and points the texts to where they are. */
struct template_subject {
    const void *base; /* a struct record or a wfpw_event */
    enum template_holder holder;
    uint32_t present, kind, event_id;
    bool is_unknown; /* which side is local: then either may be meant */
    bool is_early;   /* this host's names are not in it yet: what they may answer holds meanwhile */
    const wfpw_endpoint *local, *remote;
    struct template_text app, user_sid, user_name, computer, file;
    struct template_text rule_id, rule_name, rule_title; /* of a finished event */
    /* The application's path on this host, in two pieces; place.p NULL: it has none. */
    struct template_text place, rest;
};

/* Of an application: whether one of the values is its path as this host has it. */
bool template_has_path(const struct template_condition *c, const struct template_subject *s);

struct template_subject template_of_record(const struct record *r);
struct template_subject template_of_event(const wfpw_event *ev);

/* Whether events of this kind (of audit events: of this ID) with this verdict may match, whatever
 * else they are. t may be NULL. */
bool template_admits(const wfpw_template *t, uint32_t kind, uint32_t event_id, uint32_t verdict);

/* Whether one of a condition's values is this one. */
static inline bool template_has_number(const struct template_condition *c, uint64_t n)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (n >= c->values[i].is.number.low && n <= c->values[i].is.number.high)
            return true;
    return false;
}
bool template_has_address(const struct template_condition *c, const wfpw_endpoint *e);
/* An IPv4 address as a number. */
bool template_has_v4(const struct template_condition *c, uint32_t address);
/* UTF-16LE of so many bytes. */
bool template_has_utf16(const struct template_condition *c, const void *text, size_t size);
/* A SID of the one revision there is, and of the size that it says it has. */
bool template_has_sid(const struct template_condition *c, const void *sid, size_t size);
bool template_has_text(const struct template_condition *c, const struct template_text *t);
/* Whether a value may be a name of this host: then a condition that does not hold may do so when
 * names are there. */
bool template_asks_names(const struct template_condition *c);

/* Whether every condition holds. Gaps pass always. */
bool template_holds(const struct wfpw_template *t, const struct template_subject *s);

#endif
