/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What tests of live names do again and again: an event, and the filter that it names. */
#ifndef WFPW_TEST_NAMED_H
#define WFPW_TEST_NAMED_H

#include "flow.h"

/* From now on nobody gets a filter by its id. */
#define DENY_GET "fail call=FwpmFilterGetById0 code=5 times=1000000"

/* The filter of the next event, until the next read; NULL: it has none. */
const wfpw_filter *named_take(struct flow *f);
/* The same after a script was played. */
const wfpw_filter *named_next(struct flow *f, const char *script);
/* Waits until so many filters are known. */
void named_wait(struct flow *f, uint64_t n);
/* Plays drops by this filter until one says this state of it. */
void named_wait_state(struct flow *f, unsigned id, uint32_t state);
/* Plays an event and looks how it is named; name NULL: it is not. */
void assert_named(struct flow *f, const char *script, const char *name, uint32_t state);

#endif
