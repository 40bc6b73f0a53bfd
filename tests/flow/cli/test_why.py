#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch why' from outside: one story after another, and the page of a flood.

usage: test_why.py TOOL NETSHMAKE [unittest's arguments]
"""
import base64
import collections
import hashlib
import html.parser
import json
import os
import random
import subprocess
import sys
import unittest
from xml.sax import saxutils

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
               direction="%%14593", layer=48, source_port=49813, **more):
    return record(event_id, ProcessID=4711, Application=app, Direction=direction, SourceAddress="192.0.2.10",
                  SourcePort=source_port, DestAddress=remote, DestPort=port, Protocol=6, LayerRTID=layer, **more)


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


class HtmlPage(html.parser.HTMLParser):
    """A page's elements, and that each ends where it should."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.texts = [], collections.Counter(), collections.defaultdict(list)
        self.attributes, self.wrong = [], []
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        self.elements[tag] += 1
        self.attributes += [(tag, *attr) for attr in attrs]
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements[tag] += 1
        self.attributes += [(tag, *attr) for attr in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.texts[self.open[-1] if self.open else ""].append(data)


class Html(WhyTest):
    HOSTILE = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onclick='x", "&lt;b&amp;", "]]><!--",
               "</style></title><svg onload=x>", "\u202ereversed", "javascript:x")

    def report(self, *arguments):
        out = self.folder / "report.html"
        self.check(run("why", "--quiet", "--format", "html", "-o", out, *arguments))
        return out.read_text("utf-8")

    def test_words_of_ipsec(self):
        """What a record says in words stands in the place of a code, and cannot steer a terminal."""
        log = self.log(record(4653, LocalAddress="192.0.2.1", RemoteAddress="198.51.100.2", FailurePoint="%%8199",
                              FailureReason="Negotiation timed out \u202e"),
                       record(4652, LocalAddress="192.0.2.1", RemoteAddress="198.51.100.3", FailureReason="-"))
        result = run("why", log)
        self.check(result)
        self.assertIn("  status  Negotiation timed out ", result.out)
        self.assertNotIn("\u202e", result.out)
        self.assertEqual(result.out.count("  status  "), 1)

    def test_codes_of_ipsec(self):
        """Where it failed, by which module, in which role and state: in English whatever the host's language is."""
        log = self.log(record(4653, FailureReason="Zeit", FailurePoint="%%8199", KeyModName="%%8222", Role="%%8205",
                              State="%%8202"),
                       record(4654, FailureReason="Zeit", FailurePoint="%%8200", KeyModName="%%8244", Role="%%8206",
                              State="%%8210"),
                       record(4653, FailureReason="Zeit", FailurePoint="%%8211", KeyModName="Eigenes", Role="%%99999"))
        result = run("why", log)
        self.check(result)
        self.assertIn("  status  Zeit on this host; IKEv1, initiator, sent first payload (SA)\n", result.out)
        self.assertIn("  status  Zeit on the peer; IKEv2, responder, complete\n", result.out)
        self.assertIn("  status  Zeit, %%99999\n", result.out)

    def test_numbers_of_ipsec(self):
        """What the record says in English or by its number is told as that of a net event is."""
        log = self.log(record(4653, LocalAddress="192.0.2.1", RemoteAddress="198.51.100.2", FailureReason="No policy configured",
                              FailurePoint="Remote computer"),
                       record(4961, RemoteAddress="198.51.100.3", SPI="7"),
                       record(4977, LocalAddress="192.0.2.1", RemoteAddress="198.51.100.4", KeyModName="%%8244"))
        result = run("why", log)
        self.check(result)
        self.assertIn("  status  13825: No policy configured on the peer\n", result.out)
        self.assertIn("  status  an inbound packet failed its replay check, SPI 7\n", result.out)
        self.assertIn("  status  an invalid packet came in quick mode\n", result.out)

    def test_everything_inside(self):
        log = self.log(
            connection(FilterRTID=71264, FilterOrigin="{9d1c2a6b-55aa-4a1e-9a37-3b8f2a6d7c11}"),
            connection(5152, remote="198.51.100.9", FilterRTID=9), connection(5156))
        text = self.report(log)
        page = HtmlPage(text)
        self.assertEqual(page.wrong, [])
        self.assertEqual(page.elements["article"], 2)
        self.assertEqual(page.elements["script"], 1)
        for heading in ("When", "Verdicts", "Why", "By which filter", "Which program", "Which address", "One by one",
                        "Files looked at"):
            self.assertIn(heading, page.texts["h2"])
        self.assertIn("A rule of the Windows Firewall decided.", page.texts["dd"])
        self.assertIn("certain, by the origin in the record", page.texts["dd"])
        self.assertIn(hashlib.sha256(log.read_bytes()).hexdigest(), page.texts["code"])
        script = "".join(page.texts["script"]).encode()
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        self.assertIn(f"script-src 'sha256-{digest}'", text)

    @unittest.skipUnless(hasattr(os, "mkfifo"), "a pipe with a name holds the reader back")
    def test_input_that_changes(self):
        log, other, pipe = self.log(connection()), self.folder / "other.xml", self.folder / "pipe"
        other.write_bytes(log.read_bytes())
        os.mkfifo(pipe)
        out = self.folder / "report.html"
        before = hashlib.sha256(log.read_bytes()).hexdigest()
        with subprocess.Popen([test_cli.TOOL, "why", "--quiet", "--format", "html", "-o", out, log, other, pipe]) as tool:
            with open(pipe, "wb") as events:  # waits until the tool has opened it, and so has hashed the others
                log.write_bytes(log.read_bytes() + b"\n")
                events.write(other.read_bytes())
            self.assertEqual(tool.wait(60), 0)
        text = out.read_text("utf-8")
        self.assertEqual(text.count("changed while it was read"), 1)
        self.assertIn(before + "</code> (the file changed", text)

    def test_nothing_from_elsewhere(self):
        page = HtmlPage(self.report(self.log(connection())))
        self.assertEqual({name for _, name, _ in page.attributes} & {"src", "href", "action", "style", "onload"}, set())
        self.assertIn(("meta", "content", next(v for t, n, v in page.attributes if n == "content" and "default-src" in v)),
                      page.attributes)
        self.assertNotRegex("".join(page.texts["style"]), r"url\(|@import")

    def test_hostile_names(self):
        quoted = [saxutils.escape(text, {'"': "&quot;"}) for text in self.HOSTILE]
        log = self.log(*[connection(app=text, FilterOrigin=text, FilterRTID=i + 1) for i, text in enumerate(quoted)])
        text = self.report(log)
        page = HtmlPage(text)
        self.assertEqual(page.wrong, [])
        self.assertEqual(page.elements["script"], 1)
        self.assertEqual(page.elements["img"], 0)
        self.assertEqual([name for _, name, _ in page.attributes if name.startswith("on")], [])
        self.assertEqual(page.elements["article"], len(self.HOSTILE))
        told = "\n".join(page.texts["dd"])
        for text in self.HOSTILE:
            self.assertIn(text.replace("\u202e", "\ufffd"), told)

    def test_nothing_to_tell(self):
        page = HtmlPage(self.report(self.log(connection(5156))))
        self.assertIn("Nothing was blocked, dropped or failed.", page.texts["p"])
        self.assertEqual(page.wrong, [])

    def test_standard_output_and_failures(self):
        log = self.log(connection())
        result = run("why", "--format", "html", log)
        self.check(result)
        self.assertTrue(result.out.startswith("<!DOCTYPE html>"))
        self.check(run("why", "-o", self.folder / "x.html", log), 2, "--output is for --format html")
        missing = self.folder / "no folder" / "x.html"
        self.check(run("why", "--format", "html", "-o", missing, log), 1, "x.html: ")


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
        self.assertIn("  filter  66002 Rule number 66002 of the firewall (uncertain), of Windows Firewall, at ALE",
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


NOTICES = [
    (record(4719, CategoryId="%%8274", SubcategoryId="%%12810", AuditPolicyChanges="%%8450", SubjectUserName="alice",
            SubjectDomainName="LAB"),
     "Auditing of Filtering Platform Connection (Object Access) was turned off (failure) by LAB\\alice"),
    (record(4719, SubcategoryId="%%12809", AuditPolicyChanges="%%8449, %%8451", ClientProcessId=4242),
     "Auditing of Filtering Platform Packet Drop was turned on (success, failure), process 4242"),
    (record(4719, SubcategoryId="%%13573", AuditPolicyChanges="%%8448, %%8451"),
     "Auditing of Other Policy Change Events was turned off (success) and on (failure)"),
    (record(4719, SubcategoryId="%%13999", AuditPolicyChanges="%%8453, %%9999"),
     "Auditing of %%13999 was changed: success include added, %%9999"),
    (record(4719, SubcategoryGuid="{0cce9226-69ae-11d9-bed3-505054503030}"),
     "Auditing of {0cce9226-69ae-11d9-bed3-505054503030} was changed"),
    (record(4950, ProfileChanged="Public", SettingType="Enable Windows Firewall", SettingValue="No"),
     "The firewall's setting 'Enable Windows Firewall' is now 'No' in the profile Public"),
    (record(5447, ProcessId=7, UserSid="S-1-5-18", UserName="LAB\\alice", ChangeType="%%16384", FilterName="F",
            FilterId=9, LayerName="L", Action="%%16389", ProviderName="P"),
     "filter 9 'F' was added: block at L of P, by process 7 of LAB\\alice"),
    (record(5450, ChangeType="%%16385", SubLayerName="S"), "sublayer 'S' was deleted"),
    (record(5049, IpSecSecurityAssociationName="A"), "a security association of IPsec was deleted: 'A'"),
    (record(5049), "a security association of IPsec was deleted"),
    (record(5442, ProviderName="P"), "provider 'P' was there at the start"),
    (record(5148, Type="x"), "a flood of packets began: x"),
    (record(5149, Type="x", PacketsDiscarded=5), "a flood of packets has ended: x, packets discarded: 5"),
    (record(4719, What="%%1842"), "What=yes"),
]


class Notices(WhyTest):
    def test_sentences(self):
        for text, sentence in NOTICES:
            out = run("why", "--all", self.log(text)).out
            self.assertIn(f"  what    {sentence}\n", out)


STATE = """<?xml version="1.0" encoding="UTF-8"?><wfpstate><timeStamp>2026-01-08T16:50:48.000Z</timeStamp><layers><item>
<layer><layerKey>FWPM_LAYER_ALE_AUTH_CONNECT_V4</layerKey><displayData><name>ALE Connect v4 Layer</name></displayData>
<flags/><layerId>48</layerId></layer><callouts numItems="1"><item><calloutKey>{{00000000-0000-4000-8000-00000000ca11}}
</calloutKey><displayData><name>Gone</name></displayData>{flags}<applicableLayer>FWPM_LAYER_ALE_AUTH_CONNECT_V4
</applicableLayer><calloutId>300</calloutId></item></callouts><filters numItems="1"><item>
<filterKey>{{00000000-0000-4000-8000-0000000f1178}}</filterKey><displayData><name>F</name></displayData>{permit}
<layerKey>FWPM_LAYER_ALE_AUTH_CONNECT_V4</layerKey><subLayerKey>FWPM_SUBLAYER_UNIVERSAL</subLayerKey><action>
<type>FWP_ACTION_CALLOUT_TERMINATING</type><filterType>{{00000000-0000-4000-8000-00000000ca11}}</filterType></action>
<filterId>70000</filterId></item></filters></item></layers></wfpstate>"""


class Names(WhyTest):
    def test_callout_that_nobody_registered(self):
        registered = '<flags numItems="1"><item>FWPM_CALLOUT_FLAG_REGISTERED</item></flags>'
        permit = '<flags numItems="1"><item>FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED</item></flags>'
        log, dump = self.log(connection(FilterRTID=70000)), self.folder / "wfpstate.xml"
        for callout, filter_, reason in [("<flags/>", "<flags/>", "callout_missing"), (registered, "<flags/>", "callout"),
                                         ("<flags/>", permit, "callout")]:
            dump.write_text(STATE.format(flags=callout, permit=filter_), encoding="utf-8")
            self.assertIn(f"blocked: {reason}\n", run("why", "--names", dump, log).out)

    def test_of_another_host(self):
        """They do not make the answer worse, and it is said once that they do not fit."""
        log = self.log(*[connection(direction="%%14592", layer=44, FilterRTID=4000000000 + i) for i in range(3)])
        dump = self.folder / "filters.xml"
        subprocess.run([NETSHMAKE, "plain", "3", "1", dump], check=True)
        alone, named = run("why", log), run("why", "--names", dump, log)
        self.assertEqual(named.err, "wfpwatch: warning: the names do not fit: they lack the filter of 3 of 3 events, so "
                         "they are of another host or time\n")
        self.assertEqual([line for line in named.out.splitlines() if "  why " in line or "blocked" in line],
                         [line for line in alone.out.splitlines() if "  why " in line or "blocked" in line])
        self.assertIn("names that were given lack the filter", named.out)
        self.assertNotIn("--names", named.out)


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
        page = self.page(self.log(*[connection(app=app, port=port, source_port=i) for i, (app, port) in enumerate(picks)]), "--top", 1024)
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
        path = self.log(*[connection(remote=address, source_port=i) for i, address in enumerate(picks)])
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

    def test_attempts(self):
        """TCP tries five times in 15 s, one decision is two records, and after 30 s it is another attempt."""
        def at(second, event_id=5157, **more):
            return connection(event_id, FilterRTID=70000, **more).replace("16:50:48.", f"16:5{second // 60}:{second % 60:02}.")
        tries = [at(s) for s in (0, 1, 3, 7, 15)] + [at(15, 5152), at(16, source_port=50000), at(31), at(33)]
        listeners = [record(5031, f"2026-01-08T16:59:0{i}Z", Profiles="Domain", Application="C:\\a.exe") for i in range(4)]
        log = self.log(*tries, *listeners)
        page = self.page(log)
        self.assertEqual((page["refused"], page["attempts"]), (13, 4))
        self.assertEqual(page["reasons"], {"unknown": 3, "query_user": 1})
        self.assertEqual(page["filters"], [{"text": "70000", "count": 3, "too_high": 0}])
        self.assertEqual(sum(page["timeline"]["counts"]), 4)
        self.assertIn("4 attempts were refused, reported by 13 records", run("why", "--summary", log).out)
        told = run("why", log).out
        self.assertEqual(told.count("blocked: "), 3)
        self.assertIn("  seen    2 times, reported by 8 records, ", told)
        self.assertTrue(told.endswith("\n4 attempts, reported by 13 records\n"), told)
        self.assertEqual(run("why", "--format", "json", log).out.count("\n"), 13)

    def test_attempts_in_a_table(self):
        """Of the events of one attempt the first; JSON has all, and says which is which."""
        tries = [connection(5157, FilterRTID=70000).replace("16:50:48.", f"16:50:{s:02}.") for s in (0, 1, 3, 31)]
        log = self.log(*tries)
        self.assertEqual(run("read", log).out.count("16:50:"), 4)
        self.assertEqual(run("read", "--attempts", log).out.count("16:50:"), 2)
        told = [json.loads(line)["attempt"] for line in run("read", "--attempts", "--json", log).out.splitlines()]
        self.assertEqual(told, [{"first": 1, "event": 1}, {"first": 1, "event": 2}, {"first": 1, "event": 3},
                                {"first": 4, "event": 1}])
        self.assertNotIn("attempt", json.loads(run("read", "--json", log).out.splitlines()[0]))

    def test_more_attempts_than_room(self):
        """Then some are counted again, but none is left out."""
        many = [connection(remote=f"10.9.{i >> 8}.{i & 255}") for i in range(9000)]
        page = self.page(self.log(*many, *many))
        self.assertEqual(page["refused"], 18000)
        self.assertTrue(9000 <= page["attempts"] <= 18000, page["attempts"])

    def test_empty(self):
        log = self.log()
        self.assertEqual(self.page(log)["events"], 0)
        self.assertEqual(run("why", "--summary", log).out, "0 events\n")

    def test_corpus(self):
        if not CORPUS.is_dir():
            self.skipTest("no corpus")
        page = self.page(CORPUS / "evtx" / "omerbenamram-Security_short_selected.evtx")
        self.assertEqual(page["reasons"], {"stealth": 1, "default_inbound": 1})  # 5152 and 5157 of one packet
        self.assertEqual((page["refused"], page["attempts"]), (3, 2))
        self.assertEqual(page["verdicts"], {"block": 2, "drop": 1})


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    test_cli.TOOL, NETSHMAKE = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
