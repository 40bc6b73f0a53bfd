/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/name_source.h"

#include <stdlib.h>

#include "input/file_list.h"
#include "input/names_interrupt.h"
#include "view/diagnostics.h"

enum { ROOM = 64 * 1024 };

bool name_source_open(struct name_source *n)
{
    wfpw_options o = {
        .size = sizeof o, .names_bytes = 1 << 30, .log = diagnostics_log, .own_provider = n->own};
    wfpw_error e;
    n->cap = ROOM;
    n->room = malloc(n->cap);
    if (n->room == NULL)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    else if (wfpw_names_open(&o, &n->names, &e) != WFPW_OK)
        diagnostics_error(NULL, &e, NULL);
    return n->names != NULL;
}

void name_source_close(struct name_source *n)
{
    wfpw_names_close(n->names);
    simulated_close(&n->simulated);
    free(n->room);
}

/* ---- loading -------------------------------------------------------------------------------- */

static void load_file(struct name_source *n, const struct path *path)
{
    wfpw_error e;
    int status = wfpw_names_load(n->names, path->name, &e);
    bool is_readable = status >= 0 || status == WFPW_E_FORMAT;
    bool is_log = is_readable && n->take_log != NULL && n->take_log(n->log_ctx, path->name);
    if (status >= 0 || status == WFPW_E_STOPPED ||
        (status == WFPW_E_FORMAT && (path->is_found || is_log)))
        return;
    diagnostics_error(path->name, &e, NULL);
    n->failed = true;
}

static void load_files(struct name_source *n)
{
    struct file_list paths = {0};
    for (int i = 0; i < n->file_count; i++)
        file_list_add(&paths, n->files[i]);
    for (size_t i = 0; i < paths.count; i++)
        load_file(n, &paths.list[i]);
    if (paths.no_memory)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    n->failed |= paths.failed || paths.no_memory;
    file_list_free(&paths);
}

static void load_host(struct name_source *n)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(n->simulated.sim)};
    int status = n->has_rules ? wfpw_rules_load_host(n->names, &o, &e)
                              : wfpw_names_load_host(n->names, &o, &e);
    if (status < 0 && status != WFPW_E_STOPPED) {
        diagnostics_error(NULL, &e,
                          e.status == WFPW_E_NOTSUP && !n->simulate
                              ? "or list a simulated Windows with --sim"
                              : NULL);
        n->failed = true;
    }
}

bool name_source_load(struct name_source *n)
{
    const char *script = n->simulate && n->file_count > 0 ? n->files[0] : NULL;
    if (n->simulate &&
        !(simulated_open(&n->simulated, NULL, script) && simulated_play(&n->simulated)))
        return false;
    names_interrupt_start(n->names, n->simulate ? 0 : (size_t)n->file_count,
                          (const char *const *)n->files);
    if (!n->simulate)
        load_files(n);
    if (n->live)
        load_host(n);
    n->interrupted = names_interrupt_end();
    return true;
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool grow_room(struct name_source *n, size_t needed)
{
    free(n->room);
    n->room = malloc(needed);
    n->cap = n->room != NULL ? needed : 0;
    if (n->room == NULL) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        n->failed = true;
    }
    return n->room != NULL;
}

typedef int(WFPW_CALL *next_function)(wfpw_names *n, uint64_t *cursor, void *buf, size_t cap,
                                      size_t *needed);

/* NULL: as name_source_next. */
static const void *next_of(struct name_source *n, uint64_t *cursor, next_function next)
{
    size_t needed = 0;
    int found = next(n->names, cursor, n->room, n->cap, &needed);
    if (found == WFPW_E_RANGE && grow_room(n, needed))
        found = next(n->names, cursor, n->room, n->cap, &needed);
    return found == 1 ? n->room : NULL;
}

const wfpw_filter *name_source_next(struct name_source *n, uint64_t *cursor)
{
    return next_of(n, cursor, wfpw_names_next);
}

const wfpw_rule *name_source_next_rule(struct name_source *n, uint64_t *cursor)
{
    return next_of(n, cursor, wfpw_rules_next);
}
