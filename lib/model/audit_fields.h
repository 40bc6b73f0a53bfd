/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The fields of the Security log's records: their names, by a number, and what each is for. */
#ifndef WFPW_AUDIT_FIELDS_H
#define WFPW_AUDIT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

/* The table's index of a field name, spelled exactly so; NAME_NONE when it has none. */
enum { NAME_NONE = 0xFFFF, NAME_LENGTH_MAX = 40 };
uint16_t audit_name(const char *name, size_t n);
const char *audit_name_text(uint16_t index);
uint32_t audit_name_length(uint16_t index);

/* What a field is for. */
enum role {
    ROLE_NONE,
    ROLE_PROCESS,
    ROLE_APPLICATION,
    ROLE_DIRECTION,
    ROLE_SOURCE_ADDRESS,
    ROLE_SOURCE_PORT,
    ROLE_DEST_ADDRESS,
    ROLE_DEST_PORT,
    ROLE_PROTOCOL,
    ROLE_INTERFACE,
    ROLE_ORIGIN,
    ROLE_FILTER,
    ROLE_LAYER,
    ROLE_ORIGINAL_PROFILE,
    ROLE_CURRENT_PROFILE,
    ROLE_LOOPBACK,
    ROLE_ETHER_TYPE,
    ROLE_VLAN,
    ROLE_VSWITCH,
    ROLE_VSWITCH_SOURCE,
    ROLE_VSWITCH_DESTINATION,
    ROLE_MEDIA_TYPE,
    ROLE_IF_TYPE,
    ROLE_USER_SID,
    ROLE_USER_NAME,
    ROLE_IPSEC /* of a negotiation or a packet of IPsec; what exactly, its name says */
};
enum role audit_role(uint16_t name_index);
/* The same for a name that the table does not have as it is spelled; case is ignored. */
enum role audit_role_of_text(const char *name, size_t n);

#endif
