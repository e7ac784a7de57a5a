import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from diplomacy.context import PLACES, Product, places
from diplomacy.lib.templatetags import ui

ROOT = Path(__file__).resolve().parents[2]


class Tags(HTMLParser):
    """Each (tag, attribute, value) as a browser would read them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, "", ""))
        self.found.extend((tag, name, value or "") for name, value in attrs)


def drawn(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_counts_are_grouped_by_thousands_and_nothing_else_is() -> None:
    said = "{{ count|grouped }} of {{ all|grouped }} in {{ year }}; {{ name|grouped }}{{ missing|grouped }}"
    assert drawn(said, count=999, all=12_345_678, year=2027, name="7") == "999 of 12,345,678 in 2027; 7"


def test_an_address_breaks_after_its_sign_and_stays_text() -> None:
    assert drawn("{{ mail|breakable }}", mail="ana@example.gov") == "ana@<wbr>example.gov"
    assert drawn("{{ mail|breakable }}", mail="<b>@x") == "&lt;b&gt;@<wbr>x"


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (date(2027, 5, 3), "May 3, 2027"),
        (date(2027, 5, 5), "May 3–5, 2027"),
        (date(2027, 6, 2), "May 3 – June 2, 2027"),
        (date(2028, 1, 2), "May 3, 2027 – January 2, 2028"),
        (None, "May 3, 2027"),
    ],
)
def test_a_range_says_month_and_year_once(end: date | None, words: str) -> None:
    assert re.sub("<.*?>", "", ui.dates(date(2027, 5, 3), end)) == words


def test_times_are_shown_in_the_viewer_s_zone() -> None:
    moment = datetime(2027, 5, 3, 18, 30, tzinfo=UTC)
    with timezone.override("America/Los_Angeles"):
        assert "May 3, 2027, 11:30 a.m. PDT</time>" in ui.when(moment)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_near_times_are_said_in_words(gap: timedelta, words: str) -> None:
    assert ui.ago_words(timezone.now() - gap) == words


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src=x onerror="alert(1)">',
        "![x](https://example.org/track.png)",
        '[x](https://example.org "\\" onmouseover=alert(1)")',
    ],
)
def test_markdown_lets_nothing_run(attack: str) -> None:
    page = Tags()
    page.feed(ui.markdown(attack))
    assert {tag for tag, _, _ in page.found} <= {"div", "p", "a"}
    assert {name for _, name, _ in page.found if name} <= {"class", "dir", "href", "title", "rel"}
    assert all(value.startswith("https://") for _, name, value in page.found if name == "href")


def test_markdown_leaves_the_page_its_headings_and_tells_other_sites_nothing() -> None:
    html = ui.markdown("# Title\n\n[site](https://example.org)")
    assert "<h3>Title</h3>" in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_a_fact_without_value_says_so_or_is_left_out() -> None:
    assert "Not given" in drawn('{% fact "Agent" %}  {% endfact %}')
    assert drawn('{% fact "Agent" "" %}  {% endfact %}') == ""


@pytest.mark.parametrize("tag", ["fact", "card", "alert"])
def test_what_people_wrote_is_escaped_in_a_block(tag: str) -> None:
    html = drawn(f'{{% {tag} "L" %}}{{{{ text }}}}{{% end{tag} %}}', text="<b>x</b>")
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x" not in html


def test_a_status_says_its_words_even_when_its_colour_is_unknown() -> None:
    record = SimpleNamespace(status="brand_new")
    assert ui.status(record) == '<span class="chip chip--plain">Brand new</span>'


def test_labels_follow_tlp() -> None:
    assert ui.tlp("AMBER+STRICT") == '<span class="tlp tlp--amberstrict">TLP:AMBER+STRICT</span>'


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (ROOT / "assets" / "uswds" / "img" / "sprite.svg").read_text()
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\{% icon "(\w+)"', path.read_text())
    }
    assert named
    assert {name for name in named if f'id="{name}"' not in sprite} == set()


def test_every_page_says_what_may_not_be_entered() -> None:
    for name in ("base.html", "500.html"):
        source = (ROOT / "templates" / name).read_text()
        assert "{{ product.handling }}" in source or Product().handling in source


@pytest.mark.parametrize(
    ("role", "label"), [("staff", "Engagements"), ("liaison", "Advice queue"), ("briefer", "Briefings")]
)
def test_the_way_around_depends_on_the_role(role: str, label: str) -> None:
    request = RequestFactory().get("/")
    request.acting = SimpleNamespace(role=role)  # type: ignore[attr-defined]
    assert label in {label for label, _, roles in PLACES if role in roles}
    # A page that is not installed is left out and breaks nothing.
    assert [place.url for place in places(request) if not place.url] == []


def test_no_template_carries_script_or_style_that_the_policy_would_refuse() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)|href=\"javascript:")
    found = [str(path) for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text())]
    assert found == []
