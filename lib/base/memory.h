/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_MEMORY_H
#define WFPW_MEMORY_H

#include "wfpwatch/wfpwatch.h"

/* The caller's allocator, or malloc and free when a is NULL. */
wfpw_allocator memory_of(const wfpw_allocator *a);
/* Zeroed memory aligned to 64, or NULL. */
void *memory_new(const wfpw_allocator *a, size_t bytes);
void memory_free(const wfpw_allocator *a, void *p);
/* The same for many small pieces: aligned to 8, as it comes. */
void *memory_take(const wfpw_allocator *a, size_t bytes);
void memory_give(const wfpw_allocator *a, void *p);

#endif
