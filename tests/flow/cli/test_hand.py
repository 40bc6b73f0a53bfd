#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""How the tool fits the hand: stories and the page, narrow terminals, locales, what is understood, completion.

usage: test_hand.py TOOL [unittest's arguments]
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

import test_cli
from test_cli import CliTest, ESCAPE, columns_of, environment, posix_only, run, run_on_terminal
from test_input import InputTest, event

V6 = ('drop protocol=tcp direction=in local=[2001:db8:85a3:8d3:1319:8a2e:370:7348]:443 '
      'remote=[2001:db8:85a3:8d3:1319:8a2e:370:7349]:50000 filter=71264 layer=44 app="\\\\device\\\\v1\\\\tools\\\\some tool.exe"\n')
V4 = "drop protocol=tcp direction=out local=192.0.2.10:50000 remote=203.0.113.77:443 filter=7 layer=48\n"


def at(second, **more):
    return event(time=f"2026-01-02T03:04:{second:02}.0000000Z", **more)


class Stories(InputTest):
    def test_equal_stories_are_one(self):
        path = self.path("<Events>" + at(5) + at(9, port=53) + at(1) + at(30) + "</Events>")
        result = run("why", path)
        self.check(result)
        heads = re.findall(r"^\d{4}-.*", result.out, re.M)
        self.assertEqual([h[:23] for h in heads], ["2026-01-02 03:04:01.000", "2026-01-02 03:04:09.000"])
        self.assertIn("  seen    once, reported by 3 records, 2026-01-02 03:04:01.000 UTC to 2026-01-02 03:04:30.000 UTC\n", result.out)
        self.assertEqual(result.out.count("  seen  "), 1)
        self.assertEqual(run("why", "--json", path).out.count("\n"), 4)

    def test_very_many_different_ones(self):
        path = self.path("<Events>" + "".join(at(i % 60, port=i + 1) for i in range(5000)) + "</Events>")
        out = run("why", path).out
        self.assertEqual(len(re.findall(r"^\d{4}-", out, re.M)), 5000)

    def test_local_times(self):
        path = self.path(event())
        zone = environment(TZ="IST-05:30")
        self.assertIn("2026-01-02 08:34:05.500 +05:30  blocked", run("why", "--local", path, env=zone).out)
        table = run("read", "--local", path, env=zone).out
        self.assertIn("TIME (local)", table)
        self.assertIn("2026-01-02 08:34:05.500 ", table)
        self.assertIn('"time":"2026-01-02T03:04:05.5', run("read", "--local", "--json", path, env=zone).out)
        self.assertIn("08:34:05.500 +05:30 to ", run("why", "--summary", "--local", path, env=zone).out)


class Page(InputTest):
    def setUp(self):
        super().setUp()
        self.a = self.path("<Events>" + at(1) + at(2, computer="host02") + at(3, event_id=5156, port=53) + "</Events>", "a.xml")
        self.b = self.path(event(time="2026-06-02T00:00:00Z"), "b.xml")

    def page(self, *args):
        return json.loads(run("why", "--summary", "--json", *args, self.a, self.b).out)

    def test_by_computer_user_and_file(self):
        page = self.page()
        self.assertEqual([(e["text"], e["count"]) for e in page["computers"]], [("host01", 2), ("host02", 1)])
        self.assertEqual([(e["text"], e["count"]) for e in page["files"]], [(str(self.a), 2), (str(self.b), 1)])
        self.assertEqual(page["users"], [])
        text = run("why", "--summary", self.a, self.b).out
        self.assertIn(f"On which computer\n         2  host01\n         1  host02\n", text)
        self.assertIn(f"In which file\n         2  {self.a}\n", text)

    def test_of_allowed_ones_with_all(self):
        self.assertEqual([p["text"] for p in self.page()["ports"]], ["tcp 443 outbound"])
        page = self.page("--all")
        self.assertEqual([p["text"] for p in page["ports"]], ["tcp 443 outbound", "tcp 53 outbound"])
        self.assertEqual((page["counted"], self.page()["counted"], page["refused"]), ("all", "refused", 3))
        self.assertIn(": what happened", run("why", "--summary", "--all", self.a, self.b).out)

    def test_units(self):
        self.assertRegex(run("why", "--summary", self.a, self.b).out, r"  \d\.\d days a column\n")
        self.assertIn("  0.1 s a column\n", run("why", "--summary", self.a).out)

    @posix_only
    def test_a_page_after_ctrl_c_is_marked(self):
        big = self.path("<Events>" + "".join(at(i % 60, port=i % 60000 + 1) for i in range(60000)) + "</Events>", "big.xml")
        for args, mark in ((["--summary"], "; INTERRUPTED: not all was read"), (["--summary", "--json"], '"partial":true')):
            p = subprocess.Popen([test_cli.TOOL, "why", *args, "--threads", "0", *[big] * 50], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=environment())
            time.sleep(2)
            p.send_signal(signal.SIGINT)
            out, err = p.communicate(timeout=test_cli.PATIENCE)
            self.assertEqual(p.returncode, 130, err)
            self.assertIn(mark, out.decode())
            self.assertIn("interrupted: not all was read", err.decode())


@posix_only
class Narrow(InputTest):
    def lines(self, columns, script, count):
        result = run_on_terminal(columns, 40, "watch", "--sim", "--color", "never", self.script(script), "--count", count)
        self.assertEqual(result.status, 0)
        return result.out.splitlines()

    def test_cards(self):
        for columns in (79, 60, 40):
            lines = self.lines(columns, V4 + V6, 2)
            text = "\n".join(lines)
            self.assertEqual(len(re.findall(r"^\d\d:\d\d:\d\d\.\d{3} drop block \w+\??$", text, re.M)), 2, text)
            for whole in ("192.0.2.10:50000", "203.0.113.77:443", "[2001:db8:85a3:8d3:1319:8a2e:370:7348]:443",
                          "[2001:db8:85a3:8d3:1319:8a2e:370:7349]:50000", "some tool.exe", "filter 71264"):
                self.assertIn(whole, text)
            for line in lines:
                self.assertTrue(columns_of(line) <= columns or "2001:db8" in line, line)

    def test_why_is_kept(self):
        for columns in (40, 60, 80, 94, 100, 108, 130, 160, 200):
            text = "\n".join(self.lines(columns, V4, 1))
            self.assertRegex(text, r"block filter_gone", text)

    def test_stories_and_the_page(self):
        path = self.path("<Events>" + at(1) + at(50) + "</Events>")
        for columns in (60, 40):
            for args in (["why"], ["why", "--summary"], ["why", "--summary", "--all"]):
                text = run_on_terminal(columns, 60, *args, "--color", "never", path).out
                for line in text.splitlines():
                    self.assertTrue(columns_of(line) <= columns or len(line.split()) <= 2, (columns, line))
                self.assertIn("203.0.113.7", text)
                joined = " ".join(text.split())
                self.assertIn("What is known of the event does not tell why.", joined)

    def test_several_files(self):
        a, b = self.path(event(), "a.xml"), self.path(event(), "b.xml")
        lines = run_on_terminal(120, 40, "read", "--color", "never", a, b).out.splitlines()
        self.assertEqual([line for line in lines if line.endswith(".xml:")], [f"{a}:", f"{b}:"])


class Ascii(InputTest):
    def test_c_locale(self):
        path = self.path("<Events>" + event(app="\\device\\\u00fcber\u65e5.exe") + "</Events>")
        for args in (["read"], ["why"], ["why", "--summary"]):
            for changes in ({"LC_ALL": "C"}, {"LC_ALL": "", "LC_CTYPE": "POSIX"}, {"LANG": "de_DE.ISO-8859-1"}):
                out = run(*args, path, env=environment(**{"LC_ALL": "", "LC_CTYPE": "", "LANG": "", **changes})).out
                self.assertTrue(out.isascii(), out)
                self.assertIn("\\device\\?ber??.exe", out)
            self.assertIn("\u00fcber\u65e5", run(*args, path, env=environment(LC_ALL="C.UTF-8")).out)
        self.assertIn("  @  0.1 s a column", run("why", "--summary", path, env=environment(LC_ALL="C")).out)
        self.assertIn("\u00fcber\u65e5", run("read", "--json", path, env=environment(LC_ALL="C")).out)


class Understood(InputTest):
    def test_help_and_version(self):
        self.assertEqual(run("help"), run("--help"))
        self.assertEqual(run("help", "why"), run("why", "--help"))
        self.assertEqual(run("-V"), run("--version"))
        self.check(run("help", "wy"), 2, "did you mean 'why'")

    def test_files_without_a_command(self):
        path = self.path(event())
        self.assertEqual(run(path), run("read", path))
        self.assertEqual(run("--json", path), run("read", "--format", "json", path))
        self.assertEqual(run("--format=json", path), run("read", "--format", "json", path))
        self.assertEqual(run(self.folder), run("read", self.folder))
        self.check(run(self.folder / "none.evtx"), 1, "none.evtx: open: ")

    def test_json(self):
        for args in (["watch", "--sim", "--count", "1"], ["check", "--sim"], ["names", "--live", "--sim"]):
            for line in run(*args, "--json").out.splitlines():
                json.loads(line)

    def test_quiet(self):
        path = self.path("x\n" + event(event_id=5156))
        self.assertEqual(run("why", "-q", path), (3, "", ""))
        self.check(run("read", "--quiet", self.folder / "none"), 1, "none: open")

    def test_no_function_of_the_library_is_named(self):
        odd = [self.path("", "empty"), self.path("text", "text"), self.path("<!DOCTYPE a><Events/>", "doctype"),
               self.path("<a/>", "other"), self.path("<?xml version='1.0' encoding='nonsense'?><Events/>", "encoding")]
        for path in odd:
            for command in ("read", "names"):
                err = run(command, path).err
                self.assertIn(path.name, err)
                self.assertNotRegex(err, r"wfpw_|XML_|malloc|calloc")
        for args in (["watch"], ["history"], ["check"], ["names", "--live"]):
            self.assertNotRegex(run(*args).err, r"wfpw_|malloc|calloc")

    def test_places_that_cannot_be_read(self):
        cut = self.path(event() + event()[:200])
        for command in ("read", "why"):
            result = run(command, cut)
            self.assertEqual(result.status, 3, result)
            self.assertIn("the file ends inside an event", result.err)
        self.assertEqual(run("read", self.path(event(), "whole")).status, 0)
        self.assertEqual(run("read", cut, self.folder / "none").status, 1)
        self.assertIn("3 done, but", run("--help").out)


class Completion(InputTest):
    COMMANDS = ("read", "why", "names", "watch", "history", "check", "completion")

    def script(self, shell):
        result = run("completion", shell)
        self.check(result)
        path = self.folder / ("completion." + shell)
        path.write_text(result.out)
        return path

    def test_values_are_everywhere(self):
        for shell in ("bash", "zsh", "fish", "powershell"):
            for word in ("ecs", "arrow", "html"):
                self.assertRegex(run("completion", shell).out, rf"\b{word}\b", shell)

    def complete(self, *words):
        """What bash offers for the last of these words."""
        line = (f'source "{self.script("bash")}"; COMP_WORDS=(wfpwatch {" ".join(map(repr, words))}); '
                f'COMP_CWORD={len(words)}; _wfpwatch; printf "%s\\n" "${{COMPREPLY[@]}}"')
        p = subprocess.run(["bash", "-c", line], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=test_cli.PATIENCE)
        self.assertEqual(p.stderr, b"")
        return p.stdout.decode().split()

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_bash(self):
        self.path(event(), "some.evtx")
        self.assertEqual(self.complete("wa"), ["watch"])
        self.assertLessEqual(set(self.COMMANDS), set(self.complete("")))
        self.assertEqual(self.complete("why", "--summ"), ["--summary"])
        self.assertEqual(self.complete("read", "--format", "j"), ["json"])
        self.assertEqual(self.complete("watch", "--windows", "1"), ["10", "1803", "11"])
        self.assertEqual(self.complete("read", "so"), ["some.evtx"])
        self.assertEqual(self.complete("read", "--names", "so"), ["some.evtx"])
        self.assertEqual(self.complete("completion", "po"), ["powershell"])
        self.assertEqual(self.complete("help", "why"), ["why"])

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_every_option_of_the_help(self):
        """What the help tells of and what is completed are the same."""
        for command in self.COMMANDS:
            told = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", run(command, "--help").out, re.M))
            told |= set(re.findall(r"^  --\w+ WHEN, (--\w+)", run(command, "--help").out, re.M)) | {"--help"}
            offered = set(self.complete(command, "--"))
            self.assertLessEqual(told, offered, command)
            self.assertLessEqual(offered - told, {"--quiet", "--json", "--local"}, command)

    def test_other_shells(self):
        for shell, parse in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"]),
                             ("powershell", ["pwsh", "-NoProfile", "-File"])):
            path = self.script(shell)
            text = path.read_text()
            for word in (*self.COMMANDS, "summary", "own-provider", "1803"):
                self.assertIn(word, text)
            if shutil.which(parse[0]):
                p = subprocess.run([*parse, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=test_cli.PATIENCE)
                self.assertEqual((p.returncode, p.stdout), (0, b""))
        self.check(run("completion"), 2, "a shell is missing")
        self.check(run("completion", "tcsh"), 2, "takes bash, zsh, fish or powershell, not 'tcsh'")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    test_cli.TOOL = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
