/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session: opening it, its sources, closing it. */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/thread_hooks.h"
#include "session/session_hold.h"
#include "session/session_internal.h"
#include "template/template.h"

enum { RING_DEFAULT = 4 * 1024 * 1024 };

/* ---- opening -------------------------------------------------------------------------------- */

int WFPW_CALL wfpw_open(const wfpw_options *o, wfpw_session **out, wfpw_error *e)
{
    wfpw_options copy;
    if (out == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_open", 0, NULL);
    *out = NULL;
    if (!options_take(&copy, o))
        return error_set(e, WFPW_E_INVAL, "wfpw_open", 0, "an option is wrong");
    bool late = copy.match != NULL && copy.match->has_late;
    if (late && copy.match->asks_verdict && (copy.flags & WFPW_OPEN_NO_VERDICT) != 0)
        return error_set(e, WFPW_E_INVAL, "wfpw_open", 0,
                         "a condition asks for verdicts, which are left out");
    wfpw_allocator memory = memory_of(copy.allocator);
    struct wfpw_session *s = memory_new(&memory, sizeof *s);
    if (s == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_open", 0, NULL);
    s->memory = memory;
    s->o = copy;
    if (copy.hooks != NULL) {
        s->hooks = *copy.hooks;
        s->o.hooks = &s->hooks;
    }
    os_u32_store(&s->holders, 1);
    if ((copy.flags & WFPW_OPEN_ATTEMPTS) != 0 &&
        (s->attempts = memory_new(&memory, sizeof *s->attempts)) == NULL) {
        memory_free(&memory, s);
        return error_set(e, WFPW_E_NOMEM, "wfpw_open", 0, NULL);
    }
    if (!os_mutex_init(&s->change)) {
        memory_free(&memory, s->attempts);
        memory_free(&memory, s);
        return error_set(e, WFPW_E_NOMEM, "wfpw_open", 0, NULL);
    }
    s->late_conditions = late;
    s->given_match = copy.match;
    s->tally.log = copy.log;
    s->tally.log_ctx = copy.log_ctx;
    s->last = &s->sources;
    name_filters_init(&s->name_filters, &s->memory, &s->o);
    name_rules_init(&s->name_rules, &s->memory, &s->o);
    s->o.own_provider = NULL; /* copied there */
    (void)log_zone_parse(s->o.log_zone, &s->zone);
    s->o.log_zone = NULL;
    *out = s;
    return WFPW_OK;
}

bool session_is_stopped(const wfpw_session *s)
{
    return os_u64_load(&s->stopped_at) != 0;
}

/* ---- sources -------------------------------------------------------------------------------- */

/* false: no memory. */
static bool make_room_for_name(wfpw_session *s)
{
    enum { FIRST = 8 };
    uint32_t room = s->file_room != 0 ? 2 * s->file_room : FIRST;
    while (room <= s->file_count)
        room *= 2;
    char **files = memory_new(&s->memory, room * sizeof *files);
    if (files == NULL)
        return false;
    if (s->file_room > 0)
        memcpy(files, s->files, s->file_room * sizeof *files);
    memory_give(&s->memory, s->files);
    s->files = files;
    s->file_room = room;
    return true;
}

/* Events may outlive their source: its name is the session's. Without memory it has none. */
static void take_name(wfpw_session *s, struct source *source)
{
    if (source->file != NULL && (s->file_count < s->file_room || make_room_for_name(s)))
        s->files[s->file_count] = source->file;
    else
        memory_give(&s->memory, source->file);
    source->number = ++s->file_count;
    source->file = NULL;
}

const char *session_file_name(const wfpw_session *s, uint32_t number)
{
    return number != 0 && number <= s->file_room ? s->files[number - 1] : NULL;
}

void session_close_first(wfpw_session *s)
{
    struct source *first = s->sources;
    s->sources = first->following;
    if (s->sources == NULL)
        s->last = &s->sources;
    tally_log_end(&s->tally);
    first->close(first);
}

void session_append(wfpw_session *s, struct source *source)
{
    take_name(s, source);
    os_u64_bump(&s->tally.bytes_total, source->size);
    *s->last = source;
    s->last = &source->following;
}

static struct source_options source_options_of(const wfpw_session *s)
{
    return (struct source_options){
        .memory = s->memory,
        .threads = s->o.threads,
        .hooks = s->o.hooks,
        .verify = (s->o.flags & WFPW_OPEN_VERIFY) != 0,
        .zone = s->zone,
    };
}

static int add_source(wfpw_session *s, const struct source_options *o, const char *path,
                      const void *data, size_t size, wfpw_error *e)
{
    struct source *source;
    int status = source_open_file(o, path, data, size, &source, e);
    if (status == WFPW_OK)
        session_append(s, source);
    return status;
}

int WFPW_CALL wfpw_add_file(wfpw_session *s, const char *path, wfpw_error *e)
{
    if (s == NULL || path == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_add_file", 0, NULL);
    struct source_options o = source_options_of(s);
    return add_source(s, &o, path, NULL, 0, e);
}

int WFPW_CALL wfpw_add_file_part(wfpw_session *s, const char *path, uint32_t part, uint32_t parts,
                                 wfpw_error *e)
{
    enum { PARTS_MOST = 65536 };
    if (s == NULL || path == NULL || part >= parts || parts > PARTS_MOST)
        return error_set(e, WFPW_E_INVAL, "wfpw_add_file_part", 0, NULL);
    struct source_options o = source_options_of(s);
    o.part = part;
    o.parts = parts;
    return add_source(s, &o, path, NULL, 0, e);
}

int WFPW_CALL wfpw_add_memory(wfpw_session *s, const void *data, size_t size, wfpw_error *e)
{
    if (s == NULL || (data == NULL && size != 0))
        return error_set(e, WFPW_E_INVAL, "wfpw_add_memory", 0, NULL);
    struct source_options o = source_options_of(s);
    return add_source(s, &o, NULL, data, size, e);
}

uint32_t session_ring_bytes(const wfpw_session *s)
{
    return s->o.ring_bytes != 0 ? s->o.ring_bytes : RING_DEFAULT;
}

struct ready *session_ready(wfpw_session *s)
{
    if (s->ready != NULL)
        return s->ready;
    s->ready = memory_new(&s->memory, sizeof *s->ready);
    if (s->ready != NULL && !os_signal_init(&s->ready->signal)) {
        memory_free(&s->memory, s->ready);
        s->ready = NULL;
    }
    return s->ready;
}

/* ---- the rest ------------------------------------------------------------------------------- */

void session_watch_deadlines(wfpw_session *s)
{
    if (!s->has_handle)
        return;
    const struct wakeup wakeup = {
        .held = &s->join_held, .ready_is_set = &s->ready->is_set, .ready = &s->ready->signal};
    if (s->service != NULL)
        service_watch_deadline(s->service);
    if (s->service != NULL && s->audit != NULL && s->o.join != WFPW_JOIN_NEVER)
        (void)deadline_start(&s->join_deadline, &wakeup, s->o.hooks);
}

intptr_t WFPW_CALL wfpw_wait_handle(const wfpw_session *session)
{
    wfpw_session *s = (wfpw_session *)session; /* who waits in a loop of its own is noted */
    if (s == NULL || (s->service == NULL && s->audit == NULL))
        return -1;
    s->has_handle = true;
    session_watch_deadlines(s);
    return os_signal_handle(&s->ready->signal);
}

static void stop_service(void *service)
{
    service_stop(service);
}

static void stop_audit(void *audit)
{
    audit_log_stop(audit);
}

void WFPW_CALL wfpw_stop(wfpw_session *s)
{
    if (s == NULL)
        return;
    if (!session_is_stopped(s))
        (void)os_u64_exchange(&s->stopped_at, os_ticks_ms() + 1);
    stopping_stop(&s->stopping_service, stop_service);
    stopping_stop(&s->stopping_audit, stop_audit);
}

const wfpw_allocator *session_hold(wfpw_session *s)
{
    if (os_u32_load(&s->holders) != 1)
        return NULL;
    (void)os_u32_add(&s->holders, 1);
    return &s->memory;
}

bool session_has_verdicts(const wfpw_session *s)
{
    return (s->o.flags & WFPW_OPEN_NO_VERDICT) == 0;
}

/* Perhaps on another thread than the one that looks. */
static void tell_released(uint32_t *released)
{
    if (released != NULL)
        os_u32_store((os_u32 *)(void *)released, 1);
}

/* Of a session that nobody needs any more. */
static void free_session(wfpw_session *s)
{
    stopping_withdraw(&s->stopping_service);
    stopping_withdraw(&s->stopping_audit);
    s->ready_stays |= !service_close(s->service);
    audit_log_close(s->audit);
    deadline_end(&s->join_deadline);
    if (s->ready != NULL && !s->ready_stays) {
        os_signal_destroy(&s->ready->signal);
        memory_free(&s->memory, s->ready);
    }
    while (s->sources != NULL)
        session_close_first(s);
    for (uint32_t i = 0; i < s->file_room; i++)
        memory_give(&s->memory, s->files[i]);
    memory_give(&s->memory, s->files);
    joiner_free(&s->joiner);
    memory_free(&s->memory, s->attempts);
    name_filters_free(&s->name_filters);
    name_rules_free(&s->name_rules);
    template_next_put(&s->next_match, NULL);
    wfpw_template_free(s->own_match);
    os_mutex_destroy(&s->change);
    wfpw_allocator memory = s->memory;
    uint32_t *released = s->released;
    memory_free(&memory, s);
    tell_released(released);
}

static void close_apart(void *session)
{
    static const char role[] = "close";
    wfpw_thread_hooks hooks = ((wfpw_session *)session)->hooks;
    thread_hooks_started(&hooks, role);
    free_session(session);
    thread_hooks_ending(&hooks, role);
}

/* One of its own threads, inside the caller's log function, cannot wait for its own end. */
static bool is_own_thread(const wfpw_session *s)
{
    return service_is_self(s->service) || audit_log_is_self(s->audit);
}

void session_release(wfpw_session *s, uint32_t *released)
{
    if (os_u32_add(&s->holders, (uint32_t)-1) != 1) {
        tell_released(released);
        return;
    }
    s->released = released;
    if (!is_own_thread(s)) {
        free_session(s);
        return;
    }
    wfpw_stop(s);
    (void)os_thread_start_apart(close_apart, s); /* else it stays, stopped */
}

void WFPW_CALL wfpw_close(wfpw_session *s)
{
    if (s != NULL)
        session_release(s, NULL);
}
