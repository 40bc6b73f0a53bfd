/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A raw net event, sent through the decoder and the batch. All that it points to lies in blocks of
 * the exact size, so that the address sanitizer sees a read too far. */
#ifndef WFPW_TEST_NET_EVENT_RAW_H
#define WFPW_TEST_NET_EVENT_RAW_H

#include "cmocka_all.h"

#include "sim/event/sim_event.h"

enum {
    VERSIONS = 6,
    LATEST = VERSIONS - 1,
    TYPES = 11,
    ALL_FLAGS = 0x3FFF,
    JSON_MAX = 1024 * 1024
};

struct raw {
    struct sim_event sent;
    struct sim_image im;
    struct wfpw_batch *batch;
    const wfpw_event *ev; /* what came of it */
    char *json;
};

int raw_set_up(void **state);
int raw_tear_down(void **state);

/* Every field of an event of this type, with values that are told apart. */
void raw_fill(struct sim_event *ev, uint32_t type, bool v6);
void raw_sid(struct sim_sid *to, const char *s);

/* Makes the raw event of f->sent, and takes it through decoder, batch and JSON; the raw one is gone
 * before anybody looks. */
void raw_make(struct raw *f, int version);
const wfpw_event *raw_receive(struct raw *f, int version);
const wfpw_event *raw_send(struct raw *f, int version);

/* Of the raw event, to be made worse: its header, and all of it in the latest version. */
FWPM_NET_EVENT_HEADER0 *raw_head(struct raw *f);
FWPM_NET_EVENT5 *raw_latest(struct raw *f);
/* A copy in a block of the exact size that goes with the raw event. */
void *raw_attach(struct raw *f, const void *data, size_t size);

/* Whether the JSON has this piece; a member with this number; whether a text is there. */
void raw_want_json(const struct raw *f, bool there, const char *fragment);
void raw_want_number(const struct raw *f, bool there, const char *key, uint64_t v);
void raw_want_string(const char *got, bool there, const char *wanted);

/* net_event_wanted.c: what must come of raw_fill's event with these flags. */
extern const struct raw_kind {
    uint32_t kind;
    const char *word;
} raw_kinds[TYPES];
uint32_t raw_present_of_header(uint32_t flags, int version);
void raw_want_header(const struct raw *f, int version);
void raw_want_all(const struct raw *f, int version);

#endif
