#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Print the layout of the WFP structs as C assertions.

    layout.py LAYOUT.json x64|x86    a C file of static asserts for one architecture
    layout.py LAYOUT.json header     layout_asserts.h: both architectures in one list

LAYOUT.json holds sizes, alignments and offsets computed from the win32 metadata:
{"x64": {struct: {"size": n, "align": n, "fields": {member: offset}}}, "x86": ...}.
What is asserted is what lib/os/fwp_types.h declares: a struct or a member that only one of the two
knows is an error, so that nothing stays unasserted.  The list also keeps the size of each member,
which LAYOUT.json does not have and padding would hide: it is read off the header's own types, and
mingw_agrees.c holds it to the system's headers.
"""

import json
import re
import sys
from pathlib import Path

HEADER = Path(__file__).resolve().parents[2] / "lib" / "os" / "fwp_types.h"

# Our names for what windows.h declares; the numbers are filed under Microsoft's.
RENAMED = {
    "FWP_GUID": "GUID",
    "FWP_FILETIME": "FILETIME",
    "FWP_SID_STRUCT": "SID",
    "FWP_SID_IDENTIFIER_AUTHORITY": "SID_IDENTIFIER_AUTHORITY",
    "FWP_SID_AND_ATTRIBUTES": "SID_AND_ATTRIBUTES",
}

# The metadata has GUID as a built-in type, without a layout.
GUID = {"size": 16, "align": 4, "fields": {"Data1": 0, "Data2": 4, "Data3": 6, "Data4": 8}}

# Bytes of the types that members are made of, pointers and structs aside.
SCALARS = {
    "uint8_t": 1,
    "int8_t": 1,
    "uint16_t": 2,
    "int16_t": 2,
    "uint32_t": 4,
    "int32_t": 4,
    "uint64_t": 8,
    "float": 4,
}

# Structs that Windows 8 or a later one brought: headers of Windows 7's age lack them.
LATER = re.compile(
    r"FWPM_NET_EVENT[2-5]|FWPM_NET_EVENT_HEADER[23]|FWPM_CONNECTION\w+"
    r"|FWPM_NET_EVENT_(CLASSIFY_DROP2|CLASSIFY_ALLOW0|CLASSIFY_DROP_MAC0|CAPABILITY_\w+"
    r"|IKEEXT_MM_FAILURE2|IKEEXT_QM_FAILURE1|LPM_PACKET_ARRIVAL0)"
)

PREAMBLE = """\
/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */

/* Generated, do not edit.  To make it again, with the layouts computed from the win32 metadata:
 *     python3 tests/abi/layout.py LAYOUT.json header > tests/abi/layout_asserts.h
 *
 * A list to be included after the header under test, as often as wanted:
 *     LAYOUT_STRUCT(type, size x64, align x64, size x86, align x86)
 *     LAYOUT_MEMBER(type, member, offset x64, size x64, offset x86, size x86)
 * Without macros of the includer's own each line is a static assertion for the architecture that
 * is compiled.  LAYOUT_WINDOWS_7 leaves out what Windows 7 did not have. */

#ifndef LAYOUT_STRUCT
#define LAYOUT_HERE(x64, x86) (sizeof(void *) == 8 ? (x64) : (x86))
#define LAYOUT_STRUCT(type, size64, align64, size32, align32)                                      \\
    struct align_of_##type {                                                                       \\
        char before;                                                                               \\
        type here;                                                                                 \\
    };                                                                                             \\
    _Static_assert(sizeof(type) == LAYOUT_HERE(size64, size32), "size of " #type);                 \\
    _Static_assert(offsetof(struct align_of_##type, here) == LAYOUT_HERE(align64, align32),        \\
                   "alignment of " #type);
#define LAYOUT_MEMBER(type, member, at64, size64, at32, size32)                                    \\
    _Static_assert(offsetof(type, member) == LAYOUT_HERE(at64, at32),                              \\
                   "offset of " #type "." #member);                                                \\
    _Static_assert(sizeof(((type *)0)->member) == LAYOUT_HERE(size64, size32),                     \\
                   "size of " #type "." #member);
#endif

/* clang-format off */
"""

POSTAMBLE = """\
/* clang-format on */

#undef LAYOUT_STRUCT
#undef LAYOUT_MEMBER
#undef LAYOUT_HERE"""


def declared_structs(text):
    """Struct name -> {member: (type, stars, count)}, unnamed unions and structs included."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"typedef struct (\w+) \{(.*?)\n\} \1;", text, flags=re.DOTALL)
    member = re.compile(r"(\w+) (\**)(\w+)(?:\[(\d+)\])?;")
    return {name: {m[2]: (m[0], m[1], m[3]) for m in member.findall(body)} for name, body in found}


def layout_of(facts, name, members):
    """The facts about one struct, after a check that they speak of the same members."""
    known = {**facts, "GUID": GUID}.get(RENAMED.get(name, name))
    if known is None:
        sys.exit(f"layout.py: no layout for {name}")
    strange = set(members) ^ set(known["fields"])
    if strange:
        sys.exit(f"layout.py: {name}: not on both sides: {', '.join(sorted(strange))}")
    return known


def size_of(facts, declared, pointer):
    """Bytes of a member as it is declared."""
    kind, stars, count = declared
    if stars:
        return pointer
    known = {**facts, "GUID": GUID}.get(RENAMED.get(kind, kind))
    return (known["size"] if known else SCALARS[kind]) * int(count or 1)


def print_file(facts, structs, bits):
    """A C file for one architecture."""
    print('#include "os/fwp_types.h"\n')
    print(f'_Static_assert(sizeof(void *) == {bits // 8}, "for {bits}-bit targets");')
    for name, members in structs.items():
        known = layout_of(facts, name, members)
        print(f"\nstruct align_of_{name} {{\n    char before;\n    {name} here;\n}};")
        print(f'_Static_assert(sizeof({name}) == {known["size"]}, "size of {name}");')
        print(
            f"_Static_assert(offsetof(struct align_of_{name}, here) == {known['align']}, "
            f'"alignment of {name}");'
        )
        for member in members:
            at = known["fields"][member]
            print(f'_Static_assert(offsetof({name}, {member}) == {at}, "{name}.{member}");')


def print_struct(x64, x86, name, members):
    """One struct's lines of the list."""
    wide, narrow = layout_of(x64, name, members), layout_of(x86, name, members)
    print(
        f"LAYOUT_STRUCT({name}, {wide['size']}, {wide['align']}, "
        f"{narrow['size']}, {narrow['align']})"
    )
    for member, declared in members.items():
        print(
            f"LAYOUT_MEMBER({name}, {member}, "
            f"{wide['fields'][member]}, {size_of(x64, declared, 8)}, "
            f"{narrow['fields'][member]}, {size_of(x86, declared, 4)})"
        )


def print_header(facts, structs):
    """The list for both architectures."""
    print(PREAMBLE)
    for name, members in structs.items():
        if not LATER.fullmatch(name):
            print_struct(facts["x64"], facts["x86"], name, members)
    print("\n#ifndef LAYOUT_WINDOWS_7")
    for name, members in structs.items():
        if LATER.fullmatch(name):
            print_struct(facts["x64"], facts["x86"], name, members)
    print("#endif")
    print(POSTAMBLE)


def main():
    """Read the arguments, print what they ask for."""
    if len(sys.argv) != 3 or sys.argv[2] not in ("x64", "x86", "header"):
        sys.exit("usage: layout.py LAYOUT.json x64|x86|header")
    facts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    structs = declared_structs(HEADER.read_text(encoding="utf-8"))
    if sys.argv[2] == "header":
        print_header(facts, structs)
    else:
        print_file(facts[sys.argv[2]], structs, 64 if sys.argv[2] == "x64" else 32)


if __name__ == "__main__":
    main()
