from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from counterparts.lists import actions
from counterparts.lists.rows import File
from counterparts.models import ListEdition, PublicList

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Loads a public list as its publisher gives it out. All of it, or, when something is wrong, nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source", choices=PublicList.values, metavar="list", help=", ".join(PublicList.values)
        )
        parser.add_argument(
            "files",
            type=Path,
            nargs="+",
            metavar="file",
            help="ofac: SDN.CSV, ALT.CSV, ADD.CSV; csl: consolidated.csv; un: consolidated.xml; fara: both CSV files",
        )
        parser.add_argument(
            "--published-on",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day the list was published, when it does not bear one; else that of its newest file",
        )
        parser.add_argument("--force", action="store_true", help="even if it is older, or lost many entries")

    def handle(
        self,
        *,
        source: str,
        files: list[Path],
        published_on: date | None,
        force: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        total = sum(path.stat().st_size for path in files if path.is_file())
        with tqdm(
            total=total, unit="B", unit_scale=True, mininterval=0.5, desc=source, disable=not verbosity
        ) as bar:
            given = actions.Given(
                source, [File(path, progress=bar.update) for path in files], published_on, is_forced=force
            )
            try:
                edition = actions.load(given)
            except actions.NotLoaded as reason:
                raise CommandError(f"Nothing was loaded. {reason}") from None
            except actions.Busy as busy:
                raise CommandError(busy.reason) from None
        self._report(edition)

    def _report(self, edition: ListEdition) -> None:
        counts = ("read", "added", "changed", "unchanged", "delisted", "refused")
        self.stdout.write(f"{edition}: " + ", ".join(f"{getattr(edition, name):,} {name}" for name in counts))
        for note in edition.notes:
            self.stdout.write(f"  {note}")
        for row in edition.refused_rows.all()[:SHOWN]:
            self.stderr.write(f"Refused: {row}")
        if edition.refused > SHOWN:
            self.stderr.write(
                f"Refused rows: {edition.refused:,}. The page of {edition.reference} shows them."
            )
