/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What happens to a simulated Windows: events, and its service starting and stopping. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

/* ---- events --------------------------------------------------------------------------------- */

static void remember_event(struct wfpw_sim *sim, const struct sim_event *ev)
{
    struct sim_event *kept = malloc(sizeof *kept);
    if (kept == NULL)
        return;
    *kept = *ev;
    if (sim->history_count == SIM_HISTORY) { /* a ring: the oldest goes */
        free(sim->history[0]);
        memmove(sim->history, sim->history + 1, sizeof *sim->history * (SIM_HISTORY - 1));
        sim->history_count--;
    }
    sim->history[sim->history_count++] = kept;
}

static void call_back(const struct sim_subscription *s, const void *event)
{
    switch (s->version) {
    case 1:
        ((FWPM_NET_EVENT_CALLBACK0)s->callback)(s->context, event);
        break;
    case 2:
        ((FWPM_NET_EVENT_CALLBACK1)s->callback)(s->context, event);
        break;
    case 3:
        ((FWPM_NET_EVENT_CALLBACK2)s->callback)(s->context, event);
        break;
    case 4:
        ((FWPM_NET_EVENT_CALLBACK3)s->callback)(s->context, event);
        break;
    default:
        ((FWPM_NET_EVENT_CALLBACK4)s->callback)(s->context, event);
        break;
    }
}

/* To one subscriber, without the lock, as a callback may take its time. */
static void deliver_event(struct wfpw_sim *sim, struct sim_subscription *s,
                          const struct sim_event *ev)
{
    struct sim_image im;
    os_mutex_lock(&sim->lock);
    bool wanted = s->used && s->active && sim->running && sim_event_exists(ev, s->version) &&
                  sim_wanted_holds(s->match, ev);
    s->running += wanted;
    sim->callbacks += wanted;
    struct sim_subscription copy = *s;
    os_mutex_unlock(&sim->lock);
    if (!wanted)
        return;
    if (sim_image_make(&im, ev, copy.version))
        call_back(&copy, im.event);
    sim_image_free(&im);
    os_mutex_lock(&sim->lock);
    s->running--;
    os_mutex_unlock(&sim->lock);
}

static void notify_subscribers(struct wfpw_sim *sim, const struct sim_event *ev)
{
    for (int i = 0; i < SIM_SUBSCRIPTIONS; i++)
        deliver_event(sim, &sim->subscriptions[i], ev);
}

/* In disorder: every other event comes after its successor, to show that order is not promised. */
static bool defer_event(struct wfpw_sim *sim, const struct sim_event *ev, struct sim_event **late)
{
    os_mutex_lock(&sim->lock);
    *late = sim->held;
    sim->held = NULL;
    bool hold = sim->disorder && *late == NULL;
    if (hold) {
        sim->held = malloc(sizeof *ev);
        hold = sim->held != NULL;
        if (hold)
            *sim->held = *ev;
    }
    os_mutex_unlock(&sim->lock);
    return hold;
}

void sim_happen(struct wfpw_sim *sim, const struct sim_event *ev)
{
    struct sim_event *late, stamped = *ev;
    os_mutex_lock(&sim->lock);
    if (stamped.time == 0)
        stamped.time = sim->now;
    stamped.is_clean = sim->policy.is_clean;
    sim->now++; /* no two things happen in one moment */
    bool seen = sim->running && sim_machine_records(sim, &stamped);
    if (seen)
        remember_event(sim, &stamped);
    os_mutex_unlock(&sim->lock);
    if (!seen || defer_event(sim, &stamped, &late))
        return;
    notify_subscribers(sim, &stamped);
    if (late != NULL)
        notify_subscribers(sim, late);
    free(late);
}

/* ---- the service ---------------------------------------------------------------------------- */

static void end_sessions(struct wfpw_sim *sim)
{
    sim->life++;
    for (int i = 0; i < SIM_SUBSCRIPTIONS; i++)
        sim->subscriptions[i].active = false;
    for (int i = 0; i < SIM_WATCHES; i++)
        sim->policy.watches[i].active = false;
}

void sim_subscription_end(struct wfpw_sim *sim, struct sim_subscription *s)
{
    s->stray = sim->strays && s->stays;
    s->used = s->active = s->stray;
}

void sim_set_strays(struct wfpw_sim *sim, bool on)
{
    os_mutex_lock(&sim->lock);
    sim->strays = on;
    for (int i = 0; !on && i < SIM_SUBSCRIPTIONS; i++)
        if (sim->subscriptions[i].stray)
            sim_subscription_end(sim, &sim->subscriptions[i]);
    for (int i = 0; !on && i < SIM_WATCHES; i++)
        if (sim->policy.watches[i].stray)
            sim_watch_end(&sim->policy.watches[i], false);
    os_mutex_unlock(&sim->lock);
}

void sim_stop_service(struct wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    sim->running = false;
    sim_clear_history(sim);
    end_sessions(sim);
    sim_policy_stop(sim);
    sim_notices_drop(&sim->policy);
    os_mutex_unlock(&sim->lock);
}

void sim_abort_sessions(struct wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    end_sessions(sim);
    struct sim_notice *unheard = sim_policy_end_session(sim, NULL);
    os_mutex_unlock(&sim->lock);
    sim_notices_tell(sim, unheard); /* nobody is subscribed any more: only frees them */
}

void sim_start_service(struct wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    sim->running = true;
    os_mutex_unlock(&sim->lock);
}

void sim_add_rule(struct wfpw_sim *sim, const struct sim_rule *rule)
{
    os_mutex_lock(&sim->lock);
    for (int i = 0; i < SIM_RULES; i++)
        if (!sim->rules[i].used) {
            sim->rules[i] = *rule;
            sim->rules[i].used = true;
            break;
        }
    os_mutex_unlock(&sim->lock);
}

void sim_release(struct wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    for (int i = 0; i < SIM_RULES; i++)
        if (sim->rules[i].hangs)
            sim->rules[i].used = false;
    os_mutex_unlock(&sim->lock);
}
