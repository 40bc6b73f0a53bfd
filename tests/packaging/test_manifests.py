#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What packaging/ says to package managers that are not here: well-formed, and of options that exist."""
import ast
import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORT = ROOT / "packaging/vcpkg/wfpwatch"
OPTIONS = set(re.findall(r"^option\((WFPW_\w+)", (ROOT / "CMakeLists.txt").read_text(), re.M))
VERSION = re.search(r"wfpwatch VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


class Manifests(unittest.TestCase):
    def test_vcpkg(self):
        port = json.loads((PORT / "vcpkg.json").read_text())
        self.assertEqual(port["version"], VERSION)
        self.assertEqual(set(port["features"]), {"files", "tool"})
        self.assertEqual(port["default-features"], ["files"])
        names = re.findall(r"WFPW_\w+", (PORT / "portfile.cmake").read_text())
        self.assertGreater(len(names), 5)
        self.assertEqual(set(names) - OPTIONS, set())

    def test_conan(self):
        text = (ROOT / "packaging/conan/conanfile.py").read_text()
        ast.parse(text)
        self.assertIn(f'version = "{VERSION}"', text)
        names = {f"WFPW_{name}" for name in re.findall(r'\("([A-Z_]+)", ', text)}
        self.assertGreater(len(names), 5)
        self.assertEqual(names - OPTIONS, set())

    def fill(self, folder):
        source, windows = folder / "source", folder / "windows"
        source.write_bytes(b"source")
        windows.write_bytes(b"windows")
        subprocess.run([ROOT / "packaging/release-manifests", "--homepage", "https://example.org/", "--source", source,
                        "https://example.org/s.tar.gz", "--windows", windows, "https://example.org/w.zip", folder], check=True)

    def test_templates(self):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            self.fill(folder)
            winget, brew = (folder / "wfpwatch.yaml").read_text(), (folder / "wfpwatch.rb").read_text()
        for text in (winget, brew):
            self.assertNotRegex(text, r"@[A-Z]|template")
        self.assertIn(f"PackageVersion: {VERSION}\n", winget)
        # SHA-256 of "windows" and of "source"
        self.assertIn("InstallerSha256: 340D600392818DF2", winget)
        self.assertIn('sha256 "41cf6794ba4200b8', brew)
        for line in winget.splitlines():
            self.assertRegex(line, r"^ *(- )?\w+:( \S.*)?$")
        self.assertEqual(brew.count(" do\n") + brew.count("class ") + brew.count("  def "), brew.count("end\n"))


if __name__ == "__main__":
    unittest.main()
