/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "placing.h"

#include <stdio.h>

#include "names/sids.h"

/* ---- starting and ending -------------------------------------------------------------------- */

bool placing_init(struct placing *p, const wfpw_allocator *memory, wfpw_log_fn log, void *log_ctx)
{
    *p = (struct placing){.memory = *memory, .log = log, .log_ctx = log_ctx};
    p->is_ready = paths_init(&p->paths, &p->memory);
    return p->is_ready;
}

void placing_free(struct placing *p)
{
    if (!p->is_ready)
        return;
    accounts_close(p->accounts);
    paths_free(&p->paths);
}

static void say(const struct placing *p, const char *text)
{
    if (p->log != NULL)
        p->log(p->log_ctx, 2, text);
}

void placing_start(struct placing *p, const struct wfpw_system *system, bool accounts)
{
    paths_use(&p->paths, system);
    if (!accounts)
        return;
    p->accounts = accounts_open(&p->memory, system, ACCOUNTS_BYTES);
    if (p->accounts != NULL && accounts_start(p->accounts))
        return;
    accounts_close(p->accounts);
    p->accounts = NULL;
    say(p, "accounts are not looked up: no memory, no thread, or no function for it");
}

/* ---- looking up ----------------------------------------------------------------------------- */

static bool is_text(const struct value *v)
{
    return value_is(v) && v->type == VALUE_STRING;
}

static enum path_answer look_for_path(struct placing *p, const struct record *r,
                                      struct path_found *out)
{
    if (!is_text(&r->app) || value_is(&r->place))
        return PATH_NONE;
    return paths_find(&p->paths, record_at(r, r->app.at), r->app.size / 2, out);
}

static size_t look_for_user(struct placing *p, const struct record *r, char room[ACCOUNTS_NAME_MAX])
{
    if (!value_is(&r->user_sid) || r->user_sid.type != VALUE_SID || value_is(&r->user_name))
        return 0;
    const void *sid = record_at(r, r->user_sid.at);
    size_t n = sids_name(sid, r->user_sid.size, room);
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
static bool is_lookup(struct placing *p, const struct record *r)
{
    static const char *const workers[] = {"\\windows\\system32\\lsass.exe",
                                          "\\windows\\system32\\svchost.exe"};
    bool works = false;
    if (p->accounts == NULL || !is_text(&r->app))
        return false;
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++)
        works = works || ends_in(record_at(r, r->app.at), r->app.size, workers[i]);
    return works && accounts_asked_at(p->accounts, r->time);
}

bool placing_look(struct placing *p, const struct record *r, struct placed *out)
{
    enum path_answer answer = look_for_path(p, r, &out->path);
    bool is_due = answer != PATH_NONE && paths_are_due(&p->paths, answer, os_ticks_ms());
    out->has_path = answer == PATH_FOUND;
    out->is_lookup = is_lookup(p, r);
    out->name_bytes = (uint32_t)look_for_user(p, r, out->name);
    out->bytes = r->bytes + record_cost(out->has_path ? out->path.bytes : 0);
    out->bytes += record_cost(out->name_bytes);
    os_u32_store(&p->is_due, is_due);
    return !is_due;
}

/* ---- asking --------------------------------------------------------------------------------- */

static void tell(struct placing *p)
{
    static const char *const calls[PATHS_LISTS] = {"mounted volumes", "drives"};
    char text[120];
    const struct paths *paths = &p->paths;
    int failed = 0;
    while (failed < PATHS_LISTS && paths->codes[failed] == 0)
        failed++;
    if (p->told || (failed == PATHS_LISTS && !paths->out_of_memory && !paths->is_cut))
        return;
    p->told = true;
    if (failed < PATHS_LISTS) {
        (void)snprintf(text, sizeof text, "paths may stay device paths: listing %s gave 0x%x (%u)",
                       calls[failed], paths->codes[failed], paths->codes[failed]);
        say(p, text);
    } else {
        say(p, paths->out_of_memory ? "paths stay device paths: out of memory"
                                    : "paths may stay device paths: too many mounted volumes");
    }
}

bool placing_is_due(const struct placing *p)
{
    return os_u32_load(&p->is_due) != 0;
}

void placing_step(struct placing *p)
{
    uint64_t now = os_ticks_ms();
    bool is_due = paths_are_due(&p->paths, PATH_UNKNOWN, now); /* a reader may say so too late */
    if (is_due)
        paths_read(&p->paths, now);
    os_u32_store(&p->is_due, 0); /* what the reader missed meanwhile is what was just read */
    if (is_due)
        tell(p);
}

/* ---- writing -------------------------------------------------------------------------------- */

static struct value append(struct record *r, const void *text, uint32_t n)
{
    struct value v = {.at = r->bytes, .size = n, .type = VALUE_UTF8};
    memcpy((uint8_t *)r + r->bytes, text, n);
    r->bytes += record_cost(n);
    return v;
}

void placing_write(const struct record *r, const struct placed *placed, void *to)
{
    struct record *copy = to;
    memcpy(copy, r, r->bytes);
    copy->flags |= placed->is_lookup ? WFPW_EVENT_OWN_LOOKUP : 0;
    if (placed->has_path) {
        copy->place = append(copy, placed->path.place, placed->path.bytes);
        copy->place_units = placed->path.units;
    }
    if (placed->name_bytes > 0)
        copy->user_name = append(copy, placed->name, placed->name_bytes);
}
