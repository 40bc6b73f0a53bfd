/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The row of a table that an event is of. A row that came later than the event is none, nor is one
 * of another program; of two processes neither is the answer.
 */
#ifndef WFPW_SOCKET_SEARCH_H
#define WFPW_SOCKET_SEARCH_H

#include "resolve/sockets/socket_question.h"
#include "resolve/sockets/socket_table.h"

struct socket_found {
    struct socket_row row; /* pid 0: none */
    uint32_t confidence;   /* WFPW_CONFIDENCE_*, if the table is no older than the event */
};

/* Compares programs by asking the system for them. */
void socket_search(const struct wfpw_system *system, enum system_sockets_table which,
                   const struct socket_table *t, const struct socket_question *q,
                   struct socket_found *out);
enum system_sockets_table socket_search_table(const struct socket_question *q);

/* The name of the service, or the module, that has the socket, as UTF-8: its length; 0: it has none
 * but that of its program, or the system does not tell. */
size_t socket_search_service(const struct wfpw_system *system, enum system_sockets_table which,
                             const struct socket_row *row, char *room, size_t cap);

#endif
