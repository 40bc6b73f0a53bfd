/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "os/system.h"

const struct wfpw_system *system_host(void)
{
    return NULL;
}
