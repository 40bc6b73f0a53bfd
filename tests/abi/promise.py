#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Holds the shared libraries to what docs/abi.md promises: to the ABI that tests/abi/baseline has kept.

usage: promise.py [--update] LIB_DIR

LIB_DIR has libwfpwatch.so and libwfpwatch_sim.so, with debug information. A break is what a program that was
compiled before would trip over: a function that is gone or takes something else, a member that moved or became
another type (what was reserved may have a name now), a struct that shrank, one that never changes and did, a number
that means something else. What is new, or longer at its end, is none, and is only told. --update keeps what is there now; for a new minor version.
Needs abidw and abidiff (libabigail).
"""
import argparse
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ROOT / "tests/abi/baseline"
HEADERS = ROOT / "include/wfpwatch"
NEVER = {"wfpw_error", "wfpw_endpoint", "wfpw_view"}  # docs/abi.md
ABIDIFF_ERROR, ABIDIFF_INCOMPATIBLE = 1 | 2, 8


def dump(library, headers, out):
    """abidw's description of what a library has for others."""
    subprocess.run(["abidw", "--exported-interfaces-only", "--no-elf-needed", "--headers-dir", headers,
                    "--drop-private-types", "--drop-undefined-syms", "--no-show-locs", "--no-corpus-path",
                    "--no-comp-dir-path", "--type-id-style", "hash", "--out-file", out, library], check=True)
    text = re.sub(r" path='[^']*?((?:lib|include)/[^']*)'", r" path='\1'", Path(out).read_text())
    Path(out).write_text(text)


def opaque_structs():
    """Those that the headers only declare, and that may change."""
    text = "".join(p.read_text() for p in sorted(HEADERS.glob("*.h")))
    return set(re.findall(r"^typedef struct (wfpw_\w+) \1;", text, re.M)) - \
        set(re.findall(r"^struct (wfpw_\w+) {", text, re.M))


class Abi:
    """What one description says: functions with their types, structs with their members."""

    def __init__(self, path):
        root = ElementTree.parse(path).getroot()
        opaque = opaque_structs()
        self.types = {e.get("id"): e for e in root.iter() if e.get("id")}
        self.functions = {e.get("name"): self.signature(e) for e in root.iter("function-decl") if e.get("elf-symbol-id")}
        self.structs = {}
        for e in root.iter("class-decl"):
            members = e.findall("data-member")
            if e.get("name", "").startswith("wfpw_") and members and e.get("name") not in opaque:
                self.structs[e.get("name")] = (int(e.get("size-in-bits")) // 8, dict(map(self.member, members)))

    def member(self, e):
        variable = e.find("var-decl")
        return variable.get("name"), (int(e.get("layout-offset-in-bits")) // 8, self.type_name(variable.get("type-id")))

    def signature(self, e):
        takes = ", ".join("..." if p.get("is-variadic") else self.type_name(p.get("type-id")) for p in e.findall("parameter"))
        return f"{self.type_name(e.find('return').get('type-id'))} ({takes})"

    def type_name(self, identity):
        e = self.types.get(identity)
        if e is None:
            return identity
        if e.tag == "pointer-type-def":
            return self.type_name(e.get("type-id")) + " *"
        if e.tag == "qualified-type-def":
            return "const " + self.type_name(e.get("type-id"))
        if e.tag == "function-type":
            return self.signature(e)
        if e.tag == "array-type-def":
            return f"{self.type_name(e.get('type-id'))} [{e.find('subrange').get('length')}]"
        return e.get("name")


def numbers(headers):
    """Each constant of the headers and what it stands for, as it is written."""
    text = "".join(p.read_text() for p in sorted(Path(headers).glob("*.h")))
    return dict(re.findall(r"^    (WFPW_\w+) = ([^,\n/]+?)(?:,| *(?:/\*.*)?$)", text, re.M))


def breaks_of_functions(old, new):
    for name, kept in sorted(old.functions.items()):
        now = new.functions.get(name)
        if now is None:
            yield f"{name} is gone"
        elif now != kept:
            yield f"{name} was {kept}, and is {now}"


def breaks_of_structs(old, new, never=frozenset(NEVER)):
    for name, (size, members) in sorted(old.structs.items()):
        if name not in new.structs:
            yield f"struct {name} is gone"
            continue
        now_size, now = new.structs[name]
        if now_size < size or (name in never and now_size != size):
            yield f"struct {name} had {size} bytes, and has {now_size}"
        for member, place in members.items():
            was_reserved = member.startswith("reserved") and place in now.values()
            if now.get(member) != place and not was_reserved:
                yield f"{name}.{member} was {describe(place)}, and is {describe(now.get(member))}"


def describe(place):
    return "gone" if place is None else f"{place[1]} at byte {place[0]}"


def breaks_of_numbers(old, new):
    return [f"{name} was {value}, and is {new.get(name, 'gone')}" for name, value in sorted(old.items())
            if new.get(name) != value]


def breaks_abidiff_sees(old, new):
    out = subprocess.run(["abidiff", "--no-show-locs", old, new], capture_output=True, text=True)
    if out.returncode & ABIDIFF_ERROR:
        yield f"abidiff failed: {out.stderr.strip()}"
    elif out.returncode & ABIDIFF_INCOMPATIBLE:
        yield "abidiff calls it incompatible:\n" + out.stdout


def compare(old, new):
    """All breaks between two descriptions."""
    before, after = Abi(old), Abi(new)
    return [*breaks_of_functions(before, after), *breaks_of_structs(before, after), *breaks_abidiff_sees(old, new)]


def kept_numbers():
    return dict(line.split(" ", 1) for line in (BASELINE / "numbers.txt").read_text().splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("libwfpwatch", "libwfpwatch_sim"):
            made = BASELINE / f"{name}.abi" if args.update else Path(temporary) / f"{name}.abi"
            dump(args.folder / f"{name}.so", HEADERS, made)
            before, after = Abi(BASELINE / f"{name}.abi"), Abi(made)
            found += compare(BASELINE / f"{name}.abi", made)
            print(f"{name}: {len(before.functions)} functions and {len(before.structs)} structs kept, "
                  f"{len(set(after.functions) - set(before.functions))} functions are new")
    if args.update:
        lines = [f"{name} {value}\n" for name, value in sorted(numbers(HEADERS).items())]
        (BASELINE / "numbers.txt").write_text("".join(lines))
    found += breaks_of_numbers(kept_numbers(), numbers(HEADERS))
    for line in found:
        print(f"broken: {line}")
    print(f"ABI: {f'{len(found)} breaks' if found else 'kept'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
