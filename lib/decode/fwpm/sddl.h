/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Security descriptors as SDDL, the way Windows writes them. Facts: MS-DTYP 2.4.6 and 2.5.1. */
#ifndef WFPW_SDDL_H
#define WFPW_SDDL_H

#include <stddef.h>

/* A self-relative descriptor of n bytes. Returns the length of the text; 0 when the bytes are no
 * such descriptor, when it has what is not written here (a SACL; entries that are conditional, for
 * objects or with callbacks), or when cap is too small. */
size_t sddl_write(char *out, size_t cap, const void *descriptor, size_t n);

#endif
