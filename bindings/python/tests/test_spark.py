# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The data source for Spark, in a Spark of this machine with two workers (tests/fleet/run)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

import wfpwatch
from wfpwatch import Session

pytest.importorskip("pyspark", reason="needs pyspark: tests/fleet/run installs it")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java", allow_module_level=True)

Row = Dict[str, Any]


@pytest.fixture(scope="module")
def spark(library: wfpwatch.Library) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    from wfpwatch.spark import register

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    register(made)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def folder(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small logs, some of them large enough for two parts."""
    made = tmp_path_factory.mktemp("logs")
    for path in corpus.glob("evtx/*.evtx"):
        if path.stat().st_size < 2 << 20 and rows_of([path]):
            shutil.copy(path, made)
    return made


def rows_of(paths: List[Path], columns: str = "*") -> List[Row]:
    rows: List[Row] = []
    for path in paths:
        with Session.open_file(path) as session:
            rows += session.columns(columns).to_arrow().to_pylist()
    return rows


def load(spark: Any, folder: Path, **options: str) -> Any:
    reader = spark.read.format("wfpwatch")
    for name, value in options.items():
        reader = reader.option(name, value)
    return reader.load(str(folder))


def as_dicts(frame: Any) -> List[Row]:
    rows: List[Row] = frame.toArrow().to_pylist()
    return rows


def of_a_record(row: Row) -> Any:
    return row["file"], row["audit_record_id"]


def test_rows_are_those_of_a_session(spark: Any, folder: Path) -> None:
    """All columns; seq begins anew in each part, and evidence of a part is its own."""
    files = sorted(folder.glob("*.evtx"))
    frame = load(spark, folder, columns="*", partMB="1")
    assert frame.rdd.getNumPartitions() > len(files)
    given, wanted = (sorted(r, key=of_a_record) for r in (as_dicts(frame), rows_of(files)))
    assert len(given) == len(wanted) > 0
    own = ("seq", "orientation", "direction", "direction_from", "local_", "remote_", "from_", "to_")
    for row, other in zip(given, wanted):
        parted = Path(row["file"]).stat().st_size > 1 << 20
        for name in row:
            if not (parted and name.startswith(own)):
                assert row[name] == other[name], (name, row["file"])


def test_filters_of_a_query(spark: Any, folder: Path) -> None:
    """test_spark_filters.py has the conditions that they become."""
    frame = load(spark, folder)
    found = frame.where("audit_event_id in (5156, 5158) and process_pid >= 1000").collect()
    wanted = [
        row
        for row in rows_of(sorted(folder.glob("*.evtx")), "audit_event_id,process_pid")
        if row["audit_event_id"] in (5156, 5158) and (row["process_pid"] or 0) >= 1000
    ]
    assert len(found) == len(wanted) > 0


def test_options(spark: Any, folder: Path) -> None:
    columns = "time,verdict,app_device_path"
    frame = load(spark, folder, columns=columns, where="type=5156\ndirection=outbound")
    assert frame.columns == columns.split(",")
    wanted = 0
    for path in folder.glob("*.evtx"):
        with Session.open_file(path, where=["type=5156", "direction=outbound"]) as session:
            wanted += sum(1 for _ in session)
    assert frame.count() == wanted > 0


def test_a_schema_chooses_columns(spark: Any, folder: Path) -> None:
    """Also where there are options; its types are those of the columns."""
    reader = spark.read.format("wfpwatch").schema("audit_record_id long, verdict string")
    given = reader.load(str(folder)).toArrow().to_pylist()
    wanted = rows_of(sorted(folder.glob("*.evtx")), "audit_record_id,verdict")
    assert Counter(map(str, given)) == Counter(map(str, wanted))
    for schema, message in [
        ("colour string", "there is no such column"),
        ("verdict string, time string", "time is timestamp, not string"),
    ]:
        with pytest.raises(Exception, match=message):
            spark.read.format("wfpwatch").schema(schema).load(str(folder)).count()


def test_workers_are_given_whole_paths(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They need not run where the query was made."""
    from wfpwatch.spark import EventSource

    monkeypatch.chdir(folder.parent)
    source = EventSource({"path": folder.name, "columns": "verdict"})
    parts = source.reader(source.schema()).partitions()
    assert {part.value[0] for part in parts} == {str(path) for path in folder.glob("*.evtx")}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"colour": "red"}, "no option 'colour'"),
        ({"columns": "colour"}, "there is no such column"),
        ({"where": "colour=red"}, "there is no such key"),
        ({"partMB": "0"}, "1 or more"),
    ],
)
def test_a_wrong_option_is_named(
    spark: Any, folder: Path, options: Dict[str, str], message: str
) -> None:
    with pytest.raises(Exception, match=message):
        load(spark, folder, **options).count()


def test_files_that_are_not_there(spark: Any, tmp_path: Path) -> None:
    for path in ("nothing.evtx", "nothing*.evtx"):
        with pytest.raises(Exception, match="nothing"):
            load(spark, tmp_path / path).count()


def test_what_is_no_log_is_named(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "a.evtx").write_text("nothing of ours")
    with pytest.raises(Exception, match="a.evtx"):
        load(spark, tmp_path).count()


def example_counts_the_same(folder: Path) -> bool:
    """Whether examples/fleet.py prints the same of it, and something, by processes of its own and by Spark."""
    fleet = Path(__file__).resolve().parents[3] / "examples" / "fleet.py"
    outputs = [
        subprocess.run(
            [sys.executable, str(fleet), *words, str(folder)],
            check=True, capture_output=True, text=True, timeout=300,
        ).stdout
        for words in ([], ["--spark"])
    ]  # fmt: skip
    return outputs[0] == outputs[1] != ""


def test_the_example(spark: Any, folder: Path) -> None:
    assert example_counts_the_same(folder)
