/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's structs as objects: what FwpmFilterEnum0 and its kin hand out, in the very form that
 * a dump of netsh gives, so that a filter looks the same from both. A security descriptor of plain
 * entries is SDDL as in a dump; one with others (conditional, callback or object entries) is the
 * hexadecimal of its bytes. What a dump's reader leaves out (the SIDs of a token, an IPsec policy)
 * is left out here, too. */
#ifndef WFPW_FWP_OBJECT_H
#define WFPW_FWP_OBJECT_H

#include "model/policy_object.h"
#include "os/fwp_types.h"

/* Each gives the object in the builder's room, until the next one; NULL when `from` is NULL or has
 * no key. No text is read beyond its NUL, or beyond what an object may hold. */
const struct policy_object *fwp_object_filter(struct policy_object_builder *b,
                                              const FWPM_FILTER0 *from);
const struct policy_object *fwp_object_layer(struct policy_object_builder *b,
                                             const FWPM_LAYER0 *from);
const struct policy_object *fwp_object_provider(struct policy_object_builder *b,
                                                const FWPM_PROVIDER0 *from);
const struct policy_object *fwp_object_sublayer(struct policy_object_builder *b,
                                                const FWPM_SUBLAYER0 *from);
const struct policy_object *fwp_object_callout(struct policy_object_builder *b,
                                               const FWPM_CALLOUT0 *from);
const struct policy_object *fwp_object_context(struct policy_object_builder *b,
                                               const FWPM_PROVIDER_CONTEXT0 *from);

#endif
