/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names from dumps. A dump is read without the lock; each object is taken under it. */
#include "base/error.h"
#include "names/names.h"
#include "names/rules/load_rules.h"
#include "source/evtx/evtx_file.h"
#include "source/netsh_dump.h"
#include "source/rules_file.h"
#include "source/xml_file.h"

/* One dump that is being loaded. */
struct loading {
    struct wfpw_names *n;
    struct netsh_dump *file;
    uint16_t origin;
    uint64_t filters, objects;
    struct tally tally;
};

static int no_memory(wfpw_error *e)
{
    return error_set(e, WFPW_E_NOMEM, "wfpw_names_load", 0, NULL);
}

static int load_objects(struct loading *l, wfpw_error *e)
{
    const struct policy_object *o = NULL;
    for (;;) {
        if (names_stopped(l->n))
            return error_set(e, WFPW_E_STOPPED, "wfpw_names_load", 0, NULL);
        enum source_result result = netsh_dump_next(l->file, &l->tally, &o, e);
        if (result == SOURCE_FAILED)
            return e->status;
        if (result == SOURCE_END)
            return WFPW_OK;
        if (result != SOURCE_RECORD)
            continue;
        l->objects++;
        l->filters += o->kind == POLICY_OBJECT_FILTER;
        if (!names_take(l->n, l->origin, o))
            return no_memory(e);
    }
}

static int load_file(struct loading *l, wfpw_error *e)
{
    l->tally.log = names_log(l->n, &l->tally.log_ctx);
    if (!names_add_origin(l->n, netsh_dump_name(l->file), &l->origin))
        return no_memory(e);
    int status = load_objects(l, e);
    tally_log_end(&l->tally);
    names_count_skipped(l->n, os_u64_load(&l->tally.skipped));
    if (status != WFPW_OK)
        return status;
    if (l->objects == 0 && !netsh_dump_is_dump(l->file))
        return error_set(e, WFPW_E_FORMAT, "wfpw_names_load", 0,
                         "no dump of 'netsh wfp show filters' or 'show state'");
    return l->filters < INT32_MAX ? (int)l->filters : INT32_MAX;
}

/* Takes over `in`. */
static int load_dump(wfpw_names *n, struct input *in, wfpw_error *e)
{
    struct loading l = {.n = n};
    int status = netsh_dump_open(names_memory(n), in, &l.file, e);
    if (status == WFPW_OK)
        status = load_file(&l, e);
    netsh_dump_close(l.file);
    return status;
}

/* Whether it is a log of events. */
static bool is_log(struct input *in)
{
    const uint8_t *p;
    size_t n = input_view(in, EVTX_FILE_SNIFF, &p);
    return evtx_file_is(p, n) || xml_file_look(p, n) == XML_FILE_EVENTS;
}

/* What a file has is told by its first bytes. */
static int load_any(wfpw_names *n, const char *path, const void *data, size_t size, wfpw_error *e)
{
    wfpw_error own;
    struct input in;
    const char *why;
    e = e != NULL ? e : &own;
    int status = input_open(&in, names_memory(n), path, data, size, e);
    if (status != WFPW_OK)
        return status;
    bool is_rules = rules_file_is(&in, &why);
    if (why == NULL && is_log(&in))
        return load_log(n, &in, e);
    if (why == NULL)
        return is_rules ? load_rules(n, &in, e) : load_dump(n, &in, e);
    input_close(&in);
    return error_set(e, WFPW_E_FORMAT, "wfpw_names_load", 0, why);
}

int WFPW_CALL wfpw_names_load(wfpw_names *n, const char *path, wfpw_error *e)
{
    if (n == NULL || path == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_names_load", 0, NULL);
    return load_any(n, path, NULL, 0, e);
}

int WFPW_CALL wfpw_names_load_memory(wfpw_names *n, const void *data, size_t size, wfpw_error *e)
{
    if (n == NULL || (data == NULL && size != 0))
        return error_set(e, WFPW_E_INVAL, "wfpw_names_load_memory", 0, NULL);
    return load_any(n, NULL, data, size, e);
}
