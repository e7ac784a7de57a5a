"""Who asks what in the races: people of the matrix's cast, its records, and the careless probes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings

from accounts import actions as accounts
from engagements.models import Coverage
from tests.access.matrix import people
from tests.access.matrix import world as worlds
from tests.access.matrix.asking import Asker, address
from tests.access.matrix.routes import ROUTES, absent
from tests.access.matrix.world import World

WHO = ("maria", "lee", "rita", "tom", "nina", "ari", "liaison", "desk_lead", "other_lead", "auditor", "otto")
NOBODY = "anonymous"
FEW = {
    "draft",
    "shared",
    "public",
    "restricted",
    "texas draft",
    "texas restricted",
    "nevada shared",
    "given again",
}
HEAVY = {"api_schema", "api_docs"}
CSRF = "a" * 32
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Question:
    kind: str
    who: str
    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict, compare=False)
    body: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.who} {self.method} {self.path}"


@dataclass
class Town:
    world: World
    cookies: dict[str, str]
    tokens: dict[str, str]

    def known_to(self, who: str) -> frozenset[str]:
        return self.world.canaries.known_to(self.world.cast[who].person)

    def ask(self, kind: str, who: str, path: str, **more: str) -> Question:
        headers = {"Cookie": self.cookies[who]} if who in self.cookies else {}
        return Question(kind, who, path, headers=headers, **more)

    def send(self, kind: str, who: str, path: str) -> Question:
        cookie = f"{self.cookies[who]}; csrftoken={CSRF}"
        headers = {"Cookie": cookie, "X-CSRFToken": CSRF, "Content-Type": FORM}
        return Question(kind, who, path, "POST", headers)

    def show_token(self, who: str, path: str) -> Question:
        return Question("API by token", who, path, headers={"Authorization": f"Bearer {self.tokens[who]}"})


def build(*, is_whole: bool) -> Town:
    """All of the matrix's world for a long race, some of it for a short one."""
    world = worlds.build() if is_whole else _part()
    cookies, tokens = {}, {}
    for name in WHO:
        asker = Asker(world.cast[name])
        asker.sign_in()
        cookies[name] = f"{settings.SESSION_COOKIE_NAME}={asker.cookies}"
        tokens[name] = accounts.make_token("A script", scope="read", days=9, by=world.by(name))[1]
    return Town(world, cookies, tokens)


def _part() -> World:
    houses = people.build_offices()
    world = World(houses, people.build(houses), records={"briefing": []})
    Coverage.objects.create(desk=houses.offices["desk_mexico"], country="MX")
    worlds._register(world)
    for path in worlds.ENGAGEMENTS:
        if path.name in FEW:
            worlds._engagement(world, path)
    for path, state in worlds.ADVICE:
        if path.name in FEW:
            worlds._advice(world, path, state)
    people.close(world.cast)
    worlds._refresh(world)
    return world


def questions(town: Town, count: int) -> dict[str, list[Question]]:
    """By kind, in an order that does not change from run to run; about `count` of each."""
    chance = random.Random(7)  # noqa: S311
    found: dict[str, list[Question]] = {}
    for question in (*pages(town, chance), *posts(town), *probes(town)):
        found.setdefault(question.kind, []).append(question)
    chosen = {kind: chance.sample(asked, min(count, len(asked))) for kind, asked in found.items()}
    for question in telling(town):
        chosen[question.kind].append(question)
    return chosen


def telling(town: Town) -> Iterator[Question]:
    """So that a small sample holds answers that say something: an office's lead reads what is the office's."""
    for held in town.world.records["engagement"][:3]:
        yield town.ask("page", "lee", address("engagements:detail", held.params))
        yield town.ask("API", "lee", address("api_engagements-detail", held.params))


def paths(world: World) -> Iterator[str]:
    for name, route in ROUTES.items():
        if "GET" not in route.methods or name in HEAVY:
            continue
        held = world.records.get(route.subject, []) if route.subject else []
        yield from (address(name, one.params) for one in held)
        yield from [address(name, {})] if not route.subject else []
        yield from (address(name, absent(one.params)) for one in held[:1])


def pages(town: Town, chance: random.Random) -> Iterator[Question]:
    for path in paths(town.world):
        for who in chance.sample(WHO, 4):
            yield town.ask("API" if path.startswith("/api/") else "page", who, path)
        if path.startswith("/api/"):
            yield town.show_token(chance.choice(WHO), path)
        else:
            yield town.ask("stranger", NOBODY, path)


def posts(town: Town) -> Iterator[Question]:
    """Writes that change nothing a second time, and writes that are refused."""
    for who in WHO:
        yield town.send("write", who, address("activity:read_all", {}))
        if who == "auditor":
            yield town.send("export", who, address("activity:export", {}))
        for held in town.world.records["engagement"]:
            yield town.send("write refused", who, address("engagements:share", held.params))
            yield town.send("write refused", who, address("engagements:note", held.params))


PROBES = ("everything", "raises", "fails", "streams", "streams_bare", "on_commit")


def probes(town: Town) -> Iterator[Question]:
    for who in WHO:
        if town.world.cast[who].person.held:  # others are turned away before any view
            yield from (town.ask(name, who, f"/races/{name}/") for name in PROBES)
        user = town.world.cast[who].user
        assert user
        yield Question("task", who, f"/races/task/{user.pk}/")
    yield from (Question(name, NOBODY, f"/races/{name}/") for name in ("bare", "work"))
