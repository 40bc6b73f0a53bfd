# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A simulated Windows, to test what you do with events, on any system.

    with Simulator() as simulator, Session.open_sim(simulator) as session:
        simulator.play("drop local=10.0.0.5:50000 remote=93.184.216.34:443 protocol=tcp filter=70")
        [event] = session.read(timeout=1)

docs/testing.md has the script language. The library is wfpwatch_sim: named by the environment
variable WFPWATCH_SIM_LIBRARY, beside this package or the main library, or where the system looks.
"""

from __future__ import annotations

import weakref
from ctypes import byref, c_void_p
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Type

from . import _ffi
from ._constants import SimCount
from ._errors import SessionClosed, WfpError, error_of
from ._loader import PathLike, load, load_simulator

if TYPE_CHECKING:
    from ._native import Native
    from .session import Session


@dataclass(frozen=True)
class Counts:
    """What happened in a simulator."""

    calls: int
    """Of functions, ever."""
    callbacks: int
    """Events that a subscriber was given, ever."""
    sessions: int
    """Open now."""
    subscriptions: int
    allocations: int
    """Handed out by calls and not yet freed."""
    misuses: int
    """Calls that Windows would have answered with a crash."""
    change_subscriptions: int
    """Of changes of filters, now."""
    enumerated: int
    """Events that enumerations gave, ever."""
    now: int
    """Its clock, 100 ns since 1601-01-01 UTC."""
    log_handles: int = 0
    """Of the event log, open now."""
    log_records: int = 0
    """That the Security log holds."""
    log_next: int = 0
    """The number that its next record has."""
    socket_error: int = 0
    """Winsock's, of the script's last bind, listen, connect or send; 0: it succeeded."""
    last_filter: int = 0
    """The id of the filter that was added last."""
    dynamic: int = 0
    """What dynamic sessions added, but filters, now."""
    rule_watches: int = 0
    """Of the firewall's rules, open now."""


class Simulator:
    """A Windows of its own, in memory. A context manager.

    windows: 7, 8, 10 (1607), 1803 or 11, which decides what functions and events there are.
    """

    def __init__(self, windows: int = 11, *, library: Optional[PathLike] = None) -> None:
        self._dll: Any = load_simulator(library)
        handle = c_void_p()
        status = self._dll.wfpw_sim_new(windows, byref(handle))
        if status < 0:
            raise WfpError(status, "wfpw_sim_new")
        self._handle: Optional[int] = handle.value
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        self._natives: weakref.WeakSet[Native] = weakref.WeakSet()
        self.finalizer = weakref.finalize(self, self._dll.wfpw_sim_free, handle)

    @property
    def system(self) -> int:
        """The address of its wfpw_system, for wfpw_options.system."""
        address: int = self._dll.wfpw_sim_system(self._opened())
        return address

    def play(self, script: str) -> None:
        """Does what the script says, and returns when it is done.

        Raises WfpError with status E_SYNTAX and the position; what stood before it has been done.
        """
        self._run(self._dll.wfpw_sim_play, script)

    def start(self, script: str) -> None:
        """The same on a thread of the simulator's, which first waits until somebody subscribes. One
        at a time. The script is checked before this returns."""
        self._run(self._dll.wfpw_sim_start, script)

    def _run(self, function: Any, script: str) -> None:
        text, error = script.encode("utf-8"), _ffi.Error()
        if b"\0" in text:
            raise ValueError("a script has no NUL")
        status = function(self._opened(), text, byref(error))
        if status < 0:
            raise error_of(load().dll, status, error)

    def fail_nth(self, nth: int, code: int) -> None:
        """Makes the nth call from now (1 is the next) of any function return `code` instead of
        working; 0 takes that back."""
        self._dll.wfpw_sim_fail_nth(self._opened(), nth, code)

    def counts(self) -> Counts:
        """What happened so far."""
        handle, count = self._opened(), self._dll.wfpw_sim_count
        return Counts(**{what.name.lower(): count(handle, what) for what in SimCount})

    def used_by(self, session: Session, native: Native) -> None:
        """Remembers a session, which is closed before the simulator is freed."""
        self._sessions.add(session)
        self._natives.add(native)

    def close(self) -> None:
        """Closes the sessions that still use it, then frees it. No other thread may be inside play.
        More than once is fine."""
        for session in list(self._sessions):
            session.close()
        natives = list(self._natives)
        for native in natives:
            native.close()  # of a session that was forgotten, which perhaps is being closed
        self._handle = None
        streams = [native.given for native in natives if native.given is not None]
        streams = [given for given in streams if not given.is_over()]
        if streams:
            self.finalizer.atexit = False
        for given in streams:
            given.after(lambda: all(s.is_over() for s in streams) and self.finalizer())
        if not streams:
            self.finalizer()

    def _opened(self) -> int:
        if self._handle is None:
            raise SessionClosed("the simulator is closed")
        return self._handle

    def __enter__(self) -> Simulator:
        self._opened()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
