"""An office is asked for by one person and opened by another, who knows who has authority there."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import onboarding, rules
from accounts.actions.invitations import mail_link, write_invitation
from accounts.actions.letters import write_letter
from accounts.actions.offices import open_office
from accounts.models import Division, Letter, Member, Office, OfficeRequest, User
from activity import actions as activity
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.rls import system
from diplomacy.lib.turns import take_turns

MOST_OPEN = 3
"""Requests of one address that wait at a time; more are thanked for and dropped."""


@transaction.atomic
def ask_for_office(*, asked_by: User | None = None, **said: Any) -> OfficeRequest | None:
    """None: the same address has asked for as much as it may. Whoever asks reads the same words either way."""
    said = {name: value.strip() for name, value in said.items()}
    said["email"] = said["email"].lower()
    take_turns("accounts.asked", said["email"])
    waiting = OfficeRequest.objects.waiting().filter(email=said["email"])
    if waiting.count() >= MOST_OPEN or waiting.filter(office_name__iexact=said["office_name"]).exists():
        return None
    with system("accounts.offices"):
        request = OfficeRequest.objects.create(asked_by=asked_by, **said)
    told = onboarding.who_decide(request).user_ids()
    activity.record("accounts.office_asked_for", request, by=None, notify=told)
    return request


@transaction.atomic
def confirm_office(
    request: OfficeRequest,
    *,
    by: Member,
    name: str,
    short_name: str,
    division: Division | None,
    time_zone: str,
) -> Office:
    """Open the office and invite whoever asked to be its first lead."""
    held = _lock(request, by)
    _require_place(held, by, division)
    office = open_office(
        name, short_name=short_name, level=held.level, division=division, time_zone=time_zone
    )
    _decide(held, OfficeRequest.Status.CONFIRMED, by, office=office)
    invitation, secret = write_invitation(held.email, office, "lead", by=by, name=held.name, title=held.title)
    told = onboarding.who_decide(held).user_ids()
    activity.record("accounts.office_confirmed", held, by=by, notify=told, office=office.reference)
    activity.record("accounts.office_opened", office, by=by, request=held.reference)
    activity.record("accounts.invited", invitation, by=by, role="lead")
    mail_link(invitation, secret)
    return office


@transaction.atomic
def decline_office(request: OfficeRequest, *, by: Member, reason: str) -> OfficeRequest:
    """The reason stays with those who decide; whoever asked hears that it was declined."""
    held = _lock(request, by)
    if not reason.strip():
        raise Invalid({"reason": ["Say why, for those who get the next request."]})
    _decide(held, OfficeRequest.Status.DECLINED, by, reason=reason.strip())
    told = onboarding.who_decide(held).user_ids()
    activity.record("accounts.office_declined", held, by=by, notify=told)
    write_letter(Letter.Kind.DECLINED, held.email, about=held.pk)
    return held


def _lock(request: OfficeRequest, by: Member) -> OfficeRequest:
    with system("accounts.offices"):
        held: OfficeRequest = OfficeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    rules.require_decision(by, held)
    if held.status != OfficeRequest.Status.ASKED:
        raise Conflict(f"This request was answered already: {held.get_status_display().lower()}.")
    return held


def _decide(held: OfficeRequest, status: str, by: Member, **answer: object) -> None:
    held.status, held.decided_at = status, timezone.now()
    held.decided_by_id, held.decided_for_id = by.user_id, by.office_id
    for name, value in answer.items():
        setattr(held, name, value)
    with system("accounts.offices"):
        held.save()


def _require_place(held: OfficeRequest, by: Member, division: Division | None) -> None:
    """Nobody opens an office for a place that the request was not about, or that is not theirs to speak for."""
    if division is not None and not _is_in(division.ocd_id, held.state):
        raise Invalid({"division": ["Choose a place in the state that the request names."]})


def _is_in(ocd_id: str, above: str) -> bool:
    return ocd_id == above or ocd_id.startswith(above + "/")
