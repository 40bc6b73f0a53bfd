#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes what follows from lists.inc and reasons.inc: the enums in wfpwatch.h, and docs/reasons.md.

    make_codes.py            writes both
    make_codes.py --check    exit status 1 when they are not what would be written

A list goes into the header where its markers stand: /* codes: NAME */ and /* codes: end */.
"""
import re
import sys
import textwrap
from collections import namedtuple
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = HERE.parents[1] / "include/wfpwatch/wfpwatch.h"
PAGE = HERE.parents[1] / "docs/reasons.md"
STRING = r'"(?:[^"\\]|\\.)*"'
TEXT = rf"((?:{STRING}\s*)+)"
ROW = re.compile(rf"^REASON\((\d+),\s*(\w+),\s*{TEXT},\s*{TEXT},\s*{TEXT}\)", re.M)
REMEDY = re.compile(rf"^REMEDY\((\w+),\s*([\w +]+),\s*{TEXT}\)", re.M)
HAS = re.compile(r"^    (\w+) = 0x\w+,\s*/\* (.*?) \*/", re.M)
LIST = re.compile(r"/\*((?:(?!\*/).)*)\*/\n#ifdef (\w+)\n(.*?)#undef \2\n#endif\n", re.S)
CODE = re.compile(rf"^(\w+)\((\w+), (-?\d+),\s*{TEXT},\s*{TEXT}(?:,\s*{TEXT})?\)$", re.M)
BLOCK = re.compile(r"(/\* codes: (\w+) \*/\n).*?(/\* codes: end \*/\n)", re.S)
WHY = "Why it happened. wfpw_reason_info() returns the word, its meaning and what to do about it."
Code = namedtuple("Code", "name number word remedy meaning")
HEAD = """\
# Reasons

Every event has its outcome in one word (`verdict`), why (`reason`), what that is based on (`evidence`) and how certain
it is (`confidence`). All words are a contract: more may be added, none renamed. `wfpw_reason_info` and `wfpwatch why`
use the sentences of this page, which `lib/codes/make_codes.py` generates from `lib/codes/reasons.inc` and
`lib/codes/lists.inc`.

The evidence is used in this order: the origin in an audit record; that no filter matched (its id is 0); the origin that
the firewall stored with the filter; other properties of the filter (action, flags, callout, sublayer, provider,
conditions, weight); netsh's terminating filters; the layer, by its key; direction and loopback; last the filter's name,
because names are translated. An origin on an allowed event is the origin of the filter that allowed it.

In a record of Windows 11 or Server 2022 the origin "Unknown" means that the filter has none. All blocking filters of
the firewall have one, so a filter of another owner decided. A reason from a filter whose names are of another time is
one step less certain, and is used only if the event itself gives nothing more certain; two that agree are one step more
certain.

## What each half of a decision can prove

A net event and the audit record of the same decision are joined if a session reads both. Each has data that the other
lacks; names (of filters, from the engine or a dump) add to either.

| | the net event alone | the audit record alone |
|---|---|---|
| the process id | never, except in netsh's files | 5152, 5154 to 5159, if a process is known; 5031 has only the program |
| the user, the package | SID of the user; SID of the package (`allow`, `drop` of Windows 8 and later) | the remote user of version 1 and later |
| `rule`, `query_user`, `stealth`, `default_inbound`, `default_outbound`, `service_hardening`, `uwp_default`, `appcontainer_loopback`, `quarantine`, `boot_time` | with the filter's name, origin or keys; else a guess by layer and direction, or `likely` (a discard layer, a package and loopback) | certain by the origin, in records that have one (Windows 11, Server 2022 and later); else as the net event |
| `third_party` | certain by the filter's provider, if names are known | certain if the origin is "Unknown"; never in older records |
| `callout`, `callout_missing`, `silent_mode`, `data_protection`, `tenant_restriction`, `block_all` | by the filter, if names are known | by the filter likewise; 5147, 5151 and 5153 give `callout` by their number |
| `no_filter` | certain: the id is 0 | certain: the id is 0 |
| `filter_gone` | likely: the engine no longer has the filter | likewise |
| `reauthorization` | likely, by its code | no: the record has no such field |
| `capability`, `ike`, `ipsec` | certain by the kind, with the code of the failure | no: other events of Windows have them |
| `mac`, `vswitch` | certain by the kind | certain: 5150, 5146 |
| `listen`, `bind` | certain by the layer | certain: 5155, 5159 |
| `discard`, `packet` | likely by the layer | likely by the layer |
"""

WHEN = """\
What to do depends on the data of the event (`wfpw_event_remedy`): the first line in italics that applies, else the
plain one, which `wfpw_reason_info` returns.
"""


def join(strings):
    """One text of the C literals that stand side by side."""
    return "".join(part[1:-1] for part in re.findall(STRING, strings)).replace('\\"', '"')


def rows():
    text = (HERE / "reasons.inc").read_text()
    found = [(int(code), name, *map(join, texts)) for code, name, *texts in ROW.findall(text)]
    if len(found) != text.count("\nREASON(") or [r[0] for r in found] != list(range(1, len(found) + 1)):
        raise SystemExit("reasons.inc: a row cannot be read, or a code is out of order")
    return found


def remedies():
    """By reason: what the event has, in words, and what to do then; in the order in which they count."""
    text = (HERE / "reasons.inc").read_text()
    words = dict(HAS.findall((HERE.parent / "stage/remedy.c").read_text()))
    found = {}
    for name, has, remedy in REMEDY.findall(text):
        when = " and ".join(words[bit] for bit in has.split(" + "))
        found.setdefault(name, []).append((when, join(remedy)))
    if sum(map(len, found.values())) != text.count("\nREMEDY("):
        raise SystemExit("reasons.inc: a remedy cannot be read")
    return found


def remedy_of(name, remedy, found):
    """The cell of the page: what to do by itself, then what to do when the event has something."""
    parts = [f"*{when}:* {text or 'nothing'}" for when, text in found.get(name, [])]
    return "<br>".join(([remedy] if remedy else []) + parts)


def list_of(name, body):
    """The codes of one list of lists.inc."""
    found = []
    for macro, code, number, word, *texts in CODE.findall(body):
        meaning, remedy = (texts[0], None) if not texts[1] else (texts[1], join(texts[0]))
        found.append(Code(code, int(number), join(word), remedy, join(meaning)))
        if macro != name:
            raise SystemExit(f"lists.inc: {macro}({code}, ...) stands in the list {name}")
    if not found or len(found) != len(re.findall(r"^\w+\(", body, re.M)):
        raise SystemExit(f"lists.inc: a row of {name} cannot be read")
    return found


def lists():
    """Every list by its name, in the order of their files: what it is, and its codes."""
    found = {}
    for doc, name, body in LIST.findall((HERE / "lists.inc").read_text()):
        found[name] = (re.sub(r"\s*\n \*\s*", " ", doc).strip(), list_of(name, body))
        if name == "EVIDENCE":
            codes = [Code(reason, code, word, None, text) for code, reason, word, text, _ in rows()]
            found["REASON"] = (WHY, codes)
    return found


def comment(indent, text):
    """A comment for Doxygen, within 100 columns."""
    if len(indent) + len(text) + 7 <= 100:
        return f"{indent}/** {text} */\n"
    lines = textwrap.wrap(text, 97 - len(indent), break_on_hyphens=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


def enum_of(name, doc, codes):
    """The enum of a list. A word that is not the name in lower case is told."""
    prefix = "WFPW_" if name == "STATUS" else f"WFPW_{name}_"
    parts = []
    for code in codes:
        told = "" if name == "STATUS" or code.word == code.name.lower() else f' The word is "{code.word}".'
        parts.append(comment("    ", code.meaning + told) + f"    {prefix}{code.name} = {code.number}")
    return comment("", doc) + f"enum wfpw_{name.lower()}_code {{\n" + ",\n".join(parts) + "\n};\n"


def header_of(text):
    found = lists()
    placed = [name for _, name, _ in BLOCK.findall(text)]
    if sorted(placed) != sorted(found):
        raise SystemExit(f"wfpwatch.h: markers are missing, or too many: {set(placed) ^ set(found) or placed}")
    return BLOCK.sub(lambda m: m[1] + enum_of(m[2], *found[m[2]]) + m[3], text)


def table(head, lines):
    return "\n".join(["", f"| {' | '.join(head)} |", "|" + "---|" * len(head),
                      *[f"| {' | '.join(line)} |" for line in lines], ""])


def page_of():
    codes = lists()
    parts = [HEAD]
    for title, name in [("Verdicts", "VERDICT"), ("Confidence", "CONFIDENCE"), ("Evidence", "EVIDENCE")]:
        parts.append(f"\n## {title}\n")
        parts.append(table(["word", ""], [(f"`{code.word}`", code.meaning) for code in codes[name][1]]))
    parts.append("\n## Reasons\n\n" + WHEN)
    found = remedies()
    parts.append(table(["code", "word", "what it means", "what to do"],
                       [(str(code), f"`{word}`", text, remedy_of(name, remedy, found))
                        for code, name, word, text, remedy in rows()]))
    return "".join(parts)


def main(arguments):
    header = HEADER.read_text()
    wanted = {HEADER: header_of(header), PAGE: page_of()}
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text() != text]
    for path in stale:
        if arguments:
            print(f"{path}: not what lib/codes/*.inc say; run lib/codes/make_codes.py", file=sys.stderr)
        else:
            path.write_text(wanted[path])
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
