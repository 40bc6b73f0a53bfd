/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The tables of sockets of a simulated machine, as the script says: rows of the size and the layout
 * of Windows, with anything in what they do not use. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum {
    TCP = 6,
    UDP = 17,
    INSUFFICIENT_BUFFER = 122,
    ACCESS_DENIED = 5,
    NOT_FOUND = 1168,
    SYSTEM_PROCESS = 4,
    LISTENING = 2,
    ESTABLISHED = 5,
    GARBAGE = 0xA5
};

struct sim_socket {
    struct sim_socket *next;
    enum system_sockets_table table;
    wfpw_endpoint local, remote;
    uint32_t state, pid, id;
    uint64_t created;
    struct sim_string app, service;
};

/* ---- the script ----------------------------------------------------------------------------- */

bool sim_sockets_knows(const struct sim_word *command)
{
    return word_is(command, "socket") || word_is(command, "unsocket");
}

static void free_socket(struct sim_socket *s)
{
    free(s->app.units);
    free(s->service.units);
    free(s);
}

static bool state_of(const struct sim_word *w, uint32_t *state)
{
    uint64_t v = 0;
    bool is_word = word_is(w, "listening") || word_is(w, "established");
    if (!is_word && (!number_of(w, &v) || v > UINT32_MAX))
        return false;
    *state = !is_word ? (uint32_t)v : word_is(w, "listening") ? (uint32_t)LISTENING : ESTABLISHED;
    return true;
}

/* What a socket has and no event. */
static enum sim_field_result set_own(struct sim_socket *s, const struct sim_word *key,
                                     const struct sim_word *value, uint64_t *age_ms)
{
    uint64_t v;
    bool good;
    if (word_is(key, "process")) {
        good = number_of(value, &v) && v <= UINT32_MAX;
        s->pid = good ? (uint32_t)v : 0;
    } else if (word_is(key, "state")) {
        good = state_of(value, &s->state);
    } else if (word_is(key, "app")) {
        good = s->app.units == NULL && sim_string_read(value, &s->app);
    } else if (word_is(key, "service")) {
        good = s->service.units == NULL && sim_string_read(value, &s->service);
    } else if (word_is(key, "age")) {
        good = number_of(value, age_ms);
    } else {
        return SIM_FIELD_UNKNOWN;
    }
    return good ? SIM_FIELD_SET : SIM_FIELD_BAD_VALUE;
}

static const char *set_sides(struct sim_socket *s, const struct sim_event *ev)
{
    bool six = ev->local.family == 6;
    if (ev->local.family == 0 || (ev->protocol != TCP && ev->protocol != UDP))
        return "protocol=tcp or udp and local= are wanted";
    if (ev->remote.family != 0 && ev->remote.family != ev->local.family)
        return "remote= is of another family";
    s->local = ev->local;
    s->remote = ev->remote;
    s->table = ev->protocol == UDP ? (six ? SOCKETS_UDP6 : SOCKETS_UDP4)
                                   : (six ? SOCKETS_TCP6 : SOCKETS_TCP4);
    if (s->state == 0 && ev->protocol == TCP)
        s->state = ev->remote.family != 0 ? ESTABLISHED : LISTENING;
    return NULL;
}

/* age: ms since it was bound; more than the clock has: it is not known. */
static const char *read_socket(const struct sim_line *line, struct sim_socket *s,
                               struct sim_event *ev, uint64_t *age_ms, const char **where)
{
    for (uint32_t i = 0; i < line->count; i++) {
        const struct sim_word *key = &line->p[i].key, *value = &line->p[i].value;
        *where = key->n > 0 ? key->p : value->p;
        enum sim_field_result set = set_own(s, key, value, age_ms);
        if (set == SIM_FIELD_UNKNOWN &&
            (word_is(key, "protocol") || word_is(key, "local") || word_is(key, "remote")))
            set = sim_field_set(ev, key, value);
        if (set != SIM_FIELD_SET)
            return set == SIM_FIELD_UNKNOWN ? "the command has no parameter of this name"
                                            : "the value does not fit the parameter";
    }
    *where = line->command.p;
    return set_sides(s, ev);
}

static const char *add_socket(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                              const char **where)
{
    struct sim_socket *s = calloc(1, sizeof *s);
    struct sim_event *ev = calloc(1, sizeof *ev);
    uint64_t age_ms = 0;
    const char *why =
        s == NULL || ev == NULL ? "out of memory" : read_socket(line, s, ev, &age_ms, where);
    if (why == NULL && !check) {
        os_mutex_lock(&sim->lock);
        s->created = age_ms < sim->now / 10000 ? sim->now - age_ms * 10000 : 0;
        s->id = ++sim->socket_count;
        *sim->sockets_end = s;
        sim->sockets_end = &s->next;
        os_mutex_unlock(&sim->lock);
        s = NULL;
    }
    if (s != NULL)
        free_socket(s);
    free(ev);
    return why;
}

/* unsocket process=N: all that it has are closed. */
static const char *remove_sockets(struct wfpw_sim *sim, const struct sim_line *line, bool check)
{
    uint64_t pid = 0;
    if (line->count != 1 || !word_is(&line->p[0].key, "process") ||
        !number_of(&line->p[0].value, &pid))
        return "process= is wanted";
    if (check)
        return NULL;
    os_mutex_lock(&sim->lock);
    struct sim_socket **at = &sim->sockets;
    while (*at != NULL) {
        struct sim_socket *s = *at;
        if (s->pid != pid) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        free_socket(s);
    }
    sim->sockets_end = at;
    os_mutex_unlock(&sim->lock);
    return NULL;
}

const char *sim_sockets_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                             const char **where)
{
    return word_is(&line->command, "socket") ? add_socket(sim, line, check, where)
                                             : remove_sockets(sim, line, check);
}

void sim_sockets_free(struct wfpw_sim *sim)
{
    while (os_u32_load(&sim->sockets_calls) != 0)
        os_sleep_ms(1);
    while (sim->sockets != NULL) {
        struct sim_socket *s = sim->sockets;
        sim->sockets = s->next;
        free_socket(s);
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

static const struct {
    uint32_t bytes, module; /* of a row; where moduleInfo is */
} rows[SYSTEM_SOCKETS_TABLES] = {{160, 32}, {192, 64}, {160, 32}, {176, 48}};

static void put_u32(uint8_t *row, uint32_t at, uint32_t v)
{
    memcpy(row + at, &v, sizeof v);
}

/* Network order below, anything above. */
static void put_port(uint8_t *row, uint32_t at, uint16_t port)
{
    row[at] = (uint8_t)(port >> 8);
    row[at + 1] = (uint8_t)port;
}

static void put_tcp(uint8_t *row, const struct sim_socket *s)
{
    bool six = s->table == SOCKETS_TCP6;
    memcpy(row + (six ? 0 : 4), s->local.addr, six ? 16 : 4);
    memcpy(row + (six ? 24 : 12), s->remote.addr, six ? 16 : 4);
    if (six) {
        put_u32(row, 16, s->local.scope_id);
        put_u32(row, 40, s->remote.scope_id);
    }
    put_port(row, six ? 20 : 8, s->local.port);
    put_port(row, six ? 44 : 16, s->remote.port);
    put_u32(row, six ? 48 : 0, s->state);
    put_u32(row, six ? 52 : 20, s->pid);
    memcpy(row + (six ? 56 : 24), &s->created, sizeof s->created);
}

static void put_udp(uint8_t *row, const struct sim_socket *s)
{
    bool six = s->table == SOCKETS_UDP6;
    memcpy(row, s->local.addr, six ? 16 : 4);
    if (six)
        put_u32(row, 16, s->local.scope_id);
    put_port(row, six ? 20 : 4, s->local.port);
    put_u32(row, six ? 24 : 8, s->pid);
    memcpy(row + (six ? 32 : 16), &s->created, sizeof s->created);
}

static uint32_t fill_table(const struct wfpw_sim *sim, enum system_sockets_table which, void *room,
                           uint32_t *bytes)
{
    uint32_t count = 0, cap = *bytes;
    uint8_t *at = (uint8_t *)room + 8;
    for (const struct sim_socket *s = sim->sockets; s != NULL; s = s->next)
        count += s->table == which;
    *bytes = 8 + count * rows[which].bytes;
    if (room == NULL || cap < *bytes)
        return INSUFFICIENT_BUFFER;
    memset(room, GARBAGE, *bytes);
    memcpy(room, &count, sizeof count);
    for (const struct sim_socket *s = sim->sockets; s != NULL; s = s->next) {
        if (s->table != which)
            continue;
        uint64_t id = s->id;
        (which == SOCKETS_TCP4 || which == SOCKETS_TCP6 ? put_tcp : put_udp)(at, s);
        memcpy(at + rows[which].module, &id, sizeof id);
        at += rows[which].bytes;
    }
    return 0;
}

/* ---- the functions -------------------------------------------------------------------------- */

static uint32_t enter_call(struct wfpw_sim *sim, enum sim_call call)
{
    (void)os_u32_add(&sim->sockets_calls, 1);
    return sim_call_enter(sim, call);
}

static uint32_t end_call(struct wfpw_sim *sim, uint32_t code)
{
    code = sim_call_end(sim, code);
    (void)os_u32_add(&sim->sockets_calls, (uint32_t)-1);
    return code;
}

static uint32_t read_table(void *ctx, enum system_sockets_table which, void *room, uint32_t *bytes)
{
    struct wfpw_sim *sim = ctx;
    bool tcp = which == SOCKETS_TCP4 || which == SOCKETS_TCP6;
    uint32_t code = enter_call(sim, tcp ? CALL_TCP_TABLE : CALL_UDP_TABLE);
    return end_call(sim, code != 0 ? code : fill_table(sim, which, room, bytes));
}

static uint32_t give_text(const uint16_t *text, size_t n, uint16_t *room, size_t cap, size_t *units)
{
    if (n > cap)
        return INSUFFICIENT_BUFFER;
    memcpy(room, text, n * sizeof *room);
    *units = n;
    return 0;
}

/* The service, else the file of the program. */
static uint32_t module_of(const struct sim_socket *s, uint16_t *room, size_t cap, size_t *units)
{
    size_t n = s->service.n, start = 0;
    if (n > 0)
        return give_text(s->service.units, n, room, cap, units);
    n = s->app.n;
    for (size_t i = 0; i < n; i++)
        start = s->app.units[i] == '\\' ? i + 1 : start;
    return n == 0 ? (uint32_t)NOT_FOUND
                  : give_text(s->app.units + start, n - start, room, cap, units);
}

static uint32_t owner_module(void *ctx, enum system_sockets_table which, const void *row,
                             uint16_t *room, size_t cap, size_t *units)
{
    struct wfpw_sim *sim = ctx;
    uint64_t id;
    memcpy(&id, (const uint8_t *)row + rows[which].module, sizeof id);
    uint32_t code = enter_call(sim, CALL_OWNER_MODULE);
    const struct sim_socket *s = sim->sockets;
    while (s != NULL && s->id != id)
        s = s->next;
    if (code == 0)
        code = s != NULL ? module_of(s, room, cap, units) : (uint32_t)NOT_FOUND;
    return end_call(sim, code);
}

static uint32_t process_image(void *ctx, uint32_t pid, uint16_t *room, size_t cap, size_t *units)
{
    static const uint16_t name[] = {'S', 'y', 's', 't', 'e', 'm'};
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_IMAGE);
    const struct sim_socket *s = sim->sockets;
    while (s != NULL && (s->pid != pid || s->app.units == NULL))
        s = s->next;
    if (code == 0 && pid == SYSTEM_PROCESS)
        code = give_text(name, sizeof name / sizeof *name, room, cap, units);
    else if (code == 0)
        code = s != NULL ? give_text(s->app.units, s->app.n, room, cap, units)
                         : (uint32_t)ACCESS_DENIED;
    return end_call(sim, code);
}

const struct system_sockets sim_system_sockets = {
    .table = read_table, .module = owner_module, .image = process_image};
