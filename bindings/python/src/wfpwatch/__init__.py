# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What Windows blocked, by which filter, for which process, and why.

    import wfpwatch

    with wfpwatch.Session.open_file("Security.evtx") as session:
        for event in session:
            print(event.time, event.kind.word, event.local, event.remote)

The C library is loaded when the first session is opened, or by load(). See README.md.
"""

from ._constants import (
    VERSION_STRING as __version__,
    AskedBy,
    Audited,
    AuditPolicy,
    Check,
    Confidence,
    Decided,
    Differs,
    Direction,
    DirectionFrom,
    Evidence,
    FilterState,
    Keyword,
    Join,
    Kind,
    Lost,
    LogPath,
    Missing,
    Orientation,
    PidFrom,
    Reason,
    Source,
    State,
    Status,
    Verdict,
    WordList,
)
from ._errors import (
    EndOfEvents,
    LibraryError,
    LibraryNotFound,
    MissingSymbols,
    SessionClosed,
    SizeMismatch,
    VersionMismatch,
    WfpError,
    WfpFileNotFound,
    WfpOSError,
    WfpPermissionError,
    WfpTimeout,
    WfpwatchError,
)
from ._loader import Library, load
from .columns import Columns
from .events import (
    Audit,
    Condition,
    Endpoint,
    Event,
    Explanation,
    Filter,
    Icmp,
    Ike,
    Ipsec,
    Mac,
    Terminating,
    VSwitch,
)
from .host import Row, check, restore
from .names import Names, NamesStats
from .policy import (
    AuditRestored,
    AuditSetting,
    audit_policy,
    backup_audit_policy,
    restore_audit_policy,
    set_audit_policy,
)
from .session import Session, Stats
from .sim import Simulator
from .template import Asked, Template

__all__ = [
    "Audit",
    "AuditPolicy",
    "AuditRestored",
    "AuditSetting",
    "Audited",
    "Asked",
    "AskedBy",
    "Check",
    "Columns",
    "Condition",
    "Confidence",
    "Decided",
    "Differs",
    "Direction",
    "DirectionFrom",
    "EndOfEvents",
    "Endpoint",
    "Event",
    "Evidence",
    "Explanation",
    "Filter",
    "FilterState",
    "Icmp",
    "Ike",
    "Ipsec",
    "Keyword",
    "Join",
    "Kind",
    "Library",
    "LibraryError",
    "LibraryNotFound",
    "Lost",
    "LogPath",
    "Missing",
    "Mac",
    "MissingSymbols",
    "Names",
    "NamesStats",
    "Orientation",
    "PidFrom",
    "Reason",
    "Row",
    "Session",
    "SessionClosed",
    "Simulator",
    "SizeMismatch",
    "Source",
    "State",
    "Stats",
    "Status",
    "Template",
    "Terminating",
    "VSwitch",
    "Verdict",
    "VersionMismatch",
    "WfpError",
    "WfpFileNotFound",
    "WfpOSError",
    "WfpPermissionError",
    "WfpTimeout",
    "WfpwatchError",
    "WordList",
    "__version__",
    "audit_policy",
    "backup_audit_policy",
    "check",
    "load",
    "restore",
    "restore_audit_policy",
    "set_audit_policy",
]
