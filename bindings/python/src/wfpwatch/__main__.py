# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""python -m wfpwatch [--json] FILE...: prints the events of files, one a line.

Exit status: 0 done, 1 a failure named on stderr, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import errno
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
        event.app_path or event.device_path or "",
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


def _write_utf8() -> None:
    """A pipe or a file gets UTF-8, as the tool writes it: a code page lacks characters of paths."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m wfpwatch", description="Prints the events of files, one a line."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--json", action="store_true", help="the library's JSON, one object a line")
    parser.add_argument("file", nargs="+", help=".evtx or the XML of Windows events; - is stdin")
    given = parser.parse_args(arguments)
    _write_utf8()
    good = True
    try:
        with Session(json=given.json) as session:
            for path in given.file:
                try:
                    session.add_file(path)
                except WfpError as error:
                    print(f"wfpwatch: {path}: {error}", file=sys.stderr)
                    good = False
            shown = print_events(session, lambda event: event.json or line_of(event))
            sys.stdout.flush()
            return 0 if shown and good else 1
    except WfpwatchError as error:
        print(f"wfpwatch: {error}", file=sys.stderr)
        return 1
    except OSError as error:  # Windows has EINVAL when the reader of a pipe has left
        if error.errno not in (errno.EPIPE, errno.EINVAL):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
