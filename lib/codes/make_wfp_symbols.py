#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes wfp_symbols.inc: the symbols of the Windows headers that netsh writes, and the built-in layers.

    make_wfp_symbols.py FACTS            writes wfp_symbols.inc
    make_wfp_symbols.py FACTS --check    exit status 1 when it is not what would be written, 77 when
                                     there is no such folder

FACTS is the folder with guids.json, constants.json and FACTS.md (table "A.6 Layers")."""
import json
import re
import sys
import uuid
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent / "wfp_symbols.inc"
BUCKETS = 2048
# Bits that netsh has a name for and no header: printed, but their number is not known.
PRIVATE_FLAGS = ["FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN",
                 "FWPM_FILTER_FLAG_HAS_PACKAGE_ID_CONDITION_CONVERTED_TO_PFN"]
ACTIONS = {"BLOCK": 0x1001, "PERMIT": 0x1002, "CALLOUT_TERMINATING": 0x5003,
           "CALLOUT_INSPECTION": 0x6004, "CALLOUT_UNKNOWN": 0x4005, "CONTINUE": 0x2006,
           "NONE": 0x0007, "NONE_NO_MATCH": 0x0008}
HEAD = """\
/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Made by make_wfp_symbols.py: do not edit. SYMBOL(text, number, sixteen bytes of its GUID or zeros),
 * where the symbols of each text hash stand (HASHED), those with a GUID in its order (BY_GUID), and
 * the layers by run-time id, as Windows 11 22H2 to 25H2 number them: LAYER(key, display name). */
"""


def hash_of(text):
    """As in wfp_symbols.c."""
    h = 2166136261
    for byte in text.encode():
        h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    return (h ^ h >> 15) % BUCKETS


def wire(guid):
    """The bytes of a GUID as Windows keeps it in memory."""
    return uuid.UUID(guid).bytes_le


def symbols(facts):
    """text -> (number, GUID bytes or None), in the order of the table."""
    guids = json.loads((facts / "guids.json").read_text())
    constants = json.loads((facts / "constants.json").read_text())
    enums = constants["enums"]
    found = {text: (0, wire(guid)) for text, guid in guids.items()}
    for enum in ("FWP_DATA_TYPE", "FWP_MATCH_TYPE", "FWPM_FILTER_FLAGS", "FWPM_PROVIDER_CONTEXT_TYPE"):
        found.update({text: (number, None) for text, number in enums[enum].items()})
    found.update({text: (number, None) for text, number in constants["constants"].items()
                  if text.startswith("FWPM_FILTER_FLAG_")})
    found.update({f"FWP_ACTION_{name}": (number, None) for name, number in ACTIONS.items()})
    found.update({text: (0, None) for text in PRIVATE_FLAGS})
    return found


def layers(facts):
    """(key, name) by run-time id."""
    section = (facts / "FACTS.md").read_text().split("### A.6 ")[1].split("\n### ")[0]
    rows = re.findall(r"^\| (\d+) \| (\S+|\(no SDK symbol\)) \| ([0-9a-f-]{36})[^|]*\| ([^|]+) \|$",
                      section, re.M)
    assert [int(row[0]) for row in rows] == list(range(99)), "the layers are not 0 to 98"
    return [(f"FWPM_LAYER_{key}" if key[0] != "(" else f"{{{guid}}}", name.strip())
            for _, key, guid, name in rows]


def table(name, numbers):
    text, line = "", ""
    for number in numbers:
        if len(line) + len(str(number)) > 96:
            text, line = text + line + " \\\n", ""
        line += f" {number},"
    return f"#define {name} \\\n{text}{line}\n"


def generate(facts):
    found = symbols(facts)
    names = list(found)
    buckets = [0xFFFF] * BUCKETS
    for i, text in enumerate(names):
        at = hash_of(text)
        while buckets[at] != 0xFFFF:
            at = (at + 1) % BUCKETS
        buckets[at] = i
    by_guid = sorted((guid, i) for i, (_, guid) in enumerate(found.values()) if guid)
    out = HEAD + "#ifdef SYMBOL\n"
    for text, (number, guid) in found.items():
        octets = ", ".join(f"0x{b:02x}" for b in guid or bytes(16))
        out += f'SYMBOL("{text}", {number}, {octets})\n'
    out += "#endif\n#ifdef LAYER\n"
    out += "".join(f'LAYER("{key}", "{name}")\n' for key, name in layers(facts))
    return out + "#endif\n" + table("WFP_SYMBOL_HASHED", buckets) + table("WFP_SYMBOL_BY_GUID", [i for _, i in by_guid])


def main(arguments):
    if not arguments or arguments[1:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments[1:] and not Path(arguments[0]).is_dir():
        print(f"skipped: no folder {arguments[0]}")
        return 77
    made = generate(Path(arguments[0]))
    if arguments[1:]:
        return 0 if OUTPUT.read_text() == made else 1
    OUTPUT.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
