# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The audit policy: read, set, saved, brought back, and lent to a live session."""

from __future__ import annotations

import sys
from typing import Dict, List

import pytest

import wfpwatch
from wfpwatch import Audited, AuditPolicy, AuditSetting, Decided, Lost, Session, Simulator, Status

BOTH = Audited.SUCCESS | Audited.FAILURE


def rows(simulator: Simulator) -> Dict[str, AuditSetting]:
    return {row.word: row for row in wfpwatch.audit_policy(simulator=simulator) if row.word}


def test_rows(simulator: Simulator) -> None:
    simulator.play("auditpol connection failure; mdm packet-drop none; audit_name connection W\\u00fc")
    assert len(wfpwatch.audit_policy(simulator=simulator)) == 59
    row = rows(simulator)["connection"]
    assert row.audited is Audited.FAILURE and row.needed is Audited.FAILURE
    assert (row.name, row.host_name) == ("Filtering Platform Connection", "W\u00fc")
    assert "5157" in row.failure and row.decided_by is Decided.LOCAL
    assert rows(simulator)["packet-drop"].decided_by is Decided.MDM


def test_set(simulator: Simulator) -> None:
    assert wfpwatch.set_audit_policy("connection", BOTH, simulator=simulator)
    assert not wfpwatch.set_audit_policy("connection", 3, simulator=simulator)
    assert rows(simulator)["connection"].audited == BOTH
    with pytest.raises(wfpwatch.WfpError, match="no subcategory"):
        wfpwatch.set_audit_policy("what", 0, simulator=simulator)
    with pytest.raises(ValueError):
        wfpwatch.set_audit_policy("a\0b", 0, simulator=simulator)
    simulator.play("audit_privilege off")
    with pytest.raises(wfpwatch.WfpError) as caught:
        wfpwatch.audit_policy(simulator=simulator)
    assert caught.value.status is Status.E_ACCESS


def test_round_trip(simulator: Simulator) -> None:
    simulator.play("auditpol connection success")
    saved = wfpwatch.backup_audit_policy(simulator=simulator)
    simulator.play("auditpol connection failure; auditpol mpssvc-rules both")
    restored = wfpwatch.restore_audit_policy(saved, simulator=simulator)
    assert (restored.set, restored.same, restored.unread) == (2, 57, 0)
    assert wfpwatch.backup_audit_policy(simulator=simulator) == saved
    lines: List[str] = []
    again = wfpwatch.restore_audit_policy(
        saved.encode("utf-16") + "what\n".encode("utf-16-le"),
        log=lambda level, text: lines.append(text),
        simulator=simulator,
    )
    assert (again.same, again.unread, len(lines)) == (59, 1, 1)
    with pytest.raises(wfpwatch.WfpError) as caught:
        wfpwatch.restore_audit_policy(b"", simulator=simulator)
    assert caught.value.status is Status.E_SYNTAX


def test_lent(simulator: Simulator) -> None:
    with Session.open_sim(simulator, audit_policy=True, watch=0.01) as session:
        assert rows(simulator)["connection"].audited == BOTH
        assert session.stats().audit_policy is AuditPolicy.HELD
        simulator.play("auditpol connection none")
        [gap] = session.read(timeout=10)
        assert gap.lost_where is Lost.AUDIT_POLICY
        assert rows(simulator)["connection"].audited == BOTH
    assert rows(simulator)["connection"].audited == 0
    with Session.open_sim(simulator) as session:
        assert session.stats().audit_policy is AuditPolicy.NOT_ASKED


@pytest.mark.skipif(sys.platform == "win32", reason="there is an audit policy there")
def test_no_windows() -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        wfpwatch.audit_policy()
    assert caught.value.status is Status.E_NOTSUP
