#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""make_shipper_seeds.py FOLDER: one record in the form of each shipper, behind the byte that fuzz_shipper takes first."""
import json
import pathlib
import sys

DATA = {"ProcessID": "820", "Application": "\\device\\harddiskvolume1\\a\u00e9.exe", "Direction": "%%14593",
        "SourceAddress": "192.0.2.1", "SourcePort": "50000", "DestAddress": "2001:db8::1", "DestPort": "443",
        "Protocol": "6", "FilterRTID": "70001", "LayerName": "%%14611", "LayerRTID": "48", "RemoteUserID": "S-1-0-0",
        "RemoteMachineID": "S-1-0-0"}
NAME, GUID, TIME = "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}", "2026-01-02T03:04:05.1234567Z"
XML = ("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='" + NAME + "'/><EventID>5157</EventID>"
       "<TimeCreated SystemTime='" + TIME + "'/><Computer>host</Computer></System><EventData>" +
       "".join(f"<Data Name='{k}'>{v}</Data>" for k, v in DATA.items()) + "</EventData></Event>")
SYSTEM = {"EventID": 5157, "Version": 1, "Task": 12810, "Keywords": "0x8010000000000000", "EventRecordID": 7, "Channel": "Security",
          "Computer": "host"}
FLAT = {"EventTime": "2026-01-02 03:04:05", "Hostname": "host", "Keywords": -9218868437227405312, "EventID": 5157, "SourceName": NAME,
        "ProviderGuid": GUID, "Version": 1, "Task": 12810, "RecordNumber": 7, **DATA, "ProcessID": 4}
SEEDS = {
    "winlogbeat": {"@timestamp": TIME, "winlog": {"event_id": 5157, "version": 1, "record_id": "7", "keywords": ["Audit Failure"],
                   "provider_name": NAME, "computer_name": "host", "event_data": DATA}, "message": "The\r\n\tmessage"},
    "original": {"@timestamp": TIME, "event": {"original": XML}, "winlog": {"event_id": 5157}},
    "winlogbeat_old": {"@timestamp": TIME, "event_id": 5157, "record_number": "7", "source_name": NAME, "computer_name": "host",
                       "keywords": ["Audit Failure"], "event_data": DATA},
    "event": {"Event": {"#attributes": {"xmlns": "x"}, "System": {**SYSTEM, "Provider": {"#attributes": {"Name": NAME, "Guid": GUID}},
              "TimeCreated": {"#attributes": {"SystemTime": TIME}}}, "EventData": {**DATA, "ProcessID": 820}}},
    "separate": {"Event_attributes": {"xmlns": "x"}, "Event": {"System": {**SYSTEM, "Provider_attributes": {"Name": NAME},
                 "TimeCreated_attributes": {"SystemTime": TIME}}, "UserData": {"X_attributes": {"xmlns": "y"}, "X": {"A": "b"}}}},
    "items": {"Event": {"System": {**SYSTEM, "Provider": {"Name": NAME}, "TimeCreated": {"SystemTime": TIME}},
              "EventData": {"Data": [{"text": v, "Name": k} for k, v in DATA.items()] + [{"Name": "empty"}]}}},
    "velociraptor": {"System": {**SYSTEM, "Provider": {"Name": NAME}, "EventID": {"Value": 5157}, "Keywords": 9227875636482146304,
                     "TimeCreated": {"SystemTime": 1550080901.5938303}}, "EventData": {**DATA, "SubjectLogonId": 718933}},
    "wazuh": {"timestamp": "x", "data": {"win": {"system": {"providerName": NAME, "eventID": "5157", "systemTime": TIME, "computer": "host",
              "severityValue": "AUDIT_FAILURE", "message": "\"m\""}, "eventdata": {k[0].lower() + k[1:]: v for k, v in DATA.items()}}}},
    "sentinel": {"TimeGenerated": "2026-01-02T03:04:05.1Z", "Computer": "host", "EventSourceName": NAME, "EventID": 5157, "Type": "SecurityEvent",
                 "EventData": "<EventData xmlns=\"x\">\r\n" + "".join(f"<Data Name=\"{k}\">{v}</Data>" for k, v in DATA.items()) + "</EventData>"},
    "raw_xml": {"category": "WindowsEventLogsTable", "properties": {"RawXml": XML, "EventId": 5157}},
    "fluent_bit": [{"ProviderName": NAME, "EventID": 5157, "Version": 1, "TimeCreated": "2026-01-02 03:04:05 -0500", "EventRecordID": 7,
                    "Computer": "host", "StringInserts": list(DATA.values())}],
    "hayabusa": {"Timestamp": "2026-01-02 03:04:05.678 +09:00", "Computer": "host", "Channel": "Sec", "EventID": 5157, "RecordID": 7,
                 "RuleTitle": "t", "Details": {"TgtIP": "192.0.2.1"}, "AllFieldInfo": DATA},
    "powershell": [{"Id": 5157, "Version": 1, "Keywords": -9218868437227405312, "RecordId": 7, "ProviderName": NAME, "ProviderId": GUID,
                    "LogName": "Security", "MachineName": "host", "TimeCreated": "/Date(1595374458918)/",
                    "Properties": [{"Value": v} for v in DATA.values()]}],
    "nxlog": {**FLAT, "SourceModuleType": "im_msvistalog", "EventReceivedTime": "2026-01-02 03:04:06", "@timestamp": "2026-01-02T07:04:06.1Z"},
    "flat": FLAT,
    "ike": {"@timestamp": TIME, "winlog": {"event_id": 4653, "record_id": "7", "provider_name": NAME, "event_data": {
            "LocalMMPrincipalName": "a", "LocalAddress": "192.0.2.1", "RemoteAddress": "2001:db8::1", "KeyModName": "%%8222",
            "FailurePoint": "%%8199", "FailureReason": "Negotiation timed out", "State": "%%8202", "Role": "Initiator",
            "MMFilterID": "70"}}},
    "graylog": {"winlogbeat_winlog_event_id": "5157", "winlogbeat_winlog_provider_name": NAME, "winlogbeat_@timestamp": TIME,
                **{"winlogbeat_winlog_event_data_" + k: v for k, v in DATA.items()}},
}


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, seed in SEEDS.items():
        (folder / f"{name}.seed").write_bytes(b"\x10" + json.dumps(seed, ensure_ascii=len(name) % 2 == 0).encode())
    for name in ("event", "original", "sentinel"):  # the later ones differ in a value from the first, and are read by its layout
        several = [json.dumps(SEEDS[name]).replace("50000", str(50000 + i)) for i in range(4)]
        (folder / f"{name}_several.seed").write_bytes(b"\x40" + "\n".join(several).encode())
    hits = {"took": 1, "hits": {"total": 2, "hits": [{"_source": SEEDS["winlogbeat"]}, {"_source": SEEDS["wazuh"]}]}}
    (folder / "hits.seed").write_bytes(b"\x01" + json.dumps(hits, indent=1).encode())
    lines = "\n".join(["Record 1", json.dumps(SEEDS["event"]), json.dumps(SEEDS["event"])[:300], json.dumps(SEEDS["separate"]), "x}"])
    (folder / "damage.seed").write_bytes(b"\x40" + lines.encode())
    (folder / "escapes.seed").write_bytes(b"\x02" + rb'{"Event":{"System":{"Computer":"\ud83d\ude00\ud800\u0000\q","x":[[[{}]]]}}}')


main()
