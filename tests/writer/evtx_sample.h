/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random events, and the text that they have to be read back as (read_back.h), worked out on its
 * own. A seed gives the same events everywhere. */
#ifndef WFPW_EVTXSAMPLE_H
#define WFPW_EVTXSAMPLE_H

#include "writer/evtx_writer.h"

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
/* What one 5156 differs in from another. */
struct sample_flow {
    const char *application, *direction, *layer_name;
    uint64_t pid, filter, layer;
    uint32_t protocol;
    char source[48], destination[48], source_port[8], destination_port[8];
};
/* The next of a host: each of its members is what it was about as often as in the logs of real
 * hosts (tests/bench/README.md). Starts as {0}. */
void sample_flow_next(struct sample_flow *f, uint64_t *seed);
/* A 5156 as a Windows host writes them. */
void sample_of_flow(struct sample *s, uint64_t record_id, const struct sample_flow *f);
/* The same of a flow that never changes, with `application` in it. */
void sample_plain(struct sample *s, uint64_t record_id, const char *application);

extern const uint8_t sample_security_guid[16], sample_eventlog_guid[16];

#endif
