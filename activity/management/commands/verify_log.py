import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from activity import anchors, chain


class Command(BaseCommand):
    help = "Read the activity log from its first line to its last and say the first one that does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, dest="path", help="the file of anchors (ANCHOR_FILE)")

    def handle(self, *args: Any, path: Path | None = None, **options: Any) -> None:
        began = time.monotonic()
        report = chain.verify(self._read(path), parts=chain.PARTS)
        if report.fault:
            raise CommandError(f"The log does not hold. {str(report.fault).capitalize()}.")
        seconds = time.monotonic() - began
        self.stdout.write(
            f"The log holds: {report.checked} lines, {report.anchors} anchors, {seconds:.1f} s."
            f" Its tip is {report.tip or 'empty'}. {report.waiting} entries wait for their seal."
        )
        if not report.anchors:
            self.stdout.write(
                "Without anchors nobody can tell whether its end was cut off or all of it written anew."
            )

    def _read(self, path: Path | None) -> list[chain.Anchor]:
        if path is None and settings.ANCHOR_FILE and Path(settings.ANCHOR_FILE).exists():
            path = Path(settings.ANCHOR_FILE)
        try:
            return anchors.read(path) if path else []
        except (OSError, ValueError, KeyError) as reason:
            raise CommandError(f"{path} could not be read: {reason}") from None
