/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What happened and why, who, by what. */
#include "export/schema/value_computed.h"

/* A field of the audit record, unless it says "nothing" in Windows' ways. */
static void value_field(const struct export_event *x, struct export_value *v, const char *name)
{
    const char *text = x->ev->audit != NULL ? wfpw_audit_get(x->ev->audit, name) : NULL;
    if (text != NULL && text[0] != 0 && strcmp(text, "-") != 0 && strcmp(text, "S-1-0-0") != 0)
        value_string(v, text);
}

/* ---- what and why --------------------------------------------------------------------------- */

static void take_unix_ms(struct export_value *v, uint64_t time)
{
    const uint64_t unix_epoch = 116444736000000000;
    value_number_of(v, time > unix_epoch ? (time - unix_epoch) / 10000 : 0);
}

void wfpw_value_TIME_MS(const struct export_event *x, struct export_value *v)
{
    take_unix_ms(v, x->ev->time);
}

void wfpw_value_AGGREGATE_FIRST_MS(const struct export_event *x, struct export_value *v)
{
    if (x->ev->aggregate != NULL)
        take_unix_ms(v, x->ev->aggregate->first);
}

void wfpw_value_AGGREGATE_LAST_MS(const struct export_event *x, struct export_value *v)
{
    if (x->ev->aggregate != NULL)
        take_unix_ms(v, x->ev->aggregate->last);
}

void wfpw_value_EVENT_COUNT(const struct export_event *x, struct export_value *v)
{
    value_number_of(v, x->ev->aggregate != NULL ? x->ev->aggregate->count : 1);
}

void wfpw_value_START_TIME(const struct export_event *x, struct export_value *v)
{
    v->kind = KIND_TIME;
    v->number = x->ev->aggregate != NULL ? x->ev->aggregate->first : x->ev->time;
}

void wfpw_value_CODE(const struct export_event *x, struct export_value *v)
{
    if (x->event_id != 0)
        value_number_of(v, x->event_id);
    else
        value_word(v, WFPW_LIST_KIND, x->ev->kind);
}

void wfpw_value_EVIDENCE(const struct export_event *x, struct export_value *v)
{
    v->kind = x->ev->verdict != 0 ? KIND_WORDS : KIND_ABSENT;
    v->list = WFPW_LIST_EVIDENCE;
    v->number = x->ev->evidence;
}

void wfpw_value_WHY(const struct export_event *x, struct export_value *v)
{
    wfpw_reason row = {.size = sizeof row};
    if (x->ev->reason != 0 && wfpw_reason_info(x->ev->reason, &row) == 1)
        value_string(v, row.text);
}

void wfpw_value_REMEDY(const struct export_event *x, struct export_value *v)
{
    const char *text = x->ev->reason != 0 ? wfpw_event_remedy(x->ev) : "";
    if (text[0] != 0)
        value_string(v, text);
}

void wfpw_value_RESULT_CODE(const struct export_event *x, struct export_value *v)
{
    const wfpw_event *ev = x->ev;
    if (ev->ike != NULL && (ev->ike->present & WFPW_IKE_HAS_ERROR) != 0)
        value_number_of(v, ev->ike->error);
    else if (ev->ipsec != NULL && (ev->ipsec->present & WFPW_IPSEC_HAS_STATUS) != 0)
        value_number_of(v, ev->ipsec->status);
}

void wfpw_value_FAILURE_REASON(const struct export_event *x, struct export_value *v)
{
    value_string(v, x->failure_reason);
}

void wfpw_value_LOST(const struct export_event *x, struct export_value *v)
{
    if (x->ev->kind == WFPW_KIND_GAP && value_has(x, WFPW_HAS_LOST))
        value_number_of(v, x->ev->lost);
}

void wfpw_value_BODIES(const struct export_event *x, struct export_value *v)
{
    (void)x;
    v->kind = KIND_BODIES;
}

/* ---- who ------------------------------------------------------------------------------------ */

static const char *app_of(const wfpw_event *ev)
{
    return ev->app_path != NULL ? ev->app_path : ev->device_path;
}

void wfpw_value_APP(const struct export_event *x, struct export_value *v)
{
    value_string(v, app_of(x->ev));
}

void wfpw_value_PROCESS_NAME(const struct export_event *x, struct export_value *v)
{
    const char *path = app_of(x->ev), *name = path;
    for (const char *at = path; at != NULL && *at != 0; at++)
        if (*at == '\\' && at[1] != 0)
            name = at + 1;
    value_string(v, name);
}

void wfpw_value_PID(const struct export_event *x, struct export_value *v)
{
    bool is_process = x->ev->process_id != 0 || x->ev->device_path != NULL;
    if (value_has(x, WFPW_HAS_PROCESS_ID) && is_process)
        value_number_of(v, x->ev->process_id);
}

void wfpw_value_PID_PROCESS_NAME(const struct export_event *x, struct export_value *v)
{
    if (value_has(x, WFPW_HAS_PROCESS_ID))
        wfpw_value_PROCESS_NAME(x, v);
}

void wfpw_value_USER_DOMAIN(const struct export_event *x, struct export_value *v)
{
    const char *name = x->ev->user_name, *end = name != NULL ? strchr(name, '\\') : NULL;
    if (end != NULL && end != name)
        value_text(v, KIND_TEXT, name, (size_t)(end - name));
}

void wfpw_value_USER_ACCOUNT(const struct export_event *x, struct export_value *v)
{
    const char *name = x->ev->user_name, *end = name != NULL ? strchr(name, '\\') : NULL;
    value_string(v, end != NULL && end[1] != 0 ? end + 1 : name);
}

/* ---- by what -------------------------------------------------------------------------------- */

void wfpw_value_FILTER_ORIGIN(const struct export_event *x, struct export_value *v)
{
    const wfpw_event *ev = x->ev;
    const char *of_filter = ev->filter != NULL ? ev->filter->origin : NULL;
    value_string(v, ev->filter_origin != NULL ? ev->filter_origin : of_filter);
}

void wfpw_value_FILTER_CONDITION(const struct export_event *x, struct export_value *v)
{
    const wfpw_filter *f = x->ev->filter;
    if (f != NULL && f->condition_count > 0)
        value_string(v, f->conditions->text);
}

void wfpw_value_RULE_UUID(const struct export_event *x, struct export_value *v)
{
    const wfpw_event *ev = x->ev;
    if (ev->rule != NULL)
        value_string(v, ev->rule->id);
    else if (ev->filter != NULL)
        value_string(v, ev->filter->key);
}

static const char *profile_word(uint32_t profile)
{
    static const char *const words[] = {NULL, "public", "private", "domain"};
    return profile < sizeof words / sizeof *words ? words[profile] : NULL;
}

void wfpw_value_PROFILE(const struct export_event *x, struct export_value *v)
{
    if (value_has(x, WFPW_HAS_PROFILES))
        value_string(v, profile_word(x->ev->current_profile));
}

void wfpw_value_INBOUND_PROFILE(const struct export_event *x, struct export_value *v)
{
    if (x->inbound)
        wfpw_value_PROFILE(x, v);
}

void wfpw_value_OUTBOUND_PROFILE(const struct export_event *x, struct export_value *v)
{
    if (!x->inbound && x->ev->orientation != WFPW_ORIENTATION_UNKNOWN)
        wfpw_value_PROFILE(x, v);
}

static void put_interface(const struct export_event *x, struct export_value *v)
{
    if (value_has(x, WFPW_HAS_INTERFACE_INDEX))
        value_number_of(v, x->ev->interface_index);
}

void wfpw_value_INBOUND_INTERFACE(const struct export_event *x, struct export_value *v)
{
    if (x->inbound)
        put_interface(x, v);
}

void wfpw_value_OUTBOUND_INTERFACE(const struct export_event *x, struct export_value *v)
{
    if (!x->inbound && x->ev->orientation != WFPW_ORIENTATION_UNKNOWN)
        put_interface(x, v);
}

/* ---- the audit record ----------------------------------------------------------------------- */

void wfpw_value_AUDIT_RESULT(const struct export_event *x, struct export_value *v)
{
    const wfpw_audit *a = x->ev->audit;
    if (a != NULL && (a->keywords & 0x10000000000000) != 0)
        VALUE_PLAIN(v, "Audit Failure");
    else if (a != NULL && (a->keywords & 0x20000000000000) != 0)
        VALUE_PLAIN(v, "Audit Success");
}

void wfpw_value_CHANNEL(const struct export_event *x, struct export_value *v)
{
    if (x->ev->audit == NULL)
        return;
    if (x->ev->kind == WFPW_KIND_FIREWALL)
        VALUE_PLAIN(v, "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall");
    else
        VALUE_PLAIN(v, "Security");
}

void wfpw_value_RECORD_PROVIDER(const struct export_event *x, struct export_value *v)
{
    if (x->ev->audit == NULL)
        return;
    if (x->ev->kind == WFPW_KIND_FIREWALL)
        VALUE_PLAIN(v, "Microsoft-Windows-Windows Firewall With Advanced Security");
    else if (x->event_id >= 1100 && x->event_id <= 1108)
        VALUE_PLAIN(v, "Microsoft-Windows-Eventlog");
    else
        VALUE_PLAIN(v, "Microsoft-Windows-Security-Auditing");
}

void wfpw_value_DATA(const struct export_event *x, struct export_value *v)
{
    v->kind = x->ev->audit != NULL && x->ev->audit->field_count > 0 ? KIND_DATA : KIND_ABSENT;
}

void wfpw_value_LAYER_WORD(const struct export_event *x, struct export_value *v)
{
    if (x->layer_word != NULL)
        value_text(v, KIND_TEXT, x->layer_word->text, x->layer_word->length);
}

/* What a record of a change is about: the first of the names that it has. */
void wfpw_value_LOG_OBJECT(const struct export_event *x, struct export_value *v)
{
    static const char *const fields[] = {"FilterName",      "RuleName",     "CalloutName",
                                         "ProviderName",    "SubLayerName", "ProviderContextName",
                                         "SubcategoryGuid", "SettingType",  "FilterKey"};
    const wfpw_filter *f = x->ev->filter;
    if (f != NULL)
        value_string(v, f->name != NULL ? f->name : f->key);
    for (size_t i = 0; i < sizeof fields / sizeof *fields && v->kind == KIND_ABSENT; i++)
        value_field(x, v, fields[i]);
}

void wfpw_value_OCSF_RESOURCE_UID(const struct export_event *x, struct export_value *v)
{
    if (x->ev->filter != NULL)
        value_string(v, x->ev->filter->key);
    if (v->kind == KIND_ABSENT)
        value_field(x, v, "FilterKey");
}

void wfpw_value_REMOTE_MACHINE(const struct export_event *x, struct export_value *v)
{
    value_string(v, x->remote_machine);
}

void wfpw_value_SOURCE_USER(const struct export_event *x, struct export_value *v)
{
    if (x->inbound)
        value_string(v, x->remote_user);
}

void wfpw_value_DESTINATION_USER(const struct export_event *x, struct export_value *v)
{
    if (!x->inbound && x->ev->orientation != WFPW_ORIENTATION_UNKNOWN)
        value_string(v, x->remote_user);
}
