"""Possible matches of counterparts with public lists.

Candidates come from PostgreSQL (trigrams of bare names, `pg_trgm`), `counterparts.likeness` says how alike they are, and
kind, country and year of birth raise or lower that, each with a sentence. From `REVIEW` on it is a hit, from `STRONG`
on a strong one. A hit is *possible* until a person says what it is; nothing ever waits for it. FARA is information.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from counterparts import places
from counterparts.likeness import likeness
from counterparts.models import Counterpart, Hit, ListEdition, Listing
from counterparts.names import bare, rules_digest

CANDIDATE = 0.28
"""`similarity()` of trigrams, from which on a listed name is looked at."""
REVIEW = 80
STRONG = 90
FARA = 88
"""From which on a registration under FARA is shown beside a counterpart."""
WEAK_ALIAS = -8
OTHER_KIND = -15
SAME_COUNTRY, OTHER_COUNTRY = 3, -6
SAME_YEAR, OTHER_YEAR = 5, -15
YEARS_APART = 2
"""Years of birth that differ by no more are told apart by nobody: lists round them."""
METHOD = 2
"""Counts the ways in which names have been compared: with a new one everyone is compared again."""
IN_INFORMATION = {Listing.Kind.REGISTRANT, Listing.Kind.PRINCIPAL}

FIND = """
SELECT asked.id, asked.name, asked.bare, n.name, n.kind, n.bare, l.id
FROM unnest(%(ids)s::bigint[], %(names)s::text[], %(bares)s::text[]) AS asked (id, name, bare)
JOIN counterparts_listingname n ON n.is_live AND n.bare %% asked.bare
JOIN counterparts_listing l ON l.id = n.listing_id
"""


class Asked(NamedTuple):
    """One name of one counterpart."""

    counterpart_id: int
    name: str
    bare: str


class Candidate(NamedTuple):
    counterpart_id: int
    our_name: str
    listed_name: str
    name_kind: str
    likeness: int
    listing_id: int


class Found(NamedTuple):
    """A hit to be: which listing, how much, in which words."""

    listing: Listing
    level: str
    score: int
    our_name: str
    listed_name: str
    reasons: list[str]
    digest: str


def mark() -> str:
    """Of all that names are compared with, and how: the lists as they last changed, the words that are stripped (64 hex
    digits)."""
    editions = ",".join(str(pk) for pk in ListEdition.objects.news().values_list("pk", flat=True))
    return hashlib.sha256(f"{editions}|{rules_digest()}|{METHOD}".encode()).hexdigest()


def material(counterpart: Counterpart, names: Sequence[str]) -> str:
    """What of a counterpart makes it another for a list: names, kind, country, year of birth."""
    said = [
        *sorted(set(names)),
        str(_is_person(counterpart)),
        counterpart.country,
        str(counterpart.birth_year),
    ]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def screen(counterparts: Sequence[Counterpart]) -> dict[int, list[Found]]:
    """For each counterpart (with its aliases prefetched) the listings it may be, most alike first."""
    asked = {counterpart.pk: _names(counterpart) for counterpart in counterparts}
    best = _best(candidates([one for names in asked.values() for one in names]))
    listings = Listing.objects.select_related("edition").in_bulk({listing for _, listing in best})
    found: dict[int, list[Found]] = {counterpart.pk: [] for counterpart in counterparts}
    by_pk = {counterpart.pk: counterpart for counterpart in counterparts}
    for (pk, listing_id), candidate in best.items():
        held = by_pk[pk]
        weighed = weigh(held, listings[listing_id], candidate, [one.bare for one in asked[pk]])
        if weighed:
            found[pk].append(weighed)
    return {pk: sorted(hits, key=lambda hit: -hit.score) for pk, hits in found.items()}


def candidates(asked: Sequence[Asked]) -> list[Candidate]:
    """Listed names whose trigrams are like those of the names asked about, with their likeness in words."""
    if not asked:
        return []
    ids, names, bares = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(CANDIDATE)])
        cursor.execute(FIND, {"ids": list(ids), "names": list(names), "bares": list(bares)})
        rows = cursor.fetchall()
    return [
        Candidate(pk, ours, listed, kind, likeness(our_bare, listed_bare), listing)
        for pk, ours, our_bare, listed, kind, listed_bare, listing in rows
    ]


def weigh(
    counterpart: Counterpart, listing: Listing, candidate: Candidate, bares: Sequence[str]
) -> Found | None:
    """The hit that the two make, or None; `bares` are the counterpart's names as they are compared."""
    raised = [
        (points, said)
        for points, said in (
            _by_alias(candidate),
            _by_kind(counterpart, listing),
            _by_country(counterpart, listing),
            _by_birth(counterpart, listing),
        )
        if said
    ]
    score = max(0, min(100, candidate.likeness + sum(points for points, _ in raised)))
    level = _level(listing, score, candidate.likeness)
    if not level:
        return None
    digest = hashlib.sha256(f"{listing.digest}|{material(counterpart, bares)}".encode()).hexdigest()
    reasons = [f"The names are {candidate.likeness} of 100 alike.", *(said for _, said in raised)]
    return Found(listing, level, score, candidate.our_name, candidate.listed_name, reasons, digest)


def _level(listing: Listing, score: int, alike: int) -> str:
    if listing.kind in IN_INFORMATION:
        return Hit.Level.INFORMATION if score >= FARA else ""
    if score >= STRONG and alike >= REVIEW:
        return Hit.Level.STRONG
    return Hit.Level.REVIEW if score >= REVIEW else ""


def _best(found: Iterable[Candidate]) -> dict[tuple[int, int], Candidate]:
    """Of each counterpart and listing the two names that are most alike, a weak alias counted as what it is."""
    best: dict[tuple[int, int], Candidate] = {}
    for candidate in found:
        pair = (candidate.counterpart_id, candidate.listing_id)
        if candidate.likeness >= REVIEW - SAME_YEAR - SAME_COUNTRY and (
            pair not in best or _worth(best[pair]) < _worth(candidate)
        ):
            best[pair] = candidate
    return best


def _worth(candidate: Candidate) -> int:
    return candidate.likeness + _by_alias(candidate)[0]


def _names(counterpart: Counterpart) -> list[Asked]:
    names = [counterpart.name, counterpart.native_name, *(alias.name for alias in counterpart.aliases.all())]
    by_bare: dict[str, str] = defaultdict(str)
    for name in names:
        by_bare.setdefault(bare(name, is_person=_is_person(counterpart)), name)
    return [Asked(counterpart.pk, name, plain) for plain, name in by_bare.items() if plain]


def _is_person(counterpart: Counterpart) -> bool:
    return counterpart.kind == Counterpart.Kind.PERSON


def _by_alias(candidate: Candidate) -> tuple[int, str]:
    if candidate.name_kind != "weak":
        return 0, ""
    return WEAK_ALIAS, "Lowered: the list itself calls this a weak alias."


def _by_kind(counterpart: Counterpart, listing: Listing) -> tuple[int, str]:
    if listing.kind in IN_INFORMATION | {Listing.Kind.UNSAID}:
        return 0, ""
    is_person = listing.kind == Listing.Kind.PERSON
    if is_person == _is_person(counterpart) and listing.kind in {Listing.Kind.PERSON, Listing.Kind.BODY}:
        return 0, ""
    ours = "a person" if _is_person(counterpart) else "an organisation"
    return OTHER_KIND, f"Lowered: the list names {_a(listing)}; on the register it is {ours}."


def _a(listing: Listing) -> str:
    word = str(listing.get_kind_display()).lower()
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _by_country(counterpart: Counterpart, listing: Listing) -> tuple[int, str]:
    if not counterpart.country or not listing.countries:
        return 0, ""
    if counterpart.country in listing.countries:
        return SAME_COUNTRY, f"Raised: the list names {places.country_name(counterpart.country)} too."
    named = ", ".join(places.country_name(code) or code for code in listing.countries[:3])
    return (
        OTHER_COUNTRY,
        f"Lowered: the list names {named}, not {places.country_name(counterpart.country)}.",
    )


def _by_birth(counterpart: Counterpart, listing: Listing) -> tuple[int, str]:
    if counterpart.birth_year is None or not listing.birth_years:
        return 0, ""
    apart = min(abs(counterpart.birth_year - year) for year in listing.birth_years)
    years = ", ".join(map(str, listing.birth_years[:4]))
    if apart <= YEARS_APART:
        return SAME_YEAR, f"Raised: born {counterpart.birth_year}; the list says {years}."
    return OTHER_YEAR, f"Lowered: born {counterpart.birth_year}; the list says {years}."
