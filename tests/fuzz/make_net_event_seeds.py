#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Write the seeds of fuzz_net_event: make_net_event_seeds.py FOLDER

One file a version and type, and one for each thing that the simulator would not send.  The layout
is that in which fuzz_net_event.c reads.
"""

import struct
import sys
from pathlib import Path

VERSIONS, TYPES, ALL_FLAGS = 6, 12, 0x3FFF
RAW = {"ip_version": 1, "app": 2, "sids": 4, "effective": 8, "vswitch": 16, "mask": 32, "no_body": 64}


def text(s):
    units = s.encode("utf-16-le")
    return bytes([len(units) // 2]) + units


def sid(*subs):
    return struct.pack("<BB6s", 1, len(subs), b"\0\0\0\0\0\5") + struct.pack(f"<{len(subs)}I", *subs)


def header(family):
    address = bytes(range(16)) if family == 6 else bytes([10, 0, 0, 1])
    out = struct.pack("<BQBI", family, 134117568000000000, 6, 12)
    for port in (445, 50000):
        out += address + struct.pack("<H", port)
    out += text("\\device\\harddiskvolume3\\a.exe") + sid(18) + sid(2, 1, 2)
    return out + text("contoso.com") + text("b.exe") + struct.pack("<Q", 3)


def classify():
    out = struct.pack("<QHIBIII", 70000, 44, 0x3900, 1, 16, 2, 3)
    out += text("switch-1") + struct.pack("<III", 7, 8, 1)
    return out + bytes(range(12)) + struct.pack("<HII", 0x86DD, 77, 0xC0000022)


def ike(family):
    six = family == 6
    address = bytes(16) if six else bytes([10, 0, 0, 0])
    out = struct.pack("<IIQ", 13801, 4, 7) + bytes(20) + bytes(range(16)) + b"\1"
    out += text("host/a") + text("host/b")
    out += b"\2" + text("S-1-5-32-544") + text("S-1-5-11") + b"\1" + text("S-1-5-32-545")
    prefix, one_more = address + b"\0\0", bytes([1 if six else 0])
    out += one_more + prefix + b"\x08"  # a prefix
    out += bytes([(1 | 2 | 4) if six else 2]) + prefix + prefix + b"\0"  # a range
    return out + one_more + prefix + prefix


def seed(version, kind, tricks=0, tail=b"", family=4):
    out = struct.pack("<BBBH", version, kind, tricks, ALL_FLAGS)
    return out + header(family) + classify() + ike(family) + tail


def seeds():
    for version in range(VERSIONS):
        for kind in range(TYPES):
            if version in (0, 1, 2, 5):  # 3 and 4 differ from 5 in little
                yield f"v{version}_type{kind}", seed(version, kind, family=6 if kind % 2 else 4)
    for name, bit in RAW.items():
        for kind in (1, 3, 9):
            yield f"raw_{name}_type{kind}", seed(5, kind, bit, bytes(range(1, 120)))
    blob = struct.pack("<HB", 65535, 1)
    yield "app_64k", seed(3, 3, RAW["app"], blob + "\u20ac".encode("utf-16-le") * 200)
    yield "lone_surrogates", seed(4, 3, RAW["app"], struct.pack("<HBHHH", 6, 0, 0xD800, 0xDC00, 0xD800))
    yield "sid_16", seed(4, 3, RAW["sids"], struct.pack("<BB", 1, 16) + bytes(6))


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
