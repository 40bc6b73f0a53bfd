# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Loading the library, and the failures that have names."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import wfpwatch
from wfpwatch import _constants, _ffi, _loader


def test_version(library: wfpwatch.Library) -> None:
    assert library.version >= _constants.VERSION
    assert wfpwatch.load() is library


def test_a_path_is_the_only_one_tried(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.so"
    with pytest.raises(wfpwatch.LibraryNotFound) as caught:
        wfpwatch.load(missing)
    assert [place for place, _ in caught.value.tried] == [str(missing)]
    assert str(missing) in str(caught.value)
    assert "pip install" in str(caught.value) and "WFPWATCH_LIBRARY" in str(caught.value)


def test_a_file_that_is_no_library(tmp_path: Path) -> None:
    file = tmp_path / "text.so"
    file.write_text("no library")
    with pytest.raises(wfpwatch.LibraryNotFound):
        wfpwatch.load(file)


def test_a_failed_load_leaves_the_library_that_was_loaded(
    tmp_path: Path, library: wfpwatch.Library
) -> None:
    with pytest.raises(wfpwatch.LibraryNotFound):
        wfpwatch.load(tmp_path / "nothing.so")
    assert wfpwatch.load() is library


def test_the_environment_names_the_library(tmp_path: Path) -> None:
    script = "import wfpwatch\ntry: wfpwatch.load()\nexcept wfpwatch.LibraryNotFound as e: print(e)"
    missing = str(tmp_path / "elsewhere.so")
    env = {**os.environ, "WFPWATCH_LIBRARY": missing}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert missing in done.stdout


def test_importing_needs_no_library() -> None:
    env = {**os.environ, "WFPWATCH_LIBRARY": "/nothing"}
    subprocess.run([sys.executable, "-c", "import wfpwatch"], env=env, check=True)


def test_beside_the_package_comes_before_the_system(tmp_path: Path) -> None:
    exact, plain = _loader.file_names("wfpwatch")
    (tmp_path / plain).touch()
    assert _loader.candidates("wfpwatch", None, [tmp_path]) == [str(tmp_path / plain), exact, plain]


def test_what_another_library_made_is_refused(
    library: wfpwatch.Library,
    simulator: wfpwatch.Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names, template = wfpwatch.Names(), wfpwatch.Template("protocol=tcp")
    guard, settings = wfpwatch.Guard("service=WinDefend"), wfpwatch.Settings("{}")
    copy = tmp_path / Path(library.path).name
    shutil.copy(library.path, copy)
    monkeypatch.setattr(_loader, "_default", library)  # put back afterwards
    assert wfpwatch.load(copy) is not library
    for options in ({"names": names}, {"where": template}, {"settings": settings}):
        with pytest.raises(wfpwatch.WfpwatchError, match="another library"):
            wfpwatch.Session(**options)  # type: ignore[arg-type]
    with wfpwatch.Session(simulator=simulator) as session:
        with pytest.raises(wfpwatch.WfpwatchError, match="another library made this: guard"):
            session.add_live(guard=guard)
        with pytest.raises(wfpwatch.WfpwatchError, match="another library made this: template"):
            session.set_match(template)
    with pytest.raises(wfpwatch.WfpwatchError, match="another library made this: names"):
        wfpwatch.explain("203.0.113.66", names=names, simulator=simulator)
    with wfpwatch.Session(where="protocol=tcp", names=wfpwatch.Names()):
        pass
    wfpwatch.load(library.path)  # the same one, opened once more
    with wfpwatch.Session(names=names, where=template, settings=settings):
        pass


def test_missing_symbols(library: wfpwatch.Library) -> None:
    with pytest.raises(wfpwatch.MissingSymbols) as caught:
        _loader.check(SimpleNamespace(), "none.so")
    assert caught.value.names == [name for name, *_ in _ffi.LIBRARY]


def test_one_missing_symbol(library: wfpwatch.Library) -> None:
    have = {name: getattr(library.dll, name) for name, *_ in _ffi.LIBRARY}
    del have["wfpw_read"]
    with pytest.raises(wfpwatch.MissingSymbols, match="wfpw_read") as caught:
        _loader.check(SimpleNamespace(**have), "old.so")
    assert caught.value.names == ["wfpw_read"]


@pytest.mark.parametrize(
    "ours, theirs, good",
    [
        ((0, 2, 0), (0, 2, 0), True),
        ((0, 2, 0), (0, 2, 5), True),
        ((0, 2, 1), (0, 2, 0), False),
        ((0, 2, 0), (0, 3, 0), False),
        ((1, 2, 0), (1, 4, 0), True),
        ((1, 2, 0), (1, 1, 9), False),
        ((1, 2, 0), (2, 0, 0), False),
    ],
)
def test_versions_that_fit(
    monkeypatch: pytest.MonkeyPatch, ours: Any, theirs: Any, good: bool
) -> None:
    monkeypatch.setattr(_loader, "VERSION", ours)
    assert _loader.fits(theirs) is good


def test_version_mismatch(library: wfpwatch.Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_loader, "VERSION", (99, 0, 0))
    with pytest.raises(wfpwatch.VersionMismatch, match="99.0.0"):
        _loader.check(library.dll, library.path)


def declared(name: str, extra: int, grows: bool) -> Any:
    fields = list(_ffi.STRUCTS[name]._fields_) + [("extra", ctypes.c_uint64)] * (extra > 0)
    if extra < 0:
        fields = fields[:extra]
    return type("Declared", (_ffi.Struct,), {"_fields_": fields, "grows": grows})


@pytest.mark.parametrize(
    "name, extra, grows, good",
    [
        ("wfpw_event", 1, True, False),  # the library's is shorter
        ("wfpw_event", -1, True, True),  # a newer library's is longer
        ("wfpw_view", -2, False, False),  # which must not be here
    ],
)
def test_struct_sizes(
    library: wfpwatch.Library,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    extra: int,
    grows: bool,
    good: bool,
) -> None:
    ours = declared(name, extra, grows)
    monkeypatch.setitem(_ffi.STRUCTS, name, ours)
    if good:
        _loader.check(library.dll, library.path)
        return
    with pytest.raises(wfpwatch.SizeMismatch, match=name) as caught:
        _loader.check(library.dll, library.path)
    there = library.dll.wfpw_sizeof(name.encode())
    assert caught.value.differing == [(name, ctypes.sizeof(ours), there)]
