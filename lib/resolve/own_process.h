/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The traffic of the program that the library is part of. */
#ifndef WFPW_OWN_PROCESS_H
#define WFPW_OWN_PROCESS_H

#include "model/record.h"
#include "os/system.h"

enum { OWN_PROCESS_MAX = 4096 }; /* units; net events cut longer paths */

struct own_process {
    uint16_t path[OWN_PROCESS_MAX]; /* as net events have it */
    uint32_t units;                 /* 0: not known */
};

/* On the service thread. */
void own_process_query(struct own_process *a, const struct wfpw_system *system);
/* Marks a live record of this program: of all its processes, as net events do not tell which. */
void own_process_mark(const struct own_process *a, struct record *r);

#endif
