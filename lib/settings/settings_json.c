/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "settings/settings_json.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log_zone.h"
#include "base/text.h"
#include "settings/json_text.h"
#include "settings/settings_key.h"

struct reading {
    struct settings *s;
    struct json_text json;
    char *room;   /* for a string */
    size_t start; /* of the key or value that is read */
    char where[40];
    wfpw_error *e;
};

/* ---- errors --------------------------------------------------------------------------------- */

/* Errors tell the character, which in UTF-8 may be several bytes. */
static uint64_t character_at(const struct reading *r, size_t byte)
{
    uint64_t n = 0;
    for (size_t i = 0; i < byte; i++)
        n += ((uint8_t)r->json.s[i] & 0xC0) != 0x80;
    return n;
}

static int refuse_at(struct reading *r, size_t byte, const char *what)
{
    return error_at(r->e, WFPW_E_SYNTAX, r->where, character_at(r, byte), what);
}

static int refuse_here(struct reading *r, const char *what)
{
    return refuse_at(r, r->start, what);
}

static int out_of_memory(struct reading *r)
{
    return error_set(r->e, WFPW_E_NOMEM, "wfpw_options_from_json", 0, NULL);
}

static int refuse_value(struct reading *r, const struct settings_key *key)
{
    char text[120];
    return refuse_here(r, settings_key_wants(key, text, sizeof text));
}

static void name_place(struct reading *r, const struct settings_keys *keys, const char *name)
{
    char text[sizeof r->where];
    text_harmless(text, sizeof text, name[0] != 0 ? name : "\"\"");
    (void)snprintf(r->where, sizeof r->where, "%s%.30s", keys->prefix, text);
}

/* ---- values --------------------------------------------------------------------------------- */

/* A string into `room`. */
static bool read_string(struct reading *r)
{
    size_t size;
    return json_text_string(&r->json, r->room, &size);
}

static int read_number(struct reading *r, const struct settings_key *key, void *to)
{
    uint64_t n;
    if (!json_text_number(&r->json, &n) || (n != 0 && (n < key->least || n > key->most)))
        return refuse_value(r, key);
    *(uint32_t *)to = (uint32_t)n;
    return WFPW_OK;
}

static int read_flag(struct reading *r, const struct settings_key *key, void *to)
{
    bool is_true = json_text_word(&r->json, "true");
    if (!is_true && !json_text_word(&r->json, "false"))
        return refuse_value(r, key);
    *(uint32_t *)to |= is_true ? key->most : 0;
    return WFPW_OK;
}

static int read_text(struct reading *r, const struct settings_key *key, void *to)
{
    struct log_zone zone;
    uint8_t guid[16];
    if (!read_string(r))
        return refuse_value(r, key);
    size_t n = strlen(r->room);
    if (strcmp(key->name, "own_provider") == 0 && !text_parse_guid(r->room, n, guid))
        return refuse_here(r, "it is the key of a provider: \"{guid}\"");
    if (strcmp(key->name, "log_zone") == 0 && !log_zone_parse(r->room, &zone))
        return refuse_here(r, "it is \"local\", \"UTC\" or an offset: \"+02:00\"");
    char *copy = memory_take(&r->s->memory, n + 1);
    if (copy == NULL)
        return out_of_memory(r);
    memcpy(copy, r->room, n + 1);
    r->s->texts[r->s->text_count++] = copy;
    *(const char **)to = copy;
    return WFPW_OK;
}

static int read_time(struct reading *r, const struct settings_key *key, void *to)
{
    if (!read_string(r) || !text_parse_time(r->room, strlen(r->room), to))
        return refuse_value(r, key);
    return WFPW_OK;
}

static int read_join(struct reading *r, const struct settings_key *key, void *to)
{
    static const char *const words[] = {
        [WFPW_JOIN_NEEDED] = "needed", [WFPW_JOIN_ALWAYS] = "always", [WFPW_JOIN_NEVER] = "never"};
    bool is_string = read_string(r);
    for (uint32_t i = 0; is_string && i <= WFPW_JOIN_NEVER; i++) {
        if (strcmp(words[i], r->room) == 0) {
            *(uint32_t *)to = i;
            return WFPW_OK;
        }
    }
    return refuse_value(r, key);
}

/* ---- arrays of texts ------------------------------------------------------------------------ */

static int add_keyword(struct reading *r)
{
    uint32_t bit = settings_keyword(r->room);
    r->s->live.keywords |= bit;
    return bit != 0
               ? WFPW_OK
               : refuse_here(r, "there is no keyword of this name: see WFPW_KEYWORD_*, in small "
                                "letters");
}

/* Of what a condition or a target says the place is where its text begins: it may have escapes. */
static int told_by(struct reading *r, int status, const wfpw_error *e)
{
    return status == WFPW_E_NOMEM ? out_of_memory(r)
           : status != WFPW_OK    ? refuse_here(r, e->text)
                                  : 0;
}

static int add_condition(struct reading *r)
{
    wfpw_error e;
    return told_by(r, wfpw_template_add(r->s->given.match, r->room, &e), &e);
}

static int add_target(struct reading *r)
{
    wfpw_error e;
    return told_by(r, wfpw_guard_add(r->s->given.guard, r->room, &e), &e);
}

static int read_items(struct reading *r, const struct settings_key *key,
                      int (*add)(struct reading *r))
{
    if (!json_text_mark(&r->json, '['))
        return refuse_value(r, key);
    if (json_text_mark(&r->json, ']'))
        return WFPW_OK;
    do {
        (void)json_text_peek(&r->json);
        r->start = r->json.at;
        if (!read_string(r))
            return refuse_value(r, key);
        int status = add(r);
        if (status != WFPW_OK)
            return status;
    } while (json_text_mark(&r->json, ','));
    return json_text_mark(&r->json, ']') ? WFPW_OK
                                         : refuse_at(r, r->json.at, "a ',' or ']' is missing");
}

static int read_match(struct reading *r, const struct settings_key *key)
{
    if (wfpw_template_new(r->s->options.allocator, &r->s->given.match) != WFPW_OK)
        return out_of_memory(r);
    r->s->options.match = r->s->given.match;
    return read_items(r, key, add_condition);
}

static int read_guard(struct reading *r, const struct settings_key *key)
{
    if (wfpw_guard_new(r->s->options.allocator, &r->s->given.guard) != WFPW_OK)
        return out_of_memory(r);
    r->s->live.guard = r->s->given.guard;
    return read_items(r, key, add_target);
}

/* ---- objects -------------------------------------------------------------------------------- */

static int read_object(struct reading *r, const struct settings_keys *keys, void *base);

/* An object, or null: *is_there tells which. Errors behind it are told at its start. */
static int read_part(struct reading *r, const struct settings_key *key,
                     const struct settings_keys *keys, void *base, bool *is_there)
{
    size_t start = r->start;
    *is_there = !json_text_word(&r->json, "null");
    if (!*is_there)
        return WFPW_OK;
    if (json_text_peek(&r->json) != '{')
        return refuse_value(r, key);
    int status = read_object(r, keys, base);
    r->start = status == WFPW_OK ? start : r->start;
    return status;
}

static int read_live(struct reading *r, const struct settings_key *key)
{
    struct settings *s = r->s;
    bool is_there;
    int status = read_part(r, key, &settings_of_live, &s->live, &is_there);
    if (status != WFPW_OK || !is_there)
        return status;
    s->given.live = &s->live;
    const uint32_t changes = WFPW_LIVE_IPSEC | WFPW_LIVE_AUDIT_POLICY;
    if ((s->live.flags & WFPW_LIVE_OBSERVE) != 0 &&
        (s->live.keywords != 0 || (s->live.flags & changes) != 0))
        return refuse_here(r, "who observes only changes neither keywords, ipsec nor audit_policy");
    if (s->live.aggregate_bytes != 0 && s->live.aggregate_ms == 0)
        return refuse_here(r, "aggregate_bytes is of use with aggregate_ms only");
    return WFPW_OK;
}

static int read_audit(struct reading *r, const struct settings_key *key)
{
    struct settings *s = r->s;
    bool is_there;
    int status = read_part(r, key, &settings_of_audit, &s->audit, &is_there);
    if (status != WFPW_OK || !is_there)
        return status;
    s->given.audit = &s->audit;
    if (s->audit.until != 0 && (s->audit.flags & WFPW_AUDIT_PAST) == 0)
        return refuse_here(r, "until is of use with past only");
    if (s->audit.until != 0 && s->audit.since > s->audit.until)
        return refuse_here(r, "since is later than until");
    return WFPW_OK;
}

static int read_value(struct reading *r, const struct settings_key *key, void *base)
{
    void *to = (char *)base + key->at;
    switch (key->type) {
    case SETTINGS_NUMBER:
        return read_number(r, key, to);
    case SETTINGS_FLAG:
        return read_flag(r, key, to);
    case SETTINGS_TEXT:
        return read_text(r, key, to);
    case SETTINGS_TIME:
        return read_time(r, key, to);
    case SETTINGS_JOIN:
        return read_join(r, key, to);
    case SETTINGS_KEYWORDS:
        return read_items(r, key, add_keyword);
    case SETTINGS_MATCH:
        return read_match(r, key);
    case SETTINGS_GUARD:
        return read_guard(r, key);
    case SETTINGS_LIVE:
        return read_live(r, key);
    default:
        return read_audit(r, key);
    }
}

static int read_member(struct reading *r, const struct settings_keys *keys, uint64_t *seen,
                       void *base)
{
    (void)json_text_peek(&r->json);
    r->start = r->json.at;
    if (!read_string(r))
        return refuse_here(r, "a key is missing: a text in quotation marks");
    int i = settings_key_find(keys, r->room);
    name_place(r, keys, r->room);
    if (i < 0)
        return refuse_here(r, "there is no such key");
    if ((*seen & (uint64_t)1 << i) != 0)
        return refuse_here(r, "the key is there twice");
    *seen |= (uint64_t)1 << i;
    if (!json_text_mark(&r->json, ':'))
        return refuse_at(r, r->json.at, "a ':' is missing");
    (void)json_text_peek(&r->json);
    r->start = r->json.at;
    return read_value(r, &keys->at[i], base);
}

/* Two levels, no more: an object in an object has no such key. */
static int read_object(struct reading *r, const struct settings_keys *keys, void *base)
{
    uint64_t seen = 0;
    if (!json_text_mark(&r->json, '{'))
        return refuse_at(r, r->json.at, "settings are one object: { ... }");
    if (json_text_mark(&r->json, '}'))
        return WFPW_OK;
    do {
        int status = read_member(r, keys, &seen, base);
        if (status != WFPW_OK)
            return status;
    } while (json_text_mark(&r->json, ','));
    return json_text_mark(&r->json, '}') ? WFPW_OK
                                         : refuse_at(r, r->json.at, "a ',' or '}' is missing");
}

static int read_all(struct reading *r)
{
    const struct settings *s = r->s;
    size_t valid = text_utf8_valid(r->json.s, r->json.n);
    if (valid != r->json.n)
        return refuse_at(r, valid, "this is no UTF-8");
    int status = read_object(r, &settings_of_options, &r->s->options);
    if (status != WFPW_OK)
        return status;
    if (json_text_peek(&r->json) != 0 || r->json.at != r->json.n)
        return refuse_at(r, r->json.at, "there is text behind the object");
    r->start = 0;
    if (s->live.guard != NULL && (s->options.flags & WFPW_OPEN_NO_NAMES) != 0)
        return refuse_here(r, "a guard needs names: not with no_names");
    return WFPW_OK;
}

int settings_json_read(struct settings *s, const char *json, size_t size, wfpw_error *e)
{
    struct reading r = {.s = s, .json = {json, size, 0}, .where = "wfpw_options_from_json", .e = e};
    r.room = memory_take(&s->memory, size + 1);
    if (r.room == NULL)
        return out_of_memory(&r);
    int status = read_all(&r);
    memory_give(&s->memory, r.room);
    return status;
}
