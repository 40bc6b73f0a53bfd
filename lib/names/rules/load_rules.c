/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file is read without the lock; each rule is taken under it. */
#include "names/rules/load_rules.h"

#include "base/error.h"
#include "decode/rules/rule_event.h"
#include "source/rules_file.h"

/* One file that is being loaded. */
struct loading {
    struct wfpw_names *n;
    struct rules_file *file;
    struct rule_facts facts;
    uint64_t rules;
    struct tally tally;
};

static int no_memory(wfpw_error *e)
{
    return error_set(e, WFPW_E_NOMEM, "wfpw_names_load", 0, NULL);
}

static int take_rules(struct loading *l, wfpw_error *e)
{
    const struct rule *rule = NULL;
    for (;;) {
        if (names_stopped(l->n))
            return error_set(e, WFPW_E_STOPPED, "wfpw_names_load", 0, NULL);
        enum source_result result = rules_file_next(l->file, &l->tally, &rule, e);
        if (result == SOURCE_FAILED)
            return e->status;
        if (result == SOURCE_END)
            return WFPW_OK;
        if (result != SOURCE_RECORD)
            continue;
        l->rules++;
        l->facts.since = l->facts.until = rules_file_time(l->file);
        if (!names_take_rule(l->n, rule, &l->facts))
            return no_memory(e);
    }
}

static int load_file(struct loading *l, wfpw_error *e)
{
    l->tally.log = names_log(l->n, &l->tally.log_ctx);
    if (!names_add_origin(l->n, rules_file_name(l->file), &l->facts.source))
        return no_memory(e);
    int status = take_rules(l, e);
    tally_log_end(&l->tally);
    names_count_skipped(l->n, os_u64_load(&l->tally.skipped));
    if (status != WFPW_OK)
        return status;
    if (l->rules == 0 && !rules_file_is_sure(l->file))
        return error_set(e, WFPW_E_FORMAT, "wfpw_names_load", 0,
                         "no rules of the Windows Firewall in it");
    return l->rules < INT32_MAX ? (int)l->rules : INT32_MAX;
}

int load_rules(struct wfpw_names *n, struct input *in, wfpw_error *e)
{
    struct loading l = {.n = n};
    int status = rules_file_open(names_memory(n), in, &l.file, e);
    if (status == WFPW_OK)
        status = load_file(&l, e);
    rules_file_close(l.file);
    return status;
}

/* ---- from the records of a log -------------------------------------------------------------- */

struct log_loading {
    struct wfpw_names *n;
    struct source *source;
    struct rule_event_reader *reader;
    struct rule_facts facts;
    uint64_t rules;
    struct tally tally;
};

static bool take_record(struct log_loading *l, const struct record *r)
{
    l->facts.change = rule_event_change(r);
    if (l->facts.change == 0)
        return true;
    const struct rule *rule = rule_event_read(l->reader, r);
    l->facts.since = r->time;
    l->facts.until = UINT64_MAX;
    l->rules += rule != NULL;
    return rule == NULL || names_take_rule(l->n, rule, &l->facts);
}

static int take_records(struct log_loading *l, wfpw_error *e)
{
    const struct record *r = NULL;
    for (;;) {
        if (names_stopped(l->n))
            return error_set(e, WFPW_E_STOPPED, "wfpw_names_load", 0, NULL);
        enum source_result result = l->source->next(l->source, &l->tally, &r, e);
        if (result == SOURCE_FAILED)
            return e->status;
        if (result == SOURCE_END)
            return WFPW_OK;
        if (result == SOURCE_RECORD && !take_record(l, r))
            return no_memory(e);
    }
}

static int load_records(struct log_loading *l, const char *name, wfpw_error *e)
{
    l->tally.log = names_log(l->n, &l->tally.log_ctx);
    l->reader = memory_take(names_memory(l->n), sizeof *l->reader);
    int status = WFPW_OK;
    if (l->reader == NULL || !names_add_origin(l->n, name, &l->facts.source))
        status = no_memory(e);
    if (status == WFPW_OK)
        status = take_records(l, e);
    memory_give(names_memory(l->n), l->reader);
    tally_log_end(&l->tally);
    names_count_skipped(l->n, os_u64_load(&l->tally.skipped));
    if (status == WFPW_OK && l->rules == 0)
        return error_set(e, WFPW_E_FORMAT, "wfpw_names_load", 0,
                         "a log of events without one of a firewall rule");
    return status != WFPW_OK ? status : l->rules < INT32_MAX ? (int)l->rules : INT32_MAX;
}

int load_log(struct wfpw_names *n, struct input *in, wfpw_error *e)
{
    struct source_options o = {.memory = *names_memory(n)};
    struct log_loading l = {.n = n};
    char name[sizeof in->name];
    memcpy(name, in->name, sizeof name);
    int status = source_open_input(&o, in, &l.source, e);
    if (status == WFPW_OK)
        status = load_records(&l, name, e);
    if (l.source != NULL)
        l.source->close(l.source);
    return status;
}
