# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The host: how it stands, and putting back what was left on.

    for row in wfpwatch.check():
        print(row.level, row.check.word, row.text, row.remedy)
    wfpwatch.restore()

A live session turns collection of net events on under a lease, and puts it back when it is closed.
What a process that was killed left on is put back by the next live session, or by restore().
"""

from __future__ import annotations

from ctypes import byref, sizeof
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, List, Optional

from . import _ffi
from ._constants import Check
from ._errors import error_of
from ._loader import load
from ._native import LogFunction, log_thunk

if TYPE_CHECKING:
    from .sim import Simulator

_ROWS = 16


@dataclass(frozen=True)
class Row:
    """One thing that was looked at."""

    check: Check
    level: int
    """1 error, 2 warning, 3 all is well."""
    text: str
    """What was found, one sentence."""
    remedy: str
    """What to do about it, or empty."""
    os_code: int
    """The system's code, when a call failed."""


def check(
    *, state_dir: Optional[str] = None, simulator: Optional[Simulator] = None
) -> List[Row]:
    """Looks at the engine, its settings and our leases; changes nothing. What fails is a row.

    state_dir: where leases are kept, as for Session. Raises WfpError with status E_NOTSUP on a host
    without a filtering engine.
    """
    library, error = load(), _ffi.Error()
    rows = (_ffi.Row * _ROWS)()
    rows[0].size = sizeof(_ffi.Row)
    options = options_of(state_dir, simulator)
    count = library.dll.wfpw_check(byref(options), rows, _ROWS, byref(error))
    if count < 0:
        raise error_of(library.dll, count, error)
    return [_row(raw) for raw in rows[: min(count, _ROWS)]]


def restore(
    *,
    state_dir: Optional[str] = None,
    log: Optional[LogFunction] = None,
    simulator: Optional[Simulator] = None,
) -> int:
    """Puts back what sessions of processes that have ended left on. Returns how many leases were
    settled. Raises WfpError; with status E_LEASE the record could not be read and was set aside,
    unless it is of a newer version."""
    library, error = load(), _ffi.Error()
    options = options_of(state_dir, simulator)
    if log is not None:
        options.log = log_thunk(log)
    count: int = library.dll.wfpw_restore(byref(options), byref(error))
    if count < 0:
        raise error_of(library.dll, count, error)
    return count


def options_of(state_dir: Optional[str], simulator: Optional[Simulator]) -> _ffi.Options:
    """The options of a call about the host."""
    options = _ffi.Options(size=sizeof(_ffi.Options), state_dir=place(state_dir))
    if simulator is not None:
        options.system = simulator.system
    return options


def place(state_dir: Optional[str]) -> Optional[bytes]:
    """Where leases are kept, for C; the struct that takes it keeps it."""
    if state_dir is None:
        return None
    if "\0" in state_dir:
        raise ValueError("a place has no NUL")
    return state_dir.encode("utf-8", "surrogateescape")


def _row(raw: Any) -> Row:
    remedy = (raw.remedy or b"").decode("utf-8", "replace")
    text = raw.text.decode("utf-8", "replace")
    return Row(Check(raw.code), raw.level, text, remedy, raw.os_code)
