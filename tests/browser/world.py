"""A small world in which every page has something to show, and some of it is long, right-to-left or combining."""

import json
import time
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from accounts import actions as accounts
from accounts.models import Member, User
from accounts.requests import ACTING_FOR
from accounts.signin import codes, limits
from accounts.signin.store import SessionStore
from activity import alarms
from activity.models import Hold, Notice
from briefings import actions as briefing_actions
from briefings.choices import Label
from counterparts import actions as counterparts
from counterparts.models import Counterpart, ListEdition, Listing
from engagements import actions
from engagements.models import AdviceRequest, Coverage, Engagement, Question
from records import actions as records
from tests.access.records import a_hit
from tests.browser.people import PASSWORD
from tests.factories import accounts as people
from tests.factories import briefings as make_briefing
from tests.factories import engagements as make
from tests.factories import list_files as make_list
from tests.factories import overlaps as cross
from tests.factories import referrals as refer
from tests.signin.authenticator import Device

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ARABIC = "حكومة إمارة أبوظبي – دائرة الطاقة والمياه"
COMBINING = "Z͑ͫ̓a͊̔l̋͑g̈o͛ Ủy ban nhân dân thành phố Đà Nẵng"
TEXT = f"Agree on shared monitoring of the river.\n\n{ARABIC}\n\n{LONG}"
MARKDOWN = (
    f"Ask about the **river**:\n\n- {COMBINING}\n- {LONG}\n\n> {ARABIC}\n\n[The treaty](https://example.org/)"
)


class World(NamedTuple):
    people: dict[str, Member | User]
    named: dict[str, dict[str, Any]]
    """The parameters of an address that name each record."""


def build() -> World:
    cast = gather()
    named = {**plans(cast), **advice(cast), **written(cast), **crossings(cast)}
    named |= referrals(cast, engagement_of(named, "filed"))
    named["counterpart"] = {"reference": engagement_of(named, "filed").counterparts.first().reference}
    named |= register(cast, engagement_of(named, "filed").counterparts.first())
    named |= factors(cast["lee"])
    for who in ("liaison", "maria"):
        notice = Notice.objects.filter(recipient=cast[who].user).latest("pk")
        named[f"notice of {who}"] = {"key": notice.delivery_key}
    hold = Hold.objects.create(office=cast["maria"].office, placed_by=cast["lee"].user, reason=LONG)
    named["hold"] = {"reference": hold.reference}
    since, until = make.in_days(-30), make.in_days(60)
    asked = [records.ask(title=ARABIC, since=since, until=until, by=cast["lee"]) for _ in range(3)]
    records.queue(asked[2], by=cast["lee"])
    records.work()
    records.queue(asked[1], by=cast["lee"])
    for name, one in zip(("records", "records in the making", "records made"), asked, strict=True):
        named[name] = {"reference": one.reference}
    named["alarm"] = {"reference": alarms.sound(cast["maria"], 151).reference}
    colleague = people.make_member(cast["maria"].office, "reader", name=COMBINING, title=LONG[:120])
    named |= lists(cast["desk_lead"])
    named["member"] = {"key": colleague.key}
    named["office_request"] = {"reference": people.asked_for(cast["maria"].office).reference}
    named["recovery"] = {"reference": people.recovering(cast["maria"].office).reference}
    named["invitation"] = {"reference": people.invited(cast["maria"].office).reference}
    named["delegation"] = {"reference": people.delegated(cast["gov"], colleague).reference}
    return World({**cast, **others(cast)}, named)


def gather() -> dict[str, Member]:
    """The cast of conftest.py, and those whose pages are empty."""
    division = people.make_division("ocd-division/country:us/state:ca")
    california = people.make_office(
        "California International Office", short_name="California", division=division
    )
    texas = people.make_office("Texas Office of Foreign Affairs", short_name="Texas")
    mexico = people.make_desk("Mexico Desk", short_name="Mexico Desk")
    japan = people.make_desk("Japan Desk", short_name="Japan Desk")
    oversight = people.make_office("Office of Oversight", level="federal")
    Coverage.objects.create(desk=mexico, country="MX")
    serve = people.make_member
    cast = {
        "maria": serve(
            california,
            "staff",
            user=people.make_user("Maria Lopez", email="maria.lopez@example.gov", password=PASSWORD),
        ),
        "lee": serve(california, "lead", name="Lee Nguyen"),
        "gov": serve(california, "principal", name="Gale Overton", title="Governor"),
        "liaison": serve(mexico, "liaison", name="Dana Liaison"),
        "desk_lead": serve(mexico, "desk_lead", name="Drew Desklead"),
        "other_liaison": serve(japan, "liaison", name="Jun Liaison"),
        "briefer": serve(mexico, "briefer", name="Bo Briefer"),
        "second_briefer": serve(mexico, "briefer", name=COMBINING),
        "lone_briefer": serve(japan, "briefer", name="Una Briefer"),
        "auditor": serve(oversight, "auditor", name="Audrey Auditor"),
        "tom": serve(texas, "staff", name="Tom Baker"),
        "texan": serve(texas, "principal", name="Terry Principal"),
    }
    serve(texas, "reader", user=cast["lee"].user)
    serve(people.make_office(LONG, short_name=LONG[:60]), "staff", user=cast["maria"].user)
    return cast


def others(cast: dict[str, Member]) -> dict[str, Member | User]:
    return {
        "operator": people.make_user("Olga Operator", is_staff=True, is_superuser=True),
        "outsider": people.make_former_member(cast["maria"].office, name="Otto Outsider"),
    }


def plans(cast: dict[str, Member]) -> dict[str, dict[str, Any]]:
    maria = cast["maria"]
    bare = actions.draft(actions.Plan(fields={"title": "Something with the port"}), by=maria)
    held, postponed = make.held(maria), actions.postpone(make.filed(maria), by=maria, reason=TEXT)
    actions.cancel(make.filed(maria, title="Trade breakfast"), by=maria)
    reported = make.held(maria)
    actions.report(reported, by=maria, summary=TEXT, follow_up=TEXT, gifts="A vase", gifts_value="40.00")
    actions.add_commitment(reported, by=maria, text="Send the river data.", due_on=make.in_days(-3))
    promised = actions.add_commitment(reported, by=maria, text=LONG, owner=ARABIC, due_on=make.in_days(3))
    made = {
        "bare": bare,
        "draft": make.drafted(maria),
        "filed": full(maria),
        "held": held,
        "postponed": postponed,
        "reported": reported,
        "today": make.filed(maria, starts_on=make.in_days(0), ends_on=make.in_days(1)),
    }
    named = {name: {"reference": record.reference} for name, record in made.items()}
    return {**named, "commitment": {"reference": promised.reference}}


def full(maria: Member) -> Engagement:
    """Long in every line, amended, shared, flagged."""
    words = {
        "purpose": TEXT,
        "payer": "host",
        "payer_note": LONG,
        "arranged_by": ARABIC,
        "foreign_agent": LONG,
    }
    fields = {"topics": ["water", "energy"], "has_binding_language": True, **words}
    plan = make.plan(maria, title=f"{ARABIC} {LONG}"[:200], start_time="14:30", **fields)
    bodies = [
        *(plan.counterparts or []),
        make.counterpart(maria, name=LONG[:200], native_name=ARABIC, profile=MARKDOWN),
        make.counterpart(maria, name=COMBINING, kind="person"),
    ]
    crowd = [
        {"side": "ours", "name": COMBINING, "title": LONG},
        {"side": "theirs", "name": ARABIC, "title": "Minister"},
    ]
    whole = actions.Plan(plan.fields, counterparts=bodies, stops=plan.stops, participants=crowd)
    filed = actions.file(actions.draft(whole, by=maria), by=maria)
    again = actions.amend(filed, actions.Plan(fields={"mode": "advocacy"}), by=maria, version=filed.version)
    actions.share(again, by=maria, visibility="shared", people=[maria.user])
    actions.note_for_office(again, by=maria, text=TEXT)
    return again


def advice(cast: dict[str, Member]) -> dict[str, dict[str, Any]]:
    maria, liaison = cast["maria"], cast["liaison"]
    asked = actions.take(make.requested(maria, liaison), by=liaison)
    actions.note_for_desk(asked, by=liaison, text=TEXT)
    question: Question = actions.ask_question(asked, by=liaison, text=TEXT)
    working = actions.take(make.requested(maria, liaison), by=liaison)
    answered = actions.ask_question(working, by=liaison, text="When?")
    actions.answer_question(answered, by=maria, text=TEXT)
    actions.draft_advice(working, by=liaison, position="concern", reasoning=MARKDOWN)
    given = make.advised(maria, liaison)
    responded = make.advised(maria, liaison)
    actions.respond(responded, by=maria, kind="adapted", reason=TEXT)
    lapsed, late = make.requested(maria, liaison), make.requested(maria, liaison)
    AdviceRequest.objects.filter(pk__in=[lapsed.pk, late.pk]).update(due_on=make.in_days(-1))
    actions.lapse_overdue()
    actions.postpone(late.engagement, by=maria)
    first = engagement_of({"filed": {"reference": full(maria).reference}}, "filed").advice_requests.first()
    assert first
    records = {
        "requested": first,
        "asked": question.request,
        "working": working,
        "given": given.request,
        "responded": responded.request,
        "lapsed": lapsed,
        "late": late,
    }
    named = {name: {"reference": record.reference} for name, record in records.items()}
    return named | {
        f"{name} engagement": {"reference": row.engagement.reference} for name, row in records.items()
    }


def crossings(cast: dict[str, Member]) -> dict[str, dict[str, Any]]:
    """Another office that is not named, one that is, and one with which ours has long written."""
    maria, tom = cast["maria"], cast["tom"]
    asked = cross.crossing(maria, tom)
    actions.ask_introduction(asked.their_side, by=tom)
    actions.set_aside(asked.our_side, by=maria, reason=TEXT)
    actions.take_up(asked.our_side, by=maria)
    named = cross.crossing(
        maria, tom, "signal", "introduce", visibility="public", title=f"{ARABIC} {LONG}"[:200]
    )
    agreed = cross.crossing(maria, tom)
    actions.ask_introduction(agreed.their_side, by=tom)
    actions.introduce(agreed.our_side, by=maria)
    actions.write_to_other(agreed.again().their_side, by=tom, text=TEXT)
    talking = cross.crossing(maria, tom, "introduce", "introduce")
    actions.write_to_other(talking.our_side, by=maria, text=TEXT)
    actions.write_to_other(talking.their_side, by=tom, text=LONG)
    question = actions.ask_coordinator(talking.our_side, by=maria, text=TEXT)
    actions.answer_office(question, by=cast["liaison"], text=TEXT)
    actions.ask_coordinator(talking.their_side, by=tom, text=COMBINING)
    actions.set_aside(named.their_side, by=tom, reason=LONG)
    return {
        "side": {"reference": asked.our_side.reference},
        "named side": {"reference": named.our_side.reference},
        "side in thread": {"reference": talking.our_side.reference},
        "side introduced": {"reference": agreed.our_side.reference},
        "overlap": {"reference": talking.overlap.reference},
    }


def referrals(cast: dict[str, Member], filed: Engagement) -> dict[str, dict[str, Any]]:
    """To an office and to a desk, and to us; long in every line, with all that can stand beside it."""
    maria, tom, liaison = cast["maria"], cast["tom"], cast["liaison"]
    said: dict[str, Any] = {
        "subject": f"{ARABIC} {LONG}"[:200],
        "text": TEXT,
        "counterparts": list(filed.counterparts.all()),
        "counterpart_name": LONG[:200],
        "topics": ["water", "energy"],
        "useful_by": make.in_days(9),
    }
    planned = refer.taken_up(maria, liaison, **said, engagement=filed)
    taken = refer.taken_up(tom, maria, **said)
    closed = refer.taken_up(tom, maria, **said)
    actions.close_referral(closed, by=maria, outcome="planned", text=TEXT, engagement=filed)
    actions.correct_referral(closed, by=maria, outcome="planned", text=LONG, engagement=filed)
    begun = refer.taken_up(tom, maria, **said)
    actions.plan_from_referral(begun, by=maria)
    refer.declined(maria, tom)
    made = {
        "referral": refer.referred(maria, tom.office, **said, engagement=filed),
        "referral to us": refer.referred(tom, maria.office, **said),
        "referral taken up by us": taken,
        "referral planned by us": begun,
        "closed referral": closed,
        "referral to desk": refer.referred(maria, liaison.office, counterpart_name=COMBINING),
        "referral taken up by desk": planned,
    }
    return {name: {"reference": row.reference} for name, row in made.items()}


def written(cast: dict[str, Member]) -> dict[str, dict[str, Any]]:
    author, other, gov, lead = (cast[name] for name in ("briefer", "second_briefer", "gov", "lee"))
    sections = [
        make_briefing.section(Label.CLEAR, "First lines", MARKDOWN),
        make_briefing.section(Label.AMBER, LONG[:150], TEXT),
        make_briefing.section(Label.RED, ARABIC, "Only for the people named."),
    ]
    said: dict[str, Any] = {
        "title": f"{ARABIC} {LONG}"[:150],
        "sections": sections,
        "audience": [make_briefing.for_person(gov), make_briefing.for_office(lead)],
        "acknowledge_by": make.in_days(5),
    }
    draft, waiting = make_briefing.drafted(author, **said), make_briefing.submitted(author, **said)
    released = make_briefing.released(author, other, **said)
    copy = released.deliveries.get(recipient=gov.user)
    answered = briefing_actions.ask(copy, by=gov, text="Who pays?")
    briefing_actions.answer(answered, by=author, text=TEXT)
    question = briefing_actions.ask(copy, by=gov, text=TEXT)
    gone = make_briefing.released(author, other, **said)
    briefing_actions.recall(gone, by=author, reason="A wrong name.")
    new = make_briefing.released(author, other, **said).deliveries.get(recipient=gov.user)
    named: dict[str, Any] = {
        "written": draft,
        "waiting": waiting,
        "released": released,
        "recalled": gone,
        "copy": copy,
        "new copy": new,
        "gone copy": gone.deliveries.get(recipient=gov.user),
    }
    references: dict[str, dict[str, Any]] = {
        name: {"reference": record.reference} for name, record in named.items()
    }
    references["cut"] = {**references["waiting"], "number": 1}
    references["question"] = {**references["released"], "question": question.reference}
    return references


def lists(by: Member) -> dict[str, dict[str, Any]]:
    """A list that is loaded, with long and right-to-left names; one that waits; one that was refused."""
    rows = [
        *make_list.SDN,
        (104, f"{ARABIC} {LONG}", "individual", "RIVERS", LONG[:150], TEXT.replace("\n", " ")),
    ]
    alias = [(104, 9, "aka", COMBINING), (104, 10, "aka", ARABIC)]
    edition = make_list.loaded(
        "ofac", make_list.sdn([*rows, (105, "=1", *rows[0][2:])]), make_list.alt(alias), is_forced=True
    )
    more: dict[str, Any] = {"by": by, "published_on": make.in_days(-3), "files": [f"{LONG}.xml"]}
    waiting = ListEdition.objects.create(source="un", state="running", percent=40, **more)
    problem = f"{LONG}.xml is no file of this list."
    refused = ListEdition.objects.create(source="csl", state="refused", problem=problem, **more)
    found = Listing.objects.get(entry="104")
    named: dict[str, Any] = {
        "edition": edition,
        "waiting edition": waiting,
        "refused edition": refused,
        "listing": found,
    }
    return {name: {"reference": row.reference} for name, row in named.items()}


def register(cast: dict[str, Any], met: Counterpart) -> dict[str, dict[str, Any]]:
    """Whom one meets: posts, possible matches, pairs that may be one, what desks say of the country."""
    post, guidance = make.post(cast["maria"]), make.guidance(cast["liaison"], title=LONG[:200], text=TEXT)
    counterparts.add_source(met, by=cast["maria"], title=LONG[:200], url="https://example.org/")
    counterparts.note(met, by=cast["maria"], text=TEXT)
    make.counterpart(cast["maria"], name=f"{met.name[:100]} {ARABIC}")
    make.merged(cast["maria"], cast["liaison"])
    pact = make.plan(cast["maria"], kind="signing", title=f"{ARABIC} {LONG}"[:200], has_binding_language=True)
    signing = actions.Plan(pact.fields, counterparts=[met, post.body], stops=pact.stops)
    actions.file(actions.draft(signing, by=cast["maria"]), by=cast["maria"])
    hit = a_hit(met)
    counterparts.dispose(hit, by=cast["maria"], verdict="unsure", reason=LONG, digest=hit.digest)
    return {
        "hit": {"reference": hit.reference},
        "person": {"reference": post.person.reference},
        "post": {"reference": post.person.reference, "number": 1},
        "pair": {"reference": post.body.reference, "other": met.reference},
        "guidance": {"reference": guidance.reference},
    }


def factors(lee: Member) -> dict[str, dict[str, Any]]:
    """One of each kind by which somebody signs in, and a token whose name is long."""
    asked = {"publicKey": {"rp": {"id": "localhost"}, "user": {"id": ""}, "challenge": ""}}
    data = {"name": f"{ARABIC} {LONG}"[:60], "credential": json.loads(Device().make(asked))}
    passkey = Authenticator.objects.create(user=lee.user, type="webauthn", data=data)
    TOTP.activate(lee.user, "JBSWY3DPEHPK3PXP")
    codes.make(lee.user)
    token, _ = accounts.make_token(LONG[:80], scope="write", days=90, by=lee)
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    for address in ("192.0.2.7", "2001:db8:1234:5678:9abc:def0:1234:5678"):
        session = SessionStore()
        session["_auth_user_id"] = str(lee.user_id)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = lee.user.get_session_auth_hash()
        session.create()
        UserSession.objects.create(
            user=lee.user, ip=address, user_agent=agent, session_key=session.session_key
        )
    return {"passkey": {"pk": passkey.pk}, "token": {"reference": token.reference}}


def engagement_of(named: dict[str, dict[str, Any]], name: str) -> Any:
    return Engagement.objects.get(**named[name])


def client_of(person: Member | User) -> Client:
    """Signed in already, acting for the office of this membership."""
    client = Client()
    client.force_login(person.user if isinstance(person, Member) else person)
    session = client.session
    limits.start(session)
    if isinstance(person, Member):
        session[ACTING_FOR] = person.pk
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "mfa", "type": "webauthn", "at": time.time()}]
    session.save()
    return client


def cookie_of(person: Member | User) -> str:
    return client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
