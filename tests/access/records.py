"""One record of each sort, in California's hands or in the Mexico desk's, with the address parameters that name it."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import Member
from activity import alarms
from activity.models import Hold, Notice
from briefings import actions as briefing_actions
from counterparts.models import Counterpart, Hit
from engagements import actions
from engagements.models import Engagement
from records.models import Request
from tests.factories import accounts as make_person
from tests.factories import briefings as make_briefing
from tests.factories import engagements as make
from tests.factories import list_files as make_list
from tests.factories import lists
from tests.factories import overlaps as cross
from tests.factories import referrals as refer

ABSENT = {
    "reference": "X-00000000",
    "key": "00000000-0000-4000-8000-000000000000",
    "question": "RQ-00000000",
    "other": "X-00000000",
}


class World(NamedTuple):
    """The parameters that name each record, by the record's name in `addresses.py`."""

    named: dict[str, dict[str, Any]]


def build(maria: Member, liaison: Member, gov: Member, briefer: Member, second_briefer: Member) -> World:
    request = make.assigned(maria, liaison)
    actions.ask_question(request, by=liaison, text="Who signs?")
    filed = request.engagement
    commitment = actions.add_commitment(filed, by=maria, text="Send the river data.")
    delivery = make_briefing.delivered(briefer, second_briefer, gov)
    question = briefing_actions.ask(delivery, by=gov, text="By when?")
    notice = Notice.objects.filter(recipient=liaison.user).latest("pk")
    guidance = make.guidance(liaison)
    post = make.post(maria)
    colleague = make_person.make_member(maria.office, "reader")
    crossing = crossed(filed)
    asked_coordinators = actions.ask_coordinator(crossing.our_side, by=maria, text="Who are they?")
    return World(
        {
            "side": {"reference": crossing.our_side.reference},
            "overlap": {"reference": crossing.overlap.reference},
            "coordinator_question": {
                "reference": crossing.overlap.reference,
                "question": asked_coordinators.reference,
            },
            "referral": {"reference": refer.referred(maria, liaison.office).reference},
            "member": {"key": colleague.key},
            "office_request": {"reference": make_person.asked_for(maria.office).reference},
            "invitation": {"reference": make_person.invited(maria.office).reference},
            "recovery": {"reference": make_person.recovering(maria.office).reference},
            "delegation": {"reference": make_person.delegated(gov, colleague).reference},
            "draft": {"reference": make.drafted(maria).reference, "slug": "what"},
            "filed": {"reference": filed.reference},
            "commitment": {"reference": commitment.reference},
            "counterpart": {"reference": filed.counterparts.get().reference},
            "alike": {"reference": post.person.reference, "other": post.body.reference},
            "merge": {"reference": make.merged(maria, liaison).reference},
            "guidance": {"reference": guidance.reference},
            "person": {"reference": post.person.reference},
            "post": {"reference": post.person.reference, "number": 1},
            "hit": {"reference": a_hit(filed.counterparts.get()).reference},
            "edition": {"reference": make_list.listing().edition.reference},
            "listing": {"reference": make_list.listing().reference},
            "request": {"reference": request.reference},
            "advised": {"reference": make.advised(maria, liaison).request.reference},
            "briefing": {"reference": delivery.briefing.reference, "number": 1},
            "delivery": {"reference": delivery.reference},
            "reader_question": {"reference": delivery.briefing.reference, "question": question.reference},
            "notice": {"key": notice.delivery_key},
            "records": {"reference": asked_for(maria).reference},
            "hold": {"reference": held(maria).reference},
            "alarm": {"reference": alarms.sound(maria, 151).reference},
        }
    )


def a_hit(counterpart: Counterpart) -> Hit:
    entry = lists.listing("Example Entry", in_=lists.edition(), kind="body")
    fields = {"our_name": counterpart.name, "listed_name": entry.name, "digest": lists.DIGEST}
    return Hit.objects.create(counterpart=counterpart, listing=entry, level="review", score=81, **fields)


def crossed(filed: Engagement) -> cross.Crossing:
    """Another office's plan, to the same counterpart at the same time."""
    theirs = cross.filed(make_person.make_member(), filed.counterparts.get(), "introduce")
    return cross.of(filed, theirs)


def asked_for(by: Member) -> Request:
    """A file of the office's records, ready."""
    now = timezone.now()
    until = now + timedelta(days=1)
    fields = {
        "since": now.date(),
        "until": now.date(),
        "status": "ready",
        "ready_at": now,
        "expires_at": until,
    }
    asked = Request.objects.create(office=by.office, asked_by=by, title="The Tribune", **fields)
    asked.path.parent.mkdir(parents=True, exist_ok=True)
    asked.path.write_bytes(b"PK")
    return asked


def held(by: Member) -> Hold:
    return Hold.objects.create(office=by.office, placed_by=by.user, reason="A lawsuit")


def absent(named: dict[str, Any]) -> dict[str, Any]:
    """The same address for a record that does not exist."""
    gone = {name: ABSENT.get(name, value) for name, value in named.items()}
    if "question" in named:
        gone["reference"] = named["reference"].split("-")[0] + "-00000000"
    return gone


__all__ = ["ABSENT", "World", "absent", "build", "timezone"]
