#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What a Windows machine of a hosting service does with this tree: builds it with MSVC or clang-cl and vcpkg, runs the
tests, and then, as such a machine has a real engine and an administrator, `wfpwatch prove` and the probe.

usage: ci.py --arch x64|x86|arm64 [--compiler msvc|clang-cl] [--out FOLDER] [--list]
       ci.py --compare OLD NEW

--list prints the commands. --compare tells which claims of two reports of `wfpwatch prove --json` differ, and fails when
one that was shown is not any more; without OLD there is nothing to compare.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
PLATFORMS = {"x64": "x64", "x86": "Win32", "arm64": "ARM64"}
BUILD = "build/ci"
# Reports are kept whatever they say, so that what fails can be read.
REPORTS = {"prove.json": ["examples/cli/Release/wfpwatch.exe", "prove", "--audit-policy", "--json"],
           "probe.json": ["tests/live/Release/probe.exe"]}


def commands(arch, compiler):
    """Configuring, building and testing; each has to succeed."""
    toolchain = f"{os.environ.get('VCPKG_INSTALLATION_ROOT', 'vcpkg')}/scripts/buildsystems/vcpkg.cmake"
    toolset = ["-T", "ClangCL"] if compiler == "clang-cl" else []
    return [
        ["cmake", "-S", ".", "-B", BUILD, "-A", PLATFORMS[arch], *toolset, f"-DCMAKE_TOOLCHAIN_FILE={toolchain}",
         f"-DVCPKG_TARGET_TRIPLET={arch}-windows-static", "-DVCPKG_MANIFEST_FEATURES=tests"],
        ["cmake", "--build", BUILD, "--config", "Release", "--parallel"],
        ["ctest", "--test-dir", BUILD, "-C", "Release", "--output-on-failure", "--label-exclude", "live"],
    ]


def run_all(arch, compiler, out):
    for command in commands(arch, compiler):
        print(" ".join(command), flush=True)
        subprocess.run(command, cwd=TREE, check=True)
    out.mkdir(parents=True, exist_ok=True)
    failed = []
    for name, (program, *arguments) in REPORTS.items():
        with (out / name).open("wb") as report:
            done = subprocess.run([TREE / BUILD / program, *arguments], cwd=TREE, stdout=report, check=False)
        print(f"{name}: exit status {done.returncode}\n{(out / name).read_text(encoding='utf-8')}", flush=True)
        failed += [name] if done.returncode != 0 else []
    return 1 if failed else 0


def claims_of(path):
    return {c["claim"]: c["shown"] for c in json.loads(path.read_text(encoding="utf-8"))["claims"]}


def compare(old, new):
    """Returns the exit status, having printed what differs."""
    if not old.exists():
        print(f"{old} is not there: nothing to compare")
        return 0
    before, after = claims_of(old), claims_of(new)
    lost = 0
    for claim in sorted(before.keys() | after.keys()):
        was, now = before.get(claim, "absent"), after.get(claim, "absent")
        if was != now:
            print(f"{claim}: {was}, now {now}")
            lost += was == "yes"
    return 1 if lost else 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", choices=PLATFORMS)
    parser.add_argument("--compiler", choices=("msvc", "clang-cl"), default="msvc")
    parser.add_argument("--out", type=Path, default=TREE / BUILD / "reports")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("OLD", "NEW"))
    given = parser.parse_args(arguments)
    if given.compare:
        return compare(*given.compare)
    if given.arch is None:
        parser.error("--arch or --compare is wanted")
    if given.list:
        for command in [*commands(given.arch, given.compiler), *REPORTS.values()]:
            print(" ".join(command))
        return 0
    return run_all(given.arch, given.compiler, given.out)


if __name__ == "__main__":
    sys.exit(main())
