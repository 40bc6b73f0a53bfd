/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the files of the netsh writer share: elements of every form. */
#ifndef WFPW_NETEVWRITING_H
#define WFPW_NETEVWRITING_H

#include "writer/netsh_event_writer.h"

void netevw_raw(struct netsh_event_writer *w, const char *s, size_t n);
void netevw_put(struct netsh_event_writer *w, const char *s);
void netevw_end_line(struct netsh_event_writer *w);
/* <name> with children. items: their number; negative: none is said. */
void netevw_open(struct netsh_event_writer *w, const char *name, int items);
void netevw_close(struct netsh_event_writer *w, const char *name);
/* An element with text that needs no escape; NULL or "": an empty one. */
void netevw_plain(struct netsh_event_writer *w, const char *name, const char *s);
/* Any text. What ends a CDATA section is parted. */
void netevw_text(struct netsh_event_writer *w, const char *name, const char *s);
void netevw_number(struct netsh_event_writer *w, const char *name, uint64_t v);
/* UTF-16 with its NUL as hexadecimal, and netsh's rendering of it. */
void netevw_blob(struct netsh_event_writer *w, const char *name, const char *s);
/* A list of symbols, one an item; empty: none. */
void netevw_items(struct netsh_event_writer *w, const char *name, const char *const *symbols,
                  int n);
/* Bits as netsh writes them: symbols, and what has none as hexadecimal. */
void netevw_bits(struct netsh_event_writer *w, const char *name, uint32_t v,
                 const char *const *symbols, int known);
/* The next UTF-16 units of a UTF-8 text: one or two. */
size_t netevw_units(const char **s, uint16_t out[2]);
static inline bool netevw_has(const wfpw_event *ev, uint32_t bit)
{
    return (ev->present & bit) != 0;
}

/* Whether a member that is set or not is written. */
bool netevw_shown(const struct netsh_event_writer *w, bool set);
/* The element with what the kind of the event has. */
void netevw_body(struct netsh_event_writer *w, const wfpw_event *ev, const char *name);

#endif
