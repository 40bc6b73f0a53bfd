# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Verdicts and reasons, of simulated events and real files."""

from __future__ import annotations

from pathlib import Path

import pytest
from as_json import as_json

import wfpwatch
from wfpwatch import Confidence, Evidence, Library, Reason, Session, Simulator, Verdict
from wfpwatch._constants import Reason as AllReasons


def one(simulator: Simulator, script: str, **options: bool) -> wfpwatch.Event:
    with Session.open_sim(simulator, **options) as session:
        simulator.play(script)
        [event] = session.read(30)
        return event


def test_a_stealth_drop(simulator: Simulator) -> None:
    event = one(simulator, "drop layer=13 protocol=tcp")
    assert event.verdict is Verdict.DROP
    assert event.reason is Reason.STEALTH
    assert event.confidence is Confidence.LIKELY
    assert event.evidence == (Evidence.LAYER,)


def test_several_pieces_of_evidence(simulator: Simulator) -> None:
    event = one(simulator, "drop layer=48 filter=7 package=S-1-15-2-1 loopback=yes")
    assert event.reason is Reason.APPCONTAINER_LOOPBACK
    assert event.evidence == (Evidence.LOOPBACK, Evidence.PACKAGE)


def test_filter_0_is_no_filter(simulator: Simulator) -> None:
    event = one(simulator, "drop layer=36 protocol=udp filter=0")
    assert event.reason is Reason.NO_FILTER
    assert event.confidence is Confidence.LIKELY
    assert event.evidence == (Evidence.FILTER_ID,)
    assert event.remedy and "no filter to name" in event.remedy


def test_not_asked_for(simulator: Simulator) -> None:
    event = one(simulator, "drop layer=13", explain=False)
    assert (event.verdict, event.reason, event.confidence) == (None, None, None)
    assert event.evidence == ()


def test_every_reason_is_explained(library: Library) -> None:
    for reason in AllReasons:
        explanation = library.explain(reason)
        assert explanation.word == reason.word
        assert explanation.text.endswith(".")
    assert library.explain(0).text == library.explain(-1).text == ""


@pytest.mark.parametrize(
    ("code", "name"),
    [(13801, "ERROR_IPSEC_IKE_AUTH_FAIL"), (0xC0220013, "FWP_E_NET_EVENTS_DISABLED"), (-5, "")],
)
def test_codes_of_windows(library: Library, code: int, name: str) -> None:
    assert name in library.system_text(code)
    assert bool(library.system_text(code)) == bool(name)


def test_a_real_log(corpus: Path, library: Library) -> None:
    path = corpus / "evtx" / "omerbenamram-Security_short_selected.evtx"
    with Session.open_file(path, json=True) as session:
        events = list(session)
    reasons = [event.reason for event in events if event.verdict != Verdict.ALLOW]
    assert reasons.count(Reason.STEALTH) == 1
    assert all(event.reason is not None and as_json(event)["reason"] for event in events)
