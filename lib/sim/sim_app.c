/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The files that a simulated Windows has: programs, and the ids that events have of them. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

struct sim_file {
    struct sim_file *next;
    struct sim_text path, id;
};

static uint16_t small_unit(uint16_t unit)
{
    return unit >= 'A' && unit <= 'Z' ? (uint16_t)(unit - 'A' + 'a') : unit;
}

static bool is_path(const struct sim_text *t, const uint16_t *path)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (path[i] == 0 || small_unit(t->units[i]) != small_unit(path[i]))
            return false;
    return path[t->n] == 0;
}

bool sim_file_add(struct wfpw_sim *sim, const struct sim_text *path, const struct sim_text *id)
{
    struct sim_file *f = malloc(sizeof *f);
    if (f == NULL)
        return false;
    *f = (struct sim_file){.next = sim->files, .path = *path, .id = *id};
    for (uint32_t i = 0; i < f->id.n; i++)
        f->id.units[i] = small_unit(f->id.units[i]);
    f->id.units[f->id.n] = 0; /* a script's text leaves room for it */
    sim->files = f;
    return true;
}

void sim_files_free(struct wfpw_sim *sim)
{
    while (sim->files != NULL) {
        struct sim_file *next = sim->files->next;
        free(sim->files);
        sim->files = next;
    }
}

/* One allocation, as what the engine hands out is. */
uint32_t sim_file_id(const struct wfpw_sim *sim, const uint16_t *path, FWP_BYTE_BLOB **id)
{
    const struct sim_file *f = sim->files;
    while (f != NULL && !is_path(&f->path, path))
        f = f->next;
    if (f == NULL)
        return FWP_ERROR_FILE_NOT_FOUND;
    uint32_t size = 2 * (f->id.n + 1);
    FWP_BYTE_BLOB *b = malloc(sizeof *b + size);
    if (b == NULL)
        return FWP_ERROR_INVALID_PARAMETER;
    *b = (FWP_BYTE_BLOB){.size = size, .data = (uint8_t *)(b + 1)};
    memcpy(b->data, f->id.units, size);
    *id = b;
    return 0;
}
