/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/filter_adders.h"

#include <stdlib.h>
#include <string.h>

#include "platform/term.h"
#include "view/diagnostics.h"

enum { READ_MS = 200, FILTER_CHANGED = 5447 };

static bool has_room(struct filter_adders *a)
{
    if (a->count < a->cap)
        return true;
    size_t cap = a->cap != 0 ? 2 * a->cap : 16;
    struct filter_adder_of *list = realloc(a->list, cap * sizeof *list);
    if (list == NULL)
        return false;
    a->list = list;
    a->cap = cap;
    return true;
}

/* The digits of a GUID however it is written; what is none has others, or fewer. */
static void take_digits(char to[FILTER_ADDERS_DIGITS + 1], const char *key)
{
    size_t n = 0;
    for (; key != NULL && *key != 0 && n < FILTER_ADDERS_DIGITS; key++)
        if (strchr("{}-", *key) == NULL)
            to[n++] = *key >= 'A' && *key <= 'F' ? (char)(*key + ('a' - 'A')) : *key;
    to[n] = 0;
}

bool filter_adders_want(struct filter_adders *a, const wfpw_filter *f)
{
    if (!has_room(a))
        return false;
    struct filter_adder_of *of = &a->list[a->count++];
    *of = (struct filter_adder_of){
        .filter = {
            .size = sizeof of->filter, .id = f->id, .flags = f->flags, .from_time = f->from_time}};
    if (f->key != NULL && strlen(f->key) < sizeof of->key)
        memcpy(of->key, f->key, strlen(f->key) + 1);
    take_digits(of->digits, f->key);
    return true;
}

/* ---- records -------------------------------------------------------------------------------- */

static void copy_text(char to[FILTER_ADDER_TEXT], const char *from)
{
    if (from != NULL && strlen(from) < FILTER_ADDER_TEXT)
        memcpy(to, from, strlen(from) + 1);
}

/* The surest one counts, of two as sure the later. */
static void take_record(struct filter_adder_of *of, const wfpw_event *ev)
{
    struct filter_adder *a = &of->adder;
    of->filter.key = of->key;
    int sure = wfpw_filter_added_by(&of->filter, ev);
    if (sure <= 0 || (a->sure != 0 && ((uint32_t)sure > a->sure ||
                                       ((uint32_t)sure == a->sure && ev->time < a->time))))
        return;
    *a = (struct filter_adder){.sure = (uint32_t)sure,
                               .has_process = (ev->present & WFPW_HAS_PROCESS_ID) != 0,
                               .process_id = ev->process_id,
                               .time = ev->time,
                               .record_id = ev->audit->record_id,
                               .filter_id = ev->filter_id};
    copy_text(a->user, ev->user_name);
    copy_text(a->user_sid, ev->user_sid);
}

static int compare_keys(const void *a, const void *b)
{
    const struct filter_adder_of *const *x = a, *const *y = b;
    return strcmp((*x)->digits, (*y)->digits);
}

/* A log may have many records, and a dump many filters. false: no memory. */
static bool sort_keys(struct filter_adders *a)
{
    a->by_key = malloc((a->count + 1) * sizeof(void *));
    if (a->by_key == NULL)
        return false;
    for (size_t i = 0; i < a->count; i++)
        a->by_key[i] = &a->list[i];
    qsort(a->by_key, a->count, sizeof(void *), compare_keys);
    return true;
}

/* The first with these digits, or where it would be. */
static size_t find_key(const struct filter_adders *a, const char *digits)
{
    size_t low = 0, high = a->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(a->by_key[middle]->digits, digits) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take_event(struct filter_adders *a, const wfpw_event *ev)
{
    if (ev->kind != WFPW_KIND_AUDIT || ev->audit == NULL || ev->audit->event_id != FILTER_CHANGED)
        return;
    char digits[FILTER_ADDERS_DIGITS + 1];
    a->records++;
    take_digits(digits, wfpw_audit_get(ev->audit, "FilterKey"));
    for (size_t i = find_key(a, digits); i < a->count && strcmp(a->by_key[i]->digits, digits) == 0;
         i++)
        take_record(a->by_key[i], ev);
}

static void fail_read(struct filter_adders *a, const char *path, const wfpw_error *e)
{
    diagnostics_error(path, e, NULL);
    a->failed = true;
}

/* Only the records that matter are rendered. */
static wfpw_template *make_template(void)
{
    wfpw_template *t = NULL;
    if (wfpw_template_new(NULL, &t) == WFPW_OK &&
        wfpw_template_add(t, "type=5447", NULL) == WFPW_OK)
        return t;
    wfpw_template_free(t);
    return NULL;
}

static int open_log(const char *path, const wfpw_template *match, wfpw_log_fn log, wfpw_session **s,
                    wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_NO_VERDICT, .match = match, .log = log};
    int status = wfpw_open(&o, s, e);
    return status == WFPW_OK ? wfpw_add_file(*s, path, e) : status;
}

bool filter_adders_add_log(void *a, const char *path)
{
    struct filter_adders *to = a;
    wfpw_session *s = NULL;
    bool is_log = strcmp(path, "-") != 0 && open_log(path, NULL, NULL, &s, NULL) == WFPW_OK;
    wfpw_close(s);
    if (is_log)
        file_list_add(&to->logs, path);
    return is_log;
}

static int read_some(struct filter_adders *a, wfpw_session *s, wfpw_batch *b, wfpw_error *e)
{
    int n = wfpw_read(s, b, READ_MS, e);
    for (int i = 0; i < n; i++)
        take_event(a, wfpw_batch_get(b, (uint32_t)i));
    a->interrupted = term_interrupted();
    return n;
}

static void read_log(struct filter_adders *a, const char *path, const wfpw_template *match,
                     wfpw_batch *b)
{
    wfpw_error e;
    wfpw_session *s = NULL;
    int n = open_log(path, match, diagnostics_log, &s, &e);
    while (n >= 0 && !a->interrupted)
        n = read_some(a, s, b, &e);
    if (n < 0 && n != WFPW_E_EOF)
        fail_read(a, path, &e);
    wfpw_close(s);
}

void filter_adders_read(struct filter_adders *a)
{
    wfpw_template *match = make_template();
    wfpw_batch *b = wfpw_batch_new(0, 0);
    a->failed |= match == NULL || b == NULL || a->logs.no_memory || !sort_keys(a);
    if (a->failed)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    for (size_t i = 0; !a->failed && !a->interrupted && i < a->logs.count; i++)
        read_log(a, a->logs.list[i].name, match, b);
    wfpw_batch_free(b);
    wfpw_template_free(match);
}

const struct filter_adder *filter_adders_get(const struct filter_adders *a, size_t i)
{
    return a->logs.count > 0 && i < a->count ? &a->list[i].adder : NULL;
}

void filter_adders_free(struct filter_adders *a)
{
    file_list_free(&a->logs);
    free(a->by_key);
    free(a->list);
}
