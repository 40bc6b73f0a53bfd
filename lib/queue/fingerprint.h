/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * By what an event is known again that comes twice: once from the subscription, once from what the
 * engine keeps. Only what every version of FWPM_NET_EVENT has is looked at, as the two may come in
 * different versions: the time (of 100 ns), the type, both sides, the filter, the layer, how long
 * application and user are, and of what has no sides the codes of its body. Two events that agree
 * in all of it are two: they are counted, not melted.
 */
#ifndef WFPW_FINGERPRINT_H
#define WFPW_FINGERPRINT_H

#include "base/hash.h"
#include "model/record.h"

/* Without padding, so that it can be compared as bytes. */
struct fingerprint {
    uint64_t time, filter_id, code[2];
    wfpw_endpoint local, remote;
    uint32_t present, type, protocol, layer_id, app, user;
};

void fingerprint_of(const struct record *r, struct fingerprint *m);

static inline bool fingerprint_is(const struct fingerprint *a, const struct fingerprint *b)
{
    return a->time == b->time && memcmp(a, b, sizeof *a) == 0;
}

/* Of an event that has sides, what it has besides its time and ports, as a number; and all of it.
 */
uint64_t fingerprint_kind(const struct record *r);
static inline uint64_t fingerprint_mark(uint64_t kind, uint64_t time, const uint16_t ports[2])
{
    return hash_mix(hash_mix(kind, time), (uint32_t)ports[0] << 16 | ports[1]) | 1;
}

/* More than an engine keeps (100 to 150: Microsoft, "Logging and auditing"), of which any may have
 * been seen just before. */
enum { FINGERPRINTS = 256 };

/* The events that came last. Starts as all zero. */
struct fingerprints {
    struct fingerprint at[FINGERPRINTS];
    bool met[FINGERPRINTS]; /* since fingerprints_rewind */
    uint64_t count;         /* ever */
    uint64_t forgotten;     /* the latest time of those that are not remembered any more; 0: none */
};

/* Room for the mark of one more, to be filled at once. */
struct fingerprint *fingerprints_next(struct fingerprints *t);
/* None has been met yet. */
void fingerprints_rewind(struct fingerprints *t);
/* Whether there is one as m that was not met; it is from now on. */
bool fingerprints_meet(struct fingerprints *t, const struct fingerprint *m);

#endif
