# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Why a connection failed: what refused it, best first, or that nothing in WFP did.

    answer = wfpwatch.explain(("203.0.113.66", 443), app="curl.exe")
    print(answer.conclusion.word, [unseen.word for unseen in answer.unseen])
    for row in answer.rows:
        print(row.strength.word, row.event.time, row.event.reason, row.count)

explain() asks this host; Session.explain() the events of a session: of files, or live. The order of
rows, and what counts, are in wfpwatch.h at wfpw_explain.
"""

from __future__ import annotations

import math
import weakref
from ctypes import byref, c_char_p, c_void_p, cast, sizeof
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Tuple, TypeVar, Union

from . import _ffi
from ._constants import Conclusion, Direction, Match, Status, Strength, Unseen
from ._decode import decode
from ._errors import error_of
from ._loader import load
from ._native import LogFunction, log_thunk, refuse_of_another
from .events import Event, datetime_of, filetime_of
from .names import Names, guid

if TYPE_CHECKING:
    from .sim import Simulator

Address = Union[str, IPv4Address, IPv6Address, None]
Side = Union[Address, Tuple[Address, int]]
"""An address, or an address (None: any) and a port."""
Time = Union[datetime, int]  # a number is 100 ns since 1601-01-01 UTC

_PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
_T = TypeVar("_T")


@dataclass(frozen=True)
class Refusal:
    """A row of an answer: what explains the failure."""

    strength: Strength
    agrees: Tuple[Match, ...]
    differs: Tuple[Match, ...]
    unknown: Tuple[Match, ...]
    count: int
    """Events of the same cause: retries, or the two records of one decision."""
    first: datetime
    last: datetime
    event: Event
    """The one of them that matches best."""


@dataclass(frozen=True)
class Answer:
    """What explains a failed connection, what that is based on, and how complete that is."""

    conclusion: Conclusion
    rows: Tuple[Refusal, ...]
    """The best one first; at most 16."""
    unseen: Tuple[Unseen, ...]
    """Why refusals may be missing."""
    since: Optional[datetime]
    until: Optional[datetime]
    """The time asked for."""
    events: int
    """Events that were looked at: net_events, records of the Security log, and others."""
    net_events: int
    records: int
    refused: int
    matched: int
    omitted: int
    """Refusals that match, and are in no row, as 16 better ones are."""
    allowed: int
    outside: int
    """Refusals that match, of another time."""
    outside_time: Optional[datetime]
    net_events_from: Optional[datetime]
    """How far back the engine's history reaches. Collection has been on since then at least."""
    net_events_to: Optional[datetime]
    records_from: Optional[datetime]
    records_to: Optional[datetime]
    gaps: int
    lost: int
    history_status: Status
    """Of explain(): how reading the history ended, and the Security log."""
    log_status: Status


# ---- the question -------------------------------------------------------------------------------


def _endpoint(side: Side) -> _ffi.Endpoint:
    address, port = side if isinstance(side, tuple) else (side, 0)
    raw = _ffi.Endpoint()
    if not 0 <= port <= 65535:  # ctypes would cut it, as it would the numbers below
        raise ValueError("a port is 0 to 65535")
    raw.port = port
    if address is None:
        return raw
    scope = 0
    if isinstance(address, str) and "%" in address:
        address, _, number = address.partition("%")
        scope = int(number)
        if not 0 <= scope < 1 << 32:
            raise ValueError("a scope is 0 to 4294967295")
    ip = ip_address(address)
    raw.addr[: len(ip.packed)] = ip.packed
    raw.family, raw.scope_id = ip.version, scope
    return raw


def question_of(
    remote: Side = None,
    *,
    local: Side = None,
    protocol: Union[str, int, None] = None,
    pid: Optional[int] = None,
    app: Optional[str] = None,
    direction: Optional[Direction] = None,
    time: Optional[Time] = None,
    within: float = 0.0,
) -> _ffi.Question:
    """The question in C's form, which keeps its text."""
    text = None if app is None else app.encode("utf-8", "surrogateescape")
    if text is not None and b"\0" in text:
        raise ValueError("a program has no NUL")
    number = _PROTOCOLS[protocol.lower()] if isinstance(protocol, str) else protocol or 0
    if not 0 <= number < 1 << 32:
        raise ValueError("a protocol is a number of IANA")
    if pid is not None and not 0 < pid < 1 << 32:
        raise ValueError("pid is a process ID")
    if not 0 <= within <= 86400:
        raise ValueError("within is 0 to 86400 seconds")
    question = _ffi.Question(
        size=sizeof(_ffi.Question),
        protocol=number,
        remote=_endpoint(remote),
        local=_endpoint(local),
        process_id=pid or 0,
        time=0 if time is None else filetime_of(time),
        within_ms=math.ceil(within * 1000),
        direction=direction or 0,
        app=cast(c_char_p(text), c_void_p),
    )
    question.kept = text
    return question


# ---- the answer ---------------------------------------------------------------------------------


class Explanation:
    """A wfpw_explanation, freed when nobody has it, or an event of it, any more."""

    def __init__(self, dll: Any, handle: int) -> None:
        self.dll = dll
        self.value = handle
        weakref.finalize(self, dll.wfpw_explanation_free, handle)

    @classmethod
    def new(cls, dll: Any, question: _ffi.Question) -> Explanation:
        handle, error = c_void_p(), _ffi.Error()
        status = dll.wfpw_explanation_new(None, byref(question), byref(handle), byref(error))
        if status < 0:
            raise error_of(dll, status, error)
        return cls(dll, handle.value or 0)

    def answer(self) -> Answer:
        raw = _ffi.ExplainedBy(size=sizeof(_ffi.ExplainedBy))
        self.dll.wfpw_explanation_conclude(self.value, byref(raw))
        return Answer(
            conclusion=Conclusion(raw.conclusion),
            rows=tuple(self._rows()),
            unseen=_set(Unseen, raw.unseen),
            since=_time(raw.since),
            until=_time(raw.until),
            events=raw.events,
            net_events=raw.net_events,
            records=raw.records,
            refused=raw.refused,
            matched=raw.matched,
            omitted=raw.omitted,
            allowed=raw.allowed,
            outside=raw.outside,
            outside_time=_time(raw.outside_time),
            net_events_from=_time(raw.net_events_from),
            net_events_to=_time(raw.net_events_to),
            records_from=_time(raw.records_from),
            records_to=_time(raw.records_to),
            gaps=raw.gaps,
            lost=raw.lost,
            history_status=Status(raw.history_status),
            log_status=Status(raw.log_status),
        )

    def _rows(self) -> List[Refusal]:
        rows: List[Refusal] = []
        raw = _ffi.Explained(size=sizeof(_ffi.Explained))
        while self.dll.wfpw_explanation_get(self.value, len(rows), byref(raw)) == 1:
            rows.append(self._row(raw))
        return rows

    def _row(self, raw: _ffi.Explained) -> Refusal:
        stride = _ffi.Event.from_address(raw.event).size
        view = _ffi.View(raw.event, raw.event_bytes, raw.event, 1, stride)
        (event,) = decode(view, self, None, self.dll.wfpw_event_remedy)
        return Refusal(
            strength=Strength(raw.strength),
            agrees=_set(Match, raw.agrees),
            differs=_set(Match, raw.differs),
            unknown=_set(Match, raw.unknown),
            count=raw.count,
            first=datetime_of(raw.first),
            last=datetime_of(raw.last),
            event=event,
        )


def _set(make: Callable[[int], _T], bits: int) -> Tuple[_T, ...]:
    return tuple(make(1 << i) for i in range(32) if bits >> i & 1)


def _time(filetime: int) -> Optional[datetime]:
    return datetime_of(filetime) if filetime else None


def explain(
    remote: Side = None,
    *,
    local: Side = None,
    protocol: Union[str, int, None] = None,
    pid: Optional[int] = None,
    app: Optional[str] = None,
    direction: Optional[Direction] = None,
    time: Optional[Time] = None,
    within: float = 0.0,
    names: Optional[Names] = None,
    own_provider: Optional[str] = None,
    log: Optional[LogFunction] = None,
    simulator: Optional[Simulator] = None,
) -> Answer:
    """Explains a failed connection of this host, from the events that its engine keeps and its
    Security log. Changes nothing.

    remote, local   an address, or (address, port); the address None: any
    protocol        "tcp", "udp", or a number
    pid, app        whose it was: a process; a path, or its last part: "curl.exe"
    time, within    when the failure was seen; None: now; and how many seconds before it the cause
                    may be; 0: 30

    The others are as for Session. Raises WfpError, as Session.add_history does, if neither the kept
    events nor the log can be read.
    """
    question = question_of(
        remote,
        local=local,
        protocol=protocol,
        pid=pid,
        app=app,
        direction=direction,
        time=time,
        within=within,
    )
    dll, handle, error = load().dll, c_void_p(), _ffi.Error()
    options = _ffi.Options(size=sizeof(_ffi.Options), own_provider=guid(own_provider))
    opened = None if names is None else names.opened()
    if opened is not None:
        refuse_of_another(dll, opened)
        options.names = opened.value
    if log is not None:
        options.log = log_thunk(log)
    if simulator is not None:
        options.system = simulator.system
    status = dll.wfpw_explain(byref(options), byref(question), byref(handle), byref(error))
    if status < 0:
        raise error_of(dll, status, error)
    return Explanation(dll, handle.value or 0).answer()
