/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The public headers, first and alone, as C. */
#include "wfpwatch/arrow.h"
#include "wfpwatch/python.h"
#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

int use_the_headers(void);

int use_the_headers(void)
{
    wfpw_options o = {0};
    wfpw_event ev = {0};
    o.size = (uint32_t)sizeof o;
    return (int)o.size + (int)ev.kind + WFPW_E_INVAL + WFPW_KIND_GAP + WFPW_SIM_MISUSES;
}
