# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""guard.py TOOL: 'wfpwatch check --guard' on the real dumps of netsh in $WFPW_CORPUS. No filter that
Windows itself made may be found, whatever is guarded; a filter that a silencing tool makes, put into
the same dump, is. Exits with 77 when the files are not there."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

DUMPS = ["joemarshall-filters.xml", "joemarshall-wfpstate.xml", "codeape-xiaoyin-wfpstate.xml",
         "velia-the-veil-filters.2026-04-21.xml", "velia-the-veil-filters.2026-04-25.xml"]
TARGETS = [r"*\*", r"C:\*.exe", "system", "service=WinDefend", "service=mpssvc", "service=Dnscache", "service=BFE",
           "service=WdiServiceHost", "user=S-1-5-18", "user=S-1-5-19", "user=S-1-5-20", "address=203.0.113.7",
           "address=192.168.1.0/24", "address=2001:db8::/32", "package=S-1-15-2-1-2-3-4-5-6-7"]
AGENT = r"\device\harddiskvolume3\program files\example agent\sensor.exe"
# As EDRSilencer adds it: one condition, the highest weight, a provider of its own with Windows' words.
SILENCER = f"""<item><filterKey>{{6a0c0b51-5b2e-4e7d-9c52-3a1de2d7f001}}</filterKey>
<displayData><name>Custom Outbound Filter</name><description/></displayData>
<flags numItems="1"><item>FWPM_FILTER_FLAG_PERSISTENT</item></flags>
<providerKey>{{5d5b5b10-21f2-4ee3-9b3d-1a2b3c4d5e6f}}</providerKey><providerData/>
<layerKey>FWPM_LAYER_ALE_AUTH_CONNECT_V4</layerKey><subLayerKey>FWPM_SUBLAYER_UNIVERSAL</subLayerKey>
<weight><type>FWP_UINT64</type><uint64>18446744073709551615</uint64></weight>
<filterCondition numItems="1"><item><fieldKey>FWPM_CONDITION_ALE_APP_ID</fieldKey>
<matchType>FWP_MATCH_EQUAL</matchType><conditionValue><type>FWP_BYTE_BLOB_TYPE</type><byteBlob>
<data>{(AGENT + chr(0)).encode("utf-16-le").hex()}</data><asString>{AGENT}</asString></byteBlob></conditionValue></item>
</filterCondition><action><type>FWP_ACTION_BLOCK</type><filterType/></action><rawContext>0</rawContext><reserved/>
<filterId>99999999</filterId><effectiveWeight><type>FWP_UINT64</type><uint64>18446744073709551615</uint64>
</effectiveWeight></item>"""


def check(tool, *args):
    run = subprocess.run([*tool, "check", "--format", "json", *args], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    return run.returncode, [json.loads(line) for line in run.stdout.decode("utf-8").splitlines()]


def guards(targets):
    return [word for target in targets for word in ("--guard", target)]


def main():
    tool, folder = sys.argv[1:], pathlib.Path(os.environ.get("WFPW_CORPUS", ""), "netsh")
    if not all((folder / name).is_file() for name in DUMPS):
        return 77
    failed = 0
    for name in DUMPS:
        status, found = check(tool, *guards(TARGETS), str(folder / name))
        if status != 0 or found:
            print(f"{name}: {status}, {[(f['filter']['id'], f['filter']['name']) for f in found]}")
            failed = 1
        text = (folder / name).read_text("utf-8-sig")
        assert "<filters" in text
        at = text.index(">", text.index("<filters")) + 1
        with tempfile.TemporaryDirectory() as place:
            path = pathlib.Path(place, "dump.xml")
            path.write_text(text[:at] + SILENCER + text[at:], "utf-8")
            status, found = check(tool, *guards([r"C:\Program Files\Example Agent\*.exe", *TARGETS[3:]]), str(path))
        if status != 1 or [f["filter"]["id"] for f in found] != [99999999] or found[0]["targets"] != 1:
            print(f"{name}, with a filter of a silencing tool: {status}, {found}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
