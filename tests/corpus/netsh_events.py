# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""netsh_events.py DUMP_EVENTS: reads the net events of $WFPW_CORPUS/netsh and compares every field with
what stands in the files, as a person read it. Dumps of filters have to be refused as such. Exits with
77 when the files are not there."""
import json
import os
import pathlib
import subprocess
import sys

WSH = "FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH"
WF = "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF"
QUARANTINE = "FWPP_SUBLAYER_INTERNAL_FIREWALL_QUARANTINE"
BLOCK, PERMIT = "FWP_ACTION_BLOCK", "FWP_ACTION_PERMIT"
CLIENT, SERVER, PRIVATE = "internetClient", "internetClientServer", "privateNetworkClientServer"

PACKAGE = ("S-1-15-2-4163697451-3176919390-1155390458-2883473650-3020241727-522149888-4067122936")


def app(version):
    """The sockets sample of Microsoft's page; its version tells the cases apart."""
    folder = f"af692bff-6779-424f-870e-f6e59c502349_1.1.{version}.0_x64__5c037jar5839r"
    path = rf"\device\harddiskvolume1\program files\windowsapps\{folder}\uwpsocketclient.exe"
    return {"device_path": path, "package_sid": PACKAGE}


def user(a, b, c):
    return {"sid": f"S-1-5-21-{a}-{b}-{c}-1000"}


def terminating(*filters):
    return [{"filter_id": i, "sublayer": s, "action": a} for i, s, a in filters]


OUTBOUND = {"direction": "outbound", "direction_raw": 0x3901, "direction_from": "field", "loopback": False}
BY_LAYER = {"direction_from": "layer"}  # the event says no direction, or one that its layer does not have
PUBLIC = {"original": 1, "current": 1}
LAYERS = {
    44: {"id": 44, "key": "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4", "name": "ALE Receive/Accept v4 Layer"},
    48: {"id": 48, "key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4", "name": "ALE Connect v4 Layer"},
    50: {"id": 50, "key": "FWPM_LAYER_ALE_AUTH_CONNECT_V6", "name": "ALE Connect v6 Layer"},
}

EXPECTED = {
    "microsoftdocs-case1_wfpdiag_netEvent_allow_v6.xml": {
        "time": "2020-05-21T17:25:59.0700000Z", "kind": "classify_allow", "protocol": 6,
        "direction": "outbound", **BY_LAYER,
        "local": {"ip": "2001:4898:30:3:256c:e5ba:12f3:beb1", "port": 52127},
        "remote": {"ip": "2620:1ec:c11::200", "port": 443},
        "app": app(10), "user": user(2000000004, 2000000005, 200000006),
        "filter": {"id": 125918}, "layer": LAYERS[50], "profile": PUBLIC,
        "capabilities": [CLIENT, SERVER, PRIVATE],
        "terminating": terminating((125918, WSH, PERMIT), (121167, WF, PERMIT)),
    },
    "microsoftdocs-case2_wfpdiag_netEvent_drop_v6.xml": {
        "time": "2020-03-30T23:53:09.7200000Z", "kind": "classify_drop", "protocol": 6, **OUTBOUND,
        "local": {"ip": "2001:4898:1a:1045:8469:3351:e6e2:543", "port": 63187},
        "remote": {"ip": "2620:1ec:c11::200", "port": 443},
        "app": app(4), "user": user(2000000007, 2000000008, 2000000009),
        "filter": {"id": 68893}, "layer": LAYERS[50], "profile": PUBLIC, "capabilities": [],
        "terminating": terminating((68893, WSH, BLOCK), (68879, WF, PERMIT)),
    },
    "microsoftdocs-case3_wfpdiag_netEvent_drop_v6.xml": {
        "time": "2020-03-31T16:57:18.5700000Z", "kind": "classify_drop", "protocol": 6, **OUTBOUND,
        "local": {"ip": "2001:4898:1a:1045:9c65:7805:dd4a:cc4b", "port": 64086},
        "remote": {"ip": "2620:1ec:c11::200", "port": 443},
        "app": app(5), "user": user(2000000007, 2000000008, 2000000009),
        "filter": {"id": 68893}, "layer": LAYERS[50], "profile": PUBLIC, "capabilities": [PRIVATE],
        "terminating": terminating((68893, WSH, BLOCK), (68879, WF, PERMIT)),
    },
    "microsoftdocs-case4_wfpdiag_netEvent_drop_v4.xml": {
        "time": "2020-05-22T21:29:28.6010000Z", "kind": "classify_drop", "protocol": 6, **OUTBOUND,
        "local": {"ip": "10.216.117.17", "port": 52998}, "remote": {"ip": "10.50.50.50", "port": 53},
        "app": app(11), "user": user(2000000004, 2000000005, 200000006),
        "filter": {"id": 121180}, "layer": LAYERS[48], "profile": PUBLIC,
        "capabilities": [CLIENT, SERVER],
        "terminating": terminating((121180, WSH, BLOCK), (121165, WF, PERMIT)),
    },
    "microsoftdocs-case5_wfpdiag_netEvent_drop_v4.xml": {
        "time": "2020-05-22T20:54:53.4990000Z", "kind": "classify_drop", "protocol": 6, **OUTBOUND,
        "local": {"ip": "10.216.117.17", "port": 52956}, "remote": {"ip": "10.1.1.1", "port": 53},
        "app": app(13), "user": user(2000000004, 2000000005, 200000006),
        "filter": {"id": 121180}, "layer": LAYERS[48], "profile": PUBLIC, "capabilities": [PRIVATE],
        "terminating": terminating((121180, WSH, BLOCK), (121165, WF, PERMIT)),
    },
    "microsoftdocs-case7_netevents_item_drop_v4.xml": {
        "time": "2020-05-04T22:04:07.0390000Z", "kind": "classify_drop", "protocol": 6, **OUTBOUND,
        "local": {"ip": "10.195.36.30", "port": 57062},
        "remote": {"ip": "204.79.197.200", "port": 443},
        "app": app(12), "user": user(2000000010, 2000000011, 200000012),
        "filter": {"id": 206064}, "layer": LAYERS[48], "profile": PUBLIC, "capabilities": [],
        "terminating": terminating((206064, WSH, BLOCK), (206049, WF, PERMIT)),
    },
    "microsoftdocs-case8_netevents_item_allow_v4.xml": {
        "time": "2020-05-04T18:49:55.1010000Z", "kind": "classify_allow", "protocol": 6,
        "direction": "outbound", **BY_LAYER,
        "local": {"ip": "10.195.36.30", "port": 61673},
        "remote": {"ip": "204.79.197.200", "port": 443},
        "app": app(10), "user": user(2000000010, 2000000011, 200000012),
        "filter": {"id": 208757}, "layer": LAYERS[48], "profile": PUBLIC,
        "capabilities": [CLIENT, SERVER, PRIVATE],
        "terminating": terminating((208757, WSH, PERMIT), (206049, WF, PERMIT)),
    },
    # Its data was shortened by whoever published it, and its asString was not: data counts.
    "microsoftdocs-quarantine_wfpdiag_netEvent_drop_v4_filterOrigin.xml": {
        "time": "2020-10-07T01:03:56.2810000Z", "kind": "classify_drop", "protocol": 17, **OUTBOUND,
        "direction": "inbound", **BY_LAYER,
        "local": {"ip": "255.255.255.255", "port": 21}, "remote": {"ip": "10.195.33.252", "port": 61706},
        "app": {"device_path": r"\dem32\svchost.exe", "packaged": False}, "user": {"sid": "S-1-5-19"},
        "filter": {"id": 66241, "origin": "Quarantine Default"}, "layer": LAYERS[44],
        "profile": {"original": 0, "current": 0}, "interface_index": 5, "capabilities": [],
        "terminating": terminating((66241, QUARANTINE, BLOCK), (74045, WSH, BLOCK), (73602, WF, BLOCK)),
    },
}


def dump(program, path):
    return subprocess.run([program, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def why(path):
    """What every such event says: the drops are of apps without the capability, as their page tells, and one
    of a network interface that had just changed."""
    if "allow" in path.name:
        return {"verdict": "allow", "reason": "unknown", "confidence": "guess", "evidence": []}
    if "quarantine" in path.name:
        return {"verdict": "block", "reason": "quarantine", "confidence": "certain", "evidence": ["record_origin"]}
    return {"verdict": "block", "reason": "uwp_default", "confidence": "likely",
            "evidence": ["package", "terminating"]}


def check_events(program, path, want):
    run = dump(program, path)
    lines = [json.loads(line) for line in run.stdout.decode("utf-8").split("\n")[:-1]]
    found = [line["json"] for line in lines if "json" in line]
    want = {"seq": 1, "source": "netsh", "file": str(path), **why(path), **want}
    if found != [want]:
        yield f"{path.name}: {found} is not {want}"
    if run.returncode != 0 or lines[-1]["skipped"] != 0 or any("log" in line for line in lines):
        yield f"{path.name}: {lines[-1]}"


def check_names(program, path):
    run = dump(program, path)
    if run.returncode == 0 or b"wfpwatch names" not in run.stderr:
        yield f"{path.name}: {run.returncode} {run.stderr!r}"


def main():
    folder = pathlib.Path(os.environ.get("WFPW_CORPUS", ""), "netsh")
    if not os.environ.get("WFPW_CORPUS") or not folder.is_dir():
        print(f"skipped: no files in {folder}")
        return 77
    wrong = []
    for path in sorted(folder.glob("*.xml")):
        if path.name in EXPECTED:
            wrong += check_events(sys.argv[1], path, EXPECTED[path.name])
        else:
            wrong += check_names(sys.argv[1], path)
    missing = [name for name in EXPECTED if not (folder / name).exists()]
    print(f"{len(EXPECTED)} net events compared")
    for text in wrong + missing:
        print(f"  WRONG {text}")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
