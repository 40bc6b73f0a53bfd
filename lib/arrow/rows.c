/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "arrow/rows.h"

/* ---- the table ------------------------------------------------------------------------------ */

void rows_init(struct rows *r, const wfpw_allocator *allocator, const uint8_t *ids, uint32_t count,
               uint32_t first_room)
{
    memset(r, 0, sizeof *r);
    r->memory = (struct column_memory){.allocator = allocator, .first_room = first_room};
    for (uint32_t id = 0; id < COLUMN_COUNT; id++)
        column_start(&r->columns[id], &column_kinds[id], memchr(ids, (int)id, count) != NULL);
}

void rows_forget_batch(struct rows *r)
{
    for (uint32_t id = 0; id < COLUMN_COUNT; id++)
        column_forget_recent(&r->columns[id]);
}

void rows_free(struct rows *r)
{
    for (uint32_t id = 0; id < COLUMN_COUNT; id++)
        column_free(&r->memory, &r->columns[id]);
    r->count = 0;
    r->memory.text_bytes = 0;
}

/* ---- what, and why -------------------------------------------------------------------------- */

static void add_head(struct rows *r, const wfpw_event *ev)
{
    bool has_type = ev->kind == WFPW_KIND_NET_EVENT && (ev->present & WFPW_HAS_TYPE_RAW) != 0;
    rows_number(r, COLUMN_SEQ, ev->seq);
    column_int64(&r->memory, &r->columns[COLUMN_TIME], r->count, rows_microseconds(ev->time));
    rows_number(r, COLUMN_TIME_TICKS, ev->time);
    rows_word(r, COLUMN_SOURCE, ev->source);
    rows_word(r, COLUMN_KIND, ev->kind);
    rows_number_if(r, has_type, COLUMN_TYPE_RAW, ev->type_raw);
    rows_name(r, COLUMN_FILE, ev->file);
    if (ev->verdict == 0)
        return;
    rows_word(r, COLUMN_VERDICT, ev->verdict);
    rows_word(r, COLUMN_REASON, ev->reason);
    rows_word(r, COLUMN_CONFIDENCE, ev->confidence);
    rows_words(r, COLUMN_EVIDENCE, ev->evidence);
}

/* ---- the traffic ---------------------------------------------------------------------------- */

static bool is_icmp(const wfpw_event *ev)
{
    return (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58);
}

/* The columns of one side. */
struct side {
    enum column_id ip, port, scope_id;
    uint32_t has_port;
};

static void add_side(struct rows *r, const struct side *to, const wfpw_event *ev,
                     const wfpw_endpoint *e)
{
    rows_ip(r, to->ip, e);
    if ((ev->present & to->has_port) != 0 && !is_icmp(ev))
        rows_small(r, to->port, e->port);
    if (e->family == 6 && (ev->present & WFPW_HAS_SCOPE_ID) != 0)
        rows_number(r, to->scope_id, e->scope_id);
}

/* Windows gives type and code in the places of the ports: see put_icmp in json.c. */
static void add_icmp(struct rows *r, const wfpw_event *ev, bool unknown)
{
    if ((ev->present & WFPW_HAS_LOCAL_PORT) != 0)
        rows_small(r, unknown ? COLUMN_ICMP_FROM : COLUMN_ICMP_TYPE, ev->local.port);
    if ((ev->present & WFPW_HAS_REMOTE_PORT) != 0)
        rows_small(r, unknown ? COLUMN_ICMP_TO : COLUMN_ICMP_CODE, ev->remote.port);
}

static void add_sides(struct rows *r, const wfpw_event *ev)
{
    static const struct side sides[2][2] = {
        {{COLUMN_LOCAL_IP, COLUMN_LOCAL_PORT, COLUMN_LOCAL_SCOPE_ID, WFPW_HAS_LOCAL_PORT},
         {COLUMN_REMOTE_IP, COLUMN_REMOTE_PORT, COLUMN_REMOTE_SCOPE_ID, WFPW_HAS_REMOTE_PORT}},
        {{COLUMN_FROM_IP, COLUMN_FROM_PORT, COLUMN_FROM_SCOPE_ID, WFPW_HAS_LOCAL_PORT},
         {COLUMN_TO_IP, COLUMN_TO_PORT, COLUMN_TO_SCOPE_ID, WFPW_HAS_REMOTE_PORT}},
    };
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    add_side(r, &sides[unknown][0], ev, &ev->local);
    add_side(r, &sides[unknown][1], ev, &ev->remote);
    if (is_icmp(ev))
        add_icmp(r, ev, unknown);
    rows_word(r, COLUMN_ORIENTATION, ev->orientation);
}

static void add_traffic(struct rows *r, const wfpw_event *ev)
{
    bool has_raw = (ev->present & WFPW_HAS_DIRECTION) != 0;
    rows_word(r, COLUMN_DIRECTION, ev->direction);
    rows_number_if(r, has_raw, COLUMN_DIRECTION_RAW, ev->direction_raw);
    rows_word(r, COLUMN_DIRECTION_FROM, ev->direction_from);
    rows_number_if(r, (ev->present & WFPW_HAS_PROTOCOL) != 0, COLUMN_PROTOCOL, ev->protocol);
    add_sides(r, ev);
    if ((ev->present & WFPW_HAS_LOOPBACK) != 0)
        rows_bool(r, COLUMN_LOOPBACK, (ev->flags & WFPW_EVENT_LOOPBACK) != 0);
}

/* ---- who and by what ------------------------------------------------------------------------ */

static void add_who(struct rows *r, const wfpw_event *ev)
{
    const uint32_t own = WFPW_EVENT_OWN_FILTER | WFPW_EVENT_OWN_PROCESS | WFPW_EVENT_OWN_LOOKUP;
    rows_name(r, COLUMN_APP_PATH, ev->app_path);
    rows_name(r, COLUMN_APP_DEVICE_PATH, ev->device_path);
    rows_name(r, COLUMN_APP_PACKAGE_SID, ev->package_sid);
    if ((ev->present & WFPW_HAS_NOT_PACKAGED) != 0)
        rows_bool(r, COLUMN_APP_PACKAGED, false);
    rows_name(r, COLUMN_APP_FQBN, ev->fqbn);
    rows_name(r, COLUMN_USER_SID, ev->user_sid);
    rows_name(r, COLUMN_USER_NAME, ev->user_name);
    if ((ev->present & WFPW_HAS_PROCESS_ID) != 0) {
        rows_number(r, COLUMN_PROCESS_PID, ev->process_id);
        rows_word(r, COLUMN_PROCESS_PID_FROM, ev->pid_from);
    }
    if ((ev->flags & own) != 0)
        rows_words(r, COLUMN_OWN, ev->flags & own);
}

static void add_filter_names(struct rows *r, const wfpw_filter *f)
{
    rows_name(r, COLUMN_FILTER_KEY, f->key);
    rows_name(r, COLUMN_FILTER_NAME, f->name);
    rows_name(r, COLUMN_FILTER_ACTION, f->action_name);
    rows_name(r, COLUMN_FILTER_PROVIDER, f->provider);
    rows_name(r, COLUMN_FILTER_PROVIDER_NAME, f->provider_name);
    rows_name(r, COLUMN_FILTER_PROVIDER_PRODUCT, f->provider_product);
    if (f->product_from > WFPW_PRODUCT_FROM_KEY)
        rows_word(r, COLUMN_FILTER_PRODUCT_FROM, f->product_from);
    rows_name(r, COLUMN_FILTER_SUBLAYER, f->sublayer);
    rows_name(r, COLUMN_FILTER_CALLOUT, f->callout);
    rows_name(r, COLUMN_FILTER_CALLOUT_NAME, f->callout_name);
    if ((f->present & WFPW_FILTER_HAS_OWN) != 0)
        rows_bool(r, COLUMN_FILTER_OWN, true);
    rows_word(r, COLUMN_FILTER_STATE, f->state);
    rows_time(r, COLUMN_FILTER_DELETED, f->deleted_time);
    rows_name(r, COLUMN_FILTER_FROM, f->from);
    rows_time(r, COLUMN_FILTER_FROM_TIME, f->from_time);
}

static void add_filter(struct rows *r, const wfpw_event *ev)
{
    const wfpw_filter *f = ev->filter;
    bool has_id = (ev->present & WFPW_HAS_FILTER_ID) != 0;
    if (!has_id && ev->filter_origin == NULL)
        return;
    rows_number_if(r, has_id, COLUMN_FILTER_ID, ev->filter_id);
    rows_name(r, COLUMN_FILTER_ORIGIN,
              ev->filter_origin != NULL || f == NULL ? ev->filter_origin : f->origin);
    if (f != NULL)
        add_filter_names(r, f);
}

/* As json_rule.c has it: what a rule is called besides is said when it is something else. */
static void add_rule_names(struct rows *r, const wfpw_rule *rule)
{
    bool differs =
        rule->name == NULL || (rule->title != NULL && strcmp(rule->name, rule->title) != 0);
    rows_name(r, COLUMN_RULE_ID, rule->id);
    rows_name(r, COLUMN_RULE_NAME, rule->name);
    rows_name(r, COLUMN_RULE_TITLE, differs ? rule->title : NULL);
}

static void add_rule_change(struct rows *r, const wfpw_rule *rule)
{
    rows_word(r, COLUMN_RULE_CHANGE_WHAT, rule->change);
    rows_time(r, COLUMN_RULE_CHANGE_TIME, rule->change_time);
    rows_name(r, COLUMN_RULE_CHANGE_BY, rule->changed_by);
    rows_name(r, COLUMN_RULE_CHANGE_USER, rule->changed_user);
}

static void add_rule(struct rows *r, const wfpw_rule *rule)
{
    add_rule_names(r, rule);
    rows_word(r, COLUMN_RULE_ACTION, rule->action);
    rows_name(r, COLUMN_RULE_DIRECTION,
              rule->direction == WFPW_DIRECTION_INBOUND    ? "in"
              : rule->direction == WFPW_DIRECTION_OUTBOUND ? "out"
                                                           : NULL);
    if ((rule->present & WFPW_RULE_HAS_ENABLED) != 0)
        rows_bool(r, COLUMN_RULE_ENABLED, rule->enabled != 0);
    rows_word(r, COLUMN_RULE_ORIGIN, rule->origin);
    rows_word(r, COLUMN_RULE_STATE, rule->state);
    if (rule->change != 0)
        add_rule_change(r, rule);
    rows_name(r, COLUMN_RULE_FROM, rule->from);
    rows_time(r, COLUMN_RULE_FROM_TIME, rule->from_time);
}

static void add_layer(struct rows *r, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_LAYER_ID) == 0)
        return;
    rows_number(r, COLUMN_LAYER_ID, ev->layer_id);
    rows_name(r, COLUMN_LAYER_KEY, ev->layer_key);
    rows_name(r, COLUMN_LAYER_NAME, ev->layer_name);
}

static void add_profile(struct rows *r, const wfpw_event *ev)
{
    bool has_profiles = (ev->present & WFPW_HAS_PROFILES) != 0;
    rows_number_if(r, has_profiles, COLUMN_PROFILE_ORIGINAL, ev->original_profile);
    rows_number_if(r, has_profiles, COLUMN_PROFILE_CURRENT, ev->current_profile);
    rows_number_if(r, (ev->present & WFPW_HAS_REAUTH_REASON) != 0, COLUMN_REAUTH_REASON,
                   ev->reauth_reason);
    rows_number_if(r, (ev->present & WFPW_HAS_INTERFACE_INDEX) != 0, COLUMN_INTERFACE_INDEX,
                   ev->interface_index);
    rows_number_if(r, (ev->present & WFPW_HAS_POLICY_FLAGS) != 0, COLUMN_POLICY_FLAGS,
                   ev->policy_flags);
    rows_name(r, COLUMN_ENTERPRISE_ID, ev->enterprise_id);
    rows_name(r, COLUMN_EFFECTIVE_NAME, ev->effective_name);
}

/* ---- what is missing ------------------------------------------------------------------------ */

static void add_gap(struct rows *r, const wfpw_event *ev)
{
    rows_number_if(r, (ev->present & WFPW_HAS_LOST) != 0, COLUMN_LOST, ev->lost);
    rows_word(r, COLUMN_LOST_WHERE, ev->lost_where);
    rows_time(r, COLUMN_LOST_FROM, ev->lost_from);
}

static void add_flags(struct rows *r, const wfpw_event *ev)
{
    rows_bool(r, COLUMN_MERGED, (ev->flags & WFPW_EVENT_MERGED) != 0);
    rows_bool(r, COLUMN_TRUNCATED, (ev->flags & WFPW_EVENT_TRUNCATED) != 0);
    rows_bool(r, COLUMN_PARTIAL, (ev->flags & WFPW_EVENT_PARTIAL) != 0);
    rows_bool(r, COLUMN_AFTER_DAMAGE, (ev->flags & WFPW_EVENT_AFTER_DAMAGE) != 0);
    rows_bool(r, COLUMN_LOCAL_TIME, (ev->flags & WFPW_EVENT_LOCAL_TIME) != 0);
}

void rows_add(struct rows *r, const wfpw_event *ev)
{
    add_head(r, ev);
    add_traffic(r, ev);
    add_who(r, ev);
    add_filter(r, ev);
    if (ev->rule != NULL)
        add_rule(r, ev->rule);
    add_layer(r, ev);
    add_profile(r, ev);
    rows_add_bodies(r, ev);
    if (ev->kind == WFPW_KIND_GAP)
        add_gap(r, ev);
    add_flags(r, ev);
    r->count++;
}
