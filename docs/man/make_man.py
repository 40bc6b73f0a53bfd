#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes the manual pages: wfpwatch.1 of what the tool's help says, libwfpwatch.3 of wfpwatch.h, arrow.h and python.h.

    make_man.py TOOL            writes both; TOOL is the built wfpwatch
    make_man.py --check TOOL    exit status 1 when they are not what would be written, when groff
                                (if it is installed) warns, or when lib/wfpwatch.sym and the header
                                do not have the same functions
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HEADER = ROOT / "include/wfpwatch/wfpwatch.h"
ARROW = ROOT / "include/wfpwatch/arrow.h"
PYTHON = ROOT / "include/wfpwatch/python.h"
ENTRY = re.compile(r"^  (\S(?:.*?\S)??)(?:  +(\S.*))?$")
PREAMBLE = """\
.\\" SPDX-License-Identifier: MIT
.\\" SPDX-FileCopyrightText: The wfpwatch authors
.\\" Made by docs/man/make_man.py: do not edit.
"""


def roff(text):
    """Text as groff takes it: nothing in it is a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    return re.sub(r"^([.'])", r"\\&\1", text)


def sentence(text):
    return roff(" ".join(text.split())) + "\n"


def version():
    return re.search(r'WFPW_VERSION_STRING "(.*?)"', HEADER.read_text())[1]


# ---- wfpwatch.1 ----


def help_of(tool, *words):
    return subprocess.run([tool, "help", *words], capture_output=True, text=True, check=True).stdout


def blocks(text):
    """The paragraphs of a help text, and its entries (commands, options) with what they say."""
    found = []
    for part in re.split(r"\n\n+", text.strip("\n")):
        for line in part.splitlines():
            entry = ENTRY.match(line)
            if entry:
                found.append([entry[1], entry[2] or ""])
            elif line.startswith("   ") and found and found[-1][0]:
                more = line.strip()
                found[-1][1] += (". " if more.startswith("WHEN is") else " ") + more
            elif found and not found[-1][0] and found[-1][2] is part:
                found[-1][1] += " " + line
            else:
                found.append(["", line, part])
    return [(tag, said.strip()) for tag, said, *_ in found]


def usage(text):
    """The lines that begin a help text, and the rest."""
    head, rest = text.split("\n\n", 1)
    return [line.replace("usage:", "").strip() for line in head.splitlines()], rest


def synopsis(lines):
    parts = [f".B {roff(line.split(' ', 1)[0])}\n{roff(line.split(' ', 1)[1])}\n" for line in lines]
    return ".br\n".join(parts)


def body(found):
    made = ""
    for tag, said in found:
        made += f".TP\n.B {roff(tag)}\n{sentence(said)}" if tag else f".PP\n{sentence(said)}"
    return made


def tool_page(tool):
    lines, rest = usage(help_of(tool))
    found = blocks(rest)
    status = next(said for _, said in found if said.startswith("exit status:"))
    told = [b for b in found if b[1] not in (status, "commands:")]
    first = next(i for i, b in enumerate(told) if b[0])
    page = f'{PREAMBLE}.TH WFPWATCH 1 "" "wfpwatch {version()}" "User Commands"\n'
    page += ".SH NAME\nwfpwatch \\- what Windows blocked, by which filter, for which process, and why\n"
    page += f".SH SYNOPSIS\n{synopsis(lines)}.SH DESCRIPTION\n{body(told[:first])}"
    page += f".SH COMMANDS\n{body([b for b in told[first:] if not b[0].startswith('-')])}"
    page += f".SH OPTIONS\n{body([b for b in told[first:] if b[0].startswith('-')])}"
    for tag, _ in told[first:]:
        command = tag.split()[0]
        if command.startswith("-") or command == "help":
            continue
        lines, rest = usage(help_of(tool, command))
        page += f".SH WFPWATCH {command.upper()}\n{synopsis(lines)}{body(blocks(rest))}"
    page += f".SH EXIT STATUS\n{sentence(status.split(':', 1)[1])}"
    page += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nwhen it is set, the table has no colours by itself\n"
    return page + ".SH SEE ALSO\n.BR libwfpwatch (3)\n"


# ---- libwfpwatch.3 ----


def plain(comment):
    """The text of a comment for Doxygen, a line a line."""
    lines = [re.sub(r"^ ?\* ?", "", line) for line in comment.strip().splitlines()]
    return "\n".join(lines).replace("**", "").replace("`", "")


def brief(comment):
    text = " ".join(plain(comment).split("@param")[0].split("@return")[0].split())
    return re.match(r"(.*?\.)(?: [A-Z@]|$)", text)[1]


def functions():
    """Groups of the header in its order: title, and function with what it does."""
    found = []
    token = r"@defgroup \w+ (.*)|/\*\*((?:(?!\*/).)*)\*/\nWFPW_API [^;]*?WFPW_CALL\s(\w+)\("
    text = HEADER.read_text() + ARROW.read_text() + PYTHON.read_text()
    for title, comment, name in re.findall(token.replace("(.*)|", r"([^\n]*)|"), text, re.S):
        if title:
            found.append((title, []))
        else:
            found[-1][1].append((name, brief(comment)))
    listed = set(re.findall(r"^wfpw_\w+", (ROOT / "lib/wfpwatch.sym").read_text(), re.M))
    described = {name for _, members in found for name, _ in members}
    if listed != described:
        raise SystemExit(f"wfpwatch.h and wfpwatch.sym differ, or no comment: {sorted(listed ^ described)}")
    return found


def library_page():
    contract = plain(re.search(r"/\*\*\n \* @file wfpwatch\.h\n(.*?)\*/", HEADER.read_text(), re.S)[1])
    first, _, *rules = re.split(r"\n\s*\n", contract.strip())
    page = f'{PREAMBLE}.TH LIBWFPWATCH 3 "" "wfpwatch {version()}" "Library Functions"\n'
    page += f".SH NAME\nlibwfpwatch \\- {roff(first.split(' - ', 1)[1].rstrip('.'))}\n"
    page += ".SH LIBRARY\nlibwfpwatch (\\-lwfpwatch; pkg\\-config wfpwatch; CMake: find_package(wfpwatch))\n"
    page += ".SH SYNOPSIS\n.B #include <wfpwatch/wfpwatch.h>\n.SH DESCRIPTION\n"
    page += "A session has sources (the filtering engine of this host, its Security log, files) and gives\n"
    page += "their events, a batch at a time. What follows holds for all functions; the header has each\n"
    page += "one's parameters, results and errors.\n"
    for rule in rules:
        title, text = re.match(r"(\w+)\.\s+(.*)", rule, re.S).groups()
        page += f".TP\n.B {title}\n{sentence(text)}"
    page += ".SH FUNCTIONS\n"
    for title, members in functions():
        page += f".SS {roff(title)}\n"
        page += "".join(f".TP\n.BR {name} ()\n{sentence(what)}" for name, what in members if members)
    page += ".SH EXAMPLE\n.EX\n" + "".join(f"{roff(line)}\n" for line in EXAMPLE.splitlines()) + ".EE\n"
    return page + ".SH SEE ALSO\n.BR wfpwatch (1)\n"


EXAMPLE = """\
wfpw_session *s = NULL;
wfpw_error e;
wfpw_batch *b = wfpw_batch_new(0, 0);
if (b != NULL && wfpw_open(NULL, &s, &e) == WFPW_OK &&
    wfpw_add_file(s, "Security.evtx", &e) == WFPW_OK) {
    int n;
    while ((n = wfpw_read(s, b, -1, &e)) > 0)
        for (int i = 0; i < n; i++) {
            const wfpw_event *ev = wfpw_batch_get(b, (uint32_t)i);
            printf("%s\\n", wfpw_word(WFPW_LIST_REASON, ev->reason));
        }
}
wfpw_close(s);
wfpw_batch_free(b);
"""


def warnings(path):
    if shutil.which("groff") is None:
        return ""
    made = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", path], capture_output=True, text=True)
    return made.stderr


def main(arguments):
    check = arguments[:1] == ["--check"]
    if len(arguments) != 1 + check:
        print(__doc__, file=sys.stderr)
        return 2
    bad = 0
    for path, text in [(HERE / "wfpwatch.1", tool_page(arguments[-1])), (HERE / "libwfpwatch.3", library_page())]:
        if not check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"{path}: not fresh; run docs/man/make_man.py TOOL", file=sys.stderr)
            bad = 1
        told = warnings(path)
        bad = bad or bool(told)
        print(told, end="", file=sys.stderr)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
