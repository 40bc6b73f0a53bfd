/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A dump of netsh as a row of objects. Damage costs the object it stands in: reading goes on at the
 * next one. */
#ifndef WFPW_NETSHFILE_H
#define WFPW_NETSHFILE_H

#include "object.h"
#include "source/source.h"

struct netshfile;

/* A file by its path, or data in memory when path is NULL. Returns 0 or the error. */
int netshfile_open(const wfpw_allocator *a, const char *path, const void *data, size_t size,
                   struct netshfile **out, wfpw_error *e);
/* The end of the path. */
const char *netshfile_name(const struct netshfile *f);
/* SOURCE_RECORD: *o, until the next call. Counts in t what it reads and skips. */
enum source_result netshfile_next(struct netshfile *f, struct tally *t, const struct object **o,
                                  wfpw_error *e);
/* Whether what was read so far is a dump at all. */
bool netshfile_is_dump(const struct netshfile *f);
void netshfile_close(struct netshfile *f);

#endif
