/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/sockets/socket_table.h"

#include <string.h>

enum { TCP = 6, UDP = 17, NONE = 0xFF };

/* Where a row has what; NONE: it has not. */
struct layout {
    uint16_t bytes;
    uint8_t family, protocol;
    uint8_t local, local_scope, local_port, remote, remote_scope, remote_port, state, pid, created;
};

static const struct layout layouts[SYSTEM_SOCKETS_TABLES] = {
    [SOCKETS_TCP4] = {160, 4, TCP, 4, NONE, 8, 12, NONE, 16, 0, 20, 24},
    [SOCKETS_TCP6] = {192, 6, TCP, 0, 16, 20, 24, 40, 44, 48, 52, 56},
    [SOCKETS_UDP4] = {160, 4, UDP, 0, NONE, 4, NONE, NONE, NONE, NONE, 8, 16},
    [SOCKETS_UDP6] = {176, 6, UDP, 0, 16, 20, NONE, NONE, NONE, NONE, 24, 32},
};

static uint32_t u32_at(const uint8_t *row, uint8_t at)
{
    uint32_t v = 0;
    if (at != NONE)
        memcpy(&v, row + at, sizeof v);
    return v;
}

static void read_side(const uint8_t *row, const struct layout *l, uint8_t at, uint8_t scope,
                      uint8_t port, wfpw_endpoint *out)
{
    out->family = l->family;
    memcpy(out->addr, row + at, l->family == 4 ? 4 : 16);
    bool is_link_local = l->family == 6 && row[at] == 0xFE && (row[at + 1] & 0xC0) == 0x80;
    out->scope_id = is_link_local ? u32_at(row, scope) : 0; /* of others it may be anything */
    out->port = (uint16_t)(row[port] << 8 | row[port + 1]);
}

static bool is_any(const wfpw_endpoint *e)
{
    static const uint8_t none[16] = {0};
    return memcmp(e->addr, none, e->family == 4 ? 4 : 16) == 0;
}

uint32_t socket_row_bytes(enum system_sockets_table which)
{
    return layouts[which].bytes;
}

uint32_t socket_table_count(enum system_sockets_table which, const void *table, size_t bytes)
{
    uint32_t count;
    if (bytes < SOCKET_ROWS_AT)
        return 0;
    memcpy(&count, table, sizeof count);
    size_t most = (bytes - SOCKET_ROWS_AT) / layouts[which].bytes;
    return count < most ? count : (uint32_t)most;
}

uint16_t socket_table_port(enum system_sockets_table which, const void *table, uint32_t i)
{
    const struct layout *l = &layouts[which];
    const uint8_t *row = (const uint8_t *)table + SOCKET_ROWS_AT + (size_t)i * l->bytes;
    return (uint16_t)(row[l->local_port] << 8 | row[l->local_port + 1]);
}

void socket_table_row(enum system_sockets_table which, const void *table, uint32_t i,
                      struct socket_row *out)
{
    const struct layout *l = &layouts[which];
    const uint8_t *row = (const uint8_t *)table + SOCKET_ROWS_AT + (size_t)i * l->bytes;
    *out = (struct socket_row){.protocol = l->protocol, .raw = row};
    out->state = u32_at(row, l->state);
    out->pid = u32_at(row, l->pid);
    memcpy(&out->created, row + l->created, sizeof out->created);
    read_side(row, l, l->local, l->local_scope, l->local_port, &out->local);
    if (l->remote == NONE || out->state == WFPW_TCP_STATE_LISTEN)
        return;
    read_side(row, l, l->remote, l->remote_scope, l->remote_port, &out->remote);
    if (is_any(&out->remote) && out->remote.port == 0)
        out->remote = (wfpw_endpoint){0};
}

/* ---- an event's row ------------------------------------------------------------------------- */

static bool same_address(const wfpw_endpoint *a, const wfpw_endpoint *b)
{
    return memcmp(a->addr, b->addr, a->family == 4 ? 4 : 16) == 0;
}

int socket_row_fits(const struct socket_row *row, const wfpw_endpoint *local,
                    const wfpw_endpoint *remote)
{
    bool is_port = row->local.family == local->family && row->local.port == local->port;
    bool is_local = is_port && same_address(&row->local, local);
    if (!is_port || (!is_local && !is_any(&row->local)))
        return 0;
    if (row->remote.family == 0)
        return is_local ? SOCKET_FITS_LOCAL : SOCKET_FITS_PORT;
    bool both = is_local && remote->family == row->remote.family &&
                remote->port == row->remote.port && same_address(remote, &row->remote);
    return both ? SOCKET_FITS_BOTH : 0;
}

/* ---- reading -------------------------------------------------------------------------------- */

enum { TRIES = 8, ROOM_FIRST = 64 * 1024 };

static bool grow_room(struct socket_table *t, uint32_t bytes)
{
    socket_table_free(t);
    if (bytes > SOCKET_TABLE_MOST)
        return false;
    t->room = os_pages_new(bytes);
    t->cap = t->room != NULL ? bytes : 0;
    return t->room != NULL;
}

uint32_t socket_table_read(struct socket_table *t, const struct wfpw_system *system,
                           enum system_sockets_table which)
{
    uint32_t code = SOCKETS_E_TOO_SMALL, wanted = t->cap != 0 ? t->cap : (uint32_t)ROOM_FIRST;
    t->count = 0;
    for (int i = 0; i < TRIES && code == SOCKETS_E_TOO_SMALL; i++) {
        if (wanted > t->cap && !grow_room(t, wanted))
            return SOCKETS_E_NO_MEMORY;
        uint32_t bytes = t->cap;
        code = system->sockets->table(system->ctx, which, t->room, &bytes);
        if (code == 0)
            t->count = socket_table_count(which, t->room, bytes < t->cap ? bytes : t->cap);
        /* It may grow between two calls: room for more than it was. */
        wanted = bytes > t->cap ? bytes : t->cap;
        wanted = wanted < SOCKET_TABLE_MOST / 2 ? wanted + wanted / 4 : wanted + ROOM_FIRST;
    }
    return code;
}

void socket_table_free(struct socket_table *t)
{
    if (t->room != NULL)
        os_pages_free(t->room, t->cap);
    *t = (struct socket_table){0};
}
