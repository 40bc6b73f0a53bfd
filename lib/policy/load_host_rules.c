/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The firewall's rules of a host, as its registry has them now. It is asked on a thread of its own,
 * which has the process's token whomever the caller impersonates. */
#include "base/error.h"
#include "base/options.h"
#include "base/thread_call.h"
#include "names/names.h"
#include "os/os.h"
#include "policy/rules_reader.h"

static const char where[] = "wfpw_rules_load_host";

struct hosting {
    wfpw_names *n;
    const struct wfpw_system *system; /* NULL: this host's */
    struct wfpw_system own;
    struct rule_facts facts;
    bool no_memory;
    int status; /* a count, or an error */
    wfpw_error e;
    struct rules_reader reader;
};

static void take_rule(void *ctx, const struct rule *r, uint64_t mark)
{
    struct hosting *h = ctx;
    (void)mark;
    h->no_memory |= !names_take_rule(h->n, r, &h->facts);
}

static bool is_stopped(void *ctx)
{
    return names_stopped(((struct hosting *)ctx)->n);
}

/* ---- on the thread -------------------------------------------------------------------------- */

static void log_refused(struct hosting *h, uint32_t code)
{
    void *ctx;
    wfpw_log_fn log = names_log(h->n, &ctx);
    error_log(log, ctx, 2, "rules are missing", "RegEnumValueW", code);
}

static int load_places(struct hosting *h)
{
    uint32_t failed = 0;
    for (uint32_t place = 0; place < RULES_PLACES && !names_stopped(h->n); place++) {
        uint32_t code = rules_reader_read(&h->reader, (enum system_rules_place)place);
        if (code != 0)
            log_refused(h, code);
        failed = failed != 0 ? failed : code;
    }
    names_count_skipped(h->n, h->reader.skipped);
    if (h->no_memory)
        return error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    if (names_stopped(h->n))
        return error_set(&h->e, WFPW_E_STOPPED, where, 0, NULL);
    if (failed != 0 && h->reader.rules == 0)
        return error_set(&h->e, error_of_windows(failed), "RegEnumValueW", failed, NULL);
    return h->reader.rules < INT32_MAX ? (int)h->reader.rules : INT32_MAX;
}

static void run_load(void *ctx)
{
    struct hosting *h = ctx;
    if (!names_add_origin(h->n, "live", &h->facts.source)) {
        h->status = error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
        return;
    }
    h->facts.since = h->facts.until =
        h->system->now != NULL ? h->system->now(h->system->ctx) : os_now();
    h->status = load_places(h);
}

/* ---- the call ------------------------------------------------------------------------------- */

static int load_rules_of(wfpw_names *n, const wfpw_options *o, wfpw_error *e)
{
    const wfpw_allocator *memory = names_memory(n);
    const struct wfpw_system *system = o->system;
    const struct system_rules *rules = system != NULL ? system->rules : system_host_rules();
    if (rules == NULL)
        return error_set(e, WFPW_E_NOTSUP, where, 0,
                         "this host has no rules of the Windows Firewall");
    struct hosting *h = memory_new(memory, sizeof *h);
    if (h == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    h->n = n;
    h->own = (struct wfpw_system){.rules = rules, .places = system_host_places()};
    h->system = system != NULL ? system : &h->own;
    h->reader.to = (struct rules_target){h, NULL, take_rule, is_stopped};
    rules_reader_init(&h->reader, h->system, memory);
    bool started = thread_call(o->hooks, run_load, h);
    int status = started ? h->status : error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    if (status < 0 && e != NULL)
        *e = h->e;
    rules_reader_free(&h->reader);
    memory_free(memory, h);
    return status;
}

int WFPW_CALL wfpw_rules_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e)
{
    wfpw_options options;
    if (n == NULL)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    if (!options_take(&options, o))
        return error_set(e, WFPW_E_INVAL, where, 0, "an option is wrong");
    return load_rules_of(n, &options, e);
}
