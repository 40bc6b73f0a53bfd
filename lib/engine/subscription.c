/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/subscription.h"

#include "base/error.h"
#include "engine/engine.h"
#include "engine/net_event_key.h"

/* ---- on the system's thread ----------------------------------------------------------------- */

/* When it came, in the subscription's life and by ticks: so long may it be held for what is not
 * known yet. */
struct arrival {
    uint32_t epoch, ticks;
};

static void write_record(const struct subscription *l, struct arrival at, const struct net_event *n,
                         struct record *r)
{
    (void)net_event_decode(n, l->system->source, r);
    r->epoch = at.epoch;
    r->arrived = at.ticks;
}

/* false: it does not fit as a whole. */
static bool write_first(const struct subscription *l, struct arrival at, const struct net_event *n,
                        struct aggregate_slot *slot)
{
    struct record *r = aggregate_record(slot);
    struct net_event bounded = *n;
    uint32_t room = aggregate_room(slot);
    bounded.room = room < n->room ? room : n->room;
    write_record(l, at, &bounded, r);
    return (r->flags & WFPW_EVENT_TRUNCATED) == 0;
}

/* A record into the ring, if it has room. */
static bool push_if_room(struct subscription *l, struct arrival at, const struct net_event *n)
{
    struct ring_slot slot;
    if (!ring_reserve_or_keep(l->ring, n->room, &slot))
        return false;
    write_record(l, at, n, slot.room);
    ring_commit(l->ring, &slot);
    return true;
}

/* The event is counted in a slot of its kind, in which its record stays. */
static bool open_kind(struct subscription *l, struct arrival at, const struct net_event *n,
                      const struct net_event_key *k, uint64_t hash)
{
    struct aggregate_slot *slot = aggregate_claim(l->aggregate, &k->key, hash);
    if (slot == NULL)
        return false;
    if (!write_first(l, at, n, slot)) {
        aggregate_give_back(l->aggregate, slot);
        return false;
    }
    aggregate_open(l->aggregate, slot, &k->one);
    return true;
}

/* The first of its kind goes into the ring at once, and the others are counted, as is the first if
 * the ring is full. false: it is to go the way of all. */
static bool aggregate_event(struct subscription *l, struct arrival at, const struct net_event *n)
{
    struct net_event_key k;
    struct aggregate *a = l->aggregate;
    if (!net_event_has_kind(n) || aggregate_bypasses(a, fwp_filetime(&n->head.timeStamp)))
        return false;
    uint64_t hash = net_event_key_hash(n, at.epoch, a->seed);
    if (aggregate_is_first(a, hash, at.ticks) && push_if_room(l, at, n)) {
        wakeup_ring(&l->wakeup);
        return true;
    }
    if (!net_event_key_make(&k, n, at.epoch))
        return false;
    if (aggregate_count(a, &k.key, hash, &k.one))
        return true;
    if (!open_kind(l, at, n, &k, hash))
        return false;
    wakeup_ring(&l->wakeup);
    return true;
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
    struct arrival at = {epoch, (uint32_t)os_ticks_ms()};
    if (l->aggregate != NULL && aggregate_event(l, at, &n))
        return;
    if (ring_reserve(l->ring, n.room, &slot)) {
        write_record(l, at, &n, slot.room);
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
