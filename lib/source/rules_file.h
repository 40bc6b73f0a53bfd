/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file of firewall rules as a row of rules: a registry hive ('netsh advfirewall export', SYSTEM,
 * SOFTWARE), an export of regedit, JSON or CSV of PowerShell. Damage costs the rule it stands in.
 */
#ifndef WFPW_RULES_FILE_H
#define WFPW_RULES_FILE_H

#include "input/input.h"
#include "model/rule.h"
#include "source/source.h"

struct rules_file;

/* Whether the input is such a file; or one that is told apart because it has no ids: *why then says
 * what to take instead. Nothing of it is passed over. */
bool rules_file_is(struct input *in, const char **why);
/* Takes over `in`, also when it fails. Returns 0 or the error. */
int rules_file_open(const wfpw_allocator *a, struct input *in, struct rules_file **out,
                    wfpw_error *e);
const char *rules_file_name(const struct rules_file *f);
/* When what it says was so; 0: it does not say. */
uint64_t rules_file_time(const struct rules_file *f);
/* SOURCE_RECORD: *rule, until the next call. Counts in t what it reads and skips. */
enum source_result rules_file_next(struct rules_file *f, struct tally *t, const struct rule **rule,
                                   wfpw_error *e);
/* Whether what was read is such a file at all, though it may hold no rule. */
bool rules_file_is_sure(const struct rules_file *f);
void rules_file_close(struct rules_file *f);

#endif
