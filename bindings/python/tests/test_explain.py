# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A failed connection, explained: of a simulated host, of a file, live."""

from __future__ import annotations

import gc
from datetime import datetime, timezone
from typing import Any

import pytest

import wfpwatch
from wfpwatch import Conclusion, Match, Session, Simulator, Status, Strength, Unseen, WfpError

TO = "protocol=tcp direction=out local=192.0.2.10:50123 remote=203.0.113.66:443 layer=48"
NC = r'app="\device\harddiskvolume3\tools\nc.exe"'
HOST = (
    "drive C: \\device\\harddiskvolume3\nauditpol connection both\nauditpol packet-drop both\n"
    'filter id=7 layer=48 name="No call home"\nfilter id=8 layer=48\n'
    "drop remote=198.51.100.1:1 filter=7 layer=48\nwait 3600000\n"
)
BLOCKS = f"drop {TO} app=x.exe filter=8\ndrop {TO} {NC} filter=7\ndrop {TO} {NC} filter=7\n"


def test_best_first(simulator: Simulator) -> None:
    simulator.play(HOST + BLOCKS)
    answer = wfpwatch.explain(
        ("203.0.113.66", 443), protocol="tcp", app=r"C:\Tools\nc.exe", simulator=simulator
    )
    gc.collect()  # the rows keep what they lie in
    assert answer.conclusion is Conclusion.BLOCKED
    best, other = answer.rows
    assert best.strength is Strength.EXACT and best.count == 2
    assert best.agrees == (Match.REMOTE, Match.REMOTE_PORT, Match.PROTOCOL, Match.APP)
    assert best.event.filter is not None and best.event.filter.name == "No call home"
    assert best.event.app_path == r"C:\tools\nc.exe"
    assert best.first <= best.last == best.event.time
    assert other.strength is Strength.WEAK and other.differs == (Match.APP,)
    assert answer.unseen == () and answer.matched == 3
    assert answer.net_events == 4 and answer.history_status is Status.OK


@pytest.mark.parametrize(
    "script, conclusion, unseen",
    [
        (HOST, Conclusion.NOTHING, ()),
        ("collect off", Conclusion.NOT_COVERED, (Unseen.COLLECTION_OFF, Unseen.AUDIT_OFF)),
    ],
)
def test_nothing(simulator: Simulator, script: str, conclusion: Any, unseen: Any) -> None:
    simulator.play(script)
    answer = wfpwatch.explain("203.0.113.66", simulator=simulator)
    assert answer.conclusion is conclusion
    assert answer.unseen == unseen
    assert answer.rows == ()


def test_session(simulator: Simulator) -> None:
    simulator.play(HOST + BLOCKS)
    with Session.open_history(simulator=simulator) as session:
        answer = session.explain(("203.0.113.66", 443), app="nc.exe")
    assert answer.conclusion is Conclusion.BLOCKED  # and outlives the session
    assert [row.event.filter_id for row in answer.rows] == [7, 8]


def test_live(simulator: Simulator) -> None:
    with Session.open_sim(simulator, observe=True) as session:
        simulator.play(BLOCKS)
        answer = session.explain((None, 443), timeout=0.5)
        assert answer.conclusion is Conclusion.BLOCKED and answer.matched == 3


def test_wrong(simulator: Simulator) -> None:
    for wrong in (
        {"remote": "host"},
        {"remote": ("203.0.113.66", 65536)},
        {"app": "a\0b"},
        {"pid": 0},
        {"within": -1.0},
    ):
        with pytest.raises(ValueError):
            wfpwatch.explain(**wrong, simulator=simulator)  # type: ignore[arg-type]
    with pytest.raises(WfpError) as error:
        wfpwatch.explain("203.0.113.66", protocol=256, simulator=simulator)
    assert error.value.status is Status.E_INVAL


def test_numbers_are_not_cut(simulator: Simulator) -> None:
    """ctypes would take their lowest bits, and another question would be answered."""
    early, late = datetime(1600, 12, 31, tzinfo=timezone.utc), 1 << 64
    for question in (
        {"protocol": (1 << 32) + 6},
        {"protocol": -1},
        {"local": ("fe80::1%4294967296", 1)},
        {"time": early},
        {"time": late},
        {"time": -1},
    ):
        with pytest.raises(ValueError):
            wfpwatch.explain("203.0.113.66", simulator=simulator, **question)  # type: ignore[arg-type]
    for time in (early, late, -1):
        with pytest.raises(ValueError):
            Session.open_history(since=time, simulator=simulator)
        with pytest.raises(ValueError):
            Session.open_audit(until=time, simulator=simulator)
