"""Fields and serializers that take exactly what they say: no guessing of types, no field that nobody knows."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from diplomacy.lib.text import tidy

SPACES = re.compile(r"\s+")
"""Taken whole, so that each is looked at once: a pattern that asks for a break within goes back at every letter."""
EARLIEST, LATEST = 1900, 2200
Find = Callable[[Any], QuerySet[Any]]


class Text(serializers.CharField):
    """Written text: characters that cannot be seen are taken out before it is measured."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        said: str = super().to_internal_value(tidy(data))
        if not said and not self.allow_blank:
            self.fail("blank")
        return said

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation(tidy(data) if isinstance(data, str) else data)


class Line(Text):
    """Text on one line."""

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation(SPACES.sub(_one_line, data) if isinstance(data, str) else data)


def _one_line(spaces: re.Match[str]) -> str:
    return " " if {"\n", "\t"} & set(spaces[0]) else spaces[0]


class Code(Line):
    """A reference, or the code of a place: said in either case, kept in capitals. To ask the database for either case would
    read the whole table."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).upper()


class Email(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(tidy(data)))


class Url(serializers.URLField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(tidy(data)))


class Flag(serializers.BooleanField):
    """true or false, and not the words for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Day(serializers.DateField):
    """A date as ISO 8601 writes it, in years that a plan or a term can have."""

    default_error_messages = {"range": f"Give a year from {EARLIEST} to {LATEST}."}

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not EARLIEST <= day.year <= LATEST:
            self.fail("range")
        return day


class Time(serializers.TimeField):
    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="hh:mm")
        return super().to_internal_value(value)


class Whole(serializers.IntegerField):
    """A whole number that fits a column."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": 2**31 - 1} | options))

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=type(data).__name__)
        return super().to_internal_value(data)


class Choices(serializers.ListField):
    """Some of a closed list, each once."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(child=Choice(choices=choices), max_length=len(list(choices)), **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        return list(dict.fromkeys(super().to_internal_value(data)))


@extend_schema_field(OpenApiTypes.STR)
class Reference(serializers.Field[Any, Any, Any, Any]):
    """A record by its reference. What may not be seen and what does not exist are refused in the same words.

    `find` answers the records that this person may choose from; `name` is what a record is found by.
    """

    default_error_messages = {"unknown": "There is no “{said}” here that you may see."}

    def __init__(self, find: Find, name: str = "reference", **options: Any) -> None:
        self.find, self.by_name, self.words = find, name, Line(max_length=200)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        said = self.words.run_validation(data)
        found = self.find(self.context["request"].user).filter(**{self.by_name: said}).first()
        if found is None:
            self.fail("unknown", said=said)
        return found

    def to_representation(self, value: Any) -> Any:
        return getattr(value, self.by_name)


class References(serializers.ListField):
    """Several records, looked up together."""

    default_error_messages = {"unknown": "There is no “{said}” here that you may see."}

    def __init__(self, find: Find, name: str = "reference", **options: Any) -> None:
        self.find, self.by_name = find, name
        super().__init__(child=Line(max_length=200), **({"max_length": 100} | options))

    def to_internal_value(self, data: Any) -> list[Any]:
        said = list(dict.fromkeys(super().to_internal_value(data)))
        rows = self.find(self.context["request"].user).filter(**{f"{self.by_name}__in": said}) if said else []
        found = {self._name_of(row): row for row in rows}
        for reference in said:
            if reference not in found:
                self.fail("unknown", said=reference)
        return [found[reference] for reference in said]

    def _name_of(self, row: Any) -> Any:
        for part in self.by_name.split("__"):
            row = getattr(row, part)
        return row


class Strict(serializers.Serializer[Any]):
    """Refuses, by name, what it does not know: a misspelt field is an answer that would be lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := [str(name) for name in data if name not in known]:
                raise serializers.ValidationError(
                    {name: ["There is no such field here."] for name in unknown}
                )
        return super().to_internal_value(data)


class StrictModel(Strict, serializers.ModelSerializer[Any]):
    """Takes lengths and choices from the model, so that they are written once."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Line,
        models.TextField: Text,
        models.EmailField: Email,
        models.URLField: Url,
        models.BooleanField: Flag,
        models.DateField: Day,
        models.TimeField: Time,
        models.PositiveSmallIntegerField: Whole,
    }
    serializer_choice_field = Choice


class Nothing(Strict):
    """For moves that need no words."""


class Reason(Strict):
    reason = Text(max_length=1000, required=False, allow_blank=True, help_text="For those who follow it.")


class Query(Strict):
    """The part of an address after “?”. `cursor` and `limit` belong to the pages."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(
            {name: self._value(data, name) for name in data if name not in {"cursor", "limit"}}
        )

    def _value(self, data: Any, name: str) -> Any:
        field = self.fields.get(name)
        if isinstance(field, serializers.ListField):
            return data.getlist(name)
        value = data.get(name)
        if isinstance(field, Flag):
            return {"true": True, "false": False}.get(value, value)
        if isinstance(field, Whole):
            return int(value) if value.isascii() and value.isdigit() and len(value) < 11 else value
        return value
