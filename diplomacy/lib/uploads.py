"""Files that forms bring. None is taken, but at the addresses that say so, from those who may, into a folder of its own."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

View = TypeVar("View", bound=Callable[..., Any])
REST_OF_A_FORM = 64 * 1024


class Admission(NamedTuple):
    """Who may bring files to an address, how much together, and where they are kept meanwhile."""

    may: Callable[[HttpRequest], bool]
    folder: Callable[[], Path]
    most_bytes: int


def admits_files(
    may: Callable[[HttpRequest], bool], folder: Callable[[], Path], most_bytes: int
) -> Callable[[View], View]:
    """The outermost decorator of a view that takes files."""

    def mark(view: View) -> View:
        view.admission = Admission(may, folder, most_bytes)  # type: ignore[attr-defined]
        return view

    return mark


class Arriving(UploadedFile[Any]):
    """On disk, closed to others, and gone when the request ends, unless somebody has moved it away."""

    def __init__(self, folder: Path, name: str, **about: Any) -> None:
        self.kept = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115 (it closes with us)
        super().__init__(self.kept, name, **about)

    def temporary_file_path(self) -> str:
        return str(self.kept.name)

    def close(self) -> None:
        with suppress(FileNotFoundError):
            self.kept.close()


class OnlyWhereAdmitted(FileUploadHandler):
    """A file is refused at its first bytes, before any of it is kept, unless its address takes it from this person."""

    taken = 0
    file: Arriving

    def handle_raw_input(self, *given: Any, **named: Any) -> None:
        """`given`: the body, its headers, its length, and how its parts are told apart. Nothing is read yet: after another
        error than the parser's own, Django would begin again for the page that says 400, and so for that which says 500."""
        admission = self._admission()
        if admission and given[2] > admission.most_bytes + REST_OF_A_FORM:
            raise MultiPartParserError("The files are too large.")

    def new_file(self, *given: Any, **named: Any) -> None:
        admission = self._admission()
        if admission is None:
            raise BadRequest("Files are not taken here.")
        super().new_file(*given, **named)
        self.file = Arriving(admission.folder(), self.file_name or "", content_type=self.content_type)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        admission = self._admission()
        self.taken += len(raw_data)
        if admission is None or self.taken > admission.most_bytes:
            self.file.close()
            raise BadRequest("The files are too large.")
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> Arriving:
        self.file.seek(0)
        self.file.flush()
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()

    def _admission(self) -> Admission | None:
        request = self.request
        match = getattr(request, "resolver_match", None)
        admission: Admission | None = getattr(match.func, "admission", None) if match else None
        return admission if request and admission and admission.may(request) else None
