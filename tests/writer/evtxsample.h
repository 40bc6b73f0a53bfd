/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random events, and the text that they have to be read back as (readback.h), worked out on its
 * own. A seed gives the same events everywhere. */
#ifndef WFPW_EVTXSAMPLE_H
#define WFPW_EVTXSAMPLE_H

#include "writer/evtxwriter.h"

enum {
    SAMPLE_FIELDS = 24,
    SAMPLE_BYTES = 24 * 1024,
    SAMPLE_TEXT = 128 * 1024,
    SAMPLE_ID_FIRST = 1000
};

struct sample {
    struct evtx_event ev;
    bool ours;              /* else it has to be passed over */
    char text[SAMPLE_TEXT]; /* as readback_text */
    size_t text_size;
    struct evtx_field fields[SAMPLE_FIELDS];
    char names[SAMPLE_FIELDS][48];
    uint8_t bytes[SAMPLE_BYTES];
    size_t used;
};

uint64_t sample_next(uint64_t *seed);
uint32_t sample_below(uint64_t *seed, uint32_t n);

/* A random event with this record id. */
void sample_event(struct sample *s, uint64_t *seed, uint64_t record_id);
/* A plain 5156 as a Windows host writes them, with `application` in it. */
void sample_plain(struct sample *s, uint64_t record_id, const char *application);

extern const uint8_t sample_security_guid[16], sample_eventlog_guid[16];

#endif
