"""The status of an engagement in words: who holds it, and what happens next."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from diplomacy.lib.templatetags.ui import day_words
from engagements import clock
from engagements.choices import AdviceStatus, ReferralStatus, Status, Visibility
from engagements.models import AdviceRequest, Engagement, Referral

SEEN_BY: dict[str, str] = {
    Visibility.FEDERAL: "The office and the federal desks",
    Visibility.SHARED: "The office, the federal desks, and those it names",
    Visibility.PUBLIC: "Everyone signed in",
    Visibility.RESTRICTED: "Only the people named, and the lead of the advising desk",
}
"""For any reader, where the choice itself speaks to the office."""


class Whereabouts(NamedTuple):
    tone: str
    words: str


def of(engagement: Engagement, requests: Iterable[AdviceRequest]) -> Whereabouts:
    office = engagement.office.name
    match engagement.status:
        case Status.DRAFT:
            return Whereabouts("quiet", f"Only {office} sees it. Nobody is told before it is filed.")
        case Status.POSTPONED:
            why = f" The reason: {engagement.reason}" if engagement.reason else ""
            return Whereabouts("waiting", f"{office} holds it and will set new dates or cancel it.{why}")
        case Status.CANCELLED:
            why = f" The reason: {engagement.reason}" if engagement.reason else " No reason was given."
            return Whereabouts("stopped", f"It will not take place. Nothing more is asked of anyone.{why}")
        case Status.HELD:
            return Whereabouts("waiting", f"It took place. Next, {office} writes the outcome report.")
        case Status.REPORTED:
            return Whereabouts(
                "good", f"It took place and {office} has said what came of it. Open commitments remain."
            )
    return _filed(engagement, list(requests), clock.today())


def _filed(engagement: Engagement, requests: list[AdviceRequest], today: date) -> Whereabouts:
    office = engagement.office.name
    if engagement.ends_on and engagement.ends_on < today:
        return Whereabouts(
            "waiting", f"The dates have passed. Next, {office} marks it as held, or postpones or cancels it."
        )
    asked = [request for request in requests if request.status == AdviceStatus.QUESTION]
    if asked:
        return Whereabouts(
            "waiting", f"{_names(asked)} asked {office} a question. The clock waits for the answer."
        )
    waiting = [request for request in requests if request.is_open]
    if waiting:
        due = day_words(min(request.due_on for request in waiting))
        return Whereabouts(
            "open", f"{_names(waiting)} may advise until {due}. With or without advice, it goes ahead."
        )
    given = [request for request in requests if request.status == AdviceStatus.GIVEN]
    if given:
        return Whereabouts(
            "waiting", f"{_names(given)} gave advice. Next, {office} says what it did with it."
        )
    return Whereabouts("open", f"{office} holds it. Nothing stands in its way.")


def _names(requests: list[AdviceRequest]) -> str:
    names = [request.desk.name for request in requests]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def of_referral(referral: Referral) -> Whereabouts:
    sender, receiver = referral.sender.name, referral.receiver.name
    match referral.status:
        case ReferralStatus.SENT:
            return Whereabouts(
                "waiting", f"{receiver} holds it and takes it up or declines it.{_useful(referral)}"
            )
        case ReferralStatus.TAKEN_UP:
            return Whereabouts("open", f"{receiver} took it up. Next, it says what came of it.")
        case ReferralStatus.DECLINED:
            return Whereabouts("stopped", f"{receiver} declined it. Its reason stands below.")
        case ReferralStatus.WITHDRAWN:
            return Whereabouts("quiet", f"{sender} withdrew it. Nothing more is asked of anyone.")
    outcome = referral.get_outcome_display()
    return Whereabouts("good", f"{receiver} has said what came of it: {outcome[0].lower()}{outcome[1:]}.")


def _useful(referral: Referral) -> str:
    day = referral.useful_by
    if day is None:
        return ""
    if day < clock.today():
        return f" An answer was most useful by {day_words(day)}; a late one is welcome."
    return f" An answer is most useful by {day_words(day)}."
