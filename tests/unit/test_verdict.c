/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Why: an event in; verdict, reason, evidence and confidence out. A row a reason at least, and the
 * same whatever language the filter's name is in. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "random.h"
#include "stage/verdict.h"

#define WF        .provider = "FWPM_PROVIDER_MPSSVC_WF"
#define IN(layer) .sublayer = "FWPM_SUBLAYER_" layer
#define BLOCKS    .action = 0x1001
#define PERMITS   .action = 0x1002
#define DECIDES   .action = 0x5003 /* a callout, always */
#define MAY       .action = 0x4005 /* a callout, perhaps */
#define CURRENT   .state = WFPW_FILTER_STATE_CURRENT
#define STALE     .state = WFPW_FILTER_STATE_UNCERTAIN
#define WEIGHT(class)                                                                              \
    .present = WFPW_FILTER_HAS_EFFECTIVE_WEIGHT, .effective_weight = (uint64_t)(class) << 60 | 5
#define FILTER(...)                                                                                \
    &(const wfpw_filter)                                                                           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

#define DROP  .kind = WFPW_KIND_CLASSIFY_DROP
#define ALLOW .kind = WFPW_KIND_CLASSIFY_ALLOW
#define RECORD(id)                                                                                 \
    .kind = WFPW_KIND_AUDIT, .audit = &(const wfpw_audit)                                          \
    {                                                                                              \
        .event_id = id                                                                             \
    }
#define AT(id)          .present = WFPW_HAS_LAYER_ID, .layer_id = id
#define AT_KEY(id, key) .present = WFPW_HAS_LAYER_ID, .layer_id = id, .layer_key = "FWPM_LAYER_" key
#define PACKAGE         .package_sid = "S-1-15-2-1-2-3"

#define ENDED(id, what, where)                                                                     \
    .terminating_count = 1, .terminating = &(const wfpw_terminating)                               \
    {                                                                                              \
        .filter_id = id, .action = what, .sublayer = "FWPP_SUBLAYER_INTERNAL_" where               \
    }

#define NO_FILTER(layer)                                                                           \
    .present = WFPW_HAS_LAYER_ID | WFPW_HAS_FILTER_ID, .layer_id = layer, .filter_id = 0
/* the layer is for one direction, the field says the other */
#define AGAINST(layer)                                                                             \
    .present = WFPW_HAS_LAYER_ID | WFPW_HAS_DIRECTION, .layer_id = layer,                          \
    .direction_from = WFPW_DIRECTION_FROM_LAYER

#define ACCEPT  AT(44)
#define CONNECT AT(50)
#define OUT(v, r, c, ...)                                                                          \
    .verdict = WFPW_VERDICT_##v, .reason = WFPW_REASON_##r, .confidence = WFPW_CONFIDENCE_##c,     \
    .evidence = {__VA_ARGS__}
#define E(name) WFPW_EVIDENCE_##name

struct row {
    wfpw_event ev;
    uint8_t verdict;
    uint16_t reason;
    uint8_t confidence;
    uint32_t evidence[4];
    bool by_name; /* the filter's name decides */
};

static const wfpw_condition raw_flags = {.field = "FWPM_CONDITION_FLAGS",
                                         .match = "FWP_MATCH_FLAGS_ANY_SET",
                                         .value = "32784"}; /* raw, promiscuous */
static const wfpw_condition not_raw = {
    .field = "FWPM_CONDITION_FLAGS", .match = "FWP_MATCH_FLAGS_NONE_SET", .value = "0x10"};

static const struct row rows[] = {
    /* the record's origin */
    {{RECORD(5157), CONNECT, .filter_origin = "{5d1b-rule}"},
     OUT(BLOCK, RULE, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5152), AT(13), .filter_origin = "Stealth"},
     OUT(DROP, STEALTH, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5152), ACCEPT, .filter_origin = "Query User Default"},
     OUT(BLOCK, QUERY_USER, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), ACCEPT, .filter_origin = "TCP Query User{1}C:\\a.exe"},
     OUT(BLOCK, RULE, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), CONNECT, .filter_origin = "Default Outbound"},
     OUT(BLOCK, DEFAULT_OUTBOUND, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), ACCEPT, .filter_origin = "Default Inbound"},
     OUT(BLOCK, DEFAULT_INBOUND, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), CONNECT, .filter_origin = "UWP Default"},
     OUT(BLOCK, UWP_DEFAULT, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), ACCEPT, .filter_origin = "Boot Time Default"},
     OUT(BLOCK, BOOT_TIME, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), CONNECT, .filter_origin = "SearchFilterHost-2"},
     OUT(BLOCK, SERVICE_HARDENING, CERTAIN, E(RECORD_ORIGIN))},
    /* it counts before the filter, which may be of another time */
    {{RECORD(5157), ACCEPT, .filter_origin = "Quarantine Default",
      .filter = FILTER(STALE, BLOCKS, WF, .origin = "Stealth")},
     OUT(BLOCK, QUARANTINE, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5157), ACCEPT, .filter_origin = "Unknown",
      .filter = FILTER(CURRENT, BLOCKS, .provider = "{af617412-ce10-4058-8996-abc79fd805ff}")},
     OUT(BLOCK, THIRD_PARTY, CERTAIN, E(ACTION), E(PROVIDER))},

    /* that the filter has none is an answer */
    {{RECORD(5157), CONNECT, .filter_origin = "Unknown"},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(RECORD_ORIGIN))},
    {{RECORD(5157), ACCEPT, .filter_origin = "Unknown"},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(RECORD_ORIGIN))},
    {{RECORD(5157), AGAINST(44), .filter_origin = "Unknown"},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(RECORD_ORIGIN))},
    {{RECORD(5152), AT(13), .filter_origin = "%%14643"},
     OUT(DROP, THIRD_PARTY, LIKELY, E(RECORD_ORIGIN))},
    {{DROP, CONNECT, .filter_origin = "Unknown",
      .filter = FILTER(.state = WFPW_FILTER_STATE_UNKNOWN)},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(RECORD_ORIGIN))},
    {{RECORD(5157), CONNECT, .filter_origin = "Unknown", .filter = FILTER(STALE, BLOCKS)},
     OUT(BLOCK, THIRD_PARTY, CERTAIN, E(RECORD_ORIGIN), E(ACTION), E(PROVIDER))},
    {{DROP, AGAINST(44)}, OUT(BLOCK, UNKNOWN, GUESS, 0)},

    /* filter 0 is no filter */
    {{RECORD(5159), NO_FILTER(36)}, OUT(BLOCK, NO_FILTER, LIKELY, E(FILTER_ID))},
    {{RECORD(5155), NO_FILTER(40)}, OUT(BLOCK, NO_FILTER, LIKELY, E(FILTER_ID))},
    {{RECORD(5152), NO_FILTER(44)}, OUT(BLOCK, NO_FILTER, LIKELY, E(FILTER_ID))},
    {{RECORD(5157), NO_FILTER(48), .filter_origin = "Unknown"},
     OUT(BLOCK, NO_FILTER, LIKELY, E(FILTER_ID))},
    {{RECORD(5152), NO_FILTER(44), .filter_origin = "Query User Default"},
     OUT(BLOCK, QUERY_USER, CERTAIN, E(RECORD_ORIGIN))},
    {{DROP, .present = WFPW_HAS_FILTER_ID | WFPW_HAS_REAUTH_REASON, .reauth_reason = 1},
     OUT(DROP, REAUTHORIZATION, LIKELY, E(REAUTH))},
    {{RECORD(5152), NO_FILTER(13)}, OUT(DROP, STEALTH, LIKELY, E(LAYER))},
    {{RECORD(5152), NO_FILTER(45)}, OUT(DROP, DISCARD, LIKELY, E(LAYER))},
    {{RECORD(5146), NO_FILTER(70), .vswitch = &(const wfpw_vswitch){0}},
     OUT(DROP, VSWITCH, LIKELY, E(KIND))},
    {{.kind = WFPW_KIND_CLASSIFY_DROP_MAC, NO_FILTER(56)}, OUT(DROP, MAC, LIKELY, E(KIND))},

    /* the filter's origin */
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, .origin = "Query User Default")},
     OUT(BLOCK, QUERY_USER, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, ACCEPT, .filter = FILTER(STALE, BLOCKS, WF, .origin = "Query User Default")},
     OUT(BLOCK, QUERY_USER, LIKELY, E(FILTER_ORIGIN))},
    {{DROP, AT(36), .filter = FILTER(CURRENT, MAY, WF, .origin = "Query User Default")},
     OUT(BLOCK, QUERY_USER, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, AT(13), .filter = FILTER(CURRENT, DECIDES, WF, .origin = "Stealth")},
     OUT(DROP, STEALTH, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, .origin = "WSH Default")},
     OUT(BLOCK, SERVICE_HARDENING, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, CONNECT,
      .filter = FILTER(CURRENT, BLOCKS, .origin = "NewHardening-1", IN("MPSSVC_WSH"))},
     OUT(BLOCK, SERVICE_HARDENING, CERTAIN, E(FILTER_ORIGIN), E(SUBLAYER))},
    {{DROP, CONNECT,
      .filter = FILTER(CURRENT, BLOCKS, .origin = "UWP Default Outbound Block Rule")},
     OUT(BLOCK, UWP_DEFAULT, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, .origin = "AppContainer Loopback")},
     OUT(BLOCK, APPCONTAINER_LOOPBACK, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, .origin = "Quarantine Default")},
     OUT(BLOCK, QUARANTINE, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, .origin = "Boottime Default")},
     OUT(BLOCK, BOOT_TIME, CERTAIN, E(FILTER_ORIGIN))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, .origin = "{rule}")},
     OUT(BLOCK, RULE, CERTAIN, E(FILTER_ORIGIN))},
    /* a filter that permits has not refused anything */
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, PERMITS, WF, .origin = "Boottime Default")},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},

    /* flags, callouts, conditions */
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, .flags = 0x404, .origin = "{rule}")},
     OUT(BLOCK, SILENT_MODE, CERTAIN, E(FLAGS))},
    {{DROP, CONNECT,
      .filter = FILTER(CURRENT, DECIDES,
                       .callout = "FWPM_CALLOUT_POLICY_SILENT_MODE_AUTH_CONNECT_LAYER_V6")},
     OUT(BLOCK, SILENT_MODE, CERTAIN, E(CALLOUT))},
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, .flags = 0x2)},
     OUT(BLOCK, BOOT_TIME, CERTAIN, E(FLAGS))},
    {{DROP, AT(13),
      .filter = FILTER(CURRENT, DECIDES, WF,
                       .callout = "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP")},
     OUT(DROP, STEALTH, CERTAIN, E(CALLOUT))},
    {{DROP, AT(40),
      .filter = FILTER(CURRENT, MAY, WF, .callout = "{c3dbed20-0bb6-4bf3-828d-96732e1e0028}")},
     OUT(BLOCK, QUERY_USER, CERTAIN, E(CALLOUT))},
    {{DROP, AT(12),
      .filter = FILTER(CURRENT, DECIDES, .callout = "FWPM_CALLOUT_IPSEC_INBOUND_TRANSPORT_V4")},
     OUT(DROP, IPSEC, CERTAIN, E(CALLOUT))},
    {{DROP, AT(42),
      .filter = FILTER(CURRENT, DECIDES, WF, .callout = "FWPM_CALLOUT_TEREDO_ALE_LISTEN_V6")},
     OUT(BLOCK, EDGE_TRAVERSAL, CERTAIN, E(CALLOUT))},
    {{DROP, AT(36),
      .filter = FILTER(CURRENT, BLOCKS, .conditions = &raw_flags, .condition_count = 1,
                       .condition_stride = sizeof raw_flags)},
     OUT(BLOCK, RAW_SOCKET, CERTAIN, E(CONDITIONS), E(LAYER))},
    {{DROP, AT(36),
      .filter = FILTER(CURRENT, BLOCKS, .conditions = &not_raw, .condition_count = 1,
                       .condition_stride = sizeof not_raw)},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(ACTION), E(PROVIDER))},

    /* a callout that nobody has registered blocks, unless the filter says otherwise */
    {{DROP, CONNECT,
      .filter = FILTER(CURRENT, DECIDES, .callout = "{2}", .present = WFPW_FILTER_CALLOUT_MISSING)},
     OUT(BLOCK, CALLOUT_MISSING, CERTAIN, E(ACTION), E(CALLOUT))},
    {{DROP, CONNECT,
      .filter = FILTER(STALE, MAY, .callout = "{2}", .present = WFPW_FILTER_CALLOUT_MISSING)},
     OUT(BLOCK, CALLOUT_MISSING, LIKELY, E(ACTION), E(CALLOUT))},
    {{DROP, CONNECT,
      .filter = FILTER(CURRENT, DECIDES, .callout = "{2}", .flags = 0x10,
                       .present = WFPW_FILTER_CALLOUT_MISSING)},
     OUT(BLOCK, CALLOUT, CERTAIN, E(ACTION), E(CALLOUT))},

    /* sublayers and providers */
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, IN("MPSSVC_QUARANTINE"))},
     OUT(BLOCK, QUARANTINE, CERTAIN, E(SUBLAYER))},
    {{DROP, ACCEPT, .filter = FILTER(STALE, BLOCKS, WF, IN("MPSSVC_QUARANTINE"))},
     OUT(BLOCK, QUARANTINE, LIKELY, E(SUBLAYER))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, IN("MPSSVC_WSH"))},
     OUT(BLOCK, SERVICE_HARDENING, CERTAIN, E(SUBLAYER))},
    {{DROP, CONNECT, PACKAGE, .filter = FILTER(CURRENT, BLOCKS, IN("MPSSVC_WSH"))},
     OUT(BLOCK, UWP_DEFAULT, LIKELY, E(SUBLAYER), E(PACKAGE))},
    {{DROP, CONNECT, PACKAGE, .flags = WFPW_EVENT_LOOPBACK,
      .filter = FILTER(CURRENT, BLOCKS, IN("MPSSVC_WSH"))},
     OUT(BLOCK, APPCONTAINER_LOOPBACK, LIKELY, E(SUBLAYER), E(PACKAGE), E(LOOPBACK))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, IN("MPSSVC_APP_ISOLATION"))},
     OUT(BLOCK, APPCONTAINER_LOOPBACK, CERTAIN, E(SUBLAYER), E(PROVIDER))},
    {{DROP, CONNECT,
      .filter = FILTER(CURRENT, BLOCKS, IN("MPSSVC_APP_ISOLATION"),
                       .provider = "FWPM_PROVIDER_MPSSVC_APP_ISOLATION")},
     OUT(BLOCK, UWP_DEFAULT, CERTAIN, E(SUBLAYER))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, .provider = "FWPM_PROVIDER_MPSSVC_EDP")},
     OUT(BLOCK, DATA_PROTECTION, CERTAIN, E(PROVIDER))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, IN("MPSSVC_TENANT_RESTRICTIONS"))},
     OUT(BLOCK, TENANT_RESTRICTION, CERTAIN, E(SUBLAYER))},
    {{DROP, ACCEPT,
      .filter = FILTER(CURRENT, BLOCKS, .provider = "{0}",
                       .sublayer = "{7b6b11f6-cbb5-433c-ae06-6a4f0076e49e}")},
     OUT(BLOCK, EDGE_TRAVERSAL, CERTAIN, E(SUBLAYER))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, IN("IPSEC_TUNNEL"))},
     OUT(BLOCK, IPSEC, CERTAIN, E(SUBLAYER))},

    /* what netsh says of the filters that ended the decision */
    {{DROP, CONNECT, PACKAGE, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_WSH")},
     OUT(BLOCK, UWP_DEFAULT, LIKELY, E(TERMINATING), E(PACKAGE))},
    {{DROP, CONNECT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_WSH")},
     OUT(BLOCK, SERVICE_HARDENING, CERTAIN, E(TERMINATING))},
    {{DROP, ACCEPT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_QUARANTINE")},
     OUT(BLOCK, QUARANTINE, CERTAIN, E(TERMINATING))},
    {{DROP, ACCEPT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_WF")},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},
    {{DROP, ACCEPT, .filter_id = 7, ENDED(7, 0x1002, "FIREWALL_WSH")},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},
    {{DROP, ACCEPT, .filter_id = 8, ENDED(7, 0x1001, "FIREWALL_WSH")},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},

    {{DROP, CONNECT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_APP_ISOLATION")},
     OUT(BLOCK, UWP_DEFAULT, CERTAIN, E(TERMINATING))},
    {{DROP, CONNECT, .filter_id = 7, .flags = WFPW_EVENT_LOOPBACK,
      ENDED(7, 0x1001, "FIREWALL_APP_ISOLATION")},
     OUT(BLOCK, APPCONTAINER_LOOPBACK, CERTAIN, E(TERMINATING), E(LOOPBACK))},
    {{DROP, CONNECT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_EDP")},
     OUT(BLOCK, DATA_PROTECTION, CERTAIN, E(TERMINATING))},
    {{DROP, CONNECT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_TENANT_RESTRICTIONS")},
     OUT(BLOCK, TENANT_RESTRICTION, CERTAIN, E(TERMINATING))},
    {{DROP, ACCEPT, .filter_id = 7, ENDED(7, 0x1001, "TEREDO")},
     OUT(BLOCK, EDGE_TRAVERSAL, LIKELY, E(TERMINATING))},
    {{DROP, ACCEPT, .filter_id = 7, ENDED(7, 0x1001, "INSPECTION")},
     OUT(BLOCK, THIRD_PARTY, GUESS, E(TERMINATING))},
    {{DROP, ACCEPT, .filter_id = 7, .filter_origin = "Unknown", ENDED(7, 0x1001, "INSPECTION")},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(TERMINATING), E(RECORD_ORIGIN))},

    /* the firewall's own, without an origin */
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, WEIGHT(8), .name = "Query User")},
     OUT(BLOCK, DEFAULT_INBOUND, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, WEIGHT(3))},
     OUT(BLOCK, DEFAULT_OUTBOUND, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{DROP, AT(32), .filter = FILTER(CURRENT, BLOCKS, WF, WEIGHT(15))},
     OUT(DROP, STEALTH, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, WEIGHT(0), IN("MPSSVC_WF"))},
     OUT(BLOCK, BOOT_TIME, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, WEIGHT(10), .name = "My rule")},
     OUT(BLOCK, RULE, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, .name = "My rule")},
     OUT(BLOCK, RULE, GUESS, E(ACTION), E(PROVIDER))},
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, .name = "Shielded Main Rule")},
     OUT(BLOCK, BLOCK_ALL, LIKELY, E(ACTION), E(PROVIDER), E(NAME)),
     .by_name = true},
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, WF, .name = "Query User")},
     OUT(BLOCK, QUERY_USER, LIKELY, E(ACTION), E(PROVIDER), E(NAME)),
     .by_name = true},
    /* a name means nothing when it is not the firewall's */
    {{DROP, ACCEPT, .filter = FILTER(CURRENT, BLOCKS, .provider = "{1}", .name = "Query User")},
     OUT(BLOCK, THIRD_PARTY, CERTAIN, E(ACTION), E(PROVIDER))},

    /* everybody else's */
    {{DROP, CONNECT, .filter = FILTER(CURRENT, BLOCKS, .provider = "{1}", .name = "VPN")},
     OUT(BLOCK, THIRD_PARTY, CERTAIN, E(ACTION), E(PROVIDER))},
    {{DROP, CONNECT, .filter = FILTER(STALE, BLOCKS, .name = "VPN")},
     OUT(BLOCK, THIRD_PARTY, GUESS, E(ACTION), E(PROVIDER))},
    {{DROP, CONNECT, .filter = FILTER(CURRENT, DECIDES, .provider = "{1}", .callout = "{2}")},
     OUT(BLOCK, CALLOUT, CERTAIN, E(ACTION), E(CALLOUT))},
    {{RECORD(5153), ACCEPT}, OUT(BLOCK, CALLOUT, LIKELY, E(KIND))},

    /* layers */
    {{DROP, AT(13)}, OUT(DROP, STEALTH, LIKELY, E(LAYER))},
    {{DROP, AT(15)}, OUT(DROP, STEALTH, LIKELY, E(LAYER))},
    {{DROP, AT(32)}, OUT(DROP, STEALTH, GUESS, E(LAYER))},
    {{DROP, AT(45)}, OUT(DROP, DISCARD, LIKELY, E(LAYER))},
    {{DROP, AT(1)}, OUT(DROP, DISCARD, LIKELY, E(LAYER))},
    {{DROP, AT(0)}, OUT(DROP, PACKET, LIKELY, E(LAYER))},
    {{DROP, AT(16)}, OUT(DROP, PACKET, LIKELY, E(LAYER))},
    {{DROP, AT(28)}, OUT(DROP, PACKET, LIKELY, E(LAYER))},
    {{DROP, AT(36)}, OUT(BLOCK, BIND, CERTAIN, E(LAYER))},
    {{RECORD(5159)}, OUT(BLOCK, BIND, CERTAIN, E(KIND))},
    {{RECORD(5155)}, OUT(BLOCK, LISTEN, CERTAIN, E(KIND))},
    {{DROP, AT(42)}, OUT(BLOCK, LISTEN, CERTAIN, E(LAYER))},
    {{DROP, .present = WFPW_HAS_LAYER_ID | WFPW_HAS_PROTOCOL, .layer_id = 36, .protocol = 1},
     OUT(BLOCK, RAW_SOCKET, LIKELY, E(LAYER), E(PROTOCOL))},
    {{DROP, .present = WFPW_HAS_LAYER_ID | WFPW_HAS_PROTOCOL, .layer_id = 38, .protocol = 17},
     OUT(BLOCK, BIND, CERTAIN, E(LAYER))},
    {{.kind = WFPW_KIND_CLASSIFY_DROP_MAC, AT_KEY(56, "INBOUND_MAC_FRAME_ETHERNET")},
     OUT(DROP, MAC, CERTAIN, E(KIND))},
    {{DROP, AT_KEY(80, "INBOUND_MAC_FRAME_NATIVE_FAST")}, OUT(DROP, MAC, LIKELY, E(LAYER))},
    {{RECORD(5151)}, OUT(DROP, CALLOUT, LIKELY, E(KIND))},
    {{RECORD(5150)}, OUT(DROP, MAC, CERTAIN, E(KIND))},
    {{RECORD(5146)}, OUT(DROP, VSWITCH, CERTAIN, E(KIND))},
    {{DROP, AT_KEY(74, "INGRESS_VSWITCH_TRANSPORT_V4")}, OUT(DROP, VSWITCH, LIKELY, E(LAYER))},
    {{DROP, AT_KEY(70, "EGRESS_VSWITCH_ETHERNET"), .vswitch = &(const wfpw_vswitch){0}},
     OUT(DROP, VSWITCH, CERTAIN, E(KIND))},
    {{DROP, AT_KEY(91, "IKEEXT_V4")}, OUT(DROP, IPSEC, LIKELY, E(LAYER))},
    {{DROP, AT(99)}, OUT(DROP, UNKNOWN, GUESS, 0)},

    /* circumstances */
    {{DROP, CONNECT, PACKAGE, .flags = WFPW_EVENT_LOOPBACK},
     OUT(BLOCK, APPCONTAINER_LOOPBACK, LIKELY, E(LOOPBACK), E(PACKAGE))},
    {{DROP, CONNECT, .flags = WFPW_EVENT_LOOPBACK, .package_sid = "S-1-0-0"},
     OUT(BLOCK, UNKNOWN, GUESS, 0)},
    {{DROP, CONNECT, PACKAGE}, OUT(BLOCK, UWP_DEFAULT, GUESS, E(LAYER), E(PACKAGE))},
    {{DROP, .present = WFPW_HAS_LAYER_ID | WFPW_HAS_REAUTH_REASON, .layer_id = 48,
      .reauth_reason = 0x8},
     OUT(BLOCK, REAUTHORIZATION, LIKELY, E(REAUTH))},
    {{DROP, CONNECT, .filter = FILTER(.state = WFPW_FILTER_STATE_UNKNOWN)},
     OUT(BLOCK, FILTER_GONE, GUESS, E(FILTER_STATE))},
    /* names of another host do not make it worse */
    {{DROP, ACCEPT, .filter = FILTER(.state = WFPW_FILTER_STATE_UNKNOWN)},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},
    {{DROP, ACCEPT, .filter_id = 7, ENDED(7, 0x1001, "FIREWALL_QUARANTINE"),
      .filter = FILTER(STALE, BLOCKS, .provider = "{1}")},
     OUT(BLOCK, QUARANTINE, CERTAIN, E(TERMINATING))},
    {{RECORD(5157), CONNECT, .filter_origin = "Unknown",
      .filter = FILTER(STALE, BLOCKS, WF, WEIGHT(10))},
     OUT(BLOCK, THIRD_PARTY, LIKELY, E(RECORD_ORIGIN))},
    {{DROP, ACCEPT, .filter = FILTER(.state = WFPW_FILTER_STATE_NOT_FOUND)},
     OUT(BLOCK, FILTER_GONE, LIKELY, E(FILTER_STATE))},
    {{DROP, ACCEPT, .filter = FILTER(.state = WFPW_FILTER_STATE_DENIED)},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},
    {{DROP, AT(13), .filter = FILTER(.state = WFPW_FILTER_STATE_UNKNOWN)},
     OUT(DROP, STEALTH, LIKELY, E(LAYER))},
    {{DROP, ACCEPT}, OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(LAYER))},
    {{RECORD(5157), .direction = WFPW_DIRECTION_INBOUND},
     OUT(BLOCK, DEFAULT_INBOUND, GUESS, E(DIRECTION))},
    {{DROP, CONNECT}, OUT(BLOCK, UNKNOWN, GUESS, 0)},
    {{RECORD(5152)}, OUT(DROP, UNKNOWN, GUESS, 0)},

    /* allowed */
    {{ALLOW, CONNECT}, OUT(ALLOW, UNKNOWN, GUESS, 0)},
    {{RECORD(5156), CONNECT, .filter_origin = "AppContainer Loopback"},
     OUT(ALLOW, EXCEPTION, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5156), CONNECT, .filter_origin = "CoreNet-DNS-Out-UDP"},
     OUT(ALLOW, RULE, CERTAIN, E(RECORD_ORIGIN))},
    {{RECORD(5158), AT(36), .filter_origin = "Unknown"}, OUT(ALLOW, UNKNOWN, GUESS, 0)},
    {{RECORD(5154), AT(40), .filter = FILTER(CURRENT, PERMITS, WF, WEIGHT(9))},
     OUT(ALLOW, RULE, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{ALLOW, CONNECT, .filter = FILTER(CURRENT, PERMITS, WF, WEIGHT(8))},
     OUT(ALLOW, DEFAULT_OUTBOUND, LIKELY, E(ACTION), E(PROVIDER), E(WEIGHT))},
    {{ALLOW, ACCEPT, .filter = FILTER(CURRENT, PERMITS, WF, .origin = "Quarantine Default")},
     OUT(ALLOW, EXCEPTION, CERTAIN, E(FILTER_ORIGIN))},
    {{ALLOW, CONNECT, .filter = FILTER(CURRENT, PERMITS, .provider = "{1}")},
     OUT(ALLOW, THIRD_PARTY, CERTAIN, E(ACTION), E(PROVIDER))},
    {{ALLOW, CONNECT, .filter = FILTER(CURRENT, BLOCKS, WF, .origin = "{rule}")},
     OUT(ALLOW, UNKNOWN, GUESS, 0)},

    /* failures and the rest */
    {{.kind = WFPW_KIND_IPSEC_KERNEL_DROP}, OUT(FAILURE, IPSEC, CERTAIN, E(KIND), E(STATUS))},
    {{.kind = WFPW_KIND_IPSEC_DOSP_DROP}, OUT(FAILURE, IPSEC, CERTAIN, E(KIND), E(STATUS))},
    {{.kind = WFPW_KIND_IKE_MM_FAILURE}, OUT(FAILURE, IKE, CERTAIN, E(KIND), E(STATUS))},
    {{.kind = WFPW_KIND_IKE_QM_FAILURE}, OUT(FAILURE, IKE, CERTAIN, E(KIND), E(STATUS))},
    {{.kind = WFPW_KIND_IKE_EM_FAILURE}, OUT(FAILURE, IKE, CERTAIN, E(KIND), E(STATUS))},
    {{.kind = WFPW_KIND_CAPABILITY_DROP}, OUT(BLOCK, CAPABILITY, CERTAIN, E(KIND))},
    {{.kind = WFPW_KIND_CAPABILITY_ALLOW}, OUT(ALLOW, CAPABILITY, CERTAIN, E(KIND))},
    {{.kind = WFPW_KIND_LPM_PACKET_ARRIVAL}, OUT(INFO, NOTICE, CERTAIN, E(KIND))},
    {{.kind = WFPW_KIND_NET_EVENT}, OUT(INFO, UNKNOWN, GUESS, 0)},
    {{.kind = WFPW_KIND_GAP}, OUT(INFO, GAP, CERTAIN, E(KIND))},
    {{RECORD(5031)}, OUT(BLOCK, QUERY_USER, LIKELY, E(KIND))},
    {{RECORD(5147)}, OUT(DROP, CALLOUT, LIKELY, E(KIND))},
    {{RECORD(5148)}, OUT(INFO, DOS_DEFENSE, CERTAIN, E(KIND))},
    {{RECORD(5149)}, OUT(INFO, DOS_DEFENSE, CERTAIN, E(KIND))},
    {{RECORD(5160), CONNECT}, OUT(BLOCK, UNKNOWN, GUESS, 0)},
    {{RECORD(5441)}, OUT(INFO, POLICY_CHANGE, CERTAIN, E(KIND))},
    {{RECORD(5447)}, OUT(INFO, POLICY_CHANGE, CERTAIN, E(KIND))},
    {{RECORD(4950)}, OUT(INFO, POLICY_CHANGE, CERTAIN, E(KIND))},
    {{RECORD(4945)}, OUT(INFO, RULE_PRESENT, CERTAIN, E(KIND))},
    {{RECORD(4946)}, OUT(INFO, RULE_ADDED, CERTAIN, E(KIND))},
    {{RECORD(4947)}, OUT(INFO, RULE_CHANGED, CERTAIN, E(KIND))},
    {{RECORD(4948)}, OUT(INFO, RULE_DELETED, CERTAIN, E(KIND))},
    {{RECORD(4951)}, OUT(INFO, RULE_NOT_APPLIED, CERTAIN, E(KIND))},
    {{RECORD(4953)}, OUT(INFO, RULE_NOT_APPLIED, CERTAIN, E(KIND))},
    {{RECORD(4957)}, OUT(INFO, RULE_NOT_APPLIED, CERTAIN, E(KIND))},
    {{RECORD(4958)}, OUT(INFO, RULE_NOT_APPLIED, CERTAIN, E(KIND))},
    {{RECORD(2004)}, OUT(INFO, NOTICE, CERTAIN, E(KIND))}, /* of the Security log */
    {{RECORD(4719)}, OUT(INFO, AUDIT_POLICY, CERTAIN, E(KIND))},
    {{RECORD(1102)}, OUT(INFO, LOG_CLEARED, CERTAIN, E(KIND))},
    {{RECORD(9999)}, OUT(INFO, NOTICE, CERTAIN, E(KIND))},
    {{.kind = WFPW_KIND_AUDIT}, OUT(INFO, NOTICE, CERTAIN, E(KIND))},
};
enum { ROWS = sizeof rows / sizeof *rows };

static uint32_t evidence_of(const struct row *row)
{
    uint32_t all = 0;
    for (size_t i = 0; i < 4; i++)
        all |= row->evidence[i];
    return all;
}

static void check(const struct row *row, const wfpw_event *ev, size_t i)
{
    if (ev->verdict == row->verdict && ev->reason == row->reason &&
        ev->confidence == row->confidence && ev->evidence == evidence_of(row))
        return;
    fail_msg("row %zu: %s %s %s 0x%x, wanted %s %s %s 0x%x", i,
             wfpw_word(WFPW_LIST_VERDICT, ev->verdict), wfpw_word(WFPW_LIST_REASON, ev->reason),
             wfpw_word(WFPW_LIST_CONFIDENCE, ev->confidence), (unsigned)ev->evidence,
             wfpw_word(WFPW_LIST_VERDICT, row->verdict), wfpw_word(WFPW_LIST_REASON, row->reason),
             wfpw_word(WFPW_LIST_CONFIDENCE, row->confidence), (unsigned)evidence_of(row));
}

static void table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        wfpw_event ev = rows[i].ev;
        verdict_explain(&ev);
        check(&rows[i], &ev, i);
    }
}

static void names_in_other_languages(void **state)
{
    static const char *const others[] = {"Filtre de d\u00e9marrage",
                                         "\u542f\u52a8\u65f6\u95f4"
                                         "\u7b5b\u9009\u5668",
                                         NULL};
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < 3 && rows[i].ev.filter != NULL && !rows[i].by_name; k++) {
            wfpw_event ev = rows[i].ev;
            wfpw_filter f = *ev.filter;
            f.name = others[k];
            ev.filter = &f;
            verdict_explain(&ev);
            check(&rows[i], &ev, i);
        }
    }
}

/* Where nothing but the English name tells, another language costs the reason, never the truth. */
static void only_the_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        if (!rows[i].by_name)
            continue;
        wfpw_event ev = rows[i].ev;
        wfpw_filter f = *ev.filter;
        f.name = "R\u00e8gle principale";
        ev.filter = &f;
        verdict_explain(&ev);
        assert_int_equal(ev.verdict, rows[i].verdict);
        assert_int_equal(ev.reason, WFPW_REASON_RULE);
        assert_int_equal(ev.confidence, WFPW_CONFIDENCE_GUESS);
    }
}

static void every_reason_has_a_row(void **state)
{
    (void)state;
    for (uint32_t code = 1;; code++) {
        wfpw_reason info = {.size = sizeof info};
        bool seen = false;
        if (wfpw_reason_info(code, &info) == 0)
            break;
        for (size_t i = 0; i < ROWS; i++)
            seen |= rows[i].reason == code;
        if (!seen)
            fail_msg("no row for %s", info.name);
    }
}

/* ---- whatever comes ------------------------------------------------------------------------- */

static const char *some(uint64_t *seed, const char *const *texts, uint32_t count)
{
    return texts[random_below(seed, count)];
}
#define SOME(seed, ...)                                                                            \
    some(seed, (const char *const[]){__VA_ARGS__},                                                 \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void random_filter(uint64_t *seed, wfpw_filter *f)
{
    *f = (wfpw_filter){
        .state = (uint32_t)random_below(seed, 6),
        .present = (uint32_t)random_below(seed, 8),
        .flags = (uint32_t)random_u64(seed),
        .action = (uint32_t[]){0, 0x1001, 0x1002, 0x5003, 0x4005, 0x2006}[random_below(seed, 6)],
        .effective_weight = random_u64(seed)};
    f->origin = SOME(seed, NULL, "", "-", "Unknown", "Stealth", "UWP Default X", "\xFF", "D");
    f->sublayer = SOME(seed, NULL, "", "FWPM_SUBLAYER_MPSSVC_WSH", "FWPM_SUBLAYER_IPSEC_", "{");
    f->provider = SOME(seed, NULL, "", "FWPM_PROVIDER_MPSSVC_WF", "FWPM_PROVIDER_IKEEXT", "{1}");
    f->callout = SOME(seed, NULL, "", "FWPM_CALLOUT_IPSEC_", "{c3dbed20-0bb6-4bf3-828d-9673");
    f->name = SOME(seed, NULL, "", "Query User", "Shielded Main Rule");
}

static void anything(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int turn = 0; turn < 200000; turn++) {
        wfpw_filter f;
        wfpw_audit a = {.event_id = (uint32_t[]){0, 1102, 4719, 5031, 5160}[random_below(&seed, 5)],
                        .keywords = random_u64(&seed)};
        if (random_below(&seed, 2))
            a.event_id = 5140 + (uint32_t)random_below(&seed, 320);
        random_filter(&seed, &f);
        wfpw_event ev = {.kind = (uint32_t)random_below(&seed, 20),
                         .present = (uint32_t)random_u64(&seed),
                         .flags = (uint32_t)random_u64(&seed),
                         .layer_id = (uint32_t)random_below(&seed, 120),
                         .direction = (uint8_t)random_below(&seed, 6),
                         .filter = random_below(&seed, 3) ? &f : NULL,
                         .audit = random_below(&seed, 8) ? &a : NULL};
        ev.layer_key = SOME(&seed, NULL, "", "FWPM_LAYER_", "FWPM_LAYER_IPSEC_V4", "{1}");
        ev.filter_origin = SOME(&seed, NULL, NULL, NULL, "", "-", "Unknown", "Stealth", "x");
        ev.package_sid = SOME(&seed, NULL, "", "S-1-15-2-1");
        verdict_explain(&ev);
        assert_string_not_equal(wfpw_word(WFPW_LIST_VERDICT, ev.verdict), "");
        assert_string_not_equal(wfpw_word(WFPW_LIST_REASON, ev.reason), "");
        assert_string_not_equal(wfpw_word(WFPW_LIST_CONFIDENCE, ev.confidence), "");
        assert_true((ev.evidence == 0) == (ev.reason == WFPW_REASON_UNKNOWN));
        assert_true(ev.evidence < 2 * (uint32_t)WFPW_EVIDENCE_FILTER_ID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),         cmocka_unit_test(names_in_other_languages),
        cmocka_unit_test(only_the_name), cmocka_unit_test(every_reason_has_a_row),
        cmocka_unit_test(anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
