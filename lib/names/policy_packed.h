/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A policy object in about a third of its bytes, for tables of many: what is absent takes next to
 * nothing, a symbol two bytes, a GUID sixteen. To be read it is unpacked again. */
#ifndef WFPW_POLICY_PACKED_H
#define WFPW_POLICY_PACKED_H

#include "base/memory.h"
#include "model/policy_object.h"

struct policy_packed; /* a block of bytes without pointers, at any address */

/* Writes into room bytes; returns how many it takes; 0: there may not be enough of them. With
 * o->bytes + POLICY_PACKED_MORE there are, if no text of the object stands for two. */
enum { POLICY_PACKED_MORE = 128 };
size_t policy_pack(const struct policy_object *o, void *to, size_t room);

/* Its own bytes, and those of the object that is packed. */
size_t policy_packed_bytes(const struct policy_packed *p);
size_t policy_packed_unpacked(const struct policy_packed *p);
/* to: policy_packed_unpacked(p) bytes, aligned to 8. The same object, though its texts may lie
 * elsewhere in it. */
const struct policy_object *policy_unpack(const struct policy_packed *p, void *to);

/* Without unpacking: whether the slot has exactly this text; false when it is absent, or text is
 * NULL. */
bool policy_packed_is(const struct policy_packed *p, enum policy_object_slot slot,
                      const char *text);
/* The text in a slot; NULL: absent. room: for the object unpacked. */
const char *policy_packed_text(const struct policy_packed *p, enum policy_object_slot slot,
                               void *room);
bool policy_packed_has(const struct policy_packed *p, enum policy_object_slot slot);

/* Room for one object, packed or unpacked; it grows, and starts as all zero. */
struct policy_room {
    uint64_t *p;
    size_t bytes;
};
void policy_room_free(struct policy_room *r, const wfpw_allocator *memory);
/* Packs the object into the room, which has room for it unpacked, too, from then on. Returns its
 * bytes; 0: no memory. */
size_t policy_room_pack(struct policy_room *r, const wfpw_allocator *memory,
                        const struct policy_object *o);

#endif
