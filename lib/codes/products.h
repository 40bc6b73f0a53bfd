/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which product a provider of filters is of, or a filter without one. The table is
 * codes/products.inc. */
#ifndef WFPW_PRODUCTS_H
#define WFPW_PRODUCTS_H

#include <stdint.h>

/* What is known of a provider: its key as netsh writes it, and texts; each may be NULL. sublayer:
 * the key of the filter's, which counts when there is no provider's key. */
struct product_of {
    const char *key, *service, *name, *description, *sublayer;
};

/* NULL: not known, and *from is 0; else what tells it, the surest first: WFPW_PRODUCT_FROM_*. */
const char *product_find(const struct product_of *provider, uint32_t *from);

#endif
