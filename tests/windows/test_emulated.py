#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""What `emulated` takes for a test that has passed, on a stand-in for `wine` that prints a file and ends as it is told."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).parent
WINE = '#!/usr/bin/env bash\ncat "$1"\ncase $2 in SEGV | KILL) kill -"$2" $$ ;; esac\nexit "$2"\n'
RUN = "[==========] Running 3 test(s).\r\n[ RUN      ] one\r\n[       OK ] one\r\n"
END = "[==========] 3 test(s) run.\r\n"
PASSED = "[  PASSED  ] 3 test(s).\r\n"


class EmulatedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        shutil.copy(HERE / "emulated", self.folder)
        (self.folder / "wine").write_text(WINE)
        (self.folder / "wine").chmod(0o755)

    def run_test(self, output, end):
        (self.folder / "output").write_text(output, newline="")
        return subprocess.run([self.folder / "emulated", self.folder / "output", str(end)], capture_output=True, text=True,
                              check=False)

    def test_an_ordinary_end_is_what_it_is(self):
        self.assertEqual(self.run_test(RUN + END + PASSED, 0).returncode, 0)
        self.assertEqual(self.run_test(RUN + END + PASSED, 1).returncode, 1)
        self.assertEqual(self.run_test("", 0).returncode, 0)
        self.assertEqual(self.run_test("", 77).returncode, 77)

    def test_a_fault_after_all_cases_passed(self):
        got = self.run_test(RUN + END + PASSED, "SEGV")
        self.assertEqual(got.returncode, 0)
        self.assertTrue(got.stdout.endswith("\nended with SIGSEGV after all of its cases\n"))
        skipped = "[  PASSED  ] 2 test(s).\r\n[  SKIPPED ] 1 test(s), listed below:\r\n[  SKIPPED ] one\r\n"
        self.assertEqual(self.run_test(RUN + END + skipped, "SEGV").returncode, 0)

    def test_another_signal_is_a_failure(self):
        self.assertEqual(self.run_test(RUN + END + PASSED, "KILL").returncode, 137)

    def test_a_fault_before_the_end_is_a_failure(self):
        for output in ("", RUN, RUN + END, END + PASSED, RUN + PASSED, 2 * (RUN + END + PASSED),
                       RUN + END + "[  PASSED  ] 2 test(s).\r\n",
                       RUN + END + "[  PASSED  ] 2 test(s).\r\n[  FAILED  ] 1 test(s), listed below:\r\n",
                       RUN + END + "[  PASSED  ] 3 test(s).\r\n[  FAILED  ] one\r\n"):
            with self.subTest(output=output):
                got = self.run_test(output, "SEGV")
                self.assertEqual(got.returncode, 139)
                self.assertNotIn("after all of its cases", got.stdout)


if __name__ == "__main__":
    unittest.main()
