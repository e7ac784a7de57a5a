"""YAML as lists, mappings and strings, and nothing else.

PyYAML's fast loader dies of a stack overflow on deep nesting and its aliases let a small file stand for a
huge one, so the parser's events are put together here: no aliases, no tags, no depth, no key given twice.
Scalars stay as written, which is why a family called Null or a district 08 arrives whole.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from accounts.load_report import BadRow

DEEPEST = 12
NOTHING = frozenset({"", "~", "null"})


def read(data: bytes) -> Any:
    """The one document in `data`: str, None, list or dict of the same."""
    try:
        events = yaml.parse(data.decode(), Loader=yaml.CSafeLoader)
        document = _node(_content(events), DEEPEST)
        ends = [type(next(events)), type(next(events))]
        if ends != [yaml.DocumentEndEvent, yaml.StreamEndEvent]:
            raise BadRow("The file holds more than one YAML document.")
    except UnicodeDecodeError:
        raise BadRow("The file is not UTF-8 text.") from None
    except yaml.YAMLError as error:
        raise BadRow(f"The file is not YAML: {_words(error)}.") from None
    return document


def _content(events: Iterator[Any]) -> Iterator[Any]:
    next(events)
    if not isinstance(next(events), yaml.DocumentStartEvent):
        raise BadRow("The file is empty.")
    return events


def _node(events: Iterator[Any], depth: int, event: Any = None) -> Any:
    event = event or next(events)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise BadRow("The file uses YAML aliases, which are not read.")
    if event.tag:
        raise BadRow("The file uses YAML tags, which are not read.")
    if isinstance(event, yaml.ScalarEvent):
        return None if event.implicit[0] and event.value in NOTHING else event.value
    if depth == 0:
        raise BadRow(f"The file is nested deeper than {DEEPEST} levels.")
    inside = _list if isinstance(event, yaml.SequenceStartEvent) else _mapping
    return inside(events, depth - 1)


def _list(events: Iterator[Any], depth: int) -> list[Any]:
    found = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        found.append(_node(events, depth, event))
    return found


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _node(events, depth, event)
        if not isinstance(key, str):
            raise BadRow("The file has a key that is not a word.")
        if key in found:
            raise BadRow(f"The key {key[:40]} is given twice.")
        found[key] = _node(events, depth)
    return found


def _words(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", None) or "it holds characters that YAML forbids")
    return f"{said}, line {mark.line + 1}" if mark else said
