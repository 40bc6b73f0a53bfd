#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Which programs were refused most often, over many logs, with several processes or with Spark.

usage: fleet.py [--processes N | --spark] [--part MB] FILE-OR-FOLDER...

--spark runs in a Spark of this machine; spark-submit gives the same to a cluster whose workers find the files.

Large .evtx files are read in parts, each by whoever is free: each record comes once (wfpw_add_file_part).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Iterator, List, Tuple

import wfpwatch

Task = Tuple[str, int, int]  # a file, which part of it, of how many


def tasks(paths: List[str], part_bytes: int) -> Iterator[Task]:
    """Every file, in folders too, in parts of about so many bytes."""
    for path in map(Path, paths):
        files = sorted(path.rglob("*.evtx")) if path.is_dir() else [path]
        for file in files:
            parts = max(1, file.stat().st_size // part_bytes)
            yield from ((str(file), part, parts) for part in range(parts))


def count(task: Task) -> "Counter[str]":
    """The programs that were refused in a part."""
    path, part, parts = task
    with wfpwatch.Session(where="verdict=block,drop", max_events=4096) as session:
        session.add_file_part(path, part, parts)
        return Counter(event.app_path or event.device_path or "?" for event in session)


def count_here(given: argparse.Namespace) -> "Counter[str]":
    total: Counter[str] = Counter()
    with multiprocessing.Pool(given.processes) as pool:
        for found in pool.imap_unordered(count, tasks(given.path, max(1, given.part) << 20)):
            total += found
    return total


def count_with_spark(given: argparse.Namespace) -> "Counter[str]":
    """The same as a query; Spark plans the parts."""
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import coalesce, lit

    import wfpwatch.spark

    spark = SparkSession.builder.config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    wfpwatch.spark.register(spark)
    events = (
        spark.read.format("wfpwatch")
        .option("columns", "verdict,app_path,app_device_path")
        .option("partMB", str(max(1, given.part)))
        .load(given.path)
    )
    program = coalesce("app_path", "app_device_path", lit("?"))
    refused = events.where("verdict in ('block', 'drop')")
    found = refused.groupBy(program.alias("program")).count().collect()
    return Counter({row[0]: row[1] for row in found})


def main() -> int:
    parser = argparse.ArgumentParser(description="Which programs were refused most often.")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--part", type=int, default=64, metavar="MB", help="size of a part")
    parser.add_argument("--spark", action="store_true", help="let Spark read (needs pyspark, pyarrow and Java)")
    parser.add_argument("path", nargs="+")
    given = parser.parse_args()
    try:
        total = count_with_spark(given) if given.spark else count_here(given)
    except (wfpwatch.WfpError, OSError) as error:
        print(f"fleet: {error}", file=sys.stderr)
        return 1
    for program, times in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:20]:
        print(f"{times:8}  {program}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
