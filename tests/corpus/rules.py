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


def main():
    corpus = pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    files = sorted((corpus / "rules").glob("*")) if os.environ.get("WFPW_CORPUS") else []
    if not files:
        print(f"skipped: no files in {corpus / 'rules'}")
        return 77
    failures = 0
    for path in files:
        if path.suffix in (".evtx", ".xml"):
            continue
        expected = corpus / "expected" / (path.name + ".ndjson")
        wrong = list(check_file(sys.argv[1], path, expected))
        for text in wrong[:20]:
            print(f"  WRONG {text}")
        failures += len(wrong)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
