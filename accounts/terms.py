"""The public posts that a membership may rest on, and how long the terms in them last."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Member, Office, Term
from diplomacy.lib import washington


def choices_for(office: Office) -> QuerySet[Term]:
    """Terms that hold today in the governments of the office's own division: its officials, and not those of its cities."""
    rows = Term.objects.that_hold(washington.today()).select_related("official", "division")
    if office.division is None:
        return rows.filter(office=office).order_by("role", "official__name", "pk")
    path = office.division.ocd_id.replace("division", "jurisdiction", 1)
    governed = Q(jurisdiction__in=[f"{path}/government", f"{path}/legislature"]) | Q(division=office.division)
    return rows.filter(governed | Q(office=office)).order_by("role", "official__name", "pk")


def last_day_of_post(member: Member) -> date | None:
    """The latest end of the terms in the post that a membership rests on; None while one of them has no end."""
    return last_day(post_terms(member))


def post_terms(member: Member) -> QuerySet[Term]:
    rows: QuerySet[Term] = Term.objects.filter(
        official=member.official_id, role=member.post, jurisdiction=member.jurisdiction
    )
    return rows


def last_day(held: Iterable[Term]) -> date | None:
    ends = [term.ends_on for term in held]
    return max((day for day in ends if day), default=None) if None not in ends else None


def is_post_of(member: Member, term: Term) -> bool:
    post = (term.official_id, term.role, term.jurisdiction)
    return post == (member.official_id, member.post, member.jurisdiction)


def gives_access(held: Iterable[Term], grace: int) -> bool:
    """What `that_hold` asks the database, for terms that are here already."""
    return any(_holds(term, timedelta(days=grace)) for term in held)


def _holds(term: Term, grace: timedelta) -> bool:
    today = washington.today()
    if term.starts_on is not None and term.starts_on > today:
        return False
    if term.ends_on is None:
        return not term.has_ended
    is_over = term.ends_on < today
    return term.ends_on + grace >= today and (is_over or not term.has_ended)


def day_before(day: date | None) -> date | None:
    """People say the last day of something; the columns hold the first day without it."""
    return day - timedelta(days=1) if day else None
