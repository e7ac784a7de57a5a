from typing import Self

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone

from counterparts.folding import fold
from diplomacy.lib.readers import SignedInQuerySet


class ListEditionQuerySet(SignedInQuerySet):
    def current(self) -> Self:
        """The last that was loaded of each list."""
        return self.filter(state="loaded").order_by("source", "-id").distinct("source")


class ListingQuerySet(SignedInQuerySet):
    def live(self) -> Self:
        return self.filter(delisted_on=None)


class HitQuerySet(SignedInQuerySet):
    def live(self) -> Self:
        return self.filter(gone_at=None)


class CountryGuidanceQuerySet(SignedInQuerySet):
    def in_force(self, country: str, subdivision: str = "") -> Self:
        """Of the country, and of the part of it that is named; the versions that nothing has replaced."""
        today = timezone.localdate()
        until = Q(ends_on=None) | Q(ends_on__gte=today)
        held = self.filter(until, replaced_by=None, country=country, starts_on__lte=today)
        return held.filter(subdivision__in={"", subdivision})


class CounterpartQuerySet(SignedInQuerySet):
    def named_like(self, text: str) -> Self:
        """Every word of the text occurs in some name; names that begin with it come first."""
        words = fold(text).split()
        found = self
        for word in words[:8]:
            found = found.filter(folded__contains=word)
        first = Case(
            When(folded__startswith=fold(text), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        found = found.annotate(rank=first)
        return found.order_by("rank", "name") if words else found.none()

    def due(self, mark: str) -> Self:
        """Never compared with the lists, or not since one of them, or the counterpart, changed."""
        since = Q(screening__mark=mark, screening__version=F("version"))
        return self.filter(merged_into=None).exclude(since).order_by("pk")

    def called(self, text: str) -> Self:
        """Exactly this name, in any script: the name, the native name or an alias."""
        name = fold(text)
        alone = Q(folded=name) | Q(folded__startswith=f"{name} | ")
        among = Q(folded__endswith=f" | {name}") | Q(folded__contains=f" | {name} | ")
        return self.filter(alone | among) if name else self.none()
