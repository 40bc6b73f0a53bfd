#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The tool and the Security log of a simulated Windows.

usage: test_audit.py TOOL EXAMPLES_DIR [unittest's arguments]
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL, EXAMPLES = "", Path()
PATIENCE = 120
BLOCK = (
    r"audit 5157 version=1 ProcessID=1204 Application=\device\harddiskvolume3\nc.exe Direction=%%14593 "
    "SourceAddress=192.0.2.10 SourcePort=50123 DestAddress=203.0.113.7 DestPort=4444 Protocol=6 FilterRTID=70 "
    "LayerName=%%14611 LayerRTID=48\n"
)
LISTEN = "audit 5154 ProcessId=4 Application=System SourceAddress=0.0.0.0 SourcePort=445 Protocol=6 LayerRTID=40\n"
DROP = "drop protocol=tcp direction=out local=192.0.2.10:50123 remote=203.0.113.7:4444 filter=70 layer=48\n"


class AuditTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_tool(self, *args, script=None, status=0):
        if script is not None:
            path = self.folder / "script.txt"
            path.write_text(script)
            args += ("--sim", path)
        done = subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        return done.stdout.decode(), done.stderr.decode()

    def events(self, *args, script):
        return [json.loads(line) for line in self.run_tool(*args, "--format", "json", script=script)[0].splitlines()]

    def test_both(self):
        events = self.events("watch", "--audit", "--count", "3", script=DROP.replace("50123", "50124") + BLOCK + LISTEN)
        self.assertEqual(sorted(e["source"] for e in events), ["audit", "audit", "sim"])
        block = [e for e in events if e.get("audit", {}).get("event_id") == 5157][0]
        self.assertEqual((block["process"]["pid"], block["verdict"], block["remote"]["port"]), (1204, "block", 4444))

    def test_joined(self):
        """What both tell of one decision is one event, with the process ID of the record."""
        out, _ = self.run_tool("watch", "--audit", "--sim", "--where", "app=updchk.exe", "--count", "2", "--json")
        first, second = map(json.loads, out.splitlines())
        self.assertEqual((first["kind"], first["merged"], first["process"]["pid"]), ("classify_drop", True, 5316))
        self.assertEqual((second["kind"], second.get("merged"), "process" in second), ("classify_drop", None, False))

    def test_alone(self):
        events = self.events("watch", "--only", "audit", "--count", "1", script=DROP + BLOCK)
        self.assertEqual([e["kind"] for e in events], ["audit"])

    def test_bookmark(self):
        """Started again, it goes on: nothing is lost, nothing comes twice."""
        mark, seen = self.folder / "mark", []
        for _ in range(4):
            events = self.events("watch", "--only", "audit", "--bookmark", mark, "--count", "2",
                                 script="repeat 8 " + LISTEN)
            seen += [e["audit"]["record_id"] for e in events]
            self.assertIn("RecordId='%d'" % seen[-1], mark.read_text())
        self.assertEqual(seen, list(range(1, 9)))
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["mark", "script.txt"])
        mark.write_text("nothing")
        _, err = self.run_tool("watch", "--only", "audit", "--bookmark", mark, script=LISTEN, status=1)
        self.assertIn("bookmark", err)

    def test_gap(self):
        events = self.events("watch", "--only", "audit", "--count", "3",
                             script=LISTEN + "sleep 200\naudit 4612 AuditsDiscarded=17\n")
        self.assertEqual([e["kind"] for e in events], ["audit", "gap", "audit"])
        gap = events[1]
        self.assertEqual((gap["lost"], gap["lost_where"], gap["audit"]["event_id"]), (17, "log", 4612))
        self.assertEqual(gap["lost_from"], events[0]["time"])
        out, _ = self.run_tool("watch", "--only", "audit", "--count", "3",
                               script=LISTEN + "sleep 200\naudit 4612 AuditsDiscarded=17\n")
        self.assertRegex(out, r"gap .* 17 events? lost")

    def test_history(self):
        script = LISTEN + "wait 7200000\n" + BLOCK
        events = self.events("history", "--audit", script=script)
        self.assertEqual([e["audit"]["event_id"] for e in events], [5154, 5157])
        events = self.events("history", "--audit", "--since", "1h", script=script)
        self.assertEqual([e["audit"]["event_id"] for e in events], [5157])
        events = self.events("history", "--audit", "--until", "1h", script=script)
        self.assertEqual([e["audit"]["event_id"] for e in events], [5154])

    def test_check(self):
        out, _ = self.run_tool("check", script="")
        self.assertRegex(out, r"(?m)^ok +security log +the Security log may be subscribed to$")
        out, _ = self.run_tool("check", script="log refuse_modern on\nlog refuse_classic on\n")
        self.assertRegex(out, r"(?m)^odd +security log .*EvtSubscribe gave 5$")

    def test_classic(self):
        events = self.events("watch", "--only", "audit", "--classic", "--count", "1", script=BLOCK)
        self.assertEqual(events[0]["process"]["pid"], 1204)
        self.assertTrue(events[0]["time"].endswith(".0000000Z"))

    def test_explain(self):
        out, _ = self.run_tool("watch", "--only", "audit", "--explain", "--where", "protocol=tcp",
                               "--where", "remote-port=443")
        self.assertRegex(out, r"(?m)^log +protocol=tcp$")
        self.assertRegex(out, r"(?m)^record +remote-port=443 .*which side")

    def test_usage(self):
        _, err = self.run_tool("watch", "--bookmark", "x", status=2)
        self.assertIn("--audit", err)
        _, err = self.run_tool("watch", "--only", "net", status=2)
        self.assertIn("--only takes audit", err)
        _, err = self.run_tool("watch", "--only", "audit", "--ipsec", status=2)
        self.assertIn("net events", err)

    def test_example(self):
        done = subprocess.run([EXAMPLES / "watch_log"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (1, b"usage: watch_log FILE\n"))


if __name__ == "__main__":
    TOOL, EXAMPLES = sys.argv[1], Path(sys.argv[2])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
