/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sim/policy/sim_change.h"

enum { POLL_MS = 2, PATIENCE_MS = 10000, QUIET_MS = 100, SETTLE_MS = 1000 };

/* 2026-01-01T00:00:00Z: the simulated clock moves only when a script says so. */
static const uint64_t first_moment = 134116992000000000u;

int WFPW_CALL wfpw_sim_new(uint32_t windows, wfpw_sim **out)
{
    if (out == NULL ||
        (windows != 7 && windows != 8 && windows != 10 && windows != 1803 && windows != 11))
        return WFPW_E_INVAL;
    struct wfpw_sim *sim = calloc(1, sizeof *sim);
    if (sim == NULL || !os_mutex_init(&sim->lock)) {
        free(sim);
        return WFPW_E_NOMEM;
    }
    sim->now = first_moment;
    sim->running = true;
    sim->sockets_end = &sim->sockets;
    sim->connections_end = &sim->connections;
    sim_engine_fill(sim, windows);
    sim_listings_fill(sim);
    sim_log_fill(&sim->log_functions);
    sim_log_init(&sim->log);
    sim_machine_init(sim, windows);
    sim_audit_init(sim, windows);
    if (!sim_policy_init(sim)) {
        wfpw_sim_free(sim);
        return WFPW_E_NOMEM;
    }
    *out = sim;
    return WFPW_OK;
}

static void free_blocks(struct wfpw_sim *sim)
{
    while (sim->blocks != NULL) {
        struct sim_block *b = sim->blocks;
        sim->blocks = b->next;
        sim_block_free(b);
    }
}

void WFPW_CALL wfpw_sim_free(wfpw_sim *sim)
{
    if (sim == NULL)
        return;
    os_u32_store(&sim->leave, 1);
    if (sim->thread_started)
        os_thread_join(&sim->thread);
    sim_sockets_free(sim);
    sim_connections_free(sim);
    free_blocks(sim);
    sim_notices_drop(&sim->policy);
    sim_listings_free(&sim->policy);
    sim_policy_free(sim);
    sim_clear_history(sim);
    sim_files_free(sim);
    for (int i = 0; i < SIM_SESSIONS; i++)
        sim_changes_drop(&sim->sessions[i]);
    for (int i = 0; i < SIM_SUBSCRIPTIONS; i++)
        free(sim->subscriptions[i].match);
    free(sim->held);
    free(sim->script);
    free(sim->self.units);
    sim_machine_free(sim);
    sim_places_free(sim);
    sim_log_free(&sim->log);
    sim_audit_free(sim);
    os_mutex_destroy(&sim->lock);
    free(sim);
}

const wfpw_system *WFPW_CALL wfpw_sim_system(wfpw_sim *sim)
{
    return sim != NULL ? &sim->system : NULL;
}

void WFPW_CALL wfpw_sim_fail_nth(wfpw_sim *sim, uint64_t nth, uint32_t code)
{
    os_mutex_lock(&sim->lock);
    sim->fail_at = nth != 0 ? sim->calls + nth : 0;
    sim->fail_code = code;
    os_mutex_unlock(&sim->lock);
}

/* ---- counts --------------------------------------------------------------------------------- */

static uint64_t count_sessions(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (int i = 0; i < SIM_SESSIONS; i++)
        n += sim->sessions[i].used;
    return n;
}

static uint64_t count_subscriptions(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (int i = 0; i < SIM_SUBSCRIPTIONS; i++)
        n += sim->subscriptions[i].used && sim->subscriptions[i].active &&
             !sim->subscriptions[i].stray;
    return n;
}

static uint64_t count_allocations(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (const struct sim_block *b = sim->blocks; b != NULL; b = b->next)
        n++;
    return n + sim_listings_count(&sim->policy) + sim_connections_enums(sim) +
           sim_audit_blocks(sim);
}

static uint64_t count_watches(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (int i = 0; i < SIM_WATCHES; i++)
        n += sim->policy.watches[i].used && sim->policy.watches[i].active &&
             !sim->policy.watches[i].stray;
    return n;
}

static uint64_t count_rules_watches(const struct wfpw_sim *sim)
{
    uint64_t n = 0;
    for (int i = 0; i < SIM_RULES_WATCHES; i++)
        n += sim->rules_watches[i].used;
    return n;
}

static uint64_t count_of(const struct wfpw_sim *sim, uint32_t what)
{
    switch (what) {
    case WFPW_SIM_CALLS:
        return sim->calls;
    case WFPW_SIM_CALLBACKS:
        return sim->callbacks;
    case WFPW_SIM_SESSIONS:
        return count_sessions(sim);
    case WFPW_SIM_SUBSCRIPTIONS:
        return count_subscriptions(sim);
    case WFPW_SIM_ALLOCATIONS:
        return count_allocations(sim);
    case WFPW_SIM_MISUSES:
        return sim->misuses;
    case WFPW_SIM_ENUMERATED:
        return sim->enumerated;
    case WFPW_SIM_CHANGE_SUBSCRIPTIONS:
        return count_watches(sim);
    case WFPW_SIM_RULE_WATCHES:
        return count_rules_watches(sim);
    case WFPW_SIM_LOG_HANDLES:
        return sim_log_handles(&sim->log);
    case WFPW_SIM_LOG_RECORDS:
        return sim->log.count;
    case WFPW_SIM_LOG_NEXT:
        return sim->log.next_id;
    case WFPW_SIM_SOCKET_ERROR:
        return sim->network.error;
    case WFPW_SIM_LAST_FILTER:
        return sim->network.last_filter;
    case WFPW_SIM_DYNAMIC:
        return sim_policy_count_dynamic(&sim->policy);
    default:
        return what == WFPW_SIM_NOW ? sim->now : 0;
    }
}

uint64_t WFPW_CALL wfpw_sim_count(wfpw_sim *sim, uint32_t what)
{
    os_mutex_lock(&sim->lock);
    uint64_t n = count_of(sim, what);
    os_mutex_unlock(&sim->lock);
    return n;
}

/* ---- scripts -------------------------------------------------------------------------------- */

int WFPW_CALL wfpw_sim_play(wfpw_sim *sim, const char *script, wfpw_error *e)
{
    if (sim == NULL || script == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_sim_play", 0, NULL);
    return sim_run_script(sim, script, false, e);
}

static bool is_listened_to(struct wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    bool listened = count_subscriptions(sim) != 0 || sim_log_is_listened_to(&sim->log);
    os_mutex_unlock(&sim->lock);
    return listened;
}

static void wait_for_listener(struct wfpw_sim *sim)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
        if (os_u32_load(&sim->leave) != 0 || is_listened_to(sim))
            break;
        os_sleep_ms(POLL_MS);
    }
}

/* Who has subscribed changes settings next: waits until nothing has been called for a while. */
static void wait_for_settings(struct wfpw_sim *sim)
{
    uint64_t calls = 0;
    int quiet = 0;
    for (int waited = 0; waited < SETTLE_MS && quiet < QUIET_MS; waited += POLL_MS) {
        if (os_u32_load(&sim->leave) != 0)
            break;
        uint64_t now = wfpw_sim_count(sim, WFPW_SIM_CALLS);
        quiet = now == calls ? quiet + POLL_MS : 0;
        calls = now;
        os_sleep_ms(POLL_MS);
    }
}

static void thread_main(void *ctx)
{
    struct wfpw_sim *sim = ctx;
    wait_for_listener(sim);
    wait_for_settings(sim);
    (void)sim_run_script(sim, sim->script, false, NULL);
}

int WFPW_CALL wfpw_sim_start(wfpw_sim *sim, const char *script, wfpw_error *e)
{
    if (sim == NULL || script == NULL || sim->thread_started)
        return error_set(e, WFPW_E_INVAL, "wfpw_sim_start", 0, NULL);
    int status = sim_run_script(sim, script, true, e);
    if (status != WFPW_OK)
        return status;
    size_t n = strlen(script) + 1;
    sim->script = malloc(n);
    if (sim->script == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_sim_start", 0, NULL);
    memcpy(sim->script, script, n);
    sim->thread_started = os_thread_start(&sim->thread, thread_main, sim);
    if (!sim->thread_started) {
        free(sim->script);
        sim->script = NULL;
        return error_set(e, WFPW_E_NOMEM, "wfpw_sim_start", 0, NULL);
    }
    return WFPW_OK;
}
