#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch why' from outside: one story after another, and the page of a flood.

usage: test_why.py TOOL NETSHMAKE [unittest's arguments]
"""
import collections
import json
import random
import subprocess
import sys
import unittest

import test_cli
from test_cli import CORPUS, ESCAPE, CliTest, columns_of, run, run_on_terminal

NETSHMAKE = ""
DATA = '<Data Name="{}">{}</Data>'
COUNTERS = 1024
HOSTILE = "a\u202eb\u009b31mc\u2066\"\\"


def record(event_id, time="2026-01-08T16:50:48.0000000Z", **fields):
    data = "".join(DATA.format(name, value) for name, value in fields.items())
    return (f'<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{event_id}</EventID>'
            f'<TimeCreated SystemTime="{time}"/></System><EventData>{data}</EventData></Event>')


def connection(event_id=5157, app="\\device\\harddiskvolume2\\x\\updchk.exe", remote="203.0.113.66", port=443,
               direction="%%14593", layer=48, **more):
    return record(event_id, ProcessID=4711, Application=app, Direction=direction, SourceAddress="192.0.2.10",
                  SourcePort=49813, DestAddress=remote, DestPort=port, Protocol=6, LayerRTID=layer, **more)


STORY = """\
2026-01-08 16:50:48.000 UTC  blocked: rule
  who     \\device\\harddiskvolume2\\x\\updchk.exe, process 4711
  what    outbound tcp connection from 192.0.2.10:49813 to 203.0.113.66:443
  filter  71264, at ALE Connect v4 Layer
  rule    {9d1c2a6b-55aa-4a1e-9a37-3b8f2a6d7c11}
  why     A rule of the Windows Firewall decided.
  sure    certain, by the origin in the record
  to do   Look the rule up by its id (Get-NetFirewallRule -Name ID) and change it there, or in the Group Policy that it \
comes from.

2026-01-08 16:50:49.000 UTC  dropped: stealth
  who     not known: the packet belongs to no process
  what    inbound tcp packet from 198.51.100.7:40000 to 192.0.2.10:23
  filter  67607, at Inbound Transport v4 Discard Layer
  why     Stealth mode: nothing listens on the port, so the packet, or the answer that would tell so, was dropped in \
silence.
  sure    likely, by the layer
  to do   Nothing was blocked that would have worked. If somebody should listen there, find out why the program does not.

"""

PAGE = """\
5 events: 3 blocked, 1 dropped, 1 allowed
2026-01-08 16:50:48.000 to 2026-01-08 16:50:52.000 UTC

  █         █         █                   █  0.1 s a column
  from 2026-01-08 16:50:48.000 to 2026-01-08 16:50:52.000: what was refused

Why
         2  unknown               What is known of the event does not tell why.
         1  rule                  A rule of the Windows Firewall decided.
         1  stealth               Stealth mode: nothing listens on the port, so the packet, or the answer that would \
tell so, was dropped in silence.

By which filter
         2  70000
         1  67607
            and 1 other

Of which application
         3  \\device\\harddiskvolume2\\x\\updchk.exe

To or from which address
         2  203.0.113.66
         1  198.51.100.7 -> 198.51.100.8
            and 1 other

On which port
         2  tcp 443 outbound
         1  tcp 41000 inbound
            and 1 other
"""


class WhyTest(CliTest):
    def log(self, *records):
        path = self.folder / "log.xml"
        path.write_text("<Events>" + "".join(records) + "</Events>", encoding="utf-8")
        return path

    def page(self, path, *options):
        result = run("why", "--summary", "--format", "json", *options, path)
        self.check(result)
        return json.loads(result.out)


class Story(WhyTest):
    def test_golden(self):
        log = self.log(
            connection(FilterRTID=71264, FilterOrigin="{9d1c2a6b-55aa-4a1e-9a37-3b8f2a6d7c11}"),
            connection(5156), record(5447, FilterId=7),
            record(5152, "2026-01-08T16:50:49Z", ProcessId=0, Application="-", Direction="%%14592",
                   SourceAddress="198.51.100.7", SourcePort=40000, DestAddress="192.0.2.10", DestPort=23, Protocol=6,
                   FilterRTID=67607, LayerRTID=13))
        result = run("why", log)
        self.check(result)
        self.assertEqual(result.out, STORY)

    def test_all(self):
        log = self.log(connection(5156), connection(5157), record(4719, CategoryId=1))
        self.assertEqual(run("why", log).out.count(" UTC  "), 1)
        out = run("why", "--all", log).out
        for words in ("allowed: unknown", "blocked: unknown", "note: audit_policy", "CategoryId=1"):
            self.assertIn(words, out)

    def test_named(self):
        dump = self.folder / "dump.xml"
        subprocess.run([NETSHMAKE, "plain", "3", "1", dump], check=True)
        result = run("why", "--names", dump, self.log(connection(5157, layer=44, FilterRTID=66002)))
        self.assertIn("  filter  66002 Rule number 66002 of the firewall (uncertain), of FWPM_PROVIDER_MPSSVC_WF, at ALE",
                      result.out)

    def test_failures_of_ike(self):
        result = run("watch", "--sim", self.script("ike_mm_failure error=13801 point=2\n"), "--count", 1,
                     "--format", "json")
        event = json.loads(result.out)
        self.assertEqual((event["verdict"], event["reason"], event["evidence"]), ("failure", "ike", ["kind", "status"]))
        self.assertIn("ERROR_IPSEC_IKE_AUTH_FAIL", event["ike"]["text"])

    def test_json(self):
        log = self.log(connection(5157, FilterOrigin="Default Outbound"), connection(5156))
        result = run("why", "--format", "json", log)
        self.check(result)
        [event] = map(json.loads, result.out.splitlines())
        self.assertEqual(event["reason"], "default_outbound")
        self.assertTrue(event["why"].endswith(".") and event["remedy"].endswith("."))
        self.assertEqual(event["audit"]["event_id"], 5157)

    def test_nothing_blocked(self):
        self.check(run("why", self.log(connection(5156))), err="nothing was blocked.* in 1 event; 0 records of others passed over")

    def test_hostile_text(self):
        log = self.log(connection(app=HOSTILE, FilterOrigin=HOSTILE, FilterRTID=5))
        for options in ([], ["--summary"]):
            out = run("why", *options, log).out
            for c in "\u202e\u009b\u2066":
                self.assertNotIn(c, out)
        self.assertEqual(len(self.page(log)["apps"]), 1)

    def test_width(self):
        log = self.log(connection(5157, app="\\device\\" + 30 * "word " + 100 * "x", FilterOrigin="Stealth"))
        for columns in (60, 80, 200):
            result = run_on_terminal(columns, 40, "why", "--color", "always", log)
            lines = ESCAPE.sub("", result.out).splitlines()
            self.assertTrue(all(columns_of(line) <= columns or "x" * 100 in line for line in lines), lines)
        joined = " ".join(" ".join(lines).split())
        self.assertIn("was dropped in silence.", joined)

    def test_wrong_usage(self):
        for words in (["why"], ["why", "--top", "0", "x"], ["why", "--top", "1025", "x"], ["why", "--format", "csv", "x"],
                      ["why", "--nosuch", "x"]):
            self.assertEqual(run(*words).status, 2)
        self.assertIn("--summary", run("why", "--help").out)
        self.check(run("why", self.folder / "nosuch"), 1, "nosuch")


class Page(WhyTest):
    def test_golden(self):
        log = self.log(
            connection(FilterRTID=71264, FilterOrigin="{9d1c}"),
            connection(FilterRTID=70000).replace("48.0000000Z", "49.0000000Z"),
            connection(FilterRTID=70000, remote="203.0.113.9", port=80).replace("48.0000000Z", "50.0000000Z"),
            connection(5156).replace("48.0000000Z", "51.0000000Z"),
            record(5152, "2026-01-08T16:50:52Z", ProcessId=0, Direction="%%14592", SourceAddress="198.51.100.7",
                   SourcePort=40000, DestAddress="198.51.100.8", DestPort=41000, Protocol=6, FilterRTID=67607, LayerRTID=13))
        result = run("why", "--summary", "--top", 2, log)
        self.check(result)
        self.assertEqual(result.out, PAGE)

    def test_width(self):
        log = self.log(connection(app="\\device\\" + 300 * "x", FilterOrigin="Stealth"))
        for columns in (60, 100):
            lines = run_on_terminal(columns, 40, "why", "--summary", log).out.splitlines()
            self.assertTrue(all(columns_of(line) <= columns for line in lines[5:]), lines)

    def test_counts(self):
        rng = random.Random(5)
        picks = [(f"app{min(int(rng.expovariate(0.3)), 20)}", rng.choice([80, 443, 53])) for _ in range(3000)]
        page = self.page(self.log(*[connection(app=app, port=port) for app, port in picks]), "--top", 1024)
        self.assertEqual(page["events"], 3000)
        self.assertEqual(page["reasons"], {"unknown": 3000})
        wanted = collections.Counter(app for app, _ in picks)
        self.assertEqual({e["text"]: e["count"] for e in page["apps"]}, dict(wanted))
        self.assertEqual([e["count"] for e in page["apps"]], sorted(wanted.values(), reverse=True))
        self.assertTrue(all(e["too_high"] == 0 for e in page["apps"]))
        ports = collections.Counter(f"tcp {port} outbound" for _, port in picks)
        self.assertEqual({e["text"]: e["count"] for e in page["ports"]}, dict(ports))

    def test_flood_of_different_things(self):
        """More addresses than counters: none too low, none higher than its error says, no heavy one lost."""
        rng = random.Random(6)
        names = [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(6000)]
        picks = [rng.choice(names) if rng.random() < 0.6 else f"203.0.113.{rng.randrange(1, 9)}" for _ in range(12000)]
        wanted = collections.Counter(picks)
        path = self.log(*[connection(remote=address) for address in picks])
        page = self.page(path, "--top", COUNTERS)
        self.assertEqual(len(page["remotes"]), COUNTERS)
        for entry in page["remotes"]:
            true = wanted[entry["text"]]
            self.assertTrue(true <= entry["count"] <= true + entry["too_high"], entry)
            self.assertLessEqual(entry["too_high"], len(picks) / COUNTERS)
        self.assertEqual(sum(e["count"] for e in page["remotes"]), len(picks))
        found = {e["text"] for e in page["remotes"]}
        self.assertLessEqual({a for a, n in wanted.items() if n > len(picks) / COUNTERS}, found)
        self.assertIn("too high)", run("why", "--summary", path).out)

    def test_times_in_any_order(self):
        rng = random.Random(7)
        for spread in (1, 30, 5000, 40000000):
            seconds = [rng.randrange(spread) for _ in range(300)]
            stamps = [f"{1990 + s // 31104000 % 30:04}-{s // 2592000 % 12 + 1:02}-{s // 86400 % 28 + 1:02}T"
                      f"{s // 3600 % 24:02}:{s // 60 % 60:02}:{s % 60:02}Z" for s in seconds]
            page = self.page(self.log(*[record(5157, stamp) for stamp in stamps]))
            line = page["timeline"]
            self.assertEqual(sum(line["counts"]), 300)
            self.assertLessEqual(len(line["counts"]), 60)
            self.assertGreater(line["counts"][0], 0)
            self.assertGreater(line["counts"][-1], 0)
            self.assertEqual(line["from"][:19], min(stamps)[:19])
            self.assertEqual(line["to"][:19], max(stamps)[:19])

    def test_empty(self):
        log = self.log()
        self.assertEqual(self.page(log)["events"], 0)
        self.assertEqual(run("why", "--summary", log).out, "0 events\n")

    def test_corpus(self):
        if not CORPUS.is_dir():
            self.skipTest("no corpus")
        page = self.page(CORPUS / "evtx" / "omerbenamram-Security_short_selected.evtx")
        self.assertEqual(page["reasons"], {"stealth": 1, "default_inbound": 2})
        self.assertEqual(page["verdicts"], {"block": 2, "drop": 1})


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    test_cli.TOOL, NETSHMAKE = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
