/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A connection object of the engine. Of what a side proved itself with only its name is read: no
 * key, no certificate. */
#ifndef WFPW_FWP_CONNECTION_H
#define WFPW_FWP_CONNECTION_H

#include "base/text.h"
#include "os/fwp_types.h"
#include "wfpwatch/wfpwatch.h"

enum { FWP_CONNECTION_UNITS = 512 }; /* of a name; the rest is cut off */

/* The connection, whose texts are in the room beside it. Not to be moved. */
struct fwp_connection {
    wfpw_ipsec_connection c;
    char provider[TEXT_GUID_MAX + 1];
    char peer[3 * FWP_CONNECTION_UNITS + 1], second_peer[3 * FWP_CONNECTION_UNITS + 1];
};

/* No text is read beyond its NUL, or beyond FWP_CONNECTION_UNITS. */
void fwp_connection_read(const FWPM_CONNECTION0 *from, struct fwp_connection *out);

#endif
