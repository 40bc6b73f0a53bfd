/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which table, an event's local port, and a table of sockets as Windows might give it. Whatever is
 * found is a row of the table that is the event's port, no later than the event, and of a process.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "resolve/sockets/socket_search.h"

enum { HEAD = 3, EVENT_TIME = 1000 };

static uint32_t image_of(void *ctx, uint32_t pid, uint16_t *room, size_t cap, size_t *units)
{
    (void)ctx;
    room[0] = (uint16_t)pid;
    *units = cap > 0 && pid % 3 != 0;
    return pid % 5 == 0 ? 5 : 0;
}

static void judge(enum system_sockets_table which, const struct socket_table *t, uint16_t port)
{
    const struct system_sockets sockets = {.image = image_of};
    const struct wfpw_system system = {.sockets = &sockets};
    struct socket_question q = {.time = EVENT_TIME, .app_units = 1, .app = {7}};
    struct socket_found found;
    struct socket_row row;
    for (uint32_t i = 0; i < t->count; i++) {
        socket_table_row(which, t->room, i, &row);
        if (row.local.port != socket_table_port(which, t->room, i))
            abort();
        q.local = row.local;
        q.remote = row.remote;
        q.local.port = port;
        socket_search(&system, which, t, &q, &found);
        const uint8_t *raw = found.row.raw, *start = t->room;
        if (found.row.pid != 0 &&
            (found.row.local.port != port || found.row.created > EVENT_TIME || raw < start ||
             raw >= start + SOCKET_ROWS_AT + (size_t)t->count * socket_row_bytes(which)))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    enum system_sockets_table which = (enum system_sockets_table)(data[0] % SYSTEM_SOCKETS_TABLES);
    size_t n = size - HEAD;
    struct socket_table t = {.room = malloc(n + (n == 0))};
    if (t.room == NULL)
        return 0;
    memcpy(t.room, data + HEAD, n);
    t.count = socket_table_count(which, t.room, n);
    judge(which, &t, (uint16_t)(data[1] << 8 | data[2]));
    free(t.room);
    return 0;
}
