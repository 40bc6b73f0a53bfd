# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The exceptions of this package, all of them WfpwatchError."""

from __future__ import annotations

from ctypes import byref
from typing import Any, List, Optional, Tuple

from . import _ffi
from ._constants import Status


class WfpwatchError(Exception):
    """What every exception of this package is."""


# ---- loading ------------------------------------------------------------------------------------


class LibraryError(WfpwatchError):
    """The C library cannot be used."""


class LibraryNotFound(LibraryError):
    """No library where it was looked for. `tried` has (place, what went wrong) of each try."""

    def __init__(self, name: str, tried: List[Tuple[str, str]]) -> None:
        self.tried = tried
        places = "".join(f"\n  {place}: {why}" for place, why in tried)
        super().__init__(f"the {name} library cannot be loaded; tried:{places}")


class MissingSymbols(LibraryError):
    """The library lacks functions of this package's header: it is older, or none of ours."""

    def __init__(self, path: str, names: List[str]) -> None:
        self.path, self.names = path, names
        super().__init__(f"{path} lacks: {', '.join(names)}")


class VersionMismatch(LibraryError):
    """The library is older than this package, or newer and not compatible."""

    def __init__(self, path: str, found: Tuple[int, int, int], wanted: str) -> None:
        self.path, self.found = path, found
        super().__init__(f"{path} is version {'.'.join(map(str, found))}, wanted is {wanted}")


class SizeMismatch(LibraryError):
    """Structs are laid out in another way. `differing` has (struct, size here, size there)."""

    def __init__(self, path: str, differing: List[Tuple[str, int, int]]) -> None:
        self.path, self.differing = path, differing
        which = ", ".join(f"{name} ({here} here, {there} there)" for name, here, there in differing)
        super().__init__(f"{path} has structs of other sizes: {which}")


# ---- using --------------------------------------------------------------------------------------


class SessionClosed(WfpwatchError):
    """A session or simulator was used after it had been closed."""


class WfpError(WfpwatchError):
    """A call of the library failed."""

    status: Status
    """What kind of failure it is."""
    where: str
    """The call that failed, or the place: a function of the system, or a file."""
    text: str
    """What happened, one sentence."""
    os_code: int
    """The system's code (Win32, RPC or FWP_E_*, or errno); 0 when there is none."""
    position: int
    """In a file the byte, in a text the character, counted from 0."""
    remedy: str
    """What to do about it; empty when there is nothing to do."""

    def __init__(
        self,
        status: int,
        where: str,
        text: str = "",
        os_code: int = 0,
        position: int = 0,
        remedy: Optional[str] = None,
    ) -> None:
        self.status = Status(status)
        self.where = where
        self.text = text or self.status.word
        self.os_code = os_code
        self.position = position
        self.remedy = self.status.remedy if remedy is None else remedy
        super().__init__(self.status, where, self.text, os_code, position, self.remedy)

    def __str__(self) -> str:
        code = f" (0x{self.os_code:08X})" if self.os_code > 0xFFFF else f" ({self.os_code})"
        said = f"{self.where}: {self.text}{code if self.os_code else ''}"
        return f"{said}; {self.remedy}" if self.remedy else said


class EndOfEvents(WfpError):
    """There is nothing more to read: status is E_EOF after files, E_STOPPED after stop()."""


def error_of(dll: Any, status: int, error: _ffi.Error) -> WfpError:
    """The exception for a call that returned `status` and filled `error`."""
    ended = status in (Status.E_EOF, Status.E_STOPPED)
    return (EndOfEvents if ended else WfpError)(
        status,
        error.where.decode("utf-8", "replace"),
        error.text.decode("utf-8", "replace"),
        error.os_code,
        error.position,
        dll.wfpw_remedy(byref(error)).decode("utf-8", "replace"),
    )
