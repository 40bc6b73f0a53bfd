/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit policy of a host: asked, set, and who decides it. Whatever thread calls this must
 * impersonate nobody, and waits for the local security authority.
 */
#ifndef WFPW_AUDIT_POLICY_H
#define WFPW_AUDIT_POLICY_H

#include "codes/subcategory.h"
#include "os/system.h"
#include "wfpwatch/wfpwatch.h"

enum { AUDIT_ENTRIES_MAX = 128, AUDIT_FILE_BYTES = 256 * 1024 };

struct audit_entry {
    FWP_GUID guid, category;
    uint32_t audited; /* AUDIT_SUCCESS, AUDIT_FAILURE */
    uint32_t code;    /* why it is not known; 0: it is */
};

/* Whether it can be asked and set; else *missing names the first function that is not there. */
bool audit_policy_is_possible(const struct wfpw_system *system, const char **missing);
/* One subcategory. Each returns the system's code. */
uint32_t audit_policy_query(const struct wfpw_system *system, const FWP_GUID *guid,
                            uint32_t *audited);
uint32_t audit_policy_put(const struct wfpw_system *system, const FWP_GUID *guid, uint32_t audited);
/* All that this host has, with their settings. */
uint32_t audit_policy_list(const struct wfpw_system *system,
                           struct audit_entry entries[AUDIT_ENTRIES_MAX], uint32_t *count);
/* In UTF-8 with a NUL, cut to cap; "" when it is not known. */
void audit_policy_name(const struct wfpw_system *system, const FWP_GUID *guid, bool is_category,
                       char *room, size_t cap);

/* Who decides, read once for all subcategories. */
struct audit_deciders {
    size_t sizes[SYSTEM_AUDIT_FILES];
    bool legacy; /* policies of categories are not ignored */
    char files[SYSTEM_AUDIT_FILES][AUDIT_FILE_BYTES];
};
void audit_deciders_read(struct audit_deciders *d, const struct wfpw_system *system);
/* WFPW_DECIDED_*; *says: what it is to be, for those that say so. */
uint32_t audit_decider_of(const struct audit_deciders *d, const struct wfpw_system *system,
                          const FWP_GUID *guid, uint32_t *says);

#endif
