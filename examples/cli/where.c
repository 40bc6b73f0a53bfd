/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "where.h"

#include <stdio.h>

#include "buffer.h"
#include "report.h"

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
static void show(const char *condition, uint64_t position)
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

int where_add(wfpw_template **t, const char *command, const char *condition)
{
    wfpw_error e = {.status = WFPW_E_NOMEM};
    int status = *t == NULL ? wfpw_template_new(NULL, t) : WFPW_OK;
    if (status == WFPW_OK)
        status = wfpw_template_add(*t, condition, &e);
    if (status == WFPW_OK)
        return 0;
    if (status == WFPW_E_NOMEM) {
        report("--where: ", wfpw_strerror(status), (const char *)NULL);
        return EXIT_FAILED;
    }
    char what[160];
    (void)snprintf(what, sizeof what, "--where: %s", e.text);
    (void)report_usage(command, what, "");
    if (status == WFPW_E_SYNTAX)
        show(condition, e.position);
    return EXIT_USAGE;
}
