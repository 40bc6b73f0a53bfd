/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which filters permitted what sockets did: records 5154, 5156 and 5158 of the Security log.
 */
#ifndef PERMITS_H
#define PERMITS_H

#include "view/connection_table.h"
#include "wfpwatch/wfpwatch.h"

struct permits {
    const wfpw_connections *sockets;
    struct connection_filters *of; /* each socket's, in their order */
    uint64_t records;              /* read, of these kinds */
    bool interrupted;
};

/* Reads the records of the log since then; names: of filters. Returns 0 or a WFPW_E_*. */
int permits_read(struct permits *p, const wfpw_system *system, wfpw_names *names, uint64_t since,
                 wfpw_error *e);

#endif
