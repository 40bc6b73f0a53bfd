#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes what follows from reasons.inc: the list in wfpwatch.h, and docs/reasons.md.

    make_reasons.py            writes both
    make_reasons.py --check    exit status 1 when they are not what would be written
"""
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = HERE.parents[1] / "include/wfpwatch/wfpwatch.h"
PAGE = HERE.parents[1] / "docs/reasons.md"
BEGIN, END = "/* reasons: begin */\n", "/* reasons: end */\n"
NOTE = """\
/* Why. The rows are those of lib/codes/reasons.inc, from which lib/codes/make_reasons.py makes
 * this list; wfpw_reason_info() tells what each means. */
"""
STRING = r'"(?:[^"\\]|\\.)*"'
TEXT = rf"((?:{STRING}\s*)+)"
ROW = re.compile(rf"^REASON\((\d+),\s*(\w+),\s*{TEXT},\s*{TEXT},\s*{TEXT}\)", re.M)
MAP = re.compile(r"#define WFPW_(\w+)_MAP\(X\)(.*)")
ITEM = re.compile(r'X\(\w+, \d+, "(\w+)"\)(?:\s*/\*(.*?)\*/)?')
HEAD = """\
# Reasons

Every event says what happened in one word (`verdict`), why (`reason`), what said so (`evidence`) and how sure that is
(`confidence`). All words are a contract: more may be added, none renamed. `wfpw_reason_info` and `wfpwatch why` have
the sentences of this page, which is made by `lib/codes/make_reasons.py` of `lib/codes/reasons.inc` and the public header.

The evidence counts in falling order: the origin that an audit record names; the origin that the firewall noted with the
filter; what else the filter is (action, flags, callout, sublayer, provider, conditions, weight); what netsh says of the
filters that ended the decision; the layer, by its key; direction and loopback; last the filter's name, because names are
translated. An origin on an allowed event is the origin of the filter that allowed it. What rests on a filter whose names
are of another time is one step less sure.
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


def header_of(text):
    lines = ["#define WFPW_REASON_MAP(X)"]
    lines += [f'    X({name}, {code}, "{word}")' for code, name, word, *_ in rows()]
    made = "".join(f"{line:99}\\\n" for line in lines[:-1]) + lines[-1] + "\n"
    return text[: text.index(BEGIN) + len(BEGIN)] + NOTE + made + text[text.index(END):]


def words_of(header, name):
    body = dict(MAP.findall(header.replace("\\\n", " ")))[name]
    return [(word, " ".join(note.split())) for word, note in ITEM.findall(body)]


def table(head, lines):
    return "\n".join(["", f"| {' | '.join(head)} |", "|" + "---|" * len(head),
                      *[f"| {' | '.join(line)} |" for line in lines], ""])


def page_of(header):
    parts = [HEAD]
    for title, name in [("Verdicts", "VERDICT"), ("Confidence", "CONFIDENCE"), ("Evidence", "EVIDENCE")]:
        parts.append(f"\n## {title}\n")
        parts.append(table(["word", ""], [(f"`{word}`", note) for word, note in words_of(header, name)]))
    parts.append("\n## Reasons\n")
    parts.append(table(["code", "word", "what it means", "what to do"],
                       [(str(code), f"`{word}`", text, todo) for code, _, word, text, todo in rows()]))
    return "".join(parts)


def main(arguments):
    header = HEADER.read_text()
    wanted = {HEADER: header_of(header), PAGE: page_of(header_of(header))}
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text() != text]
    for path in stale:
        if arguments:
            print(f"{path}: not what reasons.inc says; run lib/codes/make_reasons.py", file=sys.stderr)
        else:
            path.write_text(wanted[path])
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
