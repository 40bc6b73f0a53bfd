/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */

/* What the Windows Filtering Platform hands out, as C11 that every compiler here takes.
 *
 * Names of structs, members and constants are Microsoft's; what windows.h itself declares has a
 * name of our own (FWP_GUID, FWP_FILETIME, FWP_SID_STRUCT, FWP_ERROR_ACCESS_DENIED, ...).
 * A file may include windows.h before this header, but never fwpmu.h or fwpmtypes.h.
 *
 * Text is 16-bit units and may lack its NUL.  Enumerations are uint32_t: a value that no constant
 * names is to be expected from a newer Windows.  The ..._MAX sentinels move with every release and
 * are left out.  tests/abi holds every struct to the layout that the win32 metadata gives. */
#ifndef WFPW_OS_FWP_TYPES_H
#define WFPW_OS_FWP_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* The convention of the engine's functions and callbacks: __stdcall, which only 32-bit x86 tells
 * apart (win32 metadata). */
#if defined(_WIN32) && (defined(_M_IX86) || defined(__i386__))
#define FWP_CALLBACK __stdcall
#else
#define FWP_CALLBACK
#endif

/* ---- values --------------------------------------------------------------------------------- */

/* Our own names for what windows.h calls GUID, FILETIME, SID and so on (win32 metadata). */
typedef struct FWP_GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} FWP_GUID;

typedef struct FWP_FILETIME {
    uint32_t dwLowDateTime;
    uint32_t dwHighDateTime;
} FWP_FILETIME;

/* As one number. */
static inline uint64_t fwp_filetime(const FWP_FILETIME *t)
{
    return (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
}

typedef struct FWP_SID_IDENTIFIER_AUTHORITY {
    uint8_t Value[6];
} FWP_SID_IDENTIFIER_AUTHORITY;

typedef struct FWP_SID_STRUCT {
    uint8_t Revision;
    uint8_t SubAuthorityCount;
    FWP_SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
    uint32_t SubAuthority[1]; /* SubAuthorityCount of them */
} FWP_SID_STRUCT;

typedef struct FWP_SID_AND_ATTRIBUTES {
    FWP_SID_STRUCT *Sid;
    uint32_t Attributes;
} FWP_SID_AND_ATTRIBUTES;

/* Bytes that are counted, not ended (win32 metadata). */
typedef struct FWP_BYTE_ARRAY6 {
    uint8_t byteArray6[6];
} FWP_BYTE_ARRAY6;

typedef struct FWP_BYTE_ARRAY16 {
    uint8_t byteArray16[16];
} FWP_BYTE_ARRAY16;

typedef struct FWP_BYTE_BLOB {
    uint32_t size; /* in bytes, also when data is text */
    uint8_t *data;
} FWP_BYTE_BLOB;

typedef struct FWP_TOKEN_INFORMATION {
    uint32_t sidCount;
    FWP_SID_AND_ATTRIBUTES *sids;
    uint32_t restrictedSidCount;
    FWP_SID_AND_ATTRIBUTES *restrictedSids;
} FWP_TOKEN_INFORMATION;

/* FWP_DATA_TYPE: which member of a value's union is set; 64-bit numbers and everything longer are
 * behind a pointer (win32 metadata). */
enum {
    FWP_EMPTY = 0,
    FWP_UINT8 = 1,
    FWP_UINT16 = 2,
    FWP_UINT32 = 3,
    FWP_UINT64 = 4,
    FWP_INT8 = 5,
    FWP_INT16 = 6,
    FWP_INT32 = 7,
    FWP_INT64 = 8,
    FWP_FLOAT = 9,
    FWP_DOUBLE = 10,
    FWP_BYTE_ARRAY16_TYPE = 11,
    FWP_BYTE_BLOB_TYPE = 12,
    FWP_SID = 13,
    FWP_SECURITY_DESCRIPTOR_TYPE = 14,
    FWP_TOKEN_INFORMATION_TYPE = 15,
    FWP_TOKEN_ACCESS_INFORMATION_TYPE = 16,
    FWP_UNICODE_STRING_TYPE = 17,
    FWP_BYTE_ARRAY6_TYPE = 18,
    FWP_V4_ADDR_MASK = 256, /* this and the next two in conditions only */
    FWP_V6_ADDR_MASK = 257,
    FWP_RANGE_TYPE = 258
};

typedef struct FWP_VALUE0 {
    uint32_t type;
    union {
        uint8_t uint8;
        uint16_t uint16;
        uint32_t uint32;
        uint64_t *uint64;
        int8_t int8;
        int16_t int16;
        int32_t int32;
        int64_t *int64;
        float float32;
        double *double64;
        FWP_BYTE_ARRAY6 *byteArray6;
        FWP_BYTE_ARRAY16 *byteArray16;
        FWP_BYTE_BLOB *byteBlob;
        FWP_BYTE_BLOB *sd;
        FWP_BYTE_BLOB *tokenAccessInformation;
        FWP_TOKEN_INFORMATION *tokenInformation;
        FWP_SID_STRUCT *sid;
        uint16_t *unicodeString;
    };
} FWP_VALUE0;

/* What a condition compares with: a value, a network or a range (win32 metadata). */
typedef struct FWP_V4_ADDR_AND_MASK {
    uint32_t addr; /* host byte order, as every IPv4 address here */
    uint32_t mask;
} FWP_V4_ADDR_AND_MASK;

typedef struct FWP_V6_ADDR_AND_MASK {
    uint8_t addr[16]; /* network order */
    uint8_t prefixLength;
} FWP_V6_ADDR_AND_MASK;

typedef struct FWP_RANGE0 {
    FWP_VALUE0 valueLow;
    FWP_VALUE0 valueHigh;
} FWP_RANGE0;

typedef struct FWP_CONDITION_VALUE0 {
    uint32_t type;
    union {
        uint8_t uint8;
        uint16_t uint16;
        uint32_t uint32;
        uint64_t *uint64;
        int8_t int8;
        int16_t int16;
        int32_t int32;
        int64_t *int64;
        float float32;
        double *double64;
        FWP_BYTE_ARRAY6 *byteArray6;
        FWP_BYTE_ARRAY16 *byteArray16;
        FWP_BYTE_BLOB *byteBlob;
        FWP_BYTE_BLOB *sd;
        FWP_BYTE_BLOB *tokenAccessInformation;
        FWP_TOKEN_INFORMATION *tokenInformation;
        FWP_SID_STRUCT *sid;
        uint16_t *unicodeString;
        FWP_V4_ADDR_AND_MASK *v4AddrMask;
        FWP_V6_ADDR_AND_MASK *v6AddrMask;
        FWP_RANGE0 *rangeValue;
    };
} FWP_CONDITION_VALUE0;

/* FWP_MATCH_TYPE: how a condition compares (win32 metadata). */
enum {
    FWP_MATCH_EQUAL = 0,
    FWP_MATCH_GREATER = 1,
    FWP_MATCH_LESS = 2,
    FWP_MATCH_GREATER_OR_EQUAL = 3,
    FWP_MATCH_LESS_OR_EQUAL = 4,
    FWP_MATCH_RANGE = 5,
    FWP_MATCH_FLAGS_ALL_SET = 6,
    FWP_MATCH_FLAGS_ANY_SET = 7,
    FWP_MATCH_FLAGS_NONE_SET = 8,
    FWP_MATCH_EQUAL_CASE_INSENSITIVE = 9,
    FWP_MATCH_NOT_EQUAL = 10,
    FWP_MATCH_PREFIX = 11,
    FWP_MATCH_NOT_PREFIX = 12
};

/* FWP_IP_VERSION and FWP_AF are two number spaces (win32 metadata). */
enum { FWP_IP_VERSION_V4 = 0, FWP_IP_VERSION_V6 = 1, FWP_IP_VERSION_NONE = 2 };
enum { FWP_AF_INET = 0, FWP_AF_INET6 = 1, FWP_AF_ETHER = 2, FWP_AF_NONE = 3 };

/* FWP_DIRECTION: IPsec drops, and now and then msFwpDirection too (win32 metadata). */
enum { FWP_DIRECTION_OUTBOUND = 0, FWP_DIRECTION_INBOUND = 1 };

/* msFwpDirection of the classify bodies; metadata has no names for it: the first two are netsh's,
 * the others continue them (documentation of the classify bodies). */
enum {
    MS_FWP_DIRECTION_IN = 0x3900,
    MS_FWP_DIRECTION_OUT = 0x3901,
    MS_FWP_DIRECTION_FORWARD = 0x3902,
    MS_FWP_DIRECTION_BIDIRECTIONAL = 0x3903
};

/* FWP_ETHER_ENCAP_METHOD (win32 metadata). */
enum {
    FWP_ETHER_ENCAP_METHOD_ETHER_V2 = 0,
    FWP_ETHER_ENCAP_METHOD_SNAP = 1,
    FWP_ETHER_ENCAP_METHOD_SNAP_W_OUI_ZERO = 3
};

/* ---- the engine's objects ------------------------------------------------------------------- */

/* Name and description of an object, either of which may be NULL or indirect: "@dll,-id" (win32
 * metadata). */
typedef struct FWPM_DISPLAY_DATA0 {
    uint16_t *name;
    uint16_t *description;
} FWPM_DISPLAY_DATA0;

/* FWPM_ENGINE_OPTION, and the bits of the second one's value (win32 metadata). */
enum {
    FWPM_ENGINE_COLLECT_NET_EVENTS = 0,
    FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS = 1,
    FWPM_ENGINE_NAME_CACHE = 2,
    FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS = 3,
    FWPM_ENGINE_PACKET_QUEUING = 4,
    FWPM_ENGINE_TXN_WATCHDOG_TIMEOUT_IN_MSEC = 5
};
enum {
    FWPM_NET_EVENT_KEYWORD_INBOUND_MCAST = 0x01,
    FWPM_NET_EVENT_KEYWORD_INBOUND_BCAST = 0x02,
    FWPM_NET_EVENT_KEYWORD_CAPABILITY_DROP = 0x04,
    FWPM_NET_EVENT_KEYWORD_CAPABILITY_ALLOW = 0x08,
    FWPM_NET_EVENT_KEYWORD_CLASSIFY_ALLOW = 0x10,
    FWPM_NET_EVENT_KEYWORD_PORT_SCANNING_DROP = 0x20
};

/* A session with the engine; from processId on the engine fills it in (win32 metadata). */
enum { FWPM_SESSION_FLAG_DYNAMIC = 0x1, FWPM_SESSION_FLAG_RESERVED = 0x10000000 };
enum { FWPM_TXN_READ_ONLY = 0x1 };

typedef struct FWPM_SESSION0 {
    FWP_GUID sessionKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    uint32_t txnWaitTimeoutInMSec;
    uint32_t processId;
    FWP_SID_STRUCT *sid;
    uint16_t *username;
    int32_t kernelMode;
} FWPM_SESSION0;

/* Authentication services that opening a session takes (win32 metadata). */
enum { FWP_RPC_C_AUTHN_WINNT = 10 };
#define FWP_RPC_C_AUTHN_DEFAULT 0xFFFFFFFFu

/* Who owns objects (win32 metadata). */
enum { FWPM_PROVIDER_FLAG_PERSISTENT = 0x01, FWPM_PROVIDER_FLAG_DISABLED = 0x10 };

typedef struct FWPM_PROVIDER0 {
    FWP_GUID providerKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    FWP_BYTE_BLOB providerData;
    uint16_t *serviceName;
} FWPM_PROVIDER0;

/* Where in a layer a filter stands (win32 metadata). */
enum { FWPM_SUBLAYER_FLAG_PERSISTENT = 0x1 };

typedef struct FWPM_SUBLAYER0 {
    FWP_GUID subLayerKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    FWP_GUID *providerKey;
    FWP_BYTE_BLOB providerData;
    uint16_t weight;
} FWPM_SUBLAYER0;

/* A point of the stack at which filters are asked, and the fields known there (win32 metadata). */
enum {
    FWPM_LAYER_FLAG_KERNEL = 0x1,
    FWPM_LAYER_FLAG_BUILTIN = 0x2,
    FWPM_LAYER_FLAG_CLASSIFY_MOSTLY = 0x4,
    FWPM_LAYER_FLAG_BUFFERED = 0x8
};
enum { FWPM_FIELD_RAW_DATA = 0, FWPM_FIELD_IP_ADDRESS = 1, FWPM_FIELD_FLAGS = 2 };

typedef struct FWPM_FIELD0 {
    FWP_GUID *fieldKey;
    uint32_t type;
    uint32_t dataType;
} FWPM_FIELD0;

typedef struct FWPM_LAYER0 {
    FWP_GUID layerKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    uint32_t numFields;
    FWPM_FIELD0 *field;
    FWP_GUID defaultSubLayerKey;
    uint16_t layerId;
} FWPM_LAYER0;

/* A driver's function that a filter may ask (win32 metadata). */
enum {
    FWPM_CALLOUT_FLAG_PERSISTENT = 0x10000,
    FWPM_CALLOUT_FLAG_USES_PROVIDER_CONTEXT = 0x20000,
    FWPM_CALLOUT_FLAG_REGISTERED = 0x40000
};

typedef struct FWPM_CALLOUT0 {
    FWP_GUID calloutKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    FWP_GUID *providerKey;
    FWP_BYTE_BLOB providerData;
    FWP_GUID applicableLayer;
    uint32_t calloutId;
} FWPM_CALLOUT0;

/* FWP_ACTION_TYPE: a number and what the action may do, in one word (win32 metadata). */
enum {
    FWP_ACTION_FLAG_TERMINATING = 0x1000,
    FWP_ACTION_FLAG_NON_TERMINATING = 0x2000,
    FWP_ACTION_FLAG_CALLOUT = 0x4000,
    FWP_ACTION_BLOCK = 0x1001,
    FWP_ACTION_PERMIT = 0x1002,
    FWP_ACTION_CALLOUT_TERMINATING = 0x5003,
    FWP_ACTION_CALLOUT_INSPECTION = 0x6004,
    FWP_ACTION_CALLOUT_UNKNOWN = 0x4005,
    FWP_ACTION_CONTINUE = 0x2006,
    FWP_ACTION_NONE = 0x0007,
    FWP_ACTION_NONE_NO_MATCH = 0x0008
};

typedef struct FWPM_ACTION0 {
    uint32_t type;
    union {
        FWP_GUID filterType;
        FWP_GUID calloutKey; /* when type has FWP_ACTION_FLAG_CALLOUT */
    };
} FWPM_ACTION0;

/* A filter; neighbouring conditions on one field are alternatives, others must all hold (win32
 * metadata). */
enum {
    FWPM_FILTER_FLAG_NONE = 0x0,
    FWPM_FILTER_FLAG_PERSISTENT = 0x1,
    FWPM_FILTER_FLAG_BOOTTIME = 0x2,
    FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT = 0x4,
    FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT = 0x8,
    FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED = 0x10,
    FWPM_FILTER_FLAG_DISABLED = 0x20,
    FWPM_FILTER_FLAG_INDEXED = 0x40,
    FWPM_FILTER_FLAG_HAS_SECURITY_REALM_PROVIDER_CONTEXT = 0x80,
    FWPM_FILTER_FLAG_SYSTEMOS_ONLY = 0x100,
    FWPM_FILTER_FLAG_GAMEOS_ONLY = 0x200,
    FWPM_FILTER_FLAG_SILENT_MODE = 0x400,
    FWPM_FILTER_FLAG_IPSEC_NO_ACQUIRE_INITIATE = 0x800,
    FWPM_FILTER_FLAG_RESERVED0 = 0x1000,
    FWPM_FILTER_FLAG_RESERVED1 = 0x2000
};

typedef struct FWPM_FILTER_CONDITION0 {
    FWP_GUID fieldKey;
    uint32_t matchType;
    FWP_CONDITION_VALUE0 conditionValue;
} FWPM_FILTER_CONDITION0;

typedef struct FWPM_FILTER0 {
    FWP_GUID filterKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    FWP_GUID *providerKey;
    FWP_BYTE_BLOB providerData;
    FWP_GUID layerKey;
    FWP_GUID subLayerKey;
    FWP_VALUE0 weight;
    uint32_t numFilterConditions;
    FWPM_FILTER_CONDITION0 *filterCondition;
    FWPM_ACTION0 action;
    union {
        uint64_t rawContext;
        FWP_GUID providerContextKey; /* when flags has HAS_PROVIDER_CONTEXT */
    };
    FWP_GUID *reserved;
    uint64_t filterId;
    FWP_VALUE0 effectiveWeight;
} FWPM_FILTER0;

/* FWPM_PROVIDER_CONTEXT_TYPE and the context itself; only a general context is followed, the
 * policies stay opaque (win32 metadata). */
enum {
    FWPM_IPSEC_KEYING_CONTEXT = 0,
    FWPM_IPSEC_IKE_QM_TRANSPORT_CONTEXT = 1,
    FWPM_IPSEC_IKE_QM_TUNNEL_CONTEXT = 2,
    FWPM_IPSEC_AUTHIP_QM_TRANSPORT_CONTEXT = 3,
    FWPM_IPSEC_AUTHIP_QM_TUNNEL_CONTEXT = 4,
    FWPM_IPSEC_IKE_MM_CONTEXT = 5,
    FWPM_IPSEC_AUTHIP_MM_CONTEXT = 6,
    FWPM_CLASSIFY_OPTIONS_CONTEXT = 7,
    FWPM_GENERAL_CONTEXT = 8,
    FWPM_IPSEC_IKEV2_QM_TUNNEL_CONTEXT = 9,
    FWPM_IPSEC_IKEV2_MM_CONTEXT = 10,
    FWPM_IPSEC_DOSP_CONTEXT = 11,
    FWPM_IPSEC_IKEV2_QM_TRANSPORT_CONTEXT = 12
};
enum { FWPM_PROVIDER_CONTEXT_FLAG_PERSISTENT = 0x1, FWPM_PROVIDER_CONTEXT_FLAG_DOWNLEVEL = 0x2 };

typedef struct FWPM_PROVIDER_CONTEXT0 {
    FWP_GUID providerContextKey;
    FWPM_DISPLAY_DATA0 displayData;
    uint32_t flags;
    FWP_GUID *providerKey;
    FWP_BYTE_BLOB providerData;
    uint32_t type;
    union {
        FWP_BYTE_BLOB *dataBuffer; /* FWPM_GENERAL_CONTEXT */
        void *keyingPolicy;
        void *ikeQmTransportPolicy;
        void *ikeQmTunnelPolicy;
        void *authipQmTransportPolicy;
        void *authipQmTunnelPolicy;
        void *ikeMmPolicy;
        void *authIpMmPolicy;
        void *classifyOptions;
    };
    uint64_t providerContextId;
} FWPM_PROVIDER_CONTEXT0;

typedef struct FWPM_CALLOUT_ENUM_TEMPLATE0 {
    FWP_GUID *providerKey;
    FWP_GUID layerKey;
} FWPM_CALLOUT_ENUM_TEMPLATE0;

typedef struct FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0 {
    FWP_GUID *providerKey;
    uint32_t providerContextType;
} FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0;

typedef struct FWPM_SUBLAYER_ENUM_TEMPLATE0 {
    FWP_GUID *providerKey;
} FWPM_SUBLAYER_ENUM_TEMPLATE0;

/* Which filters an enumeration or a subscription is about; an actionMask of 0 matches none (win32
 * metadata). */
enum { FWP_FILTER_ENUM_FULLY_CONTAINED = 0, FWP_FILTER_ENUM_OVERLAPPING = 1 };
enum {
    FWP_FILTER_ENUM_FLAG_BEST_TERMINATING_MATCH = 0x01,
    FWP_FILTER_ENUM_FLAG_SORTED = 0x02,
    FWP_FILTER_ENUM_FLAG_BOOTTIME_ONLY = 0x04,
    FWP_FILTER_ENUM_FLAG_INCLUDE_BOOTTIME = 0x08,
    FWP_FILTER_ENUM_FLAG_INCLUDE_DISABLED = 0x10,
    FWP_FILTER_ENUM_FLAG_RESERVED1 = 0x20
};

typedef struct FWPM_FILTER_ENUM_TEMPLATE0 {
    FWP_GUID *providerKey;
    FWP_GUID layerKey;
    uint32_t enumType;
    uint32_t flags;
    FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0 *providerContextTemplate;
    uint32_t numFilterConditions;
    FWPM_FILTER_CONDITION0 *filterCondition;
    uint32_t actionMask;
    FWP_GUID *calloutKey;
} FWPM_FILTER_ENUM_TEMPLATE0;

/* Notice that a filter came or went (win32 metadata). */
enum { FWPM_CHANGE_ADD = 1, FWPM_CHANGE_DELETE = 2 };
enum { FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD = 0x1, FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_DELETE = 0x2 };

typedef struct FWPM_FILTER_CHANGE0 {
    uint32_t changeType;
    FWP_GUID filterKey;
    uint64_t filterId;
} FWPM_FILTER_CHANGE0;

typedef struct FWPM_FILTER_SUBSCRIPTION0 {
    FWPM_FILTER_ENUM_TEMPLATE0 *enumTemplate;
    uint32_t flags;
    FWP_GUID sessionKey;
} FWPM_FILTER_SUBSCRIPTION0;

typedef void(FWP_CALLBACK *FWPM_FILTER_CHANGE_CALLBACK0)(void *context,
                                                         const FWPM_FILTER_CHANGE0 *change);

/* ---- net events: the header ----------------------------------------------------------------- */

/* FWPM_NET_EVENT_TYPE: which pointer of the envelope is set; an unknown type's is not to be
 * followed (win32 metadata). */
enum {
    FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE = 0,
    FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE = 1,
    FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE = 2,
    FWPM_NET_EVENT_TYPE_CLASSIFY_DROP = 3,
    FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP = 4,
    FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP = 5,
    FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW = 6,
    FWPM_NET_EVENT_TYPE_CAPABILITY_DROP = 7,
    FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW = 8,
    FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC = 9,
    FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL = 10
};

/* Which members of a header mean something; addresses need IP_VERSION_SET besides their own bit
 * (win32 metadata). */
enum {
    FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET = 0x1,
    FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET = 0x2,
    FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET = 0x4,
    FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET = 0x8,
    FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET = 0x10,
    FWPM_NET_EVENT_FLAG_APP_ID_SET = 0x20,
    FWPM_NET_EVENT_FLAG_USER_ID_SET = 0x40,
    FWPM_NET_EVENT_FLAG_SCOPE_ID_SET = 0x80,
    FWPM_NET_EVENT_FLAG_IP_VERSION_SET = 0x100,
    FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET = 0x200,
    FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET = 0x400,
    FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET = 0x800,
    FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET = 0x1000,
    FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET = 0x2000
};

/* The four headers begin alike and end each in its own way: 0 Vista, 1 Windows 7, 2 Windows 8, 3
 * Windows 10; IPv4 addresses and ports are in host order (win32 metadata). */
typedef struct FWPM_NET_EVENT_HEADER0 {
    FWP_FILETIME timeStamp;
    uint32_t flags;
    uint32_t ipVersion;
    uint8_t ipProtocol;
    union {
        uint32_t localAddrV4;
        FWP_BYTE_ARRAY16 localAddrV6;
    };
    union {
        uint32_t remoteAddrV4;
        FWP_BYTE_ARRAY16 remoteAddrV6;
    };
    uint16_t localPort;  /* ICMP: the type */
    uint16_t remotePort; /* ICMP: the code */
    uint32_t scopeId;
    FWP_BYTE_BLOB appId; /* 16-bit text, size in bytes */
    FWP_SID_STRUCT *userId;
} FWPM_NET_EVENT_HEADER0;

typedef struct FWPM_NET_EVENT_HEADER1 {
    FWP_FILETIME timeStamp;
    uint32_t flags;
    uint32_t ipVersion;
    uint8_t ipProtocol;
    union {
        uint32_t localAddrV4;
        FWP_BYTE_ARRAY16 localAddrV6;
    };
    union {
        uint32_t remoteAddrV4;
        FWP_BYTE_ARRAY16 remoteAddrV6;
    };
    uint16_t localPort;
    uint16_t remotePort;
    uint32_t scopeId;
    FWP_BYTE_BLOB appId;
    FWP_SID_STRUCT *userId;
    uint32_t reserved1;
    struct {
        FWP_BYTE_ARRAY6 reserved2;
        FWP_BYTE_ARRAY6 reserved3;
        uint32_t reserved4;
        uint32_t reserved5;
        uint16_t reserved6;
        uint32_t reserved7;
        uint32_t reserved8;
        uint16_t reserved9;
        uint64_t reserved10;
    };
} FWPM_NET_EVENT_HEADER1;

typedef struct FWPM_NET_EVENT_HEADER2 {
    FWP_FILETIME timeStamp;
    uint32_t flags;
    uint32_t ipVersion;
    uint8_t ipProtocol;
    union {
        uint32_t localAddrV4;
        FWP_BYTE_ARRAY16 localAddrV6;
    };
    union {
        uint32_t remoteAddrV4;
        FWP_BYTE_ARRAY16 remoteAddrV6;
    };
    uint16_t localPort;
    uint16_t remotePort;
    uint32_t scopeId;
    FWP_BYTE_BLOB appId;
    FWP_SID_STRUCT *userId;
    uint32_t addressFamily;
    FWP_SID_STRUCT *packageSid;
} FWPM_NET_EVENT_HEADER2;

typedef struct FWPM_NET_EVENT_HEADER3 {
    FWP_FILETIME timeStamp;
    uint32_t flags;
    uint32_t ipVersion;
    uint8_t ipProtocol;
    union {
        uint32_t localAddrV4;
        FWP_BYTE_ARRAY16 localAddrV6;
    };
    union {
        uint32_t remoteAddrV4;
        FWP_BYTE_ARRAY16 remoteAddrV6;
    };
    uint16_t localPort;
    uint16_t remotePort;
    uint32_t scopeId;
    FWP_BYTE_BLOB appId;
    FWP_SID_STRUCT *userId;
    uint32_t addressFamily;
    FWP_SID_STRUCT *packageSid;
    uint16_t *enterpriseId;
    uint64_t policyFlags;
    FWP_BYTE_BLOB effectiveName;
} FWPM_NET_EVENT_HEADER3;

/* ---- net events: the bodies ----------------------------------------------------------------- */

/* reauthReason: 0 for a first authorization, else why a known flow was asked again (win32
 * metadata). */
enum {
    FWP_CONDITION_REAUTHORIZE_REASON_POLICY_CHANGE = 0x1,
    FWP_CONDITION_REAUTHORIZE_REASON_NEW_ARRIVAL_INTERFACE = 0x2,
    FWP_CONDITION_REAUTHORIZE_REASON_NEW_NEXTHOP_INTERFACE = 0x4,
    FWP_CONDITION_REAUTHORIZE_REASON_PROFILE_CROSSING = 0x8,
    FWP_CONDITION_REAUTHORIZE_REASON_CLASSIFY_COMPLETION = 0x10,
    FWP_CONDITION_REAUTHORIZE_REASON_IPSEC_PROPERTIES_CHANGED = 0x20,
    FWP_CONDITION_REAUTHORIZE_REASON_MID_STREAM_INSPECTION = 0x40,
    FWP_CONDITION_REAUTHORIZE_REASON_SOCKET_PROPERTY_CHANGED = 0x80,
    FWP_CONDITION_REAUTHORIZE_REASON_NEW_INBOUND_MCAST_BCAST_PACKET = 0x100,
    FWP_CONDITION_REAUTHORIZE_REASON_EDP_POLICY_CHANGED = 0x200,
    FWP_CONDITION_REAUTHORIZE_REASON_PROXY_HANDLE_CHANGED = 0x4000,
    FWP_CONDITION_REAUTHORIZE_REASON_CHECK_OFFLOAD = 0x10000
};

/* A filter's decision about a packet, a flow or a frame (win32 metadata). */
typedef struct FWPM_NET_EVENT_CLASSIFY_DROP0 {
    uint64_t filterId;
    uint16_t layerId;
} FWPM_NET_EVENT_CLASSIFY_DROP0;

typedef struct FWPM_NET_EVENT_CLASSIFY_DROP1 {
    uint64_t filterId;
    uint16_t layerId;
    uint32_t reauthReason;
    uint32_t originalProfile;
    uint32_t currentProfile;
    uint32_t msFwpDirection;
    int32_t isLoopback;
} FWPM_NET_EVENT_CLASSIFY_DROP1;

typedef struct FWPM_NET_EVENT_CLASSIFY_DROP2 {
    uint64_t filterId;
    uint16_t layerId;
    uint32_t reauthReason;
    uint32_t originalProfile;
    uint32_t currentProfile;
    uint32_t msFwpDirection;
    int32_t isLoopback;
    FWP_BYTE_BLOB vSwitchId;
    uint32_t vSwitchSourcePort;
    uint32_t vSwitchDestinationPort;
} FWPM_NET_EVENT_CLASSIFY_DROP2;

typedef struct FWPM_NET_EVENT_CLASSIFY_ALLOW0 {
    uint64_t filterId;
    uint16_t layerId;
    uint32_t reauthReason;
    uint32_t originalProfile;
    uint32_t currentProfile;
    uint32_t msFwpDirection;
    int32_t isLoopback;
} FWPM_NET_EVENT_CLASSIFY_ALLOW0;

typedef struct FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 {
    FWP_BYTE_ARRAY6 localMacAddr;
    FWP_BYTE_ARRAY6 remoteMacAddr;
    uint32_t mediaType;
    uint32_t ifType;
    uint16_t etherType;
    uint32_t ndisPortNumber;
    uint32_t reserved;
    uint16_t vlanTag;
    uint64_t ifLuid;
    uint64_t filterId;
    uint16_t layerId;
    uint32_t reauthReason;
    uint32_t originalProfile;
    uint32_t currentProfile;
    uint32_t msFwpDirection;
    int32_t isLoopback;
    FWP_BYTE_BLOB vSwitchId;
    uint32_t vSwitchSourcePort;
    uint32_t vSwitchDestinationPort;
} FWPM_NET_EVENT_CLASSIFY_DROP_MAC0;

/* An app container without, or with, the capability for a destination: no layer, no direction
 * (win32 metadata). */
enum {
    FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT = 0,
    FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT_SERVER = 1,
    FWPM_APPC_NETWORK_CAPABILITY_INTERNET_PRIVATE_NETWORK = 2
};

typedef struct FWPM_NET_EVENT_CAPABILITY_DROP0 {
    uint32_t networkCapabilityId;
    uint64_t filterId;
    int32_t isLoopback;
} FWPM_NET_EVENT_CAPABILITY_DROP0;

typedef struct FWPM_NET_EVENT_CAPABILITY_ALLOW0 {
    uint32_t networkCapabilityId;
    uint64_t filterId;
    int32_t isLoopback;
} FWPM_NET_EVENT_CAPABILITY_ALLOW0;

/* What IPsec discarded; failureStatus is an NTSTATUS, direction an FWP_DIRECTION (win32
 * metadata). */
typedef struct FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 {
    int32_t failureStatus;
    uint32_t direction;
    uint32_t spi;
    uint64_t filterId;
    uint16_t layerId;
} FWPM_NET_EVENT_IPSEC_KERNEL_DROP0;

typedef struct FWPM_NET_EVENT_IPSEC_DOSP_DROP0 {
    uint32_t ipVersion;
    union {
        uint32_t publicHostV4Addr;
        uint8_t publicHostV6Addr[16];
    };
    union {
        uint32_t internalHostV4Addr;
        uint8_t internalHostV6Addr[16];
    };
    int32_t failureStatus;
    uint32_t direction;
} FWPM_NET_EVENT_IPSEC_DOSP_DROP0;

typedef struct FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0 {
    uint32_t spi;
} FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0;

/* Words of a failed negotiation: whose fault, which module, which side, how far, how proven (win32
 * metadata). */
enum { IPSEC_FAILURE_NONE = 0, IPSEC_FAILURE_ME = 1, IPSEC_FAILURE_PEER = 2 };
enum { IPSEC_TRAFFIC_TYPE_TRANSPORT = 0, IPSEC_TRAFFIC_TYPE_TUNNEL = 1 };
enum { IKEEXT_KEY_MODULE_IKE = 0, IKEEXT_KEY_MODULE_AUTHIP = 1, IKEEXT_KEY_MODULE_IKEV2 = 2 };
enum { IKEEXT_SA_ROLE_INITIATOR = 0, IKEEXT_SA_ROLE_RESPONDER = 1 };
enum {
    IKEEXT_MM_SA_STATE_NONE = 0,
    IKEEXT_MM_SA_STATE_SA_SENT = 1,
    IKEEXT_MM_SA_STATE_SSPI_SENT = 2,
    IKEEXT_MM_SA_STATE_FINAL = 3,
    IKEEXT_MM_SA_STATE_FINAL_SENT = 4,
    IKEEXT_MM_SA_STATE_COMPLETE = 5
};
enum {
    IKEEXT_QM_SA_STATE_NONE = 0,
    IKEEXT_QM_SA_STATE_INITIAL = 1,
    IKEEXT_QM_SA_STATE_FINAL = 2,
    IKEEXT_QM_SA_STATE_COMPLETE = 3
};
enum {
    IKEEXT_EM_SA_STATE_NONE = 0,
    IKEEXT_EM_SA_STATE_SENT_ATTS = 1,
    IKEEXT_EM_SA_STATE_SSPI_SENT = 2,
    IKEEXT_EM_SA_STATE_AUTH_COMPLETE = 3,
    IKEEXT_EM_SA_STATE_FINAL = 4,
    IKEEXT_EM_SA_STATE_COMPLETE = 5
};
enum {
    IKEEXT_PRESHARED_KEY = 0,
    IKEEXT_CERTIFICATE = 1,
    IKEEXT_KERBEROS = 2,
    IKEEXT_ANONYMOUS = 3,
    IKEEXT_SSL = 4,
    IKEEXT_NTLM_V2 = 5,
    IKEEXT_IPV6_CGA = 6,
    IKEEXT_CERTIFICATE_ECDSA_P256 = 7,
    IKEEXT_CERTIFICATE_ECDSA_P384 = 8,
    IKEEXT_SSL_ECDSA_P256 = 9,
    IKEEXT_SSL_ECDSA_P384 = 10,
    IKEEXT_EAP = 11,
    IKEEXT_RESERVED = 12
};

/* The flags of main mode and extended mode swap their bits (win32 metadata). */
enum {
    FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_BENIGN = 0x1,
    FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_MULTIPLE = 0x2,
    FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_MULTIPLE = 0x1,
    FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_BENIGN = 0x2
};

/* A main mode, quick mode or extended mode negotiation that failed (win32 metadata). */
typedef struct FWPM_NET_EVENT_IKEEXT_MM_FAILURE0 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t flags;
    uint32_t keyingModuleType;
    uint32_t mmState;
    uint32_t saRole;
    uint32_t mmAuthMethod;
    uint8_t endCertHash[20];
    uint64_t mmId;
    uint64_t mmFilterId;
} FWPM_NET_EVENT_IKEEXT_MM_FAILURE0;

typedef struct FWPM_NET_EVENT_IKEEXT_MM_FAILURE1 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t flags;
    uint32_t keyingModuleType;
    uint32_t mmState;
    uint32_t saRole;
    uint32_t mmAuthMethod;
    uint8_t endCertHash[20];
    uint64_t mmId;
    uint64_t mmFilterId;
    uint16_t *localPrincipalNameForAuth;
    uint16_t *remotePrincipalNameForAuth;
    uint32_t numLocalPrincipalGroupSids;
    uint16_t **localPrincipalGroupSids;
    uint32_t numRemotePrincipalGroupSids;
    uint16_t **remotePrincipalGroupSids;
} FWPM_NET_EVENT_IKEEXT_MM_FAILURE1;

typedef struct FWPM_NET_EVENT_IKEEXT_MM_FAILURE2 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t flags;
    uint32_t keyingModuleType;
    uint32_t mmState;
    uint32_t saRole;
    uint32_t mmAuthMethod;
    uint8_t endCertHash[20];
    uint64_t mmId;
    uint64_t mmFilterId;
    uint16_t *localPrincipalNameForAuth;
    uint16_t *remotePrincipalNameForAuth;
    uint32_t numLocalPrincipalGroupSids;
    uint16_t **localPrincipalGroupSids;
    uint32_t numRemotePrincipalGroupSids;
    uint16_t **remotePrincipalGroupSids;
    FWP_GUID *providerContextKey;
} FWPM_NET_EVENT_IKEEXT_MM_FAILURE2;

typedef struct FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t keyingModuleType;
    uint32_t qmState;
    uint32_t saRole;
    uint32_t saTrafficType;
    FWP_CONDITION_VALUE0 localSubNet;
    FWP_CONDITION_VALUE0 remoteSubNet;
    uint64_t qmFilterId;
} FWPM_NET_EVENT_IKEEXT_QM_FAILURE0;

typedef struct FWPM_NET_EVENT_IKEEXT_QM_FAILURE1 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t keyingModuleType;
    uint32_t qmState;
    uint32_t saRole;
    uint32_t saTrafficType;
    FWP_CONDITION_VALUE0 localSubNet;
    FWP_CONDITION_VALUE0 remoteSubNet;
    uint64_t qmFilterId;
    uint64_t mmSaLuid;
    FWP_GUID mmProviderContextKey;
} FWPM_NET_EVENT_IKEEXT_QM_FAILURE1;

typedef struct FWPM_NET_EVENT_IKEEXT_EM_FAILURE0 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t flags;
    uint32_t emState;
    uint32_t saRole;
    uint32_t emAuthMethod;
    uint8_t endCertHash[20];
    uint64_t mmId;
    uint64_t qmFilterId;
} FWPM_NET_EVENT_IKEEXT_EM_FAILURE0;

typedef struct FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 {
    uint32_t failureErrorCode;
    uint32_t failurePoint;
    uint32_t flags;
    uint32_t emState;
    uint32_t saRole;
    uint32_t emAuthMethod;
    uint8_t endCertHash[20];
    uint64_t mmId;
    uint64_t qmFilterId;
    uint16_t *localPrincipalNameForAuth;
    uint16_t *remotePrincipalNameForAuth;
    uint32_t numLocalPrincipalGroupSids;
    uint16_t **localPrincipalGroupSids;
    uint32_t numRemotePrincipalGroupSids;
    uint16_t **remotePrincipalGroupSids;
    uint32_t saTrafficType;
} FWPM_NET_EVENT_IKEEXT_EM_FAILURE1;

/* ---- net events: the envelopes -------------------------------------------------------------- */

/* A header, a type and a pointer to the body; EnumN gives envelope N, SubscribeN gives envelope
 * N + 1 (win32 metadata). */
typedef struct FWPM_NET_EVENT0 {
    FWPM_NET_EVENT_HEADER0 header;
    uint32_t type;
    union {
        FWPM_NET_EVENT_IKEEXT_MM_FAILURE0 *ikeMmFailure;
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 *ikeQmFailure;
        FWPM_NET_EVENT_IKEEXT_EM_FAILURE0 *ikeEmFailure;
        FWPM_NET_EVENT_CLASSIFY_DROP0 *classifyDrop;
        FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 *ipsecDrop;
        FWPM_NET_EVENT_IPSEC_DOSP_DROP0 *idpDrop;
    };
} FWPM_NET_EVENT0;

typedef struct FWPM_NET_EVENT1 {
    FWPM_NET_EVENT_HEADER1 header;
    uint32_t type;
    union {
        FWPM_NET_EVENT_IKEEXT_MM_FAILURE1 *ikeMmFailure;
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 *ikeQmFailure;
        FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 *ikeEmFailure;
        FWPM_NET_EVENT_CLASSIFY_DROP1 *classifyDrop;
        FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 *ipsecDrop;
        FWPM_NET_EVENT_IPSEC_DOSP_DROP0 *idpDrop;
    };
} FWPM_NET_EVENT1;

typedef struct FWPM_NET_EVENT2 {
    FWPM_NET_EVENT_HEADER2 header;
    uint32_t type;
    union {
        FWPM_NET_EVENT_IKEEXT_MM_FAILURE1 *ikeMmFailure;
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 *ikeQmFailure;
        FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 *ikeEmFailure;
        FWPM_NET_EVENT_CLASSIFY_DROP2 *classifyDrop;
        FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 *ipsecDrop;
        FWPM_NET_EVENT_IPSEC_DOSP_DROP0 *idpDrop;
        FWPM_NET_EVENT_CLASSIFY_ALLOW0 *classifyAllow;
        FWPM_NET_EVENT_CAPABILITY_DROP0 *capabilityDrop;
        FWPM_NET_EVENT_CAPABILITY_ALLOW0 *capabilityAllow;
        FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 *classifyDropMac;
    };
} FWPM_NET_EVENT2;

typedef struct FWPM_NET_EVENT3 {
    FWPM_NET_EVENT_HEADER3 header;
    uint32_t type;
    union {
        FWPM_NET_EVENT_IKEEXT_MM_FAILURE1 *ikeMmFailure;
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 *ikeQmFailure;
        FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 *ikeEmFailure;
        FWPM_NET_EVENT_CLASSIFY_DROP2 *classifyDrop;
        FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 *ipsecDrop;
        FWPM_NET_EVENT_IPSEC_DOSP_DROP0 *idpDrop;
        FWPM_NET_EVENT_CLASSIFY_ALLOW0 *classifyAllow;
        FWPM_NET_EVENT_CAPABILITY_DROP0 *capabilityDrop;
        FWPM_NET_EVENT_CAPABILITY_ALLOW0 *capabilityAllow;
        FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 *classifyDropMac;
    };
} FWPM_NET_EVENT3;

typedef struct FWPM_NET_EVENT4 {
    FWPM_NET_EVENT_HEADER3 header;
    uint32_t type;
    union {
        FWPM_NET_EVENT_IKEEXT_MM_FAILURE2 *ikeMmFailure;
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE1 *ikeQmFailure;
        FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 *ikeEmFailure;
        FWPM_NET_EVENT_CLASSIFY_DROP2 *classifyDrop;
        FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 *ipsecDrop;
        FWPM_NET_EVENT_IPSEC_DOSP_DROP0 *idpDrop;
        FWPM_NET_EVENT_CLASSIFY_ALLOW0 *classifyAllow;
        FWPM_NET_EVENT_CAPABILITY_DROP0 *capabilityDrop;
        FWPM_NET_EVENT_CAPABILITY_ALLOW0 *capabilityAllow;
        FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 *classifyDropMac;
    };
} FWPM_NET_EVENT4;

typedef struct FWPM_NET_EVENT5 {
    FWPM_NET_EVENT_HEADER3 header;
    uint32_t type;
    union {
        FWPM_NET_EVENT_IKEEXT_MM_FAILURE2 *ikeMmFailure;
        FWPM_NET_EVENT_IKEEXT_QM_FAILURE1 *ikeQmFailure;
        FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 *ikeEmFailure;
        FWPM_NET_EVENT_CLASSIFY_DROP2 *classifyDrop;
        FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 *ipsecDrop;
        FWPM_NET_EVENT_IPSEC_DOSP_DROP0 *idpDrop;
        FWPM_NET_EVENT_CLASSIFY_ALLOW0 *classifyAllow;
        FWPM_NET_EVENT_CAPABILITY_DROP0 *capabilityDrop;
        FWPM_NET_EVENT_CAPABILITY_ALLOW0 *capabilityAllow;
        FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 *classifyDropMac;
        FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0 *lpmPacketArrival;
    };
} FWPM_NET_EVENT5;

/* Which events an enumeration or a subscription is about, and who is told (win32 metadata). */
typedef struct FWPM_NET_EVENT_ENUM_TEMPLATE0 {
    FWP_FILETIME startTime;
    FWP_FILETIME endTime;
    uint32_t numFilterConditions;
    FWPM_FILTER_CONDITION0 *filterCondition;
} FWPM_NET_EVENT_ENUM_TEMPLATE0;

typedef struct FWPM_NET_EVENT_SUBSCRIPTION0 {
    FWPM_NET_EVENT_ENUM_TEMPLATE0 *enumTemplate;
    uint32_t flags;
    FWP_GUID sessionKey;
} FWPM_NET_EVENT_SUBSCRIPTION0;

typedef void(FWP_CALLBACK *FWPM_NET_EVENT_CALLBACK0)(void *context, const FWPM_NET_EVENT1 *event);
typedef void(FWP_CALLBACK *FWPM_NET_EVENT_CALLBACK1)(void *context, const FWPM_NET_EVENT2 *event);
typedef void(FWP_CALLBACK *FWPM_NET_EVENT_CALLBACK2)(void *context, const FWPM_NET_EVENT3 *event);
typedef void(FWP_CALLBACK *FWPM_NET_EVENT_CALLBACK3)(void *context, const FWPM_NET_EVENT4 *event);
typedef void(FWP_CALLBACK *FWPM_NET_EVENT_CALLBACK4)(void *context, const FWPM_NET_EVENT5 *event);

/* ---- IPsec connections ---------------------------------------------------------------------- */

/* How the two sides proved who they are (win32 metadata). */
enum { IKEEXT_IMPERSONATION_NONE = 0, IKEEXT_IMPERSONATION_SOCKET_PRINCIPAL = 1 };

typedef struct IKEEXT_PRESHARED_KEY_AUTHENTICATION1 {
    FWP_BYTE_BLOB presharedKey; /* a secret: never read, never copied */
    uint32_t flags;
} IKEEXT_PRESHARED_KEY_AUTHENTICATION1;

typedef struct IKEEXT_CERTIFICATE_CREDENTIAL1 {
    FWP_BYTE_BLOB subjectName;
    FWP_BYTE_BLOB certHash;
    uint32_t flags;
    FWP_BYTE_BLOB certificate;
} IKEEXT_CERTIFICATE_CREDENTIAL1;

typedef struct IKEEXT_NAME_CREDENTIAL0 {
    uint16_t *principalName;
} IKEEXT_NAME_CREDENTIAL0;

typedef struct IKEEXT_CREDENTIAL2 {
    uint32_t authenticationMethodType;
    uint32_t impersonationType;
    union {
        IKEEXT_PRESHARED_KEY_AUTHENTICATION1 *presharedKey;
        IKEEXT_CERTIFICATE_CREDENTIAL1 *certificate;
        IKEEXT_NAME_CREDENTIAL0 *name;
    };
} IKEEXT_CREDENTIAL2;

/* What they agreed on for the main mode (win32 metadata). */
typedef struct IKEEXT_CIPHER_ALGORITHM0 {
    uint32_t algoIdentifier;
    uint32_t keyLen;
    uint32_t rounds;
} IKEEXT_CIPHER_ALGORITHM0;

typedef struct IKEEXT_INTEGRITY_ALGORITHM0 {
    uint32_t algoIdentifier;
} IKEEXT_INTEGRITY_ALGORITHM0;

typedef struct IKEEXT_PROPOSAL0 {
    IKEEXT_CIPHER_ALGORITHM0 cipherAlgorithm;
    IKEEXT_INTEGRITY_ALGORITHM0 integrityAlgorithm;
    uint32_t maxLifetimeSeconds;
    uint32_t dhGroup;
    uint32_t quickModeLimit;
} IKEEXT_PROPOSAL0;

/* An IPsec connection, which is no TCP connection, and the notice that one came or went (win32
 * metadata). */
enum { FWPM_CONNECTION_EVENT_ADD = 0, FWPM_CONNECTION_EVENT_DELETE = 1 };
enum { FWPM_CONNECTION_ENUM_FLAG_QUERY_BYTES_TRANSFERRED = 0x1 };

typedef struct FWPM_CONNECTION0 {
    uint64_t connectionId;
    uint32_t ipVersion;
    union {
        uint32_t localV4Address;
        uint8_t localV6Address[16];
    };
    union {
        uint32_t remoteV4Address;
        uint8_t remoteV6Address[16];
    };
    FWP_GUID *providerKey;
    uint32_t ipsecTrafficModeType;
    uint32_t keyModuleType;
    IKEEXT_PROPOSAL0 mmCrypto;
    IKEEXT_CREDENTIAL2 mmPeer;
    IKEEXT_CREDENTIAL2 emPeer;
    uint64_t bytesTransferredIn;
    uint64_t bytesTransferredOut;
    uint64_t bytesTransferredTotal;
    FWP_FILETIME startSysTime;
} FWPM_CONNECTION0;

typedef struct FWPM_CONNECTION_ENUM_TEMPLATE0 {
    uint64_t connectionId;
    uint32_t flags;
} FWPM_CONNECTION_ENUM_TEMPLATE0;

typedef struct FWPM_CONNECTION_SUBSCRIPTION0 {
    FWPM_CONNECTION_ENUM_TEMPLATE0 *enumTemplate;
    uint32_t flags;
    FWP_GUID sessionKey;
} FWPM_CONNECTION_SUBSCRIPTION0;

typedef void(FWP_CALLBACK *FWPM_CONNECTION_CALLBACK0)(void *context, uint32_t eventType,
                                                      const FWPM_CONNECTION0 *connection);

/* ---- audit policy --------------------------------------------------------------------------- */

/* Of ntsecapi.h: one subcategory's setting; arrays of them are contiguous (win32 metadata). */
typedef struct AUDIT_POLICY_INFORMATION {
    FWP_GUID AuditSubCategoryGuid;
    uint32_t AuditingInformation; /* 0 unchanged, 1 success, 2 failure, 4 none; bits */
    FWP_GUID AuditCategoryGuid;
} AUDIT_POLICY_INFORMATION;

/* ---- codes ---------------------------------------------------------------------------------- */

/* Codes that are not the engine's own, as an observer meets them; our own prefix, since windows.h
 * has macros of the plain names (win32 metadata). */
enum {
    FWP_ERROR_SUCCESS = 0,
    FWP_ERROR_FILE_NOT_FOUND = 2,
    FWP_ERROR_PATH_NOT_FOUND = 3,
    FWP_ERROR_ACCESS_DENIED = 5,
    FWP_RPC_X_SS_CONTEXT_MISMATCH = 6, /* also ERROR_INVALID_HANDLE */
    FWP_ERROR_NOT_ENOUGH_MEMORY = 8,
    FWP_ERROR_NOT_SUPPORTED = 50,
    FWP_ERROR_INVALID_PARAMETER = 87,
    FWP_ERROR_CALL_NOT_IMPLEMENTED = 120,
    FWP_ERROR_MOD_NOT_FOUND = 126,
    FWP_ERROR_PROC_NOT_FOUND = 127,
    FWP_ERROR_SHUTDOWN_IN_PROGRESS = 1115,
    FWP_ERROR_PRIVILEGE_NOT_HELD = 1314,
    FWP_RPC_S_UNKNOWN_IF = 1717,
    FWP_RPC_S_SERVER_UNAVAILABLE = 1722,
    FWP_RPC_S_CALL_FAILED = 1726,
    FWP_RPC_S_CALL_FAILED_DNE = 1727, /* "did not execute" */
    FWP_RPC_S_INVALID_TAG = 1733,
    FWP_RPC_S_PROCNUM_OUT_OF_RANGE = 1745,
    FWP_EPT_S_NOT_REGISTERED = 1753,
    FWP_RPC_X_NULL_REF_POINTER = 1780,
    FWP_RPC_X_ENUM_VALUE_OUT_OF_RANGE = 1781,
    FWP_RPC_X_BAD_STUB_DATA = 1783
};

/* windows.h spells the codes below as a signed HRESULT; here they are what the functions return. */
#ifdef FWP_E_CALLOUT_NOT_FOUND
#undef FWP_E_CALLOUT_NOT_FOUND
#undef FWP_E_CONDITION_NOT_FOUND
#undef FWP_E_FILTER_NOT_FOUND
#undef FWP_E_LAYER_NOT_FOUND
#undef FWP_E_PROVIDER_NOT_FOUND
#undef FWP_E_PROVIDER_CONTEXT_NOT_FOUND
#undef FWP_E_SUBLAYER_NOT_FOUND
#undef FWP_E_NOT_FOUND
#undef FWP_E_ALREADY_EXISTS
#undef FWP_E_IN_USE
#undef FWP_E_DYNAMIC_SESSION_IN_PROGRESS
#undef FWP_E_WRONG_SESSION
#undef FWP_E_NO_TXN_IN_PROGRESS
#undef FWP_E_TXN_IN_PROGRESS
#undef FWP_E_TXN_ABORTED
#undef FWP_E_SESSION_ABORTED
#undef FWP_E_INCOMPATIBLE_TXN
#undef FWP_E_TIMEOUT
#undef FWP_E_NET_EVENTS_DISABLED
#undef FWP_E_INCOMPATIBLE_LAYER
#undef FWP_E_KM_CLIENTS_ONLY
#undef FWP_E_LIFETIME_MISMATCH
#undef FWP_E_BUILTIN_OBJECT
#undef FWP_E_TOO_MANY_CALLOUTS
#undef FWP_E_NOTIFICATION_DROPPED
#undef FWP_E_TRAFFIC_MISMATCH
#undef FWP_E_INCOMPATIBLE_SA_STATE
#undef FWP_E_NULL_POINTER
#undef FWP_E_INVALID_ENUMERATOR
#undef FWP_E_INVALID_FLAGS
#undef FWP_E_INVALID_NET_MASK
#undef FWP_E_INVALID_RANGE
#undef FWP_E_INVALID_INTERVAL
#undef FWP_E_ZERO_LENGTH_ARRAY
#undef FWP_E_NULL_DISPLAY_NAME
#undef FWP_E_INVALID_ACTION_TYPE
#undef FWP_E_INVALID_WEIGHT
#undef FWP_E_MATCH_TYPE_MISMATCH
#undef FWP_E_TYPE_MISMATCH
#undef FWP_E_OUT_OF_BOUNDS
#undef FWP_E_RESERVED
#undef FWP_E_DUPLICATE_CONDITION
#undef FWP_E_DUPLICATE_KEYMOD
#undef FWP_E_ACTION_INCOMPATIBLE_WITH_LAYER
#undef FWP_E_ACTION_INCOMPATIBLE_WITH_SUBLAYER
#undef FWP_E_CONTEXT_INCOMPATIBLE_WITH_LAYER
#undef FWP_E_CONTEXT_INCOMPATIBLE_WITH_CALLOUT
#undef FWP_E_INCOMPATIBLE_AUTH_METHOD
#undef FWP_E_INCOMPATIBLE_DH_GROUP
#undef FWP_E_EM_NOT_SUPPORTED
#undef FWP_E_NEVER_MATCH
#undef FWP_E_PROVIDER_CONTEXT_MISMATCH
#undef FWP_E_INVALID_PARAMETER
#undef FWP_E_TOO_MANY_SUBLAYERS
#undef FWP_E_CALLOUT_NOTIFICATION_FAILED
#undef FWP_E_INVALID_AUTH_TRANSFORM
#undef FWP_E_INVALID_CIPHER_TRANSFORM
#undef FWP_E_INCOMPATIBLE_CIPHER_TRANSFORM
#undef FWP_E_INVALID_TRANSFORM_COMBINATION
#undef FWP_E_DUPLICATE_AUTH_METHOD
#undef FWP_E_INVALID_TUNNEL_ENDPOINT
#undef FWP_E_L2_DRIVER_NOT_READY
#undef FWP_E_KEY_DICTATOR_ALREADY_REGISTERED
#undef FWP_E_KEY_DICTATION_INVALID_KEYING_MATERIAL
#undef FWP_E_CONNECTIONS_DISABLED
#undef FWP_E_INVALID_DNS_NAME
#undef FWP_E_STILL_ON
#undef FWP_E_IKEEXT_NOT_RUNNING
#undef FWP_E_DROP_NOICMP
#endif

/* FWP_E_*: facility 0x32 and a number (win32 metadata). */
#define FWP_E_CALLOUT_NOT_FOUND                     0x80320001u
#define FWP_E_CONDITION_NOT_FOUND                   0x80320002u
#define FWP_E_FILTER_NOT_FOUND                      0x80320003u
#define FWP_E_LAYER_NOT_FOUND                       0x80320004u
#define FWP_E_PROVIDER_NOT_FOUND                    0x80320005u
#define FWP_E_PROVIDER_CONTEXT_NOT_FOUND            0x80320006u
#define FWP_E_SUBLAYER_NOT_FOUND                    0x80320007u
#define FWP_E_NOT_FOUND                             0x80320008u
#define FWP_E_ALREADY_EXISTS                        0x80320009u
#define FWP_E_IN_USE                                0x8032000Au
#define FWP_E_DYNAMIC_SESSION_IN_PROGRESS           0x8032000Bu
#define FWP_E_WRONG_SESSION                         0x8032000Cu
#define FWP_E_NO_TXN_IN_PROGRESS                    0x8032000Du
#define FWP_E_TXN_IN_PROGRESS                       0x8032000Eu
#define FWP_E_TXN_ABORTED                           0x8032000Fu
#define FWP_E_SESSION_ABORTED                       0x80320010u
#define FWP_E_INCOMPATIBLE_TXN                      0x80320011u
#define FWP_E_TIMEOUT                               0x80320012u
#define FWP_E_NET_EVENTS_DISABLED                   0x80320013u
#define FWP_E_INCOMPATIBLE_LAYER                    0x80320014u
#define FWP_E_KM_CLIENTS_ONLY                       0x80320015u
#define FWP_E_LIFETIME_MISMATCH                     0x80320016u
#define FWP_E_BUILTIN_OBJECT                        0x80320017u
#define FWP_E_TOO_MANY_CALLOUTS                     0x80320018u
#define FWP_E_NOTIFICATION_DROPPED                  0x80320019u
#define FWP_E_TRAFFIC_MISMATCH                      0x8032001Au
#define FWP_E_INCOMPATIBLE_SA_STATE                 0x8032001Bu
#define FWP_E_NULL_POINTER                          0x8032001Cu
#define FWP_E_INVALID_ENUMERATOR                    0x8032001Du
#define FWP_E_INVALID_FLAGS                         0x8032001Eu
#define FWP_E_INVALID_NET_MASK                      0x8032001Fu
#define FWP_E_INVALID_RANGE                         0x80320020u
#define FWP_E_INVALID_INTERVAL                      0x80320021u
#define FWP_E_ZERO_LENGTH_ARRAY                     0x80320022u
#define FWP_E_NULL_DISPLAY_NAME                     0x80320023u
#define FWP_E_INVALID_ACTION_TYPE                   0x80320024u
#define FWP_E_INVALID_WEIGHT                        0x80320025u
#define FWP_E_MATCH_TYPE_MISMATCH                   0x80320026u
#define FWP_E_TYPE_MISMATCH                         0x80320027u
#define FWP_E_OUT_OF_BOUNDS                         0x80320028u
#define FWP_E_RESERVED                              0x80320029u
#define FWP_E_DUPLICATE_CONDITION                   0x8032002Au
#define FWP_E_DUPLICATE_KEYMOD                      0x8032002Bu
#define FWP_E_ACTION_INCOMPATIBLE_WITH_LAYER        0x8032002Cu
#define FWP_E_ACTION_INCOMPATIBLE_WITH_SUBLAYER     0x8032002Du
#define FWP_E_CONTEXT_INCOMPATIBLE_WITH_LAYER       0x8032002Eu
#define FWP_E_CONTEXT_INCOMPATIBLE_WITH_CALLOUT     0x8032002Fu
#define FWP_E_INCOMPATIBLE_AUTH_METHOD              0x80320030u
#define FWP_E_INCOMPATIBLE_DH_GROUP                 0x80320031u
#define FWP_E_EM_NOT_SUPPORTED                      0x80320032u
#define FWP_E_NEVER_MATCH                           0x80320033u
#define FWP_E_PROVIDER_CONTEXT_MISMATCH             0x80320034u
#define FWP_E_INVALID_PARAMETER                     0x80320035u
#define FWP_E_TOO_MANY_SUBLAYERS                    0x80320036u
#define FWP_E_CALLOUT_NOTIFICATION_FAILED           0x80320037u
#define FWP_E_INVALID_AUTH_TRANSFORM                0x80320038u
#define FWP_E_INVALID_CIPHER_TRANSFORM              0x80320039u
#define FWP_E_INCOMPATIBLE_CIPHER_TRANSFORM         0x8032003Au
#define FWP_E_INVALID_TRANSFORM_COMBINATION         0x8032003Bu
#define FWP_E_DUPLICATE_AUTH_METHOD                 0x8032003Cu
#define FWP_E_INVALID_TUNNEL_ENDPOINT               0x8032003Du
#define FWP_E_L2_DRIVER_NOT_READY                   0x8032003Eu
#define FWP_E_KEY_DICTATOR_ALREADY_REGISTERED       0x8032003Fu
#define FWP_E_KEY_DICTATION_INVALID_KEYING_MATERIAL 0x80320040u
#define FWP_E_CONNECTIONS_DISABLED                  0x80320041u
#define FWP_E_INVALID_DNS_NAME                      0x80320042u
#define FWP_E_STILL_ON                              0x80320043u
#define FWP_E_IKEEXT_NOT_RUNNING                    0x80320044u
#define FWP_E_DROP_NOICMP                           0x80320104u

#endif
