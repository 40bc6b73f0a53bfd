#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Every sample of the documents, run on files of each kind that it may meet.

usage: test_samples.py SAMPLES EVTXMAKE NETSHMAKE [LIBRARY SIMLIBRARY] [-- unittest's arguments]
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
RECORD = ('<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{}</EventID><TimeCreated '
          'SystemTime="2026-01-08T16:50:48Z"/></System><EventData>{}</EventData></Event>')
XML = "<Events>" + RECORD.format(4719, '<Data Name="CategoryId">%%8274</Data>') + RECORD.format(
    5157, '<Data Name="Application">\\device\\x.exe</Data><Data Name="FilterRTID">7</Data>') + "</Events>"
NET_EVENTS = ("<netEvents><item><header><timeStamp>2026-01-08T16:50:48.073Z</timeStamp><flags/></header>"
              "<type>FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP</type><classifyDrop><filterId>66001</filterId>"
              "<layerId>48</layerId></classifyDrop></item></netEvents>")
TOOLS = {}


def kinds(folder):
    """A file of each kind, under the name that the samples read."""
    path = folder / "made.evtx"
    subprocess.run([TOOLS["evtx"], "plain", "3", "1", path], check=True, capture_output=True)
    made = {"evtx": path.read_bytes(), "event XML": XML.encode(), "no events": b"<Events/>",
            "net events": NET_EVENTS.encode()}
    return made


class Samples(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        subprocess.run([TOOLS["netsh"], "plain", "3", "1", self.folder / "wfpstate.xml"], check=True, capture_output=True)

    def each(self, command, environment=None):
        for kind, content in kinds(self.folder).items():
            (self.folder / "Security.evtx").write_bytes(content)
            result = subprocess.run(command, cwd=self.folder, capture_output=True, env=environment, timeout=120,
                                    encoding="utf-8", check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""), (command, kind))

    def test_c(self):
        count = int(subprocess.run([TOOLS["samples"]], check=True, capture_output=True).stdout)
        self.assertGreaterEqual(count, 2)
        for i in range(count):
            self.each([TOOLS["samples"], str(i)])

    def test_c_without_a_file(self):
        result = subprocess.run([TOOLS["samples"], "0"], cwd=self.folder, capture_output=True, encoding="utf-8", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot be opened", result.stderr)

    def test_python(self):
        if "library" not in TOOLS:
            self.skipTest("no shared library")
        environment = dict(os.environ, WFPWATCH_LIBRARY=TOOLS["library"], WFPWATCH_SIM_LIBRARY=TOOLS["sim"],
                           PYTHONPATH=str(ROOT / "bindings/python/src"), PYTHONDONTWRITEBYTECODE="1")
        found = [text for path in ("README.md", "bindings/python/README.md")
                 for text in PYTHON.findall((ROOT / path).read_text(encoding="utf-8"))]
        self.assertGreaterEqual(len(found), 4)
        for text in found:
            code = text if "import wfpwatch" in text or "from wfpwatch" in text else "import wfpwatch\n" + text
            self.each([sys.executable, "-c", code], environment)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    names = ["samples", "evtx", "netsh", "library", "sim"]
    TOOLS.update(zip(names, sys.argv[1:]))
    unittest.main(argv=sys.argv[:1], verbosity=2)
