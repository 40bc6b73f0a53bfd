/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Templates as callers have them: their conditions and the memory of these. */
#include "template/template.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

int WFPW_CALL wfpw_template_new(const wfpw_allocator *allocator, wfpw_template **out)
{
    if (out == NULL)
        return WFPW_E_INVAL;
    *out = NULL;
    if (allocator != NULL && (allocator->alloc == NULL || allocator->free == NULL))
        return WFPW_E_INVAL;
    wfpw_allocator memory = memory_of(allocator);
    struct wfpw_template *t = memory_new(&memory, sizeof *t);
    if (t == NULL)
        return WFPW_E_NOMEM;
    t->memory = memory;
    *out = t;
    return WFPW_OK;
}

void WFPW_CALL wfpw_template_free(wfpw_template *t)
{
    if (t == NULL)
        return;
    wfpw_allocator memory = t->memory;
    while (t->first != NULL) {
        struct template_condition *next = t->first->next;
        memory_give(&memory, t->first);
        t->first = next;
    }
    memory_free(&memory, t);
}

/* ---- adding --------------------------------------------------------------------------------- */

/* The condition, its values, its text and room for the values' texts are one piece. */
static struct template_condition *new_condition(const wfpw_template *t, size_t values,
                                                const char *text, size_t n, char **texts)
{
    size_t head = (sizeof(struct template_condition) + 7) & ~(size_t)7;
    size_t room = values * sizeof(struct template_value) + n + 1 + TEMPLATE_TEXT_ROOM(n);
    uint8_t *p = memory_take(&t->memory, head + room);
    struct template_condition *c = (struct template_condition *)(void *)p;
    if (p == NULL)
        return NULL;
    *c = (struct template_condition){.values = (struct template_value *)(void *)(p + head)};
    char *copy = (char *)(c->values + values);
    memcpy(copy, text, n + 1);
    c->text = copy;
    *texts = copy + n + 1;
    return c;
}

/* Behind those that are as cheap. */
static void insert_condition(wfpw_template *t, struct template_condition *c)
{
    struct template_condition **at = &t->first;
    while (*at != NULL && (*at)->key->form <= c->key->form)
        at = &(*at)->next;
    c->next = *at;
    *at = c;
    t->count++;
}

/* Errors tell the character, which in UTF-8 may be several bytes. */
static uint64_t character_at(const char *text, size_t byte)
{
    uint64_t n = 0;
    for (size_t i = 0; i < byte; i++)
        n += ((uint8_t)text[i] & 0xC0) != 0x80;
    return n;
}

static int refuse_template(wfpw_error *e, int status, uint64_t position, const char *what)
{
    return error_at(e, status, "wfpw_template_add", position, what);
}

int WFPW_CALL wfpw_template_add(wfpw_template *t, const char *text, wfpw_error *e)
{
    char *texts;
    size_t wrong_at = 0;
    if (t == NULL || text == NULL)
        return refuse_template(e, WFPW_E_INVAL, 0, NULL);
    if (t->count == TEMPLATE_CONDITIONS_MAX)
        return refuse_template(e, WFPW_E_INVAL, 0, "a template has at most 256 conditions");
    size_t n = strlen(text), values = template_values_most(text, n);
    if (n > TEMPLATE_TEXT_MAX || values > TEMPLATE_VALUES_MAX)
        return refuse_template(e, WFPW_E_INVAL, 0,
                               "a condition has at most 1024 values in 16 KiB of text");
    struct template_condition *c = new_condition(t, values, text, n, &texts);
    if (c == NULL)
        return refuse_template(e, WFPW_E_NOMEM, 0, NULL);
    const char *wrong = template_parse(text, n, c, texts, &wrong_at);
    if (wrong != NULL) {
        memory_give(&t->memory, c);
        return refuse_template(e, WFPW_E_SYNTAX, character_at(text, wrong_at), wrong);
    }
    insert_condition(t, c);
    t->has_late = t->has_late || c->key->is_late;
    t->asks_verdict = t->asks_verdict || c->key->asks_verdict;
    return WFPW_OK;
}

int WFPW_CALL wfpw_template_match(const wfpw_template *t, const wfpw_event *ev)
{
    if (t == NULL || ev == NULL)
        return WFPW_E_INVAL;
    struct template_subject s = template_of_event(ev);
    return template_holds(t, &s);
}
