"""Bring the front-end parts made by others into static/, with the lock that says what they are.

Run it from the project's root in an environment with the `dev` extra: `python tools/vendor.py`.
It fetches exact versions with npm, so Node is needed here and nowhere else. The same run twice
gives the same bytes; `python tools/vendor.py --check` only compares the files with the lock.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import files as metadata_files
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

STATIC = Path(__file__).parent.parent / "static"
LOCK = STATIC / "vendor" / "lock.json"

LUCIDE = ("lucide-static", "1.62.0", "ISC")
HTMX = ("htmx.org", "2.0.11", "0BSD")
IDB = ("idb", "8.0.4", "ISC")
UQR = ("uqr", "0.1.3", "MIT")
BARCODES = ("barcode-detector", "3.2.2", "MIT")
# The very version that BARCODES asks for: another one answers "service unavailable".
ZXING = ("zxing-wasm", "3.1.3", "MIT")
ZXING_INSIDE = ("zxing-cpp", version("zxing-cpp"), "Apache-2.0")
PLEX = ("@fontsource/ibm-plex-sans-arabic", "5.3.0", "OFL-1.1")
PDF_PACKAGE = "fontpkg-ibm-plex-sans-arabic"
PLEX_FOR_PDF = (PDF_PACKAGE, version(PDF_PACKAGE), "OFL-1.1")
WEIGHTS = (400, 700)

ARABIC_LETTERS = [*range(0x0621, 0x063B), *range(0x0640, 0x064B), 0x0671]
PERSIAN_AND_URDU_LETTERS = [ord(letter) for letter in "پچژکگیٹڈڑںہۂۃھۀےۓەۆۇ"]
ARABIC_MARKS = [*range(0x064B, 0x0656), 0x0670]
ARABIC_DIGITS = [*range(0x0660, 0x066D), *range(0x06F0, 0x06FA)]
ARABIC_PUNCTUATION = [ord(sign) for sign in "،؛؟۔"]
LATIN = range(0x20, 0x7F)
PUNCTUATION = [ord(sign) for sign in "\u00a0«»·×–—‘’“”•…−"]

CHARACTERS = {
    "arabic": {
        *ARABIC_LETTERS,
        *PERSIAN_AND_URDU_LETTERS,
        *ARABIC_MARKS,
        *ARABIC_DIGITS,
        *ARABIC_PUNCTUATION,
    },
    "latin": {*LATIN, *PUNCTUATION},
}

# Not the Latin file's `locl`: it lowers some digits beside Arabic letters and leaves others, as
# the browser cuts its runs, so one line would show digits of two sizes.
FEATURES = {"arabic": ["*"], "latin": ["kern", "mark", "mkmk", "ccmp"]}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="compare the files with the lock")
    return check() if arguments.parse_args().check else vendor()


def vendor() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        lock = [
            *vendor_htmx(npm_package(HTMX, Path(scratch))),
            *vendor_lucide(npm_package(LUCIDE, Path(scratch))),
            *vendor_idb(npm_package(IDB, Path(scratch))),
            *vendor_uqr(npm_package(UQR, Path(scratch))),
            *vendor_barcodes(npm_package(BARCODES, Path(scratch))),
            *vendor_zxing(npm_package(ZXING, Path(scratch))),
            *vendor_web_fonts(npm_package(PLEX, Path(scratch))),
            *vendor_pdf_fonts(),
        ]
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
    for entry in lock:
        print(f"{(STATIC / entry['file']).stat().st_size:>8,}  {entry['file']}")
    return 0


def check() -> int:
    lock = json.loads(LOCK.read_text())
    changed = [entry["file"] for entry in lock if sha256(STATIC / entry["file"]) != entry["sha256"]]
    for file in changed:
        print(f"static/{file} is not what static/vendor/lock.json says; run tools/vendor.py")
    return 1 if changed else 0


def vendor_htmx(package: Path) -> list[dict[str, str]]:
    folder = STATIC / "vendor" / "htmx"
    script = copy(package / "dist" / "htmx.min.js", folder / "htmx.min.js")
    licence = copy(package / "LICENSE", folder / "LICENSE")
    return [locked(HTMX, script), locked(HTMX, licence)]


def vendor_lucide(package: Path) -> list[dict[str, str]]:
    """Only the licence: templates/components/icons.html holds the few shapes we use."""
    return [locked(LUCIDE, copy(package / "LICENSE", STATIC / "vendor" / "lucide" / "LICENSE"))]


def vendor_idb(package: Path) -> list[dict[str, str]]:
    """Keeps scans on a phone without a network."""
    folder = STATIC / "vendor" / "idb"
    script = copy(package / "build" / "index.js", folder / "index.js")
    licence = copy(package / "LICENSE", folder / "LICENSE")
    return [locked(IDB, script), locked(IDB, licence)]


def vendor_uqr(package: Path) -> list[dict[str, str]]:
    """Draws the rotating code on a display; its module is named .js, the kind we serve."""
    folder = STATIC / "vendor" / "uqr"
    script = copy(package / "dist" / "index.mjs", folder / "uqr.js")
    licence = copy(package / "LICENSE", folder / "LICENSE")
    return [locked(UQR, script), locked(UQR, licence)]


def vendor_barcodes(package: Path) -> list[dict[str, str]]:
    """Reads codes where the browser itself cannot; only the scanner page loads it."""
    folder = STATIC / "vendor" / "barcode-detector"
    script = copy(package / "dist" / "iife" / "ponyfill.js", folder / "ponyfill.js")
    licence = copy(package / "LICENSE", folder / "LICENSE")
    return [locked(BARCODES, script), locked(BARCODES, licence)]


def vendor_zxing(package: Path) -> list[dict[str, str]]:
    """The reader of the detector above, and the licence of the C++ it was made from."""
    folder = STATIC / "vendor" / "zxing"
    reader = copy(package / "dist" / "reader" / "zxing_reader.wasm", folder / "zxing_reader.wasm")
    licence = copy(package / "LICENSE", folder / "LICENSE")
    inside = next(file for file in metadata_files("zxing-cpp") or [] if file.name == "LICENSE")
    inner = copy(Path(str(inside.locate())), folder / "LICENSE-zxing-cpp")
    return [locked(ZXING, reader), locked(ZXING, licence), locked(ZXING_INSIDE, inner)]


def vendor_web_fonts(package: Path) -> list[dict[str, str]]:
    """One file a weight: the Arabic and the Latin half, cut to what the pages use and joined."""
    folder = STATIC / "fonts"
    licence = copy(package / "LICENSE", folder / "LICENSE")
    fonts = [
        web_font(package, weight, folder / f"plex-arabic-{weight}.woff2") for weight in WEIGHTS
    ]
    return [locked(PLEX, file) for file in (*fonts, licence)]


def web_font(package: Path, weight: int, target: Path) -> Path:
    with tempfile.TemporaryDirectory() as scratch:
        halves = [
            half_font(package, script, weight, Path(scratch) / f"{script}.ttf")
            for script in CHARACTERS
        ]
        font = Merger().merge([str(half) for half in halves])
        # The merger stamps the present hour; the same input shall give the same bytes.
        with TTFont(halves[0]) as source:
            font["head"].created = font["head"].modified = source["head"].modified
    for record in list(font["name"].names):
        if record.nameID > 6 and record.nameID not in (13, 14):
            font["name"].names.remove(record)
    font.recalcTimestamp = False
    font.flavor = "woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)
    return target


def half_font(package: Path, script: str, weight: int, target: Path) -> Path:
    source = package / "files" / f"ibm-plex-sans-arabic-{script}-{weight}-normal.woff2"
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(hinting=False, notdef_outline=True)
    options.layout_features = FEATURES[script]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CHARACTERS[script])
    cutter.subset(font)
    font.flavor = None
    font.save(target)
    return target


def vendor_pdf_fonts() -> list[dict[str, str]]:
    """The makers' own files, unchanged: their name is reserved, so these must not be cut."""
    package = Path(str(files("fontpkg_ibm_plex_sans_arabic")))
    folder = STATIC / "vendor" / "fonts-pdf"
    fonts = [f"IBMPlexSansArabic-{weight}.ttf" for weight in ("Regular", "Bold")]
    copied = [copy(package / "files" / name, folder / name) for name in fonts]
    licence = copy(package / "LICENSE", folder / "LICENSE")
    return [locked(PLEX_FOR_PDF, file) for file in (*copied, licence)]


def npm_package(part: tuple[str, str, str], scratch: Path) -> Path:
    name, number, _ = part
    folder = scratch / name.replace("/", "-")
    folder.mkdir()
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{name}@{number}"],
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target


def locked(part: tuple[str, str, str], file: Path) -> dict[str, str]:
    name, number, licence = part
    return {
        "name": name,
        "version": number,
        "licence": licence,
        "file": file.relative_to(STATIC).as_posix(),
        "sha256": sha256(file),
    }


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
