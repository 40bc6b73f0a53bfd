#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What the Windows build's files are made of, read with objdump.

usage: test_image.py OBJDUMP SOURCE_DIR BUILD_DIR VERSION
"""
import re
import subprocess
import sys
import unittest
from pathlib import Path

OBJDUMP, SOURCE, BUILD, VERSION = "", Path(), Path(), ""
# What every Windows has. Above all not fwpuclnt.dll: with it we would not start on an older one.
IMPORTS = {"kernel32.dll", "msvcrt.dll", "advapi32.dll", "shell32.dll"}


def dump(*arguments):
    return subprocess.run([OBJDUMP, *map(str, arguments)], stdout=subprocess.PIPE, check=True).stdout.decode()


def names_in(path):
    return set(re.findall(r"^[a-z]\w+", path.read_text(), re.M))


class Image(unittest.TestCase):
    IMAGES = ["lib/wfpwatch.dll", "lib/wfpwatch_sim.dll", "examples/cli/wfpwatch.exe"]

    def test_exports(self):
        for dll, sym in [("lib/wfpwatch.dll", "lib/wfpwatch.sym"),
                         ("lib/wfpwatch_sim.dll", "lib/sim/wfpwatch_sim.sym")]:
            table = dump("-p", BUILD / dll).split("[Ordinal/Name Pointer] Table")[1]
            there = set(re.findall(r"^\s*\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+\w+\s+)?(\w+)$", table, re.M))
            self.assertEqual(there, names_in(SOURCE / sym), dll)

    def test_imports(self):
        for image in self.IMAGES:
            libraries = {name.lower() for name in re.findall(r"DLL Name: (\S+)", dump("-p", BUILD / image))}
            self.assertIn("kernel32.dll", libraries)
            self.assertEqual(libraries - IMPORTS, set(), image)

    def test_hardening(self):
        for image in self.IMAGES:
            headers = dump("-p", BUILD / image)
            for flag in ("HIGH_ENTROPY_VA", "DYNAMIC_BASE", "NX_COMPAT"):
                self.assertIn(flag, headers, image)

    def test_version_resource(self):
        for image in self.IMAGES:
            data = (BUILD / image).read_bytes()
            for text in ("VS_VERSION_INFO", Path(image).name, VERSION):
                self.assertIn(text.encode("utf-16-le") + b"\0\0", data, f"{image}: {text}")

    def test_no_globals(self):
        """As on the other system: nothing that can change outlives a call or belongs to a thread."""
        objects = list((BUILD / "lib" / "CMakeFiles").rglob("*.c.obj"))
        self.assertTrue(any(o.name == "system_win.c.obj" for o in objects))
        for path in objects:
            sections = re.findall(r"^\s*\d+ (\.(?:data|bss|tls)\S*)\s+([0-9a-f]+)", dump("-h", path), re.M)
            self.assertEqual([s for s, size in sections if int(size, 16) != 0], [], path)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    OBJDUMP, SOURCE, BUILD, VERSION = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    unittest.main(argv=sys.argv[:1] + sys.argv[5:], verbosity=2)
