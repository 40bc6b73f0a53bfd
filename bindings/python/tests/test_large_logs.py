# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""1 GB of logs in 200 files, and a log of 2 GB in parts, which tests/fleet/run makes: each record is read once,
by every engine."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any, List

import pytest
from test_engines import SAMPLES, run_sample
from test_spark import example_counts_the_same, spark  # noqa: F401 (spark is a fixture)

from wfpwatch import Session

if "WFPW_LARGE_LOGS" not in os.environ:
    pytest.skip("tests/fleet/run makes the logs", allow_module_level=True)
LOGS = Path(os.environ["WFPW_LARGE_LOGS"])


@pytest.fixture(scope="module")
def files() -> List[str]:
    found = sorted(map(str, (LOGS / "files").glob("*.evtx")))
    assert len(found) == 200
    return found


@pytest.fixture(scope="module")
def large() -> str:
    return str(LOGS / "large.evtx")


def verdicts(path: str) -> "Counter[str]":
    """Of a file read by one session."""
    with Session.open_file(path) as session:
        found: Counter[str] = Counter()
        for batch in session.columns("verdict", wait=-1).to_reader():
            for value in batch.column(0).value_counts().to_pylist():
                found[value["values"]] += value["counts"]
        return found


@pytest.mark.parametrize("package", sorted(SAMPLES))
def test_sample(package: str, files: List[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    one = verdicts(files[0])["allow"]
    assert run_sample(package, files, tmp_path / "events") == 200 * one > 0


def test_spark_reads_many_files(spark: Any, files: List[str]) -> None:  # noqa: F811
    events = spark.read.format("wfpwatch").schema("file string, verdict string").load(files)
    counts = events.groupBy("file", "verdict").count().collect()
    one = verdicts(files[0])
    assert {row["file"] for row in counts} == set(files)
    assert len(counts) == 200 * len(one)
    assert all(row["count"] == one[row["verdict"]] for row in counts)


def test_spark_reads_parts(spark: Any, large: str) -> None:  # noqa: F811
    source = spark.read.format("wfpwatch").schema("audit_record_id long, verdict string")
    events = source.load(large)
    assert events.rdd.getNumPartitions() == -(-os.path.getsize(large) // (64 << 20)) > 30
    whole = verdicts(large)
    counts = {row["verdict"]: row["count"] for row in events.groupBy("verdict").count().collect()}
    assert counts == whole
    assert events.select("audit_record_id").distinct().count() == sum(whole.values())


def test_the_example(files: List[str]) -> None:
    assert example_counts_the_same(Path(files[0]).parent)
