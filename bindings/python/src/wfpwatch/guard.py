# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What no filter should silence.

    guard = wfpwatch.Guard(r"app=C:\\Program Files\\Agent\\*.exe", "service=WinDefend")
    for found, guarded in wfpwatch.Names.open_file("wfpstate.xml").guarded(guard):
        print(found.id, found.name, guarded.target, guarded.confidence.name)

Targets are KEY=VALUE; wfpw_guard_add in wfpwatch.h has the keys and what their values are. Who
added a filter is in records 5447 of a log of that host:

    for event in wfpwatch.Session.open_file("Security.evtx"):
        if wfpwatch.added_by(found, event):
            print(event.time, event.user_sid, event.process_id)
"""

from __future__ import annotations

import weakref
from ctypes import addressof, byref, c_char_p, c_void_p, cast, sizeof, string_at
from typing import Any, Optional, Tuple

from . import _ffi
from ._constants import Confidence, Has, Status
from ._decode import guarded_of
from ._errors import WfpError, error_of
from ._loader import load
from .events import Event, Filter, Guarded


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


# Of a record 5447 what its meaning depends on (wfpw_filter_added_by).
_FIELDS = ("ChangeType", "FilterKey")
_PERSISTENT = 0x1  # FWPM_FILTER_FLAG_PERSISTENT


def added_by(found: Filter, event: Event) -> Optional[Confidence]:
    """Whether the event is the record of who added this filter (5447): CERTAIN by its key and id;
    LIKELY by its key, of a persistent filter, which gets another id at each start of the engine;
    None: it does not tell of it. Of several the latest counts."""
    if event.audit is None or event.filter_id is None or found.key is None:
        return None
    values = [(name, event.audit.get(name)) for name in _FIELDS]
    texts = [(name.encode(), value.encode("utf-8")) for name, value in values if value is not None]
    fields = (_ffi.Field * len(_FIELDS))()
    for field, (name, value) in zip(fields, texts):
        field.name, field.value = (cast(c_char_p(text), c_void_p).value for text in (name, value))
        field.name_length, field.value_length = len(name), len(value)
    audit = _ffi.Audit(
        size=sizeof(_ffi.Audit),
        event_id=event.audit.event_id,
        fields=addressof(fields),
        field_count=len(texts),
        field_stride=sizeof(_ffi.Field),
    )
    raw = _ffi.Event(
        size=sizeof(_ffi.Event),
        present=Has.FILTER_ID,
        filter_id=event.filter_id,
        time=event.filetime,
        audit=addressof(audit),
    )
    key = c_char_p(found.key.encode("utf-8"))
    wanted = _ffi.Filter(
        size=sizeof(_ffi.Filter),
        id=found.id,
        flags=_PERSISTENT if "FWPM_FILTER_FLAG_PERSISTENT" in found.flags else 0,
        from_time=found.source_filetime or 0,
        key=cast(key, c_void_p),
    )
    sure = load().dll.wfpw_filter_added_by(byref(wanted), byref(raw))
    if sure < 0:
        raise WfpError(sure, "wfpw_filter_added_by")
    return Confidence(sure) if sure else None
