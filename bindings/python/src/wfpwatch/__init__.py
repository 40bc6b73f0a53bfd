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
    Direction,
    DirectionFrom,
    FilterState,
    Kind,
    Lost,
    Orientation,
    PidFrom,
    Source,
    State,
    Status,
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
    WfpwatchError,
)
from ._loader import Library, load
from .events import Audit, Condition, Endpoint, Event, Filter, Icmp, Ike, Ipsec, Mac, VSwitch
from .names import Names, NamesStats
from .session import Session, Stats
from .sim import Simulator
from .template import Template

__all__ = [
    "Audit",
    "Condition",
    "Direction",
    "DirectionFrom",
    "EndOfEvents",
    "Endpoint",
    "Event",
    "Filter",
    "FilterState",
    "Icmp",
    "Ike",
    "Ipsec",
    "Kind",
    "Library",
    "LibraryError",
    "LibraryNotFound",
    "Lost",
    "Mac",
    "MissingSymbols",
    "Names",
    "NamesStats",
    "Orientation",
    "PidFrom",
    "Session",
    "SessionClosed",
    "Simulator",
    "SizeMismatch",
    "Source",
    "State",
    "Stats",
    "Status",
    "Template",
    "VSwitch",
    "VersionMismatch",
    "WfpError",
    "WfpwatchError",
    "WordList",
    "__version__",
    "load",
]
