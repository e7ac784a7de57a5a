"""The tables in data/, as they are written there."""

from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """All rows of a noun: `data/engagements.yaml`, or every file of `data/engagements/` in the order of their names."""
    single = DATA / f"{name}.yaml"
    files = [single] if single.exists() else sorted((DATA / name).glob("*.yaml"))
    return [
        row for file in files for row in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]
