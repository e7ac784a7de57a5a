"""Possible matches: lists loaded, one name, ten thousand counterparts, and how well names are told apart.

    BENCH_DATA=folder PARTS=screening make bench

The folder holds `lists/` (as their publishers give them out), `matching/` (labelled pairs of names) and `officials/`
(people files of Open States): none of it is ours to keep here.
"""

import csv
import os
import random
import statistics
import tarfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import prefetch_related_objects
from rapidfuzz import fuzz

from accounts import plain_yaml
from benchmarks import bulk, world
from counterparts import actions, names, screening
from counterparts.likeness import likeness
from counterparts.lists import actions as lists
from counterparts.lists.rows import File
from counterparts.models import Counterpart, Hit, Listing, ListingName, PublicList, Screening

DATA = Path(os.environ.get("BENCH_DATA", ""))
FILES = {
    PublicList.OFAC: ("*sdn*.csv", "*alt*.csv", "*add*.csv"),
    PublicList.CSL: ("csl*.csv",),
    PublicList.UN: ("UN*.xml",),
    PublicList.FARA: ("FARA*Principals.csv", "FARA*Registrants.csv"),
}
ONE_NAME, MANY_SECONDS = 0.010, 60
MANY, ASKED = 10_000, 1_000
MOST_OF_CONGRESS = 0.01
FIRST = 1_000_001
AT_ONCE = 200
SANCTIONS = {Hit.Level.REVIEW, Hit.Level.STRONG}
BY_HAND = """
SELECT n.name, n.bare, n.kind, n.listing_id FROM counterparts_listingname n WHERE n.is_live AND n.bare %% %s
"""
ALIKE_ENOUGH = "SELECT similarity(a, b) >= %s FROM unnest(%s::text[], %s::text[]) AS pairs (a, b)"
OF_OURS = "counterpart_id >= %s"


def main() -> list[str]:
    """Prints the figures; returns what misses a goal."""
    if not DATA.name or not DATA.is_dir():
        print("\nScreening is not measured: BENCH_DATA names no folder of lists.")
        return []
    load()
    people = listed_people()
    asked = register(people)
    return [*one_name(asked), *all_of(asked), *pairs(), *congress(), *titles(people)]


# The lists ------------------------------------------------------------------------------------------------------------


def load() -> None:
    with bulk.cursor() as run:
        run.execute("TRUNCATE counterparts_listedition CASCADE")
    print("\n| list | entries | names | first load s | again s |\n|---|--:|--:|--:|--:|")
    for source, patterns in FILES.items():
        paths = [next(iter(sorted((DATA / "lists").glob(pattern)))) for pattern in patterns]
        first, again = (timed_load(source, paths) for _ in range(2))
        entries = Listing.objects.filter(source=source).count()
        held = ListingName.objects.filter(listing__source=source).count()
        print(f"| {source.label} | {entries:,} | {held:,} | {first:.1f} | {again:.1f} |", flush=True)
    with bulk.cursor() as run:
        run.execute("ANALYZE counterparts_listing, counterparts_listingname")


def timed_load(source: str, paths: Sequence[Path]) -> float:
    began = time.monotonic()
    lists.load(lists.Given(source, [File(path) for path in paths], is_forced=True))
    return time.monotonic() - began


class Person(NamedTuple):
    listing: int
    name: str
    """As one says it: `PUTIN, Vladimir` is Vladimir Putin."""


def listed_people() -> list[Person]:
    rows = Listing.objects.live().filter(kind=Listing.Kind.PERSON).order_by("pk")
    return [Person(pk, spoken(name)) for pk, name in rows.values_list("pk", "name")]


def spoken(name: str) -> str:
    last, _, first = name.partition(", ")
    return f"{first} {last}".strip()


# The register ---------------------------------------------------------------------------------------------------------


def register(people: Sequence[Person]) -> list[Counterpart]:
    """Ten thousand more: American legislators, who are on no list, listed people with a slip in the name, and bodies."""
    drawn = random.Random(10_000)
    quiet = list(legislators())
    slips = [slip(one.name, drawn) for one in drawn.sample(people, 1_000)]
    bodies = [f"{word} Bureau of {drawn.choice(quiet)}" for word in world.WORDS for _ in range(250)]
    said = [*((name, "person") for name in [*quiet, *slips]), *((name, "company") for name in bodies)]
    drawn.shuffle(said)
    rows = (
        (*(FIRST + at, f"C-B{at:07d}", kind, name, name.lower()), drawn.choice(world.COUNTRIES), 1, 1)
        for at, (name, kind) in enumerate(said[:MANY])
    )
    forget()
    columns = ["id", "reference", "kind", "name", "folded", "country", "added_for_id", "added_by_id"]
    bulk.copy(Counterpart, columns, rows)
    with bulk.cursor() as run:
        run.execute("VACUUM ANALYZE counterparts_counterpart")
    return list(Counterpart.objects.filter(pk__gte=FIRST).prefetch_related("aliases").order_by("pk"))


def slip(name: str, drawn: random.Random) -> str:
    at = drawn.randrange(len(name))
    return name[:at] + name[at + 1 :]


def forget() -> None:
    with bulk.cursor() as run:
        for model in (Hit, Screening):
            run.execute(f"DELETE FROM {model._meta.db_table} WHERE {OF_OURS}", [FIRST])
        run.execute("DELETE FROM counterparts_alike WHERE first_id >= %s OR second_id >= %s", [FIRST, FIRST])
        run.execute("DELETE FROM counterparts_counterpart WHERE id >= %s", [FIRST])


def legislators(folder: str = "") -> Iterator[str]:
    found = next(iter(sorted((DATA / "officials").glob("*legislature.tar.gz"))))
    with tarfile.open(found) as files:
        for member in files:
            if (
                member.name.startswith(folder)
                and member.name.endswith(".yml")
                and (file := files.extractfile(member))
            ):
                yield plain_yaml.read(file.read())["name"]


# What is measured -----------------------------------------------------------------------------------------------------


def one_name(asked: Sequence[Counterpart]) -> list[str]:
    drawn = random.Random(3).sample(asked, ASKED)
    for one in drawn[:50]:
        screening.screen([one])
    product, hand = [], []
    for one in drawn:
        product.append(timed(lambda one=one: screening.screen([one])))
        hand.append(timed(lambda one=one: by_hand(names.bare(one.name, is_person=one.kind == "person"))))
    ratio = statistics.median(product) / statistics.median(hand)
    p50, p95 = (
        1000 * value for value in (statistics.median(product), statistics.quantiles(product, n=20)[-1])
    )
    print(
        f"\nOne name: p50 {p50:.1f} ms, p95 {p95:.1f} ms; {ratio:.2f} × its candidates by hand.", flush=True
    )
    return [f"screening one name: p95 {p95:.1f} ms"] if p95 > 1000 * ONE_NAME else []


def timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def by_hand(bare: str) -> None:
    with bulk.cursor() as run:
        run.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, false)", [str(screening.CANDIDATE)]
        )
        run.execute(BY_HAND, [bare])
        run.fetchall()


def all_of(asked: Sequence[Counterpart]) -> list[str]:
    """As a worker does it: hits and lines in the log included, and for those that are new who they may be on the register.
    The goal is about the lists."""
    mark = screening.mark()
    with bulk.cursor() as run:
        run.execute(
            "INSERT INTO counterparts_screening (counterpart_id, mark, version, done_at)"
            " SELECT id, %s, version, now() FROM counterparts_counterpart WHERE id < %s"
            " ON CONFLICT (counterpart_id) DO UPDATE SET mark = excluded.mark, version = excluded.version",
            [mark, FIRST],
        )
    took = {}
    for name in ("new, and looked for on the register too", "after a list changed"):
        began, done = time.monotonic(), 0
        while some := actions.screen_due():
            done += some
        took[name] = time.monotonic() - began
        assert done == len(asked)
        print(
            f"{done:,} counterparts, {name}: {took[name]:.1f} s, {done / took[name]:,.0f} a second.",
            flush=True,
        )
        with bulk.cursor() as run:
            run.execute(f"UPDATE counterparts_screening SET mark = 'old' WHERE {OF_OURS}", [FIRST])
    print(f"{Hit.objects.filter(counterpart__gte=FIRST).count():,} hits.")
    forget()
    lists_alone = took["after a list changed"]
    return [f"{MANY:,} counterparts: {lists_alone:.0f} s"] if lists_alone > MANY_SECONDS else []


# How well -------------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    first: str
    second: str
    plain: tuple[str, str]
    is_match: bool


def labelled() -> list[Pair]:
    found = next(iter(sorted((DATA / "matching").glob("*.csv"))))
    with found.open(encoding="utf-8", newline="") as lines:
        return [labelled_pair(row) for row in csv.DictReader(lines)]


def labelled_pair(row: dict[str, str]) -> Pair:
    one, other = row["name1"], row["name2"]
    is_person = row["schema"] == "Person"
    first, second = (names.bare(name, is_person=is_person) for name in (one, other))
    return Pair(first, second, (one.lower(), other.lower()), row["is_match"] == "true")


def pairs() -> list[str]:
    cases = labelled()
    near = candidates(cases)
    ways = {
        f"review (from {screening.REVIEW})": [
            likeness(one.first, one.second) >= screening.REVIEW and close
            for one, close in zip(cases, near, strict=True)
        ],
        f"strong (from {screening.STRONG})": [
            likeness(one.first, one.second) >= screening.STRONG and close
            for one, close in zip(cases, near, strict=True)
        ],
        "token_sort of the same words": [
            fuzz.token_sort_ratio(one.first, one.second) >= screening.REVIEW for one in cases
        ],
        "token_sort of the names": [fuzz.token_sort_ratio(*one.plain) >= screening.REVIEW for one in cases],
    }
    print(f"\n| {len(cases)} labelled pairs | precision | recall | F1 |\n|---|--:|--:|--:|")
    scores = {name: quality(cases, said) for name, said in ways.items()}
    for name, score in scores.items():
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in score)} |")
    (_, _, ours), _, *baselines = scores.values()
    return [f"F1 {ours:.3f}"] if ours <= max(score[2] for score in baselines) else []


def candidates(cases: Sequence[Pair]) -> list[bool]:
    """Whether PostgreSQL would have offered the one for the other."""
    said: list[Any] = [screening.CANDIDATE, [one.first for one in cases], [one.second for one in cases]]
    with connection.cursor() as cursor:
        cursor.execute(ALIKE_ENOUGH, said)
        return [close for (close,) in cursor.fetchall()]


def quality(cases: Sequence[Pair], said: Sequence[bool]) -> tuple[float, float, float]:
    right = sum(one.is_match and is_said for one, is_said in zip(cases, said, strict=True))
    precision, recall = right / sum(said), right / sum(one.is_match for one in cases)
    return precision, recall, 2 * precision * recall / (precision + recall)


def found(people: Sequence[str]) -> list[list[screening.Found]]:
    """For each name, as a person of whom nothing else is known, what is no mere information."""
    asked = [Counterpart(pk=-1 - at, kind="person", name=name) for at, name in enumerate(people)]
    prefetch_related_objects(asked, "aliases")
    held: list[list[screening.Found]] = []
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        hits = screening.screen(some)
        held += [[hit for hit in hits[one.pk] if hit.level in SANCTIONS] for one in some]
    return held


def congress() -> list[str]:
    people = list(legislators("data/us/"))
    flagged = {name: hits for name, hits in zip(people, found(people), strict=True) if hits}
    strong = [name for name, hits in flagged.items() if any(hit.level == Hit.Level.STRONG for hit in hits)]
    share = len(flagged) / len(people)
    print(
        f"\nCongress: {len(flagged)} of {len(people)} flagged ({share:.2%}), {len(strong)} of them as strong."
    )
    for name, hits in flagged.items():
        print(f"    {name}: {', '.join(f'{hit.listed_name} {hit.score}' for hit in hits)}")
    is_loud = share > MOST_OF_CONGRESS or strong
    return [f"Congress: {share:.2%} flagged, {len(strong)} as strong"] if is_loud else []


def titles(people: Sequence[Person]) -> list[str]:
    """Everybody on a list, as one says the name, with and without one of the titles of our table."""
    drawn = random.Random(4)
    table = [
        line.strip() for line in (names.WORDS / "titles.txt").read_text().splitlines() if line[:1].isalpha()
    ]
    titled = [f"{drawn.choice(table).title()} {one.name}" for one in people]
    ways = {"without a title": [one.name for one in people], "with a title": titled}
    missed = []
    for way, said in ways.items():
        lost = [
            name
            for one, name, hits in zip(people, said, found(said), strict=True)
            if one.listing not in {hit.listing.pk for hit in hits}
        ]
        print(f"Listed people {way}: {len(people) - len(lost):,} of {len(people):,} found.", flush=True)
        print("".join(f"    not found: {name}\n" for name in lost[:20]), end="")
        missed += [f"{len(lost):,} listed people {way} not found"] if lost else []
    return missed
