#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch explain' and 'wfpwatch run' from outside, on simulated hosts and with files.

usage: test_explain.py TOOL [unittest's arguments]
"""
import json
import os
import signal
import subprocess
import unittest
from pathlib import Path

import test_cli
from test_cli import run

CORPUS = os.environ.get("WFPW_CORPUS", "")
NC = r'app="\device\harddiskvolume3\tools\nc.exe"'
TO = "protocol=tcp direction=out local=192.0.2.10:50123 remote=203.0.113.66:443 layer=48"
HOST = ("drive C: \\device\\harddiskvolume3\nauditpol connection both\nauditpol packet-drop both\n"
        'filter id=7 layer=48 name="No call home"\nfilter id=8 layer=48 name=Another\n')
LONG_AGO = "drop remote=198.51.100.1:1 filter=7 layer=48\nwait 3600000\n"
BLOCK = f"drop {TO} {NC} filter=7\n"
NETSH = """<?xml version="1.0" encoding="utf-8"?><netEvents><item><header><timeStamp>2026-11-22T20:28:00.000Z</timeStamp>
<flags numItems="6"><item>FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET</item><item>FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET</item>
<item>FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET</item><item>FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET</item>
<item>FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET</item><item>FWPM_NET_EVENT_FLAG_IP_VERSION_SET</item></flags>
<ipVersion>FWP_IP_VERSION_V6</ipVersion><ipProtocol>6</ipProtocol><localAddrV6>fe80::2</localAddrV6>
<remoteAddrV6>2001:db8::1</remoteAddrV6><localPort>50123</localPort><remotePort>443</remotePort></header>
<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><classifyDrop><filterId>7</filterId><layerId>50</layerId>
<reauthReason>0</reauthReason><originalProfile>1</originalProfile><currentProfile>1</currentProfile>
<msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection><isLoopback>false</isLoopback></classifyDrop></item></netEvents>
"""


class Explain(test_cli.CliTest):
    def ask(self, script, *args):
        result = run("explain", *args, "--format", "json", "--sim", self.script(HOST + script))
        self.check(result)
        return json.loads(result.out)

    def test_best_first(self):
        other = f"drop {TO} app=other.exe filter=8\n"
        answer = self.ask(LONG_AGO + other + BLOCK + BLOCK, "203.0.113.66:443", "--app", r"c:\TOOLS\nc.exe",
                          "--protocol", "tcp")
        self.assertEqual(answer["conclusion"], "blocked")
        first, second = answer["rows"]
        self.assertEqual((first["strength"], first["count"], first["event"]["filter"]["id"]), ("exact", 2, 7))
        self.assertEqual(first["agrees"], ["remote", "remote_port", "protocol", "app"])
        self.assertEqual((second["strength"], second["differs"]), ("weak", ["app"]))
        self.assertEqual(answer["unseen"], [])

    def test_text(self):
        result = run("explain", "203.0.113.66:443", "--pid", "5", "--sim", self.script(HOST + LONG_AGO + BLOCK))
        self.check(result)
        for text in ("This explains it, the best match first:", "No call home",
                     "match   likely; agrees: remote address, remote port; not known: process", "2 net events, from"):
            self.assertIn(text, result.out)
        self.assertNotIn("incomplete", result.out)

    def test_nothing(self):
        self.assertEqual(self.ask(LONG_AGO, "203.0.113.66:443")["conclusion"], "nothing")
        answer = self.ask("", "203.0.113.66:443")
        self.assertEqual((answer["conclusion"], answer["unseen"]), ("not covered", ["history_reach"]))
        answer = self.ask("collect off\n", ":443")
        self.assertEqual((answer["conclusion"], answer["unseen"]), ("not covered", ["collection_off"]))
        result = run("explain", "203.0.113.66:443", "--sim", self.script("collect off\n"))
        self.assertIn("not all of it could be seen", result.out)
        self.assertIn("incomplete: collection of net events is off", result.out)

    def test_time(self):
        script = LONG_AGO + BLOCK + "wait 60000\n"
        answer = self.ask(script, "203.0.113.66:443")
        self.assertEqual((answer["conclusion"], answer["outside"]), ("nothing", 1))
        self.assertEqual(self.ask(script, "203.0.113.66:443", "--since", "2m")["conclusion"], "blocked")
        result = run("explain", ":1", "--since", "2d", "--sim", self.script(script))
        self.check(result, 2, "more than a day")
        result = run("explain", ":1", "--since", "2026-01-01T00:00:00Z", "--until", "2025-01-01T00:00:00Z", "--sim",
                     self.script(script))
        self.check(result, 2, "--since is not before")

    def test_files(self):
        dump = self.folder / "netevents.xml"
        dump.write_text(NETSH)
        result = run("explain", "[2001:db8::1]:443", "--format", "json", dump)
        self.check(result)
        answer = json.loads(result.out)
        self.assertEqual((answer["conclusion"], answer["rows"][0]["event"]["filter"]["id"]), ("blocked", 7))
        answer = json.loads(run("explain", "2001:db8::2", "--format", "json", dump).out)
        self.assertEqual((answer["conclusion"], answer["refused"]), ("nothing", 1))
        result = run("explain", "2001:db8::1", self.folder / "missing.xml", dump)
        self.assertEqual(result.status, 1)
        self.assertIn("missing.xml", result.err)
        self.assertIn("This explains it", result.out)

    @unittest.skipUnless(CORPUS, "WFPW_CORPUS names no folder of real files")
    def test_real_files(self):
        dump = Path(CORPUS) / "cases" / "17-norton-smb-netevent" / "netevents-rebuilt.xml"
        result = run("explain", "10.0.0.26", "--local", "10.0.0.8:445", "--app", "System", dump)
        self.check(result)
        self.assertIn("match   exact; agrees: remote address, local address, local port, program", result.out)
        result = run("explain", ":445", dump)  # of the other side
        self.assertIn("Nothing in WFP refused it.", result.out)
        self.assertIn("1 refusal that does not match", result.out)

    def test_built_in_scene(self):
        result = run("explain", "203.0.113.66:443", "--app", "updchk.exe", "--sim")
        self.check(result)
        self.assertIn("Quarantine: updchk.exe", result.out)

    def test_usage(self):
        for args, text in [
            ([], "which connection. REMOTE"),
            (["host:443"], "an address is wanted"),
            (["1.2.3.4", "--local", "x"], "an address or a port"),
            (["1.2.3.4", "--protocol", "x"], "--protocol"),
            (["1.2.3.4", "--direction", "up"], "--direction"),
            (["1.2.3.4", "--windows", "7"], "--windows needs --sim"),
            (["1.2.3.4", "--sim", "a", "b"], "more than one script"),
        ]:
            with self.subTest(args):
                self.check(run("explain", *args), 2, text)
        if os.name == "posix":
            self.check(run("explain", "1.2.3.4"), 1, "ask a simulated Windows with --sim")


class Run(test_cli.CliTest):
    def scene(self, app):
        return self.script(HOST + f'drop {TO} app="\\device\\harddiskvolume3\\bin\\{app}" filter=7\n'
                           + f"drop {TO} {NC} filter=8\n")

    def test_by_program(self):
        result = run("run", "--sim", self.scene("sleep"), "--", "sleep", "0")
        self.assertEqual((result.status, result.out), (0, ""))
        self.assertIn("1 attempt was blocked, dropped or failed of sleep (exit status 0, 1 process)", result.err)
        self.assertIn("Perhaps (of the same program", result.err)
        self.assertIn("No call home", result.err)
        self.assertNotIn("Another", result.err)

    def test_by_process(self):
        record = (r"audit 5157 version=1 ProcessID=$PID Application=\device\harddiskvolume3\x.exe Direction=%%14593 "
                  "SourceAddress=192.0.2.10 SourcePort=50124 DestAddress=203.0.113.67 DestPort=443 Protocol=6 "
                  "FilterRTID=7 LayerName=%%14611 LayerRTID=48\n")
        result = run("run", "--audit", "--format", "json", "--sim", self.script(HOST + record), "true")
        self.assertEqual(result.status, 0, result)
        event, end = map(json.loads, result.err.splitlines())
        self.assertEqual((event["of"], event["event"]["filter"]["id"]), ("process", 7))
        self.assertEqual(event["event"]["process"]["pid"], end["processes"][0]["pid"])
        self.assertEqual((end["of_process"], end["of_program"], end["missing"]), (1, 0, ""))
        other = record.replace("$PID", "4")
        result = run("run", "--audit", "--sim", self.script(HOST + other), "true")
        self.assertIn("nothing was blocked of true", result.err)

    def test_children(self):
        result = run("run", "--sim", self.scene("sleep"), "sh", "-c", "sleep 0.4; exit 3")
        self.assertEqual(result.status, 3)
        self.assertIn("1 attempt was blocked, dropped or failed of sh (exit status 3, 2 processes)", result.err)

    def test_statuses(self):
        scene = self.scene("nobody")
        cases = [(0, ["true"]), (1, ["false"]), (7, ["sh", "-c", "exit 7"]), (255, ["sh", "-c", "exit 255"]),
                 (128 + 9, ["sh", "-c", "kill -9 $$"]), (128 + 15, ["sh", "-c", "kill $$"]),
                 (127, ["no-such-command"]), (127, [str(self.folder / "no")]), (126, [str(self.folder)]),
                 (3, ["--", "sh", "-c", "exit 3", "--help"])]
        results = test_cli.at_once(run, *((("run", "--sim", scene, *command), {}) for _, command in cases))
        for (status, command), result in zip(cases, results):
            with self.subTest(command):
                self.assertEqual(result.status, status, result)
        self.assertEqual(run("run", "--sim", self.folder / "no.txt", "true").status, 125)
        self.assertEqual(run("run", "--sim", scene, "--output", self.folder / "no" / "x", "true").status, 125)
        self.check(run("run"), 2, "a command is missing")
        self.check(run("run", "--sim"), 2, "--sim")
        self.check(run("run", "--observe", "--audit-policy", "true"), 2, "--observe none")

    def test_streams_are_the_commands(self):
        out = self.folder / "why.txt"
        script = self.scene("cat")
        result = subprocess.run([test_cli.TOOL, "run", "--sim", script, "-o", out, "cat"], input=b"text",
                                capture_output=True, timeout=60, check=True)
        self.assertEqual((result.stdout, result.stderr), (b"text", b""))
        self.assertIn("No call home", out.read_text())

    def test_requests_to_end_are_the_commands(self):
        with subprocess.Popen([test_cli.TOOL, "run", "--sim", self.scene("nobody"), "sh", "-c",
                               "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
            self.assertEqual(p.stdout.readline(), b"up\n")
            p.send_signal(signal.SIGTERM)
            self.assertEqual(p.wait(60), 5)
            self.assertIn(b"nothing was blocked of sh (exit status 5", p.stderr.read())

    def test_what_is_missing(self):
        result = run("run", "--observe", "--sim", self.script("collect off\n"), "true")
        self.assertEqual(result.status, 0)
        self.assertIn("nothing is known to have been blocked of true (exit status 0, 1 process); net events are not "
                      "collected", result.err)


if __name__ == "__main__":
    test_cli.main_of_tool(__doc__)
