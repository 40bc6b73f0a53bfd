/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/options.h"

#include <string.h>

#include "base/log_zone.h"
#include "base/text.h"

enum {
    THREADS_MAX = 64,
    JOIN_DEFAULT_MS = 250,
    JOIN_MAX_MS = 60000,
    WINDOW_DEFAULT_MS = 2000,
    JOIN_BYTES_DEFAULT = 8 * 1024 * 1024
};

bool options_copy(void *to, size_t to_size, const void *from, uint32_t from_size)
{
    const uint8_t *tail = from;
    if (from_size < sizeof(uint32_t))
        return false;
    for (size_t i = to_size; i < from_size; i++)
        if (tail[i] != 0)
            return false;
    memset(to, 0, to_size);
    memcpy(to, from, from_size < to_size ? from_size : to_size);
    return true;
}

/* Whether this is the key of a provider: {guid} in any case. */
static bool is_provider_key(const char *s)
{
    uint8_t guid[16];
    return text_parse_guid(s, strlen(s), guid);
}

static bool are_good(const wfpw_options *o)
{
    struct log_zone zone;
    const uint32_t flags = WFPW_OPEN_VERIFY | WFPW_OPEN_NO_VERDICT | WFPW_OPEN_ACCOUNTS |
                           WFPW_OPEN_NO_NAMES | WFPW_OPEN_PID | WFPW_OPEN_ORDERED |
                           WFPW_OPEN_ATTEMPTS | WFPW_OPEN_SOCKETS;
    return (o->flags & ~flags) == 0 && o->threads <= THREADS_MAX && o->ring_bytes <= RING_MAX &&
           o->reserved == 0 && o->reserved2 == 0 && o->join_ms <= JOIN_MAX_MS &&
           o->join <= WFPW_JOIN_NEVER && o->join_window_ms <= JOIN_MAX_MS &&
           o->join_bytes >= JOIN_BYTES_MIN && o->join_bytes <= JOIN_BYTES_MAX &&
           o->reserved3 == 0 && o->names_bytes >= NAMES_MIN && o->names_bytes <= NAMES_MAX &&
           (o->own_provider == NULL || is_provider_key(o->own_provider)) &&
           log_zone_parse(o->log_zone, &zone) &&
           (o->allocator == NULL || (o->allocator->alloc != NULL && o->allocator->free != NULL));
}

bool options_take(wfpw_options *to, const wfpw_options *o)
{
    *to = (wfpw_options){.size = sizeof *to};
    if (o != NULL && !options_copy(to, sizeof *to, o, o->size))
        return false;
    if (to->names_bytes == 0)
        to->names_bytes = NAMES_DEFAULT;
    if (to->join_ms == 0)
        to->join_ms = JOIN_DEFAULT_MS;
    if (to->join_window_ms == 0)
        to->join_window_ms = WINDOW_DEFAULT_MS;
    if (to->join_bytes == 0)
        to->join_bytes = JOIN_BYTES_DEFAULT;
    return are_good(to);
}
