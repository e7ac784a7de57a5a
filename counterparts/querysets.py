from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, models
from django.db.models import BooleanField, Case, F, Func, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from counterparts import finding, names
from counterparts.folding import fold
from diplomacy.lib import washington
from diplomacy.lib.readers import ProtectedQuerySet, SignedInQuerySet

if TYPE_CHECKING:
    from accounts.models import Member
    from counterparts.models import Counterpart, Hit

MOST_WORDS = 8
MOST_FOUND = 200
NEAR = 0.5
"""`word_similarity()`, from which on a row is looked through for words spelled much like one that was typed."""
LOOKED_THROUGH = 300
FEW = 10
"""As many as a lookup shows: who finds these does not look for others that are spelled a little differently."""


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
        today = washington.today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), replaced_by=None, starts_on__lte=today)

    def in_rows(self) -> Self:
        """Cautions first: a list that is read from its top."""
        caution = Case(When(kind="caution", then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.select_related("desk").order_by(
            caution, "country", "subdivision", "kind", "-starts_on", "pk"
        )

    def about(self, places: Iterable[tuple[str, str]]) -> Self:
        """Of these (country, subdivision), each with what is said of its whole country."""
        said = {(country, part) for place in places for country, part in (place, (place[0], "")) if country}
        fitting = Q(pk__in=[])
        for country, part in sorted(said):
            fitting |= Q(country=country, subdivision=part)
        return self.filter(fitting)


class PostQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Self:
        today = timezone.localdate()
        over = Q(ends_on__lt=today) | Q(starts_on__gt=today)
        return self.exclude(over)

    def in_office_first(self) -> Self:
        today = timezone.localdate()
        is_over = Case(When(ends_on__lt=today, then=Value(1)), default=Value(0), output_field=IntegerField())
        return self.alias(is_over=is_over).order_by("is_over", "title", "person__name", "pk")


class IsPartOf(Func):
    """Whether one body is a part of another, at any remove. A circle ends where it began."""

    template = """EXISTS (
        WITH RECURSIVE pair(part, whole) AS (VALUES (%(expressions)s)), above(id) AS (
            SELECT c.parent_id FROM counterparts_counterpart c JOIN pair ON c.id = pair.part
            UNION SELECT c.parent_id FROM counterparts_counterpart c JOIN above ON c.id = above.id
        ) SELECT FROM above JOIN pair ON above.id = pair.whole
    )"""
    output_field = BooleanField()


class AlikeQuerySet(SignedInQuerySet):
    def in_rows(self) -> Self:
        """Without those of which one has become a part of the other since they were compared."""
        is_part = Q(IsPartOf("first_id", "second_id")) | Q(IsPartOf("second_id", "first_id"))
        return self.exclude(is_part).select_related("first", "second")


class CounterpartQuerySet(SignedInQuerySet):
    def standing(self) -> Self:
        """Those that are not merged into another."""
        return self.filter(merged_into=None)

    def named_like(self, text: str, *, most: int = MOST_FOUND) -> Self:
        """The best of what is found by these words, the best first; `at` says where each stands.

        What is narrowed down must be narrowed before: the best of all are not the best of one country.
        """
        words = finding.words_of(text)
        found = self._best(fold(text)[: finding.LONGEST_LINE], words, most) if words else []
        places = (When(pk=pk, then=Value(at)) for at, pk in enumerate(found))
        at = Case(*places, default=Value(0), output_field=IntegerField())
        return self.filter(pk__in=found).annotate(at=at).order_by("at", "pk")

    def _best(self, plain: str, words: list[str], most: int) -> list[int]:
        """Begun as typed, then with these letters inside; where these are few, then also spelled much like it."""
        rows = self.standing()
        found: list[int] = []
        for step, enough in ((rows._begun, most), (rows._within, most), (rows._misspelt, min(most, FEW))):
            if len(found) < enough:
                more = step(plain, words).exclude(pk__in=found).values_list("pk", flat=True)
                found += more[: most - len(found)]
        return found

    def _begun(self, plain: str, words: list[str]) -> Self:
        return self._saying(finding.beginning(words))._ranked(plain, words)

    def _within(self, plain: str, words: list[str]) -> Self:
        if all(len(word) < finding.SHORTEST for word in words):
            return self.none()
        rows = self
        for word in words:
            rows = rows.filter(searched__contains=word if len(word) >= finding.SHORTEST else f" {word}")
        return rows._ranked(plain, words)

    def _misspelt(self, plain: str, words: list[str]) -> Self:
        """What comes near is looked through for words spelled like those typed; then it is as if these had been typed."""
        doubtful = [word for word in words if len(word) >= finding.MISSPELT]
        if not doubtful:
            return self.none()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(NEAR)])
        near = self
        for word in doubtful:
            near = near.filter(searched__trigram_word_similar=word)
        lines = near.order_by().values_list("searched", flat=True)[:LOOKED_THROUGH]
        spelled = finding.spellings(doubtful, lines)
        meant = [spelled.get(word, [])[:1] or [word] for word in words]
        corrected = [word for one in meant for word in one]
        return self._saying(finding.beginning(words, spelled))._ranked(" ".join(corrected), corrected)

    def _saying(self, words: str) -> Self:
        asked = SearchQuery(words, config="simple", search_type="raw")
        return self.alias(said=SearchVector("searched", config="simple")).filter(said=asked)

    def _ranked(self, plain: str, words: list[str]) -> Self:
        """Called so; with a name that begins so; with all words in its names; then what is found by its place, or inside."""
        named = Q()
        for word in words:
            named &= Q(folded__startswith=word) | Q(folded__contains=f" {word}")
        rank = Case(
            When(searched__contains=f" | {plain} | ", then=Value(0)),
            When(searched__contains=f" | {plain}", then=Value(1)),
            When(named, then=Value(2)),
            default=Value(3),
        )
        return self.order_by(rank, "name", "pk")

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
