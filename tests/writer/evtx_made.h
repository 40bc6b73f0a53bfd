/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file in memory, together with what has to be read from it. */
#ifndef WFPW_EVTXMADE_H
#define WFPW_EVTXMADE_H

#include "writer/evtx_damage.h"
#include "writer/evtx_sample.h"
#include "writer/read_back.h"

struct made_event {
    char *text; /* NULL: to be passed over */
    uint64_t id;
    uint64_t at, end; /* of its record, in the file as it was written */
};

struct made {
    uint8_t *data; /* with MADE_SPARE bytes of room behind */
    size_t size;
    struct made_event *events;
    size_t count, ours;
    char message[500];
};

enum { MADE_SPARE = 256 * 1024 };

/* Random events; or plain ones of ours only. Record ids go up from SAMPLE_ID_FIRST. */
struct made *made_random(uint64_t seed, size_t events);
struct made *made_plain(size_t events, uint32_t options);
/* Plain events, the chunks of which end after so many records each. */
struct made *made_chunks(size_t chunks, size_t records_each);
/* Events that are not ours, and behind them plain ones. */
struct made *made_late(size_t others, size_t events);
/* One event of one's own. */
struct made *made_one(const struct sample *s);
void made_free(struct made *m);

/* What damage did to an event. */
enum made_fate {
    FATE_READ, /* nothing: it is read as it was written */
    FATE_LOST, /* it must not be read */
    FATE_ANY   /* it may be read, garbled or not, or be lost */
};

/* NULL when the read_back has the events that it should, in order, each once; fate has an entry an
 * event, or is NULL: all are read. Else what is wrong; it lives until the next call. */
const char *made_differs(struct made *m, const struct read_back *r, const uint8_t *fate);

/* Reads m as it is now, with flags of read_back.h. */
struct read_back *made_read(const struct made *m, uint32_t flags);

#endif
