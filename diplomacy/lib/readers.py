"""Who may read a row: its `readers` array meets the keys that a person's standing gives them now."""

from typing import Any, Protocol, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayOverlap  # type: ignore[attr-defined]  # not in the stubs
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

EVERYONE = "everyone"
FEDERAL = "federal"
AUDIT = "audit"
"""Reads who did what kind of thing, and when. No record names it among its readers."""


def person(user_id: int) -> str:
    return f"person:{user_id}"


def office(office_id: int, role: str = "") -> str:
    return f"office:{office_id}:{role}" if role else f"office:{office_id}"


def colleague(office_id: int, person_key: str) -> str:
    """Somebody named, for as long as they serve in this office."""
    return f"office:{office_id}:{person_key}"


def seat(member_id: int) -> str:
    """Whoever acts in the place of this membership's holder, for as long as they do."""
    return f"seat:{member_id}"


def coalition(coalition_id: int) -> str:
    return f"coalition:{coalition_id}"


class Reader(Protocol):
    @property
    def reader_keys(self) -> frozenset[str]: ...


class Actor(Protocol):
    """A member: the user who acts and the office they act for."""

    user_id: int
    office_id: int


def keys_of(user: Any) -> frozenset[str]:
    """Nobody signed in holds no key, and so reads nothing."""
    return getattr(user, "reader_keys", frozenset())


@ArrayField.register_lookup
class Meets(ArrayOverlap):  # type: ignore[misc]
    """`&&`, worded so that PostgreSQL does not multiply its guess by that of the table's policy, which asks the same.

    It takes 1 % for each. At 1 % of 1 % of an office's rows it sorts them all instead of reading 26 from an index.
    """

    lookup_name = "meets"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_postgresql(compiler, connection)
        return f"({sql})::integer <> 0", params


class VisibleQuerySet(models.QuerySet[Any]):
    """Every table an edge file may read answers `visible_to`; one that forgot to answer is refused."""

    def visible_to(self, user: Any) -> Self:
        raise NotImplementedError(f"{self.model.__name__} does not say who may see it")

    def in_notices(self) -> Self:
        """With what a line of somebody's notices says of each (`told_as`, where its name alone says little)."""
        return self


class ProtectedQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        keys = keys_of(user)
        if not keys:
            return self.none()
        admitted = Q(readers__meets=sorted(keys))
        if FEDERAL in keys:
            admitted = Q(federal_reads=True) | admitted
        return self.filter(admitted)


class SignedInQuerySet(VisibleQuerySet):
    """Tables whose rows everyone signed in may read."""

    def visible_to(self, user: Any) -> Self:
        return self.all() if keys_of(user) else self.none()


class Protected(models.Model):
    """A row with readers. `readers` is computed by the app's rules whenever something that decides it changes."""

    readers = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    federal_reads = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["readers"], name="%(class)s_readers")]
