"""Two plans that cross, with what each office has chosen."""

from typing import Any, NamedTuple

from accounts.models import Member
from counterparts.models import Counterpart
from engagements import actions
from engagements.models import Engagement, Overlap, OverlapSide
from tests.factories import engagements as make
from tests.factories.accounts import make_member


class Crossing(NamedTuple):
    ours: Engagement
    theirs: Engagement
    overlap: Overlap
    our_side: OverlapSide
    their_side: OverlapSide

    def again(self) -> "Crossing":
        """As it is now."""
        return of(Engagement.objects.get(pk=self.ours.pk), Engagement.objects.get(pk=self.theirs.pk))


def plan(met: Counterpart, **fields: Any) -> actions.Plan:
    said: dict[str, Any] = {
        "title": "Our own title",
        "kind": "inbound_visit",
        "purpose": "Talk.",
        "topics": ["water"],
        "starts_on": make.in_days(30),
        "ends_on": make.in_days(31),
    }
    stops = [{"city": "Sapporo", "country": "JP", "subdivision": "JP-01"}]
    return actions.Plan(fields=said | fields, counterparts=[met], stops=stops)


def met_by_all() -> Counterpart:
    """Put on the register by somebody who has nothing to do with it."""
    return make.counterpart(make_member(), name="Prefecture", country="JP", subdivision="JP-01")


def filed(by: Member, met: Counterpart, coordination: str = "signal", **fields: Any) -> Engagement:
    said = plan(met, coordination=coordination, **fields)
    return actions.file(actions.draft(said, by=by), by=by)


def crossing(
    maria: Member,
    tom: Member,
    ours: str = "signal",
    theirs: str = "signal",
    *,
    our: dict[str, Any] | None = None,
    **fields: Any,
) -> Crossing:
    """`our` are fields of the first plan, the others those of the second."""
    met = met_by_all()
    said = {"title": "Their own title", "starts_on": make.in_days(33), "ends_on": make.in_days(34)}
    return of(filed(maria, met, ours, **(our or {})), filed(tom, met, theirs, **(said | fields)))


def of(ours: Engagement, theirs: Engagement) -> Crossing:
    row = Overlap.objects.get(first=min(ours.pk, theirs.pk), second=max(ours.pk, theirs.pk))
    sides = {
        side.engagement_id: side
        for side in OverlapSide.objects.filter(overlap=row).select_related("engagement")
    }
    return Crossing(ours, theirs, row, sides[ours.pk], sides[theirs.pk])
