"""Who can say that those who ask for an office have the authority to."""

from django.db.models import Q

from accounts import ocd_ids
from accounts.models import Division, Member, OfficeRequest
from accounts.querysets import DivisionQuerySet, MemberQuerySet
from accounts.rules import LOCAL_LEVELS, STATE_LEVELS


def who_decide(request: OfficeRequest) -> MemberQuerySet:
    """Desk leads; for a city or county also the leads of its state's own office. Never a stand-in."""
    may = Q(role="desk_lead", office__is_desk=True)
    if request.level in LOCAL_LEVELS:
        of_state = Q(office__level__in=STATE_LEVELS, office__division__ocd_id=request.state)
        may |= Q(role="lead") & of_state
    rows = Member.objects.current().in_their_own_right().filter(may)
    return rows.exclude(user__email__iexact=request.email).exclude(user=request.asked_by_id)


def places(request: OfficeRequest) -> DivisionQuerySet:
    """Divisions that the request may mean: the state itself, or places in it of that name."""
    under = Division.objects.under(request.state)
    if request.level in STATE_LEVELS:
        return under.filter(ocd_id=request.state)
    if request.level in LOCAL_LEVELS and request.place:
        return under.filter(name__icontains=_bare(request.place)).order_by("ocd_id")
    return under.none()


def _bare(place: str) -> str:
    """“City of Fresno” and “Fresno County” are both on file as the name without the word."""
    words = [word for word in place.split() if word.casefold() not in {"city", "county", "town", "of", "the"}]
    return " ".join(words) or place


def short_name(request: OfficeRequest) -> str:
    return (request.place or ocd_ids.name_of(request.state))[:60]
