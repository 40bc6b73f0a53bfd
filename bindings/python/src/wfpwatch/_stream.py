# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Streams that were given away: who takes one releases it when it likes, on any thread, perhaps
after the session was closed here and perhaps at the interpreter's end. Until then what the session
points to has to be there.
"""

from __future__ import annotations

import threading
from ctypes import byref, c_char_p, c_size_t, c_uint32, c_void_p, cast, py_object, pythonapi, sizeof
from typing import Any, Callable, List, Optional

from . import _ffi
from ._errors import error_of

# Of Python itself. What C writes to may not be Python's: it outlives the interpreter perhaps.
_malloc = pythonapi.PyMem_RawCalloc
_malloc.restype, _malloc.argtypes = c_void_p, [c_size_t, c_size_t]
_free = pythonapi.PyMem_RawFree
_free.restype, _free.argtypes = None, [c_void_p]
_new_capsule = pythonapi.PyCapsule_New
_new_capsule.restype, _new_capsule.argtypes = py_object, [c_void_p, c_char_p, c_void_p]

_keep = pythonapi.Py_IncRef
_keep.restype, _keep.argtypes = None, [py_object]
_let_go = pythonapi.Py_DecRef
_let_go.restype, _let_go.argtypes = None, [py_object]

_NAME = c_char_p(b"arrow_array_stream")  # a capsule does not copy its name
_STREAM_BYTES = 5 * sizeof(c_void_p)


def _spare_at_exit(part: Any) -> None:
    """Leaves what the library points to to the system when the interpreter ends: a stream may still
    be read then."""
    finalizer = getattr(part, "finalizer", None)
    if finalizer is not None:
        finalizer.atexit = False


class Given:
    """A stream that was given away, and what it needs."""

    def __init__(self, kept: List[Any]) -> None:
        self._flag: Optional[int] = _malloc(1, sizeof(c_uint32))
        if self._flag is None:
            raise MemoryError
        self._kept = kept
        _keep(kept)  # also when the interpreter ends, and clears what modules have
        self._after: List[Callable[[], object]] = []
        for part in kept:
            _spare_at_exit(part)

    def keep(self, part: Any) -> None:
        """What the session points to besides, from now on."""
        with _lock:
            if self._flag is not None:
                self._kept.append(part)
                _spare_at_exit(part)

    @property
    def flag(self) -> Optional[int]:
        """Where the library writes 1 when it needs nothing any more."""
        return self._flag

    def is_over(self) -> bool:
        """Whether the stream was released; then what it needed is let go."""
        with _lock:
            if self._flag is None:
                return True
            if c_uint32.from_address(self._flag).value == 0:
                return False
            self.end()
        return True

    def end(self) -> None:
        """Lets go what it needed. Under the lock."""
        _free(self._flag)
        self._flag = None
        kept, self._kept = self._kept, []
        _let_go(kept)
        while self._after:
            self._after.pop()()

    def after(self, call: Callable[[], object]) -> None:
        """What is to be done when it is over."""
        self._after.append(call)


_all: List[Given] = []
_lock = threading.RLock()  # of every Given: sessions of any thread sweep all of them


def sweep() -> None:
    """Lets go what streams that are over needed."""
    with _lock:
        for given in list(_all):  # what is let go may call this, or give a stream, in turn
            if given.is_over() and given in _all:
                _all.remove(given)


def give_stream(
    dll: Any, session: int, options: _ffi.ArrowOptions, kept: List[Any]
) -> "tuple[Any, Given]":
    """A capsule with a stream of the session's events; kept: what the session points to."""
    sweep()
    given, error = Given(kept), _ffi.Error()
    memory = _malloc(1, _STREAM_BYTES)
    options.released = given.flag
    status = dll.wfpw_arrow_stream(session, byref(options), memory, byref(error))
    if status < 0 or memory is None:
        _free(memory)
        with _lock:
            given.end()
        raise error_of(dll, status, error)
    with _lock:
        _all.append(given)
    destructor = cast(dll.wfpw_arrow_capsule_free, c_void_p)
    return _new_capsule(memory, _NAME, destructor), given
