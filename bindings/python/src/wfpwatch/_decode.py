# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A batch's block as events: the block is copied once, then read by distances from its start.

Strides are the library's, so that one with longer structs than ours is read all the same.
"""

from __future__ import annotations

from ctypes import c_void_p, string_at
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Type, TypeVar, Union

from . import _ffi
from ._constants import (
    Confidence,
    Differs,
    Direction,
    DirectionFrom,
    EventFlag,
    Evidence,
    FilterHas,
    FilterState,
    Has,
    IkeHas,
    IpsecHas,
    Kind,
    Lost,
    Orientation,
    PidFrom,
    ProductFrom,
    Reason,
    Service,
    RuleAction,
    RuleChange,
    RuleHas,
    RuleOrigin,
    RuleProfile,
    Source,
    Verdict,
)
from .events import (
    Audit,
    Condition,
    Endpoint,
    Event,
    Filter,
    Icmp,
    Ike,
    IpAddress,
    Ipsec,
    Mac,
    Rule,
    Terminating,
    VSwitch,
)

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
_AFTER_DAMAGE = int(EventFlag.AFTER_DAMAGE)
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


def decode_filter(base: int, data: bytes) -> Filter:
    """What wfpw_names_get wrote to a buffer that was at base."""
    made = Block(base, data).filter(base)
    assert made is not None
    return made


def decode_rule(base: int, data: bytes) -> Rule:
    """What wfpw_rules_get wrote to a buffer that was at base."""
    made = Block(base, data).rule(base)
    assert made is not None
    return made


def decode(
    view: _ffi.View,
    lines: Optional[Sequence[str]] = None,
    remedy: Callable[[int], bytes] = lambda event: b"",
) -> List[Event]:
    """The events of a batch, from a copy of it; lines: the JSON of each; remedy: what to do about
    the event at an address of the batch."""
    if view.count == 0:
        return []
    block = Block(view.base, string_at(view.base, view.bytes))
    return [
        _event(
            block,
            block.read(_ffi.Event, view.events + i * view.stride),
            None if lines is None else lines[i],
            remedy(view.events + i * view.stride).decode(),
        )
        for i in range(view.count)
    ]


class Block:
    """A copy of a block, and where it was."""

    def __init__(self, base: int, data: bytes) -> None:
        self._base = base
        self._data = data
        self._names: Dict[int, str] = {}
        self._rules: Dict[int, Rule] = {}
        self._filters: Dict[int, Filter] = {}

    def _at(self, pointer: int) -> int:
        offset = pointer - self._base
        if not 0 <= offset < len(self._data):
            raise ValueError("the library gave a pointer that leads out of its batch")
        return offset

    def read(self, struct: Type[_S], pointer: int) -> _S:
        return struct.from_buffer_copy(self._data, self._at(pointer))

    def text(self, pointer: Optional[int]) -> Optional[str]:
        return None if pointer is None else self._text(pointer)

    def _text(self, pointer: int) -> str:
        start = self._at(pointer)
        return self._data[start : self._data.index(0, start)].decode("utf-8", "replace")

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
        at = self._at(pointer)
        return list((c_void_p * count).from_buffer_copy(self._data, at))

    def filter(self, pointer: Optional[int]) -> Optional[Filter]:
        """Filters are shared by events, so each is made once."""
        if pointer is None:
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
    return ip_address(octets[:4] if family == 4 else octets)


def _ip(raw: _ffi.Endpoint) -> Optional[IpAddress]:
    return _address(raw.family, bytes(raw.addr)) if raw.family in (4, 6) else None


def _endpoint(raw: _ffi.Endpoint, has: int, has_port: int, present: int) -> Optional[Endpoint]:
    """has_port: its bit, or 0 when the port is none."""
    ip = _ip(raw) if present & has else None
    port: Optional[int] = raw.port if present & has_port else None
    if ip is None and port is None:
        return None
    scoped = raw.family == 6 and present & _SCOPE_ID
    return Endpoint(ip, port, raw.scope_id if scoped else None)


def _audit(block: Block, pointer: Optional[int]) -> Optional[Audit]:
    if pointer is None:
        return None
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


def _ike(block: Block, pointer: Optional[int]) -> Optional[Ike]:
    if pointer is None:
        return None
    raw = block.read(_ffi.Ike, pointer)

    def given(bit: IkeHas, value: int) -> Optional[int]:
        return value if raw.present & bit else None

    return Ike(
        error=raw.error,
        point=raw.point,
        state=raw.state,
        role=raw.role,
        filter_id=raw.filter_id,
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


def _ipsec(block: Block, pointer: Optional[int]) -> Optional[Ipsec]:
    if pointer is None:
        return None
    raw = block.read(_ffi.Ipsec, pointer)
    return Ipsec(
        status=raw.status if raw.present & IpsecHas.STATUS else None,
        spi=raw.spi if raw.present & IpsecHas.SPI else None,
        public_host=_ip(raw.public_host),
        internal_host=_ip(raw.internal_host),
    )


def _mac(block: Block, pointer: Optional[int]) -> Optional[Mac]:
    if pointer is None:
        return None
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


def _vswitch(block: Block, pointer: Optional[int]) -> Optional[VSwitch]:
    if pointer is None:
        return None
    raw = block.read(_ffi.VSwitch, pointer)
    return VSwitch(block.text(raw.id), raw.source_port, raw.destination_port)


def _terminating(block: Block, raw: _ffi.Event) -> Tuple[Terminating, ...]:
    if raw.terminating is None:
        return ()
    filters = [
        block.read(_ffi.Terminating, raw.terminating + i * raw.terminating_stride)
        for i in range(raw.terminating_count)
    ]
    return tuple(Terminating(f.filter_id, block.text(f.sublayer), f.action or None) for f in filters)


# ---- the event ----------------------------------------------------------------------------------


def _condition(block: Block, pointer: int) -> Condition:
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


def _filter(block: Block, raw: _ffi.Filter) -> Filter:
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


def _rule(block: Block, raw: _ffi.Rule) -> Rule:
    texts = {name: block.text(getattr(raw, name)) for name in _RULE_TEXTS}
    lists = {
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


def _sides(raw: _ffi.Event, present: int) -> Dict[str, Any]:
    local_port, remote_port = present & _LOCAL_PORT, present & _REMOTE_PORT
    icmp = None
    sides_known = raw.orientation != _UNKNOWN
    if sides_known and present & _PROTOCOL and raw.protocol in _ICMP:
        if local_port or remote_port:
            icmp = Icmp(
                raw.local.port if local_port else None, raw.remote.port if remote_port else None
            )
        local_port = remote_port = 0
    return {
        "local": _endpoint(raw.local, _LOCAL, local_port, present),
        "remote": _endpoint(raw.remote, _REMOTE, remote_port, present),
        "icmp": icmp,
    }


def _packaged(raw: _ffi.Event, present: int) -> Optional[bool]:
    if present & _NOT_PACKAGED:
        return False
    return None if raw.package_sid is None else True


@lru_cache(maxsize=256)
def _evidence(bits: int) -> Tuple[Evidence, ...]:
    return tuple(Evidence(1 << i) for i in range(bits.bit_length()) if bits >> i & 1)


def _merged(raw: _ffi.Event) -> Dict[str, Any]:
    if not raw.flags & _MERGED:
        return {}
    bits = raw.differs
    return {
        "merged": True,
        "join_lag": raw.join_lag,
        "join_window_ms": raw.join_window_ms,
        "audit_evidence": _evidence(raw.audit_evidence),
        "differs": tuple(Differs(1 << i) for i in range(bits.bit_length()) if bits >> i & 1),
    }


def _event(block: Block, raw: _ffi.Event, json: Optional[str], remedy: str) -> Event:
    present = raw.present
    return Event(
        seq=raw.seq,
        filetime=raw.time,
        kind=Kind(raw.kind),
        source=Source(raw.source),
        truncated=bool(raw.flags & _TRUNCATED),
        partial=bool(raw.flags & _PARTIAL),
        after_damage=bool(raw.flags & _AFTER_DAMAGE),
        own_filter=bool(raw.flags & _OWN_FILTER),
        own_process=bool(raw.flags & _OWN_PROCESS),
        own_lookup=bool(raw.flags & _OWN_LOOKUP),
        verdict=Verdict(raw.verdict) if raw.verdict else None,
        reason=Reason(raw.reason) if raw.verdict else None,
        confidence=Confidence(raw.confidence) if raw.verdict else None,
        evidence=_evidence(raw.evidence) if raw.verdict else (),
        remedy=remedy or None,
        direction=Direction(raw.direction) if raw.direction else None,
        direction_raw=raw.direction_raw if present & _DIRECTION else None,
        direction_from=DirectionFrom(raw.direction_from) if raw.direction_from else None,
        protocol=raw.protocol if present & _PROTOCOL else None,
        orientation=Orientation(raw.orientation) if raw.orientation else None,
        loopback=bool(raw.flags & _IS_LOOPBACK) if present & _LOOPBACK else None,
        device_path=block.text(raw.device_path),
        app_path=block.text(raw.app_path),
        package_sid=block.text(raw.package_sid),
        packaged=_packaged(raw, present),
        fqbn=block.text(raw.fqbn),
        capabilities=raw.capabilities if present & _CAPABILITIES else None,
        user_sid=block.text(raw.user_sid),
        user_name=block.text(raw.user_name),
        process_id=raw.process_id if present & _PROCESS_ID else None,
        pid_from=PidFrom(raw.pid_from) if raw.pid_from else None,
        filter_id=raw.filter_id if present & _FILTER_ID else None,
        filter_origin=block.text(raw.filter_origin),
        filter=block.filter(raw.filter),
        rule=block.rule(raw.rule),
        layer_id=raw.layer_id if present & _LAYER_ID else None,
        layer_key=block.text(raw.layer_key),
        layer_name=block.text(raw.layer_name),
        original_profile=raw.original_profile if present & _PROFILES else None,
        current_profile=raw.current_profile if present & _PROFILES else None,
        reauth_reason=raw.reauth_reason if present & _REAUTH_REASON else None,
        interface_index=raw.interface_index if present & _INTERFACE_INDEX else None,
        policy_flags=raw.policy_flags if present & _POLICY_FLAGS else None,
        capability=raw.capability if present & _CAPABILITY else None,
        enterprise_id=block.text(raw.enterprise_id),
        effective_name=block.text(raw.effective_name),
        type_raw=raw.type_raw if present & _TYPE_RAW else None,
        lost=raw.lost if present & _LOST else None,
        lost_where=Lost(raw.lost_where) if raw.lost_where else None,
        lost_from_filetime=(raw.lost_from or None) if raw.lost_where else None,
        file=block.text(raw.file),
        attempt=raw.attempt or None,
        attempt_event=raw.attempt_event or None,
        **_merged(raw),
        audit=_audit(block, raw.audit),
        ike=_ike(block, raw.ike),
        ipsec=_ipsec(block, raw.ipsec),
        mac=_mac(block, raw.mac),
        vswitch=_vswitch(block, raw.vswitch),
        terminating=_terminating(block, raw),
        json=json,
        **_sides(raw, present),
    )
