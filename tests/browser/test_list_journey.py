"""A desk lead loads a public list in a browser: with script the page follows by itself, without it they look again."""

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import Member
from counterparts.lists import actions
from counterparts.models import ListEdition
from tests.browser.people import PHONE, AtBrowser, Person
from tests.factories import list_files as make

pytestmark = pytest.mark.browser


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> list[str]:
    settings.LISTS_DIR = str(tmp_path / "lists")
    return [str(file.path) for file in make.files(tmp_path / "mine", *make.WHOLE["ofac"])]


def send(person: Person, files: list[str]) -> Person:
    person.go_to("Counterparts").follow("Public lists").sees("Not loaded").follow("Load a list")
    person.tick("OFAC Specially Designated Nationals").press("Send the files")
    person.sees("Choose a file.", "Enter the day on which this list was published.")
    person.page.set_input_files("#id_sent", files)
    person.write("Published on", "2026-01-31").press("Send the files")
    return person.sees_heading("OFAC Specially Designated Nationals of January 31, 2026").sees(
        "The files have arrived"
    )


def test_the_page_follows_what_the_worker_does(
    desk_lead: Member, at_browser: AtBrowser, files: list[str]
) -> None:
    lead = send(at_browser(desk_lead), files)
    ListEdition.objects.update(state="running", percent=40)
    lead.sees("40\u00a0%")
    ListEdition.objects.update(state="waiting", percent=0)
    actions.work()
    lead.sees("3 added, 0 changed", "Entries read")
    lead.follow("Public lists").follow("Search the lists").write("Name, in any script", "beaver")
    lead.sees("What was found").follow("EXAMPLOV, Ivan Petrovich").sees("PRIMEROV, Ivan", "Minister of Dams")


def test_without_script_and_on_a_phone_they_look_again(
    desk_lead: Member, at_browser: AtBrowser, files: list[str]
) -> None:
    lead = send(at_browser(desk_lead, width=PHONE, script=False), files)
    actions.work()
    lead.follow("Show how far it is now").sees("3 added, 0 changed")
