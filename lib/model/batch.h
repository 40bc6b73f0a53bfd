/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The caller's room: events in front, their bodies and text behind, one block without a pointer to
 * anywhere else. Here text becomes UTF-8, once.
 */
#ifndef WFPW_BATCH_H
#define WFPW_BATCH_H

#include "model/record.h"

/* Bytes of a batch of max_events with so many bytes (a multiple of 8) for what they point to; 0:
 * too many. batch_init makes one of that many zeroed bytes: what is reserved in an event stays 0.
 */
size_t batch_size(uint32_t max_events, uint32_t bytes);
void batch_init(struct wfpw_batch *b, uint32_t max_events, uint32_t bytes);
/* From now on no more events than that are added, nor than there is room for. */
void batch_limit(struct wfpw_batch *b, uint32_t most);
/* From now on the fields of audit records of connections and packets (5150 to 5159) are left out,
 * for who asks for none of them: they are most of such an event's bytes. */
void batch_omit_fields(struct wfpw_batch *b);
void batch_clear(struct wfpw_batch *b);
/* What is done with its events from now on: only written in that format; 0: anything. Clears it. */
void batch_set_format(struct wfpw_batch *b, uint32_t format);
uint32_t batch_format(const struct wfpw_batch *b);
/* The path of the file that records come from, from now on; NULL: from none. It stays where it is
 * until the batch is cleared. */
void batch_from(struct wfpw_batch *b, const char *file);
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
