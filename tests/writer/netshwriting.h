/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the files of the netsh writer share: elements of every form. */
#ifndef WFPW_NETSHWRITING_H
#define WFPW_NETSHWRITING_H

#include "writer/netshwriter.h"

void netshw_raw(struct netshwriter *w, const char *s, size_t n);
void netshw_put(struct netshwriter *w, const char *s);
void netshw_end_line(struct netshwriter *w);
/* <name> with children. items: their number; negative: none is said. */
void netshw_open(struct netshwriter *w, const char *name, int items);
void netshw_close(struct netshwriter *w, const char *name);
/* An element with text that needs no escape; NULL or "": an empty one. */
void netshw_plain(struct netshwriter *w, const char *name, const char *s);
/* Any text. What ends a CDATA section is parted. */
void netshw_text(struct netshwriter *w, const char *name, const char *s);
void netshw_number(struct netshwriter *w, const char *name, uint64_t v);
/* UTF-16 with its NUL as hexadecimal, and netsh's rendering of it. */
void netshw_blob(struct netshwriter *w, const char *name, const char *s);
/* A list of symbols, one an item; empty: none. */
void netshw_items(struct netshwriter *w, const char *name, const char *const *symbols, int n);
/* Bits as netsh writes them: symbols, and what has none as hexadecimal. */
void netshw_bits(struct netshwriter *w, const char *name, uint32_t v, const char *const *symbols,
                 int known);
/* The next UTF-16 units of a UTF-8 text: one or two. */
size_t netshw_units(const char **s, uint16_t out[2]);
static inline bool netshw_has(const wfpw_event *ev, uint32_t bit)
{
    return (ev->present & bit) != 0;
}

/* Whether a member that is set or not is written. */
bool netshw_shown(const struct netshwriter *w, bool set);
/* The element with what the kind of the event has. */
void netshw_body(struct netshwriter *w, const wfpw_event *ev, const char *name);

#endif
