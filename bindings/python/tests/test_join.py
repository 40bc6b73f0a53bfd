# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A net event and the audit record of the same decision, in one event."""

from __future__ import annotations

import json
from typing import List

from as_json import as_json

import wfpwatch
from wfpwatch import Confidence, Differs, Evidence, Event, Join, Kind, PidFrom, Session

FLAGS = ["IP_VERSION", "IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT"]

EVENT = """<netEvents><item><header><timeStamp>2026-01-08T12:00:01.000Z</timeStamp><flags>{flags}</flags>
<ipVersion>FWP_IP_VERSION_V4</ipVersion><ipProtocol>6</ipProtocol><localAddrV4>192.0.2.10</localAddrV4>
<remoteAddrV4>203.0.113.66</remoteAddrV4><localPort>50001</localPort><remotePort>443</remotePort></header>
<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><classifyDrop><filterId>71264</filterId><layerId>48</layerId>
<msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection></classifyDrop>
<internalFields><filterOrigin>Stealth</filterOrigin></internalFields></item></netEvents>
""".format(flags="".join(f"<item>FWPM_NET_EVENT_FLAG_{name}_SET</item>" for name in FLAGS))

RECORD = """<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>
<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>5157</EventID><Version>3</Version>
<TimeCreated SystemTime='2026-01-08T12:00:00.988Z'/><Computer>PC-7</Computer></System><EventData>
<Data Name='ProcessID'>4242</Data><Data Name='Application'>\\device\\harddiskvolume3\\nc.exe</Data>
<Data Name='Direction'>%%14593</Data><Data Name='SourceAddress'>192.0.2.10</Data>
<Data Name='SourcePort'>50001</Data><Data Name='DestAddress'>203.0.113.66</Data><Data Name='DestPort'>443</Data>
<Data Name='Protocol'>6</Data><Data Name='FilterOrigin'>Query User Default</Data>
<Data Name='FilterRTID'>71264</Data><Data Name='LayerRTID'>48</Data></EventData></Event>
"""


def read(join: Join, **options: object) -> List[Event]:
    session = Session(join=join, json=True, **options)  # type: ignore[arg-type]
    with session:
        session.add_memory(RECORD.encode())
        session.add_memory(EVENT.encode())
        return list(session)


def test_two_in_one(library: wfpwatch.Library) -> None:
    [event] = read(Join.ALWAYS)
    assert event.kind == Kind.CLASSIFY_DROP and event.merged
    assert event.join_lag == -120000 and event.join_window_ms == 2000
    assert event.process_id == 4242 and event.pid_from == PidFrom.AUDIT
    assert event.filter_origin == "Stealth" and event.differs == (Differs.ORIGIN,)
    assert event.audit is not None and event.audit.event_id == 5157
    assert event.confidence == Confidence.CERTAIN and event.evidence == (Evidence.RECORD_ORIGIN,)
    assert event.json is not None and json.loads(event.json) == as_json(event)


def test_only_where_it_is_needed(library: wfpwatch.Library) -> None:
    assert [event.merged for event in read(Join.NEEDED)] == [True]  # the record waited already
    assert [event.merged for event in read(Join.NEVER)] == [False, False]
    [event] = read(Join.NEEDED, pid=True, ordered=True, join_window=0.5)
    assert event.process_id == 4242 and event.join_window_ms == 500
