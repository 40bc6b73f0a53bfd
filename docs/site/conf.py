# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""The documentation site; docs/build runs Sphinx with it."""
import os
import re
from pathlib import Path

OUT = Path(os.environ["WFPW_DOCS"])
HEADER = (OUT.parents[1] / "include/wfpwatch/wfpwatch.h").read_text()

project = "wfpwatch"
author = "The wfpwatch authors"
release = re.search(r'WFPW_VERSION_STRING "(.*?)"', HEADER)[1]
extensions = ["breathe", "myst_parser"]
breathe_projects = {"wfpwatch": str(OUT / "xml")}
breathe_default_project = "wfpwatch"
breathe_domain_by_extension = {"h": "c"}
breathe_show_enumvalue_initializer = True
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# Pages link to the tree as well as to each other; the tree is not part of the site.
suppress_warnings = ["myst.xref_missing", "myst.header"]
html_theme = "furo"
html_title = f"wfpwatch {release}"
html_show_sphinx = False


def reference(*headers):
    """The page of the C functions: a section for every group of the headers, in their order."""
    page = ["# Reference", "Made from the comments of `wfpwatch/wfpwatch.h`, `wfpwatch/arrow.h`, `wfpwatch/python.h` and `wfpwatch/sim.h`."]
    page += ["## The contract", "```{doxygenfile} wfpwatch.h\n:sections: detaileddescription\n```"]
    for group, title in re.findall(r"@defgroup (\w+) (.*)", "".join(headers)):
        page += [f"## {title}", f"```{{doxygengroup}} {group}\n:content-only:\n:members:\n:undoc-members:\n```"]
    return "\n\n".join(page) + "\n"


ARROW = (OUT.parents[1] / "include/wfpwatch/arrow.h").read_text()
PYTHON = (OUT.parents[1] / "include/wfpwatch/python.h").read_text()
SIM = (OUT.parents[1] / "include/wfpwatch/sim.h").read_text()
(OUT / "source/reference.md").write_text(reference(HEADER, ARROW, PYTHON, SIM))
