from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts import actions, officials_file, yaml_documents
from accounts.load_report import Refused, Report


class Command(BaseCommand):
    help = "Loads Open States people (YAML) from folders, .yml files and .tar.gz archives."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", type=Path, nargs="+", metavar="path")

    def handle(self, *, paths: list[Path], verbosity: int, **options: Any) -> None:
        report = Report(say=self._say)
        try:
            total = sum(map(yaml_documents.size, paths))
            with tqdm(
                total=total, unit="B", unit_scale=True, mininterval=0.5, desc="people", disable=not verbosity
            ) as bar:
                people = (row for path in paths for row in officials_file.read(path, bar.update))
                actions.load_officials(people, report)
        except OSError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Officials: {report}")
        if report.refused:
            raise CommandError(f"Refused: {report.refused:,}. All other files are loaded.", returncode=2)

    def _say(self, refused: Refused) -> None:
        with tqdm.external_write_mode():
            self.stderr.write(f"Refused, {refused.where}: {refused.reason}")
