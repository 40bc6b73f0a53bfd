# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""corpus.py DUMP_EVENTS: reads the real .evtx files of $WFPW_CORPUS and compares every field with
what an independent reader found in them. Exits with 77 when the files are not there.

corpus.py DUMP_EVENTS EVTXMAKE: writes random events, and compares the library's JSON with its
structs."""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# What the expected files leave out: the log was cleared (1102), which is ours as well.
NOT_EXPECTED = {1102}


def read(program, path, threads):
    run = subprocess.run([program, path, str(threads)], stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in run.stdout.decode("utf-8").split("\n")[:-1]]
    events = [line for line in lines if "event" in line]
    logs = [line["log"] for line in lines if "log" in line]
    return events, logs, lines[-1]


def filetime(text):
    """2019-02-13T18:01:47.5123404Z as 100 ns since 1601."""
    whole, fraction = text.rstrip("Z").split(".")
    start = datetime.datetime(1601, 1, 1)
    gone = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S") - start
    return (gone.days * 86400 + gone.seconds) * 10**7 + int(fraction.ljust(7, "0")[:7])


def flat(expected):
    """An expected event in the form of dump_events."""
    return {
        "time": filetime(expected["TimeCreated"]),
        "record": int(expected["EventRecordID"]),
        "id": expected["EventID"],
        "version": expected["Version"],
        "task": int(expected["Task"]),
        "keywords": int(expected["Keywords"], 0),
        "computer": expected["Computer"],
        "data": expected["data"],
    }


def agree(event, own):
    """The library's JSON says the same as its structs."""
    wrong = []
    audit = own["audit"]
    for key, name in (("record", "record_id"), ("id", "event_id"), ("version", "version"),
                      ("task", "task"), ("computer", "computer")):
        if event[key] != audit.get(name, ""):
            wrong.append(f"json {name}: {audit.get(name)} is not {event[key]}")
    if int(audit["keywords"], 16) != event["keywords"]:
        wrong.append(f"json keywords: {audit['keywords']}")
    if filetime(own["time"]) != event["time"]:
        wrong.append(f"json time: {own['time']}")
    data = {}
    for name, value in event["data"]:
        data.setdefault(name, []).append(value)
    data = {name: v[0] if len(v) == 1 else v for name, v in data.items()}
    if data != audit["data"]:
        wrong.append(f"json data: {audit['data']} is not {data}")
    return wrong


def differences(event, want):
    for key in want:
        if event[key] != want[key]:
            yield f"record {want['record']}, {key}: {event[key]!r} is not {want[key]!r}"


def check_file(program, evtx, expected):
    events, logs, counts = read(program, evtx, 0)
    wrong = [w for line in events for w in agree(line["event"], line["json"])]
    if read(program, evtx, 3) != (events, logs, counts):
        wrong.append("with threads it reads otherwise")
    found = [line["event"] for line in events if line["event"]["id"] not in NOT_EXPECTED]
    wanted = [flat(json.loads(line)) for line in
              (expected / f"{evtx.name}.ndjson").read_text("utf-8").split("\n") if line]
    if len(found) != len(wanted):
        wrong.append(f"{len(found)} events are not {len(wanted)}")
    for event, want in zip(found, wanted):
        wrong.extend(differences(event, want))
    summary = json.loads((expected / f"{evtx.name}.summary.json").read_text("utf-8"))
    records = counts["received"] + counts["passed_over"]
    if records < summary["records_parsed"]:
        wrong.append(f"{records} records, the other reader had {summary['records_parsed']}")
    if len(logs) != counts["skipped"] + counts["warnings"]:
        wrong.append(f"{len(logs)} log lines for {counts}")
    print(f"{evtx.name}: {len(events)} events, {len(wanted)} compared, {records} records "
          f"(the other reader: {summary['records_parsed']}), {counts['skipped']} skipped, "
          f"{counts['warnings']} warnings")
    for level, text in logs[:4]:
        print(f"    {level} {text}")
    return wrong


def check_json(program, writer):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(20):
            evtx = pathlib.Path(folder, f"{seed}.evtx")
            subprocess.run([writer, "random", "60", str(seed), evtx], check=True)
            events = read(program, evtx, 0)[0]
            wrong = [w for line in events for w in agree(line["event"], line["json"])]
            print(f"seed {seed}: {len(events)} events")
            for text in wrong:
                print(f"  WRONG {text}")
            failures += len(wrong) + (not events)
    return 1 if failures else 0


def main():
    if len(sys.argv) > 2:
        return check_json(sys.argv[1], sys.argv[2])
    corpus = pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    files = sorted((corpus / "evtx").glob("*.evtx")) if os.environ.get("WFPW_CORPUS") else []
    if not files:
        print(f"skipped: no files in {corpus / 'evtx'}")
        return 77
    failures = 0
    for evtx in files:
        for text in check_file(sys.argv[1], evtx, corpus / "expected"):
            print(f"  WRONG {text}")
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
