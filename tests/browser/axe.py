"""axe, asked only for what is wrong: put into a page once, and nothing carried back of what is right."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
WORDS = "found => found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))}`)"


def violations(page: Page, inside: str = "html", *, reads_css: bool = False) -> list[str]:
    """`reads_css` fetches and reads all style sheets again, for the one rule that needs their text (a page that locks
    its orientation). They are the same for all pages, so that one page answers it for all."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    options = json.dumps(OPTIONS | {"preload": reads_css})
    found: list[str] = page.evaluate(f"axe.run({json.dumps(inside)}, {options}).then({WORDS})")
    return found
