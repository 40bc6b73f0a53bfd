/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reading the log by subscription, and its past by a query. */
#include <string.h>

#include "audit_log/audit_log_internal.h"
#include "audit_log/bookmark.h"

enum {
    RENDER_TRIES = 8,
    DOUBTS_MOST = 10,
    BOUND_TRIES = 2, /* for one record */
    BOUND_MOST = 16, /* records one by one that cannot be had, in a row */
    NEXT_WAIT_MS = 0 /* it gives what there is; waiting is the signal's matter */
};

static const uint16_t channel[] = {'S', 'e', 'c', 'u', 'r', 'i', 't', 'y', 0};

bool audit_log_subscription_is_possible(const struct system_eventlog *f)
{
    return f != NULL && f->subscribe != NULL && f->query != NULL && f->next != NULL &&
           f->render != NULL && f->close != NULL && f->create_bookmark != NULL;
}

static void *ctx_of(const struct audit_log *a)
{
    return a->system->ctx;
}

/* ---- what the log holds --------------------------------------------------------------------- */

struct extent {
    uint64_t oldest, end; /* end: the number that the next record has */
};

/* false: it cannot be known. */
static bool look_at_extent(struct audit_log *a, struct extent *x)
{
    void *log;
    uint64_t count = 0;
    if (a->f->open_log == NULL || a->f->log_info == NULL ||
        a->f->open_log(ctx_of(a), channel, &log) != 0)
        return false;
    bool known = a->f->log_info(ctx_of(a), log, EVENTLOG_INFO_OLDEST, &x->oldest) == 0 &&
                 a->f->log_info(ctx_of(a), log, EVENTLOG_INFO_RECORDS, &count) == 0;
    (void)a->f->close(ctx_of(a), log);
    x->end = x->oldest + count;
    return known;
}

/* ---- subscribing ---------------------------------------------------------------------------- */

static void write_query(struct audit_log *a, uint64_t after)
{
    const struct template_query q = {.match = a->o.match,
                                     .since = a->o.since,
                                     .until = a->o.past_only ? a->o.until : 0,
                                     .after = after};
    template_query_write(&q, a->query);
}

static uint32_t subscribe_log(struct audit_log *a, void *bookmark, uint32_t flags,
                              const char **call)
{
    *call = "EvtSubscribe";
    write_query(a, 0);
    uint32_t code = a->f->subscribe(ctx_of(a), os_event_handle(&a->event), channel, a->query,
                                    bookmark, flags, &a->reader);
    if (code != 0)
        a->reader = NULL;
    return code;
}

/* Behind the record with this number; behind none is from the first one. */
static uint32_t subscribe_after(struct audit_log *a, uint64_t id, uint32_t flags, const char **call)
{
    char text[BOOKMARK_MAX];
    uint16_t wide[BOOKMARK_MAX + 1] = {0};
    void *bookmark;
    if (id == 0)
        return subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_OLDEST, call);
    size_t n = bookmark_write(text, id);
    for (size_t i = 0; i < n; i++)
        wide[i] = (uint8_t)text[i];
    *call = "EvtCreateBookmark";
    uint32_t code = a->f->create_bookmark(ctx_of(a), wide, &bookmark);
    if (code != 0)
        return code;
    code = subscribe_log(a, bookmark, EVENTLOG_SUBSCRIBE_AFTER_BOOKMARK | flags, call);
    (void)a->f->close(ctx_of(a), bookmark);
    return code;
}

static bool is_gone(uint32_t code)
{
    return code == EVENTLOG_E_NOT_FOUND || code == EVENTLOG_E_STALE || code == EVENTLOG_E_POSITION;
}

/* Whatever the bookmarks say: from the oldest record, of which those that were read are known. */
static uint32_t subscribe_oldest(struct audit_log *a, const char **call)
{
    uint32_t code = subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_OLDEST, call);
    a->expects = false;
    if (!is_gone(code))
        return code;
    audit_log_lose(a, 0);
    return subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_FUTURE, call);
}

/* The record that reading stands at is not found. The log was cleared, it has wrapped past it, or
 * it is there all the same: some systems refuse a strict bookmark for no reason. */
static uint32_t subscribe_near(struct audit_log *a, const char **call)
{
    struct extent x;
    bool known = look_at_extent(a, &x);
    if (known && x.end <= a->last.id) {
        audit_log_lose(a, 0);
        audit_log_forget(a);
        return subscribe_oldest(a, call);
    }
    bool is_there = known && x.oldest <= a->last.id + 1;
    bool proves = is_there && a->last.time != 0 && x.oldest <= a->last.id;
    if (!is_there)
        audit_log_lose(a, 0);
    uint32_t code = subscribe_after(a, proves ? a->last.id - 1 : a->last.id, 0, call);
    a->expects = code == 0 && proves;
    if (!is_gone(code))
        return code;
    a->by_number = a->newest_time == 0;
    return subscribe_oldest(a, call);
}

/* Behind the record before the last one: that the last one comes again shows that this is the log
 * whose numbers we know. Where only one has been read, and it may be the first, without Strict. */
static uint32_t subscribe_again(struct audit_log *a, const char **call)
{
    struct extent x;
    if (a->last.id == 0 && (a->is_stale || !look_at_extent(a, &x) || x.oldest > 1))
        audit_log_lose(a, 0); /* the first ones are gone, and no bookmark tells */
    if (a->last.id == 0)
        return subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_OLDEST, call);
    bool proves = a->last.time != 0 && !a->is_same_log;
    uint64_t id = !proves ? a->last.id : a->before.id != 0 ? a->before.id : a->last.id - 1;
    bool strict = !proves || a->before.id != 0;
    uint32_t code = subscribe_after(a, id, strict ? EVENTLOG_SUBSCRIBE_STRICT : 0, call);
    a->expects = code == 0 && proves;
    if (code == 0 && a->is_stale && !proves)
        audit_log_lose(a, 0);
    return is_gone(code) ? subscribe_near(a, call) : code;
}

static void begin_behind(struct audit_log *a, uint64_t id)
{
    a->last = (struct audit_log_place){.id = id};
    a->has_last = true;
}

/* From now on: behind the newest record, so that there is a place to come back to. */
static uint32_t subscribe_first(struct audit_log *a, const char **call)
{
    struct extent x;
    bool known = look_at_extent(a, &x);
    if (a->o.oldest || a->o.since != 0) {
        uint32_t code = subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_OLDEST, call);
        if (code != 0 || a->was_open || !known)
            return code;
        begin_behind(a, x.oldest - 1); /* not moved by a wrap before the first record is read */
        return 0;
    }
    a->o.oldest = known && x.end <= 1 && !a->was_open; /* it is empty: all that comes is new */
    if (!known && a->was_open)
        audit_log_lose(a, 0);
    if (!known || x.end <= 1)
        return subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_FUTURE, call);
    uint32_t code = subscribe_after(a, x.end - 1, 0, call);
    if (code != 0)
        return subscribe_log(a, NULL, EVENTLOG_SUBSCRIBE_FUTURE, call);
    begin_behind(a, x.end - 1);
    return 0;
}

static uint32_t query_past(struct audit_log *a, const char **call)
{
    *call = "EvtQuery";
    write_query(a, a->has_last ? a->last.id : 0);
    uint32_t code = a->f->query(ctx_of(a), channel, a->query,
                                EVENTLOG_QUERY_CHANNEL | EVENTLOG_QUERY_FORWARD, &a->reader);
    if (code != 0)
        a->reader = NULL;
    return code;
}

uint32_t audit_log_subscription_open(struct audit_log *a, const char **call)
{
    uint32_t code;
    a->expects = false;
    a->empties = 0;
    if (a->o.past_only)
        code = query_past(a, call);
    else if (a->from_oldest)
        code = subscribe_oldest(a, call);
    else if (a->has_last)
        code = subscribe_again(a, call);
    else
        code = subscribe_first(a, call);
    if (code != 0)
        return code;
    a->from_oldest = a->is_same_log = a->is_stale = false;
    a->was_open = true;
    (void)audit_log_subscription_is_doubtful(a);
    return 0;
}

void audit_log_subscription_close(struct audit_log *a)
{
    if (a->reader != NULL)
        (void)a->f->close(ctx_of(a), a->reader);
    a->reader = NULL;
}

/* Whether it has grown since it was last quiet: then some of that may have been for us. */
bool audit_log_subscription_is_doubtful(struct audit_log *a)
{
    struct extent x;
    uint64_t before = a->log_end;
    if (!look_at_extent(a, &x))
        return true;
    a->log_end = x.end;
    return before != x.end;
}

/* ---- rendering ------------------------------------------------------------------------------ */

static bool grow_buffer(struct audit_log *a, uint32_t wanted)
{
    uint32_t bytes =
        wanted > a->buffer_bytes && wanted <= AUDIT_LOG_BUFFER_MOST ? wanted : a->buffer_bytes * 2;
    if (bytes > AUDIT_LOG_BUFFER_MOST)
        return false;
    bytes = (bytes + 63) & ~63u;
    uint16_t *more = memory_new(&a->o.memory, bytes);
    if (more == NULL)
        return false;
    memory_free(&a->o.memory, a->buffer);
    a->buffer = more;
    a->buffer_bytes = bytes;
    return true;
}

/* The text is what stands before the first NUL: what the call says of its size is not always true,
 * but when the room was too small. */
static size_t units_of(const struct audit_log *a)
{
    const uint64_t ones = 0x0001000100010001u;
    size_t n = 0, most = a->buffer_bytes / 2;
    for (uint64_t four; most - n >= 4; n += 4) {
        memcpy(&four, a->buffer + n, sizeof four);
        if (((four - ones) & ~four & ones << 15) != 0)
            break;
    }
    while (n < most && a->buffer[n] != 0)
        n++;
    return n;
}

static uint32_t render_event(struct audit_log *a, void *event, uint32_t flags, size_t *units)
{
    uint32_t code = 0;
    for (int i = 0; i < RENDER_TRIES; i++) {
        uint32_t used = 0;
        a->buffer[0] = 0;
        code = a->f->render(ctx_of(a), event, flags, a->buffer_bytes, a->buffer, &used);
        *units = code == 0 ? units_of(a) : 0;
        if (code != EVENTLOG_E_BUFFER_TOO_SMALL || !grow_buffer(a, used))
            break;
    }
    return code;
}

/* The number of a record that is not readable, by way of a bookmark. 0: not even that. */
static uint64_t number_of(struct audit_log *a, void *event)
{
    void *bookmark;
    char text[BOOKMARK_MAX * 2];
    size_t units, n = 0;
    uint64_t id = 0;
    if (a->f->update_bookmark == NULL || a->f->create_bookmark(ctx_of(a), NULL, &bookmark) != 0)
        return 0;
    if (a->f->update_bookmark(ctx_of(a), bookmark, event) == 0 &&
        render_event(a, bookmark, EVENTLOG_RENDER_BOOKMARK, &units) == 0) {
        for (; n < units && n < sizeof text; n++)
            text[n] = a->buffer[n] < 0x80 ? (char)a->buffer[n] : '?';
        (void)bookmark_read(text, n, &id);
    }
    (void)a->f->close(ctx_of(a), bookmark);
    return id;
}

/* Once more with more room, when what came is cut. */
static enum audit_render_found read_event(struct audit_log *a, void *event, const struct record **r)
{
    enum audit_render_found found = AUDIT_RENDER_BROKEN;
    size_t units;
    for (int i = 0; i < 2 && found == AUDIT_RENDER_BROKEN; i++) {
        if (i > 0 && a->buffer_bytes <= AUDIT_LOG_BUFFER)
            (void)grow_buffer(a, 0);
        if (render_event(a, event, EVENTLOG_RENDER_XML, &units) == 0)
            found = audit_render_read(a->render, a->buffer, units, r);
    }
    return found;
}

static enum audit_log_step take_event(struct audit_log *a, void *event)
{
    const struct record *r;
    uint64_t id;
    switch (read_event(a, event, &r)) {
    case AUDIT_RENDER_RECORD:
        return audit_log_take(a, r);
    case AUDIT_RENDER_OTHER:
        id = a->render->audit_record.number[SLOT_RECORD_ID];
        audit_log_pass(a, id, record_of(&a->render->audit_record.b)->time);
        return AUDIT_LOG_AGAIN;
    default:
        audit_log_take_unreadable(a, number_of(a, event));
        return AUDIT_LOG_AGAIN;
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Each event is closed at once; of what is left when reading ends, too. */
static enum audit_log_step take_events(struct audit_log *a, void **events, uint32_t n)
{
    enum audit_log_step step = AUDIT_LOG_AGAIN;
    for (uint32_t i = 0; i < n; i++) {
        if (step == AUDIT_LOG_AGAIN)
            step = take_event(a, events[i]);
        (void)a->f->close(ctx_of(a), events[i]);
    }
    return step;
}

/* Not the log that we knew: its records are those of another life, or the one that came last is
 * gone. What it has now comes from its beginning, except what was read. */
static enum audit_log_step start_over(struct audit_log *a)
{
    audit_log_lose(a, 0);
    a->expects = false;
    a->from_oldest = true;
    return AUDIT_LOG_BROKEN;
}

static enum audit_log_step at_end(struct audit_log *a, uint32_t code)
{
    if (a->expects && code == EVENTLOG_E_OPERATION && ++a->doubts < DOUBTS_MOST)
        return AUDIT_LOG_BROKEN; /* that says nothing of what there is */
    if (a->expects)
        return start_over(a);
    if (a->o.past_only) {
        (void)audit_log_tell_gap(a);
        return AUDIT_LOG_DONE;
    }
    bool kicked = os_u32_exchange(&a->kicked, 0) != 0;
    if (code == EVENTLOG_E_OPERATION && !kicked && ++a->empties >= AUDIT_LOG_EMPTIES)
        return AUDIT_LOG_BROKEN;
    return audit_log_tell_gap(a) ? AUDIT_LOG_IDLE : AUDIT_LOG_DONE;
}

/* The records were more than a reply holds, and are passed over by now: fewer of them again, from
 * where we stand. One that is alone too much is lost. */
static enum audit_log_step at_bound(struct audit_log *a)
{
    if (a->batch > 1) {
        a->batch /= 2;
        return AUDIT_LOG_BROKEN;
    }
    if (++a->bound_errors <= BOUND_TRIES)
        return AUDIT_LOG_BROKEN;
    if (a->bound_errors > BOUND_MOST)
        return AUDIT_LOG_BROKEN; /* nobody knows any more whether they are others */
    audit_log_take_unreadable(a, 0);
    return a->bound_errors < BOUND_MOST ? AUDIT_LOG_AGAIN : AUDIT_LOG_BROKEN;
}

enum audit_log_step audit_log_subscription_step(struct audit_log *a)
{
    void *events[AUDIT_LOG_BATCH];
    uint32_t n = 0;
    uint32_t code = a->f->next(ctx_of(a), a->reader, a->batch, events, NEXT_WAIT_MS, &n);
    if (code == 0 && n > 0 && n <= a->batch) {
        a->empties = a->bound_errors = a->doubts = 0;
        enum audit_log_step step = take_events(a, events, n);
        if (step == AUDIT_LOG_AGAIN && a->batch < AUDIT_LOG_BATCH)
            a->batch++;
        return step == AUDIT_LOG_BROKEN ? start_over(a) : step;
    }
    if (code == 0 || code == EVENTLOG_E_NO_MORE_ITEMS || code == EVENTLOG_E_OPERATION ||
        code == EVENTLOG_E_TIMEOUT)
        return at_end(a, code);
    (void)os_u32_exchange(&a->kicked, 0);
    if (code == EVENTLOG_E_BOUND)
        return at_bound(a);
    a->is_stale = is_gone(code);
    if (a->is_stale && (a->o.past_only || !a->has_last))
        audit_log_lose(a, 0);
    audit_log_say(a, is_gone(code) ? 2 : 3, "the log is subscribed to anew", "EvtNext", code);
    return AUDIT_LOG_BROKEN;
}
