/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A guard as callers have it: its targets and their memory. */
#include "guard/guard.h"

#include "base/error.h"
#include "base/memory.h"

int WFPW_CALL wfpw_guard_new(const wfpw_allocator *allocator, wfpw_guard **out)
{
    if (out == NULL)
        return WFPW_E_INVAL;
    *out = NULL;
    if (allocator != NULL && (allocator->alloc == NULL || allocator->free == NULL))
        return WFPW_E_INVAL;
    wfpw_allocator memory = memory_of(allocator);
    struct wfpw_guard *g = memory_new(&memory, sizeof *g);
    if (g == NULL)
        return WFPW_E_NOMEM;
    g->memory = memory;
    *out = g;
    return WFPW_OK;
}

void WFPW_CALL wfpw_guard_free(wfpw_guard *g)
{
    if (g == NULL)
        return;
    wfpw_allocator memory = g->memory;
    for (uint32_t i = 0; i < g->count; i++)
        memory_give(&memory, g->targets[i]);
    memory_free(&memory, g);
}

/* The target, its text and room for its value are one piece. */
static struct guard_target *new_target(const struct wfpw_guard *g, const char *text, size_t n,
                                       char **room)
{
    struct guard_target *t = memory_take(&g->memory, sizeof *t + 2 * n + 2 + TEXT_SID_MAX + 1);
    if (t == NULL)
        return NULL;
    *t = (struct guard_target){0};
    char *copy = (char *)(t + 1);
    memcpy(copy, text, n + 1);
    t->text = copy;
    *room = copy + n + 1;
    return t;
}

static int refuse_target(wfpw_error *e, int status, uint64_t position, const char *what)
{
    return error_at(e, status, "wfpw_guard_add", position, what);
}

int WFPW_CALL wfpw_guard_add(wfpw_guard *g, const char *text, wfpw_error *e)
{
    char *room = NULL;
    size_t wrong_at = 0;
    if (g == NULL || text == NULL)
        return refuse_target(e, WFPW_E_INVAL, 0, NULL);
    size_t n = strlen(text);
    if (g->count == GUARD_TARGETS_MAX)
        return refuse_target(e, WFPW_E_INVAL, 0, "a guard has at most 256 targets");
    if (n > GUARD_TEXT_MAX)
        return refuse_target(e, WFPW_E_INVAL, 0, "a target has at most 1024 bytes");
    if (text_utf8_valid(text, n) != n)
        return refuse_target(e, WFPW_E_SYNTAX, text_utf8_valid(text, n), "this is no UTF-8");
    struct guard_target *t = new_target(g, text, n, &room);
    if (t == NULL)
        return refuse_target(e, WFPW_E_NOMEM, 0, NULL);
    const char *wrong = guard_parse(t, t->text, room, &wrong_at);
    if (wrong != NULL) {
        memory_give(&g->memory, t);
        return refuse_target(e, WFPW_E_SYNTAX, wrong_at, wrong);
    }
    g->targets[g->count++] = t;
    return WFPW_OK;
}

int WFPW_CALL wfpw_guard_check(const wfpw_guard *g, const wfpw_filter *f, wfpw_guarded *out)
{
    wfpw_guarded found = {.size = sizeof found};
    if (g == NULL || f == NULL || (out != NULL && out->size == 0))
        return WFPW_E_INVAL;
    struct guard_subject s = guard_of_filter(f);
    uint32_t targets = guard_check(g, &s, &found);
    if (out != NULL) {
        uint32_t size = out->size < sizeof found ? out->size : (uint32_t)sizeof found;
        memset(out, 0, out->size);
        found.size = size;
        memcpy(out, &found, size);
    }
    return (int)targets;
}
