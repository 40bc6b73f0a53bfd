#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What people hand to the tool: pasted text, packed files, folders; and what is said when nothing comes of it.

usage: test_input.py TOOL [unittest's arguments]
"""
import gzip
import html
import json
import os
import sys
import unittest
from pathlib import Path

import test_cli
from test_cli import CORPUS, RDP, WINDOWS, CliTest, posix_only, run

CASES = Path(os.environ.get("WFPW_CORPUS") or "no corpus was named") / "cases"
APP = "\\device\\harddiskvolume2\\tools\\nc.exe"


def event(number=1, event_id=5157, provider="Microsoft-Windows-Security-Auditing", computer="host01",
          time="2026-01-02T03:04:05.5000000Z", app=APP, port=443):
    data = {"ProcessID": 820, "Application": app, "Direction": "%%14593", "SourceAddress": "192.0.2.1",
            "SourcePort": 50000, "DestAddress": "203.0.113.7", "DestPort": port, "Protocol": 6, "FilterRTID": 7,
            "LayerRTID": 48}
    fields = "".join(f'<Data Name="{k}">{v}</Data>' for k, v in data.items())
    return ('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
            f'<Provider Name="{provider}" Guid=""/><EventID>{event_id}</EventID><Version>1</Version>'
            f'<TimeCreated SystemTime="{time}"/><EventRecordID>{number}</EventRecordID><Computer>{computer}</Computer>'
            f"</System><EventData>{fields}</EventData></Event>")


TEXT = ("Log Name:      Security\r\nDescription:\r\nThe Windows Filtering Platform has blocked a connection.\r\n"
        "\tProcess ID:\t\t820\r\nEvent Xml:\r\n")


class InputTest(CliTest):
    def path(self, content, name="log.txt"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def read(self, *args):
        result = run("read", "--json", *args)
        return result, [json.loads(line) for line in result.out.splitlines()]


def net_event(time="2026-01-02T03:04:05.4000000Z"):
    """What netsh writes of the event that `event` is the record of."""
    app = (APP + "\0").encode("utf-16-le").hex()
    flags = "".join(f"<item>FWPM_NET_EVENT_FLAG_{name}_SET</item>" for name in (
        "IP_VERSION", "IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID"))
    return ('<netEvents numItems="1"><item><header>'
            f'<timeStamp>{time}</timeStamp><flags numItems="7">{flags}</flags><ipVersion>FWP_IP_VERSION_V4</ipVersion>'
            "<ipProtocol>6</ipProtocol><localAddrV4>192.0.2.1</localAddrV4><remoteAddrV4>203.0.113.7</remoteAddrV4>"
            f"<localPort>50000</localPort><remotePort>443</remotePort><appId><data>{app}</data></appId></header>"
            "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><classifyDrop><filterId>7</filterId><layerId>48</layerId>"
            "<msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection><isLoopback>false</isLoopback></classifyDrop></item>"
            "</netEvents>")


class Joined(InputTest):
    """A log and a dump of the same hours: what both tell of is one event."""

    def files(self, folder="."):
        return [self.path(f"<Events>{event()}{event(2, time='2026-01-02T04:00:00Z')}</Events>", f"{folder}/log.xml"),
                self.path(net_event(), f"{folder}/netevents.xml")]

    def test_either_order(self):
        log, dump = self.files()
        for paths in ((log, dump), (dump, log)):
            result, events = self.read(*paths)
            self.assertEqual(result.status, 0)
            self.assertEqual([(e["kind"], e.get("merged"), e["process"]["pid"]) for e in events],
                             [("classify_drop", True, 820), ("audit", None, 820)])

    def test_folder(self):
        self.files("of host01")
        self.path("no log", "of host01/readme.txt")
        result, events = self.read(self.folder / "of host01")
        self.assertEqual((result.status, len(events)), (0, 2))

    def test_table(self):
        """A joined event is of its net event's kind, and has the record's process ID."""
        row = run("read", *self.files()).out.splitlines()[1]
        self.assertIn("classify_drop", row)
        self.assertIn(" 820 ", row)

    def test_failures(self):
        """One of them that cannot be read is named, and the others are read."""
        missing = self.folder / "missing.xml"
        result, events = self.read(*self.files(), missing)
        self.assertEqual((result.status, len(events)), (1, 2))
        self.assertIn(str(missing), result.err)
        cut = self.path(gzip.compress(net_event().encode() * 50)[:-40], "cut.xml.gz")
        result, events = self.read(*self.files(), cut)
        self.assertEqual(result.status, 1)
        self.assertIn(str(cut), result.err)
        self.assertGreater(len(events), 2)

    def test_many(self):
        """So many are not open at once: each is read for itself."""
        log, dump = self.files()
        result, events = self.read(log, dump, *[self.path("<Events></Events>", f"{i}.xml") for i in range(7)])
        self.assertEqual((result.status, len(events)), (0, 3))


class Pasted(InputTest):
    SHAPES = {  # name: (content, events)
        "the details as text": (TEXT + event(), 1),
        "another code page": (TEXT.replace("blocked", "geblockt \xfc").encode("cp1252") + event().encode(), 1),
        "one after another": (TEXT + event(1) + "\r\n\r\n" + TEXT + event(2) + "\n" + event(3), 3),
        "the XML view": ("- " + event().replace("<System>", "\r\n- <System>").replace("<EventData>", "\r\n- <EventData>"), 1),
        "syslog": ("".join(f"<13>Jan  2 03:04:05 host01 WinEvt: {event(i)}\n" for i in (1, 2)), 2),
        "a mail's quotes": ("> see this & tell me:\n> " + event() + "\n> bye", 1),
        "a console": ("\ufeffPS C:\\> wevtutil qe Security\n<?xml version='1.0'?>\n<Events>" + event() + "</Events>\n", 1),
        "numbered lines": ("  1\t" + event().replace("><", ">\n  2\t<"), 1),
        "a table": ('_time,_raw\r\n"x","' + event(1).replace('"', '""') + '"\r\n"y","' + event(2).replace('"', '""') + '"\r\n', 2),
        "JSON": ("".join(json.dumps({"t": 1, "m": event(i)}) + "\n" for i in (1, 2)), 2),
        "JSON, single quotes": (json.dumps([{"m": event().replace('"', "'")}]), 1),
        "JSON, careful": (json.dumps({"m": event()}).replace("<", "\\u003c").replace(">", "\\u003E"), 1),
        "a string": (json.dumps(event())[1:-1], 1),
        "HTML": ("<html><body><pre>" + html.escape(event()) + "</pre>", 1),
        "HTML in text": ("a &amp; b " + html.escape(event()), 1),
        "HTML in JSON": (json.dumps({"m": html.escape(event())}), 1),
        "UTF-16": ((TEXT + event()).encode("utf-16"), 1),
        "UTF-16 without a mark": ((TEXT + event()).encode("utf-16-le"), 1),
        "far behind": ("nothing of use\n" * 40000 + event(), 1),
    }

    def test_shapes(self):
        _, [wanted] = self.read(self.path(event()))
        for name, (content, count) in self.SHAPES.items():
            with self.subTest(name):
                result, events = self.read(self.path(content))
                self.assertEqual(len(events), count, result)
                for e in events:
                    self.assertEqual({k: e[k] for k in ("time", "app", "remote", "process", "filter") if k in e},
                                     {k: wanted[k] for k in ("time", "app", "remote", "process", "filter") if k in wanted})
                self.assertIn(result.status, (0, 3))

    def test_what_stands_before_is_a_counted_skip(self):
        result = run("read", self.path(TEXT + event()))
        self.assertEqual(result.status, 3)
        self.assertIn("text in front of the first event is passed over (log.txt, offset 0)", result.err)
        self.assertIn("1 event, 0 records of others passed over, 1 place skipped", result.err)

    def test_plain_files_are_not_touched(self):
        quoted = event(app="\\device\\a&amp;lt;b\\&quot;&quot;c\\u0041.exe")
        result, [e] = self.read(self.path("<Events>" + quoted + "</Events>"))
        self.check(result)
        self.assertEqual(e["app"]["device_path"], '\\device\\a&lt;b\\""c\\u0041.exe')

    def test_text_without_events(self):
        for content in ("nothing here\n" * 10, "a < b\n", json.dumps({"a": "<Evening/>"})):
            self.check(run("read", self.path(content)), 1, "(not a format|no form that is known).*; give")

    @unittest.skipIf(not CASES.is_dir(), "no cases")
    def test_cases(self):
        one = {"audit"}
        for name, count in (("14-eventviewer-copy-details/copy-details.txt", 1),
                            ("15-winlogbeat-splunk-shapes/csv-quoted.txt", 1),
                            ("15-winlogbeat-splunk-shapes/syslog-prefixed.txt", 1),
                            ("15-winlogbeat-splunk-shapes/winlogbeat.ndjson", 1),
                            ("15-winlogbeat-splunk-shapes/splunk-xmlwineventlog.txt", 2)):
            result, events = self.read(CASES / name)
            self.assertEqual(len(events), count, result)
            self.assertEqual({e["kind"] for e in events}, one)
        self.assertEqual(events[0]["app"]["device_path"].count("\\\\"), 0)


class Packed(InputTest):
    def test_gzip(self):
        plain = run("read", RDP)
        packed = self.path(gzip.compress(RDP.read_bytes()), "log.evtx.gz")
        self.assertEqual(run("read", packed), plain)
        with packed.open("rb") as pipe:
            self.assertEqual(run("read", "-", stdin=pipe), plain)

    def test_several_members_and_what_follows(self):
        content = gzip.compress(event(1).encode()) + gzip.compress(b"") + gzip.compress(event(2).encode()) + bytes(512)
        result, events = self.read(self.path(content))
        self.check(result)
        self.assertEqual([e["audit"]["record_id"] for e in events], [1, 2])

    def test_pasted_text_in_gzip(self):
        result, events = self.read(self.path(gzip.compress(self_shape("a table"))))
        self.assertEqual((result.status, len(events)), (3, 2))

    def test_truncated(self):
        whole = gzip.compress(RDP.read_bytes())
        _, all_events = self.read(RDP)
        result, events = self.read(self.path(whole[:len(whole) * 3 // 4], "cut.gz"))
        self.assertEqual(result.status, 1)
        self.assertIn("cut.gz: read: the gzip data end before they are complete", result.err)
        self.assertTrue(0 < len(events) < len(all_events))
        self.assertEqual([e["audit"] for e in events], [e["audit"] for e in all_events[:len(events)]])

    def test_damaged(self):
        whole = bytearray(gzip.compress(RDP.read_bytes()))
        whole[len(whole) // 2:len(whole) // 2 + 64] = b"\xff" * 64
        result, events = self.read(self.path(bytes(whole)))
        self.assertEqual(result.status, 1)
        self.assertIn("the gzip data are damaged here", result.err)
        self.assertGreater(len(events), 0)

    def test_a_bomb_needs_no_memory(self):
        result = run("read", self.path(gzip.compress(b"<Events>" + b" " * (64 << 20) + event().encode())))
        self.assertEqual(result.out.count("\n"), 2)

    def test_archives(self):
        for start, says in ((b"MSCF" + bytes(60), r"'expand -F:\* wfpdiag.cab \.', then read wfpdiag.xml$"),
                            (b"PK\3\4" + bytes(60), "a ZIP archive: unpack it"),
                            (b"7z\xbc\xaf\x27\x1c" + bytes(60), "a 7z archive")):
            path = self.path(start, "a")
            for command in ("read", "why", "names"):
                self.check(run(command, path), 1, says)


def self_shape(name):
    return Pasted.SHAPES[name][0].encode()


class Folders(InputTest):
    def fill(self):
        self.path(event(3), "logs/c.xml")
        self.path(event(1), "logs/a.xml")
        self.path("no log", "logs/readme.txt")
        self.path(event(2), "logs/b/deep.xml")
        return self.folder / "logs"

    def test_every_log_sorted(self):
        folder = self.fill()
        result, events = self.read(folder)
        self.check(result, err="1 file passed over that hold")
        self.assertEqual([(e["audit"]["record_id"], Path(e["file"]).name) for e in events],
                         [(1, "a.xml"), (3, "c.xml"), (2, "deep.xml")])
        self.assertEqual(events[0]["file"].replace("\\", "/"), str(folder).replace("\\", "/") + "/a.xml")

    def test_no_log(self):
        (self.folder / "empty").mkdir()
        self.check(run("read", self.folder / "empty"), 1, "there is no log in the folder; 0 files passed over")

    @posix_only
    def test_links_to_folders_are_not_followed(self):
        folder = self.fill()
        (folder / "loop").symlink_to(folder)
        self.assertEqual(len(self.read(folder)[1]), 3)

    @unittest.skipUnless(WINDOWS, "elsewhere the shell does it")
    def test_wildcards(self):
        folder = self.fill()
        result, events = self.read(str(folder) + "\\?.xml")
        self.check(result)
        self.assertEqual([e["audit"]["record_id"] for e in events], [1, 3])
        self.check(run("read", str(folder) + "\\*.evtx"), 1, r"\*.evtx: no file fits")


class Which(InputTest):
    def setUp(self):
        super().setUp()
        self.a = self.path("<Events>" + event(1) + event(2, time="2026-01-03T00:00:00Z", port=53) + "</Events>", "a.xml")
        self.b = self.path(event(3, computer="host02", time="2026-02-01T00:00:00Z", event_id=5156), "b.xml")

    def ids(self, *conditions):
        where = [a for c in conditions for a in ("--where", c)]
        result, events = self.read(self.a, self.b, *where)
        self.assertEqual(result.status, 0, result)
        return [e["audit"]["record_id"] for e in events]

    def test_file_in_json_and_in_the_table(self):
        _, events = self.read(self.a, self.b)
        self.assertEqual([e["file"] for e in events], [str(self.a)] * 2 + [str(self.b)])
        lines = run("read", self.a, self.b).out.splitlines()
        self.assertTrue(lines[0].endswith("  FILE"), lines)
        self.assertTrue(lines[1].endswith("  " + str(self.a)) and lines[3].endswith("  " + str(self.b)), lines)
        self.assertNotIn("FILE", run("read", self.a).out)

    def test_standard_input_is_a_dash(self):
        with self.b.open("rb") as pipe:
            self.assertEqual(json.loads(run("read", "--json", "-", stdin=pipe).out)["file"], "-")

    def test_keys(self):
        for condition, wanted in (
                ("file=b.xml", [3]), ("file=*a.xml", [1, 2]), ("file!=b.xml", [1, 2]), ("file=" + str(self.a), [1, 2]),
                ("computer=HOST02", [3]), ("computer=host*", [1, 2, 3]), ("pid=820", [1, 2, 3]), ("pid>820", []),
                ("pid<=0x334", [1, 2, 3]), ("port=53", [2]), ("port=50000", [1, 2, 3]), ("port<100", [2]),
                ("address=203.0.113.0/24", [1, 2, 3]), ("address=192.0.2.1", [1, 2, 3]), ("address!=192.0.2.1", []),
                ("time>=2026-01-03T00:00:00Z", [2, 3]), ("time<2026-01-03", [1]), ("time=2026-01-02", [1]),
                ("time>2026-01-02", [2, 3]), ("time<=2026-01-02T03:04", []), ("time<=2026-01-02", [1])):
            with self.subTest(condition):
                self.assertEqual(self.ids(condition), wanted)

    def test_since_and_until(self):
        for options, wanted in ((["--since", "2026-01-03T00:00"], [2, 3]), (["--until", "2026-01-03T00:00:00Z"], [1, 2]),
                                (["--since=2026-01-03 00:00", "--until=2026-01-31T00:00Z"], [2]), (["--until", "9000d"], [])):
            result, events = self.read(*options, self.a, self.b)
            self.assertEqual([e["audit"]["record_id"] for e in events], wanted, result)
        self.check(run("why", "--since", "soon", self.a), 2, "a time, or how long ago")

    def test_did_you_mean(self):
        result = run("read", "--where", "ports=53", self.a)
        self.assertEqual(result.status, 2)
        self.assertIn("there is no such key (did you mean 'port'?); keys: protocol ", result.err)
        keys = result.err.split("keys: ")[1].split(";")[0].split()
        for key in keys:  # each of them is one: it is the value that is wrong
            self.assertNotIn("no such key", run("read", "--explain", "--where", key + "=").err)
        self.check(run("read", "--formt", "json", self.a), 2, r"'--formt' \(did you mean '--format'\?\); options: --help ")
        self.check(run("raed", self.a), 2, r"'raed' \(did you mean 'read'\?\); commands: read why ")
        self.check(run("zzzzzz"), 2, "unknown command 'zzzzzz'; commands: ")


class Silence(InputTest):
    def test_records_of_others(self):
        path = self.path("<Events>" + event(event_id=4624, provider="Other") * 3 + "</Events>")
        for command in ("read", "why"):
            result = run(command, path)
            self.assertEqual(result.status, 0)
            self.assertIn("no event of the Windows Filtering Platform; 3 records of others passed over", result.err)
            self.assertIn("the audit of Filtering Platform Connection (success and failure) may be off", result.err)
            self.assertIn("auditpol /get /subcategory:{0CCE9226-69AE-11D9-BED3-505054503030}", result.err)
            self.assertEqual(run(command, "--quiet", path).err, "")
        self.assertIn("may be off", run("why", "--summary", path).err)

    def test_conditions(self):
        result = run("read", "--where", "port=1", self.path(event()))
        self.assertIn("no event meets all conditions: 1 event left out; 0 records of others passed over", result.err)
        self.assertNotIn("auditpol", result.err)

    def test_nothing_blocked(self):
        self.check(run("why", self.path(event(event_id=5156))), err="nothing was blocked, dropped or failed in 1 event; 0 rec")

    def test_a_dump_without_filters(self):
        path = self.path("<wfpstate><subLayers><item><subLayerKey>{00000000-0000-0000-0000-000000000001}</subLayerKey>"
                         "</item></subLayers></wfpstate>")
        self.check(run("names", path), err="no filter in it: 'netsh wfp show state'")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    test_cli.TOOL = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
