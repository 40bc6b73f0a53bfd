/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session with a simulated Security log. */
#ifndef WFPW_TEST_AUDITED_H
#define WFPW_TEST_AUDITED_H

#include "flow.h"

/* o: NULL for a look twice a second at a log that is quiet. The batch has room for one event. */
void audited_open(struct flow *f, const struct flow_options *o, const wfpw_audit_log *a);
/* Reads the records 1 to `last`, each once and in their order; gaps are counted by f. */
void audited_read(struct flow *f, uint64_t last);
/* Closes; nothing may be left, and the counts agree. */
void audited_close(struct flow *f);

#endif
