# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What the classes of codes in _constants.py have in common."""

from __future__ import annotations

from enum import IntEnum
from typing import Optional, Tuple, Type, TypeVar

_C = TypeVar("_C", bound="Code")


class Code(IntEnum):
    """A number with a word, as it stands in the library's JSON.

    A number of a newer library is a member too: its name is NUMBER_<n>, its word is empty.
    """

    word: str

    def __new__(cls: Type[_C], number: int, word: str = "") -> _C:
        self = int.__new__(cls, number)
        self._value_ = number
        self.word = word
        return self

    @classmethod
    def _missing_(cls: Type[_C], value: object) -> Optional[_C]:
        if not isinstance(value, int):
            return None
        self = int.__new__(cls, value)
        self._value_ = value
        self._name_ = f"NUMBER_{value}".replace("-", "MINUS_")
        self.word = ""
        return self

    def __str__(self) -> str:
        return self.word or self.name

    def __format__(self, spec: str) -> str:
        """The word, and for a format of numbers the number."""
        return format(int(self), spec) if spec[-1:] in "bcdeEfFgGnoxX%" and spec else format(str(self), spec)

    def __reduce_ex__(self, protocol: object) -> Tuple[type, Tuple[int]]:
        return type(self), (int(self),)  # by number: some versions of Python pickle the name


class StatusCode(Code):
    """A result: `word` says what it means, `remedy` what to do about it."""

    remedy: str

    def __new__(cls: Type[StatusCode], number: int, word: str = "", remedy: str = "") -> StatusCode:
        self = int.__new__(cls, number)
        self._value_ = number
        self.word = word
        self.remedy = remedy
        return self

    @classmethod
    def _missing_(cls: Type[StatusCode], value: object) -> Optional[StatusCode]:
        self = super()._missing_(value)
        if self is not None:
            self.remedy = ""
        return self
