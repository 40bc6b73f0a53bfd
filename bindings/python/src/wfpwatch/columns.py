# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Events as columns, for pyarrow, pandas, Polars, DuckDB and whatever else takes an Arrow stream.

    with wfpwatch.Session.open_file("Security.evtx") as session:
        frame = session.columns("time,verdict,remote_ip,app_device_path").to_polars()

docs/columns.md has the columns. What a stream is read for is read by the library, without Python.
"""

from __future__ import annotations

import importlib
from ctypes import sizeof
from typing import Any, Iterable, Optional, Sized, Union

from . import _ffi
from ._errors import WfpwatchError
from ._native import Native
from ._stream import give_stream

ColumnNames = Union[str, Iterable[str]]


class Columns:
    """The events of a session that are still to be read, as columns. It may be read once."""

    def __init__(
        self,
        native: Native,
        pending: Sized,
        names: Optional[ColumnNames],
        rows: int,
        wait: float,
    ) -> None:
        """pending: events that were read, and not taken yet."""
        self._native = native
        self._pending = pending
        text = names if isinstance(names, str) or names is None else ",".join(names)
        self._names = None if text is None else text.encode("utf-8")
        self._rows = rows
        self._wait_ms = max(1, round(wait * 1000)) if wait >= 0 else -1

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """The Arrow PyCapsule interface. The stream goes on when the session is closed here."""
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
        return self.to_reader().read_all()

    def to_pandas(self) -> Any:
        """All of them, as a pandas.DataFrame (which needs pyarrow for it)."""
        _package("pyarrow")
        return _package("pandas").DataFrame.from_arrow(self)

    def to_polars(self) -> Any:
        """All of them, as a polars.DataFrame."""
        return _package("polars").DataFrame(self)


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} is needed for this: pip install {name}", name=name) from error
