#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Checks the libraries of a wheel for ARM64 Windows, which no program of this system lists: for which processor they
are, that they export what their list says, and that they need only what every such Windows has.

usage: wheel_image.py FOLDER   (that of the unpacked wheel's modules)
"""
import re
import struct
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
ARM64 = 0xAA64
HARDENED = {"HIGH_ENTROPY_VA": 0x20, "DYNAMIC_BASE": 0x40, "NX_COMPAT": 0x100}
# Above all not fwpuclnt.dll (see test_image.py). The C runtime is a part of Windows 10, the oldest for ARM64.
LIBRARIES = re.compile(r"(?:kernel32|ntdll|advapi32|shell32|msvcrt|ucrtbase|api-ms-win-crt-[a-z]+-l1-1-0)\.dll")


class Image:
    def __init__(self, data):
        self.data = data
        header = self.number("I", 0x3C)
        assert data[:2] == b"MZ" and data[header:header + 4] == b"PE\0\0", "not an image"
        self.machine, sections = struct.unpack_from("<HH", data, header + 4)
        optional = header + 24
        assert self.number("H", optional) == 0x20B, "not a 64-bit image"
        self.characteristics = self.number("H", optional + 70)
        self.directories = [struct.unpack_from("<II", data, optional + 112 + 8 * i) for i in range(2)]
        table = optional + self.number("H", header + 20)
        # of each section: its size and address in memory, its size and place in the file
        self.sections = [struct.unpack_from("<4I", data, table + 40 * i + 8) for i in range(sections)]

    def number(self, kind, place):
        return struct.unpack_from("<" + kind, self.data, place)[0]

    def place(self, address):
        for size, start, _, raw in self.sections:
            if start <= address < start + size:
                return address - start + raw
        raise ValueError(f"no section has the address {address:#x}")

    def text(self, address):
        place = self.place(address)
        return self.data[place:self.data.index(b"\0", place)].decode("ascii")

    def exports(self):
        place = self.place(self.directories[0][0])
        count, names = self.number("I", place + 24), self.place(self.number("I", place + 32))
        return {self.text(self.number("I", names + 4 * i)) for i in range(count)}

    def imports(self):
        place = self.place(self.directories[1][0])
        while self.number("I", place + 12) != 0:
            yield self.text(self.number("I", place + 12)).lower()
            place += 20


def check(path, listed):
    image = Image(path.read_bytes())
    assert image.machine == ARM64, f"{path.name}: for the processor {image.machine:#x}"
    wanted = set(re.findall(r"^[a-z]\w+", listed.read_text(), re.M))
    assert image.exports() == wanted, f"{path.name}: exports {sorted(image.exports() ^ wanted)}"
    strange = [name for name in image.imports() if not LIBRARIES.fullmatch(name)]
    assert not strange, f"{path.name}: needs {strange}"
    missing = [name for name, bit in HARDENED.items() if not image.characteristics & bit]
    assert not missing, f"{path.name}: without {missing}"
    print(f"{path.name}: ARM64, {len(wanted)} functions, needs {' '.join(sorted(set(image.imports())))}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    check(Path(sys.argv[1], "wfpwatch.dll"), SOURCE / "lib" / "wfpwatch.sym")
    check(Path(sys.argv[1], "wfpwatch_sim.dll"), SOURCE / "lib" / "sim" / "wfpwatch_sim.sym")
