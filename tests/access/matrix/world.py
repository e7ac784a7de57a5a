"""One world for the whole matrix: every state of every record, made through the real actions.

Each record is kept beside the facts that the oracle is asked about, and every text in it is a canary.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from activity.models import Alarm, Notice
from briefings import actions as briefing_actions
from briefings.models import Briefing, Delivery
from counterparts import actions as register
from counterparts.models import Alike, Counterpart, Hit, RefusedRow
from engagements import actions
from engagements.models import AdviceRequest, Coverage, Engagement
from tests.access.canaries import Canaries
from tests.access.matrix import known, oracle, people
from tests.access.matrix.known import Secret
from tests.access.matrix.people import Houses, Met
from tests.factories import engagements as make
from tests.factories import list_files as make_list
from tests.factories import lists
from tests.factories.accounts import make_official

Params = dict[str, Any]


@dataclass
class Held:
    """A record: the facts for the oracle, the parameters of its address, and the row."""

    facts: oracle.Record
    params: Params
    row: Any = None

    @property
    def name(self) -> str:
        return str(getattr(self.facts, "name", ""))


@dataclass
class World:
    houses: Houses
    cast: dict[str, Met]
    canaries: Canaries = field(default_factory=Canaries)
    records: dict[str, list[Held]] = field(default_factory=dict)

    def add(self, subject: str, held: Held) -> Held:
        self.records.setdefault(subject, []).append(held)
        return held

    def held(self, name: str) -> Held:
        return next(held for rows in self.records.values() for held in rows if held.name == name)

    def by(self, name: str) -> Any:
        return self.cast[name].by


@dataclass(frozen=True)
class Path:
    """How an engagement came to be as it is."""

    name: str
    by: str = "maria"
    visibility: str = "federal"
    offices: tuple[str, ...] = ()
    is_for_border: bool = False
    people: tuple[str, ...] = ()
    then: tuple[str, ...] = ("file",)
    wants_advice: bool = True
    coordination: str = "signal"
    starts: int = -1
    ends: int = 40


ENGAGEMENTS = (
    Path("draft", then=()),
    Path("draft chosen public", visibility="public", then=()),
    Path("draft chosen shared", visibility="shared", offices=("texas",), people=("nina",), then=()),
    Path("cancelled draft", then=("cancel",)),
    Path("filed"),
    Path("shared", visibility="shared", offices=("texas",), is_for_border=True, people=("nina", "greg")),
    Path("shared with a desk", visibility="shared", offices=("desk_japan",)),
    Path("public", visibility="public"),
    Path("restricted", by="lee", visibility="restricted", people=("rita", "tom", "greg", "mover")),
    Path("restricted unrouted", by="lee", visibility="restricted", people=("nina",), wants_advice=False),
    Path("postponed", visibility="shared", offices=("texas",), then=("file", "postpone")),
    Path("postponed restricted", by="lee", visibility="restricted", then=("file", "postpone")),
    Path("cancelled", visibility="public", then=("file", "cancel")),
    Path(
        "cancelled restricted",
        by="lee",
        visibility="restricted",
        people=("tom",),
        then=("file", "cancel"),
        wants_advice=False,
    ),
    Path("held", then=("file", "hold")),
    Path("held restricted", by="lee", visibility="restricted", people=("gov",), then=("file", "hold")),
    Path("reported", visibility="public", then=("file", "hold", "report")),
    Path(
        "reported restricted",
        by="lee",
        visibility="restricted",
        people=("maria",),
        then=("file", "hold", "report"),
    ),
    Path("texas draft", by="tom", then=()),
    Path("texas filed", by="tom"),
    Path("texas restricted", by="tess", visibility="restricted", people=("maria", "liaison")),
    Path("introduces", coordination="introduce"),
    Path("blind", coordination="blind"),
    Path("texas introduces", by="tom", coordination="introduce"),
    Path("texas blind", by="tom", coordination="blind"),
    Path("nevada shared", by="nora", visibility="shared", offices=("california",), wants_advice=False),
)
ADVICE: tuple[tuple[Path, str], ...] = (
    (Path("asks", starts=30), "requested"),
    (Path("assigned", starts=30), "assigned"),
    (Path("questioned", starts=30), "question"),
    (Path("answered", starts=30), "answered"),
    (Path("given", starts=30), "given"),
    (Path("given again", starts=30), "again"),
    (Path("responded", starts=30), "responded"),
    (Path("lapsed", starts=30), "lapsed"),
    (Path("withdrawn", starts=30), "withdrawn"),
    (Path("given shared", visibility="shared", offices=("texas",), people=("nina",), starts=30), "again"),
    (Path("given public", visibility="public", starts=30), "again"),
    (Path("given restricted", by="lee", visibility="restricted", people=("rita", "tom"), starts=30), "again"),
    (Path("asks restricted", by="lee", visibility="restricted", people=("rita",), starts=30), "question"),
    (Path("responded restricted", by="lee", visibility="restricted", people=("rita",), starts=30), "responded"),
    (Path("two desks", starts=30), "two"),
)  # fmt: skip


def build() -> World:
    from tests.access.matrix import crossings, passing

    houses = people.build_offices()
    world = World(houses, people.build(houses))
    Coverage.objects.create(desk=houses.offices["desk_mexico"], country="MX")
    _register(world)
    for path in ENGAGEMENTS:
        _engagement(world, path)
    for path, state in ADVICE:
        _advice(world, path, state)
    _briefings(world)
    crossings.build(world)
    passing.build(world)
    _lapse(world)
    _alarms(world)
    people.close(world.cast)
    _refresh(world)
    crossings.refresh(world)
    passing.refresh(world)
    _notices(world)
    return world


def _what_offices_say(world: World, body: Counterpart, hit: Hit) -> None:
    """Of California and of the Mexico desk; and what screening and people leave beside it."""
    for name in ("maria", "liaison"):
        by = world.by(name)
        register.note(body, by=by, text="Ask for Julia.")
        register.dispose(hit, by=by, verdict="unsure", reason="Not met yet.", digest=hit.digest)
    maria = world.by("maria")
    one, other = make.counterpart(maria, name="River board"), make.counterpart(maria, name="Lake board")
    register.keep_apart(one, other, by=maria, reason="A river and a lake.")
    register.screen(body)
    Alike.objects.create(first=body, second=one, score=90)
    RefusedRow.objects.create(edition=hit.listing.edition, file="sdn.csv", line=3, reason="No name.")


def _about_the_register(world: World) -> None:
    """What else everybody reads: posts, pairs that may be one, merges, guidance."""
    facts, maria, liaison = oracle.Register("Julia"), world.by("maria"), world.by("liaison")
    post = make.post(maria)
    of = {"reference": post.person.reference}
    world.add("person", Held(facts, of, post.person))
    world.add("post", Held(facts, of | {"number": 1}, post))
    world.add("pair", Held(facts, of | {"other": post.body.reference}, post.person))
    merge = make.merged(maria, liaison)
    world.add("merge", Held(facts, {"reference": merge.reference}, merge))
    guidance = make.guidance(liaison)
    said = oracle.Guidance("Tell the consulate", desk="desk_mexico")
    world.add("guidance", Held(said, {"reference": guidance.reference}, guidance))


# The register --------------------------------------------------------------------------------------------------------


def _register(world: World) -> None:
    facts = oracle.Register("Baja California")
    said = {name: world.canaries.new(Secret(name, facts)) for name in ("profile", "native_name", "city")}
    body = make.counterpart(world.by("maria"), **said)
    world.add("counterpart", Held(facts, {"reference": body.reference}, body))
    entry = lists.listing("Example Entry", in_=lists.edition(), kind="body")
    hit = body.hits.create(
        listing=entry,
        level="review",
        score=81,
        our_name=body.name,
        listed_name=entry.name,
        digest=lists.DIGEST,
    )
    world.add("hit", Held(facts, {"reference": hit.reference}, hit))
    _what_offices_say(world, body, hit)
    _about_the_register(world)
    listing = make_list.listing()
    world.add("listing", Held(oracle.Register("listing"), {"reference": listing.reference}, listing))
    edition = listing.edition
    world.add("edition", Held(oracle.Register("edition"), {"reference": edition.reference}, edition))
    for name, office in list(world.houses.offices.items())[:2]:
        world.add("office", Held(oracle.Register(name), {"reference": office.reference}, office))
    coalition = world.houses.coalition
    world.add("coalition", Held(oracle.Register("border"), {"reference": coalition.reference}, coalition))
    division = world.houses.offices["california"].division
    assert division
    world.add("division", Held(oracle.Register("California"), {"ocd_id": division.ocd_id}, division))
    official = make_official("Pat Example", ocd_id="ocd-person/00000000-0000-4000-8000-000000000001")
    world.add("official", Held(oracle.Register("Pat Example"), {"ocd_id": official.ocd_id}, official))


# Engagements ---------------------------------------------------------------------------------------------------------


def _facts(world: World, path: Path) -> oracle.Engagement:
    status = {
        "file": "filed",
        "postpone": "postponed",
        "cancel": "cancelled",
        "hold": "held",
        "report": "reported",
    }
    named = frozenset(path.people) | ({path.by} if path.visibility == "restricted" else frozenset())
    is_filed = "file" in path.then
    return oracle.Engagement(
        path.name,
        office=world.cast[path.by].person.acting.office,
        status=status[path.then[-1]] if path.then else "draft",
        is_filed=is_filed,
        visibility=path.visibility,
        offices=frozenset(path.offices),
        coalitions=people.BORDER if path.is_for_border else frozenset(),
        people=named,
        desks=frozenset({"desk_mexico"}) if is_filed and path.wants_advice else frozenset(),
        has_report="report" in path.then,
        preference=path.coordination,
    )


def _plan(world: World, path: Path, said: Callable[[str], str]) -> actions.Plan:
    by = world.by(path.by)
    texts = ("title", "purpose", "payer_note", "arranged_by", "foreign_agent", "fara_number")
    fields: dict[str, Any] = {name: said(name) for name in texts}
    fields |= {
        "kind": "inbound_visit",
        "topics": ["water"],
        "payer": "host",
        "starts_on": make.in_days(path.starts),
        "ends_on": make.in_days(path.ends),
        "wants_advice": path.wants_advice,
        "coordination": path.coordination,
    }
    return actions.Plan(
        fields=fields,
        counterparts=[Counterpart.objects.get(pk=world.records["counterpart"][0].row.pk)],
        stops=[{"city": said("stop"), "country": "MX", "subdivision": "MX-BCN"}],
        participants=[
            {"side": "ours", "name": said("our person"), "title": said("their title"), "user": by.user},
            {"side": "theirs", "name": said("foreign person"), "title": said("foreign title")},
        ],
    )


def _engagement(world: World, path: Path) -> Held:
    facts, by = _facts(world, path), world.by(path.by)

    def said(part: str) -> str:
        return world.canaries.new(Secret(part, facts))

    row = actions.draft(_plan(world, path, said), by=by)
    if path.visibility != "federal":
        row = actions.share(
            row,
            by=by,
            visibility=path.visibility,
            offices=[world.houses.offices[name] for name in path.offices],
            coalitions=[world.houses.coalition] if path.is_for_border else [],
            people=[world.cast[name].user for name in path.people],  # type: ignore[misc]
        )
    actions.note_for_office(row, by=by, text=said("office_note"))
    for move in path.then:
        row = _move(world, path, row, move, said)
    held = world.add("engagement", Held(facts, {"reference": row.reference, "slug": "what"}, row))
    if path.name in {"filed", "shared", "public", "restricted", "held restricted", "nevada shared"}:
        _commitments(world, facts, row, by)
    return held


def _move(world: World, path: Path, row: Engagement, move: str, said: Callable[[str], str]) -> Engagement:
    by = world.by(path.by)
    if move == "report":
        report: dict[str, Any] = {
            name: said(name) for name in ("summary", "follow_up", "gifts", "hosted_travel")
        }
        actions.report(row, by=by, **report)
        return Engagement.objects.get(pk=row.pk)
    if move in {"postpone", "cancel"}:
        return getattr(actions, move)(row, by=by, reason=said("reason"))  # type: ignore[no-any-return]
    row = getattr(actions, move)(row, by=by)
    if move == "file" and "hold" not in path.then:
        changed = actions.Plan(fields={"purpose": said("changed purpose")})
        row = actions.amend(row, changed, by=by, version=row.version)
    return row


def _commitments(world: World, facts: oracle.Engagement, row: Engagement, by: Any) -> None:
    for state in ("open", "closed"):
        it = oracle.Commitment(f"{state} commitment of {facts.name}", facts, state == "closed")

        def said(part: str, it: oracle.Commitment = it) -> str:
            return world.canaries.new(Secret(part, it))

        made = actions.add_commitment(row, by=by, text=said("text"), owner=said("owner"))
        if it.is_closed:
            actions.close_commitment(made, by=by, evidence=said("evidence"))
        world.add("commitment", Held(it, {"reference": made.reference}, made))


# Advice --------------------------------------------------------------------------------------------------------------

STATUS = {"answered": "assigned", "again": "given", "two": "given"}


def _advice(world: World, path: Path, state: str) -> None:
    held = _engagement(world, path)
    if state == "two":
        asked = actions.request_advice(
            held.row, by=world.by(path.by), desk=world.houses.offices["desk_japan"]
        )
        _request(world, held, asked, "assigned", "other_lead")
    row = AdviceRequest.objects.get(engagement=held.row, desk=world.houses.offices["desk_mexico"])
    _request(world, held, row, state, "desk_lead")


def _request(world: World, held: Held, row: AdviceRequest, state: str, who: str) -> None:
    facts = held.facts
    assert isinstance(facts, oracle.Engagement)
    desk = world.cast[who].person.acting.office
    it = oracle.Request(
        f"{facts.name} at {desk}",
        facts,
        desk,
        STATUS.get(state, state),
        has_draft=state in {"assigned", "again"},
        released=int(state in {"given", "again", "two", "responded"}),
    )

    def said(part: str) -> str:
        return world.canaries.new(Secret(part, it))

    by, owner = world.by(who), world.by(_owner(facts))
    _through(row, state, by, owner, said)
    if state == "withdrawn":
        actions.cancel(held.row, by=owner)
        held.facts = replace(facts, status="cancelled")
        it = replace(it, engagement=held.facts)
    world.add("request", Held(it, {"reference": row.reference}, row))


def _owner(facts: oracle.Engagement) -> str:
    return "lee" if facts.visibility == "restricted" else "maria"


def _through(row: AdviceRequest, state: str, by: Any, owner: Any, said: Callable[[str], str]) -> None:
    if state in {"requested", "withdrawn", "lapsed"}:
        return
    actions.take(row, by=by)
    actions.note_for_desk(row, by=by, text=said("desk_note"))
    if state in {"question", "answered"}:
        question = actions.ask_question(row, by=by, text=said("question"))
        if state == "answered":
            actions.answer_question(question, by=owner, text=said("answer"))
        return
    if state == "assigned":
        actions.draft_advice(row, by=by, position="concern", reasoning=said("draft"), version=0)
        return
    advice = actions.give_advice(row, by=by, position="changes", reasoning=said("advice"))
    if state == "responded":
        actions.respond(advice, by=owner, kind="adapted", reason=said("response"))
    if state == "again":
        actions.draft_advice(row, by=by, position="concern", reasoning=said("draft"), version=0)


def _lapse(world: World) -> None:
    lapsing = world.held("lapsed at desk_mexico")
    AdviceRequest.objects.filter(pk=lapsing.row.pk).update(due_on=make.in_days(-3))
    actions.lapse_overdue()


# Briefings -----------------------------------------------------------------------------------------------------------


def audience(world: World) -> tuple[list[dict[str, Any]], tuple[known.Rule, ...]]:
    offices = world.houses.offices
    said: list[dict[str, Any]] = [
        {"kind": "person", "user": world.cast["gov"].user},
        {"kind": "person", "user": world.cast["otto"].user},
        {"kind": "office", "office": offices["texas"]},
        {"kind": "coalition", "coalition": world.houses.coalition},
        {"kind": "division", "division": offices["california"].division},
    ]
    rules = (
        known.Rule("person", frozenset({"gov", "otto"})),
        known.Rule("office", frozenset({"texas"})),
        known.Rule("coalition", frozenset({"arizona"})),
        known.Rule("division", frozenset({"california", "los_angeles"})),
    )
    return said, rules


SECTIONS = (
    known.Section("CLEAR"),
    known.Section("AMBER"),
    known.Section("RED"),
    known.Section("AMBER+STRICT"),
    known.Section("GREEN", (known.Rule("office", frozenset({"texas"})),)),
)
EXPIRES_IN = 3
BRIEFINGS = {
    "briefing in draft": ("briefer", "second_briefer", "draft"),
    "briefing submitted": ("briefer", "second_briefer", "submitted"),
    "briefing released": ("briefer", "second_briefer", "released"),
    "briefing recalled": ("briefer", "second_briefer", "recalled"),
    "briefing expired": ("briefer", "second_briefer", "expired"),
    "briefing of another author": ("second_briefer", "briefer", "submitted"),
}


def _briefings(world: World) -> None:
    for name, (author, other, status) in BRIEFINGS.items():
        it = oracle.Briefing(name, "desk_mexico", author, status)
        row = _write(world, it)
        if status != "draft":
            row = briefing_actions.submit(row, by=world.by(author))
        if status in {"released", "recalled", "expired"}:
            row = briefing_actions.release(row, by=world.by(other))
        held = world.add("briefing", Held(it, {"reference": row.reference, "number": 1}, row))
        if status == "released":
            _questions(world, held)
        _end(world, held, world.by(author))


def _write(world: World, it: oracle.Briefing) -> Briefing:
    admitted, rules = audience(world)
    sections = []
    for section in SECTIONS:
        secret = Secret("section", it, rules, (section,))
        said = {name: world.canaries.new(secret) for name in ("heading", "body")}
        sections.append(said | {"label": section.label})
    narrowed = [{"kind": "office", "office": world.houses.offices["texas"], "section": 4}]
    title = world.canaries.new(Secret("title", it, rules, SECTIONS))
    last_day = make.in_days(EXPIRES_IN if it.status == "expired" else 90)
    writing = briefing_actions.Writing(
        fields={"title": title, "expires_on": last_day}, sections=sections, audience=[*admitted, *narrowed]
    )
    return briefing_actions.draft(writing, by=world.by(it.author))


def _end(world: World, held: Held, author: Any) -> None:
    it = held.facts
    assert isinstance(it, oracle.Briefing)
    if it.status == "recalled":
        briefing_actions.recall(held.row, by=author, reason=world.canaries.new(Secret("recall", it)))
    if it.status == "expired":
        with time_machine.travel(timezone.now() + timedelta(days=EXPIRES_IN + 1)):
            briefing_actions.expire()


def _questions(world: World, held: Held) -> None:
    briefing = held.facts
    assert isinstance(briefing, oracle.Briefing)
    for who, is_answered in (("gov", False), ("tom", True)):
        copy = Delivery.objects.get(briefing=held.row, recipient=world.cast[who].user)
        facts = oracle.Copy(f"{briefing.name} to {who}", briefing, who, _office_name(world, copy))
        it = oracle.Asked(f"question of {who}", facts, is_answered)
        asked = briefing_actions.ask(copy, by=world.by(who), text=world.canaries.new(Secret("question", it)))
        if is_answered:
            words = world.canaries.new(Secret("answer", it))
            briefing_actions.answer(asked, by=world.by("briefer"), text=words)
        params = {"reference": held.row.reference, "question": asked.reference}
        world.add("question", Held(it, params, asked))


def _office_name(world: World, copy: Delivery) -> str:
    return next(name for name, office in world.houses.offices.items() if office.pk == copy.member.office_id)


# What the rest left behind -------------------------------------------------------------------------------------------


def _refresh(world: World) -> None:
    """Rows as they are now; the requests and copies that filing and release made; whom each row belongs to."""
    names = {met.user.pk: name for name, met in world.cast.items() if met.user}
    for held in world.records["engagement"]:
        held.row = Engagement.objects.get(pk=held.row.pk)
        _requests_by_filing(world, held)
    for held in [*world.records["request"], *world.records["commitment"]]:
        held.row = type(held.row).objects.get(pk=held.row.pk)
    for held in world.records["briefing"]:
        held.row = Briefing.objects.get(pk=held.row.pk)
        for copy in Delivery.objects.filter(briefing=held.row).select_related("member").order_by("pk"):
            who = names[copy.recipient_id]
            assert isinstance(held.facts, oracle.Briefing)
            facts = oracle.Copy(f"{held.name} to {who}", held.facts, who, _office_name(world, copy))
            world.add("copy", Held(facts, {"reference": copy.reference}, copy))


def _requests_by_filing(world: World, held: Held) -> None:
    known = {request.row.pk for request in world.records["request"]}
    assert isinstance(held.facts, oracle.Engagement)
    for row in AdviceRequest.objects.filter(engagement=held.row).select_related("desk").order_by("pk"):
        if row.pk not in known:
            desk = next(name for name, office in world.houses.offices.items() if office.pk == row.desk_id)
            facts = oracle.Request(f"{held.name} at {desk}", held.facts, desk, row.status)
            world.add("request", Held(facts, {"reference": row.reference}, row))


def _alarms(world: World) -> None:
    for who in ("maria", "liaison"):
        office = world.cast[who].person.acting.office
        row = Alarm.objects.create(user=world.by(who).user, office=world.houses.offices[office], opened=99)
        world.add("alarm", Held(oracle.Alarm(f"alarm of {who}", office), {"reference": row.reference}, row))


def _notices(world: World) -> None:
    """The latest of each person who has any."""
    for name, met in world.cast.items():
        notice = Notice.objects.filter(recipient=met.user).order_by("pk").last() if met.user else None
        if notice:
            facts = oracle.Notice(f"notice to {name}", name, oracle.Engagement("", ""))
            world.add("notice", Held(facts, {"key": notice.delivery_key}, notice))
