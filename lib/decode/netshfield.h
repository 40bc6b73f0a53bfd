/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The values of a net event as netsh writes them, one after the other, to a struct record. */
#ifndef WFPW_NETSHFIELD_H
#define WFPW_NETSHFIELD_H

#include "decode/netshtable.h"

/* Starts an event in room. */
void netshfield_begin(struct netsh_gathered *g, void *room, uint32_t cap);
/* An element with a row opens or closes. */
void netshfield_open(struct netsh_gathered *g, const struct netsh_row *row);
void netshfield_close(struct netsh_gathered *g, const struct netsh_row *row);
/* The text of an element that has a form; it is spoiled. Blank text is none. What cannot be read
 * stays absent, and g->unread tells. */
void netshfield_take(struct netsh_gathered *g, const struct netsh_row *row, char *s, size_t n);
/* Ends the event. NULL: it had no header, so it is none. */
const struct record *netshfield_finish(struct netsh_gathered *g);

#endif
