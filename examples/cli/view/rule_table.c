/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/rule_table.h"

#include <stdio.h>
#include <string.h>

#include "view/format.h"

enum { GAP = 2, ACTION = 6, DIRECTION = 3, ENABLED = 3, ORIGIN = 12, NAME = 44, LABEL = 16 };

static const char *action_of(const wfpw_rule *r)
{
    const char *word = wfpw_word(WFPW_LIST_RULE_ACTION, r->action);
    return word[0] != 0 ? word : "-";
}

static const char *direction_of(const wfpw_rule *r)
{
    return r->direction == WFPW_DIRECTION_INBOUND    ? "in"
           : r->direction == WFPW_DIRECTION_OUTBOUND ? "out"
                                                     : "-";
}

static const char *enabled_of(const wfpw_rule *r)
{
    return (r->present & WFPW_RULE_HAS_ENABLED) == 0 ? "-" : r->enabled != 0 ? "yes" : "no";
}

static const char *origin_of(const wfpw_rule *r)
{
    const char *word = wfpw_word(WFPW_LIST_RULE_ORIGIN, r->origin);
    return word[0] != 0 ? word : "-";
}

static void put_cell(struct buffer *out, const char *text, size_t width)
{
    size_t start = out->n;
    buffer_cut_middle(out, text, strlen(text), width);
    size_t columns = out->failed ? width : text_columns(out->p + start, out->n - start);
    buffer_fill(out, ' ', width - columns + GAP);
}

/* A text of strangers, which is made fit for a terminal first. */
static void put_name(struct buffer *out, const char *text)
{
    struct buffer safe = {0};
    buffer_text(&safe, text != NULL ? text : "-");
    buffer_put(&safe, "", 1);
    put_cell(out, safe.failed ? "-" : safe.p, NAME);
    buffer_free(&safe);
}

void rule_table_header(struct buffer *out)
{
    put_cell(out, "ACTION", ACTION);
    put_cell(out, "DIR", DIRECTION);
    put_cell(out, "ON", ENABLED);
    put_cell(out, "ORIGIN", ORIGIN);
    put_cell(out, "NAME", NAME);
    buffer_puts(out, "ID\n");
}

void rule_table_row(const wfpw_rule *r, struct buffer *out)
{
    put_cell(out, action_of(r), ACTION);
    put_cell(out, direction_of(r), DIRECTION);
    put_cell(out, enabled_of(r), ENABLED);
    put_cell(out, origin_of(r), ORIGIN);
    put_name(out, r->title);
    buffer_text(out, r->id != NULL ? r->id : "-");
    buffer_puts(out, "\n");
}

/* ---- all of one rule ------------------------------------------------------------------------ */

static void put_fact(struct buffer *out, const char *label, const char *text)
{
    size_t n = strlen(label);
    if (text == NULL || text[0] == 0)
        return;
    buffer_puts(out, "  ");
    buffer_puts(out, label);
    buffer_fill(out, ' ', n < LABEL ? LABEL - n : 1);
    buffer_text(out, text);
    buffer_puts(out, "\n");
}

static void protocol_fact(struct buffer *out, const wfpw_rule *r)
{
    enum { ANY = 256 };
    char number[16];
    if ((r->present & WFPW_RULE_HAS_PROTOCOL) == 0)
        return;
    const char *word = r->protocol == ANY ? "any" : wfpw_word(WFPW_LIST_PROTOCOL, r->protocol);
    (void)snprintf(number, sizeof number, "%u", (unsigned)r->protocol);
    put_fact(out, "protocol", word[0] != 0 ? word : number);
}

static void ports_facts(struct buffer *out, const wfpw_rule *r)
{
    if ((r->present & WFPW_RULE_HAS_PORTS) == 0)
        return;
    put_fact(out, "local ports", r->local_ports != NULL ? r->local_ports : "any");
    put_fact(out, "remote ports", r->remote_ports != NULL ? r->remote_ports : "any");
}

static void profiles_fact(struct buffer *out, const wfpw_rule *r)
{
    char text[32] = "";
    static const char *const names[] = {"domain", "private", "public"};
    if ((r->present & WFPW_RULE_HAS_PROFILES) == 0)
        return;
    for (size_t i = 0; r->profiles != WFPW_RULE_PROFILE_ALL && i < 3; i++)
        if ((r->profiles >> i & 1) != 0) {
            (void)strcat(text, text[0] != 0 ? ", " : "");
            (void)strcat(text, names[i]);
        }
    put_fact(out, "profiles", text[0] != 0 ? text : "all");
}

static void change_facts(struct buffer *out, const wfpw_rule *r)
{
    char time[TIME_LENGTH + 1];
    if (r->change == 0)
        return;
    format_time(time, r->change_time);
    put_fact(out, wfpw_word(WFPW_LIST_RULE_CHANGE, r->change), time);
    put_fact(out, "by", r->changed_by);
    put_fact(out, "user", r->changed_user);
}

static void source_facts(struct buffer *out, const wfpw_rule *r)
{
    char time[TIME_LENGTH + 1];
    put_fact(out, "origin", wfpw_word(WFPW_LIST_RULE_ORIGIN, r->origin));
    change_facts(out, r);
    put_fact(out, "from", r->from);
    format_time(time, r->from_time);
    put_fact(out, "as of", r->from_time != 0 ? time : NULL);
    put_fact(out, "truncated", r->truncated != 0 ? "it had more than is kept" : NULL);
}

void rule_details(const wfpw_rule *r, struct buffer *out)
{
    buffer_puts(out, "rule ");
    buffer_text(out, r->id != NULL ? r->id : "-");
    buffer_puts(out, "\n");
    put_fact(out, "name", r->name);
    if (r->title != NULL && (r->name == NULL || strcmp(r->title, r->name) != 0))
        put_fact(out, "that is", r->title);
    put_fact(out, "description", r->description);
    put_fact(out, "group", r->group);
    put_fact(out, "action", wfpw_word(WFPW_LIST_RULE_ACTION, r->action));
    put_fact(out, "direction", wfpw_word(WFPW_LIST_DIRECTION, r->direction));
    put_fact(out, "enabled", (r->present & WFPW_RULE_HAS_ENABLED) != 0 ? enabled_of(r) : NULL);
    put_fact(out, "program", r->app);
    put_fact(out, "service", r->service);
    put_fact(out, "package", r->package);
    protocol_fact(out, r);
    ports_facts(out, r);
    put_fact(out, "local addresses", r->local_addresses);
    put_fact(out, "remote addresses", r->remote_addresses);
    profiles_fact(out, r);
    source_facts(out, r);
}
