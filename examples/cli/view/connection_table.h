/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Sockets, and connections of IPsec, for people and for programs: a row, or a JSON object, each.
 */
#ifndef CONNECTION_TABLE_H
#define CONNECTION_TABLE_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* A filter that permitted something that a socket did, as a record of the Security log has it. */
struct connection_filter {
    uint64_t id, time;
    uint32_t event_id, layer;
    char name[128]; /* "": it has none that is known */
};

enum { CONNECTION_FILTERS = 4 };
struct connection_filters {
    struct connection_filter at[CONNECTION_FILTERS]; /* the latest first */
    uint32_t count;
};

/* with: there is a column for filters. */
void connection_table_header(struct buffer *out, bool with_filters);
/* f NULL: without the column. */
void connection_table_row(const wfpw_connection *c, const struct connection_filters *f,
                          struct buffer *out);
/* A line. */
void connection_json(const wfpw_connection *c, const struct connection_filters *f,
                     struct buffer *out);

/* Connections of IPsec, likewise. */
void connection_table_ipsec_header(struct buffer *out);
void connection_table_ipsec_row(const wfpw_ipsec_connection *c, struct buffer *out);
void connection_ipsec_json(const wfpw_ipsec_connection *c, struct buffer *out);

#endif
