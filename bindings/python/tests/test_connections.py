# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Sockets of a simulated host, and the processes of events that they give."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

import wfpwatch
from wfpwatch import Confidence, PidFrom, Session, Simulator, Status, TcpState

SCENE = r"""
drive C: \Device\HarddiskVolume3
socket protocol=tcp local=0.0.0.0:4444 process=1204 app="\device\harddiskvolume3\tools\nc.exe" age=5000
socket protocol=tcp local=[2001:db8::1]:443 remote=[2001:db8::2]:5001 process=4 age=1
socket protocol=udp local=0.0.0.0:5355 process=1100 service=Dnscache app="\device\harddiskvolume3\windows\system32\svchost.exe" age=9
socket protocol=tcp local=192.0.2.10:50001 remote=203.0.113.7:80 state=11 process=0 age=99999999999999
"""


def test_connections(simulator: Simulator) -> None:
    simulator.play(SCENE)
    listener, gone, six, udp = wfpwatch.connections(simulator=simulator)
    assert (listener.protocol, listener.state, str(listener.local)) == (6, TcpState.LISTEN, "0.0.0.0:4444")
    assert (listener.process_id, listener.app_path, listener.service) == (1204, r"C:\tools\nc.exe", None)
    assert listener.created == datetime(2025, 12, 31, 23, 59, 55, tzinfo=timezone.utc)
    assert listener.remote is None
    assert (gone.state, gone.process_id, gone.created) == (TcpState.TIME_WAIT, None, None)
    assert gone.remote is not None and gone.remote.port == 80
    assert (six.state, six.device_path, six.app_path) == (TcpState.ESTABLISHED, "System", None)
    assert six.remote is not None and str(six.remote.ip) == "2001:db8::2"
    assert (udp.protocol, udp.state, udp.service) == (17, None, "Dnscache")


def test_failure(simulator: Simulator) -> None:
    simulator.play("fail call=GetExtendedUdpTable code=5")
    with pytest.raises(wfpwatch.WfpError) as failed:
        wfpwatch.connections(simulator=simulator)
    assert (failed.value.status, failed.value.where) == (Status.E_ACCESS, "GetExtendedUdpTable")


IPSEC = r"""
ipsec on
ipsec_connection id=7 local=192.0.2.10 remote=203.0.113.7 key_module=ikev2 mode=tunnel auth=certificate cipher=aes_gcm_256 dh_group=ecp_384 integrity=77 lifetime=28800 in=1000 out=500 age=60000
ipsec_connection local=2001:db8::1 remote=2001:db8::2 key_module=authip auth=kerberos second_auth=ntlm_v2 peer=PC7$ second_peer=EXAMPLE\alice provider={5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52} age=99999999999999
"""


def test_ipsec_connections(simulator: Simulator) -> None:
    simulator.play(IPSEC)
    found = wfpwatch.ipsec_connections(simulator=simulator)
    assert found.monitored is True
    tunnel, authip = found
    assert (tunnel.id, tunnel.mode, tunnel.key_module, tunnel.auth_method) == (7, "tunnel", "ikev2", "certificate")
    assert (str(tunnel.local), str(tunnel.remote)) == ("192.0.2.10", "203.0.113.7")
    assert (tunnel.cipher, tunnel.integrity, tunnel.dh_group, tunnel.max_lifetime) == ("aes_gcm_256", "77", "ecp_384", 28800)
    assert (tunnel.bytes_in, tunnel.bytes_out, tunnel.bytes_total) == (1000, 500, 1500)
    assert tunnel.created == datetime(2025, 12, 31, 23, 59, 0, tzinfo=timezone.utc)
    assert (tunnel.second_auth_method, tunnel.peer, tunnel.provider) == (None, None, None)
    assert (authip.auth_method, authip.second_auth_method) == ("kerberos", "ntlm_v2")
    assert (authip.peer, authip.second_peer, authip.created) == ("PC7$", "EXAMPLE\\alice", None)
    assert authip.provider == "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}"


def test_no_ipsec_connections(simulator: Simulator) -> None:
    found = wfpwatch.ipsec_connections(simulator=simulator)
    assert (list(found), found.monitored) == ([], False)
    simulator.play("fail call=FwpmEngineGetOption0 code=5")
    assert wfpwatch.ipsec_connections(simulator=simulator).monitored is None
    simulator.play("fail call=FwpmConnectionEnum0 code=5")
    with pytest.raises(wfpwatch.WfpError) as failed:
        wfpwatch.ipsec_connections(simulator=simulator)
    assert (failed.value.status, failed.value.where) == (Status.E_ACCESS, "FwpmConnectionEnum0")
    with pytest.raises(wfpwatch.WfpError) as failed:
        wfpwatch.ipsec_connections(simulator=Simulator(7))
    assert failed.value.status == Status.E_NOTSUP


def test_events_have_processes(simulator: Simulator) -> None:
    simulator.play(SCENE)
    with Session.open_live(
        observe=True, simulator=simulator, sockets=True, pid=True, explain=False
    ) as session:
        simulator.play("drop protocol=udp local=192.0.2.10:5355 remote=203.0.113.7:1 layer=44")
        event = next(iter(session))
        assert (event.process_id, event.pid_from) == (1100, PidFrom.SOCKETS)
        assert (event.pid_confidence, event.process_service) == (Confidence.GUESS, "Dnscache")
        assert (session.stats().sockets_found, session.stats().sockets_read) == (1, 1)
