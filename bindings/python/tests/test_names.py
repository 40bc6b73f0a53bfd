# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Names of filters: by themselves, and of the events of a session."""

from __future__ import annotations

import gc
import json
import pickle
import threading
from pathlib import Path
from typing import List

import pytest
from as_json import as_json

import wfpwatch
from wfpwatch import (
    FilterState,
    Names,
    ProductFrom,
    Service,
    Session,
    SessionClosed,
    Simulator,
    Status,
    WfpError,
)

KEY = "{00000000-0000-0000-0000-000000000001}"
DUMP = f"""<?xml version="1.0"?><wfpstate><timeStamp>2026-01-08T16:50:48.073Z</timeStamp><filters>
<item><filterKey>{KEY}</filterKey><displayData><name>Block &amp; tell</name><description/></displayData>
<flags><item>FWPM_FILTER_FLAG_INDEXED</item></flags><providerKey>{{aa}}</providerKey>
<layerKey>FWPM_LAYER_ALE_AUTH_CONNECT_V4</layerKey><subLayerKey>FWPM_SUBLAYER_UNIVERSAL</subLayerKey>
<weight><type>FWP_UINT8</type><uint8>9</uint8></weight><filterCondition numItems="1"><item>
<fieldKey>FWPM_CONDITION_IP_REMOTE_PORT</fieldKey><matchType>FWP_MATCH_EQUAL</matchType>
<conditionValue><type>FWP_UINT16</type><uint16>443</uint16></conditionValue></item></filterCondition>
<action><type>FWP_ACTION_BLOCK</type></action><rawContext>5</rawContext><filterId>70</filterId>
<effectiveWeight><type>FWP_UINT64</type><uint64>18446744073709551615</uint64></effectiveWeight></item>
</filters></wfpstate>""".encode()
EVENT = """<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>5157</EventID>
<TimeCreated SystemTime="2026-01-08T16:50:48.073Z"/></System><EventData>
<Data Name="FilterRTID">{}</Data><Data Name="LayerRTID">48</Data></EventData></Event>"""


@pytest.fixture
def names(library: wfpwatch.Library) -> Names:
    names = Names()
    assert names.load_memory(DUMP) == 1
    return names


def test_a_filter_in_full(names: Names) -> None:
    found = names.get(70)
    assert found is not None
    assert (found.id, found.key, found.name) == (70, KEY, "Block & tell")
    assert (found.layer, found.layer_name) == (
        "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
        "ALE Connect v4 Layer",
    )
    assert (found.action, found.action_name) == (0x1001, "FWP_ACTION_BLOCK")
    assert (found.weight, found.weight_type, found.raw_context) == (9, "FWP_UINT8", 5)
    assert found.effective_weight == 2**64 - 1
    assert found.flags == ("FWPM_FILTER_FLAG_INDEXED",)
    assert [str(c) for c in found.conditions] == ["remote port = 443"]
    assert found.conditions[0].value == "443"
    assert (found.source, found.state) == ("memory", FilterState.CURRENT)
    assert (found.origin, found.callout, found.description) == (None, None, None)
    assert pickle.loads(pickle.dumps(found)) == found
    assert names.get(71) is None


def test_time_decides_how_sure_a_name_is(names: Names) -> None:
    newest = names.get(70)
    assert newest is not None and newest.source_filetime is not None
    for distance, state in ((0, FilterState.CURRENT), (1, FilterState.UNCERTAIN)):
        found = names.get(70, newest.source_filetime + distance)
        assert found is not None and found.state is state


def test_events_are_named(names: Names) -> None:
    log = (EVENT.format(70) + EVENT.format(71)).encode()
    with Session.open_memory(log, names=names, json=True) as session:
        named, unknown = list(session)
    names.close()
    assert named.filter is not None and named.filter.name == "Block & tell"
    assert named.layer_key == "FWPM_LAYER_ALE_AUTH_CONNECT_V4"
    assert unknown.filter is not None and unknown.filter.state is FilterState.UNKNOWN
    for event in (named, unknown):
        assert as_json(event) == json.loads(event.json or "")


def test_all_filters_of_real_dumps(corpus: Path, library: wfpwatch.Library) -> None:
    for expected in sorted(corpus.glob("expected/*.filters.ndjson")):
        lines = [json.loads(line) for line in expected.read_text("utf-8").splitlines()]
        dump = corpus / "netsh" / expected.name.replace(".filters.ndjson", "")
        with Names.open_file(dump) as real:
            assert [
                (f.id, f.key, f.name, f.origin, f.effective_weight, list(f.flags)) for f in real
            ] == [
                (d["filterId"], d["filterKey"], d["name"], d["filterOrigin"], d["effectiveWeight"], d["flags"])
                for d in lines
            ]
            assert real.stats().loaded == len(lines)


def test_a_filter_larger_than_the_usual_room(library: wfpwatch.Library) -> None:
    name = "a" * 100000
    names = Names()
    names.load_memory(DUMP.replace(b"Block &amp; tell", name.encode()))
    assert [f.name for f in names] == [name]


def test_what_cannot_be_read(names: Names, tmp_path: Path) -> None:
    lines: List[str] = []
    with pytest.raises(WfpError) as raised:
        names.load(tmp_path / "nothing.xml")
    assert raised.value.status == Status.E_IO
    with pytest.raises(WfpError) as raised:
        names.load_memory(b"<html/>")
    assert raised.value.status == Status.E_FORMAT
    with pytest.raises(ValueError):
        names.load("a\0b")
    with pytest.raises(ValueError):
        names.get(-1)
    with pytest.raises(WfpError):
        Names(names_bytes=1)
    with Names(log=lambda _level, text: lines.append(text)) as logged:
        logged.load_memory(DUMP[:-40])
        assert logged.stats().skipped == len(lines) == 1


def test_names_live_as_long_as_a_session_has_them(library: wfpwatch.Library) -> None:
    names = Names()
    names.load_memory(DUMP)
    session = Session(names=names)
    names.close()
    with pytest.raises(SessionClosed):
        names.get(70)
    with pytest.raises(SessionClosed):
        Session(names=names)
    del names
    gc.collect()
    session.add_memory(EVENT.format(70).encode())
    [event] = session.read()
    assert event.filter is not None and event.filter.key == KEY
    session.close()


def test_many_threads(names: Names) -> None:
    wrong: List[object] = []

    def work() -> None:
        for _ in range(50):
            names.load_memory(DUMP)
            found = names.get(70)
            if found is None or [f.id for f in names][-1] != 70:
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_engine_of_a_host(library: wfpwatch.Library) -> None:
    said: List[str] = []
    with wfpwatch.Simulator() as sim:
        sim.play("filter id=7 name=ours; filter id=8 flags=boottime; fail call=FwpmCalloutEnum0 code=5")
        with Names.open_host(simulator=sim, log=lambda level, text: said.append(text)) as names:
            assert [(f.id, f.name, f.source) for f in names] == [(7, "ours", "live"), (8, None, "live")]
            assert said == ["names are missing: FwpmCalloutEnum0 gave 0x5 (5)"]
            sim.play("fail call=FwpmEngineOpen0 code=5")
            with pytest.raises(WfpError) as caught:
                names.load_host(simulator=sim)
            assert (caught.value.status, caught.value.where) == (Status.E_ACCESS, "FwpmEngineOpen0")
            assert names.get(7) is not None


def test_filters_of_ones_own(library: wfpwatch.Library) -> None:
    agent = "{11111111-2222-3333-4444-55555555555A}"
    script = f"filter id=7 provider={agent}; filter id=8"
    with wfpwatch.Simulator() as sim:
        sim.play(script)
        with Names.open_host(simulator=sim, own_provider=agent) as names:
            assert [f.own for f in names] == [True, False]
        with Names.open_host(simulator=sim) as names:
            assert [f.own for f in names] == [False, False]
    for wrong in ("", "{}", agent + " ", "\0"):
        with pytest.raises(ValueError):
            Names(own_provider=wrong)


SERVICES = """\
service mpssvc running C:\\Windows\\System32\\mpssvc.dll "Microsoft Corporation"
provider key=FWPM_PROVIDER_MPSSVC_WF service=mpssvc flags=persistent
provider key={00000000-0000-4000-8000-000000000001} name="Some VPN" service=SomeVpn flags=disabled
filter id=7 name=a provider=MPSSVC_WF
filter id=8 name=b provider={00000000-0000-4000-8000-000000000001}
filter id=9 name=c action=callout callout={33333333-0000-0000-0000-000000000001}
callout key={33333333-0000-0000-0000-000000000001}
"""


def test_whose_filter_it_is(library: wfpwatch.Library) -> None:
    with Simulator() as simulator:
        simulator.play(SERVICES)
        with Names.open_host(simulator=simulator) as names:
            ours, vpn, driver = (names.get(number) for number in (7, 8, 9))
    assert ours is not None and vpn is not None and driver is not None
    assert (ours.provider_product, ours.product_from) == ("Windows Firewall", ProductFrom.KEY)
    assert (ours.provider_service, ours.service_state) == ("mpssvc", Service.RUNNING)
    assert ours.provider_state == FilterState.CURRENT and driver.provider_state is None
    assert ours.service_image == "C:\\Windows\\System32\\mpssvc.dll"
    assert ours.service_company == "Microsoft Corporation"
    assert ours.provider_persistent and not ours.provider_disabled and not ours.callout_missing
    assert (vpn.provider_product, vpn.product_from) == (None, None)
    assert (vpn.provider_service, vpn.service_state) == ("SomeVpn", Service.MISSING)
    assert vpn.provider_disabled and not vpn.provider_persistent and not vpn.provider_missing
    assert driver.callout_missing and driver.provider is None and driver.service_state is None
