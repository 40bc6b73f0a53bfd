# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events as columns, for pyarrow, pandas, Polars, DuckDB and whatever else takes an Arrow stream.

    with wfpwatch.Session.open_file("Security.evtx") as session:
        frame = session.columns("time,verdict,remote_ip,app_device_path").to_polars()

docs/columns.md has the columns. What a stream is read for is read by the library, without Python.
"""

from __future__ import annotations

import importlib
import threading
from ctypes import sizeof
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, Optional, Sized, Union

from . import _ffi
from ._errors import WfpwatchError
from ._native import Native, refuse_in_log_function
from ._stream import give_stream

if TYPE_CHECKING:
    from .session import Session

_SLICE = 0.2  # seconds; the longest that Ctrl-C waits

ColumnNames = Union[str, Iterable[str]]


class Columns:
    """The events of a session that are still to be read, as columns. It may be read once."""

    def __init__(
        self,
        session: Session,
        native: Native,
        pending: Sized,
        names: Optional[ColumnNames],
        rows: int,
        wait: float,
    ) -> None:
        """pending: events that were read, and not taken yet."""
        self._session = session  # which is not closed for being forgotten while this is there
        self._native = native
        self._pending = pending
        text = names if isinstance(names, str) or names is None else ",".join(names)
        self._names = None if text is None else text.encode("utf-8")
        self._rows = rows
        self._wait_ms = max(1, round(wait * 1000)) if wait >= 0 else -1

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """The Arrow PyCapsule interface. The stream goes on when the session is closed here."""
        refuse_in_log_function("read")
        native = self._native
        options = _ffi.ArrowOptions(
            size=sizeof(_ffi.ArrowOptions),
            rows=self._rows,
            columns=self._names,
            wait_ms=self._wait_ms,
        )
        with native.reading:
            if self._pending:
                raise WfpwatchError("events that were read as objects are still to be taken")
            kept = [*native.kept]
            capsule, native.given = give_stream(native.dll, native.opened(), options, kept)
        return capsule

    def to_reader(self) -> Any:
        """A pyarrow.RecordBatchReader, which gives an array of rows at a time."""
        return _package("pyarrow").RecordBatchReader.from_stream(self)

    def to_arrow(self) -> Any:
        """All of them, as a pyarrow.Table."""
        reader = self.to_reader()
        return _breakable(self._native, lambda: reader.read_all())

    def to_pandas(self) -> Any:
        """All of them, as a pandas.DataFrame (which needs pyarrow for it)."""
        _package("pyarrow")
        pandas = _package("pandas")
        return _breakable(self._native, lambda: pandas.DataFrame.from_arrow(self))

    def to_polars(self) -> Any:
        """All of them, as a polars.DataFrame."""
        polars = _package("polars")
        return _breakable(self._native, lambda: polars.DataFrame(self))


def _breakable(native: Native, read: Callable[[], Any]) -> Any:
    """What a long call gives, which Ctrl-C breaks off: it runs on a thread of its own, as a package
    that reads a stream does not look for signals."""
    done: List[Any] = []
    failed: List[BaseException] = []

    def run() -> None:
        try:
            done.append(read())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_SLICE)
    except BaseException:
        if not native.closed:  # else nothing ends the read before it has rows
            native.stop()
            thread.join()
        raise
    if failed:
        raise failed[0]
    return done[0]


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} is needed for this: pip install {name}", name=name) from error
