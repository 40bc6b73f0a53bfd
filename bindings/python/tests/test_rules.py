# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Rules of the Windows Firewall in a collection of names."""

from __future__ import annotations

import json
import pickle

import pytest
from as_json import as_json

import wfpwatch
from wfpwatch import (
    Direction,
    Names,
    RuleAction,
    RuleOrigin,
    RuleProfile,
    Session,
    Status,
    WfpError,
)

REG = """Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules]
"{A}"="v2.33|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=80|RPort2_10=1-5|Profile=Public|\
App=C:\\\\x.exe|Name=Une r\u00e8gle|"
"CoreNet-Teredo-In"="v2.10|Action=Allow|Active=FALSE|Dir=In|Name=@FirewallAPI.dll,-25326|"
""".replace("|\\\n", "|").encode("utf-16")


@pytest.fixture
def names(library: wfpwatch.Library) -> Names:
    names = Names()
    assert names.load_memory(REG) == 2
    return names


def test_a_rule_in_full(names: Names) -> None:
    rule = names.rule("{a}")
    assert rule is not None
    assert (rule.id, rule.name, rule.title) == ("{A}", "Une r\u00e8gle", "Une r\u00e8gle")
    assert (rule.action, rule.direction) == (RuleAction.BLOCK, Direction.OUTBOUND)
    assert (rule.enabled, rule.origin) == (True, RuleOrigin.LOCAL)
    assert (rule.app, rule.service, rule.protocol) == ("C:\\x.exe", None, 6)
    assert (rule.local_ports, rule.remote_ports) == ((), ("80", "1-5"))
    assert rule.profiles == RuleProfile.PUBLIC
    assert (rule.schema, rule.source, rule.change) == ((2, 33), "memory", None)
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert names.rule("{b}") is None


def test_what_stands_for_an_indirect_name(names: Names) -> None:
    rule = names.rule("corenet-teredo-in")
    assert rule is not None
    assert (rule.name, rule.title) == ("@FirewallAPI.dll,-25326", "CoreNet-Teredo-In")


def test_all_rules(names: Names) -> None:
    assert [rule.id for rule in names.rules()] == ["{A}", "CoreNet-Teredo-In"]
    stats = names.stats()
    assert (stats.rules, stats.rules_loaded, stats.rules_evicted, stats.filters) == (2, 2, 0, 0)


def test_errors(names: Names) -> None:
    with pytest.raises(ValueError):
        names.rule("a\0b")
    with pytest.raises(WfpError) as caught:
        names.load_memory(b"\nRule Name: x\n" + b"-" * 70 + b"\nLocalIP: Any\nRemoteIP: Any\n")
    assert caught.value.status == Status.E_FORMAT
    assert "netsh advfirewall export" in str(caught.value)


EVENT = """<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>5157</EventID>
</System><EventData><Data Name="FilterRTID">7</Data><Data Name="FilterOrigin">{}</Data></EventData>
</Event>"""


def test_an_event_has_its_rule(names: Names) -> None:
    log = (EVENT.format("{a}") + EVENT.format("Stealth") + EVENT.format("corenet-teredo-in")).encode()
    with Session(names=names, json=True) as session:
        session.add_memory(log)
        events = list(session)
    assert [e.rule and e.rule.id for e in events] == ["{A}", None, "CoreNet-Teredo-In"]
    for event in events:
        assert event.json is not None
        assert as_json(event) == json.loads(event.json)
