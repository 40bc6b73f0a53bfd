# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Inputs that are not the log itself: pfirewall.log, and its zone; JSON of a shipper."""

import json

import pytest

import wfpwatch

LOG = """#Version: 1.5\r
#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid\r
2024-03-01 08:09:10 DROP TCP 198.51.100.7 192.0.2.10 50000 3389 52 S 1 0 8 - - - RECEIVE 4\r
2024-03-01 08:10:00 INFO-EVENTS-LOST - - - - - - - - - - - - 59 - -\r
"""


def events_of(tmp_path, text, **options):
    path = tmp_path / "log"
    path.write_bytes(text.encode())
    with wfpwatch.Session(**options) as session:
        session.add_file(path)
        return list(session)


def test_firewall_log(tmp_path):
    drop, gap = events_of(tmp_path, LOG)
    assert (drop.source, drop.kind) == (wfpwatch.Source.PFIREWALL, wfpwatch.Kind.CLASSIFY_DROP)
    assert (drop.local.port, drop.remote.port, drop.process_id) == (3389, 50000, 4)
    assert drop.local_time and drop.audit.get("tcpflags") == "S"
    assert (gap.kind, gap.lost, gap.lost_where) == (wfpwatch.Kind.GAP, 59, wfpwatch.Lost.PFIREWALL)


def test_zone(tmp_path):
    plain = events_of(tmp_path, LOG)[0]
    told = events_of(tmp_path, LOG, log_zone="+02:00")[0]
    assert plain.filetime - told.filetime == 2 * 3600 * 10**7
    assert not told.local_time
    with pytest.raises(wfpwatch.WfpError):
        wfpwatch.Session(log_zone="Europe/Berlin")


def test_json(tmp_path):
    record = {"@timestamp": "2026-01-02T03:04:05.123Z", "winlog": {
        "event_id": "5157", "provider_name": "Microsoft-Windows-Security-Auditing", "computer_name": "host",
        "event_data": {"DestAddress": "192.0.2.1", "DestPort": "443", "Direction": "%%14593"}}}
    (event,) = events_of(tmp_path, json.dumps(record, indent=1))
    assert (event.source, event.audit.event_id, event.remote.port) == (wfpwatch.Source.JSON, 5157, 443)
    assert event.verdict == wfpwatch.Verdict.BLOCK
