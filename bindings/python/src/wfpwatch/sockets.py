# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The sockets of this host: what is connected and what listens, and which process has it.

    for c in wfpwatch.connections():
        print(c.state, c.local, c.remote, c.process_id, c.app_path or c.device_path, c.service)

No privilege is needed; programs of other users' processes may stay unnamed without one.
"""

from __future__ import annotations

from ctypes import byref, c_void_p, string_at
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Iterator, List, Optional

from . import _ffi
from ._constants import TcpState
from ._decode import endpoint_of
from ._errors import error_of
from ._loader import Library, load
from .events import Endpoint, datetime_of
from .host import options_of

if TYPE_CHECKING:
    from .sim import Simulator


@dataclass(frozen=True)
class Connection:
    """A TCP connection, a listener, or a UDP socket."""

    protocol: int
    """IANA number: 6 or 17."""
    state: Optional[TcpState]
    """None: UDP."""
    local: Endpoint
    remote: Optional[Endpoint]
    """None: of a listener, and of UDP."""
    process_id: Optional[int]
    """None: of no process any more (TcpState.TIME_WAIT)."""
    device_path: Optional[str]
    """The process's program: an NT device path, or "System"."""
    app_path: Optional[str]
    """The same as a path of this host."""
    service: Optional[str]
    """The service, or the module, that has the socket."""
    created_filetime: int
    """When it was bound, not connected; 0: not known."""

    @property
    def created(self) -> Optional[datetime]:
        """created_filetime, aware, in UTC."""
        return datetime_of(self.created_filetime) if self.created_filetime else None


def connections(*, simulator: Optional[Simulator] = None) -> List[Connection]:
    """The sockets of this host, as its tables have them now."""
    library, error, made = load(), _ffi.Error(), c_void_p()
    options = options_of(None, simulator)
    status = library.dll.wfpw_connections_load(byref(options), byref(made), byref(error))
    if status < 0:
        raise error_of(library.dll, status, error)
    try:
        return [_connection(raw) for raw in _sockets(library, made)]
    finally:
        library.dll.wfpw_connections_free(made)


def _sockets(library: Library, made: c_void_p) -> Iterator[_ffi.Connection]:
    i = 0
    while True:
        found = library.dll.wfpw_connections_get(made, i)
        if not found:
            return
        yield found.contents
        i += 1


def _text(address: Optional[int]) -> Optional[str]:
    return None if address is None else string_at(address).decode("utf-8")


def _connection(raw: _ffi.Connection) -> Connection:
    local = endpoint_of(raw.local)
    assert local is not None  # every socket has a local side
    return Connection(
        protocol=raw.protocol,
        state=TcpState(raw.state) if raw.state else None,
        local=local,
        remote=endpoint_of(raw.remote),
        process_id=raw.process_id or None,
        device_path=_text(raw.device_path),
        app_path=_text(raw.app_path),
        service=_text(raw.service),
        created_filetime=raw.created,
    )
