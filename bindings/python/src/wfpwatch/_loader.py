# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Finds, loads and checks the C library.

Looked for, in this order: the path given to load(), the one in the environment variable
WFPWATCH_LIBRARY, beside this package's modules, where the system looks for libraries. A path that
is given is the only one tried. The library is loaded when it is first needed, once.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from pathlib import Path
from typing import Any, List, Optional, Tuple, Union

from . import _ffi
from ._constants import VERSION, WordList
from ._errors import LibraryNotFound, MissingSymbols, SizeMismatch, VersionMismatch
from .events import Explanation

PathLike = Union[str, "os.PathLike[str]"]

ENVIRONMENT = "WFPWATCH_LIBRARY"
SIM_ENVIRONMENT = "WFPWATCH_SIM_LIBRARY"


class Library:
    """A loaded library that has passed the checks."""

    def __init__(self, dll: Any, path: str) -> None:
        self.dll = dll
        self.path = path
        self.version = version_of(dll)

    def word(self, which: WordList, code: int) -> str:
        """The word for a code, as it stands in JSON; empty when there is none."""
        text: bytes = self.dll.wfpw_word(which, code & 0xFFFFFFFF)
        return text.decode("utf-8")

    def explain(self, reason: int) -> Explanation:
        """What a reason means and what to do about it; empty texts for one that is not known."""
        row = _ffi.Reason(size=ctypes.sizeof(_ffi.Reason))
        self.dll.wfpw_reason_info(reason & 0xFFFFFFFF, ctypes.byref(row))
        name, text = (ctypes.string_at(p).decode("utf-8") for p in (row.name, row.text))
        return Explanation(name, text, row.remedy.decode("utf-8"))

    def system_text(self, code: int) -> str:
        """What a code of Windows means: FWP_E_*, IPsec and IKE errors, NTSTATUS; empty when it is
        not known."""
        text: bytes = self.dll.wfpw_system_text(code & 0xFFFFFFFF)
        return text.decode("utf-8")


# ---- checks -------------------------------------------------------------------------------------


def version_of(dll: Any) -> Tuple[int, int, int]:
    """The version that a library says it has."""
    number = dll.wfpw_version()
    return number >> 16, number >> 8 & 0xFF, number & 0xFF


def fits(version: Tuple[int, int, int]) -> bool:
    """Whether a library serves this package: not older than it, and with the same promise, which
    is made for a major version and, before 1.0, for a minor one."""
    promise = 2 if VERSION[0] == 0 else 1
    return version >= VERSION and version[:promise] == VERSION[:promise]


def differing_structs(dll: Any) -> List[Tuple[str, int, int]]:
    """(name, size here, size there) of the structs that do not fit."""
    differing: List[Tuple[str, int, int]] = []
    for name, struct in _ffi.STRUCTS.items():
        here, there = ctypes.sizeof(struct), dll.wfpw_sizeof(name.encode("ascii"))
        if there < here or (there > here and not struct.grows):
            differing.append((name, here, there))
    return differing


def check(dll: Any, path: str) -> Library:
    """Declares the functions and compares version and structs; raises what is wrong."""
    missing = _ffi.bind(dll, _ffi.LIBRARY)
    if "wfpw_version" not in missing and not fits(version_of(dll)):
        wanted = f"{'.'.join(map(str, VERSION))} or a compatible newer one"
        raise VersionMismatch(path, version_of(dll), wanted)
    if missing:
        raise MissingSymbols(path, missing)
    differing = differing_structs(dll)
    if differing:
        raise SizeMismatch(path, differing)
    return Library(dll, path)


# ---- finding ------------------------------------------------------------------------------------


def file_names(name: str) -> List[str]:
    """What the library's file is called on this system, the exact one first."""
    if sys.platform == "win32":
        return [f"{name}.dll", f"lib{name}.dll"]
    version = ".".join(map(str, VERSION[:2]))
    if sys.platform == "darwin":
        return [f"lib{name}.{version}.dylib", f"lib{name}.dylib"]
    return [f"lib{name}.so.{version}", f"lib{name}.so"]


def candidates(name: str, given: Optional[PathLike], folders: List[Path]) -> List[str]:
    """Where to try, in order. A bare file name leaves the search to the system, which on Windows
    looks at the program's folder and System32, not at the current one or PATH."""
    if given is not None:
        return [os.path.abspath(given)]
    beside = [folder / file for folder in folders for file in file_names(name)]
    return [str(path) for path in beside if path.exists()] + file_names(name)


def open_first(name: str, places: List[str]) -> Tuple[Any, str]:
    """The first that can be loaded."""
    tried: List[Tuple[str, str]] = []
    for place in places:
        try:
            return ctypes.CDLL(place), place
        except OSError as problem:
            tried.append((place, str(problem)))
    raise LibraryNotFound(name, tried)


_lock = threading.Lock()
_default: Optional[Library] = None


def load(path: Optional[PathLike] = None) -> Library:
    """The library for all sessions opened from now on; without a path the one already loaded.

    Only needed to name a path from code or to see early what is wrong: sessions load it on their
    own. Raises LibraryNotFound, MissingSymbols, VersionMismatch or SizeMismatch.
    """
    global _default
    with _lock:
        if _default is None or path is not None:
            given = path if path is not None else os.environ.get(ENVIRONMENT) or None
            here = Path(__file__).resolve().parent
            dll, place = open_first("wfpwatch", candidates("wfpwatch", given, [here]))
            _default = check(dll, place)
        return _default


def load_simulator(path: Optional[PathLike] = None) -> Any:
    """The simulator's library: by path, by WFPWATCH_SIM_LIBRARY, beside the package or beside the
    library, or where the system looks."""
    given = path if path is not None else os.environ.get(SIM_ENVIRONMENT) or None
    folders = [Path(__file__).resolve().parent]
    library = Path(load().path)
    if library.is_absolute():
        folders.append(library.parent)
    dll, place = open_first("wfpwatch_sim", candidates("wfpwatch_sim", given, folders))
    missing = _ffi.bind(dll, _ffi.SIMULATOR)
    if missing:
        raise MissingSymbols(place, missing)
    return dll
