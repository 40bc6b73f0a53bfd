#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch check --guard' and 'wfpwatch watch --guard' from outside: filters as tools make them
that silence security products (docs/facts.md), on simulated hosts and in a dump.

usage: test_guard.py TOOL [unittest's arguments]
"""
import json

import test_cli
from test_cli import run

FAKE, OWN = (f"{{5d5b5b10-21f2-4ee3-9b3d-1a2b3c4d5e6{i}}}" for i in (1, 2))
AGENT = r"\device\harddiskvolume3\program files\agent\sensor.exe"
TARGET = r"C:\Program Files\Agent\*.exe"
APP = f'condition="app id = {AGENT}"'
WINDOWS = f'provider key={FAKE} name="Microsoft Corporation" flags=persistent\n'
# Each finds one filter, or none, whatever the filters are called.
MADE = {
    "EDRSilencer: connect, the highest weight, a provider with Windows' words": (
        WINDOWS + f"filter id=7 layer=ALE_AUTH_CONNECT_V4 action=block weight=18446744073709551615 flags=persistent "
        f"provider={FAKE} {APP}", {"highest_weight", "name_of_microsoft", "persistent"}),
    "version 6": (f"filter id=7 layer=ALE_AUTH_CONNECT_V6 action=block {APP}", {"no_provider"}),
    "a variant: own provider and sublayer, one port": (
        f"provider key={OWN} name=Helper\nsublayer key={OWN} weight=65535\n"
        f'filter id=7 layer=ALE_AUTH_CONNECT_V4 action=block provider={OWN} sublayer={OWN} {APP} '
        f'condition="remote port = 443"', {"part"}),
    "a variant: inbound, no further decision": (
        f"filter id=7 layer=ALE_AUTH_RECV_ACCEPT_V4 action=block flags=clear_action_right {APP}",
        {"no_provider", "clear_action_right"}),
    "a bind is refused": (f"filter id=7 layer=ALE_RESOURCE_ASSIGNMENT_V4 action=block {APP}", {"no_provider"}),
    "redirected by a driver": (
        f"callout key={OWN} layer=ALE_CONNECT_REDIRECT_V4\nfilter id=7 layer=ALE_CONNECT_REDIRECT_V4 "
        f"action=callout callout={OWN} {APP}", {"no_provider", "callout", "redirect"}),
    "a rule of the firewall": (
        f"filter id=7 layer=ALE_AUTH_CONNECT_V4 action=block provider=MPSSVC_WF {APP}", set()),
    "everything": ("filter id=7 layer=ALE_AUTH_CONNECT_V4 action=block", {"everything", "no_provider"}),
    "another program": ('filter id=7 layer=ALE_AUTH_CONNECT_V4 action=block '
                        r'condition="app id = \device\harddiskvolume3\other.exe"', None),
    "a permit": (f"filter id=7 layer=ALE_AUTH_CONNECT_V4 action=permit {APP}", None),
    "Windows' own": ("filter id=7 layer=ALE_AUTH_RECV_ACCEPT_V4 action=block provider=MPSSVC_WF", None),
    "a port of everybody": ('filter id=7 layer=ALE_AUTH_CONNECT_V4 action=block condition="remote port = 25"', None),
}

KEY = "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}"
DUMP = """<wfpdiag><filters><item><filterKey>%s</filterKey><displayData><name>Custom Outbound Filter</name><description/></displayData>
<flags numItems="1"><item>FWPM_FILTER_FLAG_PERSISTENT</item></flags><providerKey/><providerData/>
<layerKey>FWPM_LAYER_ALE_AUTH_CONNECT_V4</layerKey><subLayerKey>FWPM_SUBLAYER_UNIVERSAL</subLayerKey><weight><type>FWP_EMPTY</type></weight>
<filterCondition numItems="1"><item><fieldKey>FWPM_CONDITION_ALE_APP_ID</fieldKey><matchType>FWP_MATCH_EQUAL</matchType><conditionValue>
<type>FWP_BYTE_BLOB_TYPE</type><byteBlob><data>%s</data></byteBlob></conditionValue></item></filterCondition>
<action><type>FWP_ACTION_BLOCK</type><filterType/></action><rawContext>0</rawContext><reserved/><filterId>71001</filterId></item></filters></wfpdiag>
""" % (KEY, (AGENT + "\0").encode("utf-16-le").hex())


def added(id=71001, key=KEY, change="%%16384", time="2026-01-08T16:50:48.0000000Z", process=7120, user="LAB\\alice", event=5447):
    fields = {"ProcessId": process, "UserSid": "S-1-5-18", "UserName": user, "FilterKey": key, "FilterId": id, "ChangeType": change}
    data = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in fields.items())
    return ('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
            f'<Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>{event}</EventID><TimeCreated SystemTime="{time}"/>'
            f'<EventRecordID>4711</EventRecordID></System><EventData>{data}</EventData></Event>')


class GuardTest(test_cli.CliTest):
    def script(self, text):
        path = self.folder / "scene.txt"
        path.write_text(text + "\n")
        return path

    def test_what_tools_make(self):
        for name, (text, signs) in MADE.items():
            with self.subTest(name):
                result = run("check", "--guard", TARGET, "--format", "json", "--sim", self.script(text))
                found = [json.loads(line) for line in result.out.splitlines()]
                self.assertEqual((result.status, len(found)), (0, 0) if signs is None else (1, 1), result)
                for f in found:
                    self.assertEqual(f["filter"]["id"], 7)
                    self.assertEqual(set(f["signs"]) - {"any_volume"}, signs)
                    self.assertEqual(f["target"], "app=" + TARGET)

    def test_watched(self):
        for name, (text, signs) in MADE.items():
            if signs is None:
                continue
            with self.subTest(name):
                result = run("watch", "--guard", TARGET, "--format", "json", "--count", "1", "--sim",
                             self.script(text))
                ev = json.loads(result.out)
                self.assertEqual((ev["kind"], ev["filter"]["id"]), ("guard", 7))
                self.assertEqual(set(ev["guard"]["signs"]) - {"any_volume"}, signs)

    def test_in_words(self):
        result = run("check", "--guard", TARGET, "--guard", "service=WinDefend", "--sim",
                     self.script(next(iter(MADE.values()))[0]))
        self.assertEqual(result.status, 1)
        self.assertIn(f"filter 7 blocks outbound traffic of app={TARGET}\n", result.out)
        self.assertIn("  sure    likely: its volume was not compared with the drive\n", result.out)
        self.assertIn("1 of 1 filter would silence what is guarded\n", result.out)
        result = run("watch", "--guard", TARGET, "--count", "1", "--sim",
                     self.script(next(iter(MADE.values()))[0]))
        self.assertIn(f"filter 7 blocks outbound traffic of app={TARGET} (likely)", result.out)

    def test_usage(self):
        for args, text in [
            (["check", "--guard", "service="], "here a value is missing 'service='"),
            (["check", "--guard", "address=host"], "this is no address"),
            (["check", "dump.xml"], "without --sim or --guard there is no use for 'dump.xml'"),
            (["check", "--sim", "a", "b"], "more than one script: 'b'"),
            (["watch", "--guard", "user=me", "--sim"], "this is no SID"),
            (["watch", "--only", "audit", "--guard", "x", "--sim"], "which it is for: '--guard'"),
        ]:
            with self.subTest(args):
                result = run(*args)
                self.assertEqual(result.status, 2, result)
                self.assertIn(text, result.err)

    def test_no_dump(self):
        path = self.folder / "empty.xml"
        path.write_text("<wfpstate></wfpstate>")
        result = run("check", "--guard", TARGET, path)
        self.assertEqual(result.status, 0, result)
        self.assertIn("no filter in it", result.err)
        result = run("check", "--guard", TARGET, self.folder / "missing.xml")
        self.assertEqual(result.status, 1, result)

    def check_dump(self, *events, status=1, args=()):
        dump, log = self.folder / "wfpstate.xml", self.folder / "Security.xml"
        dump.write_text(DUMP)
        log.write_text("<Events>" + "".join(events) + "</Events>")
        result = run("check", "--guard", TARGET, *args, dump, log)
        self.assertEqual(result.status, status, result)
        return result

    def adder(self, *events):
        result = self.check_dump(*events, args=("--format", "json"))
        return json.loads(result.out).get("added")

    def test_who_added_it(self):
        self.assertEqual(self.adder(added()), {
            "time": "2026-01-08T16:50:48.000Z", "user": "LAB\\alice", "user_sid": "S-1-5-18", "pid": 7120, "filter_id": 71001,
            "record_id": 4711, "confidence": "certain"})
        result = self.check_dump(added())
        self.assertIn("  added   2026-01-08 16:50:48.000 UTC by LAB\\alice, process 7120\n", result.out)
        self.assertEqual(result.err, "")

    def test_who_added_it_before_a_restart(self):
        self.assertEqual((self.adder(added(id=5))["confidence"], self.adder(added(id=5))["filter_id"]), ("likely", 5))
        self.assertIn("process 7120 (likely: it was filter 5 then, with the same key)\n", self.check_dump(added(id=5)).out)
        later = added(id=6, time="2026-02-08T00:00:00Z", process=2)
        self.assertEqual(self.adder(later, added(id=5))["pid"], 2)  # of two as sure the later
        self.assertEqual(self.adder(added(id=5), later)["pid"], 2)
        self.assertEqual(self.adder(added(), later)["pid"], 7120)  # the surest
        self.assertEqual(self.adder(later, added())["pid"], 7120)

    def test_keys_however_they_are_written(self):
        for key in (KEY.upper(), KEY.strip("{}")):
            self.assertEqual(self.adder(added(key=key))["confidence"], "certain", key)

    def test_many_filters_and_records(self):
        dump, log = self.folder / "wfpstate.xml", self.folder / "Security.xml"
        keys = [KEY[:-5] + f"{i:04x}}}" for i in range(500)]
        start, item, end = DUMP.partition("<item>")[0], DUMP[DUMP.index("<item><filterKey>"):DUMP.rindex("</filters>")], "</filters></wfpdiag>"
        dump.write_text(start + "".join(item.replace(KEY, k).replace("71001", str(i + 1)) for i, k in enumerate(keys)) + end)
        log.write_text("<Events>" + "".join(added(id=i + 1, key=k, process=i + 10) for i, k in enumerate(keys) if i % 2) + "</Events>")
        result = run("check", "--guard", TARGET, "--format", "json", dump, log)
        found = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([f.get("added", {}).get("pid") for f in found], [i + 10 if i % 2 else None for i in range(500)])

    def test_who_did_not_add_it(self):
        for other in (added(key=OWN), added(change="%%16385"), added(event=5449), added(key="-")):
            self.assertIsNone(self.adder(other), other)
        self.assertIn("  added   no record tells by whom\n", self.check_dump(added(key=OWN)).out)
        result = self.check_dump(added(event=5449))
        self.assertIn("no record of an added filter in the log", result.err)

    def test_logs_alone(self):
        log = self.folder / "Security.xml"
        log.write_text("<Events>" + added() + "</Events>")
        result = run("check", "--guard", TARGET, log)
        self.assertEqual((result.status, result.out), (0, ""), result)
        self.assertIn("no filter in it", result.err)
        dump = self.folder / "wfpstate.xml"
        dump.write_text(DUMP)
        result = run("check", "--guard", TARGET, dump)
        self.assertNotIn("added", result.out)  # nobody was asked
        neither = self.folder / "neither.txt"
        neither.write_text("neither")
        result = run("check", "--guard", TARGET, dump, neither)
        self.assertEqual(result.status, 1)
        self.assertIn("neither.txt", result.err)


if __name__ == "__main__":
    test_cli.main_of_tool(__doc__)
