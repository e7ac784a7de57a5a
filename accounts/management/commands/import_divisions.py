from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts import actions, divisions_file
from accounts.load_report import BadFile, Refused, Report


class Command(BaseCommand):
    help = "Loads Open Civic Data divisions from a CSV file with the columns id, name, census_geoid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        report = Report(say=self._say)
        try:
            size = file.stat().st_size
            with (
                file.open("rb") as source,
                tqdm(
                    total=size,
                    unit="B",
                    unit_scale=True,
                    mininterval=0.5,
                    desc=file.name,
                    disable=not verbosity,
                ) as bar,
            ):
                actions.load_divisions(divisions_file.read(source, bar.update), report)
        except (OSError, BadFile) as error:
            raise CommandError(f"{file}: {error}") from None
        self.stdout.write(f"Divisions: {report}")
        if report.refused:
            raise CommandError(f"Refused: {report.refused:,}. All other rows are loaded.", returncode=2)

    def _say(self, refused: Refused) -> None:
        with tqdm.external_write_mode():
            self.stderr.write(f"Refused, {refused.where}: {refused.reason}")
