"""Make the fonts that papers are set in, and the table of what they hold, from the npm package of Tinos.

    npm pack @expo-google-fonts/tinos
    .venv/bin/python tools/fonts.py expo-google-fonts-tinos-*.tgz

Tinos (SIL Open Font License 1.1, no reserved name) has the measures of Times New Roman. We keep Latin with all of
Vietnamese, Greek, Cyrillic, punctuation, money, arrows, mathematical and geometric signs; other scripts and the
hints for coarse screens are left out, which makes a fifth of the size. The same package gives the same bytes.
"""

import io
import json
import sys
import tarfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent.parent / "workflow" / "documents" / "fonts"
STYLES = {
    "Tinos-Regular": "400Regular/Tinos_400Regular.ttf",
    "Tinos-Italic": "400Regular_Italic/Tinos_400Regular_Italic.ttf",
    "Tinos-Bold": "700Bold/Tinos_700Bold.ttf",
    "Tinos-BoldItalic": "700Bold_Italic/Tinos_700Bold_Italic.ttf",
}
MEASURED = {"regular": "Tinos-Regular", "bold": "Tinos-Bold"}
KEPT = [
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xAC),  # Latin-1, without the soft hyphen
    (0xAE, 0x24F),
    (0x2B0, 0x36F),  # modifiers and combining marks
    (0x370, 0x3FF),  # Greek
    (0x400, 0x4FF),  # Cyrillic
    (0x1E00, 0x1EFF),  # Vietnamese
    (0x2010, 0x2027),  # punctuation, without line separators and marks of direction
    (0x202F, 0x205E),
    (0x2070, 0x209F),
    (0x20A0, 0x20BF),
    (0x2100, 0x23FF),  # letterlike, fractions, arrows, mathematics
    (0x2500, 0x25FF),
    (0xFB01, 0xFB02),
]


def subset(data: bytes, kept: set[int]) -> bytes:
    """The font with the kept characters alone; its own times."""
    options = Options()
    options.hinting = False
    options.name_IDs = ["*"]
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    maker = Subsetter(options)
    maker.populate(unicodes=kept)
    maker.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def ranges(points: set[int]) -> list[list[int]]:
    """The code points as closed ranges, in order."""
    found: list[list[int]] = []
    for point in sorted(points):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def coverage(fonts: dict[str, bytes]) -> dict[str, object]:
    """What all four hold, and how wide each character is in the two upright ones."""
    opened = {name: TTFont(io.BytesIO(data)) for name, data in fonts.items()}
    points = set.intersection(*(set(font.getBestCmap()) for font in opened.values()))
    regular = opened["Tinos-Regular"]
    widths = {}
    for style, name in MEASURED.items():
        names, advances = opened[name].getBestCmap(), opened[name]["hmtx"]
        widths[style] = [advances[names[point]][0] for point in sorted(points)]
    version = str(regular["name"].getDebugName(5)).split(";")[0].removeprefix("Version ")
    return {"font": "Tinos", "version": version, "units": regular["head"].unitsPerEm, "ranges": ranges(points), "widths": widths}


def main(package: str) -> None:
    """Write the fonts, their licence and their table."""
    kept = {point for first, last in KEPT for point in range(first, last + 1)}
    fonts = {}
    with tarfile.open(package) as archive:
        for name, path in STYLES.items():
            fonts[name] = subset(archive.extractfile(f"package/{path}").read(), kept)
        licence = archive.extractfile("package/LICENSE_FONT").read()
    FONTS.mkdir(exist_ok=True)
    for name, data in fonts.items():
        (FONTS / f"{name}.ttf").write_bytes(data)
    (FONTS / "LICENSE-Tinos.txt").write_bytes(licence)
    (FONTS / "coverage.json").write_text(json.dumps(coverage(fonts), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: tools/fonts.py expo-google-fonts-tinos-VERSION.tgz (made by 'npm pack @expo-google-fonts/tinos')")
    main(sys.argv[1])
