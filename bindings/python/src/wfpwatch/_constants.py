# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
# Made by generate.py from the public headers: do not edit.
"""Numbers and words of the C header: codes, flags and the version that this package is made for."""

from enum import IntEnum, IntFlag

from ._codes import Code, StatusCode

VERSION = (0, 2, 0)
VERSION_STRING = "0.2.0"


class Status(StatusCode):
    """Results. The number of a code never changes its meaning."""

    OK = 0, "success", ""
    E_INVAL = (
        -1,
        "an argument is wrong",
        "see the function's comment in wfpwatch.h for what it takes",
    )
    E_NOMEM = -2, "out of memory", "free memory, or ask for a smaller ring or batch"
    E_ACCESS = (
        -3,
        "access denied",
        "run elevated as a member of Administrators or of Network Configuration Operators",
    )
    E_NOSERVICE = (
        -4,
        "the filtering engine cannot be reached",
        "start the Base Filtering Engine (sc start BFE), or give wait_ms time to wait for it",
    )
    E_DISABLED = (
        -5,
        "collection of net events is off on this machine",
        "turn it on with 'netsh wfp set options netevents=on'; this clears events kept from before",
    )
    E_NOTSUP = -6, "not supported here", "use a Windows version or a build that has it"
    E_IO = -7, "reading failed", "check that the file exists, is readable and is not locked"
    E_FORMAT = (
        -8,
        "not a format that can be read",
        "give an .evtx file, the XML of Windows events, or what netsh wfp wrote",
    )
    E_EOF = -9, "no more events", ""
    E_STOPPED = -10, "the session was stopped", ""
    E_TIMEOUT = (
        -11,
        "the system did not answer in time",
        "try again; another program may hold the engine's transaction lock",
    )
    E_SYSTEM = -12, "a call of the system failed", "look the system's code up"
    E_RANGE = -13, "the buffer is too small", "give the size that was asked for"
    E_SYNTAX = -14, "the text cannot be parsed", "mend the text at the position named"
    E_LEASE = (
        -15,
        "the record of what was changed on this host cannot be used",
        "'wfpwatch check' tells why; 'wfpwatch check --repair' sets a damaged one aside",
    )


class Kind(Code):
    """What kind of event it is. The first eleven are FWPM_NET_EVENT_TYPE's, in words."""

    CLASSIFY_DROP = 1, "classify_drop"
    CLASSIFY_ALLOW = 2, "classify_allow"
    CAPABILITY_DROP = 3, "capability_drop"
    CAPABILITY_ALLOW = 4, "capability_allow"
    CLASSIFY_DROP_MAC = 5, "classify_drop_mac"
    IPSEC_KERNEL_DROP = 6, "ipsec_kernel_drop"
    IPSEC_DOSP_DROP = 7, "ipsec_dosp_drop"
    IKE_MM_FAILURE = 8, "ike_mm_failure"
    IKE_QM_FAILURE = 9, "ike_qm_failure"
    IKE_EM_FAILURE = 10, "ike_em_failure"
    LPM_PACKET_ARRIVAL = 11, "lpm_packet_arrival"
    AUDIT = 12, "audit"  # a record of the Security log: event.audit
    FILTER_ADD = 15, "filter_add"  # a filter came (WFPW_LIVE_FILTERS): event.filter
    FILTER_DELETE = 16, "filter_delete"  # it went
    GAP = 17, "gap"  # events are missing here: event.lost, event.lost_where
    NET_EVENT = 18, "unknown"  # a net event of a type newer than this library: type_raw


class Source(Code):
    LIVE = 1, "live"
    HISTORY = 2, "history"
    AUDIT_LOG = 3, "audit"
    EVTX = 4, "evtx"
    EVENTXML = 5, "eventxml"
    NETSH = 6, "netsh"
    SIM = 7, "sim"


class Direction(Code):
    INBOUND = 1, "inbound"
    OUTBOUND = 2, "outbound"
    FORWARD = 3, "forward"
    BIDIRECTIONAL = 4, "bidirectional"


class DirectionFrom(Code):
    """How the direction is known."""

    FIELD = 1, "field"  # the event's own field says so
    LAYER = 2, "layer"  # the layer is for this direction only; direction_raw says another


class Orientation(Code):
    """How it is known which side of an audit event is this host."""

    FIELD = 1, "field"  # the event's own fields say so
    EVIDENCE = 2, "evidence"  # other events or addresses say so
    UNKNOWN = 3, "unknown"  # `local` holds the source, `remote` the destination


class PidFrom(Code):
    AUDIT = 1, "audit"
    NETSH = 2, "netsh"
    SOCKETS = 3, "sockets"


class Lost(Code):
    """Where events were lost."""

    RING = 1, "ring"  # inside this process: the reader was slower than the system
    OUTAGE = 2, "outage"  # the engine was away: all that was not kept; number not known
    COLLECTION = 3, "collection"  # another program had it turned off, wholly or in part
    LOG = 4, "log"  # the Security log dropped, overwrote, cleared or could not give them
    AUDIT_POLICY = 5, "audit policy"  # somebody turned off what was audited: of the log only


class State(Code):
    """The state of a session, in wfpw_stats."""

    FILES = 0, "files"  # no live source
    CONNECTED = 1, "connected"  # subscribed
    WAITING = 2, "waiting"  # for the engine to come (back)
    COLLECTION_OFF = 3, "collection off"  # subscribed, but the system collects nothing
    FAILED = 4, "failed"  # given up: the error is in the log
    STOPPED = 5, "stopped"


class AuditPolicy(Code):
    NOT_ASKED = 0, "not asked"
    HELD = 1, "held"  # what it needs is audited
    # it may not be changed, or not recorded who did: what is audited anyway is
    REFUSED = (
        2,
        "refused",
    )
    # somebody turned it off three times within an hour, so that it stays off: a policy decides it (wfpw_audit_policy_get)
    GIVEN_UP = (
        3,
        "given up",
    )


class Missing(Code):
    """What a live session does without, because Windows refuses it: bits of wfpw_stats.missing."""

    SETTINGS = 1, "settings"  # collection may not be turned on: what is collected comes
    LOOKING = 2, "looking"  # whether events are collected cannot be seen
    HISTORY = 4, "history"  # what the engine keeps cannot be read
    NAMES = 8, "names"  # filters and what they name, or changes of them, cannot be read
    LEASES = 16, "leases"  # what is changed cannot be recorded, so that nothing is
    LOG = 32, "log"  # the Security log, at the moment: it is tried again
    AUDIT_POLICY = 64, "audit policy"  # it is not as was asked: wfpw_stats.audit_policy


class LogPath(Code):
    """How the Security log is read, in wfpw_stats."""

    MODERN = 1, "modern"  # by subscription (wevtapi.dll)
    CLASSIC = 2, "classic"  # by number (ReadEventLog): times in seconds, no version


class FilterState(Code):
    CURRENT = 1, "current"  # at the event's time this filter was there
    DELETED = 2, "deleted"  # it was deleted shortly before: deleted_time
    UNCERTAIN = 3, "uncertain"  # known from another time than the event's
    UNKNOWN = 4, "unknown"  # none for this id; only `key`, if a notice told it
    NOT_FOUND = 5, "not found"  # live: the engine says that it has no such filter (any more)
    DENIED = 6, "denied"  # live: the engine does not let us look


class Verdict(Code):
    """What an event says in one word."""

    BLOCK = 1, "block"  # a policy decided against a connection, a listen or a bind
    DROP = 2, "drop"  # a packet was discarded without such a decision
    ALLOW = 3, "allow"
    FAILURE = 4, "failure"  # of IKE or IPsec
    INFO = 5, "info"  # it tells of something and decides nothing


class Confidence(Code):
    """How sure a reason is."""

    CERTAIN = 1, "certain"  # the source says so
    LIKELY = 2, "likely"  # what is known fits little else
    GUESS = 3, "guess"  # what is usual on such events


class Evidence(Code):
    """What said so: bits of wfpw_event.evidence."""

    RECORD_ORIGIN = 1, "record_origin"  # of the filter, or that it has none
    FILTER_ORIGIN = 2, "filter_origin"  # the firewall noted it with the filter
    ACTION = 4, "action"  # of the filter; as all up to filter_state
    PROVIDER = 8, "provider"
    SUBLAYER = 16, "sublayer"
    CALLOUT = 32, "callout"
    FLAGS = 64, "flags"
    CONDITIONS = 128, "conditions"
    WEIGHT = 256, "weight"  # its class, which the firewall gives by the kind of filter
    FILTER_STATE = 512, "filter_state"  # that it is not among those known
    LAYER = 1024, "layer"
    DIRECTION = 2048, "direction"
    LOOPBACK = 4096, "loopback"
    PACKAGE = 8192, "package"  # the application is a packaged app
    PROTOCOL = 16384, "protocol"
    REAUTH = 32768, "reauth"  # it was looked at again, and why
    KIND = 65536, "kind"  # of the event, or the number of the audit record
    STATUS = 131072, "status"  # the code of a failure
    NAME = 262144, "name"  # of the filter, in English: last, as names are translated
    TERMINATING = 524288, "terminating"  # netsh: the sublayer of the filter that blocked
    FILTER_ID = 1048576, "filter_id"  # it is 0: no filter matched


class Reason(Code):
    RULE = 1, "rule"
    THIRD_PARTY = 2, "third_party"
    CALLOUT = 3, "callout"
    DEFAULT_INBOUND = 4, "default_inbound"
    QUERY_USER = 5, "query_user"
    DEFAULT_OUTBOUND = 6, "default_outbound"
    STEALTH = 7, "stealth"
    SERVICE_HARDENING = 8, "service_hardening"
    UWP_DEFAULT = 9, "uwp_default"
    APPCONTAINER_LOOPBACK = 10, "appcontainer_loopback"
    CAPABILITY = 11, "capability"
    QUARANTINE = 12, "quarantine"
    BOOT_TIME = 13, "boot_time"
    BLOCK_ALL = 14, "block_all"
    IPSEC = 15, "ipsec"
    IKE = 16, "ike"
    LISTEN = 17, "listen"
    BIND = 18, "bind"
    RAW_SOCKET = 19, "raw_socket"
    PACKET = 20, "packet"
    DISCARD = 21, "discard"
    MAC = 22, "mac"
    VSWITCH = 23, "vswitch"
    REAUTHORIZATION = 24, "reauthorization"
    SILENT_MODE = 25, "silent_mode"
    FILTER_GONE = 26, "filter_gone"
    UNKNOWN = 27, "unknown"
    EDGE_TRAVERSAL = 28, "edge_traversal"
    DATA_PROTECTION = 29, "data_protection"
    TENANT_RESTRICTION = 30, "tenant_restriction"
    POLICY_CHANGE = 31, "policy_change"
    AUDIT_POLICY = 32, "audit_policy"
    LOG_CLEARED = 33, "log_cleared"
    DOS_DEFENSE = 34, "dos_defense"
    GAP = 35, "gap"
    NOTICE = 36, "notice"
    EXCEPTION = 37, "exception"
    NO_FILTER = 38, "no_filter"
    CALLOUT_MISSING = 39, "callout_missing"


class Check(Code):
    """What wfpw_check looks at."""

    ENGINE = 1, "engine"  # whether the filtering engine can be reached
    COLLECTION = 2, "collection"  # of net events: on or off
    KEYWORDS = 3, "keywords"  # what is recorded beside ordinary drops
    IPSEC_MONITORING = 4, "ipsec monitoring"  # on or off
    LEASES = 5, "leases"  # what we have turned on, for whom, and whether they live
    EVENTS = 6, "events"  # whether they may be subscribed to
    HISTORY = 7, "history"  # whether what the engine keeps of them may be read
    FILTERS = 8, "filters"  # whether they may be listed, so that events have names
    LOG = 12, "security log"  # whether it may be read, and how
    AUDIT_POLICY = 10, "audit policy"  # whether the Security log gets events of blocks


class Decided(Code):
    """Who decides what a subcategory of the audit policy is, as far as Windows keeps that."""

    LOCAL = 1, "local"  # nobody else is known: whoever set it last
    GROUP_POLICY = 2, "group policy"  # a row of the audit.csv that was applied last
    LOCAL_POLICY = 3, "local policy"  # a row of the local Group Policy's audit.csv
    MDM = 4, "mdm"  # the device's management (Policy CSP, Audit)
    # a policy of whole categories may overrule it, as SCENoApplyLegacyAuditPolicy is 0
    CATEGORY = (
        5,
        "category",
    )


class AskedBy(Code):
    """Who asks a live event whether a condition of a template holds."""

    ENGINE = 1, "engine"  # Windows, before the event is handed over; then we do, too
    CALLBACK = 2, "callback"  # we, when it is handed over, before it takes any room
    EVENT = 3, "event"  # we, of the finished event, when it is read
    LOG = 4, "log"  # Windows, before it gives us a record of its log; then we do, too


class Differs(Code):
    DIRECTION = 1, "direction"
    PROCESS = 2, "process"
    ORIGIN = 4, "origin"
    PROFILE = 8, "profile"
    LOOPBACK = 16, "loopback"
    INTERFACE = 32, "interface"


class WordList(IntEnum):
    """Lists of words for wfpw_word()."""

    KIND = 1
    SOURCE = 2
    DIRECTION = 3
    ORIENTATION = 4
    PID_FROM = 5
    LOST = 6
    STATE = 7
    AUDIT_CODE = 8  # the %%N codes of audit records, by N: 14592 is "inbound"
    PROTOCOL = 9  # IANA protocol numbers that have a short name: 6 is "tcp"
    CAPABILITY = 10
    FILTER_STATE = 11
    ACTION = 12  # FWP_ACTION_TYPE: 0x1001 is "FWP_ACTION_BLOCK"
    CHECK = 13
    VERDICT = 14
    REASON = 15
    CONFIDENCE = 16
    EVIDENCE = 17  # a bit at a time
    DIRECTION_FROM = 18
    MISSING = 19  # a bit at a time
    OWN = 20  # WFPW_EVENT_OWN_*, a bit at a time: "filter", "process", "lookup"
    DIFFERS = 21  # a bit at a time
    LOG_PATH = 24
    DECIDED = 25
    AUDIT_POLICY = 26


class Has(IntFlag):
    """wfpw_event.present: which scalars the source gave. Texts and bodies are NULL when absent."""

    # direction_raw; direction may be known without it, from the layer, and is 0 when nothing tells it
    DIRECTION = (
        0x1,
    )
    PROTOCOL = 0x2
    LOCAL = 0x4  # local.addr, local.family
    REMOTE = 0x8  # remote.addr, remote.family
    LOCAL_PORT = 0x10  # for ICMP the type
    REMOTE_PORT = 0x20  # for ICMP the code
    SCOPE_ID = 0x40  # local.scope_id and remote.scope_id: one value for both sides
    FILTER_ID = 0x80
    LAYER_ID = 0x100
    LOOPBACK = 0x200
    PROCESS_ID = 0x400
    REAUTH_REASON = 0x800
    PROFILES = 0x1000  # original_profile, current_profile
    INTERFACE_INDEX = 0x2000
    POLICY_FLAGS = 0x4000
    CAPABILITY = 0x8000
    LOST = 0x10000  # how many events a gap hides; without it the number is unknown
    TYPE_RAW = 0x20000  # FWPM_NET_EVENT_TYPE as it came
    NOT_PACKAGED = 0x40000  # the source says: no AppContainer (the null SID)
    CAPABILITIES = 0x80000  # capabilities, which may be 0: none


class EventFlag(IntFlag):
    """wfpw_event.flags"""

    LOOPBACK = 0x1
    TRUNCATED = 0x2  # some text did not fit the limits of one event (docs/limits.md)
    PARTIAL = 0x4  # a part could not be read and is absent: wfpw_stats.skipped
    OWN_FILTER = 0x8  # its filter is one of own_provider's
    OWN_PROCESS = 0x10  # live: of this very program, whichever process of it
    # live: perhaps a look-up of an account, made for us: of lsass.exe or svchost.exe, meanwhile
    OWN_LOOKUP = (
        0x20,
    )
    # of a file: reading was taken up again behind damage, at this event or a little before it (docs/limits.md). Where the damaged record ends cannot always be told: this event may be what its data say, made up by whoever wrote them
    AFTER_DAMAGE = (
        0x40,
    )
    MERGED = 0x100  # a net event and the audit record of the same decision


class Join(IntEnum):
    """wfpw_options.join, for sessions that read both net events and audit records. A record that may be the other half of a net event waits, too. What waits comes later than other events of its time, unless WFPW_OPEN_ORDERED is set."""

    # those whose reason is not certain (or whose process is asked for, WFPW_OPEN_PID), when Windows writes such records
    NEEDED = (
        0,
    )
    ALWAYS = 1
    NEVER = 2


class OpenFlag(IntFlag):
    """wfpw_options.flags. To look an account up a domain controller may be asked: no event waits for that, user_name is there once the answer is. Well-known accounts have names without ACCOUNTS."""

    VERIFY = 0x1  # files: compute the checksum of every block, not only when in doubt
    NO_VERDICT = 0x2  # do not explain: verdict, reason, evidence, confidence stay 0
    ACCOUNTS = 0x4  # live: look names of accounts up, on a thread of their own
    NO_NAMES = 0x8  # live: do not ask the engine for names, only options.names
    PID = 0x10  # a net event without a process ID waits for the record that has it
    # events come in the order in which they arrived, so that those which wait for their other half hold up the others
    ORDERED = (
        0x20,
    )
    # tell which events are of one attempt (wfpw_event.attempt): what the same process did with the same addresses and ports, decided by the same filter, within 30 s. Takes 0.5 MiB
    ATTEMPTS = (
        0x40,
    )


class LiveFlag(IntFlag):
    """wfpw_live.flags"""

    OBSERVE = 0x1  # change nothing on the host: see what is collected anyway
    # turn on monitoring of IPsec connections too; Windows may refuse to turn it off again before a reboot (FWP_E_STILL_ON)
    IPSEC = (
        0x2,
    )
    # turn on what the template needs of the audit policy, under a lease: failures of Filtering Platform Connection, of Packet Drop if drops are wanted, successes of the former if allowed events are (and are among `keywords`). Not with OBSERVE
    AUDIT_POLICY = (
        0x8,
    )
    # filters that come and go are events, too: FILTER_ADD, FILTER_DELETE. Nothing is changed on the host for that
    FILTERS = (
        0x4,
    )


class Keyword(IntFlag):
    """wfpw_live.keywords: what the engine records beside drops of outbound and of unicast inbound traffic (FWPM_NET_EVENT_KEYWORD_*). A bit that this Windows does not know is left out, and said in the log."""

    INBOUND_MCAST = 0x1
    INBOUND_BCAST = 0x2
    CAPABILITY_DROP = 0x4
    CAPABILITY_ALLOW = 0x8
    CLASSIFY_ALLOW = 0x10  # very many
    PORT_SCANNING_DROP = 0x20  # Windows 10 1903 and later
    ALL = 0x3F


class AuditFlag(IntFlag):
    """wfpw_audit_log.flags"""

    CLASSIC = 0x1  # read by number even if the modern functions would do
    OLDEST = 0x2  # begin with the oldest record that the log has
    PAST = 0x4  # only what is in the log now; then the source is at its end


class FieldFlag(IntFlag):
    NAME_PLAIN = 0x1  # nothing in it needs an escape in JSON
    VALUE_PLAIN = 0x2  # clear says nothing
    REPEATED = 0x4  # another field of the record has the same name
    # neither name nor value is longer than 32 bytes, and 32 may be read of each, whatever stands there; clear says nothing
    SHORT = (
        0x8,
    )


class IkeHas(IntFlag):
    FLAGS = 0x1
    MODULE = 0x2
    AUTH_METHOD = 0x4
    TRAFFIC_TYPE = 0x8
    MM_ID = 0x10
    MM_SA_LUID = 0x20
    CERT_HASH = 0x40


class IpsecHas(IntFlag):
    STATUS = 0x1
    SPI = 0x2
    HOSTS = 0x4


class FilterHas(IntFlag):
    WEIGHT = 0x1
    EFFECTIVE_WEIGHT = 0x2
    RAW_CONTEXT = 0x4
    OUT_MISSING = 0x10  # its callout is known, and no driver has registered it
    OWN = 0x8  # it is of own_provider: of the session's, or of the collection's


class Audited(IntFlag):
    """What of a subcategory's events is recorded; neither: nothing."""

    SUCCESS = 0x1
    FAILURE = 0x2


class RestoreFlag(IntFlag):
    """flags of wfpw_audit_policy_restore"""

    # the text is a Group Policy's audit.csv: 0 leaves a subcategory as it is. In a backup it is "no auditing"
    POLICY = (
        0x1,
    )


class SimCount(IntEnum):
    """What to ask wfpw_sim_count for."""

    CALLS = 1  # of functions, ever
    CALLBACKS = 2  # made, ever: events that a subscriber was given
    SESSIONS = 3  # open now
    SUBSCRIPTIONS = 4
    ALLOCATIONS = 5  # handed out by calls and not yet freed
    MISUSES = 6  # calls that Windows would have answered with a crash
    CHANGE_SUBSCRIPTIONS = 7  # of changes of filters
    ENUMERATED = 8  # events that enumerations gave, ever
    NOW = 9  # its clock, 100 ns since 1601-01-01 UTC
    LOG_HANDLES = 10  # of the event log, open now
    LOG_RECORDS = 11  # that the Security log holds
    LOG_NEXT = 12  # the number that its next record has
