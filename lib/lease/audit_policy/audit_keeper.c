/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/audit_policy/audit_keeper.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/thread_hooks.h"

enum { LOOKS_TO_ASK = 32, LOG_WARNING = 2, LOG_INFORMATION = 3 };

/* In units of the system's clock. */
static const uint64_t an_hour = (uint64_t)3600 * 10000000, record_slack = (uint64_t)5 * 10000000;

/* ---- telling -------------------------------------------------------------------------------- */

static void say_text(const struct audit_keeper *k, int level, const char *text)
{
    error_log(k->o.lease.log, k->o.lease.log_ctx, level, text, NULL, 0);
}

static void say_error(const struct audit_keeper *k, const char *what, const wfpw_error *e)
{
    char text[256];
    if (e->os_code != 0)
        (void)snprintf(text, sizeof text, "%s: %s gave 0x%x (%u)", what, e->where, e->os_code,
                       e->os_code);
    else
        (void)snprintf(text, sizeof text, "%s: %s: %s", what, e->where, e->text);
    say_text(k, LOG_WARNING, text);
}

/* Who did it is told as far as a record has told. */
static void say_undone(struct audit_keeper *k, int which, const char *more)
{
    char by[AUDIT_BY_BYTES], text[320];
    os_mutex_lock(&k->lock);
    memcpy(by, k->by[which], sizeof by);
    os_mutex_unlock(&k->lock);
    (void)snprintf(text, sizeof text, "audit policy, %s: %s turned it off; %s",
                   audit_lent_name(which), by[0] != 0 ? by : "somebody", more);
    say_text(k, LOG_WARNING, text);
}

static void set_state(struct audit_keeper *k, uint32_t state)
{
    if (os_u32_exchange(&k->state, state) != state && k->o.state_changed != NULL)
        k->o.state_changed(k->o.ctx);
}

static uint64_t clock_of(const struct audit_keeper *k)
{
    return k->o.lease.system->now(k->o.lease.system->ctx);
}

/* ---- taking and leaving --------------------------------------------------------------------- */

static void note_changes(struct audit_keeper *k, uint64_t from)
{
    uint64_t to = clock_of(k);
    os_mutex_lock(&k->lock);
    k->pid = k->lease.pid;
    for (int i = 0; i < LENT; i++)
        if ((k->lease.changed & 1u << i) != 0) {
            k->set_from[i] = from;
            k->set_to[i] = to;
        }
    os_mutex_unlock(&k->lock);
}

static uint32_t state_of(const struct audit_keeper *k, int status)
{
    if (status != WFPW_OK)
        return WFPW_AUDIT_POLICY_REFUSED;
    return k->lease.yielded != 0 ? WFPW_AUDIT_POLICY_GIVEN_UP : WFPW_AUDIT_POLICY_HELD;
}

static int take_policy(struct audit_keeper *k, const char *text)
{
    wfpw_error e;
    uint64_t from = clock_of(k);
    int status = audit_lease_take(&k->lease, &e);
    note_changes(k, from);
    os_u32_store(&k->no_lease, status != WFPW_OK && strncmp(e.where, "leases", 6) == 0);
    if (status != WFPW_OK && os_u32_load(&k->state) != WFPW_AUDIT_POLICY_REFUSED)
        say_error(k, text, &e);
    set_state(k, state_of(k, status));
    return status;
}

static void leave_policy(struct audit_keeper *k)
{
    wfpw_error e;
    uint64_t from = clock_of(k);
    int status = audit_lease_leave(&k->lease, &e);
    note_changes(k, from);
    if (status != WFPW_OK)
        say_error(k,
                  "what was turned on of the audit policy stays on until the next session or "
                  "repair",
                  &e);
}

/* ---- watching ------------------------------------------------------------------------------- */

/* Notes that it was turned off now. Whether that has happened often enough. A clock that was set
 * back makes an hour of no time at all. */
static bool undone_too_often(struct audit_keeper *k, int which, uint64_t now)
{
    uint64_t *at = k->undone[which];
    uint32_t n = 0;
    memmove(at, at + 1, (AUDIT_UNDONE_MAX - 1) * sizeof *at);
    at[AUDIT_UNDONE_MAX - 1] = now;
    for (int i = 0; i < AUDIT_UNDONE_MAX; i++)
        n += at[i] != 0 && (at[i] > now || now - at[i] <= an_hour);
    return n == AUDIT_UNDONE_MAX;
}

static void yield_policy(struct audit_keeper *k, int which)
{
    wfpw_error e;
    say_undone(k, which,
               "for the third time within an hour: it stays off, as a policy decides it "
               "('wfpwatch audit' tells which)");
    if (audit_lease_yield(&k->lease, which, &e) != WFPW_OK)
        say_error(k, "audit policy: the lease stays recorded", &e);
}

/* Somebody turned some of it off: it is turned on again, or left to whoever decides it. */
static void see_undone(struct audit_keeper *k, const uint32_t off[LENT])
{
    uint64_t now = clock_of(k);
    bool again = false;
    for (int i = 0; i < LENT; i++) {
        if (off[i] == 0)
            continue;
        if (undone_too_often(k, i, now))
            yield_policy(k, i);
        else
            again = true;
    }
    if (again &&
        take_policy(k, "audit policy: somebody turned it off, and it stays off") == WFPW_OK)
        for (int i = 0; i < LENT; i++)
            if ((k->lease.turned_on & 1u << i) != 0)
                say_undone(k, i, "it is on again");
    if (!again)
        set_state(k, state_of(k, WFPW_OK));
    if (k->o.missed != NULL)
        k->o.missed(k->o.ctx, k->well);
}

static void look_at_policy(struct audit_keeper *k)
{
    uint32_t off[LENT], any = 0, code = audit_lease_look(&k->lease, off);
    wfpw_error e;
    os_u32_store(&k->unseen, code != 0);
    if (code != 0) {
        (void)error_set(&e, error_of_windows(code), "AuditQuerySystemPolicy", code, NULL);
        if (!k->told)
            say_error(k, "whether the audit policy is still as it was set cannot be seen", &e);
        k->told = true;
        return;
    }
    k->told = false;
    for (int i = 0; i < LENT; i++)
        any |= off[i];
    if (any != 0)
        see_undone(k, off);
    k->well = clock_of(k);
}

/* What was refused may be granted later. Asking takes several calls, so that it is done with one
 * look, then two, four, ... later. */
static bool is_time_to_ask(struct audit_keeper *k)
{
    if (++k->looks < k->ask_at)
        return false;
    k->looks = 0;
    k->ask_at = k->ask_at == 0 ? 2 : k->ask_at < LOOKS_TO_ASK ? k->ask_at * 2 : LOOKS_TO_ASK;
    return true;
}

static void keeper_step(struct audit_keeper *k)
{
    if (os_u32_load(&k->state) != WFPW_AUDIT_POLICY_REFUSED) {
        look_at_policy(k);
    } else if (is_time_to_ask(k) && take_policy(k, "") == WFPW_OK) {
        k->ask_at = 0;
        say_text(k, LOG_INFORMATION, "the audit policy may be set by now, and is");
        if (k->o.missed != NULL)
            k->o.missed(k->o.ctx, k->well);
        k->well = clock_of(k);
    }
}

static void run_keeper(void *ctx)
{
    static const char role[] = "audit-policy";
    struct audit_keeper *k = ctx;
    const struct wfpw_system *system = k->o.lease.system;
    uint64_t id = 0;
    os_thread_name("wfpwatch-audit");
    thread_hooks_started(k->o.lease.hooks, role);
    if (system->audit_policy->logon_id != NULL)
        (void)system->audit_policy->logon_id(system->ctx, &id);
    os_mutex_lock(&k->lock);
    k->logon_id = id;
    os_mutex_unlock(&k->lock);
    (void)take_policy(k, "the audit policy is not changed: the log has what is audited anyway");
    k->well = clock_of(k);
    while (os_u32_load(&k->stop) == 0) {
        (void)os_signal_wait(&k->wake, (int32_t)k->o.watch_ms);
        os_signal_reset(&k->wake);
        if (os_u32_load(&k->stop) == 0)
            keeper_step(k);
    }
    leave_policy(k);
    thread_hooks_ending(k->o.lease.hooks, role);
}

/* ---- starting and ending -------------------------------------------------------------------- */

bool audit_keeper_start(struct audit_keeper *k, const struct audit_keeper_options *o)
{
    k->o = *o;
    audit_lease_init(&k->lease, &o->lease);
    if (!k->has_signals && !os_mutex_init(&k->lock))
        return false;
    if (!k->has_signals && !os_signal_init(&k->wake)) {
        os_mutex_destroy(&k->lock);
        return false;
    }
    k->has_signals = true;
    k->has_thread = os_thread_start(&k->thread, run_keeper, k);
    return k->has_thread;
}

bool audit_keeper_is_running(const struct audit_keeper *k)
{
    return k->has_thread;
}

bool audit_keeper_has_tried(const struct audit_keeper *k)
{
    return os_u32_load(&k->state) != WFPW_AUDIT_POLICY_NOT_ASKED;
}

bool audit_keeper_is_self(const struct audit_keeper *k)
{
    return os_thread_is_self(&k->thread);
}

void audit_keeper_end(struct audit_keeper *k)
{
    if (!k->has_thread)
        return;
    os_u32_store(&k->stop, 1);
    os_signal_set(&k->wake);
    os_thread_join(&k->thread);
    k->has_thread = false;
}

void audit_keeper_free(struct audit_keeper *k)
{
    if (!k->has_signals)
        return;
    os_signal_destroy(&k->wake);
    os_mutex_destroy(&k->lock);
    k->has_signals = false;
}

/* ---- what records tell ---------------------------------------------------------------------- */

static int which_of(const FWP_GUID *subcategory)
{
    for (int i = 0; i < LENT; i++) {
        FWP_GUID guid = subcategory_guid(audit_lent(i));
        if (subcategory_same_guid(&guid, subcategory))
            return i;
    }
    return -1;
}

bool audit_keeper_is_own(struct audit_keeper *k, const struct audit_policy_change *c)
{
    int i = which_of(&c->subcategory);
    os_mutex_lock(&k->lock);
    bool own = c->pid != 0 && c->pid == k->pid;
    if (c->pid == 0 && c->logon_id != 0 && c->logon_id == k->logon_id && i >= 0)
        own = k->set_to[i] != 0 && c->time + record_slack >= k->set_from[i] &&
              c->time <= k->set_to[i] + record_slack;
    os_mutex_unlock(&k->lock);
    return own;
}

void audit_keeper_see_change(struct audit_keeper *k, const struct audit_policy_change *c)
{
    int i = which_of(&c->subcategory);
    if (i < 0 || audit_keeper_is_own(k, c))
        return;
    char by[AUDIT_BY_BYTES];
    const char *account = c->by != NULL ? c->by : "somebody";
    if (c->pid != 0)
        (void)snprintf(by, sizeof by, "%.60s (process %u)", account, c->pid);
    else
        (void)snprintf(by, sizeof by, "%.60s", account);
    os_mutex_lock(&k->lock);
    memcpy(k->by[i], by, sizeof by);
    os_mutex_unlock(&k->lock);
    os_signal_set(&k->wake);
}
