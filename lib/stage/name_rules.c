/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/name_rules.h"

#include "base/hash.h"
#include "decode/rules/rule_event.h"
#include "names/live_names.h"
#include "names/names.h"
#include "names/rules/render_rule.h"
#include "os/os.h"
#include "stage/verdict.h"

/* What the logs say that are read. */
struct log_rules {
    struct rules rules;
    uint64_t computer; /* a hash of its name */
    struct rule_event_reader reader;
};

void name_rules_init(struct name_rules *n, const wfpw_allocator *memory,
                     const wfpw_options *options)
{
    *n = (struct name_rules){.memory = memory, .options = options};
}

static void free_log(struct name_rules *n)
{
    if (n->log != NULL)
        rules_free(&n->log->rules);
    memory_free(n->memory, n->log);
    n->log = NULL;
}

void name_rules_free(struct name_rules *n)
{
    free_log(n);
}

void name_rules_new_batch(struct name_rules *n)
{
    memset(n->copies, 0, sizeof n->copies);
}

/* ---- learning from a log -------------------------------------------------------------------- */

static void fail_log(struct name_rules *n)
{
    if (!n->log_failed && n->options->log != NULL)
        n->options->log(n->options->log_ctx, 1, "rules of the log are missing: out of memory");
    n->log_failed = true;
}

static bool open_log(struct name_rules *n)
{
    uint64_t seed = os_now() ^ (uint64_t)(uintptr_t)n << 20;
    if (n->log != NULL)
        return true;
    n->log = memory_new(n->memory, sizeof *n->log);
    if (n->log != NULL)
        rules_init(&n->log->rules, n->memory, n->options->names_bytes / 4, seed);
    return n->log != NULL;
}

/* Whether a record is this host's, and it is known which rules that has. */
static bool is_live(const struct name_rules *n, const struct record *r)
{
    return n->live != NULL && r->source != WFPW_SOURCE_EVTX && r->source != WFPW_SOURCE_EVENTXML &&
           r->source != WFPW_SOURCE_NETSH;
}

/* Another computer has other rules. */
static void follow_computer(struct log_rules *log, const struct record *r)
{
    uint64_t computer = record_computer(r);
    if (log->computer != 0 && computer != log->computer)
        rules_free(&log->rules);
    log->computer = computer;
}

void name_rules_learn(struct name_rules *n, const struct record *r)
{
    struct rule_facts facts = {
        .change = rule_event_change(r), .since = r->time, .until = UINT64_MAX};
    if (facts.change == 0)
        return;
    if (!open_log(n)) {
        fail_log(n);
        return;
    }
    bool live = is_live(n, r);
    if (!live)
        follow_computer(n->log, r);
    const struct rule *rule = rule_event_read(&n->log->reader, r);
    if (rule == NULL)
        return;
    if (!(live ? live_names_record_rule(n->live, rule, &facts)
               : rules_add(&n->log->rules, rule, &facts)))
        fail_log(n);
}

static bool find_in_log(struct name_rules *n, const struct record *r, const char *id,
                        struct rule_found *found)
{
    uint64_t computer = n->log != NULL ? record_computer(r) : 0;
    if (n->log == NULL || is_live(n, r) ||
        (computer != 0 && n->log->computer != 0 && computer != n->log->computer))
        return false;
    return rules_find(&n->log->rules, id, strlen(id), r->time, found);
}

/* ---- naming --------------------------------------------------------------------------------- */

static bool is_of_rule(uint32_t event_id)
{
    return (event_id >= 4945 && event_id <= 4948) || (event_id >= 4951 && event_id <= 4953) ||
           event_id == 4957 || event_id == 4958;
}

/* The rule's id; NULL: no rule decided, or none that is known. */
static const char *id_of(const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    const char *id = ev->filter_origin;
    if (ev->audit != NULL && (ev->kind == WFPW_KIND_FIREWALL || is_of_rule(ev->audit->event_id)))
        return wfpw_audit_get(ev->audit, "RuleId");
    if (id == NULL && f != NULL && f->state != WFPW_FILTER_STATE_UNKNOWN)
        id = f->origin;
    uint16_t reason = verdict_of_origin(id); /* of service hardening some ids tell it */
    return reason == WFPW_REASON_RULE || reason == WFPW_REASON_SERVICE_HARDENING ? id : NULL;
}

static size_t slot_of(const char *id)
{
    uint64_t h = 0;
    for (; *id != 0; id++)
        h = (h ^ text_lower((uint8_t)*id)) * 0x9E3779B97F4A7C15u;
    return (size_t)(h >> 32) % NAME_RULES_COPIES;
}

/* This host knows its own rules. A file says more of a rule than the Security log does, the
 * firewall's channel says all, and both logs know better when it changed. */
static size_t write_best(struct name_rules *n, const struct record *r, const char *id, void *buf,
                         size_t cap, uint64_t *token)
{
    enum { OF_LOG = 1 };
    struct rule_found found;
    uint64_t theirs = *token;
    bool in_log = find_in_log(n, r, id, &found);
    size_t live = is_live(n, r) ? live_names_write_rule(n->live, id, r->time, buf, cap, token) : 0;
    if (live != 0)
        return live;
    if (n->options->names != NULL && (!in_log || found.rule->is_bare)) {
        size_t needed = names_write_rule(n->options->names, id, r->time, in_log ? &found : NULL,
                                         buf, cap, token);
        if (needed != 0 || !in_log)
            return needed;
    }
    if (!in_log)
        return 0;
    *token = rule_token(&found, OF_LOG);
    return theirs == *token ? NAMES_SAME : render_rule(&found, "audit", found.since, buf, cap);
}

static bool name_rule(struct name_rules *n, struct wfpw_batch *b, wfpw_event *ev,
                      const struct record *r, const char *id)
{
    size_t room, slot = slot_of(id);
    void *to = batch_room(b, &room);
    const wfpw_rule *copy = n->copies[slot].rule;
    bool has_copy = copy != NULL && text_same(id, strlen(id), copy->id);
    uint64_t token = has_copy ? n->copies[slot].token : 0;
    size_t needed = write_best(n, r, id, to, room, &token);
    if (needed == NAMES_SAME)
        ev->rule = copy;
    if (needed == NAMES_SAME || needed == 0)
        return true;
    if (needed > room)
        return false;
    batch_use(b, needed);
    ev->rule = to;
    n->copies[slot].rule = to;
    n->copies[slot].token = token;
    return true;
}

bool name_rules_add(struct name_rules *n, struct wfpw_batch *b, const struct record *r, size_t used)
{
    wfpw_event *ev = batch_last(b);
    bool any = n->options->names != NULL || n->log != NULL || n->live != NULL;
    const char *id = any ? id_of(ev) : NULL;
    if (id == NULL || name_rule(n, b, ev, r, id))
        return true;
    if (batch_count(b) == 1) {
        ev->flags |= WFPW_EVENT_TRUNCATED;
        return true;
    }
    batch_take_back(b, used);
    return false;
}
