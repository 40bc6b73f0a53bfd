/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The firewall's rules of a host, as its registry has them now. It is asked on a thread of its own,
 * which has the process's token whomever the caller impersonates. */
#include "base/error.h"
#include "base/options.h"
#include "decode/rules/rule_string.h"
#include "names/names.h"
#include "os/os.h"
#include "os/system.h"
#include "policy/display_text.h"

static const char where[] = "wfpw_rules_load_host";

struct hosting {
    wfpw_names *n;
    const struct wfpw_system *system; /* NULL: this host's */
    struct wfpw_system own;
    struct rule_facts facts;
    uint8_t origin; /* of the place under way */
    uint64_t rules, skipped;
    bool no_memory;
    int status; /* a count, or an error */
    wfpw_error e;
    struct display display;
    struct policy_object_builder texts;
    struct rule_builder builder;
    char id[3 * RULE_ID_MAX], value[3 * SYSTEM_RULE_UNITS];
};

/* ---- one rule ------------------------------------------------------------------------------- */

/* What stands for an indirect string of the rule, where this host's System32 has it. */
static void display_slot(struct hosting *h, enum rule_slot slot)
{
    const char *text = rule_text(&h->builder.rule, slot);
    if (text == NULL || text[0] != '@')
        return;
    policy_object_start(&h->texts, POLICY_OBJECT_PROVIDER);
    h->texts.object.texts[TEXT_NAME] = policy_object_put(&h->texts, text, strlen(text));
    const struct policy_object *o =
        display_object(&h->display, h->system, &h->texts, policy_object_finish(&h->texts));
    const char *shown = policy_object_slot_of(o, TEXT_NAME);
    if (shown != NULL && strcmp(shown, text) != 0)
        rule_put(&h->builder, slot, shown, strlen(shown));
}

static void take_value(void *to, const uint16_t *name, size_t name_units, const uint16_t *value,
                       size_t units)
{
    struct hosting *h = to;
    if (name_units > RULE_ID_MAX || units > SYSTEM_RULE_UNITS || names_stopped(h->n)) {
        h->skipped++;
        return;
    }
    size_t id = text_utf16(h->id, name, name_units), n = text_utf16(h->value, value, units);
    enum rule_string_result result =
        rule_string_read(&h->builder, h->id, id, h->value, n, h->origin);
    h->skipped += result == RULE_STRING_BAD;
    if (result != RULE_STRING_RULE)
        return;
    display_slot(h, RULE_NAME);
    display_slot(h, RULE_DESCRIPTION);
    display_slot(h, RULE_GROUP);
    const struct rule *rule = rule_finish(&h->builder);
    h->rules += rule != NULL;
    h->no_memory |= rule != NULL && !names_take_rule(h->n, rule, &h->facts);
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
    static const uint8_t origins[RULES_PLACES] = {
        [RULES_LOCAL] = WFPW_RULE_ORIGIN_LOCAL,
        [RULES_STATIC] = WFPW_RULE_ORIGIN_STATIC,
        [RULES_CONFIGURABLE] = WFPW_RULE_ORIGIN_CONFIGURABLE,
        [RULES_APPISO] = WFPW_RULE_ORIGIN_APPISO,
        [RULES_MDM] = WFPW_RULE_ORIGIN_MDM,
        [RULES_GROUP_POLICY] = WFPW_RULE_ORIGIN_GROUP_POLICY,
    };
    uint32_t failed = 0;
    for (uint32_t place = 0; place < RULES_PLACES && !names_stopped(h->n); place++) {
        h->origin = origins[place];
        uint32_t code =
            h->system->rules->list(h->system->ctx, (enum system_rules_place)place, take_value, h);
        if (code != 0)
            log_refused(h, code);
        failed = failed != 0 ? failed : code;
    }
    names_count_skipped(h->n, h->skipped);
    if (h->no_memory)
        return error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    if (names_stopped(h->n))
        return error_set(&h->e, WFPW_E_STOPPED, where, 0, NULL);
    if (failed != 0 && h->rules == 0)
        return error_set(&h->e, error_of_windows(failed), "RegEnumValueW", failed, NULL);
    return h->rules < INT32_MAX ? (int)h->rules : INT32_MAX;
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

static int load_rules_of(wfpw_names *n, const struct wfpw_system *system, wfpw_error *e)
{
    const wfpw_allocator *memory = names_memory(n);
    const struct system_rules *rules = system != NULL ? system->rules : system_host_rules();
    os_thread thread;
    if (rules == NULL)
        return error_set(e, WFPW_E_NOTSUP, where, 0,
                         "this host has no rules of the Windows Firewall");
    struct hosting *h = memory_new(memory, sizeof *h);
    if (h == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    h->n = n;
    h->own = (struct wfpw_system){.rules = rules, .places = system_host_places()};
    h->system = system != NULL ? system : &h->own;
    display_init(&h->display, memory);
    bool started = os_thread_start(&thread, run_load, h);
    if (started)
        os_thread_join(&thread);
    int status = started ? h->status : error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    if (status < 0 && e != NULL)
        *e = h->e;
    display_free(&h->display);
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
    return load_rules_of(n, options.system, e);
}
