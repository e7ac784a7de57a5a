"""A person's notices as they read them: in words, and with the subject's title only while it is theirs to see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from activity.delivery import is_line_for
from activity.models import Notice

DELIVERY = {
    Notice.Mail.UNWANTED: "Not sent by e-mail, as you chose",
    Notice.Mail.DUE: "E-mail waits to be sent",
    Notice.Mail.SENT: "E-mail sent",
    Notice.Mail.WITHHELD: "E-mail not sent: it was no longer shared with you",
    Notice.Mail.FAILED: "E-mail could not be delivered",
}
UNSEEN = "Something you were told about is no longer shared with you"


@dataclass(frozen=True)
class Line:
    notice: Notice
    subject: models.Model | None
    """None: gone, or not this reader's to see any more. Both look the same."""
    reader: Any

    @property
    def words(self) -> str:
        return self.notice.entry.words.notice if self.subject else UNSEEN

    @property
    def kind(self) -> str:
        return self.notice.entry.kind if self.subject else ""

    @property
    def title(self) -> str:
        """More than the mail says: whoever reads this is signed in, and the subject is theirs to see now."""
        return str(getattr(self.subject, "told_as", self.subject)) if self.subject else ""

    @property
    def delivery(self) -> str:
        """What became of the e-mail, in words."""
        return DELIVERY[Notice.Mail(self.notice.mail)]

    @property
    def address(self) -> str:
        """The page of the subject that this entry is about, for subjects with more than one."""
        about = getattr(self.subject, "url_about", None)
        if about:
            return str(about(self.notice.entry.data, self.reader))
        return str(self.subject.get_absolute_url()) if self.subject else ""  # type: ignore[attr-defined]


def lines(notices: Sequence[Notice], reader: Any) -> list[Line]:
    """One query for each type of subject, however many notices. Notices come `in_lines`."""
    seen = _visible_subjects(notices, reader)
    return [Line(notice, seen.get(_key(notice)), reader) for notice in notices]


def _key(notice: Notice) -> tuple[str, int]:
    return notice.entry.subject_type, notice.entry.subject_id


def _visible_subjects(notices: Iterable[Notice], reader: Any) -> dict[tuple[str, int], models.Model]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for notice in notices:
        if is_line_for(reader, notice.entry):
            wanted[notice.entry.subject_type].add(notice.entry.subject_id)
    return {
        (label, subject.pk): subject
        for label, ids in wanted.items()
        for subject in _manager(label).visible_to(reader).filter(pk__in=ids).in_notices()
    }


def _manager(label: str) -> Any:
    return apps.get_model(label)._default_manager
