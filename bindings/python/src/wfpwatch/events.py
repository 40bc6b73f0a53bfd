# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events as plain, frozen values.

They own all they hold: they stay valid after the next read and after the session is closed, and may
be passed to other threads and processes. What the source did not give is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union, cast

from ._codes import Code
from ._constants import (
    Confidence,
    Differs,
    Direction,
    DirectionFrom,
    Evidence,
    FilterState,
    GuardSign,
    Kind,
    Lost,
    Orientation,
    PidFrom,
    ProductFrom,
    Reason,
    RuleAction,
    RuleChange,
    RuleOrigin,
    RuleProfile,
    Service,
    Source,
    Verdict,
)
from ._errors import harmless

IpAddress = Union[IPv4Address, IPv6Address]

_EPOCH = datetime(1601, 1, 1, tzinfo=timezone.utc)
_LAST = 2650467743999999999  # 9999-12-31T23:59:59.9999999Z, the last that a datetime reaches


def datetime_of(filetime: int) -> datetime:
    """The time of a FILETIME, cut to microseconds; what lies after the year 9999 is its end."""
    return _EPOCH + timedelta(0, 0, (filetime if filetime < _LAST else _LAST) // 10)


def filetime_of(time: Union[datetime, int]) -> int:
    """100 ns since 1601-01-01 UTC; a number is one already. A time without a zone is local.

    Raises ValueError for what is none, of which ctypes would take the lowest 64 bits: another time.
    """
    ticks = time
    if not isinstance(ticks, int):
        ticks = (ticks.astimezone(timezone.utc) - _EPOCH) // timedelta(microseconds=1) * 10
    if not 0 <= ticks < 1 << 64:
        raise ValueError("a time is 1601-01-01 or later, and a FILETIME has 64 bits")
    return ticks


def text_of_time(filetime: int) -> str:
    """RFC 3339 with all seven digits, as in the library's JSON."""
    seconds = datetime_of(filetime).strftime("%H:%M:%S")
    date = datetime_of(filetime).date().isoformat()
    return f"{date}T{seconds}.{min(filetime, _LAST) % 10_000_000:07d}Z"


@dataclass(frozen=True, init=False)
class Endpoint:
    """One side of a connection or packet."""

    __slots__ = ("ip", "port", "scope_id")
    ip: Optional[IpAddress]
    port: Optional[int]
    """None for ICMP too: see Event.icmp. Where it is not known which side is this host, the two
    numbers of an ICMP record are here, as it is not known either which of them is the type."""
    scope_id: Optional[int]
    """IPv6 only. One value for both sides, as the system gives it."""

    def __init__(
        self,
        ip: Optional[IpAddress] = None,
        port: Optional[int] = None,
        scope_id: Optional[int] = None,
    ) -> None:
        """In a third of the time of the one that a frozen dataclass has."""
        set_ip(self, ip)
        set_port(self, port)
        set_scope_id(self, scope_id)

    def __reduce__(self) -> Tuple[Any, ...]:
        return Endpoint, (self.ip, self.port, self.scope_id)

    def __str__(self) -> str:
        host = "" if self.ip is None else str(self.ip)
        if self.port is None:
            return host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


set_ip: Any = Endpoint.__dict__["ip"].__set__
set_port: Any = Endpoint.__dict__["port"].__set__
set_scope_id: Any = Endpoint.__dict__["scope_id"].__set__


@dataclass(frozen=True)
class Icmp:
    """Type and code of an ICMP or ICMPv6 message."""

    type: Optional[int]
    code: Optional[int]


@dataclass(frozen=True)
class Audit:
    """A record of the Security log."""

    event_id: int
    version: int
    """Does not fix the list of fields: read them by name."""
    task: int
    record_id: int
    keywords: int
    """0x8020000000000000 audit success, 0x8010000000000000 audit failure."""
    computer: Optional[str]
    fields: Tuple[Tuple[str, str], ...]
    """(name, value) in the record's order, as they came."""
    data: Mapping[str, Union[str, Tuple[str, ...]]] = field(hash=False, repr=False)
    """The same by name; the value is a tuple when the field came several times."""

    def get(self, name: str) -> Optional[str]:
        """The first value of the field of this name, ignoring case (ProcessID, ProcessId)."""
        wanted = name.lower()
        return next((value for own, value in self.fields if own.lower() == wanted), None)


@dataclass(frozen=True)
class Ike:
    """A negotiation of IKE or AuthIP, in main, quick or extended mode: one that failed, or, by a
    record of the Security log, one that succeeded or whose security association ended. A record
    has what its fields say; the rest is None."""

    error: Optional[int]
    """Win32 or IPsec (13xxx) error. The one of a record is a text: here if it is the English text
    of just one error."""
    point: Optional[int]
    """0 none, 1 this host, 2 the peer."""
    state: Optional[int]
    role: Optional[int]
    """0 initiator, 1 responder."""
    filter_id: Optional[int]
    flags: Optional[int]
    module: Optional[int]
    auth_method: Optional[int]
    traffic_type: Optional[int]
    """0 transport, 1 tunnel."""
    mm_id: Optional[int]
    mm_sa_luid: Optional[int]
    cert_hash: Optional[bytes]
    local_principal: Optional[str]
    remote_principal: Optional[str]
    local_groups: Tuple[str, ...]
    """SIDs; empty when there are none."""
    remote_groups: Tuple[str, ...]
    local_subnet: Optional[str]
    """Address, address/prefix or address-address."""
    remote_subnet: Optional[str]
    provider_context: Optional[str]
    """{guid}"""


@dataclass(frozen=True)
class Ipsec:
    """An IPsec drop, or the arrival of a packet in low-power mode."""

    status: Optional[int]
    """NTSTATUS."""
    spi: Optional[int]
    public_host: Optional[IpAddress]
    """Of a drop by DoS protection, as internal_host."""
    internal_host: Optional[IpAddress]


@dataclass(frozen=True)
class Mac:
    """A frame dropped at a MAC layer."""

    local: bytes
    remote: bytes
    media_type: int
    if_type: int
    ether_type: int
    ndis_port: int
    vlan: int
    if_luid: int


@dataclass(frozen=True)
class VSwitch:
    """The switch and ports of a drop inside a Hyper-V virtual switch."""

    id: Optional[str]
    source_port: int
    destination_port: int


@dataclass(frozen=True)
class Explanation:
    """A reason in words."""

    word: str
    text: str
    """What it means, a sentence."""
    remedy: str
    """What to do about it, or ""."""


@dataclass(frozen=True)
class Terminating:
    """A filter that ended the decision in its sublayer; several may block."""

    filter_id: int
    """0 when the source did not say."""
    sublayer: Optional[str]
    """FWPP_SUBLAYER_INTERNAL_FIREWALL_WF and the like."""
    action: Optional[int]
    """FWP_ACTION_TYPE; WordList.ACTION has its words."""


@dataclass(frozen=True)
class Guarded:
    """A filter that would block what a guard names."""

    target: str
    """The text of the target; of several the one that is surest."""
    targets: int
    """How many targets the filter would block."""
    confidence: Confidence
    signs: Tuple[GuardSign, ...]
    direction: Optional[Direction]


@dataclass(frozen=True)
class Aggregate:
    """The events that one event stands for. They differ in nothing but time and ports; the first
    of the kind, which came at once, is not among them."""

    count: int
    """How many: exact."""
    first_filetime: int
    """The earliest time."""
    last_filetime: int
    """The latest time, which is the event's."""
    local_ports: Tuple[int, ...] = ()
    """At most 16, in ascending order."""
    more_local_ports: bool = False
    """There were others."""
    remote_ports: Tuple[int, ...] = ()
    more_remote_ports: bool = False

    @property
    def first(self) -> datetime:
        """first_filetime, aware, in UTC."""
        return datetime_of(self.first_filetime)

    @property
    def last(self) -> datetime:
        """last_filetime, aware, in UTC."""
        return datetime_of(self.last_filetime)


@dataclass(frozen=True)
class Condition:
    """A condition of a filter. Those of one field that stand side by side are alternatives."""

    field: Optional[str]
    """FWPM_CONDITION_..., or {guid}."""
    match: Optional[str]
    """FWP_MATCH_..."""
    type: Optional[str]
    """FWP_UINT16, FWP_RANGE_TYPE, ..."""
    value: Optional[str]
    """Of a range its low end, of an address with a mask the address."""
    high: Optional[str]
    """Of a range its high end, of an address the mask or the prefix length."""
    range_type: Optional[str]
    text: str
    """As a person reads it: "remote port = 443"."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Filter:
    """A filter and what it names. Keys are symbols (FWPM_LAYER_...) or {guid}."""

    id: int
    state: FilterState
    """How sure it is that these names are those of the filter that an event means."""
    key: Optional[str] = None
    name: Optional[str] = None
    """Often localized, as description."""
    description: Optional[str] = None
    layer: Optional[str] = None
    sublayer: Optional[str] = None
    provider: Optional[str] = None
    callout: Optional[str] = None
    provider_context: Optional[str] = None
    layer_name: Optional[str] = None
    sublayer_name: Optional[str] = None
    provider_name: Optional[str] = None
    callout_name: Optional[str] = None
    action: int = 0
    """FWP_ACTION_TYPE: 0x1001 block, 0x1002 permit, ...; 0: not known."""
    action_name: Optional[str] = None
    flags: Tuple[str, ...] = ()
    """FWPM_FILTER_FLAG_..., unknown bits in hexadecimal."""
    weight: Optional[int] = None
    weight_type: Optional[str] = None
    effective_weight: Optional[int] = None
    raw_context: Optional[int] = None
    origin: Optional[str] = None
    """Why it is there, never localized: "Stealth", "Query User Default", a rule."""
    conditions: Tuple[Condition, ...] = ()
    source: Optional[str] = None
    """Where this is known from: a dump's file name, "audit" or "live"."""
    source_filetime: Optional[int] = None
    """When the source saw it; None when it does not say."""
    deleted_filetime: Optional[int] = None
    truncated: bool = False
    own: bool = False
    """It is of the own_provider of the session or of the collection."""
    provider_state: Optional[FilterState] = None
    """Of the provider: DELETED when it is there no more, UNCERTAIN when it is known from elsewhere."""
    provider_product: Optional[str] = None
    """The product whose provider it is: "Windows Firewall"; None: not known."""
    product_from: Optional[ProductFrom] = None
    """What tells the product. Services and names may be written by anybody."""
    provider_service: Optional[str] = None
    """The Windows service that the provider names."""
    service_image: Optional[str] = None
    """Live: the program or library of that service."""
    service_company: Optional[str] = None
    """Live: who made it, as it says of itself."""
    service_state: Optional[Service] = None
    """Live."""
    callout_missing: bool = False
    """No driver has registered its callout."""
    provider_missing: bool = False
    """Its provider is not among those that its source lists."""
    provider_persistent: bool = False
    """Its provider outlives the engine's restarts."""
    provider_disabled: bool = False
    """The engine turned its provider off, as no service of it starts by itself."""


@dataclass(frozen=True)
class Rule:
    """A rule of the Windows Firewall. None is what the source did not give."""

    id: str
    """As its source spells it; ids are the same whatever the case of letters."""
    state: FilterState
    """UNCERTAIN: it may have said something else at the event's time."""
    name: Optional[str] = None
    """Often indirect: "@FirewallAPI.dll,-25000"."""
    title: Optional[str] = None
    """What a person reads: the name, or what an indirect one lets guess."""
    description: Optional[str] = None
    group: Optional[str] = None
    action: Optional[RuleAction] = None
    direction: Optional[Direction] = None
    enabled: Optional[bool] = None
    origin: Optional[RuleOrigin] = None
    """Where it comes from, and can be changed."""
    app: Optional[str] = None
    service: Optional[str] = None
    package: Optional[str] = None
    protocol: Optional[int] = None
    """256: any."""
    profiles: Optional[RuleProfile] = None
    local_ports: Optional[Tuple[str, ...]] = None
    """Empty: any. "80", "5000-5020", or words of the firewall: "RPC"."""
    remote_ports: Optional[Tuple[str, ...]] = None
    local_addresses: Tuple[str, ...] = ()
    remote_addresses: Tuple[str, ...] = ()
    schema: Optional[Tuple[int, int]] = None
    source: Optional[str] = None
    """Where this is known from: a file's name, or "audit"."""
    source_filetime: Optional[int] = None
    change: Optional[RuleChange] = None
    """The last change before the event's time that a record told of."""
    change_filetime: Optional[int] = None
    changed_by: Optional[str] = None
    """The program that changed it, changed_user the account, as SID."""
    changed_user: Optional[str] = None
    truncated: bool = False


@dataclass(frozen=True, repr=False)
class Event:
    """One event. The meaning of each value is in wfpwatch.h and docs/json.md."""

    seq: int
    """1, 2, 3, ... in a session, without holes, gaps included."""
    filetime: int
    """100 ns units since 1601-01-01 UTC, as Windows counts: exact."""
    kind: Kind
    source: Source
    truncated: bool = False
    """Some text did not fit the limits of one event."""
    partial: bool = False
    """A part of it could not be read and is absent."""
    after_damage: bool = False
    """Reading was taken up again behind damage of the file, here or a little before: it may be made up."""
    local_time: bool = False
    """The file has local time and no zone, and none was told (log_zone): taken as UTC."""
    own_filter: bool = False
    """Its filter is one of own_provider's."""
    own_process: bool = False
    """Live: of the program that runs here; of all its processes, as net events have no process
    id."""
    own_lookup: bool = False
    """Live: perhaps the work of others for us: of lsass.exe or svchost.exe, while an account was
    looked up."""

    verdict: Optional[Verdict] = None
    """What happened, in one word; None as the next ones when the session was opened with
    explain=False."""
    reason: Optional[Reason] = None
    """Why: wfpwatch.load().explain(event.reason) has the sentences."""
    confidence: Optional[Confidence] = None
    """How sure the reason is."""
    evidence: Tuple[Evidence, ...] = ()
    """All that says so."""
    remedy: Optional[str] = field(default=None, compare=False, repr=False)
    """What to do about it, chosen from what the event has; None when there is nothing to do."""

    direction: Optional[Direction] = None
    """None too when the raw value has no word."""
    direction_raw: Optional[int] = None
    direction_from: Optional[DirectionFrom] = None
    """LAYER: the layer says so, against the raw value or without one."""
    protocol: Optional[int] = None
    """IANA number."""
    local: Optional[Endpoint] = None
    """This host; the source while orientation is UNKNOWN."""
    remote: Optional[Endpoint] = None
    """The peer; the destination while orientation is UNKNOWN."""
    icmp: Optional[Icmp] = None
    orientation: Optional[Orientation] = None
    """Audit events only: how it is known which side is this host."""
    loopback: Optional[bool] = None

    device_path: Optional[str] = None
    """The application, as it came: an NT device path, or "System"."""
    app_path: Optional[str] = None
    """Live: the same as a path of this host, "C:\\tools\\nc.exe"; None: it has none."""
    package_sid: Optional[str] = None
    packaged: Optional[bool] = None
    """Whether the application is in an AppContainer; None: the source does not say."""
    fqbn: Optional[str] = None
    """The application's fully qualified binary name."""
    capabilities: Optional[int] = None
    """Of the application: bit N is capability N of WordList.CAPABILITY."""
    user_sid: Optional[str] = None
    user_name: Optional[str] = None
    process_id: Optional[int] = None
    pid_from: Optional[PidFrom] = None
    process_service: Optional[str] = None
    """Of PidFrom.SOCKETS: the service, or the module, that has the socket."""
    pid_confidence: Optional[Confidence] = None
    """Of PidFrom.SOCKETS: how sure process_id is; None: the source itself named the process."""

    filter_id: Optional[int] = None
    """Run-time id: names a filter only within one life of the engine."""
    filter_origin: Optional[str] = None
    filter: Optional[Filter] = None
    """None without names, and when the id is 0 (no filter)."""
    layer_id: Optional[int] = None
    layer_key: Optional[str] = None
    """FWPM_LAYER_..."""
    layer_name: Optional[str] = None
    original_profile: Optional[int] = None
    """0 none, 1 public, 2 private, 3 domain; so is current_profile."""
    current_profile: Optional[int] = None
    reauth_reason: Optional[int] = None
    interface_index: Optional[int] = None
    policy_flags: Optional[int] = None
    capability: Optional[int] = None
    enterprise_id: Optional[str] = None
    effective_name: Optional[str] = None
    type_raw: Optional[int] = None
    """FWPM_NET_EVENT_TYPE as it came."""

    lost: Optional[int] = None
    """Of a gap: how many events it hides; None when that is not known."""
    lost_where: Optional[Lost] = None
    lost_from_filetime: Optional[int] = None
    """Of a gap: when it began, at the earliest; its end is the event's time."""

    rule: Optional[Rule] = None
    """The firewall's rule that decided; None: none did, or it is not known."""
    guarded: Optional[Guarded] = None
    """Of Kind.GUARD: what the filter would block."""
    aggregate: Optional[Aggregate] = None
    """What it stands for (Session.add_live, aggregate); None: for itself."""
    attempt: Optional[int] = None
    """The seq of the first event of its attempt; None unless attempts were asked for."""
    attempt_event: Optional[int] = None
    """Which event of its attempt it is: 1, 2, ..."""
    merged: bool = False
    """A net event and the audit record of the same decision."""
    join_lag: Optional[int] = None
    """Of a merged one: how much later the record's time is, in units of 100 ns."""
    join_window_ms: Optional[int] = None
    """Of a merged one: how far apart the two may have been."""
    audit_evidence: Tuple[Evidence, ...] = ()
    """Of a merged one: what of the evidence the record says."""
    differs: Tuple[Differs, ...] = ()
    """Of a merged one: what the two say differently; the event has what the net event says."""

    audit: Optional[Audit] = None
    ike: Optional[Ike] = None
    ipsec: Optional[Ipsec] = None
    mac: Optional[Mac] = None
    vswitch: Optional[VSwitch] = None
    terminating: Tuple[Terminating, ...] = ()
    """The filters that ended the decision, one a sublayer; only netsh tells."""

    file: Optional[str] = field(default=None, compare=False)
    """Of a file: its path as it was given. Two events that differ in it alone are equal."""

    json: Optional[str] = field(default=None, compare=False, repr=False)
    """The library's own JSON, when the session was opened with json=True."""

    @property
    def lost_from(self) -> Optional[datetime]:
        """lost_from_filetime, aware, in UTC."""
        return None if self.lost_from_filetime is None else datetime_of(self.lost_from_filetime)

    @property
    def time(self) -> datetime:
        """When it happened, aware, in UTC; without the seventh digit that filetime has."""
        return datetime_of(self.filetime)

    @property
    def time_text(self) -> str:
        """When it happened, as RFC 3339 with all seven digits."""
        return text_of_time(self.filetime)

    def to_dict(self) -> Dict[str, Any]:
        """What is given, by name: codes as their words, addresses as text, `time` as a datetime,
        parts as dictionaries of their own. What is absent is left out."""
        shown = ((name, _plain(getattr(self, name))) for name in ("time", *_NAMES))
        return {name: value for name, value in shown if value is not None and value != []}

    def __str__(self) -> str:
        """One short line."""
        path = self.app_path or self.device_path
        words = [
            self.time_text[:23] + "Z",
            str(self.kind if self.verdict is None else self.verdict),
            "" if self.reason is None else str(self.reason),
            "" if self.direction is None else str(self.direction),
            "" if self.protocol is None else _PROTOCOLS.get(self.protocol, f"ip/{self.protocol}"),
            f"{self.local or '?'} - {self.remote or '?'}" if self.local or self.remote else "",
            "" if path is None else harmless(path.rpartition("\\")[2]),
            "" if self.filter_id is None else f"filter {self.filter_id}",
            "" if self.lost_where is None else f"{self.lost or 'events'} lost ({self.lost_where})",
        ]
        return " ".join(word for word in words if word)

    def _repr_html_(self) -> str:
        """A table of what is given, for notebooks."""
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
            for name, value in self.to_dict().items()
        )
        return f"<table>{rows}</table>"

    def __repr__(self) -> str:
        """Without what is absent, which is most."""
        shown = [(f.name, getattr(self, f.name)) for f in fields(self) if f.repr]
        given = ", ".join(f"{name}={value!r}" for name, value in shown if value is not None)
        return f"Event({given})"


_NAMES = tuple(f.name for f in fields(Event) if f.name not in ("json", "remedy"))
_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}


def _plain_list(parts: Iterable[Any]) -> List[Any]:
    return [_plain(part) for part in parts]


def _plain(value: Any) -> Any:
    """A value as what JSON and data frames know, but for times."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, (IPv4Address, IPv6Address)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        members = cast(Mapping[str, Any], value)
        return {name: _plain(part) for name, part in members.items()}
    if isinstance(value, tuple):
        return _plain_list(cast(Any, value))
    if is_dataclass(value):
        parts = ((f.name, _plain(getattr(value, f.name))) for f in fields(value))
        return {name: part for name, part in parts if part is not None and part != []}
    return value
