#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Public cases (corpus/cases): what a person who knows Windows would say of each, and what 'wfpwatch why' says.

usage: cases.py TOOL [unittest's arguments]
"""
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

CASES = Path(os.environ.get("WFPW_CORPUS", "")) / "cases"
TOOL = ""
NAME_IT = ("--names", "name the filter", "Give names")


def run(*arguments):
    return subprocess.run([TOOL, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=60, check=False)


def events(case, file, names=None):
    """Everything in a file, with why and remedy."""
    options = ["--names", CASES / case / names] if names else []
    out = run("why", "--all", "--format", "json", *options, CASES / case / file).stdout
    return [json.loads(line) for line in out.splitlines()]


def story(case, file, names=None):
    options = ["--names", CASES / case / names] if names else []
    return run("why", "--all", *options, CASES / case / file).stdout


def answer(event):
    return event["reason"], event["confidence"]


class Cases(unittest.TestCase):
    def one(self, *arguments):
        found = events(*arguments)
        self.assertEqual(len(found), 1)
        return found[0]

    def assert_sides(self, event, local, remote):
        self.assertEqual((event["local"]["ip"], event["remote"]["ip"]), (local, remote))

    def test_01_nothing_tells_why(self):
        event = self.one("01-cortana-5157-german", "event.xml")
        self.assertEqual((event["verdict"], event["reason"]), ("block", "unknown"))
        self.assert_sides(event, "192.168.42.101", "13.107.21.200")
        self.assertEqual(event["layer"]["id"], 48)
        self.assertIn("Give names", event["remedy"])

    def test_04_stealth_and_the_sides_of_the_second(self):
        first, second = events("04-ipban-5152-2008r2", "events.xml")
        self.assertEqual(answer(first), ("stealth", "likely"))
        self.assertEqual((first["from"]["ip"], first["to"]["ip"]), ("37.140.141.29", "196.22.190.33"))
        self.assert_sides(second, "196.22.190.31", "82.61.45.195")
        self.assertEqual(second["orientation"], "evidence")

    def test_05_a_broadcast_is_received_here(self):
        found = events("05-openxp-5157-netbios-broadcast", "events.xml")
        self.assertEqual(len(found), 8)
        self.assert_sides(found[0], "10.0.223.255", "10.0.209.41")
        alone = dict(self.one("05-openxp-5157-netbios-broadcast", "one.xml"), file=found[0]["file"])
        self.assertEqual(found[0], alone)

    def test_06_the_audit_policy_and_the_firewall(self):
        found = {event["audit"]["event_id"]: event for event in events("06-nxlog-it01", "events.xml")}
        self.assertEqual(sorted(found), [4719, 4950, 5152, 5154, 5156, 5157, 5158])
        self.assertIn("Auditing of Filtering Platform Connection (Object Access) was turned off (success, failure) by "
                      "EXAMPLE\\HOST1$", story("06-nxlog-it01", "events.xml"))
        for word in ("process", "user"):
            self.assertNotIn(f"{word} the record names", found[4950]["remedy"])
        self.assertIn("2003", found[4950]["remedy"])

    def test_07_the_firewall_in_three_profiles(self):
        both = events("07-evtx-4950-fw-disabled", "firewall-disabled.evtx")
        found = [event for event in both if event["kind"] == "audit"]
        channel = [event for event in both if event["kind"] == "firewall"]
        self.assertEqual([(e["audit"]["event_id"], e["reason"]) for e in channel], [(2003, "policy_change")] * 3)
        for event in channel:  # which says what the other one does not: who
            self.assertTrue(event["app"]["device_path"].endswith("WmiPrvSE.exe"))
            self.assertIn("record names", event["remedy"])
        self.assertEqual([e["audit"]["data"]["ProfileChanged"] for e in found], ["Domain", "Private", "Public"])
        for event in found:
            self.assertEqual(sorted(event["audit"]["data"]), ["ProfileChanged", "SettingType", "SettingValue"])
            self.assertNotIn("record names", event["remedy"])
        self.assertIn("The firewall's setting 'Enable Windows Firewall' is now",
                      story("07-evtx-4950-fw-disabled", "firewall-disabled.evtx"))

    def test_08_cleared_by_whom(self):
        found = events("08-evtx-5156-after-1102", "log-cleared.evtx")
        self.assertEqual([(e["audit"]["event_id"], e["verdict"]) for e in found], [(1102, "info"), (5156, "allow")])
        self.assertIn("The Security log was cleared by EXAMPLE\\user01",
                      story("08-evtx-5156-after-1102", "log-cleared.evtx"))

    def test_10_sides_of_all(self):
        found = [e for e in events("10-evtx-aikido-5156", "Security.evtx") if e["audit"]["event_id"] == 5156]
        self.assertEqual(len(found), 34)
        for event in found:
            outbound = event["direction"] == "outbound"
            data = event["audit"]["data"]
            wanted = (data["SourceAddress"], data["DestAddress"])
            self.assert_sides(event, *(wanted if outbound else wanted[::-1]))

    def test_12_a_driver_of_another_vendor(self):
        event = self.one("12-netsh-avast-filters", "ping-5152-constructed.xml", "filters-excerpt.xml")
        self.assertEqual(event["reason"], "callout")
        self.assertEqual(event["filter"]["provider"], "{08c1e7e7-4e47-4d05-be1f-e72415d480f1}")
        self.assertFalse(any(words in event["remedy"] for words in NAME_IT), event["remedy"])

    def test_16_no_filter_matched(self):
        event = self.one("16-ossec-5159-filter0", "event.xml")
        self.assertEqual(event["verdict"], "block")
        self.assertEqual(answer(event), ("no_filter", "likely"))
        self.assertFalse(any(words in event["remedy"] for words in NAME_IT), event["remedy"])
        for words in ("in use", "reserved", "not proven"):
            self.assertIn(words, event["remedy"])

    def test_17_the_firewalls_default_did_not_decide(self):
        case = "17-norton-smb-netevent"
        for file, reason in [("netevents-rebuilt.xml", "third_party"), ("netevents-no-terminating.xml", "unknown")]:
            event = self.one(case, file)
            self.assertEqual(answer(event), (reason, "guess"))
            self.assertNotIn("inbound rule", event["remedy"])
            event = self.one(case, file, "filters-rebuilt.xml")
            self.assertEqual(event["reason"], "callout")
            self.assert_sides(event, "10.0.0.8", "10.0.0.26")

    def test_18_no_origin_is_an_answer(self):
        event = self.one("18-protonvpn-killswitch", "event-rebuilt.xml")
        self.assertEqual(answer(event), ("third_party", "likely"))
        self.assertEqual(event["evidence"], ["record_origin"])
        self.assertNotIn("audit", event["remedy"])
        event = self.one("18-protonvpn-killswitch", "event-rebuilt.xml", "filters-rebuilt.xml")
        self.assertEqual(answer(event), ("third_party", "certain"))
        self.assertNotIn("--names", event["remedy"])

    def test_names_of_another_host(self):
        """They change no reason, and are warned of once."""
        for case, file in [("18-protonvpn-killswitch", "event-rebuilt.xml"), ("04-ipban-5152-2008r2", "events.xml")]:
            other = CASES / "17-norton-smb-netevent" / "filters-rebuilt.xml"
            result = run("why", "--format", "json", "--names", other, CASES / case / file)
            found = [json.loads(line) for line in result.stdout.splitlines()]
            self.assertEqual([answer(e) for e in found], [answer(e) for e in events(case, file)])
            self.assertEqual(result.stderr.count("the names do not fit"), 1)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not CASES.is_dir():
        print("no corpus of cases: skipped")
        sys.exit(77)
    TOOL = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
