# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Constants, structs and prototypes say what the C headers say."""

from __future__ import annotations

import ctypes
import inspect
import pickle
import re
from typing import Any, Dict, List, Tuple

import generate
import make_codes  # type: ignore[import-not-found]
import pytest

import wfpwatch
from wfpwatch import _constants, _ffi

TEXT = "".join(path.read_text(encoding="utf-8") for path in generate.HEADERS)
CODE = re.sub(r"/\*.*?\*/", "", TEXT, flags=re.S)

SCALARS: Dict[str, Any] = {
    "uint8_t": ctypes.c_uint8,
    "uint16_t": ctypes.c_uint16,
    "uint32_t": ctypes.c_uint32,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "char": ctypes.c_char,
    "wfpw_log_fn": _ffi.LogFn,
    "wfpw_endpoint": _ffi.Endpoint,
}


# Texts that outlive what is asked, or that we give: ctypes may read or keep them.
STATIC_TEXTS = {"bookmark", "columns", "own_provider", "log_zone", "state_dir", "remedy"}


def ctype(base: str, declarator: str) -> Any:
    if base == "char" and declarator.lstrip("*") in STATIC_TEXTS:
        return ctypes.c_char_p
    if declarator.startswith("*"):
        return ctypes.c_void_p
    length = re.search(r"\[(\d+)\]", declarator)
    return SCALARS[base] * int(length.group(1)) if length else SCALARS[base]


def members(body: str) -> List[Tuple[str, Any]]:
    found = []
    for declaration in filter(None, map(str.strip, body.split(";"))):
        base, declarators = re.sub(r"\bconst\b", "", declaration).strip().split(None, 1)
        for declarator in re.split(r",\s*", declarators):
            name = re.sub(r"\[\d+\]|\*", "", declarator).strip()
            found.append((name, ctype(base, declarator)))
    return found


def structs() -> Dict[str, str]:
    """Bodies by name, of the structs that hold no function pointers of their own."""
    found = re.findall(r"struct(?: (\w+))? \{([^{}]*)\}(?: (\w+))?;", CODE)
    return {name or tag: body for tag, body, name in found if "WFPW_CALL *" not in body and "(*" not in body}


def declarations() -> List[str]:
    found = re.findall(r"^WFPW_API ([^;#]*?)WFPW_CALL\s(\w+\([^;]*\));", CODE, flags=re.M)
    return [" ".join(f"{result}{rest};".split()) for result, rest in found]


def test_constants_are_fresh() -> None:
    assert generate.main(["--check"]) == 0


def test_every_struct_is_declared() -> None:
    assert structs().keys() == _ffi.STRUCTS.keys()


@pytest.mark.parametrize("name", _ffi.STRUCTS)
def test_fields(name: str) -> None:
    assert list(_ffi.STRUCTS[name]._fields_) == members(structs()[name])


@pytest.mark.parametrize("name", _ffi.STRUCTS)
def test_sizes(name: str, library: wfpwatch.Library) -> None:
    assert library.dll.wfpw_sizeof(name.encode()) == ctypes.sizeof(_ffi.STRUCTS[name])


def test_the_library_has_no_size_for_what_is_no_struct(library: wfpwatch.Library) -> None:
    assert library.dll.wfpw_sizeof(b"wfpw_nothing") == 0


def test_prototypes_stand_under_their_declarations() -> None:
    source = inspect.getsource(_ffi)
    pairs = re.findall(r'^    # (.*;)\n    \(\s*"(\w+)"', source, flags=re.M)
    assert sorted(comment for comment, _ in pairs) == sorted(declarations())
    assert all(f"{name}(" in comment for comment, name in pairs)
    assert [name for _, name in pairs] == [p[0] for p in _ffi.LIBRARY + _ffi.SIMULATOR]


def test_prototypes_have_as_many_parameters_as_declared() -> None:
    inside = dict(re.findall(r"(\w+)\(([^()]*)\);$", "\n".join(declarations()), re.M))
    for name, _, parameters in _ffi.LIBRARY + _ffi.SIMULATOR:
        count = 0 if inside[name] == "void" else inside[name].count(",") + 1
        assert len(parameters) == count, name


def test_words_are_the_library_s(library: wfpwatch.Library) -> None:
    for which in ("KIND", "SOURCE", "DIRECTION", "ORIENTATION", "PID_FROM", "LOST", "STATE", "FILTER_STATE", "CHECK", "TCP_STATE"):
        codes = getattr(_constants, which.title().replace("_", ""))
        for code in codes:
            assert library.word(_constants.WordList[which], code) == code.word


def test_statuses_are_the_library_s(library: wfpwatch.Library) -> None:
    for status in wfpwatch.Status:
        error = _ffi.Error(size=ctypes.sizeof(_ffi.Error), status=status)
        assert library.dll.wfpw_strerror(status).decode() == status.word
        assert library.dll.wfpw_remedy(ctypes.byref(error)).decode() == status.remedy


def test_a_code_of_a_newer_library_is_a_member() -> None:
    kind = wfpwatch.Kind(4711)
    assert (int(kind), kind.name, kind.word) == (4711, "NUMBER_4711", "")
    assert pickle.loads(pickle.dumps(kind)) == kind
    assert wfpwatch.Status(-4711).remedy == ""
    with pytest.raises(ValueError):
        wfpwatch.Kind("audit")  # type: ignore[arg-type]


def test_generate_knows_what_it_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="WFPW_NEW_ONE"):
        list(generate.enums("enum {\n    WFPW_NEW_ONE = 1\n};"))
    with pytest.raises(SystemExit, match="cannot read all members"):
        list(generate.enums("enum wfpw_open_flags {\n    WFPW_OPEN_A = 1,\n    WFPW_OPEN_B = -2\n};"))
    with pytest.raises(SystemExit, match="a row of NEW"):
        make_codes.list_of("NEW", 'NEW(A, 1, "a", "A.")\nNEW(B, 1 << 2, "b", "B.")\n')
    assert generate.main(["--what"]) == 2
