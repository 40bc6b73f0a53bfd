# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Real files: what Python gets is what the library's own JSON says."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from pathlib import Path

import pytest
from as_json import as_json

import wfpwatch
from wfpwatch import Direction, Kind, Session, Source, State


def test_counts_of_a_real_log(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        events = list(session)
        stats = session.stats()
    ids = Counter(e.audit.event_id for e in events if e.audit)
    assert ids == {5156: 63, 5158: 9, 1102: 1}
    assert {e.kind for e in events} == {Kind.AUDIT}
    assert {e.source for e in events} == {Source.EVTX}
    assert [e.seq for e in events] == list(range(1, 74))
    assert (stats.state, stats.received, stats.delivered, stats.waiting) == (State.FILES, 73, 73, 0)
    assert stats.bytes_total == evtx.stat().st_size
    assert stats.last_event_time == events[-1].filetime


def test_a_record_in_full(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        event = next(e for e in session if e.audit and e.audit.record_id == 227694)
    assert event.audit is not None
    assert event.time_text == "2019-02-13T18:01:47.5123404Z"
    assert event.audit.computer == "PC01.example.corp"
    assert event.audit.keywords == 0x8020000000000000
    assert event.audit.data["Direction"] == "%%14593"
    assert event.audit.get("processid") == "820"
    assert event.direction is Direction.OUTBOUND
    assert (str(event.local), str(event.remote)) == (
        "[fe80::80ac:4126:fa58:1b81]:546",
        "[ff02::1:2]:547",
    )
    assert (event.protocol, event.filter_id, event.layer_id, event.process_id) == (
        17,
        65865,
        50,
        820,
    )


def test_every_event_is_what_its_json_says(corpus: Path, library: wfpwatch.Library) -> None:
    compared = 0
    for path in sorted([*corpus.glob("evtx/*.evtx"), *corpus.glob("netsh/*_netEvent_*.xml")]):
        with Session.open_file(path, json=True) as session:
            while True:
                try:
                    for event in session:
                        assert event.json is not None
                        assert as_json(event) == json.loads(event.json), path
                        compared += 1
                    break
                except wfpwatch.WfpError:
                    continue  # a damaged file
    assert compared > 100


def test_json_is_kept_only_when_asked_for(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        assert all(e.json is None for e in session)


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview])
def test_memory_is_read_as_the_file_is(evtx: Path, wrap: type) -> None:
    content = evtx.read_bytes()
    with Session.open_file(evtx) as file, Session.open_memory(wrap(content)) as memory:
        del content
        events = list(memory)
        assert events == list(file)
        assert {e.file for e in events} == {None}


def test_files_one_after_the_other(evtx: Path) -> None:
    with Session.open_files([evtx, str(evtx)], threads=2, verify=True) as session:
        events = list(session)
    assert {e.file for e in events} == {str(evtx)}
    assert [e.seq for e in events] == list(range(1, 147))
    assert [e.filetime for e in events[:73]] == [e.filetime for e in events[73:]]


def test_reading_in_small_pieces(evtx: Path) -> None:
    with Session.open_file(evtx, max_events=10) as session:
        pieces = []
        with pytest.raises(wfpwatch.EndOfEvents) as caught:
            while True:
                pieces.append(session.read())
    assert caught.value.status == wfpwatch.Status.E_EOF
    assert [len(p) for p in pieces] == [10, 10, 10, 10, 10, 10, 10, 3]


def test_a_loop_left_early_loses_nothing(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        first = next(iter(session))
        rest = session.read() + list(session)
    assert [first.seq, *(e.seq for e in rest)] == list(range(1, 74))


def test_events_can_be_kept_hashed_and_sent_elsewhere(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        events = list(session)
    assert len(set(events)) == 73
    assert pickle.loads(pickle.dumps(events)) == events
    with pytest.raises(AttributeError):
        events[0].seq = 5  # type: ignore[misc]
    assert "user_sid" not in repr(events[1])


def test_missing_file(library: wfpwatch.Library, tmp_path: Path) -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        Session.open_file(tmp_path / "nothing.evtx")
    error = caught.value
    assert error.status is wfpwatch.Status.E_IO
    assert error.os_code == 2
    assert error.where and error.text
    assert error.remedy in str(error)
    assert pickle.loads(pickle.dumps(error)).args == error.args


def test_a_file_of_another_format(library: wfpwatch.Library, tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_text("not an event log\n" * 1000)
    with pytest.raises(wfpwatch.WfpError) as caught:
        list(Session.open_file(file))
    assert caught.value.status is wfpwatch.Status.E_FORMAT


def test_a_session_goes_on_after_a_bad_file(evtx: Path, tmp_path: Path) -> None:
    with Session() as session:
        with pytest.raises(wfpwatch.WfpError):
            session.add_file(tmp_path / "nothing.evtx")
        session.add_file(evtx)
        assert len(list(session)) == 73


def test_a_path_with_a_nul(library: wfpwatch.Library) -> None:
    with Session() as session, pytest.raises(ValueError):
        session.add_file("a\0b")


def test_a_path_that_is_no_ascii(evtx: Path, tmp_path: Path) -> None:
    copy = tmp_path / "Sicherheit-Ü-安全.evtx"
    copy.write_bytes(evtx.read_bytes())
    with Session.open_file(copy) as session:
        assert len(list(session)) == 73


def test_parts_of_a_file(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        wanted = [event.audit and event.audit.record_id for event in session]
    found = []
    for part in range(3):
        with Session() as session:
            session.add_file_part(evtx, part, 3)
            found += [event.audit and event.audit.record_id for event in session]
    assert found == wanted
    with Session() as session, pytest.raises(wfpwatch.WfpError):
        session.add_file_part(evtx, 3, 3)
