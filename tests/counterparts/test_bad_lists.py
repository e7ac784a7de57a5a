"""Files that are broken, foreign, cut off or meant to do harm: one sentence, and the list before stays whole."""

import tracemalloc
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from activity.models import Entry
from counterparts.lists import csv_files, publishers, stage
from counterparts.lists.actions import NotLoaded
from counterparts.models import ListEdition, Listing, ListingName, RefusedRow
from tests.factories import list_files as make
from tests.factories.list_files import NOTHING, loaded

pytestmark = pytest.mark.django_db
BOMB = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;"><!ENTITY lol3 "&lol2;&lol2;">]>\n'
OUTSIDE = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>\n'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">\n'


def held() -> list[Any]:
    """All that is known of the lists."""
    tables = (Listing, ListingName, ListEdition, RefusedRow)
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def cut(content: bytes, keep: float = 0.6) -> bytes:
    return content[: int(len(content) * keep)]


@pytest.fixture
def unharmed() -> Iterator[None]:
    """Each of the four lists is loaded, and afterwards is as it was."""
    for source in make.WHOLE:
        loaded(source)
    before, entries = held(), Entry.objects.count()
    yield
    assert held() == before
    assert Entry.objects.count() == entries


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    ("source", "contents", "reason"),
    [
        pytest.param("ofac", (b"",), "is empty", id="empty"),
        pytest.param("ofac", (make.alt(), make.add()), "file of entries .* is missing", id="no entries file"),
        pytest.param("ofac", (make.sdn(), make.sdn()), "are the same part of the list", id="the same part twice"),
        pytest.param("ofac", (make.csl(),), "looks like Consolidated Screening List", id="CSL as OFAC"),
        pytest.param("csl", (make.sdn(),), "looks like OFAC", id="OFAC as CSL"),
        pytest.param("un", (make.principals(),), "looks like Foreign Agents", id="FARA as UN"),
        pytest.param("fara", (make.un(),), "looks like United Nations", id="UN as FARA"),
        pytest.param("un", (b"<html><body>403</body></html>",), "nor of another list", id="a web page"),
        pytest.param("csl", (b"PK\x03\x04" + b"\0" * 400,), "nor of another list", id="an archive"),
        pytest.param("ofac", (cut(make.sdn()),), "seems to be cut off", id="OFAC cut off"),
        pytest.param("ofac", (make.sdn().removesuffix(b"\x1a"),), "seems to be cut off", id="OFAC without its mark"),
        pytest.param("csl", (cut(make.csl(), 0.97),), "seems to be cut off", id="CSL cut off"),
        pytest.param("csl", (make.csl() + b'"open\n' * 3,), "is not closed", id="a quotation mark left open"),
        pytest.param("fara", (make.principals(), cut(make.registrants())), "cut off", id="FARA cut off"),
        pytest.param("un", (cut(make.un()),), "not well-formed XML, or is cut off", id="UN cut off"),
        pytest.param("un", (make.un(before=BOMB),), "declares a document type", id="entity expansion"),
        pytest.param("un", (make.un(before=OUTSIDE),), "declares a document type", id="an outside entity"),
        pytest.param("un", (make.un(before=REMOTE),), "declares a document type", id="a remote document type"),
        pytest.param("un", (make.un(people="<a>" * 40 + "</a>" * 40),), "nests deeper", id="nesting"),
        pytest.param("un", (make.un(people="", entities=""),), "holds no entries", id="no entries"),
        pytest.param("un", (make.un(day="2990-01-01"),), "still to come|not a date", id="a day to come"),
        pytest.param("un", (make.un(day="yesterday"),), "bears no date", id="no day"),
        pytest.param(
            "un", (make.un().replace(b"UTF-8", b"EBCDIC-9"),), "encoding|not well-formed", id="an unknown encoding"
        ),
        pytest.param(
            "un", (make.un().replace("Примеров".encode(), b"\xff\xfe"),), "not well-formed", id="XML that is not UTF-8"
        ),
        pytest.param(
            "csl", (make.csl().decode().encode("utf-16"),), "nor of another list|null bytes", id="UTF-16"
        ),
        pytest.param(
            "csl", (make.csl({"name": "Piñon"}).decode().encode("latin-1"),), "not text in UTF-8", id="Latin-1"
        ),
        pytest.param("csl", (make.csl({"name": "nu\0ll"}),), "null bytes", id="a null byte in CSV"),
        pytest.param("csl", (make.csl({"name": "x" * 300_000}),), "is longer than", id="a long field"),
        pytest.param(
            "csl", (make.csl({"remarks": "x\n" * 80_000}),), "not closed|longer than", id="a field of many lines"
        ),
        pytest.param("csl", (make.csl() + b"," * 1_000_000 + b"\n",), "is longer than", id="a million columns"),
        pytest.param("csl", (b"," * 1_000_000 + b"\n",), "nor of another list", id="a million columns at once"),
        pytest.param(
            "csl", (make.csl(*[{"name": f"=HYPERLINK({n})"} for n in range(30)]),), "which is too many", id="formulas"
        ),
        pytest.param("fara", (make.principals(*[["x"] * 12] * 30), make.registrants()), "too many", id="rubbish"),
    ],
)  # fmt: skip
def test_a_bad_file_changes_nothing_and_says_in_a_sentence_why(
    source: str, contents: tuple[bytes, ...], reason: str
) -> None:
    with pytest.raises(NotLoaded, match=reason) as raised:
        loaded(source, *contents)
    said = str(raised.value)
    assert said.endswith(".")
    assert len(said) < 400
    assert said.isprintable()


@pytest.mark.usefixtures("unharmed")
def test_a_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    huge = tmp_path / "sdn.csv"
    with huge.open("wb") as file:
        file.write(make.sdn())
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(CommandError, match="104,857,600 bytes; 67,108,864 is the most"):
        call_command("import_list", "ofac", str(huge), verbosity=0)


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    ("source", "content"),
    [
        pytest.param("csl", lambda: make.csl() + b"x" * 50 * 1024 * 1024 + b"\n", id="one field of 50 MB"),
        pytest.param(
            "un", lambda: make.un(people="<INDIVIDUAL>" + "<a/>" * 2_000_000 + "</INDIVIDUAL>"), id="elements"
        ),
        pytest.param("ofac", lambda: make.sdn() + b"1,2\r\n" * 500_000 + b"\x1a", id="rows that are none"),
    ],
)
def test_a_bomb_takes_little_memory(source: str, content: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(content())
    tracemalloc.start()
    try:
        with pytest.raises(CommandError, match="Nothing was loaded"):
            call_command("import_list", source, str(tmp_path / "bomb"), verbosity=0)
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((101, "=1+1", *make.SDN[0][2:]), "The name is a spreadsheet formula."),
        ((101, "+1*2", *make.SDN[0][2:]), "The name is a spreadsheet formula."),
        ((101, "@SUM(A1)", *make.SDN[0][2:]), "The name is a spreadsheet formula."),
        ((101, "", *make.SDN[0][2:]), "The name is missing."),
        ((101, "x" * 501, *make.SDN[0][2:]), "The name has 501 characters; 500 is the most."),
        ((101, "Na\u202eme", *make.SDN[0][2:]), "The name holds control characters."),
        (("x1", "NAME", *make.SDN[0][2:]), "“x1” is not a number of an entry."),
        ((101, "NAME", "planet", *make.SDN[0][3:]), "“planet” is no type of an entry."),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_reason_and_the_others_load(
    row: tuple[object, ...], reason: str
) -> None:
    edition = loaded("ofac", make.sdn([make.SDN[1], row, make.SDN[2]]))
    assert edition.added == 2
    refused = edition.refused_rows.get()
    assert (refused.file, refused.line, refused.reason) == ("file-0", 2, reason)


def test_a_name_that_begins_with_a_dash_or_an_at_sign_is_no_formula() -> None:
    assert loaded("csl", make.csl({"name": "- Adnan"}, {"name": "@home"}, {"name": "+7 Studio"})).added == 3


def test_more_than_a_few_refused_rows_refuse_the_whole_list_and_a_few_do_not() -> None:
    good = [(1000 + n, f"BODY {n}", *make.SDN[0][2:]) for n in range(100)]
    bad = [(5000 + n, "", *make.SDN[0][2:]) for n in range(stage.FEW)]
    assert loaded("ofac", make.sdn(good + bad)).refused == stage.FEW
    with pytest.raises(
        NotLoaded, match=r"21 of 121 rows could not be taken.*the first is line 101 of file-0"
    ):
        loaded("ofac", make.sdn([*good, *bad, (9999, "", *make.SDN[0][2:])]))


def test_a_list_that_lost_much_is_taken_for_cut_off_unless_it_is_forced() -> None:
    whole = [(1000 + n, f"BODY {n}", *make.SDN[0][2:]) for n in range(100)]
    loaded("ofac", make.sdn(whole))
    with pytest.raises(NotLoaded, match="21 of the 100 entries that are listed now are missing"):
        loaded("ofac", make.sdn(whole[:79]))
    assert loaded("ofac", make.sdn(whole[:80])).delisted == 20
    assert loaded("ofac", make.sdn(whole[:2]), is_forced=True).delisted == 78


def test_a_list_without_its_file_of_aliases_is_taken_for_incomplete() -> None:
    whole = [(1000 + n, f"BODY {n}", NOTHING, "RIVERS", NOTHING, NOTHING) for n in range(50)]
    aliases = [(1000 + n, n, "aka", f"ALIAS {n}") for n in range(50)]
    loaded("ofac", make.sdn(whole), make.alt(aliases))
    with pytest.raises(NotLoaded, match=r"50 of the 100 names .* the one with aliases is missing"):
        loaded("ofac", make.sdn(whole))


def test_no_more_is_read_of_a_file_of_nothing_but_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "HOPELESS", 50)
    with pytest.raises(NotLoaded, match="51 of 51 rows"):
        loaded("csl", make.csl(*[{"name": "=1"}] * 500))


def test_the_command_shows_what_it_did_and_what_it_refused(tmp_path: Path) -> None:
    (tmp_path / "SDN.CSV").write_bytes(make.sdn([*make.SDN, (104, "", *make.SDN[0][2:])]))
    out, err = StringIO(), StringIO()
    call_command("import_list", "ofac", str(tmp_path / "SDN.CSV"), "--published-on", "2026-01-31", verbosity=0,
                 stdout=out, stderr=err, no_color=True)  # fmt: skip
    said, *notes = out.getvalue().splitlines()
    assert said == (
        "OFAC Specially Designated Nationals of January 31, 2026: "
        "4 read, 3 added, 0 changed, 0 unchanged, 0 delisted, 1 refused"
    )
    assert [note.split(": ")[1].split(".")[0] for note in notes] == ["aliases (ALT)", "addresses (ADD)"]
    assert err.getvalue() == "Refused: SDN.CSV, line 4: The name is missing.\n"


def test_a_file_that_is_not_there_is_a_message() -> None:
    with pytest.raises(CommandError, match=r"Nothing was loaded. sdn.csv is not a file."):
        call_command("import_list", "ofac", "/nowhere/sdn.csv", verbosity=0)


def test_the_bounds_are_those_that_the_documents_name() -> None:
    assert (publishers.MOST_BYTES, csv_files.LONGEST_LINE) == (64 * 1024 * 1024, 256 * 1024)
    assert (stage.FEW, stage.MOST_REFUSED, stage.MOST_LOST) == (20, 0.02, 0.2)
