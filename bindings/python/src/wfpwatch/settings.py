# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Settings of a session from one JSON text, as an agent gets them from its server.

    settings = wfpwatch.Settings.from_json(text)
    with wfpwatch.Session.open_settings(settings) as session:
        ...

wfpw_options_from_json in wfpwatch.h has the keys.
"""

from __future__ import annotations

import weakref
from ctypes import POINTER, byref, sizeof, string_at
from typing import Type, TypeVar, Union

from . import _ffi
from ._errors import error_of
from ._loader import load

_T = TypeVar("_T", bound="Settings")
_S = TypeVar("_S", bound=_ffi.Struct)


def _copy(struct: Type[_S], address: int) -> _S:
    return struct.from_buffer_copy(string_at(address, sizeof(struct)))


class Settings:
    """Settings that were understood. They never change; several sessions may have them."""

    def __init__(self, json: Union[str, bytes]) -> None:
        """Raises WfpError with status E_SYNTAX: its `where` is the key, its position the character
        that is wrong."""
        text = json.encode("utf-8") if isinstance(json, str) else bytes(json)
        self._json = json
        dll, error = load().dll, _ffi.Error()
        made = POINTER(_ffi.Settings)()
        status = dll.wfpw_options_from_json(text, len(text), None, byref(made), byref(error))
        if status < 0:
            raise error_of(dll, status, error)
        self._made = made
        self.dll = dll
        self.finalizer = weakref.finalize(self, dll.wfpw_settings_free, made)

    @classmethod
    def from_json(cls: Type[_T], json: Union[str, bytes]) -> _T:
        """Reads them: the same as Settings(json)."""
        return cls(json)

    @property
    def has_live(self) -> bool:
        """Whether they have the filtering engine as a source."""
        return self._made.contents.live is not None

    @property
    def has_audit(self) -> bool:
        """Whether they have the Security log as a source."""
        return self._made.contents.audit is not None

    # Copies of the C side, whose texts, template and guard stay while somebody has these settings.

    def options(self) -> _ffi.Options:
        return _copy(_ffi.Options, self._made.contents.options)

    def live(self) -> _ffi.Live:
        return _copy(_ffi.Live, self._made.contents.live)

    def audit(self) -> _ffi.AuditLog:
        return _copy(_ffi.AuditLog, self._made.contents.audit)

    def __repr__(self) -> str:
        return f"Settings({self._json!r})"
