# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Conditions that leave out nothing that a filter of Spark lets through.

A condition need not be the filter: Spark asks each filter again, of the rows that come. It only must
not be narrower. So texts are compared without case, a time is rounded up, and of a filter that no
condition fits nothing is asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from ._errors import WfpError
from .template import Template

Values = List[Any]

# Columns whose condition says exactly what the column has.
_WORDS = {"verdict": "verdict", "reason": "reason", "direction": "direction"}
_NUMBERS = {
    "protocol": "protocol",
    "local_port": "local-port",
    "remote_port": "remote-port",
    "process_pid": "pid",
    "layer_id": "layer",
    "filter_id": "filter",
}
# Those whose condition means more.
_WIDER_WORDS = {"kind": "type"}
_WIDER_NUMBERS = {"audit_event_id": "type"}
_ADDRESSES = {"local_ip": "local-address", "remote_ip": "remote-address"}
_TEXTS = {
    "user_sid": "user",
    "audit_computer": "computer",
    "app_device_path": "app",
    "app_path": "app",
    "file": "file",
}
_ORDERED = {"local_port", "remote_port", "process_pid"}
_ORDER = {"GreaterThan": ">", "GreaterThanOrEqual": ">=", "LessThan": "<", "LessThanOrEqual": "<="}


def conditions_of(filters: Iterable[Any], where: Sequence[str] = ()) -> List[str]:
    """Of each pyspark.sql.datasource.Filter that there are conditions of, beside those of `where`;
    none: all rows have to be read."""
    made: List[str] = []
    for found in filters:
        for condition in _conditions(found):
            if _is_understood([*where, *made, condition]):
                made.append(condition)
    return made


def _is_understood(conditions: Sequence[str]) -> bool:
    """Whether the library takes them all: a word may be none, or there may be too many."""
    try:
        Template(*conditions)
    except WfpError:
        return False
    return True


def _conditions(found: Any) -> List[str]:
    kind = type(found).__name__
    if kind == "Not":
        return _unequal(found.child)
    path: Tuple[str, ...] = getattr(found, "attribute", ())
    if len(path) != 1:
        return []
    column = path[0]
    if kind in ("EqualTo", "EqualNullSafe"):
        return _equal(column, [found.value])
    if kind == "In":
        return _equal(column, list(found.value))
    if kind in _ORDER:
        return _ordered(column, _ORDER[kind], found.value)
    return []


# ---- values as conditions have them -------------------------------------------------------------


def _words(values: Values) -> Optional[List[str]]:
    """Lower case only: that is what columns have."""
    good = all(isinstance(v, str) and v == v.lower() and v.replace("_", "").isalnum() for v in values)
    return values if good else None


def _numbers(values: Values) -> Optional[List[str]]:
    good = all(isinstance(v, int) and not isinstance(v, bool) for v in values)
    return [str(v % 2**64) for v in values] if good else None  # int64 keeps the bits


def _addresses(values: Values) -> Optional[List[str]]:
    good = all(isinstance(v, str) and set(v) <= set("0123456789abcdef.:") for v in values)
    return values if good else None


def _quoted(values: Values) -> Optional[List[str]]:
    good = all(isinstance(v, str) and v.isprintable() and '"' not in v for v in values)
    return [f'"{v}"' for v in values] if good else None


# ---- filters ------------------------------------------------------------------------------------


def _equal(column: str, values: Values) -> List[str]:
    if column == "time" and len(values) == 1:
        return [*_ordered(column, ">=", values[0]), *_ordered(column, "<=", values[0])]
    for keys, write in _WRITERS:
        if column in keys:
            made = write(values)
            return [f"{keys[column]}={','.join(made)}"] if made else []
    return []


_Writer = Callable[[Values], Optional[List[str]]]
_WRITERS: List[Tuple[Dict[str, str], _Writer]] = [
    ({**_WORDS, **_WIDER_WORDS}, _words),
    ({**_NUMBERS, **_WIDER_NUMBERS}, _numbers),
    (_ADDRESSES, _addresses),
    (_TEXTS, _quoted),
]


def _unequal(child: Any) -> List[str]:
    """Where a row has no value, Spark says neither yes nor no, and the condition yes."""
    path: Tuple[str, ...] = getattr(child, "attribute", ())
    if type(child).__name__ not in ("EqualTo", "In") or len(path) != 1:
        return []
    if path[0] not in _WORDS and path[0] not in _NUMBERS:
        return []
    return [condition.replace("=", "!=", 1) for condition in _conditions(child)]


def _ordered(column: str, sign: str, value: Any) -> List[str]:
    if column == "time" and isinstance(value, datetime) and value.tzinfo is not None:
        return [_time(sign, value.astimezone(timezone.utc))] if 1601 <= value.year < 9999 else []
    if column in _ORDERED and isinstance(value, int) and value >= 0:
        return [f"{_NUMBERS[column]}{sign}{value}"]
    return []


def _time(sign: str, value: datetime) -> str:
    """A column's time is the event's without its seventh digit: of > and <= it may be more."""
    if sign == "<=":
        sign, value = "<", value + timedelta(microseconds=1)
    elif sign == ">":
        sign = ">="
    return f"time{sign}{value:%Y-%m-%dT%H:%M:%S.%f}Z"
