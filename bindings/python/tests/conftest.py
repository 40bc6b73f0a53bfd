# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""WFPWATCH_LIBRARY and WFPWATCH_SIM_LIBRARY name the libraries, WFPW_CORPUS the real files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

import wfpwatch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # generate.py

RDP_TUNNEL = "evtx/sbousseaden-DE_RDP_Tunnel_5156.evtx"


@pytest.fixture(scope="session")
def library() -> wfpwatch.Library:
    return wfpwatch.load()


@pytest.fixture
def simulator(library: wfpwatch.Library) -> Iterator[wfpwatch.Simulator]:
    with wfpwatch.Simulator() as sim:
        yield sim
        counts = sim.counts()
    assert counts.misuses == 0


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = os.environ.get("WFPW_CORPUS")
    if not folder or not Path(folder).is_dir():
        pytest.skip("WFPW_CORPUS names no folder of real files")
    return Path(folder)


@pytest.fixture(scope="session")
def evtx(corpus: Path, library: wfpwatch.Library) -> Path:
    return corpus / RDP_TUNNEL
