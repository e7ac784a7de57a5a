"""The table of decision 0019, cell by cell and door by door: what one side may know of the other, and nothing besides."""

import json
import re
from typing import Any, NamedTuple

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from activity import delivery
from activity.models import Entry, Notice
from diplomacy.lib.rls import reading_as
from engagements.choices import Coordination
from engagements.models import Engagement, Overlap, OverlapSide
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import overlaps as cross
from tests.factories.overlaps import Crossing

pytestmark = pytest.mark.django_db

WORDS = {"title": "charter", "purpose": "purpose", "payer_note": "pays", "arranged_by": "travel"}
OURS, THEIRS = ({part: f"{animal} {word}" for part, word in WORDS.items()} for animal in ("Quagga", "Zebra"))
"""Of each plan: in no cell of the other side."""
NOTHING, SIGNAL, NAMED = "nothing", "signal", "named"
TABLE = {
    # (ours, theirs): (what we see of them, what they see of us)
    ("introduce", "introduce"): (NAMED, NAMED),
    ("introduce", "signal"): (SIGNAL, NAMED),
    ("introduce", "blind"): (NOTHING, NAMED),
    ("signal", "introduce"): (NAMED, SIGNAL),
    ("signal", "signal"): (SIGNAL, SIGNAL),
    ("signal", "blind"): (NOTHING, SIGNAL),
    ("blind", "introduce"): (NAMED, NOTHING),
    ("blind", "signal"): (SIGNAL, NOTHING),
    ("blind", "blind"): (NOTHING, NOTHING),
}
PAIRS = pytest.mark.parametrize("pair", TABLE, ids=" x ".join)


class View(NamedTuple):
    """One side looking at the other."""

    reader: Member
    other: Member
    side: OverlapSide
    own: Engagement
    theirs: Engagement
    cell: str

    def hidden(self) -> list[str]:
        """Everything of the other plan that this cell does not give."""
        row, them = self.theirs, self.other
        said = THEIRS if self.own.title == OURS["title"] else OURS
        days = [f"{day:{style}}" for day in (row.starts_on, row.ends_on) for style in STYLES]
        names = [
            them.office.name,
            them.office.short_name,
            them.office.reference,
            them.user.name,
            them.user.email,
        ]
        always = [*said.values(), row.reference]
        return always if self.cell == NAMED else [*always, *names, *days]


STYLES = ("%Y-%m-%d", "%B %-d", "%b %-d", "%b. %-d")


@pytest.fixture
def here(pair: tuple[str, str], maria: Member, tom: Member) -> Crossing:
    dates: dict[str, Any] = {"starts_on": make.in_days(37), "ends_on": make.in_days(39)}
    return cross.crossing(maria, tom, pair[0], pair[1], our=OURS, **(dates | THEIRS))


@pytest.fixture
def views(here: Crossing, pair: tuple[str, str], maria: Member, tom: Member) -> list[View]:
    ours, theirs = TABLE[pair]
    return [
        View(maria, tom, here.our_side, here.ours, here.theirs, ours),
        View(tom, maria, here.their_side, here.theirs, here.ours, theirs),
    ]


def require_nothing_hidden(view: View, text: str, where: str) -> None:
    """Whole words: “January 2027” is in a cell that “January 20” is not in."""
    found = [word for word in view.hidden() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
    assert not found, f"{where} tells {view.reader.user.name}: {found}"


def pages(view: View) -> list[str]:
    return [
        "/",
        reverse("engagements:overlaps"),
        f"{reverse('engagements:overlaps')}?tab=aside",
        f"{reverse('engagements:overlaps')}?tab=ended",
        view.own.get_absolute_url(),
        reverse("engagements:versions", args=[view.own.reference]),
        reverse("activity:notices"),
        reverse("engagements:list"),
        reverse("engagements:shared"),
        f"{reverse('engagements:shared')}?q=Zebra",
        reverse("counterparts:detail", args=[view.own.counterparts.get().reference]),
        reverse("engagements:with_counterpart", args=[view.own.counterparts.get().reference]),
    ]


API = (
    *("overlaps/", "overlaps/?set_aside=true", "overlaps/?ended=true", "coordination/", "engagements/"),
    *("engagements/?q=Zebra", "notices/"),
)


def read(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


@PAIRS
def test_each_side_stores_exactly_its_cell(views: list[View]) -> None:
    for view in views:
        assert view.side.cell == view.cell
        keys = {
            NOTHING: set(),
            SIGNAL: {"month", "matched"},
            NAMED: {"month", "matched", "office", "member", "starts_on", "ends_on", "engagement"},
        }
        assert set(view.side.sees) == keys[view.cell]
        assert view.side.readers == ([] if view.cell == NOTHING else [f"office:{view.reader.office_id}"])
        require_nothing_hidden(view, json.dumps(view.side.sees), "the row")


@PAIRS
def test_no_page_tells_more(views: list[View], client_for: ClientFor) -> None:
    for view in views:
        browser = client_for(view.reader)
        for path in pages(view):
            require_nothing_hidden(view, read(browser, path), path)
        whole = browser.get(view.side.get_absolute_url())
        assert whole.status_code == (404 if view.cell == NOTHING else 200)
        if view.cell == NOTHING:
            absent = browser.get(reverse("engagements:overlap", args=["OV-00000000"]))
            assert absent.status_code == 404
        else:
            require_nothing_hidden(view, whole.content.decode(), "its page")
        assert browser.get(Overlap.objects.get().get_absolute_url()).status_code == 404


@PAIRS
def test_no_answer_of_the_api_tells_more(views: list[View], client_for: ClientFor) -> None:
    for view in views:
        browser = client_for(view.reader)
        own = f"engagements/{view.own.reference}/"
        for path in (*API, own, f"{own}timeline/", f"{own}versions/"):
            require_nothing_hidden(view, read(browser, f"/api/v1/{path}"), path)
        listed = browser.get("/api/v1/overlaps/").json()["results"]
        assert [row["reference"] for row in listed] == ([] if view.cell == NOTHING else [view.side.reference])
        assert browser.get("/api/v1/coordination/").json()["results"] == []
        if view.cell != NOTHING:
            here = f"/api/v1/overlaps/{view.side.reference}/"
            for path in (here, f"{here}messages/", f"{here}questions/"):
                require_nothing_hidden(view, read(browser, path), path)
            assert browser.get(here).json()["cell"] == view.cell


@PAIRS
def test_notices_lines_and_mail_tell_that_it_is_there_only_to_whom_the_cell_does(views: list[View]) -> None:
    mail.outbox.clear()
    delivery.deliver()
    for view in views:
        told = Notice.objects.filter(
            recipient=view.reader.user, entry__kind__startswith="engagements.overlap"
        )
        assert told.count() == (0 if view.cell == NOTHING else 1)
        lines = Entry.objects.filter(subject_type="engagements.overlapside", subject_id=view.side.pk)
        assert lines.count() == (0 if view.cell == NOTHING else 1)
        assert all(line.actor is None and line.office is None and line.data == {} for line in lines)
        with reading_as(view.reader.user):
            seen = set(
                Entry.objects.filter(kind__startswith="engagements.overlap").values_list("pk", flat=True)
            )
        assert seen == set(lines.values_list("pk", flat=True))
        letters = [
            one for one in mail.outbox if one.to == [view.reader.user.email] and "cross" in one.subject
        ]
        assert len(letters) == (0 if view.cell == NOTHING else 1)
        for letter in letters:
            require_nothing_hidden(view, str(letter.message()), "a mail")


@PAIRS
def test_where_the_cell_is_empty_all_is_as_if_the_other_had_never_filed(
    pair: tuple[str, str], maria: Member, tom: Member, client_for: ClientFor
) -> None:
    """Counts, lists, searches, home and API, byte for byte."""
    if TABLE[pair][0] != NOTHING:
        return
    met = cross.met_by_all()
    ours = cross.filed(maria, met, pair[0])
    view = View(maria, tom, OverlapSide(), ours, ours, NOTHING)
    browser = client_for(maria)
    places = [*pages(view), *(f"/api/v1/{path}" for path in API)]

    def seen() -> list[str]:
        return [plain(read(browser, path)) for path in places]

    browser.get(ours.get_absolute_url())  # the first look is remembered
    before = seen()
    cross.filed(tom, met, pair[1], **THEIRS)
    assert Overlap.objects.exists()
    assert seen() == before


def plain(text: str) -> str:
    """Without the tokens that every form gets anew."""
    return re.sub(r'((csrfmiddlewaretoken|token|key)" value="|X-CSRFToken": ")[A-Za-z0-9-]+', "", text)


@PAIRS
def test_below_every_filter_the_database_gives_each_office_its_own_half_and_no_more(
    views: list[View], gov: Member
) -> None:
    for view in views:
        with reading_as(view.reader.user):
            rows = list(OverlapSide.objects.values_list("pk", flat=True))
            assert rows == ([] if view.cell == NOTHING else [view.side.pk])
            assert not Overlap.objects.exists()
    with reading_as(gov.user):
        assert OverlapSide.objects.count() == (0 if views[0].cell == NOTHING else 1)


@PAIRS
def test_coordinators_see_both_and_auditors_neither(
    pair: tuple[str, str],
    here: Crossing,
    liaison: Member,
    auditor: Member,
    briefer: Member,
    client_for: ClientFor,
) -> None:
    shown = read(client_for(liaison), here.overlap.get_absolute_url())
    assert here.ours.reference in shown
    assert here.theirs.reference in shown
    assert THEIRS["title"] in shown
    for preference in pair:
        assert str(Coordination(preference).label) in shown.replace("&#x27;", "'")
    for person in (auditor, briefer):
        with reading_as(person.user):
            assert not Overlap.objects.exists()
            assert not OverlapSide.objects.exists()
        assert client_for(person).get(here.overlap.get_absolute_url()).status_code == 404


def test_what_matched_is_said_in_words_of_ones_own_plan(maria: Member, tom: Member) -> None:
    top = make.counterpart(maria, name="Ministry", country="JP", subdivision="")
    beneath: Any = make.counterpart(maria, name="Bureau", country="JP", subdivision="", parent=top)
    here = cross.of(cross.filed(maria, top, "introduce"), cross.filed(tom, beneath, "introduce"))
    said = json.dumps(here.our_side.sees)
    assert "Ministry" in said
    assert "Bureau" not in said
