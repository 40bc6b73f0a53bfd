/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The list of processes, which is the same on every system. */
#include "platform/child.h"

#include <stdlib.h>
#include <string.h>

/* A program may put another one in its place: the later one is noted. */
static void note_app(struct child *c, struct child_process *p, const char *app)
{
    if (app == NULL || (p->app != NULL && strcmp(p->app, app) == 0))
        return;
    char *copy = malloc(strlen(app) + 1);
    c->is_cut |= copy == NULL;
    if (copy == NULL)
        return;
    strcpy(copy, app);
    free(p->app);
    p->app = copy;
}

static struct child_process *add_process(struct child *c, uint64_t id)
{
    if (c->list == NULL)
        c->list = calloc(CHILD_PROCESSES_MAX, sizeof *c->list);
    if (c->list == NULL || c->count == CHILD_PROCESSES_MAX) {
        c->is_cut = true;
        return NULL;
    }
    c->list[c->count].id = id;
    return &c->list[c->count++];
}

void child_note(struct child *c, uint64_t id, const char *app)
{
    struct child_process *p = NULL;
    for (uint32_t i = c->count; i > 0 && p == NULL; i--)
        if (c->list[i - 1].id == id)
            p = &c->list[i - 1];
    p = p != NULL ? p : add_process(c, id);
    if (p != NULL)
        note_app(c, p, app);
}
