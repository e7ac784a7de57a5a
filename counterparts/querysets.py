from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from counterparts import names
from counterparts.folding import fold
from diplomacy.lib.readers import ProtectedQuerySet, SignedInQuerySet

if TYPE_CHECKING:
    from accounts.models import Member
    from counterparts.models import Counterpart, Hit

MOST_WORDS = 8


class ListEditionQuerySet(SignedInQuerySet):
    def current(self) -> Self:
        """The last that was loaded of each list."""
        return self.filter(state="loaded").order_by("source", "-id").distinct("source")

    def news(self) -> Self:
        """The last of each list that made a difference to whoever is compared with it."""
        return self.filter(is_news=True).current()

    def waiting(self) -> Self:
        return self.filter(state="waiting").order_by("id")

    def running(self) -> Self:
        return self.filter(state="running")


class ListingQuerySet(SignedInQuerySet):
    def live(self) -> Self:
        return self.filter(delisted_on=None)

    def named_like(self, text: str, *, also_delisted: bool = False) -> Self:
        """Every word of the text occurs in one of its names, as names are compared."""
        bare = {names.bare(text, is_person=True), names.bare(text, is_person=False)}
        rows: models.QuerySet[Any] = apps.get_model("counterparts.ListingName")._default_manager.all()
        if not also_delisted:
            rows = rows.filter(is_live=True)
        found = Q(pk__in=[])
        for words in bare - {""}:
            found |= Q(pk__in=_with_words(rows, words.split()).values("listing"))
        return self.filter(found)


def _with_words(rows: models.QuerySet[Any], words: list[str]) -> models.QuerySet[Any]:
    for word in words[:MOST_WORDS]:
        rows = rows.filter(bare__contains=word)
    return rows


class HitQuerySet(SignedInQuerySet):
    def live(self) -> Self:
        return self.filter(gone_at=None)

    def possible(self) -> Self:
        """Without what is only information."""
        return self.exclude(level="information")

    def in_rows(self, member: "Member | None") -> Self:
        """With both sides, and the standing word of the office that the member acts for."""
        said = apps.get_model("counterparts.Disposition")._default_manager
        own = said.filter(
            hit=OuterRef("pk"), digest=OuterRef("digest"), office_id=member.office_id if member else 0
        )
        word = Subquery(own.order_by("-id").values("verdict")[:1])
        return self.select_related("counterpart", "listing__edition").annotate(word=word)

    def unspoken(self) -> Self:
        """Of rows that came with `in_rows`: those of which one's office has said nothing that still stands."""
        return self.filter(word=None)


class DispositionQuerySet(ProtectedQuerySet):
    def of(self, hit: "Hit") -> Self:
        return self.filter(hit=hit).select_related("by__user")


class CounterpartNoteQuerySet(ProtectedQuerySet):
    def of(self, counterpart: "Counterpart") -> Self:
        return self.filter(counterpart=counterpart).select_related("written_by__user", "office")


class CountryGuidanceQuerySet(SignedInQuerySet):
    def in_force(self) -> Self:
        """Today, and replaced by no newer version."""
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), replaced_by=None, starts_on__lte=today)

    def about(self, places: Iterable[tuple[str, str]]) -> Self:
        """Of these (country, subdivision), each with what is said of its whole country."""
        said = {(country, part) for place in places for country, part in (place, (place[0], "")) if country}
        fitting = Q(pk__in=[])
        for country, part in sorted(said):
            fitting |= Q(country=country, subdivision=part)
        return self.filter(fitting)


class AlikeQuerySet(SignedInQuerySet):
    def in_rows(self) -> Self:
        return self.select_related("first", "second")


class CounterpartQuerySet(SignedInQuerySet):
    def standing(self) -> Self:
        """Those that are not merged into another."""
        return self.filter(merged_into=None)

    def named_like(self, text: str) -> Self:
        """Every word of the text occurs in some name; names that begin with it come first."""
        words = fold(text).split()
        found = self.standing()
        for word in words[:8]:
            found = found.filter(folded__contains=word)
        first = Case(
            When(folded__startswith=fold(text), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        found = found.annotate(rank=first)
        return found.order_by("rank", "name", "pk") if words else found.none()

    def due(self, mark: str) -> Self:
        """Never compared with the lists, or not since one of them, or the counterpart, changed."""
        since = Q(screening__mark=mark, screening__version=F("version"))
        return self.filter(merged_into=None).exclude(since).order_by("pk")

    def called(self, text: str) -> Self:
        """Exactly this name, in any script: the name, the native name or an alias."""
        name = fold(text)
        alone = Q(folded=name) | Q(folded__startswith=f"{name} | ")
        among = Q(folded__endswith=f" | {name}") | Q(folded__contains=f" | {name} | ")
        return self.standing().filter(alone | among) if name else self.none()
