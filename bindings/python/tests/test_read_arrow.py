# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""wfpwatch read --format arrow: what pyarrow and Polars read of it are the rows of a session."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

import wfpwatch

pa = pytest.importorskip("pyarrow")

Row = Dict[str, Any]


@pytest.fixture(scope="module")
def tool(library: wfpwatch.Library) -> Path:
    """The tool of the build that the library is of."""
    name = "wfpwatch.exe" if os.name == "nt" else "wfpwatch"
    made = Path(library.path).resolve().parents[1] / "examples" / "cli" / name
    if not made.exists():
        pytest.skip("the tool was not built beside the library")
    return made


def read(tool: Path, *words: object) -> Tuple[Any, int, str]:
    """The table, the exit status, and what was reported."""
    command = [str(tool), "read", "--format", "arrow", *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False)
    table = pa.ipc.open_stream(done.stdout).read_all()
    table.validate(full=True)
    return table, done.returncode, done.stderr.decode()


def rows_of(paths: List[Path], columns: str = "*", **options: Any) -> List[Row]:
    with wfpwatch.Session.open_files(paths, **options) as session:
        rows: List[Row] = session.columns(columns).to_arrow().to_pylist()
    return rows


def test_all_columns(tool: Path, corpus: Path) -> None:
    seen = 0
    for path in sorted(corpus.glob("evtx/*.evtx")):
        if path.stat().st_size < 1_200_000:
            table, status, _ = read(tool, "--columns", "*", path)
            assert table.to_pylist() == rows_of([path]) and status in (0, 3)
            seen += table.num_rows
    assert seen > 100


def test_other_readers(tool: Path, evtx: Path, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    out = tmp_path / "events.arrow"
    with out.open("wb") as file:
        subprocess.run([str(tool), "read", "--format", "arrow", str(evtx)], check=True, stdout=file)
    assert polars.read_ipc_stream(out).select("seq", "app_device_path", "time_ticks").to_dicts() == (
        rows_of([evtx], "seq,app_device_path,time_ticks")
    )


def test_many_files(tool: Path, evtx: Path, tmp_path: Path) -> None:
    """More than are read together: each is added when the one before has ended."""
    paths = [Path(shutil.copy(evtx, tmp_path / f"{i:02}.evtx")) for i in range(12)]
    table, status, _ = read(tool, "--columns", "seq,file,app_device_path", tmp_path)
    assert status == 0 and table.column("seq").to_pylist() == list(range(1, 12 * 73 + 1))
    wanted = rows_of(paths, "file,app_device_path")
    assert table.select(["file", "app_device_path"]).to_pylist() == wanted


def test_nothing_to_write(tool: Path, evtx: Path, tmp_path: Path) -> None:
    table, status, text = read(tool, "--where", "protocol=255", evtx)
    assert (table.num_rows, status) == (0, 0) and "verdict" in table.column_names and text
    empty, status, _ = read(tool, tmp_path / "nothing")
    assert empty.schema == table.schema and (empty.num_rows, status) == (0, 1)


def test_a_file_that_ends_too_soon(tool: Path, evtx: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.evtx.gz"
    cut.write_bytes(gzip.compress(evtx.read_bytes())[:-2000])
    table, status, text = read(tool, "--columns", "seq", cut, evtx)
    assert status == 1 and table.num_rows >= 73
    assert "gzip data end before" in text and "Traceback" not in text


@pytest.mark.parametrize(
    "words, message",
    [
        (["--format", "arrow", "--columns", "seq,colour"], "no such column"),
        (["--format", "arrow", "--columns", "seq,seq"], "comes twice"),
        (["--columns", "seq"], "of --format arrow"),
        (["--format", "parquet"], "arrow"),
    ],
)
def test_wrong_usage(tool: Path, evtx: Path, words: List[str], message: str) -> None:
    command = [str(tool), "read", *words, str(evtx)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and message in done.stderr and done.stdout == ""


@pytest.mark.parametrize("reader, count", [("head -c 10", 10), ("true", 0)])
def test_a_reader_that_leaves(tool: Path, evtx: Path, reader: str, count: int) -> None:
    command = f"set -o pipefail; '{tool}' read --format arrow '{evtx}' '{evtx}' | {reader}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.returncode == 0 and done.stderr == b"" and len(done.stdout) == count
