/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The tables of sockets of GetExtendedTcpTable and GetExtendedUdpTable, of the classes
 * OWNER_MODULE: a count, then rows from offset 8. Layouts: iphlpapi.h, tcpmib.h and udpmib.h of the
 * Windows SDK, the same with 32 and with 64 bits. Ports are in network order, in the lower half of
 * their field; the upper half may hold anything.
 */
#ifndef WFPW_SOCKET_TABLE_H
#define WFPW_SOCKET_TABLE_H

#include "os/os.h"
#include "os/system.h"
#include "wfpwatch/wfpwatch.h"

struct socket_row {
    uint32_t protocol, state, pid; /* state: WFPW_TCP_STATE_*; 0: UDP */
    uint64_t created;              /* of the bind; 0: not known */
    wfpw_endpoint local, remote;   /* remote: family 0 where there is none */
    const void *raw;               /* in the table */
};

enum { SOCKET_ROWS_AT = 8 };

/* Bytes of a row. */
uint32_t socket_row_bytes(enum system_sockets_table which);
/* The rows that the table has, and that so many bytes have room for. */
uint32_t socket_table_count(enum system_sockets_table which, const void *table, size_t bytes);
/* i: below that count. */
void socket_table_row(enum system_sockets_table which, const void *table, uint32_t i,
                      struct socket_row *out);

/* Its local port, without the rest. */
uint16_t socket_table_port(enum system_sockets_table which, const void *table, uint32_t i);

/* A table that was read. */
struct socket_table {
    void *room; /* of no allocator's, so that a call that does not come back may keep it */
    uint32_t cap, count;
};

enum {
    SOCKET_TABLE_MOST = 32 * 1024 * 1024,
    SOCKETS_E_NO_MEMORY = 8 /* ERROR_NOT_ENOUGH_MEMORY */
};

/* Returns 0 or a Win32 code. t: all zero at first. */
uint32_t socket_table_read(struct socket_table *t, const struct wfpw_system *system,
                           enum system_sockets_table which);
void socket_table_free(struct socket_table *t);

/* How well a row fits the local and the remote side of an event; 0: it does not. More is better:
 * that both sides are the row's counts more than that the local address is. */
enum { SOCKET_FITS_PORT = 1, SOCKET_FITS_LOCAL = 2, SOCKET_FITS_BOTH = 3 };
int socket_row_fits(const struct socket_row *row, const wfpw_endpoint *local,
                    const wfpw_endpoint *remote);

#endif
