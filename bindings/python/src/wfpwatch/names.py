# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Names of filters, from what netsh wrote or from the engine as it is now.

    names = wfpwatch.Names.open_file("wfpstate.xml")
    with wfpwatch.Session.open_file("Security.evtx", names=names) as session:
        for event in session:
            print(event.filter and event.filter.name)

One collection may serve several sessions and threads at once.
"""

from __future__ import annotations

import os
import re
import weakref
from ctypes import addressof, byref, c_size_t, c_uint64, c_void_p, sizeof
from dataclasses import dataclass, fields
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Iterator,
    List,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from . import _ffi
from ._constants import Status
from ._decode import decode_filter, decode_rule
from ._errors import SessionClosed, WfpError, error_of, with_path
from ._loader import PathLike, load
from ._native import LogFunction, log_thunk
from .events import Filter, Guarded, Rule
from .guard import Guard

if TYPE_CHECKING:
    from .sim import Simulator

_ROOM = 2048  # of 8 bytes each: nearly every filter


@dataclass(frozen=True)
class NamesStats:
    """What a collection holds."""

    filters: int
    """That can be found now."""
    loaded: int
    """Filters that the dumps held."""
    evicted: int
    """Filters given up for want of room."""
    refused: int
    """Providers, callouts, ... not kept for want of room."""
    skipped: int
    """Places in a dump that could not be read: each was logged once."""
    bytes: int
    rules: int = 0
    """Firewall rules that can be found now; one id may have several."""
    rules_loaded: int = 0
    rules_evicted: int = 0
    """Firewall rules given up for want of room."""


_Found = TypeVar("_Found")


def guid(text: Optional[str]) -> Optional[bytes]:
    """A provider's key, for C; the struct that takes it keeps it."""
    if text is not None and not re.fullmatch(r"\{?[0-9A-Fa-f-]{36}\}?", text):
        raise ValueError("own_provider is a {guid}")
    return None if text is None else text.encode()


class Handle:
    """A wfpw_names, closed when neither its Names nor a session has it any more."""

    def __init__(self, options: _ffi.Options, kept: List[Any]) -> None:
        self.dll = load().dll
        handle, error = c_void_p(), _ffi.Error()
        status = self.dll.wfpw_names_open(byref(options), byref(handle), byref(error))
        if status < 0:
            raise error_of(self.dll, status, error)
        self.value = handle.value or 0
        self.finalizer = weakref.finalize(self, _close, self.dll, self.value, kept)


def _close(dll: Any, handle: int, kept: List[Any]) -> None:
    dll.wfpw_names_close(handle)
    kept.clear()


class Names:
    """Filters by their run-time id. A context manager, and iterable: all filters that it has.

    names_bytes  memory that it may take; 0 is 64 MiB
    log          called with (level, text) for what could not be read
    own_provider key of the provider, as "{guid}", whose filters are one's own: Filter.own
    """

    def __init__(
        self,
        *,
        names_bytes: int = 0,
        log: Optional[LogFunction] = None,
        own_provider: Optional[str] = None,
    ) -> None:
        if not 0 <= names_bytes <= 0xFFFFFFFF:
            raise ValueError("names_bytes is 0 to 4294967295")
        options = _ffi.Options(
            size=sizeof(_ffi.Options), names_bytes=names_bytes, own_provider=guid(own_provider)
        )
        kept: List[Any] = []
        if log is not None:
            options.log = log_thunk(log)
            kept.append(options.log)
        self._handle: Optional[Handle] = Handle(options, kept)

    @classmethod
    def open_file(cls, path: PathLike, **options: Any) -> Names:
        """wfpstate.xml ('netsh wfp show state'), filters.xml or wfpdiag.xml; or firewall rules: .wfw,
        .reg, a registry hive, JSON or CSV of Get-NetFirewallRule."""
        names = cls(**options)
        names.load(path)
        return names

    @classmethod
    def open_host(cls, *, simulator: Optional[Simulator] = None, **options: Any) -> Names:
        """What this host's engine has now."""
        names = cls(**options)
        names.load_host(simulator=simulator)
        return names

    def opened(self) -> Handle:
        """The C side, which stays while somebody has it."""
        if self._handle is None:
            raise SessionClosed("the names are closed")
        return self._handle

    def load(self, path: PathLike) -> int:
        """Adds a file; "-" is standard input. Returns the number of its filters and rules.

        Raises WfpError with status E_IO or E_FORMAT.
        """
        name = os.fsencode(path)
        if b"\0" in name:
            raise ValueError("a path has no NUL")
        try:
            return self._load(lambda h, e: h.dll.wfpw_names_load(h.value, name, e))
        except WfpError as error:
            raise with_path(error, path)

    def load_memory(self, data: Union[bytes, bytearray, memoryview]) -> int:
        """Adds the content of a dump."""
        content = bytes(data)
        size = len(content)
        return self._load(lambda h, e: h.dll.wfpw_names_load_memory(h.value, content, size, e))

    def load_host(self, *, simulator: Optional[Simulator] = None) -> int:
        """Adds what this host's engine has now, as a dump of this moment whose name is "live".

        Changes nothing. What the user's rights do not show is missing, and is told to the log.
        Raises WfpError with status E_NOTSUP, E_ACCESS, E_NOSERVICE, E_TIMEOUT or E_SYSTEM.
        """
        options = _ffi.Options(size=sizeof(_ffi.Options))
        if simulator is not None:
            options.system = simulator.system
        return self._load(lambda h, e: h.dll.wfpw_names_load_host(h.value, byref(options), e))

    def load_host_rules(self, *, simulator: Optional[Simulator] = None) -> int:
        """Adds the firewall rules that this host's registry has now; their source is "live".

        Changes nothing. Raises WfpError with status E_NOTSUP, E_ACCESS or E_SYSTEM.
        """
        options = _ffi.Options(size=sizeof(_ffi.Options))
        if simulator is not None:
            options.system = simulator.system
        return self._load(lambda h, e: h.dll.wfpw_rules_load_host(h.value, byref(options), e))

    def stop(self) -> None:
        """Ends loading for good, from any thread: the call under way raises WfpError with status E_STOPPED.

        What was read stays.
        """
        handle = self.opened()
        handle.dll.wfpw_names_stop(handle.value)

    def _load(self, call: Callable[[Handle, Any], int]) -> int:
        handle, error = self.opened(), _ffi.Error()
        count = call(handle, byref(error))
        if count < 0:
            raise error_of(handle.dll, count, error)
        return count

    def get(self, filter_id: int, filetime: int = 0) -> Optional[Filter]:
        """The filter with this run-time id, as an event of that time means it; 0: the newest that
        is known. None when the id is not known."""
        if not 0 <= filter_id < 1 << 64 or not 0 <= filetime < 1 << 64:
            raise ValueError("an id and a time are 0 to 2**64 - 1")
        return self._ask(
            lambda h, room: h.dll.wfpw_names_get(h.value, filter_id, filetime, *room),
            decode_filter,
        )

    def rule(self, rule_id: str, filetime: int = 0) -> Optional[Rule]:
        """The firewall rule with this id, as an event of that time means it; 0: the newest that
        is known. None when the id is not known."""
        name = rule_id.encode()
        if not 0 <= filetime < 1 << 64 or b"\0" in name:
            raise ValueError("an id has no NUL, and a time is 0 to 2**64 - 1")
        return self._ask(
            lambda h, room: h.dll.wfpw_rules_get(h.value, name, filetime, *room), decode_rule
        )

    def rules(self) -> Iterator[Rule]:
        """Every firewall rule, in the order in which they were loaded."""
        return self._each("wfpw_rules_next", decode_rule)

    def __iter__(self) -> Iterator[Filter]:
        """Every filter, in the order in which they were loaded."""
        return self._each("wfpw_names_next", decode_filter)

    def _each(self, function: str, decode: Callable[[int, int], _Found]) -> Iterator[_Found]:
        cursor = c_uint64(0)
        while True:
            found = self._ask(
                lambda h, room: getattr(h.dll, function)(h.value, byref(cursor), *room), decode
            )
            if found is None:
                return
            yield found

    def guarded(self, guard: Guard) -> Iterator[Tuple[Filter, Guarded]]:
        """The filters that would block what the guard names, in the order in which they were
        loaded. Whether another filter permits it first is not evaluated."""
        cursor = c_uint64(0)

        def decode(base: int, size: int) -> Tuple[Optional[Filter], Optional[Guarded]]:
            found = guard.check_at(base)
            return (decode_filter(base, size) if found else None), found

        while True:
            pair = self._ask(
                lambda h, room: h.dll.wfpw_names_next(h.value, byref(cursor), *room), decode
            )
            if pair is None:
                return
            if pair[0] is not None and pair[1] is not None:
                yield pair[0], pair[1]

    def _ask(
        self,
        call: Callable[[Handle, Tuple[Any, ...]], int],
        decode: Callable[[int, int], _Found],
    ) -> Optional[_Found]:
        handle, needed, size = self.opened(), c_size_t(), _ROOM
        while True:
            room = (c_uint64 * size)()
            status = call(handle, (addressof(room), sizeof(room), byref(needed)))
            if Status(status) is not Status.E_RANGE:
                break
            size = needed.value // 8 + 1
        if status < 0:
            raise WfpError(status, "wfpw_names_get")
        if status == 0:
            return None
        return decode(addressof(room), needed.value)

    def stats(self) -> NamesStats:
        """The counts as they are now."""
        handle, raw = self.opened(), _ffi.NamesStats(size=sizeof(_ffi.NamesStats))
        status = handle.dll.wfpw_names_get_stats(handle.value, byref(raw))
        if status < 0:
            raise WfpError(status, "wfpw_names_get_stats")
        return NamesStats(**{f.name: getattr(raw, f.name) for f in fields(NamesStats)})

    def close(self) -> None:
        """Gives the memory back as soon as no session names from it any more. Filters stay valid."""
        self._handle = None

    def __enter__(self) -> Names:
        self.opened()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
