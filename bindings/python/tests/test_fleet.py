# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""examples/fleet.py: several processes count what one reading of all files does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import wfpwatch

FLEET = Path(__file__).resolve().parents[3] / "examples" / "fleet.py"


def blocked(folder: Path) -> "Counter[str]":
    with wfpwatch.Session.open_files(sorted(folder.rglob("*.evtx"))) as session:
        return Counter(
            event.app_path or event.device_path or "?"
            for event in session
            if event.verdict in (wfpwatch.Verdict.BLOCK, wfpwatch.Verdict.DROP)
        )


@pytest.mark.parametrize("arguments", [[], ["--processes", "3", "--part", "1"]])
def test_fleet(corpus: Path, tmp_path: Path, arguments: "list[str]") -> None:
    for path in sorted(corpus.glob("evtx/*.evtx"))[:12]:
        if path.stat().st_size < 8_000_000:
            shutil.copy(path, tmp_path)
    done = subprocess.run(
        [sys.executable, str(FLEET), *arguments, str(tmp_path)],
        check=True, capture_output=True, text=True, timeout=120,
    )
    lines = [line.split(None, 1) for line in done.stdout.splitlines()]
    wanted = blocked(tmp_path)
    assert wanted and sum(int(times) for times, _ in lines) <= sum(wanted.values())
    assert {program: int(times) for times, program in lines} == {
        program: wanted[program] for _, program in lines
    }
    assert len(lines) == min(20, len(wanted))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.evtx").write_text("nothing of ours")
    done = subprocess.run([sys.executable, str(FLEET), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1 and "a.evtx" in done.stderr and "Traceback" not in done.stderr
