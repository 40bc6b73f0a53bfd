/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters that are written as a dump, as the raw structs that the engine would hand out; security
 * descriptors; and one form in which objects are compared. */
#ifndef WFPW_TEST_FWP_RAW_H
#define WFPW_TEST_FWP_RAW_H

#include "model/policy_object.h"
#include "sim/policy/sim_policy.h"
#include "writer/netsh_writer.h"

/* Each block has its exact size; sim_pieces_free frees them all. */
FWPM_FILTER0 *raw_filter(struct sim_pieces *s, const struct netsh_made_filter *f);
uint16_t *raw_wide(struct sim_pieces *s, const char *utf8);
FWP_GUID raw_key(const char *wfp_symbol_or_guid);
/* Text as UTF-16 with its NUL. */
FWP_BYTE_BLOB *raw_text_blob(struct sim_pieces *s, const char *ascii);

struct raw_entry {
    uint8_t type, flags;
    uint32_t mask;
    const char *sid;
};
/* A self-relative descriptor with a DACL of these entries; owner, group: NULL for none. Its size.
 */
size_t raw_descriptor(uint8_t out[1024], uint16_t control, const char *owner, const char *group,
                      const struct raw_entry *entries, size_t count);

enum { RAW_TEXT_MAX = 1024 * 1024 };
/* All that an object says, as text. */
void raw_describe(char out[RAW_TEXT_MAX], const struct policy_object *o);

#endif
