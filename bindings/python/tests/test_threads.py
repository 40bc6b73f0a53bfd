# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""One thread reads a session; stop, stats and close may come from any other. Different sessions
are independent."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Deque, Iterable, List

import pytest

import wfpwatch
from wfpwatch import Event, Session, Simulator, Status

DROP = "drop local=10.0.0.5:50000 remote=93.184.216.34:443 protocol=tcp filter=70"


def read_all(path: Path) -> List[Event]:
    with Session.open_file(path) as session:
        return list(session)


def read_sim(filter_id: int, count: int) -> List[Event]:
    with Simulator() as simulator, Session.open_sim(simulator) as session:
        simulator.start(f"repeat {count} drop local=10.0.0.5:1 filter={filter_id}")
        return [next(session) for _ in range(count)]


def test_two_files_in_two_threads(evtx: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(read_all, [evtx, evtx])
    assert len(one) == 73 and one == two


def test_two_live_sessions_in_two_threads(library: wfpwatch.Library) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(read_sim, [1, 2], [3000, 3000]))
    for filter_id, events in zip([1, 2], results):
        assert [e.seq for e in events] == list(range(1, 3001))
        assert {e.filter_id for e in events} == {filter_id}


def test_a_live_session_beside_a_file(evtx: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        live, file = pool.submit(read_sim, 7, 1000), pool.submit(read_all, evtx)
        assert len(live.result()) == 1000 and len(file.result()) == 73


def test_stop_from_another_thread(simulator: Simulator) -> None:
    with Session.open_sim(simulator) as session:
        simulator.play(f"repeat 3 {DROP}")
        timer = threading.Timer(0.1, session.stop)
        timer.start()
        assert len(list(session)) == 3
        timer.join()
        with pytest.raises(wfpwatch.EndOfEvents) as caught:
            session.read()
        assert caught.value.status is Status.E_STOPPED


def test_close_from_another_thread(simulator: Simulator) -> None:
    session = Session.open_sim(simulator)
    timer = threading.Timer(0.1, session.close)
    timer.start()
    with pytest.raises((wfpwatch.EndOfEvents, wfpwatch.SessionClosed)):
        while True:
            session.read()
    timer.join()
    assert session.closed


def test_close_while_events_are_taken(evtx: Path) -> None:
    """It may come between a read and the taking of what was read."""
    with Session.open_file(evtx) as session:
        closed = threading.Event()

        def close() -> None:
            session.close()
            closed.set()

        class Closes(Deque[Event]):
            def extend(self, events: Iterable[Event]) -> None:
                super().extend(events)
                threading.Thread(target=close).start()
                closed.wait(0.5)  # it waits for us, now

        session._pending = Closes()
        assert next(session).seq == 1
        assert closed.wait(20)
        with pytest.raises(wfpwatch.SessionClosed):
            next(session)


def test_stats_while_another_thread_reads(simulator: Simulator) -> None:
    with Session.open_sim(simulator) as session:
        begin = time.monotonic()
        reader = threading.Thread(target=lambda: session.read(timeout=1))
        reader.start()
        time.sleep(0.05)
        assert session.stats().delivered == 0
        assert time.monotonic() - begin < 0.9  # without waiting for the reader
        reader.join()


def test_many_threads_of_one_session(simulator: Simulator) -> None:
    """Not asked of the library: readers take turns."""
    count = 5000
    with Session.open_sim(simulator, max_events=16) as session:
        simulator.play(f"repeat {count} {DROP}")
        session.stop()
        with ThreadPoolExecutor(4) as pool:
            parts = [f.result() for f in [pool.submit(list, session) for _ in range(4)]]
    assert sorted(e.seq for part in parts for e in part) == list(range(1, count + 1))
