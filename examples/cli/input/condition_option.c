/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/condition_option.h"

#include <stdio.h>
#include <string.h>

#include "input/suggestion.h"
#include "view/buffer.h"
#include "view/diagnostics.h"
#include "view/print.h"

enum { INDENT = 4 };

/* The byte at which a character starts. */
static size_t byte_of(const char *text, uint64_t character)
{
    size_t at = 0;
    for (; text[at] != 0; at++)
        if (((unsigned char)text[at] & 0xC0) != 0x80 && character-- == 0)
            break;
    return at;
}

/* The condition, and a mark in the column of the wrong character. */
static void show_position(const char *condition, uint64_t position)
{
    struct buffer b = {0}, before = {0};
    buffer_text_n(&before, condition, byte_of(condition, position));
    buffer_fill(&b, ' ', INDENT);
    buffer_text(&b, condition);
    buffer_puts(&b, "\n");
    buffer_fill(&b, ' ', INDENT + text_columns(before.p, before.n));
    buffer_puts(&b, "^\n");
    (void)fwrite(b.p, 1, b.n, stderr);
    buffer_free(&before);
    buffer_free(&b);
}

/* The keys that there are (lib/template/template_parse.c), and the nearest one. */
static void put_keys(struct buffer *b, const char *wrong)
{
    static const char *const keys[] = {
        "protocol",       "direction",  "layer",       "filter",   "verdict",
        "reason",         "own",        "type",        "scope-id", "pid",
        "port",           "local-port", "remote-port", "address",  "local-address",
        "remote-address", "time",       "computer",    "file",     "rule",
        "user",           "app",        NULL};
    suggestion_put(b, wrong, strcspn(wrong, "=!<> \t"), "keys:", keys);
}

int condition_option_add(wfpw_template **t, const char *command, const char *condition)
{
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int status = *t == NULL ? wfpw_template_new(NULL, t) : WFPW_OK;
    if (status == WFPW_OK)
        status = wfpw_template_add(*t, condition, &e);
    if (status == WFPW_OK)
        return 0;
    if (status == WFPW_E_NOMEM) {
        diagnostics_print("--where: ", wfpw_strerror(status), (const char *)NULL);
        return EXIT_FAILED;
    }
    struct buffer what = {0};
    buffer_puts(&what, "--where: ");
    buffer_puts(&what, e.text);
    if (strcmp(e.text, "there is no such key") == 0)
        put_keys(&what, condition + byte_of(condition, e.position));
    buffer_put(&what, "", 1);
    (void)diagnostics_usage(command, what.failed ? "--where" : what.p, "");
    buffer_free(&what);
    if (status == WFPW_E_SYNTAX)
        show_position(condition, e.position);
    return EXIT_USAGE;
}

/* ---- where each is evaluated ---------------------------------------------------------------- */

enum { WHO_COLUMNS = 10, CONDITION_COLUMNS = 34 };

static void put_cell(struct buffer *b, const char *text, size_t columns)
{
    size_t used = text_columns(text, strlen(text));
    buffer_text(b, text);
    buffer_fill(b, ' ', used < columns ? columns - used : 0);
}

/* Where events come from. */
enum place { PLACE_FILE, PLACE_LIVE, PLACE_LOG };

/* Of files only the library evaluates them: on the record, or on the event that is made of it. */
static void explain_row(struct buffer *b, const wfpw_asked *row, enum place place)
{
    uint32_t code = place == PLACE_LOG ? row->log_code : row->code;
    bool is_ours = place == PLACE_FILE ? code != WFPW_ASKED_BY_EVENT
                                       : place == PLACE_LOG && code == WFPW_ASKED_BY_CALLBACK;
    const char *why = place == PLACE_LOG ? row->log_why : is_ours ? "" : row->why;
    const char *name = place == PLACE_LOG ? row->log_name : row->name;
    put_cell(b, is_ours ? "record" : name, WHO_COLUMNS);
    put_cell(b, row->condition, why[0] != 0 ? (size_t)CONDITION_COLUMNS : 0);
    if (why[0] != 0)
        buffer_puts(b, "  ");
    buffer_puts(b, why);
    buffer_puts(b, "\n");
}

static int explain_all(const wfpw_template *t, enum place place)
{
    struct buffer b = {0};
    wfpw_asked row = {.size = sizeof row};
    uint32_t i = 0;
    for (; t != NULL && wfpw_template_explain(t, i, &row) == 1; i++)
        explain_row(&b, &row, place);
    if (i == 0)
        buffer_puts(&b, "no conditions: every event is wanted\n");
    buffer_put(&b, "", 1);
    if (b.failed)
        diagnostics_print("--explain: ", wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    int status = b.failed ? EXIT_FAILED : print_text(b.p);
    buffer_free(&b);
    return status;
}

int condition_option_explain(const wfpw_template *t, bool is_live)
{
    return explain_all(t, is_live ? PLACE_LIVE : PLACE_FILE);
}

int condition_option_explain_log(const wfpw_template *t)
{
    return explain_all(t, PLACE_LOG);
}
