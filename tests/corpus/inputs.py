# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""inputs.py DUMP_EVENTS: reads the firewall logs of $WFPW_CORPUS and compares every
line with what an independent reader found in them. Exits with 77 when the files are not there."""
import ipaddress
import json
import os
import pathlib
import subprocess
import sys

KINDS = {"drop": "classify_drop", "allow": "classify_allow", "open": "classify_allow",
         "open-inbound": "classify_allow", "close": "connection_end"}
DIRECTIONS = {"send": "outbound", "receive": "inbound", "forward": "forward"}


def read(program, path):
    run = subprocess.run([program, path, "0"], stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in run.stdout.decode("utf-8").split("\n")[:-1]]
    logs = [line["log"][1] for line in lines if "log" in line]
    return [line["json"] for line in lines if "json" in line], logs, lines[-1]


def expected_of(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def address(text):
    """An address in its shortest form; None when it is none (192.168.1.10055 is in a real file)."""
    try:
        return None if text is None else str(ipaddress.ip_address(text))
    except ValueError:
        return None


def number(text):
    return None if text is None else int(text)


def line_of(event):
    """An event of pfirewall.log as an expected line."""
    data = event.get("audit", {}).get("data", {})
    sides = [event.get("local", event.get("from", {})), event.get("remote", event.get("to", {}))]
    if event.get("direction") == "inbound" or event.get("orientation") == "evidence" and \
            sides[0].get("ip") == address(data.get("dst-ip")):
        sides.reverse()
    source, destination = sides
    icmp = "icmptype" in data
    return {
        "time": event["time"].split(".")[0],
        "kind": event["kind"],
        "protocol": event.get("protocol"),
        "src": source.get("ip"), "dst": destination.get("ip"),
        "src_port": number(data.get("src-port")) if icmp else source.get("port"),
        "dst_port": number(data.get("dst-port")) if icmp else destination.get("port"),
        "size": number(data.get("size")), "tcp_flags": data.get("tcpflags"),
        "icmp_type": event.get("icmp", {}).get("type", number(data.get("icmptype"))),
        "icmp_code": number(data.get("icmpcode")),
        "direction": event.get("direction"),
        "pid": event.get("process", {}).get("pid"),
        "lost": event.get("lost"),
    }


def wanted_line(want):
    known = {key: want.get(key) for key in ("time", "protocol", "src", "dst", "src_port", "dst_port", "size",
                                            "tcp_flags", "icmp_type", "icmp_code", "pid", "lost")}
    known["src"], known["dst"] = address(known["src"]), address(known["dst"])
    lost = "lost" in want
    path = want.get("path")
    return {**known, "kind": "gap" if lost else KINDS[want["action"]],
            "direction": "inbound" if want.get("action") == "open-inbound" else DIRECTIONS.get(path)}


def check_log(program, path, expected):
    events, logs, _ = read(program, path)
    wants = [wanted_line(e) for e in expected_of(expected)]
    own = [line_of(e) for e in events]
    wrong = [f"line {i}, {key}: {a.get(key)!r} is not {b[key]!r}"
             for i, (a, b) in enumerate(zip(own, wants)) for key in b if a.get(key) != b[key]]
    if len(own) != len(wants):
        wrong.append(f"{len(own)} lines, not {len(wants)}")
    if any(not e.get("local_time") for e in events):
        wrong.append("a time of an unknown zone is not marked")
    if len(logs) != 1:
        wrong.append(f"log: {logs}")
    return wrong


def main():
    corpus = pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    files = sorted((corpus / "firewall-log").glob("*"))
    if not files:
        print("no corpus")
        return 77
    failed = 0
    for path in files:
        wrong = check_log(sys.argv[1], path, corpus / "expected" / (path.name + ".ndjson"))
        print(f"{path.name}: {'as expected' if not wrong else ''}")
        for w in wrong[:10]:
            print("   ", w)
        failed += bool(wrong)
    return 1 if failed else 0


sys.exit(main())
