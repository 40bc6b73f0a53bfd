/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/resolve.h"

#include <stdio.h>

#include "resolve/well_known_sids.h"

/* ---- starting and ending -------------------------------------------------------------------- */

bool resolve_init(struct resolver *p, const wfpw_allocator *memory, wfpw_log_fn log, void *log_ctx)
{
    *p = (struct resolver){.memory = *memory, .log = log, .log_ctx = log_ctx};
    p->is_ready = volumes_init(&p->volumes, &p->memory);
    return p->is_ready;
}

void resolve_free(struct resolver *p)
{
    if (!p->is_ready)
        return;
    accounts_close(p->accounts);
    sockets_close(p->sockets);
    volumes_free(&p->volumes);
}

static void log_text(const struct resolver *p, const char *text)
{
    if (p->log != NULL)
        p->log(p->log_ctx, 2, text);
}

void resolve_start(struct resolver *p, const struct wfpw_system *system, bool accounts)
{
    volumes_use(&p->volumes, system);
    if (!accounts)
        return;
    p->accounts = accounts_open(&p->memory, system, ACCOUNTS_BYTES);
    if (p->accounts != NULL && accounts_start(p->accounts, p->hooks))
        return;
    accounts_close(p->accounts);
    p->accounts = NULL;
    log_text(p, "accounts are not looked up: no memory, no thread, or no function for it");
}

void resolve_start_sockets(struct resolver *p, const struct sockets_options *o)
{
    p->sockets = sockets_open(o);
    if (p->sockets == NULL)
        log_text(p, "processes are not looked up among the sockets: no memory, no thread, or no "
                    "function for it");
}

void resolve_log_sockets(struct resolver *p)
{
    char text[160];
    const char *call;
    uint32_t code;
    if (p->sockets == NULL || !sockets_take_failure(p->sockets, &call, &code))
        return;
    (void)snprintf(text, sizeof text,
                   "processes are not looked up among the sockets: %s gave 0x%x (%u)", call, code,
                   code);
    log_text(p, text);
}

/* ---- looking up ----------------------------------------------------------------------------- */

static bool is_text(const struct value *v)
{
    return value_is(v) && v->type == VALUE_STRING;
}

static enum volume_answer look_for_path(struct resolver *p, const struct record *r,
                                        struct volume_found *out)
{
    if (!is_text(&r->app) || value_is(&r->place))
        return VOLUME_NONE;
    return volumes_find(&p->volumes, record_at(r, r->app.at), r->app.size / 2, out);
}

static size_t look_for_user(struct resolver *p, const struct record *r,
                            char room[ACCOUNTS_NAME_MAX])
{
    if (!value_is(&r->user_sid) || r->user_sid.type != VALUE_SID || value_is(&r->user_name))
        return 0;
    const void *sid = record_at(r, r->user_sid.at);
    size_t n = well_known_sid_name(sid, r->user_sid.size, room);
    if (n == 0 && p->accounts != NULL)
        n = accounts_find(p->accounts, sid, r->user_sid.size, os_ticks_ms(), room);
    return n;
}

/* Whether it ends in that, in any case; n bytes of UTF-16, perhaps with a NUL. */
static bool ends_in(const uint8_t *path, uint32_t n, const char *end)
{
    size_t length = strlen(end), units = n / 2;
    while (units > 0 && text_le16(path + 2 * units - 2) == 0)
        units--;
    if (units < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (text_lower(text_le16(path + 2 * (units - length + i))) != (uint8_t)end[i])
            return false;
    return true;
}

/* Accounts are looked up by the security authority, and names of its servers by a service: their
 * traffic of that time may be for us. */
static bool is_lookup(struct resolver *p, const struct record *r)
{
    static const char *const workers[] = {"\\windows\\system32\\lsass.exe",
                                          "\\windows\\system32\\svchost.exe"};
    bool works = false;
    if (p->accounts == NULL || !is_text(&r->app))
        return false;
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++)
        works = works || ends_in(record_at(r, r->app.at), r->app.size, workers[i]);
    return works && accounts_queried_at(p->accounts, r->time);
}

bool resolve_look(struct resolver *p, const struct record *r, struct resolved *out)
{
    enum volume_answer answer = look_for_path(p, r, &out->path);
    bool is_due = answer != VOLUME_NONE && volumes_are_due(&p->volumes, answer, os_ticks_ms());
    out->has_path = answer == VOLUME_FOUND;
    out->is_lookup = is_lookup(p, r);
    out->name_bytes = (uint32_t)look_for_user(p, r, out->name);
    out->bytes = r->bytes + record_cost(out->has_path ? out->path.bytes : 0);
    out->bytes += record_cost(out->name_bytes);
    out->process = sockets_find(p->sockets, r, os_ticks_ms(), &out->owner);
    if (out->process == SOCKETS_KNOWN)
        out->bytes += record_cost(out->owner.service_bytes);
    os_u32_store(&p->is_due, is_due);
    return !is_due;
}

/* ---- asking --------------------------------------------------------------------------------- */

static void log_volumes(struct resolver *p)
{
    static const char *const calls[VOLUMES_LISTS] = {"mounted volumes", "drives"};
    char text[120];
    const struct volumes *volumes = &p->volumes;
    int failed = 0;
    while (failed < VOLUMES_LISTS && volumes->codes[failed] == 0)
        failed++;
    if (p->reported || (failed == VOLUMES_LISTS && !volumes->out_of_memory && !volumes->is_cut))
        return;
    p->reported = true;
    if (failed < VOLUMES_LISTS) {
        (void)snprintf(text, sizeof text, "paths may stay device paths: listing %s gave 0x%x (%u)",
                       calls[failed], volumes->codes[failed], volumes->codes[failed]);
        log_text(p, text);
    } else {
        log_text(p, volumes->out_of_memory
                        ? "paths stay device paths: out of memory"
                        : "paths may stay device paths: too many mounted volumes");
    }
}

bool resolve_is_due(const struct resolver *p)
{
    return os_u32_load(&p->is_due) != 0;
}

void resolve_step(struct resolver *p)
{
    uint64_t now = os_ticks_ms();
    bool is_due =
        volumes_are_due(&p->volumes, VOLUME_UNKNOWN, now); /* a reader may say so too late */
    if (is_due)
        volumes_read(&p->volumes, now);
    os_u32_store(&p->is_due, 0); /* what the reader missed meanwhile is what was just read */
    if (is_due)
        log_volumes(p);
}

/* ---- writing -------------------------------------------------------------------------------- */

static struct value append_text(struct record *r, const void *text, uint32_t n)
{
    struct value v = {.at = r->bytes, .size = n, .type = VALUE_UTF8};
    memcpy((uint8_t *)r + r->bytes, text, n);
    r->bytes += record_cost(n);
    return v;
}

static void write_process(struct record *r, const struct socket_owner *owner)
{
    r->process_id = owner->pid;
    r->pid_from = WFPW_PID_FROM_SOCKETS;
    r->pid_confidence = owner->confidence;
    r->present |= WFPW_HAS_PROCESS_ID;
    if (owner->service_bytes > 0)
        r->process_service = append_text(r, owner->service, owner->service_bytes);
}

void resolve_write(const struct record *r, const struct resolved *resolved, void *to)
{
    struct record *copy = to;
    memcpy(copy, r, r->bytes);
    copy->flags |= resolved->is_lookup ? WFPW_EVENT_OWN_LOOKUP : 0;
    if (resolved->has_path) {
        copy->place = append_text(copy, resolved->path.place, resolved->path.bytes);
        copy->place_units = resolved->path.units;
    }
    if (resolved->name_bytes > 0)
        copy->user_name = append_text(copy, resolved->name, resolved->name_bytes);
    if (resolved->process == SOCKETS_KNOWN)
        write_process(copy, &resolved->owner);
}
