#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch rules', and rules in 'read', 'why' and 'names', from outside.

usage: test_rules.py TOOL EXAMPLES_DIR [unittest's arguments]
"""
import gzip
import json
import sys
import unittest
from pathlib import Path

import test_cli
from test_cli import CliTest, run

KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
REG = f"""Windows Registry Editor Version 5.00

[{KEY}]
"{{A}}"="v2.33|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=443|Name=Block tools|"
"Core-1"="v2.33|Action=Allow|Active=FALSE|Dir=In|Name=@FirewallAPI.dll,-1|"
"TCP Query User{{1}}C:\\\\a b.exe"="v2.10|Action=Allow|Active=TRUE|Dir=In|Name=\u202ea\u009bb|"
"""
EVENT = """<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>5157</EventID>
<TimeCreated SystemTime="2026-01-08T16:50:48Z"/></System><EventData><Data Name="FilterRTID">7</Data>
<Data Name="LayerRTID">48</Data><Data Name="Direction">%%14593</Data><Data Name="Protocol">6</Data>
<Data Name="SourceAddress">192.0.2.1</Data><Data Name="SourcePort">5</Data><Data Name="DestPort">443</Data>
<Data Name="DestAddress">192.0.2.2</Data><Data Name="FilterOrigin">{}</Data></EventData></Event>"""


class RulesTest(CliTest):
    def reg(self, text=REG, name="rules.reg", encoding="utf-16"):
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def log(self, *origins):
        path = self.folder / "log.xml"
        path.write_text("".join(EVENT.format(o) for o in origins))
        return path

    def test_table(self):
        result = run("rules", self.reg())
        self.check(result)
        head, *rows = result.out.splitlines()
        self.assertRegex(head, r"^ACTION  DIR  ON   ORIGIN +NAME +ID$")
        self.assertRegex(rows[0], r"^block   out  yes  local +Block tools +\{A\}$")
        self.assertRegex(rows[1], r"^allow   in   no   local +Core-1 +Core-1$")
        self.assertNotIn("\u202e", rows[2])
        self.assertTrue(rows[2].endswith(r"  TCP Query User{1}C:\a b.exe"), rows[2])

    def test_json(self):
        result = run("rules", "--format", "json", self.reg())
        rows = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([r["id"] for r in rows], ["{A}", "Core-1", r"TCP Query User{1}C:\a b.exe"])
        self.assertEqual(rows[0], {
            "id": "{A}", "name": "Block tools", "description": None, "action": "block", "direction": "out",
            "enabled": True, "app": None, "service": None, "protocol": 6, "local_ports": [],
            "remote_ports": ["443"], "profiles": "all", "origin": "local", "schema": "2.33",
            "state": "current", "from": "rules.reg"})
        self.assertEqual(rows[1]["title"], "Core-1")

    def test_one_rule(self):
        result = run("rules", "--id", "{a}", "--id", "{b}", self.reg())
        self.assertEqual(result.status, 1)
        self.assertIn("no rule has the id {b}", result.err)
        for line in ("rule {A}", "  name            Block tools", "  action          block",
                     "  protocol        tcp", "  remote ports    443", "  from            rules.reg"):
            self.assertIn(line + "\n", result.out)
        self.assertNotIn("Core-1", result.out)

    def test_packed_and_from_a_pipe(self):
        packed = self.folder / "rules.reg.gz"
        packed.write_bytes(gzip.compress(REG.encode("utf-16")))
        whole = run("rules", self.reg()).out
        self.assertEqual(run("rules", packed).out, whole)
        with self.reg().open("rb") as reg:
            self.assertEqual(run("rules", "-", stdin=reg).out, whole)
        self.assertEqual(run("rules", self.reg(name="ansi.reg", encoding="utf-8")).out, whole)

    def test_damage(self):
        result = run("rules", self.reg(REG + '"x"="no rule"\n"y"="' + "v2.33|Dir=In|Action=Allow|\n"))
        self.assertEqual(result.status, 3, result)
        self.assertIn("no firewall rule", result.err)
        self.assertEqual(result.out.count("\n"), 4)

    def test_lists_without_ids(self):
        listed = self.folder / "listed.txt"
        listed.write_bytes(b"\r\nNome da Regra: \x87\r\n" + b"-" * 70 + b"\r\nLocalIP: Qualquer\r\nRemoteIP: x\r\n")
        result = run("rules", listed, self.reg())
        self.assertEqual((result.status, result.out.count("\n")), (1, 4))
        self.assertIn("take 'netsh advfirewall export FILE.wfw' instead", result.err)

    def test_live(self):
        script = self.folder / "script.txt"
        script.write_text('string FirewallAPI.dll 5 "Shown name"\n'
                          'rule local "{A}" "v2.33|Action=Block|Active=TRUE|Dir=Out|Name=@FirewallAPI.dll,-5|"\n')
        result = run("rules", "--live", "--sim", script, "--format", "json")
        self.check(result)
        row = json.loads(result.out)
        self.assertEqual((row["id"], row["name"], row["from"]), ("{A}", "Shown name", "live"))
        self.assertEqual(run("rules", "--sim", script).status, 2)

    def test_wrong_usage(self):
        self.assertEqual(run("rules").status, 2)
        self.assertEqual(run("rules", "--id").status, 2)
        self.assertEqual(run("rules", "nothing.reg").status, 1)

    def test_events_have_their_rule(self):
        rules, log = self.reg(), self.log("{a}", "core-1", "Stealth")
        result = run("read", "--format", "json", "--names", rules, log)
        self.check(result)
        rows = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([r.get("rule", {}).get("id") for r in rows], ["{A}", "Core-1", None])
        result = run("read", "--names", rules, "--where", "rule=block tools", log)
        self.assertEqual(result.out.count("Block tools"), 1, result)
        result = run("read", "--names", rules, "--where", "rules=x", log)
        self.assertIn("file rule user app", result.err)

    def test_why_names_the_rule(self):
        result = run("why", "--names", self.reg(), self.log("{a}"))
        self.check(result)
        self.assertIn("\n  rule    Block tools ({A}), blocks outbound, local, as in rules.reg\n", result.out)
        self.assertIn("Set-NetFirewallRule", result.out)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    test_cli.TOOL, test_cli.EXAMPLES = sys.argv[1], Path(sys.argv[2])
    del CliTest
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
