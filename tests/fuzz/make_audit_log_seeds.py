#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes the seeds of fuzz_audit_log.

usage: make_audit_log_seeds.py FOLDER
"""
import struct
import sys
from pathlib import Path

EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>"
    "<EventID>5157</EventID><Version>1</Version><Level>0</Level><Task>12810</Task><Opcode>0</Opcode>"
    "<Keywords>0x8010000000000000</Keywords><TimeCreated SystemTime='2026-01-01T00:00:00.1234567Z'/>"
    "<EventRecordID>77</EventRecordID><Correlation/><Channel>Security</Channel><Computer>HOST</Computer></System>"
    "<EventData><Data Name='ProcessID'>4</Data><Data Name='Application'>\\device\\a &amp; b&#x41;</Data>"
    "<Data Name='Direction'>%%14592</Data><Data Name='SourceAddress'>fe80::1</Data><Data Name='Protocol'>6</Data>"
    "<Data Name='FilterRTID'>70</Data><Data Name='LayerRTID'>44</Data></EventData></Event>"
)
CLEARED = EVENT.replace("5157", "1102").replace("Security-Auditing", "Eventlog").split("<EventData>")[0].replace(
    "{54849625-5478-4994-a5ba-3e3b0328c30d}", "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}") + (
    "<UserData><LogFileCleared xmlns='x'><SubjectUserName>a</SubjectUserName></LogFileCleared></UserData></Event>")
BOOKMARK = "<BookmarkList>\r\n  <Bookmark Channel='Security' RecordId='77' IsCurrent='true'/>\r\n</BookmarkList>"


IKE = EVENT.replace("5157", "4654").split("<EventData>")[0] + (
    "<EventData><Data Name='LocalAddress'>10.1.0.0</Data><Data Name='LocalAddressMask'>255.255.0.0</Data>"
    "<Data Name='RemoteAddress'>fe80::2</Data><Data Name='RemoteAddressMask'>64</Data><Data Name='KeyModName'>%%8223</Data>"
    "<Data Name='FailurePoint'>Local computer</Data><Data Name='FailureReason'>No policy configured&#13;&#10;</Data>"
    "<Data Name='Mode'>%%8213</Data><Data Name='State'>%%8209</Data><Data Name='Role'>%%8205</Data>"
    "<Data Name='QMFilterID'>71</Data><Data Name='MMSAID'>9</Data></EventData></Event>")


def classic(event_id, strings):
    """An EVENTLOGRECORD."""
    def wide(text):
        return text.encode("utf-16-le") + b"\0\0"
    names = wide("Microsoft-Windows-Security-Auditing") + wide("HOST")
    fields = b"".join(map(wide, strings))
    at = 56 + len(names)
    length = (at + len(fields) + 4 + 3) & ~3
    head = struct.pack("<IIIIIIHHHHIIIIII", length, 0x654C664C, 77, 1767225600, 1767225600, event_id, 16,
                       len(strings), 12810, 0, 0, at, 0, at, 0, at + len(fields))
    return (head + names + fields).ljust(length - 4, b"\0") + struct.pack("<I", length)


def main():
    folder = Path(sys.argv[1])
    block = ["4", "\\device\\a", "%%14593", "10.0.0.1", "1", "10.0.0.2", "2", "6", "70", "%%14611", "48"]
    seeds = {
        "xml": b"\0" + EVENT.encode("utf-16-le"),
        "ascii": b"\1" + EVENT.encode("ascii"),
        "ike": b"\1" + IKE.encode("ascii"),
        "classic_packet": b"\2" + classic(4960, ["10.0.0.1", "7"]),
        "cut": b"\1" + EVENT.encode("ascii")[:700],
        "cleared": b"\1" + CLEARED.encode("ascii"),
        "cdata": b"\1" + EVENT.replace("fe80::1", "<![CDATA[fe80]]>::<!-- x -->1").encode("ascii"),
        "doctype": b"\1<!DOCTYPE x [<!ENTITY a 'b'>]>" + EVENT.encode("ascii"),
        "classic": b"\2" + classic(5157, block),
        "classic_unknown": b"\2" + classic(5157, block[:5]),
        "bookmark": b"\3" + BOOKMARK.encode("ascii"),
    }
    for name, content in seeds.items():
        (folder / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
