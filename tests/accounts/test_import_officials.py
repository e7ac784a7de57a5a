import gzip
import os
import tarfile
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Division, Official, Term
from tests.factories.accounts import make_office, make_user
from tests.factories.files import CALIFORNIA, make_person, make_role, person_id, write_archive, write_folder

pytestmark = pytest.mark.django_db


class Outcome(NamedTuple):
    said: str
    refused: list[str]
    error: str


def load(*paths: Path) -> Outcome:
    out, err, error = StringIO(), StringIO(), ""
    try:
        call_command("import_officials", *map(str, paths), stdout=out, stderr=err, verbosity=0, no_color=True)
    except CommandError as refusal:
        error = str(refusal)
    return Outcome(out.getvalue(), err.getvalue().splitlines(), error)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def only_term() -> Term:
    return Term.objects.get()


def test_a_person_is_loaded_with_terms_and_the_division_they_govern(folder: Path) -> None:
    roles = [
        make_role(end_date="2027-01-04"),
        make_role(type="upper", district="12", start_date="2015", end_date="2016"),
    ]
    person = make_person("Pat Example", family_name="Example", email="pat@example.gov", roles=roles)
    outcome = load(write_folder(folder, {"ca/executive/pat.yml": person}))
    assert outcome.error == ""
    assert "1 made, 0 changed, 0 unchanged, 0 refused" in outcome.said
    pat = Official.objects.get(ocd_id=person_id("Pat Example"))
    assert (pat.name, pat.family_name, pat.email) == ("Pat Example", "Example", "pat@example.gov")
    governor, senator = pat.terms.order_by("role")
    assert governor.division and governor.division.name == "California"
    assert (governor.starts_on, governor.ends_on) == (date(2023, 1, 2), date(2027, 1, 4))
    assert (senator.starts_on, senator.ends_on, senator.district) == (
        date(2015, 1, 1),
        date(2016, 12, 31),
        "12",
    )


def test_folder_file_and_archive_load_the_same(folder: Path, tmp_path: Path) -> None:
    files = {"ca/a.yml": make_person("A B"), "ca/b.yaml": make_person("C D"), "README.md": b"not a person"}
    load(write_folder(folder, files))
    archive = write_archive(tmp_path / "people.tar.gz", dict(files))
    assert "0 made, 0 changed, 2 unchanged, 0 refused" in load(archive).said
    assert "0 made, 0 changed, 1 unchanged, 0 refused" in load(folder / "ca" / "a.yml").said


def test_a_second_run_changes_only_what_changed_and_keeps_its_rows(folder: Path) -> None:
    files = {"a.yml": make_person("A"), "b.yml": make_person("B")}
    load(write_folder(folder, files))
    terms = set(Term.objects.values_list("pk", flat=True))
    files["b.yml"] = make_person("B", roles=[make_role(end_date="2024-01-01")])
    assert "0 made, 1 changed, 1 unchanged" in load(write_folder(folder, files)).said
    assert set(Term.objects.values_list("pk", flat=True)) == terms


def test_a_load_keeps_the_links_made_here(folder: Path) -> None:
    load(write_folder(folder, {"a.yml": make_person("A")}))
    user, office = make_user(), make_office()
    Official.objects.update(user=user)
    Term.objects.update(office=office)
    load(
        write_folder(
            folder,
            {"a.yml": make_person("A Changed", id=person_id("A"), roles=[make_role(end_date="2030-01-01")])},
        )
    )
    assert Official.objects.get().user == user
    assert (only_term().office, only_term().ends_on) == (office, date(2030, 1, 1))


def test_a_term_that_is_not_listed_any_more_goes_and_a_new_one_comes(folder: Path) -> None:
    load(write_folder(folder, {"a.yml": make_person("A")}))
    load(write_folder(folder, {"a.yml": make_person("A", roles=[make_role(type="mayor")])}))
    assert only_term().role == "mayor"


def test_two_terms_of_one_post_may_start_on_one_day(folder: Path) -> None:
    roles = [make_role(end_date="2030-01-01"), make_role(end_date="2024-01-01"), make_role()]
    file = write_folder(folder, {"a.yml": make_person("A", roles=roles)})
    load(file)
    assert "1 unchanged" in load(file).said
    assert Term.objects.count() == 3


@time_machine.travel("2026-07-01 12:00")
@pytest.mark.parametrize(
    ("name", "role", "is_over"),
    [
        ("ca/a.yml", make_role(), False),
        ("ca/a.yml", make_role(end_date="2026-07-01"), False),
        ("ca/a.yml", make_role(end_date="2026-06-30"), True),
        ("ca/a.yml", make_role(end_reason="resigned"), True),
        ("ca/retired/a.yml", make_role(), True),
    ],
)
def test_a_term_shows_as_ended(folder: Path, name: str, role: dict[str, str], is_over: bool) -> None:
    load(write_folder(folder, {name: make_person("A", roles=[role])}))
    assert only_term().is_over is is_over
    assert Official.objects.in_office().exists() is not is_over


def test_a_term_that_ends_before_it_starts_keeps_the_end_and_says_so(folder: Path) -> None:
    outcome = load(
        write_folder(folder, {"a.yml": make_person("A", roles=[make_role(end_date="2022-01-01")])})
    )
    assert "1 terms that end before they start" in outcome.said
    assert (only_term().starts_on, only_term().ends_on) == (None, date(2022, 1, 1))


def test_a_link_in_the_place_of_an_address_is_left_out_and_said(folder: Path) -> None:
    outcome = load(write_folder(folder, {"a.yml": make_person("A", email="https://example.gov/contact")}))
    assert "1 e-mail fields that hold no e-mail address" in outcome.said
    assert Official.objects.get().email == ""


def test_words_that_yaml_takes_for_something_else_arrive_as_written(folder: Path) -> None:
    role = f"- type: mayor\n  district: 08\n  jurisdiction: {CALIFORNIA}\n"
    data = f"id: {person_id('N')}\nname: Ann Null\nfamily_name: Null\nroles:\n{role}"
    load(write_folder(folder, {"a.yml": data.encode()}))
    assert (Official.objects.get().family_name, only_term().district) == ("Null", "08")


def test_lists_of_governments_are_passed_over(folder: Path) -> None:
    listing = f"- name: California\n  id: {CALIFORNIA}\n".encode()
    outcome = load(write_folder(folder, {"ca/municipalities.yml": listing, "ca/a.yml": make_person("A")}))
    assert outcome.error == ""
    assert "1 files that list governments" in outcome.said


def test_a_mayors_place_is_made_with_its_state_where_no_file_has_listed_it(folder: Path) -> None:
    jurisdiction = "ocd-jurisdiction/country:us/state:mn/place:saint_paul/government"
    load(
        write_folder(
            folder, {"a.yml": make_person("A", roles=[make_role(type="mayor", jurisdiction=jurisdiction)])}
        )
    )
    place = Division.objects.get(kind="place")
    assert place.name == "Saint Paul"
    assert place.parent and place.parent.name == "Minnesota"


BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"just words", "does not describe one person"),
        (b"[1, 2]", "does not describe one person"),
        (b"a: [", "not YAML"),
        (b"a: 1\na: 2\n", "given twice"),
        (b"a: 1\n---\nb: 2\n", "more than one YAML document"),
        (b"? [a]\n: b\n", "key that is not a word"),
        (BOMB, "aliases"),
        (b"[" * 100_000, "nested deeper"),
        (b"- " * 100_000, "nested deeper"),
        (b"a: !!python/object/apply:os.system [ls]\n", "tags"),
        (b"name: a\0b\n", "not YAML"),
        ("name: Piñon\n".encode("latin-1"), "not UTF-8"),
        (b"name: A\n", "has no list of roles"),
        (b"#" * 300_000, "larger than"),
        (make_person("A", id="ocd-person/1"), "not an Open Civic Data id of a person"),
        (make_person("A", id=None), "id is missing"),
        (make_person("A", name=" "), "name is missing"),
        (make_person("A", name="x" * 201), "name has 201 characters"),
        (make_person("A", name={"first": "A"}), "name is not plain text"),
        (make_person("A", name="A\nB"), "control characters"),
        (make_person("A", roles=[]), "has no list of roles"),
        (make_person("A", roles=["governor"]), "has no list of roles"),
        (make_person("A", roles=[make_role() for _ in range(201)]), "201 roles"),
        (make_person("A", roles=[make_role(type="")]), "type of a role is missing"),
        (make_person("A", roles=[make_role(jurisdiction="California")]), "id of a US government"),
        (
            make_person("A", roles=[make_role(jurisdiction="ocd-jurisdiction/country:mx/government")]),
            "US government",
        ),
        (make_person("A", roles=[make_role(start_date="2023-02-30")]), "is not a date"),
        (make_person("A", roles=[make_role(start_date="soon")]), "is not a date"),
        (make_person("A", roles=[make_role(end_date="0000")]), "is not a date"),
        (make_person("A", roles=[make_role(end_date="20230101")]), "is not a date"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_the_others_load(folder: Path, data: bytes, reason: str) -> None:
    outcome = load(
        write_folder(folder, {"a.yml": make_person("Al"), "b.yml": data, "c.yml": make_person("Cy")})
    )
    assert len(outcome.refused) == 1
    assert outcome.refused[0].startswith("Refused, b.yml: ")
    assert reason in outcome.refused[0]
    assert "Refused: 1." in outcome.error
    assert {official.name for official in Official.objects.all()} == {"Al", "Cy"}
    assert Term.objects.count() == 2


def test_one_person_in_two_files_is_refused_where_they_differ(folder: Path) -> None:
    same, other = make_person("A"), make_person("Z", id=person_id("A"))
    outcome = load(write_folder(folder, {"1.yml": same, "2.yml": same, "3.yml": other}))
    assert outcome.refused == ["Refused, 3.yml: 1.yml has this person already, with other content."]
    assert "1 made, 0 changed, 1 unchanged, 1 refused" in outcome.said
    assert Official.objects.get().name == "A"


def a_link(kind: bytes) -> tarfile.TarInfo:
    link = tarfile.TarInfo()
    link.type, link.linkname = kind, "/etc/passwd"
    return link


@pytest.mark.parametrize(
    ("name", "member", "reason"),
    [
        ("../../escape.yml", make_person("B"), "leads out of the archive"),
        ("/etc/b.yml", make_person("B"), "leads out of the archive"),
        ("b.yml", a_link(tarfile.SYMTYPE), "not a regular file"),
        ("b.yml", a_link(tarfile.LNKTYPE), "not a regular file"),
        ("b.yml", a_link(tarfile.FIFOTYPE), "not a regular file"),
        ("b.yml", b" " * 1_000_000, "larger than"),
    ],
)
def test_a_hostile_member_of_an_archive_is_refused_and_the_others_load(
    tmp_path: Path, name: str, member: bytes | tarfile.TarInfo, reason: str
) -> None:
    files = {"a.yml": make_person("Al"), name: member, "c.yml": make_person("Cy")}
    outcome = load(write_archive(tmp_path / "people.tar.gz", files))
    assert len(outcome.refused) == 1
    assert reason in outcome.refused[0]
    assert {official.name for official in Official.objects.all()} == {"Al", "Cy"}


def test_a_link_in_a_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_bytes(make_person("Secret"))
    write_folder(folder, {"a.yml": make_person("A")})
    (folder / "b.yml").symlink_to(tmp_path / "secret.yml")
    outcome = load(folder)
    assert outcome.refused == ["Refused, b.yml: It is not a regular file."]


def test_a_pipe_in_a_folder_does_not_hold_the_import_up(folder: Path) -> None:
    write_folder(folder, {"a.yml": make_person("A")})
    os.mkfifo(folder / "b.yml")
    assert load(folder).refused == ["Refused, b.yml: It is not a regular file."]


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", gzip.compress(b"not a tar"), gzip.compress(b"x" * 5000), b"\x1f\x8b\x08\x00cut"],
    ids=["empty", "text", "small gzip", "large gzip", "cut gzip"],  # a gzip holds the time it was made at
)
def test_what_is_no_archive_is_refused_and_the_other_paths_load(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.tar.gz"
    path.write_bytes(content)
    outcome = load(path, write_folder(tmp_path / "data", {"a.yml": make_person("A")}))
    assert outcome.refused[0].startswith("Refused, people.tar.gz: This is not a tar.gz archive")
    assert Official.objects.get().name == "A"


def test_of_an_archive_that_breaks_off_the_whole_files_are_loaded(tmp_path: Path) -> None:
    people = {
        f"{n}.yml": make_person(f"P {n}", email=f"{os.urandom(400).hex()}@example.gov"[-200:])
        for n in range(40)
    }
    path = write_archive(tmp_path / "people.tar.gz", dict(people))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome = load(path)
    assert "breaks off" in outcome.refused[0]
    assert 5 < Official.objects.count() < 40
    assert not Official.objects.filter(terms=None).exists()


def test_a_header_that_claims_gigabytes_is_not_believed(tmp_path: Path) -> None:
    bomb = tarfile.TarInfo("long name")
    bomb.type, bomb.size = tarfile.GNUTYPE_LONGNAME, 8 * 1024**3
    good = tarfile.TarInfo("a.yml")
    good.size = len(make_person("A"))
    content = (
        good.tobuf()
        + make_person("A").ljust(512 * -(-good.size // 512), b"\0")
        + bomb.tobuf(tarfile.GNU_FORMAT)
    )
    path = tmp_path / "people.tar.gz"
    path.write_bytes(gzip.compress(content + b"\0" * 10_240))
    outcome = load(path)
    assert "a header is too long" in outcome.refused[0]
    assert Official.objects.get().name == "A"


def test_a_missing_path_is_a_message(tmp_path: Path) -> None:
    assert "No such file" in load(tmp_path / "nowhere.tar.gz").error


def test_a_broken_link_in_a_folder_is_refused(folder: Path) -> None:
    write_folder(folder, {"a.yml": make_person("A")})
    (folder / "b.yml").symlink_to("/nowhere")
    assert load(folder).refused == ["Refused, b.yml: It is not a regular file."]
