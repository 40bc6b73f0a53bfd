/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/connection_table.h"

#include <stdio.h>
#include <string.h>

#include "view/format.h"

enum { GAP = 2, PROTOCOL = 5, STATE = 12, PID = 6, SIDE = 24, PROGRAM = 44, JSON_ROOM = 8192 };
enum { MODE = 9, KEYS = 6, METHOD = 22, BYTES = 12, IPSEC_JSON_ROOM = 24 * 1024 };

static void put_cell(struct buffer *out, const char *text, size_t width)
{
    size_t start = out->n;
    buffer_cut_middle(out, text, strlen(text), width);
    size_t columns = out->failed ? width : text_columns(out->p + start, out->n - start);
    buffer_fill(out, ' ', width - columns + GAP);
}

/* Texts of strangers are made fit for a terminal first. */
static void put_safe_cell(struct buffer *out, struct buffer *safe, size_t width)
{
    buffer_put(safe, "", 1);
    put_cell(out, safe->failed ? "-" : safe->p, width);
    buffer_free(safe);
}

static void put_side(struct buffer *out, const wfpw_endpoint *e)
{
    struct buffer text = {0};
    if (e->family == 0)
        buffer_puts(&text, "-");
    buffer_puts(&text, e->family == 6 ? "[" : "");
    format_address(&text, e);
    buffer_puts(&text, e->family == 6 ? "]" : "");
    if (e->family != 0) {
        buffer_puts(&text, ":");
        buffer_number(&text, e->port);
    }
    put_safe_cell(out, &text, SIDE);
}

static void put_pid(struct buffer *out, const wfpw_connection *c)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", (unsigned)c->process_id);
    put_cell(out, c->process_id != 0 ? text : "-", PID);
}

/* C:\Windows\System32\svchost.exe (Dnscache) */
static void put_program(struct buffer *text, const wfpw_connection *c)
{
    const char *path = c->app_path != NULL ? c->app_path : c->device_path;
    buffer_text(text, path != NULL ? path : "-");
    if (c->service == NULL)
        return;
    buffer_puts(text, " (");
    buffer_text(text, c->service);
    buffer_puts(text, ")");
}

static void put_filters(struct buffer *out, const struct connection_filters *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        buffer_puts(out, i > 0 ? ", " : "");
        buffer_number(out, f->at[i].id);
        if (f->at[i].name[0] == 0)
            continue;
        buffer_puts(out, " ");
        buffer_text(out, f->at[i].name);
    }
    if (f->count == 0)
        buffer_puts(out, "-");
}

void connection_table_header(struct buffer *out, bool with_filters)
{
    put_cell(out, "PROTO", PROTOCOL);
    put_cell(out, "STATE", STATE);
    put_cell(out, "LOCAL", SIDE);
    put_cell(out, "REMOTE", SIDE);
    put_cell(out, "PID", PID);
    if (!with_filters) {
        buffer_puts(out, "PROGRAM\n");
        return;
    }
    put_cell(out, "PROGRAM", PROGRAM);
    buffer_puts(out, "PERMITTED BY\n");
}

void connection_table_row(const wfpw_connection *c, const struct connection_filters *f,
                          struct buffer *out)
{
    struct buffer program = {0};
    const char *state = wfpw_word(WFPW_LIST_TCP_STATE, c->state);
    put_cell(out, wfpw_word(WFPW_LIST_PROTOCOL, c->protocol), PROTOCOL);
    put_cell(out, state[0] != 0 ? state : "-", STATE);
    put_side(out, &c->local);
    put_side(out, &c->remote);
    put_pid(out, c);
    if (f == NULL) {
        put_program(out, c);
    } else {
        put_program(&program, c);
        put_safe_cell(out, &program, PROGRAM);
        put_filters(out, f);
    }
    buffer_puts(out, "\n");
}

/* ---- IPsec ---------------------------------------------------------------------------------- */

void connection_table_ipsec_header(struct buffer *out)
{
    put_cell(out, "IPSEC", MODE);
    put_cell(out, "LOCAL", SIDE);
    put_cell(out, "REMOTE", SIDE);
    put_cell(out, "KEYS", KEYS);
    put_cell(out, "PROVEN BY", METHOD);
    put_cell(out, "BYTES IN", BYTES);
    put_cell(out, "BYTES OUT", BYTES);
    buffer_puts(out, "PEER\n");
}

static void put_address(struct buffer *out, const wfpw_endpoint *e)
{
    struct buffer text = {0};
    if (e->family != 0)
        format_address(&text, e);
    else
        buffer_puts(&text, "-");
    put_safe_cell(out, &text, SIDE);
}

static void put_number(struct buffer *out, uint64_t n, size_t width)
{
    struct buffer text = {0};
    buffer_number(&text, n);
    put_safe_cell(out, &text, width);
}

/* What a newer Windows may have without a word is its number. */
static void put_code(struct buffer *out, uint32_t list, uint32_t code, size_t width)
{
    const char *word = wfpw_word(list, code);
    if (word[0] != 0)
        put_cell(out, word, width);
    else
        put_number(out, code, width);
}

void connection_table_ipsec_row(const wfpw_ipsec_connection *c, struct buffer *out)
{
    put_code(out, WFPW_LIST_IPSEC_MODE, c->mode, MODE);
    put_address(out, &c->local);
    put_address(out, &c->remote);
    put_code(out, WFPW_LIST_KEY_MODULE, c->key_module, KEYS);
    put_code(out, WFPW_LIST_AUTH_METHOD, c->auth_method, METHOD);
    put_number(out, c->bytes_in, BYTES);
    put_number(out, c->bytes_out, BYTES);
    buffer_text(out, c->peer != NULL ? c->peer : "-");
    if (c->second_peer != NULL) {
        buffer_puts(out, ", ");
        buffer_text(out, c->second_peer);
    }
    buffer_puts(out, "\n");
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_filter_json(struct buffer *out, const struct connection_filter *f)
{
    char time[TIME_LENGTH + 1];
    buffer_puts(out, "{\"id\":");
    buffer_number(out, f->id);
    if (f->name[0] != 0) {
        buffer_puts(out, ",\"name\":\"");
        buffer_json_text(out, f->name);
        buffer_puts(out, "\"");
    }
    buffer_puts(out, ",\"layer\":");
    buffer_number(out, f->layer);
    buffer_puts(out, ",\"record\":");
    buffer_number(out, f->event_id);
    format_utc(time, f->time);
    time[TIME_DATE] = 'T';
    buffer_puts(out, ",\"time\":\"");
    buffer_puts(out, time);
    buffer_puts(out, "Z\"}");
}

static void put_filters_json(struct buffer *out, const struct connection_filters *f)
{
    buffer_puts(out, ",\"filters\":[");
    for (uint32_t i = 0; i < f->count; i++) {
        buffer_puts(out, i > 0 ? "," : "");
        put_filter_json(out, &f->at[i]);
    }
    buffer_puts(out, "]");
}

void connection_json(const wfpw_connection *c, const struct connection_filters *f,
                     struct buffer *out)
{
    char text[JSON_ROOM];
    int n = wfpw_connection_to_json(c, 0, text, sizeof text, NULL);
    if (n <= 0)
        return;
    buffer_json(out, text, (size_t)n - 1); /* without the bracket at its end */
    if (f != NULL)
        put_filters_json(out, f);
    buffer_puts(out, "}\n");
}

void connection_ipsec_json(const wfpw_ipsec_connection *c, struct buffer *out)
{
    char text[IPSEC_JSON_ROOM];
    int n = wfpw_ipsec_connection_to_json(c, 0, text, sizeof text, NULL);
    if (n <= 0)
        return;
    buffer_json(out, text, (size_t)n);
    buffer_puts(out, "\n");
}
