"""State staff, from the first word of a plan to the last promise kept."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Member
from diplomacy.lib.templatetags.ui import day_words
from engagements.models import Coverage
from tests.browser.people import PHONE, AtBrowser, Keyboard, Person
from tests.factories import engagements as make

pytestmark = pytest.mark.browser


def day(offset: int) -> str:
    return f"{timezone.localdate() + timedelta(days=offset):%Y-%m-%d}"


def words_of(offset: int) -> str:
    return day_words(timezone.localdate() + timedelta(days=offset))


@pytest.fixture
def covered(maria: Member, liaison: Member) -> None:
    """The Mexico desk covers Mexico, and Baja California is on the register."""
    Coverage.objects.create(desk=liaison.office, country="MX")
    make.counterpart(maria)


@pytest.mark.usefixtures("covered")
def test_staff_log_a_plan_and_see_it_through(
    maria: Member, lee: Member, tom: Member, at_browser: AtBrowser
) -> None:
    staff = at_browser(maria)
    staff.go_to("Engagements").follow("Log an engagement")
    say_what(staff)
    say_whom(staff, lee)
    say_when_and_where(staff)
    say_who_pays(staff)
    staff.sees_heading("Who may see it?").tick("Our office and the federal desks")
    staff.tick("Introduce us.").tick("Yes, ask the desks that cover it").press("Save and go on")
    file_it(staff)
    amend_it(staff)
    share_it(staff, at_browser(tom), tom)
    postpone_and_resume(staff)
    hold_and_report(staff)
    keep_the_promise(staff)


def say_what(staff: Person) -> None:
    staff.sees_heading("What is planned?").press("Save and go on")
    summary = staff.page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Give it a title.")
    staff.follow("Title: Give it a title.")
    expect(staff.field("Title")).to_be_focused()
    staff.write("Title", "River water dialogue").select("What kind of engagement is it?", "Outbound visit")
    staff.write("What is it for?", "Agree on shared monitoring of the Tijuana River.")
    staff.tick("Water").tick("Technical cooperation").press("Save and go on")


def say_whom(staff: Person, lee: Member) -> None:
    """One counterpart is found as they type, the other is new and goes on the register from here."""
    staff.sees_heading("Who meets whom?").find("counterparts-0-name", "baja", "Government of Baja California")
    staff.press("Add another counterpart").write("counterparts-1-name", "Tijuana River Commission")
    staff.write("theirs-0-name", "Rosario Ibarra Quintero").write("theirs-0-title", "Secretary of Water")
    staff.find("ours-0-name", "Lee", lee.user.name).press("Save and go on")
    staff.sees("“Tijuana River Commission” is not on the register.")
    staff.select("What is it?", "International organisation")
    staff.find("counterparts-1-country", "Mexi", "Mexico").press("Save and go on")


def say_when_and_where(staff: Person) -> None:
    staff.sees_heading("When and where?").write("First day", day(40)).write("Last day", day(39))
    staff.write("stops-0-city", "Tijuana").find("stops-0-country", "Mexi", "Mexico")
    staff.find("stops-0-region", "Baja", "Baja California")
    staff.press("Add another stop").write("stops-1-city", "Mexicali").find(
        "stops-1-country", "Mexi", "Mexico"
    )
    staff.press("Save and go on").sees("The last day cannot be before the first day.")
    staff.write("Last day", day(41)).press("Save and go on")


def say_who_pays(staff: Person) -> None:
    staff.sees_heading("Money and arrangements").tick("The foreign host")
    staff.write("Who pays for what", "The host pays the hotel, we pay the flights.").press("Save and go on")


def file_it(staff: Person) -> None:
    staff.sees_heading("Check and file").sees("Government of Baja California", "Tijuana River Commission")
    staff.sees("Lee Nguyen", "Rosario Ibarra Quintero", "Mexicali", "Mexico Desk is asked for advice")
    staff.press("File it").sees("Filed. You can amend it at any time.").sees_heading("River water dialogue")
    staff.sees("Mexico Desk may advise until", "With or without advice, it goes ahead.")


def amend_it(staff: Person) -> None:
    staff.follow("Amend").sees_heading("Amend").write("Title", "River and sewage dialogue")
    staff.press("File the change").sees("Your change is filed.").sees_heading("River and sewage dialogue")
    staff.follow("2 versions").sees_heading("Versions").sees("River water dialogue")
    staff.page.go_back()


def share_it(staff: Person, other: Person, tom: Member) -> None:
    other.go_to("Engagements").follow("From other offices").sees("Nothing is shared with you yet")
    staff.follow("Change who may see it").tick("and those we name below")
    staff.find("named-0-name", "Texas", tom.office.name).press("Save")
    staff.sees("It is changed who may see this engagement.")
    other.sees_unread(1).reads_notice("An engagement was shared with you").sees_heading("River and sewage")
    other.sees_no("Office notes", "Postpone")


def postpone_and_resume(staff: Person) -> None:
    staff.follow("Postpone").sees_heading("Postpone this engagement?").write("Why?", "Elections in Tijuana.")
    staff.press("Postpone it").sees("It is postponed.", "Elections in Tijuana.")
    staff.follow("Set new dates").write("First day", day(0)).press("Set these dates")
    staff.sees("The new dates are filed.", words_of(0))


def hold_and_report(staff: Person) -> None:
    staff.follow("Mark as held").sees_heading("Did it take place?").press("Yes, it took place")
    staff.sees_heading("What came of it?").write("What came of it?", "Four gauges will be shared.")
    staff.write("What happens next?", "Engineers meet in a month.")
    staff.write("commitments-0-text", "Send the gauge data of the last ten years.")
    staff.write("commitments-0-owner", "Lee Nguyen").write("commitments-0-due_on", day(30))
    staff.press("File the report").sees("The outcome report is filed.", "Four gauges will be shared.")
    staff.sees(f"Due {words_of(30)}")


def keep_the_promise(staff: Person) -> None:
    staff.follow("Close “Send the gauge data").sees_heading("Close this commitment").press("Close it")
    staff.sees("Fill this in.").write("How was it met?", "Sent on a disk.").press("Close it")
    staff.sees("The commitment is closed.", "Met", "Sent on a disk.", "closed a commitment")


@pytest.mark.usefixtures("covered")
def test_without_script_on_a_phone_a_plan_is_logged_as_well(maria: Member, at_browser: AtBrowser) -> None:
    staff = at_browser(maria, width=PHONE, script=False)
    staff.go_to("Engagements").follow("Log an engagement").write("Title", "Border health call")
    staff.select("What kind of engagement is it?", "Outbound visit").write(
        "What is it for?", "Compare plans."
    )
    staff.press("Save and go on").write("counterparts-0-name", "government of baja california")
    staff.press("Add another counterpart").write("counterparts-1-name", "Clínica Frontera")
    staff.press("Save and go on").sees("“Clínica Frontera” is not on the register.")
    staff.select("What is it?", "Company").select("Its country", "Mexico")
    staff.press("Save and go on").write("First day", day(20)).write("stops-0-city", "Tijuana")
    staff.select("stops-0-country", "Mexico").write("stops-0-region", "Baja California")
    staff.press("Save and go on").press("Save and go on").press("Save and go on")
    staff.sees_heading("Check and file").sees("Clínica Frontera", "Government of Baja California")
    staff.press("File it").sees("Filed. You can amend it at any time.")
    staff.follow("Postpone").press("Postpone it").sees("It is postponed.")


@pytest.mark.usefixtures("covered")
def test_with_the_keyboard_alone_a_plan_is_logged(maria: Member, at_browser: AtBrowser) -> None:
    staff = at_browser(maria)
    page, hands = staff.page, Keyboard(staff.page)
    hands.keys("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    hands.keys("Enter")
    expect(page.locator("#main-content")).to_be_focused()
    page.reload()
    hands.link("Engagements").link("Log an engagement").button("Save and go on")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    hands.keys("Tab", "Enter")
    expect(staff.field("Title")).to_be_focused()
    hands.types("Border health").to(staff.field("What kind of engagement is it?")).types("Call")
    hands.write(staff.field("What is it for?"), "Compare plans.")
    hands.to(page.get_by_label("Public health")).keys("Space").button("Save and go on")
    staff.sees_heading("Who meets whom?")
    hands.write(staff.field("counterparts-0-name"), "baja")
    expect(page.get_by_role("option", name="Government of Baja California")).to_be_visible()
    hands.keys("ArrowDown", "Enter").button("Save and go on")
    staff.sees_heading("When and where?")
    hands.to(staff.field("First day")).types(f"{timezone.localdate() + timedelta(days=20):%m%d%Y}")
    hands.button("Save and go on")
    staff.sees_heading("Money and arrangements")
    hands.choose("Our own budget").button("Save and go on")
    staff.sees_heading("Who may see it?")
    hands.button("Save and go on")
    staff.sees_heading("Check and file")
    hands.button("File it")
    staff.sees("Filed. You can amend it at any time.")
