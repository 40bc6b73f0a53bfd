# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""inputs.py DUMP_EVENTS: reads the firewall logs, and the JSON of shippers and tools, of $WFPW_CORPUS and compares every
line and field with what an independent reader found in them. Exits with 77 when the files are not there."""
import datetime
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


# ---- JSON ----

SECURITY = {5031, 4719, *range(4950, 4954), 4957, 4958, *range(4945, 4949), *range(5146, 5161), *range(5440, 5452), *range(4650, 4656),
            *range(5452, 5464)}
# One record has two times, made unlike by whoever anonymized it; the other reader took the one without a zone.
OTHER_TIME = {("sekoia-nxlog-processid-collision.jsonl", 2): "2010-10-29T12:16:10.651Z"}
CHANNEL = {2002, 2003, 2032, 2033, 2059, 2060, 2082, 2083, *range(2004, 2008), 2052, *range(2071, 2074), *range(2097, 2100)}


def is_ours(want):
    provider = want["provider"] or ""
    if provider.endswith("Firewall With Advanced Security"):
        return want["event_id"] in CHANNEL
    if provider.endswith("-Eventlog"):
        return want["event_id"] == 1102
    return provider.endswith("Security-Auditing") and want["event_id"] in SECURITY


def ticks(text):
    """100 ns of a time as the expected files have it, whatever its zone."""
    whole, _, fraction = text.rstrip("Z").replace("T", " ").partition(".")
    at = datetime.datetime.strptime(whole, "%Y-%m-%d %H:%M:%S")
    return round((at - datetime.datetime(1601, 1, 1)).total_seconds()) * 10**7 + int((fraction + "0000000")[:7])


def data_of(want, own):
    """What is expected of the fields: what the log has, where a form writes it in its own way."""
    data = {k: v or "" for k, v in want["data"].items() if not k.startswith("xmlns")}
    for key, value in list(data.items()):
        if key[0].islower() and key not in own:  # Wazuh
            data[key[0].upper() + key[1:]] = data.pop(key)
        elif key.endswith("LogonId") and value.isdigit():  # Velociraptor
            data[key] = hex(int(value))
    return data


def json_differences(event, want, by_hour):
    own = event.get("audit", {})
    for key, name in (("record_id", "record_id"), ("version", "version")):
        if want[key] is not None and own.get(name) != want[key]:
            yield f"{name}: {own.get(name)} is not {want[key]}"
    for key, value in (("event_id", want["event_id"]), ("computer", want["computer"])):
        if own.get(key) != value:
            yield f"{key}: {own.get(key)} is not {value}"
    if want["keywords"] is not None and int(own["keywords"], 16) != int(want["keywords"], 16):
        yield f"keywords: {own['keywords']} is not {want['keywords']}"
    away = ticks(event["time"]) - ticks(want["time"])
    if away != 0 and not (by_hour and want["zone"] != "utc" and away % (900 * 10**7) == 0):
        yield f"time: {event['time']} is not {want['time']}"
    if (want["zone"] == "utc" or away != 0) == bool(event.get("local_time")):
        yield "the zone"
    data, got = data_of(want, own["data"]), dict(own["data"])
    if "note" in want and "#" in data:
        data, got = data["#"], list(got.values())
    if got != data:
        yield f"data: {got} is not {data}"


def check_json(program, path, expected):
    events, logs, counts = read(program, path)
    wants = [e for e in expected_of(expected) if is_ours(e)]
    with_receipt = "logstash" in path.name
    for (name, i), time in OTHER_TIME.items():
        if name == path.name:
            wants[i].update(time=time, zone="utc")
    wrong = [f"record {i}, {w}" for i, (a, b) in enumerate(zip(events, wants))
             for w in json_differences(a, b, with_receipt)]
    if len(events) != len(wants):
        wrong.append(f"{len(events)} records, not {len(wants)}")
    if any(e["source"] != "json" for e in events):
        wrong.append("another source")
    if counts.get("skipped") not in (None, 0):
        wrong.append(f"{counts}")
    return wrong


def main():
    corpus = pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    files = sorted((corpus / "firewall-log").glob("*"))
    if not files:
        print("no corpus")
        return 77
    failed = 0
    for path in sorted((corpus / "json").glob("*")):
        wrong = check_json(sys.argv[1], path, corpus / "expected" / (path.name + ".ndjson"))
        print(f"{path.name}: {'as expected' if not wrong else ''}")
        for w in wrong[:10]:
            print("   ", w)
        failed += bool(wrong)
    for path in files:
        wrong = check_log(sys.argv[1], path, corpus / "expected" / (path.name + ".ndjson"))
        print(f"{path.name}: {'as expected' if not wrong else ''}")
        for w in wrong[:10]:
            print("   ", w)
        failed += bool(wrong)
    return 1 if failed else 0


sys.exit(main())
