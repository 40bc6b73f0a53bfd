/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The subcategories of Windows' audit policy: their GUIDs, which are the same everywhere, what they
 * are called in English, and which events of ours each writes. Sources: win32 metadata (Audit_*),
 * MS-GPAC; the events by subcategory from Microsoft's "Auditing" (WFP) and from real records.
 */
#ifndef WFPW_SUBCATEGORY_H
#define WFPW_SUBCATEGORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/fwp_types.h"

/* Bits of AUDIT_POLICY_INFORMATION.AuditingInformation: 0 changes nothing when it is set, and may
 * mean "none" when it is queried. */
enum { AUDIT_SUCCESS = 1, AUDIT_FAILURE = 2, AUDIT_BOTH = 3, AUDIT_NONE = 4 };

/* The first 32 bits of a subcategory's GUID tell it from all others. */
enum {
    SUBCATEGORY_IPSEC_DRIVER = 0x0CCE9213,
    SUBCATEGORY_IPSEC_MAIN_MODE = 0x0CCE9218,
    SUBCATEGORY_IPSEC_QUICK_MODE = 0x0CCE9219,
    SUBCATEGORY_IPSEC_EXTENDED_MODE = 0x0CCE921A,
    SUBCATEGORY_PACKET_DROP = 0x0CCE9225,
    SUBCATEGORY_CONNECTION = 0x0CCE9226,
    SUBCATEGORY_OTHER_OBJECT_ACCESS = 0x0CCE9227,
    SUBCATEGORY_AUDIT_POLICY_CHANGE = 0x0CCE922F,
    SUBCATEGORY_MPSSVC_RULES = 0x0CCE9232,
    SUBCATEGORY_PLATFORM_POLICY_CHANGE = 0x0CCE9233,
    SUBCATEGORY_OTHER_POLICY_CHANGE = 0x0CCE9234
};

struct subcategory {
    uint32_t data1; /* of its GUID */
    uint8_t category;
    uint8_t windows;               /* the first to have it: 7, 8, 10 */
    const char *name, *word;       /* word: a short one, or "" */
    const char *success, *failure; /* the events of ours that each kind of audit writes, or "" */
    const char *mdm;               /* its name in the policy of a device's management, or "" */
};

struct audit_category {
    uint32_t data1;
    const char *name;
};

extern const struct subcategory subcategories[];
extern const uint32_t subcategory_count;
extern const struct audit_category audit_categories[];
extern const uint32_t audit_category_count;

/* The whole GUID. */
FWP_GUID subcategory_guid(uint32_t data1);
FWP_GUID audit_category_guid(uint32_t data1);
/* NULL: not one that we know. */
const struct subcategory *subcategory_find(const FWP_GUID *guid);
const struct audit_category *audit_category_find(const FWP_GUID *guid);
bool subcategory_same_guid(const FWP_GUID *a, const FWP_GUID *b);
/* By GUID (braces or none), English name or short word, ASCII case ignored. A GUID that is none of
 * ours is taken as it is. */
bool subcategory_parse(const char *text, size_t n, FWP_GUID *guid);

#endif
