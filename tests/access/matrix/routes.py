"""Every address: what it is about, and what each method asks there. An address that is not here fails the suite."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import URLResolver, get_resolver

from briefings import preview
from diplomacy.lib.web import not_here
from tests.access.matrix.world import Held, Params, World
from tests.factories.engagements import in_days
from tests.factories.lists import DIGEST

Body = Callable[[World, Held | None], dict[str, Any]]


class Ask(NamedTuple):
    """What one method asks: see `oracle.answers` for the kinds."""

    kind: str
    act: str = ""
    body: Body | None = None
    is_rough: bool = False
    """What is sent may be refused as invalid: a form of many parts is not filled in whole here."""
    tag: str = ""
    """If-Match or If-None-Match: the header."""


@dataclass(frozen=True)
class Route:
    subject: str = ""
    methods: dict[str, Ask] = field(default_factory=dict)
    is_api: bool = False

    def ask(self, method: str) -> Ask:
        """HEAD asks what GET asks."""
        return self.methods.get("GET" if method == "HEAD" else method, Ask("none"))


READ, OWN = Ask("read"), Ask("own")


def said(**fields: Any) -> Body:
    return lambda _world, _held: fields


def versioned(**fields: Any) -> Body:
    return lambda _world, held: {"version": held.row.version if held else 0} | fields


def named(form: str, **fields: Any) -> Body:
    """A form whose fields carry a prefix."""
    return lambda _world, _held: {f"{form}-{name}": value for name, value in fields.items()}


def by_reference(form: str, **fields: Any) -> Body:
    return lambda _world, held: (
        {f"{form}-{held.row.reference}-{name}": value for name, value in fields.items()} if held else {}
    )


def give_to(world: World, held: Held | None) -> dict[str, Any]:
    desk = held.facts.desk if held else ""  # type: ignore[union-attr]
    return {"give-to": world.by({"desk_mexico": "liaison", "desk_japan": "other_liaison"}[desk]).pk}


def advice_form(button: str) -> Body:
    def body(world: World, held: Held | None) -> dict[str, Any]:
        draft = held.row.advice.filter(released_at=None).first() if held else None
        number = draft.number if draft else held.row.advice.count() + 1 if held else 1
        fields = {"position": "support", "reasoning": "Go.", "number": number}
        fields["version"] = draft.version if draft else 0
        return {f"advice-{name}": value for name, value in fields.items()} | {"do": button}

    return body


def coordinator_answer(world: World, held: Held | None) -> dict[str, Any]:
    return {f"answer-{held.params['question']}-text": "So."} if held else {}


def coordinator_said(world: World, held: Held | None) -> dict[str, Any]:
    return {"question": held.params["question"] if held else "", "text": "So."}


def a_desk(world: World, held: Held | None) -> dict[str, Any]:
    return {"desk": world.houses.offices["desk_japan"].pk}


def a_desk_by_reference(world: World, held: Held | None) -> dict[str, Any]:
    return {"desk": world.houses.offices["desk_japan"].reference}


def a_pair(world: World, held: Held | None) -> dict[str, Any]:
    pair = world.records["pair"][0].params
    return {"kept": world.records["counterpart"][0].params["reference"], "gone": pair["other"]}


def a_referral(world: World, held: Held | None) -> dict[str, Any]:
    form = {"subject": "Ports", "text": "May.", "counterpart_name": "A port", "met-TOTAL_FORMS": 0}
    return form | {"receiver": world.houses.offices["oregon"].name, "met-INITIAL_FORMS": 0}


def a_referral_said(world: World, held: Held | None) -> dict[str, Any]:
    said = {"subject": "Ports", "text": "May.", "counterpart_name": "A port"}
    return said | {"receiver": world.houses.offices["oregon"].reference}


def seen(world: World, held: Held | None) -> dict[str, Any]:
    """Who would receive it as the world is now: after it was written, people came and went."""
    if held is None:
        return {}
    return {"seen": preview.of(held.row).fingerprint if held.row.status == "submitted" else "never"}


REPORT = {"summary": "It went well."}
ROWS = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 20}
COMMITMENTS = {f"commitments-{name}": value for name, value in ROWS.items()}
PLAN = {"title": "New", "kind": "call", "purpose": "Talk.", "topics": ["water"], "mode": "cooperation"}
GUIDANCE = {
    "country": "MX",
    "kind": "notice",
    "title": "Tell the consulate",
    "text": "Ten working days before.",
    "reason": "It arranges the escort.",
    "starts_on": str(in_days(-10)),
}
COUNTERPART = {"kind": "international", "name": "Commission of the River"}


def door(act: str, body: Body, *, is_rough: bool = False) -> dict[str, Ask]:
    """A page that asks, and the form it sends."""
    return {"GET": Ask("door", act), "POST": Ask("write", act, body, is_rough)}


def via(act: str, body: Body, *, is_rough: bool = False) -> dict[str, Ask]:
    """A form that stands on a page for all who read: that page, or an address that leads back there."""
    return {"GET": READ, "POST": Ask("write", act, body, is_rough)}


def page(subject: str, methods: dict[str, Ask]) -> Route:
    return Route(subject, methods)


PAGES: dict[str, Route] = {
    "home": page("", {"GET": OWN}),
    "accounts:act_for": page("", {"POST": Ask("own_write")}),
    "accounts:profile": page("", {"GET": OWN, "POST": Ask("own_write")}),
    "accounts:office": page("", {"GET": OWN}),
    "activity:notices": page("", {"GET": OWN}),
    "activity:read_all": page("", {"POST": Ask("own_write")}),
    "activity:preferences": page("", {"GET": OWN, "POST": Ask("own_write")}),
    "activity:log": page("", {"GET": Ask("role", "log")}),
    "activity:export": page("", {"POST": Ask("role", "log")}),
    "activity:alarms": page("", {"GET": Ask("role", "alarms")}),
    "activity:alarm": page("alarm", {"GET": READ}),
    "activity:open": page("notice", {"GET": Ask("read_or_gone")}),
    "activity:read_one": page("notice", {"POST": Ask("own_write")}),
    "counterparts:list": page("", {"GET": OWN}),
    "counterparts:add": page(
        "", {"GET": Ask("role", "add a counterpart"), "POST": Ask("write", "add", said(**COUNTERPART), True)}
    ),
    "counterparts:lookup": page("", {"GET": OWN}),
    "counterparts:lookup_people": page("", {"GET": OWN}),
    "counterparts:regions": page("", {"GET": OWN}),
    "counterparts:lists": page("", {"GET": OWN}),
    "counterparts:load_list": page(
        "", {"GET": Ask("role", "load a list"), "POST": Ask("write", "load_list", said(source="un"), True)}
    ),
    "counterparts:edition": page("edition", {"GET": READ}),
    "counterparts:listings": page("", {"GET": OWN}),
    "counterparts:listing": page("listing", {"GET": READ}),
    "counterparts:detail": page("counterpart", {"GET": READ}),
    "counterparts:change": page("counterpart", door("change", versioned(**COUNTERPART))),
    "counterparts:hits": page("", {"GET": OWN}),
    "counterparts:alike": page("", {"GET": OWN}),
    "counterparts:already_here": page("", {"POST": Ask("own_write")}),
    "counterparts:compare": page("pair", via("keep_apart", said(do="apart", reason="They met."))),
    "counterparts:undo_merge": page("merge", {"POST": Ask("write", "undo_merge", said())}),
    "counterparts:guidance_list": page("", {"GET": OWN}),
    "counterparts:publish_guidance": page(
        "", {"GET": Ask("role", "publish guidance"), "POST": Ask("write", "publish", said(**GUIDANCE), True)}
    ),
    "counterparts:guidance": page("guidance", {"GET": READ}),
    "counterparts:change_guidance": page("guidance", door("change_guidance", said(**GUIDANCE))),
    "counterparts:end_guidance": page("guidance", door("change_guidance", said(ends_on=str(in_days(90))))),
    "counterparts:hold_post": page(
        "person", door("change", said(title="Mayor", body="Ministry of Examples"))
    ),
    "counterparts:change_post": page("post", door("change", versioned(title="Mayor"))),
    "counterparts:add_source": page("counterpart", door("change", said(title="Its website"))),
    "counterparts:note": page("counterpart", door("change", said(text="Ask for Julia."))),
    "counterparts:hit": page(
        "hit", via("dispose", said(verdict="different", reason="Born elsewhere.", digest=DIGEST))
    ),
    "engagements:list": page("", {"GET": OWN}),
    "engagements:drafts": page("", {"GET": OWN}),
    "engagements:shared": page("", {"GET": OWN}),
    "engagements:parties": page("", {"GET": OWN}),
    "engagements:people": page("", {"GET": OWN}),
    "engagements:with_counterpart": page("counterpart", {"GET": READ}),
    "engagements:start": page(
        "", {"GET": Ask("role", "log an engagement"), "POST": Ask("write", "draft", said(**PLAN))}
    ),
    "engagements:detail": page("engagement", {"GET": READ}),
    "engagements:versions": page("engagement", {"GET": READ}),
    "engagements:step": page("engagement", door("save", versioned(**PLAN))),
    "engagements:check": page("engagement", door("file", versioned())),
    "engagements:amend": page("engagement", door("amend", versioned(**PLAN), is_rough=True)),
    "engagements:share": page("engagement", door("share", versioned(visibility="public"), is_rough=True)),
    "engagements:postpone": page("engagement", door("postpone", versioned(reason="Later."))),
    "engagements:resume": page("engagement", door("resume", versioned(starts_on=str(in_days(9))))),
    "engagements:cancel": page("engagement", door("cancel", versioned(reason="Not now."))),
    "engagements:hold": page("engagement", door("hold", versioned(), is_rough=True)),
    "engagements:report": page("engagement", door("report", versioned(**REPORT, **COMMITMENTS))),
    "engagements:note": page("engagement", door("note", said(text="Call them."))),
    "engagements:commit": page("engagement", door("commit", said(text="Send it.", side="ours"))),
    "engagements:close_commitment": page("commitment", door("close", said(evidence="Sent."))),
    "engagements:ask_desk": page("engagement", door("ask", a_desk, is_rough=True)),
    "engagements:queue": page("", {"GET": Ask("role", "queue")}),
    "engagements:request": page("request", {"GET": READ}),
    "engagements:advise": page("request", via("give", advice_form("release"))),
    "engagements:ask_office": page("request", via("question", named("question", text="Who?"))),
    "engagements:desk_note": page("request", via("desk_note", named("note", text="Hm."))),
    "engagements:take": page("request", {"POST": Ask("write", "take", said())}),
    "engagements:give_to": page("request", via("give_to", give_to, is_rough=True)),
    "engagements:changes_read": page("request", {"POST": Ask("own_write")}),
    "engagements:answer": page("request", door("answer", by_reference("answer", text="He."))),
    "engagements:respond": page("request", door("respond", by_reference("respond", kind="followed"))),
    "engagements:overlaps": page("", {"GET": OWN}),
    "engagements:overlap": page("side", {"GET": READ}),
    **{
        f"engagements:overlap_{move}": page("side", {"POST": Ask("write", move, said())})
        for move in ("ask", "introduce", "decline", "take_up")
    },
    "engagements:overlap_withdraw": page("side", door("withdraw", said())),
    "engagements:overlap_set_aside": page("side", via("set_aside", named("aside", reason="No."))),
    "engagements:overlap_write": page("side", via("write", named("message", text="Hello."))),
    "engagements:overlap_coordinator": page("side", via("coordinator", named("coordinator", text="Well?"))),
    "engagements:crossings": page("", {"GET": Ask("role", "queue")}),
    "engagements:crossings_calendar": page("", {"GET": Ask("role", "queue")}),
    "engagements:crossings_map": page("", {"GET": Ask("role", "queue")}),
    "engagements:coordination": page("both", {"GET": READ}),
    "engagements:coordination_answer": page("to coordinators", via("answer_office", coordinator_answer)),
    "engagements:referrals": page("", {"GET": OWN}),
    "engagements:referrals_sent": page("", {"GET": OWN}),
    "engagements:refer": page(
        "", {"GET": Ask("role", "refer something"), "POST": Ask("write", "refer", a_referral, True)}
    ),
    "engagements:referral_offices": page("", {"GET": OWN}),
    "engagements:referral_engagements": page("", {"GET": OWN}),
    "engagements:referrals_with": page("counterpart", {"GET": READ}),
    "engagements:referral": page("referral", {"GET": READ}),
    **{
        f"engagements:referral_{move}": page("referral", via(move, said()))
        for move in ("take_up", "plan", "withdraw")
    },
    "engagements:referral_decline": page("referral", via("decline", named("decline", reason="No."))),
    "engagements:referral_close": page(
        "referral", via("close", named("close", outcome="nothing", text="No."))
    ),
    "engagements:referral_correct": page(
        "referral", via("correct", named("correct", outcome="nothing", text="No."))
    ),
    "briefings:list": page("", {"GET": OWN}),
    "briefings:mine": page("", {"GET": OWN}),
    "briefings:read": page("copy", {"GET": READ}),
    "briefings:acknowledge": page("copy", {"POST": Ask("write", "acknowledge", said())}),
    "briefings:ask": page("copy", {"POST": Ask("write", "ask", said(text="When?"))}),
    "briefings:draft": page(
        "", {"GET": Ask("role", "write a briefing"), "POST": Ask("write", "draft_briefing", said(), True)}
    ),
    "briefings:lookup": page("", {"GET": OWN}),
    "briefings:lookup_engagements": page("", {"GET": OWN}),
    "briefings:detail": page("briefing", {"GET": READ}),
    "briefings:change": page("briefing", door("change", versioned(title="New"), is_rough=True)),
    "briefings:audience": page("briefing", door("change", versioned(), is_rough=True)),
    "briefings:preview": page(
        "briefing", {"GET": Ask("read_or_gone"), "POST": Ask("write", "submit", versioned())}
    ),
    "briefings:cut": page("briefing", {"GET": Ask("read_or_gone")}),
    "briefings:release": page("briefing", door("release", versioned(), is_rough=True)),
    "briefings:return": page("briefing", door("return", versioned(reason="No."))),
    "briefings:recall": page("briefing", door("recall", versioned(reason="No."))),
    "briefings:answer": page("question", door("answer", said(answer="Soon."))),
}


def post(act: str, body: Body, *, tag: str = "", is_rough: bool = False) -> dict[str, Ask]:
    return {"POST": Ask("write", act, body, is_rough, tag)}


def api(subject: str, methods: dict[str, Ask]) -> Route:
    return Route(subject, methods, is_api=True)


JSON_PLAN = {"title": "New", "kind": "call", "purpose": "Talk."}
ADVICE = {"position": "support", "reasoning": "Go."}
PARTY_FREE = said(visibility="public")

API: dict[str, Route] = {
    "api_engagements-list": api("", {"GET": OWN, "POST": Ask("write", "draft", said(**JSON_PLAN))}),
    "api_engagements-detail": api(
        "engagement",
        {"GET": READ, "PATCH": Ask("write", "change", said(purpose="Talk more."), tag="If-Match")},
    ),
    "api_engagements-file": api("engagement", post("file", said())),
    "api_engagements-postpone": api("engagement", post("postpone", said(reason="Later."))),
    "api_engagements-resume": api(
        "engagement", post("resume", said(starts_on=str(in_days(9)), ends_on=str(in_days(9))))
    ),
    "api_engagements-cancel": api("engagement", post("cancel", said(reason="Not now."))),
    "api_engagements-hold": api("engagement", post("hold", said(), is_rough=True)),
    "api_engagements-share": api("engagement", post("share", PARTY_FREE, tag="If-Match")),
    "api_engagements-report": api(
        "engagement", {"GET": Ask("part", "report"), **post("report", said(**REPORT))}
    ),
    "api_engagements-notes": api(
        "engagement", {"GET": Ask("part", "office_notes"), **post("note", said(text="Call them."))}
    ),
    "api_engagements-commitments": api(
        "engagement", {"GET": READ, **post("commit", said(text="Send it.", side="ours"))}
    ),
    "api_engagements-ask": api("engagement", post("ask", a_desk_by_reference)),
    "api_engagements-versions": api("engagement", {"GET": READ}),
    "api_engagements-differences": api("engagement", {"GET": Ask("read_or_gone")}),
    "api_engagements-timeline": api("engagement", {"GET": READ}),
    "api_advice-requests-list": api("", {"GET": OWN}),
    "api_advice-requests-detail": api("request", {"GET": READ}),
    "api_advice-requests-take": api("request", post("take", said())),
    "api_advice-requests-question": api("request", post("question", said(text="Who?"))),
    "api_advice-requests-answer-question": api("request", post("answer", said(text="He."))),
    "api_advice-requests-draft": api(
        "request",
        {"GET": Ask("part", "draft"), "PUT": Ask("write", "save_draft", said(**ADVICE), tag="draft")},
    ),
    "api_advice-requests-give": api("request", post("give", said(**ADVICE), tag="draft")),
    "api_advice-requests-respond": api("request", post("respond", said(number=1, kind="followed"))),
    "api_advice-requests-notes": api(
        "request", {"GET": Ask("part", "desk_notes"), **post("desk_note", said(text="Hm."))}
    ),
    "api_overlaps-list": api("", {"GET": OWN}),
    "api_overlaps-counts": api("", {"GET": OWN}),
    "api_overlaps-detail": api("side", {"GET": READ}),
    **{
        f"api_overlaps-{move.replace('_', '-')}": api("side", post(move, said()))
        for move in ("ask", "introduce", "decline", "withdraw", "take_up")
    },
    "api_overlaps-set-aside": api("side", post("set_aside", said(reason="No."))),
    "api_overlaps-thread": api("side", {"GET": READ, **post("write", said(text="Hello."))}),
    "api_overlaps-questions": api("side", {"GET": READ, **post("coordinator", said(text="Well?"))}),
    "api_coordination-list": api("", {"GET": OWN}),
    "api_coordination-counts": api("", {"GET": OWN}),
    "api_coordination-detail": api("both", {"GET": READ}),
    "api_coordination-questions": api("both", {"GET": READ}),
    "api_coordination-answer-office": api("to coordinators", post("answer_office", coordinator_said)),
    "api_referrals-list": api("", {"GET": OWN, "POST": Ask("write", "refer", a_referral_said, True)}),
    "api_referrals-detail": api("referral", {"GET": READ}),
    "api_referrals-take-up": api("referral", post("take_up", said())),
    "api_referrals-decline": api("referral", post("decline", said(reason="No."))),
    "api_referrals-close": api("referral", post("close", said(outcome="nothing", text="No."))),
    "api_referrals-correct": api("referral", post("correct", said(outcome="nothing", text="No."))),
    "api_referrals-withdraw": api("referral", post("withdraw", said())),
    "api_referrals-plan": api("referral", post("plan", said())),
    "api_referrals-timeline": api("referral", {"GET": READ}),
    "api_commitments-list": api("", {"GET": OWN}),
    "api_commitments-detail": api("commitment", {"GET": READ}),
    "api_commitments-close": api("commitment", post("close", said(evidence="Sent."))),
    "api_counterparts-list": api("", {"GET": OWN, "POST": Ask("write", "add", said(**COUNTERPART))}),
    "api_counterparts-detail": api(
        "counterpart", {"GET": READ, "PATCH": Ask("write", "change", said(city="Tecate"), tag="If-Match")}
    ),
    "api_acquaintances-detail": api("counterpart", {"GET": READ}),
    "api_lists-list": api("", {"GET": OWN}),
    "api_lists-detail": api("edition", {"GET": READ}),
    "api_listings-list": api("", {"GET": OWN}),
    "api_listings-detail": api("listing", {"GET": READ}),
    "api_counterparts-timeline": api("counterpart", {"GET": READ}),
    "api_guidance-list": api("", {"GET": OWN, "POST": Ask("write", "publish", said(**GUIDANCE))}),
    "api_guidance-detail": api("guidance", {"GET": READ}),
    "api_guidance-replace": api("guidance", post("change_guidance", said(**GUIDANCE))),
    "api_merges-list": api("", {"GET": OWN, "POST": Ask("write", "merge", a_pair)}),
    "api_merges-detail": api("merge", {"GET": READ}),
    "api_merges-undo": api("merge", post("undo_merge", said())),
    "api_merges-suggestions": api("", {"GET": OWN}),
    "api_possible-matches-list": api("", {"GET": OWN}),
    "api_possible-matches-detail": api("hit", {"GET": READ}),
    "api_possible-matches-dispose": api(
        "hit", post("dispose", said(verdict="different", reason="Born elsewhere.", digest=DIGEST))
    ),
    "api_briefings-list": api("", {"GET": OWN, "POST": Ask("write", "draft_briefing", said(title="New"))}),
    "api_briefings-detail": api(
        "briefing", {"GET": READ, "PATCH": Ask("write", "change", said(title="Newer"), tag="If-Match")}
    ),
    "api_briefings-submit": api("briefing", post("submit", said())),
    "api_briefings-return-to-author": api("briefing", post("return", said(reason="No."))),
    "api_briefings-release": api("briefing", post("release", seen)),
    "api_briefings-recall": api("briefing", post("recall", said(reason="No."))),
    "api_briefings-preview": api("briefing", {"GET": Ask("read_or_gone")}),
    "api_briefings-receipts": api("briefing", {"GET": READ}),
    "api_briefings-questions": api("briefing", {"GET": READ}),
    "api_briefings-answer-question": api("question", post("answer", said(text="Soon."))),
    "api_briefings-timeline": api("briefing", {"GET": READ}),
    "api_briefings-targets": api("", {"GET": Ask("role", "write a briefing")}),
    "api_deliveries-list": api("", {"GET": OWN}),
    "api_deliveries-detail": api("copy", {"GET": READ}),
    "api_deliveries-acknowledge": api("copy", post("acknowledge", said())),
    "api_deliveries-ask": api("copy", post("ask", said(text="When?"))),
    "api_offices-list": api("", {"GET": OWN}),
    "api_offices-detail": api("office", {"GET": READ}),
    "api_offices-settings": api(
        "office",
        {"GET": Ask("door", "settings"), "PATCH": Ask("write", "settings", said(sign_in="passkey"))},
    ),
    "api_coalitions-list": api("", {"GET": OWN}),
    "api_coalitions-detail": api("coalition", {"GET": READ}),
    "api_divisions-list": api("", {"GET": OWN}),
    "api_divisions-detail": api("division", {"GET": READ}),
    "api_officials-list": api("", {"GET": OWN}),
    "api_officials-detail": api("official", {"GET": READ}),
    "api_colleagues-list": api("", {"GET": OWN}),
    "api_notices-list": api("", {"GET": OWN}),
    "api_notices-read": api("", {"POST": Ask("own_write")}),
    "api_notices-preferences": api("", {"GET": OWN, "PUT": Ask("own_write")}),
    "api_log-list": api("", {"GET": Ask("role", "log")}),
    "api_me-me": api("", {"GET": OWN, "PATCH": Ask("own_write")}),
    "api_schema": api("", {"GET": OWN}),
    "api_docs": page("", {"GET": OWN}),
}
QUERIES = {
    "api_briefings-targets": "?q=Texas",
    "api_engagements-differences": "?since=0",
    "counterparts:lookup": "?q=Baja",
    "counterparts:lookup_people": "?q=Baja",
    "counterparts:regions": "?q=Baja",
    "engagements:parties": "?q=Texas",
    "engagements:people": "?q=Person",
    "engagements:referral_offices": "?q=Office",
    "engagements:referral_engagements": "?q=zq0",
    "briefings:lookup": "?q=Texas",
    "briefings:lookup_engagements": "?q=zq0",
}
ROUTES = PAGES | API
OTHER_ROOMS = (
    "accounts:",
    "activity:",
    "records:",
    "signin:",
    "content_policy",
    "search",
    "api_colleagues-",
    "api_invitations-",
    "api_delegations-",
    "api_recoveries-",
    "api_office-requests-",
    "api_records-",
)
"""Memberships, invitations, holds and records requests are tried in their own rooms' tests, the pages also by
`tests.access.test_pages`. What the oracle knows nothing of is named here, and nowhere else."""


def is_elsewhere(name: str) -> bool:
    return name.startswith(OTHER_ROOMS) and name not in ROUTES


SIGNING_IN = ("account_", "mfa_", "usersessions_", "openid", "socialaccount_", "saml", "signin:")
"""Pages of one's own account, tested where signing in is: they show nothing but that."""


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every address but the operator's and those of signing in."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.callback is not not_here and pattern.name and not pattern.name.startswith(SIGNING_IN):
            yield f"{space}{pattern.name}"


KEYS = (
    ("reference", "question"),
    ("reference", "number"),
    ("reference", "slug"),
    ("reference", "other"),
    ("reference",),
    ("key",),
    ("ocd_id",),
    (),
)
ABSENT_KEY = "00000000-0000-4000-8000-000000000000"


def absent(params: Params) -> Params:
    """The same address of a record that does not exist."""
    gone = dict(params)
    for name in ("question", "other", "reference"):
        if name in gone:
            gone[name] = f"{gone[name][:-8]}00000000"
    if "key" in gone:
        gone["key"] = ABSENT_KEY
    if "ocd_id" in gone:
        gone["ocd_id"] = gone["ocd_id"][:-2] + ("zz" if "division" in gone["ocd_id"] else "99")
    return gone
