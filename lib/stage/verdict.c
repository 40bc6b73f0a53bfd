/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/verdict.h"

#include <string.h>

enum {
    TCP = 6,
    UDP = 17,
    LAYERS_STABLE = 56, /* ids below mean the same on every Windows */
    IDS_A_FAMILY = 4
};
#define AUDIT_SUCCESS 0x0020000000000000u

/* ---- where it was decided ------------------------------------------------------------------- */

/* Layers whose ids differ between versions of Windows, by their key. */
static const struct {
    const char *prefix;
    enum verdict_family family;
} families[] = {
    {"INBOUND_MAC_", FAMILY_MAC},
    {"OUTBOUND_MAC_", FAMILY_MAC},
    {"INGRESS_VSWITCH_", FAMILY_VSWITCH},
    {"EGRESS_VSWITCH_", FAMILY_VSWITCH},
    {"ALE_RESOURCE_RELEASE_", FAMILY_FLOW},
    {"ALE_ENDPOINT_CLOSURE_", FAMILY_FLOW},
    {"ALE_CONNECT_REDIRECT_", FAMILY_REDIRECT},
    {"ALE_BIND_REDIRECT_", FAMILY_REDIRECT},
    {"STREAM_PACKET_", FAMILY_STREAM},
    {"INBOUND_TRANSPORT_FAST", FAMILY_TRANSPORT_IN},
    {"OUTBOUND_TRANSPORT_FAST", FAMILY_TRANSPORT_OUT},
    {"OUTBOUND_NETWORK_CONNECTION_POLICY_", FAMILY_CONNECT},
    {"IPSEC_", FAMILY_IPSEC},
    {"IKEEXT_", FAMILY_IPSEC},
    {"KM_AUTHORIZATION", FAMILY_IPSEC},
};

static enum verdict_family family_of_key(const char *key)
{
    static const char layer[] = "FWPM_LAYER_";
    if (key == NULL || strncmp(key, layer, sizeof layer - 1) != 0)
        return FAMILY_OTHER;
    key += sizeof layer - 1;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strncmp(key, families[i].prefix, strlen(families[i].prefix)) == 0)
            return families[i].family;
    return FAMILY_OTHER;
}

struct verdict_layer verdict_layer_of(const wfpw_event *ev)
{
    struct verdict_layer layer = {.family = FAMILY_OTHER};
    if ((ev->present & WFPW_HAS_LAYER_ID) == 0)
        return layer;
    if (ev->layer_id < LAYERS_STABLE) {
        layer.family = (enum verdict_family)(ev->layer_id / IDS_A_FAMILY);
        layer.is_discard = ev->layer_id % 2 != 0;
    } else {
        layer.family = family_of_key(ev->layer_key);
    }
    return layer;
}

/* Whether the event says that no filter matched: the id of a filter is there, and is 0. */
static bool is_unmatched(const wfpw_event *ev)
{
    return (ev->present & WFPW_HAS_FILTER_ID) != 0 && ev->filter_id == 0;
}

/* ---- why it was refused: what decides whatever the filter is -------------------------------- */

static struct finding make_finding(uint16_t reason, uint32_t evidence, uint8_t confidence)
{
    return (struct finding){.evidence = evidence, .reason = reason, .confidence = confidence};
}

static struct finding of_bind(const wfpw_event *ev)
{
    bool raw = (ev->present & WFPW_HAS_PROTOCOL) != 0 && ev->protocol != TCP && ev->protocol != UDP;
    if (raw)
        return make_finding(WFPW_REASON_RAW_SOCKET, WFPW_EVIDENCE_LAYER | WFPW_EVIDENCE_PROTOCOL,
                            WFPW_CONFIDENCE_LIKELY);
    return make_finding(WFPW_REASON_BIND, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_CERTAIN);
}

/* Layers at which things are refused for one reason. */
static struct finding of_layer(const wfpw_event *ev, const struct verdict_layer *layer)
{
    if (layer->is_discard)
        return make_finding(layer->family == FAMILY_TRANSPORT_IN ? WFPW_REASON_STEALTH
                                                                 : WFPW_REASON_DISCARD,
                            WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_LIKELY);
    switch (layer->family) {
    case FAMILY_BIND:
        return of_bind(ev);
    case FAMILY_LISTEN:
        return make_finding(WFPW_REASON_LISTEN, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_CERTAIN);
    case FAMILY_MAC:
        return make_finding(WFPW_REASON_MAC, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_LIKELY);
    case FAMILY_VSWITCH:
        return make_finding(WFPW_REASON_VSWITCH, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_LIKELY);
    case FAMILY_IPSEC:
        return make_finding(WFPW_REASON_IPSEC, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_LIKELY);
    default:
        return make_finding(0, 0, 0);
    }
}

/* What the kind of the event, or the number of the record, says by itself. */
static struct finding of_kind(const wfpw_event *ev)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    switch (id) {
    case 5031:
        return make_finding(WFPW_REASON_QUERY_USER, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_LIKELY);
    case 5146:
        return make_finding(WFPW_REASON_VSWITCH, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN);
    case 5150:
        return make_finding(WFPW_REASON_MAC, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN);
    case 5147: /* "a more restrictive filter": a callout against a rule that allows for good */
    case 5151:
    case 5153:
        return make_finding(WFPW_REASON_CALLOUT, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_LIKELY);
    case 5155:
        return make_finding(WFPW_REASON_LISTEN, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN);
    case 5159:
        return make_finding(WFPW_REASON_BIND, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN);
    default:
        break;
    }
    if (ev->kind == WFPW_KIND_CLASSIFY_DROP_MAC)
        return make_finding(WFPW_REASON_MAC, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN);
    if (ev->vswitch != NULL)
        return make_finding(WFPW_REASON_VSWITCH, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN);
    return make_finding(0, 0, 0);
}

/* ---- why it was refused: what is usual ------------------------------------------------------ */

static struct finding of_circumstances(const wfpw_event *ev)
{
    if ((ev->flags & WFPW_EVENT_LOOPBACK) != 0 && verdict_is_packaged(ev))
        return make_finding(WFPW_REASON_APPCONTAINER_LOOPBACK,
                            WFPW_EVIDENCE_LOOPBACK | WFPW_EVIDENCE_PACKAGE, WFPW_CONFIDENCE_LIKELY);
    if ((ev->present & WFPW_HAS_REAUTH_REASON) != 0 && ev->reauth_reason != 0)
        return make_finding(WFPW_REASON_REAUTHORIZATION, WFPW_EVIDENCE_REAUTH,
                            WFPW_CONFIDENCE_LIKELY);
    if (ev->filter != NULL && ev->filter->state == WFPW_FILTER_STATE_NOT_FOUND)
        return make_finding(WFPW_REASON_FILTER_GONE, WFPW_EVIDENCE_FILTER_STATE,
                            WFPW_CONFIDENCE_LIKELY);
    return make_finding(0, 0, 0);
}

/* At a layer for one direction a packet of the other one belongs to a connection that was allowed
 * before: no default of the firewall's is at work. */
static bool is_against_layer(const wfpw_event *ev)
{
    return ev->direction_from == WFPW_DIRECTION_FROM_LAYER &&
           (ev->present & WFPW_HAS_DIRECTION) != 0;
}

static struct finding of_custom(const wfpw_event *ev, const struct verdict_layer *layer)
{
    bool connection = layer->family == FAMILY_ACCEPT || layer->family == FAMILY_CONNECT;
    if (layer->family == FAMILY_ICMP_OUT)
        return make_finding(WFPW_REASON_STEALTH, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_GUESS);
    if (layer->family < FAMILY_BIND)
        return make_finding(WFPW_REASON_PACKET, WFPW_EVIDENCE_LAYER, WFPW_CONFIDENCE_LIKELY);
    if (connection && verdict_is_packaged(ev))
        return make_finding(WFPW_REASON_UWP_DEFAULT, WFPW_EVIDENCE_LAYER | WFPW_EVIDENCE_PACKAGE,
                            WFPW_CONFIDENCE_GUESS);
    if (layer->family == FAMILY_ACCEPT && !is_against_layer(ev))
        return make_finding(WFPW_REASON_DEFAULT_INBOUND, WFPW_EVIDENCE_LAYER,
                            WFPW_CONFIDENCE_GUESS);
    if (layer->family == FAMILY_OTHER && ev->direction == WFPW_DIRECTION_INBOUND)
        return make_finding(WFPW_REASON_DEFAULT_INBOUND, WFPW_EVIDENCE_DIRECTION,
                            WFPW_CONFIDENCE_GUESS);
    /* names that lack the filter tell that it is gone, or that they are of another host */
    if (ev->filter != NULL && ev->filter->state == WFPW_FILTER_STATE_UNKNOWN)
        return make_finding(WFPW_REASON_FILTER_GONE, WFPW_EVIDENCE_FILTER_STATE,
                            WFPW_CONFIDENCE_GUESS);
    return make_finding(WFPW_REASON_UNKNOWN, 0, WFPW_CONFIDENCE_GUESS);
}

/* ---- refused, allowed ----------------------------------------------------------------------- */

static void put_finding(wfpw_event *ev, uint8_t verdict, struct finding f)
{
    ev->verdict = verdict;
    ev->reason = f.reason;
    ev->evidence = f.evidence;
    ev->confidence = f.confidence;
}

/* What the event says without names: of the filters that ended the decision, or that the one that
 * did carries no origin, as those with which the firewall refuses all do. */
static bool of_event(const wfpw_event *ev, struct finding *out)
{
    struct finding none =
        make_finding(WFPW_REASON_THIRD_PARTY, WFPW_EVIDENCE_RECORD_ORIGIN, WFPW_CONFIDENCE_LIKELY);
    bool is_none = verdict_is_no_origin(ev->filter_origin), ended = verdict_of_terminating(ev, out);
    if (is_none && ended && out->reason == none.reason)
        none.evidence |= out->evidence;
    if (is_none && (!ended || out->confidence >= none.confidence))
        *out = none;
    return is_none || ended;
}

/* Two that say the same are surer than one. Otherwise the surer one, and names before the rest: a
 * dump of another time or host does not make an answer worse. */
static struct finding better_of(struct finding by_names, struct finding by_event)
{
    if (by_names.reason != by_event.reason)
        return by_event.confidence < by_names.confidence ? by_event : by_names;
    if (by_event.confidence < by_names.confidence)
        by_names.confidence = by_event.confidence;
    by_names.evidence |= by_event.evidence;
    if (by_names.confidence > WFPW_CONFIDENCE_CERTAIN)
        by_names.confidence--;
    return by_names;
}

static bool of_filters(const wfpw_event *ev, const struct verdict_layer *layer, struct finding *out)
{
    struct finding by_names;
    bool named = verdict_of_filter(ev, layer, false, &by_names), told = of_event(ev, out);
    bool sure = named && ev->filter->state != WFPW_FILTER_STATE_UNCERTAIN;
    if (named)
        *out = told && !sure ? better_of(by_names, *out) : by_names;
    return named || told;
}

/* Without a filter nothing was forbidden, and nobody can name or change one. */
static struct finding of_nothing(const wfpw_event *ev, const struct verdict_layer *layer)
{
    if (layer->is_discard) /* the packet was lost before it came there */
        return of_layer(ev, layer);
    if (ev->kind == WFPW_KIND_CLASSIFY_DROP_MAC || ev->vswitch != NULL)
        return make_finding(ev->vswitch != NULL ? WFPW_REASON_VSWITCH : WFPW_REASON_MAC,
                            WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_LIKELY);
    if ((ev->present & WFPW_HAS_REAUTH_REASON) != 0 && ev->reauth_reason != 0)
        return make_finding(WFPW_REASON_REAUTHORIZATION, WFPW_EVIDENCE_REAUTH,
                            WFPW_CONFIDENCE_LIKELY);
    return make_finding(WFPW_REASON_NO_FILTER, WFPW_EVIDENCE_FILTER_ID, WFPW_CONFIDENCE_LIKELY);
}

static struct finding why_refused(const wfpw_event *ev, const struct verdict_layer *layer)
{
    struct finding f;
    uint16_t origin = verdict_of_record(ev);
    if (origin != 0)
        return make_finding(origin, WFPW_EVIDENCE_RECORD_ORIGIN, WFPW_CONFIDENCE_CERTAIN);
    if (is_unmatched(ev))
        return of_nothing(ev, layer);
    if (of_filters(ev, layer, &f))
        return f;
    f = of_layer(ev, layer);
    if (f.reason == 0 || f.confidence != WFPW_CONFIDENCE_CERTAIN) {
        struct finding by_kind = of_kind(ev);
        f = by_kind.reason != 0 && f.reason != WFPW_REASON_RAW_SOCKET ? by_kind : f;
    }
    if (f.reason == 0)
        f = of_circumstances(ev);
    return f.reason != 0 ? f : of_custom(ev, layer);
}

/* A connection, a listen or a bind, or less than that. */
static uint8_t verdict_at(const struct verdict_layer *layer)
{
    bool decision = layer->family >= FAMILY_BIND && layer->family <= FAMILY_REDIRECT;
    return decision && !layer->is_discard ? WFPW_VERDICT_BLOCK : WFPW_VERDICT_DROP;
}

/* always: the kind of record says that it is a decision, whatever the layer. */
static void explain_refused(wfpw_event *ev, bool always)
{
    struct verdict_layer layer = verdict_layer_of(ev);
    put_finding(ev, always ? (uint8_t)WFPW_VERDICT_BLOCK : verdict_at(&layer),
                why_refused(ev, &layer));
}

static struct finding why_allowed(const wfpw_event *ev)
{
    struct verdict_layer layer = verdict_layer_of(ev);
    struct finding f;
    uint16_t origin = verdict_of_origin(ev->filter_origin);
    if (origin != 0)
        return make_finding(origin == WFPW_REASON_RULE || origin == WFPW_REASON_DEFAULT_OUTBOUND
                                ? origin
                                : WFPW_REASON_EXCEPTION,
                            WFPW_EVIDENCE_RECORD_ORIGIN, WFPW_CONFIDENCE_CERTAIN);
    if (verdict_of_filter(ev, &layer, true, &f))
        return f;
    return make_finding(WFPW_REASON_UNKNOWN, 0, WFPW_CONFIDENCE_GUESS);
}

/* ---- audit records -------------------------------------------------------------------------- */

static void explain_notice(wfpw_event *ev, uint16_t reason)
{
    put_finding(ev, WFPW_VERDICT_INFO,
                make_finding(reason, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN));
}

/* What 5160 means is not documented; its keywords tell success from failure. */
static void explain_5160(wfpw_event *ev)
{
    if ((ev->audit->keywords & AUDIT_SUCCESS) != 0)
        put_finding(ev, WFPW_VERDICT_ALLOW, why_allowed(ev));
    else
        explain_refused(ev, true);
}

/* Of a record that tells of a firewall rule; 0: it tells of something else. */
static uint16_t reason_of_rule(const wfpw_event *ev, uint32_t id)
{
    static const struct {
        uint16_t id, reason;
    } records[] = {
        {4945, WFPW_REASON_RULE_PRESENT},     {4946, WFPW_REASON_RULE_ADDED},
        {4947, WFPW_REASON_RULE_CHANGED},     {4948, WFPW_REASON_RULE_DELETED},
        {4951, WFPW_REASON_RULE_NOT_APPLIED}, {4952, WFPW_REASON_RULE_NOT_APPLIED},
        {4953, WFPW_REASON_RULE_NOT_APPLIED}, {4957, WFPW_REASON_RULE_NOT_APPLIED},
        {4958, WFPW_REASON_RULE_NOT_APPLIED}, {2004, WFPW_REASON_RULE_ADDED},
        {2005, WFPW_REASON_RULE_CHANGED},     {2006, WFPW_REASON_RULE_DELETED},
        {2007, WFPW_REASON_RULE_PRESENT},     {2052, WFPW_REASON_RULE_DELETED},
        {2071, WFPW_REASON_RULE_ADDED},       {2072, WFPW_REASON_RULE_PRESENT},
        {2073, WFPW_REASON_RULE_CHANGED},     {2097, WFPW_REASON_RULE_ADDED},
        {2098, WFPW_REASON_RULE_PRESENT},     {2099, WFPW_REASON_RULE_CHANGED},
    };
    bool of_channel = ev->kind == WFPW_KIND_FIREWALL;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        if (records[i].id == id && (id < 3000) == of_channel)
            return records[i].reason;
    return 0;
}

static void explain_policy(wfpw_event *ev, uint32_t id)
{
    uint16_t of_rule = reason_of_rule(ev, id);
    if (of_rule != 0)
        explain_notice(ev, of_rule);
    else if (id == 4719)
        explain_notice(ev, WFPW_REASON_AUDIT_POLICY);
    else if (id == 1102)
        explain_notice(ev, WFPW_REASON_LOG_CLEARED);
    else if (id == 5148 || id == 5149)
        explain_notice(ev, WFPW_REASON_DOS_DEFENSE);
    else if (id == 4950 || (id >= 5440 && id <= 5450) || id == 5456 || id == 5458 || id == 5460 ||
             ev->kind == WFPW_KIND_FIREWALL)
        explain_notice(ev, WFPW_REASON_POLICY_CHANGE);
    else
        explain_notice(ev, WFPW_REASON_NOTICE);
}

/* The record's number says it; its code is a text. */
static void explain_ipsec(wfpw_event *ev, uint16_t reason)
{
    put_finding(ev, WFPW_VERDICT_FAILURE,
                make_finding(reason, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN));
}

static void explain_audit(wfpw_event *ev)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    switch (id) {
    case 5031:
    case 5155:
    case 5157:
    case 5159:
        explain_refused(ev, true);
        break;
    case 5146:
    case 5147:
    case 5150:
    case 5151:
    case 5152:
    case 5153:
        explain_refused(ev, false);
        break;
    case 5154:
    case 5156:
    case 5158:
        put_finding(ev, WFPW_VERDICT_ALLOW, why_allowed(ev));
        break;
    case 5160:
        explain_5160(ev);
        break;
    case 4652:
    case 4653:
    case 4654:
    case 4976: /* the peer sent what is no message of a negotiation */
    case 4977:
    case 4978:
    case 4983:
    case 4984:
    case 5453: /* the service for keys is not started */
        explain_ipsec(ev, WFPW_REASON_IKE);
        break;
    case 4960: /* a packet from the peer was dropped */
    case 4961:
    case 4962:
    case 4963:
    case 4965:
    case 5457: /* a policy for IPsec, or rules of it, could not be applied */
    case 5459:
    case 5461:
    case 5462:
        explain_ipsec(ev, WFPW_REASON_IPSEC);
        break;
    default:
        explain_policy(ev, id);
        break;
    }
}

/* ---- the event ------------------------------------------------------------------------------ */

static void explain_failure(wfpw_event *ev, uint16_t reason)
{
    put_finding(
        ev, WFPW_VERDICT_FAILURE,
        make_finding(reason, WFPW_EVIDENCE_KIND | WFPW_EVIDENCE_STATUS, WFPW_CONFIDENCE_CERTAIN));
}

static void explain_capability(wfpw_event *ev, uint8_t verdict)
{
    put_finding(ev, verdict,
                make_finding(WFPW_REASON_CAPABILITY, WFPW_EVIDENCE_KIND, WFPW_CONFIDENCE_CERTAIN));
}

/* Of a merged event: what of the evidence the audit record says. Net events tell nothing by their
 * kind but where the record's number does. */
static void tell_halves(wfpw_event *ev)
{
    uint32_t audit = ev->audit_evidence | WFPW_EVIDENCE_KIND;
    ev->audit_evidence = (ev->flags & WFPW_EVENT_MERGED) != 0 ? ev->evidence & audit : 0;
}

static void explain_event(wfpw_event *ev)
{
    switch (ev->kind) {
    case WFPW_KIND_CLASSIFY_DROP:
    case WFPW_KIND_CLASSIFY_DROP_MAC:
        explain_refused(ev, false);
        break;
    case WFPW_KIND_CLASSIFY_ALLOW:
        put_finding(ev, WFPW_VERDICT_ALLOW, why_allowed(ev));
        break;
    case WFPW_KIND_CAPABILITY_DROP:
        explain_capability(ev, WFPW_VERDICT_BLOCK);
        break;
    case WFPW_KIND_CAPABILITY_ALLOW:
        explain_capability(ev, WFPW_VERDICT_ALLOW);
        break;
    case WFPW_KIND_IPSEC_KERNEL_DROP:
    case WFPW_KIND_IPSEC_DOSP_DROP:
        explain_failure(ev, WFPW_REASON_IPSEC);
        break;
    case WFPW_KIND_IKE_MM_FAILURE:
    case WFPW_KIND_IKE_QM_FAILURE:
    case WFPW_KIND_IKE_EM_FAILURE:
        explain_failure(ev, WFPW_REASON_IKE);
        break;
    case WFPW_KIND_AUDIT:
    case WFPW_KIND_FIREWALL:
        explain_audit(ev);
        break;
    case WFPW_KIND_GAP:
        explain_notice(ev, WFPW_REASON_GAP);
        break;
    case WFPW_KIND_FILTER_ADD:
    case WFPW_KIND_FILTER_DELETE:
    case WFPW_KIND_GUARD:
        explain_notice(ev, WFPW_REASON_POLICY_CHANGE);
        break;
    case WFPW_KIND_LPM_PACKET_ARRIVAL:
    case WFPW_KIND_CONNECTION_END:
        explain_notice(ev, WFPW_REASON_NOTICE);
        break;
    default:
        put_finding(ev, WFPW_VERDICT_INFO,
                    make_finding(WFPW_REASON_UNKNOWN, 0, WFPW_CONFIDENCE_GUESS));
        break;
    }
}

void verdict_explain(wfpw_event *ev)
{
    explain_event(ev);
    tell_halves(ev);
}
