# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The exceptions of this package, all of them WfpwatchError."""

from __future__ import annotations

import errno
import os
from ctypes import byref
from typing import Any, List, Optional, Tuple, Type

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
        super().__init__(
            f"the {name} library cannot be loaded; tried:{places}\n"
            "Install the package with its library in it ('pip install ./bindings/python' in the"
            " source of wfpwatch), or build the library with CMake and name its file in the"
            f" environment variable {name.upper()}_LIBRARY."
        )


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
    path: Optional[str]
    """The file that it is about, when that is known."""
    condition: Optional[str]
    """The condition that is wrong at `position`, when it is about one; the message points at it."""

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
        self.path: Optional[str] = None
        self.condition: Optional[str] = None
        super().__init__(self.status, where, self.text, os_code, position, self.remedy)

    def __str__(self) -> str:
        code = f" (0x{self.os_code:08X})" if self.os_code > 0xFFFF else f" ({self.os_code})"
        file = f"{self.path}: " if self.path is not None else ""
        said = f"{file}{self.where}: {self.text}{code if self.os_code else ''}"
        said = f"{said}; {self.remedy}" if self.remedy else said
        if self.condition is None:
            return said
        return f"{said}\n    {harmless(self.condition)}\n    {' ' * self.position}^"


def harmless(text: str) -> str:
    """A line of text of which each character takes one place."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


class WfpOSError(WfpError, OSError):
    """A failure that Python has a word for, too: errno, strerror and filename are given."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.errno = self.os_code or None
        self.strerror = self.text


class WfpFileNotFound(WfpOSError, FileNotFoundError):
    """There is no such file."""


class WfpPermissionError(WfpOSError, PermissionError):
    """The system refused the call to this user."""


class WfpTimeout(WfpOSError, TimeoutError):
    """A call of the system took longer than it is waited for."""


class EndOfEvents(WfpError):
    """There is nothing more to read: status is E_EOF after files, E_STOPPED after stop()."""


_NOT_FOUND = {errno.ENOENT, errno.ENOTDIR} if os.name != "nt" else {2, 3}
_DENIED = {errno.EACCES, errno.EPERM} if os.name != "nt" else {5}


def _class_of(status: int, os_code: int) -> Type[WfpError]:
    kind = Status(status)
    if kind in (Status.E_EOF, Status.E_STOPPED):
        return EndOfEvents
    if kind is Status.E_ACCESS or (kind is Status.E_IO and os_code in _DENIED):
        return WfpPermissionError
    if kind is Status.E_IO:
        return WfpFileNotFound if os_code in _NOT_FOUND else WfpOSError
    return WfpTimeout if kind is Status.E_TIMEOUT else WfpError


def error_of(dll: Any, status: int, error: _ffi.Error) -> WfpError:
    """The exception for a call that returned `status` and filled `error`."""
    return _class_of(status, error.os_code)(
        status,
        error.where.decode("utf-8", "replace"),
        error.text.decode("utf-8", "replace"),
        error.os_code,
        error.position,
        dll.wfpw_remedy(byref(error)).decode("utf-8", "replace"),
    )


def with_path(error: WfpError, path: Any) -> WfpError:
    """The same, of a file."""
    error.path = os.fsdecode(path)
    if isinstance(error, OSError):
        error.filename = error.path
    return error
