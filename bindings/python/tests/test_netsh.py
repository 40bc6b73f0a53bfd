# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Net events of netsh: what only they tell."""

from __future__ import annotations

import json

import pytest
from as_json import as_json

import wfpwatch
from wfpwatch import Kind, PidFrom, Session, Source, Terminating

EVENT = """<netEvents>
<item>
  <header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp><localPort>{port}</localPort>
    <packageSid>S-1-0-0</packageSid></header>
  <type>FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP</type>
  <classifyDrop><filterId>7</filterId></classifyDrop>
  <internalFields>
    <capabilities><item>FWP_CAPABILITIES_FLAG_INTERNET_CLIENT_SERVER</item></capabilities>
    <fqbnName>O=Somebody\\App</fqbnName>
    <terminatingFiltersInfo>
      <item><filterId>7</filterId><subLayer>FWPP_SUBLAYER_INTERNAL_FIREWALL_WF</subLayer>
        <actionType>FWP_ACTION_BLOCK</actionType></item>
      <item><filterId>9</filterId></item>
    </terminatingFiltersInfo>
    <filterOrigin>Query User Default</filterOrigin>
    <interfaceIndex>5</interfaceIndex>
    <processId>4242</processId>
  </internalFields>
</item>
</netEvents>
"""


def test_a_net_event(library: wfpwatch.Library) -> None:
    with Session.open_memory(EVENT.format(port=443).encode(), json=True) as session:
        [event] = list(session)
    assert event.kind is Kind.CLASSIFY_DROP
    assert event.source is Source.NETSH
    assert event.terminating == (
        Terminating(7, "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF", 0x1001),
        Terminating(9, None, None),
    )
    assert (event.process_id, event.pid_from) == (4242, PidFrom.NETSH)
    assert (event.filter_id, event.filter_origin) == (7, "Query User Default")
    assert (event.fqbn, event.capabilities, event.interface_index) == ("O=Somebody\\App", 2, 5)
    assert event.packaged is False and event.partial is False
    assert event.json is not None
    assert as_json(event) == json.loads(event.json)


def test_what_cannot_be_read_is_none(library: wfpwatch.Library) -> None:
    with Session.open_memory(EVENT.format(port="many").encode(), json=True) as session:
        [event] = list(session)
        assert session.stats().skipped == 1
    assert event.local is None and event.partial is True
    assert event.json is not None
    assert as_json(event) == json.loads(event.json)


def test_a_dump_of_filters_is_told_from_events(library: wfpwatch.Library) -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        Session.open_memory(b"<wfpdiag><filters><item/></filters></wfpdiag>")
    assert caught.value.status is wfpwatch.Status.E_FORMAT
    assert "names" in str(caught.value)
