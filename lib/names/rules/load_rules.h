/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Rules of the firewall from files, into a collection. */
#ifndef WFPW_LOAD_RULES_H
#define WFPW_LOAD_RULES_H

#include "input/input.h"
#include "names/names.h"

/* Takes over `in`, a log of events: rules from its records of them. Likewise. */
int load_log(struct wfpw_names *n, struct input *in, wfpw_error *e);
/* Takes over `in`, which rules_file_is took for one. Returns how many rules, or the error. */
int load_rules(struct wfpw_names *n, struct input *in, wfpw_error *e);

#endif
