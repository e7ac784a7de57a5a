"""Somebody at a browser of their own, who does what people do: reads, writes, presses, and looks for a name."""

import os
import re
from collections.abc import Callable
from typing import Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from accounts.models import Member

PASSWORD = "nine-rivers-meet-here"
DESKTOP, PHONE = 1280, 375
AtBrowser = Callable[..., "Person"]
"""`at_browser(maria, width=PHONE, script=False)`: opens a browser for that person; closed, and its console read, in the end."""

IS_FOCUS_SHOWN = """element => {
  const drawn = (part, pseudo) => {
    const style = getComputedStyle(part, pseudo);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  const label = element.labels?.[0];
  return drawn(element) || Boolean(label && (drawn(label) || drawn(label, '::before')));
}"""


def complaints_of(page: Page) -> list[str]:
    """What the console says is wrong, from now on, and what is not there. A page that answers 4xx is no complaint, nor is
    a part of a page that was still asked for when its reader went on to another."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        is_answer = "Failed to load resource" in message.text or message.text == "htmx:sendError"
        if (message.type == "error" and not is_answer) or "Content Security Policy" in message.text:
            found.append(f"{page.url}: {message.text}")

    def receive(response: Response) -> None:
        most = 499 if response.request.resource_type == "document" else 399
        if response.status > most:
            found.append(f"{response.url}: {response.status}")

    page.on("console", listen)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("response", receive)
    return found


# Milliseconds that each answer takes longer: finds tests that pass only where the machine is quick.
SLOWNESS = int(os.environ.get("SLOW_BROWSER", "0"))


def open_context(
    browser: Browser, base_url: str, *, width: int = DESKTOP, script: bool = True
) -> BrowserContext:
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": 812 if width < 600 else 900},
        is_mobile=width < 600,
        has_touch=width < 600,
        java_script_enabled=script,
        reduced_motion="reduce",
        locale="en-US",
    )
    context.set_default_timeout(20_000)
    if SLOWNESS:
        context.on("page", slow_down)
    return context


def slow_down(page: Page) -> None:
    """Each answer late, and slowly: what a test should have waited for is not there yet."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": SLOWNESS,
        "downloadThroughput": 400_000,
        "uploadThroughput": -1,
    }
    line.send("Network.emulateNetworkConditions", conditions)


# The design system moves radio buttons and boxes themselves off the page: what shows is their label.
IS_ON_SCREEN = """element => [element, ...(element.labels || [])].some(part => {
  const box = part.getBoundingClientRect();
  return box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
})"""


class Person:
    def __init__(self, page: Page, member: Member) -> None:
        self.page, self.member = page, member
        self.complaints = complaints_of(page)

    # Getting about

    def sign_in(self) -> Self:
        self.page.goto("/sign-in/login/")
        self.write("Email", self.member.user.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")
        expect(self.page.locator(".menu__button")).to_contain_text(self.member.user.name)
        return self

    def go_to(self, place: str) -> Self:
        """By the main navigation."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=place, exact=True).click()
        return self._arrive()

    def follow(self, words: str) -> Self:
        self.page.get_by_role("link", name=words).first.click()
        return self._arrive()

    def press(self, words: str) -> Self:
        self.page.get_by_role("button", name=words, exact=True).first.click()
        return self._arrive()

    def _arrive(self) -> Self:
        """A click waits until the next page begins to come, not until it is there."""
        self.page.wait_for_load_state()
        return self

    def unfold(self, words: str) -> Self:
        self.page.locator("summary", has_text=words).click()
        return self

    # Filling in

    def field(self, which: str) -> Locator:
        """By its label, or by its name where the label stands in many rows."""
        if re.fullmatch(r"[a-z]+-\d+-\w+", which):
            return self.page.locator(f"#id_{which}")
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(which)}( \(optional\))?\s*$"))

    def write(self, which: str, text: str) -> Self:
        self.field(which).fill(text)
        return self

    def select(self, which: str, words: str) -> Self:
        self.field(which).select_option(label=words)
        return self

    def tick(self, words: str) -> Self:
        """A radio button or a box: the design system hides the control itself, people click its words."""
        self.page.locator(".usa-radio__label, .usa-checkbox__label").filter(has_text=words).first.click()
        return self

    def find(self, which: str, typed: str, name: str) -> Self:
        """Type a part, take the name from the list that opens."""
        self.field(which).press_sequentially(typed)
        self.page.get_by_role("option", name=name).first.click()
        expect(self.field(which)).to_have_value(re.compile(re.escape(name)))
        return self

    # Seeing

    def sees(self, *texts: str) -> Self:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def sees_no(self, *texts: str) -> Self:
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    def sees_heading(self, text: str) -> Self:
        expect(self.page.locator("h1")).to_contain_text(text)
        return self

    def sees_unread(self, count: int) -> Self:
        self.page.reload()
        bell = self.page.locator(".bell__count")
        if count:
            expect(bell).to_have_text(re.compile(rf"^{count}\b"))
        else:
            expect(bell).to_have_count(0)
        return self

    def reads_notice(self, words: str) -> Self:
        """The bell, the notice, and the page it leads to."""
        self.page.locator(".bell").click()
        return self.sees_heading("Notices").follow(words)


class Keyboard:
    """Hands that have no mouse. Wherever the focus goes on the way, it must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator, *, most: int = 90) -> Self:
        expect(target).to_be_attached()
        self.page.wait_for_load_state()  # script puts other fields in the place of some
        wanted = target.element_handle()
        for _ in range(most):
            if self.page.evaluate("wanted => document.activeElement === wanted", wanted):
                return self
            self.page.keyboard.press("Tab")
            self._is_seen()
        raise AssertionError(f"{most} times Tab do not lead to {target}")

    def _is_seen(self) -> None:
        focused = self.page.locator(":focus")
        if focused.count() == 0:
            return  # past the last control, in the browser's own bar
        assert focused.evaluate(IS_FOCUS_SHOWN), (
            f"No sign of focus: {focused.evaluate('e => e.outerHTML')[:200]}"
        )
        assert focused.evaluate(IS_ON_SCREEN), (
            f"Focus is off the screen: {focused.evaluate('e => e.outerHTML')[:200]}"
        )

    def keys(self, *keys: str) -> Self:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def types(self, text: str) -> Self:
        self.page.keyboard.type(text)
        return self

    def choose(self, words: str) -> Self:
        """One radio button of a group: Tab leads to the group, arrows lead through it."""
        wanted = self.page.get_by_label(words, exact=True)
        group = self.page.locator(f"input[name='{wanted.get_attribute('name')}']")
        chosen = self.page.locator(f"input[name='{wanted.get_attribute('name')}']:checked")
        self.to(chosen if chosen.count() else group.first).keys("Space")
        for _ in range(group.count()):
            if not wanted.is_checked():
                self.keys("ArrowDown")
        expect(wanted).to_be_checked()
        return self

    def button(self, words: str) -> Self:
        return self.to(self.page.get_by_role("button", name=words, exact=True).last).keys("Enter")

    def link(self, words: str) -> Self:
        return self.to(self.page.get_by_role("link", name=words).first).keys("Enter")

    def write(self, target: Locator, text: str) -> Self:
        return self.to(target).types(text)
