/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/explanation_groups.h"

#include <stdlib.h>
#include <string.h>

#include "view/explanation.h"

/* FNV-1a. */
static uint64_t hash_of(const char *p, size_t n)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)p[i]) * UINT64_C(0x100000001B3);
    return h;
}

static struct explanation_group *find_group(struct explanation_groups *s, uint64_t hash,
                                            const wfpw_event *ev)
{
    for (uint32_t i = s->buckets[hash % EXPLANATION_GROUPS_BUCKETS]; i != 0;
         i = s->entries[i - 1].next) {
        struct explanation_group *e = &s->entries[i - 1];
        if (e->hash == hash && e->verdict == ev->verdict && e->reason == ev->reason &&
            e->size == s->body.n && memcmp(s->text.p + e->body, s->body.p, e->size) == 0)
            return e;
    }
    return NULL;
}

static void add_new(struct explanation_groups *s, uint64_t hash, const wfpw_event *ev)
{
    uint32_t *bucket = &s->buckets[hash % EXPLANATION_GROUPS_BUCKETS];
    s->entries[s->used] = (struct explanation_group){.body = s->text.n,
                                                     .size = s->body.n,
                                                     .hash = hash,
                                                     .count = 1,
                                                     .records = 1,
                                                     .first = ev->time,
                                                     .last = ev->time,
                                                     .verdict = ev->verdict,
                                                     .reason = ev->reason,
                                                     .next = *bucket};
    buffer_put(&s->text, s->body.p, s->body.n);
    *bucket = ++s->used;
}

void explanation_groups_add(struct explanation_groups *s, const wfpw_event *ev, bool again,
                            struct buffer *out)
{
    if (s->entries == NULL)
        s->entries = malloc(EXPLANATION_GROUPS_MOST * sizeof *s->entries);
    s->no_memory |= s->entries == NULL;
    if (s->entries == NULL)
        return;
    buffer_clear(&s->body);
    explanation_body(&s->body, ev, s->width);
    uint64_t hash = hash_of(s->body.p, s->body.n);
    struct explanation_group *e = find_group(s, hash, ev);
    if (e != NULL) {
        e->count += !again;
        e->records++;
        e->first = ev->time < e->first ? ev->time : e->first;
        e->last = ev->time > e->last ? ev->time : e->last;
        return;
    }
    if (s->used == EXPLANATION_GROUPS_MOST || s->text.n + s->body.n > EXPLANATION_GROUPS_BYTES)
        explanation_groups_put(s, out);
    add_new(s, hash, ev);
}

static void put_text(const struct explanation_groups *s, const struct explanation_group *e,
                     struct buffer *out)
{
    struct explanation_times times = {
        .count = e->count, .records = e->records, .first = e->first, .last = e->last};
    explanation_head(out, e->verdict, e->reason, &times, s->width, s->colour);
    buffer_put(out, s->text.p + e->body, e->size);
    buffer_puts(out, "\n");
}

void explanation_groups_put(struct explanation_groups *s, struct buffer *out)
{
    for (uint32_t i = 0; i < s->used; i++) {
        const struct explanation_group *e = &s->entries[i];
        if (s->put != NULL)
            s->put(s->ctx, e, s->text.p + e->body);
        else
            put_text(s, e, out);
    }
    out->failed |= s->text.failed || s->body.failed || s->no_memory;
    s->used = 0;
    memset(s->buckets, 0, sizeof s->buckets);
    buffer_clear(&s->text);
}

void explanation_groups_free(struct explanation_groups *s)
{
    buffer_free(&s->text);
    buffer_free(&s->body);
    free(s->entries);
    s->entries = NULL;
}
