# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Options, ends and life times of sessions."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any, Dict

import pytest

import wfpwatch
from wfpwatch import Session, Simulator, Status

pytestmark = pytest.mark.usefixtures("library")

DROP = "drop local=10.0.0.5:50000 remote=93.184.216.34:443 protocol=tcp filter=70"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has it")
def test_no_live_events_where_there_is_no_windows() -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        Session.open_live()
    assert caught.value.status is Status.E_NOTSUP
    assert caught.value.where == "wfpw_add_live"


def test_a_second_live_source_is_refused(simulator: Simulator) -> None:
    with Session.open_sim(simulator) as session:
        with pytest.raises(wfpwatch.WfpError) as caught:
            session.add_live()
        assert caught.value.status is Status.E_INVAL


def test_a_session_without_a_source_is_at_its_end() -> None:
    with Session() as session:
        assert list(session) == []
        with pytest.raises(wfpwatch.EndOfEvents) as caught:
            session.read()
        assert caught.value.status is Status.E_EOF


def test_use_after_close() -> None:
    session = Session()
    session.close()
    session.close()
    assert session.closed
    for use in (
        session.read,
        session.stats,
        session.stop,
        session.wait_handle,
        session.add_live,
        session.__enter__,
        lambda: session.add_file("x"),
        lambda: session.add_memory(b""),
        lambda: next(session),
    ):
        with pytest.raises(wfpwatch.SessionClosed):
            use()


def test_a_closed_session_gives_no_events_any_more(simulator: Simulator) -> None:
    session = Session.open_sim(simulator)
    simulator.play(f"repeat 5 {DROP}")
    next(session)
    session.close()
    with pytest.raises(wfpwatch.SessionClosed):
        next(session)


@pytest.mark.parametrize(
    "options",
    [
        {"threads": -1},
        {"threads": 2**32},
        {"ring_bytes": 2**32},
        {"max_events": 0},
        {"max_events": 65537},
        {"batch_bytes": -1},
    ],
)
def test_options_that_c_cannot_take(options: Dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Session(**options)


@pytest.mark.parametrize("options", [{"threads": 65}, {"ring_bytes": 2**32 - 1}])
def test_options_that_the_library_refuses(options: Dict[str, Any]) -> None:
    with pytest.raises(wfpwatch.WfpError) as caught:
        Session(**options)
    assert caught.value.status is Status.E_INVAL


def test_events_outlive_the_session(simulator: Simulator) -> None:
    session = Session.open_sim(simulator)
    simulator.play(f"repeat 100 {DROP} app=\\device\\a")
    before = [next(session) for _ in range(100)]
    seen = [repr(e) for e in before]
    simulator.play(f"repeat 100 {DROP} app=\\device\\b")
    [next(session) for _ in range(100)]
    session.close()
    del session
    gc.collect()
    assert [repr(e) for e in before] == seen
    assert {e.device_path for e in before} == {"\\device\\a"}


def test_a_forgotten_session_is_closed(simulator: Simulator) -> None:
    session = Session.open_sim(simulator)
    forgotten = weakref.ref(session)
    assert simulator.counts().sessions == 1
    del session
    gc.collect()
    assert forgotten() is None
    assert simulator.counts().sessions == 0


def test_a_session_that_could_not_be_filled_is_closed(simulator: Simulator) -> None:
    with pytest.raises(wfpwatch.WfpError):
        Session.open_files(["/nothing/at/all"], simulator=simulator)
    gc.collect()
    assert simulator.counts().sessions == 0


def test_memory_is_kept_while_it_is_read(evtx: Path) -> None:
    sessions = [Session.open_memory(evtx.read_bytes(), max_events=1) for _ in range(8)]
    gc.collect()
    assert [len(list(s)) for s in sessions] == [73] * 8
    for session in sessions:
        session.close()


def test_no_memory_is_lost_by_opening_and_closing(simulator: Simulator) -> None:
    for _ in range(50):
        with Session.open_sim(simulator) as session:
            simulator.play(DROP)
            session.read(timeout=1)
    counts = simulator.counts()
    assert (counts.sessions, counts.subscriptions, counts.allocations) == (0, 0, 0)


@pytest.mark.parametrize(
    "ending",
    [
        "",  # forgotten
        "import threading; threading.Thread(target=list, args=[s], daemon=True).start()",
        "import signal, os; signal.signal(signal.SIGINT, lambda *_: s.stop()); "
        "signal.setitimer(signal.ITIMER_REAL, 0.2); "
        "signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT)); list(s)",
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_program_ends_with_a_session_open(ending: str) -> None:
    script = (
        "import wfpwatch; sim = wfpwatch.Simulator(); "
        "s = wfpwatch.Session.open_sim(sim, watch=0.01, log=print)\n" + ending
    )
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        env=dict(os.environ),
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_ends_while_a_thread_waits_for_a_pipe() -> None:
    script = (
        "import threading, time, wfpwatch; s = wfpwatch.Session()\n"
        "threading.Thread(target=s.add_file, args='-', daemon=True).start(); time.sleep(0.2)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.wait(timeout=20) == 0
        assert program.stderr is not None and program.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_reading_can_be_interrupted() -> None:
    script = (
        "import signal, wfpwatch\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2)\n"
        "with wfpwatch.Simulator() as sim, wfpwatch.Session.open_sim(sim) as s:\n"
        "    try: s.read()\n"
        "    except KeyboardInterrupt: print('heard')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "heard\n"


def test_json_longer_than_the_first_buffer(simulator: Simulator) -> None:
    with Session.open_sim(simulator, json=True) as session:
        control = r"\u0001"  # six characters in JSON too
        simulator.play(f"{DROP} app={control * 900}")
        [event] = session.read(timeout=5)
    assert event.json is not None and len(event.json) > 4096
    assert json.loads(event.json)["app"]["device_path"] == event.device_path
