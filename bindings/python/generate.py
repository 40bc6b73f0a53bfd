#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes src/wfpwatch/_constants.py from the public headers, so that no number is typed twice.

    generate.py            writes the file
    generate.py --check    exit status 1 when the file is not what would be written

Every WFPW_*_MAP of the headers becomes a class of codes, every literal enum one of the classes
named in ENUMS: an IntFlag when its numbers are hexadecimal, else an IntEnum.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include" / "wfpwatch"
HEADERS = [INCLUDE / "wfpwatch.h", INCLUDE / "sim.h"]
OUTPUT = HERE / "src" / "wfpwatch" / "_constants.py"

# Prefix of an enum's names without WFPW_: the class it becomes. The longest prefix wins.
ENUMS = {
    "LIST": "WordList",
    "HAS": "Has",
    "EVENT": "EventFlag",
    "FIELD": "FieldFlag",
    "FILTER_HAS": "FilterHas",
    "OPEN": "OpenFlag",
    "JOIN": "Join",
    "LIVE": "LiveFlag",
    "AUDIT": "AuditFlag",
    "KEYWORD": "Keyword",
    "IKE_HAS": "IkeHas",
    "IPSEC_HAS": "IpsecHas",
    "SIM": "SimCount",
    "AUDITED": "Audited",
    "RESTORE": "RestoreFlag",
}

HEAD = '''\
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
# Made by generate.py from the public headers: do not edit.
"""Numbers and words of the C header: codes, flags and the version that this package is made for."""

from enum import IntEnum, IntFlag

from ._codes import Code, StatusCode

'''

COMMENT = r"/\*((?:(?!\*/).)*)\*/"
STRING = r'"(?:[^"\\]|\\.)*"'
ROW = re.compile(
    rf"X\((\w+),\s*(-?\d+),\s*((?:{STRING}\s*)+)(?:,\s*((?:{STRING}\s*)+))?\)(?:\s*{COMMENT})?",
    re.S,
)
MAP = re.compile(rf"(?:{COMMENT}\s*\n)?#define WFPW_(\w+)_MAP\(X\)(.*)")
ENUM = re.compile(rf"(?:{COMMENT}\s*\n)?enum \{{((?:(?!\}};).)*)\}};", re.S)
MEMBER = re.compile(rf"\bWFPW_(\w+) = (0x[0-9A-Fa-f]+|\d+)\b,?(?:\s*{COMMENT})?", re.S)


def one_line(comment: str | None) -> str:
    """A comment's text on one line."""
    return re.sub(r"\s*\n\s*\*?\s*|\s+", " ", comment or "").strip()


def literal(strings: str | None) -> str:
    """One Python literal of the C literals that stand side by side."""
    parts = re.findall(STRING, strings or "")
    return '"' + "".join(part[1:-1] for part in parts) + '"'


def member(name: str, value: str, comment: str | None) -> str:
    """One line of a class; a value too long for it stands in brackets, a text a line."""
    text = one_line(comment)
    line = f"    {name} = {value}" + (f"  # {text}" if text else "")
    if len(line) <= 100:
        return line
    parts = value.replace(', "', f',\n{" " * 8}"')
    note = f"    # {text}\n" if text else ""
    return f"{note}    {name} = (\n        {parts},\n    )"


def class_of(name: str, base: str, doc: str, members: List[str]) -> str:
    docstring = [f'    """{doc}"""', ""] if doc else []
    return "\n".join(["", f"class {name}({base}):", *docstring, *members, ""])


def maps(text: str) -> Iterator[str]:
    """A class for every X-macro."""
    for comment, name, body in MAP.findall(text.replace("\\\n", " ")):
        rows = ROW.findall(body)
        if not rows or len(rows) != body.count("X("):
            raise SystemExit(f"generate.py: cannot read all rows of WFPW_{name}_MAP")
        members = []
        for row, number, word, remedy, note in rows:
            texts = [literal(word)] + ([literal(remedy)] if remedy else [])
            members.append(member(row, ", ".join([number, *texts]), note))
        class_name = name.title().replace("_", "")
        base = "StatusCode" if rows[0][3] else "Code"
        yield class_of(class_name, base, one_line(comment), members)


def prefix_of(name: str) -> str:
    known = [p for p in ENUMS if name.startswith(p + "_")]
    if not known:
        raise SystemExit(f"generate.py: ENUMS has no class for WFPW_{name}")
    return max(known, key=len)


def enums(text: str) -> Iterator[str]:
    """A class for every enum whose members are written out."""
    for comment, body in ENUM.findall(text):
        if "_MAP(" in body:
            continue
        found: List[Tuple[str, str, str]] = MEMBER.findall(body)
        if not found or len(found) != len(re.findall(r"\bWFPW_\w+ =", body)):
            raise SystemExit(f"generate.py: cannot read all members of: {body.strip()}")
        prefix = prefix_of(found[0][0])
        members = [member(name[len(prefix) + 1 :], n, note) for name, n, note in found]
        base = "IntFlag" if found[0][1].startswith("0x") else "IntEnum"
        yield class_of(ENUMS[prefix], base, one_line(comment), members)


def version(text: str) -> str:
    found: Dict[str, str] = dict(re.findall(r"#define WFPW_VERSION_(\w+) +(\S+)", text))
    return (
        f"VERSION = ({found['MAJOR']}, {found['MINOR']}, {found['PATCH']})\n"
        f"VERSION_STRING = {found['STRING']}\n"
    )


def generate() -> str:
    """What _constants.py has to be."""
    texts = [path.read_text(encoding="utf-8") for path in HEADERS]
    classes = [c for text in texts for c in [*maps(text), *enums(text)]]
    for name in ENUMS.values():
        if not any(c.startswith(f"\nclass {name}(") for c in classes):
            raise SystemExit(f"generate.py: no enum of the headers has become {name}")
    return HEAD + version(texts[0]) + "\n" + "\n".join(classes)


def main(arguments: List[str]) -> int:
    made = generate()
    if arguments == ["--check"]:
        fresh = OUTPUT.exists() and OUTPUT.read_text(encoding="utf-8") == made
        if not fresh:
            print(f"{OUTPUT}: not what the headers say; run generate.py", file=sys.stderr)
        return 0 if fresh else 1
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    OUTPUT.write_text(made, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
