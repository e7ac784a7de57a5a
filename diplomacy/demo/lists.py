"""Invented editions of public lists, read as real ones are, and what offices say of the possible matches."""

from collections.abc import Callable
from dataclasses import dataclass

from counterparts import actions
from counterparts.lists import actions as lists
from counterparts.lists.rows import File
from counterparts.models import Hit, ListEdition
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import DATA, Row

INVENTED = "An invented example for the demonstration. None of these names is on a real list."


@dataclass
class ListStory:
    cast: Cast
    row: Row

    def perform(self, act: Row) -> None:
        ACTS[act["do"]](self, act)


def _load(story: ListStory, act: Row) -> None:
    row, cast = story.row, story.cast
    files = [File(DATA / "lists" / name) for name in row["files"]]
    given = lists.Given(row["source"], files, published_on=cast.calendar.day(row["published"]))
    edition = lists.load(given, by=cast.members[row["by"], row["office"]])
    ListEdition.objects.filter(pk=edition.pk).update(notes=[INVENTED, *edition.notes])
    while actions.screen_due():
        pass


def _say(story: ListStory, act: Row) -> None:
    hit = Hit.objects.live().possible().get(counterpart=story.cast.counterparts[act["counterpart"]])
    by = story.cast.members[act["by"], act["office"]]
    said = {"verdict": act["verdict"], "reason": act["text"].strip()}
    actions.dispose(hit, by=by, digest=hit.digest, **said)


ACTS: dict[str, Callable[[ListStory, Row], None]] = {"draft": _load, "say": _say}
