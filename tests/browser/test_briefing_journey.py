"""Briefers and a governor: written, checked by two, read on a phone two minutes before a meeting."""

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import Member
from activity import delivery
from briefings.choices import Label
from tests.browser.people import PHONE, AtBrowser, Keyboard, Person
from tests.factories import briefings as make

pytestmark = pytest.mark.browser
FIRST, SECOND, SECRET = "Before you meet", "What they want", "What a source says"


def test_a_briefing_is_written_released_by_another_read_and_answered(
    briefer: Member, second_briefer: Member, gov: Member, desk_lead: Member, at_browser: AtBrowser
) -> None:
    author, other = at_browser(briefer), at_browser(second_briefer)
    write_it(author)
    choose_readers(author, gov, desk_lead)
    check_and_ask(author)
    release_it(author, other)
    delivery.deliver()
    assert_mail_says_nothing(gov)
    governor = at_browser(gov, width=PHONE)
    read_it(governor)
    author.sees_unread(1).reads_notice("A reader asked about a briefing").sees("By when?")
    answer_it(author)
    governor.sees_unread(1).reads_notice("The briefers answered you").sees("By the first of May.")


def write_it(author: Person) -> None:
    author.go_to("Briefings").follow("Write a briefing").press("Save and choose the readers")
    expect(author.page.locator("[data-error-summary]")).to_be_focused()
    author.write("Title", "Baja California water dialogue")
    sections = [(FIRST, Label.GREEN), (SECOND, Label.AMBER), (SECRET, Label.RED)]
    for number, (heading, label) in enumerate(sections):
        if number:
            author.press("Add another section")
        author.write(f"sections-{number}-heading", heading)
        author.field(f"sections-{number}-label").select_option(value=label)
        author.write(f"sections-{number}-body", f"All about {heading.lower()}.")
    author.press("Save and choose the readers").sees_heading("Readers of Baja California water dialogue")


def choose_readers(author: Person, gov: Member, desk_lead: Member) -> None:
    author.find("rules-0-who", "California Int", gov.office.name)
    author.press("Add another rule").find("rules-1-who", "Drew", desk_lead.user.name)
    author.press("Save and see who gets what").sees_heading("Who gets what")


def check_and_ask(author: Person) -> None:
    author.sees("1 reader gets the whole text", "1 reader gets 2 of 3 sections", "not in this copy")
    author.follow("Read this copy (copy 2)").sees("Gale Overton", FIRST, SECOND).sees_no(SECRET)
    author.follow("Who gets what").press("Ask for release")
    author.sees("have been asked to release it", "another briefer of Mexico Desk must release it")


def release_it(author: Person, other: Person) -> None:
    expect(author.page.get_by_role("link", name="Check and release")).to_have_count(0)
    other.sees_unread(1).reads_notice("A briefing waits for a second briefer").follow("Check and release")
    other.sees("Release to 2 readers", SECRET).press("Release it").sees(
        "Released. Every reader has their copy"
    )


def assert_mail_says_nothing(gov: Member) -> None:
    (message,) = [message for message in mail.outbox if message.to == [gov.user.email]]
    assert message.subject == "A briefing was made for you"
    assert "water" not in str(message.body).lower()


def read_it(governor: Person) -> None:
    governor.sees_unread(1).reads_notice("A briefing was made for you")
    governor.sees_heading("Baja California water dialogue").sees(FIRST, SECOND, "TLP:AMBER")
    governor.sees_no(SECRET, "RED", "of 3")
    governor.press("I have read this").sees("Thank you. The briefers see that you have read it.")
    governor.write("Your question", "By when?").press("Ask").sees("Your question is with the briefers.")


def answer_it(author: Person) -> None:
    author.go_to("Briefings").sees("Questions from readers").follow("By when?")
    author.write("Your answer", "By the first of May.").press("Send the answer").sees(
        "Your answer is with Gale Overton."
    )
    row = author.page.get_by_role("row").filter(has_text="Gale Overton")
    expect(row).to_contain_text("2 of 3 sections")
    expect(row).to_contain_text("E-mail sent")
    expect(row).not_to_contain_text("Not yet")
    expect(author.page.get_by_role("row").filter(has_text="Drew Desklead")).to_contain_text("Not yet")


def test_with_the_keyboard_alone_a_briefing_is_released_read_and_acknowledged(
    briefer: Member, second_briefer: Member, gov: Member, at_browser: AtBrowser
) -> None:
    make.submitted(briefer, audience=[make.for_person(gov)])
    other, governor = at_browser(second_briefer), at_browser(gov)
    hands = Keyboard(other.page)
    hands.link("Briefings").link("Baja California water dialogue").link("Check and release").button(
        "Release it"
    )
    other.sees("Released. Every reader has their copy")
    hands = Keyboard(governor.page)
    hands.link("Briefings").link("Baja California water dialogue").button("I have read this")
    governor.sees("Thank you.")
    hands.button("Ask")
    expect(governor.page.locator("[data-error-summary]")).to_be_focused()
    hands.keys("Tab", "Enter")
    expect(governor.field("Your question")).to_be_focused()
    hands.types("By when?").button("Ask")
    governor.sees("Your question is with the briefers.")
