"""One engagement, as each of its readers meets it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from activity import timeline
from engagements import actions, advice_page, history, parties, rules, whereabouts
from engagements.choices import Side, Visibility
from engagements.forms.plans import SLUGS
from engagements.models import Engagement
from engagements.views import overlaps, referrals
from engagements.views.advice import advice_context
from engagements.views.records import fetch

BUTTONS = ("save", "file", "amend", "resume", "hold", "report", "commit", "share", "postpone", "cancel")
FIRST = {"draft": "save", "filed": "amend", "postponed": "resume", "held": "report", "reported": "commit"}
WORDS = {"save": "Continue writing", "file": "Check and file", "report": "Write the outcome report"}


@require_safe
def detail(request: MemberRequest, reference: str) -> HttpResponse:
    engagement = fetch(request, reference)
    read = actions.mark_version_read(engagement, user=request.user)
    owns = rules.owns(request.acting, engagement)
    advice: dict[str, Any] = advice_context(engagement, request)
    people = list(engagement.participants.select_related("counterpart", "official"))
    context = {
        **advice,
        **overlaps.panel(request, engagement),
        "referrals": referrals.panel(request, engagement),
        "may_refer": owns and request.acting.writes_engagements,
        "engagement": engagement,
        "standing": whereabouts.of(engagement, [panel["held"] for panel in advice["advice_panels"]]),
        "counterparts": engagement.counterparts.all(),
        "stops": engagement.stops.all(),
        "ours": [person for person in people if person.side == Side.OURS],
        "theirs": [person for person in people if person.side == Side.THEIRS],
        "flags": engagement.flags.all(),
        "guidance": advice_page.guidance(engagement, request.user),
        "changes": history.since(engagement, read),
        "read_version": read,
        "commitments": engagement.commitments.all(),
        "report": getattr(engagement, "outcome_report", None),
        "owns": owns,
        "notes": engagement.office_notes.select_related("written_by__user") if owns else [],
        "named": list(parties.named_on(engagement)) if owns else [],
        "entries": history.lines(engagement, request.user),
        "looks": timeline.looks(engagement, "engagements.opened")
        if owns and _is_restricted(engagement)
        else [],
        "buttons": _buttons(engagement, rules.allowed(engagement, request.acting)),
        "allowed": rules.allowed(engagement, request.acting),
        "seen_by": whereabouts.SEEN_BY[engagement.visibility],
        "today": timezone.localdate(),
    }
    return render(request, "engagements/detail.html", context)


def _is_restricted(engagement: Engagement) -> bool:
    return engagement.is_filed and engagement.visibility == Visibility.RESTRICTED


def _buttons(engagement: Engagement, allowed: list[str]) -> list[tuple[str, str, bool]]:
    """(address, words, is the one to press now) in order; what would be refused for its dates is left out."""
    first = FIRST.get(engagement.status, "")
    if engagement.status == "filed" and engagement.ends_on and engagement.ends_on < timezone.localdate():
        first = "hold"
    shown = [move for move in BUTTONS if move in allowed and (move != "hold" or engagement.has_begun)]
    ordered = sorted(shown, key=lambda move: move != first)
    return [
        (_address(engagement, move), WORDS.get(move, rules.MOVES[move].label), move == first)
        for move in ordered
    ]


def _address(engagement: Engagement, move: str) -> str:
    if move == "save":
        return reverse("engagements:step", args=[engagement.reference, SLUGS[0]])
    return reverse(f"engagements:{'check' if move == 'file' else move}", args=[engagement.reference])


@require_safe
def versions(request: MemberRequest, reference: str) -> HttpResponse:
    """What each filed version changed."""
    engagement = fetch(request, reference)
    context = {"engagement": engagement, "editions": history.editions(engagement)}
    return render(request, "engagements/versions.html", context)
