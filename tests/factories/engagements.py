"""The smallest valid engagement, and the states it reaches, through the real actions."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Member
from counterparts import actions as counterpart_actions
from counterparts.models import Counterpart, CountryGuidance, Merge, Post
from engagements import actions
from engagements.models import Advice, AdviceRequest, Coverage, Engagement


def in_days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def counterpart(by: Member, **fields: Any) -> Counterpart:
    said = {
        "name": "Government of Baja California",
        "kind": "subnational",
        "country": "MX",
        "subdivision": "MX-BCN",
    }
    return counterpart_actions.add(by=by, **(said | fields))


def plan(by: Member, **fields: Any) -> actions.Plan:
    said = {
        "title": "Water dialogue",
        "kind": "inbound_visit",
        "purpose": "Agree on shared monitoring of the river.",
        "topics": ["water"],
        "starts_on": in_days(30),
        "ends_on": in_days(31),
    }
    return actions.Plan(
        fields=said | fields,
        counterparts=[counterpart(by)],
        stops=[{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}],
    )


def drafted(by: Member, **fields: Any) -> Engagement:
    return actions.draft(plan(by, **fields), by=by)


def filed(by: Member, **fields: Any) -> Engagement:
    return actions.file(drafted(by, **fields), by=by)


def held(by: Member) -> Engagement:
    return actions.hold(filed(by, starts_on=in_days(-2), ends_on=in_days(-1)), by=by)


def requested(by: Member, desk_member: Member) -> AdviceRequest:
    """Filed towards Mexico, with the desk of `desk_member` covering it."""
    Coverage.objects.get_or_create(desk=desk_member.office, country="MX")
    return filed(by).advice_requests.get(desk=desk_member.office)


def assigned(by: Member, desk_member: Member) -> AdviceRequest:
    return actions.take(requested(by, desk_member), by=desk_member)


def advised(by: Member, desk_member: Member) -> Advice:
    request = assigned(by, desk_member)
    reasoning = "Invite the boundary commission."
    return actions.give_advice(request, by=desk_member, position="considerations", reasoning=reasoning)


def guidance(by: Member, **fields: Any) -> CountryGuidance:
    said = {
        "country": "MX",
        "kind": "notice",
        "title": "Tell the consulate before a visit",
        "text": "Write to the consulate ten working days before.",
        "reason": "It arranges the escort.",
        "starts_on": in_days(-10),
    }
    return counterpart_actions.publish_guidance(by=by, **(said | fields))


def post(by: Member) -> Post:
    body = counterpart(by, name="Ministry of Examples", kind="national", subdivision="")
    person = counterpart(by, name="Julia Ejemplo", kind="person", subdivision="")
    return counterpart_actions.hold_post(person, by=by, body=body, title="Deputy minister")


def merged(by: Member, merger: Member) -> Merge:
    kept, gone = counterpart(by, name="Ministry of Rivers"), counterpart(by, name="River ministry")
    return counterpart_actions.merge(kept, gone, by=merger)
