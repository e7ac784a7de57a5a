"""One row of each table that no page of the matrix is about, so that the raw probe has something to miss."""

from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Term
from activity.models import Hold
from engagements.models import Reading
from records.models import Disposal, Exemption, ReferralExemption, Request
from tests.access.matrix.world import World
from tests.factories import accounts as make


def build(world: World) -> None:
    office, by = world.houses.offices["california"], world.by("maria")
    make.asked_for(office)
    make.invited(office)
    make.recovering(office)
    make.delegated(world.by("gov"), make.make_member(office, "reader"))
    accounts.make_token("A script", scope="read", days=9, by=by)
    Term.objects.create(official=world.records["official"][0].row, role="governor", jurisdiction="state:ca")
    Hold.objects.create(office=office, placed_by=by.user, reason="A lawsuit")
    today = timezone.localdate()
    Request.objects.create(office=office, asked_by=by, title="The Tribune", since=today, until=today)
    Disposal.objects.create(office=office, sort="versions", confirmed_by=world.by("lee"))
    filed = world.held("filed").row
    Exemption.objects.create(engagement=filed, parts=["Title"], basis="§ 6254", marked_by=world.by("lee"))
    ReferralExemption.objects.create(
        referral=world.records["referral"][0].row,
        office=office,
        parts=["Answer"],
        basis="§ 6254",
        marked_by=world.by("lee"),
    )
    for who in ("maria", "liaison"):
        Reading.objects.create(engagement=filed, user=world.by(who).user, filed_version=1)
