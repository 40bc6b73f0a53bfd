/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "explain/explanation.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/batch.h"
#include "session/session_hold.h"

enum { EVENT_BYTES = 320 * 1024 /* any event fits */, READ_AT_ONCE = 256 };

/* ---- making one ----------------------------------------------------------------------------- */

static bool copy_app(wfpw_explanation *x)
{
    size_t n = x->q.app != NULL ? strlen(x->q.app) + 1 : 0;
    if (n == 0)
        return true;
    x->app = memory_new(&x->memory, n);
    if (x->app != NULL)
        memcpy(x->app, x->q.app, n);
    x->q.app = x->app;
    return x->app != NULL;
}

int WFPW_CALL wfpw_explanation_new(const wfpw_allocator *allocator, const wfpw_question *q,
                                   wfpw_explanation **out, wfpw_error *e)
{
    wfpw_question copy;
    if (out != NULL)
        *out = NULL;
    if (out == NULL || !question_take(&copy, q) ||
        (allocator != NULL && (allocator->alloc == NULL || allocator->free == NULL)))
        return error_set(e, WFPW_E_INVAL, "wfpw_explanation_new", 0, NULL);
    wfpw_allocator memory = memory_of(allocator);
    wfpw_explanation *x = memory_new(&memory, sizeof *x);
    if (x != NULL) {
        x->memory = memory;
        x->q = copy;
        question_window(&x->q, &x->by.since, &x->by.until);
    }
    if (x == NULL || !copy_app(x)) {
        memory_free(&memory, x);
        return error_set(e, WFPW_E_NOMEM, "wfpw_explanation_new", 0, NULL);
    }
    *out = x;
    return WFPW_OK;
}

void WFPW_CALL wfpw_explanation_free(wfpw_explanation *x)
{
    if (x == NULL)
        return;
    wfpw_allocator memory = x->memory;
    for (uint32_t i = 0; i < x->used; i++)
        memory_free(&memory, x->rows[i].batch);
    memory_free(&memory, x->next);
    memory_free(&memory, x->app);
    memory_free(&memory, x);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static const wfpw_event *event_of(const struct explanation_row *row)
{
    return wfpw_batch_get(row->batch, 0);
}

static bool is_better(const struct explanation_row *a, const struct explanation_row *b)
{
    return question_is_better(&a->match, event_of(a)->time, &b->match, event_of(b)->time);
}

/* Moves a row up to where it belongs. */
static void sort_up(wfpw_explanation *x, uint32_t i)
{
    for (; i > 0 && is_better(&x->rows[i], &x->rows[i - 1]); i--) {
        struct explanation_row row = x->rows[i];
        x->rows[i] = x->rows[i - 1];
        x->rows[i - 1] = row;
    }
}

static void swap_batch(wfpw_explanation *x, struct explanation_row *row)
{
    wfpw_batch *batch = row->batch;
    row->batch = x->next;
    x->next = batch;
}

/* The row of the same cause; EXPLANATION_ROWS: there is none. */
static uint32_t find_row(const wfpw_explanation *x, const wfpw_event *ev)
{
    for (uint32_t i = 0; i < x->used; i++)
        if (question_same_cause(event_of(&x->rows[i]), ev))
            return i;
    return EXPLANATION_ROWS;
}

/* One more of a row, which shows the better of the two. */
static void count_in_row(wfpw_explanation *x, uint32_t i, const struct question_match *m,
                         const wfpw_event *ev)
{
    struct explanation_row *row = &x->rows[i];
    const uint64_t time = ev->time;
    row->count++;
    row->first = time < row->first ? time : row->first;
    row->last = time > row->last ? time : row->last;
    if (!question_is_better(m, time, &row->match, event_of(row)->time))
        return;
    row->match = *m;
    swap_batch(x, row);
    sort_up(x, i);
}

/* A row of its own, if there are not enough better ones. */
static void add_row(wfpw_explanation *x, const struct question_match *m, const wfpw_event *ev)
{
    uint32_t last = x->used < EXPLANATION_ROWS ? x->used : EXPLANATION_ROWS - 1;
    struct explanation_row *row = &x->rows[last];
    if (x->used == EXPLANATION_ROWS) {
        bool better = question_is_better(m, ev->time, &row->match, event_of(row)->time);
        x->by.omitted += better ? row->count : 1;
        if (!better)
            return;
    } else {
        *row = (struct explanation_row){.batch = NULL};
        x->used++;
    }
    row->match = *m;
    row->count = 1;
    row->first = row->last = ev->time;
    swap_batch(x, row);
    sort_up(x, last);
}

/* ---- what was read -------------------------------------------------------------------------- */

static void note_range(uint64_t *from, uint64_t *to, uint64_t time)
{
    *from = *from == 0 || time < *from ? time : *from;
    *to = time > *to ? time : *to;
}

static void count_event(wfpw_explanation *x, const wfpw_event *ev)
{
    wfpw_explained_by *by = &x->by;
    by->events++;
    if (ev->kind == WFPW_KIND_AUDIT) {
        by->records++;
        note_range(&by->records_from, &by->records_to, ev->time);
    } else if (ev->kind <= WFPW_KIND_LPM_PACKET_ARRIVAL || ev->kind == WFPW_KIND_NET_EVENT ||
               ev->source == WFPW_SOURCE_PFIREWALL) {
        by->net_events++;
        note_range(&by->net_events_from, &by->net_events_to, ev->time);
    }
    if ((ev->flags & WFPW_EVENT_LOCAL_TIME) != 0 && x->q.time != 0)
        by->unseen |= WFPW_UNSEEN_LOCAL_TIME;
}

static void count_outside(wfpw_explanation *x, const struct question_match *m, const wfpw_event *ev)
{
    wfpw_explained_by *by = &x->by;
    uint64_t asked = x->q.time;
    uint64_t nearest =
        by->outside_time > asked ? by->outside_time - asked : asked - by->outside_time;
    by->outside++;
    if (by->outside_time == 0 || m->distance < nearest)
        by->outside_time = ev->time;
}

static void take_match(wfpw_explanation *x, const struct question_match *m, const wfpw_event *ev)
{
    bool is_weak = m->strength == WFPW_STRENGTH_WEAK;
    if (m->class == QUESTION_ALLOWED) {
        x->by.allowed += m->in_time && !is_weak;
        return;
    }
    if (!m->in_time) {
        if (!is_weak)
            count_outside(x, m, ev);
        return;
    }
    x->by.matched++;
    uint32_t i = find_row(x, ev);
    if (i < EXPLANATION_ROWS)
        count_in_row(x, i, m, ev);
    else
        add_row(x, m, ev);
}

static void take_event(wfpw_explanation *x, const wfpw_event *ev)
{
    struct question_match m;
    if (ev->kind == WFPW_KIND_GAP) {
        x->by.gaps++;
        x->by.lost += ev->lost;
        x->by.unseen |= WFPW_UNSEEN_LOST;
        return;
    }
    count_event(x, ev);
    question_compare(&x->q, ev, &m);
    x->by.refused += m.class <= QUESTION_DROP;
    if (m.fits)
        take_match(x, &m, ev);
}

/* Of those that are read into, there is always one more than rows. false: no memory. */
static bool make_room(wfpw_explanation *x)
{
    if (x->next != NULL)
        return true;
    x->next = memory_new(&x->memory, batch_size(1, EVENT_BYTES));
    if (x->next != NULL)
        batch_init(x->next, 1, EVENT_BYTES);
    return x->next != NULL;
}

/* What is missing of a session that was read. */
static void note_losses(wfpw_explanation *x, const wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(s, &st);
    x->by.unseen |= st.skipped + st.undecoded != 0 ? WFPW_UNSEEN_SKIPPED : 0;
    x->by.unseen |= st.dropped != 0 ? WFPW_UNSEEN_LOST : 0;
}

int WFPW_CALL wfpw_explanation_read(wfpw_explanation *x, wfpw_session *s, int32_t timeout_ms,
                                    wfpw_error *e)
{
    int count = 0, n = 1;
    if (x == NULL || s == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_explanation_read", 0, NULL);
    if (!session_has_verdicts(s)) /* everything would look as if nothing was refused */
        return error_set(e, WFPW_E_INVAL, "wfpw_explanation_read", 0,
                         "the session has no verdicts");
    while (count < READ_AT_ONCE && n > 0) {
        if (!make_room(x)) {
            n = error_set(e, WFPW_E_NOMEM, "wfpw_explanation_read", 0, NULL);
            break;
        }
        n = wfpw_read(s, x->next, count == 0 ? timeout_ms : 0, e);
        if (n > 0)
            take_event(x, wfpw_batch_get(x->next, 0));
        count += n > 0;
    }
    if (n <= 0)
        note_losses(x, s);
    return n < 0 ? n : count;
}

/* ---- what it comes to ----------------------------------------------------------------------- */

int WFPW_CALL wfpw_explanation_get(const wfpw_explanation *x, uint32_t i, wfpw_explained *out)
{
    if (x == NULL || out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    if (i >= x->used)
        return 0;
    const struct explanation_row *kept = &x->rows[i];
    wfpw_view view;
    wfpw_batch_view(kept->batch, &view);
    const struct question_row row = {kept->count, kept->first, kept->last, view.events,
                                     (uint32_t)view.bytes};
    return question_write(&kept->match, &row, out);
}

/* Whether events of these times tell of all that was asked for. */
static bool covers_time(const wfpw_explained_by *by, uint64_t asked)
{
    bool net =
        by->net_events_from != 0 && by->net_events_from <= by->since && by->net_events_to >= asked;
    bool log = by->records_from != 0 && by->records_from <= by->since && by->records_to >= asked;
    return net || log;
}

/* Of sessions: what their events are says what may be missing. */
static uint32_t unseen_of_sessions(const wfpw_explanation *x)
{
    const wfpw_explained_by *by = &x->by;
    uint32_t unseen = by->events == 0 ? (uint32_t)WFPW_UNSEEN_NO_EVENTS : 0;
    if (by->events != 0 && x->q.time != 0 && !covers_time(by, x->q.time))
        unseen |= WFPW_UNSEEN_FILE_REACH;
    if (by->net_events == 0 && by->refused == 0 && by->records != 0)
        unseen |= WFPW_UNSEEN_AUDIT_UNKNOWN;
    return unseen;
}

/* What the log lacks is nothing to miss where the engine kept all of the time. */
static bool is_covered(const wfpw_explanation *x, uint32_t unseen)
{
    const uint32_t log = WFPW_UNSEEN_LOG | WFPW_UNSEEN_AUDIT_OFF | WFPW_UNSEEN_AUDIT_UNKNOWN;
    return (unseen & ~(x->is_of_host ? log : 0)) == 0;
}

static uint32_t conclusion_of(const wfpw_explanation *x, uint32_t unseen)
{
    const struct question_match *best = x->used > 0 ? &x->rows[0].match : NULL;
    if (best == NULL)
        return is_covered(x, unseen) ? WFPW_CONCLUSION_NOTHING : WFPW_CONCLUSION_NOT_COVERED;
    if (best->strength == WFPW_STRENGTH_WEAK)
        return WFPW_CONCLUSION_WEAK;
    return best->class == QUESTION_DROP ? WFPW_CONCLUSION_DROPPED : WFPW_CONCLUSION_BLOCKED;
}

int WFPW_CALL wfpw_explanation_conclude(const wfpw_explanation *x, wfpw_explained_by *out)
{
    if (x == NULL || out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    wfpw_explained_by by = x->by;
    uint32_t n = out->size < sizeof by ? out->size : (uint32_t)sizeof by;
    by.size = n;
    by.rows = x->used;
    by.unseen |= x->is_of_host ? 0 : unseen_of_sessions(x);
    by.conclusion = conclusion_of(x, by.unseen);
    memcpy(out, &by, n);
    return (int)by.conclusion;
}
