# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""python -m wfpwatch."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import wfpwatch
from wfpwatch import Direction, Endpoint, Event, Kind, Lost, Orientation, Source
from wfpwatch.__main__ import line_of, main


def test_lines(evtx: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(evtx)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 73
    assert lines[1] == (
        "2019-02-13T18:01:47.5123404Z audit/5156 outbound udp "
        "[fe80::80ac:4126:fa58:1b81]:546 -> [ff02::1:2]:547 filter 65865 pid 820 "
        "\\device\\harddiskvolume1\\windows\\system32\\svchost.exe"
    )


def test_a_name_cannot_steer_a_terminal(tmp_path: Path) -> None:
    """Whoever writes a log chooses the names in it; an event is one line."""
    log = tmp_path / "log.xml"
    log.write_text(
        "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>5157</EventID>"
        "<TimeCreated SystemTime='2026-01-02T03:04:05Z'/></System><EventData>"
        "<Data Name='Application'>\\device\\x\\a&#10;b\u202ec\u009b2J.exe</Data></EventData></Event>",
        "utf-8",
    )
    with wfpwatch.Session.open_file(log) as session:
        [event] = session
    assert event.device_path == "\\device\\x\\a\nb\u202ec\u009b2J.exe"
    for line in (line_of(event), str(event)):
        assert line.isprintable() and "a\ufffdb\ufffdc\ufffd2J.exe" in line


def test_json_lines(evtx: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(evtx)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 74))


def test_a_bad_file_does_not_hide_a_good_one(
    evtx: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "nothing"), str(evtx)]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 73
    assert "nothing" in err and err.count("\n") == 1


def test_wrong_usage() -> None:
    done = subprocess.run([sys.executable, "-m", "wfpwatch"], capture_output=True, check=False)
    assert done.returncode == 2


def test_standard_input_and_a_reader_that_leaves(evtx: Path) -> None:
    with evtx.open("rb") as file:
        program = [sys.executable, "-m", "wfpwatch", "-"]
        pipe = subprocess.Popen(
            program, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert pipe.stdout is not None and pipe.stderr is not None
        assert "audit/1102" in pipe.stdout.readline()
        pipe.stdout.close()
        assert pipe.stderr.read() == ""
        pipe.stderr.close()
        assert pipe.wait() in (0, 1)


class NoReader(io.StringIO):
    """A pipe whose reader has left, as Windows tells it (python/cpython issue 79935)."""

    def write(self, text: str) -> int:
        raise OSError(errno.EINVAL, "Invalid argument")

    def fileno(self) -> int:
        return os.open(os.devnull, os.O_WRONLY)


def test_a_reader_that_leaves_on_windows(
    evtx: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", NoReader())
    assert main([str(evtx)]) == 1
    assert capsys.readouterr().err == ""


def test_a_code_page_without_the_character(tmp_path: Path) -> None:
    file = tmp_path / "event.xml"
    file.write_text(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>5157</EventID>"
        "<TimeCreated SystemTime='2026-01-01T00:00:00Z'/><EventRecordID>1</EventRecordID>"
        "<Channel>Security</Channel></System><EventData>"
        "<Data Name='Application'>\\device\\\u0416.exe</Data></EventData></Event>",
        encoding="utf-8",
    )
    for more in ([], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "wfpwatch", *more, str(file)],
            capture_output=True,
            check=False,
            env=dict(os.environ, PYTHONIOENCODING="cp1252"),
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert "\u0416.exe" in done.stdout.decode("utf-8")


def drop(direction: Direction, orientation: Orientation) -> str:
    return line_of(
        Event(
            seq=1,
            filetime=0,
            kind=Kind.CLASSIFY_DROP,
            source=Source.LIVE,
            direction=direction,
            orientation=orientation,
            local=Endpoint(port=1),
            remote=Endpoint(port=2),
        )
    )


def test_the_arrow_shows_where_it_went(library: wfpwatch.Library) -> None:
    assert ":1 -> :2" in drop(Direction.OUTBOUND, Orientation.FIELD)
    assert ":2 -> :1" in drop(Direction.INBOUND, Orientation.FIELD)
    assert ":1 -> :2" in drop(Direction.INBOUND, Orientation.UNKNOWN)


def test_a_gap(library: wfpwatch.Library) -> None:
    gap = Event(seq=1, filetime=0, kind=Kind.GAP, source=Source.LIVE, lost=7, lost_where=Lost.RING)
    assert line_of(gap) == "1601-01-01T00:00:00.0000000Z gap 7 lost (ring)"


def test_parquet(evtx: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    cut, out = tmp_path / "cut.evtx.gz", tmp_path / "events.parquet"
    cut.write_bytes(gzip.compress(evtx.read_bytes())[:-2000])
    words = ["--format", "parquet", "--output", str(out)]
    assert main([*words, str(evtx)]) == 0
    with wfpwatch.Session.open_file(evtx) as session:
        assert parquet.read_table(out).to_pylist() == session.to_arrow().to_pylist()
    assert main([*words, "--columns", "verdict,file", "--where", "protocol=udp", str(evtx)]) == 0
    with wfpwatch.Session.open_file(evtx, where="protocol=udp") as session:
        wanted = session.columns("verdict,file").to_arrow().to_pylist()
    assert parquet.read_table(out).to_pylist() == wanted != []
    capsys.readouterr()
    assert main([*words, str(cut), str(tmp_path / "nothing"), str(evtx)]) == 1
    assert parquet.read_table(out).num_rows >= 73
    out_text, err = capsys.readouterr()
    assert out_text == "" and f"{tmp_path / 'nothing'}:" in err and "the gzip data end" in err
    assert [p.name for p in tmp_path.iterdir()].count("events.parquet.part") == 0


@pytest.mark.parametrize(
    "words",
    [["--format", "parquet"], ["--output", "x"], ["--columns", "seq"], ["--format", "yaml"]],
)
def test_wrong_words(words: "list[str]", evtx: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*words, str(evtx)])
    assert caught.value.code == 2


def test_what_is_wrong_is_named(
    evtx: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--where", "colour=red", str(evtx)]) == 1
    assert "no such key" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["--format", "parquet", "--output", str(tmp_path / "x"), str(evtx)]) == 1
    assert "pyarrow" in capsys.readouterr().err


def test_a_parquet_file_stays_when_nothing_is_read(
    evtx: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "events.parquet"
    assert main(["--format", "parquet", "--output", str(out), str(evtx)]) == 0
    before = out.read_bytes()
    assert main(["--format", "parquet", "--output", str(out), str(tmp_path / "missing")]) == 1
    assert out.read_bytes() == before
    nowhere = tmp_path / "no folder" / "events.parquet"
    assert main(["--format", "parquet", "--output", str(nowhere), str(evtx)]) == 1
    assert sorted(tmp_path.iterdir()) == [out]
    assert "no folder" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_only_a_plain_file_is_replaced(evtx: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow.parquet")
    words = ["--format", "parquet", str(evtx), "--output"]
    link, out = tmp_path / "link", tmp_path / "events.parquet"
    link.symlink_to(out)
    assert main([*words, str(link)]) == 0
    assert link.is_symlink() and out.stat().st_size > 1000
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    main([*words, str(pipe)])
    os.close(reader)
    assert pipe.is_fifo()


def test_skipped_places_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.xml"
    event = (
        '<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/>'
        "<EventID>5157</EventID></System></Event>"
    )
    path.write_text(f"<Events>{event}<Event><System>")
    assert main([str(path)]) == 3
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert "inside an event" in err and "cut.xml" in err
