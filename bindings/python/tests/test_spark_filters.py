# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Filters of Spark as conditions: none leaves out a row that its filter lets through.

Spark itself is not needed: filters are known by the names of their classes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest

import wfpwatch
from wfpwatch import Session
from wfpwatch._spark_filters import conditions_of

pytest.importorskip("pyarrow")


@dataclass(frozen=True)
class EqualTo:
    attribute: Tuple[str, ...]
    value: Any


class EqualNullSafe(EqualTo):
    pass


class In(EqualTo):
    pass


class GreaterThan(EqualTo):
    pass


class GreaterThanOrEqual(EqualTo):
    pass


class LessThan(EqualTo):
    pass


class LessThanOrEqual(EqualTo):
    pass


class StringContains(EqualTo):
    pass


@dataclass(frozen=True)
class Not:
    child: Any


Row = Dict[str, Any]
ASKS: Dict[type, Callable[[Any, Any], bool]] = {
    EqualTo: lambda have, want: have == want,
    EqualNullSafe: lambda have, want: have == want,
    In: lambda have, want: have in want,
    GreaterThan: lambda have, want: have > want,
    GreaterThanOrEqual: lambda have, want: have >= want,
    LessThan: lambda have, want: have < want,
    LessThanOrEqual: lambda have, want: have <= want,
    StringContains: lambda have, want: want in have,
}


def lets_through(asked: Any, row: Row) -> bool:
    """As SQL has it: of what is not there nothing is true, and neither is its opposite."""
    if isinstance(asked, Not):
        have = row[asked.child.attribute[0]]
        return have is not None and not lets_through(asked.child, row)
    have = row[asked.attribute[0]]
    return have is not None and ASKS[type(asked)](have, asked.value)


def rows_of(path: Path, where: List[str]) -> List[Row]:
    with Session.open_file(path, where=where or None) as session:
        rows: List[Row] = session.columns().to_arrow().to_pylist()
    return rows


COLUMNS = (
    "verdict reason direction kind protocol local_ip local_port remote_ip remote_port process_pid"
    " filter_id layer_id audit_event_id audit_computer app_device_path file time user_sid lost"
).split()


def random_filter(random_: random.Random, rows: List[Row]) -> Any:
    column = random_.choice(COLUMNS)
    values = [row[column] for row in random_.sample(rows, min(4, len(rows)))]
    values = [value for value in values if value is not None] or ["x"]
    value = random_.choice(values)
    if isinstance(value, str) and random_.random() < 0.3:
        value = random_.choice([value.upper(), value.rsplit("\\", 1)[-1], value[:-1], value + "*"])
    if isinstance(value, datetime):
        value += timedelta(microseconds=random_.choice([-1, 0, 0, 1]))
    if isinstance(value, str):
        kind = random_.choice([EqualTo, EqualNullSafe, StringContains, In])
    else:
        kind = random_.choice([kind for kind in ASKS if kind is not StringContains])
    made = kind((column,), tuple([value, *values]) if kind is In else value)
    return Not(made) if random_.random() < 0.3 else made


def test_no_condition_leaves_out_what_its_filter_lets_through(corpus: Path) -> None:
    pushed = 0
    for number, path in enumerate(sorted(corpus.glob("evtx/*.evtx"))):
        rows = rows_of(path, [])[:2000]
        if not rows or path.stat().st_size > 1_200_000:
            continue
        random_ = random.Random(number)
        for _ in range(120):
            asked = random_filter(random_, rows)
            conditions = conditions_of([asked])
            if not conditions:
                continue
            pushed += 1
            read = {row["audit_record_id"] for row in rows_of(path, conditions)}
            wanted = {row["audit_record_id"] for row in rows if lets_through(asked, row)}
            assert wanted <= read, (path.name, asked, conditions)
    assert pushed > 100


def test_conditions(library: wfpwatch.Library) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
    for asked, conditions in [
        (EqualTo(("verdict",), "block"), ["verdict=block"]),
        (EqualTo(("verdict",), "Block"), []),
        (EqualTo(("verdict",), "colour"), []),
        (Not(EqualTo(("verdict",), "allow")), ["verdict!=allow"]),
        (In(("remote_port",), (80, 443)), ["remote-port=80,443"]),
        (In(("remote_port",), ()), []),
        (GreaterThan(("local_port",), 1023), ["local-port>1023"]),
        (LessThan(("filter_id",), 7), []),  # an id of 2^63 and more is negative
        (EqualTo(("filter_id",), -1), [f"filter={2**64 - 1}"]),
        (EqualTo(("remote_ip",), "::1"), ["remote-address=::1"]),
        (EqualTo(("remote_ip",), "10.0.0.0/8"), []),
        (EqualTo(("audit_event_id",), 5157), ["type=5157"]),
        (Not(EqualTo(("app_device_path",), "nc.exe")), []),
        (EqualTo(("app_device_path",), 'a"b'), []),
        (LessThanOrEqual(("time",), noon), ["time<2026-11-22T12:00:00.000001Z"]),
        (GreaterThan(("time",), noon), ["time>=2026-11-22T12:00:00.000000Z"]),
        (GreaterThan(("time",), noon.replace(tzinfo=None)), []),
        (EqualTo(("verdict", "inner"), "block"), []),
        (EqualTo(("protocol",), True), []),
        (StringContains(("app_device_path",), "x"), []),
    ]:
        assert conditions_of([asked]) == conditions, asked


def test_as_many_as_fit(library: wfpwatch.Library) -> None:
    filters = [Not(EqualTo(("remote_port",), port)) for port in range(300)]
    assert len(conditions_of(filters)) == 256
    assert len(conditions_of(filters, ["protocol=tcp"])) == 255
