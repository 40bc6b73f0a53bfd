/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "host/collection.h"

#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "error.h"
#include "os/hoststore.h"

enum { LOCK_WAIT_MS = 5000 };
enum { LOG_INFORMATION = 3 };

static const struct {
    uint32_t option;
    const char *name;
} settings[SETTINGS] = {
    [COLLECT] = {FWPM_ENGINE_COLLECT_NET_EVENTS, "collection of net events"},
    [KEYWORDS] = {FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS, "net event keywords"},
    [IPSEC] = {FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, "monitoring of IPsec connections"},
};

uint32_t collection_option(int setting)
{
    return settings[setting].option;
}

const char *collection_name(int setting)
{
    return settings[setting].name;
}

bool collection_is_possible(const struct wfpw_system *system)
{
    const struct system_engine *e = system->engine;
    return e != NULL && e->open != NULL && e->close != NULL && e->get_option != NULL &&
           e->set_option != NULL && e->free != NULL;
}

void collection_init(struct collection *c, const struct collection_options *o)
{
    bool own = o->place == NULL && o->system->store != NULL;
    *c = (struct collection){.o = *o};
    c->store = own ? o->system->store : hoststore();
    c->store_ctx = own ? o->system->ctx : NULL;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void say(const struct collection *c, int level, const char *text)
{
    if (c->o.log != NULL)
        c->o.log(c->o.log_ctx, level, text);
}

static void say_values(const struct collection *c, int level, int setting, const char *what,
                       uint32_t first, const char *more, uint32_t second)
{
    char text[192];
    (void)snprintf(text, sizeof text, "%s: %s 0x%x%s 0x%x", settings[setting].name, what, first,
                   more, second);
    say(c, level, text);
}

static int store_error(const char *where, int status, const struct store_failure *f, wfpw_error *e)
{
    return error_set(e, status, where, f->code, f->what);
}

static int engine_error(const char *call, uint32_t code, wfpw_error *e)
{
    return error_set(e, error_of_engine(code), call, code, NULL);
}

/* ---- the engine ----------------------------------------------------------------------------- */

static uint32_t get(const struct collection *c, void *engine, int setting, uint32_t *value)
{
    return engine_get(c->o.system, engine, settings[setting].option, value);
}

static uint32_t set(const struct collection *c, void *engine, int setting, uint32_t value)
{
    return engine_set(c->o.system, engine, settings[setting].option, value);
}

uint32_t collection_look(const struct collection *c, void *engine, bool *collects, bool *intact)
{
    uint32_t value, code = get(c, engine, COLLECT, &value);
    *collects = *intact = value != 0;
    for (int i = KEYWORDS; i < SETTINGS && code == 0 && *intact; i++) {
        uint32_t wants = c->o.wants[i] & ~(i == KEYWORDS ? c->refused : 0);
        if (wants != 0)
            code = get(c, engine, i, &value);
        *intact = (value & wants) == wants || wants == 0;
    }
    return code;
}

/* ---- the leases' place ---------------------------------------------------------------------- */

static int parse(struct collection *c, wfpw_error *e)
{
    struct store_failure f = {0};
    size_t n, bad_at = 0;
    int status = c->store->read(c->store_ctx, &c->handle, c->room, sizeof c->room, &n, &f);
    if (status != WFPW_OK && status != WFPW_E_RANGE)
        return store_error("leases: read", status, &f, e);
    c->read_as = status == WFPW_OK ? leases_parse(&c->table, c->room, n, &bad_at) : LEASES_DAMAGED;
    if (c->read_as == LEASES_OK)
        return WFPW_OK;
    return error_at(e, WFPW_E_LEASE, "leases", bad_at,
                    c->read_as == LEASES_NEWER ? "the record of leases is of a newer version"
                                               : "the record of leases is damaged");
}

static int open_place(struct collection *c, bool create, wfpw_error *e)
{
    struct store_failure f = {0};
    if (c->is_open)
        return WFPW_OK;
    int status = c->store->open(c->store_ctx, c->o.place, create, &c->handle, &f);
    c->is_open = status == WFPW_OK;
    return c->is_open ? WFPW_OK : store_error("leases: open", status, &f, e);
}

void collection_close(struct collection *c)
{
    if (c->is_open)
        c->store->close(c->store_ctx, &c->handle);
    c->is_open = false;
}

static void mark_ended(struct collection *c)
{
    for (uint32_t i = 0; i < c->table.count; i++)
        c->table.at[i].over = !c->store->is_alive(c->store_ctx, &c->handle, &c->table.at[i].who);
}

int collection_read(struct collection *c, wfpw_error *e)
{
    int status = open_place(c, false, e);
    if (status == WFPW_OK)
        status = parse(c, e);
    if (status == WFPW_OK)
        mark_ended(c);
    return status;
}

static int write(struct collection *c, wfpw_error *e)
{
    struct store_failure f = {0};
    int status =
        c->store->write(c->store_ctx, &c->handle, c->room, leases_write(&c->table, c->room), &f);
    return status == WFPW_OK ? WFPW_OK : store_error("leases: write", status, &f, e);
}

/* ---- a move: from what is to what is wanted ------------------------------------------------- */

struct move {
    struct collection *c;
    void *engine; /* NULL: it cannot be reached, and nothing can be set */
    uint32_t wants[SETTINGS];
    bool has[SETTINGS]; /* whether there is anything to do */
    uint32_t value[SETTINGS];
    struct lease_plan plan[SETTINGS];
    struct lease me;
    bool leaving; /* nothing is wanted; else what cannot be settled for others is no failure */
    wfpw_error *e;
    bool changed; /* the table, since it was written */
};

/* The table with our own leases in it, also when somebody removed the document. */
static int read_table(struct move *m)
{
    struct collection *c = m->c;
    struct store_failure f = {0};
    int status = parse(c, m->e);
    if (status != WFPW_OK)
        return status;
    status = c->store->whoami(c->store_ctx, &c->handle, &m->me.who, &f);
    if (status != WFPW_OK)
        return store_error("leases: this process", status, &f, m->e);
    m->me.session = (uint64_t)(uintptr_t)c;
    for (int i = 0; i < SETTINGS; i++)
        if (c->held[i].added != 0 &&
            leases_find(&c->table, &c->held[i], c->held[i].setting) == NULL)
            (void)leases_add(&c->table, &c->held[i]);
    mark_ended(c);
    return WFPW_OK;
}

static struct lease *mine(struct move *m, int setting)
{
    return leases_find(&m->c->table, &m->me, settings[setting].option);
}

/* Our lease as the plan wants it. A lease that is to go stays, as over, until it is put back. */
static int record(struct move *m, int setting)
{
    struct lease *l = mine(m, setting), fresh = m->me;
    uint32_t added = m->plan[setting].added;
    if (added == 0) {
        if (l != NULL)
            l->over = true;
        return WFPW_OK;
    }
    if (l != NULL && l->added == added)
        return WFPW_OK;
    m->changed = true;
    if (l != NULL) {
        l->added = added;
        l->before &= ~added;
        return WFPW_OK;
    }
    fresh.setting = settings[setting].option;
    fresh.before = m->plan[setting].before & ~added;
    fresh.added = added;
    if (leases_add(&m->c->table, &fresh))
        return WFPW_OK;
    return error_set(m->e, WFPW_E_LEASE, "leases", 0, "there are too many leases");
}

static int plan(struct move *m, int setting)
{
    struct collection *c = m->c;
    struct lease *l = mine(m, setting);
    uint32_t wants = m->wants[setting];
    m->has[setting] = wants != 0 || leases_has(&c->table, settings[setting].option);
    if (m->engine == NULL && l != NULL)
        l->over = true;
    if (!m->has[setting] || m->engine == NULL)
        return WFPW_OK;
    uint32_t code = get(c, m->engine, setting, &m->value[setting]);
    if (setting == IPSEC && wants != 0 && engine_refuses(code))
        return error_set(m->e, WFPW_E_NOTSUP, "FwpmEngineGetOption0", code,
                         "this Windows does not monitor IPsec connections");
    m->has[setting] = code == 0 || wants != 0 || m->leaving;
    if (!m->has[setting])
        return WFPW_OK;
    if (code != 0)
        return engine_error("FwpmEngineGetOption0", code, m->e);
    m->plan[setting] =
        leases_plan(&c->table, settings[setting].option, l, m->value[setting], wants);
    return record(m, setting);
}

/* Bit by bit, as this Windows does not know all of them. */
static uint32_t set_bits(struct move *m, int setting, uint32_t *refused)
{
    const struct lease_plan *p = &m->plan[setting];
    uint32_t value = m->value[setting] & ~p->clear, code = 0;
    if (p->clear != 0)
        code = set(m->c, m->engine, setting, value);
    for (uint32_t bit = 1; code == 0 && bit != 0; bit <<= 1) {
        if ((p->next & ~value & bit) == 0)
            continue;
        code = set(m->c, m->engine, setting, value | bit);
        if (code == 0) {
            value |= bit;
        } else if (engine_refuses(code)) {
            *refused |= bit;
            code = 0;
        }
    }
    return code;
}

/* What was refused is neither wanted nor ours any more. */
static void give_up(struct move *m, int setting, uint32_t refused)
{
    struct lease *l = mine(m, setting);
    m->c->refused |= refused;
    m->wants[setting] &= ~refused;
    m->plan[setting].next &= ~refused;
    if (l != NULL) {
        l->added &= ~refused;
        l->over = l->added == 0;
        m->changed = true;
    }
    say_values(m->c, LOG_INFORMATION, setting, "this Windows refuses", refused, ", and has",
               m->plan[setting].next);
}

static int apply(struct move *m, int setting)
{
    uint32_t refused = 0;
    const struct lease_plan *p = &m->plan[setting];
    if (!m->has[setting] || p->next == m->value[setting])
        return WFPW_OK;
    uint32_t code = set(m->c, m->engine, setting, p->next);
    if (setting == KEYWORDS && engine_refuses(code) && (p->next & ~m->value[setting]) != 0)
        code = set_bits(m, setting, &refused);
    if (refused != 0)
        give_up(m, setting, refused);
    return code == 0 ? WFPW_OK : engine_error("FwpmEngineSetOption0", code, m->e);
}

/* Counts and tells what leases of others are put back, or are not. */
static void tell_settled(struct move *m, int setting, bool done)
{
    struct collection *c = m->c;
    for (uint32_t i = 0; i < c->table.count; i++) {
        const struct lease *l = &c->table.at[i];
        if (l->setting != settings[setting].option || !l->over || leases_same_holder(l, &m->me))
            continue;
        c->settled += done;
        c->left += !done;
        if (done)
            say_values(c, LOG_INFORMATION, setting, "settled the lease of process", l->who.pid,
                       ", which had added", l->added);
    }
}

/* Leases that are over go once their bits are off; else they are left to who comes next. */
static void settle(struct move *m, int setting, bool done)
{
    struct leases *t = &m->c->table;
    uint32_t count = t->count;
    if (!m->has[setting])
        return;
    tell_settled(m, setting, done);
    if (done)
        leases_drop_over(t, settings[setting].option);
    else
        m->changed = leases_orphan_over(t, settings[setting].option) || m->changed;
    m->changed = m->changed || t->count != count;
}

/* What is not as we found it, for who reads the log. */
static void tell_left(const struct move *m, int setting)
{
    const struct lease *l = &m->c->held[setting];
    uint32_t now = m->plan[setting].next;
    if (m->wants[setting] == 0 && l->added != 0 && now != l->before)
        say_values(m->c, LOG_INFORMATION, setting, "found at", l->before,
                   ", left, as others use or changed it, at", now);
}

static void remember(struct move *m, int setting)
{
    struct lease *l = mine(m, setting);
    m->c->held[setting] = l != NULL && !l->over ? *l : (struct lease){0};
}

/* Every setting is tried; the first error is told. */
static int apply_all(struct move *m, bool done[SETTINGS])
{
    wfpw_error first = {0};
    for (int i = 0; i < SETTINGS; i++) {
        done[i] = m->engine != NULL && apply(m, i) == WFPW_OK;
        bool matters = m->wants[i] != 0 || m->leaving;
        if (m->engine != NULL && !done[i] && matters && first.status == WFPW_OK)
            first = *m->e;
    }
    if (first.status != WFPW_OK)
        *m->e = first;
    return first.status;
}

/* Written before anything is set, and again when what is over has been put back. */
static int run(struct move *m)
{
    bool done[SETTINGS];
    int status = WFPW_OK, written = WFPW_OK;
    m->changed = false;
    for (int i = 0; i < SETTINGS && status == WFPW_OK; i++)
        status = plan(m, i);
    if (status == WFPW_OK && m->changed)
        status = write(m->c, m->e);
    if (status != WFPW_OK)
        return status;
    m->changed = false;
    status = apply_all(m, done);
    for (int i = 0; i < SETTINGS; i++) {
        tell_left(m, i);
        settle(m, i, done[i]);
        remember(m, i);
    }
    if (m->changed)
        written = write(m->c, status == WFPW_OK ? m->e : NULL);
    return status != WFPW_OK ? status : written;
}

/* Without an engine, or without knowing the settings: our leases are left to who comes next. */
static void abandon(struct move *m)
{
    m->engine = NULL;
    memset(m->wants, 0, sizeof m->wants);
    wfpw_error *e = m->e, ignored;
    m->e = &ignored;
    (void)run(m);
    m->e = e;
}

static bool holds(const struct collection *c)
{
    bool any = false;
    for (int i = 0; i < SETTINGS; i++)
        any = any || c->held[i].added != 0;
    return any;
}

/* What a first attempt did is undone when it fails. */
static void undo(struct move *m)
{
    wfpw_error why = *m->e;
    m->leaving = true;
    memset(m->wants, 0, sizeof m->wants);
    if (read_table(m) != WFPW_OK || run(m) != WFPW_OK)
        abandon(m);
    *m->e = why;
}

static int move_with_engine(struct move *m)
{
    const struct wfpw_system *system = m->c->o.system;
    uint32_t code = engine_open(system, &m->engine);
    if (code != 0) {
        if (m->leaving)
            abandon(m);
        return engine_error("FwpmEngineOpen0", code, m->e);
    }
    void *engine = m->engine;
    bool first = !holds(m->c);
    int status = run(m);
    if (status != WFPW_OK && (m->leaving || first))
        undo(m);
    (void)system->engine->close(system->ctx, engine);
    return status;
}

/* In the leases' place, which is open. */
static int move_locked(struct move *m)
{
    struct collection *c = m->c;
    struct store_failure f = {0};
    int status = c->store->lock(c->store_ctx, &c->handle, LOCK_WAIT_MS, &f);
    if (status != WFPW_OK)
        return store_error("leases: lock", status, &f, m->e);
    status = read_table(m);
    if (status == WFPW_OK && (!m->leaving || c->table.count != 0))
        status = move_with_engine(m);
    c->store->unlock(c->store_ctx, &c->handle);
    return status;
}

/* wants NULL: nothing any more. The place is opened anew each time, as it may have been moved. */
static int move(struct collection *c, const uint32_t *wants, wfpw_error *e)
{
    wfpw_error own;
    struct move m = {.c = c, .leaving = wants == NULL, .e = e != NULL ? e : &own};
    c->settled = c->left = 0;
    for (int i = 0; i < SETTINGS && wants != NULL; i++)
        m.wants[i] = wants[i] & ~(i == KEYWORDS ? c->refused : 0);
    int status = open_place(c, true, m.e);
    if (status == WFPW_OK)
        status = move_locked(&m);
    collection_close(c);
    return status;
}

int collection_take(struct collection *c, wfpw_error *e)
{
    return move(c, c->o.wants, e);
}

int collection_leave(struct collection *c, wfpw_error *e)
{
    int status = holds(c) ? move(c, NULL, e) : WFPW_OK;
    memset(c->held, 0, sizeof c->held);
    return status;
}

int collection_settle(struct collection *c, wfpw_error *e)
{
    c->settled = c->left = 0;
    int status = collection_read(c, e);
    collection_close(c); /* nothing is made where there is nothing */
    if (status == WFPW_OK && c->table.count != 0)
        status = move(c, NULL, e);
    return status;
}

int collection_set_aside(struct collection *c, wfpw_error *e)
{
    struct store_failure f = {0};
    int status = open_place(c, true, e);
    if (status != WFPW_OK)
        return status;
    status = c->store->lock(c->store_ctx, &c->handle, LOCK_WAIT_MS, &f);
    if (status == WFPW_OK) {
        if (parse(c, e) == WFPW_E_LEASE && c->read_as == LEASES_DAMAGED)
            status = c->store->set_aside(c->store_ctx, &c->handle, &f);
        c->store->unlock(c->store_ctx, &c->handle);
    }
    collection_close(c);
    return status == WFPW_OK ? WFPW_OK : store_error("leases: set aside", status, &f, e);
}
