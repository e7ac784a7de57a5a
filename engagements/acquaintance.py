"""Who in the country knows a counterpart, and what was signed with it: told from engagements that the reader may see, and
from nothing else. An office whose engagements are hidden from a reader is, to that reader, an office that met nobody."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min, Prefetch, Q
from django.utils import timezone

from accounts.models import Member, Office
from counterparts.models import Counterpart, Post
from engagements.choices import Kind, Status, Visibility
from engagements.models import AttentionFlag, Engagement
from engagements.querysets import EngagementQuerySet

MOST = 20
MET = (Status.FILED, Status.HELD, Status.REPORTED)
"""What was called off, or has no days, makes nobody known."""


class Acquaintance(NamedTuple):
    office: Office
    times: int
    last: date | None
    """First day of the last engagement that has begun."""
    next: date | None
    latest: Engagement
    """The one furthest on."""
    contact: Member | None
    """Whom to ask about it: its contact while they serve, and then whoever leads the office, if they may know of it."""


class Known(NamedTuple):
    by: list[Acquaintance]
    is_cut: bool


def known_by(bodies: Iterable[int], reader: Any) -> Known:
    """The offices that have met one of these counterparts or are to, those that met them last first: four queries."""
    rows = _seen(bodies, reader).filter(status__in=MET)
    today = timezone.localdate()
    counted = rows.values("office").annotate(
        times=Count("pk"),
        last=Max("starts_on", filter=Q(starts_on__lte=today)),
        next=Min("starts_on", filter=Q(starts_on__gt=today, status=Status.FILED)),
        latest=Max("starts_on"),
    )
    said = list(counted.order_by("-latest", "office_id")[: MOST + 1])
    latest = _latest_of({line["office"] for line in said}, rows)
    asked = _asked_about(latest.values())
    found = [
        Acquaintance(plan.office, line["times"], line["last"], line["next"], plan, asked.get(plan.pk))
        for line in said
        if (plan := latest.get(line["office"]))
    ]
    return Known(found[:MOST], len(said) > MOST)


def _latest_of(offices: set[int], rows: EngagementQuerySet) -> dict[int, Engagement]:
    """Found first and joined afterwards: of a counterpart whom thousands meet, PostgreSQL would join thousands."""
    latest = rows.filter(office__in=offices).order_by("office_id", "-starts_on", "-pk").distinct("office_id")
    found = Engagement.objects.filter(pk__in=list(latest.values_list("pk", flat=True)))
    return {row.office_id: row for row in found.select_related("office")}


def _asked_about(plans: Collection[Engagement]) -> dict[int, Member]:
    """By engagement. Of a restricted one its contact alone."""
    open_to_leads = [plan.office_id for plan in plans if plan.visibility != Visibility.RESTRICTED]
    leads = Q(office__in=open_to_leads, role=Member.Role.LEAD, delegation=None)
    rows = Member.objects.current().filter(leads | Q(pk__in=[plan.contact_id for plan in plans]))
    serving = {row.pk: row for row in rows.select_related("user", "office").order_by("-pk")}
    leading = [row for row in serving.values() if row.role == Member.Role.LEAD and not row.delegation_id]
    first = {row.office_id: row for row in leading if row.office_id in open_to_leads}
    found = {plan.pk: serving.get(plan.contact_id) or first.get(plan.office_id) for plan in plans}
    return {pk: member for pk, member in found.items() if member}


def bodies_of(person: Counterpart) -> list[Counterpart]:
    """Where somebody holds a post today."""
    if person.kind != Counterpart.Kind.PERSON:
        return []
    held = Post.objects.in_force().filter(person=person).select_related("body").order_by("pk")
    return list({post.body_id: post.body for post in held}.values())


def signings(counterpart: Counterpart, reader: Any) -> list[Any]:
    """What was or is to be signed with it, the latest first; `binding` is what the flag says of binding language."""
    flags = AttentionFlag.objects.filter(rule="binding_language")
    rows = _seen([counterpart.pk], reader).filter(kind=Kind.SIGNING).exclude(status=Status.CANCELLED)
    beside = ("office", Prefetch("flags", queryset=flags, to_attr="binding"))
    return list(rows.latest_first().prefetch_related(*beside)[: MOST + 1])


def _seen(bodies: Iterable[int], reader: Any) -> EngagementQuerySet:
    rows: EngagementQuerySet = Engagement.objects.visible_to(reader)
    return rows.meeting(counterpart__in=list(bodies))
