"""Two counterparts that are one: suggested, merged whole, made two again."""

from dataclasses import replace
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from activity.models import Entry
from counterparts import actions, duplicates
from counterparts.models import Alike, Counterpart, Merge
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from engagements import actions as plans
from engagements.tasks import recompute_overlaps
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import lists

pytestmark = pytest.mark.django_db
ONE, OTHER = "Government of Baja California", "Baja California Government"


@pytest.fixture
def pair(maria: Member, tom: Member) -> tuple[Counterpart, Counterpart]:
    return make.counterpart(maria, name=ONE), make.counterpart(tom, name=OTHER, native_name="Gobierno de BC")


class TestSuggesting:
    def test_a_name_of_the_same_words_is_suggested_within_its_country(
        self, pair: tuple[Counterpart, ...]
    ) -> None:
        found = duplicates.like("The government of Baja California", kind="subnational", country="MX")
        assert {one.counterpart for one in found} == set(pair)
        assert not duplicates.like(ONE, kind="subnational", country="US")
        assert not duplicates.like(ONE, kind="person", country="MX")

    def test_a_word_alone_is_in_too_many_names(self, pair: tuple[Counterpart, ...]) -> None:
        assert duplicates.like("Baja", kind="subnational", country="MX") == []

    def test_whoever_adds_one_is_asked_whether_it_is_here_already(
        self, client_for: ClientFor, maria: Member, pair: tuple[Counterpart, ...]
    ) -> None:
        asked = {"name": "Baja California Government", "kind": "subnational", "country": "MX"}
        answer = client_for(maria).post("/counterparts/duplicates/already-here/", asked)
        assert "Already here?" in answer.text
        assert pair[0].reference in answer.text

    def test_a_body_and_its_part_are_not_suggested_as_one(self, maria: Member, client_for: ClientFor) -> None:
        whole = make.counterpart(maria, name=ONE)
        part = make.counterpart(maria, name=f"{ONE}, Water Office", parent=whole)
        other = make.counterpart(maria, name=f"{ONE}, Port Office", parent=whole)
        actions.screen_due()
        assert [(one.first, one.second) for one in Alike.objects.all()] == [(part, other)]
        # Said to be a part of it after they were compared:
        again = make.counterpart(maria, name=f"{ONE} and State")
        actions.screen_due()
        browser, place = client_for(maria), reverse("counterparts:alike")
        compare = reverse("counterparts:compare", args=[whole.reference, again.reference])
        assert compare in browser.get(place).text
        Counterpart.objects.filter(pk=again.pk).update(parent=whole)
        assert compare not in browser.get(place).text
        suggested = browser.get("/api/v1/merges/suggestions/").json()["results"]
        pairs = [{one["first"]["reference"], one["second"]["reference"]} for one in suggested]
        assert {part.reference, other.reference} in pairs
        assert not any(whole.reference in pair for pair in pairs)

    def test_nor_is_a_body_and_a_part_of_its_part_however_far_below(
        self, maria: Member, client_for: ClientFor
    ) -> None:
        whole = make.counterpart(maria, name=ONE)
        chain = [whole]
        for place in ("Water Office", "Northern Directorate", "Tijuana Desk"):
            chain.append(make.counterpart(maria, name=f"{chain[-1]}, {place}", parent=chain[-1]))
        sibling = make.counterpart(maria, name=f"{chain[1]}, Southern Directorate", parent=chain[1])
        actions.screen_due()
        found = {(one.first, one.second) for one in Alike.objects.all()}
        assert found == {(below, sibling) for below in chain[2:]}
        # The whole branch is moved under another body that it was compared with before:
        top = make.counterpart(maria, name=f"{chain[2]} and State")
        actions.screen_due()
        browser, place = client_for(maria), reverse("counterparts:alike")
        compare = reverse("counterparts:compare", args=[chain[2].reference, top.reference])
        assert compare in browser.get(place).text
        Counterpart.objects.filter(pk=whole.pk).update(parent=top)
        assert top.reference not in browser.get(place).text
        assert sibling.reference in browser.get(place).text
        suggested = browser.get("/api/v1/merges/suggestions/").json()["results"]
        assert not any(
            top.reference in (one["first"]["reference"], one["second"]["reference"]) for one in suggested
        )

    def test_bodies_that_are_above_each_other_by_mistake_end_no_search(
        self, maria: Member, client_for: ClientFor
    ) -> None:
        """No form makes such a circle; two changes at once, or a merge, might."""
        first, other = make.counterpart(maria, name=ONE), make.counterpart(maria, name=OTHER)
        third = make.counterpart(maria, name=f"{ONE} (State)", parent=other)
        Counterpart.objects.filter(pk=first.pk).update(parent=third)
        Counterpart.objects.filter(pk=other.pk).update(parent=first)
        with CaptureQueriesContext(connection) as queries:
            kin = duplicates.kin_of([first.pk, other.pk])
        assert len(queries) == 1
        assert kin[first.pk] == {first.pk, other.pk, third.pk}
        actions.screen_due()
        assert not Alike.objects.exists()
        Alike.objects.create(first=first, second=other, score=100)
        assert "Compare" not in client_for(maria).get(reverse("counterparts:alike")).text

    def test_parts_do_not_keep_a_real_duplicate_out_of_the_ten_most_alike(self, maria: Member) -> None:
        whole = make.counterpart(maria, name=ONE)
        for number in range(11):
            make.counterpart(maria, name=f"{ONE}, Office {number}", parent=whole)
        other = make.counterpart(maria, name=f"{OTHER} of Old")
        assert (whole.pk, other.pk) in duplicates.among([whole])

    def test_whoever_adds_a_part_is_not_asked_whether_it_is_the_whole(
        self, client_for: ClientFor, maria: Member
    ) -> None:
        whole = make.counterpart(maria, name=ONE)
        asked = {"name": f"{ONE}, Water Office", "kind": "subnational", "country": "MX"}
        browser, place = client_for(maria), reverse("counterparts:already_here")
        assert whole.reference in browser.post(place, asked).text
        above = make.counterpart(maria, name=f"{ONE} and State")
        Counterpart.objects.filter(pk=whole.pk).update(parent=above)
        answer = browser.post(place, asked | {"parent_reference": whole.reference}).text
        assert above.reference not in answer, "nor for what the whole is itself a part of"
        assert whole.reference not in browser.post(place, asked | {"parent_reference": whole.reference}).text
        assert whole.reference in browser.post(place, asked | {"parent_reference": "C-AAAAAAAA"}).text

    def test_the_queue_holds_each_pair_once_and_not_those_that_are_two(
        self, maria: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        actions.screen_due()
        assert [(one.first, one.second) for one in Alike.objects.all()] == [pair]
        actions.keep_apart(pair[1], pair[0], by=maria, reason="The second is the party.")
        actions.change(pair[0], by=maria, version=pair[0].version, city="Mexicali")
        actions.screen_due()
        assert not Alike.objects.exists()


def asked_of_workers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    said: list[tuple[str, list[int]]] = []
    monkeypatch.setattr("activity.actions._broker_rests_until", 0.0)
    monkeypatch.setattr(current_app, "send_task", lambda task, args, **_: said.append((task, args)))
    return said


class TestCrossingPlans:
    """Whose they are depends on who a body is, where it is, and what it is part of."""

    def test_are_looked_for_again_when_a_counterpart_is_merged_split_or_moved_and_not_when_it_is_renamed(
        self,
        lee: Member,
        pair: tuple[Counterpart, Counterpart],
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        said, (kept, gone) = asked_of_workers(monkeypatch), pair
        with django_capture_on_commit_callbacks(execute=True):
            actions.change(kept, by=lee, version=1, website="https://example.mx")
        assert said == []
        with django_capture_on_commit_callbacks(execute=True):
            actions.change(gone, by=lee, version=1, parent=kept)
            actions.change(gone, by=lee, version=2, parent=None)
            actions.change(kept, by=lee, version=2, city="Mexicali")
            merge = actions.merge(kept, gone, by=lee)
            actions.undo_merge(merge, by=lee)
        task = recompute_overlaps.name
        assert said == [(task, [one.pk]) for one in (gone, gone, kept, kept, kept)]

    def test_a_broker_that_is_away_costs_a_merge_nothing(
        self,
        lee: Member,
        pair: tuple[Counterpart, Counterpart],
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        def away(*_: object, **__: object) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("activity.actions._broker_rests_until", 0.0)
        monkeypatch.setattr(current_app, "send_task", away)
        with django_capture_on_commit_callbacks(execute=True):
            actions.merge(*pair, by=lee)
        assert Merge.objects.exists()


class TestMerging:
    def test_every_relation_moves_and_both_names_are_found(
        self, lee: Member, maria: Member, tom: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        kept, gone = pair
        person = {"side": "theirs", "name": "Julia Ejemplo", "counterpart": gone}
        theirs = plans.draft(replace(make.plan(tom), counterparts=[gone], participants=[person]), by=tom)
        part = make.counterpart(maria, name="Water office", parent=gone)
        actions.note(gone, by=tom, text="Ask for Julia.")
        actions.merge(kept, gone, by=lee)
        assert list(theirs.counterparts.all()) == [kept]
        assert theirs.participants.get().counterpart == kept
        part.refresh_from_db()
        assert part.parent == kept
        assert kept.notes.count() == 1
        for name in (ONE, OTHER, "Gobierno de BC"):
            assert kept in Counterpart.objects.called(name)
            assert gone not in Counterpart.objects.called(name)
        assert list(Counterpart.objects.named_like("gobierno")) == [kept]

    def test_it_is_one_line_of_the_log(self, lee: Member, pair: tuple[Counterpart, Counterpart]) -> None:
        before = Entry.objects.count()
        actions.merge(*pair, by=lee)
        assert Entry.objects.count() == before + 1
        assert Entry.objects.latest("pk").kind == "counterparts.merged"

    def test_undone_everything_is_as_it_was(
        self, lee: Member, maria: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        kept, gone = pair
        both = plans.draft(replace(make.plan(maria), counterparts=[kept, gone]), by=maria)
        part = make.counterpart(maria, name="Water office", parent=gone)
        merge = actions.merge(kept, gone, by=lee)
        assert list(both.counterparts.all()) == [kept]
        actions.undo_merge(merge, by=lee)
        part.refresh_from_db()
        gone.refresh_from_db()
        assert set(both.counterparts.all()) == {kept, gone}
        assert (part.parent, gone.merged_into) == (gone, None)
        assert list(Counterpart.objects.called(OTHER)) == [gone]
        assert not kept.aliases.exists()

    def test_what_came_to_the_kept_one_since_stays_with_it(
        self, lee: Member, maria: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        merge = actions.merge(*pair, by=lee)
        since = make.counterpart(maria, name="Water office", parent=pair[0])
        actions.undo_merge(merge, by=lee)
        since.refresh_from_db()
        assert since.parent == pair[0]

    def test_itself_the_merged_its_own_part_and_a_person_are_refused_with_a_reason(
        self, lee: Member, maria: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        kept, gone = pair
        part = make.counterpart(maria, name="Water office", parent=kept)
        within = make.counterpart(maria, name="Meters of the water office", parent=part)
        person = make.counterpart(maria, name="Julia Ejemplo", kind="person", subdivision="")
        for one, other in ((kept, kept), (kept, within), (within, kept), (kept, person)):
            with pytest.raises(Invalid):
                actions.merge(one, other, by=lee)
        actions.merge(kept, gone, by=lee)
        for one, other in ((kept, gone), (gone, part)):
            with pytest.raises(Conflict):
                actions.merge(one, other, by=lee)
        assert Merge.objects.count() == 1

    def test_a_merge_is_undone_once_and_not_from_under_another(
        self, lee: Member, maria: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        third = make.counterpart(maria, name="Gobierno del Estado de Baja California")
        first = actions.merge(*pair, by=lee)
        second = actions.merge(third, pair[0], by=lee)
        with pytest.raises(Conflict):
            actions.undo_merge(first, by=lee)
        actions.undo_merge(second, by=lee)
        actions.undo_merge(first, by=lee)
        with pytest.raises(Conflict):
            actions.undo_merge(first, by=lee)

    def test_staff_and_readers_do_not_merge(
        self, maria: Member, gov: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        for by in (maria, gov):
            with pytest.raises(Forbidden):
                actions.merge(*pair, by=by)

    def test_possible_matches_of_both_are_kept(
        self, lee: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        lists.listing("Baja California Government Ltd", in_=lists.edition(), kind="body")
        actions.screen_due()
        assert {hit.counterpart_id for hit in pair[0].hits.all()} | {
            hit.counterpart_id for hit in pair[1].hits.all()
        } == {one.pk for one in pair}
        actions.merge(*pair, by=lee)
        actions.screen_due()
        assert pair[0].hits.live().count() == 1

    def test_an_old_address_leads_to_the_one_that_was_kept(
        self, client_for: ClientFor, lee: Member, pair: tuple[Counterpart, Counterpart]
    ) -> None:
        actions.merge(*pair, by=lee)
        answer = client_for(lee).get(pair[1].get_absolute_url())
        assert answer.headers["Location"] == pair[0].get_absolute_url()
        assert pair[1].name not in [
            row.name for row in client_for(lee).get("/counterparts/").context["page"].rows
        ]


def test_who_may_not_merge_is_told_who_does(
    client_for: ClientFor, maria: Member, liaison: Member, pair: tuple[Counterpart, Counterpart]
) -> None:
    here = f"/counterparts/duplicates/{pair[0].reference}/{pair[1].reference}/"
    told = "The lead of your office, or a federal desk, merges them."
    assert told in client_for(maria).get(here).text
    assert told not in client_for(liaison).get(here).text
