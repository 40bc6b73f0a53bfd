/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What one event stands for, in words. */
#ifndef AGGREGATE_NOTE_H
#define AGGREGATE_NOTE_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* "59 events since 2026-01-02 03:04:05.678, remote ports 80 443"; nothing for one that stands for
 * itself. */
void aggregate_note_put(struct buffer *b, const wfpw_event *ev);

#endif
