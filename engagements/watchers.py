"""Whom to tell. Delivery re-checks each of them against what they may see."""

from collections.abc import Iterable

from accounts.models import Member
from engagements.choices import Visibility
from engagements.models import Advice, AdviceRequest, Engagement, Referral

WITH_NAMES = {Visibility.SHARED, Visibility.RESTRICTED}


def of_office(engagement: Engagement) -> set[int]:
    """The contact and the office's leads; of a restricted engagement those of the office who are named on it."""
    if engagement.visibility == Visibility.RESTRICTED:
        return named_people(engagement) & set(Member.objects.of_office(engagement.office).user_ids())
    leads = Member.objects.of_office(engagement.office).filter(role=Member.Role.LEAD)
    return {engagement.contact.user_id, *leads.user_ids()}


def of_desk(request: AdviceRequest) -> set[int]:
    """The liaison who has it. Before that, or when they may no longer read it, everyone who could take it."""
    able = _able(request)
    holder = request.assigned_to.user_id if request.assigned_to else None
    return {holder} if holder in able else able


def _able(request: AdviceRequest) -> set[int]:
    is_restricted = request.engagement.visibility == Visibility.RESTRICTED
    roles = ["desk_lead"] if is_restricted else ["desk_lead", "liaison"]
    return set(Member.objects.of_office(request.desk).filter(role__in=roles).user_ids())


def of_writer(advice: Advice) -> set[int]:
    """Who wrote it, unless it was restricted since to others than them."""
    writer = {advice.written_by.user_id}
    is_restricted = advice.request.engagement.visibility == Visibility.RESTRICTED
    return writer & _able(advice.request) if is_restricted else writer


def of_desks(requests: Iterable[AdviceRequest]) -> set[int]:
    return {user for request in requests for user in of_desk(request)}


def named_people(engagement: Engagement) -> set[int]:
    """Those whom the names admit: with another visibility the names wait, and so do their owners."""
    if engagement.visibility not in WITH_NAMES:
        return set()
    return set(engagement.named_people.values_list("user_id", flat=True))


def newly_admitted(keys: Iterable[str]) -> set[int]:
    """The people behind reader keys just added by sharing: persons, and the leads of offices named themselves."""
    persons = {int(key.split(":")[1]) for key in keys if key.startswith("person:")}
    offices = [int(key.split(":")[1]) for key in keys if key.startswith("office:")]
    leads = Member.objects.current().filter(office__in=offices, role__in=["lead", "staff", "desk_lead"])
    return persons | set(leads.user_ids())


def of_advisers(engagement: Engagement) -> set[int]:
    """The liaisons who have or had it; once it is restricted, only those who lead their desk."""
    assigned = engagement.advice_requests.filter(assigned_to__isnull=False)
    if engagement.visibility == Visibility.RESTRICTED:
        assigned = assigned.filter(assigned_to__role=Member.Role.DESK_LEAD)
    return set(assigned.values_list("assigned_to__user_id", flat=True))


def of_receiver(referral: Referral) -> set[int]:
    """The leads of the office, or all who could answer for the desk."""
    serving = Member.objects.of_office(referral.receiver)
    return set(serving.filter(role__in=["lead", "desk_lead", "liaison"]).user_ids())


def of_sender(referral: Referral) -> set[int]:
    """Who wrote it and whom to ask about it, while they serve there; the leads once neither does."""
    serving = Member.objects.of_office(referral.sender)
    named = serving.filter(pk__in=[referral.written_by_id, referral.contact_id]).user_ids()
    return set(named or serving.filter(role=Member.Role.LEAD).user_ids())
