# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events that stand for others, of a simulated host."""

import json
from typing import Any, Dict, List

import pytest
from as_json import as_json

from wfpwatch import Event, Session, Simulator, Status, WfpError

FLOOD = "; ".join(
    f"repeat 10 drop filter=7 protocol=tcp local=192.0.2.1:{50000 + i} remote=192.0.2.2:{port}"
    for i, port in enumerate([443, 80, 443])
)
SCAN = "; ".join(
    f"drop filter=8 protocol=tcp local=192.0.2.1:{port} remote=192.0.2.2:50000"
    for port in range(1, 31)
)


def read_all(script: str, **options: Any) -> List[Event]:
    events: List[Event] = []
    with Simulator() as simulator:
        with Session(simulator=simulator, json=True) as session:
            session.add_live(observe=True, **options)
            simulator.play(script)
            session.stop()
            events.extend(session)
            stats = session.stats()
            assert stats.delivered == len(events)
            told = sum(e.aggregate.count if e.aggregate else 1 for e in events)
            assert stats.delivered + stats.aggregated == told
    for event in events:
        assert event.json is not None
        assert as_json(event) == json.loads(event.json)
    return events


def test_counted() -> None:
    first, rest = read_all(FLOOD, aggregate=3600.0)
    assert first.aggregate is None
    assert first.remote is not None and first.remote.port == 443
    a = rest.aggregate
    assert a is not None
    assert a.count == 29
    assert a.local_ports == (50000, 50001, 50002)
    assert a.remote_ports == (80, 443)
    assert not a.more_local_ports and not a.more_remote_ports
    assert a.first <= a.last == rest.time
    assert rest.remote is not None and rest.remote.port is None
    told: Dict[str, Any] = rest.to_dict()["aggregate"]
    assert told["count"] == 29


def test_many_ports() -> None:
    _, rest = read_all(SCAN, aggregate=3600.0, aggregate_bytes=65536)
    assert rest.aggregate is not None
    assert rest.aggregate.count == 29
    assert rest.aggregate.local_ports == tuple(range(2, 18))
    assert rest.aggregate.more_local_ports
    assert rest.aggregate.remote_ports == (50000,)


def test_not_asked() -> None:
    assert len(read_all(FLOOD)) == 30


def test_memory_without_a_time() -> None:
    with pytest.raises(WfpError) as error:
        read_all(FLOOD, aggregate_bytes=65536)
    assert error.value.status is Status.E_INVAL
