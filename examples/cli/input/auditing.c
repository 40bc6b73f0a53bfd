/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/auditing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/term.h"
#include "view/diagnostics.h"

enum { PATH_ROOM = 4096 };

/* ---- options -------------------------------------------------------------------------------- */

bool auditing_option(struct auditing *a, const struct arguments *args, int id)
{
    static const char *const sources[] = {"audit", NULL};
    int source;
    switch (id) {
    case AUDITING_ONLY:
        a->is_on = a->is_alone = true;
        return option_word(args, sources, &source);
    case AUDITING_AUDIT:
        return a->is_on = true;
    case AUDITING_CLASSIC:
        return a->classic = true;
    case AUDITING_BOOKMARK:
        a->file = args->value;
        return true;
    default:
        return false;
    }
}

bool auditing_agrees(const struct auditing *a, const char *command)
{
    if (a->is_on || (a->file == NULL && !a->classic))
        return true;
    (void)diagnostics_usage(command, "without --audit or --only audit there is no use for",
                            a->file != NULL ? "--bookmark" : "--classic");
    return false;
}

/* ---- the file ------------------------------------------------------------------------------- */

bool auditing_load(struct auditing *a)
{
    if (a->file == NULL)
        return true;
    FILE *f = term_open(a->file);
    if (f == NULL && errno == ENOENT)
        return true; /* it is made when there is a place */
    size_t n = f != NULL ? fread(a->place, 1, sizeof a->place - 1, f) : 0;
    bool good = f != NULL && !ferror(f) && n < sizeof a->place - 1;
    a->place[good ? n : 0] = 0;
    if (!good)
        diagnostics_print(a->file, ": the bookmark cannot be read", (const char *)NULL);
    if (f != NULL)
        (void)fclose(f);
    return good;
}

int auditing_add(const struct auditing *a, wfpw_session *s, uint64_t since, wfpw_error *e)
{
    wfpw_audit_log o = {.size = sizeof o,
                        .flags = a->classic ? (uint32_t)WFPW_AUDIT_CLASSIC : 0,
                        .since = since,
                        .bookmark = a->place[0] != 0 ? a->place : NULL};
    return wfpw_add_audit(s, &o, e);
}

static bool write_whole(const char *path, const char *text)
{
    FILE *f = term_create(path);
    if (f == NULL)
        return false;
    bool good = fputs(text, f) >= 0 && fflush(f) == 0;
    return fclose(f) == 0 && good;
}

void auditing_save(struct auditing *a, const wfpw_session *s)
{
    char text[sizeof a->last], path[PATH_ROOM];
    if (a->file == NULL || wfpw_get_bookmark(s, text, sizeof text, NULL) <= 0 ||
        strcmp(text, a->last) == 0)
        return;
    int n = snprintf(path, sizeof path, "%s.new", a->file);
    bool saved =
        n > 0 && (size_t)n < sizeof path && write_whole(path, text) && term_replace(path, a->file);
    if (saved)
        memcpy(a->last, text, sizeof text);
    else if (!a->told)
        diagnostics_print(a->file, ": the bookmark cannot be written", (const char *)NULL);
    a->told = a->failed = !saved;
}
