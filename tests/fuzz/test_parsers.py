"""What we read ourselves, character by character: it refuses in its own words or gives what its type says."""

import base64
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import divisions_file, officials_file, plain_yaml
from accounts.load_report import BadFile, BadRow, Refused
from accounts.models import Division, User
from activity.models import Entry
from counterparts.models import Counterpart
from diplomacy.lib import paging
from diplomacy.lib.templatetags import ui
from diplomacy.lib.text import UNSEEN, tidy
from engagements import pages
from engagements.models import Engagement
from tests.fuzz.conftest import TEXTS
from tests.fuzz.description import ANYTHING

TEXT = st.text(st.characters(), max_size=200)
MARKS = st.tuples(
    st.dates().map(str) | st.datetimes(timezones=st.timezones()).map(str) | TEXT | ANYTHING, ANYTHING
).map(list)
CURSORS = TEXT | (MARKS | ANYTHING).map(
    lambda said: base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
)
PIECES = [
    "# ",
    "* ",
    "[a](",
    "javascript:",
    "data:",
    "<script>",
    "<img src=x onerror=",
    ")",
    "`",
    "\n",
    "|",
    "&#",
    "![",
    '"',
    "> ",
]
MARKDOWN = st.lists(st.sampled_from(PIECES) | TEXT, max_size=20).map("".join).map(tidy)
# A scheme begins with a letter: what has a colon after anything else is a place below this page.
HARMFUL = re.compile(r'(?i)(^|\s)on\w+\s*=|style\s*=|href="\s*(?!https?:|mailto:)[a-z][a-z\d+.\s-]*:')
TAG = re.compile(r"<\s*/?\s*([a-zA-Z][\w:-]*)([^>]*)>")
LINES = [
    "id,name,census_geoid",
    "id,name",
    "ocd-division/country:us/state:ca,California,06",
    '"',
    ",",
    "ocd-division/",
]
FILES = st.lists(st.sampled_from(LINES).map(str.encode) | st.binary(max_size=80), max_size=6).map(b"\n".join)
YAML = ["id: ", "ocd-person/00000000-0000-0000-0000-000000000000", "\n", "name: A", "roles:\n", "- type: governor\n",
        "  jurisdiction: ocd-jurisdiction/country:us/state:ca/government\n", "&a ", "*a", "!!python/object:os ", "{", "[", "- ",
        "  start_date: ", "2020-13", "0000", "9999-12", "1_0-1", "٣-1"]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(YAML) | TEXT, max_size=15).map(
    lambda said: "".join(said).encode(errors="replace")
)
ORDERS = [(Counterpart, "name"), (Entry, "at"), (Division, "ocd_id"), (User, "date_joined")]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "order"), ORDERS, ids=lambda said: getattr(said, "__name__", said))
@given(CURSORS)
def test_any_cursor_opens_a_page(model: Any, order: str, cursor: str) -> None:
    assert not paging.page_of(model._base_manager.filter(pk=0), order=order, after=cursor).rows


@pytest.mark.django_db
@given(CURSORS, st.booleans())
def test_any_cursor_opens_a_page_of_engagements(cursor: str, is_backward: bool) -> None:
    where: dict[str, Any] = {"before" if is_backward else "after": cursor}
    assert not pages.page_of(Engagement.objects.filter(pk=0), **where).rows


@given(FILES)
def test_a_file_of_divisions_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadFile):
        for row in divisions_file.read(io.BytesIO(data), lambda size: None):
            assert isinstance(row, Refused) or row.ocd_id.startswith("ocd-division/country:us")


@given(DOCUMENTS)
def test_yaml_is_plain_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadRow):
        json.dumps(plain_yaml.read(data))


def test_a_file_of_a_person_is_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"

    @given(DOCUMENTS)
    def read(data: bytes) -> None:
        file.write_bytes(data)
        list(officials_file.read(file, lambda size: None))

    read()


@given(MARKDOWN)
def test_markdown_gives_only_harmless_tags(text: str) -> None:
    for name, more in TAG.findall(ui.markdown(text)):
        assert name in {*ui.MARKDOWN_TAGS, "div"}
        assert not HARMFUL.search(more), more


@given(TEXT)
def test_a_label_is_never_markup(text: str) -> None:
    assert len(TAG.findall(ui.tlp(text))) == 2


@given(TEXT)
def test_tidy_text_stays_as_it_is(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert not UNSEEN.search(once)
    once.encode()


def test_how_many_were_tried() -> None:
    print(f"\nParsers: {TEXTS:,} cases of each")
