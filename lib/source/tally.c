/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/tally.h"

#include <stdio.h>
#include <string.h>

/* Lines of a kind, each with its offset, before they are counted. */
enum { TALLY_LINES = 16 };

void tally_log(struct tally *t, int level, const char *what, const char *where, uint64_t offset)
{
    char text[LOG_LINE];
    if (t->log == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s (%s, offset %llu)", what, where,
                   (unsigned long long)offset);
    uint64_t kind = log_kind(log_kind(0, what, (uint64_t)level), where, 0);
    log_lines(&t->bound, TALLY_LINES, t->log, t->log_ctx, level, kind, text);
}

void tally_log_end(struct tally *t)
{
    memset(&t->bound, 0, sizeof t->bound);
}
