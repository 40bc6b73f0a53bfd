/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The filters of the caller's own provider. */
#ifndef WFPW_OWN_PROVIDER_H
#define WFPW_OWN_PROVIDER_H

#include "model/record.h"
#include "os/system.h"

/* All zero: nobody's. */
struct own_provider {
    bool is_set;
    uint16_t symbol; /* of its key; WFP_SYMBOL_NONE: it is the guid */
    char guid[TEXT_GUID_MAX + 1];
};

/* key: {guid} in any case, or NULL for none. */
void own_provider_take(struct own_provider *p, const char *key);
/* Marks a filter that was written (names/render.h), if it is the provider's. */
void own_provider_mark(const struct own_provider *p, wfpw_filter *f);

#endif
