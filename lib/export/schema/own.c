/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What every format has under one name of its own, and what parts of lines depend on. */
#include "export/schema/row.h"

/* ---- keys ----------------------------------------------------------------------------------- */

static uint64_t two_words(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

bool export_key_what(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    *key = (struct json_out_key){{(uintptr_t)x->what, two_words(ev->source, ev->kind),
                                  two_words(ev->reason, x->event_id),
                                  two_words(x->ocsf_class, x->ocsf_activity)}};
    return ev->audit == NULL || ev->audit->event_id != 0;
}

bool export_key_flow(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    uint32_t present = ev->present & (WFPW_HAS_PROTOCOL | WFPW_HAS_LOOPBACK);
    uint32_t sides = ev->direction | (uint32_t)ev->orientation << 8 |
                     (uint32_t)ev->local.family << 16 | (uint32_t)ev->remote.family << 24;
    *key = (struct json_out_key){{(uintptr_t)x->what, two_words(sides, present),
                                  two_words(ev->protocol, ev->flags & WFPW_EVENT_LOOPBACK)}};
    return true;
}

bool export_key_filter(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    *key = (struct json_out_key){{ev->present & WFPW_HAS_FILTER_ID, ev->filter_id,
                                  (uintptr_t)ev->filter, (uintptr_t)ev->filter_origin}};
    return ev->rule == NULL;
}

bool export_key_layer(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    *key = (struct json_out_key){{two_words(ev->present & WFPW_HAS_LAYER_ID, ev->layer_id),
                                  (uintptr_t)ev->layer_key, (uintptr_t)ev->layer_name}};
    return true;
}

bool export_key_record(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_audit *a = x->ev->audit;
    if (a == NULL)
        return false;
    *key = (struct json_out_key){{(uintptr_t)a->computer, a->keywords,
                                  two_words(a->event_id, x->ev->kind),
                                  two_words(a->task, a->version)}};
    return true;
}

bool export_key_place(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    uint32_t present = ev->present & (WFPW_HAS_PROFILES | WFPW_HAS_INTERFACE_INDEX);
    *key = (struct json_out_key){
        {two_words(present, ev->current_profile),
         two_words((uint32_t)x->inbound << 8 | ev->orientation, ev->interface_index)}};
    return true;
}

static bool key_why(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    *key = (struct json_out_key){
        {two_words(ev->source, ev->kind), two_words(ev->verdict, ev->reason),
         two_words(ev->confidence, ev->evidence), two_words(ev->orientation, ev->pid_from)}};
    return true;
}

bool export_key_app(const struct export_event *x, struct json_out_key *key)
{
    *key = (struct json_out_key){{(uintptr_t)x->ev->app_path, (uintptr_t)x->ev->device_path}};
    return true;
}

bool export_key_user(const struct export_event *x, struct json_out_key *key)
{
    *key = (struct json_out_key){{(uintptr_t)x->ev->user_sid, (uintptr_t)x->ev->user_name}};
    return true;
}

/* What wfpw_event_remedy looks at but for pointers. *fits: it has room. */
static uint64_t remedy_bits(const struct export_event *x, bool *fits)
{
    const wfpw_event *ev = x->ev;
    bool pid = (ev->present & WFPW_HAS_PROCESS_ID) != 0 && ev->process_id != 0;
    bool layer = (ev->present & WFPW_HAS_LAYER_ID) != 0,
         id = (ev->present & WFPW_HAS_FILTER_ID) != 0;
    uint64_t bits = (uint64_t)x->event_id << 48 | (uint64_t)ev->reason << 40 |
                    (uint64_t)ev->layer_id << 24 | (uint64_t)ev->source << 20 |
                    (uint64_t)ev->lost_where << 16 | (uint64_t)ev->verdict << 12 |
                    (uint64_t)ev->confidence << 8 | (uint64_t)pid << 7 | (uint64_t)layer << 6 |
                    (uint64_t)(id && ev->filter_id != 0) << 5 |
                    (uint64_t)(ev->user_name != NULL) << 4 | (uint64_t)(ev->audit != NULL) << 3;
    *fits = x->event_id < 0x10000 && ev->reason < 0x100 && ev->layer_id < 0x10000 &&
            ev->source < 0x10 && ev->lost_where < 0x10 && ev->verdict < 0x10 &&
            ev->confidence < 0x10 && ev->rule == NULL && ev->ike == NULL && ev->ipsec == NULL;
    return bits;
}

bool export_key_remedy(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    bool fits;
    uint64_t bits = remedy_bits(x, &fits);
    *key = (struct json_out_key){
        {bits, (uintptr_t)ev->filter, (uintptr_t)ev->filter_origin, (uintptr_t)ev->user_sid}};
    return fits;
}

/* All that common_rows depend on, of an event of NEED_NO_FILTER. */
static bool key_common(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_event *ev = x->ev;
    bool fits;
    uint64_t bits = remedy_bits(x, &fits);
    uint32_t rest = ev->kind << 16 | (uint32_t)ev->orientation << 8 | ev->pid_from;
    *key = (struct json_out_key){{bits, two_words(ev->evidence, rest), (uintptr_t)ev->layer_key,
                                  (uintptr_t)ev->layer_name, (uintptr_t)ev->user_sid,
                                  (uintptr_t)ev->file}};
    return fits && ev->kind < 0x10000;
}

/* ---- rows ----------------------------------------------------------------------------------- */

#define WHY_ROWS                                                                                   \
    ROW_FIELD("source", SOURCE), ROW_FIELD("kind", KIND), ROW_FIELD("verdict", VERDICT),           \
        ROW_FIELD("reason", REASON), ROW_FIELD("confidence", CONFIDENCE),                          \
        ROW_FIELD("evidence", EVIDENCE), ROW_FIELD("orientation", ORIENTATION),                    \
        ROW_FIELD("pid_from", PID_FROM)
#define LAYER_ROWS                                                                                 \
    ROW_OBJECT("layer"), ROW_FIELD("id", LAYER_ID), ROW_FIELD("key", LAYER_KEY),                   \
        ROW_FIELD("name", LAYER_NAME), ROW_END
#define REMEDY_ROWS ROW_FIELD("remedy", REMEDY)
#define FILE_ROWS   ROW_FIELD("file", FILE)

static const struct export_row common_rows[] = {WHY_ROWS, LAYER_ROWS, REMEDY_ROWS, FILE_ROWS};

static const struct export_row why_rows[] = {WHY_ROWS};

static const struct export_row filter_rows[] = {
    ROW_OBJECT("filter"),
    ROW_FIELD("key", FILTER_KEY),
    ROW_FIELD("action", FILTER_ACTION),
    ROW_FIELD("provider", FILTER_PROVIDER),
    ROW_FIELD("product", FILTER_PRODUCT),
    ROW_FIELD("sublayer", FILTER_SUBLAYER),
    ROW_FIELD("callout", FILTER_CALLOUT),
    ROW_FIELD("origin", FILTER_ORIGIN),
    ROW_FIELD("state", FILTER_STATE),
    ROW_FIELD("from", FILTER_FROM),
    ROW_END,
    ROW_OBJECT("rule"),
    ROW_FIELD("id", RULE_ID),
    ROW_FIELD("title", RULE_TITLE),
    ROW_FIELD("origin", RULE_ORIGIN),
    ROW_END,
};

static const struct export_row layer_rows[] = {LAYER_ROWS};

static const struct export_row remedy_rows[] = {REMEDY_ROWS};

static const struct export_row file_rows[] = {FILE_ROWS};

static bool key_file(const struct export_event *x, struct json_out_key *key)
{
    *key = (struct json_out_key){{(uintptr_t)x->ev->file}};
    return true;
}

/* What is seldom. */
static const struct export_row odd_rows[] = {
    ROW_FIELD("type_raw", TYPE_RAW),
    ROW_OBJECT("app"),
    ROW_FIELD("package_sid", PACKAGE_SID),
    ROW_FIELD("fqbn", FQBN),
    ROW_END,
    ROW_OBJECT("icmp"),
    ROW_FIELD("type", ICMP_TYPE),
    ROW_FIELD("code", ICMP_CODE),
    ROW_END,
    ROW_FIELD("remote_machine_sid", REMOTE_MACHINE),
    ROW_FIELD("scope_id", SCOPE_ID),
    ROW_FIELD("reauth_reason", REAUTH_REASON),
    ROW_OBJECT("aggregate"),
    ROW_FIELD("count", AGGREGATE_COUNT),
    ROW_FIELD("first", AGGREGATE_FIRST),
    ROW_FIELD("last", AGGREGATE_LAST),
    ROW_END,
    ROW_FIELD("attempt", ATTEMPT),
    ROW_FIELD("lost", LOST),
    ROW_FIELD("lost_where", LOST_WHERE),
    ROW_FIELD("lost_from", LOST_FROM),
    ROW_IF_FLAG("\"merged\":true", WFPW_EVENT_MERGED),
    ROW_ITEM(BODIES),
};

const struct export_section export_own_sections[EXPORT_OWN_SECTIONS] = {
    SECTION_NEEDED(common_rows, UINT32_MAX, NEED_NO_FILTER, key_common, PART_OWN),
    SECTION_NEEDED(why_rows, UINT32_MAX, NEED_FILTER, key_why, PART_OWN_WHY),
    SECTION_NEEDED(filter_rows, UINT32_MAX, NEED_FILTER, export_key_filter, PART_OWN_FILTER),
    SECTION_NEEDED(layer_rows, UINT32_MAX, NEED_FILTER, export_key_layer, PART_LAYER),
    SECTION_NEEDED(remedy_rows, UINT32_MAX, NEED_FILTER, export_key_remedy, PART_REMEDY),
    SECTION_NEEDED(file_rows, UINT32_MAX, NEED_FILTER, key_file, PART_RULE),
    SECTION(odd_rows, UINT32_MAX, NEED_ODDS | NEED_BODIES | NEED_FLAGS | NEED_PEERS),
};
