from datetime import date
from typing import Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.rules import MANAGING_ROLES, ROLE_ORDER
from diplomacy.lib.readers import SignedInQuerySet, VisibleQuerySet


def _current(day: date, path: str = "") -> Q:
    """Memberships that hold on a day, of a person or of an office: the day one ends on is not part of it."""
    lasting = Q(**{f"{path}ends_on": None}) | Q(**{f"{path}ends_on__gt": day})
    return lasting & Q(**{f"{path}starts_on__lte": day})


class DivisionQuerySet(SignedInQuerySet):
    def under(self, ocd_id: str) -> Self:
        """The division and everything below it on the id's path."""
        return self.filter(Q(ocd_id=ocd_id) | Q(ocd_id__startswith=ocd_id + "/"))


class OfficeQuerySet(SignedInQuerySet):
    def open(self) -> Self:
        today = timezone.localdate()
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
        today = timezone.localdate()
        return self.filter(
            Q(terms__starts_on=None) | Q(terms__starts_on__lte=today),
            Q(terms__ends_on=None) | Q(terms__ends_on__gte=today),
            terms__has_ended=False,
        ).distinct()


class TermQuerySet(SignedInQuerySet):
    pass


class MemberQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Colleagues: who else serves in a person's offices. Names of others come with the records."""
        return self.filter(office__in=[member.office_id for member in getattr(user, "standing", [])])

    def current(self) -> Self:
        today = timezone.localdate()
        return self.filter(_current(today), user__is_active=True).filter(
            Q(office__closed_on=None) | Q(office__closed_on__gt=today)
        )

    def with_coalitions(self) -> Self:
        """`coalition_ids`: the coalitions that the office belongs to today."""
        joined = apps.get_model("accounts.CoalitionMember")._default_manager.filter(
            _current(timezone.localdate()), office=models.OuterRef("office")
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
