/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event that stands for others of its kind. */
#ifndef WFPW_AGGREGATED_H
#define WFPW_AGGREGATED_H

#include "wfpwatch/wfpwatch.h"

/* It has the ports of the first event, so that conditions on ports hold as they did for each of
 * them; once they were asked, only those ports are left that all of them have. */
void aggregated_hide_ports(wfpw_event *ev);

#endif
