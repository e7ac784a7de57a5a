from datetime import date, timedelta
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from accounts.rules import LOCAL_LEVELS, MANAGING_ROLES, ROLE_ORDER, decides
from diplomacy.lib import washington
from diplomacy.lib.readers import SignedInQuerySet, VisibleQuerySet


def _current(day: date, path: str = "") -> Q:
    """Memberships that hold on a day, of a person or of an office: the day one ends on is not part of it."""
    lasting = Q(**{f"{path}ends_on": None}) | Q(**{f"{path}ends_on__gt": day})
    return lasting & Q(**{f"{path}starts_on__lte": day})


def _serves(day: date, path: str = "") -> Q:
    """In its days, confirmed lately enough, of somebody with an account, and within the term that it rests on."""
    terms = apps.get_model("accounts.Term")._default_manager.filter(
        official=OuterRef(f"{path}official"),
        role=OuterRef(f"{path}post"),
        jurisdiction=OuterRef(f"{path}jurisdiction"),
    )
    in_term = terms.that_hold(day, grace=OuterRef(f"{path}office__term_grace_days"))
    return (
        _current(day, path)
        & Q(**{f"{path}attested_on__gt": oldest_attestation(day), f"{path}user__is_active": True})
        & Q(Q(**{f"{path}official": None}) | Exists(in_term))
    )


def oldest_attestation(day: date) -> date:
    """Members confirmed on this day, or before, are suspended."""
    return day - timedelta(days=settings.ATTESTATION_DAYS + settings.ATTESTATION_GRACE_DAYS)


def _managed_by(user: Any) -> list[int]:
    return [member.office_id for member in getattr(user, "standing", []) if member.role in MANAGING_ROLES]


def _served_by(user: Any) -> list[int]:
    return [member.office_id for member in getattr(user, "standing", [])]


class ApiTokenQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own, whichever office they are for; nobody sees anybody else's."""
        return self.filter(member__in=[member.pk for member in getattr(user, "standing", [])])

    def unrevoked(self) -> Self:
        return self.filter(revoked_at=None)


class LetterQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Nobody's: the outbox is the workers'."""
        return self.none()

    def due(self) -> Self:
        return self.filter(try_after__lte=timezone.now())


class RecoveryQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those of people who serve where one manages: in the office that gave its word, or another."""
        managed = _managed_by(user)
        members = apps.get_model("accounts.Member")._default_manager.not_over().filter(office__in=managed)
        theirs = Q(office__in=managed) | Q(user__in=members.values("user"))
        return self.filter(theirs | Q(user=getattr(user, "pk", None)))

    def open(self) -> Self:
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class DivisionQuerySet(SignedInQuerySet):
    def under(self, ocd_id: str) -> Self:
        """The division and everything below it on the id's path."""
        return self.filter(Q(ocd_id=ocd_id) | Q(ocd_id__startswith=ocd_id + "/"))


class OfficeQuerySet(SignedInQuerySet):
    def open(self) -> Self:
        today = washington.today()
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=today), opened_on__lte=today)

    def desks(self) -> Self:
        return self.open().filter(is_desk=True)

    def in_coalition(self, coalition_id: int, *, on: date) -> Self:
        """Those that belong to it on a day."""
        held = _current(on, "coalition_memberships__")
        return self.filter(held, coalition_memberships__coalition=coalition_id)


class CoalitionQuerySet(SignedInQuerySet):
    pass


class OfficialQuerySet(SignedInQuerySet):
    def in_office(self) -> Self:
        """Those with a term that holds today."""
        today = washington.today()
        return self.filter(
            Q(terms__starts_on=None) | Q(terms__starts_on__lte=today),
            Q(terms__ends_on=None) | Q(terms__ends_on__gte=today),
            terms__has_ended=False,
        ).distinct()


class TermQuerySet(SignedInQuerySet):
    def that_hold(self, day: date, *, grace: Any = 0) -> Self:
        """Begun, and not over for longer than `grace` days. Listed as ended without a past date: over now."""
        until = ExpressionWrapper(F("ends_on") + grace, output_field=models.DateField())
        begun = Q(starts_on=None) | Q(starts_on__lte=day)
        lasting = Q(has_ended=False) & (Q(ends_on=None) | Q(until__gte=day))
        in_grace = Q(has_ended=True, ends_on__lt=day, until__gte=day)
        return self.alias(until=until).filter(begun, lasting | in_grace)


class MemberQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Colleagues: who else serves in a person's offices, and one's own, so that who was removed can be told.

        Names of others come with the records.
        """
        return self.filter(Q(office__in=_served_by(user)) | Q(user=getattr(user, "pk", None)))

    def current(self) -> Self:
        """Those that give access now."""
        covering = apps.get_model("accounts.Delegation")._default_manager.that_hold(washington.today())
        covering = covering.filter(pk=OuterRef("delegation"), seat__role=OuterRef("role"))
        return self.current_if_delegations_hold().filter(Q(delegation=None) | Exists(covering))

    def current_if_delegations_hold(self) -> Self:
        """For `User.standing` alone: planning the question about delegations takes PostgreSQL longer than all the rest of
        the statement, and few people act for somebody."""
        return self.filter(_serves(washington.today())).in_open_offices()

    def in_open_offices(self) -> Self:
        return self.filter(Q(office__closed_on=None) | Q(office__closed_on__gt=washington.today()))

    def suspended(self) -> Self:
        """Begun and not over, but not confirmed lately enough, or not yet."""
        today = washington.today()
        overdue = Q(attested_on=None) | Q(attested_on__lte=oldest_attestation(today))
        return self.filter(_current(today), overdue, delegation=None, user__is_active=True)

    def not_over(self) -> Self:
        """Those that hold, will, or are suspended."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=washington.today()))

    def in_their_own_right(self) -> Self:
        return self.filter(delegation=None)

    def with_coalitions(self) -> Self:
        """`coalition_ids`: the coalitions that the office belongs to today."""
        joined = apps.get_model("accounts.CoalitionMember")._default_manager.filter(
            _current(washington.today()), office=models.OuterRef("office")
        )
        return self.annotate(coalition_ids=ArraySubquery(joined.values("coalition")))

    def of_office(self, office: models.Model) -> Self:
        return self.current().filter(office=office)

    def who_manage(self) -> Self:
        return self.filter(role__in=MANAGING_ROLES)

    def by_role(self) -> Self:
        """The role that answers for an office first."""
        rank = models.Case(*(models.When(role=role, then=place) for place, role in enumerate(ROLE_ORDER)))
        return self.order_by(rank, "office__name", "user__name", "pk")

    def last_of(self, user: models.Model) -> Any:
        """The membership that ended last, of a person who holds none now."""
        return self.filter(user=user).select_related("office").order_by("-ends_on", "-pk").first()

    def user_ids(self) -> list[int]:
        return list(self.values_list("user_id", flat=True).distinct())


class DelegationQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The two of them, and those who manage the office."""
        pk = getattr(user, "pk", None)
        either = Q(seat__user=pk) | Q(to__user=pk)
        return self.filter(seat__office__in=_served_by(user)).filter(
            either | Q(seat__office__in=_managed_by(user))
        )

    def that_hold(self, day: date) -> Self:
        """While both serve: what is lent ends with whoever lent it, and with whoever borrowed it."""
        return self.filter(_serves(day, "seat__"), _serves(day, "to__"), revoked_at=None)

    def not_over(self) -> Self:
        return self.filter(revoked_at=None, membership__ends_on__gt=washington.today())


class InvitationQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(office__in=_managed_by(user))

    def waiting(self) -> Self:
        """Neither accepted nor withdrawn; the time of some may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> Self:
        return self.waiting().filter(expires_at__gt=timezone.now())


class OfficeRequestQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Desk leads, and the leads of a state's own office for cities and counties of the state."""
        standing = getattr(user, "standing", [])
        if any(decides(member, "state") for member in standing):
            return self.all()
        divisions = [member.office.division_id for member in standing if decides(member, "city")]
        states = apps.get_model("accounts.Division")._default_manager.filter(pk__in=divisions)
        return self.filter(state__in=states.values("ocd_id"), level__in=LOCAL_LEVELS)

    def waiting(self) -> Self:
        return self.filter(status="asked")
