#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes the .def file of a library that implements some names and forwards the others.

usage: forward.py DLL FORWARD_TO OUTPUT NAME...     DLL: whose names they are; NAME: implemented
"""
import struct
import sys
from pathlib import Path


def exports(data):
    """The names that a PE file exports."""
    pe = struct.unpack_from("<I", data, 0x3C)[0]
    sections, optional = struct.unpack_from("<H", data, pe + 6)[0], struct.unpack_from("<H", data, pe + 20)[0]
    wide = struct.unpack_from("<H", data, pe + 24)[0] == 0x20B
    table = pe + 24 + optional
    rows = [struct.unpack_from("<IIII", data, table + 40 * i + 8) for i in range(sections)]

    def at(rva):
        for size, address, raw_size, raw in rows:
            if address <= rva < address + max(size, raw_size):
                return rva - address + raw
        raise ValueError(f"no section has {rva:#x}")

    directory = at(struct.unpack_from("<I", data, pe + 24 + (112 if wide else 96))[0])
    count, names = struct.unpack_from("<I", data, directory + 24)[0], struct.unpack_from("<I", data, directory + 32)[0]
    for i in range(count):
        start = at(struct.unpack_from("<I", data, at(names) + 4 * i)[0])
        yield data[start:data.index(b"\0", start)].decode("ascii")


def main():
    dll, target, output, own = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    lines = [f"    {name} = {target}.{name}" for name in sorted(set(exports(Path(dll).read_bytes())) - set(own))]
    Path(output).write_text("\n".join(["LIBRARY advapi32", "EXPORTS"] + [f"    {n}" for n in own] + lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
