# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A data source for Spark 4: events of files as rows, read by as many workers as there are.

    import wfpwatch.spark

    wfpwatch.spark.register(spark)
    events = spark.read.format("wfpwatch").load("/logs/*.evtx")
    events.where("verdict = 'block'").groupBy("app_device_path").count().show()

The columns are those of docs/columns.md. A task reads a file, or a part of a large one; this package
has to be installed where the workers are, and the files to be found there by the same paths. `seq`
counts the rows of a task, and docs/columns.md says which columns owe something to records that
another part has.

Options of the source, all of them texts:

    columns   names parted by commas, "*" for all; else the usual ones. A schema that the reader is
              given, schema("time timestamp, verdict string"), names them, too
    where     the events that are wanted: conditions, one a line
    names     a file of filters (wfpstate.xml), to be found by the workers, too
    partMB    how large a part of a file is; 64
"""

from __future__ import annotations

import glob
import json
import logging
import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from ._spark_filters import conditions_of
from .names import Names
from .session import Session

_PUSHDOWN = "spark.sql.python.filterPushdown.enabled"
_KNOWN = {"path", "paths", "columns", "where", "names", "partmb"}


def register(spark: Any) -> None:
    """Makes format("wfpwatch") known to a session of Spark. Where Spark can hand a query's filters to
    a source (4.1 and later), that is turned on, and workers read what can match."""
    if spark.conf.get(_PUSHDOWN, None) is None:
        spark.dataSource.register(EventSource)
        return
    spark.conf.set(_PUSHDOWN, "true")
    spark.dataSource.register(FilteringEventSource)


# ---- what is to be read -------------------------------------------------------------------------


def _local_path(path: str) -> str:
    """A path of this host, which may be written as a file: URL."""
    if not path.lower().startswith("file:"):
        return path
    local = unquote(urlsplit(path).path)
    return local[1:] if re.match(r"/[A-Za-z]:", local) else local


def _files(paths: Iterable[str]) -> Iterator[Path]:
    """The files that paths, patterns and folders stand for, by paths that do not depend on where a
    worker runs."""
    for path in map(_local_path, paths):
        found = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else [path]
        if not found:
            raise FileNotFoundError(f"no file is named so: {path}")
        for name in (Path(each).absolute() for each in found):
            yield from sorted(name.rglob("*.evtx")) if name.is_dir() else [name]


@lru_cache(maxsize=2)
def _names(path: str, changed: float) -> Names:
    """Read once in a worker, which does several tasks."""
    return Names.open_file(path)


def _log(level: int, text: str) -> None:
    """What of a file could not be read, and where: on the worker."""
    logging.getLogger("wfpwatch").log(logging.WARNING if level <= 2 else logging.INFO, text)


@dataclass(frozen=True)
class _Given:
    """The options of one reading."""

    paths: Tuple[str, ...]
    columns: Optional[str]
    where: Tuple[str, ...]
    names: Optional[str]
    part_bytes: int

    @staticmethod
    def of(given: Mapping[str, str]) -> _Given:
        """Raises ValueError for what is wrong in them."""
        options = {name.lower(): value for name, value in given.items()}
        unknown = sorted(options.keys() - _KNOWN)
        if unknown:
            raise ValueError(f"wfpwatch has no option {unknown[0]!r}")
        paths = json.loads(options["paths"]) if "paths" in options else []
        if "path" in options:
            paths = [options["path"], *paths]
        part = int(options.get("partmb", "64"))
        if part < 1:
            raise ValueError("partMB is 1 or more")
        where = (line.strip() for line in options.get("where", "").splitlines())
        names = options.get("names")
        return _Given(
            paths=tuple(paths),
            columns=options.get("columns"),
            where=tuple(condition for condition in where if condition),
            names=None if names is None else str(Path(_local_path(names)).absolute()),
            part_bytes=part << 20,
        )

    def schema(self) -> StructType:
        """Of the rows. Raises ValueError for a column that there is not."""
        with self.session() as session:
            schema = session.columns(self.columns).to_reader().schema
        return from_arrow_schema(_plain(schema), prefer_timestamp_ntz=False)

    def of_schema(self, schema: StructType) -> _Given:
        """With the columns of a schema that Spark has, which may be a user's own choice."""
        given = replace(self, columns=",".join(schema.fieldNames()))
        for field, ours in zip(schema.fields, given.schema().fields):
            if field.dataType != ours.dataType:
                raise ValueError(
                    f"the column {ours.name} is {ours.dataType.simpleString()}, "
                    f"not {field.dataType.simpleString()}"
                )
        return given

    def session(self, pushed: Sequence[str] = ()) -> Session:
        where = (*self.where, *pushed)
        names = None if self.names is None else _names(self.names, os.path.getmtime(self.names))
        return Session(where=where or None, names=names, log=_log)


def _plain(schema: pa.Schema) -> pa.Schema:
    """As Spark wants it: texts instead of dictionaries, items of lists by its own name."""

    def plain(type_: pa.DataType) -> pa.DataType:
        if pa.types.is_dictionary(type_):
            return type_.value_type
        if pa.types.is_list(type_):
            return pa.list_(pa.field("element", type_.value_type))
        return type_

    return pa.schema(field.with_type(plain(field.type)) for field in schema)


# ---- the source ---------------------------------------------------------------------------------


class Part(InputPartition):
    """What one task reads."""

    def __init__(self, path: str, part: int, parts: int) -> None:
        super().__init__((path, part, parts))


class EventReader(DataSourceReader):
    """Reads parts of files, each in a session of its own."""

    def __init__(self, given: _Given) -> None:
        self._given = given
        self._pushed: List[str] = []

    def partitions(self) -> Sequence[InputPartition]:
        size = self._given.part_bytes
        made: List[InputPartition] = []
        for file in _files(self._given.paths):
            parts = min(65536, max(1, -(-file.stat().st_size // size)))
            made.extend(Part(str(file), part, parts) for part in range(parts))
        return made

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        with self._given.session(self._pushed) as session:
            session.add_file_part(*partition.value)
            reader = session.columns(self._given.columns, wait=-1).to_reader()
            schema = _plain(reader.schema)
            for batch in reader:
                yield batch.cast(schema)


class FilteringEventReader(EventReader):
    """Makes conditions of a query's filters. Spark asks all of them again, as a condition may let
    more through: gaps, say."""

    def pushFilters(self, filters: List[Any]) -> Iterable[Any]:
        self._pushed = conditions_of(filters, self._given.where)
        return filters


class EventSource(DataSource):
    """The data source; see this module."""

    _reader = EventReader

    @classmethod
    def name(cls) -> str:
        return "wfpwatch"

    def schema(self) -> Any:
        return _Given.of(dict(self.options)).schema()

    def reader(self, schema: StructType) -> DataSourceReader:
        given = _Given.of(dict(self.options))
        if not given.paths:
            raise ValueError("what is to be loaded? load() takes a path, a pattern or a folder")
        return self._reader(given.of_schema(schema))


class FilteringEventSource(EventSource):
    """The same, for a Spark that hands filters to sources."""

    _reader = FilteringEventReader


__all__ = ["EventSource", "FilteringEventSource", "register"]
