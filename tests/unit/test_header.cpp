// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The wfpwatch authors
//
// The public headers, first and alone, as C++.
#include "wfpwatch/arrow.h"
#include "wfpwatch/python.h"
#include "wfpwatch/sim.h"
#include "wfpwatch/wfpwatch.h"

int use_the_headers();

int use_the_headers()
{
    wfpw_options o = {};
    wfpw_event ev = {};
    o.size = static_cast<uint32_t>(sizeof o);
    return static_cast<int>(o.size + ev.kind) + WFPW_E_INVAL + WFPW_KIND_GAP + WFPW_SIM_MISUSES;
}
