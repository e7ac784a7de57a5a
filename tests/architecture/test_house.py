"""The house rules that a type checker and import contracts cannot see, read from the code itself."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("diplomacy", "activity", "accounts", "counterparts", "engagements", "briefings", "records")
EDGES = re.compile(r"/(views|api|forms|serializers|filters)(/|\.py)")
NAMELESS = re.compile(r"(^|/)(services|utils|helpers|selectors|signals|managers|core|common|misc)(\.py|/)")
REGISTRIES = re.compile(
    "|".join(["py" + "pi.org", "python" + "hosted", "registry.npm" + "js", "deb." + "debian.org"])
)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked(*(f"{room}/*.py" for room in ROOMS)) if "/migrations/" not in str(path)]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=name)


def walk(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def edge_modules() -> list[Path]:
    return [path for path in modules() if EDGES.search("/" + name(path)) and "/lib/" not in name(path)]


@each(edge_modules())
def test_an_edge_file_starts_every_query_with_visible_to(path: Path) -> None:
    starts = [
        f"line {node.lineno}: .objects.{node.attr}"
        for node in walk(path)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in {"objects", "_default_manager", "_base_manager"}
        and node.attr not in {"visible_to", "none"}
    ]
    assert not starts, f"{name(path)} reads around visible_to: {starts}"


@each(modules())
def test_status_moves_only_in_actions(path: Path) -> None:
    if "/actions" in name(path) or name(path).startswith("diplomacy/demo/"):
        return
    writes = [
        node.lineno
        for node in walk(path)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Attribute) and target.attr == "status" for target in node.targets)
        and not any(
            isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id == "self"
            for t in node.targets
        )
    ]
    assert not writes, f"{name(path)} sets a status at lines {writes}"


@each([path for path in modules() if "/models" in name(path)])
def test_models_do_not_hide_behaviour_in_save(path: Path) -> None:
    hidden = [
        n.name for n in walk(path) if isinstance(n, ast.FunctionDef) and n.name in {"save", "delete", "clean"}
    ]
    assert not hidden


@each(modules())
def test_there_are_no_signals(path: Path) -> None:
    assert not re.search(r"django\.(db\.models|core|dispatch)[\w.]*signals?\b|@receiver", path.read_text())


@each(modules())
def test_a_file_stays_small_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 450


def test_no_room_has_a_name_that_says_nothing() -> None:
    named = [name(path) for path in tracked("*") if NAMELESS.search(name(path))]
    assert not [path for path in named if not path.startswith(("tests/", "templates/", "docs/"))]


def test_no_package_registry_is_named() -> None:
    text = [path for path in tracked("*") if path.suffix not in {".png", ".ico", ".woff2"}]
    assert not [name(path) for path in text if REGISTRIES.search(path.read_text(errors="ignore"))]


@each(tracked("templates/*.html"))
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"|javascript:", path.read_text(), re.IGNORECASE
    )


@each(tracked("templates/*.html"))
def test_templates_trust_no_text_but_their_own_hints(path: Path) -> None:
    text = path.read_text().replace(
        "field.help_text|safe", ""
    )  # written in our forms, as Django's own templates do
    assert not re.search(r"\|\s*safe\b|autoescape off", text)
