"""What is written outside the database, in the production shape: where it goes, who can write it, who cannot."""

import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SHAPE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = SHAPE["services"]


def mounts(service: str) -> dict[str, str]:
    """Volume by the folder in which the service finds it."""
    said = [mount.split(":") for mount in SERVICES[service].get("volumes", [])]
    return {where: volume for volume, where, *_ in said}


def folder(variable: str) -> str:
    said = SERVICES["worker"]["environment"][variable]
    return said if variable.endswith("_DIR") else str(PurePosixPath(said).parent)


def test_web_and_workers_share_the_files_of_records() -> None:
    where = folder("EXPORTS_DIR")
    assert mounts("web")[where] == mounts("worker")[where]


def test_only_workers_reach_the_anchors() -> None:
    where = folder("ANCHOR_FILE")
    volume = mounts("worker")[where]
    assert [name for name in SERVICES if volume in mounts(name).values()] == ["worker"]


@pytest.mark.parametrize("variable", ["EXPORTS_DIR", "ANCHOR_FILE"])
def test_the_image_has_each_folder_for_its_own_user(variable: str) -> None:
    """A new volume takes its owner from the folder it covers; the rest of the file system is read-only."""
    assert SERVICES["worker"]["read_only"]
    image = (ROOT / "Dockerfile").read_text()
    user = re.search(r"^USER (\d+)$", image, re.MULTILINE)
    made = re.search(r"install --directory --owner (\d+) --mode 0700 (.+)$", image, re.MULTILINE)
    assert user and made and user[1] == made[1]
    assert folder(variable) in made[2].split()


def test_every_volume_that_is_mounted_is_declared() -> None:
    named = {volume for service in SERVICES for volume in mounts(service).values() if "/" not in volume}
    assert named == set(SHAPE["volumes"])
