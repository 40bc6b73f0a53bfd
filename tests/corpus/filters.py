# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""filters.py DUMP_FILTERS: reads the real dumps of netsh in $WFPW_CORPUS and compares every field of
every filter with what an independent reader found. Exits with 77 when the files are not there."""
import json
import os
import pathlib
import re
import subprocess
import sys

FLAG_BITS = {"PERSISTENT": 1, "BOOTTIME": 2, "HAS_PROVIDER_CONTEXT": 4, "CLEAR_ACTION_RIGHT": 8,
             "PERMIT_IF_CALLOUT_UNREGISTERED": 16, "DISABLED": 32, "INDEXED": 64}
ACTIONS = {"BLOCK": 0x1001, "PERMIT": 0x1002, "CALLOUT_TERMINATING": 0x5003,
           "CALLOUT_INSPECTION": 0x6004, "CALLOUT_UNKNOWN": 0x4005}


def read(program, path):
    run = subprocess.run([program, path], stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in run.stdout.decode("utf-8").split("\n")[:-1]]
    return lines[:-1], lines[-1]


def condition(c):
    """A condition as the other reader has it, from the library's JSON."""
    if c["type"] == "FWP_RANGE_TYPE":
        value = [[c["range_type"], c["value"]], [c["range_type"], c["high"]]]
    elif c["type"] == "FWP_BYTE_BLOB_TYPE":
        data = c["value"].encode("utf-16-le") + b"\0\0"
        value = {"data": data.hex(), "asString": c["value"]}
    else:
        value = c.get("value")
    return [c["field"], c["match"], c["type"], value]


def flat(line):
    """One of our lines in the form of the expected one."""
    own = line["json"]
    return {
        "filterId": own["id"], "filterKey": own["key"], "name": own["name"], "layerKey": own["layer"],
        "subLayerKey": own["sublayer"], "providerKey": own["provider"], "action": own["action"],
        "callout": own["callout"], "flags": own["flags"],
        "weight": [line["weight_type"], None if own["weight"] is None else str(own["weight"])],
        "effectiveWeight": own["effective_weight"],
        "rawContext": line["raw_context"] if line["has_raw_context"] else None,
        "providerContextKey": line["provider_context"], "filterOrigin": own["origin"],
        "conditions": [condition(c) for c in own["conditions"]],
    }


def numbers_agree(line):
    """The numbers of flags and actions are those of their names."""
    own = line["json"]
    bits = 0
    for flag in own["flags"]:
        short = flag.replace("FWPM_FILTER_FLAG_", "")
        bits |= FLAG_BITS.get(short, int(flag, 16) if re.fullmatch("[0-9A-F]{8}", flag) else 0)
    if bits != line["flag_bits"]:
        yield f"flags {line['flag_bits']:#x}, but {own['flags']}"
    if line["action"] != ACTIONS[own["action"].replace("FWP_ACTION_", "")]:
        yield f"action {line['action']:#x}, but {own['action']}"
    for c in own["conditions"]:
        if not c["text"] or ("value" in c and " = " in c["text"] and not c["text"].split(" = ")[1]):
            yield f"condition without its text: {c}"


def check_file(program, dump, expected):
    lines, counts = read(program, dump)
    wanted = [json.loads(line) for line in expected.read_text("utf-8").split("\n") if line]
    wrong = [] if len(lines) == len(wanted) == counts["filters"] else [f"{counts}, not {len(wanted)}"]
    wrong += [f"{key}: {counts[key]}" for key in ("skipped", "evicted", "refused") if counts[key]]
    for line, want in zip(lines, wanted):
        own = flat(line)
        wrong += [f"filter {want['filterId']}, {key}: {own[key]!r} is not {want[key]!r}"
                  for key in want if own[key] != want[key]]
        wrong += [f"filter {want['filterId']}: {text}" for text in numbers_agree(line)]
        if line["from"] != dump.name[:63] or (line["from_time"] == 0) != ("state" not in dump.name):
            wrong.append(f"from {line['from']} at {line['from_time']}")
    conditions = sum(len(line["json"]["conditions"]) for line in lines)
    origins = sum(line["json"]["origin"] is not None for line in lines)
    print(f"{dump.name}: {len(lines)} filters with {conditions} conditions, {origins} origins")
    return wrong


def main():
    corpus = pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    files = sorted((corpus / "expected").glob("*.filters.ndjson")) if os.environ.get("WFPW_CORPUS") else []
    if not files:
        print(f"skipped: no files in {corpus / 'expected'}")
        return 77
    failures = 0
    for expected in files:
        dump = corpus / "netsh" / expected.name.replace(".filters.ndjson", "")
        wrong = check_file(sys.argv[1], dump, expected)
        for text in wrong[:20]:
            print(f"  WRONG {text}")
        failures += len(wrong)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
