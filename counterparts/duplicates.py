"""Counterparts that may be one: names alike as sets of words (`rapidfuzz.token_set_ratio`), within one country.

`Government of Baja California` and `Baja California State Government` are one by that measure, and so, wrongly, are a
ministry and its department: a person decides. Candidates come from PostgreSQL (`word_similarity` over all names).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Exists, F, OuterRef
from rapidfuzz import fuzz

from counterparts.models import Counterpart
from counterparts.names import bare
from counterparts.querysets import CounterpartQuerySet, IsPartOf

CANDIDATE = 0.5
"""`word_similarity()`, from which on a name is looked at."""
SUGGEST = 88
"""`token_set_ratio`, from which on two are suggested to be one."""
MOST = 10


class Suggestion(NamedTuple):
    counterpart: Counterpart
    score: int


KIN = """
WITH RECURSIVE above(body, kin) AS (
    SELECT id, parent_id FROM counterparts_counterpart WHERE id = ANY(%(bodies)s) AND parent_id IS NOT NULL
    UNION
    SELECT above.body, c.parent_id FROM above JOIN counterparts_counterpart c ON c.id = above.kin
    WHERE c.parent_id IS NOT NULL
), below(body, kin) AS (
    SELECT parent_id, id FROM counterparts_counterpart WHERE parent_id = ANY(%(bodies)s)
    UNION
    SELECT below.body, c.id FROM below JOIN counterparts_counterpart c ON c.parent_id = below.kin
)
SELECT body, kin FROM above UNION SELECT body, kin FROM below
"""


def like(
    name: str, *, kind: str, country: str, leave_out: Collection[int] = (), part_of: str = ""
) -> list[Suggestion]:
    """On the register already? The most alike first, at most ten; people with people and bodies with bodies. `part_of`: the
    reference of the body that it is said to be a part of, which it is not, nor what that one is a part of."""
    is_person = kind == Counterpart.Kind.PERSON
    plain = bare(name, is_person=is_person)
    if not plain:
        return []
    rows = _candidates(plain, is_person=is_person, country=country).exclude(pk__in=leave_out)
    if part_of:
        above = Counterpart.objects.filter(reference=part_of).alias(
            is_above=IsPartOf(F("pk"), OuterRef("pk"))
        )
        rows = rows.exclude(reference=part_of).exclude(Exists(above.filter(is_above=True)))
    found = [Suggestion(row, score(plain, row)) for row in rows.prefetch_related("aliases")[:100]]
    alike = [one for one in found if one.score >= SUGGEST]
    return sorted(alike, key=lambda one: (-one.score, one.counterpart.name))[:MOST]


def score(plain: str, other: Counterpart) -> int:
    """Of a bare name and all names of a counterpart, the highest."""
    is_person = other.kind == Counterpart.Kind.PERSON
    names = (other.name, other.native_name, *(alias.name for alias in other.aliases.all()))
    return max((_ratio(plain, bare(name, is_person=is_person)) for name in names if name), default=0)


def among(counterparts: Sequence[Counterpart]) -> dict[tuple[int, int], int]:
    """For each pair of one of these and another on the register, how alike they are; the smaller id first. A body and what
    is a part of it, at any remove, are two, however alike: somebody has said so."""
    pairs: dict[tuple[int, int], int] = {}
    kin = kin_of([one.pk for one in counterparts])
    for one in counterparts:
        leave_out = {one.pk, *kin.get(one.pk, ())}
        for name in _names(one):
            for other, alike in like(name, kind=one.kind, country=one.country, leave_out=leave_out):
                pair = (min(one.pk, other.pk), max(one.pk, other.pk))
                pairs[pair] = max(alike, pairs.get(pair, 0))
    return pairs


def kin_of(bodies: Sequence[int]) -> dict[int, set[int]]:
    """What each is part of, and what is part of it, at any remove; those beside it are not. In a circle each is in it."""
    with connection.cursor() as cursor:
        cursor.execute(KIN, {"bodies": list(bodies)})
        found: dict[int, set[int]] = {}
        for body, kin in cursor.fetchall():
            found.setdefault(body, set()).add(kin)
    return found


def _candidates(plain: str, *, is_person: bool, country: str) -> CounterpartQuerySet:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(CANDIDATE)])
    rows = Counterpart.objects.standing().filter(country=country, folded__trigram_word_similar=plain)
    rows = rows.filter(kind="person") if is_person else rows.exclude(kind="person")
    near: CounterpartQuerySet = rows.annotate(near=TrigramWordSimilarity(plain, "folded"))
    return near.order_by("-near", "pk")


def _ratio(one: str, other: str) -> int:
    """A single word is in many names: it must be the whole of both."""
    if min(len(one.split()), len(other.split())) < 2:
        return round(fuzz.ratio(one, other))
    return round(fuzz.token_set_ratio(one, other))


def _names(counterpart: Counterpart) -> Iterable[str]:
    return dict.fromkeys(
        name
        for name in (
            counterpart.name,
            counterpart.native_name,
            *(alias.name for alias in counterpart.aliases.all()),
        )
        if name
    )
