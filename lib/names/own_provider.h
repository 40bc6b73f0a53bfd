/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is the caller's own: the filters of its provider, and the traffic of the program that the
 * library is part of. */
#ifndef WFPW_OWN_PROVIDER_H
#define WFPW_OWN_PROVIDER_H

#include "model/record.h"
#include "os/system.h"

/* ---- filters -------------------------------------------------------------------------------- */

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

/* ---- traffic -------------------------------------------------------------------------------- */

enum { OWN_APP_MAX = 4096 }; /* units; net events cut longer paths */

struct own_app {
    uint16_t path[OWN_APP_MAX]; /* as net events have it */
    uint32_t units;             /* 0: not known */
};

/* On the service thread. */
void own_app_query(struct own_app *a, const struct wfpw_system *system);
/* Marks a live record of this program: of all its processes, as net events do not tell which. */
void own_app_mark(const struct own_app *a, struct record *r);

#endif
