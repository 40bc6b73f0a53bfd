#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What of ci.py can be seen without Windows: its commands, and the comparison of reports of the tool.

usage: test_ci.py TOOL [unittest's arguments]
"""
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import ci

TOOL = ""


class CiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_ci(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = ci.main([str(a) for a in arguments])
        return status, out.getvalue()

    def test_list(self):
        for arch, platform in ci.PLATFORMS.items():
            status, out = self.run_ci("--arch", arch, "--list")
            self.assertEqual(status, 0)
            self.assertIn(f"-A {platform} ", out)
            self.assertNotIn("ClangCL", out)
        self.assertIn("-T ClangCL", self.run_ci("--arch", "x64", "--compiler", "clang-cl", "--list")[1])

    def test_features_and_targets_are_there(self):
        manifest = json.loads((ci.TREE / "vcpkg.json").read_text())
        self.assertIn("tests", manifest["features"])
        for program, *_ in ci.REPORTS.values():
            folder = ci.TREE / program.split("/Release/")[0]
            self.assertTrue((folder / "CMakeLists.txt").exists(), folder)

    def report(self, name, script=""):
        path, sim = self.folder / name, self.folder / "sim.txt"
        sim.write_text(script)
        with path.open("wb") as out:
            subprocess.run([TOOL, "prove", "--json", "--flood", "0", "--wait", "1", "--sim", sim], stdout=out,
                           stderr=subprocess.DEVNULL, check=False)
        return path

    def test_compare(self):
        good, bad = self.report("good.json"), self.report("bad.json", "defect filter_left\n")
        self.assertEqual(self.run_ci("--compare", good, good), (0, ""))
        self.assertEqual(self.run_ci("--compare", good, bad), (1, "filters removed: yes, now no\n"))
        self.assertEqual(self.run_ci("--compare", bad, good), (0, "filters removed: no, now yes\n"))
        self.assertEqual(self.run_ci("--compare", self.folder / "none.json", good)[0], 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    TOOL = sys.argv[1]
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
