# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A batch's block as events, which read in it what they are asked for, when they are.

Strides are the library's, so that one with longer structs than ours is read all the same.
"""

from __future__ import annotations

import array
from collections import deque
from ctypes import c_char_p, c_uint16, c_void_p, sizeof, string_at
from dataclasses import FrozenInstanceError, fields
from datetime import datetime, timezone
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import repeat
from struct import Struct
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from . import _ffi
from ._constants import (
    AggregateFlag,
    Confidence,
    Differs,
    Direction,
    DirectionFrom,
    EventFlag,
    Evidence,
    FilterHas,
    FilterState,
    GuardSign,
    Has,
    IkeHas,
    IpsecHas,
    Kind,
    Lost,
    Orientation,
    PidFrom,
    ProductFrom,
    Reason,
    RuleAction,
    RuleChange,
    RuleHas,
    RuleOrigin,
    RuleProfile,
    Service,
    Source,
    Verdict,
)
from ._objects import Objects, ipv4_slot, objects_of
from .events import (
    Aggregate,
    Audit,
    Condition,
    Endpoint,
    Event,
    Filter,
    Guarded,
    Icmp,
    Ike,
    IpAddress,
    Ipsec,
    Mac,
    Rule,
    Terminating,
    VSwitch,
    datetime_of,
    set_ip,
    set_port,
    set_scope_id,
)

_POINTER = "Q" if sizeof(c_void_p) == 8 else "I"
_S = TypeVar("_S", bound=_ffi.Struct)
_ICMP = (1, 58)
_UNKNOWN = int(Orientation.UNKNOWN)

# Plain numbers: a test of an IntFlag's bit takes ten times as long.
_DIRECTION, _PROTOCOL = int(Has.DIRECTION), int(Has.PROTOCOL)
_LOCAL, _REMOTE, _SCOPE_ID = int(Has.LOCAL), int(Has.REMOTE), int(Has.SCOPE_ID)
_LOCAL_PORT, _REMOTE_PORT = int(Has.LOCAL_PORT), int(Has.REMOTE_PORT)
_FILTER_ID, _LAYER_ID, _LOOPBACK = int(Has.FILTER_ID), int(Has.LAYER_ID), int(Has.LOOPBACK)
_PROCESS_ID, _PROFILES = int(Has.PROCESS_ID), int(Has.PROFILES)
_REAUTH_REASON, _INTERFACE_INDEX = int(Has.REAUTH_REASON), int(Has.INTERFACE_INDEX)
_POLICY_FLAGS, _CAPABILITY = int(Has.POLICY_FLAGS), int(Has.CAPABILITY)
_LOST, _TYPE_RAW, _NOT_PACKAGED = int(Has.LOST), int(Has.TYPE_RAW), int(Has.NOT_PACKAGED)
_CAPABILITIES = int(Has.CAPABILITIES)
_IS_LOOPBACK, _TRUNCATED = int(EventFlag.LOOPBACK), int(EventFlag.TRUNCATED)
_PARTIAL = int(EventFlag.PARTIAL)
_AFTER_DAMAGE, _LOCAL_TIME = int(EventFlag.AFTER_DAMAGE), int(EventFlag.LOCAL_TIME)
_OWN_FILTER, _OWN_PROCESS = int(EventFlag.OWN_FILTER), int(EventFlag.OWN_PROCESS)
_OWN_LOOKUP, _MERGED = int(EventFlag.OWN_LOOKUP), int(EventFlag.MERGED)


_FILTER_TEXTS = (
    "key",
    "name",
    "description",
    "layer",
    "sublayer",
    "provider",
    "callout",
    "provider_context",
    "layer_name",
    "sublayer_name",
    "provider_name",
    "callout_name",
    "action_name",
    "weight_type",
    "origin",
    "provider_product",
    "provider_service",
    "service_image",
    "service_company",
)


def decode_filter(base: int, size: int) -> Filter:
    """What wfpw_names_get wrote to a buffer at base."""
    made = Memory(base, size).filter(base)
    assert made is not None
    return made


def decode_rule(base: int, size: int) -> Rule:
    """What wfpw_rules_get wrote to a buffer that is at base."""
    made = Memory(base, size).rule(base)
    assert made is not None
    return made


class Memory:
    """Memory of the library's, which is read in place. Pointers in it lead nowhere else."""

    __slots__ = ("base", "size", "_texts", "_names", "_filters", "_rules")

    def __init__(self, base: int, size: int) -> None:
        self.base = base
        self.size = size
        self._texts: Dict[int, Optional[str]] = {0: None}
        self._names: Dict[int, str] = {}
        self._rules: Dict[int, Rule] = {}
        self._filters: Dict[int, Filter] = {}

    def _at(self, pointer: int) -> int:
        if not 0 <= pointer - self.base < self.size:
            raise ValueError("the library gave a pointer that leads out of its batch")
        return pointer

    def read(self, struct: Type[_S], pointer: int) -> _S:
        return struct.from_buffer_copy(string_at(self._at(pointer), sizeof(struct)))

    def text(self, pointer: Optional[int]) -> Optional[str]:
        return self._text(pointer) if pointer else None

    def _text(self, pointer: int) -> str:
        return string_at(self._at(pointer)).decode("utf-8", "replace")

    def shared_texts(self, pointers: List[int]) -> List[Optional[str]]:
        """Texts that several events of the batch may have, each made once; of a pointer that is 0
        None. One array of all that are new: a call for each would take most of the time."""
        made = self._texts
        new = set(pointers) - made.keys()
        if new:
            self._at(min(new))
            self._at(max(new))
            array_of: Any = c_char_p * len(new)
            texts = list(array_of.from_buffer_copy(array.array(_POINTER, new)))
            known = {text: str(text, "utf-8", "replace") for text in set(texts)}
            made.update(zip(new, map(known.__getitem__, texts)))
        return list(map(made.__getitem__, pointers))

    def field(self, pointer: int) -> Tuple[str, str]:
        """Name and value of a field. Names are shared by events, so each is made once."""
        raw = self.read(_ffi.Field, pointer)
        name = self._names.get(raw.name)
        if name is None:
            name = self._names[raw.name] = self._text(raw.name)
        return name, self.text(raw.value) or ""

    def pointers(self, pointer: Optional[int], count: int) -> List[Optional[int]]:
        """An array of pointers."""
        if pointer is None or count == 0:
            return []
        array = c_void_p * count
        return list(array.from_buffer_copy(string_at(self._at(pointer), sizeof(array))))

    def ports(self, pointer: int, count: int) -> Tuple[int, ...]:
        array = c_uint16 * count
        return tuple(array.from_buffer_copy(string_at(self._at(pointer), sizeof(array))))

    def filter(self, pointer: Optional[int]) -> Optional[Filter]:
        """Filters are shared by events, so each is made once."""
        if not pointer:
            return None
        made = self._filters.get(pointer)
        if made is None:
            made = self._filters[pointer] = _filter(self, self.read(_ffi.Filter, pointer))
        return made

    def rule(self, pointer: Optional[int]) -> Optional[Rule]:
        """Rules are shared by events, so each is made once."""
        if pointer is None:
            return None
        made = self._rules.get(pointer)
        if made is None:
            made = self._rules[pointer] = _rule(self, self.read(_ffi.Rule, pointer))
        return made

    def list(self, pointer: Optional[int]) -> Tuple[str, ...]:
        """Texts parted by blanks."""
        return () if pointer is None else tuple(self._text(pointer).split())


# ---- parts --------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _address(family: int, octets: bytes) -> IpAddress:
    number = int.from_bytes(octets[:4] if family == 4 else octets, "big")  # bytes take twice as long
    return IPv4Address(number) if family == 4 else IPv6Address(number)


def _ipv6_of(octets: bytes) -> IpAddress:
    return _address(6, octets)


def _ip(raw: _ffi.Endpoint) -> Optional[IpAddress]:
    return _address(raw.family, bytes(raw.addr)) if raw.family in (4, 6) else None


def _audit(block: Memory, pointer: int) -> Audit:
    raw = block.read(_ffi.Audit, pointer)
    pairs: List[Tuple[str, str]] = []
    data: Dict[str, Union[str, Tuple[str, ...]]] = {}
    for i in range(raw.field_count):
        name, value = block.field(raw.fields + i * raw.field_stride)
        pairs.append((name, value))
        before = data.get(name)
        if before is None:
            data[name] = value
        else:
            data[name] = (*((before,) if isinstance(before, str) else before), value)
    return Audit(
        event_id=raw.event_id,
        version=raw.version,
        task=raw.task,
        record_id=raw.record_id,
        keywords=raw.keywords,
        computer=block.text(raw.computer),
        fields=tuple(pairs),
        data=data,
    )


def _ike(block: Memory, pointer: int) -> Ike:
    raw = block.read(_ffi.Ike, pointer)

    def given(bit: IkeHas, value: int) -> Optional[int]:
        return value if raw.present & bit else None

    return Ike(
        error=given(IkeHas.ERROR, raw.error),
        point=given(IkeHas.POINT, raw.point),
        state=given(IkeHas.STATE, raw.state),
        role=given(IkeHas.ROLE, raw.role),
        filter_id=given(IkeHas.FILTER_ID, raw.filter_id),
        flags=given(IkeHas.FLAGS, raw.flags),
        module=given(IkeHas.MODULE, raw.module),
        auth_method=given(IkeHas.AUTH_METHOD, raw.auth_method),
        traffic_type=given(IkeHas.TRAFFIC_TYPE, raw.traffic_type),
        mm_id=given(IkeHas.MM_ID, raw.mm_id),
        mm_sa_luid=given(IkeHas.MM_SA_LUID, raw.mm_sa_luid),
        cert_hash=bytes(raw.cert_hash) if raw.present & IkeHas.CERT_HASH else None,
        local_principal=block.text(raw.local_principal),
        remote_principal=block.text(raw.remote_principal),
        local_groups=block.list(raw.local_groups),
        remote_groups=block.list(raw.remote_groups),
        local_subnet=block.text(raw.local_subnet),
        remote_subnet=block.text(raw.remote_subnet),
        provider_context=block.text(raw.provider_context),
    )


def _ipsec(block: Memory, pointer: int) -> Ipsec:
    raw = block.read(_ffi.Ipsec, pointer)
    return Ipsec(
        status=raw.status if raw.present & IpsecHas.STATUS else None,
        spi=raw.spi if raw.present & IpsecHas.SPI else None,
        public_host=_ip(raw.public_host),
        internal_host=_ip(raw.internal_host),
    )


def _mac(block: Memory, pointer: int) -> Mac:
    raw = block.read(_ffi.Mac, pointer)
    return Mac(
        local=bytes(raw.local),
        remote=bytes(raw.remote),
        media_type=raw.media_type,
        if_type=raw.if_type,
        ether_type=raw.ether_type,
        ndis_port=raw.ndis_port,
        vlan=raw.vlan,
        if_luid=raw.if_luid,
    )


def _vswitch(block: Memory, pointer: int) -> VSwitch:
    raw = block.read(_ffi.VSwitch, pointer)
    return VSwitch(block.text(raw.id), raw.source_port, raw.destination_port)


def _condition(block: Memory, pointer: int) -> Condition:
    raw = block.read(_ffi.Condition, pointer)
    return Condition(
        field=block.text(raw.field),
        match=block.text(raw.match),
        type=block.text(raw.type),
        value=block.text(raw.value),
        high=block.text(raw.high),
        range_type=block.text(raw.range_type),
        text=block.text(raw.text) or "",
    )


def _filter(block: Memory, raw: _ffi.Filter) -> Filter:
    texts = {name: block.text(getattr(raw, name)) for name in _FILTER_TEXTS}
    present = raw.present
    return Filter(
        id=raw.id,
        state=FilterState(raw.state),
        action=raw.action,
        flags=tuple(block.text(p) or "" for p in block.pointers(raw.flag_names, raw.flag_count)),
        weight=raw.weight if present & FilterHas.WEIGHT else None,
        effective_weight=raw.effective_weight if present & FilterHas.EFFECTIVE_WEIGHT else None,
        raw_context=raw.raw_context if present & FilterHas.RAW_CONTEXT else None,
        own=bool(present & FilterHas.OWN),
        conditions=tuple(
            _condition(block, raw.conditions + i * raw.condition_stride)
            for i in range(raw.condition_count)
        ),
        source=block.text(getattr(raw, "from")),
        source_filetime=raw.from_time or None,
        deleted_filetime=raw.deleted_time or None,
        truncated=bool(raw.truncated),
        product_from=ProductFrom(raw.product_from) if raw.product_from else None,
        provider_state=FilterState(raw.provider_state) if raw.provider_state else None,
        service_state=Service(raw.service_state) if raw.service_state else None,
        callout_missing=bool(raw.present & FilterHas.CALLOUT_MISSING),
        provider_missing=bool(raw.present & FilterHas.PROVIDER_MISSING),
        provider_persistent=bool(raw.present & FilterHas.PROVIDER_PERSISTENT),
        provider_disabled=bool(raw.present & FilterHas.PROVIDER_DISABLED),
        **texts,
    )


_RULE_TEXTS = (
    "name",
    "title",
    "description",
    "group",
    "app",
    "service",
    "package",
    "changed_by",
    "changed_user",
)


def _list(text: Optional[str]) -> Tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _rule(block: Memory, raw: _ffi.Rule) -> Rule:
    texts: Dict[str, Any] = {name: block.text(getattr(raw, name)) for name in _RULE_TEXTS}
    lists: Dict[str, Any] = {
        name: _list(block.text(getattr(raw, name)))
        for name in ("local_addresses", "remote_addresses")
    }
    present = raw.present
    has_ports = present & RuleHas.PORTS
    return Rule(
        id=block.text(raw.id) or "",
        state=FilterState(raw.state),
        action=RuleAction(raw.action) if raw.action else None,
        direction=Direction(raw.direction) if raw.direction else None,
        enabled=bool(raw.enabled) if present & RuleHas.ENABLED else None,
        origin=RuleOrigin(raw.origin) if raw.origin else None,
        protocol=raw.protocol if present & RuleHas.PROTOCOL else None,
        profiles=RuleProfile(raw.profiles) if present & RuleHas.PROFILES else None,
        local_ports=_list(block.text(raw.local_ports)) if has_ports else None,
        remote_ports=_list(block.text(raw.remote_ports)) if has_ports else None,
        schema=(raw.schema >> 8, raw.schema & 0xFF) if raw.schema else None,
        source=block.text(getattr(raw, "from")),
        source_filetime=raw.from_time or None,
        change=RuleChange(raw.change) if raw.change else None,
        change_filetime=raw.change_time or None,
        truncated=bool(raw.truncated),
        **texts,
        **lists,
    )


# ---- values of events ---------------------------------------------------------------------------


class Block(Memory):
    """The events of a batch. A number is read of all of them at once, when it is first asked for of
    any; texts and bodies are read one by one."""

    __slots__ = (
        "raw",
        "first",
        "stride",
        "count",
        "kept",
        "lines",
        "remedy_of",
        "asked",
        "objects",
        "view",
        "columns",
    )

    def __init__(
        self,
        view: _ffi.View,
        kept: Any,
        lines: Optional[Sequence[str]],
        remedy_of: Optional[Callable[[int], bytes]],
        asked: Optional[Asked],
        objects: Optional[Objects],
    ) -> None:
        super().__init__(view.base, view.bytes)
        self.view = view
        self.objects = objects
        self.first = view.events
        self.stride = view.stride
        self.count = view.count
        self.raw = memoryview(string_at(self.first, self.stride * self.count))
        self.kept = kept
        self.lines = lines
        self.remedy_of = remedy_of
        self.asked = asked
        self.columns: Dict[str, List[Any]] = {}

    def numbers(self, at: int, code: str) -> List[Any]:
        """The number at that place of each event."""
        one = Struct(f"={code}")
        if at % one.size == 0 and self.stride % one.size == 0:
            cast: Any = self.raw.cast
            numbers: List[Any] = cast(code)[at // one.size :: self.stride // one.size].tolist()
            return numbers
        return [one.unpack_from(self.raw, at + i * self.stride)[0] for i in range(self.count)]

    def member(self, name: str) -> List[Any]:
        """A member of the struct of each event, as it is; made once."""
        made = self.columns.get(name)
        if made is None:
            at, code = _MEMBERS[name]
            made = self.columns[name] = self.numbers(at, code)
        return made

    def event(self, i: int) -> _ffi.Event:
        return _ffi.Event.from_buffer_copy(self.raw, i * self.stride)


_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_MEMBERS: Dict[str, Tuple[int, str]] = {
    name: (getattr(_ffi.Event, name).offset, _CODES[getattr(_ffi.Event, name).size])
    for name, *_ in _ffi.Event._fields_
    if getattr(_ffi.Event, name).size in _CODES
}
_MEMBERS["join_lag"] = (_ffi.Event.join_lag.offset, "q")

# What reads a value of all events of a block, and of one by its number.
ColumnReader = Callable[[Block], List[Any]]
Reader = Callable[[Block, int], Any]


def _number(name: str) -> ColumnReader:
    return lambda block: block.member(name)


def _given(bit: int, name: str) -> ColumnReader:
    def read(block: Block) -> List[Any]:
        bits, values = block.member("present"), block.member(name)
        if all(present & bit for present in set(bits)):
            return values
        return [value if present & bit else None for present, value in zip(bits, values)]

    return read


def _unless_zero(name: str) -> ColumnReader:
    return lambda block: [value or None for value in block.member(name)]


def _flag(bit: int) -> ColumnReader:
    return lambda block: [flags & bit != 0 for flags in block.member("flags")]


def _code(name: str, make: Callable[[int], Any]) -> ColumnReader:
    """Members of an enum; None for 0."""
    known: Dict[int, Any] = {0: None}

    def read(block: Block) -> List[Any]:
        codes = block.member(name)
        for code in set(codes) - known.keys():
            known[code] = make(code)
        return [known[code] for code in codes]

    return read


def _where(member: str, bit: int, read: ColumnReader, otherwise: Any = None) -> ColumnReader:
    """What it reads of events of which that member has one of these bits."""
    return lambda block: [
        value if bits & bit else otherwise for bits, value in zip(block.member(member), read(block))
    ]


def _loopback(block: Block) -> List[Any]:
    return [
        flags & _IS_LOOPBACK != 0 if present & _LOOPBACK else None
        for present, flags in zip(block.member("present"), block.member("flags"))
    ]


def _packaged(block: Block) -> List[Any]:
    return [
        False if present & _NOT_PACKAGED else True if sid else None
        for present, sid in zip(block.member("present"), block.member("package_sid"))
    ]


@lru_cache(maxsize=256)
def _evidence(bits: int) -> Tuple[Evidence, ...]:
    return tuple(Evidence(1 << i) for i in range(bits.bit_length()) if bits >> i & 1)


@lru_cache(maxsize=64)
def _differs(bits: int) -> Tuple[Differs, ...]:
    return tuple(Differs(1 << i) for i in range(bits.bit_length()) if bits >> i & 1)


def _bits(name: str, make: Callable[[int], Any]) -> ColumnReader:
    return lambda block: [make(bits) for bits in block.member(name)]


def _text(name: str) -> ColumnReader:
    offset = getattr(_ffi.Event, name).offset

    def read(block: Block) -> List[Any]:
        made = None if block.objects is None else block.objects.texts(block.view, offset)
        return block.shared_texts(block.member(name)) if made is None else made

    return read


_HOUR, _MINUTE, _SECOND = 36_000_000_000, 600_000_000, 10_000_000  # in FILETIME's units


def _time(block: Block) -> List[Any]:
    made = None if block.objects is None else block.objects.times(block.view)
    return _times(block) if made is None else made


def _times(block: Block) -> List[Any]:
    """As datetime_of; most times are of the same hour as those before."""
    times: List[datetime] = []
    numbers = block.member("time")
    utc = timezone.utc
    while len(times) < len(numbers):
        time = numbers[len(times)]
        made = datetime_of(time)
        times.append(made)
        first = time - time % _HOUR if made.year < 9999 else -2 * _HOUR
        year, month, day, hour = made.year, made.month, made.day, made.hour
        for time in numbers[len(times) :]:
            left = time - first
            if not 0 <= left < _HOUR:
                break
            second = left % _MINUTE
            times.append(
                datetime(
                    year,
                    month,
                    day,
                    hour,
                    left // _MINUTE,
                    second // _SECOND,
                    second % _SECOND // 10,
                    utc,
                )
            )
    return times


def endpoint_of(raw: _ffi.Endpoint) -> Optional[Endpoint]:
    """A side with its port; None: there is none."""
    if raw.family not in (4, 6):
        return None
    scope_id = raw.scope_id if raw.family == 6 and raw.scope_id else None
    return Endpoint(_address(raw.family, bytes(raw.addr)), raw.port, scope_id)


def _shows_icmp(block: Block) -> List[bool]:
    """Whether type and code stand in the places of the ports."""
    if not any(protocol in _ICMP for protocol in set(block.member("protocol"))):
        return [False] * block.count
    return [
        protocol in _ICMP and present & _PROTOCOL != 0 and orientation != _UNKNOWN
        for protocol, present, orientation in zip(
            block.member("protocol"), block.member("present"), block.member("orientation")
        )
    ]


_HAS_IP, _HAS_SCOPE_ID, _HAS_PORT = 1, 2, 4


def _put_each(put: Callable[[Any, Any], Any], objects: List[Any], values: Iterable[Any]) -> None:
    """A slot of each of these objects, without a call of ours for any."""
    done: Iterator[Any] = map(put, objects, values)
    deque(done, maxlen=0)


_set_ipv4: Any = None if ipv4_slot is None else ipv4_slot.__set__


def _ipv4_of(numbers: List[int]) -> List[Any]:
    if _set_ipv4 is None:
        return list(map(IPv4Address, numbers))
    made: List[Any] = list(map(object.__new__, repeat(IPv4Address, len(numbers))))
    _put_each(_set_ipv4, made, numbers)
    return made


def _ips(block: Block, start: int, families: Tuple[int, ...]) -> List[Any]:
    """The addresses of a side; of IPv4 all are made at once."""
    numbers = Struct(f">{start}xI{block.stride - start - 4}x").iter_unpack(block.raw)
    ips: List[Any] = _ipv4_of([number for (number,) in numbers])
    if families.count(4) == len(families):
        return ips
    for i, family in enumerate(families):
        if family != 4:
            at = start + i * block.stride
            ips[i] = _address(6, bytes(block.raw[at : at + 16])) if family == 6 else None
    return ips


def _endpoints(*values: Sequence[Any]) -> List[Any]:
    """One of each ip, port and scope_id."""
    made: List[Any] = list(map(object.__new__, repeat(Endpoint, len(values[0]))))
    for put, each in zip((set_ip, set_port, set_scope_id), values):
        _put_each(put, made, each)
    return made


def _side(name: str, has: int, has_port: int) -> ColumnReader:
    start, size = getattr(_ffi.Event, name).offset, Struct("=16xIHB").size

    def given(present: int, shows_icmp: bool, family: int) -> int:
        """Which of address, scope and port there are."""
        ip = _HAS_IP if present & has and family in (4, 6) else 0
        scope_id = _HAS_SCOPE_ID if present & _SCOPE_ID and family == 6 else 0
        return ip | scope_id | (_HAS_PORT if present & has_port and not shows_icmp else 0)

    def read_here(block: Block) -> List[Any]:
        raw = Struct(f"={start}x16xIHB{block.stride - start - size}x").iter_unpack(block.raw)
        scope_ids, ports, families = zip(*raw)
        ips = _ips(block, start, families)
        present, shows_icmp = block.member("present"), _shows_icmp(block)
        kinds = set(zip(present, shows_icmp, families))
        known = {kind: given(*kind) for kind in kinds}
        if set(known.values()) == {_HAS_IP | _HAS_PORT}:
            return _endpoints(ips, ports, [None] * block.count)
        parts = list(map(known.__getitem__, zip(present, shows_icmp, families)))
        made = _endpoints(
            [ip if part & _HAS_IP else None for ip, part in zip(ips, parts)],
            [port if part & _HAS_PORT else None for port, part in zip(ports, parts)],
            [scope if part & _HAS_SCOPE_ID else None for scope, part in zip(scope_ids, parts)],
        )
        there = _HAS_IP | _HAS_PORT
        return [side if part & there else None for side, part in zip(made, parts)]

    def read(block: Block) -> List[Any]:
        objects = block.objects
        made = None if objects is None else objects.endpoints(block.view, name == "remote")
        return read_here(block) if made is None else made

    return read


_ANY = 0xFFFFFFFF

COLUMNS: Dict[str, ColumnReader] = {
    "seq": _number("seq"),
    "filetime": _number("time"),
    "kind": _code("kind", Kind),
    "source": _code("source", Source),
    "truncated": _flag(_TRUNCATED),
    "partial": _flag(_PARTIAL),
    "after_damage": _flag(_AFTER_DAMAGE),
    "local_time": _flag(_LOCAL_TIME),
    "own_filter": _flag(_OWN_FILTER),
    "own_process": _flag(_OWN_PROCESS),
    "own_lookup": _flag(_OWN_LOOKUP),
    "verdict": _code("verdict", Verdict),
    "reason": _where("verdict", _ANY, _code("reason", Reason)),
    "confidence": _where("verdict", _ANY, _code("confidence", Confidence)),
    "evidence": _where("verdict", _ANY, _bits("evidence", _evidence), ()),
    "direction": _code("direction", Direction),
    "direction_raw": _given(_DIRECTION, "direction_raw"),
    "direction_from": _code("direction_from", DirectionFrom),
    "protocol": _given(_PROTOCOL, "protocol"),
    "orientation": _code("orientation", Orientation),
    "loopback": _loopback,
    "packaged": _packaged,
    "capabilities": _given(_CAPABILITIES, "capabilities"),
    "process_id": _given(_PROCESS_ID, "process_id"),
    "pid_from": _code("pid_from", PidFrom),
    "pid_confidence": _code("pid_confidence", Confidence),
    "filter_id": _given(_FILTER_ID, "filter_id"),
    "layer_id": _given(_LAYER_ID, "layer_id"),
    "original_profile": _given(_PROFILES, "original_profile"),
    "current_profile": _given(_PROFILES, "current_profile"),
    "reauth_reason": _given(_REAUTH_REASON, "reauth_reason"),
    "interface_index": _given(_INTERFACE_INDEX, "interface_index"),
    "policy_flags": _given(_POLICY_FLAGS, "policy_flags"),
    "capability": _given(_CAPABILITY, "capability"),
    "type_raw": _given(_TYPE_RAW, "type_raw"),
    "lost": _given(_LOST, "lost"),
    "lost_where": _code("lost_where", Lost),
    "lost_from_filetime": _where("lost_where", _ANY, _unless_zero("lost_from")),
    "attempt": _unless_zero("attempt"),
    "attempt_event": _unless_zero("attempt_event"),
    "merged": _flag(_MERGED),
    "join_lag": _where("flags", _MERGED, _number("join_lag")),
    "join_window_ms": _where("flags", _MERGED, _number("join_window_ms")),
    "audit_evidence": _where("flags", _MERGED, _bits("audit_evidence", _evidence), ()),
    "differs": _where("flags", _MERGED, _bits("differs", _differs), ()),
    "time": _time,
    "device_path": _text("device_path"),
    "app_path": _text("app_path"),
    "package_sid": _text("package_sid"),
    "fqbn": _text("fqbn"),
    "user_sid": _text("user_sid"),
    "user_name": _text("user_name"),
    "process_service": _text("process_service"),
    "filter_origin": _text("filter_origin"),
    "layer_key": _text("layer_key"),
    "layer_name": _text("layer_name"),
    "enterprise_id": _text("enterprise_id"),
    "effective_name": _text("effective_name"),
    "file": _text("file"),
    "local": _side("local", _LOCAL, _LOCAL_PORT),
    "remote": _side("remote", _REMOTE, _REMOTE_PORT),
}


# ---- values of one event ------------------------------------------------------------------------


def _body(name: str, make: Callable[[Any, int], Any]) -> Reader:
    def read(block: Block, i: int) -> Any:
        pointer = block.member(name)[i]
        return make(block, pointer) if pointer else None

    return read


def _icmp(block: Block, i: int) -> Optional[Icmp]:
    present = block.member("present")[i]
    if not present & (_LOCAL_PORT | _REMOTE_PORT) or not _shows_icmp(block)[i]:
        return None
    raw = block.event(i)
    return Icmp(
        raw.local.port if present & _LOCAL_PORT else None,
        raw.remote.port if present & _REMOTE_PORT else None,
    )


def _terminating(block: Block, i: int) -> Tuple[Terminating, ...]:
    raw = block.event(i)
    if raw.terminating is None:
        return ()
    filters = [
        block.read(_ffi.Terminating, raw.terminating + n * raw.terminating_stride)
        for n in range(raw.terminating_count)
    ]
    return tuple(Terminating(f.filter_id, block.text(f.sublayer), f.action or None) for f in filters)


def guarded_of(raw: _ffi.Guarded, text: Optional[str]) -> Guarded:
    """What a guard found in a filter."""
    signs = tuple(GuardSign(1 << i) for i in range(raw.signs.bit_length()) if raw.signs >> i & 1)
    direction = Direction(raw.direction) if raw.direction else None
    return Guarded(text or "", raw.targets, Confidence(raw.confidence), signs, direction)


def _guarded(block: Memory, pointer: int) -> Guarded:
    raw = block.read(_ffi.Guarded, pointer)
    return guarded_of(raw, block.text(raw.text))


def _ports(block: Memory, pointer: Optional[int], count: int) -> Tuple[int, ...]:
    return block.ports(pointer, count) if pointer else ()


def _aggregate(block: Memory, pointer: int) -> Aggregate:
    raw = block.read(_ffi.Aggregate, pointer)
    return Aggregate(
        raw.count,
        raw.first,
        raw.last,
        _ports(block, raw.local_ports, raw.local_port_count),
        bool(raw.flags & AggregateFlag.MORE_LOCAL_PORTS),
        _ports(block, raw.remote_ports, raw.remote_port_count),
        bool(raw.flags & AggregateFlag.MORE_REMOTE_PORTS),
    )


def _json(block: Block, i: int) -> Optional[str]:
    return None if block.lines is None else block.lines[i]


def _remedy(block: Block, i: int) -> Optional[str]:
    if block.remedy_of is None:
        return None
    return block.remedy_of(block.first + i * block.stride).decode() or None


READERS: Dict[str, Reader] = {
    "icmp": _icmp,
    "filter": _body("filter", Memory.filter),
    "rule": _body("rule", Memory.rule),
    "guarded": _body("guarded", _guarded),
    "aggregate": _body("aggregate", _aggregate),
    "audit": _body("audit", _audit),
    "ike": _body("ike", _ike),
    "ipsec": _body("ipsec", _ipsec),
    "mac": _body("mac", _mac),
    "vswitch": _body("vswitch", _vswitch),
    "terminating": _terminating,
    "json": _json,
    "remedy": _remedy,
}


# ---- events -------------------------------------------------------------------------------------


class BatchEvent(Event):
    """An Event of which nothing is read before it is asked for. It equals one that was."""

    __slots__ = ("block", "number")
    block: Block
    number: int

    def __new__(cls, *values: Any, **named: Any) -> Any:
        return Event(*values, **named)  # of dataclasses.replace

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _COMPARED)

    __hash__ = Event.__hash__

    def __reduce__(self) -> Tuple[Any, ...]:
        return Event, tuple(getattr(self, name) for name in _FIELDS)


_FIELDS = [f.name for f in fields(Event)]
_COMPARED = [f.name for f in fields(Event) if f.compare]


def makers_of(dll: Any) -> Optional[Objects]:
    """What a library makes of its batches."""
    return objects_of(dll, _ipv6_of)


class Asked:
    """The columns that the events of a session were asked for lately: events that are made next
    have them of their own, where reading them takes no call. From time to time it starts anew, as
    what a program asks for may change."""

    __slots__ = ("names", "batches")
    ANEW = 64  # batches

    def __init__(self) -> None:
        self.names: Dict[str, None] = {}
        self.batches = 0

    def next(self) -> Tuple[str, ...]:
        """Those that the events of the next batch are to have."""
        if self.batches % self.ANEW == 0:
            self.names.clear()
        self.batches += 1
        return tuple(sorted(self.names))


def _values(block: Block, name: str) -> List[Any]:
    key = f"Event.{name}"
    made = block.columns.get(key)
    if made is None:
        made = block.columns[key] = COLUMNS[name](block)
    return made


def _column_property(name: str) -> Any:
    def get(event: BatchEvent) -> Any:
        try:
            return event.block.columns[key][event.number]
        except KeyError:
            block = event.block
            if block.asked is not None:
                block.asked.names[name] = None
            return _values(block, name)[event.number]

    key = f"Event.{name}"
    return property(get, doc=name)


@lru_cache(maxsize=64)
def _with_slots(names: Tuple[str, ...]) -> Tuple[Type[BatchEvent], List[Any]]:
    """Events with these columns of their own, and their slots: block and number, then of each."""
    made: Any = type("BatchEvent", (BatchEvent,), {"__slots__": names})
    return made, [*_OWN_SLOTS, *(made.__dict__[name] for name in names)]


def _new_events(block: Block) -> List[Event]:
    names = () if block.asked is None else block.asked.next()
    try:
        columns = [_values(block, name) for name in names]
    except ValueError:  # it is raised where that column is asked for
        names, columns = (), []
    kind, slots = _with_slots(names)
    columns = [[block] * block.count, list(range(block.count)), *columns]
    if block.objects is not None:
        return block.objects.new(kind, block.count, slots, columns)
    events: List[Any] = list(map(object.__new__, repeat(kind, block.count)))
    for slot, column in zip(slots, columns):
        _put_each(slot.__set__, events, column)
    return events


class _Value:
    """A value that is kept once it was read: from then on it is found in the event first."""

    __slots__ = ("_name", "_read")

    def __init__(self, name: str, read: Reader) -> None:
        self._name = name
        self._read = read

    def __get__(self, event: Any, owner: Any = None) -> Any:
        if event is None:
            return self
        value = event.__dict__[self._name] = self._read(event.block, event.number)
        return value


_OWN_SLOTS = BatchEvent.__dict__["block"], BatchEvent.__dict__["number"]
for _name in COLUMNS:
    setattr(BatchEvent, _name, _column_property(_name))
for _name, _reader in READERS.items():
    setattr(BatchEvent, _name, _Value(_name, _reader))


def decode(
    view: _ffi.View,
    kept: Any = None,
    lines: Optional[Sequence[str]] = None,
    remedy_of: Optional[Callable[[int], bytes]] = None,
    asked: Optional[Asked] = None,
    objects: Optional[Objects] = None,
) -> List[Event]:
    """The events of a batch, which stays as it is as long as `kept` lives; lines: the JSON of each;
    remedy_of: what to do about the event at an address of the batch; asked: of its session;
    objects: what its library makes, where Python is not to."""
    if view.count == 0:
        return []
    return _new_events(Block(view, kept, lines, remedy_of, asked, objects))
