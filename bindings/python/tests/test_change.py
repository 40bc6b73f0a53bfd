# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What is changed of a live session, settings from JSON, and functions for threads."""

from __future__ import annotations

import threading
from typing import List

import pytest

from wfpwatch import Keyword, Missing, Session, Settings, Simulator, Status, WfpError


def filters_of(session: Session, count: int) -> List[int]:
    """Of the next events."""
    found: List[int] = []
    while len(found) < count:
        found += [event.filter_id for event in session.read(timeout=10.0)]
    return found


def test_set_match() -> None:
    with Simulator() as sim, Session.open_sim(sim, where="filter=1", watch=0.01) as session:
        sim.play("drop filter=1; drop filter=2")
        assert filters_of(session, 1) == [1]
        session.set_match(["filter=2", "protocol=tcp"])
        sim.play("drop filter=1 protocol=tcp; drop filter=2; drop filter=2 protocol=tcp")
        assert filters_of(session, 1) == [2]
        session.set_match()
        sim.play("drop filter=3; drop filter=4")
        assert filters_of(session, 2) == [3, 4]
        with pytest.raises(WfpError) as caught:
            session.set_match("filter")
        assert caught.value.status == Status.E_SYNTAX
        session.stop()
        with pytest.raises(WfpError) as caught:
            session.set_match(None)
        assert caught.value.status == Status.E_STOPPED


def test_set_keywords() -> None:
    with Simulator() as sim, Session.open_sim(sim, keywords=1, watch=0.01) as session:
        session.set_keywords(Keyword.CLASSIFY_ALLOW)
        session.set_keywords()
        with pytest.raises(WfpError) as caught:
            session.set_keywords(0x40)
        assert caught.value.status == Status.E_INVAL
        assert Missing.SETTINGS not in session.stats().missing
    with Session() as session, pytest.raises(WfpError) as caught:
        session.set_keywords()
    assert caught.value.status == Status.E_INVAL


def test_settings() -> None:
    settings = Settings.from_json(
        '{"match": ["filter=2"], "pid": false, "live": {"watch_ms": 10, "guard": ["app=*x.exe"]}}'
    )
    assert settings.has_live and not settings.has_audit
    with Simulator() as sim:
        with Session.open_settings(settings, simulator=sim) as session:
            sim.play("drop filter=1; drop filter=2")
            assert filters_of(session, 1) == [2]


def test_wrong_settings() -> None:
    with pytest.raises(WfpError) as caught:
        Settings('{"live": {"watch_ms": 5}}')
    assert caught.value.status == Status.E_SYNTAX
    assert caught.value.where == "live.watch_ms"
    assert caught.value.position == 22


def test_threads() -> None:
    seen: List[str] = []
    names: List[str] = []

    def started(role: str) -> None:
        seen.append("+" + role)
        names.append(threading.current_thread().name)

    def ending(role: str) -> None:
        seen.append("-" + role)

    with Simulator() as sim:
        with Session.open_sim(
            sim, watch=0.01, thread_started=started, thread_ending=ending
        ) as session:
            assert "+service" in seen and "-service" not in seen
            assert session.wait_handle() is not None
    assert sorted(role[1:] for role in seen if role[0] == "+") == sorted(
        role[1:] for role in seen if role[0] == "-"
    )
    assert threading.current_thread().name not in names
