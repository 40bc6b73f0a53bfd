# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Sessions: sources of events, and the reading of them.

    with wfpwatch.Session.open_file("Security.evtx") as session:
        for event in session:
            print(event.time, event.kind.word, event.remote)

Threads: one thread reads a session; stop(), stats() and close() may be called from any other while
it does. Different sessions are independent. Reading releases the interpreter's lock and can be
broken off with Ctrl-C; of columns to_arrow(), to_pandas() and to_polars() can.
"""

from __future__ import annotations

import math
import os
import time
import weakref
from collections import deque
from ctypes import addressof, byref, c_size_t, c_uint32, create_string_buffer, sizeof, string_at
from dataclasses import dataclass, fields
from datetime import datetime
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Deque,
    Iterable,
    Iterator,
    List,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from . import _ffi
from ._constants import (
    AuditFlag,
    AuditPolicy,
    Format,
    Join,
    LiveFlag,
    LogPath,
    Health,
    Missing,
    OpenFlag,
    State,
    Status,
)
from ._decode import Asked, decode, makers_of
from ._errors import EndOfEvents, WfpError, WfpwatchError, error_of, with_path
from ._loader import PathLike, load
from ._native import (
    Batch,
    LogFunction,
    Native,
    ThreadFunction,
    log_thunk,
    refuse_in_log_function,
    refuse_of_another,
    thread_hooks,
)
from .columns import ColumnNames, Columns
from .events import Event, filetime_of
from .explain import Answer, Explanation, question_of
from .host import place
from .guard import Guard
from .names import Names, guid
from .settings import Settings
from .template import Where, template_of

if TYPE_CHECKING:
    from .sim import Simulator

Time = Union[datetime, int]  # a number is 100 ns since 1601-01-01 UTC

_SLICE_MS = 200  # the longest that a call of the library waits, so that Ctrl-C is heard
_JSON_ROOM = 256 * 1024  # bytes
_T = TypeVar("_T", bound="Session")


@dataclass(frozen=True)
class SessionHealth:
    """How a live session is. Ages are seconds; None: never."""

    signs: Tuple[Health, ...]
    """What speaks against it seeing all there is; empty when nothing does."""
    state: State
    log_state: Optional[State]
    """Of the Security log; None when it is not read."""
    missing: Tuple[Missing, ...]
    settings_undone: int
    """How often another program turned off settings that the session had turned on."""
    event_age: float
    """Since the newest event of the engine, or since it was reached."""
    look_age: Optional[float]
    """Since the engine last answered."""
    gap_age: Optional[float]
    """Since events were last found missing."""
    gaps: int
    dropped: int
    waiting: int
    outages: int


@dataclass(frozen=True)
class Stats:
    """The counts of a session since it was opened; all are exact. Whenever nothing is in flight,
    received = delivered + waiting + merged + duplicate + filtered + dropped + undecoded +
    aggregated; gaps are counted apart."""

    state: State
    received: int
    """Events that came, and records of a file that are ours."""
    waiting: int
    """Received, and not yet read."""
    delivered: int
    merged: int
    """Joined into another event."""
    duplicate: int
    """Left out as the second sight of one event."""
    filtered: int
    """Left out by a template."""
    dropped: int
    """Lost in this process for want of room."""
    undecoded: int
    """Ours, but not readable."""
    gaps: int
    """Events of kind gap that were delivered."""
    passed_over: int
    """Records of a file that are none of ours."""
    skipped: int
    """Places in a file that could not be read: each was logged once."""
    warnings: int
    """Damage in a file that lost nothing, such as a wrong checksum."""
    bytes_read: int
    bytes_total: int
    """Of all files added; without those whose size is not known."""
    last_event_time: int
    """FILETIME of the newest event read; 0 when none."""
    names: int
    """Live: filters that are known, and deleted ones that still are."""
    names_bytes: int
    """Live: memory that names take."""
    names_filled: int
    """Live: how often the engine's lists were read as a whole."""
    unnamed: int
    """Live: events that went on before their filter's name was there."""
    join_crowded: int
    """Events that waited no longer for their other half, for want of room."""
    missing: Tuple[Missing, ...]
    """What a live session does without, because Windows refuses it."""
    log_path: Optional[LogPath] = None
    """How the Security log is read; None: it is not."""
    log_state: State = State.FILES
    """Of the Security log as a source; `state` is the engine's, if there is one."""
    log_reconnects: int = 0
    """How often the Security log was gone back to, for whatever reason."""
    audit_policy: AuditPolicy = AuditPolicy.NOT_ASKED
    """Whether what add_live was asked for with audit_policy is held."""
    rules: int = 0
    """Live: firewall rules that are known, with deleted ones and older versions that still are."""
    rules_filled: int = 0
    """Live: how often the firewall's rules were read from the registry."""
    sockets_found: int = 0
    """Live: events whose process the tables of sockets gave."""
    sockets_read: int = 0
    """Live: how often such a table was read."""
    aggregated: int = 0
    """Live: events that are only in the count of another one. With those delivered: how many events
    these stand for."""


class Session:
    """Sources, and the events read from them. A context manager, and an iterator of events.

    Made by one of the open_* methods, or empty and then filled with add_*. Options of all of them:

    verify       files: compute the checksum of every block, not only when in doubt
    threads      files: decoding threads beside the caller's, at most 64
    ring_bytes   live: size of each of the two queues; 0 is 4 MiB
    max_events   the most that one read returns, 1 to 65536
    batch_bytes  room for the text of one read; 0 is 1 MiB
    log          called with (level, text): 1 error, 2 warning, 3 information. In a live session
                 also on a thread of the library's: it must be quick, and must not read or close
    json         keep the library's own JSON with every event, as Event.json
    state_dir    live: where is recorded what was turned on, so that it can be put back whatever
                 happens: on Windows a registry key below HKEY_LOCAL_MACHINE, elsewhere the absolute
                 path of a directory; None is the library's own place
    simulator    stands in for this host: see wfpwatch.sim
    names        what filters are named from: see wfpwatch.names
    names_bytes  memory for the names that a log itself tells; 0 is 64 MiB
    explain      tell verdict and reason of every event
    own_provider key of the provider, as "{guid}", whose filters are one's own: Event.own_filter
    accounts     live: look the names of accounts up, on a thread of the library's; an event does not
                 wait for it, Event.user_name is there once the answer is
    join         of sessions that read net events and audit records: which of the events wait for the
                 record of their decision, a Join; join_window: how far apart the two may be, in
                 seconds; 0 is 2; join_bytes: memory for what waits; 0 is 8 MiB
    pid          a net event without a process ID waits for the record that has it, and with sockets
                 for them
    sockets      live: look the process of a net event up in the host's tables of sockets, on a
                 thread of the library's: PidFrom.SOCKETS, Event.pid_confidence. Without pid an
                 event does not wait for it, and mostly has none unless others came before it
    ordered      events come as they arrived: those that wait hold up the others
    attempts     tell which events are of one attempt: Event.attempt
    log_zone     files: the zone of times that are written without one (pfirewall.log, some JSON):
                 "UTC", "+02:00", or "local" for this host's; None: Event.local_time
    where        the events that are wanted: a condition as text, several, or a Template; the others
                 are counted as filtered
    thread_started, thread_ending
                 called with a word ("service", "audit-log", ...) on each thread that the library
                 starts, as its first and its last act: to set its name, priority, affinity. They
                 must be quick, and must not use the session
    settings     Settings, instead of all options that are in them; log, json, max_events,
                 batch_bytes, simulator, names and the two for threads go with them
    """

    def __init__(
        self,
        *,
        verify: bool = False,
        threads: int = 0,
        ring_bytes: int = 0,
        max_events: int = 256,
        batch_bytes: int = 0,
        log: Optional[LogFunction] = None,
        json: bool = False,
        state_dir: Optional[str] = None,
        simulator: Optional[Simulator] = None,
        names: Optional[Names] = None,
        names_bytes: int = 0,
        explain: bool = True,
        own_provider: Optional[str] = None,
        accounts: bool = False,
        join: Join = Join.NEEDED,
        join_window: float = 0.0,
        join_bytes: int = 0,
        pid: bool = False,
        sockets: bool = False,
        ordered: bool = False,
        attempts: bool = False,
        log_zone: Optional[str] = None,
        where: Optional[Where] = None,
        thread_started: Optional[ThreadFunction] = None,
        thread_ending: Optional[ThreadFunction] = None,
        settings: Optional[Settings] = None,
    ) -> None:
        self._json = json
        self._json_room = create_string_buffer(_JSON_ROOM)
        self._pending: Deque[Event] = deque()
        self._asked = Asked()
        options = _ffi.Options(
            size=sizeof(_ffi.Options),
            flags=(OpenFlag.VERIFY if verify else 0)
            | (0 if explain else OpenFlag.NO_VERDICT)
            | (OpenFlag.ACCOUNTS if accounts else 0)
            | (OpenFlag.PID if pid else 0)
            | (OpenFlag.SOCKETS if sockets else 0)
            | (OpenFlag.ORDERED if ordered else 0)
            | (OpenFlag.ATTEMPTS if attempts else 0),
            ring_bytes=_u32("ring_bytes", ring_bytes),
            threads=_u32("threads", threads),
            names_bytes=_u32("names_bytes", names_bytes),
            join=Join(join),
            join_window_ms=_u32("join_window", _ms(join_window)),
            join_bytes=_u32("join_bytes", join_bytes),
            state_dir=place(state_dir),
            own_provider=guid(own_provider),
            log_zone=None if log_zone is None else log_zone.encode("ascii", "replace"),
        )
        kept: List[Any] = [options]
        if settings is not None:
            options = settings.options()
            kept = [options, settings]
        if thread_started is not None or thread_ending is not None:
            hooks = thread_hooks(thread_started, thread_ending)
            options.hooks = addressof(hooks)
            kept.append(hooks)
        if names is not None:
            handle = names.opened()
            options.names = handle.value
            kept.append(handle)
        if where is not None:
            template = template_of(where).opened()
            options.match = template.value
            kept.append(template)
        if simulator is not None:
            options.system = simulator.system
            kept.append(simulator)
        if log is not None:
            options.log = log_thunk(log)
            kept.append(options.log)
        most, room = _u32("max_events", max_events, 1, 65536), _u32("batch_bytes", batch_bytes)
        self._native = Native(load(), options, most, room, kept)
        self._objects = makers_of(self._native.dll)
        self._forget = weakref.finalize(self, self._native.forget)
        if simulator is not None:
            simulator.used_by(self, self._native)

    # ---- opening --------------------------------------------------------------------------------

    @classmethod
    def open_file(cls: Type[_T], path: PathLike, **options: Any) -> _T:
        """Reads one file: .evtx, or the XML of Windows events. "-" is standard input."""
        return cls.open_files([path], **options)

    @classmethod
    def open_files(cls: Type[_T], paths: Iterable[PathLike], **options: Any) -> _T:
        """Reads files one after the other, or by time when they hold both a log and net events."""
        return cls(**options)._with(lambda session: [session.add_file(path) for path in paths])

    @classmethod
    def open_memory(cls: Type[_T], data: Union[bytes, bytearray, memoryview], **options: Any) -> _T:
        """Reads the content of a file that is in memory."""
        return cls(**options)._with(lambda session: session.add_memory(data))

    @classmethod
    def open_live(
        cls: Type[_T],
        *,
        wait: float = 0.0,
        watch: float = 1.0,
        observe: bool = False,
        keywords: int = 0,
        ipsec: bool = False,
        since: Optional[Time] = None,
        filters: bool = False,
        audit: bool = False,
        bookmark: Optional[str] = None,
        audit_policy: bool = False,
        guard: Optional[Guard] = None,
        silence: float = 0.0,
        aggregate: float = 0.0,
        aggregate_bytes: int = 0,
        **options: Any,
    ) -> _T:
        """Reads what this host's filtering engine reports, as it happens: see add_live. audit: the
        Security log, too, from `since` or behind `bookmark`: see add_audit."""

        def add(session: _T) -> None:
            session.add_live(
                wait=wait,
                watch=watch,
                observe=observe,
                keywords=keywords,
                ipsec=ipsec,
                filters=filters,
                audit_policy=audit_policy,
                since=since,
                guard=guard,
                silence=silence,
                aggregate=aggregate,
                aggregate_bytes=aggregate_bytes,
            )
            if audit:
                session.add_audit(wait=wait, since=since, bookmark=bookmark)

        return cls(**options)._with(add)

    @classmethod
    def open_audit(cls: Type[_T], **options: Any) -> _T:
        """Reads this host's Security log, live or its past: see add_audit, whose parameters it
        takes beside its own."""
        names = ("wait", "quiet", "since", "until", "oldest", "past", "classic", "bookmark")
        wanted = {name: options.pop(name) for name in names if name in options}
        return cls(**options)._with(lambda session: session.add_audit(**wanted))

    @classmethod
    def open_history(
        cls: Type[_T], since: Optional[Time] = None, until: Optional[Time] = None, **options: Any
    ) -> _T:
        """Reads what this host's filtering engine keeps: see add_history."""
        return cls(**options)._with(lambda session: session.add_history(since, until))

    @classmethod
    def open_sim(cls: Type[_T], simulator: Simulator, **options: Any) -> _T:
        """open_live, of a simulated Windows instead of this host."""
        return cls.open_live(simulator=simulator, **options)

    @classmethod
    def open_settings(cls: Type[_T], settings: Settings, **options: Any) -> _T:
        """Opens a session with settings from JSON, and with the live sources that they have."""
        return cls(settings=settings, **options)._with(lambda session: session._add(settings))

    def _add(self, settings: Settings) -> None:
        native, error = self._native, _ffi.Error()
        with native.reading:
            if settings.has_live:
                live = settings.live()
                status = native.dll.wfpw_add_live(native.opened(), byref(live), byref(error))
                native.check(status, error)
            if settings.has_audit:
                log = settings.audit()
                status = native.dll.wfpw_add_audit(native.opened(), byref(log), byref(error))
                native.check(status, error)

    def _with(self: _T, add: Callable[[_T], object]) -> _T:
        try:
            add(self)
        except BaseException:
            self.close()
            raise
        return self

    # ---- sources --------------------------------------------------------------------------------

    def add_file(self, path: PathLike) -> None:
        """Adds a file; the format is told by the content. "-" is standard input.

        Raises WfpError with status E_IO or E_FORMAT.
        """
        name = os.fsencode(path)
        if b"\0" in name:
            raise ValueError("a path has no NUL")
        native, error = self._native, _ffi.Error()
        with native.reading:
            status = native.dll.wfpw_add_file(native.opened(), name, byref(error))
        if status < 0:
            raise with_path(error_of(native.dll, status, error), path)

    def add_file_part(self, path: PathLike, part: int, parts: int) -> None:
        """Adds one of several parts of a file, from 0, so that as many sessions, wherever they are,
        read it together: each record comes once. Not for a file that is written to meanwhile. What
        cannot be parted (anything but .evtx, and what is packed) is given by part 0.
        """
        name = os.fsencode(path)
        if b"\0" in name:
            raise ValueError("a path has no NUL")
        native, error = self._native, _ffi.Error()
        numbers = _u32("part", part), _u32("parts", parts)
        with native.reading:
            add = native.dll.wfpw_add_file_part
            status = add(native.opened(), name, *numbers, byref(error))
        if status < 0:
            raise with_path(error_of(native.dll, status, error), path)

    def add_memory(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """Adds the content of a file. bytes are read in place, anything else is copied."""
        native, content, error = self._native, bytes(data), _ffi.Error()
        with native.reading:
            add, size = native.dll.wfpw_add_memory, len(content)
            native.check(add(native.opened(), content, size, byref(error)), error)
            native.keep(content)

    def add_live(
        self,
        *,
        wait: float = 0.0,
        watch: float = 1.0,
        observe: bool = False,
        keywords: int = 0,
        ipsec: bool = False,
        since: Optional[Time] = None,
        filters: bool = False,
        audit_policy: bool = False,
        guard: Optional[Guard] = None,
        silence: float = 0.0,
        aggregate: float = 0.0,
        aggregate_bytes: int = 0,
    ) -> None:
        """Subscribes to this host's filtering engine, with collection of net events turned on under
        a lease: closing puts it back, or whoever comes next when this process is killed.

        wait: seconds to wait for an engine that is not up; watch: how often, in seconds, it is seen
        whether engine and collection are still on; observe: change no setting of the host;
        keywords: what to have recorded beside ordinary drops, 0 for everything; ipsec: monitor
        IPsec connections too, which Windows may keep on until a reboot; since: events that the
        engine kept, from this time on, come first; filters: filters that come and go are events,
        too (Kind.FILTER_ADD, Kind.FILTER_DELETE); audit_policy: turn on what the template needs
        of the audit policy, under a lease, too (Stats.audit_policy); guard: filters that would block
        what it names are events, too (Kind.GUARD, Event.guarded); silence: so many seconds without
        an event, 1 at least, are told by a gap (Lost.SILENCE); aggregate: seconds within which
        net events that differ in time and ports only are one event (Event.aggregate), but for the
        first of them, which comes at once; aggregate_bytes: memory for that, 0 for 2 MiB. What is
        refused besides subscribing is done without: Stats.missing. Raises WfpError, with a status
        that tells why: E_NOTSUP (no Windows), E_ACCESS, E_NOSERVICE, E_TIMEOUT, E_STOPPED, E_SYSTEM.
        """
        flags = (LiveFlag.OBSERVE if observe else 0) | (LiveFlag.IPSEC if ipsec else 0)
        flags |= LiveFlag.FILTERS if filters else 0
        flags |= LiveFlag.AUDIT_POLICY if audit_policy else 0
        live = _ffi.Live(
            size=sizeof(_ffi.Live),
            flags=flags,
            wait_ms=_u32("wait", _ms(wait)),
            watch_ms=_u32("watch", _ms(watch)),
            keywords=_u32("keywords", keywords),
            since=_filetime(since),
            guard=guard.value if guard is not None else None,
            silence_ms=_u32("silence", _ms(silence)),
            aggregate_ms=_u32("aggregate", _ms(aggregate)),
            aggregate_bytes=_u32("aggregate_bytes", aggregate_bytes),
        )
        native, error = self._native, _ffi.Error()
        with native.reading:
            if guard is not None:
                native.keep(guard)
            add = native.dll.wfpw_add_live
            native.check(add(native.opened(), byref(live), byref(error)), error)

    def add_history(self, since: Optional[Time] = None, until: Optional[Time] = None) -> None:
        """Adds what this host's filtering engine keeps: the newest 100 to 150 events or so, of
        these times. Changes nothing on the host.

        Raises WfpError, with a status that tells why: E_DISABLED (collection is off), E_NOTSUP (no
        Windows), E_ACCESS, E_NOSERVICE, E_TIMEOUT, E_SYSTEM.
        """
        history = _ffi.History(
            size=sizeof(_ffi.History), since=_filetime(since), until=_filetime(until)
        )
        native, error = self._native, _ffi.Error()
        with native.reading:
            add = native.dll.wfpw_add_history
            native.check(add(native.opened(), byref(history), byref(error)), error)

    def add_audit(
        self,
        *,
        wait: float = 0.0,
        quiet: float = 60.0,
        since: Optional[Time] = None,
        until: Optional[Time] = None,
        oldest: bool = False,
        past: bool = False,
        classic: bool = False,
        bookmark: Optional[str] = None,
    ) -> None:
        """Adds this host's Security log: its records about the filtering platform, and what tells
        of losses of the log, as events with Event.audit. Changes nothing on the host.

        It begins behind `bookmark` (what get_bookmark gave), else at `since`, else with the oldest
        record (oldest, past), else with what comes from now on. wait: seconds to wait for a log
        that is not up; quiet: after so many seconds without a record it is seen whether that is
        true; past: only what is there now, up to `until`; classic: by number, as before Windows
        Vista. Raises WfpError: E_ACCESS, E_NOSERVICE, E_NOTSUP, E_SYNTAX (of the bookmark).
        """
        flags = AuditFlag.CLASSIC if classic else AuditFlag(0)
        flags |= AuditFlag.OLDEST if oldest else AuditFlag(0)
        flags |= AuditFlag.PAST if past else AuditFlag(0)
        log = _ffi.AuditLog(
            size=sizeof(_ffi.AuditLog),
            flags=flags,
            wait_ms=_u32("wait", _ms(wait)),
            watch_ms=_u32("quiet", _ms(quiet)),
            since=_filetime(since),
            until=_filetime(until),
            bookmark=bookmark.encode("utf-8") if bookmark is not None else None,
        )
        native, error = self._native, _ffi.Error()
        with native.reading:
            add = native.dll.wfpw_add_audit
            native.check(add(native.opened(), byref(log), byref(error)), error)

    def get_bookmark(self) -> Optional[str]:
        """The place in the Security log behind the last record that was read, in Windows' own form;
        None: there is none yet. Keep it when what was read has been dealt with."""
        native, room = self._native, create_string_buffer(512)
        with native.reading:
            get = native.dll.wfpw_get_bookmark
            n: int = get(native.opened(), room, len(room), None)
        if n < 0:
            raise WfpError(n, "wfpw_get_bookmark")
        return room.raw[:n].decode("utf-8") or None

    # ---- reading --------------------------------------------------------------------------------

    def read(self, timeout: Optional[float] = None) -> List[Event]:
        """The next events: at least one, or none when `timeout` seconds are over (None: no end).

        Raises EndOfEvents when there will be no more, and WfpError when a file failed (the session
        goes on with the next file) or the live source ended.
        """
        if timeout is not None and timeout < 0:
            raise ValueError("a timeout is not negative")
        refuse_in_log_function("read")
        end = math.inf if timeout is None else time.monotonic() + timeout
        with self._native.reading:
            events = list(self._pending)
            self._pending.clear()
            while not events:
                left = max(0.0, end - time.monotonic())
                events = self._read_once(_SLICE_MS if left > 1 else min(_ms(left), _SLICE_MS))
                if left == 0:
                    break
            return events

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        """The next event, however long it takes; the end comes after the last file or stop()."""
        try:
            return self._pending.popleft()
        except IndexError:
            pass
        with self._native.reading:
            try:
                return self._pending.popleft()
            except IndexError:
                pass
            try:
                events = self.read()
            except EndOfEvents:
                raise StopIteration from None
            self._pending.extend(events[1:])  # which close() may take away at any moment
            return events[0]

    def _read_once(self, timeout_ms: int) -> List[Event]:
        native = self._native
        batch = native.take_batch()
        count = native.read_into(batch, timeout_ms)
        if count == 0:
            return []
        view = _ffi.View()
        native.dll.wfpw_batch_view(batch.value, byref(view))
        lines = None
        if self._json:
            text = b"".join(self._lines_of(batch, count, Format.JSON)).decode("utf-8")
            lines = text.split("\n")
        return decode(view, batch, lines, native.dll.wfpw_event_remedy, self._asked, self._objects)

    def _lines_of(self, batch: Batch, count: int, format: int) -> Iterator[bytes]:
        """The events that the batch holds as lines: one call for as many as the room takes."""
        native, at, needed = self._native, c_uint32(), c_size_t()
        while at.value < count:
            room = self._json_room
            n = native.dll.wfpw_batch_export(
                batch.value, format, 0, byref(at), count, room, len(room), byref(needed)
            )
            if n == Status.E_RANGE:
                self._json_room = create_string_buffer(needed.value + 1)
            else:
                native.check(n, _ffi.Error())
                yield string_at(room, n)

    def json_lines(self) -> Iterator[bytes]:
        """The events as the library's JSON, a line each: many lines at a time, of the events that
        were read at once, each with its line end, UTF-8. docs/json.md has the keys. Ends as
        iteration does."""
        return self.export_lines(Format.JSON)

    def export_lines(self, format: Union[Format, str]) -> Iterator[bytes]:
        """The same in any format: Format.ECS or "ecs", "ocsf", "asim", "csv" (docs/formats.md). Of
        CSV the names of the columns come first."""
        chosen = Format[format.upper()] if isinstance(format, str) else Format(format)
        return self._export_lines(chosen)

    def _export_lines(self, format: Format) -> Iterator[bytes]:
        header: bytes = self._native.dll.wfpw_export_header(format)
        if header:
            yield header
        refuse_in_log_function("read")
        native = self._native
        while True:
            with native.reading:
                if self._pending:
                    raise WfpwatchError("events that were read as objects are still to be taken")
                batch = native.take_batch()
                native.dll.wfpw_batch_set_format(batch.value, format)
                try:
                    count = native.read_into(batch, _SLICE_MS)
                    parts = list(self._lines_of(batch, count, format))
                except EndOfEvents:
                    return
                finally:
                    native.dll.wfpw_batch_set_format(batch.value, 0)
                del batch  # the next read uses it again, while it is in the processor's cache
            yield from parts

    def explain(
        self, remote: Any = None, *, timeout: Optional[float] = None, **question: Any
    ) -> Answer:
        """What of the events that are still to be read explains a failed connection: of files all
        of them, live what comes in `timeout` seconds. The question is as of wfpwatch.explain, but
        that without `time` all times count.

        Raises WfpError when a file failed, after the events before that were looked at: the
        session goes on with the next file.
        """
        native = self._native
        refuse_in_log_function("read")
        explanation = Explanation.new(native.dll, question_of(remote, **question))
        end = math.inf if timeout is None else time.monotonic() + timeout
        with native.reading:
            if self._pending:
                raise WfpwatchError("events that were read as objects are still to be taken")
            native.refuse_in_stream()
            try:
                self._read_explanation(explanation, end)
            except EndOfEvents:
                pass
            return explanation.answer()

    def _read_explanation(self, explanation: Explanation, end: float) -> None:
        native, error = self._native, _ffi.Error()
        read, left = native.dll.wfpw_explanation_read, math.inf
        while left > 0:
            left = max(0.0, end - time.monotonic())
            slice_ms = _SLICE_MS if left > 1 else min(_ms(left), _SLICE_MS)
            n = read(explanation.value, native.opened(), slice_ms, byref(error))
            native.check(n, error)

    # ---- columns --------------------------------------------------------------------------------

    def columns(
        self, names: Optional[ColumnNames] = None, *, rows: int = 0, wait: float = 1.0
    ) -> Columns:
        """The events that are still to be read as columns, for whatever takes an Arrow stream.

        names: of docs/columns.md, as "time,verdict" or a list, "*" for all; None: the usual ones;
        rows: of an array, at most; 0 is 32768; wait: live, an array is given so many seconds after
        its first event, though there were room for more; negative: only when it is full.

        A stream of them goes on when the session is closed; until then stop() ends it. Between two
        of its arrays, on the thread that takes them, sources may be added, and get_bookmark() tells
        the place behind the last row.
        """
        return Columns(self, self._native, self._pending, names, _u32("rows", rows), wait)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """The Arrow PyCapsule interface, with the usual columns."""
        return self.columns().__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> Any:
        """The usual columns of all events as a pyarrow.Table; columns() has more to choose."""
        return self.columns().to_arrow()

    def to_pandas(self) -> Any:
        """The same as a pandas.DataFrame."""
        return self.columns().to_pandas()

    def to_polars(self) -> Any:
        """The same as a polars.DataFrame."""
        return self.columns().to_polars()

    def wait_handle(self) -> Optional[int]:
        """Something to wait on in a loop of your own while there is nothing to read: a file
        descriptor to poll for reading, on Windows a HANDLE. Never read or close it. None without a
        live source, as files never wait."""
        native = self._native
        with native.using:
            handle: int = native.dll.wfpw_wait_handle(native.opened())
            return None if handle == -1 else handle

    def stats(self) -> Stats:
        """The counts as they are now. From any thread."""
        native, raw = self._native, _ffi.Stats(size=sizeof(_ffi.Stats))
        with native.using:
            if native.dll.wfpw_get_stats(native.opened(), byref(raw)) < 0:
                raise WfpError(Status.E_INVAL, "wfpw_get_stats")
        codes = {"state", "missing", "log_path", "log_state", "audit_policy"}
        counts = {f.name: getattr(raw, f.name) for f in fields(Stats) if f.name not in codes}
        return Stats(
            state=State(raw.state),
            missing=tuple(Missing(bit) for bit in _bits(raw.missing)),
            log_path=LogPath(raw.log_path) if raw.log_path else None,
            log_state=State(raw.log_state),
            audit_policy=AuditPolicy(raw.audit_policy),
            **counts,
        )

    def health(self) -> SessionHealth:
        """How a live session is, for a supervisor; waits for nothing, even if the engine hangs.
        From any thread. Raises WfpError when nothing is live."""
        native, raw = self._native, _ffi.Health(size=sizeof(_ffi.Health))
        with native.using:
            if native.dll.wfpw_get_health(native.opened(), byref(raw)) < 0:
                raise WfpError(Status.E_INVAL, "wfpw_get_health", "the session has no live source")
        return SessionHealth(
            signs=tuple(Health(bit) for bit in _bits(raw.signs)),
            state=State(raw.state),
            log_state=State(raw.log_state) if raw.log_state else None,
            missing=tuple(Missing(bit) for bit in _bits(raw.missing)),
            settings_undone=raw.settings_undone,
            event_age=raw.event_age_ms / 1000,
            look_age=_age(raw.look_age_ms),
            gap_age=_age(raw.gap_age_ms),
            gaps=raw.gaps,
            dropped=raw.dropped,
            waiting=raw.waiting,
            outages=raw.outages,
        )

    # ---- changing -------------------------------------------------------------------------------

    def set_match(self, where: Optional[Where] = None) -> None:
        """Other events are wanted from now on, by a live session; None: all. Events that wait are
        judged by it, too; what was left out before does not come back. From any thread.

        Raises WfpError: E_INVAL (nothing is live), E_STOPPED, E_SYNTAX (a condition as text).
        """
        template = None if where is None else template_of(where).opened()
        native, error = self._native, _ffi.Error()
        refuse_of_another(native.dll, template)
        with native.using:
            value = None if template is None else template.value
            native.check(native.dll.wfpw_set_match(native.opened(), value, byref(error)), error)

    def set_keywords(self, keywords: int = 0) -> None:
        """What is recorded beside ordinary drops, from now on: as add_live's keywords, 0 for
        everything. The library's thread does it; Stats.missing has SETTINGS when it cannot. From
        any thread.

        Raises WfpError: E_INVAL (no engine, one that is only observed, a bit that is none),
        E_STOPPED.
        """
        native, error = self._native, _ffi.Error()
        with native.using:
            change = native.dll.wfpw_set_keywords
            status = change(native.opened(), _u32("keywords", keywords), byref(error))
            native.check(status, error)

    # ---- ending ---------------------------------------------------------------------------------

    def stop(self) -> None:
        """Ends the reading: a waiting read returns, what waits may still be read, then reads raise
        EndOfEvents. From any thread and from a signal handler; more than once is fine."""
        with self._native.using:
            self._native.dll.wfpw_stop(self._native.opened())

    def close(self) -> None:
        """Closes the session and all it owns; a read under way in another thread ends first, which
        for one that waits for the other end of a pipe means to wait for that. Events stay valid.
        More than once is fine. Left out, it happens when the session is forgotten."""
        refuse_in_log_function("close")
        self._native.close()
        with self._native.reading:  # not under who is about to take one of them
            self._pending.clear()
        self._forget.detach()

    @property
    def closed(self) -> bool:
        """Whether the session was closed."""
        return self._native.closed

    def __enter__(self: _T) -> _T:
        with self._native.using:
            self._native.opened()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()


# ---- helpers ------------------------------------------------------------------------------------


def _u32(name: str, value: int, least: int = 0, most: int = 0xFFFFFFFF) -> int:
    """A number that C takes; ctypes would cut it."""
    if not least <= value <= most:
        raise ValueError(f"{name} is {least} to {most}")
    return value


def _filetime(time: Optional[Time]) -> int:
    return 0 if time is None else filetime_of(time)


def _ms(seconds: float) -> int:
    return math.ceil(seconds * 1000)


def _age(ms: int) -> Optional[float]:
    return None if ms == 0xFFFFFFFFFFFFFFFF else ms / 1000


def _bits(bits: int) -> List[int]:
    """Each bit that is set, by itself."""
    return [1 << i for i in range(bits.bit_length()) if bits >> i & 1]
