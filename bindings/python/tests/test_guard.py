# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Guards: filters of a simulated host, listed and watched."""

import json
import pickle
from typing import Any

import pytest
from as_json import as_json

from wfpwatch import (
    Confidence,
    Direction,
    Filter,
    FilterState,
    Guard,
    GuardSign,
    Kind,
    Names,
    Session,
    Simulator,
    Status,
    WfpError,
    added_by,
)

TARGET = r"app=C:\Agent\*.exe"
BLOCK = (
    r"filter id=7 name=update layer=ALE_AUTH_CONNECT_V4 action=block "
    r'condition="app id = \device\harddiskvolume3\agent\sensor.exe"'
)
OTHER = "filter id=8 name=other layer=ALE_AUTH_CONNECT_V4 action=permit"


def assert_found(guarded: Any) -> None:
    assert guarded.target == TARGET
    assert guarded.targets == 1
    assert guarded.confidence is Confidence.LIKELY
    assert guarded.direction is Direction.OUTBOUND
    assert guarded.signs == (GuardSign.NO_PROVIDER, GuardSign.ANY_VOLUME)


def test_listed() -> None:
    with Simulator() as simulator:
        simulator.play(OTHER + "; " + BLOCK)
        names = Names.open_host(simulator=simulator)
        ((found, guarded),) = names.guarded(Guard(TARGET, "service=WinDefend"))
        assert found.id == 7
        assert_found(guarded)
        assert list(names.guarded(Guard("service=WinDefend"))) == []


def test_watched() -> None:
    with Simulator() as simulator:
        simulator.play(OTHER + "; " + BLOCK)
        with Session(simulator=simulator, json=True) as session:
            session.add_live(observe=True, guard=Guard(TARGET))
            event = session.read(timeout=10)[0]
            assert event.kind is Kind.GUARD
            assert event.filter_id == 7
            assert event.filter is not None and event.filter.name == "update"
            assert_found(event.guarded)
            assert event.to_dict()["guarded"]["target"] == TARGET
            assert event.json is not None
            assert as_json(event) == json.loads(event.json)


def test_targets() -> None:
    guard = Guard(TARGET, "address=203.0.113.0/24")
    assert guard.targets == (TARGET, "address=203.0.113.0/24")
    assert pickle.loads(pickle.dumps(guard)).targets == guard.targets
    assert repr(Guard("service=x")) == "Guard('service=x')"
    for wrong, position in ("app=", 4), ("address=host", 8), ("app=\0", 4):
        with pytest.raises(WfpError) as error:
            Guard(wrong)
        assert error.value.status is Status.E_SYNTAX
        assert error.value.position == position


KEY = "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}"
PERSISTENT = ("FWPM_FILTER_FLAG_PERSISTENT",)
RECORD = (
    "audit 5447 ProcessId=7120 UserSid=S-1-5-18 FilterKey={key} FilterId=7 ChangeType={change}"
)


def read_record(key: str = KEY, change: str = "%%16384") -> Any:
    with Simulator() as simulator:
        with Session(simulator=simulator) as session:
            session.add_audit()
            simulator.play(RECORD.format(key=key, change=change))
            return session.read(timeout=10)[0]


def test_added_by() -> None:
    event = read_record()
    found = Filter(7, FilterState.CURRENT, key=KEY)
    assert added_by(found, event) is Confidence.CERTAIN
    assert event.process_id == 7120
    renumbered = Filter(8, FilterState.CURRENT, key=KEY)
    assert added_by(renumbered, event) is None
    persistent = Filter(8, FilterState.CURRENT, key=KEY, flags=PERSISTENT)
    assert added_by(persistent, event) is Confidence.LIKELY
    assert added_by(Filter(7, FilterState.CURRENT), event) is None
    assert added_by(found, read_record(change="%%16385")) is None
    assert added_by(found, read_record(key=KEY.replace("a1b52", "a1b53"))) is None
    with Simulator() as simulator:
        simulator.play("drop filter=7")
        with Session(simulator=simulator) as session:
            session.add_history()
            assert added_by(found, session.read(timeout=10)[0]) is None
