# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Values of a batch as objects that the library makes: it is given the functions of Python's stable
ABI that this takes, and makes lists without a call of Python code for any event.
"""

from __future__ import annotations

from ctypes import (
    POINTER,
    PYFUNCTYPE,
    byref,
    c_int,
    c_uint32,
    c_void_p,
    cast,
    py_object,
    pythonapi,
    sizeof,
)
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any, Callable, Dict, List, Optional

from . import _ffi
from .events import Endpoint

_FUNCTIONS = {
    "list_new": "PyList_New",
    "list_set": "PyList_SetItem",
    "list_get": "PyList_GetItem",
    "int_new": "PyLong_FromUnsignedLongLong",
    "text_new": "PyUnicode_DecodeUTF8",
    "bytes_new": "PyBytes_FromStringAndSize",
    "call": "PyObject_CallFunctionObjArgs",
    "object_new": "PyType_GenericAlloc",
    "hold": "Py_IncRef",
    "let_go": "Py_DecRef",
}
_DESCR_SET = 55  # Py_tp_descr_set
_STATE = bytes([2026 >> 8, 2026 & 0xFF, 2, 3, 4, 5, 6, 0, 0, 7])


def _slot_set() -> Optional[int]:
    """What puts a value into a slot; None in a Python before 3.10, which does not tell."""
    get: Any = PYFUNCTYPE(c_void_p, py_object, c_int)(("PyType_GetSlot", pythonapi))
    try:
        address: Optional[int] = get(type(Endpoint.__dict__["ip"]), _DESCR_SET)
        return address
    except SystemError:
        return None


def _ipv4_slot() -> Any:
    """The slot of an IPv4Address that has its number, so that one is made in a tenth of the time;
    None where an address is something else than an object with the number there."""
    try:
        slot: Any = IPv4Address.__dict__["_ip"]
        one: Any = object.__new__(IPv4Address)
        slot.__set__(one, 0x01020304)
        made = IPv4Address("1.2.3.4")
        same = (one, str(one), hash(one)) == (made, str(made), hash(made))
        return slot if same and type(slot) is type(Endpoint.__dict__["ip"]) else None
    except (AttributeError, KeyError, TypeError):
        return None


def _is_datetime_state() -> bool:
    """Whether a time is made of its own state, as pickles make it."""
    make: Any = datetime
    try:
        return bool(make(_STATE, timezone.utc) == datetime(2026, 2, 3, 4, 5, 6, 7, timezone.utc))
    except (TypeError, ValueError):
        return False


ipv4_slot = _ipv4_slot()
_slot_setter = _slot_set()
_are_possible = None not in (ipv4_slot, _slot_setter) and _is_datetime_state()


class Objects:
    """What one library makes. None instead of a list: it cannot, and whoever asks does without."""

    __slots__ = ("_kept", "_python", "_times", "_texts", "_endpoints", "_new")

    def __init__(self, dll: Any, ipv6_of: Callable[[bytes], Any]) -> None:
        self._kept: Dict[str, Any] = {
            "none": None,
            "datetime": datetime,
            "utc": timezone.utc,
            "endpoint": Endpoint,
            "ip": Endpoint.__dict__["ip"],
            "port": Endpoint.__dict__["port"],
            "scope_id": Endpoint.__dict__["scope_id"],
            "ipv4": IPv4Address,
            "ipv4_slot": ipv4_slot,
            "ipv6_of": ipv6_of,
        }
        addresses = {name: id(part) for name, part in self._kept.items()}
        for name, function in _FUNCTIONS.items():
            addresses[name] = cast(getattr(pythonapi, function), c_void_p).value or 0
        self._python = _ffi.Python(size=sizeof(_ffi.Python), slot_set=_slot_setter, **addresses)

        def function_of(name: str, *parameters: Any) -> Any:
            """Called with the interpreter's lock held; raises what is raised in it."""
            made: Any = PYFUNCTYPE(py_object, POINTER(_ffi.Python), *parameters)
            return made((name, dll))

        view = POINTER(_ffi.View)
        self._times = function_of("wfpw_python_times", view)
        self._texts = function_of("wfpw_python_texts", view, c_uint32)
        self._endpoints = function_of("wfpw_python_endpoints", view, c_uint32)
        two = py_object, py_object
        self._new = function_of("wfpw_python_objects", py_object, c_uint32, *two, c_uint32)

    def times(self, view: _ffi.View) -> Optional[List[Any]]:
        made: Optional[List[Any]] = self._times(byref(self._python), byref(view))
        return made

    def texts(self, view: _ffi.View, offset: int) -> Optional[List[Any]]:
        """The texts whose pointers are at that place of each event."""
        made: Optional[List[Any]] = self._texts(byref(self._python), byref(view), offset)
        return made

    def endpoints(self, view: _ffi.View, is_remote: bool) -> Optional[List[Any]]:
        made: Optional[List[Any]] = self._endpoints(byref(self._python), byref(view), is_remote)
        return made

    def new(self, kind: Any, count: int, slots: List[Any], columns: List[List[Any]]) -> List[Any]:
        """Objects of that kind, with a value of each column in the slot of the same place."""
        made: List[Any] = self._new(byref(self._python), kind, count, slots, columns, len(slots))
        return made


def objects_of(dll: Any, ipv6_of: Callable[[bytes], Any]) -> Optional[Objects]:
    """What the library makes; None where Python is another one than it knows."""
    return Objects(dll, ipv6_of) if _are_possible else None
