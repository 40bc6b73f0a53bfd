# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Which events are wanted.

    where = wfpwatch.Template("protocol=tcp", "remote-port=80,443", "app!=*chrome*")
    with wfpwatch.Session.open_file("Security.evtx", where=where) as session:
        ...

Conditions are KEY=VALUE or KEY!=VALUE, of which all must hold; wfpw_template_add in wfpwatch.h has
the keys and what their values are.
"""

from __future__ import annotations

import weakref
from ctypes import byref, c_void_p, sizeof, string_at
from typing import Any, Iterable, Iterator, NamedTuple, Optional, Tuple, Union

from . import _ffi
from ._constants import AskedBy, Status
from ._errors import WfpError, error_of
from ._loader import load


class Asked(NamedTuple):
    """Who asks one condition of a live event."""

    by: AskedBy
    condition: str
    why: str  # why the engine is not asked it, a sentence, or ""
    log_by: Optional[AskedBy] = None  # the same of records of the Security log
    log_why: str = ""


def _pointed(condition: str, error: WfpError) -> WfpError:
    """The error, which shows where in the condition it is."""
    if error.status == Status.E_SYNTAX:
        error.condition = condition
    return error


class TemplateHandle:
    """A wfpw_template, freed when neither its Template nor a session has it any more."""

    def __init__(self, conditions: Iterable[str]) -> None:
        self.dll = load().dll
        made = c_void_p()
        status = self.dll.wfpw_template_new(None, byref(made))
        if status < 0:
            raise WfpError(status, "wfpw_template_new")
        self.value = made.value
        self.finalizer = weakref.finalize(self, self.dll.wfpw_template_free, self.value)
        for condition in conditions:
            self._add(condition)

    def _add(self, condition: str) -> None:
        error = _ffi.Error()
        text = condition.encode("utf-8")
        if b"\0" in text:
            raise _pointed(
                condition,
                WfpError(
                    Status.E_SYNTAX,
                    "wfpw_template_add",
                    "a condition has no NUL",
                    0,
                    condition.index("\0"),
                ),
            )
        status = self.dll.wfpw_template_add(self.value, text, byref(error))
        if status < 0:
            raise _pointed(condition, error_of(self.dll, status, error))

    def explain(self) -> Iterator[Asked]:
        row = _ffi.Asked(size=sizeof(_ffi.Asked))
        i = 0
        while self.dll.wfpw_template_explain(self.value, i, byref(row)) == 1:
            texts = (row.condition, row.why, row.log_why)
            condition, why, log_why = (string_at(p).decode("utf-8") for p in texts)
            yield Asked(AskedBy(row.code), condition, why, AskedBy(row.log_code), log_why)
            i += 1


class Template:
    """Conditions that were understood. It never changes; several sessions may have it.

    Raises WfpError with status E_SYNTAX, whose position is the character that is wrong.
    """

    def __init__(self, *conditions: str) -> None:
        self._conditions = tuple(conditions)
        self._handle = TemplateHandle(self._conditions)

    @property
    def conditions(self) -> Tuple[str, ...]:
        """Their texts."""
        return self._conditions

    def explain(self) -> Tuple[Asked, ...]:
        """Who asks which condition in a live session; cheap ones first."""
        return tuple(self._handle.explain())

    def opened(self) -> TemplateHandle:
        """The C side, which stays while somebody has it."""
        return self._handle

    def __repr__(self) -> str:
        return f"Template({', '.join(map(repr, self._conditions))})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return Template, self._conditions


Where = Union[str, Iterable[str], Template]


def template_of(where: Where) -> Template:
    """What a caller may give as the wanted events."""
    if isinstance(where, Template):
        return where
    return Template(where) if isinstance(where, str) else Template(*where)
