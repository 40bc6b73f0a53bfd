# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What a simulated engine keeps, read by itself, before what happens, and after outages."""

from __future__ import annotations

from datetime import timedelta
from typing import List

import pytest

from wfpwatch import EndOfEvents, Event, Kind, Lost, Missing, Session, Simulator, Status, WfpError


def read(session: Session, count: int) -> List[Event]:
    events: List[Event] = []
    while len(events) < count:
        events += session.read(30)
    return events


def filters(events: List[Event]) -> List[object]:
    return [event.filter_id for event in events]


def test_history() -> None:
    with Simulator() as simulator:
        simulator.play("drop filter=1; wait 60000; drop filter=2; wait 60000; drop filter=3")
        with Session.open_history(simulator=simulator) as session:
            events = list(session)
            assert filters(events) == [1, 2, 3]
            with pytest.raises(EndOfEvents):
                session.read(0)
            middle = events[1].time
            session.add_history(middle, middle + timedelta(seconds=1))
            assert filters(session.read()) == [2]
            session.add_history(until=events[0].filetime)
            assert filters(session.read()) == [1]
            with pytest.raises(WfpError) as caught:
                session.add_history(middle, events[0].time)
            assert caught.value.status == Status.E_INVAL


def test_collection_off() -> None:
    with Simulator() as simulator, Session(simulator=simulator) as session:
        simulator.play("drop; collect off")
        with pytest.raises(WfpError) as caught:
            session.add_history()
        assert caught.value.status == Status.E_DISABLED
        assert "clears" in caught.value.remedy


def test_late_open() -> None:
    with Simulator() as simulator:
        simulator.play("drop filter=1")
        with Session.open_live(simulator=simulator, since=1) as session:
            simulator.play("drop filter=2")
            assert filters(read(session, 2)) == [1, 2]
            assert session.stats().missing == ()


def test_what_is_missing() -> None:
    with Simulator() as simulator:
        simulator.play("drop; fail call=FwpmNetEventCreateEnumHandle0 code=5")
        simulator.play("fail call=FwpmEngineSetOption0 code=5 times=1000000")
        with Session.open_live(simulator=simulator, since=1) as session:
            assert session.stats().missing == (Missing.SETTINGS, Missing.HISTORY)


def test_times_of_an_outage() -> None:
    with Simulator() as simulator:
        with Session.open_live(simulator=simulator, watch=0.01) as session:
            simulator.play("restart")
            (gap,) = read(session, 1)
            assert gap.kind == Kind.GAP and gap.lost_where == Lost.OUTAGE and gap.lost is None
            assert gap.lost_from is not None and gap.lost_from <= gap.time
