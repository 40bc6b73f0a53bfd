/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "policy/display_text.h"

#include <string.h>

enum { TEXTS = 256, TEXTS_BYTES = 256 * 1024 };

struct display_text {
    struct indirect_string what;
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

static void drop_text(struct display *d, struct display_text *t)
{
    d->texts->bytes -= t->bytes;
    memory_give(&d->memory, t->text);
    *t = (struct display_text){.is_known = false};
}

static void drop_all(struct display *d)
{
    for (int i = 0; i < TEXTS && d->texts != NULL; i++)
        drop_text(d, &d->texts->list[i]);
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

static uint32_t hash_of(const struct indirect_string *what)
{
    uint32_t h = what->id * 0x9E3779B9u;
    for (const char *p = what->file; *p != 0; p++)
        h = (h ^ (uint8_t)*p) * 0x01000193u;
    return h ^ h >> 15;
}

/* NULL: no memory. */
static struct display_text *place_of(struct display *d, const struct indirect_string *what)
{
    if (d->texts == NULL)
        d->texts = memory_new(&d->memory, sizeof *d->texts);
    return d->texts != NULL ? &d->texts->list[hash_of(what) % TEXTS] : NULL;
}

static bool is_of(const struct display_text *t, const struct indirect_string *what)
{
    return t != NULL && t->is_known && t->what.id == what->id &&
           strcmp(t->what.file, what->file) == 0;
}

static void keep_text(struct display *d, struct display_text *t, const struct indirect_string *what,
                      const char *text, size_t n)
{
    char *copy = t != NULL && n > 0 ? memory_take(&d->memory, n) : NULL;
    if (t == NULL || (n > 0 && copy == NULL))
        return;
    if (d->texts->bytes + n > TEXTS_BYTES)
        drop_all(d);
    drop_text(d, t);
    if (copy != NULL)
        memcpy(copy, text, n);
    *t = (struct display_text){*what, true, (uint32_t)n, copy};
    d->texts->bytes += n;
}

/* ---- looking up ----------------------------------------------------------------------------- */

static const char *folder_of(struct display *d, const struct wfpw_system *system)
{
    if (!d->has_folder)
        indirect_string_folder(system, d->folder);
    d->has_folder = true;
    return d->folder;
}

size_t display_find(struct display *d, const struct wfpw_system *system, const char *name,
                    char room[INDIRECT_STRING_TEXT_MAX])
{
    struct indirect_string what;
    if (name == NULL || name[0] != '@' || !indirect_string_split(name, folder_of(d, system), &what))
        return 0;
    struct display_text *t = place_of(d, &what);
    if (is_of(t, &what)) {
        if (t->bytes > 0)
            memcpy(room, t->text, t->bytes);
        return t->bytes;
    }
    size_t n = indirect_string_load(system, &what, room);
    keep_text(d, t, &what, room, n);
    return n;
}

const struct policy_object *display_object(struct display *d, const struct wfpw_system *system,
                                           struct policy_object_builder *b,
                                           const struct policy_object *o)
{
    static const enum policy_object_slot slots[] = {TEXT_NAME, TEXT_DESCRIPTION};
    char room[INDIRECT_STRING_TEXT_MAX];
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        size_t n = display_find(d, system, policy_object_slot_of(o, slots[i]), room);
        if (n > 0)
            o = policy_object_replace(b, slots[i], room, n);
    }
    return o;
}
