#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What reading a Security log from Python costs, beside the package evtx when it is installed.

usage: bench.py LOG [--runs N]      LOG: as tests/bench/make_log writes them ("make_log 1 100 FILE")

The cases take turns, and of each the median is told, in records a second of the clock and of the processors' time
(which other programs disturb less, and which counts all threads), and how many times what evtx does with one thread
("x one", by the clock and by the processors' time) and with as many as it chooses by itself ("x many"): only the ratios
of one run mean anything. Memory is the most that a process of its own had.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import wfpwatch


def lazy_events(path: str) -> int:
    """Every event as an object, five fields of it read."""
    count = 0
    with wfpwatch.Session.open_file(path) as session:
        for event in session:
            event.time, event.verdict, event.device_path, event.remote, event.filter_id
            count += 1
    return count


def json_lines(path: str, threads: int = 0) -> int:
    with wfpwatch.Session.open_file(path, threads=threads) as session:
        for _ in session.json_lines():
            pass
        return session.stats().delivered


def arrow(path: str, threads: int = 0) -> int:
    with wfpwatch.Session.open_file(path, threads=threads) as session:
        return sum(len(batch) for batch in session.columns(wait=-1).to_reader())


def evtx_json(path: str, threads: int = 1) -> int:
    """threads: 0 leaves it to that package, which is its default."""
    from evtx import PyEvtxParser

    return sum(1 for _ in PyEvtxParser(path, number_of_threads=threads).records_json())


def evtx_parsed(path: str, threads: int = 1) -> int:
    """The same five fields, as that package gives them: of the JSON of each record."""
    from evtx import PyEvtxParser

    count = 0
    for record in PyEvtxParser(path, number_of_threads=threads).records_json():
        event = json.loads(record["data"])["Event"]
        data = event["EventData"]
        event["System"]["TimeCreated"], event["System"]["EventID"]
        data["Application"], data["DestAddress"], data["FilterRTID"]
        count += 1
    return count


EVTX_JSON, EVTX_PARSED = "evtx: records_json", "evtx: records_json, five fields"
MANY = ", its threads"
CASES: Dict[str, Callable[[str], int]] = {
    "lazy events, five fields": lazy_events,
    EVTX_PARSED: evtx_parsed,
    EVTX_PARSED + MANY: lambda path: evtx_parsed(path, 0),
    "json_lines": json_lines,
    "json_lines, a thread more": lambda path: json_lines(path, 1),
    EVTX_JSON: evtx_json,
    EVTX_JSON + MANY: lambda path: evtx_json(path, 0),
    "Arrow, usual columns": arrow,
    "Arrow, a thread more": lambda path: arrow(path, 1),
}


def peer_of(case: str) -> str:
    """What of the package evtx a case is compared with."""
    return EVTX_PARSED if "five fields" in case else EVTX_JSON


def memory_mb(case: str, path: str) -> float:
    command = [sys.executable, __file__, path, "--only", case]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description="What reading a Security log from Python costs.")
    parser.add_argument("log")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        CASES[given.only](given.log)
        status = Path("/proc/self/status").read_text()
        print(status.split("VmHWM:")[1].split()[0])
        return 0
    times: Dict[str, List[Tuple[float, float]]] = {}
    counts: Dict[str, int] = {}
    for run in range(given.runs + 1):
        for name, case in CASES.items():
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                counts[name] = case(given.log)
            except ImportError:
                continue
            if run > 0:  # the first turn warms up
                took = time.perf_counter() - wall, time.process_time() - cpu
                times.setdefault(name, []).append(took)
    rates = {
        name: [counts[name] / statistics.median(seconds) for seconds in zip(*took)]
        for name, took in times.items()
    }
    print(f"{'records a second':45}    clock  x one x many  processors  x one     most")
    for name, (wall, cpu) in rates.items():
        one, one_cpu = rates.get(peer_of(name), (math.nan, math.nan))
        many, _ = rates.get(peer_of(name) + MANY, (math.nan, math.nan))
        print(
            f"{name:45} {wall:8,.0f} {wall / one:6.2f} {wall / many:6.2f}  {cpu:10,.0f} {cpu / one_cpu:6.2f}"
            f" {memory_mb(name, given.log):5.0f} MB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
