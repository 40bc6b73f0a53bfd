# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events that are read when they are asked: they are what an event that was read is."""

from __future__ import annotations

import copy
import gc
import json
import pickle
from ctypes import addressof, sizeof
from dataclasses import FrozenInstanceError, fields, replace
from datetime import datetime, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import List

import pytest

import wfpwatch
from wfpwatch import Endpoint, Event, Session, Verdict, _decode, _ffi
from wfpwatch._constants import Has
from wfpwatch._decode import COLUMNS, READERS, Asked, decode
from wfpwatch.events import datetime_of, filetime_of


def read(path: Path, **options: bool) -> List[Event]:
    with Session.open_file(path, **options) as session:
        return list(session)


def made(event: Event) -> Event:
    """The same as a value of its own."""
    return Event(**{f.name: getattr(event, f.name) for f in fields(Event)})


def test_every_field_can_be_read() -> None:
    names = {f.name for f in fields(Event)} | {"time"}
    assert COLUMNS.keys() | READERS.keys() == names
    assert not COLUMNS.keys() & READERS.keys()


def test_equal(evtx: Path) -> None:
    lazy, again = read(evtx), read(evtx)
    for event, other in zip(lazy, again):
        assert event == other and hash(event) == hash(other)
        assert made(event) == event and event == made(event)
        assert event != made(replace(event, seq=0)) and event != "x"
    assert len(set(lazy) | set(again)) == len(lazy)


def test_copies(evtx: Path) -> None:
    event = read(evtx)[0]
    for other in (pickle.loads(pickle.dumps(event)), copy.copy(event), copy.deepcopy(event)):
        assert type(other) is Event and other == event and other.remedy == event.remedy
    assert replace(event, seq=77) == replace(made(event), seq=77)


def test_events_cannot_be_changed(evtx: Path) -> None:
    event = read(evtx)[0]
    for name in ("seq", "audit", "remote", "nothing"):
        with pytest.raises(AttributeError):
            setattr(event, name, 1)
    assert isinstance(event, Event)


def test_read_late(evtx: Path) -> None:
    """Of many batches, after others were read and the session is gone."""
    wanted = [(e.seq, e.device_path, e.remedy, e.audit) for e in read(evtx)]
    with Session.open_file(evtx, max_events=1) as session:
        events = list(session)
    gc.collect()
    assert [(e.seq, e.device_path, e.remedy, e.audit) for e in reversed(events)] == wanted[::-1]


def test_what_was_asked_of_batches_before(evtx: Path) -> None:
    """Columns that batches before were asked for are the events' own: they have the same values,
    and so has what is asked late or no more."""
    wanted = [made(event) for event in read(evtx)]
    names = list(COLUMNS)
    with Session.open_file(evtx, max_events=1) as session:
        for i, event in enumerate(session):
            asked = [names[n % len(names)] for n in range(i // 7, i // 7 + i % 5)]
            for name in asked:
                assert getattr(event, name) == getattr(wanted[i], name)
            assert event == wanted[i] and hash(event) == hash(wanted[i])
            assert pickle.loads(pickle.dumps(event)) == event == copy.copy(event)
    assert i + 1 == len(wanted)


def test_asked_columns_start_anew() -> None:
    asked = Asked()
    assert asked.next() == ()
    asked.names.update(verdict=None, time=None)
    assert asked.next() == ("time", "verdict")
    assert all(asked.next() for _ in range(Asked.ANEW - 2))
    assert asked.next() == () and asked.next() == ()


@pytest.mark.parametrize("has_slot", [True, False])
def test_addresses_of_each_kind(monkeypatch: pytest.MonkeyPatch, has_slot: bool) -> None:
    """Of IPv4, of IPv6 with and without a scope, of neither; with and without ports; of ICMP."""
    if not has_slot:
        monkeypatch.setattr(_decode, "_set_ipv4", None)
    ips = [None, ip_address("192.0.2.1"), ip_address("fe80::1"), ip_address("255.255.255.255")]
    cases = [(ip, port, scope, icmp) for ip in ips for port in (0, 443) for scope in (0, 7) for icmp in (0, 1)]
    events: List[_ffi.Event] = []
    wanted: List[Endpoint] = []
    for ip, port, scope, icmp in cases:
        raw = _ffi.Event(seq=len(events) + 1, kind=1, source=1, protocol=1 if icmp else 6)
        raw.present = int(Has.PROTOCOL) | (int(Has.REMOTE) if ip else 0)
        raw.present |= (int(Has.REMOTE_PORT) if port else 0) | (int(Has.SCOPE_ID) if scope else 0)
        raw.remote.port, raw.remote.scope_id = port, scope
        if ip is not None:
            raw.remote.family = ip.version
            raw.remote.addr[: len(ip.packed)] = ip.packed
        events.append(raw)
        has_port = port != 0 and not icmp
        is_scoped = ip is not None and ip.version == 6 and scope != 0
        end = Endpoint(ip, port if has_port else None, scope if is_scoped else None)
        wanted.append(end)
    array = (_ffi.Event * len(events))(*events)
    view = _ffi.View(
        events=addressof(array),
        count=len(events),
        stride=sizeof(_ffi.Event),
        base=addressof(array),
        bytes=sizeof(array),
    )
    assert [event.remote or Endpoint() for event in decode(view)] == wanted


def test_to_dict(evtx: Path) -> None:
    for event in read(evtx, json=True):
        shown, wanted = event.to_dict(), json.loads(event.json or "")
        assert shown["kind"] == wanted["kind"] and shown["verdict"] == wanted["verdict"]
        assert shown["audit"]["data"] == wanted["audit"]["data"]
        side = wanted.get("local") or wanted.get("from") or {}
        assert shown.get("local", {}).get("ip") == side.get("ip")
        assert "json" not in shown and "ike" not in shown
        json.dumps(shown, default=str)


def test_texts() -> None:
    event = Event(
        seq=1,
        filetime=134116992000000000,
        kind=wfpwatch.Kind.CLASSIFY_DROP,
        source=wfpwatch.Source.LIVE,
        verdict=Verdict.BLOCK,
        reason=wfpwatch.Reason.RULE,
        protocol=6,
        app_path="C:\\<b>\\nc.exe",
        filter_id=70,
    )
    assert str(event) == "2026-01-01T00:00:00.000Z block rule tcp nc.exe filter 70"
    assert "C:\\&lt;b&gt;\\nc.exe" in event._repr_html_() and "<b>" not in event._repr_html_()
    assert f"{event.verdict}" == str(event.verdict) == "block"
    assert f"{event.verdict:>6}|{event.verdict:d}|{Verdict.BLOCK:03d}" == " block|1|001"
    assert str(wfpwatch.Kind(4711)) == f"{wfpwatch.Kind(4711)}" == "NUMBER_4711"


def test_errors_are_those_of_python(library: wfpwatch.Library, tmp_path: Path) -> None:
    missing = tmp_path / "missing.evtx"
    with pytest.raises(FileNotFoundError) as caught:
        Session.open_file(missing)
    assert isinstance(caught.value, wfpwatch.WfpError)
    assert caught.value.path == caught.value.filename == str(missing)
    assert caught.value.errno == caught.value.os_code and str(missing) in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value) and again.path == str(missing)
    with pytest.raises(FileNotFoundError):
        wfpwatch.Names.open_file(missing)
    (tmp_path / "text").write_text("nothing of ours")
    with pytest.raises(wfpwatch.WfpError) as other:
        Session.open_file(tmp_path / "text")
    assert not isinstance(other.value, OSError) and other.value.path == str(tmp_path / "text")


def test_a_wrong_condition_is_shown(library: wfpwatch.Library) -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        wfpwatch.Template("remote-port=80,x")
    shown = str(caught.value).splitlines()
    assert shown[-2] == "    remote-port=80,x"
    assert shown[-1] == " " * 4 + " " * caught.value.position + "^"
    assert shown[-2][shown[-1].index("^")] == "x"


def test_times_of_a_block_are_each_its_own() -> None:
    """Hours that follow one another or do not, the first and last time that there are."""
    hour = 36_000_000_000
    start = filetime_of(datetime(2026, 1, 1, 23, 59, 59, 999_999, timezone.utc))
    times = [start + 9, start + 10, start, start + hour, 0, 1, hour - 1, hour, 2**64 - 1, 2**63, start]
    events = [_ffi.Event(seq=i + 1, time=time, kind=1, source=1) for i, time in enumerate(times)]
    array = (_ffi.Event * len(times))(*events)
    view = _ffi.View(
        events=addressof(array),
        count=len(times),
        stride=sizeof(_ffi.Event),
        base=addressof(array),
        bytes=sizeof(array),
    )
    assert [event.time for event in decode(view)] == [datetime_of(time) for time in times]


def test_an_endpoint_is_a_plain_frozen_value() -> None:
    end = Endpoint(ip_address("192.0.2.1"), 80)
    assert pickle.loads(pickle.dumps(end)) == end == copy.copy(end)
    assert replace(end, port=None) == Endpoint(ip_address("192.0.2.1"))
    assert hash(end) == hash(Endpoint(ip_address("192.0.2.1"), 80)) and end != Endpoint()
    with pytest.raises(FrozenInstanceError):
        end.port = 81  # type: ignore[misc]
