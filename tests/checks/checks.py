#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The project's rules, as far as a program can hold the tree to them (docs/architecture.md).

usage: checks.py SOURCE_DIR BUILD_DIR NAME...     NAME: a check, or "all"
"""
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

# The rooms of lib/ and which others each may reach, by include and by symbol (lib/README.md).
# What stands first is lowest; "decode" in a list means all of its folders.
ROOMS = {
    "os": [],
    "base": ["os"],
    "codes": ["base", "os"],
    "model": ["base", "codes"],
    "queue": ["base", "os", "model"],
    "template": ["base", "os", "codes", "model"],
    "guard": ["base", "codes", "model"],
    "decode/xml": ["base", "os", "codes", "model"],
    "decode/audit": ["base", "os", "codes", "model", "decode/xml"],
    "decode/evtx": ["base", "os", "codes", "model", "decode/audit", "decode/xml"],
    "decode/firewall_log": ["base", "os", "codes", "model"],
    "decode/fwpm": ["base", "os", "codes", "model"],
    "decode/netsh": ["base", "os", "codes", "model", "decode/fwpm", "decode/xml"],
    "decode/json": ["base", "os"],
    "decode/rules": ["base", "os", "codes", "model", "decode/json"],
    "decode/shipper": ["base", "os", "codes", "model", "decode/audit", "decode/xml", "decode/json"],
    "resolve": ["base", "os", "model"],
    "engine": ["base", "os", "codes", "model", "queue", "template", "decode"],
    "lease": ["base", "os", "codes", "engine"],
    "input": ["base", "os"],
    "source": ["base", "os", "model", "queue", "input", "decode", "engine", "resolve"],
    "names": ["base", "os", "codes", "model", "decode/rules", "input", "source"],
    "policy": ["base", "os", "codes", "model", "queue", "decode", "engine", "resolve", "names"],
    "stage": ["base", "os", "codes", "model", "decode", "names"],
    "export": ["base", "codes", "model", "stage"],
    "audit_log": ["base", "os", "model", "queue", "template", "decode", "resolve", "lease"],
    "live": ["base", "os", "codes", "model", "queue", "template", "resolve", "engine", "lease", "guard", "names", "policy", "audit_log"],
    "session": ["base", "os", "model", "queue", "template", "guard", "source", "stage", "audit_log", "live"],
    "settings": ["base", "os", "template", "guard"],
    "explain": ["base", "os", "model", "engine", "lease", "names", "policy", "session"],
    "arrow": ["base", "os", "codes", "model", "export", "session"],
    "python": ["base"],
    "sim": ["base", "os", "codes"],
}
# The same of the tool's (examples/cli), of which each file names its folder where it includes.
TOOL_ROOMS = {
    "platform": [],
    "view": ["platform"],
    "input": ["platform", "view"],
    "command": ["platform", "view", "input"],
}
# Folders that neither allocate, lock, log nor read clocks, with the files in them that do, and why.
PURE = ["base", "codes", "model", "template", "export", "guard", "decode", "stage"]
IMPURE = {
    "base/memory": "the allocator", "base/thread_call": "starts a thread",
    "guard/guard": "its handle", "template/template": "its handle", "template/template_engine": "its file ids",
    "template/template_next": "its copies", "template/template_explain": "says why of the engine's part",
    "stage/name_filters": "looks names up", "stage/name_rules": "likewise", "stage/join": "its buffers",
    "stage/joiner": "has them of join",
}
PURE_CALLS = re.compile(
    r"^(mem(cpy|move|set|cmp|chr)|str(len|n?cmp|chr|cspn|str)|__mem\w+_chk|crc32|snprintf|__snprintf_chk|__stack_chk_fail"
    r"|XML_\w+"  # expat's own memory; only decode/xml sees it
    r"|__(a|ub|t)san_\w+|__gcov\w*|_GLOBAL_OFFSET_TABLE_|__sanitizer_\w+)$")
LONG_FILES = {"lib/os/fwp_types.h", "tests/abi/layout_asserts.h"}  # lists, not code
FORBIDDEN = [
    (r"/work/|/home/[a-z]+/|/tmp/[a-z]", "a path of some machine"),
    (r"\b(TODO|FIXME|XXX)\b", "a promise instead of work"),
]
FORMAT_EXCEPT = {"tests/abi/layout_asserts.h"}


class Failure(Exception):
    pass


def tracked(src, *patterns):
    out = subprocess.run(["git", "-C", src, "ls-files", "-co", "--exclude-standard", *patterns],
                         capture_output=True, text=True)
    if out.returncode == 0:
        return [p for p in out.stdout.splitlines() if (Path(src) / p).exists()]
    names = []
    for pattern in patterns or ["*"]:
        names += [str(p.relative_to(src)) for p in Path(src).rglob(Path(pattern).name)]
    return [n for n in names if not n.startswith("build/")]


def includes(path):
    return re.findall(r'^#include "([^"]+)"', path.read_text(), re.M)


def room_of(inside):
    """The room of a file, given below lib/."""
    parts = inside.split("/")
    return "" if len(parts) == 1 else "/".join(parts[:2]) if parts[0] == "decode" else parts[0]


def may_reach(one, other):
    """Whether a file of lib/ may include or call another; both below lib/, without their ending."""
    a, b = room_of(one), room_of(other)
    return a == b or b in ROOMS.get(a, []) or b.split("/")[0] in ROOMS.get(a, [])


def cycle_in(graph):
    """A path that comes back to where it started, or None."""
    state = {}

    def visit(node, trail):
        if state.get(node) == 1:
            return trail[trail.index(node):] + [node]
        if node in state:
            return None
        state[node] = 1
        found = next((c for c in (visit(n, trail + [node]) for n in sorted(graph.get(node, ()))) if c), None)
        state[node] = 2
        return found

    return next((c for c in (visit(node, []) for node in sorted(graph)) if c), None)


def check_layers(src, _build):
    """Includes between the rooms of lib/ keep to the table, and there is no cycle."""
    graph, bad = {}, []
    for name in tracked(src, "lib/*.[ch]", "lib/**/*.[ch]"):
        path = Path(src) / name
        inside = name[len("lib/"):]
        if room_of(inside) not in ROOMS:
            bad.append(f"{name} is in no room")
        for inc in includes(path):
            if inc.startswith("wfpwatch/") or inc == "os_native.h" or inc.endswith(".inc"):
                continue
            if not may_reach(inside[:-2], inc[:-2]):
                bad.append(f"{name} includes {inc}")
            graph.setdefault(inside, set()).add(inc)
        if "<windows.h>" in path.read_text() and not inside.startswith("os/win/"):
            bad.append(f"{name} includes windows.h")
    bad += tool_layers(src, graph)
    cycle = cycle_in(graph)
    return bad + (["cycle: " + " -> ".join(cycle)] if cycle else [])


def tool_layers(src, graph):
    """The same for the tool; adds to the graph."""
    bad = []
    for name in tracked(src, "examples/cli/**/*.[ch]", "examples/cli/*.[ch]"):
        inside = name[len("examples/cli/"):]
        room = os.path.dirname(inside)
        if room not in TOOL_ROOMS:
            bad.append(f"{name} is in no room")
        for inc in includes(Path(src) / name):
            other = os.path.dirname(inc)
            if other not in ("wfpwatch", room, *TOOL_ROOMS.get(room, [])):
                bad.append(f"{name} includes {inc}")
            if other != "wfpwatch":
                graph.setdefault(f"tool/{inside}", set()).add(f"tool/{inc}")
    return bad


def symbols(src, build):
    """Where each global is defined, and what each object needs; objects as in objects()."""
    defined, needed = {}, {}
    for name, path in objects(build).items():
        if not (Path(src) / "lib" / (name + ".c")).exists():
            continue  # of an older tree
        out = subprocess.run(["nm", path], capture_output=True, text=True, check=True)
        for kind, symbol in re.findall(r" ([A-Za-z]) (\S+)$", out.stdout, re.M):
            if kind in "TDRB":
                defined[symbol] = name
            elif kind == "U":
                needed.setdefault(name, set()).add(symbol)
    return defined, needed


def check_symbols(src, build):
    """Calls between the rooms of lib/ keep to the table; no two rooms, and no two files of one, need each other."""
    defined, needed = symbols(src, build)
    bad, graph, inside = [], {}, {}
    for name, wanted in sorted(needed.items()):
        for symbol in sorted(wanted):
            other = defined.get(symbol)
            if other is None:
                continue
            if not may_reach(name, other):
                bad.append(f"{name} needs {symbol} of {other}")
            if room_of(name) != room_of(other):
                graph.setdefault(room_of(name), set()).add(room_of(other))
            elif name != other:
                inside.setdefault(name, set()).add(other)
    return bad + ["cycle: " + " -> ".join(c) for c in (cycle_in(graph), cycle_in(inside)) if c]


def check_rooms(src, _build):
    """lib/README.md lists the rooms and what each may reach."""
    text = (Path(src) / "lib/README.md").read_text()
    rows = {m[1]: re.findall(r"`([\w/]+)`", m[2]) for m in re.finditer(r"^\| `([\w/]+)` \|.*\| (.*) \|$", text, re.M)}
    return [f"{room} differs" for room in sorted({*ROOMS, *rows}) if rows.get(room) != ROOMS.get(room)]


def check_folders(src, _build):
    """No folder of lib/ has more than 20 files, and no source lies outside of a folder."""
    count = {}
    for name in tracked(src, "lib/**", "lib/*"):
        count.setdefault(os.path.dirname(name), set()).add(name)
    bad = [f"{folder} has {len(names)} files" for folder, names in sorted(count.items()) if len(names) > 20]
    return bad + [f"{n} lies at lib's root" for n in count.get("lib", ()) if n.endswith((".c", ".h"))]


def objects(build):
    found = {}
    for path in Path(build, "lib", "CMakeFiles").rglob("*.o"):
        found[str(path).split(".dir/")[1][:-len(".c.o")]] = path
    if not found:
        raise Failure("no objects in the build folder")
    return found


def check_globals(_src, build):
    """No variable that can change outlives a call, and none is a thread's own."""
    bad = []
    for name, path in objects(build).items():
        out = subprocess.run(["objdump", "-t", path], capture_output=True, text=True, check=True)
        for line in out.stdout.splitlines():
            m = re.search(r"\sO?\s*(\.data|\.bss|\.tdata|\.tbss)\s+([0-9a-f]+)\s+(?:\.hidden\s+)?(\S+)$", line)
            if m and int(m[2], 16) > 0 and not re.match(r"__(a|ub|t|odr_a)san|\.L|completed", m[3]):
                bad.append(f"{name}: {m[3]} in {m[1]}")
    return bad


def is_pure(name):
    return name not in IMPURE and any(name.startswith(folder + "/") for folder in PURE)


def check_pure(src, build):
    """What lies in a pure folder calls nothing that allocates, locks, logs or reads a clock."""
    bad = []
    defined, needed = symbols(src, build)
    for name, wanted in sorted(needed.items()):
        for symbol in sorted(wanted) if is_pure(name) else []:
            other = defined.get(symbol)
            if other is not None and not is_pure(other) and not PURE_CALLS.match(symbol):
                bad.append(f"{name} calls {symbol} of {other}")
            elif other is None and not PURE_CALLS.match(symbol):
                bad.append(f"{name} calls {symbol}")
    return bad


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True,
                         check=True)
    names = {line.split()[-1].split("@")[0] for line in out.stdout.splitlines()}
    return {n for n in names if not n.startswith(("WFPWATCH_", "__asan", "__odr"))}


def check_exports(src, build):
    """The list, the header, the shared library and docs/abi.md name the same functions."""
    bad = []
    docs = (Path(src) / "docs/abi.md").read_text()
    for header, sym, so in [("wfpwatch.h arrow.h python.h", "lib/wfpwatch.sym", "libwfpwatch.so"),
                            ("sim.h", "lib/sim/wfpwatch_sim.sym", "libwfpwatch_sim.so")]:
        text = "".join((Path(src) / "include/wfpwatch" / name).read_text() for name in header.split())
        declared = set(re.findall(r"WFPW_CALL\s+(wfpw_\w+)\(", text))
        listed = set(re.findall(r"^[a-z]\w+", (Path(src) / sym).read_text(), re.M))
        there = exported(Path(build) / "lib" / so)
        bad += [f"{n}: in {header}, not in {sym}" for n in declared - listed]
        bad += [f"{n}: in {sym}, not in {header}" for n in listed - declared]
        bad += [f"{n}: exported, not listed" for n in there - listed]
        bad += [f"{n}: listed, not exported" for n in listed - there]
        bad += [f"{n}: not in docs/abi.md" for n in declared if f"`{n}`" not in docs]
    return bad


def check_archive(_src, build):
    """Every global of both static libraries begins with wfpw, so that they link beside any other code."""
    bad = []
    for archive in ("libwfpwatch.a", "libwfpwatch_sim.a"):
        out = subprocess.run(["nm", "--defined-only", "-g", Path(build) / "lib" / archive], capture_output=True,
                             text=True, check=True)
        for symbol in re.findall(r" [A-Z] (\S+)$", out.stdout, re.M):
            if not symbol.startswith(("wfpw", "__asan", "__odr", "DW.ref")):
                bad.append(f"{archive}: {symbol}")
    return bad


def function_lengths(src, names):
    out = subprocess.run(["ctags", "-f", "-", "--fields=+ne", "--c-kinds=f", "-L", "-"],
                         input="\n".join(names), capture_output=True, text=True, cwd=src)
    if out.returncode != 0:
        raise Failure("ctags is missing (package universal-ctags)")
    for line in out.stdout.splitlines():
        start, end = re.search(r"line:(\d+)", line), re.search(r"end:(\d+)", line)
        if start and end:
            yield int(end[1]) - int(start[1]) + 1, "{1}: {0}".format(*line.split("\t"))


def check_sizes(src, _build):
    """Functions: median up to 12 lines, nine in ten under 40, none over 80. Files up to 500."""
    names = tracked(src, "lib/*.c", "lib/**/*.c", "examples/*.c", "examples/**/*.c")
    lengths = sorted(function_lengths(src, names))
    only = [n for n, _ in lengths]
    bad = [f"{where} has {n} lines" for n, where in lengths if n > 80]
    if statistics.median(only) > 12:
        bad.append(f"the median function has {statistics.median(only)} lines")
    if only[int(len(only) * 0.9)] >= 40:
        bad.append(f"one function in ten has {only[int(len(only) * 0.9)]} lines or more")
    for name in tracked(src, "lib/*.[ch]", "lib/**/*.[ch]", "examples/*.[ch]", "examples/**/*.[ch]"):
        lines = (Path(src) / name).read_text().count("\n")
        if lines > 500 and name not in LONG_FILES:
            bad.append(f"{name} has {lines} lines")
    print(f"{len(only)} functions, median {statistics.median(only)}, longest {only[-1]} lines")
    return bad


def check_statics(src, _build):
    """A static function's name has two words or more: what is done and to what."""
    names = tracked(src, "lib/*.[ch]", "lib/**/*.[ch]", "examples/cli/**/*.[ch]")
    out = subprocess.run(["ctags", "-f", "-", "--fields=+f", "--c-kinds=f", "--languages=C", "--langmap=C:.c.h", "-L", "-"],
                         input="\n".join(names), capture_output=True, text=True, cwd=src)
    if out.returncode != 0:
        raise Failure("ctags is missing (package universal-ctags)")
    bad = []
    for line in out.stdout.splitlines():
        name, path, pattern = line.split("\t")[:3]
        if ("file:" in line or "static" in pattern) and "_" not in name and not name.isupper():
            bad.append(f"{path}: {name}")
    return bad


def check_format(src, _build):
    """Every C file is as clang-format leaves it."""
    names = [n for n in tracked(src, "*.c", "*.h") if n not in FORMAT_EXCEPT]
    out = subprocess.run(["clang-format", "--dry-run", *names], capture_output=True, text=True, cwd=src)
    return sorted({line.split(":")[0] for line in out.stderr.splitlines() if "warning:" in line})


def check_text(src, _build):
    """Each source file says its licence; nothing names a machine or puts work off."""
    bad = []
    for name in tracked(src):
        path = Path(src) / name
        if name.startswith("tests/checks/") or path.is_dir() or "/seeds/" in name:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if path.suffix in (".c", ".h", ".py", ".inc", ".cmake") and "SPDX-License-Identifier" not in text[:400]:
            bad.append(f"{name}: no SPDX line")
        for pattern, why in FORBIDDEN:
            for m in re.finditer(pattern, text):
                bad.append(f"{name}:{text[:m.start()].count(chr(10)) + 1}: {why}: {m[0]}")
    return bad


def anchors_of(path):
    """What a link may name behind '#': each heading in small letters, blanks as '-', without signs."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, flags=re.M)}


def check_links(src, _build):
    """Links between the pages lead to files, and headings in them, that exist."""
    bad = []
    for name in tracked(src, "*.md", "**/*.md"):
        path = Path(src) / name
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", path.read_text()):
            page = path.parent / target if target else path
            if "://" in target:
                continue
            if not page.exists():
                bad.append(f"{name}: {target}")
            elif anchor and page.suffix == ".md" and anchor not in anchors_of(page):
                bad.append(f"{name}: {target}#{anchor}")
    return bad


def check_header(src, _build):
    """The public headers show themselves: every number and function has a comment, no list is a macro."""
    bad = []
    for path in sorted((Path(src) / "include/wfpwatch").glob("*.h")):
        lines = path.read_text().splitlines()
        functions = [i for i, line in enumerate(lines) if re.match(r"WFPW_API \w.*\(", line)]
        if not functions or functions[0] >= 250:
            bad.append(f"{path.name}: the first function stands behind line 250")
        for i in functions:
            if lines[i - 1] != " */":
                bad.append(f"{path.name}:{i + 1}: no comment: {lines[i]}")
        for i, line in enumerate(lines):
            if re.match(r"    WFPW_\w+ = ", line) and "/**<" not in line and \
                    not re.match(r" +(/\*\* .*)?\*/$", lines[i - 1]):
                bad.append(f"{path.name}:{i + 1}: no comment: {line.strip()}")
            if re.match(r"#define \w+\(", line):
                bad.append(f"{path.name}:{i + 1}: a macro with parameters")
    return bad


def check_columns(src, _build):
    """docs/columns.md lists the columns of lib/arrow/columns.inc in their order, each with its type."""
    inc = (Path(src) / "lib/arrow/columns.inc").read_text()
    rows = re.findall(r'^COLUMN\(\w+, "(\w+)", (\w+), \w+, (true|false)\)$', inc, re.M)
    words = {"INT64": "int64", "INT32": "int32", "TIME": "time", "BOOL": "bool", "TEXT": "text", "NAME": "name",
             "WORD": "word", "WORDS": "list of words", "TEXTS": "list of texts", "NUMBERS": "list of int64"}
    here = [f"{name} {words[kind]} {'yes' if usual == 'true' else ''}".strip() for name, kind, usual in rows]
    there = [" ".join(filter(None, (m[1], m[2], m[3].strip()))) for m in re.finditer(
        r"^\| `(\w+)` \| ([\w ]+?) \| ((?:yes)? ?)\|", (Path(src) / "docs/columns.md").read_text(), re.M)]
    bad = [f"line {i + 1}: {a!r} in the list, {b!r} on the page" for i, (a, b) in enumerate(zip(here, there)) if a != b]
    return bad[:5] + ([] if len(here) == len(there) else [f"{len(here)} in the list, {len(there)} on the page"])


FILE_NAME = re.compile(r"`([\w/.-]+\.(?:c|h|inc|py|sym)|(?:lib|tests|examples|include|bindings)/[\w/.-]+)`")
OF_OTHERS = {"windows.h", "winerror.h", "fwmon.h", "fwpmu.h"}
MADE = {"wfpwatch.c", "wfpwatch_sim.c", "wfpwatch_sim.h"}  # by packaging/amalgamate


def check_paths(src, _build):
    """Files and folders that the pages name are there; a path may begin at any folder."""
    there = set()
    for name in tracked(src):
        parts = name.split("/")
        there.update("/".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1))
    bad = []
    for name in tracked(src, "*.md", "**/*.md"):
        for path in FILE_NAME.findall((Path(src) / name).read_text()):
            if path.rstrip("/") not in there and path not in OF_OTHERS | MADE:
                bad.append(f"{name}: {path}")
    return bad


CHECKS = {name[len("check_"):]: f for name, f in list(globals().items()) if name.startswith("check_")}


def main():
    if len(sys.argv) < 4:
        print(__doc__, "checks:", *CHECKS)
        return 2
    src, build, wanted = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    failed = 0
    for name in CHECKS if wanted == ["all"] else wanted:
        try:
            bad = CHECKS[name](src, build)
        except (Failure, OSError, subprocess.CalledProcessError) as e:
            bad = [str(e)]
        for line in bad:
            print(f"{name}: {line}")
        print(f"{name}: {'FAILED' if bad else 'ok'} ({CHECKS[name].__doc__})")
        failed += bool(bad)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
