/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include <string.h>

#include "export/schema/value.h"

enum export_case_id {
#define CASE(name, of_class, ...) CASE_##name,
#include "export/schema/cases.inc"
#undef CASE
};

static const struct export_case cases[] = {
#define CASE(name, of_class, ...) {CLASS_##of_class, __VA_ARGS__},
#include "export/schema/cases.inc"
#undef CASE
};

/* ---- records of the Security log ------------------------------------------------------------ */

/* Records from `first` to `last`; a case that depends on the verdict has two. */
static const struct {
    uint16_t first, last;
    uint8_t allowed, refused;
} record_cases[] = {
    {1102, 1102, CASE_LOG_CLEARED, CASE_LOG_CLEARED},
    {4652, 4654, CASE_IPSEC, CASE_IPSEC},
    {4719, 4719, CASE_AUDIT_CHANGED, CASE_AUDIT_CHANGED},
    {4945, 4945, CASE_POLICY_PRESENT, CASE_POLICY_PRESENT},
    {4946, 4950, CASE_POLICY_CHANGED, CASE_POLICY_CHANGED},
    {4951, 4953, CASE_RULE_NOT_APPLIED, CASE_RULE_NOT_APPLIED},
    {4957, 4958, CASE_RULE_NOT_APPLIED, CASE_RULE_NOT_APPLIED},
    {5031, 5031, CASE_LISTEN_BLOCK, CASE_LISTEN_BLOCK},
    {5146, 5147, CASE_BLOCK, CASE_BLOCK},
    {5150, 5153, CASE_DROP, CASE_DROP},
    {5154, 5154, CASE_LISTEN, CASE_LISTEN},
    {5155, 5155, CASE_LISTEN_BLOCK, CASE_LISTEN_BLOCK},
    {5156, 5156, CASE_ALLOW, CASE_ALLOW},
    {5157, 5157, CASE_BLOCK, CASE_BLOCK},
    {5158, 5158, CASE_BIND, CASE_BIND},
    {5159, 5159, CASE_BIND_BLOCK, CASE_BIND_BLOCK},
    {5441, 5441, CASE_FILTER_PRESENT, CASE_FILTER_PRESENT},
    {5440, 5440, CASE_POLICY_PRESENT, CASE_POLICY_PRESENT},
    {5442, 5444, CASE_POLICY_PRESENT, CASE_POLICY_PRESENT},
    {5446, 5446, CASE_POLICY_CHANGED, CASE_POLICY_CHANGED},
    {5448, 5450, CASE_POLICY_CHANGED, CASE_POLICY_CHANGED},
    /* Of IPsec, by the messages of adtschema.dll: a security association of main mode or quick mode
     * was established, one ended; no negotiation, as IKEEXT is not started; the policy agent
     * applied the directory's policy or failed to; the same of its cached copy and of the local
     * policy; it failed to apply some rules; it found nothing changed. */
    {4650, 4651, CASE_IPSEC_START, CASE_IPSEC_START},
    {4655, 4655, CASE_IPSEC_END, CASE_IPSEC_END},
    {4960, 4963, CASE_IPSEC, CASE_IPSEC}, /* an inbound packet was dropped, by its checks */
    {4965, 4965, CASE_IPSEC, CASE_IPSEC}, /* or as it is of no security association */
    {4976, 4978, CASE_IPSEC, CASE_IPSEC}, /* what is no message of a negotiation came */
    {4979, 4982, CASE_IPSEC_START, CASE_IPSEC_START}, /* of main mode and extended mode */
    {4983, 4984, CASE_IPSEC, CASE_IPSEC},
    {5049, 5049, CASE_IPSEC_END, CASE_IPSEC_END},
    {5451, 5451, CASE_IPSEC_START, CASE_IPSEC_START},
    {5452, 5452, CASE_IPSEC_END, CASE_IPSEC_END},
    {5453, 5453, CASE_IPSEC, CASE_IPSEC},
    {5456, 5456, CASE_IPSEC_POLICY, CASE_IPSEC_POLICY},
    {5457, 5457, CASE_IPSEC_POLICY_FAILED, CASE_IPSEC_POLICY_FAILED},
    {5458, 5458, CASE_IPSEC_POLICY, CASE_IPSEC_POLICY},
    {5459, 5459, CASE_IPSEC_POLICY_FAILED, CASE_IPSEC_POLICY_FAILED},
    {5460, 5460, CASE_IPSEC_POLICY, CASE_IPSEC_POLICY},
    {5461, 5462, CASE_IPSEC_POLICY_FAILED, CASE_IPSEC_POLICY_FAILED},
    {5463, 5463, CASE_POLICY_PRESENT, CASE_POLICY_PRESENT},
};

/* 5447: %%16384 says that the filter was added, %%16385 that it was deleted. */
static enum export_case_id filter_change(const wfpw_audit *a)
{
    const char *change = wfpw_audit_get(a, "ChangeType");
    if (change == NULL)
        return CASE_POLICY_CHANGED;
    return strcmp(change, "%%16385") == 0 ? CASE_FILTER_DELETED : CASE_FILTER_ADDED;
}

static bool record_case(const wfpw_event *ev, enum export_case_id *out)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    bool refused = ev->verdict != WFPW_VERDICT_ALLOW;
    if (id == 0 || ev->kind == WFPW_KIND_GAP)
        return false;
    if (ev->kind == WFPW_KIND_FIREWALL) {
        *out = CASE_POLICY_CHANGED;
        return true;
    }
    if (id == 5447) {
        *out = filter_change(ev->audit);
        return true;
    }
    for (size_t i = 0; i < sizeof record_cases / sizeof *record_cases; i++)
        if (id >= record_cases[i].first && id <= record_cases[i].last) {
            *out = refused ? record_cases[i].refused : record_cases[i].allowed;
            return true;
        }
    return false;
}

/* ---- net events ----------------------------------------------------------------------------- */

/* Of the run-time ids that are the same on every Windows, those of the use of a local port and of
 * listening, and of what they discard: FWPS_LAYER_ALE_RESOURCE_ASSIGNMENT_*, _ALE_AUTH_LISTEN_*. */
static bool has_layer(const wfpw_event *ev, uint32_t first, uint32_t last)
{
    return (ev->present & WFPW_HAS_LAYER_ID) != 0 && ev->layer_id >= first && ev->layer_id <= last;
}

static enum export_case_id refused_case(const wfpw_event *ev, enum export_case_id otherwise)
{
    if (has_layer(ev, 36, 39))
        return CASE_BIND_BLOCK;
    return has_layer(ev, 40, 43) ? CASE_LISTEN_BLOCK : otherwise;
}

static enum export_case_id allowed_case(const wfpw_event *ev)
{
    if (ev->reason == WFPW_REASON_SILENT_MODE)
        return CASE_SILENT;
    if (has_layer(ev, 36, 39))
        return CASE_BIND;
    return has_layer(ev, 40, 43) ? CASE_LISTEN : CASE_ALLOW;
}

static enum export_case_id kind_case(const wfpw_event *ev)
{
    switch (ev->kind) {
    case WFPW_KIND_GAP:
        return CASE_GAP;
    case WFPW_KIND_FILTER_ADD:
        return CASE_FILTER_ADDED;
    case WFPW_KIND_FILTER_DELETE:
        return CASE_FILTER_DELETED;
    case WFPW_KIND_CLASSIFY_ALLOW:
    case WFPW_KIND_CAPABILITY_ALLOW:
        return allowed_case(ev);
    case WFPW_KIND_CLASSIFY_DROP:
    case WFPW_KIND_CAPABILITY_DROP:
    case WFPW_KIND_CLASSIFY_DROP_MAC:
        return CASE_DROP; /* with WFPW_OPEN_NO_VERDICT, too */
    case WFPW_KIND_IPSEC_KERNEL_DROP:
    case WFPW_KIND_IPSEC_DOSP_DROP:
    case WFPW_KIND_IKE_MM_FAILURE:
    case WFPW_KIND_IKE_QM_FAILURE:
    case WFPW_KIND_IKE_EM_FAILURE:
        return CASE_IPSEC;
    default:
        return CASE_OTHER;
    }
}

static enum export_case_id event_case(const wfpw_event *ev)
{
    enum export_case_id id = kind_case(ev);
    bool merged = (ev->flags & WFPW_EVENT_MERGED) != 0;
    if (!merged && record_case(ev, &id))
        return id;
    if (ev->reason == WFPW_REASON_SILENT_MODE && ev->kind != WFPW_KIND_GAP)
        return CASE_SILENT;
    if (id == CASE_DROP)
        return refused_case(ev, ev->verdict == WFPW_VERDICT_BLOCK ? CASE_BLOCK : CASE_DROP);
    return id;
}

const struct export_case *export_case_of(const wfpw_event *ev)
{
    return &cases[event_case(ev)];
}

bool export_is_listen(const struct export_event *x)
{
    size_t id = (size_t)(x->what - cases);
    return id == CASE_BIND || id == CASE_BIND_BLOCK || id == CASE_LISTEN || id == CASE_LISTEN_BLOCK;
}

bool export_is_failed_tunnel(const struct export_event *x)
{
    return (size_t)(x->what - cases) == CASE_IPSEC;
}

/* ---- directions ----------------------------------------------------------------------------- */

const struct export_way *export_way_of(const wfpw_event *ev)
{
    static const struct export_way ways[] = {
        [0] = {"unknown", 0, "Unknown", "NA"},
        [WFPW_DIRECTION_INBOUND] = {"inbound", 1, "Inbound", "Inbound"},
        [WFPW_DIRECTION_OUTBOUND] = {"outbound", 2, "Outbound", "Outbound"},
        [WFPW_DIRECTION_FORWARD] = {"external", 99, "Forward", "NA"},
        [WFPW_DIRECTION_BIDIRECTIONAL] = {"unknown", 99, "Bidirectional", "NA"},
    };
    return &ways[ev->direction < sizeof ways / sizeof *ways ? ev->direction : 0];
}
