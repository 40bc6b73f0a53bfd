/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/evtx_made.h"

#include <stdlib.h>
#include <string.h>

struct making {
    struct evtx_writer w;
    struct sample s;
    struct made *m;
    size_t cap;
};

static void must(bool ok)
{
    if (!ok)
        abort();
}

static struct making *begin(void)
{
    struct making *k = calloc(1, sizeof *k);
    must(k != NULL && evtxwriter_begin(&k->w, NULL));
    k->m = calloc(1, sizeof *k->m);
    must(k->m != NULL);
    return k;
}

static char *copy_of(const char *s)
{
    char *copy = malloc(strlen(s) + 1);
    must(copy != NULL);
    memcpy(copy, s, strlen(s) + 1);
    return copy;
}

static void add(struct making *k, const struct sample *s)
{
    struct made *m = k->m;
    if (m->count == k->cap) {
        k->cap = k->cap * 2 + 64;
        m->events = realloc(m->events, k->cap * sizeof *m->events);
        must(m->events != NULL);
    }
    must(evtxwriter_event(&k->w, &s->ev));
    m->events[m->count++] = (struct made_event){
        .text = s->ours ? copy_of(s->text) : NULL,
        .id = s->ev.record_id,
        .at = EVTXW_FILE_HEADER + (uint64_t)k->w.chunks * EVTXW_CHUNK + k->w.record,
        .end = EVTXW_FILE_HEADER + (uint64_t)k->w.chunks * EVTXW_CHUNK + k->w.at,
    };
    m->ours += s->ours;
}

static struct made *end(struct making *k)
{
    struct made *m = k->m;
    must(evtxwriter_end(&k->w));
    m->size = k->w.size;
    m->data = realloc(k->w.data, m->size + MADE_SPARE);
    must(m->data != NULL);
    memset(m->data + m->size, 0, MADE_SPARE);
    free(k);
    return m;
}

struct made *made_random(uint64_t seed, size_t events)
{
    struct making *k = begin();
    for (size_t i = 0; i < events; i++) {
        sample_event(&k->s, &seed, SAMPLE_ID_FIRST + i);
        add(k, &k->s);
    }
    return end(k);
}

struct made *made_plain(size_t events, uint32_t options)
{
    struct making *k = begin();
    for (size_t i = 0; i < events; i++) {
        sample_plain(&k->s, SAMPLE_ID_FIRST + i, "\\device\\harddiskvolume2\\a.exe");
        k->s.ev.options = options;
        add(k, &k->s);
    }
    return end(k);
}

struct made *made_chunks(size_t chunks, size_t records_each)
{
    struct making *k = begin();
    char application[40];
    for (size_t i = 0; i < chunks * records_each; i++) {
        (void)snprintf(application, sizeof application, "application %zu.exe", i);
        sample_plain(&k->s, SAMPLE_ID_FIRST + i, application);
        add(k, &k->s);
        if ((i + 1) % records_each == 0)
            evtxwriter_flush(&k->w);
    }
    return end(k);
}

struct made *made_late(size_t others, size_t events)
{
    struct making *k = begin();
    for (size_t i = 0; i < others + events; i++) {
        sample_plain(&k->s, SAMPLE_ID_FIRST + i, "a.exe");
        if (i < others) {
            k->s.ev.event_id = 4624;
            k->s.ours = false;
        }
        add(k, &k->s);
    }
    return end(k);
}

struct made *made_one(const struct sample *s)
{
    struct making *k = begin();
    add(k, s);
    return end(k);
}

void made_free(struct made *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->events[i].text);
    free(m->events);
    free(m->data);
    free(m);
}

/* ---- comparing ------------------------------------------------------------------------------ */

static size_t first_difference(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] != 0 && a[i] == b[i])
        i++;
    return i;
}

static const char *say(struct made *m, const char *what, const char *got)
{
    (void)snprintf(m->message, sizeof m->message, "%s: \"%.300s\"", what, got);
    return m->message;
}

static const char *differs(struct made *m, const struct made_event *e, const char *got)
{
    size_t at = first_difference(got, e->text), start = at > 60 ? at - 60 : 0;
    (void)snprintf(m->message, sizeof m->message,
                   "record %llu, character %zu: it is \"%.160s\", not \"%.160s\"",
                   (unsigned long long)e->id, at, got + start, e->text + start);
    return m->message;
}

/* The event that a text is about; m->count when there is none of that id. */
static size_t event_of(const struct made *m, const char *text)
{
    const char *id = strstr(text, " record ");
    uint64_t n = id != NULL ? strtoull(id + 8, NULL, 10) : 0;
    size_t i = 0;
    while (i < m->count && m->events[i].id != n)
        i++;
    return i;
}

/* What was read: whole, where it should not be damaged; in order, and nothing twice. */
static const char *check_seen(struct made *m, const struct read_back *r, const uint8_t *fate,
                              uint8_t *seen)
{
    size_t strangers = 0, next = 0;
    for (size_t e = 0; e < r->event_count; e++) {
        size_t i = event_of(m, r->events[e]);
        bool stranger = i == m->count || (i < next && m->events[i].text != NULL &&
                                          strcmp(m->events[i].text, r->events[e]) != 0);
        strangers += stranger; /* its number is garbled */
        if (stranger)
            continue;
        if (i < next)
            return say(m, "twice, or out of order", r->events[e]);
        if (m->events[i].text == NULL || (fate != NULL && fate[i] == FATE_LOST))
            return say(m, "this should not be there", r->events[e]);
        bool any = fate != NULL && fate[i] == FATE_ANY;
        if (!any && strcmp(m->events[i].text, r->events[e]) != 0)
            return differs(m, &m->events[i], r->events[e]);
        seen[i] = 1;
        next = i + 1;
    }
    for (size_t i = 0; fate != NULL && i < m->count; i++)
        strangers -= strangers > 0 && fate[i] == FATE_ANY && seen[i] == 0;
    return strangers > 0 ? say(m, "events that were never written", r->events[0]) : NULL;
}

const char *made_differs(struct made *m, const struct read_back *r, const uint8_t *fate)
{
    uint8_t *seen = calloc(m->count + 1, 1);
    must(seen != NULL);
    const char *wrong = check_seen(m, r, fate, seen);
    for (size_t i = 0; i < m->count && wrong == NULL; i++)
        if (seen[i] == 0 && m->events[i].text != NULL && (fate == NULL || fate[i] == FATE_READ))
            wrong = say(m, "this is missing", m->events[i].text);
    free(seen);
    return wrong;
}

struct read_back *made_read(const struct made *m, uint32_t flags)
{
    uint8_t *copy = malloc(m->size + (m->size == 0)); /* of the exact size */
    must(copy != NULL);
    memcpy(copy, m->data, m->size);
    struct read_back *r = read_back(NULL, copy, m->size, flags);
    free(copy);
    return r;
}
