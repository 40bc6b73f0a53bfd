/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The caller's room: events in front, their bodies and text behind, one block without a pointer to
 * anywhere else. Here text becomes UTF-8, once.
 */
#ifndef WFPW_BATCH_H
#define WFPW_BATCH_H

#include "model/record.h"

void batch_clear(struct wfpw_batch *b);
/* Adds a record as event number seq. false: no room; the batch is as it was. An empty batch has
 * room for any record. */
bool batch_add(struct wfpw_batch *b, const struct record *r, uint64_t seq);
uint32_t batch_count(const struct wfpw_batch *b);

/* ---- for stages that add to the event that came last ---- */

wfpw_event *batch_last(struct wfpw_batch *b);
/* The room that is left, aligned to 8; batch_use takes n bytes of it. */
void *batch_room(struct wfpw_batch *b, size_t *room);
void batch_use(struct wfpw_batch *b, size_t n);
/* Takes the last event back, of which batch_used told the start. */
size_t batch_used(const struct wfpw_batch *b);
void batch_take_back(struct wfpw_batch *b, size_t used);

#endif
