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

    OK = 0, "success", ""  # The call succeeded.
    # An argument is NULL, out of range, of an unknown size or has an unknown flag.
    E_INVAL = (
        -1,
        "an argument is wrong",
        "see the function's comment in wfpwatch.h for what it takes",
    )
    # The allocator returned NULL.
    E_NOMEM = -2, "out of memory", "free memory, or ask for a smaller ring or batch"
    # The system refused the call to this user.
    E_ACCESS = (
        -3,
        "access denied",
        "run elevated as a member of Administrators or of Network Configuration Operators",
    )
    # The service (BFE, or the event log's) is stopped, or not yet running.
    E_NOSERVICE = (
        -4,
        "the filtering engine cannot be reached",
        "start the Base Filtering Engine (sc start BFE), or give wait_ms time to wait for it",
    )
    # The engine collects no net events.
    E_DISABLED = (
        -5,
        "collection of net events is off on this machine",
        "turn it on with 'netsh wfp set options netevents=on'; this clears events kept from before",
    )
    # This system or this build lacks what the call needs; wfpw_error.where names it.
    E_NOTSUP = -6, "not supported here", "use a Windows version or a build that has it"
    # A file could not be opened or read, or a record could not be stored.
    E_IO = -7, "reading failed", "check that the file exists, is readable and is not locked"
    # The content is in no format that the call reads.
    E_FORMAT = (
        -8,
        "not a format that can be read",
        "give an .evtx file, the XML of Windows events, what netsh wrote, or rules",
    )
    # Every file, all history and the log's past has been read to its end.
    E_EOF = -9, "no more events", ""
    # wfpw_stop or wfpw_names_stop ended the reading.
    E_STOPPED = -10, "the session was stopped", ""
    # A system call did not return before its timeout.
    E_TIMEOUT = (
        -11,
        "the system did not answer in time",
        "try again; another program may hold the engine's transaction lock",
    )
    # A call failed with a code that maps to no other result: wfpw_error.os_code.
    E_SYSTEM = -12, "a call of the system failed", "look the system's code up"
    # The output does not fit; `needed` has the required size.
    E_RANGE = -13, "the buffer is too small", "give the size that was asked for"
    # A condition, bookmark or script is wrong at wfpw_error.position.
    E_SYNTAX = -14, "the text cannot be parsed", "mend the text at the position named"
    # The record of leases is damaged, locked or of a newer version.
    E_LEASE = (
        -15,
        "the record of what was changed on this host cannot be used",
        "'wfpwatch check' tells why; 'wfpwatch check --repair' sets a damaged one aside",
    )


class Kind(Code):
    """What kind of event it is. The first eleven are FWPM_NET_EVENT_TYPE's, in words."""

    CLASSIFY_DROP = 1, "classify_drop"  # A filter or callout blocked a packet or an operation.
    CLASSIFY_ALLOW = 2, "classify_allow"  # A filter or callout permitted it.
    # A packaged app was refused for want of a network capability.
    CAPABILITY_DROP = 3, "capability_drop"
    # A packaged app was permitted by a network capability.
    CAPABILITY_ALLOW = 4, "capability_allow"
    # A frame was blocked at a MAC layer: wfpw_event.mac.
    CLASSIFY_DROP_MAC = 5, "classify_drop_mac"
    # The IPsec driver dropped a packet: wfpw_event.ipsec.
    IPSEC_KERNEL_DROP = 6, "ipsec_kernel_drop"
    # IPsec DoS Protection dropped a packet: wfpw_event.ipsec.
    IPSEC_DOSP_DROP = 7, "ipsec_dosp_drop"
    IKE_MM_FAILURE = 8, "ike_mm_failure"  # An IKE or AuthIP main mode failed: wfpw_event.ike.
    IKE_QM_FAILURE = 9, "ike_qm_failure"  # An IKE or AuthIP quick mode failed: wfpw_event.ike.
    IKE_EM_FAILURE = 10, "ike_em_failure"  # An AuthIP extended mode failed: wfpw_event.ike.
    # A packet arrived in low-power mode: wfpw_event.ipsec.
    LPM_PACKET_ARRIVAL = 11, "lpm_packet_arrival"
    AUDIT = 12, "audit"  # A record of the Security log: wfpw_event.audit.
    FILTER_ADD = 15, "filter_add"  # A filter was added (WFPW_LIVE_FILTERS): wfpw_event.filter.
    # A filter was deleted (WFPW_LIVE_FILTERS): wfpw_event.filter.
    FILTER_DELETE = 16, "filter_delete"
    GAP = 17, "gap"  # Events are missing here: wfpw_event.lost, wfpw_event.lost_where.
    NET_EVENT = 18, "unknown"  # A net event of a type newer than this library: wfpw_event.type_raw.
    # A record of the firewall's own channel, of a rule that was added, changed, deleted or loaded:
    # wfpw_event.audit has its fields, wfpw_event.rule the rule.
    FIREWALL = 20, "firewall"
    # There is a filter that would block a target of wfpw_live.guard: wfpw_event.filter,
    # wfpw_event.guarded.
    GUARD = 21, "guard"
    # A connection ended: a line CLOSE of a pfirewall.log of Windows XP or Server 2003.
    CONNECTION_END = 22, "connection_end"


class Source(Code):
    """Where an event comes from."""

    LIVE = 1, "live"  # The subscription to the host's engine (wfpw_add_live).
    HISTORY = 2, "history"  # Events that the engine kept from before.
    AUDIT_LOG = 3, "audit"  # The Security log of this host (wfpw_add_audit).
    EVTX = 4, "evtx"  # An .evtx file.
    EVENTXML = 5, "eventxml"  # A file of Windows events as XML.
    NETSH = 6, "netsh"  # A file that netsh wfp wrote.
    SIM = 7, "sim"  # A simulated engine (wfpwatch/sim.h).
    PFIREWALL = 8, "pfirewall"  # A log of the Windows Firewall itself: pfirewall.log.
    JSON = 9, "json"  # A file of JSON that a log shipper or a tool made of records.


class Direction(Code):
    """Which way the traffic goes."""

    INBOUND = 1, "inbound"  # To this host.
    OUTBOUND = 2, "outbound"  # From this host.
    FORWARD = 3, "forward"  # Through this host.
    BIDIRECTIONAL = 4, "bidirectional"  # Both ways.


class DirectionFrom(Code):
    """How the direction is known."""

    FIELD = 1, "field"  # A field of the event has it.
    LAYER = 2, "layer"  # The layer is for this direction only; direction_raw differs.
    # The number of the audit record says it: 4960 to 4963 and 4965 are of inbound packets.
    RECORD = 3, "record"


class Orientation(Code):
    """How the side of this host in an audit event is known."""

    FIELD = 1, "field"  # From fields of the event.
    EVIDENCE = 2, "evidence"  # From other events or addresses.
    UNKNOWN = 3, "unknown"  # `local` holds the source, `remote` the destination.


class PidFrom(Code):
    """Where the process ID comes from."""

    AUDIT = 1, "audit"  # A record of the Security log.
    NETSH = 2, "netsh"  # A file that netsh wfp wrote.
    SOCKETS = 3, "sockets"  # The host's socket tables (WFPW_OPEN_SOCKETS); see pid_confidence.
    PFIREWALL = 4, "pfirewall"  # A line of pfirewall.log.


class Lost(Code):
    """Where events were lost."""

    RING = 1, "ring"  # Inside this process: the reader was slower than the system.
    OUTAGE = 2, "outage"  # The engine was not reachable: all events not kept; number not known.
    COLLECTION = 3, "collection"  # Another program had turned collection off, wholly or in part.
    LOG = 4, "log"  # The Security log dropped, overwrote, cleared or could not return them.
    # An audit subcategory was turned off: records of the log only.
    AUDIT_POLICY = 5, "audit policy"
    PFIREWALL = 6, "pfirewall"  # The firewall did not write them to its own log: INFO-EVENTS-LOST.
    # None came for wfpw_live.silence_ms: there were none, or they are not seen any more.
    SILENCE = 7, "silence"


class State(Code):
    """The state of a session, in wfpw_stats."""

    FILES = 0, "files"  # There is no live source.
    CONNECTED = 1, "connected"  # It is subscribed.
    WAITING = 2, "waiting"  # It waits for the engine.
    COLLECTION_OFF = 3, "collection off"  # It is subscribed, but the system collects nothing.
    FAILED = 4, "failed"  # It has given up: the error is in the log.
    STOPPED = 5, "stopped"  # wfpw_stop was called.


class Missing(Code):
    """What a live session lacks because Windows denies it: bits of wfpw_stats.missing."""

    # Turning collection on is denied: events that are collected anyway are delivered.
    SETTINGS = 1, "settings"
    LOOKING = 2, "looking"  # The state of collection, or of the audit policy, cannot be read.
    HISTORY = 4, "history"  # Events that the engine keeps cannot be read.
    # Filters and the objects that they refer to, or changes of them, cannot be read.
    NAMES = 8, "names"
    LEASES = 16, "leases"  # Leases cannot be recorded, so nothing is changed.
    LOG = 32, "log"  # The Security log cannot be read at the moment: this is retried.
    # The audit policy is not as requested: wfpw_stats.audit_policy.
    AUDIT_POLICY = 64, "audit policy"


class LogPath(Code):
    """How the Security log is read, in wfpw_stats."""

    MODERN = 1, "modern"  # By subscription (wevtapi.dll).
    CLASSIC = 2, "classic"  # By number (ReadEventLog): times in seconds, no version.


class FilterState(Code):
    """How certain it is that the names belong to the filter of an event. A run-time id is valid
    only until the engine restarts."""

    CURRENT = 1, "current"  # The filter existed at the event's time.
    DELETED = 2, "deleted"  # It was deleted shortly before: deleted_time.
    UNCERTAIN = 3, "uncertain"  # It is known from a time other than the event's.
    UNKNOWN = 4, "unknown"  # No filter is known for this id; only `key`, if a notification had it.
    NOT_FOUND = 5, "not found"  # Live: the engine has no such filter (any more).
    DENIED = 6, "denied"  # Live: the engine denies access.


class Verdict(Code):
    """The outcome of an event in one word."""

    BLOCK = 1, "block"  # A policy decided against a connection, a listen or a bind.
    DROP = 2, "drop"  # A packet was discarded without such a decision.
    ALLOW = 3, "allow"  # It was permitted.
    FAILURE = 4, "failure"  # IKE or IPsec failed.
    INFO = 5, "info"  # It reports something; no decision was made.


class Confidence(Code):
    """How certain a reason is."""

    CERTAIN = 1, "certain"  # It is stated in the source.
    LIKELY = 2, "likely"  # The known facts fit little else.
    GUESS = 3, "guess"  # It is the usual reason of such events.


class Evidence(Code):
    """What the reason is based on: bits of wfpw_event.evidence."""

    RECORD_ORIGIN = 1, "record_origin"  # The filter origin in an audit record, or that it has none.
    FILTER_ORIGIN = 2, "filter_origin"  # The origin that the firewall stored with the filter.
    ACTION = 4, "action"  # The filter's action.
    PROVIDER = 8, "provider"  # The filter's provider.
    SUBLAYER = 16, "sublayer"  # The filter's sublayer.
    CALLOUT = 32, "callout"  # The filter's callout.
    FLAGS = 64, "flags"  # The filter's flags.
    CONDITIONS = 128, "conditions"  # The filter's conditions.
    # The class of the filter's weight, which the firewall assigns by the kind of filter.
    WEIGHT = 256, "weight"
    FILTER_STATE = 512, "filter_state"  # That the filter is not known.
    LAYER = 1024, "layer"  # The layer, by its key.
    DIRECTION = 2048, "direction"  # The direction.
    LOOPBACK = 4096, "loopback"  # That it is loopback traffic.
    PACKAGE = 8192, "package"  # That the application is a packaged app.
    PROTOCOL = 16384, "protocol"  # The protocol.
    REAUTH = 32768, "reauth"  # That it was reauthorized, and why.
    KIND = 65536, "kind"  # The kind of the event, or the number of the audit record.
    STATUS = 131072, "status"  # The code of a failure.
    NAME = 262144, "name"  # The filter's name, in English: used last, as names are translated.
    # netsh: the sublayer of the filter that ended the decision with a block.
    TERMINATING = 524288, "terminating"
    FILTER_ID = 1048576, "filter_id"  # That the filter's id is 0: no filter matched.


class Reason(Code):
    """Why it happened. wfpw_reason_info() returns the word, its meaning and what to do about
    it."""

    RULE = 1, "rule"  # A rule of the Windows Firewall decided.
    # A filter decided that is not the Windows Firewall's: of another program, or of another part of
    # Windows.
    THIRD_PARTY = 2, "third_party"
    # A driver decided: the filter hands the traffic to a callout of a driver.
    CALLOUT = 3, "callout"
    # No rule allows this inbound connection, and what no rule allows is blocked.
    DEFAULT_INBOUND = 4, "default_inbound"
    # No rule allows this inbound connection, and no user has agreed to it: the question was denied,
    # not answered, or notifications are off.
    QUERY_USER = 5, "query_user"
    # No rule says anything about this outbound connection: the default of the network profile
    # decided.
    DEFAULT_OUTBOUND = 6, "default_outbound"
    # Stealth mode: nothing listens on the port, so the packet, or the answer that would tell so,
    # was dropped in silence.
    STEALTH = 7, "stealth"
    # Windows service hardening: the service, or this program of Windows, may not use the network in
    # this way.
    SERVICE_HARDENING = 8, "service_hardening"
    # The packaged app has no capability for this destination or direction.
    UWP_DEFAULT = 9, "uwp_default"
    # A packaged app may not talk to other programs on its own host.
    APPCONTAINER_LOOPBACK = 10, "appcontainer_loopback"
    # The packaged app's capability for this kind of network was asked for, and decided.
    CAPABILITY = 11, "capability"
    # The network interface had just changed, and the profile of its network was not yet known.
    QUARANTINE = 12, "quarantine"
    # The host was starting or the firewall service not yet up: its boot-time filters were in force.
    BOOT_TIME = 13, "boot_time"
    # The firewall blocks all incoming connections, whatever the rules allow.
    BLOCK_ALL = 14, "block_all"
    # IPsec decided: a policy demands protection that the traffic has not, or a protected packet
    # could not be accepted.
    IPSEC = 15, "ipsec"
    IKE = 16, "ike"  # The two hosts could not agree on keys for IPsec.
    LISTEN = 17, "listen"  # The program may not listen for connections.
    BIND = 18, "bind"  # The program may not use this local address and port.
    # The program may not open a raw socket, or see all packets of an interface.
    RAW_SOCKET = 19, "raw_socket"
    # A single packet was dropped below the level of connections, where programs are not known.
    PACKET = 20, "packet"
    # The packet had been discarded already: nobody wanted it, or another layer had refused it.
    DISCARD = 21, "discard"
    MAC = 22, "mac"  # A frame was dropped between network card and IP.
    VSWITCH = 23, "vswitch"  # A packet was dropped inside a virtual switch of Hyper-V.
    # A connection that was allowed before was looked at again, and ended.
    REAUTHORIZATION = 24, "reauthorization"
    # The filter is in silent mode: its policy is only watched, not enforced.
    SILENT_MODE = 25, "silent_mode"
    # The filter that decided is not among those that are known: it was removed or replaced since,
    # or the names are of another time.
    FILTER_GONE = 26, "filter_gone"
    UNKNOWN = 27, "unknown"  # What is known of the event does not tell why.
    # The rule or the program does not want traffic that comes through a tunnel across the edge of
    # the network (Teredo).
    EDGE_TRAVERSAL = 28, "edge_traversal"
    # Windows Information Protection: the app may not reach this destination with the data of the
    # organization.
    DATA_PROTECTION = 29, "data_protection"
    # Tenant restrictions: this program may not reach the cloud services that they guard.
    TENANT_RESTRICTION = 30, "tenant_restriction"
    # Filters, or what they refer to, were listed, added or removed, a setting of the firewall was
    # changed, or all its rules of a store were deleted.
    POLICY_CHANGE = 31, "policy_change"
    AUDIT_POLICY = 32, "audit_policy"  # What is written to the Security log was changed.
    LOG_CLEARED = 33, "log_cleared"  # The Security log was cleared.
    # Windows entered or left a mode in which it defends itself against floods of packets.
    DOS_DEFENSE = 34, "dos_defense"
    GAP = 35, "gap"  # Events are missing here.
    NOTICE = 36, "notice"  # It tells of something and decides nothing.
    # A built-in filter of the firewall allowed it, not a rule: the host needs such traffic.
    EXCEPTION = 37, "exception"
    # It was refused, and no filter matched: nothing that is known forbade it.
    NO_FILTER = 38, "no_filter"
    # The filter hands the traffic to a callout of a driver, and no driver has registered it: what
    # nobody can decide is blocked.
    CALLOUT_MISSING = 39, "callout_missing"
    RULE_ADDED = 40, "rule_added"  # A rule was added to the Windows Firewall.
    RULE_CHANGED = 41, "rule_changed"  # A rule of the Windows Firewall was changed.
    RULE_DELETED = 42, "rule_deleted"  # A rule of the Windows Firewall was deleted.
    # A rule was in force when the firewall's service started, or was loaded then.
    RULE_PRESENT = 43, "rule_present"
    # A rule of the Windows Firewall was not applied, or not in all its parts: something that it
    # names is not there, or this Windows does not understand it.
    RULE_NOT_APPLIED = 44, "rule_not_applied"


class Check(Code):
    """What wfpw_check checks."""

    ENGINE = 1, "engine"  # Whether the filtering engine can be reached.
    COLLECTION = 2, "collection"  # Whether collection of net events is on.
    KEYWORDS = 3, "keywords"  # What is recorded in addition to ordinary drops.
    IPSEC_MONITORING = 4, "ipsec monitoring"  # Whether monitoring of IPsec connections is on.
    # Settings turned on by this library, for which processes, and whether these run.
    LEASES = 5, "leases"
    EVENTS = 6, "events"  # Whether net events may be subscribed to.
    HISTORY = 7, "history"  # Whether the events that the engine keeps may be read.
    FILTERS = 8, "filters"  # Whether filters may be listed, so that events have names.
    AUDIT_POLICY = 10, "audit policy"  # Whether the Security log gets events of blocks.
    LOG = 12, "security log"  # Whether the Security log may be read, and how.


class AuditPolicy(Code):
    """The state of WFPW_LIVE_AUDIT_POLICY in a live session: wfpw_stats.audit_policy."""

    NOT_ASKED = 0, "not asked"  # It was not requested.
    HELD = 1, "held"  # The required subcategories are audited.
    # The change, or the record of it, was denied: only what is audited anyway is recorded.
    REFUSED = 2, "refused"
    # It was turned off three times within an hour, and stays off: a policy decides it
    # (wfpw_audit_policy_get()).
    GIVEN_UP = 3, "given up"


class Decided(Code):
    """What decides the setting of a subcategory of the audit policy, as far as Windows records
    it."""

    LOCAL = 1, "local"  # No policy is known: the last change applies.
    GROUP_POLICY = 2, "group policy"  # A row of the audit.csv that was applied last.
    LOCAL_POLICY = 3, "local policy"  # A row of the local Group Policy's audit.csv.
    MDM = 4, "mdm"  # Device management (Policy CSP, Audit).
    # A policy of whole categories may override it, as SCENoApplyLegacyAuditPolicy is 0.
    CATEGORY = 5, "category"


class ProductFrom(Code):
    """What tells which product a filter's provider is of: wfpw_filter.product_from."""

    KEY = 1, "key"  # The provider's key.
    SERVICE = 2, "service"  # The service that the provider names. Anybody may name it.
    NAME = 3, "name"  # Its name and description. Anybody may write them.
    # The key of the sublayer of a filter without a provider. Anybody may add to it.
    SUBLAYER = 4, "sublayer"


class Service(Code):
    """Live: how the service stands that a filter's provider names: wfpw_filter.service_state."""

    RUNNING = 1, "running"  # It runs.
    STOPPED = 2, "stopped"  # It is installed and does not run.
    MISSING = 3, "missing"  # There is no such service (any more).


class AskedBy(Code):
    """Where a condition of a template is evaluated in a live session."""

    ENGINE = 1, "engine"  # By Windows, before it delivers the event, and again by the library.
    CALLBACK = 2, "callback"  # In the callback, before the event takes memory in a queue.
    EVENT = 3, "event"  # On the finished event, when it is read.
    LOG = 4, "log"  # By Windows, before it delivers a record of its log, and again by the library.


class Differs(Code):
    """Values that differ in the two halves of a merged event: bits of wfpw_event.differs. The
    event has the value of the net event, wfpw_audit_get() that of the record."""

    DIRECTION = 1, "direction"  # The direction.
    PROCESS = 2, "process"  # The process.
    ORIGIN = 4, "origin"  # The origin of the filter.
    PROFILE = 8, "profile"  # The network profile.
    LOOPBACK = 16, "loopback"  # Whether it is loopback traffic.
    INTERFACE = 32, "interface"  # The interface.


class RuleAction(Code):
    """What a firewall rule does with the traffic that it is for; numbered as the firewall's own
    events number it."""

    BYPASS = 1, "bypass"  # It is allowed if it is authenticated, whatever other rules block.
    BLOCK = 2, "block"  # It is blocked.
    ALLOW = 3, "allow"  # It is allowed.


class RuleOrigin(Code):
    """Where a firewall rule comes from, that is, where it can be changed. The first six are
    numbered as the firewall's own events number them."""

    LOCAL = 1, "local"  # This host's own rules: wf.msc, Set-NetFirewallRule.
    GROUP_POLICY = 2, "group_policy"  # A Group Policy.
    DYNAMIC = 3, "dynamic"  # A program, until the service restarts.
    GENERATED = 4, "generated"  # The firewall made it itself.
    HARD_CODED = 5, "hard_coded"  # It is part of the firewall's program.
    MDM = 6, "mdm"  # The device's management.
    STATIC = 32, "static"  # Service hardening: rules that come with Windows.
    CONFIGURABLE = 33, "configurable"  # Service hardening: rules that a service added for itself.
    APPISO = 34, "appiso"  # Isolation of packaged apps.


class RuleChange(Code):
    """What a record says of a firewall rule."""

    PRESENT = 1, "present"  # It was in force when the service started, or loaded it.
    ADDED = 2, "added"  # It was added.
    CHANGED = 3, "changed"  # It was changed.
    DELETED = 4, "deleted"  # It was deleted.
    NOT_APPLIED = 5, "not_applied"  # It was not applied, wholly or in part.


class GuardSign(Code):
    """What is true of a filter that would block a target of a guard."""

    # Other conditions restrict it: it blocks a part of the target's traffic, such as one port.
    PART = 1, "part"
    # It does not name the target: it blocks everybody's traffic at its layer.
    EVERYTHING = 2, "everything"
    CALLOUT = 4, "callout"  # A callout decides whether it blocks.
    REDIRECT = 8, "redirect"  # It is at a layer where connections or binds are redirected.
    HIGHEST_WEIGHT = 16, "highest_weight"  # No filter of its sublayer can come before it.
    # It takes the right to decide otherwise from sublayers of less weight.
    CLEAR_ACTION_RIGHT = 32, "clear_action_right"
    NO_PROVIDER = 64, "no_provider"  # It belongs to no provider.
    # Its provider calls itself Microsoft's, but its key is none of Windows' own.
    NAME_OF_MICROSOFT = 128, "name_of_microsoft"
    # It outlives restarts of the engine, or is in force before its start.
    PERSISTENT = 256, "persistent"
    DISABLED = 512, "disabled"  # The engine has turned it off.
    ANY_VOLUME = 1024, "any_volume"  # The volume of the program's path was not compared.
    NOT_EVALUATED = 2048, "not_evaluated"  # A condition of it could not be evaluated.


class Health(Code):
    """What speaks against a live session seeing all there is: wfpw_health.signs."""

    ENGINE_AWAY = 1, "engine away"  # The engine cannot be reached.
    ENGINE_HANGS = 2, "engine hangs"  # The engine has not answered for three looks, 5 s at least.
    COLLECTION_OFF = 4, "collection off"  # The engine collects no net events.
    LACKS = 8, "lacks"  # Something is missing: wfpw_stats.missing says what.
    LOG_AWAY = 16, "log away"  # The Security log cannot be read at the moment.
    QUEUE_FULL = 32, "queue full"  # The queue is three quarters full: the reader is too slow.
    SILENCE = 64, "silence"  # No event has come for wfpw_live.silence_ms.
    ENDED = 128, "ended"  # The session was stopped, or failed: no more events come.


class Match(Code):
    """What an event may have in common with a question: bits of wfpw_explained."""

    REMOTE = 1, "remote"  # The remote address.
    REMOTE_PORT = 2, "remote_port"  # The remote port.
    LOCAL = 4, "local"  # The local address.
    LOCAL_PORT = 8, "local_port"  # The local port.
    PROTOCOL = 16, "protocol"  # The protocol.
    PROCESS = 32, "process"  # The process ID.
    APP = 64, "app"  # The program.
    DIRECTION = 128, "direction"  # The direction.
    # `unknown` only: which side of the event is this host's; the sides were compared either way.
    SIDES = 256, "sides"
    # `unknown` only: the volume of the program's path, of which only the rest was compared.
    VOLUME = 512, "volume"
    # `agrees` only: this host is both ends of the connection, and the event is of the other one.
    OTHER_END = 1024, "other_end"


class Strength(Code):
    """How well an event matches a question."""

    EXACT = 1, "exact"  # All that was asked is in the event, and agrees.
    # Nothing contradicts, but the event does not have all that was asked; or it is of another
    # process of the same program.
    LIKELY = 2, "likely"
    WEAK = 3, "weak"  # It is of another program or process, or of the other direction.


class Conclusion(Code):
    """What an explanation comes to."""

    BLOCKED = 1, "blocked"  # A block, or a failure of IPsec, explains it.
    DROPPED = 2, "dropped"  # No block does, but a packet was dropped, which was nobody's decision.
    WEAK = 3, "weak"  # Only others were refused: all matches are weak.
    # Nothing in WFP refused it: no event matches, and the events cover the time asked for.
    NOTHING = 4, "nothing"
    # No event matches, but the events may be incomplete: wfpw_explained_by.unseen.
    NOT_COVERED = 5, "not covered"


class Unseen(Code):
    """Why refusals may be missing among the events that an explanation is based on."""

    COLLECTION_OFF = 1, "collection_off"  # The engine collects no net events.
    HISTORY = 2, "history"  # The events that the engine keeps could not be read: history_status.
    # The oldest event that the engine keeps is later than the time asked for, or it keeps none.
    HISTORY_REACH = 4, "history_reach"
    LOG = 8, "log"  # The Security log could not be read: log_status.
    # Now the audit policy does not have all refusals recorded in the Security log.
    AUDIT_OFF = 16, "audit_off"
    AUDIT_UNKNOWN = 32, "audit_unknown"  # Whether refusals were audited is not known.
    LOST = 64, "lost"  # Events were lost: the number of gaps is in `gaps`.
    SKIPPED = 128, "skipped"  # Something could not be read or decoded.
    NO_EVENTS = 256, "no_events"  # There was no event at all.
    # The events begin later, or end earlier, than the time asked for.
    FILE_REACH = 512, "file_reach"
    # Times have no zone (WFPW_EVENT_LOCAL_TIME) and were compared as UTC.
    LOCAL_TIME = 1024, "local_time"


class TcpState(Code):
    """The state of a TCP connection: MIB_TCP_STATE."""

    CLOSED = 1, "closed"  # It is closed.
    LISTEN = 2, "listening"  # It waits for connections.
    SYN_SENT = 3, "syn_sent"  # It is being made from here.
    SYN_RECEIVED = 4, "syn_received"  # It is being made from there.
    ESTABLISHED = 5, "established"  # It is there.
    FIN_WAIT_1 = 6, "fin_wait_1"  # This side has closed it, and waits for the other's answer.
    FIN_WAIT_2 = 7, "fin_wait_2"  # This side has closed it, and the other knows.
    CLOSE_WAIT = 8, "close_wait"  # The other side has closed it.
    CLOSING = 9, "closing"  # Both sides closed it at the same time.
    LAST_ACK = 10, "last_ack"  # Both sides have closed it; the last answer is waited for.
    TIME_WAIT = 11, "time_wait"  # It is closed; late packets are waited for.
    DELETE_TCB = 12, "delete_tcb"  # It is being forgotten.
    BOUND = 100, "bound"  # It has a port, and is neither connected nor listening.


class WordList(IntEnum):
    """Lists of words for wfpw_word()."""

    KIND = 1  # WFPW_KIND_*.
    SOURCE = 2  # WFPW_SOURCE_*.
    DIRECTION = 3  # WFPW_DIRECTION_*.
    ORIENTATION = 4  # WFPW_ORIENTATION_*.
    PID_FROM = 5  # WFPW_PID_FROM_*.
    LOST = 6  # WFPW_LOST_*.
    STATE = 7  # WFPW_STATE_*.
    AUDIT_CODE = 8  # The `%%N` codes of audit records, by N: 14592 is "inbound".
    PROTOCOL = 9  # IANA protocol numbers that have a short name: 6 is "tcp".
    CAPABILITY = 10  # FWPM_APPC_NETWORK_CAPABILITY_TYPE: 0 is "internetClient".
    FILTER_STATE = 11  # WFPW_FILTER_STATE_*.
    ACTION = 12  # FWP_ACTION_TYPE: 0x1001 is "FWP_ACTION_BLOCK".
    CHECK = 13  # WFPW_CHECK_*.
    VERDICT = 14  # WFPW_VERDICT_*.
    REASON = 15  # WFPW_REASON_*.
    CONFIDENCE = 16  # WFPW_CONFIDENCE_*.
    EVIDENCE = 17  # A single bit.
    DIRECTION_FROM = 18  # WFPW_DIRECTION_FROM_*.
    MISSING = 19  # A single bit.
    OWN = 20  # WFPW_EVENT_OWN_*, a single bit: "filter", "process", "lookup".
    DIFFERS = 21  # A single bit.
    LOG_PATH = 24  # WFPW_LOG_PATH_*.
    DECIDED = 25  # WFPW_DECIDED_*.
    AUDIT_POLICY = 26  # WFPW_AUDIT_POLICY_*.
    PRODUCT_FROM = 27  # WFPW_PRODUCT_FROM_*.
    SERVICE = 28  # WFPW_SERVICE_*.
    RULE_ACTION = 29  # WFPW_RULE_ACTION_*.
    RULE_ORIGIN = 30  # WFPW_RULE_ORIGIN_*.
    RULE_CHANGE = 31  # WFPW_RULE_CHANGE_*.
    GUARD_SIGN = 32  # A single bit.
    MATCH = 36  # A single bit.
    STRENGTH = 37  # WFPW_STRENGTH_*.
    CONCLUSION = 38  # WFPW_CONCLUSION_*.
    UNSEEN = 39  # A single bit.
    HEALTH = 40  # A single bit: WFPW_HEALTH_*.
    TCP_STATE = 41  # WFPW_TCP_STATE_*.
    IPSEC_MODE = 50  # IPSEC_TRAFFIC_TYPE: 0 is "transport", 1 "tunnel".
    KEY_MODULE = 51  # IKEEXT_KEY_MODULE_TYPE: 2 is "ikev2".
    AUTH_METHOD = 52  # IKEEXT_AUTHENTICATION_METHOD_TYPE: 2 is "kerberos".
    CIPHER = 53  # IKEEXT_CIPHER_TYPE: 4 is "aes_256".
    INTEGRITY = 54  # IKEEXT_INTEGRITY_TYPE: 2 is "sha_256".
    DH_GROUP = 55  # IKEEXT_DH_GROUP: 3 is "group_14".


class Has(IntFlag):
    """wfpw_event.present: scalars present in the source. Absent texts and bodies are NULL."""

    # direction_raw; without it the direction may be known from the layer, else it is 0.
    DIRECTION = 0x1
    PROTOCOL = 0x2  # protocol.
    LOCAL = 0x4  # local.addr, local.family.
    REMOTE = 0x8  # remote.addr, remote.family.
    LOCAL_PORT = 0x10  # For ICMP the type.
    REMOTE_PORT = 0x20  # For ICMP the code.
    SCOPE_ID = 0x40  # local.scope_id and remote.scope_id: one value for both sides.
    FILTER_ID = 0x80  # filter_id.
    LAYER_ID = 0x100  # layer_id.
    LOOPBACK = 0x200  # WFPW_EVENT_LOOPBACK in flags.
    PROCESS_ID = 0x400  # process_id.
    REAUTH_REASON = 0x800  # reauth_reason.
    PROFILES = 0x1000  # original_profile, current_profile.
    INTERFACE_INDEX = 0x2000  # interface_index.
    POLICY_FLAGS = 0x4000  # policy_flags.
    CAPABILITY = 0x8000  # capability.
    LOST = 0x10000  # lost: the number of events lost in a gap; without it the number is unknown.
    TYPE_RAW = 0x20000  # type_raw: FWPM_NET_EVENT_TYPE.
    NOT_PACKAGED = 0x40000  # The source reports: no AppContainer (the null SID).
    CAPABILITIES = 0x80000  # Capabilities, which may be 0: none.


class EventFlag(IntFlag):
    """wfpw_event.flags."""

    LOOPBACK = 0x1  # It is loopback traffic.
    TRUNCATED = 0x2  # Some text exceeded the limits of one event (docs/limits.md).
    PARTIAL = 0x4  # A part could not be read and is absent: wfpw_stats.skipped.
    OWN_FILTER = 0x8  # Its filter belongs to own_provider.
    OWN_PROCESS = 0x10  # Live: from this program, in any process.
    # Live: from lsass.exe or svchost.exe during an account look-up of this library, perhaps caused
    # by it.
    OWN_LOOKUP = 0x20
    # Files: reading resumed after damage, at this event or shortly before it (docs/limits.md). The
    # end of the damaged record cannot always be determined: this event may have been decoded from
    # its data, and forged by their author.
    AFTER_DAMAGE = 0x40
    MERGED = 0x100  # A net event and the audit record of the same decision.
    # Files: the source has local time without a zone, and no wfpw_options.log_zone was given:
    # `time` is that time as if it were UTC.
    LOCAL_TIME = 0x200


class Join(IntEnum):
    """wfpw_options.join, for sessions that read both net events and audit records. A record
    that may be the other half of a net event waits, too. Events that waited are delivered
    after others of the same time, unless WFPW_OPEN_ORDERED is set."""

    # Net events whose reason is not certain (or whose process is wanted, WFPW_OPEN_PID), when
    # Windows writes such records.
    NEEDED = 0
    ALWAYS = 1  # All net events that may have a record.
    NEVER = 2  # None: the two halves are two events.


class OpenFlag(IntFlag):
    """wfpw_options.flags. An account look-up may query a domain controller: no event waits for
    it; user_name is set once the look-up completes. Well-known accounts have names without
    ACCOUNTS."""

    VERIFY = 0x1  # Files: verify the checksum of every block, not only of doubtful ones.
    NO_VERDICT = 0x2  # Do not explain: verdict, reason, evidence, confidence stay 0.
    ACCOUNTS = 0x4  # Live: look up account names, on a separate thread.
    # Live: take names only from options.names, not from the engine and the registry.
    NO_NAMES = 0x8
    # A net event without a process ID waits for the record that has it; and for the socket tables,
    # with WFPW_OPEN_SOCKETS.
    PID = 0x10
    # Events are delivered in order of arrival; an event that waits for its other half delays those
    # after it.
    ORDERED = 0x20
    # Group events into attempts (wfpw_event.attempt): same process, same addresses and ports, same
    # deciding filter, within 30 s. Uses 0.5 MiB.
    ATTEMPTS = 0x40
    # Live: look up the process of a TCP or UDP net event in the host's socket tables (IP Helper),
    # on a separate thread that asks when such an event comes, each table at most every 100 ms. With
    # WFPW_OPEN_PID an event waits for the answer, at most join_ms; without it no event waits, and
    # has a process only when the answer is there already, as for a program that is blocked again
    # and again. What is not in the tables has no answer: a connection that was refused when it was
    # made, a socket that is closed by now. See wfpw_event.pid_confidence.
    SOCKETS = 0x100


class LiveFlag(IntFlag):
    """wfpw_live.flags."""

    OBSERVE = 0x1  # Change nothing on the host: deliver what is collected anyway.
    # Also turn on IPsec connection monitoring; Windows may refuse to turn it off before a reboot
    # (FWP_E_STILL_ON).
    IPSEC = 0x2
    # Deliver added and deleted filters as events: FILTER_ADD, FILTER_DELETE. This changes nothing
    # on the host.
    FILTERS = 0x4
    # Turn on the audit subcategories that the template needs, under a lease: failures of Filtering
    # Platform Connection, of Packet Drop if drops are wanted, successes of the former if allowed
    # events are wanted (and are among `keywords`). Not with OBSERVE.
    AUDIT_POLICY = 0x8


class Keyword(IntFlag):
    """wfpw_live.keywords: what the engine records in addition to drops of outbound and of
    unicast inbound traffic (FWPM_NET_EVENT_KEYWORD_*). A bit that this Windows does not
    support is omitted, and logged."""

    INBOUND_MCAST = 0x1  # Drops of inbound multicast traffic.
    INBOUND_BCAST = 0x2  # Drops of inbound broadcast traffic.
    CAPABILITY_DROP = 0x4  # Events of kind CAPABILITY_DROP.
    CAPABILITY_ALLOW = 0x8  # Events of kind CAPABILITY_ALLOW.
    CLASSIFY_ALLOW = 0x10  # Events of kind CLASSIFY_ALLOW: a high volume.
    PORT_SCANNING_DROP = 0x20  # Drops of port scans: Windows 10 1903 and later.
    ALL = 0x3F  # All of them.


class AuditFlag(IntFlag):
    """wfpw_audit_log.flags."""

    CLASSIC = 0x1  # Read by number even if the modern functions are available.
    OLDEST = 0x2  # Begin with the oldest record in the log.
    PAST = 0x4  # Only the records in the log now; then the source ends.


class FieldFlag(IntFlag):
    """wfpw_field.flags."""

    NAME_PLAIN = 0x1  # The name needs no JSON escape.
    VALUE_PLAIN = 0x2  # The value needs none. If clear: unknown.
    REPEATED = 0x4  # Another field of the record has the same name.
    # Neither name nor value is longer than 32 bytes, and 32 bytes of each are readable, whatever
    # they contain. If clear: unknown.
    SHORT = 0x8


class AggregateFlag(IntFlag):
    """wfpw_aggregate.flags."""

    MORE_LOCAL_PORTS = 0x1  # There were others than those in local_ports.
    MORE_REMOTE_PORTS = 0x2  # There were others than those in remote_ports.


class Format(IntEnum):
    """Formats of wfpw_export() (docs/formats.md)."""

    JSON = 1  # The library's own JSON, as of wfpw_to_json().
    ECS = 2  # Elastic Common Schema 8.11, JSON.
    OCSF = 3  # Open Cybersecurity Schema Framework 1.8.0, JSON.
    ASIM = 4  # Microsoft Sentinel's ASIM NetworkSession 0.2.6 and AuditEvent 0.1, JSON.
    CSV = 5  # RFC 4180, one record per event, no formulas.


class IkeHas(IntFlag):
    """wfpw_ike.present: values present in the source."""

    FLAGS = 0x1  # flags.
    MODULE = 0x2  # module.
    AUTH_METHOD = 0x4  # auth_method.
    TRAFFIC_TYPE = 0x8  # traffic_type.
    MM_ID = 0x10  # mm_id.
    MM_SA_LUID = 0x20  # mm_sa_luid.
    CERT_HASH = 0x40  # cert_hash.
    ERROR = 0x80  # error.
    POINT = 0x100  # point.
    STATE = 0x200  # state.
    ROLE = 0x400  # role.
    FILTER_ID = 0x800  # filter_id.


class IpsecHas(IntFlag):
    """wfpw_ipsec.present: values present in the source."""

    STATUS = 0x1  # status.
    SPI = 0x2  # spi.
    HOSTS = 0x4  # public_host, internal_host.


class FilterHas(IntFlag):
    """wfpw_filter.present: values present in the source, and other properties."""

    WEIGHT = 0x1  # weight.
    EFFECTIVE_WEIGHT = 0x2  # effective_weight.
    RAW_CONTEXT = 0x4  # raw_context.
    CALLOUT_MISSING = 0x10  # Its callout is known, but not registered by a driver.
    OWN = 0x8  # It belongs to own_provider of the session or of the collection.
    # Its provider is not among those that its source lists: it was removed, or this user may not
    # see it.
    PROVIDER_MISSING = 0x20
    PROVIDER_PERSISTENT = 0x40  # Its provider outlives the engine's restarts.
    # When the engine started it turned the provider's filters off, as the provider names no
    # service, or one that does not start by itself. Source: the documentation of FWPM_PROVIDER0
    # (FWPM_PROVIDER_FLAG_DISABLED).
    PROVIDER_DISABLED = 0x80


class RuleProfile(IntFlag):
    """wfpw_rule.profiles: for which networks it is."""

    DOMAIN = 0x1  # The domain's.
    PRIVATE = 0x2  # Private ones.
    PUBLIC = 0x4  # Public ones.
    ALL = 0x7FFFFFFF  # Any: it names none.


class RuleHas(IntFlag):
    """wfpw_rule.present: which of its values the source gave."""

    ENABLED = 0x1  # enabled.
    PROFILES = 0x2  # profiles.
    PROTOCOL = 0x4  # protocol.
    PORTS = 0x8  # local_ports, remote_ports: NULL then means any.


class SimCount(IntEnum):
    """Counters for wfpw_sim_count."""

    CALLS = 1  # Function calls, in total.
    CALLBACKS = 2  # Callbacks, in total: events delivered to a subscriber.
    SESSIONS = 3  # Sessions that are open now.
    SUBSCRIPTIONS = 4  # Subscriptions to net events that are open now.
    ALLOCATIONS = 5  # Allocated by calls and not yet freed.
    MISUSES = 6  # Calls that would crash on Windows.
    CHANGE_SUBSCRIPTIONS = 7  # Subscriptions to changes of filters.
    ENUMERATED = 8  # Events returned by enumerations, in total.
    NOW = 9  # Its clock, 100 ns since 1601-01-01 UTC.
    LOG_HANDLES = 10  # Handles of the event log that are open now.
    LOG_RECORDS = 11  # Records in the Security log.
    LOG_NEXT = 12  # Number of its next record.
    # The Winsock code of the script's last `bind`, `listen`, `connect` or `send`: 10013 when it was
    # refused, 10060 when nothing came of it, 0 when it succeeded.
    SOCKET_ERROR = 13
    LAST_FILTER = 14  # The id of the filter that was added last.
    DYNAMIC = 15  # Providers, sublayers and the like, but filters, that dynamic sessions added.
    RULE_WATCHES = 16  # Watches of the firewall's rules that are open now.


class Audited(IntFlag):
    """Which events of a subcategory are recorded; neither: none."""

    SUCCESS = 0x1  # Permitted operations.
    FAILURE = 0x2  # Denied operations.


class RestoreFlag(IntFlag):
    """flags of wfpw_audit_policy_restore()."""

    # The text is a Group Policy's audit.csv: 0 leaves a subcategory unchanged. In a backup 0 is "no
    # auditing".
    POLICY = 0x1
