/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/collection.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "engine/engine.h"

enum { LOG_INFORMATION = 3, LOCK_WAIT_MS = 5000, ROUNDS = 12 };

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
    c->o = *o;
    c->wait_ms = LOCK_WAIT_MS;
    lease_store_init(&c->place, o->system, o->place);
}

/* ---- telling -------------------------------------------------------------------------------- */

static void log_text(const struct collection *c, int level, const char *text)
{
    if (c->o.bound != NULL)
        log_line(c->o.bound, c->o.log, c->o.log_ctx, level, log_kind(0, text, 0), text);
    else
        error_log(c->o.log, c->o.log_ctx, level, text, NULL, 0);
}

static void say_values(const struct collection *c, int level, int setting, const char *what,
                       uint32_t first, const char *more, uint32_t second)
{
    char text[192];
    (void)snprintf(text, sizeof text, "%s: %s 0x%x%s 0x%x", settings[setting].name, what, first,
                   more, second);
    log_text(c, level, text);
}

static int engine_error(const char *call, uint32_t code, wfpw_error *e)
{
    return error_set(e, error_of_engine(code), call, code, NULL);
}

/* ---- the engine ----------------------------------------------------------------------------- */

static uint32_t get_setting(const struct collection *c, void *engine, int setting, uint32_t *value)
{
    return engine_get(c->o.system, engine, settings[setting].option, value);
}

static uint32_t set_setting(const struct collection *c, void *engine, int setting, uint32_t value)
{
    return engine_set(c->o.system, engine, settings[setting].option, value);
}

uint32_t collection_look(const struct collection *c, void *engine, bool *collects, bool *intact)
{
    uint32_t value, code = get_setting(c, engine, COLLECT, &value);
    *collects = *intact = value != 0;
    for (int i = KEYWORDS; i < SETTINGS && code == 0 && *intact; i++) {
        uint32_t wants = c->o.wants[i] & ~(i == KEYWORDS ? c->refused : 0);
        if (wants != 0)
            code = get_setting(c, engine, i, &value);
        *intact = (value & wants) == wants || wants == 0;
    }
    return code;
}

/* ---- a move: from what is to what is wanted ------------------------------------------------- */

/* Rounds of: looking at the settings, recording under the lock what is to be changed, changing it
 * without. The last one finds everything in its place, in a record that nobody touched since the
 * round before: so nobody who came or left meanwhile has planned with what was not so any more. */
struct move {
    struct collection *c;
    void *engine; /* NULL: it cannot be reached, and nothing can be set */
    uint32_t wants[SETTINGS];
    bool has[SETTINGS]; /* whether there is anything to do */
    uint32_t value[SETTINGS];
    uint32_t codes[SETTINGS]; /* what looking at it gave */
    uint32_t off[SETTINGS];   /* bits that we have turned off: perhaps somebody's who came then */
    bool failed[SETTINGS];    /* setting it: it is left as it is */
    bool denied[SETTINGS];    /* for sure: what our lease says was not done */
    wfpw_error first;         /* why; status 0: nothing failed */
    struct lease_plan plan[SETTINGS];
    struct lease me;
    uint64_t sum;     /* of the record, as it was left last */
    bool is_the_same; /* it was found so */
    bool leaving;     /* nothing is wanted; else what cannot be settled for others is no failure */
    wfpw_error *e;
    bool changed; /* the table, since it was read */
};

static uint64_t sum_of(struct move *m)
{
    struct lease_store *p = &m->c->place;
    return leases_sum(p->room, leases_write(&p->table, p->room));
}

/* The table with our own leases in it, also when somebody removed the document. */
static int read_table(struct move *m)
{
    struct collection *c = m->c;
    int status = lease_store_read(&c->place, m->e);
    if (status == WFPW_OK)
        status = lease_store_whoami(&c->place, &m->me.who, m->e);
    if (status != WFPW_OK)
        return status;
    m->is_the_same = m->sum == sum_of(m);
    m->me.session = (uint64_t)(uintptr_t)c;
    m->changed = false;
    for (int i = 0; i < SETTINGS; i++)
        if (c->held[i].added != 0 &&
            leases_find(&c->place.table, &c->held[i], c->held[i].setting) == NULL)
            m->changed = leases_add(&c->place.table, &c->held[i]);
    lease_store_mark_ended(&c->place);
    return WFPW_OK;
}

static int write_table(struct move *m, wfpw_error *e)
{
    int status = m->changed ? lease_store_write(&m->c->place, e) : WFPW_OK;
    m->sum = sum_of(m);
    return status;
}

static int lock_table(struct move *m)
{
    int status = lease_store_lock(&m->c->place, m->c->wait_ms, m->e);
    if (status != WFPW_OK)
        return status;
    status = read_table(m);
    if (status != WFPW_OK)
        lease_store_unlock(&m->c->place);
    return status;
}

static struct lease *own_lease(struct move *m, int setting)
{
    return leases_find(&m->c->place.table, &m->me, settings[setting].option);
}

static int plan_setting(struct move *m, int setting)
{
    struct collection *c = m->c;
    struct lease *l = own_lease(m, setting);
    uint32_t wants = m->wants[setting], code = m->codes[setting];
    m->has[setting] = wants != 0 || leases_has(&c->place.table, settings[setting].option);
    if (m->failed[setting] && m->leaving && l != NULL)
        l->over = true;
    if (!m->has[setting] || m->failed[setting])
        return WFPW_OK;
    m->has[setting] = code == 0 || wants != 0 || m->leaving;
    if (!m->has[setting])
        return WFPW_OK;
    if (code != 0)
        return engine_error("FwpmEngineGetOption0", code, m->e);
    m->plan[setting] =
        leases_plan(&c->place.table, settings[setting].option, l, m->value[setting], wants);
    m->plan[setting].next |= /* what came meanwhile, and we have turned off, comes back */
        m->off[setting] & leases_of_others(&c->place.table, &m->me, settings[setting].option);
    if (!leases_record(&c->place.table, l, &m->me, settings[setting].option, &m->plan[setting],
                       &c->held[setting], &m->changed))
        return error_set(m->e, WFPW_E_LEASE, "leases", 0, leases_too_many);
    return WFPW_OK;
}

/* ---- setting -------------------------------------------------------------------------------- */

/* Bit by bit, as this Windows does not know all of them. */
static uint32_t set_bits(struct move *m, int setting, uint32_t *refused)
{
    const struct lease_plan *p = &m->plan[setting];
    uint32_t value = m->value[setting] & ~p->clear, code = 0;
    if (p->clear != 0)
        code = set_setting(m->c, m->engine, setting, value);
    for (uint32_t bit = 1; code == 0 && bit != 0; bit <<= 1) {
        if ((p->next & ~value & bit) == 0)
            continue;
        code = set_setting(m->c, m->engine, setting, value | bit);
        if (code == 0) {
            value |= bit;
        } else if (engine_refuses(code)) {
            *refused |= bit;
            code = 0;
        }
    }
    return code;
}

/* What was refused is not wanted any more; the next round's plan takes it out of our lease. */
static void give_up(struct move *m, int setting, uint32_t refused)
{
    m->c->refused |= refused;
    m->wants[setting] &= ~refused;
    m->plan[setting].next &= ~refused;
    say_values(m->c, LOG_INFORMATION, setting, "this Windows refuses", refused, ", and has",
               m->plan[setting].next);
}

static bool is_in_place(const struct move *m, int setting)
{
    return !m->has[setting] || m->failed[setting] || m->plan[setting].next == m->value[setting];
}

static int apply_setting(struct move *m, int setting)
{
    uint32_t refused = 0;
    const struct lease_plan *p = &m->plan[setting];
    if (is_in_place(m, setting))
        return WFPW_OK;
    m->off[setting] |= ~p->next;
    uint32_t code = set_setting(m->c, m->engine, setting, p->next);
    if (setting == KEYWORDS && engine_refuses(code) && (p->next & ~m->value[setting]) != 0)
        code = set_bits(m, setting, &refused);
    if (refused != 0)
        give_up(m, setting, refused);
    m->c->turned_on = m->c->turned_on || (code == 0 && (p->next & ~m->value[setting]) != 0);
    m->denied[setting] = error_is_denied(code) && p->clear == 0;
    return code == 0 ? WFPW_OK : engine_error("FwpmEngineSetOption0", code, m->e);
}

/* Every setting is tried, once; the first error is told. */
static void apply_all(struct move *m)
{
    for (int i = 0; i < SETTINGS; i++) {
        bool matters = m->wants[i] != 0 || m->leaving;
        m->failed[i] = apply_setting(m, i) != WFPW_OK || m->failed[i];
        if (m->e->status != WFPW_OK && matters && m->first.status == WFPW_OK)
            m->first = *m->e;
        m->e->status = WFPW_OK;
    }
}

/* ---- settling ------------------------------------------------------------------------------- */

static void say_settled(const struct collection *c, int setting, const struct lease *l)
{
    char text[192];
    if (l->who.pid != 0)
        (void)snprintf(text, sizeof text, "%s: settled what process %u had turned on, 0x%x",
                       settings[setting].name, l->who.pid, l->added);
    else
        (void)snprintf(text, sizeof text, "%s: settled what could not be turned off before, 0x%x",
                       settings[setting].name, l->added);
    log_text(c, LOG_INFORMATION, text);
}

/* Counts and tells what leases of others are put back. */
static void report_settled(struct move *m, int setting)
{
    struct collection *c = m->c;
    for (uint32_t i = 0; i < c->place.table.count; i++) {
        const struct lease *l = &c->place.table.at[i];
        if (l->setting != settings[setting].option || !l->over || leases_same_holder(l, &m->me))
            continue;
        c->settled++;
        say_settled(c, setting, l);
    }
}

/* What is not as we found it, for who reads the log. */
static void report_left(const struct move *m, int setting)
{
    const struct lease *l = &m->c->held[setting];
    uint32_t now = m->plan[setting].next;
    bool known = m->has[setting] && !m->failed[setting] && m->engine != NULL;
    if (known && m->wants[setting] == 0 && l->added != 0 && now != l->before)
        say_values(m->c, LOG_INFORMATION, setting, "found at", l->before,
                   ", left, as others use or changed it, at", now);
}

/* Leases that are over go once their bits are off; else they are left to who comes next. */
static void settle_lease(struct move *m, int setting)
{
    struct leases *t = &m->c->place.table;
    uint32_t count = t->count;
    bool done = m->engine != NULL && !m->failed[setting] && is_in_place(m, setting);
    report_left(m, setting);
    if (m->denied[setting] && leases_withdraw(t, own_lease(m, setting), m->value[setting]))
        m->changed = true;
    if (m->has[setting] && done) {
        report_settled(m, setting);
        leases_drop_over(t, settings[setting].option);
    } else if (m->has[setting] && leases_orphan_over(t, settings[setting].option)) {
        m->changed = true;
    }
    m->changed = m->changed || t->count != count;
    const struct lease *l = own_lease(m, setting);
    m->c->held[setting] = l != NULL && !l->over ? *l : (struct lease){0};
}

static int settle_all(struct move *m, wfpw_error *e)
{
    for (int i = 0; i < SETTINGS; i++)
        settle_lease(m, i);
    return write_table(m, e);
}

/* Without an engine, without knowing the settings, or in a crowd: our leases are left to who comes
 * next when we leave. Where the record is what fails there is nothing to be done. */
static int end_failed(struct move *m, int status)
{
    wfpw_error told = *m->e;
    m->engine = NULL;
    if (!m->leaving || strncmp(told.where, "leases:", 7) == 0)
        return status;
    if (lock_table(m) != WFPW_OK) {
        *m->e = told;
        return status;
    }
    for (int i = 0; i < SETTINGS; i++) {
        struct lease *l = own_lease(m, i);
        m->has[i] = true;
        if (l != NULL)
            l->over = true;
    }
    (void)settle_all(m, NULL);
    lease_store_unlock(&m->c->place);
    *m->e = told;
    return status;
}

/* ---- rounds --------------------------------------------------------------------------------- */

static int look_at_settings(struct move *m)
{
    for (int i = 0; i < SETTINGS; i++)
        if (!m->failed[i])
            m->codes[i] = get_setting(m->c, m->engine, i, &m->value[i]);
    if (m->wants[IPSEC] != 0 && engine_refuses(m->codes[IPSEC]))
        return error_set(m->e, WFPW_E_NOTSUP, "FwpmEngineGetOption0", m->codes[IPSEC],
                         "this Windows does not monitor IPsec connections");
    return WFPW_OK;
}

static bool all_in_place(const struct move *m)
{
    bool all = true;
    for (int i = 0; i < SETTINGS; i++)
        all = all && is_in_place(m, i);
    return all;
}

/* Under the lock: what is to be set is recorded, or, when nothing is, what is over goes. */
static int plan_all(struct move *m, bool last, bool *done)
{
    int status = WFPW_OK;
    for (int i = 0; i < SETTINGS && status == WFPW_OK; i++)
        status = plan_setting(m, i);
    *done = status == WFPW_OK && all_in_place(m) && !m->changed && (m->is_the_same || last);
    if (status != WFPW_OK)
        return status;
    return *done ? settle_all(m, m->e) : write_table(m, m->e);
}

static int one_round(struct move *m, bool last, bool *done)
{
    int status = look_at_settings(m);
    if (status == WFPW_OK)
        status = lock_table(m);
    if (status != WFPW_OK)
        return status;
    status = plan_all(m, last, done);
    lease_store_unlock(&m->c->place);
    return status;
}

/* Others who come and leave may keep us from the quiet round: then the last one must do. */
static int run_move(struct move *m)
{
    int status = WFPW_OK;
    bool done = false;
    m->e->status = WFPW_OK;
    for (int i = 1; i <= ROUNDS && status == WFPW_OK && !done; i++) {
        status = one_round(m, i == ROUNDS, &done);
        if (status == WFPW_OK && !done)
            apply_all(m);
    }
    if (status == WFPW_OK && !done)
        status =
            error_set(m->e, WFPW_E_TIMEOUT, "leases", 0, "others change the settings all the time");
    if (status != WFPW_OK)
        return end_failed(m, status);
    if (m->first.status != WFPW_OK)
        *m->e = m->first;
    return m->first.status;
}

/* A first attempt that fails is undone by leaving, which the caller does in any case. */
static int move_in_place(struct move *m)
{
    const struct wfpw_system *system = m->c->o.system;
    uint32_t code = engine_open(system, &m->engine);
    if (code != 0)
        return end_failed(m, engine_error("FwpmEngineOpen0", code, m->e));
    void *engine = m->engine;
    int status = run_move(m);
    (void)system->engine->close(system->ctx, engine);
    return status;
}

/* wants NULL: nothing any more. The place is opened anew each time, as it may have been moved. */
static int move_settings(struct collection *c, const uint32_t *wants, wfpw_error *e)
{
    wfpw_error own;
    struct move m = {.c = c, .leaving = wants == NULL, .e = e != NULL ? e : &own};
    c->settled = 0;
    c->turned_on = false;
    for (int i = 0; i < SETTINGS && wants != NULL; i++)
        m.wants[i] = wants[i] & ~(i == KEYWORDS ? c->refused : 0);
    int status = lease_store_open(&c->place, true, m.e);
    if (status == WFPW_OK)
        status = move_in_place(&m);
    lease_store_close(&c->place);
    return status;
}

int collection_take(struct collection *c, wfpw_error *e)
{
    return move_settings(c, c->o.wants, e);
}

static bool holds_leases(const struct collection *c)
{
    bool any = false;
    for (int i = 0; i < SETTINGS; i++)
        any = any || c->held[i].added != 0;
    return any;
}

int collection_leave(struct collection *c, wfpw_error *e)
{
    c->wait_ms = LOCK_WAIT_MS;
    int status = holds_leases(c) ? move_settings(c, NULL, e) : WFPW_OK;
    memset(c->held, 0, sizeof c->held);
    return status;
}

int collection_settle(struct collection *c, wfpw_error *e)
{
    c->settled = 0;
    int status = lease_store_open(&c->place, false, e); /* nothing is made where there is nothing */
    if (status == WFPW_OK)
        status = lease_store_read(&c->place, e);
    lease_store_close(&c->place);
    return status == WFPW_OK && c->place.table.count != 0 ? move_settings(c, NULL, e) : status;
}
