/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records of IPsec in the Security log: what they say of a negotiation (4650 to 4655, 4976 to 4984,
 * 5451, 5452) or of a packet that was dropped (4960 to 4963, 4965), as the bodies that net events
 * of the same have. */
#ifndef WFPW_AUDIT_IPSEC_H
#define WFPW_AUDIT_IPSEC_H

#include "decode/audit/audit_record.h"

/* What the bodies take of a record's room at most, each part rounded up to 8. */
enum {
    AUDIT_IPSEC_SUBNET_MAX = 2 * TEXT_IP_MAX + 2,
    AUDIT_IPSEC_ROOM =
        sizeof(struct record_ike) + sizeof(struct record_ipsec) + 2 * AUDIT_IPSEC_SUBNET_MAX + 4 * 8
};

/* Adds the body, and gives the event what it can have of it: the id of the filter, the direction.
 * Of a record that is about something else nothing is added. */
void audit_ipsec_take(struct audit_record *a);

/* What a value is about, for its number. */
enum audit_ipsec_kind {
    AUDIT_IPSEC_POINT,    /* IPSEC_FAILURE_POINT */
    AUDIT_IPSEC_ROLE,     /* IKEEXT_SA_ROLE */
    AUDIT_IPSEC_MODULE,   /* IKEEXT_KEY_MODULE_TYPE */
    AUDIT_IPSEC_METHOD,   /* IKEEXT_AUTHENTICATION_METHOD_TYPE */
    AUDIT_IPSEC_TRAFFIC,  /* IPSEC_TRAFFIC_TYPE */
    AUDIT_IPSEC_MM_STATE, /* IKEEXT_MM_SA_STATE */
    AUDIT_IPSEC_QM_STATE, /* IKEEXT_QM_SA_STATE */
    AUDIT_IPSEC_EM_STATE, /* IKEEXT_EM_SA_STATE */
    AUDIT_IPSEC_ERROR     /* the number of a Windows error */
};
/* The number of what a value says: a code (%%8205), or the text that an English Windows has for it,
 * which is all that an error has. false: it says none, or more than one. */
bool audit_ipsec_number(enum audit_ipsec_kind kind, uint8_t type, const void *p, size_t n,
                        uint32_t *out);

#endif
