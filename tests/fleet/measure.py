#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""How much memory a reading takes whatever the size of the log, and what two workers of Spark are worth.

usage: measure.py MAKE_LOG FOLDER MEGABYTES     the logs are made in FOLDER, once, and stay there
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

FILES = 16

READINGS = {
    "lines of JSON": "for lines in session.json_lines(): pass",
    "Arrow, usual columns": "for batch in session.columns(wait=-1).to_reader(): pass",
    "Arrow, all columns": "for batch in session.columns('*', wait=-1).to_reader(): pass",
    "events, five fields": "for e in session: e.time, e.verdict, e.device_path, e.remote, e.filter_id",
}
MEMORY = """
import sys, time, wfpwatch
start = time.process_time()
with wfpwatch.Session.open_file(sys.argv[1]) as session:
    {reading}
    count = session.stats().delivered
took = time.process_time() - start
most = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
print(count, took, int(most) / 1024)
"""
SPARK = """
import sys, time
from pyspark.sql import SparkSession
import wfpwatch.spark
spark = (SparkSession.builder.master(f"local[{sys.argv[2]}]").config("spark.ui.enabled", "false").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
wfpwatch.spark.register(spark)
def count():  # a query of its own, as Spark keeps what one has shuffled
    events = spark.read.format("wfpwatch").load(sys.argv[1])
    return events.groupBy("verdict", "app_device_path").count().collect()
count()  # starts the workers, reads the files into the system's memory
best = None
for _ in range(6):  # Java's compiler goes on for some 10 million rows
    start = time.perf_counter()
    rows = count()
    took = time.perf_counter() - start
    best = took if best is None or took < best else best
print(sum(row["count"] for row in rows), best)
"""


def run(program: str, *arguments: str) -> list[float]:
    environment = dict(os.environ, PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


def made(make_log: str, path: Path, megabytes: int) -> Path:
    if not path.exists():
        part = path.with_suffix(".part")
        subprocess.run([make_log, "1", str(megabytes), str(part)], check=True)
        part.rename(path)
    return path


def main() -> int:
    make_log, folder, megabytes = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    for size in (megabytes // FILES, megabytes):
        log = made(make_log, folder / f"{size}.evtx", size)
        for name, reading in READINGS.items():
            count, took, most = run(MEMORY.format(reading=reading), str(log))
            print(f"{size:5} MB, {name:21} {most:5.0f} MB at most, {count / took:9,.0f} a second of processor time")
    for number in range(FILES):
        made(make_log, logs / f"{number}.evtx", megabytes // FILES)
    start = time.perf_counter()
    times = {}
    for workers in ("1", "2", "1", "2"):
        count, took = run(SPARK, str(logs), workers)
        times[workers] = min(took, times.get(workers, took))
        print(f"Spark, {workers} at once: {count / took:9,.0f} rows a second")
    print(f"two are worth {times['1'] / times['2']:.2f} of one; {time.perf_counter() - start:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
