"""What the briefers wrote, who released it, and what its readers did with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Division, Member
from briefings import actions
from briefings.models import Briefing, Delivery, ReaderQuestion
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import Row
from engagements.models import Engagement


@dataclass
class BriefingStory:
    cast: Cast
    row: Row
    reference: str = ""

    @property
    def briefing(self) -> Briefing:
        return Briefing.objects.get(reference=self.reference)

    def briefer(self, act: Row) -> Member:
        return self.cast.members[act["by"] if "by" in act else self.row["by"], "briefs"]

    def copy(self, person: str) -> Delivery:
        return Delivery.objects.get(briefing=self.briefing, recipient=self.cast.people[person])

    def perform(self, act: Row) -> None:
        ACTS[act["do"]](self, act)


def writing(cast: Cast, row: Row) -> actions.Writing:
    fields: dict[str, Any] = {"title": row["title"]}
    fields |= {name: cast.calendar.day(row[name]) for name in ("acknowledge_by", "expires_on") if name in row}
    if "engagement" in row:
        fields["engagement"] = Engagement.objects.get(title=row["engagement"])
    sections = [{**part, "body": part["body"].strip()} for part in row["sections"]]
    return actions.Writing(
        fields=fields, sections=sections, audience=[_rule(cast, said) for said in row["audience"]]
    )


def _rule(cast: Cast, said: Row) -> Row:
    """The value of a rule stands under the name of its kind."""
    kind, value = said["kind"], said.get("value", "")
    found: dict[str, Callable[[], Row]] = {
        "person": lambda: {"user": cast.people[value]},
        "office": lambda: {"office": cast.offices[value]},
        "coalition": lambda: {"coalition": cast.coalitions[value]},
        "division": lambda: {"division": Division.objects.get(ocd_id=value)},
        "counterpart": lambda: {"counterpart": cast.counterparts[value]},
        "topic": lambda: {"topic": value},
        "country": lambda: {"country": value},
        "role": dict,
    }
    return {name: said[name] for name in ("kind", "role", "days", "section") if name in said} | found[kind]()


def _draft(story: BriefingStory, act: Row) -> None:
    story.reference = actions.draft(writing(story.cast, story.row), by=story.briefer(act)).reference


def _submit(story: BriefingStory, act: Row) -> None:
    actions.submit(story.briefing, by=story.briefer(act))


def _return(story: BriefingStory, act: Row) -> None:
    actions.return_to_author(story.briefing, by=story.briefer(act), reason=act["reason"])


def _release(story: BriefingStory, act: Row) -> None:
    actions.release(story.briefing, by=story.briefer(act))


def _recall(story: BriefingStory, act: Row) -> None:
    actions.recall(story.briefing, by=story.briefer(act), reason=act["reason"])


def _open(story: BriefingStory, act: Row) -> None:
    for person in act["people"]:
        copy = story.copy(person)
        actions.mark_opened(copy, by=copy.member)


def _acknowledge(story: BriefingStory, act: Row) -> None:
    for person in act["people"]:
        copy = story.copy(person)
        actions.acknowledge(copy, by=copy.member)


def _ask(story: BriefingStory, act: Row) -> None:
    copy = story.copy(act["by"])
    actions.ask(copy, by=copy.member, text=act["text"])


def _answer(story: BriefingStory, act: Row) -> None:
    asked = ReaderQuestion.objects.get(delivery__briefing=story.briefing, answered_at=None)
    actions.answer(asked, by=story.briefer(act), text=act["text"])


ACTS: dict[str, Callable[[BriefingStory, Row], None]] = {
    "draft": _draft,
    "submit": _submit,
    "return": _return,
    "release": _release,
    "recall": _recall,
    "open": _open,
    "acknowledge": _acknowledge,
    "ask": _ask,
    "answer": _answer,
}
