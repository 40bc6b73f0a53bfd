# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The samples of docs/fleet.md, each with the package that it is for."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

import wfpwatch

DOCS = Path(__file__).resolve().parents[3] / "docs" / "fleet.md"
SAMPLES: Dict[str, str] = {
    found[1]: found[2]
    for found in re.finditer(r"^```py\n# needs (\w+)\n(.*?)^```", DOCS.read_text(), re.M | re.S)
}
ALSO = {"dask": ["pyarrow", "pandas", "dask.dataframe"]}


@pytest.fixture
def paths(corpus: Path) -> List[str]:
    return [str(p) for p in sorted(corpus.glob("evtx/*.evtx")) if p.stat().st_size < 100_000]


def allowed(paths: List[str]) -> int:
    with wfpwatch.Session.open_files(paths, where="verdict=allow") as session:
        return sum(1 for _ in session)


def test_there_are_samples() -> None:
    assert SAMPLES.keys() == {"dask", "ray", "duckdb", "polars", "deltalake"}


def run_sample(package: str, paths: List[str], table: Path) -> int:
    """What a sample counts; the test is skipped if its package is not there."""
    for name in [package, *ALSO.get(package, ["pyarrow"])]:
        pytest.importorskip(name, reason=f"needs {name}: tests/fleet/run installs it")
    if package == "ray":
        import ray

        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    names: Dict[str, Any] = {"paths": paths, "table": str(table)}
    try:
        exec(compile(SAMPLES[package], f"{DOCS.name} ({package})", "exec"), names)
    finally:
        if package == "ray":
            sys.modules["ray"].shutdown()
    return int(names["count"])


@pytest.mark.parametrize("package", sorted(SAMPLES))
def test_sample(package: str, paths: List[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    assert run_sample(package, paths, tmp_path / "events") == allowed(paths) > 0
