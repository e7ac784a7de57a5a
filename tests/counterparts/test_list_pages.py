"""Public lists in the browser: everyone reads them, a desk lead loads them, and sees how far that is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Member
from activity.models import Entry, Notice
from counterparts.lists import actions, stage, views
from counterparts.models import ListEdition, Listing
from diplomacy.lib import uploads
from tests.conftest import ClientFor
from tests.factories import list_files as make
from tests.signin.conftest import proved

pytestmark = pytest.mark.django_db
LOAD = "/counterparts/lists/load/"
PROGRESS = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.LISTS_DIR = str(tmp_path / "lists")
    yield tmp_path / "lists"


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def upload(*contents: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"../list {n}.csv", content) for n, content in enumerate(contents)]


def send(client: Client, source: str = "ofac", *contents: bytes, on: str = "2026-01-31") -> Any:
    files = upload(*(contents or make.WHOLE[source]))
    return client.post(LOAD, {"source": source, "sent": files, "published_on": on})


@pytest.fixture
def lead(desk_lead: Member, client_for: ClientFor) -> Client:
    return client_for(desk_lead)


def test_a_desk_lead_sends_files_a_worker_loads_them_and_the_page_tells(
    lead: Client, desk_lead: Member, folder: Path
) -> None:
    sent = send(lead)
    edition = ListEdition.objects.get()
    assert sent.url == edition.get_absolute_url()
    assert (edition.state, edition.by, edition.files) == (
        "waiting", desk_lead, ["list 0.csv", "list 1.csv", "list 2.csv"],
    )  # fmt: skip
    page = lead.get(sent.url).content.decode()
    assert "The files have arrived" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Show how far it is now" in page, "without script"
    assert len(kept(folder)) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept(folder)), "nobody else reads them"
    assert actions.work() == 1
    edition.refresh_from_db()
    assert (edition.state, edition.added) == ("loaded", 3)
    part = lead.get(sent.url, headers=PROGRESS).content.decode()
    assert "3 added" in part
    assert "hx-trigger" not in part, "it asks no more"
    assert "<html" not in part
    assert kept(folder) == []
    kinds = Entry.objects.about(edition).order_by("pk").values_list("kind", "actor")
    assert list(kinds) == [
        ("counterparts.list_asked", desk_lead.user_id), ("counterparts.list_loaded", desk_lead.user_id),
    ]  # fmt: skip


def test_the_body_is_read_for_its_token_and_the_files_in_it_are_taken(lead: Client, folder: Path) -> None:
    lead.handler.enforce_csrf_checks = True
    token = lead.get(LOAD).context["csrf_token"]
    assert send(lead).status_code == 403, "another site sends no token"
    assert kept(folder) == []
    sent = {"csrfmiddlewaretoken": str(token), "source": "un", "sent": upload(make.un())}
    assert lead.post(LOAD, sent).status_code == 302
    assert len(kept(folder)) == 1


@pytest.mark.parametrize(
    ("source", "contents", "words"),
    [
        ("csl", make.WHOLE["ofac"], "is no file of the Consolidated Screening List"),
        ("ofac", (make.alt(), make.alt()), "are the same part of the list"),
        ("un", (b"<html></html>",), "nor of another list that is known here"),
    ],
)
def test_a_file_that_is_another_list_comes_back_at_once_in_words(
    lead: Client, folder: Path, source: str, contents: tuple[bytes, ...], words: str
) -> None:
    answer = send(lead, source, *contents)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ListEdition.objects.exists()
    assert kept(folder) == []


def test_the_day_is_asked_for_unless_the_list_bears_it(lead: Client) -> None:
    assert "Enter the day on which this list was published." in send(lead, on="").content.decode()
    assert "still to come" in send(lead, on="2990-01-01").content.decode()
    assert "Choose a file." in lead.post(LOAD, {"source": "un"}).content.decode()
    assert send(lead, "un", on="").status_code == 302
    actions.work()
    assert str(ListEdition.objects.get().published_on) == "2026-02-27"


def test_a_list_that_is_found_broken_by_the_worker_is_refused_and_who_sent_it_is_told(
    lead: Client, desk_lead: Member, folder: Path
) -> None:
    make.loaded("ofac")
    rows = [*make.SDN[:1], *[(200 + n, "", *make.SDN[0][2:]) for n in range(30)]]
    page = send(lead, "ofac", make.sdn(rows)).url
    actions.work()
    edition = ListEdition.objects.get(by=desk_lead)
    assert edition.state == "refused"
    shown = lead.get(page).content.decode()
    assert "This list was not loaded, and the one before it stays." in shown
    assert "30 of 31 rows could not be taken" in shown
    assert shown.count("The name is missing.") == 26, "25 rows a page, and the sentence"
    assert "list 0.csv, line 27" in lead.get(f"{page}?after={_next(shown)}").content.decode()
    notice = Notice.objects.get(recipient=desk_lead.user)
    assert (notice.entry.kind, notice.entry.actor) == ("counterparts.list_refused", None)
    assert Listing.objects.live().count() == 3
    assert kept(folder) == []


def _next(page: str) -> str:
    return page.split("?after=")[1].split('"', maxsplit=1)[0]


def test_an_older_list_is_refused_with_both_days(lead: Client) -> None:
    make.loaded("ofac", on="2026-02-01")
    page = send(lead).url
    actions.work()
    assert (
        "January 31, 2026; the one that is loaded is newer, of February 1, 2026"
        in lead.get(page).content.decode()
    )


def test_one_list_waits_once(lead: Client, folder: Path) -> None:
    send(lead)
    again = send(lead)
    assert again.status_code == 409
    assert "is waiting or being loaded already" in again.content.decode()
    assert ListEdition.objects.count() == 1
    assert len(kept(folder)) == 3
    assert send(lead, "un").status_code == 302, "another list does"


def test_who_no_longer_leads_a_desk_loads_nothing(lead: Client, desk_lead: Member) -> None:
    send(lead)
    Member.objects.filter(pk=desk_lead.pk).update(role="liaison")
    actions.work()
    assert ListEdition.objects.get().problem == actions.LEFT
    assert not Listing.objects.exists()


@pytest.mark.parametrize("who", ["maria", "lee", "gov", "liaison", "briefer", "auditor"])
def test_nobody_else_brings_a_file_and_none_is_kept(
    who: str, request: pytest.FixtureRequest, client_for: ClientFor, folder: Path
) -> None:
    client = client_for(request.getfixturevalue(who))
    assert client.get(LOAD).status_code == 403
    client.get("/")
    client.handler.enforce_csrf_checks = True  # as in a browser: the body is read before the view is asked
    assert send(client).status_code == 400
    client.handler.enforce_csrf_checks = False
    assert client.post(LOAD, {"source": "ofac"}).status_code == 403
    assert not folder.exists()
    assert "Load a list" not in client.get("/counterparts/lists/").content.decode()


@pytest.mark.parametrize(
    "most", [len(make.WHOLE["ofac"][0]) - 1, -uploads.REST_OF_A_FORM], ids=["read on", "announced"]
)
def test_files_that_are_too_large_together_are_refused_and_none_is_kept(
    most: int, lead: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form is a little longer than its files: what is announced is refused unread, what lies within that while it is read."""
    begun: list[str] = []
    new_file = uploads.OnlyWhereAdmitted.new_file

    def begin(*given: Any) -> None:
        begun.append("a file")
        new_file(*given)

    admission: uploads.Admission = views.load.admission  # type: ignore[attr-defined]
    monkeypatch.setattr(views.load, "admission", admission._replace(most_bytes=most))
    monkeypatch.setattr(uploads.OnlyWhereAdmitted, "new_file", begin)
    lead.get("/")
    lead.handler.enforce_csrf_checks = True  # as in a browser: the body is read before the view is asked
    assert send(lead).status_code == 400
    assert bool(begun) == (most > 0)
    assert kept(folder) == []


def test_who_sends_files_has_just_proved_who_they_are(
    desk_lead: Member, client_for: ClientFor, settings: Settings, folder: Path
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=desk_lead.user, type="webauthn", data={"name": "Key", "credential": {}})
    stale = proved(client_for(desk_lead), desk_lead.user, "webauthn", ago=11 * 60)
    assert "/reauthenticate/" in stale.get(LOAD)["Location"]
    assert "/reauthenticate/" in send(stale).url
    assert kept(folder) == []
    assert not ListEdition.objects.exists()
    fresh = proved(client_for(desk_lead), desk_lead.user, "webauthn", ago=60)
    assert fresh.get(LOAD).status_code == 200
    assert send(fresh).status_code == 302


def test_what_a_dead_worker_left_is_refused_and_can_be_sent_again(lead: Client, folder: Path) -> None:
    send(lead)
    long_ago = timezone.now() - timedelta(minutes=2)
    ListEdition.objects.update(state="running", started_at=long_ago)
    assert actions.work() == 0
    edition = ListEdition.objects.get()
    assert (edition.state, edition.problem) == ("refused", actions.STOPPED)
    assert send(lead).status_code == 302


def test_a_worker_that_works_still_is_left_alone(lead: Client) -> None:
    send(lead)
    ListEdition.objects.update(state="running", started_at=timezone.now())
    actions.work()
    assert ListEdition.objects.get().state == "running"


def test_a_list_that_is_busy_waits_for_its_turn(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    send(lead)
    monkeypatch.setattr(stage, "try_lock", lambda source: False)
    assert actions.work() == 0
    assert ListEdition.objects.get().state == "waiting"
    monkeypatch.undo()


def test_files_that_came_to_nothing_are_deleted_after_an_hour(lead: Client, folder: Path) -> None:
    import os

    send(lead)
    for name in ("incoming/tmp1", "L-00000000/0"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert actions.delete_left_over() == 0
    for path in [*folder.glob("*"), *folder.rglob("*")]:
        os.utime(path, (0, 0))
    assert actions.delete_left_over() == 2
    assert len(kept(folder)) == 3, "those that wait stay"


def test_everyone_reads_which_lists_there_are_and_of_which_day(maria: Member, client_for: ClientFor) -> None:
    client = client_for(maria)
    assert "Not loaded" in client.get("/counterparts/lists/").content.decode()
    make.loaded("un")
    page = client.get("/counterparts/lists/").content.decode()
    assert "United Nations Security Council Consolidated List of February 27, 2026" in page
    assert "From the command line" in page
    assert ">2<" in page, "entries"
    assert ">7<" in page, "names"


def test_the_page_of_lists_takes_the_same_queries_for_one_list_and_for_four(
    maria: Member, client_for: ClientFor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_for(maria)
    for source in make.WHOLE:
        make.loaded(source)
    with django_assert_max_num_queries(15):
        client.get("/counterparts/lists/")


def test_everyone_finds_an_entry_by_any_of_its_names(maria: Member, client_for: ClientFor) -> None:
    make.loaded("un")
    make.loaded("ofac")
    client = client_for(maria)
    found = client.get("/counterparts/lists/entries/?q=Примеров").content.decode()
    assert "IVAN EXAMPLOV" in found
    assert "EXAMPLOV, Ivan Petrovich" in found
    assert "RIVER BANK" not in found
    only = client.get("/counterparts/lists/entries/?q=primerov&source=un", headers=PROGRESS).content.decode()
    assert "EXAMPLOV, Ivan Petrovich" not in only
    assert "<html" not in only
    assert "What was found" not in client.get("/counterparts/lists/entries/").content.decode()
    assert "No entry fits" in client.get("/counterparts/lists/entries/?q=nobody").content.decode()


def test_what_is_listed_no_longer_is_shown_to_who_asks_for_it(maria: Member, client_for: ClientFor) -> None:
    make.loaded("ofac")
    make.loaded("ofac", make.sdn(make.SDN[1:]), on="2026-02-01", is_forced=True)
    client = client_for(maria)
    assert "RIVER TRADING" not in client.get("/counterparts/lists/entries/?q=river").content.decode()
    also = client.get("/counterparts/lists/entries/?q=river&vanished=on").content.decode()
    assert "RIVER TRADING" in also
    assert "No longer listed" in also
    entry = client.get(Listing.objects.get(entry="101").get_absolute_url()).content.decode()
    assert "It was not on the list of" in entry


def test_an_entry_shows_all_that_its_publisher_says(maria: Member, client_for: ClientFor) -> None:
    make.loaded("un")
    page = client_for(maria).get(Listing.objects.get(entry="7001").get_absolute_url()).content.decode()
    for words in ("Иван Примеров", "The Beaver", "weak alias", "Russia", "Iran", "1961", "Rivers", "Dams rivers.", "7001",
                  "February", "An entry says nothing about somebody else of the same name."):  # fmt: skip
        assert words in page, words


def test_an_entry_of_fara_says_who_represents_and_whether_that_is_over(
    maria: Member, client_for: ClientFor
) -> None:
    over = make.principal("Office of Dams", Foreign_Principal_Termination_Date="08/23/2013")
    make.loaded("fara", make.principals(make.principal(), over), make.registrants())
    client = client_for(maria)
    for listing in Listing.objects.all():
        page = client.get(listing.get_absolute_url()).content.decode()
        assert listing.entry not in page, "what was made of the row is nobody's number"
        assert "6653" in page
    active = client.get(Listing.objects.get(name="Ministry of Rivers").get_absolute_url()).content.decode()
    assert "Flow &amp; Partners, LLC" in active
    assert "6653" in active
    assert ">Active<" in active
    ended = client.get(Listing.objects.get(name="Office of Dams").get_absolute_url()).content.decode()
    assert "Ended on" in ended


def test_the_address_of_an_entry_does_not_count_up() -> None:
    make.loaded("ofac")
    for listing in Listing.objects.all():
        assert listing.get_absolute_url() == reverse("counterparts:listing", args=[listing.reference])
        assert listing.reference.startswith("N-")
