/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/audit_policy/audit_lease.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "lease/audit_policy/audit_policy.h"

enum { LOG_INFORMATION = 3, ROUNDS = 12, LOCK_MS = 5000, INVALID_PARAMETER = 87 };

static const uint32_t lent[LENT] = {
    [LENT_CONNECTION] = SUBCATEGORY_CONNECTION,
    [LENT_PACKET_DROP] = SUBCATEGORY_PACKET_DROP,
};

uint32_t audit_lent(int which)
{
    return lent[which];
}

uint32_t audit_lent_note(int which)
{
    return lent[which] | LEASE_NOTE;
}

const char *audit_lent_name(int which)
{
    FWP_GUID guid = subcategory_guid(lent[which]);
    return subcategory_find(&guid)->name;
}

uint32_t audit_lent_query(const struct wfpw_system *system, int which, uint32_t *audited)
{
    FWP_GUID guid = subcategory_guid(lent[which]);
    return audit_policy_query(system, &guid, audited);
}

uint32_t audit_filter_changes_query(const struct wfpw_system *system, uint32_t *audited)
{
    FWP_GUID guid = subcategory_guid(SUBCATEGORY_OTHER_POLICY_CHANGE);
    return audit_policy_query(system, &guid, audited);
}

void audit_lease_init(struct audit_lease *l, const struct audit_lease_options *o)
{
    l->o = *o;
    lease_store_init(&l->place, o->system, o->place);
}

/* ---- telling -------------------------------------------------------------------------------- */

static const char *bits_text(uint32_t bits)
{
    static const char *const texts[] = {"nothing", "success", "failure", "success and failure"};
    return texts[bits & AUDIT_BOTH];
}

static void say_bits(const struct audit_lease *l, int which, const char *what, uint32_t bits,
                     const char *more)
{
    char text[192];
    (void)snprintf(text, sizeof text, "audit policy, %s: %s %s%s", audit_lent_name(which), what,
                   bits_text(bits), more);
    error_log(l->o.log, l->o.log_ctx, LOG_INFORMATION, text, NULL, 0);
}

static int system_error(const char *call, uint32_t code, wfpw_error *e)
{
    return error_set(e, error_of_windows(code), call, code, NULL);
}

/* ---- a move: from what is to what is wanted ------------------------------------------------- */

/* Rounds of: looking, recording under the lock what is to be changed, changing it without. The last
 * one finds everything in its place, in a record that nobody touched since the round before. */
struct move {
    struct audit_lease *l;
    uint32_t wants[LENT];
    bool has[LENT];    /* whether there is anything to do */
    bool failed[LENT]; /* asking or setting: it is left as it is */
    uint32_t value[LENT];
    uint32_t off[LENT]; /* bits that we have turned off: perhaps somebody's who came then */
    struct lease_plan plan[LENT];
    struct lease me;
    uint64_t sum; /* of the record as it was left last */
    bool is_same; /* it was found so */
    bool changed; /* the table, since it was read */
    bool leaving; /* nothing is wanted */
    wfpw_error *e;
    wfpw_error first; /* the first failure; status 0: none */
};

static struct lease *lease_of_mine(struct move *m, int i)
{
    return leases_find(&m->l->place.table, &m->me, lent[i]);
}

static void keep_error(struct move *m, int i, const char *call, uint32_t code)
{
    m->failed[i] = true;
    if (m->first.status == WFPW_OK && (m->wants[i] != 0 || m->leaving))
        (void)system_error(call, code, &m->first);
}

static void look_at_policy(struct move *m)
{
    for (int i = 0; i < LENT; i++) {
        FWP_GUID guid = subcategory_guid(lent[i]);
        if (!m->has[i] || m->failed[i])
            continue;
        uint32_t code = audit_policy_query(m->l->o.system, &guid, &m->value[i]);
        if (code == INVALID_PARAMETER) {
            m->l->absent |= 1u << i;
            m->failed[i] = true; /* there is nothing to be put back either */
        } else if (code != 0) {
            keep_error(m, i, "AuditQuerySystemPolicy", code);
        }
    }
}

/* The table with our own leases in it, also when somebody removed the document. */
static int read_table(struct move *m)
{
    struct lease_store *p = &m->l->place;
    int status = lease_store_read(p, m->e);
    if (status == WFPW_OK)
        status = lease_store_whoami(p, &m->me.who, m->e);
    if (status != WFPW_OK)
        return status;
    m->me.session = (uint64_t)(uintptr_t)m->l;
    m->l->pid = m->me.who.pid;
    m->is_same = m->sum == leases_sum(p->room, leases_write(&p->table, p->room));
    m->changed = false;
    for (int i = 0; i < LENT; i++) {
        if (m->l->held[i].added != 0 &&
            leases_find(&p->table, &m->l->held[i], m->l->held[i].setting) == NULL)
            m->changed = leases_add(&p->table, &m->l->held[i]) || m->changed;
        m->has[i] = m->wants[i] != 0 || leases_has(&p->table, lent[i]);
    }
    lease_store_mark_ended(p);
    for (uint32_t k = 0; m->leaving && k < p->table.count; k++) { /* our notes go, too */
        struct lease *l = &p->table.at[k];
        l->over = l->over || ((l->setting & LEASE_NOTE) != 0 && leases_same_holder(l, &m->me));
    }
    return WFPW_OK;
}

static int write_table(struct move *m)
{
    struct lease_store *p = &m->l->place;
    int status = m->changed ? lease_store_write(p, m->e) : WFPW_OK;
    m->sum = leases_sum(p->room, leases_write(&p->table, p->room));
    return status;
}

static int lock_table(struct move *m)
{
    int status = lease_store_lock(&m->l->place, LOCK_MS, m->e);
    if (status != WFPW_OK)
        return status;
    status = read_table(m);
    if (status != WFPW_OK)
        lease_store_unlock(&m->l->place);
    return status;
}

static int plan_one(struct move *m, int i)
{
    struct lease *l = lease_of_mine(m, i);
    if (m->failed[i] && m->leaving && l != NULL)
        l->over = true;
    if (!m->has[i] || m->failed[i])
        return WFPW_OK;
    m->plan[i] = leases_plan(&m->l->place.table, lent[i], l, m->value[i], m->wants[i]);
    m->plan[i].next |= m->off[i] & leases_of_others(&m->l->place.table, &m->me, lent[i]);
    if (!leases_record(&m->l->place.table, l, &m->me, lent[i], &m->plan[i], &m->l->held[i],
                       &m->changed))
        return error_set(m->e, WFPW_E_LEASE, "leases", 0, leases_too_many);
    return WFPW_OK;
}

static bool is_in_place(const struct move *m, int i)
{
    return !m->has[i] || m->failed[i] || m->plan[i].next == m->value[i];
}

/* Both bits are set at once: so it is looked at once more, just before, whether the other one is
 * still what it was. If not, the next round plans anew. */
static void apply_plan(struct move *m, int i)
{
    FWP_GUID guid = subcategory_guid(lent[i]);
    uint32_t now = 0, next = m->plan[i].next;
    if (is_in_place(m, i) ||
        (audit_policy_query(m->l->o.system, &guid, &now) == 0 && now != m->value[i]))
        return;
    m->off[i] |= ~next;
    uint32_t code = audit_policy_put(m->l->o.system, &guid, next);
    if (code != 0)
        keep_error(m, i, "AuditSetSystemPolicy", code);
    if (code == 0)
        m->l->changed |= 1u << i;
    if (code == 0 && (next & ~m->value[i]) != 0)
        m->l->turned_on |= 1u << i;
}

/* ---- settling ------------------------------------------------------------------------------- */

/* Counts and tells what leases of others are put back. */
static void tell_settled(struct move *m, int i)
{
    const struct leases *t = &m->l->place.table;
    for (uint32_t k = 0; k < t->count; k++) {
        if (t->at[k].setting != lent[i] || !t->at[k].over || leases_same_holder(&t->at[k], &m->me))
            continue;
        m->l->settled++;
        say_bits(m->l, i, "settled what a process that has ended had turned on,", t->at[k].added,
                 "");
    }
}

/* What is not as we found it, for who reads the log. */
static void tell_left(const struct move *m, int i)
{
    const struct lease *l = &m->l->held[i];
    bool known = m->has[i] && !m->failed[i] && m->wants[i] == 0 && l->added != 0;
    if (known && m->plan[i].next != l->before)
        say_bits(m->l, i, "left, as others use or changed it, at", m->plan[i].next, "");
}

/* Leases that are over go once their bits are off, or when there is no such setting; else they are
 * left to who comes next. Notes of holders that have ended only go. */
static void settle_one(struct move *m, int i)
{
    struct leases *t = &m->l->place.table;
    uint32_t count = t->count;
    bool absent = (m->l->absent & 1u << i) != 0;
    tell_left(m, i);
    leases_drop_over(t, audit_lent_note(i));
    if (m->has[i] && ((!m->failed[i] && is_in_place(m, i)) || absent)) {
        tell_settled(m, i);
        leases_drop_over(t, lent[i]);
    } else if (m->has[i] && leases_orphan_over(t, lent[i])) {
        m->changed = true;
    }
    m->changed = m->changed || t->count != count;
    const struct lease *l = lease_of_mine(m, i);
    m->l->held[i] = l != NULL && !l->over ? *l : (struct lease){0};
}

/* ---- rounds --------------------------------------------------------------------------------- */

/* A lease for what Windows did not let us set is none; what somebody else sets is not ours. */
static void withdraw_lease(struct move *m, int i)
{
    struct leases *t = &m->l->place.table;
    struct lease *l = lease_of_mine(m, i);
    if (m->leaving || !m->failed[i] || l == NULL || (m->value[i] & l->added) != 0)
        return;
    *l = t->at[--t->count];
    m->changed = true;
}

static int settle_all(struct move *m)
{
    for (int i = 0; i < LENT; i++) {
        withdraw_lease(m, i);
        settle_one(m, i);
    }
    return write_table(m);
}

/* Under the lock: what is to be set is recorded, or, when nothing is, what is over goes. */
static int plan_all(struct move *m, bool last, bool *done)
{
    int status = WFPW_OK;
    bool in_place = true;
    for (int i = 0; i < LENT && status == WFPW_OK; i++) {
        status = plan_one(m, i);
        in_place = in_place && is_in_place(m, i);
    }
    *done = status == WFPW_OK && in_place && !m->changed && (m->is_same || last);
    if (status != WFPW_OK)
        return status;
    return *done ? settle_all(m) : write_table(m);
}

static int one_round(struct move *m, bool last, bool *done)
{
    look_at_policy(m);
    int status = lock_table(m);
    if (status != WFPW_OK)
        return status;
    bool looked = true; /* somebody's lease came since we looked */
    for (int i = 0; i < LENT; i++)
        looked = looked && (!m->has[i] || m->failed[i] || m->value[i] != UINT32_MAX);
    *done = false;
    if (looked)
        status = plan_all(m, last, done);
    lease_store_unlock(&m->l->place);
    return status;
}

static int run_rounds(struct move *m)
{
    int status = WFPW_OK;
    bool done = false;
    for (int i = 0; i < LENT; i++)
        m->value[i] = UINT32_MAX;
    for (int n = 1; n <= ROUNDS && status == WFPW_OK && !done; n++) {
        status = one_round(m, n == ROUNDS, &done);
        for (int i = 0; i < LENT && status == WFPW_OK && !done; i++)
            if (m->value[i] != UINT32_MAX)
                apply_plan(m, i);
    }
    if (status == WFPW_OK && !done)
        status = error_set(m->e, WFPW_E_TIMEOUT, "leases", 0,
                           "others change the audit policy all the time");
    if (status != WFPW_OK)
        return status;
    *m->e = m->first;
    return m->first.status;
}

/* wants NULL: nothing any more. The place is opened anew each time, as it may have been moved. */
static int move_policy(struct audit_lease *l, const uint32_t *wants, wfpw_error *e)
{
    wfpw_error own;
    struct move m = {.l = l, .leaving = wants == NULL, .e = e != NULL ? e : &own};
    l->settled = 0;
    l->turned_on = 0;
    l->changed = 0;
    for (int i = 0; i < LENT && wants != NULL; i++)
        if (((l->absent | l->yielded) & 1u << i) == 0)
            m.wants[i] = wants[i];
    for (int i = 0; i < LENT; i++)
        m.has[i] = m.wants[i] != 0 || l->held[i].added != 0;
    int status = lease_store_open(&l->place, true, m.e);
    if (status == WFPW_OK)
        status = run_rounds(&m);
    lease_store_close(&l->place);
    return status;
}

int audit_lease_take(struct audit_lease *l, wfpw_error *e)
{
    return move_policy(l, l->o.wants, e);
}

int audit_lease_leave(struct audit_lease *l, wfpw_error *e)
{
    bool any = l->yielded != 0;
    for (int i = 0; i < LENT; i++)
        any = any || l->held[i].added != 0;
    int status = any ? move_policy(l, NULL, e) : WFPW_OK;
    memset(l->held, 0, sizeof l->held);
    return status;
}

int audit_lease_settle(struct audit_lease *l, wfpw_error *e)
{
    bool any = false;
    l->settled = 0;
    int status = lease_store_open(&l->place, false, e); /* nothing is made where there is nothing */
    if (status == WFPW_OK)
        status = lease_store_read(&l->place, e);
    for (int i = 0; i < LENT && status == WFPW_OK; i++)
        any = any || leases_has(&l->place.table, lent[i]) ||
              leases_has(&l->place.table, audit_lent_note(i));
    lease_store_close(&l->place);
    return any ? move_policy(l, NULL, e) : status;
}

uint32_t audit_lease_look(const struct audit_lease *l, uint32_t off[LENT])
{
    memset(off, 0, LENT * sizeof *off);
    for (int i = 0; i < LENT; i++) {
        FWP_GUID guid = subcategory_guid(lent[i]);
        uint32_t value = 0;
        if (l->o.wants[i] == 0 || ((l->absent | l->yielded) & 1u << i) != 0)
            continue;
        uint32_t code = audit_policy_query(l->o.system, &guid, &value);
        if (code != 0)
            return code;
        off[i] = l->o.wants[i] & ~value;
    }
    return 0;
}

/* ---- giving way ----------------------------------------------------------------------------- */

static int note_yielded(struct move *m, int which)
{
    struct lease *l = lease_of_mine(m, which), fresh = m->me;
    fresh.setting = audit_lent_note(which);
    fresh.added = m->l->o.wants[which];
    if (l != NULL)
        *l = fresh;
    else if (!leases_add(&m->l->place.table, &fresh))
        return WFPW_OK; /* without a note, then */
    m->changed = true;
    return write_table(m);
}

int audit_lease_yield(struct audit_lease *l, int which, wfpw_error *e)
{
    wfpw_error own;
    struct move m = {.l = l, .e = e != NULL ? e : &own};
    l->yielded |= 1u << which;
    int status = lease_store_open(&l->place, true, m.e);
    if (status == WFPW_OK)
        status = lock_table(&m);
    if (status == WFPW_OK) {
        status = note_yielded(&m, which);
        lease_store_unlock(&l->place);
    }
    l->held[which] = (struct lease){0};
    lease_store_close(&l->place);
    return status;
}
