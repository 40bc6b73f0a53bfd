/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/subscription.h"

#include "base/error.h"
#include "engine/engine.h"
#include "engine/net_event_key.h"

/* ---- on the system's thread ----------------------------------------------------------------- */

/* When it came: so long may it be held for what is not known yet. */
static void mark_time(uint32_t epoch, struct record *r)
{
    r->epoch = epoch;
    r->arrived = (uint32_t)os_ticks_ms();
}

/* false: it does not fit as a whole. */
static bool write_first(const struct subscription *l, uint32_t epoch, const struct net_event *n,
                        struct aggregate_slot *slot)
{
    struct record *r = aggregate_record(slot);
    struct net_event bounded = *n;
    uint32_t room = aggregate_room(slot);
    bounded.room = room < n->room ? room : n->room;
    (void)net_event_decode(&bounded, l->system->source, r);
    mark_time(epoch, r);
    return (r->flags & WFPW_EVENT_TRUNCATED) == 0;
}

/* The first of a kind: its record stays in the slot, and goes into the ring if there is room. */
static bool open_kind(struct subscription *l, uint32_t epoch, const struct net_event *n,
                      const struct net_event_key *k, uint64_t hash)
{
    struct aggregate_slot *slot = aggregate_claim(l->aggregate, &k->key, hash);
    struct ring_slot to;
    if (slot == NULL)
        return false;
    if (!write_first(l, epoch, n, slot)) {
        aggregate_give_back(l->aggregate, slot);
        return false;
    }
    const struct record *r = aggregate_record(slot);
    bool goes = ring_reserve_or_keep(l->ring, r->bytes, &to);
    if (goes) {
        memcpy(to.room, r, r->bytes);
        ring_commit(l->ring, &to);
    }
    aggregate_open(l->aggregate, slot, goes ? NULL : &k->one);
    wakeup_ring(&l->wakeup);
    return true;
}

/* false: it is to go into the ring. */
static bool aggregate_event(struct subscription *l, uint32_t epoch, const struct net_event *n)
{
    struct net_event_key k;
    if (!net_event_key_make(&k, n, epoch) || aggregate_bypasses(l->aggregate, k.one.time))
        return false;
    uint64_t hash = aggregate_hash(l->aggregate, &k.key);
    return aggregate_count(l->aggregate, &k.key, hash, &k.one) || open_kind(l, epoch, n, &k, hash);
}

static void push_event(struct subscription *l, uint32_t epoch, int version, const void *event)
{
    struct net_event n;
    struct ring_slot slot;
    if (!net_event_look(&n, version, event)) {
        (void)os_u64_add(&l->undecoded, 1);
        return;
    }
    /* before there is a record, so that a flood cannot push out what is wanted */
    if (!net_event_checks_hold(match_slot_get(&l->slot), &n, l->system->source)) {
        (void)os_u64_add(&l->filtered, 1);
        return;
    }
    if (l->aggregate != NULL && aggregate_event(l, epoch, &n))
        return;
    if (ring_reserve(l->ring, n.room, &slot)) {
        (void)net_event_decode(&n, l->system->source, slot.room);
        mark_time(epoch, slot.room);
        ring_commit(l->ring, &slot);
    }
    wakeup_ring(&l->wakeup);
}

/* Not when the subscription has ended, though the system calls all the same. */
static void take_event(struct gate *gate, int version, const void *event)
{
    struct subscription *l = gate_enter(gate);
    if (l == NULL)
        return;
    push_event(l, gate->epoch, version, event);
    gate_leave(gate);
}

static void FWP_CALLBACK on_event1(void *context, const FWPM_NET_EVENT1 *event)
{
    take_event(context, 1, event);
}

static void FWP_CALLBACK on_event2(void *context, const FWPM_NET_EVENT2 *event)
{
    take_event(context, 2, event);
}

static void FWP_CALLBACK on_event3(void *context, const FWPM_NET_EVENT3 *event)
{
    take_event(context, 3, event);
}

static void FWP_CALLBACK on_event4(void *context, const FWPM_NET_EVENT4 *event)
{
    take_event(context, 4, event);
}

static void FWP_CALLBACK on_event5(void *context, const FWPM_NET_EVENT5 *event)
{
    take_event(context, 5, event);
}

/* ---- on the service thread ------------------------------------------------------------------ */

bool subscription_is_possible(const struct wfpw_system *system)
{
    const struct system_engine *e = system != NULL ? system->engine : NULL;
    return e != NULL && e->open != NULL && e->close != NULL && e->get_option != NULL &&
           e->free != NULL && engine_subscribes(system);
}

int subscription_prepare(struct subscription *l, wfpw_error *e)
{
    template_for_engine(l->match, 0, 0, &l->ahead);
    return template_find_app(&l->ahead, l->system, e);
}

void subscription_use(struct subscription *l, const wfpw_template *match)
{
    l->match = match;
    if (subscription_prepare(l, NULL) != WFPW_OK)
        template_drop_conditions(&l->ahead);
}

static uint32_t subscribe_version(struct subscription *l, const char **call)
{
    const system_callback callbacks[SYSTEM_SUBSCRIBES] = {
        (system_callback)on_event1, (system_callback)on_event2, (system_callback)on_event3,
        (system_callback)on_event4, (system_callback)on_event5};
    FWPM_NET_EVENT_SUBSCRIPTION0 s = {
        .enumTemplate = template_asks(&l->ahead) ? &l->ahead.asked : NULL,
    };
    l->gate = gates_open(l->gates, l, l->epoch);
    uint32_t code = FWP_ERROR_NOT_ENOUGH_MEMORY;
    if (l->gate != NULL)
        code =
            engine_subscribe(l->system, l->engine, &s, callbacks, l->gate, &l->subscription, call);
    l->is_asked = code == 0 && template_asks(&l->ahead);
    if (code == 0)
        return 0;
    gates_close(l->gates, l->gate, error_is_for_good(code)); /* others may have got through */
    l->gate = NULL;
    l->subscription = NULL;
    return code;
}

uint32_t subscription_open(struct subscription *l, const char **call)
{
    *call = "FwpmEngineOpen0";
    return engine_open(l->system, &l->engine);
}

uint32_t subscription_connect(struct subscription *l, const char **call)
{
    uint32_t code = subscribe_version(l, call);
    if (template_is_refused(&l->ahead, code)) {
        l->refused = code;
        template_drop_conditions(&l->ahead);
        code = subscribe_version(l, call);
    }
    return code;
}

static void end_subscription(struct subscription *l)
{
    if (l->subscription == NULL)
        return;
    uint32_t code = l->system->engine->unsubscribe(l->system->ctx, l->engine, l->subscription);
    gates_close(l->gates, l->gate, code == 0);
    l->subscription = NULL;
    l->gate = NULL;
}

uint32_t subscription_renew(struct subscription *l, const char **call)
{
    end_subscription(l);
    return subscription_connect(l, call);
}

void subscription_disconnect(struct subscription *l)
{
    if (l->engine == NULL)
        return;
    end_subscription(l);
    (void)l->system->engine->close(l->system->ctx, l->engine);
    l->engine = NULL;
    l->gate = NULL;
}

uint32_t subscription_collects(struct subscription *l, bool *on)
{
    uint32_t value, code = engine_get(l->system, l->engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &value);
    *on = value != 0;
    return code;
}
