# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The sockets of this host: what is connected and what listens, and which process has it.

    for c in wfpwatch.connections():
        print(c.state, c.local, c.remote, c.process_id, c.app_path or c.device_path, c.service)

No privilege is needed; programs of other users' processes may stay unnamed without one.

Connections of IPsec, which are all that the filtering engine's own connection objects are, need an
elevated process:

    for c in wfpwatch.ipsec_connections():
        print(c.mode, c.local, c.remote, c.key_module, c.auth_method, c.peer, c.bytes_in)
"""

from __future__ import annotations

from ctypes import byref, c_void_p, string_at
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Iterator, List, Optional

from . import _ffi
from ._constants import TcpState, WordList
from ._decode import endpoint_of
from ._errors import error_of
from ._loader import Library, load
from .events import Endpoint, IpAddress, datetime_of
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


@dataclass(frozen=True)
class IpsecConnection:
    """A connection of IPsec, between two addresses. Methods are words ("ikev2"), or numbers as text
    where Windows has one that this library has no word for."""

    id: int
    """Of this connection, as long as the engine runs."""
    mode: str
    """"transport" or "tunnel"."""
    local: Optional[IpAddress]
    remote: Optional[IpAddress]
    key_module: str
    """"ike", "authip" or "ikev2"."""
    auth_method: str
    """Of the main mode: "kerberos", "certificate"..."""
    second_auth_method: Optional[str]
    """Of AuthIP's extended mode; None: it is not AuthIP."""
    cipher: str
    integrity: str
    dh_group: str
    max_lifetime: int
    """Of the main mode, in seconds."""
    bytes_in: int
    bytes_out: int
    """As the engine had them last: its driver is not asked."""
    bytes_total: int
    """Both; may be less than their sum, and 0."""
    provider: Optional[str]
    """{guid}."""
    peer: Optional[str]
    """Kerberos and NTLM: who the remote computer is."""
    second_peer: Optional[str]
    """Likewise, of the extended mode: most often its user."""
    created_filetime: int
    """0: not known."""

    @property
    def created(self) -> Optional[datetime]:
        """created_filetime, aware, in UTC."""
        return datetime_of(self.created_filetime) if self.created_filetime else None


class IpsecConnections(List[IpsecConnection]):
    """A list, and whether the engine monitored such connections when it was made."""

    monitored: Optional[bool] = None
    """False: an empty list proves nothing; None: the engine could not be asked."""


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


def ipsec_connections(*, simulator: Optional[Simulator] = None) -> IpsecConnections:
    """The filtering engine's connections, which are those of IPsec. Windows 8 and later."""
    library, error, made = load(), _ffi.Error(), c_void_p()
    options = options_of(None, simulator)
    status = library.dll.wfpw_ipsec_connections_load(byref(options), byref(made), byref(error))
    if status < 0:
        raise error_of(library.dll, status, error)
    found = IpsecConnections()
    try:
        monitored = library.dll.wfpw_ipsec_connections_monitored(made)
        found.monitored = None if monitored < 0 else bool(monitored)
        while True:
            raw = library.dll.wfpw_ipsec_connections_get(made, len(found))
            if not raw:
                return found
            found.append(_ipsec_connection(library, raw.contents))
    finally:
        library.dll.wfpw_ipsec_connections_free(made)


def _ipsec_connection(library: Library, raw: _ffi.IpsecConnection) -> IpsecConnection:
    def word(words: WordList, code: int) -> str:
        return library.word(words, code) or str(code)

    local, remote = endpoint_of(raw.local), endpoint_of(raw.remote)
    second = raw.second_auth_method
    return IpsecConnection(
        id=raw.id,
        mode=word(WordList.IPSEC_MODE, raw.mode),
        local=local.ip if local else None,
        remote=remote.ip if remote else None,
        key_module=word(WordList.KEY_MODULE, raw.key_module),
        auth_method=word(WordList.AUTH_METHOD, raw.auth_method),
        second_auth_method=None if second == 0xFFFFFFFF else word(WordList.AUTH_METHOD, second),
        cipher=word(WordList.CIPHER, raw.cipher),
        integrity=word(WordList.INTEGRITY, raw.integrity),
        dh_group=word(WordList.DH_GROUP, raw.dh_group),
        max_lifetime=raw.max_lifetime_s,
        bytes_in=raw.bytes_in,
        bytes_out=raw.bytes_out,
        bytes_total=raw.bytes,
        provider=_text(raw.provider),
        peer=_text(raw.peer),
        second_peer=_text(raw.second_peer),
        created_filetime=raw.created,
    )
