# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events in the formats of others: what their rules ask is there, and their schemas hold."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest
from test_sim import EVERYTHING

import wfpwatch
from wfpwatch import Format, Session, Simulator

Object = Dict[str, Any]


def files_of(corpus: Path) -> List[Path]:
    """Of every kind that has events."""
    patterns = ["evtx/*.evtx", "eventxml/*.xml", "netsh/*case*.xml", "netsh/*quarantine*.xml"]
    return sorted(path for pattern in patterns for path in corpus.glob(pattern))


def lines_of(path: Path, format: str) -> bytes:
    with Session.open_file(path) as session:
        return b"".join(session.export_lines(format))


def objects_of(path: Path, format: str) -> List[Object]:
    return [json.loads(line) for line in lines_of(path, format).splitlines()]


def simulated(format: str) -> bytes:
    """Every kind that the simulator has, with one loss."""
    text = b""
    with Simulator() as simulator, Session.open_sim(simulator) as session:
        simulator.play("\n".join(EVERYTHING))
        for lines in session.export_lines(format):
            text += lines
            if text.count(b"\n") >= simulator.counts().callbacks:
                return text
    return text


def everything(corpus: Path, format: str) -> List[Object]:
    found = [o for path in files_of(corpus) for o in objects_of(path, format)]
    return found + [json.loads(line) for line in simulated(format).splitlines()]


def at(event: Object, path: str) -> Any:
    """The value of a dotted name; None: there is none."""
    value: Any = event
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def test_the_same_events_in_each(corpus: Path, library: wfpwatch.Library) -> None:
    for path in files_of(corpus):
        own = objects_of(path, "json")
        for format in ("ecs", "ocsf", "asim"):
            assert len(objects_of(path, format)) == len(own), (path, format)
        times = [o["time"] for o in own]
        assert [o["@timestamp"] for o in objects_of(path, "ecs")] == times
        assert [o["metadata"]["original_time"] for o in objects_of(path, "ocsf")] == times
        assert [o["TimeGenerated"] for o in objects_of(path, "asim")] == times


# ---- ECS ---------------------------------------------------------------------------------------

# The conditions of published rules, by the names of the products: Elastic's (fields of ECS) and
# Sigma's for the Security log (fields of the record, as winlogbeat has them).
RULES: Dict[str, Callable[[Object], bool]] = {
    "Elastic: Potential Evasion via Windows Filtering Platform": lambda e: (
        at(e, "host.os.type") == "windows"
        and "network" in at(e, "event.category")
        and at(e, "event.action")
        in ("windows-firewall-packet-block", "windows-firewall-packet-drop")
        and at(e, "process.name") is not None
        and at(e, "winlog.computer_name") is not None
    ),
    "Sigma: RDP over reverse SSH tunnel": lambda e: (
        at(e, "winlog.event_id") == "5156"
        and "3389" in (data(e, "SourcePort"), data(e, "DestPort"))
        and data(e, "FilterOrigin") != "AppContainer Loopback"
    ),
    "Sigma: remote PowerShell session": lambda e: (
        at(e, "winlog.event_id") == "5156"
        and data(e, "DestPort") in ("5985", "5986")
        and data(e, "LayerRTID") == "44"
    ),
    "Sigma: EDR agent blocked": lambda e: (
        at(e, "winlog.event_id") == "5157" and str(data(e, "Application")).endswith("\\agent.exe")
    ),
    "Sigma: EDRSilencer": lambda e: (
        at(e, "winlog.event_id") in ("5441", "5447")
        and "Custom Outbound Filter" in str(data(e, "FilterName"))
    ),
}

RECORD = """<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
<Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{id}</EventID><Version>1</Version>
<Task>12810</Task><Keywords>0x8010000000000000</Keywords><TimeCreated SystemTime="2026-01-08T09:00:00Z"/>
<EventRecordID>{record}</EventRecordID><Channel>Security</Channel><Computer>PC-01</Computer></System>
<EventData>{fields}</EventData></Event>"""
FLOW = {
    "ProcessID": "712",
    "Application": "\\device\\harddiskvolume3\\program files\\agent\\agent.exe",
    "Direction": "%%14593",
    "SourceAddress": "192.0.2.10",
    "SourcePort": "50000",
    "DestAddress": "203.0.113.5",
    "DestPort": "443",
    "Protocol": "6",
    "FilterRTID": "71264",
    "LayerName": "%%14611",
    "LayerRTID": "48",
}


def data(event: Object, name: str) -> Any:
    return at(event, "winlog.event_data." + name)


def record(number: int, id: int, **fields: str) -> str:
    text = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in fields.items())
    return RECORD.format(id=id, record=number, fields=text)


@pytest.fixture
def attacks(tmp_path: Path, library: wfpwatch.Library) -> Path:
    """What the rules are for, and what is next to it."""
    inbound = {**FLOW, "Direction": "%%14592", "LayerName": "%%14610", "LayerRTID": "44"}
    changed = {
        "ProcessId": "712",
        "UserSid": "S-1-5-18",
        "ProviderName": "x",
        "FilterKey": "{66696c74-6572-4000-0000-000000011660}",
        "FilterName": "Custom Outbound Filter",
        "FilterId": "71264",
    }
    path = tmp_path / "attacks.xml"
    path.write_text(
        "\n".join(
            [
                record(1, 5157, **FLOW),
                record(2, 5156, **{**inbound, "DestPort": "5985"}),
                record(3, 5156, **{**inbound, "DestPort": "5985", "LayerRTID": "48"}),
                record(4, 5447, ChangeType="%%16384", **changed),
                record(5, 5156, **{**FLOW, "DestPort": "3389"}, FilterOrigin="AppContainer Loopback"),
            ]
        ),
        "utf-8",
    )
    return path


def test_rules_find_what_they_are_for(attacks: Path) -> None:
    events = objects_of(attacks, "ecs")
    found = {name: [at(e, "winlog.record_id") for e in events if rule(e)] for name, rule in RULES.items()}
    assert found == {
        "Elastic: Potential Evasion via Windows Filtering Platform": ["1"],
        "Sigma: RDP over reverse SSH tunnel": [],
        "Sigma: remote PowerShell session": ["2"],
        "Sigma: EDR agent blocked": ["1"],
        "Sigma: EDRSilencer": ["4"],
    }


def test_rules_find_real_events(corpus: Path, library: wfpwatch.Library) -> None:
    tunnel = objects_of(corpus / "evtx/sbousseaden-DE_RDP_Tunnel_5156.evtx", "ecs")
    assert sum(map(RULES["Sigma: RDP over reverse SSH tunnel"], tunnel)) > 0
    short = objects_of(corpus / "evtx/omerbenamram-Security_short_selected.evtx", "ecs")
    elastic = RULES["Elastic: Potential Evasion via Windows Filtering Platform"]
    assert [at(e, "event.code") for e in short if elastic(e)] == ["5152", "5157"]


def test_ecs_has_every_field_of_the_record(corpus: Path, library: wfpwatch.Library) -> None:
    for path in files_of(corpus):
        for own, ecs in zip(objects_of(path, "json"), objects_of(path, "ecs")):
            wanted = own.get("audit", {}).get("data", {})
            found = dict(at(ecs, "winlog.event_data") or {})
            found.pop("LayerNameDescription", None)
            assert found == wanted
            assert at(ecs, "event.kind") == "event"
            assert at(ecs, "wfpwatch.reason") == own["reason"]


def test_sides_are_those_of_the_traffic(corpus: Path, library: wfpwatch.Library) -> None:
    """Records of 5157 have this host as source of what comes in: the traffic's source is the other."""
    turned = compared = 0
    for path in files_of(corpus):
        for own, ecs in zip(objects_of(path, "json"), objects_of(path, "ecs")):
            if not (data(ecs, "DestAddress") and data(ecs, "SourceAddress")):
                continue
            sides = [at(ecs, "source.ip"), at(ecs, "destination.ip")]
            assert sorted(sides) == sorted([data(ecs, "SourceAddress"), data(ecs, "DestAddress")])
            known = "local" in own and own.get("direction") in ("inbound", "outbound")
            if known and at(ecs, "network.direction") == "inbound":
                assert sides == [own["remote"]["ip"], own["local"]["ip"]]
            elif known:
                assert sides == [own["local"]["ip"], own["remote"]["ip"]]
            turned += sides[0] != data(ecs, "SourceAddress")
            compared += 1
    assert compared > 80 and turned > 0


# ---- OCSF --------------------------------------------------------------------------------------

OCSF_CLASSES = {
    4001: ("network_activity", ["host", "security_control"]),
    201003: ("win/windows_resource_activity", ["host"]),
    5019: ("device_config_state_change", ["host"]),
    1008: ("event_log_actvity", ["host"]),
    0: ("base_event", []),
}


@pytest.fixture(scope="module")
def validate() -> Callable[[Object], List[str]]:
    """What the published schema says is wrong."""
    ocsf = pytest.importorskip("ocsf_json_schema")
    jsonschema = pytest.importorskip("jsonschema")
    embedded = ocsf.OcsfJsonSchemaEmbedded(ocsf.get_ocsf_schema("1.8.0"))
    validators = {
        uid: jsonschema.Draft202012Validator(embedded.get_class_schema(name, profiles=profiles))
        for uid, (name, profiles) in OCSF_CLASSES.items()
    }

    def wrong(event: Object) -> List[str]:
        errors = validators[event["class_uid"]].iter_errors(event)
        return [f"{'.'.join(map(str, e.absolute_path))}: {e.message}"[:300] for e in errors]

    return wrong


def test_ocsf_is_valid(
    corpus: Path, attacks: Path, validate: Callable[[Object], List[str]]
) -> None:
    classes = set()
    for event in everything(corpus, "ocsf") + objects_of(attacks, "ocsf"):
        assert validate(event) == [], event
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        classes.add(event["class_uid"])
    assert classes == set(OCSF_CLASSES)


IPSEC = """<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>{}</EventID>
<Keywords>0x8010000000000000</Keywords><TimeCreated SystemTime='2026-01-02T03:04:05Z'/><Computer>h</Computer></System>
<EventData><Data Name='LocalAddress'>192.0.2.1</Data><Data Name='RemoteAddress'>192.0.2.2</Data>
<Data Name='FailureReason'>No policy configured</Data></EventData></Event>"""


def test_records_of_ipsec_are_valid(
    tmp_path: Path, validate: Callable[[Object], List[str]]
) -> None:
    log = tmp_path / "log.xml"
    ids = [*range(4650, 4656), *range(4945, 4949), *range(4950, 4954), 4957, 4958]
    ids += [*range(5440, 5464), *range(4960, 4964), 4965, *range(4976, 4985), 5049]
    log.write_text("".join(IPSEC.format(event_id) for event_id in ids))
    ocsf, asim = objects_of(log, "ocsf"), objects_of(log, "asim")
    assert len(ocsf) == len(asim) == len(ids)
    for event in ocsf:
        assert validate(event) == [], event
    failed = {"4652", "4653", "4654", "4951", "4952", "4953", "4957", "4958", "5453", "5457"}
    failed |= {"5459", "5461", "5462", "4960", "4961", "4962", "4963", "4965", "4976", "4977"}
    failed |= {"4978", "4983", "4984"}
    assert {e["metadata"]["event_code"] for e in ocsf if e.get("status_id") == 2} == failed
    assert {e["EventOriginalType"] for e in asim if e["EventResult"] == "Failure"} == failed
    assert {e["EventOriginalType"]: e["EventSubType"] for e in asim if "EventSubType" in e} == {
        "4650": "Start",
        "4651": "Start",
        "4655": "End",
        "5451": "Start",
        "5452": "End",
        "4979": "Start",
        "4980": "Start",
        "4981": "Start",
        "4982": "Start",
        "5049": "End",
    }


def test_failures_of_ipsec(tmp_path: Path, validate: Callable[[Object], List[str]]) -> None:
    log = tmp_path / "log.xml"
    log.write_text("".join(IPSEC.format(event_id) for event_id in (4652, 4653, 4654, 5453)))
    ecs, ocsf, asim = (objects_of(log, format) for format in ("ecs", "ocsf", "asim"))
    assert [len(events) for events in (ecs, ocsf, asim)] == [4, 4, 4]
    for event in ocsf:
        assert validate(event) == [], event
        assert (event["activity_name"], event["status"]) == ("Fail", "Failure")
    assert {at(event, "error.message") for event in ecs} == {"No policy configured"}
    assert {at(event, "event.outcome") for event in ecs} == {"failure"}
    assert {event["EventResult"] for event in asim} == {"Failure"}


def test_a_filter_that_was_added(attacks: Path) -> None:
    ecs, ocsf, asim = (objects_of(attacks, format)[3] for format in ("ecs", "ocsf", "asim"))
    assert at(ecs, "event.action") == "windows-firewall-filter-added"
    assert (at(ecs, "event.category"), at(ecs, "event.type")) == (["configuration"], ["creation"])
    assert (ocsf["class_uid"], ocsf["activity_name"]) == (201003, "Create")
    assert ocsf["win_resource"] == {
        "type_id": 39,
        "type": "WFP Filter",
        "name": "Custom Outbound Filter",
        "uid": "{66696c74-6572-4000-0000-000000011660}",
    }
    assert (asim["EventSchema"], asim["EventType"]) == ("AuditEvent", "Create")
    assert (asim["Object"], asim["ActorUserId"]) == ("Custom Outbound Filter", "S-1-5-18")


def test_the_validator_finds_faults(attacks: Path, validate: Callable[[Object], List[str]]) -> None:
    event = objects_of(attacks, "ocsf")[0]
    assert validate({**event, "mine": 1}) and validate({**event, "activity_id": 77})


def test_ocsf_has_captions_beside_ids(corpus: Path, library: wfpwatch.Library) -> None:
    def ids(value: Any) -> Iterator[Object]:
        if isinstance(value, dict):
            yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from ids(inner)

    for event in everything(corpus, "ocsf"):
        event.pop("unmapped", None)
        for inner in ids(event):
            for name in inner:
                if name.endswith("_id"):
                    caption = "activity_name" if name == "activity_id" else name[: -len("_id")]
                    assert caption in inner, (name, inner)


# ---- ASIM --------------------------------------------------------------------------------------


def test_asim_has_what_is_mandatory(corpus: Path, library: wfpwatch.Library) -> None:
    always = {"TimeGenerated", "EventStartTime", "EventEndTime", "EventCount", "EventType", "EventResult"}
    always |= {"EventVendor", "EventProduct", "EventSchema", "EventSchemaVersion", "EventSeverity"}
    for event in everything(corpus, "asim"):
        assert always <= event.keys()
        assert event["EventResult"] in ("Success", "Partial", "Failure", "NA")
        if event["EventSchema"] == "NetworkSession":
            assert event["DvcAction"] in ("Allow", "Deny", "Drop")
            assert event["NetworkDirection"] in ("Inbound", "Outbound", "Local", "Listen", "NA")
        for name in ("NetworkRuleName", "SrcProcessId", "DstProcessId", "NetworkIcmpType"):
            assert isinstance(event.get(name, ""), str)


# ---- CSV ---------------------------------------------------------------------------------------


def rows_of(text: bytes) -> List[Dict[str, str]]:
    """By RFC 4180, and every row has all columns."""
    lines = list(csv.reader(io.StringIO(text.decode("utf-8"), newline=""), strict=True))
    assert all(len(line) == len(lines[0]) for line in lines)
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def test_csv_says_what_json_says(corpus: Path, library: wfpwatch.Library) -> None:
    for path in files_of(corpus):
        own, rows = objects_of(path, "json"), rows_of(lines_of(path, "csv"))
        assert len(rows) == len(own)
        for event, row in zip(own, rows):
            assert (row["time"], row["seq"]) == (event["time"], str(event["seq"]))
            assert (row["verdict"], row["reason"]) == (event["verdict"], event["reason"])
            assert row["filter_id"] == str(event.get("filter", {}).get("id", ""))
            assert row["evidence"].split() == event["evidence"]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\uff1d1+1",
    'a","b',
    "a\r\n=1+1",
    "x;=1+1",
    '"=1"',
    'x;"=1+1";y',
    'x\n"=1',
    "plain, with a comma",
]


def test_csv_has_no_formula(tmp_path: Path, library: wfpwatch.Library) -> None:
    path = tmp_path / "hostile.xml"
    escaped = [t.replace("\r", "&#13;").replace("\n", "&#10;").replace('"', "&quot;") for t in HOSTILE]
    path.write_text(
        "\n".join(record(i, 5157, **{**FLOW, "Application": t}) for i, t in enumerate(escaped)),
        "utf-8",
    )
    text = lines_of(path, "csv")
    rows = rows_of(text)
    assert len(rows) == len(HOSTILE)
    for row, wanted in zip(rows, HOSTILE):
        assert row["app"].replace("'", "") == wanted.replace("'", "")
        for part in row["app"].replace("\r", "\n").replace(";", "\n").split("\n"):
            part = part.lstrip(' "')  # a reader that parts there may take the quotes away
            assert part.strip()[:1] not in tuple("=+-@\uff1d") or part.strip() == "", row["app"]


def test_format_names(attacks: Path) -> None:
    with Session.open_file(attacks) as session:
        assert b"".join(session.export_lines(Format.JSON)).count(b"\n") == 5
    with Session.open_file(attacks) as session, pytest.raises(KeyError):
        session.export_lines("xml")
