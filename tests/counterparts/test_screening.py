"""Possible matches with public lists: found, weighed in words, disposed of by each office for itself."""

import html
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from activity.models import Entry
from counterparts import actions, screening
from counterparts.models import Counterpart, Disposition, Hit, ListEdition
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from diplomacy.lib.rls import reading_as
from tests.conftest import ClientFor
from tests.factories import lists

pytestmark = pytest.mark.django_db
TITLES = [
    "", "President ", "His Excellency ", "Prime Minister ", "Foreign Minister ", "General ", "Dr. ", "Sheikh ",
    "Governor ", "Deputy Prime Minister ", "H.E. Mr. ", "Ambassador ", "Minister of Defence ", "Prof. Dr. ",
]  # fmt: skip
LISTED = ["PRIMEROV, Aleksandr Ivanovich", "AL-MITHALI, Yusuf Hasan", "KIM, Ye Si", "EJEMPLO RUIZ, Julia"]
SPOKEN = ["Aleksandr Primerov", "Yusuf al-Mithali", "Kim Ye-si", "Julia Ejemplo Ruiz"]


def add(by: Member, name: str = "Aleksandr Primerov", kind: str = "person", **more: Any) -> Counterpart:
    return actions.add(by=by, **({"name": name, "kind": kind, "country": "RU"} | more))


def hits(counterpart: Counterpart) -> list[Hit]:
    actions.screen(counterpart)
    return list(Hit.objects.live().filter(counterpart=counterpart))


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("at", range(len(LISTED)))
def test_every_listed_person_is_found_with_and_without_a_title(maria: Member, title: str, at: int) -> None:
    edition = lists.edition()
    entries = [lists.listing(name, in_=edition) for name in LISTED]
    (hit,) = hits(add(maria, f"{title}{SPOKEN[at]}", country="ZM"))
    assert hit.listing == entries[at]


def test_a_body_of_the_same_name_in_the_batch_changes_nothing_for_a_person(maria: Member) -> None:
    lists.listing("PRIMEROV, Aleksandr", in_=lists.edition())
    name = "Minister of Defence Aleksandr Primerov"
    person, body = add(maria, name), add(maria, name, kind="national")
    for batch in ([person], [person, body], [body, person]):
        (found,) = screening.screen(batch)[person.pk]
        assert (found.level, found.score) == ("strong", 100), batch


@pytest.mark.parametrize(("weak", "own"), [(100, 100), (93, 92), (97, 90)])
def test_of_two_names_of_an_entry_the_one_that_is_worth_more_counts(weak: int, own: int) -> None:
    pair = [
        screening.Candidate(1, "Ours", "Nickname", "weak", weak, 7),
        screening.Candidate(1, "Ours", "Name", "primary", own, 7),
    ]
    for found in (pair, pair[::-1]):
        assert screening._best(found)[1, 7].listed_name == "Name"


def test_a_hit_says_which_list_of_which_day_and_why(maria: Member) -> None:
    edition = lists.edition(of=date(2026, 2, 27))
    lists.listing("PRIMEROV, Aleksandr", in_=edition, countries=["RU"], birth_years=[1961])
    (hit,) = hits(add(maria, birth_year=1962))
    assert (hit.level, hit.listing.edition.published_on) == ("strong", date(2026, 2, 27))
    assert hit.reasons == [
        "The names are 100 of 100 alike.",
        "Raised: the list names Russian Federation too.",
        "Raised: born 1962; the list says 1961.",
    ]


def test_kind_country_and_year_of_birth_lower_a_hit_in_words(maria: Member) -> None:
    lists.listing("PRIMEROV, Aleksandr", in_=lists.edition(), countries=["RU"], birth_years=[1931])
    one = add(maria, country="FR", birth_year=1980)
    assert hits(one) == []
    actions.change(one, by=maria, version=one.version, birth_year=None)
    (hit,) = hits(one)
    assert "Lowered: the list names Russian Federation, not France." in hit.reasons


def test_an_organisation_of_a_persons_name_is_no_match(maria: Member) -> None:
    lists.listing("Aleksandr Primerof", in_=lists.edition(), kind="body")
    assert hits(add(maria)) == []


def test_fara_is_information_and_no_match(maria: Member) -> None:
    lists.listing(
        "Ministry of Examples", in_=lists.edition("fara"), kind="principal", registration="6653", represented_by="Firm LLP"
    )  # fmt: skip
    (hit,) = hits(add(maria, "Ministry of Examples", "national", country="GB"))
    assert hit.level == "information"
    assert not Entry.objects.filter(kind="counterparts.hit_found").exists()


def test_where_no_list_is_loaded_nobody_is_said_to_be_clear(maria: Member, client_for: ClientFor) -> None:
    one = add(maria)
    actions.screen(one)
    page = client_for(maria).get(one.get_absolute_url()).text
    assert "No list is loaded, so there was nothing to compare with." in page
    assert "No name on the loaded lists is like this one." not in page


def test_nobody_is_said_to_be_clear_of_a_list_with_which_they_were_not_compared(
    maria: Member, client_for: ClientFor
) -> None:
    clear, again = "No name on the loaded lists is like this one.", "They are compared again within minutes."
    one, browser = add(maria), client_for(maria)

    def page() -> str:
        return str(browser.get(one.get_absolute_url()).text)

    lists.edition(of=date(2026, 3, 1))
    assert clear not in page()
    actions.screen(one)
    assert clear in page()
    assert "Compared" in page()
    lists.edition(of=date(2026, 3, 2))
    assert clear not in page()
    assert again in page()
    actions.screen(one)
    assert clear in page()
    actions.change(one, by=maria, version=one.version, name="Aleksandr Vtorov")
    assert clear not in page()
    assert again in page()


def test_a_list_that_brought_nothing_new_is_not_said_to_have_been_compared_before_it_was_there(
    maria: Member, client_for: ClientFor
) -> None:
    one = add(maria)
    lists.edition(of=date(2026, 3, 1))
    actions.screen(one)
    same = lists.edition(of=date(2026, 3, 2))
    ListEdition.objects.filter(pk=same.pk).update(is_news=False, ended_at=timezone.now())
    page = client_for(maria).get(one.get_absolute_url()).text
    assert "Compared with" in page
    assert "Nothing that is compared has changed since" in page


def test_whoever_is_new_or_changed_is_due_and_everybody_when_a_list_changes(maria: Member) -> None:
    edition = lists.edition()
    one, other = add(maria), add(maria, "Julia Ejemplo")
    assert actions.screen_due() == 2
    assert actions.screen_due() == 0
    actions.change(one, by=maria, version=one.version, aliases=["Sasha Primerov"])
    assert [due.pk for due in Counterpart.objects.due(screening.mark())] == [one.pk]
    actions.screen_due()
    lists.listing("EJEMPLO, Julia", in_=edition)
    lists.edition(of=date(2026, 4, 1))
    assert actions.screen_due() == 2
    assert other.hits.get().level == "strong"


def test_a_hit_is_recorded_once_and_again_only_when_it_is_news(maria: Member) -> None:
    entry = lists.listing("PRIMEROV, Aleksandr", in_=lists.edition())
    one = add(maria)
    hits(one)
    hits(one)
    assert Entry.objects.filter(kind="counterparts.hit_found").count() == 1
    entry.digest = "0" * 64
    entry.save()
    hits(one)
    assert Entry.objects.filter(kind="counterparts.hit_found").count() == 2


def test_an_entry_that_has_vanished_is_a_hit_no_longer_and_what_was_said_is_kept(maria: Member) -> None:
    entry = lists.listing("PRIMEROV, Aleksandr", in_=lists.edition())
    one = add(maria)
    (hit,) = hits(one)
    actions.dispose(hit, by=maria, verdict="different", reason="Another patronymic.", digest=hit.digest)
    entry.names.update(is_live=False)
    assert hits(one) == []
    assert Disposition.objects.filter(hit=hit).exists()


class TestDisposing:
    @pytest.fixture
    def hit(self, maria: Member) -> Hit:
        lists.listing("PRIMEROV, Aleksandr", in_=lists.edition())
        (hit,) = hits(add(maria))
        return hit

    def test_it_stays_until_the_entry_or_the_counterpart_changes_materially(
        self, maria: Member, hit: Hit
    ) -> None:
        said = actions.dispose(
            hit, by=maria, verdict="different", reason="Born elsewhere.", digest=hit.digest
        )
        one = hit.counterpart
        actions.change(one, by=maria, version=one.version, profile="A word more about him.")
        hits(one)
        hit.refresh_from_db()
        assert hit.digest == said.digest
        one.refresh_from_db()
        actions.change(one, by=maria, version=one.version, birth_year=1961)
        hits(one)
        hit.refresh_from_db()
        assert hit.digest != said.digest

    def test_it_needs_a_reason_a_writer_and_the_hit_as_it_is(
        self, maria: Member, gov: Member, hit: Hit
    ) -> None:
        with pytest.raises(Invalid):
            actions.dispose(hit, by=maria, verdict="same", reason="  ", digest=hit.digest)
        with pytest.raises(Conflict):
            actions.dispose(hit, by=maria, verdict="same", reason="Seen him.", digest="0" * 64)
        with pytest.raises(Forbidden):
            actions.dispose(hit, by=gov, verdict="same", reason="Seen him.", digest=hit.digest)
        assert not Disposition.objects.exists()

    def test_what_was_written_on_a_hit_that_has_changed_since_is_not_lost(
        self, maria: Member, hit: Hit, client_for: ClientFor
    ) -> None:
        browser = client_for(maria)
        said = {"verdict": "different", "reason": "Born in another year.", "digest": "0" * 64}
        late = browser.post(hit.get_absolute_url(), said)
        assert late.status_code == 409
        page = late.content.decode()
        assert "has changed since you looked" in page
        assert "Born in another year.</textarea>" in page
        assert f'value="{hit.digest}"' in page
        assert not Disposition.objects.exists()
        assert browser.post(hit.get_absolute_url(), said | {"digest": hit.digest}).status_code == 302
        blank = browser.post(hit.get_absolute_url(), said | {"reason": "", "digest": hit.digest})
        assert blank.status_code == 400

    def test_whoever_has_answered_goes_on_with_the_next_and_is_told_where_the_word_stands(
        self, maria: Member, tom: Member, hit: Hit, client_for: ClientFor
    ) -> None:
        browser, queue = client_for(maria), reverse("counterparts:hits")
        assert queue in browser.get(hit.get_absolute_url()).content.decode()
        said = {"verdict": "different", "reason": "Born in another year.", "digest": hit.digest}
        answer = browser.post(hit.get_absolute_url(), said)
        assert answer.headers["Location"] == queue
        page = html.unescape(browser.get(queue).content.decode())
        assert f"Your office’s word on {hit.counterpart} is kept." in page
        assert hit.get_absolute_url() not in page
        assert hit.get_absolute_url() in client_for(tom).get(queue).content.decode()

    def test_each_office_reads_its_own_word_and_no_others(
        self, maria: Member, tom: Member, liaison: Member, hit: Hit
    ) -> None:
        actions.dispose(hit, by=maria, verdict="different", reason="Met both.", digest=hit.digest)
        with connection.cursor() as cursor:
            for person, seen in ((maria, 1), (tom, 0), (liaison, 0)):
                assert Disposition.objects.visible_to(person.user).count() == seen
                with reading_as(person.user):
                    cursor.execute("SELECT count(*) FROM counterparts_disposition")
                    assert cursor.fetchone() == (seen,)
