/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names and descriptions as people see them: where the engine gives an indirect string, its text is
 * put in its place. Hundreds of filters have the same one, so that texts are remembered, and those
 * that are not there as well. Where calls of the system are made; one thread at a time. */
#ifndef WFPW_DISPLAY_TEXT_H
#define WFPW_DISPLAY_TEXT_H

#include "base/memory.h"
#include "model/policy_object.h"
#include "resolve/indirect_string.h"

struct display_texts;

struct display {
    wfpw_allocator memory;
    struct display_texts *texts; /* NULL: none was asked for yet, or there is no memory */
    bool has_folder;
    char folder[INDIRECT_STRING_FOLDER_MAX];
};

void display_init(struct display *d, const wfpw_allocator *memory);
void display_free(struct display *d);
/* Whatever is remembered may have changed: it is asked for anew. */
void display_forget(struct display *d);

/* What stands for a name that is an indirect string, without a NUL. Returns its length; 0: the
 * name stays. */
size_t display_find(struct display *d, const struct wfpw_system *system, const char *name,
                    char room[INDIRECT_STRING_TEXT_MAX]);
/* o, which was finished in this builder, with the texts of its indirect strings as far as the
 * system has them: the same object, or another one in its place. Want of memory costs time only. */
const struct policy_object *display_object(struct display *d, const struct wfpw_system *system,
                                           struct policy_object_builder *b,
                                           const struct policy_object *o);

#endif
