/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A pfirewall.log as a source. */
#ifndef WFPW_FIREWALL_LOG_FILE_H
#define WFPW_FIREWALL_LOG_FILE_H

#include "input/input.h"
#include "source/source.h"

bool firewall_log_file_is(struct input *in);
/* Takes over `in`, also when it fails. */
int firewall_log_file_open(const struct source_options *o, struct input *in, struct source **out,
                           wfpw_error *e);

#endif
