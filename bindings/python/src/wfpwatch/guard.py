# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What no filter should silence.

    guard = wfpwatch.Guard(r"app=C:\\Program Files\\Agent\\*.exe", "service=WinDefend")
    for found, guarded in wfpwatch.Names.open_file("wfpstate.xml").guarded(guard):
        print(found.id, found.name, guarded.target, guarded.confidence.name)

Targets are KEY=VALUE; wfpw_guard_add in wfpwatch.h has the keys and what their values are.
"""

from __future__ import annotations

import weakref
from ctypes import byref, c_void_p, sizeof, string_at
from typing import Any, Optional, Tuple

from . import _ffi
from ._constants import Status
from ._decode import guarded_of
from ._errors import WfpError, error_of
from ._loader import load
from .events import Guarded


class Guard:
    """Targets that were understood. It never changes; several sessions may have it.

    Raises WfpError with status E_SYNTAX, whose position is the byte that is wrong.
    """

    def __init__(self, *targets: str) -> None:
        self._targets = tuple(targets)
        self.dll = load().dll
        made = c_void_p()
        status = self.dll.wfpw_guard_new(None, byref(made))
        if status < 0:
            raise WfpError(status, "wfpw_guard_new")
        self.value = made.value
        self.finalizer = weakref.finalize(self, self.dll.wfpw_guard_free, self.value)
        # At the interpreter's end the newest goes first, and a session that was made before has it.
        self.finalizer.atexit = False
        for target in self._targets:
            self._add(target)

    def _add(self, target: str) -> None:
        text, error = target.encode("utf-8"), _ffi.Error()
        if b"\0" in text:
            raise WfpError(Status.E_SYNTAX, "wfpw_guard_add", "a target has no NUL", 0, text.index(b"\0"))
        status = self.dll.wfpw_guard_add(self.value, text, byref(error))
        if status < 0:
            raise error_of(self.dll, status, error)

    @property
    def targets(self) -> Tuple[str, ...]:
        """Their texts."""
        return self._targets

    def check_at(self, address: int) -> Optional[Guarded]:
        """What is found in the wfpw_filter at this address; None: nothing."""
        found = _ffi.Guarded(size=sizeof(_ffi.Guarded))
        status = self.dll.wfpw_guard_check(self.value, address, byref(found))
        if status < 0:
            raise WfpError(status, "wfpw_guard_check")
        return guarded_of(found, string_at(found.text).decode("utf-8")) if status > 0 else None

    def __repr__(self) -> str:
        return f"Guard({', '.join(map(repr, self._targets))})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return Guard, self._targets
