/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Standard output: events in the format of the command line.
 */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>

#include "view/buffer.h"
#include "view/event_table.h"

/* WFPW_FORMAT_*, and three of the tool's own. */
enum {
    FORMAT_TEXT = 0,
    FORMAT_JSON = WFPW_FORMAT_JSON,
    FORMAT_ECS = WFPW_FORMAT_ECS,
    FORMAT_OCSF = WFPW_FORMAT_OCSF,
    FORMAT_ASIM = WFPW_FORMAT_ASIM,
    FORMAT_CSV = WFPW_FORMAT_CSV,
    FORMAT_ARROW,
    FORMAT_HTML
};
enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct printer {
    uint32_t format;
    bool json; /* a format for programs: lines, UTF-8 always */
    bool on_terminal;
    bool ascii; /* other characters become '?' */
    int error;  /* errno of the write that failed; no more is written then */
    uint64_t printed;
    uint64_t flushed_at; /* ticks */
    struct event_table table;
    struct buffer text, line;
};

void print_start(struct printer *p, int format, int color);
/* The format that whole batches are written in; 0: events are looked at one by one. */
uint32_t print_format(const struct printer *p);
/* The first `count` events of b. false: there is no use in going on. */
bool print_events(struct printer *p, const wfpw_batch *b, uint32_t count);
/* An event as JSON with its reason in words, into p->text. */
void print_why_json(struct printer *p, const wfpw_event *ev);
/* A filter as JSON, into p->text. */
void print_filter_json(struct printer *p, const wfpw_filter *f);
/* A rule as JSON, into p->text. */
void print_rule_json(struct printer *p, const wfpw_rule *r);
/* What stands in p->text. false as above. */
bool print_buffered(struct printer *p);
/* What was printed goes out; to be called before waiting. false as above. */
bool print_flush(struct printer *p);
/* Returns EXIT_DONE, also when the reader has gone away, or says what failed. */
int print_end(struct printer *p);

/* Help and the like. Returns an exit status. */
int print_text(const char *text);

#endif
