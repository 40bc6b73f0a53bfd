# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""owners.py TOOL: 'wfpwatch who' on the real dumps of netsh in $WFPW_CORPUS. The numbers are counted
in what an independent reader found; whose the filters are was read in the dumps by a person. Exits
with 77 when the files are not there."""
import collections
import json
import os
import pathlib
import subprocess
import sys

WINDOWS = {"FWPM_PROVIDER_MPSSVC_WF": ("Windows Firewall", "key", "mpssvc"),
           "FWPM_PROVIDER_MPSSVC_WSH": ("Windows Firewall", "key", "mpssvc"),
           "FWPM_PROVIDER_MPSSVC_APP_ISOLATION": ("Windows Firewall", "key", "mpssvc")}
NDU = {"{8e44982a-f477-11df-85ce-78e7d1810190}": ("Windows Network Data Usage", "key", "NDU")}
JOE = {**WINDOWS,
       "{63dd0fa6-3cc5-4f44-91ab-ef56b7af8eae}": ("Sophos Network Threat Protection", "key", None),
       "{9113f8a3-4dfd-46fc-aaa7-4ec9715c5309}": ("Windows edge traversal", "name", None)}
# By file: product, what tells it and service of each provider that has filters; and the names of the
# sublayers (their keys where they have none) of filters without a provider.
DUMPS = {
    "joemarshall-wfpstate.xml": ({**JOE, **NDU}, {
        "Sophos Web Protection", "Sophos NTP TLS Sublayer", "Sophos NTP DNS Sublayer", "NsrSubLayer",
        "WFP Built-in Universal Sublayer"}),
    "joemarshall-filters.xml": (JOE, None),
    "codeape-xiaoyin-wfpstate.xml": ({**WINDOWS, **NDU}, {"NsrSubLayer"}),
    "velia-the-veil-filters.2026-04-21.xml": (WINDOWS, {
        "{8f36341a-3c90-11f1-a8e6-345a6004fd68}", "{8f36341b-3c90-11f1-a8e6-345a6004fd68}",
        "{8f36341d-3c90-11f1-a8e6-345a6004fd68}"}),
    "velia-the-veil-filters.2026-04-25.xml": (WINDOWS, None),
}
CASES = {
    "11-netsh-filter-fragments/pia-item.xml": "Private Internet Access",
    "11-netsh-filter-fragments/ebpf-3.xml": "eBPF for Windows",
    "12-netsh-avast-filters/filters-excerpt.xml": None,
    "17-norton-smb-netevent/filters-rebuilt.xml": None,
}


def who(tool, *args):
    run = subprocess.run([*tool, "who", "--format", "json", *args], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    return [json.loads(line) for line in run.stdout.decode("utf-8").splitlines()]


def action_of(text):
    word = text.replace("FWP_ACTION_", "").lower()
    return "callout" if word.startswith("callout") else word if word in ("block", "permit") else "other"


def wanted_counts(expected):
    """By owner: its counts, as the tool has them."""
    found = collections.defaultdict(collections.Counter)
    for line in expected.read_text("utf-8").splitlines():
        f = json.loads(line)
        counts = found[f["providerKey"] or "-" + f["subLayerKey"]]
        counts["filters"] += 1
        counts[action_of(f["action"])] += 1
        counts[f["layerKey"], action_of(f["action"])] += 1
        counts["persistent"] += "FWPM_FILTER_FLAG_PERSISTENT" in f["flags"]
        counts["boot_time"] += "FWPM_FILTER_FLAG_BOOTTIME" in f["flags"]
    return {key: +counts for key, counts in found.items()}


def counts_of(owner):
    counts = collections.Counter({key: owner[key] for key in (
        "filters", "block", "permit", "callout", "other", "persistent", "boot_time")})
    for layer in owner["layers"]:
        for action in ("block", "permit", "callout", "other"):
            counts[layer["layer"], action] = layer[action]
    return +counts


def check_dump(tool, corpus, name, products, sublayers):
    owners = who(tool, str(corpus / "netsh" / name))
    found = {o["provider"] or "-" + o["sublayer"]: counts_of(o) for o in owners}
    wanted = wanted_counts(corpus / "expected" / f"{name}.filters.ndjson")
    wrong = [f"{key}: {found.get(key)} is not {wanted.get(key)}"
             for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]
    told = {o["provider"]: (o["product"], o["product_from"], o["service"]) for o in owners if o["provider"]}
    if told != products:
        wrong.append(f"{told} is not {products}")
    without = {o["sublayer_name"] or o["sublayer"] for o in owners if not o["provider"]}
    if sublayers is not None and without != sublayers:
        wrong.append(f"{without} is not {sublayers}")
    if any(o["signs"] for o in owners):
        wrong.append(f"something is odd: {[o['signs'] for o in owners if o['signs']]}")
    return [f"{name}: {text}" for text in wrong]


def main():
    tool, corpus = sys.argv[1:], pathlib.Path(os.environ.get("WFPW_CORPUS", ""))
    if not (corpus / "netsh").is_dir():
        print(f"no files in {corpus}/netsh: skipped")
        return 77
    wrong = []
    for name, (products, sublayers) in DUMPS.items():
        wrong += check_dump(tool, corpus, name, products, sublayers)
    for name, product in CASES.items():
        owners = who(tool, str(corpus / "cases" / name))
        if not owners or any(o["product"] != product or not o["provider"] for o in owners):
            wrong.append(f"{name}: {owners}")
    print("\n".join(wrong) or f"{len(DUMPS)} dumps and {len(CASES)} cases as a person read them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
