# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The audit policy: which events Windows writes to its Security log.

    for row in wfpwatch.audit_policy():
        print(row.name, row.audited, row.decided_by.word)
    saved = wfpwatch.backup_audit_policy()
    wfpwatch.set_audit_policy("connection", Audited.SUCCESS | Audited.FAILURE)
    wfpwatch.restore_audit_policy(saved)

What is set stays set. A live session that is opened with audit_policy=True turns on what it needs
and puts it back. All need an elevated process; WfpError with status E_ACCESS says so.
"""

from __future__ import annotations

from ctypes import byref, c_size_t, create_string_buffer, sizeof, string_at
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, List, Optional, Union

from . import _ffi
from ._constants import Audited, Decided, RestoreFlag, Status
from ._errors import error_of
from ._loader import load
from ._native import LogFunction, log_thunk
from .host import options_of

if TYPE_CHECKING:
    from .sim import Simulator

_ROWS = 128


@dataclass(frozen=True)
class AuditSetting:
    """A subcategory of the audit policy."""

    guid: str
    """{0CCE9226-69AE-11D9-BED3-505054503030}"""
    category: str
    name: str
    """In English; empty for one that this library does not know."""
    word: str
    """A short word for it, or empty."""
    host_category: str
    host_name: str
    """As this host calls them, or empty."""
    audited: Audited
    needed: Audited
    """Without it events of blocks are not written."""
    success: str
    failure: str
    """The IDs of our events that are written then."""
    decided_by: Decided
    decided: Audited
    """What a Group Policy or the device's management says."""
    os_code: int
    """The system's code when the setting could not be asked."""


@dataclass(frozen=True)
class AuditRestored:
    """What restore_audit_policy did."""

    set: int
    same: int
    kept: int
    """Rows that say: leave it as it is (of a Group Policy's file)."""
    absent: int
    """Rows of subcategories that this Windows does not have."""
    unread: int
    """Lines that were not understood: each was logged."""
    users: int
    options: int
    sacls: int
    """Rows that were left: of accounts, options, global object access."""


def audit_policy(*, simulator: Optional[Simulator] = None) -> List[AuditSetting]:
    """Every subcategory that this Windows has."""
    library, error = load(), _ffi.Error()
    rows = (_ffi.AuditPolicy * _ROWS)()
    rows[0].size = sizeof(_ffi.AuditPolicy)
    options = options_of(None, simulator)
    count = library.dll.wfpw_audit_policy_get(byref(options), rows, _ROWS, byref(error))
    if count < 0:
        raise error_of(library.dll, count, error)
    return [_setting(raw) for raw in rows[: min(count, _ROWS)]]


def set_audit_policy(
    subcategory: str, audited: Union[Audited, int], *, simulator: Optional[Simulator] = None
) -> bool:
    """Sets one subcategory, and nothing else: by GUID, English name or a word that audit_policy()
    gives ("connection", "packet-drop", ...); 0 for nothing. Returns whether it was different
    before."""
    if "\0" in subcategory:
        raise ValueError("a subcategory has no NUL")
    library, error = load(), _ffi.Error()
    options = options_of(None, simulator)
    changed: int = library.dll.wfpw_audit_policy_set(
        byref(options), subcategory.encode("utf-8", "surrogateescape"), int(audited), byref(error)
    )
    if changed < 0:
        raise error_of(library.dll, changed, error)
    return changed > 0


def backup_audit_policy(*, simulator: Optional[Simulator] = None) -> str:
    """All subcategories, as 'auditpol /backup' writes them."""
    library, error = load(), _ffi.Error()
    options, needed = options_of(None, simulator), c_size_t(32768)
    while True:
        room = create_string_buffer(needed.value + 1)
        length = library.dll.wfpw_audit_policy_backup(
            byref(options), room, sizeof(room), byref(needed), byref(error)
        )
        if length >= 0:
            return room.raw[:length].decode("ascii")
        if length != Status.E_RANGE:
            raise error_of(library.dll, length, error)


def restore_audit_policy(
    text: Union[str, bytes],
    *,
    policy: bool = False,
    log: Optional[LogFunction] = None,
    simulator: Optional[Simulator] = None,
) -> AuditRestored:
    """Sets the subcategories that a text of 'auditpol /backup' or backup_audit_policy says, and
    nothing else that stands there. policy: it is a Group Policy's audit.csv, where 0 leaves a
    subcategory as it is. Raises WfpError; with status E_SYNTAX it is no such text."""
    library, error = load(), _ffi.Error()
    content = text.encode("utf-8") if isinstance(text, str) else text
    options = options_of(None, simulator)
    if log is not None:
        options.log = log_thunk(log)
    out = _ffi.AuditRestored(size=sizeof(_ffi.AuditRestored))
    status = library.dll.wfpw_audit_policy_restore(
        byref(options),
        content,
        len(content),
        RestoreFlag.POLICY if policy else 0,
        byref(out),
        byref(error),
    )
    if status < 0:
        raise error_of(library.dll, status, error)
    names = AuditRestored.__dataclass_fields__
    return AuditRestored(**{name: getattr(out, name) for name in names})


def _static(pointer: Optional[int]) -> str:
    return string_at(pointer).decode("utf-8", "replace") if pointer else ""


def _setting(raw: Any) -> AuditSetting:
    return AuditSetting(
        guid=raw.guid.decode("ascii"),
        category=_static(raw.category),
        name=_static(raw.name),
        word=_static(raw.word),
        host_category=raw.host_category.decode("utf-8", "replace"),
        host_name=raw.host_name.decode("utf-8", "replace"),
        audited=Audited(raw.audited),
        needed=Audited(raw.needed),
        success=_static(raw.success),
        failure=_static(raw.failure),
        decided_by=Decided(raw.decided_by),
        decided=Audited(raw.decided),
        os_code=raw.os_code,
    )
