# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""python -m wfpwatch [OPTION...] FILE...: prints the events of files, one a line, or writes a Parquet
file of them.

Exit status: 0 done, 1 a failure named on stderr, 2 wrong usage, 3 places of a file could not be read.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
from typing import Callable, List, Optional

from . import (
    Direction,
    Orientation,
    Session,
    WfpError,
    WfpwatchError,
    WordList,
    __version__,
    load,
)
from ._errors import harmless
from .events import Endpoint, Event


def line_of(event: Event) -> str:
    """An event on one short line; what is absent is left out."""
    source, target = event.local, event.remote
    if event.direction == Direction.INBOUND and event.orientation != Orientation.UNKNOWN:
        source, target = target, source
    words = [
        event.time_text,
        f"audit/{event.audit.event_id}" if event.audit else event.kind.word,
        event.direction.word if event.direction else "",
        _protocol(event.protocol),
        f"{_side(source)} -> {_side(target)}" if source or target else "",
        f"icmp {event.icmp.type}/{event.icmp.code}" if event.icmp else "",
        "" if event.filter_id is None else f"filter {event.filter_id}",
        "" if event.process_id is None else f"pid {event.process_id}",
        harmless(event.app_path or event.device_path or ""),
        "" if event.lost_where is None else f"{_lost(event.lost)} ({event.lost_where.word})",
    ]
    return " ".join(word for word in words if word)


def _protocol(number: Optional[int]) -> str:
    return "" if number is None else load().word(WordList.PROTOCOL, number) or f"ip/{number}"


def _side(endpoint: Optional[Endpoint]) -> str:
    return str(endpoint) if endpoint else "?"


def _lost(count: Optional[int]) -> str:
    return "events lost" if count is None else f"{count} lost"


def print_events(session: Session, show: Callable[[Event], str]) -> bool:
    """Prints all events; a file that fails is named, and the next one read. False when any did."""
    good = True
    while True:
        try:
            for event in session:
                print(show(event))
            return good
        except WfpError as error:
            print(f"wfpwatch: {error}", file=sys.stderr)
            good = False


def write_parquet(session: Session, columns: Optional[str], path: str) -> bool:
    """Writes all events; failures of files as of print_events. The file that was there is replaced
    when all is written; what is wrong with writing it is raised."""
    parquet = importlib.import_module("pyarrow.parquet")
    reader = session.columns(columns, wait=-1).to_reader()
    path = os.path.realpath(path)
    # Only a plain file may be replaced: a device or a pipe is written to.
    part = path if os.path.exists(path) and not os.path.isfile(path) else f"{path}.part"
    good = True
    try:
        with parquet.ParquetWriter(part, reader.schema, compression="zstd") as writer:
            while True:
                try:
                    rows = reader.read_next_batch()
                except StopIteration:
                    break
                except (OSError, ValueError) as error:  # of one file: pyarrow has two kinds
                    print(f"wfpwatch: {error}", file=sys.stderr)
                    good = False
                    continue
                writer.write_batch(rows)
        if part != path:
            os.replace(part, path)
    finally:
        if part != path and os.path.exists(part):
            os.remove(part)
    return good


def add_files(session: Session, paths: List[str]) -> int:
    """How many of them were added; the others are named."""
    added = 0
    for path in paths:
        try:
            session.add_file(path)
            added += 1
        except WfpError as error:
            print(f"wfpwatch: {error}", file=sys.stderr)
    return added


def log_to_stderr(level: int, text: str) -> None:
    """What of a file could not be read, and where."""
    if level <= 2:
        print(f"wfpwatch: {text}", file=sys.stderr)


def _write_utf8() -> None:
    """A pipe or a file gets UTF-8, as the tool writes it: a code page lacks characters of paths."""
    out: object = sys.stdout
    if isinstance(out, io.TextIOWrapper) and not out.isatty():
        out.reconfigure(encoding="utf-8")


def arguments_of(arguments: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m wfpwatch",
        description="Prints the events of files, one a line, or writes a Parquet file of them.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument(
        "--format",
        choices=["text", "json", "parquet"],
        default="text",
        help="short lines, the library's JSON, or a Parquet file (needs pyarrow)",
    )
    parser.add_argument("--output", metavar="FILE", help="of --format parquet: where it is written")
    parser.add_argument("--columns", metavar="NAMES", help="of --format parquet: parted by commas")
    parser.add_argument("--where", metavar="CONDITION", action="append", help="only such events")
    parser.add_argument("file", nargs="+", help=".evtx or the XML of Windows events; - is stdin")
    given = parser.parse_args(arguments)
    if given.json:
        given.format = "json"
    if (given.format == "parquet") != (given.output is not None):
        parser.error("--format parquet and --output FILE go together")
    if given.columns is not None and given.format != "parquet":
        parser.error("--columns is of --format parquet")
    return given


def main(arguments: Optional[List[str]] = None) -> int:
    given = arguments_of(arguments)
    _write_utf8()
    try:
        with Session(
            json=given.format == "json", where=given.where, log=log_to_stderr
        ) as session:
            added = add_files(session, given.file)
            if added == 0:
                return 1
            if given.format == "parquet":
                shown = write_parquet(session, given.columns, given.output)
            else:
                shown = print_events(session, lambda event: event.json or line_of(event))
            skipped = session.stats().skipped
            sys.stdout.flush()
            if not shown or added < len(given.file):
                return 1
            return 3 if skipped else 0
    except (ImportError, WfpwatchError) as error:
        print(f"wfpwatch: {error}", file=sys.stderr)
        return 1
    except OSError as error:  # Windows has EINVAL when the reader of a pipe has left
        if given.output is not None:
            print(f"wfpwatch: {given.output}: {error.strerror or error}", file=sys.stderr)
            return 1
        if error.errno not in (errno.EPIPE, errno.EINVAL):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
