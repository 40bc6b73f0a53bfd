# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""rules.py TOOL: reads the files of firewall rules in $WFPW_CORPUS and compares every rule with what an
independent reader found; of lists without ids the message has to say what to take instead. Exits with
77 when the files are not there."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from xml.sax import saxutils

EVENT = """<Event><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>5157</EventID>
</System><EventData><Data Name="FilterOrigin">{}</Data></EventData></Event>"""
RULE_EVENTS = {4945, 4946, 4947, 4948, 4951, 4952, 4953, 4957, 4958, 2004, 2005, 2006, 2007, 2052, 2071, 2072, 2073, 2097, 2098, 2099}
NO_IDS = {"netsh": "netsh advfirewall export", "console": "Export Policy"}
KEYS = ("id", "name", "action", "direction", "enabled", "app", "service", "protocol", "local_ports",
        "remote_ports", "profiles", "origin", "schema")


def run(tool, path):
    return subprocess.run([tool, "rules", "--format", "json", path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)


def rows(data):
    return [json.loads(line) for line in data.decode("utf-8").split("\n") if line]


def compare(own, wanted):
    if len(own) != len(wanted):
        yield f"{len(own)} rules, not {len(wanted)}"
    for line, want in zip(own, wanted):
        for key in KEYS:
            if key in want and line.get(key) != want[key]:
                yield f"{want['id']}, {key}: {line.get(key)!r} is not {want[key]!r}"


def check_file(tool, path, expected):
    wanted = rows(expected.read_bytes())
    out = run(tool, path)
    if wanted and all(row["id"] is None for row in wanted):
        word = NO_IDS["console" if "mmc" in path.name else "netsh"]
        print(f"{path.name}: refused, {out.stderr.decode('utf-8', 'replace').strip()}")
        if out.returncode != 1 or word not in out.stderr.decode("utf-8", "replace"):
            yield f"status {out.returncode}, and no word of {word!r}"
        return
    own = rows(out.stdout)
    print(f"{path.name}: {len(own)} rules")
    yield from compare(own, wanted)
    if out.returncode != 0:
        yield f"exit status {out.returncode}: {out.stderr.decode('utf-8', 'replace')}"
    for row in own:
        if row["from"] != path.name[:63]:
            yield f"from {row['from']}"


def ids_of(corpus):
    """Every id of the rules that files hold, in lower case, and the files."""
    files = [p for p in sorted((corpus / "rules").glob("*")) if p.suffix in (".reg", ".wfw", ".csv", ".json")]
    ids = set()
    for path in files:
        expected = corpus / "expected" / (path.name + ".ndjson")
        ids |= {row["id"].lower() for row in rows(expected.read_bytes())}
    return ids, files


def origins_of(corpus):
    """Every origin of a filter in the dumps, and of a filter of an event in the logs."""
    found = set()
    for path in (corpus / "expected").glob("*.ndjson"):
        for row in rows(path.read_bytes()):
            data = row.get("data")
            found.add(row.get("filterOrigin") or (data.get("FilterOrigin") if isinstance(data, dict) else None))
    return found - {None}


def check_origins(tool, corpus):
    """An event with an origin that is the id of a rule in a file is named from it."""
    ids, files = ids_of(corpus)
    origins = sorted(o for o in origins_of(corpus) if o.lower() in ids)
    log = "".join(EVENT.format(saxutils.escape(o)) for o in origins)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log.xml")  # a pipe has no end under Wine
        with open(path, "w", encoding="utf-8") as file:
            file.write(log)
        out = subprocess.run([tool, "read", "--format", "json", path, *(x for f in files for x in ("--names", f))],
                             stdout=subprocess.PIPE, check=False)
    named = [row.get("rule", {}).get("id", "").lower() for row in rows(out.stdout)]
    print(f"{len(origins)} origins of dumps and logs are ids of rules in files")
    if named != [o.lower() for o in origins]:
        yield f"named: {named}, not {origins}"


def check_filters(tool, corpus):
    """So is the filter of a dump."""
    ids, files = ids_of(corpus)
    for path in sorted((corpus / "expected").glob("*.filters.ndjson")):
        dump = corpus / "netsh" / path.name.replace(".filters.ndjson", "")
        wanted = [row for row in rows(path.read_bytes()) if (row["filterOrigin"] or "").lower() in ids]
        if not wanted:
            continue
        ask = [x for row in wanted[:60] for x in ("--id", str(row["filterId"]))]
        out = subprocess.run([tool, "names", *ask, dump, *files], stdout=subprocess.PIPE, check=False)
        named = out.stdout.decode().count("\nrule ")
        print(f"{dump.name}: {named} filters of a rule in files")
        if named != len(wanted[:60]):
            yield f"{dump.name}: {named} of {len(wanted)} filters have their rule"


def check_log(tool, path, expected):
    """The records of rules in a log, as another reader has them, and the rules that they make."""
    wanted = [row for row in rows(expected.read_bytes()) if row["event_id"] in RULE_EVENTS]
    out = subprocess.run([tool, "read", "--format", "json", path], stdout=subprocess.PIPE, check=False)
    own = [row for row in rows(out.stdout) if row["audit"]["event_id"] in RULE_EVENTS]
    print(f"{path.name}: {len(own)} records of rules")
    if len(own) != len(wanted):
        yield f"{len(own)} records, not {len(wanted)}"
    for row, want in zip(own, wanted):
        for key in ("record_id", "event_id", "computer", "data"):
            if row["audit"][key] != want[key]:
                yield f"record {want['record_id']}, {key}: {row['audit'][key]!r} is not {want[key]!r}"
        if row["rule"]["id"].lower() != want["data"]["RuleId"].lower():
            yield f"record {want['record_id']}: rule {row['rule']}"
        yield from rule_of_record(row["rule"], want)
    made = rows(run(tool, path).stdout)
    if [r["id"] for r in made] != [w["data"]["RuleId"] for w in wanted]:
        yield f"{len(made)} rules of {len(wanted)} records"


def rule_of_record(rule, want):
    data = want["data"]
    for key, field, words in (("action", "Action", {"1": "bypass", "2": "block", "3": "allow"}),
                              ("direction", "Direction", {"1": "in", "2": "out"}),
                              ("enabled", "Active", {"0": False, "1": True})):
        if field in data and rule[key] != words[data[field]]:
            yield f"record {want['record_id']}, {key}: {rule[key]}, but {data[field]}"
    by = data.get("ModifyingApplication")
    if by and rule["change"].get("by") != by:
        yield f"record {want['record_id']}: changed by {rule['change']}"


def main():
    corpus = pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    files = sorted((corpus / "rules").glob("*")) if os.environ.get("WFPW_CORPUS") else []
    if not files:
        print(f"skipped: no files in {corpus / 'rules'}")
        return 77
    failures = 0
    for text in [*check_origins(sys.argv[1], corpus), *check_filters(sys.argv[1], corpus)]:
        print(f"  WRONG {text}")
        failures += 1
    for path in files:
        expected = corpus / "expected" / (path.name + ".ndjson")
        check = check_log if path.suffix in (".evtx", ".xml") else check_file
        wrong = list(check(sys.argv[1], path, expected))
        for text in wrong[:20]:
            print(f"  WRONG {text}")
        failures += len(wrong)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
