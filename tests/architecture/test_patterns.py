"""No regular expression of ours takes more than a line's worth of time for a line of any length.

Python counts no steps, so growth is compared: text twice as long may cost twice as much, never four times. The texts
are made of each pattern's own letters, which is what makes one go back and try again.
"""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_house import modules, name

MADE = {"compile", "sub", "match", "fullmatch", "search", "split", "findall", "finditer", "subn", "re_path"}
STARTS = 20
FEWEST, MOST = 10, 8_000
ENOUGH = 0.02
"""Seconds of processor time from which a ratio means something; what stays below for the longest text is fast enough."""
WORST = 3.2


def patterns() -> Iterator[tuple[str, str]]:
    for path in modules():
        if name(path) == "diplomacy/assets.py":
            continue  # reads files of packages that their hashes have vouched for, on a developer's machine
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and _asked(node) in MADE:
                said = node.args[0]
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield f"{name(path)}:{node.lineno}", said.value


def _asked(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" else ""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def hostile(pattern: str) -> list[str]:
    """Short texts to be repeated: each letter the pattern speaks of, pairs of them, and what classes stand for."""
    letters = [
        letter for letter in dict.fromkeys(re.sub(r"\\.", "", pattern)) if letter not in "()[]{}*+?|^$\\"
    ]
    stand_ins = [" ", "\n", "\t", "a", "0", "_", ".", "/", "-", ":", "\\", "%", "~", "é"]
    ones = list(dict.fromkeys(letters + stand_ins))[:STARTS]
    words = re.findall(r"[a-z-]{3,}", pattern)
    return (
        ones
        + [f" {one}" for one in ones]
        + [f"a{one}" for one in ones]
        + [f"/{word}:" for word in words]
        + words
    )


def cost(found: re.Pattern[str], text: str) -> float:
    before = time.process_time()
    found.search(text)
    found.fullmatch(text)
    found.sub("", text)
    return time.process_time() - before


def growth(pattern: str) -> float:
    """The worst ratio of a text's cost to that of half of it."""
    found, worst = re.compile(pattern), 0.0
    for piece in hostile(pattern):
        for end in ("", "\x00"):
            longest, size = 0.0, FEWEST
            while size <= MOST and longest < ENOUGH:
                tried = size
                longest = cost(found, piece * (size // len(piece)) + end)
                size = (
                    size * 2 if size > 1_000 else size * 4 // 3
                )  # what doubles with each letter is met in time
            if longest >= ENOUGH:
                half = min(cost(found, piece * (tried // 2 // len(piece)) + end) for _ in range(3))
                worst = max(worst, longest / half)
    return worst


@pytest.mark.parametrize(("where", "pattern"), list(patterns()))
def test_a_pattern_costs_no_more_than_its_text_is_long(where: str, pattern: str) -> None:
    assert growth(pattern) < WORST, f"{where}: {pattern}"


def test_patterns_are_found_where_they_are() -> None:
    assert len({Path(where.split(":")[0]) for where, _ in patterns()}) > 6


@pytest.mark.parametrize("pattern", [r"\s*[\n\t]\s*x", r"\s+$", r"^(?:a|a|aa)*!$"])
def test_a_pattern_that_goes_back_too_often_is_noticed(pattern: str) -> None:
    assert growth(pattern) >= WORST
