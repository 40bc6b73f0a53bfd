/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A dump of netsh as a row of objects. Damage costs the object it stands in: reading goes on at the
 * next one. */
#ifndef WFPW_NETSH_DUMP_H
#define WFPW_NETSH_DUMP_H

#include "model/policy_object.h"
#include "input/input.h"
#include "source/source.h"

struct netsh_dump;

/* Takes over `in`, also when it fails. Returns 0 or the error. */
int netsh_dump_open(const wfpw_allocator *a, struct input *in, struct netsh_dump **out,
                    wfpw_error *e);
/* The end of the path. */
const char *netsh_dump_name(const struct netsh_dump *f);
/* SOURCE_RECORD: *o, until the next call. Counts in t what it reads and skips. */
enum source_result netsh_dump_next(struct netsh_dump *f, struct tally *t,
                                   const struct policy_object **o, wfpw_error *e);
/* Whether what was read so far is a dump at all. */
bool netsh_dump_is_dump(const struct netsh_dump *f);
void netsh_dump_close(struct netsh_dump *f);

#endif
