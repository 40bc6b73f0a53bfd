/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "service.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "source/live.h"

enum {
    RETRY_FIRST_MS = 50,
    RETRY_LAST_MS = 5000,
    DRAIN_AT_ONCE = 256, /* records between two looks at the rest of the world */
    RELEASE_EVERY = 32
};

struct service {
    struct service_options o;
    struct system_host host; /* used when the options name no system */
    struct live live;
    struct ring ring, outbox;
    void *ring_memory, *outbox_memory;
    os_thread thread;
    os_signal wake;  /* for this thread: something in the ring, room in the outbox, stop */
    os_signal ready; /* for the reader, and the caller's wait handle */
    os_signal started;
    os_u32 ready_is_set, sleeping, outbox_is_full, stop, abandoned, ended, state;
    os_u64 gaps;           /* records of kind gap that entered the outbox */
    bool finishing;        /* stopped, and only moving what came before */
    bool told_no_option;   /* that collection cannot be looked at */
    uint64_t pending_lost; /* gaps found and not yet told: records that the ring had no room for */
    bool pending_outage;   /* and a time without the engine */
    uint64_t outage_after; /* which stands after so many records of the ring */
    uint64_t next_watch;   /* ticks */
    wfpw_error error;      /* why it ended; written before `ended` */
};

/* ---- telling -------------------------------------------------------------------------------- */

static void say(struct service *s, int level, const char *what, const char *call, uint32_t code)
{
    char text[192];
    if (s->o.log == NULL)
        return;
    if (call != NULL)
        (void)snprintf(text, sizeof text, "%s: %s gave 0x%x (%u)", what, call, code, code);
    else
        (void)snprintf(text, sizeof text, "%s", what);
    s->o.log(s->o.log_ctx, level, text);
}

static void set_ready(struct service *s)
{
    if (os_u32_exchange(&s->ready_is_set, 1) == 0)
        os_signal_set(&s->ready);
}

static void set_state(struct service *s, uint32_t state)
{
    if (os_u32_exchange(&s->state, state) != state)
        set_ready(s);
}

/* ---- from the ring to the outbox ------------------------------------------------------------ */

static bool send(struct service *s, const struct record *r)
{
    struct ring_slot slot;
    if (!ring_try_reserve(&s->outbox, r->bytes, &slot))
        return false;
    memcpy(slot.room, r, r->bytes);
    ring_commit(&s->outbox, &slot);
    return true;
}

static bool send_gap(struct service *s, uint32_t where, uint64_t lost, bool known)
{
    struct record r = {
        .bytes = sizeof r,
        .present = known ? WFPW_HAS_LOST : 0,
        .time = s->o.system->now(s->o.system->ctx),
        .kind = WFPW_KIND_GAP,
        .source = s->o.system->source,
        .lost_where = where,
        .lost = lost,
    };
    if (!send(s, &r))
        return false;
    os_u64_bump(&s->gaps, 1);
    return true;
}

static bool outage_is_due(const struct service *s)
{
    return s->pending_outage && ring_popped(&s->ring) >= s->outage_after;
}

/* Gaps that were found stay until there is room to tell of them. */
static bool tell_gaps(struct service *s)
{
    if (s->pending_lost != 0) {
        if (!send_gap(s, WFPW_LOST_RING, s->pending_lost, true))
            return false;
        s->pending_lost = 0;
    }
    if (!outage_is_due(s))
        return true;
    s->pending_outage = !send_gap(s, WFPW_LOST_OUTAGE, 0, false);
    return !s->pending_outage;
}

/* One record, with the gap before it. */
static bool move_one(struct service *s, const struct record *r)
{
    if (!tell_gaps(s) || !send(s, r))
        return false;
    ring_pop(&s->ring);
    return true;
}

static bool has_gap(const struct service *s)
{
    return s->pending_lost != 0 || outage_is_due(s);
}

/* Gaps that no record has come after. */
static bool drain_gaps(struct service *s)
{
    s->pending_lost += ring_take_lost(&s->ring);
    if (!has_gap(s))
        return false;
    if (tell_gaps(s))
        return true;
    (void)os_u32_exchange(&s->outbox_is_full, 1);
    return false;
}

static int drain_records(struct service *s)
{
    uint64_t lost;
    int moved = 0;
    const struct record *r;
    while (moved < DRAIN_AT_ONCE && (r = ring_peek(&s->ring, &lost)) != NULL) {
        s->pending_lost += lost;
        if (!move_one(s, r)) {
            (void)os_u32_exchange(&s->outbox_is_full, 1);
            break;
        }
        if (++moved % RELEASE_EVERY == 0)
            ring_release(&s->ring);
    }
    ring_release(&s->ring);
    return moved;
}

/* Moves what fits; false: there was nothing to move, or no room. */
static bool drain(struct service *s)
{
    bool moved = drain_records(s) > 0 || drain_gaps(s);
    if (moved)
        set_ready(s);
    return moved;
}

/* ---- sleeping ------------------------------------------------------------------------------- */

/* Whether the outbox is full and its reader will wake this thread when it is not any more. */
static bool is_blocked(const struct service *s)
{
    return os_u32_load_ordered(&s->outbox_is_full) != 0 && ring_waiting(&s->outbox) != 0;
}

static bool stopped(const struct service *s)
{
    return os_u32_load(&s->stop) != 0;
}

/* Whether what this thread is at is of no use any more. */
static bool must_leave(const struct service *s)
{
    return os_u32_load(&s->abandoned) != 0 || (stopped(s) && !s->finishing);
}

/* Until something happens, or `ms` are over. */
static void nap(struct service *s, uint32_t ms)
{
    os_signal_reset(&s->wake);
    (void)os_u32_exchange(&s->sleeping, 1);
    bool work =
        !is_blocked(s) && (ring_has_record(&s->ring) || ring_has_lost(&s->ring) || has_gap(s));
    if (!work && !must_leave(s))
        (void)os_signal_wait(&s->wake, (int32_t)ms);
    (void)os_u32_exchange(&s->sleeping, 0);
}

/* Moves what there is to move until `ms` are over. */
static void rest(struct service *s, uint32_t ms)
{
    uint64_t now = os_ticks_ms(), end = now + ms;
    for (; now < end && !must_leave(s); now = os_ticks_ms())
        if (!drain(s))
            nap(s, (uint32_t)(end - now));
}

/* ---- the engine ----------------------------------------------------------------------------- */

static void fail(struct service *s, const char *call, uint32_t code)
{
    (void)error_set(&s->error, error_of_engine(code), call, code, NULL);
    say(s, 1, "the live source ends", call, code);
    set_state(s, WFPW_STATE_FAILED);
}

/* A system is looked for here, not on the caller's thread, which may impersonate somebody. */
static bool find_system(struct service *s)
{
    static const char call[] = "wfpw_add_live";
    struct system_host *h = &s->host;
    if (s->o.system == NULL && system_host_find(h))
        s->o.system = s->live.system = &h->system;
    if (s->o.system == NULL)
        (void)error_set(&s->error, WFPW_E_NOTSUP, h->missing != NULL ? h->missing : call, h->code,
                        h->text);
    else if (!live_is_possible(s->o.system))
        (void)error_set(&s->error, WFPW_E_NOTSUP, call, 0,
                        "this Windows has no subscription to net events");
    else
        return true;
    set_state(s, WFPW_STATE_FAILED);
    return false;
}

/* Tries until the engine is there, `end` (ticks; 0: never) is over, or an error says that waiting
 * does not help. */
static bool connect_until(struct service *s, uint64_t end)
{
    uint32_t ms = RETRY_FIRST_MS, code;
    const char *call;
    while ((code = live_connect(&s->live, &call)) != 0) {
        uint64_t now = os_ticks_ms();
        bool late = end != 0 && now >= end;
        if ((!error_is_outage(code) && code != FWP_E_TIMEOUT) || late) {
            fail(s, call, code);
            return false;
        }
        set_state(s, WFPW_STATE_WAITING);
        if (end != 0 && ms > end - now)
            ms = (uint32_t)(end - now);
        rest(s, ms);
        if (stopped(s))
            return false;
        ms = ms * 2 < RETRY_LAST_MS ? ms * 2 : RETRY_LAST_MS;
    }
    set_state(s, WFPW_STATE_CONNECTED);
    return true;
}

static bool reconnect(struct service *s, uint32_t code)
{
    os_signal_set(&s->started); /* it was there: who waits for it need not wait again */
    say(s, 2, "the engine went away", "FwpmEngineGetOption0", code);
    live_disconnect(&s->live);
    if (!s->pending_outage)
        s->outage_after = ring_pushed(&s->ring);
    set_state(s, WFPW_STATE_WAITING);
    if (!connect_until(s, 0))
        return false;
    s->pending_outage = true;
    say(s, 3, "subscribed again", NULL, 0);
    return true;
}

/* Whether the engine is there and collects; false: the live source is at its end. */
static bool watch(struct service *s)
{
    bool on;
    uint32_t code = live_collects(&s->live, &on);
    s->next_watch = os_ticks_ms() + s->o.watch_ms;
    if (error_is_outage(code))
        return reconnect(s, code);
    if (code == 0) {
        if (!on && os_u32_load(&s->state) != WFPW_STATE_COLLECTION_OFF)
            say(s, 2, "this machine collects no net events", NULL, 0);
        set_state(s, on ? WFPW_STATE_CONNECTED : WFPW_STATE_COLLECTION_OFF);
    } else if (!s->told_no_option) {
        s->told_no_option = true;
        say(s, 2, "whether events are collected cannot be seen", "FwpmEngineGetOption0", code);
    }
    return true;
}

/* ---- the thread ----------------------------------------------------------------------------- */

static void work(struct service *s)
{
    bool alive = watch(s);
    os_signal_set(&s->started);
    while (alive && !stopped(s)) {
        uint64_t now = os_ticks_ms();
        if (now >= s->next_watch)
            alive = watch(s);
        else if (!drain(s))
            nap(s, (uint32_t)(s->next_watch - now));
    }
}

/* What came before the end still goes to the reader, as fast as it reads. */
static void finish(struct service *s)
{
    s->finishing = true;
    live_disconnect(&s->live);
    while (os_u32_load(&s->abandoned) == 0 && (drain(s) || ring_has_record(&s->ring) || has_gap(s)))
        if (is_blocked(s))
            nap(s, RETRY_LAST_MS);
    if (os_u32_load(&s->state) != WFPW_STATE_FAILED)
        set_state(s, WFPW_STATE_STOPPED);
    os_u32_store(&s->ended, 1);
    set_ready(s);
}

static void run(void *ctx)
{
    struct service *s = ctx;
    uint64_t now = os_ticks_ms();
    if (find_system(s) && connect_until(s, now + s->o.wait_ms))
        work(s);
    finish(s);
    os_signal_set(&s->started);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static void free_service(struct service *s)
{
    wfpw_allocator memory = s->o.memory;
    os_signal_destroy(&s->wake);
    os_signal_destroy(&s->ready);
    os_signal_destroy(&s->started);
    memory_free(&memory, s->ring_memory);
    memory_free(&memory, s->outbox_memory);
    memory_free(&memory, s);
}

static bool init_service(struct service *s)
{
    uint32_t size = ring_size(s->o.ring_bytes);
    bool signals = os_signal_init(&s->wake);
    signals = os_signal_init(&s->ready) && signals;
    signals = os_signal_init(&s->started) && signals;
    s->ring_memory = memory_new(&s->o.memory, ring_memory(size));
    s->outbox_memory = memory_new(&s->o.memory, ring_memory(size));
    if (!signals || s->ring_memory == NULL || s->outbox_memory == NULL)
        return false;
    ring_init(&s->ring, s->ring_memory, size);
    ring_init(&s->outbox, s->outbox_memory, size);
    os_u32_store(&s->state, WFPW_STATE_WAITING);
    s->live = (struct live){
        .system = s->o.system, .ring = &s->ring, .sleeping = &s->sleeping, .wake = &s->wake};
    return true;
}

int service_start(const struct service_options *o, struct service **out, wfpw_error *e)
{
    struct service *s = memory_new(&o->memory, sizeof *s);
    if (s == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    s->o = *o;
    if (!init_service(s) || !os_thread_start(&s->thread, run, s)) {
        free_service(s);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    }
    (void)os_signal_wait(&s->started, -1);
    int status = os_u32_load(&s->ended) != 0 ? s->error.status : WFPW_OK;
    if (status != WFPW_OK) {
        if (e != NULL)
            *e = s->error;
        service_close(s);
        return status;
    }
    *out = s;
    return WFPW_OK;
}

void service_stop(struct service *s)
{
    os_u32_store(&s->stop, 1);
    os_signal_set(&s->wake);
    set_ready(s);
}

void service_close(struct service *s)
{
    if (s == NULL)
        return;
    os_u32_store(&s->abandoned, 1);
    service_stop(s);
    os_thread_join(&s->thread);
    free_service(s);
}

/* ---- the reader's side ---------------------------------------------------------------------- */

const struct record *service_peek(struct service *s)
{
    uint64_t lost;
    return ring_peek(&s->outbox, &lost);
}

void service_pop(struct service *s)
{
    ring_pop(&s->outbox);
}

void service_settle(struct service *s)
{
    ring_release(&s->outbox);
    if (os_u32_exchange(&s->outbox_is_full, 0) != 0)
        os_signal_set(&s->wake);
    if (ring_has_record(&s->outbox))
        return;
    os_signal_reset(&s->ready); /* first: set_ready may come between the two */
    (void)os_u32_exchange(&s->ready_is_set, 0);
    if (ring_has_record(&s->outbox) || os_u32_load(&s->ended) != 0 || stopped(s))
        set_ready(s);
}

bool service_wait(struct service *s, int32_t timeout_ms)
{
    return os_signal_wait(&s->ready, timeout_ms);
}

int service_ended(const struct service *s, wfpw_error *e)
{
    if (os_u32_load(&s->ended) == 0)
        return WFPW_OK;
    if (s->error.status == WFPW_OK)
        return error_set(e, WFPW_E_STOPPED, "wfpw_read", 0, NULL);
    if (e != NULL)
        *e = s->error;
    return s->error.status;
}

intptr_t service_handle(const struct service *s)
{
    return os_signal_handle(&s->ready);
}

void service_count(const struct service *s, struct service_counts *c)
{
    c->state = os_u32_load(&s->state);
    c->dropped = ring_dropped(&s->ring);
    c->undecoded = os_u64_load(&s->live.undecoded);
    c->received = ring_pushed(&s->ring) + c->dropped + c->undecoded;
    c->gaps = os_u64_load(&s->gaps);
    c->waiting = ring_waiting(&s->ring) + ring_waiting(&s->outbox);
}
