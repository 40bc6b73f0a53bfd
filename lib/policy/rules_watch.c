/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "policy/rules_watch.h"

#include "base/error.h"
#include "base/thread_hooks.h"

enum {
    SETTLE_MS = 100, /* after a change: others mostly follow */
    READ_SHARE = 4,  /* for each moment of reading so many without */
    /* After a reading that found nothing new, or failed; twice as long after each further one. */
    UNCHANGED_MS = 100,
    FAILED_MS = 250,
    PAUSE_DOUBLED = 6 /* so often */
};

/* Bits of rules_watch.refused, behind those of the places (1 << enum system_rules_place). */
enum { UNWATCHED = 1u << 16, NO_MEMORY = 1u << 17 };

static uint64_t clock_of(const struct rules_watch *w)
{
    return w->o.system->now(w->o.system->ctx);
}

static bool is_stopped(void *ctx)
{
    return os_u32_load(&((struct rules_watch *)ctx)->stop) != 0;
}

/* Once, until it has worked again. */
static void note_refused(struct rules_watch *w, uint32_t bit, const char *what, const char *call,
                         uint32_t code)
{
    w->refused |= bit;
    w->is_denied = w->is_denied || error_is_denied(code);
    if ((w->reported & bit) == 0)
        error_log(w->o.log, w->o.log_ctx, 2, what, code != 0 ? call : NULL, code);
    w->reported |= bit;
}

/* ---- watching ------------------------------------------------------------------------------- */

/* What ends sets the event, too; nothing else is lost with it, as all is read after it. */
static void end_watches(struct rules_watch *w)
{
    const struct system_rules *calls = w->o.system->rules;
    for (int i = 0; i < RULES_WATCHES; i++) {
        if (w->handles[i] != NULL)
            calls->unwatch(w->o.system->ctx, w->handles[i]);
        w->handles[i] = NULL;
    }
    (void)os_event_wait(&w->wake, 0);
}

static void begin_watches(struct rules_watch *w)
{
    const struct wfpw_system *system = w->o.system;
    for (int i = 0; i < RULES_WATCHES; i++) {
        uint32_t code = system->rules->watch(system->ctx, (enum system_rules_watch)i,
                                             os_event_handle(&w->wake), &w->handles[i]);
        if (code != 0) {
            w->handles[i] = NULL;
            note_refused(w, UNWATCHED, "changes of the firewall's rules are noticed late",
                         "RegNotifyChangeKeyValue", code);
        }
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool keep_rule(void *ctx, const char *id, size_t size, uint8_t origin, uint64_t mark)
{
    struct rules_watch *w = ctx;
    return live_names_keep_rule(w->o.names, id, size, origin, mark, &w->list);
}

static void take_rule(void *ctx, const struct rule *r, uint64_t mark)
{
    struct rules_watch *w = ctx;
    if (!live_names_take_rule(w->o.names, r, mark, &w->list))
        w->no_memory = true;
}

static void read_places(struct rules_watch *w)
{
    for (int i = 0; i < RULES_PLACES && !is_stopped(w); i++) {
        uint32_t code = rules_reader_read(w->reader, (enum system_rules_place)i);
        if (code != 0)
            note_refused(w, 1u << i, "rules are missing", "RegEnumValueW", code);
        else if (w->reader->is_stopped == 0)
            w->list.origins |= UINT64_C(1) << rules_reader_origin((enum system_rules_place)i);
    }
    if (w->no_memory)
        note_refused(w, NO_MEMORY, "rules are missing: out of memory", NULL, 0);
}

static uint32_t count_on(uint32_t n, bool again)
{
    return !again ? 0 : n < PAUSE_DOUBLED ? n + 1 : n;
}

/* Watches before it reads, so that no change comes in between. changed: since when the rules may be
 * otherwise than they were read last. */
static void read_rules(struct rules_watch *w, uint64_t changed)
{
    uint64_t began = os_ticks_ms(), number = w->list.number;
    w->refused = 0;
    w->no_memory = w->is_denied = false;
    end_watches(w);
    begin_watches(w);
    uint64_t now = clock_of(w);
    w->list = (struct rules_list){.number = (uint32_t)number + 1, .changed = changed, .time = now};
    w->list.until = (w->refused & UNWATCHED) != 0 ? now : UINT64_MAX;
    read_places(w);
    bool changed_meanwhile = os_event_wait(&w->wake, 0);
    if (changed_meanwhile)
        os_event_set(&w->wake); /* for the next reading */
    if (w->no_memory || changed_meanwhile)
        w->list.origins =
            0; /* a rule that was not found may be there: values move up as one goes */
    os_u32_store(&w->denied, w->is_denied); /* before the rules, so that it is known with them */
    live_names_rules_end(w->o.names, &w->list, (w->refused & (UNWATCHED | NO_MEMORY)) == 0);
    w->reported &= w->refused;
    w->read_ms = os_ticks_ms() - began;
    w->unchanged = count_on(w->unchanged, w->list.different == 0);
    w->failures = count_on(w->failures, w->refused != 0);
}

/* ---- the thread ----------------------------------------------------------------------------- */

static void rest_for(struct rules_watch *w, uint64_t ms)
{
    uint64_t now = os_ticks_ms(), end = now + ms;
    for (; now < end && !is_stopped(w); now = os_ticks_ms())
        (void)os_event_wait(&w->wake, (int32_t)(end - now)); /* what comes is read after it */
}

static uint64_t pause_of(const struct rules_watch *w)
{
    uint64_t share = READ_SHARE * w->read_ms, idle = 0;
    if (w->unchanged > 0)
        idle = (uint64_t)UNCHANGED_MS << w->unchanged;
    idle = share > idle ? share : idle;
    return idle > SETTLE_MS ? idle : SETTLE_MS;
}

/* Until something may have changed, or what failed is to be tried again. Returns since when, by the
 * system's clock, rules may be otherwise. */
static uint64_t await_change(struct rules_watch *w)
{
    bool at_once = os_event_wait(&w->wake, 0); /* while the rules were being read */
    bool told = at_once || os_event_wait(&w->wake, w->failures > 0 ? FAILED_MS << w->failures : -1);
    bool unwatched = (w->refused & UNWATCHED) != 0;
    uint64_t changed = at_once || unwatched ? w->list.time : clock_of(w);
    if (told)
        live_names_doubt_rules(w->o.names, changed);
    return changed;
}

static void run_watch(void *ctx)
{
    static const char role[] = "rules";
    struct rules_watch *w = ctx;
    os_thread_name("wfpwatch-rules");
    thread_hooks_started(w->o.hooks, role);
    read_rules(w, clock_of(w));
    os_u32_store(&w->tried, 1);
    w->o.tried(w->o.ctx);
    while (!is_stopped(w)) {
        uint64_t changed = await_change(w);
        rest_for(w, pause_of(w));
        if (!is_stopped(w))
            read_rules(w, changed);
    }
    end_watches(w);
    thread_hooks_ending(w->o.hooks, role);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static void free_reader(struct rules_watch *w)
{
    if (w->reader != NULL)
        rules_reader_free(w->reader);
    memory_free(&w->o.memory, w->reader);
    w->reader = NULL;
}

static bool start_thread(struct rules_watch *w)
{
    w->reader = memory_new(&w->o.memory, sizeof *w->reader);
    if (w->reader == NULL || !os_event_init(&w->wake, false))
        return false;
    w->reader->to = (struct rules_target){w, keep_rule, take_rule, is_stopped};
    rules_reader_init(w->reader, w->o.system, &w->o.memory);
    live_names_tell_rules(w->o.names, os_event_handle(&w->wake));
    w->has_thread = os_thread_start(&w->thread, run_watch, w);
    if (w->has_thread)
        return true;
    live_names_tell_rules(w->o.names, 0);
    os_event_destroy(&w->wake);
    return false;
}

static bool is_possible(const struct wfpw_system *system)
{
    const struct system_rules *rules = system->rules;
    return rules != NULL && rules->list != NULL && rules->watch != NULL && rules->unwatch != NULL;
}

bool rules_watch_start(struct rules_watch *w, const struct rules_watch_options *o)
{
    w->o = *o;
    bool started = !is_possible(o->system) || start_thread(w);
    if (!w->has_thread) {
        free_reader(w);
        os_u32_store(&w->tried, 1);
    }
    return started;
}

void rules_watch_end(struct rules_watch *w)
{
    if (!w->has_thread)
        return;
    live_names_tell_rules(w->o.names, 0);
    os_u32_store(&w->stop, 1);
    os_event_set(&w->wake);
    os_thread_join(&w->thread);
    os_event_destroy(&w->wake);
    free_reader(w);
    w->has_thread = false;
}

bool rules_watch_is_self(const struct rules_watch *w)
{
    return os_thread_is_self(&w->thread);
}

bool rules_watch_is_running(const struct rules_watch *w)
{
    return w->has_thread;
}

bool rules_watch_has_tried(const struct rules_watch *w)
{
    return os_u32_load(&w->tried) != 0;
}

bool rules_watch_is_denied(const struct rules_watch *w)
{
    return os_u32_load(&w->denied) != 0;
}
