"""Public lists as they are published: what is read of each, and what another edition changes."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from activity.models import Entry
from counterparts import actions
from counterparts.lists import nations, stage
from counterparts.lists.actions import Busy, NotLoaded, ask
from counterparts.lists.csl import COLUMNS as CSL_COLUMNS
from counterparts.models import ListEdition, Listing, ListingName
from diplomacy.lib.errors import Forbidden
from tests.factories import list_files as make
from tests.factories.list_files import NOTHING, loaded

pytestmark = pytest.mark.django_db


def names_of(entry: str) -> set[tuple[str, str]]:
    return set(ListingName.objects.filter(listing__entry=entry).values_list("kind", "name"))


def counts(edition: ListEdition) -> dict[str, int]:
    names = ("read", "added", "changed", "unchanged", "delisted", "refused")
    return {name: getattr(edition, name) for name in names if getattr(edition, name)}


def many(count: int, first: int = 1000) -> list[tuple[object, ...]]:
    return [(first + n, f"BODY NUMBER {n}", NOTHING, "RIVERS", NOTHING, NOTHING) for n in range(count)]


class TestOfac:
    def test_a_person_has_birth_years_countries_programs_and_aliases(self) -> None:
        loaded("ofac")
        person = Listing.objects.get(entry="102")
        assert (person.kind, person.name, person.title) == (
            "person",
            "EXAMPLOV, Ivan Petrovich",
            "Minister of Dams",
        )
        assert person.programs == ["RIVERS", "SDGT"]
        assert person.birth_years == [1961, 1962]
        assert person.countries == ["BY", "KP", "RU"]
        assert person.list_name == "Specially Designated Nationals (SDN)"
        assert person.url.endswith("?id=102")
        assert names_of("102") == {
            ("primary", "EXAMPLOV, Ivan Petrovich"),
            ("alias", "PRIMEROV, Ivan"),
            ("weak", "THE BEAVER"),
        }

    def test_what_is_no_person_is_a_body_a_vessel_or_an_aircraft(self) -> None:
        loaded("ofac")
        assert dict(Listing.objects.values_list("entry", "kind")) == {
            "101": "body",
            "102": "person",
            "103": "vessel",
        }
        assert Listing.objects.get(entry="101").title == ""

    def test_names_are_kept_as_they_are_compared(self) -> None:
        loaded("ofac")
        assert ListingName.objects.get(name="RIVER TRADING COMPANY, LTD.").bare == "river trading"

    def test_the_three_files_may_come_in_any_order_and_without_aliases_or_addresses(self) -> None:
        assert loaded("ofac", make.add(), make.alt(), make.sdn()).added == 3
        assert ("alias", "PRIMEROV, Ivan") in names_of("102")
        assert loaded("ofac", make.sdn(), is_forced=True).changed == 2
        assert ("alias", "PRIMEROV, Ivan") not in names_of("102")

    def test_an_alias_of_nobody_is_refused(self) -> None:
        edition = loaded("ofac", make.sdn(), make.alt([(999, 1, "aka", "NOBODY")]))
        assert edition.refused_rows.get().reason == "No entry has the number 999."

    def test_a_number_that_stands_twice_is_refused_unless_it_says_the_same(self) -> None:
        other = (101, "ANOTHER NAME", *make.SDN[0][2:])
        edition = loaded("ofac", make.sdn([*make.SDN, make.SDN[0], other]))
        assert counts(edition) == {"read": 5, "added": 3, "unchanged": 1, "refused": 1}
        assert "stands on line 1 already" in edition.refused_rows.get().reason
        assert Listing.objects.get(entry="101").name == "RIVER TRADING COMPANY, LTD."


class TestConsolidatedScreeningList:
    def test_an_entry_has_what_its_columns_say(self) -> None:
        row = {
            "source": "Specially Designated Nationals (SDN) - Treasury Department",
            "entity_number": "15193",
            "type": "Individual",
            "programs": "RIVERS; SDGT",
            "name": "EXAMPLOV, Ivan",
            "alt_names": "PRIMEROV, Ivan; EXAMPLOV, I.",
            "citizenships": "DZ",
            "nationalities": "SY; Burma",
            "addresses": "Dam Street 1, Tver, RU; P.O. Box 3, Tehran, IR",
            "dates_of_birth": "1951; 1953-02-01",
            "start_date": "2017-10-16",
            "end_date": "2056-06-29",
            "source_list_url": "https://example.org/list",
        }
        loaded("csl", make.csl(row))
        entry = Listing.objects.get(entry="SDN:15193")
        assert (entry.kind, entry.programs, entry.birth_years) == ("person", ["RIVERS", "SDGT"], [1951, 1953])
        assert entry.countries == ["DZ", "IR", "MM", "RU", "SY"]
        assert (entry.starts_on, entry.ends_on) == (date(2017, 10, 16), date(2056, 6, 29))
        assert entry.url == "https://example.org/list"
        assert entry.list_name.startswith("Specially Designated Nationals")
        assert names_of("SDN:15193") == {
            ("primary", "EXAMPLOV, Ivan"), ("alias", "PRIMEROV, Ivan"), ("alias", "EXAMPLOV, I."),
        }  # fmt: skip

    def test_an_entry_without_a_number_stays_itself_when_its_address_changes(self) -> None:
        loaded("csl", make.csl({"addresses": "A, CN"}))
        edition = loaded("csl", make.csl({"addresses": "A, HK"}))
        assert counts(edition) == {"read": 1, "changed": 1}
        assert Listing.objects.get().countries == ["HK"]

    def test_namesakes_without_numbers_are_both_kept(self) -> None:
        twice = make.csl({"addresses": "A, CN"}, {"addresses": "B, RU"})
        assert loaded("csl", twice).added == 2
        assert counts(loaded("csl", twice)) == {"read": 2, "unchanged": 2}

    def test_columns_may_come_in_another_order_and_with_others(self) -> None:
        head, row = make.csl_row(**{name: name for name in CSL_COLUMNS}), make.csl_row()
        text = make.lines([["_id", *reversed(head)], ["x", *reversed(row)]]).replace("\r\n", "\n")
        assert loaded("csl", ("\ufeff" + text).encode()).added == 1


class TestUnitedNations:
    def test_a_person_has_names_in_several_scripts_and_qualities(self) -> None:
        edition = loaded("un")
        assert edition.published_on == date(2026, 2, 27), "the list bears its date itself"
        person = Listing.objects.get(entry="7001")
        assert (person.name, person.kind, person.title) == (
            "IVAN EXAMPLOV",
            "person",
            "Dr.; Minister of Dams",
        )
        assert person.countries == ["IR", "RU"]
        assert person.birth_years == [1961, 1963, 1964, 1965]
        assert person.starts_on == date(2012, 12, 31)
        assert names_of("7001") == {
            ("primary", "IVAN EXAMPLOV"),
            ("native", "Иван Примеров"),
            ("alias", "Ivan Primerov"),
            ("alias", "I. Primerov"),
            ("weak", "The Beaver"),
        }

    def test_an_entity_is_a_body(self) -> None:
        loaded("un")
        body = Listing.objects.get(entry="7002")
        assert (body.kind, body.countries) == ("body", ["KP"])
        assert ("alias", "STREAM BANK") in names_of("7002")


class TestFara:
    def test_a_principal_names_who_represents_it_and_whether_that_is_over(self) -> None:
        over = make.principal("Office of Dams", Foreign_Principal_Termination_Date="08/23/2013")
        loaded("fara", make.principals(make.principal(), over), make.registrants())
        active, ended = Listing.objects.filter(kind="principal").order_by("ends_on")[::-1]
        assert (active.name, active.represented_by, active.registration) == (
            "Ministry of Rivers", "Flow & Partners, LLC", "6653",
        )  # fmt: skip
        assert (active.countries, active.has_ended) == (["KR"], False)
        assert (ended.ends_on, ended.has_ended) == (date(2013, 8, 23), True)

    def test_a_registrant_is_known_by_its_business_name_too(self) -> None:
        loaded("fara")
        assert names_of("R:6653") == {("primary", "Flow & Partners, LLC"), ("alias", "Flow Public Affairs")}

    def test_a_name_whose_comma_lost_its_quotation_marks_is_put_together(self) -> None:
        row = make.principal()
        broken = [row[0], 'National Company, Rivers"', ' Ltd."', *row[2:]]
        loaded("fara", make.principals(broken), make.registrants())
        assert Listing.objects.get(kind="principal").name == 'National Company, Rivers", Ltd.'

    def test_marks_that_were_wrongly_decoded_are_put_right_and_windows_text_is_read(self) -> None:
        text = make.principals(make.principal("Petr\u00f3leos (\u0093P\u0094)\n\n")).decode()
        loaded("fara", text.encode(), make.registrants())
        assert Listing.objects.get(kind="principal").name == "Petróleos (“P”)"
        again = text.replace("\u0093", "“").replace("\u0094", "”").encode("cp1252")
        assert counts(loaded("fara", again, make.registrants())) == {"read": 2, "unchanged": 2}


class TestAnotherEdition:
    def test_the_same_files_change_nothing(self) -> None:
        first = loaded("ofac")
        before = list(ListingName.objects.order_by("pk").values())
        rows = list(Listing.objects.order_by("pk").values("pk", "digest", "first_edition", "delisted_on"))
        second = loaded("ofac")
        assert counts(second) == {"read": 3, "unchanged": 3}
        assert list(ListingName.objects.order_by("pk").values()) == before
        assert (
            list(Listing.objects.order_by("pk").values("pk", "digest", "first_edition", "delisted_on"))
            == rows
        )
        assert {row["first_edition"] for row in rows} == {first.pk}
        assert set(Listing.objects.values_list("edition", flat=True)) == {second.pk}

    def test_what_vanished_is_delisted_on_the_day_of_the_list_and_comes_back(self) -> None:
        loaded("ofac")
        gone = loaded("ofac", make.sdn(make.SDN[1:]), make.alt(), make.add(), on="2026-02-01")
        assert gone.delisted == 1
        assert Listing.objects.get(entry="101").delisted_on == date(2026, 2, 1)
        assert not ListingName.objects.filter(listing__entry="101", is_live=True).exists()
        assert not Listing.objects.live().named_like("river trading").exists()
        back = loaded("ofac", on="2026-03-01")
        assert counts(back) == {"read": 3, "changed": 1, "unchanged": 2}
        assert Listing.objects.get(entry="101").delisted_on is None
        assert ListingName.objects.filter(listing__entry="101", is_live=True).count() == 3

    def test_one_list_does_not_touch_another(self) -> None:
        loaded("ofac")
        loaded("un")
        loaded("csl")
        assert not Listing.objects.exclude(delisted_on=None).exists()

    def test_a_changed_name_leaves_and_another_comes(self) -> None:
        loaded("ofac")
        loaded("ofac", make.sdn(), make.alt([(102, 1, "aka", "NOVOV, Ivan"), make.ALT[1]]), make.add())
        assert ("alias", "NOVOV, Ivan") in names_of("102")
        assert ("alias", "PRIMEROV, Ivan") not in names_of("102")

    def test_an_entry_whose_row_is_refused_is_not_taken_for_vanished(self) -> None:
        loaded("ofac")
        broken = ((101, "=cmd|' /C calc'!A0", *make.SDN[0][2:]), *make.SDN[1:])
        edition = loaded("ofac", make.sdn(broken), make.alt(), make.add())
        assert (edition.refused, edition.delisted) == (3, 0), "the row, and what would have added to it"
        assert Listing.objects.get(entry="101").delisted_on is None

    def test_nothing_is_delisted_while_nobody_knows_what_a_refused_row_was(self) -> None:
        loaded("csl", make.csl({"name": "A"}, {"name": "B"}))
        cut = make.csl({"name": "A"}).decode() + "a row,of three,columns\n"
        edition = loaded("csl", cut.encode())
        assert (edition.delisted, edition.refused) == (0, 1)
        assert "Nothing was delisted" in edition.notes[0]

    def test_an_older_list_is_refused_unless_it_is_forced(self) -> None:
        loaded("ofac", on="2026-01-31")
        with pytest.raises(NotLoaded, match="January 30, 2026; the one that is loaded is newer"):
            loaded("ofac", on="2026-01-30")
        assert loaded("ofac", on="2026-01-30", is_forced=True).published_on == date(2026, 1, 30)

    def test_words_that_are_stripped_may_change_between_two_loads_of_the_same_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loaded("ofac")
        monkeypatch.setattr("counterparts.names.bare", lambda name, is_person: "otherwise")
        loaded("ofac")
        assert set(ListingName.objects.values_list("bare", flat=True)) == {"otherwise"}

    def test_a_load_takes_the_same_statements_for_three_entries_and_for_many(self) -> None:
        with CaptureQueriesContext(
            connection,
        ) as few:
            loaded("ofac")
        with CaptureQueriesContext(connection) as more:
            loaded("ofac", make.sdn([*make.SDN, *many(500)]), make.alt(), make.add())
        assert len(more) <= len(few) + 2


def test_where_a_list_does_not_say_person_or_organisation_a_match_is_not_lowered(maria: Member) -> None:
    loaded("csl", make.csl({"name": "Aleksandr Primerov"}))
    found = actions.add(by=maria, name="Aleksandr Primerov", kind="person", country="RU")
    actions.screen(found)
    (hit,) = found.hits.all()
    assert hit.reasons == ["The names are 100 of 100 alike."]


def test_two_loads_of_one_list_at_once_are_one_too_many() -> None:
    assert stage.try_lock("ofac")  # this transaction may take it again, so another one has to try
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('counterparts.lists'), hashtext('ofac'))"
            )
            assert cursor.fetchone() == (False,)
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('counterparts.lists'), hashtext('un'))")
            assert cursor.fetchone() == (True,)
    finally:
        beside.close()
    assert issubclass(Busy, Exception)


def test_each_edition_is_one_entry_of_the_log() -> None:
    edition = loaded("ofac")
    entry = Entry.objects.about(edition).get()
    assert (entry.kind, entry.actor) == ("counterparts.list_loaded_by_command", None)
    assert entry.data["added"] == 3


def test_a_spelling_that_is_no_country_is_noted_and_the_entry_stays() -> None:
    edition = loaded("ofac", make.sdn(), make.alt(), make.add([(101, 1, NOTHING, NOTHING, "Atlantis")]))
    assert edition.notes == ["Not known as countries, and left out: “Atlantis” (1)"]
    assert Listing.objects.get(entry="101").countries == []


@pytest.mark.parametrize(
    ("spelling", "codes"),
    [
        ("Korea, North", ("KP",)),
        ("KOREA, SOUTH", ("KR",)),
        ("COTE D'IVOIRE (IVORY COAST)", ("CI",)),
        ("Democratic Republic of the Congo", ("CD",)),
        ("CONGO, REPUBLIC OF THE", ("CG",)),
        ("CZECHOSLOVAKIA", ("CZ", "SK")),
        ("INTERNATIONAL", ()),
        ("Türkiye", ("TR",)),
        ("TW", ("TW",)),
        ("XX", None),
        ("Atlantis", None),
    ],
)
def test_countries_are_known_as_their_publishers_spell_them(
    spelling: str, codes: tuple[str, ...] | None
) -> None:
    assert nations.codes(spelling) == codes


def test_an_entry_is_found_by_words_of_any_of_its_names_in_any_script_and_with_titles() -> None:
    loaded("un")
    for words in ("primerov", "Иван Примеров", "President Ivan Examplov", "beaver"):
        assert [entry.entry for entry in Listing.objects.all().named_like(words)] == ["7001"], words
    assert not Listing.objects.all().named_like("nobody").exists()
    assert not Listing.objects.all().named_like("  ").exists()


def rivers(remarks: str = "DOB 1961", birth: str = "1961") -> bytes:
    row = (201, "PRIMEROV, Aleksandr", "individual", "RIVERS", NOTHING, f"DOB {birth}; {remarks}.")
    return make.sdn([*make.SDN, row])


def test_a_list_that_comes_again_unchanged_has_nobody_compared_again(maria: Member) -> None:
    actions.add(by=maria, name="Aleksandr Primerov", kind="person", country="RU")
    first = loaded("ofac", rivers())
    assert first.is_news
    assert actions.screen_due() == 1
    again = loaded("ofac", rivers())
    assert (again.is_news, again.changed) == (False, 0)
    assert actions.screen_due() == 0
    assert loaded("ofac", rivers(birth="1962")).is_news
    assert actions.screen_due() == 1


def test_words_that_are_stripped_otherwise_than_before_are_news_though_no_entry_changed(
    maria: Member,
) -> None:
    loaded("ofac", rivers())
    ListingName.objects.filter(name="PRIMEROV, Aleksandr").update(bare="as it was stripped last year")
    again = loaded("ofac", rivers())
    assert (again.is_news, again.changed) == (True, 0)
    assert ListingName.objects.get(name="PRIMEROV, Aleksandr").bare == "primerov aleksandr"


def test_running_text_that_is_reworded_is_shown_and_what_was_said_of_a_hit_stands(maria: Member) -> None:
    loaded("ofac", rivers())
    found = actions.add(by=maria, name="Aleksandr Primerov", kind="person", country="RU")
    actions.screen(found)
    hit = found.hits.get()
    said = actions.dispose(hit, by=maria, verdict="different", reason="Met both.", digest=hit.digest)
    assert loaded("ofac", rivers(remarks="Also a rower")).changed == 0
    assert "Also a rower" in Listing.objects.get(entry="201").remarks
    actions.screen(found)
    assert found.hits.get().digest == said.digest
    loaded("ofac", rivers(birth="1931"))
    actions.screen(found)
    assert found.hits.get().digest != said.digest


def test_nobody_but_the_lead_of_a_desk_has_a_list_loaded_whatever_page_asks(
    maria: Member, liaison: Member
) -> None:
    for member in (maria, liaison):
        with pytest.raises(Forbidden):
            ask(source="ofac", uploads=[], published_on=None, by=member)
    assert not ListEdition.objects.exists()


def test_a_list_of_which_files_are_missing_loads_and_says_so(maria: Member) -> None:
    assert loaded("ofac").notes == []
    (note,) = loaded("ofac", make.sdn(), make.alt(), is_forced=True).notes
    assert "Not among the files: addresses (ADD)." in note
    (note,) = loaded("fara", make.registrants()).notes
    assert "Only a part of the list was loaded." in note
    assert loaded("csl").notes == loaded("un").notes == []
