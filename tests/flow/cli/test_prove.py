#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch prove' from outside: simulated Windows of every version, with each defect that the simulator can be
given, and killed at every step.

usage: test_prove.py TOOL [unittest's arguments]
"""
import concurrent.futures
import json
import re
import subprocess
import time

import test_cli
from test_cli import run

CONNECTS = [f"connect {p} ipv{v}" for p in ("tcp", "udp") for v in (4, 6)]
ACCEPTS = [name.replace("connect", "accept") for name in CONNECTS]
# What each defect must be found by: a claim, and what of it is wrong (None: the claim as a whole).
DEFECTS = {
    "sides_swapped": ("connect tcp ipv4", "local"),
    "wrong_local_port": ("accept udp ipv6", "local"),
    "wrong_remote_port": ("connect udp ipv6", "remote"),
    "wrong_address": ("bind tcp ipv6", "local"),
    "wrong_direction": ("accept tcp ipv4", "direction"),
    "wrong_protocol": ("packet udp ipv4", "protocol"),
    "wrong_app": ("connect tcp ipv6", "app"),
    "wrong_user": ("accept tcp ipv6", "user"),
    "wrong_filter": ("connect udp ipv4", "filter"),
    "wrong_layer": ("listen tcp ipv4", "layer"),
    "not_loopback": ("packet tcp ipv6", "loopback"),
    "event_lost": ("connect tcp ipv4", "event"),
    "event_lost_ipv6": ("connect tcp ipv6", "event"),
    "event_lost_udp": ("packet udp ipv6", "event"),
    "event_lost_inbound": ("accept tcp ipv4", "event"),
    "event_twice": ("connect udp ipv4", "twice"),
    "event_late": ("connect tcp ipv4", "time"),
    "record_lost": ("accept udp ipv4", "record"),
    "record_late": ("connect tcp ipv4", "record time"),
    "record_wrong_process": ("connect tcp ipv4", "process"),
    "record_wrong_id": ("bind udp ipv4", "record id"),
    "name_missing": ("brief filter", "name"),
    "not_blocked": ("connect tcp ipv4", "blocked"),
    "permit_blocks": ("permit", "blocked"),
    "flood_lost": ("flood", None),
    "filter_left": ("filters removed", None),
    "sublayer_left": ("objects removed", None),
    "provider_left": ("objects removed", None),
    "setting_left": ("settings restored", None),
    "policy_left": ("audit policy restored", None),
}
# Found with a part of the trials only: the rest of the claims stays as it is.
ONLY = {
    "event_lost_ipv6": lambda claim: "ipv6" in claim,
    "event_lost_udp": lambda claim: "udp" in claim or claim in ("permit", "flood"),
    "record_wrong_id": lambda claim: claim.startswith("bind"), "permit_blocks": lambda claim: claim == "permit",
}
# A call at which the simulated Windows hangs, and the process is killed.
CALLS = ("FwpmEngineOpen0", "EvtSubscribe", "FwpmNetEventSubscribe", "FwpmEngineSetOption0", "AuditSetSystemPolicy",
         "FwpmProviderAdd0", "FwpmFilterAdd0", "connect", "bind", "listen", "send", "FwpmFilterDeleteById0",
         "FwpmNetEventUnsubscribe0", "FwpmEngineClose0")


class ProveTest(test_cli.CliTest):
    def script(self, text, name="host.txt"):
        path = self.folder / name
        path.write_text(text)
        return path

    def prove(self, *args):
        result = run("prove", "--sim", "--format", "json", *args)
        report = json.loads(result.out)
        claims = {c["claim"]: c for c in report["claims"]}
        self.assertEqual(len(claims), len(report["claims"]))
        self.assertEqual(report["passed"], all(c["shown"] != "no" for c in claims.values()))
        self.assertEqual(result.status, 0 if report["passed"] else 1, result)
        return report, claims

    def test_every_windows(self):
        script = self.script("collect off\n")
        every = ("7", "8", "10", "1803", "11")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            reports = list(pool.map(lambda w: self.prove("--windows", w, "--flood", "150", "--wait", "1.5",
                                                         "--audit-policy", "--restart", "20", script), every))
        for windows, (report, claims) in zip(every, reports):
            with self.subTest(windows=windows):
                self.assertEqual(report["windows"], f"{windows} simulated")
                self.assertTrue(report["passed"], report)
                not_yes = {name for name, c in claims.items() if c["shown"] != "yes"}
                self.assertLessEqual(not_yes, {"permit"} if windows in ("7", "8") else set())
                for name in (*CONNECTS, *ACCEPTS, "packet tcp ipv4", "bind udp ipv6", "listen tcp ipv6"):
                    self.assertTrue(claims[name]["joined"], claims[name])
                self.assertEqual(claims["flood"]["detail"], "150 sent, 150 reported, 0 counted as lost")

    def test_defects(self):
        """Each is named in the report. They run side by side, as some of them mean waiting for what never comes."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            reports = dict(zip(DEFECTS, pool.map(self.prove_defect, DEFECTS)))
        for defect, (claim, wrong) in DEFECTS.items():
            with self.subTest(defect=defect):
                report, claims = reports[defect]
                found = claims[claim]
                self.assertEqual(report["passed"], defect == "flood_lost", found)
                self.assertIn(found["shown"], ("open",) if defect == "flood_lost" else ("no",), found)
                self.assertTrue(wrong is None or wrong in found["wrong"], found)
                spared = [c for name, c in claims.items() if not ONLY.get(defect, lambda claim: True)(name)]
                self.assertEqual([c for c in spared if c["shown"] != "yes"], [])

    def prove_defect(self, defect):
        return self.prove("--flood", "150", "--wait", "1", "--audit-policy",
                          self.script(f"collect off\ndefect {defect}\n", f"{defect}.txt"))

    def test_without_records(self):
        """Nothing is expected that the host was not asked to record."""
        _, claims = self.prove("--flood", "0", self.script("auditpol connection none\nauditpol packet-drop none\n"))
        self.assertEqual({c["shown"] for c in claims.values()}, {"yes"})
        self.assertFalse(any("record" in c for c in claims.values()))

    def test_a_call_fails(self):
        for call, wrong in (("FwpmFilterAdd0", "FwpmFilterAdd0 failed"), ("FwpmProviderAdd0", "FwpmProviderAdd0 failed")):
            _, claims = self.prove("--flood", "0", self.script(f"fail call={call} code=0x80320009\n"))
            self.assertIn(wrong, claims["filters added"]["detail"])
            self.assertEqual(claims["filters removed"]["shown"], "yes")
            self.assertEqual(claims["objects removed"]["shown"], "yes")
        _, claims = self.prove(self.script("fail call=FwpmNetEventSubscribe code=5 times=100\n"))
        self.assertEqual(list(claims), ["engine"])

    def test_report_names_nobody(self):
        report, _ = self.prove("--flood", "10")
        text = json.dumps(report)
        for word in ("127.0.0.1", "::1", "S-1-5", "harddiskvolume", "wfpwatch.exe", "47110"):
            self.assertNotIn(word, text.lower())
        table = run("prove", "--sim", "--flood", "10")
        self.assertEqual(table.status, 0)
        self.assertIn("29 shown, 0 not as documented", table.out)

    def test_killed(self):
        """Filters end with the process. Settings and policy are restored by the next that looks after them."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for call, left in zip(CALLS, pool.map(self.kill_at, CALLS)):
                with self.subTest(call=call):
                    self.assertEqual(left, "")

    def kill_at(self, call):
        folder = self.folder / call
        folder.mkdir()
        machine, state = folder / "machine", folder / "state"
        start = self.script(f"machine {machine}\ncollect off\nauditpol connection none\n", f"{call}/start.txt")
        plain = self.script(f"machine {machine}\n", f"{call}/plain.txt")
        hang = self.script(f"machine {machine}\nhang call={call}\n", f"{call}/hang.txt")
        run("check", "--sim", start, "--state", state)
        before = machine.read_bytes()
        tool = subprocess.Popen([test_cli.TOOL, "prove", "--sim", hang, "--state", state, "--audit-policy"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.7)  # it is right to be killed earlier, or later, too
        tool.kill()
        tool.wait()
        repaired = run("check", "--sim", plain, "--state", state, "--repair")
        after = machine.read_bytes()
        if repaired.status != 0 or "nothing on this host is held on" not in repaired.out:
            return f"{repaired.out}{repaired.err}"
        return "" if after == before else f"{before.hex()} became {after.hex()}"

    def test_wrong_usage(self):
        self.check(run("prove", "--sim", "a", "b"), 2, "more than one script:")
        self.check(run("prove", "--windows", "7"), 2, "without --sim")
        self.check(run("prove", "--format", "x"), 2, "--format")
        self.check(run("prove", "--port", "80"), 2, "--port")
        self.check(run("prove"), 1, "this host has no filtering engine")

    def test_help(self):
        result = run("prove", "--help")
        self.check(result)
        self.assertTrue(all(len(line) <= 80 for line in result.out.splitlines()))
        self.assertTrue(re.match("usage: wfpwatch prove ", result.out))


if __name__ == "__main__":
    test_cli.main_of_tool(__doc__)
