#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""Makes sim_builtin.inc: what a Windows' engine has of its own, as `netsh wfp show state` lists it.

    make_sim_builtin.py STATE            writes sim_builtin.inc
    make_sim_builtin.py STATE --check    exit status 1 when it is not what would be written, 77 when
                                         there is no such file

STATE is the wfpstate.xml of a Windows 11, whose layers are those of codes/wfp_symbols.inc. Sublayers and providers
without a symbol are left out: they are what that one machine had installed."""
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent / "sim_builtin.inc"
LAYER_FLAGS = {"KERNEL": 1, "BUILTIN": 2, "CLASSIFY_MOSTLY": 4, "BUFFERED": 8}
KEYS = {"RPC_OPNUM": "{d58efb76-aab7-4148-a87e-9581134129b9}"}  # not among codes/wfp_symbols.inc
FIELD_TYPES = {"RAW_DATA": 0, "IP_ADDRESS": 1, "FLAGS": 2}
HEAD = """\
/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Made by make_sim_builtin.py: do not edit. FIELD(key, FWPM_FIELD_TYPE, data type), in groups that
 * end with GROUP_END; LAYER(group, flags), by run-time id; SUBLAYER(key, name, weight, provider);
 * PROVIDER(key, name, service). Define the macro that is wanted, then include this file. */
"""


def text_of(element, path):
    return (element.findtext(path) or "").strip()


def symbol(text, prefix):
    """Without its prefix; another key as it is."""
    text = text[len(prefix):] if text.startswith(prefix) else text
    return KEYS.get(text, text)


def fields_of(layer):
    return tuple((symbol(text_of(f, "fieldKey"), "FWPM_CONDITION_"),
                  FIELD_TYPES[symbol(text_of(f, "type"), "FWPM_FIELD_")], text_of(f, "dataType"))
                 for f in layer.find("field"))


def section(name, rows):
    return f"\n#ifdef {name}\n" + "\n".join(rows) + f"\n#undef {name}\n#endif\n"


def layer_sections(state):
    groups, layers = {}, {}
    for layer in state.find("layers").iter("layer"):
        group = groups.setdefault(fields_of(layer), len(groups))
        flags = sum(LAYER_FLAGS[symbol(flag.text, "FWPM_LAYER_FLAG_")] for flag in layer.find("flags"))
        layers[int(text_of(layer, "layerId"))] = f"LAYER({group}, 0x{flags:x})"
        assert text_of(layer, "defaultSubLayerKey") == "FWPM_SUBLAYER_UNIVERSAL"
    assert sorted(layers) == list(range(len(layers)))
    rows = []
    for group in groups:
        rows += [f'FIELD("{key}", {kind}, "{data}")' for key, kind, data in group] + ["GROUP_END"]
    return section("FIELD", rows) + section("LAYER", [layers[i] for i in range(len(layers))])


def object_sections(state):
    sublayers, providers = [], []
    for s in state.find("subLayers"):
        key = text_of(s, "subLayerKey")
        if key.startswith("FWPM_"):
            name = text_of(s, "displayData/name")
            sublayers.append(f'SUBLAYER("{key}", "{name}", {text_of(s, "weight")}, "{text_of(s, "providerKey")}")')
    for p in state.find("providers"):
        key = text_of(p, "providerKey")
        if key.startswith("FWPM_"):
            providers.append(f'PROVIDER("{key}", "{text_of(p, "displayData/name")}", "{text_of(p, "serviceName")}")')
    return section("SUBLAYER", sublayers) + section("PROVIDER", providers)


def main():
    path = Path(sys.argv[1])
    if not path.is_file():
        sys.exit(77)
    raw = path.read_bytes()
    end = b"</wfpstate>"  # another document may follow it
    state = ET.fromstring(raw[:raw.index(end) + len(end)])
    made = HEAD + layer_sections(state) + object_sections(state)
    if sys.argv[2:] == ["--check"]:
        sys.exit(0 if OUTPUT.read_text() == made else f"{OUTPUT.name} is not what {path.name} says")
    OUTPUT.write_text(made)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main()
