"""Copies of the log's tip outside the database: lines of a file that is only appended to, and messages to a mailbox.

Keep the file where whoever runs the database cannot write: another machine's log collector, or at least `chattr +a`.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from activity import chain
from activity.chain import Anchor

MODE = 0o640


def now() -> Anchor | None:
    """The tip of a log with nothing left to seal."""
    chain.seal(whole=True)
    tip = chain.tip()
    return Anchor(tip.number, tip.hash, timezone.now()) if tip else None


def append(anchor: Anchor, path: Path) -> bool:
    """Write it down unless it was already the last line. It is on the disk when this returns."""
    last = read(path)[-1:] if path.exists() else []
    if last and last[0][:2] == anchor[:2]:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, MODE), "w") as file:
        file.write(_line(anchor) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read(path: Path) -> list[Anchor]:
    return [_read(line) for line in path.read_text().splitlines() if line.strip()]


def _line(anchor: Anchor) -> str:
    return json.dumps({"number": anchor.number, "hash": anchor.hash, "at": anchor.at.isoformat()})


def _read(line: str) -> Anchor:
    said = json.loads(line)
    return Anchor(int(said["number"]), str(said["hash"]), datetime.fromisoformat(said["at"]))


def mail(anchor: Anchor, to: str) -> None:
    """The body's last line is a line of the file, to be pasted into one."""
    EmailMessage(
        subject=f"Activity log: {anchor.number} lines",
        body=f"Keep this message. It shows later whether the log was changed.\n\n{_line(anchor)}\n",
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()


def write() -> int:
    """To the file, if there is one in the settings; returns the number of the tip, 0 when nothing was written."""
    anchor = now() if settings.ANCHOR_FILE else None
    return anchor.number if anchor and append(anchor, Path(settings.ANCHOR_FILE)) else 0


def send() -> int:
    anchor = now() if settings.ANCHOR_EMAIL else None
    if anchor is None:
        return 0
    mail(anchor, settings.ANCHOR_EMAIL)
    return anchor.number
