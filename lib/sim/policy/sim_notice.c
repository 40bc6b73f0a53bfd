/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Who is told that a filter came or went: which filters a template means, and the notices. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum { WAIT_POLL_MS = 1, POISON = 0xDD };

/* ---- templates ------------------------------------------------------------------------------ */

static bool is_same(const FWP_GUID *a, const FWP_GUID *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

uint32_t sim_template_make(const struct sim_policy *p, const FWPM_FILTER_ENUM_TEMPLATE0 *from,
                           struct sim_template *out)
{
    static const uint32_t known = FWP_FILTER_ENUM_FLAG_SORTED | FWP_FILTER_ENUM_FLAG_BOOTTIME_ONLY |
                                  FWP_FILTER_ENUM_FLAG_INCLUDE_BOOTTIME |
                                  FWP_FILTER_ENUM_FLAG_INCLUDE_DISABLED;
    *out = (struct sim_template){.all = from == NULL};
    if (from == NULL)
        return 0;
    if (from->actionMask == 0)
        return FWP_E_NEVER_MATCH;
    if ((from->flags & ~known) != 0)
        return FWP_E_INVALID_FLAGS;
    if (from->numFilterConditions != 0 || from->providerContextTemplate != NULL)
        return FWP_ERROR_INVALID_PARAMETER; /* which of them match is not simulated */
    bool all_layers = sim_key_is_none(&from->layerKey) && p->zero_layer;
    if (!all_layers && sim_policy_by_key(p, LIST_LAYERS, &from->layerKey) == NULL)
        return FWP_E_LAYER_NOT_FOUND;
    out->flags = from->flags;
    out->actions = from->actionMask;
    out->layer = from->layerKey;
    if (from->providerKey != NULL)
        out->provider = *from->providerKey;
    if (from->calloutKey != NULL)
        out->callout = *from->calloutKey;
    return 0;
}

static bool template_matches(const struct sim_template *t, const struct sim_object *filter)
{
    if (t->all)
        return true;
    return (filter->action & t->actions) != 0 &&
           (sim_key_is_none(&t->layer) || is_same(&t->layer, &filter->layer)) &&
           (sim_key_is_none(&t->provider) || is_same(&t->provider, &filter->provider)) &&
           (sim_key_is_none(&t->callout) || is_same(&t->callout, &filter->callout));
}

bool sim_template_lists(const struct sim_template *t, const struct sim_object *filter)
{
    bool boottime = (filter->flags & FWPM_FILTER_FLAG_BOOTTIME) != 0;
    bool disabled = (filter->flags & FWPM_FILTER_FLAG_DISABLED) != 0;
    bool only_boottime = (t->flags & FWP_FILTER_ENUM_FLAG_BOOTTIME_ONLY) != 0;
    bool with_boottime = only_boottime || (t->flags & FWP_FILTER_ENUM_FLAG_INCLUDE_BOOTTIME) != 0;
    if ((boottime && !with_boottime) || (!boottime && only_boottime))
        return false;
    if (disabled && (t->flags & FWP_FILTER_ENUM_FLAG_INCLUDE_DISABLED) == 0)
        return false;
    return template_matches(t, filter);
}

/* ---- notices -------------------------------------------------------------------------------- */

static void drop_notices(struct sim_notice *list)
{
    while (list != NULL) {
        struct sim_notice *n = list;
        list = n->next;
        sim_object_drop(n->filter);
        free(n);
    }
}

void sim_notices_drop(struct sim_policy *p)
{
    drop_notices(p->held);
    p->held = NULL;
    p->held_end = &p->held;
}

bool sim_notice_add(struct sim_policy *p, uint32_t type, struct sim_object *filter,
                    struct sim_notice **out)
{
    if (p->lose > 0) {
        p->lose--;
        return false;
    }
    struct sim_notice *n = malloc(sizeof *n);
    if (n == NULL)
        return false;
    *n = (struct sim_notice){.filter = filter, .type = type, .id = filter->id};
    sim_object_hold(filter);
    if (p->holds) {
        *p->held_end = n;
        p->held_end = &n->next;
        return false;
    }
    *out = n;
    return true;
}

static bool watch_wants(const struct sim_watch *w, const struct sim_notice *n)
{
    uint32_t flag = n->type == FWPM_CHANGE_ADD ? FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD
                                               : FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE;
    return w->used && w->active && (w->flags & flag) != 0 && template_matches(&w->match, n->filter);
}

/* The memory of a notice is good during the callback only. */
static void call_back(const struct sim_watch *w, const struct sim_notice *n)
{
    FWPM_FILTER_CHANGE0 *change = calloc(1, sizeof *change);
    if (change == NULL)
        return;
    change->changeType = n->type;
    change->filterKey = n->filter->key;
    change->filterId = n->id;
    w->callback(w->context, change);
    memset(change, POISON, sizeof *change);
    free(change);
}

static void notify_watch(struct wfpw_sim *sim, struct sim_watch *w, const struct sim_notice *n)
{
    os_mutex_lock(&sim->lock);
    bool wanted = sim->running && watch_wants(w, n);
    w->running += wanted;
    struct sim_watch copy = *w;
    os_mutex_unlock(&sim->lock);
    if (!wanted)
        return;
    call_back(&copy, n);
    os_mutex_lock(&sim->lock);
    w->running--;
    os_mutex_unlock(&sim->lock);
}

void sim_notices_tell(struct wfpw_sim *sim, struct sim_notice *list)
{
    for (const struct sim_notice *n = list; n != NULL; n = n->next)
        for (int i = 0; i < SIM_WATCHES; i++)
            notify_watch(sim, &sim->policy.watches[i], n);
    os_mutex_lock(&sim->lock);
    drop_notices(list);
    os_mutex_unlock(&sim->lock);
}

/* ---- subscriptions -------------------------------------------------------------------------- */

static struct sim_watch *free_watch(struct sim_policy *p)
{
    for (int i = 0; i < SIM_WATCHES; i++)
        if (!p->watches[i].used && p->watches[i].running == 0)
            return &p->watches[i];
    return NULL;
}

uint32_t sim_subscribe_changes(void *ctx, void *engine, const FWPM_FILTER_SUBSCRIPTION0 *s,
                               FWPM_FILTER_CHANGE_CALLBACK0 callback, void *context, void **handle)
{
    static const uint32_t flags =
        FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD | FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE;
    struct wfpw_sim *sim = ctx;
    struct sim_watch w = {.used = true, .active = true, .callback = callback, .context = context};
    uint32_t code = sim_call_begin(sim, CALL_SUBSCRIBE_CHANGES, engine, &w.session);
    if (code == 0 && (s == NULL || callback == NULL || handle == NULL))
        code = FWP_E_NULL_POINTER;
    if (code == 0 && ((s->flags & flags) == 0 || (s->flags & ~flags) != 0))
        code = FWP_E_INVALID_FLAGS;
    if (code == 0)
        code = sim_template_make(&sim->policy, s->enumTemplate, &w.match);
    struct sim_watch *place = free_watch(&sim->policy);
    if (code != 0 || place == NULL)
        return sim_call_end(sim, code != 0 ? code : FWP_ERROR_INVALID_PARAMETER);
    w.flags = s->flags;
    *place = w;
    *handle = place;
    return sim_call_end(sim, 0);
}

static struct sim_watch *watch_of(struct wfpw_sim *sim, const void *handle)
{
    for (int i = 0; i < SIM_WATCHES; i++)
        if (handle == &sim->policy.watches[i] && sim->policy.watches[i].used)
            return &sim->policy.watches[i];
    sim->misuses++;
    return NULL;
}

/* Waits until a running callback has returned; one that fails waits for nothing and ends nothing.
 */
uint32_t sim_unsubscribe_changes(void *ctx, void *engine, void *handle)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, CALL_UNSUBSCRIBE_CHANGES, engine, &s);
    struct sim_watch *w = watch_of(sim, handle);
    if (w != NULL && code != 0) {
        w->stays = true;
        return sim_call_end(sim, code);
    }
    if (w != NULL)
        w->active = false;
    while (w != NULL && w->running != 0) {
        os_mutex_unlock(&sim->lock);
        os_sleep_ms(WAIT_POLL_MS);
        os_mutex_lock(&sim->lock);
    }
    if (w != NULL)
        w->used = false;
    return sim_call_end(sim, code);
}

void sim_watch_end(struct sim_watch *w, bool strays)
{
    w->stray = strays && w->stays;
    w->used = w->active = w->stray;
}

void sim_watches_close(struct sim_policy *p, const struct sim_session *session, bool strays)
{
    for (int i = 0; i < SIM_WATCHES; i++)
        if (p->watches[i].used && p->watches[i].session == session)
            sim_watch_end(&p->watches[i], strays);
}
