/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/diagnostics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platform/term.h"
#include "view/buffer.h"

static void begin_line(struct buffer *b)
{
    *b = (struct buffer){0};
    buffer_puts(b, "wfpwatch: ");
}

static void end_line(struct buffer *b)
{
    buffer_puts(b, "\n");
    (void)fwrite(b->p, 1, b->n, stderr);
    buffer_free(b);
}

static bool quiet;

void diagnostics_be_quiet(void)
{
    quiet = true;
}

bool diagnostics_is_quiet(void)
{
    return quiet;
}

static void put_line(const char *first, va_list *more)
{
    struct buffer b;
    begin_line(&b);
    for (const char *text = first; text != NULL; text = va_arg(*more, const char *))
        buffer_text(&b, text);
    end_line(&b);
}

void diagnostics_print(const char *first, ...)
{
    va_list more;
    va_start(more, first);
    put_line(first, &more);
    va_end(more);
}

void diagnostics_note(const char *first, ...)
{
    va_list more;
    va_start(more, first);
    if (!quiet)
        put_line(first, &more);
    va_end(more);
}

/* A file's code is an error number, which has a text here; the engine's codes are looked up by
 * their hexadecimal form. */
static void put_code(struct buffer *b, const wfpw_error *e)
{
    char text[32];
    if (e->os_code == 0)
        return;
    if (e->status == WFPW_E_IO) {
        buffer_puts(b, ": ");
        buffer_text(b, term_error_text(e->os_code));
    }
    (void)snprintf(text, sizeof text, e->status == WFPW_E_IO ? " (code %u)" : " (code 0x%x)",
                   (unsigned)e->os_code);
    buffer_puts(b, text);
}

/* The names of our own functions, and of the parser's, say nothing to who uses the tool. */
static bool is_ours(const char *where)
{
    return strncmp(where, "wfpw_", 5) == 0 || strncmp(where, "XML_", 4) == 0;
}

/* Whether the text says itself what to do, or the remedy of its status is for something else: what
 * is in a file, not how to get at it. */
static bool has_remedy(const wfpw_error *e)
{
    return strstr(e->text, "unpack it") != NULL || strstr(e->text, "wfpwatch names") != NULL ||
           (e->status == WFPW_E_IO && e->os_code == 0);
}

void diagnostics_error(const char *subject, const wfpw_error *e, const char *more)
{
    struct buffer b;
    const char *remedy = has_remedy(e) ? "" : wfpw_remedy(e);
    begin_line(&b);
    if (subject != NULL) {
        buffer_text(&b, subject);
        buffer_puts(&b, ": ");
    }
    if (e->where[0] != 0 && !is_ours(e->where) &&
        (subject == NULL || strstr(subject, e->where) == NULL)) {
        buffer_text(&b, e->where);
        buffer_puts(&b, ": ");
    }
    buffer_text(&b, e->text);
    put_code(&b, e);
    buffer_puts(&b, remedy[0] != 0 ? "; " : "");
    buffer_puts(&b, remedy);
    buffer_puts(&b, more != NULL ? "; " : "");
    buffer_puts(&b, more != NULL ? more : "");
    end_line(&b);
}

void diagnostics_log(void *ctx, int level, const char *text)
{
    static const char *const levels[] = {"", "error: ", "warning: ", ""};
    (void)ctx;
    diagnostics_note(level > 0 && level < 4 ? levels[level] : "", text, (const char *)NULL);
}

int diagnostics_usage(const char *command, const char *what, const char *argument)
{
    diagnostics_print(what, argument[0] != 0 ? " '" : "", argument, argument[0] != 0 ? "'" : "",
                      "; see 'wfpwatch ", command, command[0] != 0 ? " " : "", "--help'",
                      (const char *)NULL);
    return EXIT_USAGE;
}
