#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Writes the seeds of fuzz_fwp_object: a filter with every type of value, and one object of each kind.

usage: make_fwp_object_seeds.py FOLDER
"""
import struct
import sys
from pathlib import Path

ANY = struct.pack("<H", 0xFFFF)  # a key that is no symbol's


def sized(data):
    return (bytes([len(data)]) if len(data) < 255 else b"\xff" + struct.pack("<H", len(data))) + data


def text(s):
    return sized(s.encode("utf-16-le", "surrogatepass")) + b"\1"


def key(n=1):
    return ANY + struct.pack("<I12x", n)


def symbol(n):
    return struct.pack("<H", n)


def display():
    return text("A name") + text("@bfe.dll,-1217")


def sid(*parts):
    return struct.pack("<BB", 1, len(parts)) + b"\0\0\0\0\0\5" + struct.pack(f"<{len(parts)}I", *parts)


def descriptor():
    entry = sid(18)
    ace = struct.pack("<BBHI", 0, 0, 8 + len(entry), 0x20001) + entry
    acl = struct.pack("<BBHHH", 2, 0, 8 + len(ace), 1, 0) + ace
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 20, 20, 0, 20 + len(entry)) + entry + acl


def value(kind):
    """A type, and what follows it."""
    there = b"\1"
    blob = b"\2"
    values = {
        1: b"\6\0\0\0", 2: b"\x50\0\0\0", 3: b"\1\0\0\x0a", 4: there + b"\1" * 8, 5: b"\xff\0\0\0",
        6: b"\xff\xff\0\0", 7: b"\xff" * 4, 8: there + b"\xff" * 8, 9: struct.pack("<f", 0.5),
        10: there + struct.pack("<d", 0.5), 11: there + b"\xfe\x80" + bytes(14),
        12: blob + sized("\\device\\x.exe\0".encode("utf-16-le")), 13: there + sid(21, 1, 2, 3, 1001),
        14: blob + sized(descriptor()), 15: b"", 16: blob + sized(b"\1\2\3"), 17: text("peer \ud800"),
        18: there + b"\2\0\0\0\0\1",
    }
    if kind == 256:
        return b"\x20" + there + struct.pack("<II", 0x0A000000, 0xFF000000)
    if kind == 257:
        return b"\x21" + there + b"\xfe\x80" + bytes(14) + b"\x0a"
    if kind == 258:
        return b"\x22" + b"\3\3" + values[3] + b"\xff\0\0\x0a" + there
    return bytes([kind]) + values.get(kind, bytes(4))


def filter_of(kinds, flags=0x44):
    conditions = b"".join(symbol(99 + i) + bytes([i % 13]) + value(k) for i, k in enumerate(kinds))
    return (b"\0" + key() + display() + struct.pack("<I", flags) + symbol(140) + b"\1" + symbol(48) + key(3)
            + value(1) + value(4) + struct.pack("<I", 0x1001) + key(0) + key(4) + struct.pack("<Q", 70210)
            + struct.pack("<H", len(kinds)) + (conditions or b"\1\xff\xff\xff\xff"))


def seeds():
    kinds = [*range(19), 256, 257, 258]
    yield "all_values", filter_of(kinds)
    for kind in kinds:
        yield f"value_{kind}", filter_of([kind])
    yield "counted_only", filter_of([])
    yield "raw_context", filter_of([1], flags=0xFFFFFFFB)
    yield "layer", b"\1" + symbol(48) + display() + struct.pack("<IIH", 7, 9, 48)
    yield "provider", b"\2" + key() + display() + struct.pack("<II", 0x11, 0) + text("mpssvc")
    yield "sublayer", b"\3" + key() + display() + struct.pack("<I", 1) + key(2) + b"\1" + struct.pack("<H", 9)
    yield "callout", (b"\4" + key() + display() + struct.pack("<I", 0x403E2) + key(2) + b"\0" + symbol(44)
                      + struct.pack("<I", 300))
    for kind in (0, 8, 99):
        yield f"context_{kind}", (b"\5" + key() + display() + struct.pack("<I", 1) + key(2) + b"\1"
                                  + bytes([kind]) + (b"\2" + sized("Stealth\0".encode("utf-16-le"))
                                                     if kind == 8 else b"") + struct.pack("<Q", 5))


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for name, data in seeds():
        (Path(sys.argv[1]) / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
