/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "policy/policy_watch.h"

#include <string.h>

#include "base/error.h"
#include "codes/wfp_symbols.h"

enum {
    NOTICES_BYTES = 256 * 1024, /* a notice takes 64 */
    NOTICES_AT_ONCE = 16,
    FILL_SHARE = 4,         /* for each moment of reading lists so many without */
    FILL_PAUSE_MS = 1000,   /* after a failure, and twice as long after each further one */
    FILL_PAUSE_DOUBLED = 6, /* so often */
    FILL_TURN = 8,          /* lists go on after so many steps with other work */
    ODD_MS = 2000           /* how late a notice may be */
};

/* Bits of policy.told: the lists first, by their number. */
enum { REPORTED_CHANGES = 1 << 16, REPORTED_GET = 1 << 17, REPORTED_MEMORY = 1 << 18 };

/* ---- telling -------------------------------------------------------------------------------- */

/* Once for each `which`. */
static void log_once(struct policy_watch *p, uint32_t which, const char *what, const char *call,
                     uint32_t code)
{
    if (error_is_denied(code))
        os_u32_store(&p->denied, 1);
    if ((p->reported & which) == 0)
        error_log(p->o.log, p->o.log_ctx, 2, what, code != 0 ? call : NULL, code);
    p->reported |= which;
}

static void report_memory(struct policy_watch *p)
{
    log_once(p, REPORTED_MEMORY, "names of filters are missing: out of memory", NULL, 0);
}

/* ---- notices; the callback is on the system's thread ---------------------------------------- */

static void push_change(struct policy_watch *p, uint32_t epoch, const FWPM_FILTER_CHANGE0 *change)
{
    struct ring_slot slot;
    struct policy_change n = {.id = change->filterId,
                              .time = p->system->now(p->system->ctx),
                              .key = change->filterKey,
                              .type = change->changeType,
                              .epoch = epoch};
    if (ring_reserve(&p->notices, sizeof n, &slot)) {
        memcpy(slot.room, &n, sizeof n);
        ring_commit(&p->notices, &slot);
    }
    wakeup_ring_service(&p->o.wakeup);
}

static void FWP_CALLBACK on_change(void *context, const FWPM_FILTER_CHANGE0 *change)
{
    struct gate *gate = context;
    struct policy_watch *p = gate_enter(gate);
    if (p == NULL)
        return;
    if (change != NULL)
        push_change(p, gate->epoch, change);
    gate_leave(gate);
}

static uint32_t subscribe_notices(struct policy_watch *p)
{
    const struct system_policy *calls = p->system->policy;
    FWPM_FILTER_SUBSCRIPTION0 all = {.flags = FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD |
                                              FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE};
    if (calls->subscribe_changes == NULL || calls->unsubscribe_changes == NULL)
        return 0;
    p->gate = gates_open(p->o.gates, p, p->epoch);
    uint32_t code = FWP_ERROR_NOT_ENOUGH_MEMORY;
    if (p->gate != NULL)
        code = calls->subscribe_changes(p->system->ctx, p->engine, &all, on_change, p->gate,
                                        &p->changes);
    if (code == 0)
        return 0;
    gates_close(p->o.gates, p->gate, error_is_for_good(code));
    p->gate = NULL;
    p->changes = NULL;
    return code;
}

/* What came and went unseen is in the lists. One that cannot be had now is tried again, and is no
 * reason not to have the lists. */
static uint32_t try_to_subscribe(struct policy_watch *p)
{
    uint64_t now = os_ticks_ms();
    uint32_t code = subscribe_notices(p);
    p->is_subscribed = !error_passes(code);
    os_u32_store(&p->unwatched, code != 0 && p->o.changed != NULL);
    if (code == 0) {
        p->in_doubt = p->in_doubt || p->unsubscribed > 0;
        p->unsubscribed = 0;
        return 0;
    }
    p->subscribe_after = now + ((uint64_t)FILL_PAUSE_MS << p->unsubscribed);
    if (p->unsubscribed == 0)
        p->fill_after = p->subscribe_after;
    p->unsubscribed += p->unsubscribed < FILL_PAUSE_DOUBLED;
    log_once(p, REPORTED_CHANGES, "changes of filters are not told", "FwpmFilterSubscribeChanges0",
             code);
    return code;
}

static bool must_subscribe(const struct policy_watch *p)
{
    return !p->is_subscribed && os_ticks_ms() >= p->subscribe_after;
}

static bool take_notice(struct policy_watch *p, struct policy_change *n)
{
    uint64_t lost;
    const void *at = ring_peek(&p->notices, &lost);
    if (at == NULL)
        lost = ring_take_lost(&p->notices);
    p->in_doubt = p->in_doubt || lost != 0;
    if (lost != 0 && p->o.lost != NULL)
        p->o.lost(p->o.changed_ctx, lost);
    if (at == NULL)
        return false;
    memcpy(n, at, sizeof *n);
    ring_pop(&p->notices);
    ring_release(&p->notices);
    return true;
}

/* ---- one filter ----------------------------------------------------------------------------- */

/* As an object that has no more than its id and key. */
static const struct policy_object *bare_filter(struct policy_watch *p, uint64_t id,
                                               const FWP_GUID *key)
{
    char text[TEXT_GUID_MAX];
    uint16_t symbol = wfp_symbol_of_guid((const uint8_t *)key);
    struct policy_object_builder *b = p->builder;
    policy_object_start(b, POLICY_OBJECT_FILTER);
    b->object.id = id;
    b->object.texts[TEXT_KEY] = symbol != WFP_SYMBOL_NONE
                                    ? POLICY_OBJECT_SYMBOL | symbol
                                    : policy_object_put(b, text, text_guid(text, key, false));
    return policy_object_finish(b);
}

static void bury_filter(struct policy_watch *p, const struct policy_change *n)
{
    if (!live_names_delete(&p->names, bare_filter(p, n->id, &n->key), n->time))
        report_memory(p);
}

/* What a filter names and nobody knows yet, such as the context that says where it is from. */
static void get_object(struct policy_watch *p, enum system_list list, const FWP_GUID *key)
{
    const struct system_policy *calls = p->system->policy;
    void *entry = NULL;
    if (key == NULL || calls->get_by_key[list] == NULL ||
        calls->get_by_key[list](p->system->ctx, p->engine, key, &entry) != 0 || entry == NULL)
        return;
    const struct policy_object *o = policy_list_object(&p->fill, list, entry);
    if (o != NULL && !policy_list_give(&p->fill, o))
        report_memory(p);
    p->system->engine->free(p->system->ctx, &entry);
}

static void get_objects(struct policy_watch *p, const FWPM_FILTER0 *f, uint32_t lacks)
{
    if ((lacks & 1u << POLICY_OBJECT_PROVIDER) != 0)
        get_object(p, LIST_PROVIDERS, f->providerKey);
    if ((lacks & 1u << POLICY_OBJECT_SUBLAYER) != 0)
        get_object(p, LIST_SUBLAYERS, &f->subLayerKey);
    if ((lacks & 1u << POLICY_OBJECT_CALLOUT) != 0)
        get_object(p, LIST_CALLOUTS, &f->action.calloutKey);
    if ((lacks & 1u << POLICY_OBJECT_CONTEXT) != 0)
        get_object(p, LIST_CONTEXTS, &f->providerContextKey);
}

/* With what it names first, as events wait for the filter and take what is there then. */
static bool take_filter(struct policy_watch *p, uint64_t id, const FWPM_FILTER0 *f)
{
    const struct policy_object *o =
        f != NULL && f->filterId == id ? policy_list_object(&p->fill, LIST_FILTERS, f) : NULL;
    uint32_t lacks = o != NULL ? live_names_lacks(&p->names, o) : 0;
    if (lacks != 0) {
        get_objects(p, f, lacks);
        o = policy_list_object(&p->fill, LIST_FILTERS, f);
    }
    bool is_news = o != NULL && p->o.seen != NULL && !live_names_has(&p->names, id, 0);
    if (o != NULL && !live_names_add(&p->names, o))
        report_memory(p);
    if (is_news)
        p->o.seen(p->o.seen_ctx, o, p->epoch);
    return o != NULL;
}

static uint32_t get_filter(struct policy_watch *p, uint64_t id)
{
    const struct system_policy *calls = p->system->policy;
    FWPM_FILTER0 *f = NULL;
    if (calls->filter_get == NULL)
        return FWP_E_NOT_FOUND;
    uint32_t code = calls->filter_get(p->system->ctx, p->engine, id, &f);
    if (code == 0 && !take_filter(p, id, f))
        code = FWP_E_FILTER_NOT_FOUND;
    if (f != NULL)
        p->system->engine->free(p->system->ctx, (void **)&f);
    return code;
}

static bool is_not_found(uint32_t code)
{
    return code == FWP_E_FILTER_NOT_FOUND || code == FWP_E_NOT_FOUND;
}

static uint32_t state_of(uint32_t code)
{
    return is_not_found(code)      ? WFPW_FILTER_STATE_NOT_FOUND
           : error_is_denied(code) ? WFPW_FILTER_STATE_DENIED
                                   : WFPW_FILTER_STATE_UNKNOWN;
}

static void report_get(struct policy_watch *p, uint32_t code)
{
    if (!is_not_found(code) && !error_is_away(code))
        log_once(p, REPORTED_GET, "filters cannot be asked for", "FwpmFilterGetById0", code);
}

/* ---- what changed --------------------------------------------------------------------------- */

static const char *key_of(struct policy_watch *p, const struct policy_change *n)
{
    return policy_object_slot_of(bare_filter(p, n->id, &n->key), TEXT_KEY);
}

/* One that is gone before it could be asked for leaves its key. */
static void on_added(struct policy_watch *p, const struct policy_change *n)
{
    if (!p->is_filling && live_names_has(&p->names, n->id, 0))
        return; /* while lists are read, what it names may be newer than their list */
    live_names_announce(&p->names, n->id, key_of(p, n));
    uint32_t code = get_filter(p, n->id);
    if (is_not_found(code)) {
        bury_filter(p, n);
    } else if (code != 0) {
        live_names_refuse(&p->names, n->id, state_of(code), key_of(p, n));
        report_get(p, code);
    }
}

static void take_change(struct policy_watch *p, const struct policy_change *n)
{
    if (n->id == p->odd_id)
        p->odd_id = 0;
    if (n->type == FWPM_CHANGE_ADD)
        on_added(p, n);
    else if (n->type == FWPM_CHANGE_DELETE)
        bury_filter(p, n);
}

static void report_change(struct policy_watch *p, const struct policy_change *n)
{
    if (p->o.changed != NULL && (n->type == FWPM_CHANGE_ADD || n->type == FWPM_CHANGE_DELETE))
        p->o.changed(p->o.changed_ctx, n);
}

static bool do_notices(struct policy_watch *p)
{
    struct policy_change n;
    int done = 0;
    while (done < NOTICES_AT_ONCE && take_notice(p, &n)) {
        if (!p->o.no_names)
            take_change(p, &n);
        report_change(p, &n);
        done++;
    }
    return done > 0;
}

/* ---- what events ask for -------------------------------------------------------------------- */

/* A filter that should have been known, unless its notice is still to come. */
static void note_odd(struct policy_watch *p, uint64_t id)
{
    if (p->odd_id != 0 || p->changes == NULL || p->is_filling || p->in_doubt || !p->fill.is_whole ||
        !live_names_is_whole(&p->names))
        return;
    p->odd_id = id;
    p->odd_since = os_ticks_ms();
}

static bool do_request(struct policy_watch *p)
{
    uint64_t id;
    if (!live_names_request(&p->names, &id))
        return false;
    uint32_t code = get_filter(p, id);
    if (code == 0) {
        note_odd(p, id);
        return true;
    }
    live_names_refuse(&p->names, id, state_of(code), NULL);
    report_get(p, code);
    return true;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void end_fill(struct policy_watch *p, bool failed)
{
    uint64_t now = os_ticks_ms(), pause = FILL_SHARE * (now - p->fill_began);
    uint64_t penalty = (uint64_t)FILL_PAUSE_MS << p->failures;
    policy_list_end(&p->fill);
    p->is_filling = false;
    p->in_doubt = p->in_doubt || failed;
    p->failures = !failed ? 0 : p->failures < FILL_PAUSE_DOUBLED ? p->failures + 1 : p->failures;
    if (failed && pause < penalty)
        pause = penalty;
    p->fill_after = now + pause;
}

static void begin_fill(struct policy_watch *p)
{
    p->is_filling = true;
    p->in_doubt = p->must_again = false; /* what is lost from now on counts anew */
    p->odd_id = 0;
    p->fill_began = os_ticks_ms();
    policy_list_begin(&p->fill, p->engine);
}

static void do_fill(struct policy_watch *p)
{
    enum policy_list_result result = policy_list_step(&p->fill);
    const struct policy_list *f = &p->fill;
    if (f->out_of_memory)
        report_memory(p);
    bool passes = result == POLICY_LIST_FAILED || result == FILL_LATER;
    if ((result == POLICY_LIST_REFUSED || passes) && !error_is_away(f->code))
        log_once(p, 1u << f->refused, "names are missing", f->call, f->code);
    p->must_again = p->must_again || passes;
    if (result == POLICY_LIST_DONE || result == POLICY_LIST_FAILED)
        end_fill(p, p->must_again);
}

static bool must_fill(struct policy_watch *p)
{
    uint64_t now = os_ticks_ms();
    if (p->is_filling || p->o.no_names)
        return false;
    if (p->odd_id != 0 && now > p->odd_since + ODD_MS)
        p->in_doubt = true;
    return p->in_doubt && now >= p->fill_after;
}

/* ---- steps ---------------------------------------------------------------------------------- */

bool policy_watch_has_work(struct policy_watch *p)
{
    uint64_t id;
    if (p == NULL || p->engine == NULL)
        return false;
    return p->is_filling || must_subscribe(p) || ring_has_record(&p->notices) ||
           ring_has_lost(&p->notices) || live_names_request(&p->names, &id) || must_fill(p);
}

static uint64_t fill_due(const struct policy_watch *p)
{
    if (p->o.no_names || p->is_filling)
        return UINT64_MAX;
    uint64_t odd = p->odd_id != 0 ? p->odd_since + ODD_MS + 1 : UINT64_MAX;
    uint64_t doubt = p->in_doubt ? 0 : odd;
    return doubt > p->fill_after ? doubt : p->fill_after;
}

uint64_t policy_watch_due(const struct policy_watch *p)
{
    if (p == NULL || p->engine == NULL)
        return UINT64_MAX;
    uint64_t fill = fill_due(p),
             subscribe_notices = p->is_subscribed ? UINT64_MAX : p->subscribe_after;
    return subscribe_notices < fill ? subscribe_notices : fill;
}

/* Notices come first; they do not keep the lists from being read. */
void policy_watch_step(struct policy_watch *p)
{
    bool busy = do_notices(p);
    busy = do_request(p) || busy;
    if (busy && ++p->turns % FILL_TURN != 0)
        return;
    if (must_subscribe(p))
        (void)try_to_subscribe(p);
    else if (p->is_filling)
        do_fill(p);
    else if (must_fill(p))
        begin_fill(p);
}

/* ---- connections ---------------------------------------------------------------------------- */

uint32_t policy_watch_epoch(const struct policy_watch *p, const struct wfpw_system *system)
{
    return p != NULL && !p->o.no_names && system->policy != NULL ? p->epoch + 1 : 0;
}

void policy_watch_connect(struct policy_watch *p, const struct wfpw_system *system, void *engine)
{
    if (p == NULL || system->policy == NULL)
        return;
    p->epoch++;
    p->system = p->fill.system = system;
    p->engine = engine;
    p->is_subscribed = false;
    p->in_doubt = true;
    p->failures = p->unsubscribed = 0;
    p->fill_after = p->subscribe_after = 0;
    os_u32_store(&p->denied, 0);
    os_u32_store(&p->unwatched, 0);
    live_names_begin(&p->names, p->epoch, system->now(system->ctx));
}

uint32_t policy_watch_subscribe(struct policy_watch *p)
{
    return p->engine != NULL && !p->is_subscribed ? try_to_subscribe(p) : 0;
}

void policy_watch_disconnect(struct policy_watch *p)
{
    struct policy_change n;
    if (p == NULL || p->engine == NULL)
        return;
    live_names_end(&p->names);
    policy_list_end(&p->fill);
    p->is_filling = false;
    if (p->changes != NULL) {
        uint32_t code =
            p->system->policy->unsubscribe_changes(p->system->ctx, p->engine, p->changes);
        gates_close(p->o.gates, p->gate, code == 0);
    }
    p->engine = p->changes = NULL;
    p->gate = NULL;
    while (take_notice(p, &n))
        report_change(p, &n);
}

bool policy_watch_is_denied(const struct policy_watch *p)
{
    return p != NULL && (os_u32_load(&p->denied) != 0 || os_u32_load(&p->unwatched) != 0);
}

uint64_t policy_watch_dropped(const struct policy_watch *p)
{
    return ring_dropped(&p->notices);
}

/* ---- making it ------------------------------------------------------------------------------ */

struct policy_watch *policy_watch_new(const struct policy_watch_options *o)
{
    struct policy_watch *p = memory_new(&o->memory, sizeof *p);
    uint32_t size = ring_size(NOTICES_BYTES);
    if (p == NULL)
        return NULL;
    p->o = *o;
    p->builder = o->no_names ? NULL : memory_take(&o->memory, sizeof *p->builder);
    p->notices_memory = memory_new(&o->memory, ring_memory(size));
    bool ready = (o->no_names || p->builder != NULL) && p->notices_memory != NULL;
    if (!ready || !live_names_init(&p->names, &p->o.memory, o->names_bytes)) {
        memory_give(&o->memory, p->builder);
        memory_free(&o->memory, p->notices_memory);
        memory_free(&o->memory, p);
        return NULL;
    }
    ring_init(&p->notices, p->notices_memory, size);
    p->live_fill.names = &p->names;
    p->live_fill.seen = p->o.seen;
    p->live_fill.seen_ctx = p->o.seen_ctx;
    p->fill.to = live_fill_target(&p->live_fill);
    p->fill.builder = p->builder;
    display_init(&p->fill.display, &p->o.memory);
    return p;
}

void policy_watch_free(struct policy_watch *p)
{
    if (p == NULL)
        return;
    wfpw_allocator memory = p->o.memory;
    live_names_free(&p->names);
    display_free(&p->fill.display);
    memory_give(&memory, p->builder);
    memory_free(&memory, p->notices_memory);
    memory_free(&memory, p);
}
