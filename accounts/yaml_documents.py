"""The files of a collection, one after the other, whether it lies in a folder or in a tar.gz archive.

Nothing is unpacked to disk and no more than one file is in memory, whatever the archive claims about itself.
"""

import gzip
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, NamedTuple

from accounts.load_report import Refused

LARGEST = 256 * 1024
ENDINGS = frozenset({".yml", ".yaml"})
UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, UnicodeError, ValueError)


class Document(NamedTuple):
    where: str
    data: bytes
    is_retired: bool


def size(path: Path) -> int:
    """Bytes that reading `path` will report as progress."""
    return sum(file.lstat().st_size for file in _files(path)) if path.is_dir() else path.stat().st_size


def documents(path: Path, progress: Callable[[int], object]) -> Iterator[Document | Refused]:
    if path.is_dir():
        for file in _files(path):
            yield _document(file, str(file.relative_to(path)))
            progress(file.lstat().st_size)
    elif path.suffix in ENDINGS:
        yield _document(path, path.name)
    else:
        yield from _archive(path, progress)


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names) if PurePath(name).suffix in ENDINGS)


def _document(file: Path, where: str) -> Document | Refused:
    if file.is_symlink() or not file.is_file():
        return Refused(where, "It is not a regular file.")
    try:
        with file.open("rb") as source:
            data = source.read(LARGEST + 1)
    except OSError as error:
        return Refused(where, f"It cannot be read: {error.strerror}.")
    if len(data) > LARGEST:
        return Refused(where, f"It is larger than {LARGEST:,} bytes.")
    return Document(where, data, "retired" in file.parts)


class _Unpacked:
    """A gzip stream that refuses what would fill the memory: a header that claims to be gigabytes long."""

    def __init__(self, packed: IO[bytes], progress: Callable[[int], object]) -> None:
        self.packed, self.progress, self.seen = packed, progress, 0
        self.stream = gzip.GzipFile(fileobj=packed)

    def read(self, length: int) -> bytes:
        if length > LARGEST * 2:
            raise tarfile.ReadError("a header is too long")
        data = self.stream.read(length)
        at = self.packed.tell()
        self.progress(max(0, at - self.seen))
        self.seen = max(at, self.seen)
        return data

    def tell(self) -> int:
        return self.stream.tell()

    def seek(self, to: int) -> int:
        return self.stream.seek(to)


def _archive(path: Path, progress: Callable[[int], object]) -> Iterator[Document | Refused]:
    with path.open("rb") as packed:
        try:
            archive = tarfile.TarFile(fileobj=_Unpacked(packed, progress))  # type: ignore[arg-type]
        except UNREADABLE as error:
            yield Refused(path.name, f"This is not a tar.gz archive of people files: {error}.")
            return
        count = 0
        try:
            while member := archive.next():
                archive.members = []  # type: ignore[attr-defined]  # it would keep every header it has read
                count += 1
                if PurePosixPath(member.name).suffix in ENDINGS and not member.isdir():
                    yield _member(archive, member)
            _require_end(archive)
        except UNREADABLE as error:
            yield Refused(path.name, f"The archive breaks off after {count:,} entries ({error}).")


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Document | Refused:
    where = PurePosixPath(member.name)
    if where.is_absolute() or ".." in where.parts:
        return Refused(member.name, "Its name leads out of the archive.")
    if not member.isreg():
        return Refused(member.name, "It is not a regular file.")
    if member.size > LARGEST:
        return Refused(member.name, f"It is larger than {LARGEST:,} bytes.")
    content = archive.extractfile(member)
    data = content.read() if content else b""
    if len(data) < member.size:
        raise tarfile.ReadError("unexpected end of data")
    return Document(member.name, data, "retired" in where.parts)


def _require_end(archive: tarfile.TarFile) -> None:
    """Reading to the end checks gzip's own checksum; an archive cut at a file's edge has none."""
    source = archive.fileobj
    while source and source.read(64 * 1024):
        pass
