/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A filter of the store as a wfpw_filter, in one block of the caller's. */
#ifndef WFPW_RENDER_H
#define WFPW_RENDER_H

#include "names/filters.h"
#include "names/objects.h"

/* Where a filter is known from. */
struct render_from {
    const char *name;
    uint64_t time;
    bool lists_providers; /* all that there were: one that is not known is gone */
    uint32_t objects;     /* as of objects_add */
};

enum { RENDER_CONDITIONS = 0x1 };

/* The filter o, as it was found. Writes to buf, aligned to 8, as far as cap has room; returns what
 * is needed. objects: may be NULL. Without RENDER_CONDITIONS they are left out, and the filter is
 * marked as truncated. */
size_t render_filter(const struct policy_object *o, const struct filter_found *found,
                     const struct objects *objects, const struct render_from *from, uint32_t flags,
                     void *buf, size_t cap);

/* The same of a filter of which no more is known than its id, its state, and maybe its key and when
 * it was deleted. */
size_t render_unnamed(const wfpw_filter *known, void *buf, size_t cap);

/* A layer's key and name (which may be empty) as two texts with NUL, one behind the other. Returns
 * the bytes needed; 0: its key is not known. */
size_t render_layer(const struct objects *objects, uint32_t id, char *buf, size_t cap);

#endif
