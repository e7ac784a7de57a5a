"""The asset step against what it really brought."""

import json
import re
from pathlib import Path

import pytest

from diplomacy import assets

SHEETS = sorted(assets.ASSETS.rglob("*.css")) + sorted((assets.ROOT / "diplomacy" / "static").rglob("*.css"))


def test_the_lock_file_names_no_address() -> None:
    lock = assets.LOCK.read_text()
    assert "resolved" not in lock
    assert all(entry.get("integrity") for name, entry in json.loads(lock)["packages"].items() if name)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_address_in_a_style_sheet_is_a_file(sheet: Path) -> None:
    missing = [link for link in assets.linked(sheet.read_text()) if not (sheet.parent / link).is_file()]
    assert missing == []


def test_nothing_points_at_a_source_map() -> None:
    for path in assets.ASSETS.rglob("*.*s"):
        assert "sourceMappingURL" not in path.read_text()


def test_only_faces_that_pages_draw_are_brought() -> None:
    css = (assets.ASSETS / "uswds" / "css" / "uswds.min.css").read_text()
    assert {
        font for face in assets.FACE.findall(css) for font in re.findall(r'font-family:"([^"]+)"', face)
    } == set(assets.FONTS)


def test_nothing_is_done_again_when_nothing_changed() -> None:
    assert assets.is_current()
    before = assets.STAMP.stat().st_mtime_ns
    assert assets.main() == 0
    assert assets.STAMP.stat().st_mtime_ns == before
