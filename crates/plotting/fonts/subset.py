"""Make the embedded fonts from Liberation Sans 2.1.5 (Debian package fonts-liberation2).

Run with fonttools installed: python subset.py LiberationSans-Regular.ttf LiberationSans-Bold.ttf
Writes PlottingSans-Regular.ttf and PlottingSans-Bold.ttf here, renamed because the licence reserves the name.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

LATIN_AND_GREEK = [(0x20, 0x7F), (0xA0, 0x180), (0x370, 0x3D0), (0x2010, 0x2027)]
SIGNS = "‰′″‹›€™Ω←↑→↓↔↕∂∆∏∑−∕∙√∞∩∫≈≠≡≤≥■□▪▲►▼○●\u2126\ufffd"
RENAMED = (1, 3, 4, 6, 7, 16, 17, 18, 21, 22)

characters = {code for first, end in LATIN_AND_GREEK for code in range(first, end)} | {ord(sign) for sign in SIGNS}
for path, style in zip(sys.argv[1:], ("Regular", "Bold"), strict=True):
    font = TTFont(path)
    options = subset.Options(legacy_kern=True, hinting=False, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "DSIG", "LTSH", "VDMX", "hdmx", "PCLT", "gasp", "FFTM"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    names = font["name"]
    for record in [record for record in names.names if record.nameID in RENAMED]:
        names.removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    full = f"Plotting Sans {style}"
    for name_id, name in {1: "Plotting Sans", 2: style, 3: full, 4: full, 6: f"PlottingSans-{style}"}.items():
        names.setName(name, name_id, 3, 1, 0x409)
    font.save(Path(__file__).parent / f"PlottingSans-{style}.ttf")
