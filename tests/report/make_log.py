#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Writes the events of the report that the browser is shown: many kinds, and names that would do harm."""
from xml.sax.saxutils import escape

HOSTILE = ["<script>document.title='harm'</script>", '"><img src=x onerror="document.title=1">', "' onmouseover='x",
           "</style><svg onload=document.title=1>", "&lt;b&gt;", "a" * 300, "\\device\\harddiskvolume3\\apps\\one.exe"]
APPS = ["\\device\\harddiskvolume3\\program files\\agent\\agent.exe", "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe",
        "System"]


def record(number, event_id, **fields):
    data = "".join(f'<Data Name="{name}">{escape(str(value))}</Data>' for name, value in fields.items())
    return (f'<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{event_id}</EventID>'
            f'<TimeCreated SystemTime="2026-01-08T{9 + number // 60:02}:{number % 60:02}:00Z"/><EventRecordID>{number}'
            f"</EventRecordID><Computer>PC-{number % 3}</Computer></System><EventData>{data}</EventData></Event>")


def main():
    apps = HOSTILE + APPS
    for i in range(120):
        inbound = i % 4 == 0
        print(record(i, (5157, 5152, 5156, 5157, 5158)[i % 5], ProcessID=4 + 4 * (i % 7), Application=apps[i % len(apps)],
                     Direction="%%14592" if inbound else "%%14593", SourceAddress="192.0.2.10", SourcePort=50000 + i,
                     DestAddress=f"203.0.113.{i % 9}", DestPort=(443, 80, 3389)[i % 3], Protocol=6, FilterRTID=70000 + i % 6,
                     LayerRTID=44 if inbound else 48, **({"FilterOrigin": "Default Outbound"} if i % 3 else {})))


main()
