/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writes dumps as 'netsh wfp show filters' and 'show state' do, of any content and size, and says
 * what has to be read back from them. A seed gives the same dump everywhere. */
#ifndef WFPW_NETSHWRITER_H
#define WFPW_NETSHWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "wfpwatch/wfpwatch.h"

enum {
    NETSH_STATE = 0x1, /* wfpstate.xml with its two roots, contexts and layers; else filters.xml */
    NETSH_CRLF = 0x2,
    NETSH_BOM = 0x4,
    NETSH_FLAT = 0x8,  /* no line ends, no blanks */
    NETSH_CDATA = 0x10 /* every name; else those that need it */
};

enum { NETSH_CONDITIONS = 12, NETSH_TEXT = 400, NETSH_FLAGS = 4 };

struct netsh_condition {
    const char *field, *match, *type, *range_type;
    char value[NETSH_TEXT], high[64];
    bool is_blob, is_hex; /* value as UTF-16 in hexadecimal; value is hexadecimal that is no text */
};

struct netsh_made_filter {
    uint64_t id, weight, effective_weight, raw_context;
    char key[40], name[NETSH_TEXT], description[NETSH_TEXT], callout[64], context[40];
    char origin[64]; /* "": none. Only a state has it */
    const char *layer, *sublayer, *provider, *action, *weight_type;
    const char *flags[NETSH_FLAGS];
    size_t flag_count, condition_count;
    struct netsh_condition conditions[NETSH_CONDITIONS];
};

/* Text that grows, or goes to a file as it comes. */
struct netsh_writer {
    FILE *file;
    char *text;
    size_t size, room;
    uint32_t options;
    int depth;
};

/* file: NULL keeps it in w->text. time: of a state. */
void netsh_begin(struct netsh_writer *w, uint32_t options, FILE *file, const char *time);
void netsh_add(struct netsh_writer *w, const struct netsh_made_filter *f);
/* The rest: providers; of a state the contexts of these filters, and what else it has. */
void netsh_end(struct netsh_writer *w, const struct netsh_made_filter *filters, size_t count);
void netsh_free(struct netsh_writer *w);

/* A random filter; with hostile text now and then. */
void netsh_random(struct netsh_made_filter *f, uint64_t *seed, uint64_t id);
/* A plain one, as the firewall has thousands of. */
void netsh_plain(struct netsh_made_filter *f, uint64_t id);

/* One form for what was written and what was read, to be compared as text. */
enum { NETSH_READBACK = 32 * 1024 };
void netsh_written(char out[NETSH_READBACK], const struct netsh_made_filter *f, uint32_t options);
void netsh_read(char out[NETSH_READBACK], const wfpw_filter *f);

#endif
