/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The values of a net event as netsh writes them, one after the other, to a struct record. */
#ifndef WFPW_NETSH_FIELD_H
#define WFPW_NETSH_FIELD_H

#include "decode/netsh/netsh_event_schema.h"

/* Starts an event in room. */
void netsh_field_begin(struct netsh_gathered *g, void *room, uint32_t cap);
/* An element with a row opens or closes. */
void netsh_field_open(struct netsh_gathered *g, const struct netsh_row *row);
void netsh_field_close(struct netsh_gathered *g, const struct netsh_row *row);
/* The text of an element that has a form; it is spoiled. Blank text is none. What cannot be read
 * stays absent, and g->unread tells. */
void netsh_field_take(struct netsh_gathered *g, const struct netsh_row *row, char *s, size_t n);
/* Ends the event. NULL: it had no header, so it is none. */
const struct record *netsh_field_finish(struct netsh_gathered *g);

#endif
