/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where the leases of this operating system live. On Windows a registry key below
 * HKEY_LOCAL_MACHINE that only administrators and the system may open, and a mutex in a namespace
 * that only they may enter. Elsewhere a directory that belongs to this user alone, with a file of
 * mode 0600 and a lock that the system gives back when its holder dies; there is no place of the
 * system's own, as there is no engine.
 */
#ifndef WFPW_HOST_STORE_H
#define WFPW_HOST_STORE_H

#include "os/system.h"

/* Its functions ignore their ctx. */
const struct system_store *host_store(void);

#endif
