# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Blocks made here, as another library than today's might give them."""

from __future__ import annotations

import ctypes
from datetime import datetime, timezone
from ipaddress import ip_address
from typing import Any, Tuple, Type

import pytest

from wfpwatch import Direction, Endpoint, Event, Kind, Source, _ffi
from wfpwatch._constants import Has
from wfpwatch._decode import decode

FILETIME = 134116992000000007  # 2026-01-01T00:00:00.0000007Z


def longer(struct: Type[_ffi.Struct], by: int) -> Any:
    """The struct as a newer library might have it."""
    return type("Longer", (struct,), {"_fields_": [("later", ctypes.c_uint8 * by)]})


class Maker:
    """Memory as a batch has it: the events, then what they point to."""

    def __init__(self, count: int, grown: int) -> None:
        self.grown = grown
        self.room = ctypes.create_string_buffer(64 * 1024)
        self.base = ctypes.addressof(self.room)
        self.used = 0
        events = longer(_ffi.Event, grown)
        self.stride = ctypes.sizeof(events)
        self.events = [self.put(events) for _ in range(count)]

    def put(self, struct: Any) -> Any:
        self.used = (self.used + 7) & ~7
        made = struct.from_buffer(self.room, self.used)
        self.used += ctypes.sizeof(struct)
        for name, *_ in struct._fields_:
            if name == "later":
                ctypes.memset(ctypes.addressof(made.later), 0xEE, self.grown)
        return made

    def text(self, text: str) -> int:
        content = text.encode() + b"\0"
        at = self.used
        ctypes.memmove(self.base + at, content, len(content))
        self.used += len(content)
        return self.base + at

    def view(self) -> _ffi.View:
        return _ffi.View(self.base, self.used, self.base, len(self.events), self.stride)


def audit_of(maker: Maker, *fields: Tuple[str, str]) -> int:
    audit = maker.put(longer(_ffi.Audit, maker.grown))
    field_type = longer(_ffi.Field, maker.grown)
    made = [maker.put(field_type) for _ in fields]
    audit.fields = ctypes.addressof(made[0])
    audit.field_stride = ctypes.sizeof(field_type)
    audit.field_count = len(fields)
    for raw, (name, value) in zip(made, fields):
        raw.name, raw.value = maker.text(name), maker.text(value)
    return ctypes.addressof(audit)


@pytest.mark.parametrize("grown", [8, 24])
def test_structs_of_a_newer_library(grown: int) -> None:
    maker = Maker(3, grown)
    for i, raw in enumerate(maker.events):
        raw.seq, raw.time, raw.kind, raw.source = i + 1, FILETIME, Kind.AUDIT, Source.EVTX
        raw.device_path = maker.text(f"\\device\\{i}")
        raw.audit = audit_of(maker, ("A", f"{i}"), ("B", "x"), ("A", "zwei ü"))
    events = decode(maker.view())
    assert [e.seq for e in events] == [1, 2, 3]
    assert [e.device_path for e in events] == ["\\device\\0", "\\device\\1", "\\device\\2"]
    assert events[1].audit is not None
    assert events[1].audit.fields == (("A", "1"), ("B", "x"), ("A", "zwei ü"))
    assert events[1].audit.data == {"A": ("1", "zwei ü"), "B": "x"}
    assert events[1].audit.get("a") == "1"
    assert events[1].audit.get("c") is None


def test_what_is_absent_is_none() -> None:
    maker = Maker(1, 8)
    raw = maker.events[0]
    ctypes.memset(ctypes.addressof(raw), 0xFF, ctypes.sizeof(_ffi.Event))
    raw.present, raw.flags, raw.kind, raw.source = 0, 0, Kind.CLASSIFY_DROP, Source.LIVE
    raw.direction = raw.orientation = raw.pid_from = raw.lost_where = raw.verdict = 0
    raw.direction_from = raw.attempt = raw.attempt_event = raw.pid_confidence = 0
    raw.seq, raw.time = 1, FILETIME
    for name, *kind in _ffi.Event._fields_:
        if kind == [ctypes.c_void_p]:
            setattr(raw, name, None)
    expected = Event(seq=1, filetime=FILETIME, kind=Kind.CLASSIFY_DROP, source=Source.LIVE)
    assert decode(maker.view()) == [expected]


def test_codes_of_a_newer_library() -> None:
    maker = Maker(1, 8)
    raw = maker.events[0]
    raw.kind, raw.source, raw.direction = 4711, 99, 77
    [event] = decode(maker.view())
    assert (event.kind, event.source, event.direction) == (4711, 99, 77)


@pytest.mark.parametrize("protocol, ports", [(6, True), (1, False), (58, False)])
def test_ports_of_icmp_are_type_and_code(protocol: int, ports: bool) -> None:
    maker = Maker(1, 8)
    raw = maker.events[0]
    raw.present = Has.PROTOCOL | Has.LOCAL | Has.LOCAL_PORT | Has.REMOTE_PORT
    raw.protocol = protocol
    raw.local.family, raw.local.port, raw.remote.port = 4, 8, 3
    raw.local.addr[0:4] = [10, 0, 0, 1]
    [event] = decode(maker.view())
    assert event.local == Endpoint(ip_address("10.0.0.1"), 8 if ports else None)
    assert event.remote == (Endpoint(port=3) if ports else None)
    assert (event.icmp is None) is ports


def test_addresses_and_scope() -> None:
    maker = Maker(1, 8)
    raw = maker.events[0]
    raw.present = Has.LOCAL | Has.REMOTE | Has.SCOPE_ID
    raw.direction = Direction.FORWARD
    raw.local.family, raw.local.scope_id = 6, 12
    raw.local.addr[0:2] = [0xFE, 0x80]
    raw.remote.family, raw.remote.scope_id = 4, 12
    [event] = decode(maker.view())
    assert event.local == Endpoint(ip_address("fe80::"), None, 12)
    assert event.remote == Endpoint(ip_address("0.0.0.0"))


@pytest.mark.parametrize("distance", [-8, 1 << 20])
def test_a_pointer_out_of_the_block_is_refused(distance: int) -> None:
    maker = Maker(1, 8)
    maker.events[0].user_sid = maker.base + distance
    with pytest.raises(ValueError, match="out of its batch"):
        decode(maker.view())[0].user_sid


def test_an_empty_batch() -> None:
    assert decode(_ffi.View()) == []


def at(filetime: int) -> Event:
    return Event(seq=1, filetime=filetime, kind=Kind.AUDIT, source=Source.EVTX)


def test_time() -> None:
    event = at(FILETIME)
    assert event.time == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert event.time.tzinfo is timezone.utc
    assert event.time_text == "2026-01-01T00:00:00.0000007Z"


def test_time_at_its_ends() -> None:
    assert at(0).time_text == "1601-01-01T00:00:00.0000000Z"
    assert at(2**64 - 1).time_text == "9999-12-31T23:59:59.9999999Z"
    assert at(2**64 - 1).time.year == 9999
