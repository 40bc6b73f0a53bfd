#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The Windows tool and DLL on stand-ins for fwpuclnt.dll: the real loader, real threads.

usage: test_double.py DOUBLES_DIR TOOL LIFETIME DLL LATE_DLL PROBE [unittest's arguments]
"""
import contextlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PREFIX = Path(os.environ.get("WINEPREFIX") or ROOT / "build" / "windows" / "wine")
SYSTEM32 = PREFIX / "drive_c" / "windows" / "system32"
DOUBLES, TOOL, LIFETIME, DLL, LATE, PROBE = Path(), "", "", "", "", ""
WITH_ADVAPI32 = (Path(sys.argv[1]) / "log" / "advapi32.dll").exists() if len(sys.argv) > 1 else False
PATIENCE = 120  # seconds; far more than anything takes

VERSIONS = {"7": 0, "8": 1, "10": 2, "1803": 3, "11": 4}  # and the newest Subscribe of each
TEXT = r'app="\\device\\harddiskvolume3\\t\u00e4st\\nc.exe" user=S-1-5-21-1-2-3-1001 '
ENDS = "protocol=tcp local=192.0.2.10:50123 remote=203.0.113.7:4444 "
SCENE = [  # events, and the first Windows that tells of them
    ("7", f"drop {TEXT}{ENDS}filter=70210 layer=48 direction=out"),
    ("7", "drop protocol=udp local=[fe80::1]:53 remote=[2001:db8::2]:5353 scope=7 filter=2 layer=46"),
    ("8", f"allow {TEXT}{ENDS}filter=3 package=S-1-15-2-1-2-3"),
    ("8", f"capability_drop {ENDS}filter=4 capability=1"),
    ("8", f"capability_allow {ENDS}filter=5 capability=2"),
    ("8", "classify_drop_mac filter=6 local_mac=02:00:00:00:00:01 remote_mac=02:00:00:00:00:02"),
    ("7", f"ipsec_kernel_drop {ENDS}status=5 spi=77 filter=7"),
    ("7", "ipsec_dosp_drop public=203.0.113.1 internal=10.0.0.1 status=5"),
    ("7", f"ike_mm_failure {ENDS}error=13801 point=1"),
    ("7", f"ike_qm_failure {ENDS}error=13802 point=2"),
    ("7", f"ike_em_failure {ENDS}error=13803 point=1"),
    ("11", f"lpm_packet_arrival {ENDS}spi=9"),
    ("10", f"drop {ENDS}filter=8 effective=S-1-5-18 policy=12 enterprise=corp.example"),
    ("7", "drop filter=999 time=134116992000000099"),
]
AGE = list(VERSIONS)


def events_of(windows):
    return [line for since, line in SCENE
            if AGE.index("7" if since == "10" else since) <= AGE.index(windows)]


@contextlib.contextmanager
def replaced(files):
    """Libraries in Wine's folder, in the place of those of their names, while it lasts."""
    kept = {SYSTEM32 / f.name: (SYSTEM32 / f.name).read_bytes() if (SYSTEM32 / f.name).exists() else None for f in files}
    for f in files:
        shutil.copyfile(f, SYSTEM32 / f.name)
    try:
        yield
    finally:
        for target, content in kept.items():
            if content is None:
                target.unlink()
            else:
                target.write_bytes(content)


def setUpModule():
    if not SYSTEM32.exists():  # Wine's first start makes it
        subprocess.run([TOOL, "--version"], check=True, stdout=subprocess.DEVNULL)


class Result:
    def __init__(self, done, log):
        self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        self.log = log
        self.calls = [line.split()[0] for line in log if " -> " in line]

    def __repr__(self):
        return f"status {self.status}\n{self.out}\n{self.err}\n" + "\n".join(self.log)

    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def said(self, call):
        return [line for line in self.log if line.startswith(call + " ")]


class DoubleTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_on(self, windows, script, *command, before="", overrides="fwpuclnt=n"):
        """Runs the command on that Windows, where the script happens once somebody subscribes."""
        if windows is not None:
            shutil.copyfile(DOUBLES / windows / "fwpuclnt.dll", SYSTEM32 / "fwpuclnt.dll")
        log, scene = self.folder / "log", self.folder / "scene.txt"
        log.write_text("")
        scene.write_text(script)
        env = dict(os.environ, WINEDLLOVERRIDES=overrides, WFPW_DOUBLE_SCRIPT=str(scene),
                   WFPW_DOUBLE_LOG=str(log), WFPW_DOUBLE_BEFORE=before)
        done = subprocess.run(list(map(str, command)), env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        lines = log.read_text().splitlines()
        self.assertEqual([line for line in lines if line.startswith("script:")], [])
        return Result(done, lines)

    def watch(self, windows, script, *arguments, **more):
        return self.run_on(windows, script, TOOL, "watch", "--format", "json", *arguments, **more)


class EventLog(DoubleTest):
    """The Security log through wevtapi.dll, and by number through advapi32.dll."""

    SCRIPT = (
        r"audit 5157 version=1 ProcessID=1204 Application=\device\harddiskvolume3\nc.exe Direction=%%14593 "
        "SourceAddress=192.0.2.10 SourcePort=50123 DestAddress=203.0.113.7 DestPort=4444 Protocol=6 "
        "FilterRTID=70210 LayerName=%%14611 LayerRTID=48 RemoteUserID=S-1-0-0 RemoteMachineID=S-1-0-0\n"
        "repeat 40 audit 5154 ProcessId=4 Application=System SourceAddress=0.0.0.0 SourcePort=445 Protocol=6 "
        "FilterRTID=0 LayerName=%%14609 LayerRTID=40\n"
        "audit 4624 TargetUserName=nobody\nsleep 300\nlog restart\nsleep 100\n"
        "audit 5031 Profiles=Public Application=C:\\\\t.exe\n"
    )
    COUNT = 43  # with the record of the service that shuts down

    def watch_log(self, *arguments, overrides, **more):
        names = [n + ".dll" for n in re.findall(r"(\w+)=n", overrides)] + ["advapi32w.dll"]
        with replaced([DOUBLES / "log" / n for n in names if (DOUBLES / "log" / n).exists()]):
            return self.run_on(None, self.SCRIPT, TOOL, "watch", "--only", "audit", "--format", "json",
                               "--count", self.COUNT, *arguments, overrides=overrides, **more)

    def expect_events(self, result):
        events = result.events()
        self.assertEqual((result.status, len(events)), (0, self.COUNT), result)
        self.assertEqual({e["source"] for e in events}, {"audit"})
        self.assertEqual([e["audit"]["record_id"] for e in events],
                         [n for n in range(1, self.COUNT + 2) if n != 42])
        first = events[0]
        self.assertEqual((first["process"]["pid"], first["filter"]["id"], first["verdict"],
                          first["remote"]), (1204, 70210, "block", {"ip": "203.0.113.7", "port": 4444}))
        self.assertEqual(first["audit"]["version"], 1)
        return events

    def test_subscription(self):
        result = self.watch_log(overrides="wevtapi=n")
        self.expect_events(result)
        opened = sum(len([line for line in result.said(call) if line.endswith("-> 0x0")])
                     for call in ("EvtSubscribe", "EvtCreateBookmark", "EvtOpenLog"))
        given = sum(int(n) for n in re.findall(r" returned=(\d+) -> 0x0", "\n".join(result.log)))
        self.assertGreaterEqual(given, self.COUNT)
        self.assertEqual(len(result.said("EvtClose")), opened + given, result)
        self.assertEqual([c for c in result.calls if c.startswith("Fwpm")], [])
        self.assertRegex(result.said("EvtSubscribe")[0], " session=none callback=none flags=0x[0-9]+ channel=Security ")
        self.assertEqual({n for n in re.findall(r"EvtNext thread=\d+ wanted=(\d+)", "\n".join(result.log))}, {"30"})

    def test_by_number(self):
        if not (DOUBLES / "log" / "advapi32.dll").exists():
            self.skipTest("Wine's advapi32.dll was not found")
        for arguments, before in ((("--classic",), ""), ((), "log refuse_modern on")):
            with self.subTest(arguments=arguments):
                result = self.watch_log(*arguments, overrides="wevtapi=n;advapi32=n", before=before)
                self.expect_events(result)
                opened = [line for line in result.said("OpenEventLogW") if line.endswith("-> 0x0")]
                self.assertEqual(len(result.said("CloseEventLog")), len(opened), result)


class Sockets(DoubleTest):
    """Tables of sockets through the real exports of iphlpapi.dll, and without some of them."""

    def run_with(self, script, *command, failing="", windows="11", before=""):
        self.run_on("11", "", TOOL, "--version")  # what Wine starts has Wine's own
        os.environ["WFPW_DOUBLE_SOCKETS"] = failing
        with replaced([DOUBLES / "sockets" / "iphlpapi.dll"]):
            return self.run_on(windows, script, TOOL, *command, "--format", "json", before=before,
                               overrides="fwpuclnt=n;iphlpapi=n")

    def test_connections(self):
        result = self.run_with("", "connections")
        self.assertEqual(result.status, 0, result)
        tcp, udp = result.events()
        self.assertEqual((tcp["state"], tcp["local"]), ("listening", {"ip": "0.0.0.0", "port": 4444}))
        self.assertEqual((tcp["process"]["service"], tcp["created"]), ("RpcSs", "2001-01-01T00:00:00.0000000Z"))
        self.assertEqual((udp["protocol"], udp["process"]["service"]), (17, "Dnscache"))
        self.assertRegex(tcp["app"]["device_path"], r"^\\.*wfpwatch\.exe$")

    def test_ipsec(self):
        connection = "ipsec_connection local=192.0.2.10 remote=203.0.113.7 auth=kerberos peer=PC7$ in=5"
        for windows in ("8", "11"):
            result = self.run_with("", "connections", windows=windows, before=f"repeat 65 {connection}")
            self.assertEqual((result.status, result.err), (0, ""), result)
            last = result.events()[-1]
            self.assertEqual((last["ipsec"]["id"], last["ipsec"]["peer"], last["bytes_in"]), (65, "PC7$", 5))
            self.assertEqual(len(result.events()), 2 + 65)
            self.assertEqual([line.split(" -> ")[0].split("wanted=")[1] for line in result.said("FwpmConnectionEnum0")],
                             ["64 count=64", "64 count=1"])
            self.assertEqual(len(result.said("FwpmConnectionDestroyEnumHandle0")), 1)
            self.assertEqual(len(result.said("FwpmFreeMemory0")), 3)  # with the option's

    def test_ipsec_is_not_known(self):
        for windows, before, why in (("7", "", "FwpmConnectionEnum0"),
                                     ("11", "fail call=FwpmConnectionCreateEnumHandle0 code=5", "access denied")):
            result = self.run_with("", "connections", windows=windows, before=before)
            self.assertEqual((result.status, len(result.events())), (0, 2), result)
            self.assertRegex(result.err, f"connections of IPsec are not known: .*{why}")

    def test_module_fails(self):
        result = self.run_with("", "connections", failing="GetOwnerModuleFromTcpEntry")
        self.assertNotIn("service", result.events()[0]["process"])
        self.assertIn("service", result.events()[1]["process"])

    def test_table_fails(self):
        result = self.run_with("", "connections", failing="GetExtendedUdpTable")
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertIn("GetExtendedUdpTable", result.err)

    def test_watch(self):
        drop = "drop protocol=tcp local=192.0.2.10:4444 remote=203.0.113.7:5001 filter=3 layer=44"
        result = self.run_with(drop, "watch", "--sockets", "--count", "1")
        process = result.events()[0]["process"]
        self.assertEqual((process["pid_from"], process["pid_confidence"], process["service"]), ("sockets", "guess", "RpcSs"))
        result = self.run_with(drop, "watch", "--sockets", "--count", "1", failing="GetExtendedTcpTable")
        self.assertNotIn("process", result.events()[0])


class Prove(DoubleTest):
    """'wfpwatch prove' through the real exports of fwpuclnt.dll and ws2_32.dll."""

    USER = "S-1-5-21-0-0-0-1000"  # that Wine's processes have
    APP = r"\device\harddiskvolume3\wfpwatch.exe"

    def prove(self, windows, *more, defect="", log=False):
        """log: with the Security log and the audit policy of the same machine."""
        image = str(DOUBLES.resolve().parents[1] / "examples" / "cli" / "wfpwatch.exe").replace("/", "\\")
        files = [DOUBLES / "winsock" / "ws2_32.dll"]
        if log:
            files += [DOUBLES / "log" / name for name in ("wevtapi.dll", "advapi32.dll", "advapi32w.dll")]
        self.run_on(windows, "", TOOL, "--version")  # what Wine starts has Wine's own libraries
        os.environ.update(WFPW_DOUBLE_APP=self.APP, WFPW_DOUBLE_USER=self.USER)
        if log:
            os.environ["WFPW_DOUBLE_ENGINE"] = "1"
        with replaced(files):
            try:
                result = self.run_on(windows, "", TOOL, "prove", "--json", "--flood", "50", "--wait", "3", *more,
                                     before=f'file "Z:{image}" "{self.APP}"\n{defect}',
                                     overrides="fwpuclnt=n;ws2_32=n" + (";wevtapi=n;advapi32=n" if log else ""))
            finally:
                os.environ.pop("WFPW_DOUBLE_ENGINE", None)
        return result, {c["claim"]: c for c in json.loads(result.out)["claims"]}

    def expect_claims(self, result, claims, but):
        self.assertEqual(result.status, 0, result)
        self.assertEqual({name: c["shown"] for name, c in claims.items() if c["shown"] != "yes"}, but, result)
        self.assertEqual([claims[c]["error"] for c in ("connect tcp ipv4", "accept udp ipv6")], [10013, 10060])
        added = [line for line in result.said("FwpmFilterAdd0") if line.endswith("-> 0x0")]
        self.assertEqual((len(added), len(result.said("FwpmTransactionCommit0"))), (21, 1), result)
        self.assertEqual({n for n in re.findall(r"conditions=(\d)", "\n".join(added))}, {"3", "4"})

    def test_every_claim(self):
        self.expect_claims(*self.prove("7"), but={"permit": "open", "audit policy restored": "skipped"})

    @unittest.skipUnless(WITH_ADVAPI32, "Wine's advapi32.dll was not found")
    def test_records(self):
        """The audit policy is turned on, each block has its record, and the policy is restored."""
        result, claims = self.prove("11", "--audit-policy", log=True)
        self.expect_claims(result, claims, but={})
        records = {name: c for name, c in claims.items() if name.startswith(("connect ", "accept "))}
        self.assertEqual({(c["record"], c["joined"]) for c in records.values()}, {(5157, True)}, result)
        self.assertGreater(len(result.said("AuditSetSystemPolicy")), 0)

    def test_defects(self):
        result, claims = self.prove("11", *["--audit-policy"] * WITH_ADVAPI32, log=WITH_ADVAPI32,
                                    defect="defect filter_left;defect record_lost")
        self.assertEqual((result.status, claims["filters removed"]["shown"]), (1, "no"))
        self.assertEqual(claims["connect tcp ipv4"]["shown"], "no" if WITH_ADVAPI32 else "yes", result)


class Versions(DoubleTest):
    """Every Windows: the newest functions it has, and all that it tells."""

    def scene(self, windows, **more):
        wanted = events_of(windows)
        script = "\n".join(line for _, line in SCENE) + "\n"
        live = self.watch(windows, script, "--count", len(wanted), **more)
        self.assertEqual((live.status, len(live.events())), (0, len(wanted)), live)
        return script, live

    def test_scene(self):
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                script, live = self.scene(windows)
                path = self.folder / "sim.txt"
                path.write_text(script)
                sim = self.run_on(None, "", TOOL, "watch", "--format", "json", "--sim", path, "--windows",
                                  windows, "--count", len(live.events()))
                self.assertEqual((sim.status, sim.log), (0, []), sim)
                self.assertEqual({e["source"] for e in live.events()}, {"live"})
                self.assertEqual([dict(e, source="sim") for e in live.events()], sim.events())
                kinds = {e["kind"] for e in live.events()}
                self.assertEqual("classify_allow" in kinds, windows != "7")
                self.assertEqual("lpm_packet_arrival" in kinds, windows == "11")

    def test_calls(self):
        """What reaches the system, in which order, from which thread."""
        for windows, newest in VERSIONS.items():
            with self.subTest(windows=windows):
                _, live = self.scene(windows)
                subscribed = [c for c in live.calls if "Subscribe" in c]
                self.assertEqual(subscribed, [f"FwpmNetEventSubscribe{newest}",
                                              "FwpmFilterSubscribeChanges0"], live)
                self.assertEqual((live.calls[0], live.calls[-1]), ("FwpmEngineOpen0", "FwpmEngineClose0"))
                self.assertEqual(len(live.said("FwpmEngineOpen0")), len(live.said("FwpmEngineClose0")))
                end = live.calls.index("FwpmNetEventUnsubscribe0")
                self.assertEqual(live.calls[end + 1], "FwpmEngineClose0")
                self.assertRegex(live.log[0], r" server=none service=10 identity=none name=wfpwatch "
                                              r"flags=0x0 wait=1000 -> 0x0$")
                codes = {line.split(" -> ")[1] for line in live.log
                         if "Option" not in line and "FilterGetById" not in line}
                self.assertEqual(codes, {"0x0"})  # an older Windows may not know an option, or a keyword
                self.assertEqual(len(set(re.findall(r" thread=(\d+)", "\n".join(live.log)))), 1)
                pages = [c for c in live.calls if c.endswith("Enum0")]
                self.assertEqual(live.calls.count("FwpmFreeMemory0"),
                                 sum(line.endswith("-> 0x0") for line in live.said("FwpmEngineGetOption0")) + len(pages))

    def test_rights(self):
        """Each is asked through the newest function there is, and let go of."""
        for windows, newest in VERSIONS.items():
            with self.subTest(windows=windows):
                host = self.run_on(windows, "", TOOL, "check", "--format", "json")
                rows = {row["name"]: row["level"] for row in host.events()}
                self.assertEqual([rows.get(name) for name in ("events", "history", "filters")], ["ok"] * 3, host)
                asked = [c for c in host.calls if "Option" not in c and c != "FwpmFreeMemory0"]
                self.assertEqual(asked, ["FwpmEngineOpen0", f"FwpmNetEventSubscribe{newest}",
                                         "FwpmNetEventUnsubscribe0", "FwpmNetEventCreateEnumHandle0",
                                         "FwpmNetEventDestroyEnumHandle0", "FwpmFilterCreateEnumHandle0",
                                         "FwpmFilterDestroyEnumHandle0", "FwpmEngineClose0"], host)

    def test_paths_of_this_host(self):
        """The volumes are not the stand-in's: they are those that Wine's own kernel32 knows."""
        script = "".join(f"drop filter={n} user=S-1-5-18 app=\\device\\harddiskvolume{n}\\x.exe\n"
                         for n in range(1, 9)) + "drop filter=9 app=System\n"
        live = self.watch("11", script, "--count", 9, "--accounts")
        events = live.events()
        self.assertEqual((live.status, len(events)), (0, 9), live)
        paths = {e["app"]["path"] for e in events if "path" in e["app"]}
        self.assertIn("C:\\x.exe", paths, live)
        self.assertTrue(all(re.fullmatch(r"[A-Z]:\\x\.exe", path) for path in paths), paths)
        self.assertNotIn("path", events[-1]["app"])
        self.assertEqual(events[0]["user"]["name"], "NT AUTHORITY\\SYSTEM")
        app = next(e["app"] for e in events if e["app"].get("path") == "C:\\x.exe")
        wanted = self.watch("11", script, "--count", 1, "--where", "app=C:\\x.exe",
                            before="file C:\\x.exe " + app["device_path"])
        self.assertEqual([e["app"] for e in wanted.events()], [app], wanted)
        gone = self.watch("11", script, "--count", 1, "--where", "app=C:\\gone.exe")
        self.assertEqual((gone.status, gone.out), (1, ""), gone)

    def test_collection_is_off(self):
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                first = self.watch(windows, "drop filter=1\n", "--seconds", 2, before="collect off")
                if "FwpmEngineSetOption0" in first.calls:  # it was turned on before the subscription
                    self.scene(windows, before="collect off")
                else:
                    self.assertEqual((first.status, first.out), (0, ""), first)
                    self.assertIn("collects no net events", first.err)

    def test_collection_comes_back(self):
        result = self.watch("11", "drop filter=1\ncollect on\ndrop filter=2\n", "--count", 1,
                            before="collect off")
        self.assertEqual(result.status, 0, result)
        self.assertIn(result.events()[0]["filter"]["id"], (1, 2))


class Explain(DoubleTest):
    """A failed connection, and a command, through the real exports."""

    NC = r"drop app=\device\harddiskvolume3\nc.exe protocol=tcp direction=out filter=70210 layer=48"
    TIME = ("--since", "2026-01-01T00:00:00Z", "--until", "2026-01-01T00:00:10Z")  # the stand-in's

    def explain(self, windows, before, *arguments):
        return self.run_on(windows, "", TOOL, "explain", "203.0.113.7:4444", "--format", "json", *self.TIME, *arguments,
                           before=before)

    def test_every_windows(self):
        before = f"{self.NC} remote=203.0.113.7:80;{self.NC} remote=203.0.113.7:4444"
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                result = self.explain(windows, before, "--app", "NC.exe")
                self.assertEqual(result.status, 0, result)
                answer = json.loads(result.out)
                (row,) = answer["rows"]
                self.assertEqual((answer["conclusion"], row["strength"], row["event"]["filter"]["id"]),
                                 ("blocked", "exact", 70210))
                self.assertEqual(answer["net_events"], 2)

    def test_collection_is_off(self):
        result = self.explain("11", "collect off")
        if result.status == 0:  # Wine's own log can be read
            answer = json.loads(result.out)
            self.assertEqual(answer["conclusion"], "not covered")
            self.assertIn("collection_off", answer["unseen"])
        else:
            self.assertEqual(result.status, 1, result)
            self.assertIn("collection of net events is off", result.err)

    def test_run(self):
        image = "Z:" + str(DOUBLES.resolve().parents[1] / "examples" / "cli" / "wfpwatch.exe").replace("/", "\\")
        cmd = r"drop app=\device\harddiskvolume1\windows\system32\cmd.exe protocol=tcp remote=203.0.113.7:4444 filter=7"
        state = "SOFTWARE\\wfpwatch tests\\run"
        result = self.run_on("11", f"{self.NC} remote=203.0.113.7:4444\n{cmd}\n", TOOL, "run", "--format", "json",
                             "--state", state, "--", "cmd", "/c", f"{image} watch --sim --seconds 3 >nul & exit 7")
        self.assertEqual(result.status, 7, result)
        lines = [json.loads(line) for line in result.err.splitlines()]
        self.assertEqual([line["event"]["filter"]["id"] for line in lines[:-1]], [7], result)
        self.assertEqual((lines[-1]["status"], lines[-1]["of_program"], lines[-1]["missing"]), (7, 1, ""))
        self.assertEqual(len(lines[-1]["processes"]), 2, result)  # with the one inside of it


class History(DoubleTest):
    """What the engine keeps, with the newest function that this Windows has."""

    def script(self, windows):
        plain = [line.replace("\u00e4", "a") for line in events_of(windows)]  # it is in the environment
        return ";".join(["keywords 0x1f" if windows != "7" else "keywords 3", *plain])

    def history(self, windows, before, *arguments):
        return self.run_on(windows, "", TOOL, "history", "--format", "json", *arguments, before=before)

    def test_every_windows(self):
        for windows, newest in VERSIONS.items():
            with self.subTest(windows=windows):
                before = self.script(windows)
                kept = self.history(windows, before)
                self.assertEqual((kept.status, kept.err), (0, ""), kept)
                self.assertEqual({e["source"] for e in kept.events()}, {"history"})
                path = self.folder / "sim.txt"
                path.write_text(before)
                sim = self.run_on(None, "", TOOL, "history", "--format", "json", "--sim", path,
                                  "--windows", windows)
                self.assertEqual([dict(e, source="sim") for e in kept.events()], sim.events())
                self.assertEqual(len(kept.events()), len(events_of(windows)))
                enum = f"FwpmNetEventEnum{newest + 1}"
                events = [
                    "FwpmEngineOpen0", "FwpmNetEventCreateEnumHandle0", enum, "FwpmFreeMemory0", enum,
                    "FwpmFreeMemory0", "FwpmNetEventDestroyEnumHandle0", "FwpmEngineClose0"]
                self.assertEqual(kept.calls[:len(events)], events, kept)
                names = kept.calls[len(events):]  # then the filters' names, in a session of their own
                self.assertEqual((names[0], names[1], names[-1]), (
                    "FwpmEngineOpen0", "FwpmLayerCreateEnumHandle0", "FwpmEngineClose0"), kept)
                self.assertEqual({line.split(" -> ")[1] for line in kept.log if " -> " in line}, {"0x0"})

    def test_names(self):
        """Each event's filter as the engine has it; without the right to list them, its id."""
        before = "filter id=1 name=Ours;drop filter=1 layer=48;drop filter=2 layer=48"
        kept = self.history("11", before)
        self.assertEqual((kept.status, kept.err), (0, ""), kept)
        self.assertEqual([e["filter"].get("name") for e in kept.events()], ["Ours", None])
        kept = self.history("11", before + ";fail call=FwpmFilterEnum0 code=5 times=1000")
        self.assertEqual((kept.status, len(kept.events())), (0, 2), kept)
        self.assertRegex(kept.err, r"\Awfpwatch: warning: .*FwpmFilterEnum0.*0x5.*\n\Z")
        self.assertEqual([e["filter"].get("name") for e in kept.events()], [None, None])
        offline = self.history("11", before, "--names", self.folder / "none.xml")
        self.assertEqual((offline.status, len(offline.events())), (1, 2), offline)
        self.assertEqual(offline.calls.count("FwpmEngineOpen0"), 1)

    def test_paths_of_this_host(self):
        """The volumes are those that Wine knows, as of live events."""
        apps = "".join(f"drop user=S-1-5-18 app=\\device\\harddiskvolume{n}\\x.exe;" for n in range(1, 9))
        kept = self.history("11", apps.rstrip(";"))
        self.assertEqual((kept.status, len(kept.events())), (0, 8), kept)
        app = next(e["app"] for e in kept.events() if e["app"].get("path") == "C:\\x.exe")
        self.assertEqual(kept.events()[0]["user"]["name"], "NT AUTHORITY\\SYSTEM")
        wanted = self.history("11", f"file C:\\x.exe {app['device_path']};{apps}drop", "--where",
                              "app=C:\\x.exe")
        self.assertEqual([e["app"] for e in wanted.events()], [app], wanted)

    def test_pages(self):
        result = self.history("11", "repeat 128 drop filter=1")
        self.assertEqual(len(result.events()), 128, result)
        self.assertEqual(result.calls.count("FwpmNetEventEnum5"), 3)
        of_events = result.calls[:result.calls.index("FwpmEngineClose0")]  # behind it: of names
        self.assertEqual(of_events.count("FwpmFreeMemory0"), 3)

    def test_times(self):
        result = self.history("11", "drop filter=1; wait 60000; drop filter=2", "--since",
                              "2026-01-01T00:00:30Z", "--until", "2026-01-01T00:02Z")
        self.assertEqual([e["filter"]["id"] for e in result.events()], [2], result)

    def test_collection_is_off(self):
        result = self.history("11", "drop filter=1; collect off")
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertRegex(result.err, r"CreateEnumHandle0: .* is off .*0x80320013.*; .* clears ")

    def test_late_open(self):
        result = self.watch("11", "drop filter=2\n", "--since", "2026-01-01T00:00Z", "--count", 2,
                            before="drop filter=1")
        self.assertEqual([(e["filter"]["id"], e["source"]) for e in result.events()],
                         [(1, "history"), (2, "live")], result)
GUIDS = {  # FWPM_CONDITION_*, of the win32 metadata
    "IP_PROTOCOL": "3971ef2b-623e-4f9a-8cb1-6e79b806b9a7",
    "IP_LOCAL_ADDRESS": "d9ee00de-c1ef-4617-bfe3-ffd8f5a08957",
    "IP_REMOTE_ADDRESS": "b235ae9a-1d64-49b8-a44c-5ff3d9095045",
    "IP_LOCAL_PORT": "0c1ba1af-5765-453f-af22-a8f791ac775b",
    "IP_REMOTE_PORT": "c35a604d-d22b-4e1a-91b4-68f674ee674b",
    "ALE_APP_ID": "d78e1e87-8644-4ea5-9437-d809ecefc971",
    "ALE_USER_ID": "af043a0a-b34d-4f86-979c-c90371af6e66",
    "NET_EVENT_TYPE": "206e9996-490e-40cf-b831-b38641eb6fcb",
}
UINT8, UINT16, UINT32, ARRAY16, BLOB, SID, V4_MASK, V6_MASK = 1, 2, 3, 11, 12, 13, 256, 257
APP = r"\device\harddiskvolume3\tools\nc.exe"
USER = "S-1-5-21-1-2-3-1001"
USER_BYTES = struct.pack("<BB6B5I", 1, 5, 0, 0, 0, 0, 0, 5, 21, 1, 2, 3, 1001)


class Templates(DoubleTest):
    """What the engine is asked, byte for byte: layouts of x64, offsets of the win32 metadata."""

    def memory(self, result):
        pieces = [line.split() for line in result.log if line.startswith("memory ")]
        return {int(p[1], 16): bytes.fromhex(p[2]) if len(p) > 2 else b"" for p in pieces}

    def asked(self, result):
        """The conditions: {name: (type, value)}, of pointers what they point to."""
        memory = self.memory(result)
        at = int(result.said("template")[0].split()[1], 16)
        count = struct.unpack_from("<I", memory[at], 16)[0]
        conditions = struct.unpack_from("<Q", memory[at], 24)[0]
        # no times; and what stands between the members is zero
        self.assertEqual(memory[at], struct.pack("<IIII I4x Q", 0, 0, 0, 0, count, conditions))
        self.assertEqual(len(memory[conditions]), 40 * count)
        names, found = {uuid.UUID(g).bytes_le: n for n, g in GUIDS.items()}, {}
        for i in range(count):
            raw = memory[conditions][40 * i:40 * i + 40]
            kind, value = struct.unpack_from("<I", raw, 24)[0], raw[32:40]
            self.assertEqual(raw, raw[:16] + struct.pack("<I4xI4x", 0, kind) + value)  # EQUAL
            if kind > UINT32:
                value = memory[struct.unpack("<Q", value)[0]]
            if kind == BLOB:
                size, data = struct.unpack("<I4xQ", value)
                value = memory[data]
                self.assertEqual(len(value), size)
            found[names[raw[:16]]] = (kind, value)
        self.assertEqual(len(found), count)
        return found

    def ask(self, *conditions, **more):
        where = [word for c in conditions for word in ("--where", c)]
        return self.watch("11", f"drop app=\"{APP}\" user={USER} {ENDS}filter=1 layer=48 direction=out\n",
                          "--count", 1, "--seconds", 3, *where, **more)

    def test_every_field(self):
        result = self.ask("protocol=tcp", "local-address=192.0.2.10", "remote-address=203.0.113.0/24",
                          "local-port=50123", "remote-port=0x115c", f"app={APP.upper()}", f"user={USER}",
                          "type=classify_drop", "direction!=inbound", "filter=1")
        self.assertEqual((result.status, len(result.events())), (0, 1), result)
        self.assertEqual(self.asked(result), {
            "IP_PROTOCOL": (UINT8, struct.pack("<B7x", 6)),
            "IP_LOCAL_ADDRESS": (UINT32, struct.pack("<I4x", 0xC000020A)),
            "IP_REMOTE_ADDRESS": (V4_MASK, struct.pack("<II", 0xCB007100, 0xFFFFFF00)),
            "IP_LOCAL_PORT": (UINT16, struct.pack("<H6x", 50123)),
            "IP_REMOTE_PORT": (UINT16, struct.pack("<H6x", 4444)),
            "ALE_APP_ID": (BLOB, (APP + "\0").encode("utf-16-le")),
            "ALE_USER_ID": (SID, USER_BYTES),
            "NET_EVENT_TYPE": (UINT32, struct.pack("<I4x", 3)),
        })

    def test_ipv6(self):
        script = "drop local=[fe80::1]:1 remote=[2001:db8::2]:2 filter=1\n"
        where = ["--where", "local-address=fe80::/10", "--where", "remote-address=2001:db8::2"]
        result = self.watch("11", script, "--count", 1, *where)
        self.assertEqual((result.status, len(result.events())), (0, 1), result)
        self.assertEqual(self.asked(result), {
            "IP_LOCAL_ADDRESS": (V6_MASK, bytes.fromhex("fe80") + bytes(14) + b"\x0a"),
            "IP_REMOTE_ADDRESS": (ARRAY16, bytes.fromhex("20010db8") + bytes(11) + b"\x02"),
        })

    def test_nothing_to_ask(self):
        """No template then; nor is there one without a condition."""
        result = self.ask("protocol=tcp,udp", "protocol!=sctp", "local-port=1-65535", "app=nc.exe",
                          "user=*", "remote-address=0.0.0.0/0", "layer!=1")
        self.assertEqual((result.status, len(result.events())), (0, 1), result)
        self.assertTrue(all("template=none" in line for line in result.said("FwpmNetEventSubscribe4")))
        self.assertEqual(result.said("template"), [])

    def test_one_field_once(self):
        result = self.ask("remote-port=4444", "remote-port=4444", "protocol=6", "protocol=tcp")
        self.assertEqual((result.status, set(self.asked(result))), (0, {"IP_REMOTE_PORT", "IP_PROTOCOL"}))

    def test_refused(self):
        """Every code that is not about rights or the engine's state: it goes on without."""
        for code in (0x80320002, 0x80320026, 0x80320027, 0x80320033, 0x80320035, 0x8032001D, 87, 1783):
            with self.subTest(code=hex(code)):
                result = self.ask("protocol=tcp", before=f"fail call=FwpmNetEventSubscribe code={code}")
                self.assertEqual((result.status, len(result.events())), (0, 1), result)
                lines = result.said("FwpmNetEventSubscribe4")
                self.assertEqual(["template=given" in line for line in lines], [True, False])

    def test_file(self):
        files = f'file "C:\\Tools\\nc.exe" "{APP}"'
        result = self.ask(r"app=c:\tools\NC.exe", before=files)
        self.assertEqual(self.asked(result), {"ALE_APP_ID": (BLOB, (APP + "\0").encode("utf-16-le"))})

    def test_no_such_file(self):
        result = self.ask(r"app=C:\gone.exe")
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertRegex(result.err, r"^wfpwatch: FwpmGetAppIdFromFileName0: .*no such file.*\(code 2\)")
        self.assertEqual([c for c in result.calls if "Subscribe" in c], [])


class Failures(DoubleTest):
    def check(self, result, pattern):
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertRegex(result.err, pattern)

    def test_error_is_no_reason_for_an_older_function(self):
        for windows, newest in VERSIONS.items():
            result = self.watch(windows, "", before="fail call=FwpmNetEventSubscribe code=5")
            name = f"FwpmNetEventSubscribe{newest}"
            self.check(result, f"(?m)^wfpwatch: {name}: .*denied.*0x5.*; run elevated")
            self.assertEqual([c for c in result.calls if "Subscribe" in c], [name])
            self.assertEqual(result.calls[-1], "FwpmEngineClose0")

    def test_too_old(self):
        result = self.watch("vista", "")
        self.check(result, r"^wfpwatch: FwpmNetEventSubscribe0: .*older than Windows 7 \(code 0x7f\)")
        self.assertEqual(result.log, [])

    def test_no_library(self):
        self.check(self.watch(None, "", overrides="fwpuclnt="), "^wfpwatch: fwpuclnt.dll: .*0x7e")

    def test_only_from_system32(self):
        """A library of that name beside the program is not looked at."""
        shutil.copyfile(DOUBLES / "11" / "fwpuclnt.dll", self.folder / "fwpuclnt.dll")
        tool = self.folder / "wfpwatch.exe"
        target = re.search(r'"([^"]+\.exe)"', Path(TOOL).read_text())[1]
        shutil.copyfile(target, tool)
        there = SYSTEM32 / "fwpuclnt.dll"
        there.unlink(missing_ok=True)
        result = self.run_on(None, "drop filter=1\n", ROOT / "tests" / "windows" / "wine", tool, "watch",
                             "--count", 1)
        self.check(result, "^wfpwatch: fwpuclnt.dll: ")
        self.assertEqual(result.log, [])

    def test_no_service(self):
        self.check(self.watch("11", "", before="stop"), "FwpmEngineOpen0: .*0x6d9")

    def test_service_restarts(self):
        result = self.watch("11", "drop filter=1\nrestart\n", "--count", 2)
        self.assertEqual([e["kind"] for e in result.events()], ["classify_drop", "gap"], result)
        self.assertEqual(result.calls.count("FwpmNetEventSubscribe4"), 2)
        self.assertEqual(len(result.said("FwpmEngineOpen0")), len(result.said("FwpmEngineClose0")))

    def test_flood(self):
        result = self.watch("11", "repeat 60000 drop filter=1\ndrop filter=2\n", "--seconds", 4)
        events = result.events()
        lost = sum(e["lost"] for e in events if e["kind"] == "gap")
        self.assertEqual(result.status, 0, result.err)
        self.assertEqual(sum(e["kind"] != "gap" for e in events) + lost, 60001)


class Lifetime(DoubleTest):
    """The library and the process may go at any time."""
    FLOOD = "\n".join(["repeat 50 drop filter=1", "sleep 1"] * 3000) + "\n"

    def run_lifetime(self, mode, library):
        windows_path = "Z:" + str(library).replace("/", "\\")
        result = self.run_on("11", self.FLOOD, LIFETIME, mode, windows_path)
        self.assertEqual((result.status, result.out.strip(), result.err), (0, "done", ""), result.err)
        return result

    def test_unload(self):
        result = self.run_lifetime("unload", DLL)
        self.assertEqual(result.calls[-2:], ["FwpmNetEventUnsubscribe0", "FwpmEngineClose0"])

    def test_exit(self):
        result = self.run_lifetime("exit", DLL)
        self.assertNotIn("FwpmEngineClose0", result.calls)  # Windows ends it with the process

    def test_atexit(self):
        self.assertEqual(self.run_lifetime("atexit", DLL).calls[-1], "FwpmEngineClose0")

    def test_detach(self):
        self.run_lifetime("detach", LATE)


class Policy(DoubleTest):
    """The functions about filters: each Windows has them all."""
    BEFORE = ("provider key={11111111-0000-0000-0000-000000000001} name=Agent; "
              "context key={11111111-0000-0000-0000-000000000004} provider=MPSSVC_WF data=Stealth; "
              "filter id=70210 name=One provider={11111111-0000-0000-0000-000000000001} layer=44 "
              "context={11111111-0000-0000-0000-000000000004}; filters 3 from=9")

    def test_a_guard(self):
        """Of a filter that is there, and of one that comes; by its conditions."""
        block = (r'filter id={} layer=ALE_AUTH_CONNECT_V4 action=block condition="app id = '
                 r'\device\harddiskvolume3\agent\sensor.exe"')
        for windows in ("7", "11"):
            with self.subTest(windows=windows):
                live = self.watch(windows, block.format(8) + "\n", "--guard", "C:\\Agent\\*.exe", "--count", 2,
                                  before=block.format(7))
                self.assertEqual({e["filter"]["id"] for e in live.events()}, {7, 8}, live)
                self.assertEqual([(e["kind"], e["guard"]["target"], e["guard"]["confidence"])
                                  for e in live.events()], [("guard", "app=C:\\Agent\\*.exe", "likely")] * 2)
                found = self.run_on(windows, "", TOOL, "check", "--format", "json", "--guard", "*\\sensor.exe",
                                    before=block.format(7))
                self.assertEqual((found.status, [f["filter"]["id"] for f in found.events()]), (1, [7]), found)

    def test_list(self):
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                result = self.run_on(windows, "", Path(PROBE).parent / "list_filters", before=self.BEFORE)
                self.assertEqual(result.status, 0, result)
                lines = result.out.split("\r\n")
                self.assertEqual(lines[0], "70210|One|FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4|"
                                           "{11111111-0000-0000-0000-000000000001}|Stealth")
                self.assertEqual(lines[1:5], [f"{n}|-|FWPM_LAYER_ALE_AUTH_CONNECT_V4|-|-" for n in (9, 10, 11)]
                                 + ["0x80320003"])
                self.assertRegex(result.said("FwpmFilterCreateEnumHandle0")[0], " template=none -> 0x0$")
                self.assertEqual([line.split(" wanted=")[1] for line in result.said("FwpmFilterEnum0")],
                                 ["3 count=3 -> 0x0", "3 count=1 -> 0x0"])
                self.assertRegex(result.said("FwpmProviderContextGetByKey0")[0],
                                 r" key=\{11111111-0000-0000-0000-000000000004\} -> 0x0$")
                self.assertRegex(result.said("FwpmFilterSubscribeChanges0")[0],
                                 " template=none flags=0x1 -> 0x0$")
                self.assertRegex(result.said("FwpmFilterGetById0")[0], " id=1 -> 0x80320003$")
                self.assertEqual(result.calls.count("FwpmFreeMemory0"), 3)

    def test_names(self):
        """Events are named from the engine, through the real exports, on every Windows."""
        script = ("drop filter=70210 layer=44\nfilter id=70211 name=Two\nsleep 1000\ndrop filter=70211\n"
                  "unfilter id=70211\nsleep 1000\n"
                  "drop filter=70211 time=150000000000000000\n"  # later than the host's clock
                  "drop filter=5\n")
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                result = self.watch(windows, script, "--count", 4, before=self.BEFORE)
                self.assertEqual(result.status, 0, result)
                one, two, gone, none = (event["filter"] for event in result.events())
                self.assertEqual((one["name"], one["state"], one["from"], one["origin"]),
                                 ("One", "current", "live", "Stealth"))
                self.assertEqual(one["provider_name"], "Agent")
                self.assertEqual((two["name"], two["state"]), ("Two", "current"))
                self.assertEqual((gone["name"], gone["state"]), ("Two", "deleted"))
                self.assertEqual(none, {"id": 5, "state": "not found"})
                end = result.calls.index("FwpmFilterUnsubscribeChanges0")
                self.assertEqual(result.calls[end + 1], "FwpmNetEventUnsubscribe0")

    def test_who(self):
        """The service that a provider names is asked of the service manager: one that is there, and one that is not."""
        for service, state in (("rpcSS", ("running", "stopped")), ("wfpw none", ("missing",))):
            with self.subTest(service=service):
                before = self.BEFORE.replace("name=Agent", f'name=Agent service="{service}"')
                result = self.run_on("11", "", TOOL, "who", "--format", "json", before=before)
                self.assertEqual((result.status, result.err), (0, ""), result)
                agent, = (owner for owner in result.events() if owner["name"] == "Agent")
                self.assertEqual((agent["service"], agent["filters"]), (service, 1))
                self.assertIn(agent["service_state"], state)
                self.assertEqual(agent["service_image"] is None, state == ("missing",))
                self.assertEqual(agent["command"], "wfpwatch names --provider "
                                                   '"{11111111-0000-0000-0000-000000000001}" --live')

    def test_names_of_now(self):
        """The tool lists what the engine has; nothing stays open, and nothing is changed."""
        agent = "{11111111-0000-0000-0000-000000000001}"
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                result = self.run_on(windows, "", TOOL, "names", "--live", "--format", "json",
                                     before=self.BEFORE + "; filter id=5 flags=boottime; filters 600 from=100")
                self.assertEqual((result.status, result.err), (0, ""), result)
                found = result.events()
                self.assertEqual([f["id"] for f in found], [70210, 9, 10, 11, *range(100, 700), 5])
                self.assertEqual((found[0]["name"], found[0]["provider"], found[0]["origin"]),
                                 ("One", agent, "Stealth"))
                self.assertEqual((result.calls[0], result.calls[-1]), ("FwpmEngineOpen0", "FwpmEngineClose0"))
                self.assertEqual(sum("CreateEnumHandle0" in c for c in result.calls),
                                 sum("DestroyEnumHandle0" in c for c in result.calls))
                self.assertEqual(result.calls.count("FwpmFreeMemory0"),
                                 len(re.findall(r"Fwpm\w+Enum0 ", "\n".join(result.log))))
                self.assertNotIn("FwpmEngineSetOption0", result.calls)
                self.assertEqual(len(set(re.findall(r" thread=(\d+)", "\n".join(result.log)))), 1)

    def test_names_refused(self):
        result = self.run_on("11", "", TOOL, "names", "--live", before=self.BEFORE + "; fail call=FwpmEngineOpen0 code=5")
        self.assertEqual((result.status, result.out.count("\n")), (1, 1), result)
        self.assertRegex(result.err, "^wfpwatch: FwpmEngineOpen0: access denied.*0x5")

    def test_changes(self):
        """Filters that come and go while the tool watches."""
        agent = "{11111111-0000-0000-0000-000000000001}"
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                result = self.watch(windows, f"filter id=7 name=one provider={agent}\nunfilter id=70210\n",
                                    "--filters", "--observe", "--own-provider", agent, "--count", 2,
                                    before=self.BEFORE)
                self.assertEqual(result.status, 0, result)
                came, went = result.events()
                self.assertEqual((came["kind"], came["source"], came["filter"]["id"], came["own"]),
                                 ("filter_add", "live", 7, ["filter"]))
                self.assertEqual((came["filter"]["name"], came["filter"]["provider_name"]), ("one", "Agent"))
                self.assertEqual((went["kind"], went["filter"]["id"]), ("filter_delete", 70210))
                first = result.calls.index("FwpmFilterSubscribeChanges0")
                self.assertLess(first, next(i for i, c in enumerate(result.calls) if "NetEventSubscribe" in c))
                self.assertRegex(result.said("FwpmFilterSubscribeChanges0")[0], " template=none flags=0x3 -> 0x0$")
                self.assertNotIn("FwpmEngineSetOption0", result.calls)

    def test_changes_refused(self):
        result = self.watch("11", "", "--filters", before="fail call=FwpmFilterSubscribeChanges0 code=5")
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertRegex(result.err, r"(?m)^wfpwatch: FwpmFilterSubscribeChanges0: access denied.*0x5")
        self.assertEqual(result.calls.count("FwpmEngineOpen0"), result.calls.count("FwpmEngineClose0"))


class Own(DoubleTest):
    def test_traffic(self):
        """The program's own path is that of the kernel, in whatever case; which volume is Wine's matter."""
        path = re.search(r'"([^"]+\.exe)"', Path(TOOL).read_text())[1].replace("/", "\\")
        volumes = [rf"\device\harddiskvolume{n}" for n in range(1, 10)]
        script = "".join(f'drop app="{v}{path}" filter={n}\n' for n, v in enumerate(volumes, 1))
        script += "".join(f'drop app="{v}{path.lower()}" filter={n}\n' for n, v in enumerate(volumes, 1))
        result = self.watch("11", script + f'drop app="{volumes[0]}\\other.exe" filter=99\n', "--count", 19)
        self.assertEqual(result.status, 0, result.err)
        own = [e["filter"]["id"] for e in result.events() if e.get("own") == ["process"]]
        self.assertEqual(len(own), 2, own)
        self.assertEqual(own[0], own[1])


@unittest.skipUnless(WITH_ADVAPI32, "no stand-in for advapi32.dll")
class Joined(DoubleTest):
    """The two halves of one decision through three libraries: fwpuclnt, wevtapi and advapi32."""

    DROP = (r'drop app="\device\harddiskvolume3\nc.exe" protocol=tcp local=192.0.2.10:50123 '
            "remote=203.0.113.7:4444 filter=70210 layer=48 direction=out\n")
    RECORD = (r"audit 5157 version=3 ProcessID=1204 Application=\device\harddiskvolume3\nc.exe Direction=%%14593 "
              "SourceAddress=192.0.2.10 SourcePort=50123 DestAddress=203.0.113.7 DestPort=4444 Protocol=6 "
              "FilterOrigin=Stealth FilterRTID=70210 LayerName=%%14611 LayerRTID=48\n")

    def test_one_event(self):
        names = ["wevtapi.dll"] + ["advapi32.dll", "advapi32w.dll"] * WITH_ADVAPI32
        with replaced([DOUBLES / "log" / name for name in names]):
            result = self.watch("11", self.DROP + self.RECORD, "--audit", "--count", 1,
                                before="auditpol connection failure",
                                overrides="fwpuclnt,wevtapi,advapi32=n" if WITH_ADVAPI32 else "fwpuclnt,wevtapi=n")
        self.assertEqual((result.status, len(result.events())), (0, 1), result)
        [event] = result.events()
        self.assertEqual((event["kind"], event.get("merged"), event["process"]["pid"], event["reason"], event["confidence"],
                          event["audit"]["event_id"]), ("classify_drop", True, 1204, "stealth", "certain", 5157), result)
        self.assertLess(abs(event["join"]["lag_ms"]), event["join"]["window_ms"])


class AuditPolicy(DoubleTest):
    """The audit policy through the real exports of advapi32.dll, beside the engine's stand-in."""

    @classmethod
    def setUpClass(cls):
        cls.kept = (SYSTEM32 / "advapi32.dll").read_bytes()
        for name in ("advapi32.dll", "advapi32w.dll"):
            shutil.copyfile(DOUBLES / "log" / name, SYSTEM32 / name)

    @classmethod
    def tearDownClass(cls):
        (SYSTEM32 / "advapi32.dll").write_bytes(cls.kept)
        (SYSTEM32 / "advapi32w.dll").unlink()

    def audit(self, *arguments, script="", **more):
        more.setdefault("overrides", "fwpuclnt,advapi32=n")
        return self.run_on("11", script, TOOL, *arguments, **more)

    def test_table(self):
        result = self.audit("audit", "--format", "json", "--all",
                            before="auditpol connection failure; audit_name connection \"Verbindung \\u00fc\"")
        self.assertEqual(result.status, 0, result)
        rows = {row.get("word"): row for row in map(json.loads, result.out.splitlines())}
        self.assertEqual(len(result.out.splitlines()), 59)
        self.assertEqual((rows["connection"]["audited"], rows["connection"]["host_name"]), ("failure", "Verbindung \u00fc"))
        self.assertEqual(rows["connection"]["guid"], "{0CCE9226-69AE-11D9-BED3-505054503030}")
        self.assertIn("count=59 first=0CCE9210-69AE-11D9-BED3-505054503030", result.said("AuditQuerySystemPolicy")[0])
        self.assertEqual(len(result.said("AuditFree")), 2 + 59 * 2)

    def test_privilege_for_the_call_alone(self):
        result = self.audit("audit", "set", "connection", "both")
        self.assertEqual(result.status, 0, result)
        for call in ("AuditQuerySystemPolicy", "AuditSetSystemPolicy"):
            for line in result.said(call):
                self.assertRegex(line, " in_thread=(on|missing) in_process=(off|missing)")
        for line in result.said("AuditFree"):
            self.assertRegex(line, " in_thread=none in_process=(off|missing)")
        self.assertRegex(result.said("AuditSetSystemPolicy")[0],
                         "count=1 last=0CCE9226-69AE-11D9-BED3-505054503030 value=3 -> 0x0$")

    def test_denied(self):
        result = self.audit("audit", "set", "connection", "both", before="audit_privilege off")
        self.assertEqual(result.status, 1, result)
        self.assertRegex(result.err, "0x522.*SeSecurityPrivilege")

    def test_backup(self):
        result = self.audit("audit", "backup", "-", before="auditpol connection failure")
        self.assertEqual(result.status, 0, result)
        self.assertRegex(result.out, r"(?m)^[\w.-]*,System,Filtering Platform Connection,"
                                     r"\{0CCE9226-69AE-11D9-BED3-505054503030\},Failure,,2\r?$")

    def test_session(self):
        """Turned on for a live session, and put back; the engine's events come through the other stand-in."""
        result = self.audit("watch", "--audit-policy", "--format", "json", "--count", 1, script="drop filter=7\n",
                            before="auditpol connection success")
        self.assertEqual((result.status, len(result.events())), (0, 1), result)
        values = [re.search(r"last=0CCE(\d+)-.* value=(\d)", line).groups() for line in result.said("AuditSetSystemPolicy")]
        self.assertEqual(sorted(values[:2]), [("9225", "2"), ("9226", "3")], result)
        self.assertEqual(sorted(values[2:]), [("9225", "4"), ("9226", "1")], result)

    def test_without_the_functions(self):
        """Wine's own advapi32.dll does not have them."""
        result = self.audit("audit", overrides="fwpuclnt=n")
        self.assertEqual(result.status, 1, result)
        self.assertRegex(result.err, "Audit(QuerySystemPolicy|Free|SetSystemPolicy): .*audit policy cannot be asked for")


class Example(DoubleTest):
    def test_wait_loop(self):
        """Across an outage, too, whatever code the engine gives meanwhile; it goes on until it is ended."""
        script = "drop filter=1\nfail call=FwpmEngineOpen0 code=5\nrestart\nsleep 3000\ndrop filter=2\n"
        shutil.copyfile(DOUBLES / "11" / "fwpuclnt.dll", SYSTEM32 / "fwpuclnt.dll")
        log, scene, out = self.folder / "log", self.folder / "scene.txt", self.folder / "out"
        scene.write_text(script)
        env = dict(os.environ, WINEDLLOVERRIDES="fwpuclnt=n", WFPW_DOUBLE_SCRIPT=str(scene), WFPW_DOUBLE_LOG=str(log))
        with open(out, "wb") as to, subprocess.Popen([Path(PROBE).parent / "wait_loop_windows"], env=env,
                                                     stdin=subprocess.DEVNULL, stdout=to) as p:
            end = time.monotonic() + PATIENCE
            while b"filter 2" not in out.read_bytes() and p.poll() is None and time.monotonic() < end:
                time.sleep(0.1)
            self.assertIsNone(p.poll())
            p.kill()
        self.assertEqual(out.read_bytes().split(b"\r\n"), [b"blocked by filter 1", b"events are missing here", b"blocked by filter 2", b""])
        said = log.read_text().splitlines()
        self.assertEqual(sum(line.startswith("FwpmEngineOpen0 ") and line.endswith("-> 0x5") for line in said), 1)


class Probe(DoubleTest):
    """That the probe works. What it finds here is how the simulator is, and only that."""

    def test_answers(self):
        for windows in VERSIONS:
            with self.subTest(windows=windows):
                result = self.run_on(windows, "\n".join(["repeat 5 drop filter=1", "sleep 2"] * 2000), PROBE)
                self.assertEqual(result.status, 0, result)
                answers = json.loads(result.out)
                there = [name for name, yes in answers["exports"].items() if yes and "Subscribe" in name]
                self.assertEqual(len(there), VERSIONS[windows] + 1)
                callbacks = answers["callbacks"]
                self.assertEqual((callbacks["subscribe"], callbacks["unsubscribe"]), ("0x00000000",) * 2)
                self.assertGreaterEqual(callbacks["events"], 20)
                self.assertIs(callbacks["running_after_unsubscribe"], False)
                self.assertEqual(callbacks["event_memory_after_callback"]["same"], 0)  # it is poisoned
                self.assertIs(answers["close_waits_for_callbacks"], False)
                self.assertIsNotNone(answers["notice_before_first_drop"])  # its filter is told of
                self.assertEqual(len(answers["templates"]["protocol"]), 13)
                self.assertEqual(answers["options"]["collect"], 1)

    def test_no_engine(self):
        result = self.run_on(None, "", PROBE, overrides="fwpuclnt=")
        self.assertEqual((result.status, json.loads(result.out)["engine_opened"]), (1, False))


if __name__ == "__main__":
    if len(sys.argv) < 7:
        sys.exit(__doc__)
    DOUBLES, (TOOL, LIFETIME, DLL, LATE, PROBE) = Path(sys.argv[1]), sys.argv[2:7]
    unittest.main(argv=sys.argv[:1] + sys.argv[7:], verbosity=2)
