# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Live sessions of a simulated Windows."""

from __future__ import annotations

import gc
import json
import select
import sys
import time
from ipaddress import ip_address
from typing import Callable, List, Optional

import pytest
from as_json import as_json

import wfpwatch
from wfpwatch import (
    Direction,
    Event,
    FilterState,
    Health,
    Kind,
    Lost,
    Session,
    Simulator,
    Source,
    State,
    Status,
    Verdict,
    WfpError,
)

DROP = (
    "drop local=10.0.0.5:50000 remote=93.184.216.34:443 protocol=tcp direction=out filter=70 "
    "layer=48 app=\\device\\harddiskvolume1\\agent.exe user=S-1-5-18"
)

TIME = 134116992000000007

EVERYTHING = [
    DROP,
    "drop local=[fe80::1]:1 remote=[fe80::2]:2 protocol=17 scope=7 direction=in loopback=yes "
    "reauth=8 original=1 current=3 package=S-1-15-2-1-2-3-4-5-6-7 enterprise=corp policy=5 "
    "effective=name",
    "drop local=10.0.0.5:8 remote=10.0.0.6:0 protocol=icmp package=S-1-0-0",
    "drop local=10.0.0.5:8 remote=10.0.0.6:0 vswitch=switch-1 vswitch_source=3 "
    "vswitch_destination=4",
    "allow local=10.0.0.5:50000 remote=10.0.0.6:443 protocol=tcp filter=71 layer=44",
    "capability_drop capability=1 filter=3 local=10.0.0.5:50000",
    "capability_allow capability=99 filter=3 loopback=yes",
    "classify_drop_mac local_mac=02:00:00:00:00:01 remote_mac=0a:0b:0c:0d:0e:0f media=1 iftype=6 "
    "ethertype=2048 ndis=2 vlan=3 luid=77 filter=9 layer=60",
    "ipsec_kernel_drop status=3221225473 direction=in spi=12 filter=8 layer=12",
    "ipsec_dosp_drop public=192.0.2.1 internal=fd00::1 status=5 direction=in",
    "ike_mm_failure error=13801 point=1 flags=1 module=1 state=2 role=1 auth=3 "
    "mm_id=123456789012 filter=5 cert=0102030405060708090a0b0c0d0e0f1011121314 "
    'local_principal=me remote_principal=you local_groups="S-1-1-0 S-1-5-11" '
    "context={0CCE9225-69AE-11D9-BED3-505054503030}",
    "ike_qm_failure error=13802 point=2 module=2 state=1 role=0 traffic=1 mm_luid=5 filter=6 "
    "local_subnet=10.0.0.0/8 remote_subnet=10.0.0.1-10.0.0.9",
    "ike_em_failure error=13803 point=2 flags=2 state=1 role=0 auth=2 mm_id=3 filter=6 "
    "remote_groups=S-1-1-0",
    "lpm_packet_arrival spi=5",
    "event type=200 local=10.0.0.5:1",
]


def collect(session: Session, count: int) -> List[Event]:
    """So many events; what does not come in time fails the test."""
    events: List[Event] = []
    end = time.monotonic() + 10
    while len(events) < count and time.monotonic() < end:
        events += session.read(timeout=1)
    assert len(events) == count
    return events


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    assert what()


def test_a_drop(simulator: Simulator) -> None:
    with Session.open_sim(simulator) as session:
        simulator.play(f"{DROP} time={TIME}")
        [event] = collect(session, 1)
    assert (event.kind, event.source, event.seq) == (Kind.CLASSIFY_DROP, Source.SIM, 1)
    assert event.direction is Direction.OUTBOUND
    assert (event.protocol, event.filter_id, event.layer_id) == (6, 70, 48)
    assert event.local == wfpwatch.Endpoint(ip_address("10.0.0.5"), 50000)
    assert str(event.remote) == "93.184.216.34:443"
    assert event.device_path == "\\device\\harddiskvolume1\\agent.exe"
    assert event.user_sid == "S-1-5-18"
    assert event.time_text == "2026-01-01T00:00:00.0000007Z"
    assert (event.audit, event.ike, event.process_id) == (None, None, None)


def test_paths_and_accounts(simulator: Simulator) -> None:
    user = "S-1-5-21-1-2-3-1001"
    simulator.play(f"drive C: \\Device\\HarddiskVolume1; account {user} PC\\alice")
    with Session.open_sim(simulator, accounts=True) as session:

        def is_placed() -> bool:  # an event waits for the list of drives, but not for long
            simulator.play(DROP)
            [event] = collect(session, 1)
            assert event.user_name == "NT AUTHORITY\\SYSTEM"
            return event.app_path == "C:\\agent.exe"

        def is_named() -> bool:
            simulator.play(f"drop user={user}")
            return collect(session, 1)[0].user_name == "PC\\alice"

        until(is_placed)
        until(is_named)


@pytest.mark.parametrize("windows", [7, 8, 10, 1803, 11])
def test_every_kind_is_what_its_json_says(windows: int, library: wfpwatch.Library) -> None:
    with Simulator(windows) as simulator, Session.open_sim(simulator, json=True) as session:
        simulator.play("\n".join(EVERYTHING))
        events = collect(session, simulator.counts().callbacks)
    for event in events:
        assert event.json is not None
        assert as_json(event) == json.loads(event.json)
    if windows == 11:
        elsewhere = {Kind.AUDIT, Kind.GAP, Kind.FILTER_ADD, Kind.FILTER_DELETE, Kind.FIREWALL}
        elsewhere |= {Kind.GUARD, Kind.CONNECTION_END}
        assert {e.kind for e in events} == set(Kind) - elsewhere
        by_kind = {e.kind: e for e in events}
        ike, mac = by_kind[Kind.IKE_MM_FAILURE].ike, by_kind[Kind.CLASSIFY_DROP_MAC].mac
        assert ike is not None and ike.local_groups == ("S-1-1-0", "S-1-5-11")
        assert ike.cert_hash == bytes(range(1, 21)) and ike.remote_groups == ()
        assert mac is not None and mac.remote == bytes(range(10, 16))


def test_a_script_on_its_own_thread(simulator: Simulator) -> None:
    simulator.start(f"repeat 3 {DROP}\nsleep 20\n{DROP}")
    with Session.open_sim(simulator) as session:
        assert [e.seq for e in collect(session, 4)] == [1, 2, 3, 4]


def test_loss_is_counted_and_told(simulator: Simulator) -> None:
    total = 20000
    with Session.open_sim(simulator, ring_bytes=65536) as session:
        simulator.play(f"repeat {total} {DROP}")
        events: List[Event] = []
        while True:
            got = session.read(timeout=0.5)
            if not got:
                break
            events += got
        stats = session.stats()
    gaps = [e for e in events if e.kind == Kind.GAP]
    assert gaps and all(e.lost_where == Lost.RING for e in gaps)
    assert sum(e.lost or 0 for e in gaps) == stats.dropped > 0
    assert stats.received == stats.delivered + stats.dropped == total
    assert stats.gaps == len(gaps)


def test_an_outage_is_a_gap_of_unknown_size(simulator: Simulator) -> None:
    with Session.open_sim(simulator, watch=0.01, json=True) as session:
        simulator.play(DROP)
        collect(session, 1)
        simulator.play("restart")
        until(lambda: simulator.counts().subscriptions == 1)
        simulator.play(DROP)
        gap, drop = collect(session, 2)
    assert (gap.kind, gap.lost, gap.lost_where) == (Kind.GAP, None, Lost.OUTAGE)
    assert gap.json and as_json(gap) == json.loads(gap.json)
    assert drop.kind == Kind.CLASSIFY_DROP


def test_timeouts(simulator: Simulator) -> None:
    with Session.open_sim(simulator) as session:
        begin = time.monotonic()
        assert session.read(timeout=0) == []
        assert time.monotonic() - begin < 0.15
        assert session.read(timeout=0.3) == []
        assert 0.25 < time.monotonic() - begin < 2
        with pytest.raises(ValueError):
            session.read(timeout=-1)


@pytest.mark.skipif(sys.platform == "win32", reason="a HANDLE there")
def test_wait_handle(simulator: Simulator) -> None:
    with Session() as files:
        assert files.wait_handle() is None
    with Session.open_sim(simulator) as session:
        handle = session.wait_handle()
        assert handle is not None
        session.read(timeout=0)
        assert select.select([handle], [], [], 0)[0] == []
        simulator.play(DROP)
        assert select.select([handle], [], [], 5)[0] == [handle]
        collect(session, 1)


@pytest.mark.parametrize(
    "script, status, code",
    [
        ("fail call=FwpmEngineOpen0 code=5", Status.E_ACCESS, 5),
        ("stop", Status.E_NOSERVICE, None),
        ("fail call=FwpmNetEventSubscribe code=5", Status.E_ACCESS, 5),
    ],
)
def test_refusals_have_names(
    simulator: Simulator, script: str, status: Status, code: Optional[int]
) -> None:
    simulator.play(script)
    with pytest.raises(wfpwatch.WfpError) as caught:
        Session.open_sim(simulator)
    assert caught.value.status is status
    assert caught.value.remedy == status.remedy != ""
    assert code is None or caught.value.os_code == code
    assert caught.value.where.startswith("Fwpm")


def test_fail_nth(simulator: Simulator) -> None:
    simulator.fail_nth(1, 5)
    with pytest.raises(wfpwatch.WfpError, match="denied"):
        Session.open_sim(simulator)
    Session.open_sim(simulator).close()


def test_counts(simulator: Simulator) -> None:
    with Session.open_sim(simulator) as session:
        simulator.play(DROP)
        collect(session, 1)
        counts = simulator.counts()
        assert (counts.callbacks, counts.sessions, counts.subscriptions) == (1, 1, 1)
        assert session.stats().state == State.CONNECTED
    counts = simulator.counts()
    assert (counts.sessions, counts.subscriptions, counts.allocations) == (0, 0, 0)


def test_a_script_that_cannot_be_read(simulator: Simulator) -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        simulator.play(f"{DROP}\ndrop colour=red")
    assert caught.value.status is Status.E_SYNTAX
    assert caught.value.position == len(DROP) + len("\ndrop ")
    with pytest.raises(wfpwatch.WfpError):
        simulator.start("dance")
    with pytest.raises(ValueError):
        simulator.play("a\0b")


def test_a_windows_that_there_is_not(library: wfpwatch.Library) -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        Simulator(95)
    assert caught.value.status is Status.E_INVAL


def test_the_log_function(simulator: Simulator) -> None:
    lines: List[str] = []
    with Session.open_sim(
        simulator, watch=0.01, log=lambda level, text: lines.append(f"{level} {text}")
    ) as session:
        simulator.play("stop")
        until(lambda: bool(lines))
        session.read(timeout=0)
    assert lines[0][0] in "123" and len(lines[0]) > 5


def test_a_log_function_may_not_close_or_read(simulator: Simulator) -> None:
    problems: List[str] = []
    session = Session(simulator=simulator, log=lambda level, text: misbehave())

    def misbehave() -> None:
        for wrong in (session.close, session.read):
            try:
                wrong()
            except RuntimeError as problem:
                problems.append(str(problem))

    session.add_live(watch=0.01)
    simulator.play("stop")
    until(lambda: len(problems) >= 2)
    session.close()


def test_a_session_forgotten_in_a_log_function_is_closed(simulator: Simulator) -> None:
    inside: List[str] = []
    held: List[Session] = []

    def log(level: int, text: str) -> None:
        held.clear()
        gc.collect()
        inside.append(text)

    held.append(Session(simulator=simulator, log=log))
    held[0].add_live(watch=0.01)
    simulator.play("stop")
    until(lambda: bool(inside) and simulator.counts().sessions == 0)


def test_closing_a_simulator_closes_its_sessions(library: wfpwatch.Library) -> None:
    simulator = Simulator()
    session = Session.open_sim(simulator)
    simulator.close()
    assert session.closed
    for use in (simulator.counts, lambda: simulator.play(DROP), lambda: simulator.system):
        with pytest.raises(wfpwatch.SessionClosed):
            use()
    simulator.close()


def test_a_forgotten_simulator_outlives_its_session(library: wfpwatch.Library) -> None:
    session = Session.open_sim(Simulator())
    gc.collect()
    assert session.read(timeout=0) == []
    session.close()


def test_what_is_ones_own(library: wfpwatch.Library) -> None:
    agent = "{11111111-2222-3333-4444-555555555555}"
    with wfpwatch.Simulator() as sim:
        sim.play(f'self "\\\\device\\\\me.exe"; filter id=7 provider={agent}')
        with Session.open_sim(sim, own_provider=agent.upper(), json=True) as session:
            sim.play('drop filter=7; drop filter=8 app="\\\\device\\\\ME.exe"; drop')
            events = [next(session) for _ in range(3)]
    assert [e.own_filter for e in events] == [True, False, False]
    assert [e.own_process for e in events] == [False, True, False]
    for event in events:
        assert event.json is not None
        assert json.loads(event.json) == as_json(event)
    with pytest.raises(ValueError):
        Session(own_provider="me")


def test_filters_come_and_go(library: wfpwatch.Library) -> None:
    with wfpwatch.Simulator() as sim:
        with Session.open_sim(sim, observe=True, filters=True, json=True) as session:
            sim.play("filter id=7 name=one")
            came = next(session)
            sim.play("unfilter id=7")
            went = next(session)
            assert session.stats().received == 2
    assert (came.kind, came.filter_id, came.verdict) == (Kind.FILTER_ADD, 7, Verdict.INFO)
    assert came.filter is not None and came.filter.name == "one"
    assert (went.kind, went.filter_id) == (Kind.FILTER_DELETE, 7)
    assert went.filter is not None and went.filter.state == FilterState.DELETED
    assert went.filter.deleted_filetime == went.filetime
    for event in (came, went):
        assert event.json is not None
        assert json.loads(event.json) == as_json(event)


def test_health(library: wfpwatch.Library) -> None:
    with Simulator() as simulator, Session.open_sim(simulator, silence=1) as session:
        health = session.health()
        assert health.signs in ((), (Health.SILENCE,)) and health.state == State.CONNECTED
        assert health.log_state is None and health.missing == () and health.outages == 0
        assert health.look_age is not None and health.event_age >= 0
        (gap,) = session.read(30)
        assert (gap.kind, gap.lost, gap.lost_where) == (Kind.GAP, None, Lost.SILENCE)
        assert session.health().signs == (Health.SILENCE,) and session.health().gaps == 1
        assert session.health().gap_age is not None
    with Session.open_memory(b"<Events/>") as session, pytest.raises(WfpError) as raised:
        session.health()
    assert raised.value.status == Status.E_INVAL
