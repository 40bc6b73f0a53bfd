#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""promise.py finds each kind of break, in libraries that a compiler made, and no break where there is none."""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import promise  # noqa: E402

HEADER = """
#include <stdint.h>
typedef struct wfpw_part { uint32_t size; uint32_t kind; const char *name; } wfpw_part;
typedef struct wfpw_view { uint32_t at; } wfpw_view;
enum { WFPW_ONE = 1, };
int wfpw_take(const wfpw_part *p, uint32_t flags);
void wfpw_look(wfpw_view *v);
"""
SOURCE = """
#include "part.h"
int wfpw_take(const wfpw_part *p, uint32_t flags) { return p != 0 && p->kind == flags; }
void wfpw_look(wfpw_view *v) { v->at = 0; }
"""


class Promise(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.old = self.describe("old")

    def describe(self, name, *changes):
        """The description of a library made of the sources above with texts exchanged."""
        folder = Path(self.folder.name) / name
        folder.mkdir()
        header, source = HEADER, SOURCE
        for before, after in changes:
            self.assertIn(before, header + source)
            header, source = header.replace(before, after), source.replace(before, after)
        (folder / "part.h").write_text(header)
        (folder / "part.c").write_text(source)
        library = folder / "libpart.so"
        subprocess.run(["cc", "-g", "-shared", "-fPIC", "-o", library, folder / "part.c"], check=True)
        promise.dump(library, folder, folder / "part.abi")
        return folder / "part.abi"

    def breaks(self, *changes):
        return promise.compare(self.old, self.describe("new", *changes))

    def test_the_same(self):
        self.assertEqual(self.breaks(), [])

    def test_what_is_new_is_no_break(self):
        self.assertEqual(self.breaks(("const char *name; }", "const char *name; uint64_t more; }"),
                                     ("void wfpw_look(wfpw_view *v) {", "int wfpw_new(void) { return 0; }\n"
                                      "void wfpw_look(wfpw_view *v) {")), [])

    def test_function_gone(self):
        found = self.breaks(("void wfpw_look", "void wfpw_see"))
        self.assertIn("wfpw_look is gone", found)
        self.assertTrue(any("abidiff calls it incompatible" in line for line in found), found)

    def test_parameter(self):
        self.assertIn("wfpw_take was int (const wfpw_part *, uint32_t), and is int (const wfpw_part *, uint64_t)",
                      self.breaks(("uint32_t flags", "uint64_t flags")))

    def test_what_was_reserved_may_have_a_name(self):
        reserved = ("uint32_t kind; const", "uint32_t reserved; const")
        self.old = self.describe("reserved", reserved, ("p->kind", "p->reserved"))
        self.assertEqual(self.breaks(), [])
        self.assertNotEqual(promise.compare(self.old, self.describe("else", ("uint32_t kind", "int32_t kind"))), [])

    def test_member_in_between(self):
        found = self.breaks(("const char *name;", "uint64_t more; const char *name;"))
        self.assertIn("wfpw_part.name was const char * at byte 8, and is const char * at byte 16", found)

    def test_member_of_another_type(self):
        self.assertIn("wfpw_part.kind was uint32_t at byte 4, and is int32_t at byte 4",
                      self.breaks(("uint32_t kind", "int32_t kind")))

    def test_member_gone(self):
        found = self.breaks(("const char *name; ", ""))
        self.assertIn("struct wfpw_part had 16 bytes, and has 8", found)
        self.assertIn("wfpw_part.name was const char * at byte 8, and is gone", found)

    def test_struct_that_never_changes(self):
        self.assertIn("struct wfpw_view had 4 bytes, and has 8",
                      self.breaks(("uint32_t at; }", "uint32_t at; uint32_t more; }")))

    def test_numbers(self):
        now = promise.numbers(promise.HEADERS)
        self.assertGreater(len(now), 200)
        name = sorted(now)[0]
        self.assertEqual(promise.breaks_of_numbers(now, {**now, "WFPW_NEW": "9"}), [])
        self.assertEqual(promise.breaks_of_numbers(now, {**now, name: "77"}), [f"{name} was {now[name]}, and is 77"])
        self.assertEqual(promise.breaks_of_numbers({**now, "WFPW_OLD": "9"}, now), ["WFPW_OLD was 9, and is gone"])

    def test_every_constant_is_kept(self):
        text = "".join(p.read_text() for p in promise.HEADERS.glob("*.h"))
        self.assertEqual(set(re.findall(r"^ +(WFPW_\w+) = ", text, re.M)), set(promise.numbers(promise.HEADERS)))

    def test_of_ourselves(self):
        """The kept description with a member moved is a break."""
        text = (promise.BASELINE / "libwfpwatch.abi").read_text()
        event = text.index("<class-decl name='wfpw_event'")
        moved = text[:event] + text[event:].replace("layout-offset-in-bits='32'", "layout-offset-in-bits='64'", 1)
        path = Path(self.folder.name) / "moved.abi"
        path.write_text(moved)
        self.assertIn("wfpw_event.present was uint32_t at byte 4, and is uint32_t at byte 8",
                      promise.compare(promise.BASELINE / "libwfpwatch.abi", path))


if __name__ == "__main__":
    unittest.main()
