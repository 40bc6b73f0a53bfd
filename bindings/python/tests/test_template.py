# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Templates: what is wanted of a session, and what is wrong with a condition."""

from __future__ import annotations

import gc
import pickle
from typing import List

import pytest

import wfpwatch
from wfpwatch import AskedBy, DirectionFrom, Orientation, Session, Status, Template, WfpError

EVENT = """<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{}</EventID>
<TimeCreated SystemTime="2026-01-08T16:50:48.073Z"/></System><EventData>
<Data Name="Direction">%%14592</Data><Data Name="SourceAddress">{}</Data><Data Name="SourcePort">40005</Data>
<Data Name="DestAddress">{}</Data><Data Name="DestPort">{}</Data><Data Name="Protocol">6</Data>
<Data Name="LayerRTID">44</Data></EventData></Event>"""
LOG = "".join(
    EVENT.format(*parts)
    for parts in [
        (5157, "10.0.0.1", "127.0.0.1", 50000),
        (5157, "10.0.0.2", "10.0.0.3", 50001),
        (5152, "10.0.0.2", "fe80::1", 50002),
    ]
).encode()


def ids(**options: object) -> List[int]:
    with Session.open_memory(LOG, **options) as session:
        found = [event.audit.event_id for event in session if event.audit]
        stats = session.stats()
    assert stats.filtered == 3 - len(found)
    assert stats.received == stats.delivered + stats.filtered
    return found


def test_where(library: wfpwatch.Library) -> None:
    assert ids() == [5157, 5157, 5152]
    assert ids(where="type=5157") == [5157, 5157]
    assert ids(where=["type=5157", "remote-address=10.0.0.1"]) == [5157]
    assert ids(where=()) == [5157, 5157, 5152]
    assert ids(where=Template("type!=5157")) == [5152]


def test_a_template_serves_several_sessions_and_outlives_its_name(library: wfpwatch.Library) -> None:
    template = Template("type=5152")
    assert ids(where=template) == ids(where=template) == [5152]
    session = Session.open_memory(LOG, where=template)
    del template
    gc.collect()
    assert [e.audit and e.audit.event_id for e in session] == [5152]
    session.close()


@pytest.mark.parametrize(
    "condition, position, says",
    [
        ("remote-port=44x3", 14, "a port is"),
        ("nonsense=1", 0, "no such key"),
        ("app=\u65e5\u672c,", 7, "a value is missing"),
        ("app=a\0b", 5, "NUL"),
    ],
)
def test_errors_point_at_the_character(
    library: wfpwatch.Library, condition: str, position: int, says: str
) -> None:
    for attempt in (lambda: Template(condition), lambda: Session(where=["protocol=6", condition])):
        with pytest.raises(WfpError, match=says) as caught:
            attempt()
        assert (caught.value.status, caught.value.position) == (Status.E_SYNTAX, position)


def test_looks(library: wfpwatch.Library) -> None:
    template = Template("protocol=tcp", "app=a")
    assert repr(template) == "Template('protocol=tcp', 'app=a')"
    assert pickle.loads(pickle.dumps(template)).conditions == template.conditions


def test_explain(library: wfpwatch.Library) -> None:
    asked = Template("verdict=block", "protocol=tcp", "app=t\u00e4st.exe").explain()
    assert [(a.by, a.condition) for a in asked] == [
        (AskedBy.EVENT, "verdict=block"),
        (AskedBy.ENGINE, "protocol=tcp"),
        (AskedBy.CALLBACK, "app=t\u00e4st.exe"),
    ]
    assert [a.why == "" for a in asked] == [False, True, False]
    assert (AskedBy.EVENT.word, Template().explain()) == ("event", ())


def test_sides_and_directions(library: wfpwatch.Library) -> None:
    with Session.open_memory(LOG) as session:
        known, unknown, _ = list(session)
    assert known.orientation == Orientation.EVIDENCE
    assert (str(known.local), str(known.remote)) == ("127.0.0.1:50000", "10.0.0.1:40005")
    assert unknown.orientation == Orientation.UNKNOWN
    assert known.direction_from == DirectionFrom.FIELD
