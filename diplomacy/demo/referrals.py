"""What offices passed to each other and to desks, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Member
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import Row
from engagements import actions
from engagements.models import Engagement, Referral


@dataclass
class ReferralStory:
    cast: Cast
    row: Row
    reference: str = ""

    @property
    def referral(self) -> Referral:
        return Referral.objects.get(reference=self.reference)

    def sender(self) -> Member:
        return self.cast.members[self.row["by"], self.row["office"]]

    def receiver(self, act: Row) -> Member:
        return self.cast.members[act["by"], self.row["to"]]

    def perform(self, act: Row) -> None:
        ACTS[act["do"]](self, act)


def _refer(story: ReferralStory, act: Row) -> None:
    row, cast = story.row, story.cast
    matter = actions.Matter(
        receiver=cast.offices[row["to"]],
        subject=row["subject"],
        text=row["text"].strip(),
        counterparts=[cast.counterparts[key] for key in row.get("counterparts", [])],
        counterpart_name=row.get("not_registered", ""),
        topics=row.get("topics", []),
        useful_by=cast.calendar.day(row["useful_by"]) if "useful_by" in row else None,
        engagement=_titled(row["engagement"]) if "engagement" in row else None,
    )
    story.reference = actions.refer(matter, by=story.sender()).reference


def _titled(title: str) -> Engagement:
    return Engagement.objects.get(title=title)


def _take_up(story: ReferralStory, act: Row) -> None:
    actions.take_up_referral(story.referral, by=story.receiver(act))


def _decline(story: ReferralStory, act: Row) -> None:
    actions.decline_referral(story.referral, by=story.receiver(act), reason=act["text"])


def _close(story: ReferralStory, act: Row) -> None:
    said = {"outcome": act["outcome"], "text": act["text"]}
    actions.close_referral(story.referral, by=story.receiver(act), **said)


def _withdraw(story: ReferralStory, act: Row) -> None:
    actions.withdraw_referral(story.referral, by=story.sender())


ACTS: dict[str, Callable[[ReferralStory, Row], None]] = {
    "draft": _refer,
    "take_up": _take_up,
    "decline": _decline,
    "close": _close,
    "withdraw": _withdraw,
}
