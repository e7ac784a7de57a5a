"""The whole story in the order of its days, so that the log and the notices read as they would have been written."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.db import connection

from accounts.models import Office
from activity import actions as activity
from activity.models import Notice
from briefings import actions as briefings
from diplomacy.demo import counterparts, offices
from diplomacy.demo.briefings import BriefingStory
from diplomacy.demo.calendar import Calendar
from diplomacy.demo.cast import Cast
from diplomacy.demo.engagements import Story
from diplomacy.demo.guidance import GuidanceStory
from diplomacy.demo.lists import ListStory
from diplomacy.demo.past import living_at
from diplomacy.demo.referrals import ReferralStory
from diplomacy.demo.tables import rows
from diplomacy.lib import washington
from diplomacy.lib.rls import system
from engagements import actions

FIRST_DAY = -240
LAST_READ_DAY = -3
"""What came later than this waits unread under people's bells."""


AnyStory = Story | BriefingStory | ReferralStory | GuidanceStory | ListStory


class Scene(NamedTuple):
    at: datetime
    order: int
    key: str
    play: Callable[[], object]


def is_told() -> bool:
    return Office.objects.filter(name=rows("offices")[0]["name"]).exists()


@system("demo")
def tell() -> None:
    calendar = Calendar(washington.today())
    cast = Cast(calendar)
    openings = {
        "offices": offices.open_offices,
        "people": offices.bring_people,
        "coalitions": offices.form_coalitions,
    }
    for number, (key, begin) in enumerate({**openings, "counterparts": counterparts.register}.items()):
        with living_at(calendar.desk_hour(FIRST_DAY - 10 + number, 0), key):
            begin(cast)
    for scene in sorted([*scenes(cast), *daily_round(calendar)], key=lambda scene: scene[:2]):
        with living_at(scene.at, scene.key):
            _play(scene)
    _send_nothing()


def _play(scene: Scene) -> None:
    try:
        scene.play()
    except Exception as error:
        error.add_note(f"In the story: {scene.key}")
        raise


def scenes(cast: Cast) -> Iterator[Scene]:
    """Engagements have the earlier hours of a day: a briefing or referral of the same day finds them filed."""
    stories: list[AnyStory] = [
        *(Story(cast, row) for row in rows("engagements")),
        *(BriefingStory(cast, row) for row in rows("briefings")),
        *(ReferralStory(cast, row) for row in rows("referrals")),
        *(GuidanceStory(cast, row) for row in rows("guidance")),
        *(ListStory(cast, row) for row in rows("lists")),
    ]
    for number, story in enumerate(stories):
        yield from _scenes(story, number)


def _scenes(story: AnyStory, number: int) -> Iterator[Scene]:
    acts = [{"day": story.row["logged"], "do": "draft"}, *story.row.get("story", [])]
    before = FIRST_DAY
    for step, act in enumerate(acts):
        if act["day"] < before:
            raise ValueError(f"{story.row['key']}: {act['do']} comes before what it follows.")
        before = act["day"]
        minute = (number * 37 % 240 if isinstance(story, Story) else 400) + step * 11
        key = f"{story.row['key']} {step} {act['do']}"
        at = story.cast.calendar.desk_hour(act["day"], minute)
        yield Scene(at, number, key, partial(story.perform, act))


def daily_round(calendar: Calendar) -> Iterator[Scene]:
    """The clock's own work at the end of each day, and people reading in the morning what they were told before."""
    for offset in filter(calendar.is_working_day, range(FIRST_DAY, 0)):
        yield Scene(calendar.desk_hour(offset, 600), -1, f"lapse {offset}", actions.lapse_overdue)
        yield Scene(calendar.desk_hour(offset, 605), -1, f"expire {offset}", briefings.expire)
        if offset <= LAST_READ_DAY:
            yield Scene(calendar.desk_hour(offset, -30), -1, f"read {offset}", _read_notices)


def _read_notices() -> None:
    activity.mark_read(Notice.objects.unread())


def _send_nothing() -> None:
    """Nobody here has a mailbox: what a real day would have mailed stays in the application."""
    Notice.objects.filter(mail=Notice.Mail.DUE).update(mail=Notice.Mail.UNWANTED)
    connection.run_on_commit.clear()
