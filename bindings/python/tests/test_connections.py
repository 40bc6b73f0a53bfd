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
