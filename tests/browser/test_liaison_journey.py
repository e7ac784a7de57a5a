"""A federal liaison and the office that asked: notice, question, notes, advice, and what became of it."""

import pytest
from playwright.sync_api import expect

from accounts.models import Member
from engagements.models import AdviceRequest
from tests.browser.people import AtBrowser, Keyboard, Person
from tests.factories import engagements as make

pytestmark = pytest.mark.browser
NOTE = "The commission complained in March."


@pytest.fixture
def request_(maria: Member, liaison: Member) -> AdviceRequest:
    return make.requested(maria, liaison)


@pytest.mark.usefixtures("request_")
def test_a_liaison_asks_advises_and_learns_what_became_of_it(
    maria: Member, liaison: Member, at_browser: AtBrowser
) -> None:
    desk, office = at_browser(liaison), at_browser(maria)
    find_and_take(desk)
    ask_and_answer(desk, office)
    note_and_draft(desk, office)
    release_and_respond(desk, office)


def find_and_take(desk: Person) -> None:
    desk.sees_unread(1).reads_notice("Your desk has a new request for advice").sees_heading("Water dialogue")
    desk.sees_unread(0).go_to("Advice queue").sees_heading("Advice queue").sees("To do (1)", "Nobody yet")
    desk.follow("Water dialogue").sees("nobody there has taken it yet", "Take it first, then write.")
    desk.press("Take it").sees("It is yours now.", "Dana Liaison of Mexico Desk has it")


def ask_and_answer(desk: Person, office: Person) -> None:
    desk.unfold("Ask the office a question").write("Question to the office", "Will the river be discussed?")
    desk.press("Send the question").sees(
        "The clock waits for their answer.", "Paused: waiting for the office"
    )
    office.sees_unread(1).reads_notice("A federal desk asked your office a question")
    office.sees("Will the river be discussed?").press("Send the answer").sees("Fill this in.")
    office.write("Your answer", "Yes, on the second day.").press("Send the answer").sees(
        "its clock runs again"
    )
    desk.sees_unread(1).reads_notice("An office answered your question").sees("Yes, on the second day.")


def note_and_draft(desk: Person, office: Person) -> None:
    desk.unfold("Add a note").write("Note", NOTE).press("Save the note").sees(
        "Only Mexico Desk reads it.", NOTE
    )
    desk.press("Release to the office").sees("There are 2 problems")
    desk.tick("Support with considerations").write("Reasoning", "Invite the *boundary commission*.")
    desk.press("Save inside the desk").sees(
        "Saved. Only Mexico Desk reads it.", "The office does not see it."
    )
    office.page.reload()
    office.sees_no(NOTE, "boundary commission")


def release_and_respond(desk: Person, office: Person) -> None:
    desk.press("Release to the office").sees("Released. California International Office has been told.")
    office.sees_unread(1).reads_notice("A federal desk gave your office advice")
    office.sees("Support with considerations", "boundary commission").sees_no(NOTE)
    office.tick("Adapted").write("Why", "They come on the first day only.").press("Record what we did")
    office.sees("Recorded. Mexico Desk has been told.", "The office: Adapted.")
    desk.sees_unread(1).reads_notice("An office answered your advice")
    desk.sees("The office: Adapted.", "They come on the first day only.")
    desk.go_to("Advice queue").sees("Nobody waits for you").follow("Answered or lapsed").sees(
        "Water dialogue"
    )


@pytest.mark.usefixtures("request_")
def test_with_the_keyboard_alone_a_request_is_taken_and_answered(
    liaison: Member, at_browser: AtBrowser
) -> None:
    desk = at_browser(liaison)
    page, hands = desk.page, Keyboard(desk.page)
    hands.link("Advice queue")
    desk.sees_heading("Advice queue")
    hands.link("Water dialogue").button("Take it")
    desk.sees("It is yours now.")
    hands.to(page.locator("summary", has_text="Add a note")).keys("Enter")
    hands.write(desk.field("Note"), NOTE).button("Save the note")
    desk.sees("Only Mexico Desk reads it.")
    hands.button("Release to the office")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    hands.choose("Support with considerations").write(
        desk.field("Reasoning"), "Invite the commission."
    ).button("Release to the office")
    desk.sees("Released. California International Office has been told.")
