"""Requests made from what the API says of itself, and answers held against it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from drf_spectacular.generators import SchemaGenerator
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

Strategy = st.SearchStrategy[Any]
Schema = dict[str, Any]
ANY_TEXT = st.text(st.characters(), max_size=40)
LEAVES = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | ANY_TEXT
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
DAYS = st.dates().map(str) | st.sampled_from(["2026-02-30", "0001-01-01", "9999-12-31", "2030-06-01"])
# Formats count: a field that may be empty is said to be either nothing or of its format.
FORMAT = FormatChecker()
FORMAT.checks("uri")(lambda said: not isinstance(said, str) or bool(urlsplit(said).scheme))
PREFIXES = {
    "engagements": "E-",
    "briefings": "B-",
    "advice-requests": "A-",
    "counterparts": "C-",
    "lists": "L-",
    "listings": "N-",
    "deliveries": "D-",
    "commitments": "K-",
}
"""How the references of what an address is about begin."""
PLAIN = {"null": st.none(), "boolean": st.booleans(), "integer": st.integers(), "number": st.floats()}
FORMATS = {"date": DAYS, "date-time": st.datetimes().map(lambda at: at.isoformat() + "Z")}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@cache
def document() -> Schema:
    generator: Any = SchemaGenerator(urlconf="diplomacy.urls")  # type: ignore[no-untyped-call]
    said: Schema = json.loads(json.dumps(generator.get_schema(request=None, public=True), default=str))
    return said


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    said: Schema = field(hash=False, compare=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def requests(self, words: list[str]) -> Strategy:
        """`words` are what exists: references and keys, so that not every request ends at 404."""
        near = [
            word for word in words if word.startswith(PREFIXES.get(self.path.split("/")[3], "?"))
        ] or words
        text = st.sampled_from(near) | st.sampled_from(near) | st.sampled_from(words) | ANY_TEXT
        places = {each["name"]: each for each in self.said.get("parameters", [])}
        inner = {name: text for name, each in places.items() if each["in"] == "path"}
        query = {
            name: values(each["schema"], words) for name, each in places.items() if each["in"] == "query"
        }
        headers = {name: header(words) for name, each in places.items() if each["in"] == "header"}
        return st.builds(
            self._asked,
            st.fixed_dictionaries(inner),
            st.fixed_dictionaries({}, optional=query),
            st.fixed_dictionaries({}, optional=headers),
            self._bodies(words),
        )

    def _bodies(self, words: list[str]) -> Strategy:
        content = self.said.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return st.none()
        shape = values(content["application/json"]["schema"], words)
        return shape | shape | shape | ANYTHING

    def _asked(self, inner: dict[str, str], query: Any, headers: dict[str, str], body: Any) -> Asked:
        path = self.path.format(
            **{name: quote(said, safe="", errors="replace") for name, said in inner.items()}
        )
        asked = urlencode(
            {name: said for name, said in query.items() if said is not None}, True, errors="replace"
        )
        return Asked(self.method.upper(), f"{path}?{asked}" if asked else path, headers, body)

    def fault(self, status: int, kind: str, body: bytes) -> str:
        """In which way an answer is not what the description says, or nothing."""
        answers = self.said["responses"]
        if status >= 500 or str(status) not in answers:
            return f"status {status} is not described"
        content = answers[str(status)].get("content", {})
        if not content:
            return "a body, where none is described" if body else ""
        kind = kind.split(";", maxsplit=1)[0]
        if kind not in content:
            return f"{kind} is not described for {status}"
        if "json" not in kind:
            return ""
        wrong = next(_validator(self, status, kind).iter_errors(json.loads(body)), None)
        return f"{status}: {wrong.json_path}: {wrong.message[:300]}" if wrong else ""


@cache
def _validator(operation: Operation, status: int, kind: str) -> Draft202012Validator:
    schema = operation.said["responses"][str(status)]["content"][kind].get("schema", {})
    return Draft202012Validator(schema | {"components": document()["components"]}, format_checker=FORMAT)


def operations() -> Iterator[Operation]:
    for path, methods in document()["paths"].items():
        yield from (Operation(method, path, said) for method, said in methods.items())


def header(words: list[str]) -> Strategy:
    """What HTTP lets through."""
    return (
        st.sampled_from(words)
        | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
        | st.just("*")
    )


def values(schema: Schema, words: list[str]) -> Strategy:
    """What the description allows, and now and then what it does not."""
    right = _right(schema, words)
    return st.integers(0, 9).flatmap(lambda chance: ANYTHING if chance == 0 else right)


def _right(schema: Schema, words: list[str]) -> Strategy:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: _right(document()["components"]["schemas"][name], words))
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            return st.one_of(*(_right(each, words) for each in schema[key]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type", "string")
    return st.one_of(*(_of(kind, schema, words) for kind in ([kinds] if isinstance(kinds, str) else kinds)))


def _of(kind: str, schema: Schema, words: list[str]) -> Strategy:
    if kind == "object":
        fields = {name: values(each, words) for name, each in schema.get("properties", {}).items()}
        needed = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: shape for name, shape in fields.items() if name in needed},
            optional={name: shape for name, shape in fields.items() if name not in needed},
        )
    if kind == "array":
        return st.lists(values(schema.get("items", {}), words), max_size=3)
    if kind in PLAIN:
        return PLAIN[kind]
    return FORMATS.get(schema.get("format", ""), ANY_TEXT | st.sampled_from(words))
