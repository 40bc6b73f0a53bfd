/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "service.h"

#include <stdio.h>
#include "drain.h"
#include "error.h"
#include "host/collection.h"
#include "source/live.h"

enum { RETRY_FIRST_MS = 50, RETRY_LAST_MS = 5000 };

struct service {
    struct service_options o;
    struct system_host host; /* used when the options name no system */
    struct live live;
    struct collection *collection; /* NULL: observing */
    struct ring ring, outbox;
    struct drain drain; /* from the one to the other */
    struct placing placing;
    void *ring_memory, *outbox_memory;
    os_thread thread;
    os_signal wake;  /* for this thread: something in the ring, room in the outbox, stop */
    os_signal ready; /* for the reader, and the caller's wait handle */
    os_signal started;
    os_u32 ready_is_set, sleeping, stop, abandoned, ended, state;
    bool finishing;       /* stopped, and only moving what came before */
    bool told_no_option;  /* that collection cannot be looked at */
    bool told_no_turning; /* that collection cannot be turned on again */
    bool told_refused;    /* that the engine does not take the template's conditions */
    uint64_t next_watch;  /* ticks */
    wfpw_error error;     /* why it ended; written before `ended` */
};

/* ---- telling -------------------------------------------------------------------------------- */

static void say(struct service *s, int level, const char *what, const char *call, uint32_t code)
{
    char text[256];
    if (s->o.log == NULL)
        return;
    if (call != NULL)
        (void)snprintf(text, sizeof text, "%s: %s gave 0x%x (%u)", what, call, code, code);
    else
        (void)snprintf(text, sizeof text, "%s", what);
    s->o.log(s->o.log_ctx, level, text);
}

static void say_error(struct service *s, int level, const char *what, const wfpw_error *e)
{
    char text[256];
    if (e->os_code != 0)
        say(s, level, what, e->where, e->os_code);
    else if (snprintf(text, sizeof text, "%s: %s: %s", what, e->where, e->text) > 0)
        say(s, level, text, NULL, 0);
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

/* Moves what fits; false: there was nothing to do, or no room. */
static bool drain(struct service *s)
{
    bool moved = drain_some(&s->drain);
    if (moved)
        set_ready(s);
    return placing_step(&s->placing) || moved;
}

/* ---- sleeping ------------------------------------------------------------------------------- */

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
        !drain_is_blocked(&s->drain) && (drain_has_more(&s->drain) || ring_has_lost(&s->ring));
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

static void fail(struct service *s, const wfpw_error *e)
{
    s->error = *e;
    say_error(s, 1, "the live source ends", e);
    set_state(s, WFPW_STATE_FAILED);
}

/* The options' system, or this host's. It is looked for here, not on the caller's thread, which may
 * impersonate somebody. */
static const struct wfpw_system *find_system(struct service *s)
{
    struct system_host *h = &s->host;
    if (s->o.system != NULL)
        return s->o.system;
    if (system_host_find(h))
        return &h->system;
    (void)error_set(&s->error, WFPW_E_NOTSUP, h->missing != NULL ? h->missing : "wfpw_add_live",
                    h->code, h->text);
    return NULL;
}

/* What the system lacks; NULL: nothing. */
static const char *what_lacks(const struct service *s, const struct wfpw_system *system)
{
    if (!live_is_possible(system))
        return "this Windows has no subscription to net events";
    if (s->collection != NULL && !collection_is_possible(system))
        return "settings of this host cannot be changed: pass WFPW_LIVE_OBSERVE";
    return NULL;
}

static bool take_system(struct service *s)
{
    const struct wfpw_system *system = find_system(s);
    const char *why = system != NULL ? what_lacks(s, system) : NULL;
    if (why != NULL)
        (void)error_set(&s->error, WFPW_E_NOTSUP, "wfpw_add_live", 0, why);
    if (system == NULL || why != NULL) {
        set_state(s, WFPW_STATE_FAILED);
        return false;
    }
    struct collection_options o = {
        .system = system,
        .place = s->o.state_dir,
        .log = s->o.log,
        .log_ctx = s->o.log_ctx,
        .wants = {[COLLECT] = 1, [KEYWORDS] = s->o.keywords, [IPSEC] = s->o.ipsec},
    };
    s->live.system = s->drain.system = system;
    placing_start(&s->placing, system, s->o.accounts);
    if (s->collection != NULL)
        collection_init(s->collection, &o);
    if (live_prepare(&s->live, &s->error) == WFPW_OK)
        return true;
    set_state(s, WFPW_STATE_FAILED);
    return false;
}

static void tell_refused(struct service *s, const char *call)
{
    if (s->live.refused != 0 && !s->told_refused)
        say(s, 3, "the engine does not take the conditions: they are only asked here", call,
            s->live.refused);
    s->told_refused = s->live.refused != 0;
}

/* What is to be collected is on before anybody subscribes. */
static int connect_once(struct service *s, wfpw_error *e)
{
    const char *call;
    int status = s->collection != NULL ? collection_take(s->collection, e) : WFPW_OK;
    if (status != WFPW_OK)
        return status;
    uint32_t code = live_connect(&s->live, &call);
    tell_refused(s, call);
    return code == 0 ? WFPW_OK : error_set(e, error_of_engine(code), call, code, NULL);
}

/* Tries until the engine is there, `end` (ticks; 0: never) is over, or an error says that waiting
 * does not help. */
static bool connect_until(struct service *s, uint64_t end)
{
    uint32_t ms = RETRY_FIRST_MS;
    wfpw_error e;
    int status;
    while ((status = connect_once(s, &e)) != WFPW_OK) {
        uint64_t now = os_ticks_ms();
        bool late = end != 0 && now >= end;
        if ((status != WFPW_E_NOSERVICE && status != WFPW_E_TIMEOUT) || late) {
            fail(s, &e);
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
    uint64_t after = ring_pushed(&s->ring);
    set_state(s, WFPW_STATE_WAITING);
    if (!connect_until(s, 0))
        return false;
    drain_found(&s->drain, HOLE_OUTAGE, after);
    say(s, 3, "subscribed again", NULL, 0);
    return true;
}

/* Another program turned off what we had turned on. Whether it is on again. */
static bool turn_on_again(struct service *s)
{
    wfpw_error e;
    uint64_t after = ring_pushed(&s->ring);
    if (collection_take(s->collection, &e) == WFPW_OK) {
        drain_found(&s->drain, HOLE_COLLECTION, after);
        s->told_no_turning = false;
        say(s, 2, "another program turned collection off; it is on again", NULL, 0);
        return true;
    }
    if (!s->told_no_turning)
        say_error(s, 2, "another program turned collection off, and it stays off", &e);
    s->told_no_turning = true;
    return false;
}

static uint32_t look(struct service *s, bool *on, bool *intact)
{
    *intact = true;
    if (s->collection != NULL)
        return collection_look(s->collection, s->live.engine, on, intact);
    return live_collects(&s->live, on);
}

/* Whether the engine is there and collects; false: the live source is at its end. */
static bool watch(struct service *s)
{
    bool on, intact;
    uint32_t code = look(s, &on, &intact);
    s->next_watch = os_ticks_ms() + s->o.watch_ms;
    if (error_is_outage(code))
        return reconnect(s, code);
    if (code == 0) {
        if (!intact && turn_on_again(s))
            on = true;
        if (!on && s->collection == NULL && os_u32_load(&s->state) != WFPW_STATE_COLLECTION_OFF)
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

static void put_back(struct service *s)
{
    wfpw_error e;
    if (s->collection != NULL && collection_leave(s->collection, &e) != WFPW_OK)
        say_error(s, 2, "what was turned on stays on until the next session or repair", &e);
}

/* What came before the end still goes to the reader, as fast as it reads. */
static void finish(struct service *s)
{
    s->finishing = true;
    live_disconnect(&s->live);
    put_back(s);
    while (os_u32_load(&s->abandoned) == 0 && (drain(s) || drain_has_more(&s->drain)))
        if (drain_is_blocked(&s->drain))
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
    if (take_system(s) && connect_until(s, now + s->o.wait_ms))
        work(s);
    finish(s);
    os_signal_set(&s->started);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static void free_service(struct service *s)
{
    wfpw_allocator memory = s->o.memory;
    placing_free(&s->placing);
    os_signal_destroy(&s->wake);
    os_signal_destroy(&s->ready);
    os_signal_destroy(&s->started);
    memory_free(&memory, s->ring_memory);
    memory_free(&memory, s->outbox_memory);
    memory_free(&memory, s->collection);
    memory_free(&memory, s);
}

static bool init_service(struct service *s)
{
    uint32_t size = ring_size(s->o.ring_bytes);
    bool signals = os_signal_init(&s->wake);
    signals = os_signal_init(&s->ready) && signals;
    signals = os_signal_init(&s->started) && signals;
    signals = placing_init(&s->placing, &s->o.memory, s->o.log, s->o.log_ctx) && signals;
    s->ring_memory = memory_new(&s->o.memory, ring_memory(size));
    s->outbox_memory = memory_new(&s->o.memory, ring_memory(size));
    if (!s->o.observe)
        s->collection = memory_new(&s->o.memory, sizeof *s->collection);
    if (!signals || s->ring_memory == NULL || s->outbox_memory == NULL ||
        (s->collection == NULL && !s->o.observe))
        return false;
    ring_init(&s->ring, s->ring_memory, size);
    ring_init(&s->outbox, s->outbox_memory, size);
    os_u32_store(&s->state, WFPW_STATE_WAITING);
    s->drain = (struct drain){.ring = &s->ring, .outbox = &s->outbox, .placing = &s->placing};
    s->live = (struct live){
        .ring = &s->ring, .sleeping = &s->sleeping, .wake = &s->wake, .match = s->o.match};
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
    if (os_u32_exchange(&s->drain.outbox_is_full, 0) != 0)
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
    c->filtered = os_u64_load(&s->live.filtered);
    c->received = ring_pushed(&s->ring) + c->dropped + c->undecoded + c->filtered;
    c->gaps = os_u64_load(&s->drain.gaps);
    c->waiting = ring_waiting(&s->ring) + ring_waiting(&s->outbox);
}
