#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch connections', and 'watch --sockets', from outside.

usage: test_connections.py TOOL [unittest's arguments]
"""
import json

import test_cli
from test_cli import CliTest, run

NC = r"\device\harddiskvolume3\tools\nc.exe"
AUDIT = (
    "audit {id} version={version} {pid}={process} Application=" + NC + " {direction}SourceAddress={source} "
    "SourcePort={port} {dest}Protocol=6 FilterRTID={filter} LayerName=%%14611 LayerRTID={layer}"
)


def listen(filter, process=1204, port=4444):
    return AUDIT.format(id=5154, version=0, pid="ProcessId", process=process, direction="", source="0.0.0.0", port=port,
                        dest="", filter=filter, layer=40)


def connect(filter, remote="203.0.113.7"):
    return AUDIT.format(id=5156, version=1, pid="ProcessID", process=1300, direction="Direction=%%14593 ",
                        source="192.0.2.10", port=50001, dest=f"DestAddress={remote} DestPort=443 ", filter=filter, layer=48)


SCENE = rf"""
drive C: \device\harddiskvolume3
auditpol connection both
filter id=68302 layer=48 action=permit name="Outbound \u202e may pass"
socket protocol=tcp local=0.0.0.0:4444 process=1204 app={NC} age=5000
socket protocol=tcp local=192.0.2.10:50001 remote=203.0.113.7:443 process=1300 app={NC} age=1000
socket protocol=udp local=[::]:5353 process=1100 app={NC} service="Dns\u202ecache" age=1
"""


class ConnectionsTest(CliTest):
    def script(self, *lines):
        path = self.folder / "scene.sim"
        path.write_text(SCENE + "\n".join(lines))
        return path

    def test_table(self):
        result = run("connections", "--sim", self.script())
        self.check(result)
        head, *rows = result.out.splitlines()
        self.assertRegex(head, r"^PROTO  STATE +LOCAL +REMOTE +PID +PROGRAM$")
        self.assertRegex(rows[0], r"^tcp    listening +0\.0\.0\.0:4444 +- +1204 +C:\\tools\\nc\.exe$")
        self.assertRegex(rows[1], r"^tcp    established +192\.0\.2\.10:50001 +203\.0\.113\.7:443 +1300 +C:\\tools\\nc\.exe$")
        self.assertRegex(rows[2], r"^udp    - +\[::\]:5353 +- +1100 +C:\\tools\\nc\.exe \(Dns.*cache\)$")
        self.assertNotIn("\u202e", result.out)
        self.assertEqual(len(rows), 3)

    def test_json(self):
        result = run("connections", "--sim", self.script(), "--format", "json")
        self.check(result)
        listener, connection, udp = map(json.loads, result.out.splitlines())
        self.assertEqual(listener["state"], "listening")
        self.assertEqual(connection["remote"], {"ip": "203.0.113.7", "port": 443})
        self.assertEqual(udp["process"], {"pid": 1100, "service": "Dns\u202ecache"})
        self.assertNotIn("filters", listener)
        self.assertNotIn("\u202e", result.out)

    IPSEC = ("ipsec_connection local=192.0.2.10 remote=203.0.113.7 key_module=ikev2 mode=tunnel auth=certificate in=1048576 out=2048",
             r'ipsec_connection local=2001:db8::1 remote=2001:db8::2 key_module=authip auth=kerberos second_auth=ntlm_v2 '
             r'peer="PC\u202e7" second_peer=LAB\alice cipher=99')

    def test_ipsec(self):
        result = run("connections", "--sim", self.script(*self.IPSEC))
        self.check(result)
        empty, head, tunnel, transport = result.out.splitlines()[4:]
        self.assertEqual(empty, "")
        self.assertRegex(head, r"^IPSEC +LOCAL +REMOTE +KEYS +PROVEN BY +BYTES IN +BYTES OUT +PEER$")
        self.assertRegex(tunnel, r"^tunnel +192\.0\.2\.10 +203\.0\.113\.7 +ikev2 +certificate +1048576 +2048 +-$")
        self.assertRegex(transport, r"^transport +2001:db8::1 +2001:db8::2 +authip +kerberos +0 +0 +PC.*7, LAB\\alice$")
        self.assertNotIn("\u202e", result.out)

    def test_ipsec_json(self):
        result = run("connections", "--sim", self.script(*self.IPSEC), "--format", "json")
        self.check(result)
        tunnel, transport = map(json.loads, result.out.splitlines()[3:])
        self.assertEqual(tunnel["ipsec"], {"id": 1, "mode": "tunnel", "key_module": "ikev2", "auth_method": "certificate",
                                           "cipher": "des", "integrity": "md5", "dh_group": "none", "max_lifetime_s": 0})
        self.assertEqual((transport["local"], transport["ipsec"]["peer"], transport["ipsec"]["cipher"]),
                         ({"ip": "2001:db8::1"}, "PC\u202e7", 99))

    def test_ipsec_is_not_known(self):
        for call in ("FwpmEngineOpen0", "FwpmConnectionCreateEnumHandle0", "FwpmConnectionEnum0"):
            result = run("connections", "--sim", self.script(*self.IPSEC, f"fail call={call} code=5"))
            self.check(result, err=f"connections of IPsec are not known: {call}: access denied")
            self.assertEqual(len(result.out.splitlines()), 4)  # the sockets

    def filters(self, *lines):
        result = run("connections", "--sim", self.script(*lines), "--filters", "--format", "json")
        self.check(result)
        return [[f["id"] for f in json.loads(line)["filters"]] for line in result.out.splitlines()]

    def test_filters(self):
        lines = [listen(7), listen(8), listen(7), connect(68302), connect(9, "203.0.113.8"), listen(0)]
        self.assertEqual(self.filters(*lines), [[7, 8], [68302], []])
        self.assertEqual(self.filters(listen(7, process=1205), listen(7, port=4445), connect(5)), [[], [5], []])
        self.assertEqual(self.filters(*(listen(n) for n in range(1, 8)), connect(1)), [[7, 6, 5, 4], [1], []])

    def test_filters_have_names(self):
        result = run("connections", "--sim", self.script(connect(68302)), "--filters")
        self.check(result)
        head, listener, connection, _ = result.out.splitlines()
        self.assertRegex(head, r"PERMITTED BY$")
        self.assertRegex(connection, r"  68302 Outbound .* may pass$")
        self.assertRegex(listener, r"  -$")

    def test_no_records(self):
        result = run("connections", "--sim", self.script(), "--filters")
        self.assertEqual(result.status, 0)
        self.assertIn("no record of a permitted connection", result.err)
        result = run("connections", "--sim", self.script("wait 7200000"), "--filters", "--since", "3h")
        self.assertEqual(result.status, 0)

    def test_since(self):
        script = self.script(listen(7), connect(5), "wait 7200000", connect(6))
        for since, found in ((["--since", "1h"], [[], [6], []]), ([], [[], [6], []]), (["--since", "1d"], [[7], [6, 5], []])):
            result = run("connections", "--sim", script, "--filters", "--format", "json", *since)
            self.check(result)
            self.assertEqual([[f["id"] for f in json.loads(line)["filters"]] for line in result.out.splitlines()], found)

    def test_failures(self):
        result = run("connections", "--sim", self.script("fail call=GetExtendedUdpTable code=5"))
        self.assertEqual((result.status, result.out), (1, ""))
        self.assertIn("GetExtendedUdpTable", result.err)
        result = run("connections", "--sim", self.script("fail call=EvtQuery code=5 times=99", "fail call=OpenEventLogW code=5 times=99"), "--filters")
        self.assertEqual(result.status, 1)
        self.assertIn("Security log", result.err)
        self.assertEqual(len(result.out.splitlines()), 4)  # what is known is printed

    def test_usage(self):
        for wrong in (["--since", "1h"], ["x.sim"], ["--sim", "a", "b"], ["--format", "csv"], ["--what"]):
            self.assertEqual(run("connections", *wrong).status, 2, wrong)
        self.assertIn("usage: wfpwatch connections", run("connections", "--help").out)

    def test_watch(self):
        script = self.script("drop protocol=tcp local=192.0.2.10:4444 remote=203.0.113.7:5001 layer=44 app=" + NC)
        result = run("watch", "--sim", script, "--sockets", "--count", "1", "--format", "json")
        self.check(result)
        self.assertEqual(json.loads(result.out)["process"], {"pid": 1204, "pid_from": "sockets", "pid_confidence": "likely"})
        result = run("watch", "--sim", script, "--count", "1", "--format", "json")
        self.assertNotIn("process", json.loads(result.out))


if __name__ == "__main__":
    test_cli.main_of_tool(__doc__)
