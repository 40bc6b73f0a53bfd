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


if __name__ == "__main__":
    test_cli.main_of_tool(__doc__)
