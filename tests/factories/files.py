"""Small files in the formats that publishers use, made here."""

import io
import tarfile
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

CALIFORNIA = "ocd-jurisdiction/country:us/state:ca/government"


def person_id(name: str) -> str:
    return f"ocd-person/{uuid5(NAMESPACE_URL, name)}"


def make_role(**fields: Any) -> dict[str, Any]:
    return {"type": "governor", "jurisdiction": CALIFORNIA, "start_date": "2023-01-02", **fields}


def make_person(name: str = "Pat Example", /, **fields: Any) -> bytes:
    person = {"id": person_id(name), "name": name, "roles": [make_role()]} | fields
    return yaml.safe_dump(person, allow_unicode=True, sort_keys=False).encode()


def write_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_archive(path: Path, files: dict[str, bytes | tarfile.TarInfo]) -> Path:
    """A value that is a TarInfo goes in as it is, without content: links, devices, false sizes."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
            content = b"" if isinstance(data, tarfile.TarInfo) else data
            member.name, member.size = name, len(content)
            archive.addfile(member, io.BytesIO(content))
    return path
