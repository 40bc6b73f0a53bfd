#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch names' and 'wfpwatch read --names' from outside, on dumps that netsh_make writes.

usage: test_names.py TOOL NETSHMAKE EXAMPLES_DIR [unittest's arguments]
"""
import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import test_cli
from test_cli import CliTest, columns_of, posix_only, run, run_on_terminal

NETSHMAKE = ""
KEYS = ["id", "key", "name", "description", "layer", "sublayer", "provider", "provider_state",
        "provider_product",
        "provider_service", "service_state", "service_image", "service_company", "action", "callout", "flags",
        "weight", "effective_weight", "origin", "conditions"]
EVENT = """<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>5157</EventID>
<TimeCreated SystemTime="{}"/></System><EventData><Data Name="FilterRTID">{}</Data>
<Data Name="LayerRTID">44</Data><Data Name="Direction">%%14592</Data><Data Name="Protocol">6</Data>
<Data Name="SourceAddress">192.0.2.1</Data><Data Name="SourcePort">5</Data>
<Data Name="DestAddress">192.0.2.2</Data><Data Name="DestPort">443</Data></EventData></Event>"""
HOSTILE = """<wfpdiag><item><filterKey>{0}</filterKey><displayData><name>a\u202eb\u009bc\x01d</name>
</displayData><filterId>5</filterId></item></wfpdiag>"""


class NamesTest(CliTest):
    def dump(self, kind="plain", count=9, seed=1):
        path = self.folder / f"{kind}.xml"
        subprocess.run([NETSHMAKE, kind, str(count), str(seed), path], check=True)
        return path

    def filters(self, *args):
        result = run("names", "--format", "json", *args)
        self.assertEqual((result.status, result.err), (0, ""), result)
        return [json.loads(line) for line in result.out.splitlines()]


class Names(NamesTest):
    def test_json(self):
        found = self.filters(self.dump("state", 40))
        self.assertEqual([f["id"] for f in found], list(range(66001, 66041)))
        for f in found:
            self.assertEqual(list(f), KEYS)
            self.assertTrue(all(c["text"] for c in f["conditions"]))

    def test_selection(self):
        dump = self.dump("random", 200)
        everything = self.filters(dump)
        blocks = [f for f in everything if f["action"] == "FWP_ACTION_BLOCK"]
        self.assertTrue(0 < len(blocks) < 200)
        self.assertEqual(self.filters(dump, "--blocks"), blocks)
        connect = [f for f in everything if f["layer"] == "FWPM_LAYER_ALE_AUTH_CONNECT_V4"]
        self.assertTrue(connect)
        for word in ("FWPM_LAYER_ALE_AUTH_CONNECT_V4", "ale_auth_connect_v4", "ALE*connect*",
                     "ALE Connect v4 Layer"):
            self.assertEqual(self.filters(dump, "--layer", word), connect)
        agent = [f for f in everything if f["provider"] and f["provider"].startswith("{aaaa")]
        self.assertTrue(agent)
        self.assertEqual(self.filters(dump, "--provider", "some agent"), agent)
        self.assertEqual(self.filters(dump, "--provider={aaaaaaaa*}"), agent)
        both = [f for f in blocks if f in agent]
        self.assertEqual(self.filters(dump, "--blocks", "--provider", "some agent"), both)
        self.assertEqual(self.filters(dump, "--id", "66003", "--id", "66001"),
                         [everything[0], everything[2]])
        self.assertEqual(self.filters(dump, "--layer", "no such layer"), [])

    def test_table(self):
        result = run("names", self.dump())
        self.check(result)
        head, *rows = result.out.splitlines()
        self.assertRegex(head, r"^ *ID  ACTION  LAYER +PROVIDER +ORIGIN +NAME$")
        self.assertEqual(len(rows), 9)
        self.assertRegex(rows[0], r"^66001  permit  ALE_AUTH_RECV_ACCEPT_V4  MPSSVC_WF +- +Rule number 66001 ")

    def test_table_fits_a_terminal(self):
        for columns in (60, 100, 200):
            result = run_on_terminal(columns, 40, "names", self.dump())
            self.assertEqual(result.status, 0)
            lines = result.out.splitlines()
            if columns >= 100:
                self.assertTrue(all(columns_of(line) <= columns for line in lines[:10]), lines)
            self.assertIn("9 of 9 filters, 0 places skipped", lines[-1])

    def test_details(self):
        result = run("names", "--id", "66002", self.dump())
        self.check(result)
        for line in ("filter 66002", "  action            FWP_ACTION_PERMIT",
                     "  layer             FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4  (ALE Receive/Accept v4 Layer)",
                     "  conditions        protocol = tcp", "                    remote port = 443",
                     "  from              plain.xml"):
            self.assertIn(line + "\n", result.out)

    def test_several_files(self):
        plain, state = self.dump("plain", 3), self.dump("state", 5)
        self.assertEqual(len(self.filters(plain, state)), 5)
        result = run("names", "nothing.xml", plain)
        self.assertEqual((result.status, result.out.count("\n")), (1, 4))
        self.assertIn("nothing.xml", result.err)

    def test_standard_input(self):
        with self.dump().open("rb") as dump:
            self.assertEqual(run("names", "-", stdin=dump).out.count("\n"), 10)

    @posix_only
    def test_interrupt_while_loading(self):
        pipe, log = self.folder / "pipe.xml", self.folder / "log.xml"
        dump = self.dump("random", 5000).read_bytes()
        log.write_text("<Events>" + EVENT.format("2026-01-08T16:50:48Z", 1) + "</Events>")
        os.mkfifo(pipe)
        for more in (("--names", pipe, log), (pipe,)):
            command = "read" if log in more else "names"
            with subprocess.Popen([test_cli.TOOL, command, "--format", "json", *more], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as p:
                with pipe.open("wb", buffering=0) as out:  # from here on it reads
                    out.write(dump[:len(dump) // 2])
                    p.send_signal(signal.SIGINT)
                    try:
                        out.write(dump[len(dump) // 2:])
                    except BrokenPipeError:
                        pass  # it has stopped
                rows, err = p.communicate(timeout=test_cli.PATIENCE)
                self.assertEqual((p.returncode, err), (130, b"wfpwatch: interrupted: not all was read\n"))
                count = rows.count(b"\n")
                self.assertTrue(0 < count < 5000 if command == "names" else count == 0, count)

    def test_missing_id(self):
        self.check(run("names", "--id", "5", self.dump()), 1, "no filter has the id 5")

    def test_wrong_usage(self):
        dump = self.dump()
        for args, words in (((), "a file is missing"), (("--id", "x", dump), "--id takes a number"),
                            (("--format", "csv", dump), "--format takes text or json"),
                            (("--blocks=1", dump), "takes no value"), (("--no", dump), "unknown option")):
            self.check(run("names", *args), 2, words)

    def test_what_is_no_dump(self):
        log = self.folder / "log.xml"
        log.write_text("<Events>" + EVENT.format("2026-01-08T16:50:48Z", 1) + "</Events>")
        result = run("names", log)
        self.assertEqual(result.status, 1)
        self.assertIn("a log of events", result.err)

    def test_damage_is_told(self):
        dump = self.dump()
        text = dump.read_bytes()
        dump.write_bytes(text[:len(text) // 2])
        result = run("names", dump)
        self.assertEqual((result.status, result.err.count("\n")), (3, 2))
        self.assertIn("the file ends inside an object", result.err)
        self.assertIn("1 place skipped", result.err)

    def test_hostile_text(self):
        path = self.folder / "hostile.xml"
        path.write_text(HOSTILE)
        for args in ((), ("--id", "5")):
            out = run("names", *args, path).out
            self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\u202e\u009b]")
        result = run("names", "--format", "json", path)
        self.assertIn("a character that XML forbids", result.err)
        self.assertEqual(json.loads(result.out)["name"], "a\u202eb\u009bc\x7fd")

    def test_help(self):
        result = run("names", "--help")
        self.check(result)
        self.assertIn("names [OPTION...] FILE...", result.out)


POLICY = """
provider key={11111111-2222-3333-4444-555555555555} name="Some agent"
filter id=7 name=ours provider={11111111-2222-3333-4444-555555555555} condition="remote port = 443"
filter id=8 name=boot flags=boottime action=permit
"""


class LiveNames(NamesTest):
    def script(self, text=POLICY):
        path = self.folder / "policy.txt"
        path.write_text(text)
        return path

    def test_simulated(self):
        found = self.filters("--live", "--sim", self.script())
        self.assertEqual([(f["id"], f["name"]) for f in found], [(7, "ours"), (8, "boot")])
        self.assertEqual(list(found[0]), KEYS)
        self.assertEqual([f["id"] for f in self.filters("--live", "--sim", "--blocks", self.script())], [7])
        self.assertEqual([f["id"] for f in self.filters("--live", "--sim", "--id", "8", self.script())], [8])
        self.assertIn((68012, "Stealth"), [(f["id"], f.get("origin")) for f in self.filters("--live", "--sim")])

    def test_table(self):
        result = run("names", "--live", "--sim", self.script())
        self.check(result)
        lines = [line.split() for line in result.out.splitlines()]
        self.assertEqual(lines[1], ["7", "block", "ALE_AUTH_CONNECT_V4", "Some", "agent", "-", "ours"])

    def test_failures(self):
        script = self.script(POLICY + "fail call=FwpmEngineOpen0 code=5\n")
        self.check(run("names", "--live", "--sim", script), 1, "FwpmEngineOpen0: access denied.*elevated")
        script = self.script(POLICY + "fail call=FwpmProviderEnum0 code=5\n")
        result = run("names", "--live", "--sim", script)
        self.check(result, 0, "names are missing: FwpmProviderEnum0 gave 0x5")
        self.assertEqual(result.out.count("\n"), 3)
        self.check(run("names", "--live", "--sim", self.script("filter id=x")), 1, "policy.txt:1:11: ")

    def test_wrong_usage(self):
        script = self.script()
        for args, words in ((("--sim", script), "--sim needs --live"),
                            (("--live", "--sim", script, script), "more than one script:")):
            self.check(run("names", *args), 2, words)

    def test_no_engine(self):
        result = run("names", "--live", self.dump())
        self.check(result, 1, "no Windows Filtering Platform.*--sim")
        self.assertEqual(result.out.count("\n"), 10)  # the dump's are there all the same


class ReadNames(NamesTest):
    def log(self, *events):
        path = self.folder / "log.xml"
        path.write_text("<Events>" + "".join(EVENT.format(*e) for e in events) + "</Events>")
        return path

    def test_events_are_named(self):
        state = self.dump("plain", 2)
        log = self.log(("2026-01-08T16:50:48Z", 66001), ("2026-01-08T16:50:48Z", 7))
        result = run("read", log, "--names", state)
        self.check(result)
        first, second = result.out.splitlines()[1:]
        self.assertTrue(first.endswith("Rule number 66001 of the firewall (uncertain)"), first)
        self.assertNotIn("unknown", second)
        lines = run("read", "--format", "json", "--names", state, log).out.splitlines()
        one, two = (json.loads(line) for line in lines)
        self.assertEqual(one["filter"]["state"], "uncertain")
        self.assertEqual(one["filter"]["from"], "plain.xml")
        self.assertEqual(one["layer"], {"id": 44, "key": "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4",
                                        "name": "ALE Receive/Accept v4 Layer"})
        self.assertEqual(two["filter"], {"id": 7, "state": "unknown"})

    def test_on_a_terminal_the_name_has_a_row(self):
        log = self.log(("2026-01-08T16:50:48Z", 66001))
        out = run_on_terminal(80, 40, "read", log, "--names", self.dump()).out
        self.assertIn("\n    Rule number 66001 of the firewall (uncertain)\n", out)

    def test_a_dump_that_cannot_be_read(self):
        result = run("read", self.log(("2026-01-08T16:50:48Z", 1)), "--names", "nothing.xml")
        self.assertEqual((result.status, result.out.count("\n")), (1, 2))
        self.assertIn("nothing.xml", result.err)

    def test_example(self):
        log = self.log(("2026-01-08T16:50:48Z", 66001))
        p = subprocess.run([test_cli.example("name_blocks"), log, self.dump()], stdout=subprocess.PIPE)
        self.assertEqual(p.returncode, 0)
        self.assertIn("Rule number 66001 of the firewall", p.stdout.decode())


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    test_cli.TOOL, NETSHMAKE, test_cli.EXAMPLES = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    del CliTest
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
