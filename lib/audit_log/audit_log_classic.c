/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reading the log by number, with the functions that Windows had before there were subscriptions.
 * The signal only wakes: it may get lost, and it is of every record. */
#include "audit_log/audit_log_internal.h"

static const uint16_t log_name[] = {'S', 'e', 'c', 'u', 'r', 'i', 't', 'y', 0};

bool audit_log_classic_is_possible(const struct system_eventlog *f)
{
    return f != NULL && f->classic_open != NULL && f->classic_read != NULL &&
           f->classic_count != NULL && f->classic_oldest != NULL && f->classic_close != NULL;
}

static void *ctx_of(const struct audit_log *a)
{
    return a->system->ctx;
}

/* ---- where to read -------------------------------------------------------------------------- */

static uint32_t look_at_extent(struct audit_log *a, uint32_t *oldest, uint32_t *end,
                               const char **call)
{
    uint32_t count;
    *call = "GetOldestEventLogRecord";
    uint32_t code = a->f->classic_oldest(ctx_of(a), a->classic, oldest);
    if (code != 0)
        return code;
    *call = "GetNumberOfEventLogRecords";
    code = a->f->classic_count(ctx_of(a), a->classic, &count);
    *oldest = count == 0 && *oldest == 0 ? 1 : *oldest;
    *end = *oldest + count;
    return code;
}

/* Where to begin, or to go on. */
static void place_reader(struct audit_log *a, uint32_t oldest, uint32_t end)
{
    bool first = !a->has_last && !a->was_open;
    a->expects = false;
    a->next = oldest;
    if (first) {
        a->next = a->o.past_only || a->o.oldest || a->o.since != 0 ? oldest : end;
        a->last = (struct audit_log_place){.id = a->next - 1};
        a->has_last = true;
    } else if (a->has_last && a->last.id >= end) { /* cleared: numbers start anew */
        audit_log_lose(a, 0);
        audit_log_forget(a);
    } else if (a->has_last && a->last.id + 1 < oldest) {
        audit_log_lose(a, 0);
    } else if (a->has_last) { /* the last one again, if it is there, to see that it is the same */
        a->expects = a->last.time != 0 && a->last.id >= oldest;
        a->next = (uint32_t)a->last.id + !a->expects;
    }
    if (a->from_oldest) {
        a->expects = false;
        a->next = oldest;
    }
}

uint32_t audit_log_classic_open(struct audit_log *a, const char **call)
{
    uint32_t oldest, end;
    *call = "OpenEventLogW";
    uint32_t code = a->f->classic_open(ctx_of(a), log_name, &a->classic);
    if (code != 0) {
        a->classic = NULL;
        return code;
    }
    code = look_at_extent(a, &oldest, &end, call);
    if (code != 0)
        return code;
    if (a->f->classic_notify != NULL && !a->o.past_only) /* without it, it is looked often enough */
        (void)a->f->classic_notify(ctx_of(a), a->classic, os_event_handle(&a->event));
    place_reader(a, oldest, end);
    a->from_oldest = false;
    a->was_open = true;
    return 0;
}

void audit_log_classic_close(struct audit_log *a)
{
    if (a->classic != NULL)
        (void)a->f->classic_close(ctx_of(a), a->classic);
    a->classic = NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

static enum audit_log_step take_record(struct audit_log *a, const uint8_t *p, uint32_t n)
{
    const struct record *r;
    struct audit_classic *x = a->decoder;
    switch (audit_classic_read(x, p, n, &r)) {
    case AUDIT_CLASSIC_RECORD:
        return audit_log_take(a, r);
    case AUDIT_CLASSIC_OTHER:
        if (a->expects && x->number == a->last.id &&
            record_of(&x->audit_record.b)->time == a->last.time)
            a->expects = false;
        audit_log_pass(a, x->number, record_of(&x->audit_record.b)->time);
        return AUDIT_LOG_AGAIN;
    default:
        audit_log_take_unreadable(a, x->number);
        return AUDIT_LOG_AGAIN;
    }
}

static enum audit_log_step take_records(struct audit_log *a, const uint8_t *p, uint32_t n)
{
    enum audit_log_step step = AUDIT_LOG_AGAIN;
    while (n > 0 && step == AUDIT_LOG_AGAIN) {
        uint32_t length = n >= 4 ? text_le32(p) : 0;
        if (length < 4 || length > n) { /* the rest cannot be parted */
            audit_log_take_unreadable(a, 0);
            return AUDIT_LOG_AGAIN;
        }
        uint32_t number = length >= 12 ? text_le32(p + 8) : a->next;
        if (number < a->next) { /* which was asked for, so that another one's number is wrong */
            audit_log_take_unreadable(a, a->next++);
        } else {
            a->next = number + 1;
            step = take_record(a, p, length);
        }
        p += length;
        n -= length;
    }
    return step;
}

static bool grow_buffer(struct audit_log *a, uint32_t needed)
{
    uint32_t most = EVENTLOG_READ_MOST & ~63u;
    if (needed <= a->buffer_bytes || needed > most)
        return false;
    uint16_t *more = memory_new(&a->o.memory, most);
    if (more == NULL)
        return false;
    memory_free(&a->o.memory, a->buffer);
    a->buffer = more;
    a->buffer_bytes = most;
    return true;
}

static enum audit_log_step at_end(struct audit_log *a)
{
    (void)os_u32_exchange(&a->kicked, 0);
    if (!audit_log_tell_gap(a))
        return AUDIT_LOG_DONE;
    return a->o.past_only ? AUDIT_LOG_DONE : AUDIT_LOG_IDLE;
}

/* The number that is next is not there. It may have come since it was asked for, and is asked for
 * once more then. */
static enum audit_log_step look_again(struct audit_log *a, uint32_t code)
{
    const char *call;
    uint32_t oldest, end;
    bool asked_twice = a->asked_again == a->next;
    a->asked_again = 0;
    if ((code == EVENTLOG_E_HANDLE_EOF || code == EVENTLOG_E_INVALID_PARAMETER) && !a->expects &&
        look_at_extent(a, &oldest, &end, &call) == 0) {
        if (a->next == end)
            return at_end(a);
        if (a->next >= oldest && a->next < end && !asked_twice) {
            a->asked_again = a->next;
            return AUDIT_LOG_AGAIN;
        }
    }
    audit_log_say(a, 3, "the log is opened anew", "ReadEventLogW", code);
    return AUDIT_LOG_BROKEN;
}

/* The log may have been cleared, and be as long as it was by now: the time of the last record
 * tells. */
static enum audit_log_step start_over(struct audit_log *a)
{
    audit_log_lose(a, 0);
    audit_log_forget(a);
    a->from_oldest = true;
    return AUDIT_LOG_BROKEN;
}

enum audit_log_step audit_log_classic_step(struct audit_log *a)
{
    uint32_t read = 0, needed = 0, bytes = a->buffer_bytes;
    bytes = bytes < EVENTLOG_READ_MOST ? bytes : (uint32_t)EVENTLOG_READ_MOST;
    uint32_t code =
        a->f->classic_read(ctx_of(a), a->classic, EVENTLOG_READ_SEEK | EVENTLOG_READ_FORWARD,
                           a->next, a->buffer, bytes, &read, &needed);
    if (code == EVENTLOG_E_BUFFER_TOO_SMALL && grow_buffer(a, needed))
        return AUDIT_LOG_AGAIN;
    if (code == EVENTLOG_E_BUFFER_TOO_SMALL) {
        audit_log_take_unreadable(a, a->next++);
        return AUDIT_LOG_AGAIN;
    }
    if (code != 0 || read == 0 || read > bytes)
        return look_again(a, code != 0 ? code : EVENTLOG_E_HANDLE_EOF);
    uint32_t asked = a->next;
    enum audit_log_step step = take_records(a, (const uint8_t *)a->buffer, read);
    if (a->next <= asked) /* it goes on behind what was asked for, whatever a reply says */
        a->next = asked + 1;
    return step == AUDIT_LOG_BROKEN ? start_over(a) : step;
}
