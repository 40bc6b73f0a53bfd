#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The tool and the examples from outside.

usage: test_cli.py TOOL EXAMPLES_DIR [unittest's arguments]
"""
import collections
import concurrent.futures
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import unittest
from pathlib import Path

TOOL = ""
EXAMPLES = Path()


def main_of_tool(doc):
    """unittest.main for a file whose only argument of its own is the tool."""
    global TOOL
    if len(sys.argv) < 2:
        sys.exit(doc)
    TOOL = sys.argv[1]
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])


def example(name):
    """A sample program's path; they need not be built (WFPW_EXAMPLES)."""
    if EXAMPLES.name == "none":
        raise unittest.SkipTest("the samples are not built")
    return EXAMPLES / name
CORPUS = Path(os.environ.get("WFPW_CORPUS") or "no corpus was named")
RDP = CORPUS / "evtx" / "sbousseaden-DE_RDP_Tunnel_5156.evtx"
WINDOWS = os.environ.get("WFPW_TOOL_IS_FOR") == "Windows"  # and run under Wine, between UNIX pipes
NO_FILE = "cannot find|File not found" if WINDOWS else "No such file"
posix_only = unittest.skipIf(WINDOWS, "not so on Windows, or not to be had under Wine")
PATIENCE = 60  # seconds; far more than anything takes
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
HEADER = re.compile(r"^TIME .*\bFILTER\b")

DROP = "drop protocol=tcp direction=out local=192.0.2.10:50000 remote=203.0.113.7:443 filter=7 layer=48 "
HOSTILE = "\x1b[31mX\u202eabc\u009b2Jd\u2066e\r\nf"
HOSTILE_SCRIPT = DROP + 'app="' + "".join(f"\\u{ord(c):04x}" for c in HOSTILE) + '"\n'

Result = collections.namedtuple("Result", "status out err")


def environment(**changes):
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    env["TERM"] = "xterm"
    env.update(changes)
    return env


def run(*args, stdin=subprocess.DEVNULL, env=None, **more):
    p = subprocess.run([TOOL, *map(str, args)], stdin=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=PATIENCE, env=env or environment(), **more)
    return Result(p.returncode, p.stdout.decode(), p.stderr.decode())


def read_terminal(master, process):
    """All that comes from a terminal until nobody holds its other end."""
    out, end = b"", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:  # Linux says EIO at the end
            break
        if not piece:
            break
        out += piece
    os.close(master)
    return out.decode().replace("\r\n", "\n"), process.wait(PATIENCE)


def run_on_terminal(columns, rows, *args, env=None, stdout=None):
    """With standard error, and standard output unless given, on a terminal of that size."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    p = subprocess.Popen([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, stdout=stdout or slave,
                         stderr=slave, env=env or environment())
    os.close(slave)
    out, status = read_terminal(master, p)
    return Result(status, out, "")


def at_once(function, *calls):
    """The results of calls, given as (arguments, keywords), that run side by side."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return [f.result() for f in [pool.submit(function, *a, **k) for a, k in calls]]


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def script(self, text):
        path = self.folder / "scene.txt"
        path.write_text(text)
        return path

    def check(self, result, status=0, err=""):
        """err: a pattern that standard error's only line has; "" for no line at all."""
        self.assertEqual(result.status, status, result)
        if err:
            self.assertEqual(result.err.count("\n"), 1, result.err)
            self.assertTrue(result.err.startswith("wfpwatch: "), result.err)
            self.assertRegex(result.err, err)
        else:
            self.assertEqual(result.err, "")

    def kinds(self, result):
        events = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        return collections.Counter(e.get("audit", {}).get("event_id") or e["kind"] for e in events)


class Usage(CliTest):
    def test_help_and_version(self):
        for args in (["--help"], ["-h"], ["read", "--help"], ["watch", "--help"],
                     ["watch", "--sim", "-h"], ["check", "--help"], ["history", "--help"],
                     ["audit", "--help"]):
            result = run(*args)
            self.check(result)
            self.assertTrue(result.out.startswith("usage: wfpwatch"), result.out)
            self.assertLessEqual(max(map(len, result.out.splitlines())), 100)
        self.assertRegex(run("--version").out, r"^wfpwatch \d+\.\d+\.\d+\n$")

    def test_wrong_usage(self):
        for args, err in [
                (["history", "--sim", "a", "b"], "more than one script: 'b'"),
                ([], "command is missing.*'wfpwatch --help'"),
                (["explode"], "unknown command 'explode'"),
                (["--frob"], "unknown option '--frob'"),
                (["read"], "file is missing.*'wfpwatch read --help'"),
                (["read", "--frob", "x"], "unknown option '--frob'.*'wfpwatch read --help'"),
                (["read", "--format"], "value is missing after '--format'"),
                (["read", "--format", "xml", "x"],
                 "--format takes text, json, ecs, ocsf, asim, csv or arrow, not 'xml'"),
                (["read", "--color=", "x"], "--color takes auto, always or never, not 'nothing'"),
                (["read", "--threads", "65", "x"], "--threads takes a number from 0 to 64"),
                (["read", "--threads", "-1", "x"], "--threads takes a number from 0 to 64"),
                (["read", "--verify=yes", "x"], "takes no value: '--verify'"),
                (["watch", "--count", "0"], "--count takes a number from 1"),
                (["watch", "--count", "18446744073709551616"], "--count takes"),
                (["watch", "--seconds", "1.x"], "--seconds takes a number of seconds"),
                (["watch", "--sim", "--windows", "9"], "7, 8, 10, 1803 or 11, not '9'"),
                (["watch", "--windows", "7"], "--windows needs --sim"),
                (["watch", "scene.txt"], "without --sim.*'scene.txt'"),
                (["watch", "--sim", "a", "b"], "more than one script: 'b'"),
                (["watch", "--observe", "--ipsec"], "--ipsec changes a setting"),
                (["watch", "--state"], "value is missing after '--state'"),
                (["check", "scene.txt"], "without --sim.*'scene.txt'"),
                (["check", "--sim", "a", "b"], "more than one script: 'b'"),
                (["check", "--format", "csv"], "--format takes text or json, not 'csv'"),
                (["watch", "--\x1b[31m"], "unknown option '--\ufffd\\[31m'")]:
            with self.subTest(args=args):
                result = run(*args)
                self.check(result, 2, err)
                self.assertEqual(result.out, "")

    def test_values_and_operands(self):
        odd = self.folder / "--odd"
        self.check(run("read", "--", odd), 1, f"--odd: open: .*({NO_FILE})")
        script = self.script(DROP)
        self.check(run("watch", script, "--count=1", "--sim"))


class Where(CliTest):
    SCRIPT = ("drop protocol=tcp direction=out local=10.0.0.1:50000 remote=203.0.113.7:443 filter=7\n"
              "drop protocol=udp direction=in local=10.0.0.1:5353 remote=10.0.0.9:5353 filter=8\n"
              "drop protocol=tcp direction=out local=[fe80::1]:50001 remote=[fe80::2]:80 filter=9\n")

    def filters(self, *conditions, count):
        where = [a for c in conditions for a in ("--where", c)]
        result = run("watch", "--sim", self.script(self.SCRIPT), "--format", "json", "--count",
                     count, *where)
        self.check(result)
        return [json.loads(line)["filter"]["id"] for line in result.out.splitlines()]

    def test_watch(self):
        self.assertEqual(self.filters("protocol=tcp", count=2), [7, 9])
        self.assertEqual(self.filters("protocol=tcp", "remote-port!=443", count=1), [9])
        self.assertEqual(self.filters("local-address=10.0.0.0/8", "filter=8-20", count=1), [8])

    def test_explain(self):
        where = ["--where=protocol=tcp", "--where=verdict=block", "--where", "remote-port=80,443"]
        live = run("watch", "--explain", *where)
        self.assertEqual((live.status, live.err), (0, ""))
        rows = [re.split("  +", line) for line in live.out.splitlines()]
        self.assertEqual(rows, [["engine", "protocol=tcp"],
                                ["event", "verdict=block", "only the finished event has it"],
                                ["callback", "remote-port=80,443", "the engine takes one value, not a list"]])
        self.assertEqual(run("history", "--explain", *where), live)
        for command in ("read", "why"):  # where there is no engine
            files = run(command, *where, "--explain")
            rows = [re.split("  +", line) for line in files.out.splitlines()]
            self.assertEqual((files.status, files.err), (0, ""))
            self.assertEqual(rows, [["record", "protocol=tcp"],
                                    ["event", "verdict=block", "only the finished event has it"],
                                    ["record", "remote-port=80,443"]])
        none = run("watch", "--explain")
        self.assertEqual((none.status, none.out), (0, "no conditions: every event is wanted\n"))
        hostile = run("watch", "--explain", "--where", "app=\x1b[31m")
        self.assertEqual((hostile.status, "\x1b" in hostile.out), (0, False))

    def test_no_such_file(self):
        script = self.script("file \"C:\\there.exe\" \"\\device\\v\\there.exe\"\n" + DROP)
        gone = run("watch", "--sim", script, "--where", "app=C:\\gone.exe")
        self.assertEqual((gone.status, gone.out), (1, ""))
        self.assertRegex(gone.err, "^wfpwatch: FwpmGetAppIdFromFileName0: .*no such file.*check that the file exists")

    def test_wrong_conditions(self):
        for command in (["watch", "--sim"], ["read", "no file"]):
            for condition, mark, err in [
                    ("remote-port=44x3", 14, "a port is a number"),
                    ("nonsense=1", 0, "there is no such key"),
                    ("app=\u65e5\u672c,", 9, "a value is missing"),  # two columns each
                    ("", 0, "a key is missing")]:
                with self.subTest(condition=condition):
                    result = run(*command, "--where=" + condition)
                    self.assertEqual((result.status, result.out), (2, ""))
                    first, text, place = result.err.splitlines()
                    self.assertRegex(first, "^wfpwatch: --where: .*" + err)
                    self.assertIn(f"wfpwatch {command[0]} --help", first)
                    self.assertEqual(text, "    " + condition)
                    self.assertEqual(place, " " * (4 + mark) + "^")

    def test_hostile_condition(self):
        result = run("watch", "--where", "app=a,\x1b[31m,")
        self.assertNotIn("\x1b", result.err)

    def test_read(self):
        if not RDP.exists():
            self.skipTest("no corpus")
        every = run("read", "--format", "json", RDP).out.splitlines()
        some = run("read", "--format", "json", "--where", "type=5156", "--where", "app=svchost.exe",
                   RDP).out.splitlines()
        wanted = [e for e in map(json.loads, every) if e["audit"]["event_id"] == 5156
                  and e["app"]["device_path"].endswith("\\svchost.exe")]
        self.assertTrue(0 < len(some) < len(every))
        self.assertEqual([json.loads(line)["audit"] for line in some], [e["audit"] for e in wanted])


class Watch(CliTest):
    def test_no_engine(self):
        self.check(run("watch"), 1, "(no Windows Filtering Platform|fwpuclnt.dll).*; .*--sim")

    def test_default_scene(self):
        result = run("watch", "--sim", "--format", "json", "--count", "12")
        self.check(result)
        kinds = self.kinds(result)
        self.assertEqual(sum(kinds.values()), 12)
        self.assertEqual(kinds["capability_drop"], 1)
        self.assertGreater(kinds["classify_drop"], kinds["classify_allow"])

    def test_older_windows(self):
        script = self.script("allow filter=1\ndrop filter=2\n")
        for windows, first in [(7, "drop"), (8, "allow"), (10, "allow"), (1803, "allow"), (11, "allow")]:
            result = run("watch", "--sim", script, "--windows", windows, "--count", 1)
            self.assertIn(f"classify_{first}", result.out)

    def test_count_within_a_batch(self):
        result = run("watch", "--sim", self.script("repeat 50 drop filter=1\n"), "--count", 7,
                     "--format", "json")
        self.check(result)
        self.assertEqual(sum(self.kinds(result).values()), 7)

    def test_seconds(self):
        began = time.monotonic()
        result = run("watch", "--sim", self.script(DROP), "--seconds", "1.5")
        self.check(result)
        self.assertEqual(len(result.out.splitlines()), 2)
        self.assertGreaterEqual(time.monotonic() - began, 1.5)

    @posix_only
    def test_events_come_as_they_happen(self):
        script = self.script(f"{DROP}\nsleep 30000\n{DROP}")
        for form in ("text", "json"):
            with subprocess.Popen([TOOL, "watch", "--sim", script, "--format", form],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                if form == "text":
                    p.stdout.readline()
                self.assertIn(b"203.0.113.7", p.stdout.readline())
                p.send_signal(signal.SIGTERM if form == "text" else signal.SIGINT)
                out, err = p.communicate(timeout=PATIENCE)
                self.assertEqual((p.returncode, out, err), (0, b"", b""))

    @posix_only
    def test_reader_goes_away(self):
        for script in (DROP, "sleep 100\n" + f"{DROP}\nsleep 50\n" * 20):
            with subprocess.Popen([TOOL, "watch", "--sim", self.script(script)],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                p.stdout.readline()
                p.stdout.close()
                self.assertEqual(p.wait(PATIENCE), 0)
                self.assertEqual(p.stderr.read(), b"")

    def test_bad_script(self):
        path = self.script("drop filter=1\n  drop filter=x\n")
        self.check(run("watch", "--sim", path), 1, r"scene\.txt:2:15: .*value")
        self.check(run("watch", "--sim", self.folder / "none"), 1, "none: .*No such file")

    def test_script_from_standard_input(self):
        p = subprocess.run([TOOL, "watch", "--sim", "-", "--count", "1"], input=DROP.encode(),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual((p.returncode, p.stderr), (0, b""))
        self.assertIn(b"203.0.113.7:443", p.stdout)

    def test_engine_refuses_for_a_while(self):
        path = self.script(f"{DROP}\nfail call=FwpmEngineOpen0 code=5\nrestart\nwait 500\n{DROP}\n")
        result = run("watch", "--sim", path, "--count", 3)
        self.assertEqual(result.status, 0)
        self.assertIn("  gap  ", result.out.splitlines()[-2])
        self.assertRegex(result.err, r"wfpwatch: .*FwpmEngineOpen0 gave 0x5 ")
        self.assertIn("subscribed again", result.err)

    def test_silence_is_a_gap(self):
        quiet = self.script("")
        r = run("watch", "--sim", quiet, "--silence", "1", "--count", "1", "--format", "json")
        self.check(r, 0)
        gap = json.loads(r.out)
        self.assertEqual((gap["kind"], gap["lost"], gap["lost_where"]), ("gap", None, "silence"))
        self.check(run("watch", "--sim", quiet, "--silence", "0"), 2, "--silence")
        self.check(run("watch", "--sim", quiet, "--only", "audit", "--silence", "9"), 2, "--silence")

    def test_outage_is_a_gap(self):
        result = run("watch", "--sim", self.script(f"{DROP}\nrestart\n"), "--count", 2)
        self.assertEqual(result.status, 0)
        self.assertRegex(result.out.splitlines()[-1], r"  gap  +info gap  +an unknown number of events lost")
        self.assertIn("the engine went away", result.err)

    def test_collection_off_is_a_gap(self):
        result = run("watch", "--sim", self.script(f"{DROP}\ncollect off\n"), "--count", 2)
        self.assertEqual(result.status, 0)
        self.assertRegex(result.out.splitlines()[-1], r"  gap  +.*another program turned collection off")
        self.assertIn("it is on again", result.err)

    AGENT = "{11111111-2222-3333-4444-555555555555}"

    @posix_only
    def test_aggregate(self):
        drop = "drop protocol=tcp filter=7 layer=48 direction=out local=192.0.2.1"
        scene = self.script(f"repeat 20 {drop}:50000 remote=192.0.2.2:443\n{drop}:50001 remote=192.0.2.2:80\n"
                            f"{drop}:50000 remote=192.0.2.3:443")
        for form in ("json", "text"):
            with subprocess.Popen([TOOL, "watch", "--sim", scene, "--aggregate", "1h", "--format", form],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                first = [p.stdout.readline() for _ in range(2 + (form == "text"))]
                self.assertIn(b"192.0.2.3", first[-1])  # all has happened
                p.send_signal(signal.SIGINT)
                out, err = p.communicate(timeout=PATIENCE)
                self.assertEqual((p.returncode, err), (0, b""))
            if form == "text":
                self.assertIn(b"20 events since 2026-01-01 00:00:00.000, remote ports 80 443, local ports 50000 50001\n", out)
                continue
            event = json.loads(out)
            self.assertEqual(["aggregate" in json.loads(line) for line in first], [False, False])
            self.assertEqual((event["aggregate"]["count"], event["aggregate"]["remote_ports"]), (20, [80, 443]))
            self.assertEqual(event["remote"], {"ip": "192.0.2.2"})

    def test_end_of_the_time_to_aggregate(self):
        result = run("watch", "--sim", self.script("repeat 3 drop filter=7"), "--aggregate", "1s", "--count", 2)
        self.check(result)
        self.assertRegex(result.out.splitlines()[-1], r"  2 events since 2026-01-01 00:00:00.000$")

    def test_wrong_times_to_aggregate(self):
        for value in ("0s", "60", "30d", ""):
            result = run("watch", "--sim", "--aggregate", value)
            self.assertEqual((result.status, result.out), (2, ""))
            self.assertIn("a time such as 30s, 10m or 2h is wanted", result.err)
        result = run("watch", "--sim", "--aggregate", "1s", "--only", "audit")
        self.assertEqual(result.status, 2)
        self.assertIn("--aggregate", result.err)

    def test_filters(self):
        scene = self.script(f"filter id=7 name=ours provider={self.AGENT}\nfilter id=8 key={self.AGENT}\n"
                            "unfilter id=8\n")
        result = run("watch", "--sim", scene, "--filters", "--observe", "--count", 3, "--format", "json",
                     "--own-provider", self.AGENT.upper())
        self.check(result)
        events = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([(e["kind"], e["verdict"], e["reason"], e["filter"]["id"]) for e in events],
                         [("filter_add", "info", "policy_change", 7), ("filter_add", "info", "policy_change", 8),
                          ("filter_delete", "info", "policy_change", 8)])
        self.assertEqual((events[0]["filter"]["name"], events[0]["own"]), ("ours", ["filter"]))
        self.assertEqual([e["filter"]["key"] for e in events[1:]], [self.AGENT] * 2)
        result = run("watch", "--sim", scene, "--filters", "--where", "type=filter_add", "--count", 1,
                     "--own-provider", self.AGENT)
        self.check(result)
        self.assertRegex(result.out.splitlines()[-1], r"  filter_add  +info policy_change  +filter 7 ours \(own\): "
                         r"FWP_ACTION_BLOCK at FWPM_LAYER_ALE_AUTH_CONNECT_V4 of ")
        result = run("watch", "--sim", self.script("filter id=7\ndrop filter=7"), "--count", 1)
        self.assertIn("classify_drop", result.out)

    def test_own_provider(self):
        scene = self.script('self "\\device\\volume1\\me.exe"\ndrop app="\\device\\volume1\\ME.exe" filter=1\n'
                            'drop app="\\device\\volume1\\you.exe" filter=2\n')
        result = run("watch", "--sim", scene, "--count", 2)
        self.check(result)
        self.assertRegex(result.out, r"ME\.exe \(own\)")
        self.assertNotRegex(result.out, r"you\.exe \(own\)")
        for condition, wanted in (("own=process", 1), ("own!=process", 2)):
            result = run("watch", "--sim", scene, "--count", 1, "--format", "json", "--where", condition)
            event = json.loads(result.out)
            self.assertEqual((event["filter"]["id"], event.get("own")), (wanted, ["process"] if wanted == 1 else None))
        self.check(run("watch", "--sim", "--own-provider", "{1}"), 2, "--own-provider takes a GUID in braces")



class History(CliTest):
    SCRIPT = "drop filter=1\nwait 120000\ndrop filter=2\nwait 60000\ndrop filter=3 protocol=tcp\n"

    def filters(self, *arguments):
        result = run("history", "--sim", self.script(self.SCRIPT), "--format", "json", *arguments)
        self.check(result)
        return [json.loads(line)["filter"]["id"] for line in result.out.splitlines()]

    def test_all(self):
        self.assertEqual(self.filters(), [1, 2, 3])

    def test_times(self):
        for since, kept in [("90s", [2, 3]), ("2m", [2, 3]), ("1h", [1, 2, 3]), ("1d", [1, 2, 3]), ("0s", []),
                            ("2026-01-01T00:02:00Z", [2, 3]), ("2026-01-01 00:02:00.0000002", [3]),
                            ("2026-01-01T00:02", [2, 3]), ("1999-02-28T23:59Z", [1, 2, 3]),
                            ("2026-01-02T00:00Z", [])]:
            self.assertEqual(self.filters("--since", since), kept, since)
        self.assertEqual(self.filters("--until", "1m"), [1, 2])
        self.assertEqual(self.filters("--since", "150s", "--until", "2026-01-01T00:02:59.5Z"), [2])

    def test_where(self):
        self.assertEqual(self.filters("--where", "protocol=tcp"), [3])

    def test_own_provider(self):
        agent = "{11111111-2222-3333-4444-555555555555}"
        script = self.script(f"filter id=1 name=ours provider={agent}\nfilter id=2\n"
                             "drop filter=1 layer=48\ndrop filter=2 layer=48\n")
        result = run("history", "--sim", script, "--format", "json", "--own-provider", agent)
        self.check(result)
        self.assertEqual([json.loads(line).get("own") for line in result.out.splitlines()], [["filter"], None])

    def test_wrong_times(self):
        script = self.script(self.SCRIPT)
        for when in ["", "5", "5x", "m", "-5m", "5m5", "2026-13-01T00:00Z", "2026-02-29T00:00Z", "2026-01-01",
                     "2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00Q", "1500-01-01T00:00Z",
                     "99999999d", "2026-1-1T00:00Z"]:
            self.check(run("history", "--sim", script, "--since", when), 2, "--help")

    def test_no_time_between(self):
        result = run("history", "--sim", self.script(self.SCRIPT), "--since", "1d", "--until", "2d")
        self.check(result, 1, "--until is before --since")

    def test_usage(self):
        self.check(run("history", "--sim"), 2, "script")
        self.check(run("history", self.script("")), 2, "--sim")
        self.check(run("history", "--windows", 7), 2, "--sim")
        self.check(run("history"), 1, "(no Windows Filtering Platform|fwpuclnt.dll).*; .*--sim")

    def test_collection_off(self):
        result = run("history", "--sim", self.script("drop\ncollect off\n"))
        self.check(result, 1, "is off.*; .*netsh wfp set options netevents=on.*clears")

    NAMED = 'string FirewallAPI.dll 1 "In words"\nfilter id=1 name="Block nc"\n' \
            'filter id=2 name="@FirewallAPI.dll,-1"\n' + SCRIPT.replace("drop", "drop layer=48")

    def names(self, result):
        return [json.loads(line)["filter"].get("name") for line in result.out.splitlines()]

    def test_names(self):
        result = run("history", "--sim", self.script(self.NAMED), "--format", "json")
        self.check(result)
        self.assertEqual(self.names(result), ["Block nc", "In words", None])
        text = run("history", "--sim", self.script(self.NAMED))
        self.check(text)
        self.assertIn("Block nc", text.out)

    def test_names_are_refused(self):
        """It is said once, and events come all the same."""
        for call, names in [("FwpmEngineOpen0", None), ("FwpmFilterEnum0", [None] * 3),
                            ("FwpmProviderEnum0", ["Block nc", "In words", None])]:
            script = self.NAMED + f"fail call={call} code=5 times=1000\n"
            result = run("history", "--sim", self.script(script), "--format", "json")
            self.check(result, 1 if names is None else 0, f"{call}[: ].*0x5")
            self.assertIn("warning" if names else "FwpmEngineOpen0", result.err)
            self.assertEqual(self.names(result), names or [])

    def test_names_of_a_dump(self):
        dump, none = self.folder / "dump.xml", self.folder / "none.xml"
        dump.write_text("<wfpstate><filters><item><filterKey>{00000000-0000-0000-0000-000000000001}</filterKey>"
                        "<displayData><name>Of a dump</name></displayData><filterId>1</filterId></item>"
                        "</filters></wfpstate>")
        history = ["history", "--sim", self.script(self.NAMED), "--format", "json", "--names"]
        result = run(*history, dump)
        self.check(result)
        self.assertEqual(self.names(result), ["Of a dump", None, None])
        result = run(*history, none, "--names", dump)
        self.check(result, 1, "none.xml: ")
        self.assertEqual(self.names(result), ["Of a dump", None, None])
        self.check(run(*history, dump, *["--names", dump] * 64), 2, "too many of '--names'")

    def test_late_open(self):
        result = run("watch", "--sim", self.script(DROP), "--since", "10m", "--count", 1)
        self.check(result)
        self.assertIn("203.0.113.7", result.out)


class Audit(CliTest):
    def rows(self, script, *args):
        result = run("audit", "--sim", script, "--format", "json", *args)
        self.check(result)
        return [json.loads(line) for line in result.out.splitlines()]

    def machine(self, text=""):
        """A script for a machine whose settings outlive the process."""
        return self.script(f'machine "{self.folder / "machine"}"\n{text}\n')

    def test_no_engine(self):
        self.check(run("audit"), 1, "(no Windows Filtering Platform|fwpuclnt.dll).*; .*--sim")

    def test_table(self):
        result = run("audit", "--sim", self.script("auditpol connection failure; grouppolicy packet-drop none; gpupdate"))
        self.check(result)
        lines = result.out.splitlines()
        self.assertEqual(len(lines), 12)
        self.assertRegex(lines[0], "^AUDITED +SUBCATEGORY +WORD +DECIDED BY +OUR EVENTS NEED$")
        self.assertRegex(lines[5], "^none +Filtering Platform Packet Drop +packet-drop +group policy: none +failure: 5152, 5153$")
        self.assertRegex(lines[6], "^failure +Filtering Platform Connection +connection +local +failure: .*5157.*; success: .*5156")
        rows = self.rows(self.script("audit_name connection \"Verbindung\"; mdm connection both"), "--all")
        self.assertEqual(len(rows), 59)
        row = next(r for r in rows if r.get("word") == "connection")
        self.assertEqual((row["host_name"], row["decided_by"], row["decided"], row["audited"], row["needed"]),
                         ("Verbindung", "mdm", "both", "none", "failure"))

    def test_set(self):
        script = self.machine()
        for name, value, said in [("connection", "both", "connection: both\n"), ("connection", "both", "connection: both, as it was\n"),
                                  ("{0CCE9225-69AE-11D9-BED3-505054503030}", "failure", "{0CCE9225-69AE-11D9-BED3-505054503030}: failure\n")]:
            result = run("audit", "set", name, value, "--sim", script)
            self.check(result)
            self.assertEqual(result.out, said)
        rows = {r["word"]: r["audited"] for r in self.rows(script)}
        self.assertEqual((rows["connection"], rows["packet-drop"], rows["policy-change"]), ("both", "failure", "none"))
        self.check(run("audit", "set", "connection", "all", "--sim", script), 2, "not 'all'")
        self.check(run("audit", "set", "connection", "--sim", script), 2, "set takes")
        self.check(run("audit", "set", "conn", "none", "--sim", script), 2, "no subcategory 'conn' .did you mean 'connection'")
        self.check(run("audit", "clear", "--sim", script), 2, "'clear'")
        self.check(run("audit", "set", "connection", "none", "--sim", self.script("audit_privilege off")), 1, "0x522.*SeSecurityPrivilege")

    @posix_only
    def test_watch(self):
        """Turned on meanwhile, and put back; who turns it off is told."""
        script = self.machine(DROP + "\nsleep 3000\nauditpol connection none\nsleep 4000\n" + DROP)
        result = run("watch", "--sim", script, "--audit-policy", "--format", "json", "--count", 3,
                     "--state", self.folder / "state")
        self.assertEqual(result.status, 0, result)
        events = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([e["kind"] for e in events], ["classify_drop", "gap", "classify_drop"])
        self.assertEqual(events[1]["lost_where"], "audit policy")
        self.assertIn("Filtering Platform Connection: somebody turned it off; it is on again", result.err)
        self.assertEqual({r["audited"] for r in self.rows(self.machine())} - {"success"}, {"none"})
        self.check(run("watch", "--observe", "--audit-policy"), 2, "changes a setting")

    def test_backup_and_restore(self):
        script, saved = self.machine("auditpol connection failure"), self.folder / "saved.csv"
        self.check(run("audit", "backup", saved, "--sim", script))
        lines = saved.read_bytes().split(b"\r\n")
        self.assertEqual((len(lines), lines[-1]), (61, b""))
        self.assertIn(b"SIMULATED,System,Filtering Platform Connection,{0CCE9226-69AE-11D9-BED3-505054503030},Failure,,2", lines)
        script = self.machine("auditpol connection both; auditpol packet-drop both")
        result = run("audit", "restore", saved, "--sim", script)
        self.check(result)
        self.assertEqual(result.out, "2 set, 57 as they were\n")
        script = self.machine()
        self.assertEqual(run("audit", "backup", "-", "--sim", script).out.encode(), saved.read_bytes())
        saved.write_text("PC,,Option:CrashOnAuditFail,,Enabled,,1\nPC,System,X,{0CCE9226-69AE-11D9-BED3-505054503030},Success,,1\nwhat\n")
        result = run("audit", "restore", saved, "--sim", script)
        self.check(result, 1, "line 3")
        self.assertEqual(result.out, "1 set, 1 options left, 1 lines not understood\n")
        self.check(run("audit", "restore", self.folder / "none", "--sim", script), 1, f"none: .*({NO_FILE}|No such file)")
        self.check(run("audit", "backup", self.folder / "no" / "where", "--sim", script), 1, "where: ")


class Check(CliTest):
    def rows(self, *args, status=0):
        result = run("check", "--format", "json", *args)
        self.assertEqual(result.status, status, result)
        rows = [json.loads(line) for line in result.out.splitlines()]
        for row in rows:
            self.assertIn(row["level"], ("ok", "warning", "error"))
            self.assertEqual(row["level"] == "ok", "remedy" not in row)
        return {row["name"]: row for row in rows}

    def test_no_engine(self):
        self.check(run("check"), 1, "(no Windows Filtering Platform|fwpuclnt.dll).*; .*--sim")

    def test_text(self):
        result = run("check", "--sim", self.script("collect off; keywords 0x10"))
        self.check(result)
        lines = result.out.splitlines()
        self.assertRegex(lines[0], r"^ok    engine +the filtering engine answers$")
        self.assertRegex(lines[1], r"^odd   collection +no net events are collected$")
        self.assertRegex(lines[2], r"^ +a live session turns collection on")
        self.assertRegex(lines[3], r"^ok    keywords +.* allow \(0x10\)$")
        self.assertIn("nothing on this host", lines[-7])
        self.assertRegex(lines[-6], r"^ok    events +net events may be subscribed to$")
        self.assertRegex(lines[-5], r"^odd   history +nothing is kept")
        self.assertRegex(lines[-3], r"^ok    filters +filters may be listed$")
        self.assertRegex(lines[-2], r"^ok    audit policy +the Security log gets of connections: nothing; ")
        self.assertRegex(lines[-1], r"^ok    security log +the Security log may be subscribed to$")

    def test_default_machine(self):
        self.assertEqual([r["level"] for r in self.rows("--sim").values()], ["ok"] * 10)

    def test_engine_away(self):
        rows = self.rows("--sim", self.script("stop"), status=1)
        self.assertEqual((rows["engine"]["level"], rows["engine"]["os_code"]), ("error", 1753))

    def machine(self):
        """A script for a machine whose settings outlive the process, and where its leases are."""
        machine, state = self.folder / "machine", self.folder / "state"
        return self.script(f'machine "{machine}"\n{DROP}\nsleep 30000\n'), state, machine

    @contextlib.contextmanager
    def watching(self, script, state, *more):
        """A watcher, which is gone at the end, whatever failed."""
        with subprocess.Popen([TOOL, "watch", "--sim", script, "--state", state, "--format", "json", *more],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
            try:
                yield p
            finally:
                p.kill()

    def settles(self, machine, wanted):
        """Events come first, settings are changed beside them."""
        end = time.monotonic() + PATIENCE
        while machine.read_bytes() != wanted and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(machine.read_bytes(), wanted)

    @posix_only
    def test_killed_watcher_is_repaired(self):
        script, state, machine = self.machine()
        script.write_text(f'machine "{machine}"\n' + f"sleep 200\n{DROP}\n" * 200)  # collection is off at first
        machine.write_bytes(bytes([0, 0x10, 0, 0]))
        with self.watching(script, state) as p:
            self.assertIn(b"203.0.113.7", p.stdout.readline())
            self.settles(machine, bytes([1, 0x3F, 0, 0]))
            script.write_text(f'machine "{machine}"\n')
            self.assertIn("for 1 session", self.rows("--sim", script, "--state", state)["leases"]["text"])
            p.kill()
            p.wait(PATIENCE)
        self.assertEqual(machine.read_bytes(), bytes([1, 0x3F, 0, 0]))
        leases = self.rows("--sim", script, "--state", state)["leases"]
        self.assertEqual(leases["level"], "warning")
        self.assertIn("--repair", leases["remedy"])
        self.assertIn(f"process {p.pid}", leases["text"])
        result = run("check", "--repair", "--sim", script, "--state", state)
        self.assertEqual(result.status, 0)
        self.assertIn(f"settled what process {p.pid} had turned on, 0x2f", result.err)
        self.assertIn("nothing on this host", result.out)
        self.assertEqual(machine.read_bytes(), bytes([0, 0x10, 0, 0]))

    @posix_only
    def test_watching_leaves_the_machine_as_found(self):
        for more, during in ([], bytes([1, 0x3F, 0, 0])), (["--observe"], bytes([1, 0, 0, 0])):
            script, state, machine = self.machine()
            machine.write_bytes(bytes([1, 0, 0, 0]))
            with self.watching(script, state, *more) as p:
                p.stdout.readline()
                self.settles(machine, during)
                p.send_signal(signal.SIGINT)
                self.assertEqual(p.communicate(timeout=PATIENCE), (b"", b""))
            self.assertEqual(p.returncode, 0)
            self.assertEqual(machine.read_bytes(), bytes([1, 0, 0, 0]))

    @posix_only
    def test_damaged_record(self):
        state = self.folder / "state"
        state.mkdir(mode=0o700)
        (state / "leases").write_text("garbage")
        (state / "leases").chmod(0o600)
        rows = self.rows("--sim", "--state", state, status=1)
        self.assertIn("damaged", rows["leases"]["text"])
        result = run("watch", "--sim", self.script(DROP), "--state", state, "--count", 1)
        self.assertEqual(result.status, 0)
        self.assertIn("203.0.113.7", result.out)
        self.assertRegex(result.err, "settings are not changed, .*leases: .*damaged")
        self.check(run("check", "--repair", "--sim", "--state", state), 1, "leases: .*damaged")
        self.assertEqual((state / "leases.damaged").read_text(), "garbage")
        self.check(run("check", "--repair", "--sim", "--state", state))

    @posix_only
    def test_unsafe_place(self):
        state = self.folder / "state"
        state.mkdir(mode=0o777)
        state.chmod(0o777)
        result = run("watch", "--sim", self.script(DROP), "--state", state, "--count", 1)
        self.assertEqual(result.status, 0)
        self.assertRegex(result.err, "settings are not changed, .*leases: open: .*open to other users")


@posix_only
class Table(CliTest):
    def scene(self, columns, *args, rows=40, **more):
        result = run_on_terminal(columns, rows, "watch", "--sim", "--count", 12, *args, **more)
        self.assertEqual(result.status, 0, result)
        return result.out

    def test_plain(self):
        result = run("watch", "--sim", "--count", 12)
        self.check(result)
        lines = result.out.splitlines()
        self.assertEqual(len(lines), 13)
        self.assertRegex(lines[0], r"^TIME \(UTC\) +KIND +WHY +DIR +PROTO +LOCAL +REMOTE +APP +PID +FILTER +LAYER$")
        self.assertRegex(lines[4], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  classify_drop ")
        self.assertIn(r"  C:\users\public\libraries\updchk.exe  ", lines[4])
        self.assertNotIn("\x1b", result.out)
        self.assertNotIn("..", result.out)
        self.assertEqual(len(re.split("  +", lines[0])), 11)
        named = [line for line in lines[1:] if len(re.split("  +", line)) == 12]
        plain = [line for line in lines[1:] if len(re.split("  +", line)) == 11]
        self.assertEqual((len(named), len(plain)), (11, 1), result.out)
        self.assertTrue(lines[3].endswith("  Quarantine: updchk.exe"), lines[3])

    def test_widths(self):
        widths = (80, 94, 108, 120, 160, 200)
        for columns, out in zip(widths, at_once(self.scene, *[((w,), {}) for w in widths])):
            with self.subTest(columns=columns):
                lines = ESCAPE.sub("", out).splitlines()
                rows = [line for line in lines if re.search(r" (in|out|inbound|outbound|-) +(tcp|udp|icmp)", line)]
                self.assertEqual(len(rows), 12, lines)
                self.assertEqual(lines[-1], "wfpwatch: 12 events, 0 lost")
                for line in lines:
                    self.assertLessEqual(columns_of(line), columns, line)
                for row in rows[2:4]:
                    self.assertIn("updchk.exe", row)
                    self.assertIn("71264", row)
                if columns < 160:
                    self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\d UTC$")

    def test_header_comes_again(self):
        script = self.script(f"repeat 100 {DROP}\n")
        out = run_on_terminal(100, 30, "watch", "--sim", script, "--count", 100).out
        headers = [line for line in ESCAPE.sub("", out).splitlines() if HEADER.match(line)]
        self.assertEqual(len(headers), 4)

    def test_color(self):
        colored, no_color = "\x1b[31m", environment(NO_COLOR="1")
        with_color = [((80,), {}), ((80,), {"env": environment(NO_COLOR="")}),
                      ((80, "--color", "always"), {"env": no_color})]
        without = [((80, "--color=never"), {}), ((80,), {"env": no_color}),
                   ((80,), {"env": environment(TERM="dumb")})]
        for out in at_once(self.scene, *with_color):
            self.assertIn(colored, out)
        for out in at_once(self.scene, *without):
            self.assertNotIn("\x1b", out)
        self.assertIn(colored, run("watch", "--sim", "--count", 3, "--color", "always").out)

    def test_hostile_text(self):
        args = ["watch", "--sim", self.script(HOSTILE_SCRIPT), "--count", 1, "--color", "never"]
        for out in (run_on_terminal(200, 40, *args).out, run(*args).out):
            row = out.splitlines()[1]
            self.assertIn("\ufffd[31mX\ufffdabc\ufffd2Jd\ufffde\ufffd\ufffdf", row)
            for c in set(HOSTILE) - set("[31mXabc2Jdef\n"):
                self.assertNotIn(c, out)

    def test_invisible_text(self):
        unseen = "\u00ad\u034f\u115f\u1160\u17b4\u180b\u200b\u2060\u2800\u3164\ufe0f\uffa0\ufff0"
        script = DROP + 'app="x' + "".join(f"\\u{ord(c):04x}" for c in unseen) + 'y"\n'
        out = run("watch", "--sim", self.script(script), "--count", 1, "--color", "never").out
        self.assertIn("x" + "\ufffd" * len(unseen) + "y", out)

    def test_hostile_json(self):
        args = ["watch", "--sim", self.script(HOSTILE_SCRIPT), "--count", 1, "--format", "json"]
        on_terminal = run_on_terminal(200, 40, *args).out
        self.assertTrue(on_terminal.isascii())
        for out in (on_terminal, run(*args).out):
            self.assertEqual(json.loads(out)["app"]["device_path"], HOSTILE)

    def test_hostile_file_name(self):
        path = self.folder / "a\x1b[31m\u202eb"
        self.check(run("read", path), 1, "a\ufffd\\[31m\ufffdb: open")

    def test_wide_characters_stay_whole(self):
        path = "\\device\\harddiskvolume3\\" + "\u65e5\u672c\u8a9e" * 8 + "\\" + "\u30c4\u30fc\u30eb" * 9 + ".exe"
        for columns in (80, 81, 120, 121):
            out = run_on_terminal(columns, 40, "watch", "--sim", self.script(f'{DROP} app="{path}"\n'),
                                  "--count", 1, "--color", "never").out
            self.assertNotIn("\ufffd", out)
            self.assertLessEqual(max(map(columns_of, out.splitlines())), columns)
            self.assertIn("..", out)

    def test_long_everything(self):
        script = self.script(
            "ipsec_kernel_drop protocol=icmpv6 direction=out status=5 scope=12 filter=18446744073709551615 "
            "local=[2001:db8:85a3:8d3:1319:8a2e:370:7348]:128 remote=[2001:db8:85a3:8d3:1319:8a2e:370:7349]:0\n"
            "drop local=[fe80::1319:8a2e:370:7348]:65535 remote=[ff02::1319:8a2e:370:7349]:65535 scope=4294967295\n")
        result = run("watch", "--sim", script, "--count", 2)
        self.assertIn("icmpv6 128/0  2001:db8:85a3:8d3:1319:8a2e:370:7348  ", result.out)
        self.assertIn("  [fe80::1319:8a2e:370:7348%4294967295]:65535  ", result.out)
        for columns in (20, 80, 120, 200):
            self.assertEqual(run_on_terminal(columns, 5, "watch", "--sim", script, "--count", 2).status, 0)


def full_disk(test):
    """A file that every write to fails with ENOSPC."""
    if not Path("/dev/full").is_char_device():
        test.skipTest("/dev/full is not the device of that name here")
    return open("/dev/full", "wb")


@posix_only
class Output(CliTest):
    def many(self):
        return self.script(f"repeat 20000 {DROP}\n")

    def test_disk_full(self):
        for args in (["--help"], ["watch", "--sim", "--count", "2"],
                     ["watch", "--sim", self.many(), "--count", 20000, "--format", "json"]):
            with full_disk(self) as full:
                p = subprocess.run([TOOL, *map(str, args)], stdout=full, stderr=subprocess.PIPE,
                                   timeout=PATIENCE)
            self.check(Result(p.returncode, "", p.stderr.decode()), 1, "No space left on device")

    def test_closed_output(self):
        for args in ("watch --sim --count 2", "--help", "watch --sim --format json --count 2"):
            p = subprocess.run(["sh", "-c", f'exec "$0" {args} >&-', TOOL], stderr=subprocess.PIPE,
                               timeout=PATIENCE)
            self.assertEqual((p.returncode, p.stderr), (0, b""), args)

    def test_closed_pipe(self):
        p = subprocess.run(["bash", "-c", 'set -o pipefail; "$0" watch --sim "$1" --format json | head -n 1',
                            TOOL, str(self.many())], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=PATIENCE)
        self.assertEqual((p.returncode, p.stderr), (0, b""))
        self.assertEqual(len(p.stdout.splitlines()), 1)


class Read(CliTest):
    def test_what_cannot_be_read(self):
        empty, text = self.folder / "empty", self.folder / "text"
        empty.write_bytes(b"")
        text.write_text("no log at all\n" * 100)
        for path, err in [(self.folder / "none", f"none: open: .*({NO_FILE}).*; check"),
                          (self.folder, "no log in the folder; 2 files passed over"),
                          (empty, "empty: .*empty.*; give"),
                          (text, "text: .*not a format.*; give")]:
            with self.subTest(path=path):
                result = run("read", path)
                self.check(result, 1, err)
                self.assertEqual(result.out, "")

    NET_EVENT = ("<item><header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp>"
                 "<ipProtocol>6</ipProtocol><localAddrV4>192.0.2.1</localAddrV4>"
                 "<localPort>{}</localPort></header><type>FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP"
                 "</type><classifyDrop><filterId>7</filterId></classifyDrop><internalFields>"
                 "<processId>4242</processId></internalFields></item>")

    def test_net_events(self):
        path = self.folder / "netevents.xml"
        path.write_text("<netEvents>" + self.NET_EVENT.format(1) + "</netEvents>")
        result = run("read", path)
        self.check(result)
        self.assertRegex(result.out.splitlines()[1],
                         r"^2026-01-02 03:04:05\.678  classify_drop .* 192\.0\.2\.1:1 .* 4242 +7 ")
        with path.open("rb") as f:
            result = run("read", "--format=json", "-", stdin=f)
        self.check(result)
        self.assertEqual(json.loads(result.out)["process"], {"pid": 4242, "pid_from": "netsh"})

    def test_net_event_that_is_partly_readable(self):
        path = self.folder / "netevents.xml"
        path.write_text("<netEvents>" + self.NET_EVENT.format("one") + "</netEvents>")
        result = run("read", "--format=json", path)
        self.assertEqual(result.status, 3)
        self.assertIn("cannot be read: localPort (netevents.xml, offset 11)", result.err)
        self.assertIs(json.loads(result.out)["partial"], True)

    def test_a_dump_of_filters(self):
        path = self.folder / "filters.xml"
        path.write_text("<?xml version='1.0'?>\n<wfpdiag>\n<filters><item/></filters></wfpdiag>")
        self.check(run("read", path), 1, "filters.xml: .*names, no events; 'wfpwatch names' reads it")

    @posix_only
    def test_interrupt_while_waiting_for_input(self):
        with subprocess.Popen([TOOL, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as p:
            time.sleep(0.3)
            p.send_signal(signal.SIGINT)
            self.assertEqual(p.wait(PATIENCE), -signal.SIGINT)


@unittest.skipUnless(RDP.exists(), f"skipped: {RDP} is not there")
class Corpus(CliTest):
    COUNTS = {5156: 63, 5158: 9, 1102: 1}

    def test_counts(self):
        for more in ([], ["--verify"], ["--threads", "2"]):
            result = run("read", "--format", "json", *more, RDP)
            self.check(result)
            self.assertEqual(self.kinds(result), self.COUNTS)

    def test_standard_input(self):
        with RDP.open("rb") as f:
            result = run("read", "--format=json", "-", stdin=f)
        self.check(result)
        self.assertEqual(self.kinds(result), self.COUNTS)

    def test_others_are_still_read(self):
        result = run("read", "--format=json", RDP, self.folder / "none", RDP)
        self.check(result, 1, "none: open")
        self.assertEqual(self.kinds(result), {k: 2 * n for k, n in self.COUNTS.items()})

    def test_table(self):
        result = run("read", RDP)
        self.check(result)
        rows = result.out.splitlines()[1:]
        self.assertEqual(sum("  5156 audit  " in row for row in rows), 63)
        self.assertRegex(rows[0], r"^2019-02-13 18:01:41\.593  1102 audit +info log_cleared +"
                         r"The Security log was cleared by EXAMPLE.admin01$")
        self.assertRegex(rows[1], r"  outbound  udp  .*svchost\.exe +820 +65865 +50$")
        self.assertTrue(any(re.search(r" 10\.255\.255\.255:137 +10\.0\.2\.18:137 ", row) for row in rows))

    def test_sides(self):
        """These two are of Windows 7, where the source of an inbound record is the local side."""
        for name in (RDP.name, "sbousseaden-dicovery_4661_net_group_domain_admins_target.evtx"):
            result = run("read", "--format", "json", "--where", "direction=inbound", RDP.parent / name)
            events = [json.loads(line) for line in result.out.splitlines()]
            self.assertGreater(len(events), 10)
            for e in events:
                data = e["audit"]["data"]
                self.assertEqual(e["orientation"], "evidence")
                self.assertEqual((e["local"]["ip"], str(e["local"]["port"])),
                                 (data["SourceAddress"], data["SourcePort"]))

    def test_unknown_sides(self):
        result = run("read", "--where", "protocol=tcp", RDP.parent / "omerbenamram-Security_short_selected.evtx")
        self.assertRegex(result.out, r" 23\.94\.153\.202:59639 +-> 169\.46\.6\.101:3389 ")

    @posix_only
    def test_table_on_terminals(self):
        for columns in (80, 120, 200):
            out = run_on_terminal(columns, 50, "read", RDP).out
            lines = ESCAPE.sub("", out).splitlines()
            self.assertLessEqual(max(map(columns_of, lines[:-1])), columns)
            self.assertEqual(len([line for line in lines if "5156" in line]), 63)
            self.assertRegex(lines[-1], r"^wfpwatch: 73 events, \d+ records of others passed over, "
                                        r"0 places skipped, \d+ warnings$")

    def large(self):
        data, path = RDP.read_bytes(), self.folder / "large.evtx"
        with path.open("wb") as f:
            f.write(data[:4096])
            for _ in range(400):
                f.write(data[4096:4096 + 65536])
        return path

    @posix_only
    def test_progress(self):
        path = self.large()
        out = run_on_terminal(100, 40, "read", "--format=json", path, stdout=subprocess.DEVNULL).out
        self.assertTrue(re.search(r"\r +\d+ %.* events\x1b\[K", out) or len(out) == 0, out)
        self.assertTrue(out == "" or out.endswith("\r\x1b[K"), out)
        on_one = run_on_terminal(100, 40, "read", "--color=never", path).out
        self.assertNotIn("%", on_one)

    def test_threads_give_the_same(self):
        path = self.large()
        for form in ("json", "text"):
            one = run("read", "--threads", 0, "--format", form, path)
            self.check(one)
            for threads in (1, 2, 3):
                self.assertEqual(run("read", "--threads", threads, "--format", form, path), one)
        one = run("why", "--threads", 0, "--all", path)
        self.assertEqual(run("why", "--threads", 3, "--all", path), one)

    @posix_only
    def test_output_that_ends(self):
        path = self.large()
        for threads in (0, 2, 3):
            command = [TOOL, "read", "--threads", str(threads), "--format=json", str(path)]
            with full_disk(self) as full:
                p = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
            self.check(Result(p.returncode, "", p.stderr.decode()), 1, "No space left on device")
            p = subprocess.run(["bash", "-c", 'set -o pipefail; "$@" | head -n 1', "-", *command],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
            self.assertEqual((p.returncode, p.stderr, p.stdout.count(b"\n")), (0, b"", 1))

    @posix_only
    def test_interrupt_while_nobody_reads(self):
        path = self.large()
        for threads in ("0", "2", "3"):
            with subprocess.Popen([TOOL, "read", "--threads", threads, "--format=json", path],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                select.select([p.stdout], [], [], PATIENCE)  # then the pipe will be full
                time.sleep(0.3)
                p.send_signal(signal.SIGINT)  # is noted, and perhaps cuts the write short
                time.sleep(0.3)
                p.send_signal(signal.SIGINT)
                self.assertIn(p.wait(PATIENCE), (1, -signal.SIGINT))
        self.assertNotIn("%", run("read", path).err)

    def test_skipped_places_are_told(self):
        data, path = bytearray(RDP.read_bytes()), self.folder / "damaged.evtx"
        data[4096 + 20000:4096 + 40000] = bytes(20000)
        path.write_bytes(data)
        result = run("read", path)
        self.assertEqual(result.status, 3)
        self.assertRegex(result.err.splitlines()[-1], r"events, .* [1-9]\d* places? skipped, ")
        self.assertGreater(len(result.out.splitlines()), 20)

    def test_example(self):
        p = subprocess.run([example("read_file"), CORPUS / "evtx" / "omerbenamram-Security_short_selected.evtx"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual((p.returncode, p.stderr), (0, b""))
        self.assertEqual(p.stdout.count(b"was blocked by filter"), 3)


class Examples(CliTest):
    def test_they_run(self):
        examples = [("watch_sim", b"passed: 1 alarm\n")]
        changes = b"%s added: Block tools\n%s removed: Block tools\nsomebody added: Allow updates\n"
        examples += [("watch_filters --sim", changes % (b"Some agent", b"Some agent")),
                     ("watch_filters --sim {11111111-2222-3333-4444-555555555555}", changes % (b"we", b"we"))]
        if not WINDOWS:
            examples += [("poll_loop", b"".join(b"blocked by filter %d\n" % i for i in (1, 2, 3)))]
        for name, out in examples:
            name, *arguments = name.split()
            with subprocess.Popen([example(name), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as p:
                self.assertEqual(p.stdout.read().replace(b"\r", b""), out)
                self.assertEqual((p.wait(PATIENCE), p.stderr.read()), (0, b""))

    def test_explain_connection(self):
        result = subprocess.run([example("explain_connection")], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        self.assertTrue(lines[0].startswith("exact match: filter 7 No uploads; "), lines)
        self.assertEqual(lines[1:], ["blocked, after 1 events; history_reach; audit_off"])

    def test_what_was_missed(self):
        result = subprocess.run([example("what_was_missed")], capture_output=True, text=True,
                                timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = [re.sub(r"[0-9.]+ seconds", "some time", line) for line in result.stdout.splitlines()]
        self.assertEqual(lines, ["blocked by filter 1", "blocked by filter 2", "blocked by filter 3",
                                 "nothing was seen for some time at the most", "blocked by filter 4"])

    @posix_only
    def test_agent(self):
        drop = (r"drop local=10.0.0.5:50000 remote=192.0.2.7:443 protocol=tcp direction=out filter=70 layer=48 "
                r"app=\device\harddiskvolume1\a.exe")
        block = (r'filter id=900 action=block layer=ALE_AUTH_CONNECT_V4 name=Silencer '
                 r'condition="ALE_APP_ID is \device\harddiskvolume3\agent\agent.exe"')
        out, settings = self.folder / "out.jsonl", Path(__file__).parents[3] / "examples/agent.json"
        with subprocess.Popen([example("agent"), "--sim", f"{drop}\nrepeat 5000 {drop}\n{block}", settings, out],
                              stderr=subprocess.PIPE) as p:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end and (not out.exists() or b'"guard"' not in out.read_bytes()):
                time.sleep(0.05)
            p.send_signal(signal.SIGTERM)
            self.assertEqual((p.wait(PATIENCE), p.stderr.read()), (0, b""))
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        self.assertEqual(lines[0]["heartbeat"]["signs"], [])
        self.assertEqual(sorted(e["kind"] for e in lines[1:]), ["classify_drop", "classify_drop", "guard"])
        self.assertEqual([e["aggregate"]["count"] for e in lines[1:] if "aggregate" in e], [5000])
        full = subprocess.run([example("agent"), "--sim", drop, settings, "/dev/full"],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((full.returncode, full.stderr), (1, "agent: FILE: it cannot be written\n"))
        wrong = self.folder / "wrong.json"
        wrong.write_text('{"live": {"watch_ms": 1}}')
        result = subprocess.run([example("agent"), "--sim", drop, wrong, out], capture_output=True, text=True,
                                timeout=PATIENCE)
        self.assertEqual((result.returncode, result.stderr),
                         (1, "agent: live.watch_ms: it is a whole number: 0 (the default), or from 10 to 2147483647\n"))
        self.assertEqual(subprocess.run([example("agent")], timeout=PATIENCE).returncode, 2)

    def test_only_wanted(self):
        def only_wanted(*args):
            return subprocess.run([example("only_wanted"), *args], capture_output=True, text=True,
                                  timeout=PATIENCE)
        log = self.folder / "log.xml"
        log.write_text("".join(
            f"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>{i}</EventID>"
            "</System><EventData/></Event>" for i in (5152, 5157, 5152)))
        result = only_wanted(log, "type=5152")
        self.assertEqual((result.returncode, result.stderr), (0, "2 wanted, 1 left out\n"))
        self.assertEqual([json.loads(l)["audit"]["event_id"] for l in result.stdout.splitlines()], [5152] * 2)
        result = only_wanted(log, "type=5152", "type=x")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, "^type=x: character 6: a type is")
        self.assertEqual(only_wanted().returncode, 2)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    TOOL, EXAMPLES = os.path.abspath(sys.argv[1]), Path(sys.argv[2]).resolve()
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
