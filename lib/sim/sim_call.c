/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What every call starts and ends with: counting, failing and hanging as the script says, and the
 * session. */
#include <stdlib.h>

#include "sim/sim.h"

enum { HANG_POLL_MS = 1 };

static struct sim_rule *rule_for(struct wfpw_sim *sim, enum sim_call call)
{
    for (int i = 0; i < SIM_RULES; i++)
        if (sim->rules[i].used && sim->rules[i].call == call)
            return &sim->rules[i];
    return NULL;
}

/* Holds the call until the rule is lifted; the lock is held before and after. */
static void hang_call(struct wfpw_sim *sim, enum sim_call call)
{
    struct sim_rule *rule;
    while ((rule = rule_for(sim, call)) != NULL && rule->hangs && os_u32_load(&sim->leave) == 0) {
        os_mutex_unlock(&sim->lock);
        os_sleep_ms(HANG_POLL_MS);
        os_mutex_lock(&sim->lock);
    }
}

uint32_t sim_call_enter(struct wfpw_sim *sim, enum sim_call call)
{
    os_mutex_lock(&sim->lock);
    sim->calls++;
    if (sim->fail_at == sim->calls)
        return sim->fail_code;
    hang_call(sim, call);
    struct sim_rule *rule = rule_for(sim, call);
    if (rule == NULL)
        return 0;
    rule->used = --rule->times != 0;
    return rule->code;
}

uint32_t sim_call_end(struct wfpw_sim *sim, uint32_t code)
{
    os_mutex_unlock(&sim->lock);
    return code;
}

struct sim_session *sim_call_session(struct wfpw_sim *sim, void *handle)
{
    for (int i = 0; i < SIM_SESSIONS; i++)
        if (handle == &sim->sessions[i] && sim->sessions[i].used)
            return &sim->sessions[i];
    sim->misuses++;
    return NULL;
}

uint32_t sim_call_alive(const struct wfpw_sim *sim, const struct sim_session *s)
{
    if (s == NULL)
        return FWP_ERROR_INVALID_PARAMETER;
    if (!sim->running)
        return FWP_RPC_S_SERVER_UNAVAILABLE;
    return s->life == sim->life ? 0 : FWP_E_SESSION_ABORTED;
}

uint32_t sim_call_begin(struct wfpw_sim *sim, enum sim_call call, void *engine,
                        struct sim_session **s)
{
    uint32_t code = sim_call_enter(sim, call);
    *s = sim_call_session(sim, engine);
    return code != 0 ? code : sim_call_alive(sim, *s);
}

void sim_block_free(struct sim_block *b)
{
    bool is_piece = b->pieces.count > 0; /* what was given is one of them */
    for (uint32_t i = 0; i < b->count; i++)
        sim_image_free(&b->images[i]);
    sim_pieces_free(&b->pieces);
    free(b->images);
    if (!is_piece)
        free(b->given);
    free(b);
}
