import re
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Greatest, JSONArray, JSONObject, RowNumber
from django.utils import timezone

from diplomacy.lib.readers import ProtectedQuerySet, VisibleQuerySet
from engagements import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import Member, Office


SHOWN = ("engagement__flags", "engagement__counterparts")
ROW = ("reference", "title", "kind", "status", "starts_on", "ends_on", "office__name", "office__short_name")
REQUEST_ROW = (
    *("reference", "status", "status_since", "due_on", "assigned_to__user__name"),
    *("engagement__title", "engagement__kind", "engagement__starts_on", "engagement__ends_on"),
    *("engagement__office__name", "engagement__office__level"),
)
FEW = 1000
SHORTEST = 3
"""Letters that an index of groups of three can look up."""
PLACE = JSONObject(city="city", subdivision="subdivision", country="country")


def _counterparts(engagement: str) -> Any:
    found = apps.get_model("counterparts.Counterpart")._default_manager
    return found.filter(engagements=OuterRef(engagement)).order_by("name")


def _of_engagement(model: str, engagement: str) -> Any:
    return apps.get_model(model)._default_manager.filter(engagement=OuterRef(engagement))


def _titled(words: str) -> list[int] | None:
    """What the reader in whose name PostgreSQL works may see of it; None: more than a few, or letters too few to look up."""
    if len(words) < SHORTEST:
        return None
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", words) + "%"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rls.engagements_titled(%s, %s)", [pattern, FEW + 1])
        found: list[int] | None = cursor.fetchone()[0]
    return found if found is not None and len(found) <= FEW else None


class Monday(Func):
    """Of the day's week, reckoned in whole days: DATE_TRUNC takes a date for a moment in a time zone, and ten times as long."""

    template = "(DATE '0001-01-01' + (%(expressions)s - DATE '0001-01-01') / 7 * 7)"
    output_field = DateField()


def _week(earliest: "date | None" = None) -> Any:
    week = Monday("crosses_on")
    return Greatest(week, Value(earliest, DateField())) if earliest else week


def _waiting_order() -> dict[str, Any]:
    owed = Q(status__in=["sent", "taken_up"], useful_by__isnull=False)
    return {
        "rank": Case(When(status="sent", then=0), When(status="taken_up", then=1), default=2),
        "day": Case(When(owed, then=F("useful_by")), default=Value(date.max), output_field=DateField()),
    }


class EngagementQuerySet(ProtectedQuerySet):
    def of_office(self, office: "Office") -> Self:
        return self.filter(office=office)

    def upcoming(self) -> Self:
        """Filed and not yet over, nearest first."""
        return self.filter(status="filed", ends_on__gte=timezone.localdate()).order_by("starts_on", "id")

    def touching(self, country: str) -> Self:
        """Those that take place there or meet somebody from there."""
        return self.filter(countries__country=country)

    def meeting(self, **whom: Any) -> Self:
        """Those that meet these counterparts (`counterpart__in=…`): by name, or as somebody who comes for their side."""
        met = self.model._meta.get_field("counterparts").remote_field.through._default_manager
        came = apps.get_model("engagements.Participant")._default_manager
        return self.filter(
            pk__in=met.filter(**whom).values("engagement").union(came.filter(**whom).values("engagement"))
        )

    def titled(self, words: str) -> Self:
        """Those with these letters in the title. Rare ones are looked up; of frequent ones the list comes on enough."""
        found = _titled(words)
        return self.saying(words) if found is None else self.filter(pk__in=found)

    def saying(self, words: str) -> Self:
        """The same, read on in the order of the list. PostgreSQL guesses that hardly any title has given letters, and
        would sort all that the reader may see; of a CASE it guesses one in two."""
        return self.filter(Case(When(title__icontains=words, then=True), default=False))

    def filed(self) -> Self:
        """What anybody outside the office can ever read. Said aloud, it lets a list use the index of filed rows."""
        return self.filter(filed_at__isnull=False)

    def listed_for(self, user: Any) -> Self:
        """No draft is a federal reader's: unless that is said, their list passes over everybody's, which come first."""
        return self.filed() if all(member.is_federal for member in user.standing) else self

    def drafts(self) -> Self:
        return self.filter(status="draft")

    def owing_report(self) -> Self:
        """Over, and nobody has said yet what came of it."""
        over = Q(status="filed", ends_on__lt=timezone.localdate()) | Q(status="held")
        return self.filter(over).order_by("ends_on", "id")

    def in_rows(self) -> Self:
        """With what a row of a list says, in one statement: PostgreSQL looks up the names of a page's rows only."""
        stops = _of_engagement("engagements.Stop", "pk").order_by("order", "id")
        return (
            self.select_related("office")
            .only(*ROW)
            .annotate(
                met=ArraySubquery(_counterparts("pk").values("name")),
                went=ArraySubquery(stops.values_list(PLACE)),
            )
        )

    def latest_first(self) -> Self:
        """Undated drafts first, then by date: the order of the index, so that a page of a million rows is a page."""
        return self.order_by(F("starts_on").desc(nulls_first=True), "-id")


class AdviceRequestQuerySet(ProtectedQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=["requested", "assigned", "question"])

    def of_desk(self, desk: "Office") -> Self:
        return self.filter(desk=desk)

    def in_rows(self) -> Self:
        """With what a row of the queue says. Each further join doubles the time in which PostgreSQL plans the query, and
        with all those of a desk's page that took ten times as long as finding the rows."""
        flags = _of_engagement("engagements.AttentionFlag", "engagement").order_by("id")
        return (
            self.select_related("engagement__office", "assigned_to__user")
            .only(*REQUEST_ROW)
            .annotate(
                flag_labels=ArraySubquery(flags.values("label")),
                met=ArraySubquery(
                    _counterparts("engagement").values_list(JSONArray("subdivision", "country"))
                ),
            )
        )

    def with_engagement(self) -> Self:
        """With what a desk's page says of the engagement."""
        related = ("engagement__office", "engagement__contact__user", "desk", "assigned_to__user")
        return self.select_related(*related).prefetch_related(*SHOWN)

    def queue(self) -> Self:
        """What a desk has to do, the most urgent first."""
        return self.open().order_by("due_on", "id")

    def closed(self) -> Self:
        return self.filter(status__in=["given", "responded", "lapsed", "withdrawn"])

    def lapsed(self) -> Self:
        """Those that can be asked again: of desks that are open still."""
        desks = apps.get_model("accounts.Office")._default_manager.desks()
        return self.filter(status="lapsed", desk__in=desks)

    def unassigned(self) -> Self:
        return self.filter(assigned_to=None)

    def waiting_for_office(self, is_waiting: bool = True) -> Self:
        return self.filter(status="question") if is_waiting else self.exclude(status="question")

    def touching(self, country: str) -> Self:
        """Of engagements that go there or meet somebody from there."""
        return self.filter(engagement__countries__country=country)

    def overdue(self) -> Self:
        """Past the due date while the clock runs: a question that waits on the office stops it."""
        return self.filter(status__in=["requested", "assigned"], due_on__lt=clock.today())

    def assigned_to(self, member: "Member") -> Self:
        return self.open().filter(assigned_to=member)


class CommitmentQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        engagements = apps.get_model("engagements.Engagement")._default_manager.visible_to(user)
        return self.filter(engagement__in=engagements)

    def open(self) -> Self:
        return self.filter(closed_at=None)


class OverlapQuerySet(ProtectedQuerySet):
    def of(self, engagement: Any) -> Self:
        return self.filter(Q(first=engagement) | Q(second=engagement))

    def with_plans(self) -> Self:
        return self.select_related("first__office", "second__office")

    def in_notices(self) -> Self:
        return self.with_plans()

    def open(self) -> Self:
        """What coordinators read and what is not over. Said aloud, it lets a page use the index of open ones by day."""
        return self.filter(ended_at=None, federal_reads=True, crosses_on__isnull=False)

    def crossing_in(self, countries: "Sequence[str]") -> Self:
        return self.filter(countries__overlap=list(countries))

    def between(self, since: "date | None" = None, until: "date | None" = None) -> Self:
        """Those that begin to cross on these days, both included."""
        rows = self.filter(crosses_on__gte=since) if since else self
        return rows.filter(crosses_on__lte=until) if until else rows

    def waiting(self, questions: Any, is_waiting: bool = True) -> Self:
        """Those about which one of these questions waits."""
        asked = questions.filter(answered_at=None).values("overlap")
        return self.filter(pk__in=asked) if is_waiting else self.exclude(pk__in=asked)

    def by_country(self) -> Any:
        """(country, count), the most first. What crosses in two countries counts in each."""
        return (
            self._by_country()
            .values_list("country")
            .annotate(count=Count("pk"))
            .order_by("-count", "country")
        )

    def by_week_and_country(self, earliest: "date | None" = None) -> Any:
        """(Monday, country, count). What began before the week of `earliest` counts in that week."""
        rows = self._by_country().annotate(week=_week(earliest)).values_list("week", "country")
        return rows.annotate(count=Count("pk")).order_by("week", "country")

    def by_week(self) -> Any:
        """(Monday, count)."""
        return self.annotate(week=_week()).values_list("week").annotate(count=Count("pk")).order_by("week")

    def by_day(self) -> Any:
        """(day, count)."""
        return self.values_list("crosses_on").annotate(count=Count("pk")).order_by("crosses_on")

    def few_a_day(self, most: int) -> Self:
        """The first found of each day. Chosen by the index of days; only the chosen are fetched."""
        place = Window(RowNumber(), partition_by="crosses_on", order_by="pk")
        chosen = self.annotate(place=place).filter(place__lte=most).values("pk")
        return self.filter(pk__in=chosen).order_by("crosses_on", "pk")

    def by_place(self) -> Self:
        """No more than what the index of open ones by day holds, so that those that do not fit need not be fetched."""
        return self.only("pk", "crosses_on")

    def _by_country(self) -> Self:
        return self.annotate(country=Func(F("countries"), function="unnest"))


class OverlapSideQuerySet(ProtectedQuerySet):
    def of_office(self, office: "Office") -> Self:
        return self.filter(office=office)

    def with_plan(self) -> Self:
        return self.select_related("engagement__office", "office").with_other()

    def in_notices(self) -> Self:
        return self.select_related("engagement").with_other()

    def with_other(self) -> Self:
        """Where the other office is named: what it is called now."""
        contact = self._members().filter(pk=OuterRef("their_contact"))
        rows = self.alias(their_contact=Cast(KT("sees__member"), BigIntegerField()))
        return rows.annotate(other_office=Subquery(contact.values("office__name")))

    def with_whom_to_ask(self) -> Self:
        """There, now: the contact while they serve, and then whoever leads the office."""
        contact = self._members().filter(pk=OuterRef(OuterRef("their_contact")))
        serving = self._members().current().filter(office__in=contact.values("office"))
        is_contact = Q(pk=OuterRef("their_contact"))
        asked = serving.filter(is_contact | Q(role="lead", delegation=None))
        first = asked.alias(turn=Case(When(is_contact, then=0), default=1)).order_by("turn", "pk")
        named = first.annotate(said=JSONObject(name="user__name", email="user__email"))
        return self.with_other().annotate(whom_to_ask=Subquery(named.values("said")[:1]))

    def _members(self) -> Any:
        return apps.get_model("accounts.Member")._default_manager

    def open(self) -> Self:
        return self.filter(set_aside_at=None, has_ended=False)

    def set_aside(self) -> Self:
        return self.filter(set_aside_at__isnull=False)

    def ended(self) -> Self:
        return self.filter(set_aside_at=None, has_ended=True)

    def unanswered(self) -> Self:
        return self.open().filter(answered_at=None)

    def soonest_first(self) -> Self:
        """By the office's own dates, and then in an order that tells nothing."""
        return self.in_order_of_plans().order_by("day", "reference")

    def in_order_of_plans(self) -> Self:
        """With the day that the order is made of, never null, so that a page can begin anywhere in it."""
        first_day = Coalesce("engagement__starts_on", Value(date.max), output_field=DateField())
        return self.annotate(day=first_day)

    def counts(self) -> dict[str, int]:
        """How many are open, set aside and over."""
        found = self.aggregate(
            open=Count("pk", filter=Q(set_aside_at=None, has_ended=False)),
            set_aside=Count("pk", filter=Q(set_aside_at__isnull=False)),
            ended=Count("pk", filter=Q(set_aside_at=None, has_ended=True)),
        )
        return dict(found)


class ReferralQuerySet(ProtectedQuerySet):
    def received_by(self, office: "Office") -> Self:
        return self.filter(receiver=office)

    def sent_by(self, office: "Office") -> Self:
        return self.filter(sender=office)

    def about(self, counterpart: Any) -> Self:
        return self.filter(counterparts=counterpart)

    def waiting(self) -> Self:
        return self.filter(status="sent")

    def open(self) -> Self:
        """An answer, or what came of it, is still owed."""
        return self.filter(status__in=["sent", "taken_up"])

    def answered_since(self, moment: Any) -> Self:
        return self.filter(status__in=["taken_up", "declined", "closed"], status_since__gte=moment)

    def with_offices(self) -> Self:
        return self.select_related("sender", "receiver")

    def what_waits_first(self) -> Self:
        """Those without an answer by the day on which it is useful, then those without an outcome, then the rest."""
        return self.alias(**_waiting_order()).order_by("rank", "day", "-status_since", "-id")

    def in_waiting_order(self) -> Self:
        """With what the order is made of, none of it null, so that a page can begin anywhere in it."""
        return self.annotate(**_waiting_order())


class ReferralEngagementQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Who reads both. A referral never widens who reads an engagement."""
        engagements = apps.get_model("engagements.Engagement")._default_manager.visible_to(user)
        referrals = apps.get_model("engagements.Referral")._default_manager.visible_to(user)
        return self.filter(engagement__in=engagements, referral__in=referrals)
