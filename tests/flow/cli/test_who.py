#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""'wfpwatch who' from outside: dumps and simulated hosts in which something is odd.

usage: test_who.py TOOL [unittest's arguments]
"""
import json
import os
import re
import shlex
import subprocess
import unittest

import test_cli
from test_cli import run
from test_names import EVENT

VPN, GONE, FAKE, ODD = (f"{{00000000-0000-4000-8000-00000000000{i}}}" for i in range(1, 5))
CALLOUT, SUBLAYER = "{00000000-0000-4000-8000-0000000000c1}", "{00000000-0000-4000-8000-0000000000b1}"
CONNECT, ACCEPT = "FWPM_LAYER_ALE_AUTH_CONNECT_V4", "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4"


def provider(key, name, flags=(), service="", description=""):
    return (f"<item><providerKey>{key}</providerKey><displayData><name>{name}</name><description>"
            f"{description}</description></displayData><flags>{items(flags)}</flags><providerData/>"
            f"<serviceName>{service}</serviceName></item>")


def items(flags):
    return "".join(f"<item>{flag}</item>" for flag in flags)


def filter_of(number, key, action="BLOCK", flags=(), layer=CONNECT, callout="", name="f"):
    asked = f"<filterType>{callout}</filterType>" if callout else ""
    return (f"<item><filterKey>{{00000000-0000-4000-8000-{number:012}}}</filterKey><displayData><name>{name}"
            f"</name><description/></displayData><flags>{items('FWPM_FILTER_FLAG_' + f for f in flags)}</flags>"
            f"<providerKey>{key}</providerKey><layerKey>{layer}</layerKey><subLayerKey>{SUBLAYER}</subLayerKey>"
            f"<action><type>FWP_ACTION_{action}</type>{asked}</action><filterId>{number}</filterId></item>")


def callout_of(key, flags=()):
    return (f"<item><calloutKey>{key}</calloutKey><displayData><name>c</name><description/></displayData>"
            f"<flags>{items(flags)}</flags><calloutId>9</calloutId></item>")


class WhoTest(test_cli.CliTest):
    def dump(self, *parts, name="state.xml"):
        path = self.folder / name
        path.write_text(f"<wfpstate>{''.join(parts)}</wfpstate>")
        return path

    def who(self, *args):
        result = run("who", "--format", "json", *args)
        self.assertEqual((result.status, result.err), (0, ""), result)
        owners = [json.loads(line) for line in result.out.splitlines()]
        return {o["provider"] or o["sublayer"]: o for o in owners}

    def signs(self, owner):
        return {s["sign"]: s["ids"] for s in owner["signs"]}

    def shown(self, command):
        """The ids of the filters that a command shows."""
        tool, *args = shlex.split(command)
        self.assertEqual(tool, "wfpwatch")
        result = run(*args, "--format", "json")
        self.assertEqual((result.status, result.err), (0, ""), result)
        return [json.loads(line)["id"] for line in result.out.splitlines()]


class Odd(WhoTest):
    """A VPN that is gone, a provider that is gone, one with a name of Microsoft, an old driver."""

    def odd(self):
        return self.dump(
            "<providers>", provider(VPN, "Some VPN", ["FWPM_PROVIDER_FLAG_PERSISTENT",
                                                      "FWPM_PROVIDER_FLAG_DISABLED"], "SomeVpn"),
            provider(FAKE, "Microsoft Corporation", description="Microsoft Windows WFP Built-in provider"),
            provider(ODD, "Old driver"), provider("FWPM_PROVIDER_MPSSVC_WF", "Microsoft Corporation",
                                                  service="MpsSvc", description="Pare-feu"),
            "</providers><callouts>", callout_of(CALLOUT), "</callouts><filters>",
            filter_of(1, VPN, flags=["PERSISTENT"]), filter_of(2, VPN, "PERMIT", ["BOOTTIME"], ACCEPT),
            filter_of(3, VPN), filter_of(4, GONE, flags=["PERSISTENT"]), filter_of(5, FAKE),
            filter_of(6, ODD, "CALLOUT_TERMINATING", ["PERSISTENT"], callout=CALLOUT),
            filter_of(7, ODD, "CALLOUT_TERMINATING", ["PERMIT_IF_CALLOUT_UNREGISTERED"], callout=CALLOUT),
            filter_of(8, ODD, "CALLOUT_INSPECTION", callout=CALLOUT),
            filter_of(9, "FWPM_PROVIDER_MPSSVC_WF", flags=["PERSISTENT"]), filter_of(10, "", name="NAT"),
            filter_of(11, "", name="NAT"), filter_of(12, "", name="Other"), "</filters>")

    def test_signs(self):
        owners = self.who(self.odd())
        self.assertEqual(self.signs(owners[VPN]), {"leftover": [1, 2], "provider_disabled": [1, 2, 3]})
        self.assertEqual(self.signs(owners[GONE]), {"leftover": [4], "provider_missing": [4]})
        self.assertEqual(self.signs(owners[FAKE]), {"name_of_microsoft": [5]})
        self.assertEqual(self.signs(owners[ODD]), {"leftover": [6], "callout_missing": [6],
                                                   "callout_missing_passes": [7, 8]})
        self.assertEqual(self.signs(owners["FWPM_PROVIDER_MPSSVC_WF"]), {})
        self.assertEqual(self.signs(owners[SUBLAYER]), {})

    def test_counts(self):
        vpn = self.who(self.odd())[VPN]
        self.assertEqual({key: vpn[key] for key in ("name", "product", "product_from", "service",
                                                    "service_state", "filters", "block", "permit",
                                                    "callout", "persistent", "boot_time", "names")},
                         {"name": "Some VPN", "product": None, "product_from": None, "service": "SomeVpn",
                          "service_state": None, "filters": 3, "block": 2, "permit": 1, "callout": 0,
                          "persistent": 1, "boot_time": 1, "names": ["f"]})
        self.assertEqual([(x["layer"], x["filters"], x["block"], x["permit"]) for x in vpn["layers"]],
                         [(CONNECT, 2, 2, 0), (ACCEPT, 1, 0, 1)])
        self.assertNotIn("blocked_events", vpn)

    def test_without_a_provider(self):
        owner = self.who(self.odd())[SUBLAYER]
        self.assertEqual((owner["provider"], owner["filters"], owner["names"]), (None, 3, ["NAT", "Other"]))

    def test_commands_show_it(self):
        for owner in self.who(self.odd()).values():
            self.assertEqual(len(self.shown(owner["command"])), owner["filters"], owner)
            for sign in owner["signs"]:
                self.assertEqual(self.shown(sign["command"]), sign["ids"])

    def test_totals(self):
        nobody = self.dump("<filters>", filter_of(1, ""), filter_of(2, ""), "</filters>")
        self.assertTrue(run("who", nobody).out.endswith("\n2 filters without a provider, in 1 sublayer\n"))
        one = self.dump("<filters>", filter_of(1, VPN), "</filters>")
        self.assertTrue(run("who", one).out.endswith("\n1 filter of 1 provider\n"))

    def test_too_many(self):
        """Owners have room for 4096; what has none is counted."""
        dump = self.dump("<filters>", *(filter_of(i, f"{{{i:08x}-0000-4000-8000-000000000000}}")
                                        for i in range(1, 4201)), "</filters>")
        self.assertEqual(len(self.who(dump)), 4096)
        self.assertTrue(run("who", dump).out.endswith("\n4200 filters of 4096 providers\n104 filters of them not "
                                                      "told of, as there are too many providers\n"))

    def test_many(self):
        """More filters than a command has ids for are shown by their provider."""
        dump = self.dump("<providers>", provider(VPN, "V", ["FWPM_PROVIDER_FLAG_DISABLED"]), "</providers>",
                         "<filters>", *(filter_of(i, VPN) for i in range(1, 31)), "</filters>")
        sign, = self.who(dump)[VPN]["signs"]
        self.assertEqual((sign["filters"], sign["ids"]), (30, list(range(1, 9))))
        self.assertEqual(len(self.shown(sign["command"])), 30)

    @unittest.skipIf(os.name == "nt", "a shell of POSIX")
    def test_commands_are_only_one(self):
        """Whatever a dump or a file's name says, a shell runs nothing else."""
        key = "$(touch ran)`touch ran`&quot;;touch ran;'a' \\"
        dump = self.dump("<filters>", *(filter_of(n, key) for n in range(1, 30)), "</filters>",
                         name="$(touch ran)'`x`.xml")
        [owner] = self.who(dump).values()
        done = subprocess.run(["sh", "-c", f"wfpwatch() {{ echo $#; }}; {owner['command']}"], cwd=self.folder,
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.strip(), str(len(shlex.split(owner["command"])) - 1))
        self.assertEqual(len(self.shown(owner["command"])), 29)
        self.assertFalse((self.folder / "ran").exists())

    def test_text(self):
        dump = self.odd()
        result = run("who", dump)
        self.check(result)
        self.assertIn(f"""Some VPN
  provider  {VPN}  Some VPN
  service   SomeVpn
  filters   2 block, 1 permit, 1 persistent, 1 at boot time
  layers    ALE_AUTH_CONNECT_V4 2, ALE_AUTH_RECV_ACCEPT_V4 1
  names     f
  note      2 filters stay over restarts, though their product seems to be gone
            wfpwatch names --id 1 --id 2 {dump}
  note      3 filters of a provider that Windows turned off, as no service of it starts by itself
            wfpwatch names --id 1 --id 2 --id 3 {dump}
  show      wfpwatch names --provider '{VPN}' {dump}
""", result.out)
        self.assertIn("\nWindows Firewall\n  provider  FWPM_PROVIDER_MPSSVC_WF  Pare-feu\n  service   MpsSvc\n",
                      result.out)
        self.assertTrue(result.out.endswith("\n12 filters of 5 providers, and without one in 1 sublayer\n"))

    def test_events(self):
        log = self.folder / "log.xml"
        ids = [1, 1, 3, 9, 77, 10]
        log.write_text("<Events>" + "".join(EVENT.format("2026-01-08T16:50:48Z", i).replace(">44<", ">48<")
                                            for i in ids) + "</Events>")
        owners = self.who(self.odd(), "--events", log)
        self.assertEqual({key: o["blocked_events"] for key, o in owners.items()},
                         {VPN: 3, GONE: 0, FAKE: 0, ODD: 0, "FWPM_PROVIDER_MPSSVC_WF": 1, SUBLAYER: 1})
        result = run("who", self.odd(), "--events", log, "--events", log)
        self.check(result)
        self.assertIn("  blocked   6 events\n", result.out)
        self.assertTrue(result.out.endswith("12 events refused, of which the filter is not among these: 2\n"))

    def test_several_dumps(self):
        other = self.dump("<filters>", filter_of(40, VPN), "</filters>", name="with a blank.xml")
        owner = self.who(self.odd(), other)[VPN]
        self.assertEqual(owner["filters"], 4)
        self.assertEqual(self.shown(owner["command"]), [1, 2, 3, 40])

    def test_hostile_text(self):
        dump = self.dump("<providers>", provider(VPN, "a\u202eb\u009bc\"\\"), "</providers><filters>",
                         filter_of(1, VPN), "</filters>")
        self.assertEqual(self.who(dump)[VPN]["name"], "a\u202eb\x9bc\"\\")
        self.assertTrue(run("who", "--format", "json", dump).out.isascii())  # as \uXXXX
        self.assertNotRegex(run("who", dump).out, "[\u202e\u009b]")


SCENE = """\
provider key={00000000-0000-4000-8000-000000000001} name="Some VPN" flags=persistent,disabled service=SomeVpn
filter id=7 name=kill layer=ALE_AUTH_CONNECT_V4 action=block flags=persistent provider={00000000-0000-4000-8000-000000000001}
"""


class Names(WhoTest):
    """What 'wfpwatch names' makes of products."""

    def test_by_product(self):
        key = "{08de3850-a416-4c47-b3ad-657c5ef140fb}"
        dump = self.dump("<filters>", filter_of(1, key), filter_of(2, VPN), filter_of(3, ""), "</filters>")
        result = run("names", dump, "--provider", "private*")
        self.check(result)
        self.assertEqual([line.split()[:7] for line in result.out.splitlines()[1:]],
                         [["1", "block", "ALE_AUTH_CONNECT_V4", "Private", "Internet", "Access", "-"]])
        result = run("names", dump, "--id", "1")
        self.assertIn("\n  product           Private Internet Access  (key)\n", result.out)
        self.assertEqual(run("names", dump, "--provider", "-", "--json").out.count("\n"), 1)


class Host(WhoTest):
    def test_simulated(self):
        owner = self.who("--sim", self.script(SCENE))[VPN]
        self.assertEqual(self.signs(owner), {"leftover": [7], "service_missing": [7], "provider_disabled": [7]})
        self.assertEqual(owner["service_state"], "missing")
        self.assertEqual(self.shown(owner["command"]), [7])

    def test_service(self):
        scene = SCENE.replace("persistent,disabled", "persistent")
        there = 'service somevpn running "C:\\Program Files\\x.exe" "Some Company"\n'
        owner = self.who("--sim", self.script(there + scene))[VPN]
        self.assertEqual(self.signs(owner), {})
        self.assertEqual([owner[f"service_{key}"] for key in ("state", "image", "company")],
                         ["running", "C:\\Program Files\\x.exe", "Some Company"])
        result = run("who", "--sim", self.script(there.replace("running", "stopped") + scene))
        self.assertIn("  service   SomeVpn, stopped, C:\\Program Files\\x.exe, Some Company\n", result.out)
        owner = self.who("--sim", self.script(there + SCENE))[VPN]  # it is there, if not of use now
        self.assertEqual(self.signs(owner), {"provider_disabled": [7]})
        owner = self.who("--sim", self.script(SCENE.replace("service=SomeVpn", "")))[VPN]
        self.assertEqual(self.signs(owner), {"provider_disabled": [7]})
        owner = self.who("--sim", self.script(there + "service SomeVpn off\n" + scene))[VPN]
        self.assertEqual(self.signs(owner), {"leftover": [7], "service_missing": [7]})
        owner = self.who("--sim", self.script("fail call=OpenServiceW code=5 times=99\n" + scene))[VPN]
        self.assertEqual((self.signs(owner), owner["service_state"]), ({}, None))

    def test_demo(self):
        firewall = self.who("--sim")["FWPM_PROVIDER_MPSSVC_WF"]
        self.assertEqual(firewall["product"], "Windows Firewall")
        self.assertEqual(self.signs(firewall), {})
        self.assertEqual([firewall[f"service_{key}"] for key in ("state", "company")],
                         ["running", "Microsoft Corporation"])

    def test_failures(self):
        self.check(run("who", "--sim", self.script("filter id=x")), 1, "scene.txt:1:11: ")
        self.check(run("who"), 1, "no Windows Filtering Platform.*--sim")
        self.check(run("who", self.folder / "none"), 1, "none")
        self.check(run("who", self.dump()), 0, "no filter in it")
        dump = self.dump("<filters>", filter_of(1, VPN), "</filters>")
        self.check(run("who", dump, "--events", dump), 1, "state.xml")

    def test_wrong_usage(self):
        self.check(run("who", "--sim", "a", "b"), 2, "more than one script:")
        self.check(run("who", "--format", "x"), 2, "--format")

    def test_help(self):
        result = run("who", "--help")
        self.check(result)
        self.assertTrue(all(len(line) <= 96 for line in result.out.splitlines()))
        self.assertTrue(re.match("usage: wfpwatch who ", result.out))


if __name__ == "__main__":
    test_cli.main_of_tool(__doc__)
