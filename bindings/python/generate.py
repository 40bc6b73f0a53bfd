#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes src/wfpwatch/_constants.py from the public headers and from lib/codes/*.inc, of which the
headers' lists of codes are made, so that no number is typed twice.

    generate.py            writes the file
    generate.py --check    exit status 1 when the file is not what would be written

Every list of lib/codes becomes a class of codes, every other enum one of the classes named in
ENUMS, in the order of ENUMS: an IntFlag when its numbers are hexadecimal, else an IntEnum.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include" / "wfpwatch"
sys.path.insert(0, str(HERE.parents[1] / "lib" / "codes"))
import make_codes  # type: ignore[import-not-found]  # noqa: E402

HEADERS = [INCLUDE / "wfpwatch.h", INCLUDE / "arrow.h", INCLUDE / "python.h", INCLUDE / "sim.h"]
OUTPUT = HERE / "src" / "wfpwatch" / "_constants.py"

# Prefix of an enum's names without WFPW_: the class it becomes. The longest prefix wins.
ENUMS = {
    "LIST": "WordList",
    "HAS": "Has",
    "EVENT": "EventFlag",
    "JOIN": "Join",
    "OPEN": "OpenFlag",
    "LIVE": "LiveFlag",
    "KEYWORD": "Keyword",
    "AUDIT": "AuditFlag",
    "FIELD": "FieldFlag",
    "AGGREGATE": "AggregateFlag",
    "FORMAT": "Format",
    "IKE_HAS": "IkeHas",
    "IPSEC_HAS": "IpsecHas",
    "FILTER_HAS": "FilterHas",
    "RULE_PROFILE": "RuleProfile",
    "RULE_HAS": "RuleHas",
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

COMMENT = r"/\*(?:\*<?)?((?:(?!\*/).)*)\*/"
CODES = re.compile(r"/\* codes: (?!end).*?/\* codes: end \*/\n", re.S)
ENUM = re.compile(rf"(?:{COMMENT}\s*\n)?enum(?: wfpw_\w+)? \{{((?:(?!\}};).)*)\}};", re.S)
NUMBER = r"0x[0-9A-Fa-f]+|\d+"
MEMBER = re.compile(
    rf"(?:{COMMENT}\s*\n\s*)?\bWFPW_(\w+) = ({NUMBER})\b,?(?:[ \t]*{COMMENT})?", re.S
)


def one_line(comment: str | None) -> str:
    """A comment's text on one line."""
    return re.sub(r"\s*\n\s*\*?\s*|\s+", " ", comment or "").strip()


def literal(text: str) -> str:
    """A Python literal in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def member(name: str, value: str, comment: str | None) -> str:
    """The lines of a member; a value too long for one stands in brackets, a text a line."""
    text = one_line(comment)
    line = f"    {name} = {value}"
    if text and len(f"{line}  # {text}") <= 100:
        return f"{line}  # {text}"
    note = "".join(f"    # {part}\n" for part in textwrap.wrap(text, 94))
    parts = value.replace(', "', f',\n{" " * 8}"')
    return note + (line if len(line) <= 100 else f"    {name} = (\n        {parts},\n    )")


def class_of(name: str, base: str, doc: str, members: List[str]) -> str:
    wrapped = "\n    ".join(textwrap.wrap(doc, 89))
    docstring = [f'    """{wrapped}"""', ""] if doc else []
    return "\n".join(["", f"class {name}({base}):", *docstring, *members, ""])


def codes() -> Iterator[str]:
    """A class for every list of codes."""
    for name, (doc, rows) in make_codes.lists().items():
        members = []
        for code in rows:
            texts = [code.word] + ([] if code.remedy is None else [code.remedy])
            value = ", ".join([str(code.number), *map(literal, texts)])
            members.append(member(code.name, value, code.meaning))
        base = "Code" if rows[0].remedy is None else "StatusCode"
        yield class_of(name.title().replace("_", ""), base, doc, members)


def prefix_of(name: str) -> str:
    known = [p for p in ENUMS if name.startswith(p + "_")]
    if not known:
        raise SystemExit(f"generate.py: ENUMS has no class for WFPW_{name}")
    return max(known, key=len)


def name_in(name: str, prefix: str) -> str:
    """Without the enum's prefix, or what a name has of it: FILTER_CALLOUT_MISSING in FILTER_HAS."""
    start = f"{prefix}_" if name.startswith(f"{prefix}_") else f"{prefix.split('_')[0]}_"
    return name[len(start) :]


def enums(text: str) -> Dict[str, str]:
    """A class for every enum that is not a list of codes, by its name."""
    classes: Dict[str, str] = {}
    for comment, body in ENUM.findall(CODES.sub("", text)):
        found: List[Tuple[str, str, str, str]] = MEMBER.findall(body)
        if not found or len(found) != len(re.findall(r"\bWFPW_\w+ =", body)):
            raise SystemExit(f"generate.py: cannot read all members of: {body.strip()}")
        prefix = prefix_of(found[0][1])
        members = [member(name_in(n, prefix), v, above or aside) for above, n, v, aside in found]
        base = "IntFlag" if found[0][2].startswith("0x") else "IntEnum"
        classes[ENUMS[prefix]] = class_of(ENUMS[prefix], base, one_line(comment), members)
    return classes


def version(text: str) -> str:
    found: Dict[str, str] = dict(re.findall(r"#define WFPW_VERSION_(\w+) +(\S+)", text))
    return (
        f"VERSION = ({found['MAJOR']}, {found['MINOR']}, {found['PATCH']})\n"
        f"VERSION_STRING = {found['STRING']}\n"
    )


def generate() -> str:
    """What _constants.py has to be."""
    texts = [path.read_text(encoding="utf-8") for path in HEADERS]
    made = {name: text for header in texts for name, text in enums(header).items()}
    if made.keys() != set(ENUMS.values()):
        raise SystemExit(f"generate.py: no enum of the headers: {set(ENUMS.values()) - made.keys()}")
    classes = [*codes(), *(made[name] for name in ENUMS.values())]
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
