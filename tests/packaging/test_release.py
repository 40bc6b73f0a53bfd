#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""packaging/release stops where something is missing, and says what."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["CMakeLists.txt", "CHANGELOG.md", "vcpkg.json", "include/wfpwatch/wfpwatch.h",
         "bindings/python/src/wfpwatch/_constants.py", "docs/windows.md"]


class Release(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        for name in NAMES:
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.tree / name)
        self.version = re.search(r"wfpwatch VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]

    def change(self, name, pattern, new):
        text = (self.tree / name).read_text()
        changed, count = re.subn(pattern, new, text, count=1, flags=re.M)
        self.assertEqual(count, 1, name)
        (self.tree / name).write_text(changed)

    def release(self, *words):
        out = subprocess.run([ROOT / "packaging/release", "--tree", self.tree, *words], capture_output=True, text=True)
        return out.returncode, out.stderr

    def commit(self):
        for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a"]):
            subprocess.run(["git", *words], cwd=self.tree, check=True)

    def test_a_place_with_another_version(self):
        self.change("vcpkg.json", r'"version": "[^"]*"', '"version": "9.9.9"')
        self.assertEqual(self.release()[0], 1)
        self.assertIn(f"vcpkg.json says 9.9.9, CMakeLists.txt {self.version}", self.release()[1])

    def test_no_date(self):
        self.change("CHANGELOG.md", r"^## \S+ \([^)]*\)", f"## {self.version} (not released)")
        self.assertIn("says 'not released'", self.release()[1])
        self.assertIn("--from changelog", self.release()[1])

    def test_another_version_on_top(self):
        self.change("CHANGELOG.md", r"^## \S+ \([^)]*\)", "## 9.9.9 (2026-01-01)")
        self.assertIn(f"does not have {self.version} on top", self.release()[1])

    def test_what_a_real_windows_has_shown(self):
        self.change("CHANGELOG.md", r"^## \S+ \([^)]*\)", f"## {self.version} (2026-01-01)")
        self.change("docs/windows.md", r"\| not yet", "| yes")
        self.commit()
        self.assertIn("has no version of Windows with a date: yes", self.release()[1])
        self.change("docs/windows.md", r"\| yes", "| 10.0.26100, 2026-12-01")
        self.commit()
        self.assertNotIn("docs/windows.md", self.release()[1])

    def test_not_committed_and_the_tests(self):
        self.change("CHANGELOG.md", r"^## \S+ \([^)]*\)", f"## {self.version} (2026-01-01)")
        self.commit()
        (self.tree / "new").write_text("")
        self.assertIn("not committed:\n?? new", self.release()[1])
        (self.tree / "new").unlink()
        self.assertIn("tests/run", self.release()[1])  # which this tree lacks
        subprocess.run(["git", "tag", f"v{self.version}"], cwd=self.tree, check=True)
        (self.tree / "new").write_text("")
        self.commit()
        self.assertIn("is on another commit", self.release()[1])

    def test_list(self):
        self.assertEqual(self.release("--list")[0], 0)


if __name__ == "__main__":
    unittest.main()
