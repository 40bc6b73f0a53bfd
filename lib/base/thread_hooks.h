/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The caller's functions for threads of ours. Each thread calls the first of these when it begins,
 * and the second when it ends; h may be NULL. */
#ifndef WFPW_THREAD_HOOKS_H
#define WFPW_THREAD_HOOKS_H

#include "wfpwatch/wfpwatch.h"

static inline void thread_hooks_started(const wfpw_thread_hooks *h, const char *role)
{
    if (h != NULL && h->started != NULL)
        h->started(h->ctx, role);
}

static inline void thread_hooks_ending(const wfpw_thread_hooks *h, const char *role)
{
    if (h != NULL && h->ending != NULL)
        h->ending(h->ctx, role);
}

#endif
