/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Made-up events for tests of templates: from a number, always the same, and in both forms. Their
 * values are of small sets, so that conditions hold often. */
#ifndef WFPW_TEST_TEMPLATE_MADE_H
#define WFPW_TEST_TEMPLATE_MADE_H

#include "model/batch.h"
#include "random.h"

struct made {
    uint64_t room[64 * 1024 / 8];
    struct record_builder b;
    const struct record *record;
    wfpw_batch *batch;
    const wfpw_event *event; /* what the batch made of the record */
};

enum { MADE_PORTS = 6, MADE_PROTOCOLS = 5, MADE_LAYERS = 4, MADE_NUMBERS = 4 };
extern const uint16_t made_ports[MADE_PORTS];
extern const uint8_t made_protocols[MADE_PROTOCOLS];
extern const uint32_t made_layers[MADE_LAYERS];
extern const uint64_t made_numbers[MADE_NUMBERS]; /* filter ids and scope ids */

void made_address(uint64_t *seed, wfpw_endpoint *e);
/* Text of few letters, both cases, backslashes, stars and others; returns its bytes as UTF-8. */
size_t made_text(uint64_t *seed, char *out, size_t most);

/* m->batch is made at the first call; free it at the end. Returns the record under way, whose texts
 * may still be changed before made_end. */
struct record *made_start(struct made *m, uint64_t *seed);
void made_end(struct made *m);

#endif
