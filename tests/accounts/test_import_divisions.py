from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import CommandError, call_command

from accounts import ocd_ids
from accounts.models import Division

CA = "ocd-division/country:us/state:ca"
HEADER = "id,name,census_geoid\n"
pytestmark = pytest.mark.django_db


class Outcome(NamedTuple):
    said: str
    refused: list[str]
    error: str


Load = Callable[[bytes | str], Outcome]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def run(content: bytes | str) -> Outcome:
        file = tmp_path / "divisions.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err, error = StringIO(), StringIO(), ""
        try:
            call_command("import_divisions", str(file), stdout=out, stderr=err, verbosity=0, no_color=True)
        except CommandError as refusal:
            error = str(refusal)
        return Outcome(out.getvalue(), err.getvalue().splitlines(), error)

    return run


def names() -> dict[str, str]:
    return dict(Division.objects.values_list("ocd_id", "name"))


def test_rows_are_loaded_under_parents_made_from_the_ids(load: Load) -> None:
    outcome = load(HEADER + f"{CA}/place:los_angeles,Los Angeles city,place-0644000\n")
    assert outcome.error == ""
    assert "1 made, 0 changed, 0 unchanged, 0 refused" in outcome.said
    assert "2 parents that the file does not list" in outcome.said
    place = Division.objects.get(ocd_id=f"{CA}/place:los_angeles")
    assert (place.name, place.kind, place.census_geoid) == ("Los Angeles city", "place", "place-0644000")
    assert place.parent and place.parent.name == "California"
    assert place.parent.parent and place.parent.parent.name == "United States"
    assert place.parent.parent.parent is None


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("district:dc", "District of Columbia"),
        ("territory:pr", "Puerto Rico"),
        ("territory:gu", "Guam"),
        ("state:mn", "Minnesota"),
        ("county:san_bernardino", "San Bernardino"),
    ],
)
def test_an_unlisted_division_is_named_from_its_id(part: str, name: str) -> None:
    assert ocd_ids.name_of(f"{ocd_ids.US}/{part}") == name


def test_a_child_listed_before_its_parent_finds_it(load: Load) -> None:
    load(HEADER + f"{CA}/county:kern/place:arvin,Arvin,\n{CA}/county:kern,Kern County,place-06029\n")
    place = Division.objects.get(ocd_id=f"{CA}/county:kern/place:arvin")
    assert place.parent and place.parent.name == "Kern County"


def test_a_second_run_changes_nothing_and_a_changed_row_only_itself(load: Load) -> None:
    rows = HEADER + f"{CA}/place:a,A,1\n{CA}/place:b,B,2\n"
    load(rows)
    before = set(Division.objects.values_list("pk", "ocd_id"))
    assert "0 made, 0 changed, 2 unchanged" in load(rows).said
    assert "1 made, 1 changed, 1 unchanged" in load(rows.replace("B,2", "Bee,2") + f"{CA}/place:c,C,3\n").said
    assert before < set(Division.objects.values_list("pk", "ocd_id"))
    assert names()[f"{CA}/place:b"] == "Bee"


def test_a_parent_made_from_an_id_takes_the_name_that_a_later_file_gives(load: Load) -> None:
    load(HEADER + f"{CA}/county:kern/place:arvin,Arvin,\n")
    assert "0 made, 1 changed" in load(HEADER + f"{CA}/county:kern,Kern County,\n").said


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nonsense,Name,", "not an Open Civic Data id"),
        ("ocd-division/country:mx/state:bc,Baja California,", "not an Open Civic Data id"),
        (f"{CA}/place:Upper_Case,Name,", "not an Open Civic Data id"),
        (f"{CA}/place:,Name,", "not an Open Civic Data id"),
        (f"{CA}//place:a,Name,", "not an Open Civic Data id"),
        (f"{CA}/place:a b,Name,", "not an Open Civic Data id"),
        (",Name,", "id is missing"),
        (f"{CA}/place:a,,", "name is missing"),
        (f"{CA}/place:a,   ,", "name is missing"),
        (f"{CA}/place:a,{'x' * 201},", "name has 201 characters"),
        (f"{CA}/place:{'a' * 200},Name,", "id has"),
        (f"{CA}/place:a,Name,{'9' * 41}", "census_geoid has 41"),
        (f"{CA}/place:a,Na\0me,", "control characters"),
        (f"{CA}/place:a,Na\u202eme,", "control characters"),
        (f"{CA}/place:a,Name", "has 2 columns"),
        (f"{CA}/place:a,Name,1,2", "has 4 columns"),
        (f'{CA}/place:a,"Name,1', "not CSV"),
        (f"{CA}/place:a,{'x' * 20_000},", "longer than"),
    ],
)
def test_a_bad_row_is_refused_with_line_and_reason_and_the_others_load(
    load: Load, row: str, reason: str
) -> None:
    outcome = load(HEADER + f"{CA}/place:first,First,\n{row}\n{CA}/place:last,Last,\n")
    assert len(outcome.refused) == 1
    assert outcome.refused[0].startswith("Refused, line 3: ")
    assert reason in outcome.refused[0]
    assert "Refused: 1." in outcome.error
    assert set(names()) == {ocd_ids.US, CA, f"{CA}/place:first", f"{CA}/place:last"}


def test_a_row_in_another_encoding_is_refused(load: Load) -> None:
    good = (HEADER + f"{CA}/place:cañon_city,Cañon City,\n").encode()
    outcome = load(good + f"{CA}/place:a,Piñon,\n".encode("latin-1"))
    assert outcome.refused == ["Refused, line 3: The line is not UTF-8 text."]
    assert names()[f"{CA}/place:cañon_city"] == "Cañon City"


def test_one_letter_in_two_encodings_is_one_division(load: Load) -> None:
    load(HEADER + f"{CA}/place:can\u0303on,Canon,\n{CA}/place:ca\u00f1on,Canon,\n")
    assert Division.objects.filter(kind="place").count() == 1


def test_an_id_listed_twice_with_other_content_is_refused_and_the_first_is_kept(load: Load) -> None:
    outcome = load(HEADER + f"{CA}/place:a,A,1\n{CA}/place:a,A,1\n{CA}/place:a,Other,1\n")
    assert outcome.refused == ["Refused, line 4: The id is on line 2 already, with other content."]
    assert "1 made, 0 changed, 1 unchanged, 1 refused" in outcome.said
    assert names()[f"{CA}/place:a"] == "A"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Missing: id, name"),
        ("a,b,c\n1,2,3\n", "Missing: id, name"),
        ("id,census_geoid\n", "Missing: name"),
        ("id,name,name\n", "names a column twice"),
        ((HEADER + f"{CA},California,\n").encode("utf-16"), "not a CSV file of divisions"),
        (b"\x1f\x8b\x08\x00" + b"\x91" * 50, "not a CSV file of divisions"),
        (b"\x00" * 40_000, "not a CSV file of divisions"),
    ],
)
def test_a_file_that_is_something_else_is_refused_as_a_whole(
    load: Load, content: bytes | str, reason: str
) -> None:
    outcome = load(content)
    assert reason in outcome.error
    assert names() == {}


def test_a_missing_file_is_a_message() -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_divisions", "/nowhere/divisions.csv", verbosity=0)


def test_marks_of_windows_files_are_read_past(load: Load) -> None:
    outcome = load(("\ufeff" + HEADER + f"{CA}/place:a,A,1\n\n").replace("\n", "\r\n"))
    assert outcome.error == ""
    assert names()[f"{CA}/place:a"] == "A"


def test_columns_may_come_in_any_order_and_with_others_between(load: Load) -> None:
    load(f"name,sameAs,id\nA,,{CA}/place:a\n")
    assert names()[f"{CA}/place:a"] == "A"


def test_everything_below_a_division_is_found_by_its_path(load: Load) -> None:
    load(HEADER + f"{CA}/place:a,A,\nocd-division/country:us/state:cax/place:b,B,\n")
    assert {d.ocd_id for d in Division.objects.all().under(CA)} == {CA, f"{CA}/place:a"}
