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

# Which folder of lib/ may include from which. "" is lib/ itself, its stages and wiring.
EDGES = {
    "": {"", "os", "decode", "source", "host"},
    "decode": {"decode", "", "os"},
    "source": {"source", "decode", "", "os"},
    "names": {"names", "source", "decode", "", "os"},
    "export": {"export", ""},
    "host": {"host", "", "os"},
    "os": {"os"},
    "stage": {"stage", "", "os"},
    "sim": {"sim", "", "os"},
}
# What the root's files may include from other folders: only who wires may.
ROOT_EDGES = {
    "session.c": {"source", "os"},
    "session_internal.h": {"source"},
    "session_live.c": {"source"},
    "ready.h": {"os"},
    "audit_log.h": {"os"},
    "audit_log_internal.h": {"decode"},
    "audit_log_push.c": {"decode"},
    "naming.c": {"names", "decode", "os"},
    "placing.h": {"names"},
    "placing.c": {"names"},
    "servicing.h": {"names", "source", "host", "os"},
    "connect.c": {"host", "source"},
    "deadline.h": {"os"},
    "gate.h": {"os"},
    "stopping.h": {"os"},
    "past.h": {"os"},
    "bell.h": {"os"},
    "own.h": {"os"},
    "drain.h": {"names", "os"},
    "filterevent.h": {"names"},
    "engine.h": {"os"},
    "service.h": {"names", "os"},
    "template_engine.h": {"os"},
    "template_engine.c": {"decode"},  # which type is which kind
    "ring.h": {"os"},
    "error.c": {"os"},
    "batchaudit.c": {"decode"},  # the table of field names
}
# Objects that neither allocate, lock, log nor read clocks, and what they may call.
PURE = ["audit_log_query", "batchaudit", "bookmark", "decode/audit_classic", "decode/audit_render", "decode/auditform", "decode/auditname", "decode/auditrec", "decode/auditvalue",
        "decode/binxml", "decode/binxml_ours", "decode/binxml_plan", "decode/binxml_text",
        "decode/evtx", "decode/fwpobject", "decode/fwpvalue", "decode/netbody", "decode/netevent", "decode/netshfield",
        "decode/netshfilter", "decode/netshplace", "decode/netshtable", "decode/netshword", "decode/sddl",
        "export/json", "export/jsonname", "export/jsonout",
        "mark", "names/condition", "names/sids", "names/write", "object", "orient", "reason", "record", "symbol", "template_match",
        "template_parse", "text",
        "text_number", "text_parse", "verdict", "verdict_filter", "words"]
PURE_CALLS = re.compile(
    r"^(mem(cpy|move|set|cmp|chr)|str(len|n?cmp|chr|cspn|str)|__mem\w+_chk|crc32|snprintf|__snprintf_chk|__stack_chk_fail"
    r"|(text|record|audit|auditrec|auditvalue|binxml|evtx|fwpobject|fwpvalue|json|jsonout|netbody|netevent|netsh|netshfield|netshtable|netshword|object|objects|orient|condition|sddl|symbol|template|verdict|word|wfpw)_\w+"
    r"|xml_(stop|position)"
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


def check_layers(src, _build):
    """Includes between the folders of lib/ keep to the table, and there is no cycle."""
    graph, bad = {}, []
    for name in tracked(src, "lib/*.[ch]", "lib/**/*.[ch]"):
        path = Path(src) / name
        inside = name[len("lib/"):]
        folder = inside.split("/")[0] if "/" in inside else ""
        for inc in includes(path):
            if inc.startswith("wfpwatch/") or inc == "os_native.h" or inc.endswith(".inc"):
                continue
            target = inc.split("/")[0] if "/" in inc else ""
            allowed = EDGES.get(folder, set())
            if folder == "" and target != "":
                allowed = ROOT_EDGES.get(inside, set())
            if target not in allowed:
                bad.append(f"{name} includes {inc}")
            graph.setdefault(inside, set()).add(inc)
        if "<windows.h>" in path.read_text() and not inside.startswith("os/win/"):
            bad.append(f"{name} includes windows.h")
    state = {}

    def visit(node, trail):
        if state.get(node) == 1:
            bad.append("cycle: " + " -> ".join(trail + [node]))
        if node in state:
            return
        state[node] = 1
        for nxt in graph.get(node, ()):
            visit(nxt, trail + [node])
        state[node] = 2

    for node in list(graph):
        visit(node, [])
    return bad


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
            m = re.search(r"\sO?\s*(\.data|\.bss|\.tdata|\.tbss)\s+([0-9a-f]+)\s+(\S+)$", line)
            if m and int(m[2], 16) > 0 and not re.match(r"__(a|ub|t)san|\.L|completed", m[3]):
                bad.append(f"{name}: {m[3]} in {m[1]}")
    return bad


def check_pure(_src, build):
    """Decoders and export call nothing that allocates, locks, logs or reads a clock."""
    bad, objs = [], objects(build)
    for name in PURE:
        if name not in objs:
            continue
        out = subprocess.run(["nm", "-u", objs[name]], capture_output=True, text=True, check=True)
        for symbol in re.findall(r"U (\S+)", out.stdout):
            if not PURE_CALLS.match(symbol):
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
    for header, sym, so in [("wfpwatch.h", "lib/wfpwatch.sym", "libwfpwatch.so"),
                            ("sim.h", "lib/sim/wfpwatch_sim.sym", "libwfpwatch_sim.so")]:
        text = (Path(src) / "include/wfpwatch" / header).read_text()
        declared = set(re.findall(r"WFPW_CALL\s+(wfpw_\w+)\(", text))
        listed = set(re.findall(r"^[a-z]\w+", (Path(src) / sym).read_text(), re.M))
        there = exported(Path(build) / "lib" / so)
        bad += [f"{n}: in {header}, not in {sym}" for n in declared - listed]
        bad += [f"{n}: in {sym}, not in {header}" for n in listed - declared]
        bad += [f"{n}: exported, not listed" for n in there - listed]
        bad += [f"{n}: listed, not exported" for n in listed - there]
        bad += [f"{n}: not in docs/abi.md" for n in declared if f"`{n}`" not in docs]
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


def check_links(src, _build):
    """Links between the pages lead to files that exist."""
    bad = []
    for name in tracked(src, "*.md", "**/*.md"):
        path = Path(src) / name
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                bad.append(f"{name}: {target}")
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
