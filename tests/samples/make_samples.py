#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes a program of the C samples in the documents: each is a function of it, called by its number.

usage: make_samples.py OUTPUT DOCUMENT...
"""
import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```c\n(.*?)^```$", re.M | re.S)
# What a sample may take from the one before it.
NEEDS = [("wfpw_session *s;", "wfpw_session *s"), ("wfpw_error e;", "wfpw_error e")]


def blocks(documents):
    for path in documents:
        text = path.read_text(encoding="utf-8")
        for found in BLOCK.finditer(text):
            yield path.name, text.count("\n", 0, found.start()) + 2, found.group(1)


def function(number, name, line, text):
    code = "".join(part for part in text.splitlines(True) if not part.startswith("#include"))
    declared = "".join(f"    {need}\n" for need, sign in NEEDS if sign not in code and need.split("*")[-1][-2] in code)
    return f'static int sample_{number}(void)\n{{\n{declared}#line {line} "{name}"\n{code}    return 0;\n}}\n'


def main(arguments):
    if len(arguments) < 2:
        return __doc__
    found = list(blocks(map(Path, arguments[1:])))
    includes = {"#include <stdio.h>", "#include <stdlib.h>", "#include <wfpwatch/wfpwatch.h>"}
    for *_, text in found:
        includes |= {line.strip() for line in text.splitlines() if line.startswith("#include")}
    functions = [function(i, *block) for i, block in enumerate(found)]
    names = ", ".join(f"sample_{i}" for i in range(len(found)))
    rest = (f"static int (*const samples[])(void) = {{{names}}};\n"
            "int main(int argc, char **argv)\n{\n"
            "    size_t i = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 0;\n"
            "    if (argc < 2)\n        return (void)printf(\"%zu\\n\", sizeof samples / sizeof *samples), 0;\n"
            "    return i < sizeof samples / sizeof *samples ? samples[i]() : 2;\n}\n")
    Path(arguments[0]).write_text("\n".join(sorted(includes)) + "\n" + "\n".join(functions) + rest, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
