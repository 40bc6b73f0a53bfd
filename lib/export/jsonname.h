/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The names in an event's JSON: its filter and its layer. */
#ifndef WFPW_JSONNAME_H
#define WFPW_JSONNAME_H

#include "export/jsonout.h"

void json_filter(struct out *o, const wfpw_event *ev);
void json_layer(struct out *o, const wfpw_event *ev);

#endif
