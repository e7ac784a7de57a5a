"""What the security documents point at is there."""

import ast
import csv
import re
from collections import Counter
from functools import cache

import pytest
from django.apps import apps

from diplomacy.embedded import BASE_DIR

TESTS = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)*)`")
THREATS = (BASE_DIR / "docs" / "threats.md").read_text()
ROWS = list(csv.DictReader((BASE_DIR / "docs" / "asvs.csv").open()))
LEVELS = {"1": 70, "2": 183, "3": 92}
"""Requirements of OWASP ASVS 5.0.0."""


@cache
def defined(path: str) -> frozenset[str]:
    tree = ast.parse((BASE_DIR / path).read_text())
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    )


def is_there(said: str) -> bool:
    path, *names = said.split("::")
    return (BASE_DIR / path).is_file() and (not names or set(names) <= defined(path))


@pytest.mark.parametrize("said", sorted(set(TESTS.findall(THREATS))))
def test_a_test_that_the_threats_name_exists(said: str) -> None:
    assert is_there(said)


def test_every_attack_names_a_test() -> None:
    table = THREATS.split("## Attacks")[1].split("##")[0]
    attacks = [line for line in table.splitlines() if line.startswith("| ") and "| attack |" not in line]
    assert len(attacks) > 20
    assert not [line for line in attacks if not TESTS.search(line)]


def test_every_requirement_of_the_standard_is_answered_once() -> None:
    assert len({row["requirement"] for row in ROWS}) == len(ROWS)
    assert Counter(row["level"] for row in ROWS) == LEVELS
    assert {row["answer"] for row in ROWS} == {"yes", "no", "not applicable", "deployment"}


def test_an_answer_points_at_something_that_is_there() -> None:
    for row in ROWS:
        evidence = [said for said in row["evidence"].split("; ") if said]
        assert evidence or row["answer"] != "yes", row
        assert row["note"] or row["answer"] != "not applicable", row
        assert not [said for said in evidence if not is_there(said)], row


def test_the_table_of_levels_counts_the_answers() -> None:
    for level, all_of_them in LEVELS.items():
        found = Counter(row["answer"] for row in ROWS if row["level"] == level)
        cells = (level, all_of_them, *(found[name] for name in ("yes", "no", "not applicable", "deployment")))
        assert f"| {' | '.join(map(str, cells))} |" in THREATS


FIELDS = (BASE_DIR / "docs" / "fields.md").read_text()
OURS = {"accounts", "activity", "briefings", "counterparts", "engagements", "records"}
NAMED = set(re.findall(r"`(\w+)`", FIELDS)) - {"MOVES"}


def test_every_rule_that_joins_fields_in_the_database_is_in_the_document_and_no_other() -> None:
    held = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for constraint in model._meta.constraints
    }
    assert held - NAMED == set(), "not in docs/fields.md"
    assert NAMED - held == set(), "not in the database"


@pytest.mark.parametrize("said", sorted(set(re.findall(r"`([a-z]+(?:\.\w+)+)`", FIELDS))))
def test_a_rule_of_the_code_that_the_document_names_is_there(said: str) -> None:
    path, names = BASE_DIR, said.split(".")
    while names and (path / names[0]).is_dir():
        path /= names.pop(0)
    if names and (path / f"{names[0]}.py").is_file():
        path /= f"{names.pop(0)}.py"
    assert path != BASE_DIR and len(names) <= 1
    assert not names or names[0] in defined(str(path.relative_to(BASE_DIR)))


OPERATIONS = (BASE_DIR / "docs" / "operations.md").read_text().split("## Variables")[1].split("\n## ")[0]
READ = re.compile(r"""(?:environ\.get|flag|words)\(\s*["']([A-Z_]+)["']""")


def test_every_variable_that_the_settings_read_is_told_to_the_operator_and_no_other() -> None:
    sources = ("settings.py", "schedule.py", "embedded/__init__.py")
    read = {name for path in sources for name in READ.findall((BASE_DIR / "diplomacy" / path).read_text())}
    told = {name for line in OPERATIONS.splitlines() for name in re.findall(r"`([A-Z_]{4,})`", line)}
    assert read - told == {"TESTING"}, "not in docs/operations.md"
    deploy = "".join(
        (BASE_DIR / path).read_text() for path in ("Dockerfile", "docker-compose.yml", "gunicorn.conf.py")
    )
    assert not [name for name in told - read if name not in deploy], "read by nothing"
