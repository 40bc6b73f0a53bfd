/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a filter tells of the reason, by its origin, its flags and the keys of what it names; by its
 * name only at the end. */
#include "stage/verdict.h"

#include <string.h>

#include "base/text.h"

enum {
    TERMINATING = 0x1000,
    CALLOUT = 0x4000,
    BLOCK = 0x1001,
    PERMIT = 0x1002,
    CALLOUT_TERMINATING = 0x5003,
    CALLOUT_UNKNOWN = 0x4005,
    FLAG_BOOTTIME = 0x2,
    FLAG_PERMIT_IF_UNREGISTERED = 0x10,
    FLAG_SILENT_MODE = 0x400,
    CONDITION_RAW = 0x10, /* of FWPM_CONDITION_FLAGS */
    CONDITION_PROMISCUOUS = 0x8000
};

/* The first four bits of a firewall filter's effective weight: what kind of filter it is. Measured
 * on dumps of Windows 11. */
enum { WEIGHT_BOOT = 0, WEIGHT_DEFAULT_2 = 3, WEIGHT_DEFAULT = 8, WEIGHT_INTERNAL = 15 };

#define IS(s, literal)     ((s) != NULL && strcmp(s, literal) == 0)
#define STARTS(s, literal) ((s) != NULL && strncmp(s, literal, sizeof(literal) - 1) == 0)

static bool found_reason(struct finding *out, uint16_t reason, uint32_t evidence,
                         uint8_t confidence)
{
    *out = (struct finding){.reason = reason, .evidence = evidence, .confidence = confidence};
    return true;
}

/* A text that means a reason; with starts, all texts that begin so. */
struct meaning {
    const char *text;
    uint8_t length;
    bool starts;
    uint8_t reason;
};

#define EXACTLY(text, reason)                                                                      \
    {                                                                                              \
        text, sizeof(text), false, WFPW_REASON_##reason                                            \
    }
#define BEGINNING(text, reason)                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1, true, WFPW_REASON_##reason                                         \
    }

/* 0 when it means none. */
static uint16_t meaning_of(const struct meaning *m, size_t count, const char *s)
{
    for (size_t i = 0; s != NULL && i < count; i++)
        if (m[i].text[0] == s[0] && strncmp(s, m[i].text, m[i].length) == 0)
            return m[i].reason;
    return 0;
}

#define MEANING_OF(table, s) meaning_of(table, sizeof(table) / sizeof *(table), s)

/* ---- origins -------------------------------------------------------------------------------- */

/* Never translated. What is none of them is the id of a rule. */
static const struct meaning origins[] = {
    EXACTLY("Stealth", STEALTH),
    EXACTLY("Query User Default", QUERY_USER),
    EXACTLY("Quarantine Default", QUARANTINE),
    EXACTLY("AppContainer Loopback", APPCONTAINER_LOOPBACK),
    EXACTLY("WSH Default", SERVICE_HARDENING),
    BEGINNING("UWP Default", UWP_DEFAULT),
    EXACTLY("Boottime Default", BOOT_TIME),
    EXACTLY("Boot Time Default", BOOT_TIME),
    EXACTLY("Default Inbound", DEFAULT_INBOUND),
    EXACTLY("Default Outbound", DEFAULT_OUTBOUND),
    BEGINNING("DeviceManagement-", SERVICE_HARDENING), /* rules of service hardening itself */
    BEGINNING("SearchFilterHost-", SERVICE_HARDENING),
    BEGINNING("SearchProtocolHost-", SERVICE_HARDENING),
};

/* How Windows 11 says that the filter carries none. %%14643 is the message of that word. */
bool verdict_is_no_origin(const char *origin)
{
    return IS(origin, "Unknown") || IS(origin, "unknown") || IS(origin, "%%14643");
}

uint16_t verdict_of_origin(const char *origin)
{
    if (origin == NULL || origin[0] == 0 || IS(origin, "-") || verdict_is_no_origin(origin))
        return 0;
    uint16_t reason = MEANING_OF(origins, origin);
    return reason != 0 ? reason : (uint16_t)WFPW_REASON_RULE;
}

uint16_t verdict_of_record(const wfpw_event *ev)
{
    uint16_t reason = verdict_of_origin(ev->filter_origin);
    uint32_t from = ev->rule != NULL ? ev->rule->origin : 0;
    bool hardens = from == WFPW_RULE_ORIGIN_STATIC || from == WFPW_RULE_ORIGIN_CONFIGURABLE;
    return reason == WFPW_REASON_RULE && hardens ? (uint16_t)WFPW_REASON_SERVICE_HARDENING : reason;
}

static bool by_origin(const wfpw_filter *f, struct finding *out)
{
    uint16_t reason = verdict_of_origin(f->origin);
    if (reason == 0)
        return false;
    if (reason == WFPW_REASON_RULE && IS(f->sublayer, "FWPM_SUBLAYER_MPSSVC_WSH"))
        return found_reason(out, WFPW_REASON_SERVICE_HARDENING,
                            WFPW_EVIDENCE_FILTER_ORIGIN | WFPW_EVIDENCE_SUBLAYER,
                            WFPW_CONFIDENCE_CERTAIN);
    return found_reason(out, reason, WFPW_EVIDENCE_FILTER_ORIGIN, WFPW_CONFIDENCE_CERTAIN);
}

/* ---- flags, callouts, conditions ------------------------------------------------------------ */

static bool by_silent_mode(const wfpw_filter *f, struct finding *out)
{
    bool by_callout = STARTS(f->callout, "FWPM_CALLOUT_POLICY_SILENT_MODE_");
    if ((f->flags & FLAG_SILENT_MODE) == 0 && !by_callout)
        return false;
    return found_reason(out, WFPW_REASON_SILENT_MODE,
                        by_callout ? WFPW_EVIDENCE_CALLOUT : WFPW_EVIDENCE_FLAGS,
                        WFPW_CONFIDENCE_CERTAIN);
}

static const struct meaning callouts[] = {
    EXACTLY("FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP", STEALTH),
    EXACTLY("FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V6_SILENT_DROP", STEALTH),
    BEGINNING("FWPM_CALLOUT_IPSEC_", IPSEC),
    BEGINNING("FWPM_CALLOUT_EDGE_TRAVERSAL_", EDGE_TRAVERSAL),
    BEGINNING("FWPM_CALLOUT_TEREDO_", EDGE_TRAVERSAL),
    /* at bind and listen, v4 and v6; no header names them */
    EXACTLY("{c3dbed20-0bb6-4bf3-828d-96732e1e0024}", QUERY_USER),
    EXACTLY("{c3dbed20-0bb6-4bf3-828d-96732e1e0026}", QUERY_USER),
    EXACTLY("{c3dbed20-0bb6-4bf3-828d-96732e1e0028}", QUERY_USER),
    EXACTLY("{c3dbed20-0bb6-4bf3-828d-96732e1e002a}", QUERY_USER),
};

/* A filter whose callout nobody has registered blocks, unless it says otherwise. */
static bool by_missing_callout(const wfpw_filter *f, struct finding *out)
{
    bool decides = f->action == CALLOUT_TERMINATING || f->action == CALLOUT_UNKNOWN;
    if (!decides || (f->present & WFPW_FILTER_CALLOUT_MISSING) == 0 ||
        (f->flags & FLAG_PERMIT_IF_UNREGISTERED) != 0)
        return false;
    return found_reason(out, WFPW_REASON_CALLOUT_MISSING,
                        WFPW_EVIDENCE_ACTION | WFPW_EVIDENCE_CALLOUT, WFPW_CONFIDENCE_CERTAIN);
}

static bool by_callout(const wfpw_filter *f, struct finding *out)
{
    uint16_t reason = MEANING_OF(callouts, f->callout);
    return reason != 0 && found_reason(out, reason, WFPW_EVIDENCE_CALLOUT, WFPW_CONFIDENCE_CERTAIN);
}

/* Whether it is for raw sockets or for seeing all packets. */
static bool is_raw(const wfpw_filter *f)
{
    for (uint32_t i = 0; i < f->condition_count; i++) {
        const char *at = (const char *)f->conditions + (size_t)i * f->condition_stride;
        const wfpw_condition *c = (const wfpw_condition *)(const void *)at;
        if (!IS(c->field, "FWPM_CONDITION_FLAGS") || c->value == NULL ||
            !STARTS(c->match, "FWP_MATCH_FLAGS_") || IS(c->match, "FWP_MATCH_FLAGS_NONE_SET"))
            continue;
        uint64_t bits;
        if (text_parse_u64(c->value, strlen(c->value), &bits) &&
            (bits & (CONDITION_RAW | CONDITION_PROMISCUOUS)) != 0)
            return true;
    }
    return false;
}

/* ---- sublayers and providers ---------------------------------------------------------------- */

static const struct meaning sublayers[] = {
    EXACTLY("FWPM_SUBLAYER_MPSSVC_QUARANTINE", QUARANTINE),
    EXACTLY("FWPM_SUBLAYER_MPSSVC_WSH", SERVICE_HARDENING),
    EXACTLY("FWPM_SUBLAYER_MPSSVC_APP_ISOLATION", UWP_DEFAULT),
    EXACTLY("FWPM_SUBLAYER_MPSSVC_EDP", DATA_PROTECTION),
    EXACTLY("FWPM_SUBLAYER_MPSSVC_TENANT_RESTRICTIONS", TENANT_RESTRICTION),
    EXACTLY("FWPM_SUBLAYER_TEREDO", EDGE_TRAVERSAL),
    EXACTLY("{7b6b11f6-cbb5-433c-ae06-6a4f0076e49e}", EDGE_TRAVERSAL), /* of sockets' options */
    BEGINNING("FWPM_SUBLAYER_IPSEC_", IPSEC),
    EXACTLY("FWPM_SUBLAYER_LIPS", IPSEC),
    EXACTLY("FWPM_SUBLAYER_SECURE_SOCKET", IPSEC), /* of sockets that ask for it */
};

static const struct meaning providers[] = {
    EXACTLY("FWPM_PROVIDER_MPSSVC_WSH", SERVICE_HARDENING),
    EXACTLY("FWPM_PROVIDER_MPSSVC_APP_ISOLATION", UWP_DEFAULT),
    EXACTLY("FWPM_PROVIDER_MPSSVC_EDP", DATA_PROTECTION),
    EXACTLY("FWPM_PROVIDER_MPSSVC_TENANT_RESTRICTIONS", TENANT_RESTRICTION),
    EXACTLY("FWPM_PROVIDER_IKEEXT", IPSEC),
    EXACTLY("FWPM_PROVIDER_IPSEC_DOSP_CONFIG", IPSEC),
    EXACTLY("{1bebc969-61a5-4732-a177-847a0817862a}", IPSEC), /* the firewall's IPsec provider */
    EXACTLY("{aa6a7d87-7f8f-4d2a-be53-fda555cd5fe3}", IPSEC), /* IPsec policy agent */
    EXACTLY("{893a4f22-9bba-49b7-8c66-3d40929c8fd5}", EDGE_TRAVERSAL), /* Teredo */
};

bool verdict_is_packaged(const wfpw_event *ev)
{
    return ev->package_sid != NULL && strncmp(ev->package_sid, "S-1-15-2-", 9) == 0;
}

/* Older Windows kept the defaults of packaged apps among those of service hardening. */
static bool of_hardening(const wfpw_event *ev, uint32_t evidence, struct finding *out)
{
    bool loopback = (ev->flags & WFPW_EVENT_LOOPBACK) != 0;
    if (!verdict_is_packaged(ev))
        return found_reason(out, WFPW_REASON_SERVICE_HARDENING, evidence, WFPW_CONFIDENCE_CERTAIN);
    evidence |= WFPW_EVIDENCE_PACKAGE | (loopback ? (uint32_t)WFPW_EVIDENCE_LOOPBACK : 0);
    return found_reason(out, loopback ? WFPW_REASON_APPCONTAINER_LOOPBACK : WFPW_REASON_UWP_DEFAULT,
                        evidence, WFPW_CONFIDENCE_LIKELY);
}

static bool by_keys(const wfpw_event *ev, const wfpw_filter *f, struct finding *out)
{
    uint32_t evidence = WFPW_EVIDENCE_SUBLAYER;
    uint16_t reason = MEANING_OF(sublayers, f->sublayer);
    if (reason == 0) {
        evidence = WFPW_EVIDENCE_PROVIDER;
        reason = MEANING_OF(providers, f->provider);
    }
    if (reason == WFPW_REASON_SERVICE_HARDENING)
        return of_hardening(ev, evidence, out);
    /* there the firewall itself forbids loopback, and app isolation the rest */
    if (reason == WFPW_REASON_UWP_DEFAULT && IS(f->provider, "FWPM_PROVIDER_MPSSVC_WF"))
        return found_reason(out, WFPW_REASON_APPCONTAINER_LOOPBACK,
                            evidence | WFPW_EVIDENCE_PROVIDER, WFPW_CONFIDENCE_CERTAIN);
    return reason != 0 && found_reason(out, reason, evidence, WFPW_CONFIDENCE_CERTAIN);
}

/* ---- terminating filters -------------------------------------------------------------------- */

/* All that netsh has names for. That of the firewall's rules and defaults, FIREWALL_WF, says no
 * more than the layer. INSPECTION is number 0: it stands for the sublayer of that name and for
 * whatever sublayer is none of Windows', so that the firewall did not decide there. */
static const struct meaning internal_sublayers[] = {
    EXACTLY("FWPP_SUBLAYER_INTERNAL_FIREWALL_QUARANTINE", QUARANTINE),
    EXACTLY("FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH", SERVICE_HARDENING),
    EXACTLY("FWPP_SUBLAYER_INTERNAL_FIREWALL_APP_ISOLATION", UWP_DEFAULT),
    EXACTLY("FWPP_SUBLAYER_INTERNAL_FIREWALL_EDP", DATA_PROTECTION),
    EXACTLY("FWPP_SUBLAYER_INTERNAL_FIREWALL_TENANT_RESTRICTIONS", TENANT_RESTRICTION),
    EXACTLY("FWPP_SUBLAYER_INTERNAL_TEREDO", EDGE_TRAVERSAL),
    EXACTLY("FWPP_SUBLAYER_INTERNAL_INSPECTION", THIRD_PARTY),
};

/* Boot-time filters are in the sublayer of Teredo, too. */
static uint8_t confidence_of_sublayer(uint16_t reason)
{
    return reason == WFPW_REASON_THIRD_PARTY      ? WFPW_CONFIDENCE_GUESS
           : reason == WFPW_REASON_EDGE_TRAVERSAL ? WFPW_CONFIDENCE_LIKELY
                                                  : WFPW_CONFIDENCE_CERTAIN;
}

static bool of_sublayer(const wfpw_event *ev, const char *sublayer, struct finding *out)
{
    uint32_t evidence = WFPW_EVIDENCE_TERMINATING;
    uint16_t reason = MEANING_OF(internal_sublayers, sublayer);
    if (reason == WFPW_REASON_SERVICE_HARDENING)
        return of_hardening(ev, evidence, out);
    if (reason == WFPW_REASON_UWP_DEFAULT && (ev->flags & WFPW_EVENT_LOOPBACK) != 0)
        return found_reason(out, WFPW_REASON_APPCONTAINER_LOOPBACK,
                            evidence | WFPW_EVIDENCE_LOOPBACK, WFPW_CONFIDENCE_CERTAIN);
    return reason != 0 && found_reason(out, reason, evidence, confidence_of_sublayer(reason));
}

bool verdict_of_terminating(const wfpw_event *ev, struct finding *out)
{
    for (uint32_t i = 0; i < ev->terminating_count; i++) {
        const char *at = (const char *)ev->terminating + (size_t)i * ev->terminating_stride;
        const wfpw_terminating *t = (const wfpw_terminating *)(const void *)at;
        if (t->filter_id != ev->filter_id || t->action != BLOCK)
            continue;
        return of_sublayer(ev, t->sublayer, out);
    }
    return false;
}

/* ---- the firewall's own, without an origin -------------------------------------------------- */

static const struct meaning names[] = {
    EXACTLY("Query User", QUERY_USER),
    EXACTLY("Default Inbound", DEFAULT_INBOUND),
    EXACTLY("Default Outbound", DEFAULT_OUTBOUND),
    EXACTLY("Port Scanning Prevention Filter", STEALTH),
    EXACTLY("Boot Time Filter", BOOT_TIME),
    EXACTLY("AppContainerBoottimeFilter", BOOT_TIME),
    EXACTLY("AppContainerLoopback", APPCONTAINER_LOOPBACK),
    EXACTLY("Quarantine Default Inbound Block", QUARANTINE),
    EXACTLY("UWP Default Inbound Block Rule", UWP_DEFAULT),
    EXACTLY("UWP Default Outbound Block Rule", UWP_DEFAULT),
    EXACTLY("Block Outbound Default Rule", UWP_DEFAULT),
};

/* What is known of "block all incoming connections" is this name only. */
static bool is_shielded(const wfpw_filter *f)
{
    return IS(f->name, "Shielded Main Rule");
}

/* The reason of a weight's class at a layer; 0 when it has none. */
static uint16_t of_weight(const wfpw_filter *f, enum verdict_family family)
{
    unsigned class = (unsigned)(f->effective_weight >> 60);
    bool inbound = family == FAMILY_ACCEPT || family == FAMILY_ICMP_IN;
    if ((f->present & WFPW_FILTER_HAS_EFFECTIVE_WEIGHT) == 0)
        return 0;
    if (class == WEIGHT_DEFAULT || class == WEIGHT_DEFAULT_2)
        return inbound                     ? WFPW_REASON_DEFAULT_INBOUND
               : family == FAMILY_CONNECT  ? WFPW_REASON_DEFAULT_OUTBOUND
               : family == FAMILY_ICMP_OUT ? WFPW_REASON_DEFAULT_OUTBOUND
                                           : 0;
    if (class == WEIGHT_INTERNAL)
        return family == FAMILY_ICMP_OUT ? WFPW_REASON_STEALTH : 0;
    if (class == WEIGHT_BOOT)
        return IS(f->sublayer, "FWPM_SUBLAYER_MPSSVC_WF") ? WFPW_REASON_BOOT_TIME : 0;
    return WFPW_REASON_RULE;
}

static bool of_firewall(const wfpw_filter *f, enum verdict_family family, struct finding *out)
{
    uint32_t evidence = WFPW_EVIDENCE_ACTION | WFPW_EVIDENCE_PROVIDER;
    if (!IS(f->provider, "FWPM_PROVIDER_MPSSVC_WF"))
        return false;
    if (is_shielded(f))
        return found_reason(out, WFPW_REASON_BLOCK_ALL, evidence | WFPW_EVIDENCE_NAME,
                            WFPW_CONFIDENCE_LIKELY);
    uint16_t reason = of_weight(f, family);
    if (reason != 0)
        return found_reason(out, reason, evidence | WFPW_EVIDENCE_WEIGHT, WFPW_CONFIDENCE_LIKELY);
    reason = MEANING_OF(names, f->name);
    if (reason != 0)
        return found_reason(out, reason, evidence | WFPW_EVIDENCE_NAME, WFPW_CONFIDENCE_LIKELY);
    return found_reason(out, WFPW_REASON_RULE, evidence, WFPW_CONFIDENCE_GUESS);
}

/* ---- everybody else's ----------------------------------------------------------------------- */

static bool of_others(const wfpw_filter *f, struct finding *out)
{
    bool known = f->provider != NULL;
    if ((f->action & CALLOUT) != 0)
        return found_reason(out, WFPW_REASON_CALLOUT, WFPW_EVIDENCE_ACTION | WFPW_EVIDENCE_CALLOUT,
                            WFPW_CONFIDENCE_CERTAIN);
    if (f->action == 0)
        return false;
    return found_reason(out, WFPW_REASON_THIRD_PARTY, WFPW_EVIDENCE_ACTION | WFPW_EVIDENCE_PROVIDER,
                        known ? WFPW_CONFIDENCE_CERTAIN : WFPW_CONFIDENCE_LIKELY);
}

/* ---- the filter ----------------------------------------------------------------------------- */

static bool of_refusing(const wfpw_event *ev, const struct verdict_layer *layer,
                        struct finding *out)
{
    const wfpw_filter *f = ev->filter;
    if (by_silent_mode(f, out) || by_missing_callout(f, out) || by_origin(f, out))
        return true;
    if ((f->flags & FLAG_BOOTTIME) != 0)
        return found_reason(out, WFPW_REASON_BOOT_TIME, WFPW_EVIDENCE_FLAGS,
                            WFPW_CONFIDENCE_CERTAIN);
    if (layer->family == FAMILY_BIND && is_raw(f))
        return found_reason(out, WFPW_REASON_RAW_SOCKET,
                            WFPW_EVIDENCE_CONDITIONS | WFPW_EVIDENCE_LAYER,
                            WFPW_CONFIDENCE_CERTAIN);
    return by_callout(f, out) || by_keys(ev, f, out) || of_firewall(f, layer->family, out) ||
           of_others(f, out);
}

/* Whatever built-in filter it is that allows: it is no rule, and the reasons of its like are those
 * of refusing. */
static bool of_allowing(const wfpw_event *ev, const struct verdict_layer *layer,
                        struct finding *out)
{
    if (!by_origin(ev->filter, out) && !by_keys(ev, ev->filter, out) &&
        !of_firewall(ev->filter, layer->family, out))
        return of_others(ev->filter, out);
    if (out->reason != WFPW_REASON_RULE && out->reason != WFPW_REASON_DEFAULT_OUTBOUND)
        out->reason = WFPW_REASON_EXCEPTION;
    return true;
}

/* A filter that does the opposite cannot be the one that decided. */
static bool filter_contradicts(const wfpw_filter *f, bool allowed)
{
    bool decides = (f->action & TERMINATING) != 0 || (f->action & CALLOUT) != 0;
    if (f->action == 0)
        return false;
    return allowed ? f->action == BLOCK : f->action == PERMIT || !decides;
}

static bool is_named(const wfpw_filter *f)
{
    return f->state != WFPW_FILTER_STATE_UNKNOWN && f->state != WFPW_FILTER_STATE_NOT_FOUND &&
           f->state != WFPW_FILTER_STATE_DENIED;
}

bool verdict_of_filter(const wfpw_event *ev, const struct verdict_layer *layer, bool allowed,
                       struct finding *out)
{
    const wfpw_filter *f = ev->filter;
    if (f == NULL || !is_named(f) || filter_contradicts(f, allowed))
        return false;
    if (!(allowed ? of_allowing : of_refusing)(ev, layer, out))
        return false;
    if (f->state == WFPW_FILTER_STATE_UNCERTAIN && out->confidence < WFPW_CONFIDENCE_GUESS)
        out->confidence++;
    return true;
}
