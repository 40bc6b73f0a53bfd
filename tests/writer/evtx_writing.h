/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One event under way, between the writers of its System part and of its data. */
#ifndef WFPW_EVTXWRITING_H
#define WFPW_EVTXWRITING_H

#include "writer/evtx_writer.h"

/* The values of the System template, in the order of Windows but for the last two. */
enum {
    V_LEVEL,
    V_OPCODE,
    V_TASK,
    V_EVENT_ID,
    V_QUALIFIERS,
    V_KEYWORDS,
    V_TIME,
    V_ACTIVITY,
    V_PROCESS,
    V_THREAD,
    V_RECORD_ID,
    V_VERSION,
    V_USER,
    V_RELATED,
    V_PROVIDER,
    V_GUID,
    V_CHANNEL,
    V_COMPUTER,
    V_DATA, /* the fragment with EventData: the last, as its size is known late */
    SYSTEM_VALUES
};

struct writing {
    struct evtx_writer *w;
    const struct evtx_event *ev;
    bool direct;    /* elements in the record itself: values as text */
    uint32_t first; /* the substitution of the first field */
    uint8_t numbers[64];
    uint8_t texts[4][512];
    struct evtxw_value values[SYSTEM_VALUES + EVTXW_VALUES]; /* of System, then of the fields */
};

static inline bool writing_has(const struct writing *e, uint32_t option)
{
    return (e->ev->options & option) != 0;
}

void evtxw_system_values(struct writing *e);
void evtxw_system(struct writing *e); /* the System element */

#endif
