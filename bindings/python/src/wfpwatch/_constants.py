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
        "give an .evtx file or the XML of Windows events",
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
    OUTAGE = 2, "outage"  # the engine was away; the number is not known


class State(Code):
    """The state of a session, in wfpw_stats."""

    FILES = 0, "files"  # no live source
    CONNECTED = 1, "connected"  # subscribed
    WAITING = 2, "waiting"  # for the engine to come (back)
    COLLECTION_OFF = 3, "collection off"  # subscribed, but the system collects nothing
    FAILED = 4, "failed"  # given up: the error is in the log
    STOPPED = 5, "stopped"


class FilterState(Code):
    CURRENT = 1, "current"  # at the event's time this filter was there
    DELETED = 2, "deleted"  # it was deleted shortly before: deleted_time
    UNCERTAIN = 3, "uncertain"  # known from another time than the event's
    UNKNOWN = 4, "unknown"  # names are at hand, but none for this id: texts are NULL


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
    DIRECTION_FROM = 16


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


class EventFlag(IntFlag):
    """wfpw_event.flags"""

    LOOPBACK = 0x1
    TRUNCATED = 0x2  # some text did not fit the limits of one event (docs/limits.md)


class OpenFlag(IntFlag):
    VERIFY = 0x1  # files: compute the checksum of every block, not only when in doubt


class LiveFlag(IntFlag):
    """wfpw_live.flags"""

    OBSERVE = 0x1  # change nothing on the host: see what is collected anyway


class FieldFlag(IntFlag):
    NAME_PLAIN = 0x1  # nothing in it needs an escape in JSON
    VALUE_PLAIN = 0x2  # clear says nothing
    REPEATED = 0x4  # another field of the record has the same name


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


class SimCount(IntEnum):
    """What to ask wfpw_sim_count for."""

    CALLS = 1  # of functions, ever
    CALLBACKS = 2  # made, ever: events that a subscriber was given
    SESSIONS = 3  # open now
    SUBSCRIPTIONS = 4
    ALLOCATIONS = 5  # handed out by calls and not yet freed
    MISUSES = 6  # calls that Windows would have answered with a crash
