/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A batch's memory: one block, which the caller owns. */
#include <stdlib.h>

#include "model/batch.h"

enum {
    EVENTS_DEFAULT = 256,
    EVENTS_MAX = 65536,
    BYTES_DEFAULT = 1024 * 1024,
    BYTES_MIN = 320 * 1024
};

wfpw_batch *WFPW_CALL wfpw_batch_new(uint32_t max_events, uint32_t bytes)
{
    if (max_events > EVENTS_MAX)
        return NULL;
    max_events = max_events != 0 ? max_events : EVENTS_DEFAULT;
    bytes = bytes == 0 ? BYTES_DEFAULT : bytes < BYTES_MIN ? BYTES_MIN : bytes & ~(uint32_t)7;
    size_t size = batch_size(max_events, bytes);
    struct wfpw_batch *b = size != 0 ? calloc(1, size) : NULL;
    if (b != NULL)
        batch_init(b, max_events, bytes);
    return b;
}

void WFPW_CALL wfpw_batch_free(wfpw_batch *b)
{
    free(b);
}
