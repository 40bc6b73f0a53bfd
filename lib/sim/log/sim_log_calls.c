/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The functions of wevtapi.dll, as the documents and other programs' troubles say they behave. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/log/sim_xpath.h"
#include "sim/sim.h"

enum { CUT_UNITS = 4096, LYING_MORE = 1000, TEXT_MOST = 1 << 20 };

/* ---- entering ------------------------------------------------------------------------------- */

static uint32_t enter_call(struct wfpw_sim *sim, enum sim_call call)
{
    uint32_t code = sim_call_enter(sim, call);
    if (code == 0 && !sim->log.is_running)
        return EVENTLOG_E_UNAVAILABLE;
    return code;
}

static struct sim_logreader *reader_of(struct wfpw_sim *sim, const void *handle)
{
    for (int i = 0; i < SIM_LOG_READERS; i++)
        if (handle == &sim->log.readers[i] && sim->log.readers[i].used)
            return &sim->log.readers[i];
    return NULL;
}

static struct sim_loghandle *handle_of(struct wfpw_sim *sim, const void *p,
                                       enum sim_loghandle_kind kind)
{
    struct sim_loghandle *h = sim_log_handle(&sim->log, p);
    if (h != NULL && h->kind == kind)
        return h;
    sim->misuses++;
    return NULL;
}

static struct sim_loghandle *hand_out(struct wfpw_sim *sim, enum sim_loghandle_kind kind)
{
    struct sim_loghandle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->kind = kind;
    h->next = sim->log.handles;
    sim->log.handles = h;
    return h;
}

static char *utf8_of(const uint16_t *text)
{
    size_t n = 0;
    while (text != NULL && text[n] != 0 && n < TEXT_MOST)
        n++;
    char *out = malloc(3 * n + 1);
    if (out != NULL)
        out[text_utf16(out, text, n)] = 0;
    return out;
}

/* ---- subscribing ---------------------------------------------------------------------------- */

/* Where a subscription starts. */
static uint32_t place_reader(struct wfpw_sim *sim, struct sim_logreader *r, const void *bookmark,
                             uint32_t flags)
{
    struct sim_log *l = &sim->log;
    uint64_t oldest = sim_log_oldest(l);
    r->next = l->next_id;
    if ((flags & 3) == EVENTLOG_SUBSCRIBE_OLDEST)
        r->next = oldest;
    if ((flags & 3) != EVENTLOG_SUBSCRIBE_AFTER_BOOKMARK)
        return 0;
    const struct sim_loghandle *b = handle_of(sim, bookmark, LOGHANDLE_BOOKMARK);
    if (b == NULL)
        return EVENTLOG_E_INVALID_HANDLE;
    bool is_there = sim_log_at(l, b->id) != NULL && !l->refuses_strict;
    if ((flags & EVENTLOG_SUBSCRIBE_STRICT) != 0 && !is_there)
        return EVENTLOG_E_NOT_FOUND;
    uint64_t next = b->id + 1 > l->twice ? b->id + 1 - l->twice : 1;
    r->next = next < oldest ? oldest : next > l->next_id ? l->next_id : next;
    return 0;
}

static uint32_t log_subscribe(void *ctx, intptr_t signal, const uint16_t *channel,
                              const uint16_t *query, void *bookmark, uint32_t flags, void **handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_EVT_SUBSCRIBE);
    (void)channel;
    if (code == 0 && sim->log.refuses_modern)
        code = EVENTLOG_E_ACCESS_DENIED;
    char *text = code == 0 ? utf8_of(query) : NULL;
    if (text != NULL)
        code = sim_xpath_check(text);
    struct sim_logreader *r = code == 0 ? sim_log_open_reader(&sim->log) : NULL;
    if (code == 0 && (r == NULL || text == NULL))
        code = EVENTLOG_E_INVALID_PARAMETER;
    if (code == 0)
        code = place_reader(sim, r, bookmark, flags);
    if (code == 0) {
        r->query = text;
        r->signal = signal;
        *handle = r;
        return sim_call_end(sim, 0);
    }
    if (r != NULL)
        r->used = false;
    free(text);
    return sim_call_end(sim, code);
}

static uint32_t log_query(void *ctx, const uint16_t *channel, const uint16_t *query, uint32_t flags,
                          void **handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_EVT_QUERY);
    (void)channel;
    (void)flags;
    if (code == 0 && sim->log.refuses_modern)
        code = EVENTLOG_E_ACCESS_DENIED;
    char *text = code == 0 ? utf8_of(query) : NULL;
    if (text != NULL)
        code = sim_xpath_check(text);
    struct sim_logreader *r = code == 0 && text != NULL ? sim_log_open_reader(&sim->log) : NULL;
    if (r == NULL) {
        free(text);
        return sim_call_end(sim, code != 0 ? code : EVENTLOG_E_INVALID_PARAMETER);
    }
    r->is_query = true;
    r->query = text;
    r->next = sim_log_oldest(&sim->log);
    *handle = r;
    return sim_call_end(sim, 0);
}

/* ---- reading -------------------------------------------------------------------------------- */

static uint32_t reader_code(const struct wfpw_sim *sim, const struct sim_logreader *r)
{
    if (r == NULL || r->life != sim->log.life)
        return EVENTLOG_E_INVALID_HANDLE;
    if (r->is_dead && !r->is_query)
        return EVENTLOG_E_OPERATION;
    return r->is_stale || r->next < sim_log_oldest(&sim->log) ? EVENTLOG_E_STALE : 0;
}

/* The next record that is wanted. */
static struct sim_logrecord *advance_reader(struct sim_log *l, struct sim_logreader *r)
{
    struct sim_logrecord *record;
    while ((record = sim_log_at(l, r->next)) != NULL) {
        r->next++;
        if (sim_log_wants(r, record))
            return record;
    }
    return NULL;
}

static uint32_t give_events(struct wfpw_sim *sim, struct sim_logreader *r, uint32_t wanted,
                            void **events, uint32_t *returned)
{
    struct sim_logrecord *record = NULL;
    for (*returned = 0; *returned < wanted; ++*returned) {
        record = advance_reader(&sim->log, r);
        struct sim_loghandle *h = record != NULL ? hand_out(sim, LOGHANDLE_EVENT) : NULL;
        if (h == NULL)
            break;
        h->reader = r;
        h->record = record;
        record->users++;
        events[*returned] = h;
    }
    if (*returned != 0) {
        r->has_given = true;
        return 0;
    }
    bool first = !r->has_given && !r->is_query;
    r->has_given = false;
    return first ? EVENTLOG_E_OPERATION : EVENTLOG_E_NO_MORE_ITEMS;
}

static uint32_t log_next(void *ctx, void *handle, uint32_t wanted, void **events,
                         uint32_t timeout_ms, uint32_t *returned)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_EVT_NEXT);
    struct sim_logreader *r = reader_of(sim, handle);
    (void)timeout_ms;
    sim->misuses += r == NULL;
    *returned = 0xDEAD; /* of a call that fails it means nothing */
    for (uint32_t i = 0; code == EVENTLOG_E_BOUND && r != NULL && i < wanted; i++)
        (void)advance_reader(&sim->log, r); /* lost to who does not go back */
    if (code == 0)
        code = reader_code(sim, r);
    if (code == 0)
        code = give_events(sim, r, wanted, events, returned);
    return sim_call_end(sim, code);
}

/* ---- rendering ------------------------------------------------------------------------------ */

static uint32_t copy_out(struct sim_log *l, const uint16_t *text, size_t units, uint32_t bytes,
                         void *buffer, uint32_t *used)
{
    uint32_t needed = (uint32_t)(units + 1) * 2;
    bool lies = l->lies != 0;
    l->lies -= lies;
    if (needed > bytes || (lies && l->lies % 2 == 1)) {
        *used = !lies ? needed : l->lies % 4 == 1 ? 0 : bytes / 2;
        return EVENTLOG_E_BUFFER_TOO_SMALL;
    }
    memcpy(buffer, text, needed);
    *used = !lies ? needed : l->lies % 4 == 0 ? 0 : bytes + LYING_MORE;
    return 0;
}

static uint32_t render_event(struct sim_log *l, const struct sim_logrecord *r, uint32_t bytes,
                             void *buffer, uint32_t *used)
{
    size_t units;
    uint16_t *text = sim_log_xml(r, &units);
    if (text == NULL)
        return EVENTLOG_E_INVALID_PARAMETER;
    if (l->cuts != 0) {
        l->cuts--;
        units = units / 2 < CUT_UNITS ? units / 2 : CUT_UNITS;
        text[units] = 0;
    }
    uint32_t code = copy_out(l, text, units, bytes, buffer, used);
    free(text);
    return code;
}

static uint32_t render_bookmark(struct sim_log *l, uint64_t id, uint32_t bytes, void *buffer,
                                uint32_t *used)
{
    char text[160];
    uint16_t wide[160];
    int n = snprintf(text, sizeof text,
                     "<BookmarkList>\r\n  <Bookmark Channel='Security' RecordId='%llu' "
                     "IsCurrent='true'/>\r\n</BookmarkList>",
                     (unsigned long long)id);
    for (int i = 0; i <= n; i++)
        wide[i] = (uint8_t)text[i];
    return copy_out(l, wide, (size_t)n, bytes, buffer, used);
}

static uint32_t log_render(void *ctx, void *event, uint32_t flags, uint32_t bytes, void *buffer,
                           uint32_t *used)
{
    struct wfpw_sim *sim = ctx;
    bool bookmark = flags == EVENTLOG_RENDER_BOOKMARK;
    uint32_t code = sim_call_enter(sim, CALL_EVT_RENDER);
    const struct sim_loghandle *h =
        handle_of(sim, event, bookmark ? LOGHANDLE_BOOKMARK : LOGHANDLE_EVENT);
    *used = 0;
    if (code == 0 && h == NULL)
        code = EVENTLOG_E_INVALID_HANDLE;
    if (code == 0)
        code = bookmark ? render_bookmark(&sim->log, h->id, bytes, buffer, used)
                        : render_event(&sim->log, h->record, bytes, buffer, used);
    return sim_call_end(sim, code);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void take_out(struct sim_log *l, struct sim_loghandle *h)
{
    struct sim_loghandle **link = &l->handles;
    while (*link != h)
        link = &(*link)->next;
    *link = h->next;
    if (h->record != NULL) {
        h->record->users--;
        sim_log_release(h->record);
    }
    free(h);
}

static uint32_t log_close(void *ctx, void *handle)
{
    struct wfpw_sim *sim = ctx;
    (void)sim_call_enter(sim, CALL_EVT_CLOSE);
    struct sim_logreader *r = reader_of(sim, handle);
    struct sim_loghandle *h = r == NULL ? sim_log_handle(&sim->log, handle) : NULL;
    if (r != NULL)
        sim_log_close_reader(&sim->log, r);
    else if (h != NULL)
        take_out(&sim->log, h);
    else
        sim->misuses++;
    return sim_call_end(sim, 0);
}

static uint32_t create_bookmark(void *ctx, const uint16_t *xml, void **bookmark)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_EVT_CREATE_BOOKMARK);
    char *text = utf8_of(xml);
    const char *p = text != NULL ? strstr(text, "RecordId=") : NULL;
    struct sim_loghandle *h = NULL;
    if (code == 0 && (p != NULL || xml == NULL))
        h = hand_out(sim, LOGHANDLE_BOOKMARK);
    if (h != NULL)
        h->id = p != NULL ? strtoull(p + 10, NULL, 10) : 0;
    *bookmark = h;
    free(text);
    if (h == NULL && code == 0)
        code = EVENTLOG_E_INVALID_PARAMETER;
    return sim_call_end(sim, code);
}

static uint32_t update_bookmark(void *ctx, void *bookmark, void *event)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_EVT_UPDATE_BOOKMARK);
    struct sim_loghandle *b = handle_of(sim, bookmark, LOGHANDLE_BOOKMARK);
    const struct sim_loghandle *ev = handle_of(sim, event, LOGHANDLE_EVENT);
    if (code == 0 && b != NULL && ev != NULL)
        b->id = ev->record->id;
    return sim_call_end(sim, code);
}

static uint32_t open_log(void *ctx, const uint16_t *channel, void **log)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_EVT_OPEN_LOG);
    (void)channel;
    if (code == 0 && sim->log.refuses_modern)
        code = EVENTLOG_E_ACCESS_DENIED;
    *log = code == 0 ? hand_out(sim, LOGHANDLE_LOG) : NULL;
    return sim_call_end(sim, code);
}

static uint32_t log_info(void *ctx, void *log, uint32_t property, uint64_t *value)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = enter_call(sim, CALL_EVT_GET_LOG_INFO);
    (void)handle_of(sim, log, LOGHANDLE_LOG);
    *value = property == EVENTLOG_INFO_RECORDS ? sim->log.count : sim_log_oldest(&sim->log);
    return sim_call_end(sim, code);
}

#define MODERN                                                                                     \
    .subscribe = log_subscribe, .query = log_query, .next = log_next, .render = log_render,        \
    .close = log_close, .create_bookmark = create_bookmark, .update_bookmark = update_bookmark,    \
    .open_log = open_log, .log_info = log_info

void sim_log_fill(struct system_eventlog *f)
{
    const struct system_eventlog modern = {MODERN};
    *f = modern;
    sim_log_fill_classic(f);
}
