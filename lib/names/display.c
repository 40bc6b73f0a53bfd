/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/display.h"

#include <string.h>

enum { TEXTS = 256, TEXTS_BYTES = 256 * 1024 };

struct display_text {
    struct indirect what;
    bool is_known;
    uint32_t bytes; /* 0: there is no such text */
    char *text;
};

/* Each has one place, by its hash; who comes later takes it. */
struct display_texts {
    size_t bytes;
    struct display_text list[TEXTS];
};

void display_init(struct display *d, const wfpw_allocator *memory)
{
    *d = (struct display){.memory = *memory};
}

/* ---- what is remembered --------------------------------------------------------------------- */

static void drop(struct display *d, struct display_text *t)
{
    d->texts->bytes -= t->bytes;
    memory_give(&d->memory, t->text);
    *t = (struct display_text){.is_known = false};
}

static void drop_all(struct display *d)
{
    for (int i = 0; i < TEXTS && d->texts != NULL; i++)
        drop(d, &d->texts->list[i]);
}

void display_forget(struct display *d)
{
    drop_all(d);
    d->has_folder = false;
}

void display_free(struct display *d)
{
    drop_all(d);
    memory_free(&d->memory, d->texts);
    d->texts = NULL;
}

static uint32_t hash_of(const struct indirect *what)
{
    uint32_t h = what->id * 0x9E3779B9u;
    for (const char *p = what->file; *p != 0; p++)
        h = (h ^ (uint8_t)*p) * 0x01000193u;
    return h ^ h >> 15;
}

/* NULL: no memory. */
static struct display_text *place_of(struct display *d, const struct indirect *what)
{
    if (d->texts == NULL)
        d->texts = memory_new(&d->memory, sizeof *d->texts);
    return d->texts != NULL ? &d->texts->list[hash_of(what) % TEXTS] : NULL;
}

static bool is_of(const struct display_text *t, const struct indirect *what)
{
    return t != NULL && t->is_known && t->what.id == what->id &&
           strcmp(t->what.file, what->file) == 0;
}

static void keep(struct display *d, struct display_text *t, const struct indirect *what,
                 const char *text, size_t n)
{
    char *copy = t != NULL && n > 0 ? memory_take(&d->memory, n) : NULL;
    if (t == NULL || (n > 0 && copy == NULL))
        return;
    if (d->texts->bytes + n > TEXTS_BYTES)
        drop_all(d);
    drop(d, t);
    if (copy != NULL)
        memcpy(copy, text, n);
    *t = (struct display_text){*what, true, (uint32_t)n, copy};
    d->texts->bytes += n;
}

/* ---- looking up ----------------------------------------------------------------------------- */

static const char *folder_of(struct display *d, const struct wfpw_system *system)
{
    if (!d->has_folder)
        indirect_folder(system, d->folder);
    d->has_folder = true;
    return d->folder;
}

/* Returns the text's length; 0: what the engine gave stays. */
static size_t find(struct display *d, const struct wfpw_system *system, const char *name,
                   char room[INDIRECT_TEXT_MAX])
{
    struct indirect what;
    if (name == NULL || name[0] != '@' || !indirect_split(name, folder_of(d, system), &what))
        return 0;
    struct display_text *t = place_of(d, &what);
    if (is_of(t, &what)) {
        if (t->bytes > 0)
            memcpy(room, t->text, t->bytes);
        return t->bytes;
    }
    size_t n = indirect_load(system, &what, room);
    keep(d, t, &what, room, n);
    return n;
}

const struct object *display_object(struct display *d, const struct wfpw_system *system,
                                    struct object_builder *b, const struct object *o)
{
    static const enum object_slot slots[] = {TEXT_NAME, TEXT_DESCRIPTION};
    char room[INDIRECT_TEXT_MAX];
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        size_t n = find(d, system, object_slot_of(o, slots[i]), room);
        if (n > 0)
            o = object_replace(b, slots[i], room, n);
    }
    return o;
}
