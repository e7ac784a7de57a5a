"""A referral from one office to another, and the states it reaches, through the real actions."""

from typing import Any

from accounts.models import Member, Office
from engagements import actions
from engagements.models import Referral
from tests.factories import engagements as make


def matter(by: Member, to: Office, **fields: Any) -> actions.Matter:
    said: dict[str, Any] = {
        "subject": "A trade mission that wants ports",
        "text": "Twelve people in May. We have no container terminal.",
        "topics": ["trade"],
    }
    if not {"counterparts", "counterpart_name"} & fields.keys():
        said["counterparts"] = [make.counterpart(by)]
    return actions.Matter(receiver=to, **(said | fields))


def referred(by: Member, to: Office, **fields: Any) -> Referral:
    return actions.refer(matter(by, to, **fields), by=by)


def taken_up(by: Member, to: Member, **fields: Any) -> Referral:
    return actions.take_up_referral(referred(by, to.office, **fields), by=to)


def declined(by: Member, to: Member, **fields: Any) -> Referral:
    held = referred(by, to.office, **fields)
    return actions.decline_referral(held, by=to, reason="Our terminals are closed until autumn.")


def closed(by: Member, to: Member, **fields: Any) -> Referral:
    said = "We sent them three names."
    return actions.close_referral(taken_up(by, to, **fields), by=to, outcome="contact", text=said)
