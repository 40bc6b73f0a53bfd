# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The Security log, live and its past, of a simulated Windows."""

from __future__ import annotations

import pytest

import wfpwatch
from wfpwatch import Session
from wfpwatch.sim import Simulator

LISTEN = (
    "audit 5154 ProcessId=4 Application=System SourceAddress=0.0.0.0 SourcePort=445 Protocol=6 "
    "FilterRTID=0 LayerName=%%14609 LayerRTID=40\n"
)
DROP = "drop local=10.0.0.5:50000 remote=192.0.2.1:443 protocol=tcp filter=70\n"


def test_beside_net_events() -> None:
    with Simulator() as simulator:
        with Session.open_live(simulator=simulator, audit=True, observe=True) as session:
            simulator.play(DROP + LISTEN)
            events = []
            while len(events) < 2:
                events += session.read(timeout=10)
            assert {event.source.word for event in events} == {"sim", "audit"}
            stats = session.stats()
            assert stats.log_path == wfpwatch.LogPath.MODERN
            assert stats.received == stats.delivered == 2
        assert simulator.counts().log_handles == 0


def test_bookmark() -> None:
    with Simulator() as simulator:
        simulator.play("repeat 3 " + LISTEN)
        with Session.open_audit(simulator=simulator, oldest=True, max_events=1) as session:
            assert session.read(timeout=10)[0].audit.record_id == 1
            place = session.get_bookmark()
        assert place is not None and "RecordId='1'" in place
        with Session.open_audit(simulator=simulator, bookmark=place, past=True) as session:
            assert [event.audit.record_id for event in session] == [2, 3]


def test_refused() -> None:
    with Simulator() as simulator:
        simulator.play("log refuse_modern on\nlog refuse_classic on")
        with pytest.raises(wfpwatch.WfpError) as error:
            Session.open_audit(simulator=simulator)
        assert error.value.status == wfpwatch.Status.E_ACCESS
