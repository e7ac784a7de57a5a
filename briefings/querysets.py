from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Count, Prefetch, Q

from diplomacy.lib.readers import ProtectedQuerySet, VisibleQuerySet
from engagements import clock

if TYPE_CHECKING:
    from accounts.models import Member


class BriefingQuerySet(ProtectedQuerySet):
    """The writing side. Readers of a briefing read their delivery, never the briefing."""

    def of_office(self, member: "Member") -> Self:
        return self.filter(office=member.office_id)

    def drafts(self) -> Self:
        return self.filter(status="draft").order_by("-status_since", "-pk")

    def waiting(self) -> Self:
        return self.filter(status="submitted").order_by("submitted_at", "pk")

    def waiting_for(self, member: "Member") -> Self:
        """What this briefer can release: somebody else wrote it."""
        return self.of_office(member).waiting().exclude(author=member.user_id)

    def sent(self) -> Self:
        return self.filter(status__in=["released", "recalled", "expired"])

    def past_expiry(self) -> Self:
        return self.filter(status="released", expires_on__lt=clock.today())

    def with_counts(self) -> Self:
        return self.annotate(
            delivered=Count("deliveries"),
            opened=Count("deliveries", filter=Q(deliveries__opened_at__isnull=False)),
            acknowledged=Count("deliveries", filter=Q(deliveries__acknowledged_at__isnull=False)),
        )


class DeliveryQuerySet(ProtectedQuerySet):
    """What a reader has. It goes with the membership that brought it: when that ends, so does the reading."""

    def visible_to(self, user: Any) -> Self:
        seats = [member.pk for member in getattr(user, "standing", [])]
        own = Q(recipient=getattr(user, "pk", None), member__in=seats)
        lent = Q(member__in=getattr(user, "seats_covered", ()))
        return super().visible_to(user).filter(own | lent).select_related("briefing__office")

    def readable(self) -> Self:
        """Neither recalled nor expired, whether or not the clock task has come by yet."""
        today = clock.today()
        lasting = Q(briefing__expires_on=None) | Q(briefing__expires_on__gte=today)
        return self.filter(lasting, briefing__status="released")

    def with_labels(self) -> Self:
        """The labels of each copy's sections, without their text."""
        labels = apps.get_model("briefings.Section")._default_manager.only("label")
        return self.prefetch_related(Prefetch("sections", queryset=labels, to_attr="labelled"))

    def unopened(self) -> Self:
        return self.readable().filter(opened_at=None)

    def to_acknowledge(self) -> Self:
        """Nearest deadline first."""
        owed = self.readable().filter(acknowledged_at=None, briefing__acknowledge_by__isnull=False)
        return owed.order_by("briefing__acknowledge_by", "-pk")


class ReaderQuestionQuerySet(VisibleQuerySet):
    """The reader who asked, and the briefers of the briefing's office."""

    def visible_to(self, user: Any) -> Self:
        deliveries = apps.get_model("briefings.Delivery")._default_manager.visible_to(user)
        briefings = apps.get_model("briefings.Briefing")._default_manager.visible_to(user)
        own = Q(delivery__in=deliveries.readable().values("pk"))
        return self.filter(own | Q(delivery__briefing__in=briefings.values("pk")))

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)
