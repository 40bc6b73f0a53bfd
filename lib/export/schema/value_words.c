/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Values in the words of one schema only. */
#include "export/schema/value_computed.h"

static bool is_loopback(const struct export_event *x)
{
    return value_has(x, WFPW_HAS_LOOPBACK) && (x->ev->flags & WFPW_EVENT_LOOPBACK) != 0;
}

/* ---- OCSF ----------------------------------------------------------------------------------- */

void wfpw_value_OCSF_CONFIDENCE(const struct export_event *x, struct export_value *v)
{
    static const uint8_t ids[] = {0, 3, 2, 1}; /* by WFPW_CONFIDENCE_* */
    if (x->ev->confidence > 0 && x->ev->confidence < sizeof ids)
        value_number_of(v, ids[x->ev->confidence]);
}

void wfpw_value_OCSF_CONFIDENCE_NAME(const struct export_event *x, struct export_value *v)
{
    if (x->ev->confidence == WFPW_CONFIDENCE_CERTAIN)
        VALUE_PLAIN(v, "High");
    else if (x->ev->confidence == WFPW_CONFIDENCE_LIKELY)
        VALUE_PLAIN(v, "Medium");
    else if (x->ev->confidence == WFPW_CONFIDENCE_GUESS)
        VALUE_PLAIN(v, "Low");
}

/* Which side has seen it: 1 source, 2 destination, 4 both. */
static uint32_t observation_point(const struct export_event *x)
{
    if (is_loopback(x))
        return 4;
    if (x->ev->orientation == WFPW_ORIENTATION_UNKNOWN)
        return 0;
    if (x->inbound)
        return 2;
    bool outbound = x->ev->direction == WFPW_DIRECTION_OUTBOUND || export_is_listen(x);
    return outbound ? 1 : 0;
}

void wfpw_value_OCSF_POINT(const struct export_event *x, struct export_value *v)
{
    value_number_of(v, observation_point(x));
}

void wfpw_value_OCSF_POINT_NAME(const struct export_event *x, struct export_value *v)
{
    static const char *const names[] = {"Unknown", "Source", "Destination", "Neither", "Both"};
    const char *name = names[observation_point(x)];
    value_text(v, KIND_PLAIN, name, strlen(name));
}

void wfpw_value_OCSF_TYPE(const struct export_event *x, struct export_value *v)
{
    static const struct {
        uint32_t class_bit, uid;
    } classes[] = {{CLASS_NETWORK, 4001},
                   {CLASS_RESOURCE, 201003},
                   {CLASS_CONFIG, 5019},
                   {CLASS_LOG, 1008},
                   {CLASS_BASE, 0}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if ((x->ocsf_class & classes[i].class_bit) != 0)
            value_number_of(v, classes[i].uid * 100ull + x->ocsf_activity);
}

void wfpw_value_OCSF_BOUNDARY(const struct export_event *x, struct export_value *v)
{
    if (is_loopback(x))
        value_number_of(v, 1);
}

void wfpw_value_OCSF_BOUNDARY_NAME(const struct export_event *x, struct export_value *v)
{
    if (is_loopback(x))
        VALUE_PLAIN(v, "Localhost");
}

void wfpw_value_OCSF_IP_VERSION(const struct export_event *x, struct export_value *v)
{
    uint8_t family = value_family(x->ev);
    if (family == 4)
        VALUE_PLAIN(v, "Internet Protocol version 4 (IPv4)");
    else if (family == 6)
        VALUE_PLAIN(v, "Internet Protocol version 6 (IPv6)");
}

/* Said only where it is not known. */
void wfpw_value_OCSF_ASSIGNED(const struct export_event *x, struct export_value *v)
{
    if (x->ev->orientation == WFPW_ORIENTATION_UNKNOWN)
        value_text(v, KIND_RAW, "false", 5);
}

/* ---- ASIM ----------------------------------------------------------------------------------- */

void wfpw_value_ASIM_DIRECTION(const struct export_event *x, struct export_value *v)
{
    const char *word = ((const struct export_way *)x->base[BASE_WAY])->asim;
    if (export_is_listen(x))
        word = "Listen";
    else if (is_loopback(x))
        word = "Local";
    value_text(v, KIND_PLAIN, word, strlen(word));
}

void wfpw_value_ASIM_TYPE(const struct export_event *x, struct export_value *v)
{
    if (x->ev->mac != NULL)
        VALUE_PLAIN(v, "L2NetworkSession");
    else
        VALUE_PLAIN(v, "NetworkSession");
}

/* A closed list, of which only one word is ours. */
void wfpw_value_ASIM_DETAILS(const struct export_event *x, struct export_value *v)
{
    if (export_is_failed_tunnel(x))
        VALUE_PLAIN(v, "Invalid Tunnel");
    else if (x->what->class_bit == CLASS_NETWORK)
        VALUE_PLAIN(v, "NA");
}

void wfpw_value_ASIM_ORIGINAL_ACTION(const struct export_event *x, struct export_value *v)
{
    if (x->ev->reason == WFPW_REASON_SILENT_MODE)
        VALUE_PLAIN(v, "silent");
    else
        value_word(v, WFPW_LIST_VERDICT, x->ev->verdict);
}

void wfpw_value_ASIM_IP_VERSION(const struct export_event *x, struct export_value *v)
{
    uint8_t family = value_family(x->ev);
    if (family == 4)
        VALUE_PLAIN(v, "IPv4");
    else if (family == 6)
        VALUE_PLAIN(v, "IPv6");
}

/* Whether the program and its account are those of the source: the local side's, where it is known
 * which side that is. */
static bool is_of(const struct export_event *x, bool source)
{
    return source != x->inbound && x->ev->orientation != WFPW_ORIENTATION_UNKNOWN;
}

static void put_app(const struct export_event *x, struct export_value *v, bool source)
{
    if (is_of(x, source))
        value_string(v, x->ev->device_path);
}

static void put_sid(const struct export_event *x, struct export_value *v, bool source)
{
    if (is_of(x, source))
        value_string(v, x->ev->user_sid);
}

static void put_name(const struct export_event *x, struct export_value *v, bool source)
{
    if (is_of(x, source))
        value_string(v, x->ev->user_name);
}

static void put_pid(const struct export_event *x, struct export_value *v, bool source)
{
    if (is_of(x, source))
        wfpw_value_PID(x, v);
}

/* What kind of name a value is, where there is one. */
static void put_type(struct export_value *v, const char *type)
{
    if (v->kind != KIND_ABSENT)
        value_text(v, KIND_PLAIN, type, strlen(type));
}

void wfpw_value_ASIM_SOURCE_APP(const struct export_event *x, struct export_value *v)
{
    put_app(x, v, true);
}

void wfpw_value_ASIM_SOURCE_PID(const struct export_event *x, struct export_value *v)
{
    put_pid(x, v, true);
}

void wfpw_value_ASIM_SOURCE_SID(const struct export_event *x, struct export_value *v)
{
    put_sid(x, v, true);
}

void wfpw_value_ASIM_SOURCE_NAME(const struct export_event *x, struct export_value *v)
{
    put_name(x, v, true);
}

void wfpw_value_ASIM_SOURCE_APP_TYPE(const struct export_event *x, struct export_value *v)
{
    put_app(x, v, true);
    put_type(v, "Process");
}

void wfpw_value_ASIM_SOURCE_SID_TYPE(const struct export_event *x, struct export_value *v)
{
    put_sid(x, v, true);
    put_type(v, "SID");
}

void wfpw_value_ASIM_SOURCE_NAME_TYPE(const struct export_event *x, struct export_value *v)
{
    put_name(x, v, true);
    put_type(v, "Windows");
}

void wfpw_value_ASIM_DESTINATION_APP(const struct export_event *x, struct export_value *v)
{
    put_app(x, v, false);
}

void wfpw_value_ASIM_DESTINATION_PID(const struct export_event *x, struct export_value *v)
{
    put_pid(x, v, false);
}

void wfpw_value_ASIM_DESTINATION_SID(const struct export_event *x, struct export_value *v)
{
    put_sid(x, v, false);
}

void wfpw_value_ASIM_DESTINATION_NAME(const struct export_event *x, struct export_value *v)
{
    put_name(x, v, false);
}

void wfpw_value_ASIM_DESTINATION_APP_TYPE(const struct export_event *x, struct export_value *v)
{
    put_app(x, v, false);
    put_type(v, "Process");
}

void wfpw_value_ASIM_DESTINATION_SID_TYPE(const struct export_event *x, struct export_value *v)
{
    put_sid(x, v, false);
    put_type(v, "SID");
}

void wfpw_value_ASIM_DESTINATION_NAME_TYPE(const struct export_event *x, struct export_value *v)
{
    put_name(x, v, false);
    put_type(v, "Windows");
}

/* The rule's name, the filter's, or its id: never a number, which would not hold 64 bits. */
void wfpw_value_ASIM_RULE(const struct export_event *x, struct export_value *v)
{
    const wfpw_event *ev = x->ev;
    if (ev->rule != NULL && ev->rule->title != NULL)
        value_string(v, ev->rule->title);
    else if (ev->filter != NULL && ev->filter->name != NULL)
        value_string(v, ev->filter->name);
    else if (ev->filter_id != 0)
        value_number_of(v, ev->filter_id);
}
