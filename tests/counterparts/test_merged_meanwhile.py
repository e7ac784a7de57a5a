"""Whoever chooses a counterpart that is merged meanwhile has chosen what it was merged into."""

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from accounts.models import Member
from briefings.choices import Kind
from briefings.models import AudienceRule
from counterparts import actions
from counterparts.models import Counterpart, CounterpartNote, Post, Source
from diplomacy.lib.errors import Invalid
from tests.conftest import ClientFor
from tests.engagements.test_races import at_once
from tests.factories import briefings as make_briefings
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db(transaction=True)


class Chosen(NamedTuple):
    """`gone` is a body and `person` a person; both are merged, and `by` and `briefer` still have them on their page."""

    gone: Counterpart
    person: Counterpart
    other: Counterpart
    by: Member
    briefer: Member


def audience(of: Chosen) -> object:
    rule = {"kind": Kind.COUNTERPART, "counterpart": of.gone}
    make_briefings.drafted(of.briefer, audience=[rule])
    return AudienceRule.objects.get().counterpart


def post_in_it(of: Chosen) -> object:
    someone = make.counterpart(of.by, name="Somebody else", kind="person", subdivision="")
    return actions.hold_post(someone, by=of.by, body=of.gone, title="Clerk").body


def post_of_them(of: Chosen) -> object:
    actions.hold_post(of.person, by=of.by, body=of.other, title="Clerk")
    return Post.objects.get().person


def new_part(of: Chosen) -> object:
    return make.counterpart(of.by, name="A part", parent=of.gone).parent


def moved_part(of: Chosen) -> object:
    return actions.change(of.other, by=of.by, version=of.other.version, parent=of.gone).parent


def note(of: Chosen) -> object:
    actions.note(of.gone, by=of.by, text="They answer late.")
    return CounterpartNote.objects.get().counterpart


def source(of: Chosen) -> object:
    actions.add_source(of.gone, by=of.by, title="Their page", url="https://example.org/")
    return Source.objects.get().counterpart


WRITES: list[Callable[[Chosen], object]] = [
    *(audience, post_in_it, post_of_them, new_part, moved_part, note, source),
]


@pytest.fixture
def chosen(maria: Member, briefer: Member) -> Chosen:
    gone = make.counterpart(maria, name="Gone")
    person = make.counterpart(maria, name="Gone person", kind="person", subdivision="")
    return Chosen(gone, person, make.counterpart(maria, name="Other"), maria, briefer)


@pytest.fixture
def kept(maria: Member) -> dict[str, Counterpart]:
    person = make.counterpart(maria, name="Kept person", kind="person", subdivision="")
    return {"Gone": make.counterpart(maria, name="Kept"), "Gone person": person}


def merge_all(chosen: Chosen, kept: dict[str, Counterpart], by: Member) -> None:
    for gone in (chosen.gone, chosen.person):
        actions.merge(kept[gone.name], gone, by=by)


def expected(write: Callable[[Chosen], object], kept: dict[str, Counterpart]) -> Counterpart:
    return kept["Gone person" if write is post_of_them else "Gone"]


@pytest.mark.parametrize("write", WRITES)
def test_after_the_merge(
    write: Callable[[Chosen], object], chosen: Chosen, kept: dict[str, Counterpart], lee: Member
) -> None:
    merge_all(chosen, kept, lee)
    assert write(chosen) == expected(write, kept)


@pytest.mark.parametrize("write", WRITES)
def test_while_it_is_being_merged(
    write: Callable[[Chosen], object], chosen: Chosen, kept: dict[str, Counterpart], lee: Member
) -> None:
    has_merged, named = threading.Event(), []

    def merge() -> None:
        with transaction.atomic():
            merge_all(chosen, kept, lee)
            has_merged.set()
            time.sleep(0.5)

    def write_then() -> None:
        has_merged.wait(10)
        named.append(write(chosen))

    assert at_once(merge, write_then) == ["done", "done"]
    assert named == [expected(write, kept)]


def test_a_briefer_who_types_a_reference_of_before_reads_whom_it_is_about(
    chosen: Chosen, kept: dict[str, Counterpart], lee: Member, client_for: ClientFor
) -> None:
    merge_all(chosen, kept, lee)
    briefing = make_briefings.drafted(chosen.briefer)
    rule: dict[str, Any] = {"who": f"counterpart:{chosen.gone.reference}", "days": 30}
    browser, place = client_for(chosen.briefer), f"/api/v1/briefings/{briefing.reference}/"
    read = {"If-Match": browser.get(place)["ETag"]}
    answer = browser.patch(place, {"audience": [rule]}, "application/json", headers=read)
    assert answer.status_code == 200, answer.content
    assert AudienceRule.objects.get().counterpart == kept["Gone"]
    assert "Kept" in browser.get(f"{briefing.get_absolute_url()}").content.decode()


def test_a_part_of_what_was_merged_into_it_is_not_made_part_of_itself(
    chosen: Chosen, kept: dict[str, Counterpart], lee: Member
) -> None:
    merge_all(chosen, kept, lee)
    body = Counterpart.objects.get(pk=kept["Gone"].pk)
    with pytest.raises(Invalid) as refused:
        actions.change(body, by=lee, version=body.version, parent=chosen.gone)
    assert set(refused.value.fields) == {"parent"}


def test_two_who_make_each_the_other_s_part_at_once_make_no_ring(maria: Member, lee: Member) -> None:
    one, other = make.counterpart(maria, name="One"), make.counterpart(maria, name="Other")

    def put(inner: Counterpart, outer: Counterpart, by: Member) -> Callable[[], object]:
        return lambda: actions.change(inner, by=by, version=inner.version, parent=outer)

    assert sorted(at_once(put(one, other, maria), put(other, one, lee))) == ["Invalid", "done"]
