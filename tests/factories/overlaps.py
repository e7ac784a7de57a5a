"""Two plans that cross, with what each office has chosen."""

from typing import Any, NamedTuple

from accounts.models import Member
from counterparts.models import Counterpart
from engagements import actions
from engagements.models import Engagement, Overlap, OverlapSide
from tests.factories import engagements as make


class Crossing(NamedTuple):
    ours: Engagement
    theirs: Engagement
    overlap: Overlap
    our_side: OverlapSide
    their_side: OverlapSide

    def again(self) -> "Crossing":
        """As it is now."""
        return of(Engagement.objects.get(pk=self.ours.pk), Engagement.objects.get(pk=self.theirs.pk))


def plan(by: Member, met: Counterpart, **fields: Any) -> actions.Plan:
    made = make.plan(by, **fields)
    return actions.Plan(fields=made.fields, counterparts=[met], stops=made.stops)


def filed(by: Member, met: Counterpart, coordination: str = "signal", **fields: Any) -> Engagement:
    said = plan(by, met, coordination=coordination, **fields)
    return actions.file(actions.draft(said, by=by), by=by)


def crossing(
    maria: Member, tom: Member, ours: str = "signal", theirs: str = "signal", **fields: Any
) -> Crossing:
    """`fields` are those of the other plan."""
    met = make.counterpart(maria)
    said = {"title": "Their own title", "starts_on": make.in_days(33), "ends_on": make.in_days(34)}
    return of(filed(maria, met, ours), filed(tom, met, theirs, **(said | fields)))


def of(ours: Engagement, theirs: Engagement) -> Crossing:
    row = Overlap.objects.get(first=min(ours.pk, theirs.pk), second=max(ours.pk, theirs.pk))
    sides = {side.engagement_id: side for side in OverlapSide.objects.filter(overlap=row).select_related("engagement")}
    return Crossing(ours, theirs, row, sides[ours.pk], sides[theirs.pk])
