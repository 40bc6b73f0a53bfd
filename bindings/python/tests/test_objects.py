# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What the library makes of a batch is what Python makes of it."""

from __future__ import annotations

import ctypes
import gc
import random
import re
import sys
import threading
from datetime import datetime, timezone
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, List, Optional

import generate
import pytest

import wfpwatch
from wfpwatch import Endpoint, Session, _decode, _ffi, _objects
from wfpwatch._decode import COLUMNS, Asked, Block, decode, makers_of
from wfpwatch.events import Event

TEXTS = [b"", b"System", b"\\device\\harddiskvolume3\\tool.exe", "zwei ü €".encode(), b"\xff\xfe broken \xc3", b"x" * 3000]
TIMES = [0, 1, 9, 10, 132999787172839249, 2**63, 2**64 - 1, 2650467743999999999, 2650467744000000000]


@pytest.fixture
def objects(library: wfpwatch.Library) -> Any:
    made = makers_of(library.dll)
    if made is None:
        pytest.skip("this Python is before 3.10")
    return made


class Made:
    """A batch of events at random, with their texts behind them."""

    def __init__(self, seed: int, count: int, grown: int = 0) -> None:
        chosen = random.Random(seed)
        self.stride = ctypes.sizeof(_ffi.Event) + grown
        texts = b"".join(text + b"\0" for text in TEXTS)
        self.room = ctypes.create_string_buffer(chosen.randbytes(self.stride * count) + texts)
        self.base, self.count = ctypes.addressof(self.room), count
        starts = [self.base + self.stride * count + sum(len(t) + 1 for t in TEXTS[:i]) for i in range(len(TEXTS))]
        for i in range(count):
            event = _ffi.Event.from_buffer(self.room, i * self.stride)
            event.time = chosen.choice([*TIMES, chosen.randrange(2**64), 132999787172839249 + chosen.randrange(10**13)])
            event.protocol, event.orientation = chosen.choice([1, 6, 17, 58]), chosen.randrange(4)
            for side in (event.local, event.remote):
                side.family = chosen.choice([0, 4, 4, 4, 6, 9])
                if chosen.randrange(2):
                    ctypes.memset(ctypes.addressof(side.addr), chosen.randrange(2), 16)
            for name, *kind in _ffi.Event._fields_:
                if kind == [ctypes.c_void_p]:
                    setattr(event, name, chosen.choice([None, *starts]))

    def view(self) -> _ffi.View:
        return _ffi.View(self.base, len(self.room), self.base, self.count, self.stride)


def block_of(made: Made, objects: Optional[_objects.Objects]) -> Block:
    return Block(made.view(), made, None, None, None, objects)


@pytest.mark.parametrize("seed", range(20))
def test_columns_at_random(objects: _objects.Objects, seed: int) -> None:
    made = Made(seed, count=seed * 7 % 90 + 1, grown=8 * (seed % 3))
    ours, theirs = block_of(made, None), block_of(made, objects)
    for name in ("time", "local", "remote", "device_path", "app_path", "user_sid", "file", "kind", "filter_id"):
        values = COLUMNS[name](theirs)
        assert values == COLUMNS[name](ours)
        assert [type(value) for value in values] == [type(value) for value in COLUMNS[name](ours)]


def test_addresses_and_times_are_whole(objects: _objects.Objects) -> None:
    """They do all that those do which Python made."""
    block = block_of(Made(7, 60), objects)
    for end in filter(None, COLUMNS["remote"](block)):
        assert str(end) and repr(end) and hash(end) == hash(Endpoint(end.ip, end.port, end.scope_id))
        if isinstance(end.ip, IPv4Address):
            assert IPv4Address(str(end.ip)) == end.ip and end.ip in {IPv4Address(int(end.ip))}
    for time in COLUMNS["time"](block):
        assert time.tzinfo is timezone.utc and datetime.fromisoformat(time.isoformat()) == time


def test_a_log(evtx: Path, objects: _objects.Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    """All events of a file in both ways, with columns that were asked for and without."""

    def read() -> List[Event]:
        with Session.open_file(evtx, max_events=5) as session:
            events: List[Event] = []
            for event in session:
                assert event.time and event.kind and event.device_path != ""
                events.append(event)
            return events

    wanted = read()
    assert all(type(event) is not Event for event in wanted)
    monkeypatch.setattr("wfpwatch.session.makers_of", lambda _dll: None)
    assert read() == wanted


def test_new_events_have_what_was_asked(objects: _objects.Objects) -> None:
    made, asked = Made(3, 20), Asked()
    asked.next()
    asked.names.update(dict.fromkeys(["time", "remote", "device_path", "protocol"]))
    events = decode(made.view(), made, None, None, asked, objects)
    plain = decode(made.view(), made)
    for event, other in zip(events, plain):
        for name in COLUMNS:
            assert getattr(event, name) == getattr(other, name)
        with pytest.raises(AttributeError):
            event.protocol = 6  # type: ignore[misc]


def test_pointers_out_of_the_batch(objects: _objects.Objects) -> None:
    made = Made(5, 3)
    for wrong in (made.base - 8, made.base + len(made.room), 8):
        _ffi.Event.from_buffer(made.room, made.stride).user_sid = wrong
        assert objects.texts(made.view(), _ffi.Event.user_sid.offset) is None
        with pytest.raises(ValueError, match="out of its batch"):
            COLUMNS["user_sid"](block_of(made, objects))


def test_what_is_raised_inside(library: wfpwatch.Library) -> None:
    def fail(_octets: bytes) -> Any:
        raise ZeroDivisionError

    made = _objects.objects_of(library.dll, fail)
    if made is not None:
        with pytest.raises(ZeroDivisionError):
            for seed in range(20):
                made.endpoints(Made(seed, 50).view(), True)


def test_nothing_leaks(objects: _objects.Objects) -> None:
    made = Made(11, 80)
    watched: List[Any] = [Endpoint, IPv4Address, datetime, timezone.utc, Endpoint.__dict__["ip"]]
    names = ["remote", "time", "user_sid"]

    def once() -> None:
        asked = Asked()
        asked.next()
        asked.names.update(dict.fromkeys(names))
        decode(made.view(), made, None, None, asked, objects)

    def counts() -> List[int]:
        gc.collect()
        return [sys.getrefcount(part) for part in watched]

    for _ in range(3):
        once()
    before, blocks = counts(), sys.getallocatedblocks()
    for _ in range(200):
        once()
    assert counts() == before
    assert sys.getallocatedblocks() < blocks + 200


def test_threads_each_with_a_batch(objects: _objects.Objects) -> None:
    wanted = [COLUMNS["remote"](block_of(Made(seed, 50), None)) for seed in range(4)]
    failed: List[int] = []

    def run(seed: int) -> None:
        for _ in range(30):
            if COLUMNS["remote"](block_of(Made(seed, 50), objects)) != wanted[seed]:
                failed.append(seed)

    threads = [threading.Thread(target=run, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_another_python_does_without(evtx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_objects, "_are_possible", False)
    with Session.open_file(evtx) as session:
        assert makers_of(wfpwatch.load().dll) is None
        assert [event.seq for event in session if event.time] == list(range(1, session.stats().delivered + 1))


def test_the_struct_is_the_header_s() -> None:
    text = (generate.INCLUDE / "python.h").read_text(encoding="utf-8")
    body = re.sub(r"/\*.*?\*/", "", text[text.index("typedef struct {") : text.index("} wfpw_python;")], flags=re.S)
    names: List[str] = []
    for declaration in body.split(";"):
        function = re.findall(r"\(\*(\w+)\)", declaration)
        names += function or re.findall(r"(\w+)(?=,|$)", declaration.strip())
    assert names == [name for name, *_ in _ffi.Python._fields_]
