# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events as columns: what pyarrow, pandas, Polars and DuckDB see, and who owns what."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from test_rules import EVENT, REG

import wfpwatch
from wfpwatch import Session, Simulator, _stream

pa = pytest.importorskip("pyarrow")

DROP = "drop protocol=tcp local=192.0.2.10:50123 remote=203.0.113.7:4444 layer=48"
ALWAYS = {"time_ticks", "merged", "truncated", "partial", "after_damage", "local_time"}
"""Columns that have a value where the JSON has none."""


def leaves(value: Dict[str, Any], path: str = "") -> Iterator[Tuple[str, Any]]:
    """The values of an event's JSON by the names of their columns."""
    for key, part in value.items():
        name = f"{path}_{key}" if path else key
        if name == "terminating":
            for wanted in ("filter_id", "sublayer", "action"):
                items = [item.get(wanted) for item in part]
                yield f"{name}_{wanted}", items if wanted == "filter_id" else [
                    None if item is None else str(item) for item in items
                ]
        elif isinstance(part, dict) and name != "audit_data":
            yield from leaves(part, name)
        elif part is not None:
            yield name, part


def plain(name: str, value: Any, line: Any) -> Any:
    """A column's value as the JSON has it."""
    if isinstance(value, datetime):
        digits = value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return line if isinstance(line, str) and line.startswith(digits) else digits
    if name in ("ipsec_status", "audit_keywords"):
        return hex(value % 2**64)
    if name == "audit_data":
        return json.loads(value)
    if isinstance(value, int) and not isinstance(value, bool) and value < 0 and name != "join_lag_ms":
        return value % 2**64
    return value


def assert_same(row: Dict[str, Any], line: Dict[str, Any]) -> None:
    wanted = dict(leaves(line))
    given = {
        name: plain(name, value, wanted.get(name)) for name, value in row.items() if value is not None
    }
    for name in ALWAYS - wanted.keys():
        assert given.pop(name) is False or name == "time_ticks"
    assert given == wanted


def files(corpus: Path) -> List[Path]:
    return sorted(p for p in corpus.glob("evtx/*.evtx") if p.stat().st_size < 3_000_000)


def test_rows_are_what_the_json_says(corpus: Path) -> None:
    count = 0
    for path in files(corpus):
        with Session.open_file(path, attempts=True) as session:
            lines = [json.loads(line) for part in session.json_lines() for line in part.splitlines()]
        with Session.open_file(path, attempts=True) as session:
            rows = session.columns("*", rows=1000).to_arrow().to_pylist()
        assert len(rows) == len(lines)
        for row, line in zip(rows, lines):
            assert_same(row, line)
        count += len(rows)
    assert count > 100


def test_rows_with_rules(library: wfpwatch.Library) -> None:
    names = wfpwatch.Names()
    names.load_memory(REG)
    log = "".join(EVENT.format(id_) for id_ in ("{a}", "Stealth", "corenet-teredo-in")).encode()
    sessions = [Session(names=names), Session(names=names)]
    for session in sessions:
        session.add_memory(log)
    lines = [json.loads(x) for part in sessions[0].json_lines() for x in part.splitlines()]
    rows = sessions[1].columns("*").to_arrow().to_pylist()
    assert [row["rule_id"] for row in rows] == ["{A}", None, "CoreNet-Teredo-In"]
    assert (rows[0]["rule_action"], rows[0]["rule_direction"]) == ("block", "out")
    for row, line in zip(rows, lines):
        assert_same(row, line)


def test_rows_with_names_and_products(corpus: Path, evtx: Path) -> None:
    """Names of another host's filters: here it only matters that rows have what the JSON has."""
    products = 0
    for dump in sorted(corpus.glob("netsh/**/*.xml")):
        names = wfpwatch.Names()
        try:
            names.load(dump)
        except wfpwatch.WfpError:
            continue
        known = [f.id for f in names if f.provider_product][:5]
        log = "".join(EVENT.format("").replace(">7<", f">{id_}<") for id_ in known).encode()
        if not known or dump.stat().st_size > 3_000_000:
            continue
        sessions = [Session(names=names), Session(names=names)]
        for session in sessions:
            session.add_memory(log)
        lines = [json.loads(x) for part in sessions[0].json_lines() for x in part.splitlines()]
        rows = sessions[1].columns("*").to_arrow().to_pylist()
        for row, line in zip(rows, lines):
            assert_same(row, line)
            products += row["filter_provider_product"] is not None
    assert products > 0


def test_rows_of_a_live_session(library: wfpwatch.Library) -> None:
    lines: List[Any] = []
    rows: List[Any] = []
    for take in ("lines", "rows"):
        with Simulator() as simulator:
            session = Session.open_sim(simulator)
            for _ in range(3):
                simulator.play(DROP + "; allow; drop layer=13")
            simulator.play("stop; start")
            session.stop()
            if take == "lines":
                lines = [json.loads(x) for part in session.json_lines() for x in part.splitlines()]
            else:
                rows = session.columns("*").to_arrow().to_pylist()
    assert len(rows) >= 9
    for row, line in zip(rows, lines):
        if line["kind"] != "gap":  # its times are those of the clock
            row["time"] = row["time_ticks"] = None
            wanted = dict(leaves(line))
            assert {k: v for k, v in row.items() if k in wanted and k != "time"} == {
                k: v for k, v in wanted.items() if k != "time"
            }


def test_json_lines(evtx: Path) -> None:
    with Session.open_file(evtx, json=True) as session:
        wanted = [event.json for event in session]
    with Session.open_file(evtx, max_events=3) as session:
        parts = list(session.json_lines())
    assert len(parts) > 1
    assert b"".join(parts).decode().splitlines() == wanted


def test_consumers(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        table = session.to_arrow()
    assert table.num_rows > 0 and "verdict" in table.column_names
    names = "seq,time,verdict,app_device_path"
    wanted = table.select(names.split(",")).to_pylist()
    polars = pytest.importorskip("polars")
    with Session.open_file(evtx) as session:
        frame = session.columns(names).to_polars()
    assert isinstance(frame, polars.DataFrame) and frame.to_dicts() == wanted
    with Session.open_file(evtx) as session:
        lazy = polars.from_arrow(pa.RecordBatchReader.from_stream(session.columns(names)))
        assert lazy.to_dicts() == wanted


def test_pandas(evtx: Path) -> None:
    pytest.importorskip("pandas")
    with Session.open_file(evtx) as session:
        frame = session.to_pandas()
    assert list(frame["seq"]) == list(range(1, len(frame) + 1))
    assert str(frame["time"].dt.tz) == "UTC"


def test_duckdb(evtx: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with Session.open_file(evtx) as session:
        events = session.columns("verdict,audit_event_id")
        found = duckdb.sql("SELECT verdict, count(*) FROM events GROUP BY 1").fetchall()
    assert sum(count for _, count in found) > 0
    del events


def test_a_missing_package_is_named(evtx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with Session.open_file(evtx) as session, pytest.raises(ImportError, match="pip install polars"):
        session.to_polars()


def test_a_wrong_column_is_pointed_at(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        with pytest.raises(wfpwatch.WfpError) as caught:
            session.columns(["seq", "colour"]).to_arrow()
        assert (caught.value.status, caught.value.position) == (wfpwatch.Status.E_SYNTAX, 4)
        assert session.columns(["seq"]).to_arrow().num_rows > 0


def test_events_that_were_read_are_not_lost(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        next(session)
        with pytest.raises(wfpwatch.WfpwatchError, match="still to be taken"):
            session.to_arrow()
        with pytest.raises(wfpwatch.WfpwatchError, match="still to be taken"):
            next(session.json_lines())


def test_a_session_with_a_stream_is_not_read(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        reader = session.columns(rows=5).to_reader()
        reader.read_next_batch()
        with pytest.raises(wfpwatch.WfpwatchError, match="Arrow stream"):
            session.read()
        with pytest.raises(wfpwatch.WfpError, match="a stream already"):
            session.to_arrow()
        del reader
        gc.collect()
        assert session.read()[0].seq == 6  # behind what was given


def test_a_stream_outlives_its_session(evtx: Path) -> None:
    names = wfpwatch.Names()
    with Session.open_file(evtx) as session:
        total = session.to_arrow().num_rows
    session = Session.open_file(evtx, names=names, where="protocol!=255")
    reader = session.columns(rows=3).to_reader()
    first = reader.read_next_batch()
    session.close()
    names.close()
    del session, names
    gc.collect()
    assert len(first) + sum(len(batch) for batch in reader) == total


def test_what_is_added_to_a_stream_outlives_the_session(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        total = session.to_arrow().num_rows
    data = evtx.read_bytes()
    session = Session.open_file(evtx)
    reader = session.columns("seq", rows=3).to_reader()
    first = len(reader.read_next_batch())
    before = sys.getrefcount(data)
    session.add_memory(data)
    session.close()
    gc.collect()
    assert sys.getrefcount(data) > before  # bytes are read in place, by the stream from now on
    assert first + sum(len(batch) for batch in reader) == 2 * total
    del reader
    gc.collect()
    _stream.sweep()
    assert sys.getrefcount(data) == before


def test_what_is_let_go_may_end_other_streams() -> None:
    """A destructor of what a stream needed runs while ended streams are looked for."""
    lists: List[List[Any]] = [[], [], []]
    given = [_stream.Given(kept) for kept in lists]

    class Sweeps:
        def __del__(self) -> None:
            _stream.sweep()

    lists[0].append(Sweeps())
    _stream._all.extend(given)
    for ended in given[:2]:
        assert ended.flag is not None
        ctypes.c_uint32.from_address(ended.flag).value = 1
    lists.clear()
    _stream.sweep()
    assert _stream._all == given[2:]
    _stream._all.clear()


def test_no_stream_is_taken_in_a_log_function(evtx: Path) -> None:
    """The library calls it in the midst of a read."""
    damaged = bytearray(evtx.read_bytes())
    damaged[4096 : 4096 + 8] = bytes(8)  # the first chunk's signature
    refused: List[BaseException] = []

    def log(level: int, text: str) -> None:
        try:
            session.__arrow_c_stream__()
        except BaseException as error:
            refused.append(error)

    session = Session.open_memory(damaged, log=log)
    events = list(session)
    session.close()
    assert events and refused
    assert all(isinstance(error, RuntimeError) for error in refused)


FREED = """
import os, wfpwatch
setattr(wfpwatch.load().dll, "FREE", lambda made: os.write(1, b"freed"))
simulator = wfpwatch.Simulator()
MAKE
"""


@pytest.mark.parametrize(
    "free, make",
    [
        (
            "wfpw_guard_free",
            "session = wfpwatch.Session(simulator=simulator)\n"
            "guard = wfpwatch.Guard('service=WinDefend')\n"
            "session.add_live(guard=guard)",
        ),
        (
            "wfpw_settings_free",
            "settings = wfpwatch.Settings('{}')\n"
            "session = wfpwatch.Session(settings=settings, simulator=simulator)\n"
            "session.add_live()\n"
            "held = session.__arrow_c_stream__()",
        ),
    ],
)
def test_nothing_is_freed_under_a_session_at_the_end(free: str, make: str) -> None:
    code = FREED.replace("FREE", free).replace("MAKE", make)
    ended = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"freed" not in ended.stdout, ended.stdout


def test_a_stream_outlives_its_simulator(library: wfpwatch.Library) -> None:
    simulator = Simulator()
    session = Session.open_sim(simulator)
    simulator.play(DROP)
    reader = session.columns(rows=1).to_reader()
    simulator.close()
    assert len(reader.read_next_batch()) == 1
    del reader
    gc.collect()
    _stream.sweep()
    assert _stream._all == []


def test_a_stream_outlives_a_forgotten_session(evtx: Path) -> None:
    with Session.open_file(evtx) as session:
        total = session.to_arrow().num_rows

    def reader_of() -> Any:
        session = Session.open_file(evtx)
        return session.columns("seq", rows=3).to_reader()

    assert pa.RecordBatchReader.from_stream(Session.open_file(evtx)).read_all().num_rows == total
    assert reader_of().read_all().num_rows == total
    assert Session.open_file(evtx).columns().to_arrow().num_rows == total


def test_bookmarks_are_of_what_was_given() -> None:
    with Simulator() as simulator, Session.open_audit(simulator=simulator) as session:
        for i in range(20):
            simulator.play(f"audit 5157 version=1 ProcessID=1204 Protocol=6 DestPort={5000 + i}")
        reader = session.columns("audit_record_id", rows=3, wait=-1).to_reader()
        for _ in range(5):
            last = reader.read_next_batch().to_pydict()["audit_record_id"][-1]
            assert f"RecordId='{last}'" in (session.get_bookmark() or "")


def test_a_stream_is_let_go_in_a_log_function() -> None:
    held: List[Any] = []
    gone = threading.Event()

    def log(level: int, text: str) -> None:
        held.clear()
        gone.set()

    with Simulator() as simulator:
        session = Session.open_live(simulator=simulator, watch=0.05, log=log)
        simulator.play(DROP)
        held.append(session.columns(rows=1).to_reader())
        session.close()
        simulator.play("stop")
        assert gone.wait(20)
        end = time.monotonic() + 20
        while simulator.counts().sessions > 0 and time.monotonic() < end:
            time.sleep(0.01)
        assert simulator.counts().sessions == 0


def test_a_capsule_is_let_go_while_a_log_function_waits() -> None:
    inside = threading.Event()

    def log(level: int, text: str) -> None:
        inside.set()
        time.sleep(0.1)

    with Simulator() as simulator:
        with Session.open_live(simulator=simulator, watch=0.05, log=log) as session:
            capsule = session.__arrow_c_stream__()
            simulator.play("stop")
            assert inside.wait(20)
        del capsule
        assert simulator.counts().sessions == 0


def test_columns_are_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with Simulator() as simulator, Session.open_sim(simulator) as session:
        monkeypatch.setattr(threading.Thread, "is_alive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            session.to_arrow()
        monkeypatch.undo()


def interrupt(thread: threading.Thread) -> bool:
    raise KeyboardInterrupt


AT_THE_END = """
import threading, time, wfpwatch
from wfpwatch.sim import Simulator
kind = {kind!r}
if kind == "memory":
    data = open({path!r}, "rb").read()
    session = wfpwatch.Session.open_memory(data, where="protocol!=255")
    reader = session.columns("seq", rows=1).to_reader()
    threading.Thread(target=lambda: [batch for batch in reader for _ in range(2)], daemon=True).start()
else:
    simulator = Simulator()
    session = wfpwatch.Session.open_live(simulator=simulator, watch=0.05, where="protocol!=255")
    simulator.play("drop local=10.0.0.5:1 remote=192.0.2.1:2 protocol=tcp filter=7")
    held = session.__arrow_c_stream__() if kind == "capsule" else session.columns().to_reader()
"""


@pytest.mark.parametrize("kind", ["memory", "capsule", "reader"])
def test_a_stream_at_the_end_of_the_interpreter(evtx: Path, kind: str) -> None:
    program = AT_THE_END.format(kind=kind, path=str(evtx))
    environment = {**os.environ, "PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "165"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, timeout=60)
    assert done.returncode == 0


def read_half(path: Path) -> None:
    for _ in range(250):
        session = Session.open_file(path)
        reader = session.columns("seq", rows=2).to_reader()
        reader.read_next_batch()
        session.columns("seq")
        del reader
        session.close()


def test_streams_that_are_dropped(evtx: Path) -> None:
    threads = [threading.Thread(target=read_half, args=(evtx,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()
    _stream.sweep()
    assert _stream._all == []


def test_a_capsule_that_nobody_takes(evtx: Path) -> None:
    for _ in range(100):
        with Session.open_file(evtx) as session:
            session.__arrow_c_stream__()
            assert session.read()
    _stream.sweep()
    assert _stream._all == []


@pytest.mark.parametrize(
    "ending",
    [
        "capsule = s.__arrow_c_stream__()",
        "reader = s.columns(rows=2).to_reader(); reader.read_next_batch()",
        "reader = s.columns(rows=2).to_reader(); s.close(); pa.kept = reader",
        "reader = s.columns(rows=2).to_reader();"
        " threading.Thread(target=reader.read_all, daemon=True).start()",
    ],
)
def test_a_program_ends_with_a_stream_open(evtx: Path, ending: str) -> None:
    program = f"""
import sys, threading, wfpwatch, pyarrow as pa
names = wfpwatch.Names()
s = wfpwatch.Session.open_file({str(evtx)!r}, names=names, log=lambda level, text: None)
{ending}
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
