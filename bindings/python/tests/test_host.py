# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Collection under leases, and what is asked of the host."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List

import pytest

import wfpwatch
from wfpwatch import Check, Keyword, Kind, Lost, Missing, Session, Simulator, Status


def texts(simulator: Simulator) -> List[str]:
    return [row.text for row in wfpwatch.check(simulator=simulator)]


def keywords(simulator: Simulator) -> str:
    return texts(simulator)[2]


def test_turned_on_and_put_back(simulator: Simulator) -> None:
    simulator.play("collect off; keywords 0x10")
    with Session.open_sim(simulator) as session:
        assert "(0x3f)" in keywords(simulator)
        simulator.play("allow filter=1")
        [event] = session.read(timeout=10)
        assert event.kind is Kind.CLASSIFY_ALLOW
    assert "no net events" in texts(simulator)[1]
    assert "(0x10)" in keywords(simulator)


def test_keywords_and_observing(simulator: Simulator) -> None:
    wanted = Keyword.INBOUND_MCAST | Keyword.CAPABILITY_DROP
    with Session.open_sim(simulator, keywords=wanted):
        assert "(0x5)" in keywords(simulator)
    with Session.open_sim(simulator, observe=True):
        assert "(0x0)" in keywords(simulator)
    with pytest.raises(wfpwatch.WfpError) as caught:
        Session.open_sim(simulator, observe=True, ipsec=True)
    assert caught.value.status is Status.E_INVAL


def test_turned_off_meanwhile(simulator: Simulator) -> None:
    with Session.open_sim(simulator, watch=0.01) as session:
        simulator.play("collect off")
        [gap] = session.read(timeout=10)
    assert (gap.kind, gap.lost, gap.lost_where) == (Kind.GAP, None, Lost.COLLECTION)


def test_rows(simulator: Simulator) -> None:
    simulator.play("collect off")
    rows = wfpwatch.check(simulator=simulator)
    assert [row.check for row in rows] == list(Check)
    assert [row.level for row in rows] == [3, 2, 3, 3, 3, 3, 2, 3, 3, 3]
    assert rows[1].remedy and not rows[0].remedy
    simulator.play("stop")
    rows = wfpwatch.check(simulator=simulator)
    assert (rows[0].check, rows[0].level, rows[0].os_code) == (Check.ENGINE, 1, 1753)


def test_restoring(simulator: Simulator) -> None:
    assert wfpwatch.restore(simulator=simulator) == 0
    session = Session.open_sim(simulator)
    simulator.play("fail call=FwpmEngineSetOption0 code=5 times=1")
    session.close()
    assert "(0x3f)" in keywords(simulator)
    lines: List[str] = []
    settled = wfpwatch.restore(
        simulator=simulator, log=lambda level, text: lines.append(f"{level} {text}")
    )
    assert settled == 1 and "settled" in lines[0]
    assert "(0x0)" in keywords(simulator)


@pytest.mark.skipif(sys.platform == "win32", reason="a registry key there")
def test_the_place_of_leases(simulator: Simulator, tmp_path: Path) -> None:
    place = tmp_path / "state"
    with Session.open_sim(simulator, state_dir=str(place)):
        assert (place / "leases").stat().st_size > 0
        assert wfpwatch.check(simulator=simulator, state_dir=str(place))[4].level == 3
    assert not (place / "leases").exists()
    (place / "leases").write_text("what is this?")
    (place / "leases").chmod(0o600)
    lines: List[str] = []
    with Session.open_sim(
        simulator, state_dir=str(place), log=lambda level, text: lines.append(text)
    ) as session:
        assert Missing.LEASES in session.stats().missing
    assert any("damaged" in line for line in lines)
    with pytest.raises(wfpwatch.WfpError, match="damaged"):
        wfpwatch.restore(simulator=simulator, state_dir=str(place))
    assert (place / "leases.damaged").read_text() == "what is this?"
    Session.open_sim(simulator, state_dir=str(place)).close()
    with pytest.raises(ValueError):
        wfpwatch.check(simulator=simulator, state_dir="a\0b")
