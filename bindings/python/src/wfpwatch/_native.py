# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What a session has on the C side, and who may touch it when.

The library wants one thread at a time per session, but lets any thread stop it and ask for counts.
So there are two locks: `reading`, held by who reads, adds or closes, and `using`, held during the
short calls that any thread may make. Both may be taken again by their thread, as a signal handler
runs on top of what it interrupts.
"""

from __future__ import annotations

import threading
from ctypes import byref, c_void_p
from typing import Any, Callable, List, Optional

from . import _ffi
from ._constants import Status
from ._errors import SessionClosed, WfpError, WfpwatchError, error_of
from ._loader import Library
from ._stream import Given

LogFunction = Callable[[int, str], None]
ThreadFunction = Callable[[str], None]

_PATIENCE = 2.0  # seconds; a stopped read ends within one, unless it waits for input


def refuse_of_another(dll: Any, part: Any) -> None:
    """Raises an error when another library made it, which load() was asked for meanwhile: neither
    knows what the other one's pointers lead to."""
    made_by = getattr(part, "dll", None)
    if made_by is not None and made_by._handle != dll._handle:
        what = type(part).__name__.replace("Handle", "").lower() or "names"
        raise WfpwatchError(f"another library made this: {what}")


class Batch:
    """A wfpw_batch, which goes back to where it came from when no event of it is there any more."""

    __slots__ = ("value", "_home")

    def __init__(self, value: int, home: Batches) -> None:
        self.value = value
        self._home = home

    def __del__(self) -> None:
        self._home.give_back(self.value)


class Batches:
    """Room for events, used again: a session that nobody keeps events of needs two."""

    _SPARE = 2

    def __init__(self, dll: Any, max_events: int, batch_bytes: int) -> None:
        self._dll = dll
        self._sizes = (max_events, batch_bytes)
        self._spare: List[int] = []
        self._keeps = True

    def take(self) -> Batch:
        try:
            value = self._spare.pop()
        except IndexError:
            value = self._dll.wfpw_batch_new(*self._sizes)
        if value is None:
            raise WfpError(Status.E_NOMEM, "wfpw_batch_new")
        return Batch(value, self)

    def give_back(self, value: int) -> None:
        if self._keeps and len(self._spare) < self._SPARE:
            self._spare.append(value)
        else:
            self._dll.wfpw_batch_free(value)

    def close(self) -> None:
        self._keeps = False
        while self._spare:
            self._dll.wfpw_batch_free(self._spare.pop())

    def __del__(self) -> None:
        self.close()


class Native:
    """A wfpw_session, and room for its events."""

    def __init__(
        self,
        library: Library,
        options: _ffi.Options,
        max_events: int,
        batch_bytes: int,
        kept: List[Any],
    ) -> None:
        """kept: what the library points to while the session is open."""
        self.library = library
        self.dll = library.dll
        for part in kept:
            refuse_of_another(self.dll, part)
        self.kept = kept
        self.reading = threading.RLock()
        self.using = threading.RLock()
        handle, error = c_void_p(), _ffi.Error()
        self.check(self.dll.wfpw_open(byref(options), byref(handle), byref(error)), error)
        self._handle: Optional[int] = handle.value
        self._batches = Batches(self.dll, max_events, batch_bytes)
        self.given: Optional[Given] = None
        try:
            self.take_batch()
        except BaseException:
            self.dll.wfpw_close(handle)
            raise

    @property
    def closed(self) -> bool:
        return self._handle is None

    def opened(self) -> int:
        """The session, while it is open. To be used under one of the locks."""
        handle = self._handle
        if handle is None:
            raise SessionClosed("the session is closed")
        return handle

    def keep(self, part: Any) -> None:
        """What the library points to besides, until it has closed the session: that may be later
        than it is closed here, with a stream. To be used under `reading`."""
        refuse_of_another(self.dll, part)
        self.kept.append(part)
        if self.given is not None:
            self.given.keep(part)

    def take_batch(self) -> Batch:
        """Room for the events of one read."""
        return self._batches.take()

    def is_streamed(self) -> bool:
        """Whether a stream was given away that still needs the session."""
        return self.given is not None and not self.given.is_over()

    def refuse_in_stream(self) -> None:
        """Raises an error when who has the stream may be reading, on whatever thread."""
        if self.is_streamed():
            raise WfpwatchError("the session's events go to an Arrow stream")

    def read_into(self, batch: Batch, timeout_ms: int) -> int:
        """One wfpw_read; to be called under `reading`. Returns the number of events."""
        self.refuse_in_stream()
        error = _ffi.Error()
        count: int = self.dll.wfpw_read(self.opened(), batch.value, timeout_ms, byref(error))
        self.check(count, error)
        return count

    def check(self, status: int, error: _ffi.Error) -> None:
        """Raises what a call failed with."""
        if status < 0:
            raise error_of(self.dll, status, error)

    def stop(self) -> None:
        """Lets who reads in another thread come to an end."""
        with self.using:
            if self._handle is not None:
                self.dll.wfpw_stop(self._handle)

    def close(self) -> None:
        """Closes it once; who reads in another thread is stopped and waited for. A stream that was
        given away goes on: the library closes the session with it."""
        if not self.is_streamed():
            self.stop()
        with self.reading:
            with self.using:
                handle, self._handle = self._handle, None
            if handle is not None:
                self.dll.wfpw_close(handle)
                self._batches.close()
                self.kept = []

    def forget(self) -> None:
        """close, when the interpreter has forgotten the session or comes to its end.

        The first may be on any thread: inside a log function that can be the library's own, which
        cannot wait for its own end. At the end a thread may be stuck in a read from a pipe: then
        all is left to the system, as nothing can be closed under it.
        """
        if not self.is_streamed():
            self.stop()
        if in_log_function():
            threading.Thread(target=self.close).start()
        elif self.reading.acquire(timeout=_PATIENCE):
            try:
                self.close()
            finally:
                self.reading.release()


# ---- log functions ------------------------------------------------------------------------------


class _LogDepth(threading.local):
    """How many log functions are running on this thread."""

    value = 0


_log_depth = _LogDepth()


def in_log_function() -> bool:
    """Whether this is called from inside a log function."""
    return _log_depth.value > 0


def refuse_in_log_function(what: str) -> None:
    """Raises an error inside a log function, which the library calls in the midst of its work."""
    if in_log_function():
        raise RuntimeError(f"a log function may not {what} a session")


def log_thunk(log: LogFunction) -> Any:
    """A log function as C calls it. What it raises goes to sys.unraisablehook."""

    def call(_context: Optional[int], level: int, text: bytes) -> None:
        _log_depth.value += 1
        try:
            log(level, text.decode("utf-8", "replace"))
        finally:
            _log_depth.value -= 1

    return _ffi.LogFn(call)


# ---- threads ------------------------------------------------------------------------------------


def _hook_thunk(hook: Optional[ThreadFunction]) -> Any:
    if hook is None:
        return _ffi.HookFn()
    wanted = hook

    def call(_context: Optional[int], role: bytes) -> None:
        wanted(role.decode("ascii"))

    return _ffi.HookFn(call)


def thread_hooks(
    started: Optional[ThreadFunction], ending: Optional[ThreadFunction]
) -> _ffi.ThreadHooks:
    """Functions for the library's threads, as C calls them; what is returned keeps them."""
    return _ffi.ThreadHooks(started=_hook_thunk(started), ending=_hook_thunk(ending))
