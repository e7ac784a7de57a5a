import uuid
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.urls import reverse
from django.utils import timezone

from accounts import rules
from accounts.models.offices import Office
from accounts.models.officials import Official
from accounts.querysets import DelegationQuerySet, MemberQuerySet, oldest_attestation
from diplomacy.lib import washington
from diplomacy.lib.prepared import HOLE, Prepared
from diplomacy.lib.references import ReferenceField
from diplomacy.lib.rls import system


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        with system("accounts.people"):
            user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("operator", default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def check_password(self, raw_password: str | None) -> bool:
        """Django's own, but that the stronger hash it makes of a password of older days is kept by named work."""

        def keep(password: str) -> None:
            self.password = hashers.make_password(password)
            with system("accounts.proofs"):
                self.save(update_fields=["password"])

        return hashers.check_password(raw_password, self.password, keep)

    @cached_property
    def standing(self) -> "list[Member]":
        """Memberships that hold today. Read once for each request, because each request has its own user."""
        if not self.is_active:
            return []
        today = washington.today()
        held = _standing_on(today, oldest_attestation(today)).rows(self.pk)
        if not any(member.delegation_id for member in held):
            return held
        current = set(Member.objects.current().filter(user=self).values_list("pk", flat=True))
        return [member for member in held if member.pk in current]

    @cached_property
    def reader_keys(self) -> frozenset[str]:
        if not self.standing:
            return frozenset()
        coalitions = {pk for member in self.standing for pk in member.coalition_ids}  # type: ignore[attr-defined]
        held = [(member.office_id, member.role) for member in self.standing]
        return rules.reader_keys(self.pk, held, coalitions, self.seats_covered)

    @cached_property
    def seats_covered(self) -> frozenset[int]:
        """The memberships of colleagues in whose place they act today."""
        return frozenset(member.delegation.seat_id for member in self.standing if member.delegation)

    @cached_property
    def unread_notices(self) -> int:
        return int(self.notices.filter(read_at=None).count())


@lru_cache(maxsize=2)
def _standing_on(today: date, attested_after: date) -> "Prepared[Member]":
    """What all requests of a day ask alike. The second date is only told apart: settings move it, and `current` reads it
    for itself."""
    held = Member.objects.filter(user=HOLE).current_if_delegations_hold().with_coalitions()
    return Prepared(held.select_related("office", "delegation").order_by("pk"))


class Member(models.Model):
    """A user in an office with a role and dates: the `by` of every write."""

    class Role(models.TextChoices):
        STAFF = "staff", "Staff"
        LEAD = "lead", "Lead"
        PRINCIPAL = "principal", "Principal"
        READER = "reader", "Reader"
        LIAISON = "liaison", "Federal liaison"
        DESK_LEAD = "desk_lead", "Desk lead"
        BRIEFER = "briefer", "Briefer"
        AUDITOR = "auditor", "Auditor"

    key = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    office = models.ForeignKey(Office, models.PROTECT, related_name="members")
    role = models.CharField(max_length=10, choices=Role)
    title = models.CharField(max_length=120, blank=True, help_text="As on the business card")
    starts_on = models.DateField(default=washington.today)
    ends_on = models.DateField(null=True, blank=True, help_text="The first day without it")
    attested_on = models.DateField(
        null=True,
        default=washington.today,
        db_default=TruncDate(Now()),
        help_text="When the office last said that they serve here. Empty: it has yet to say so for the first time",
    )
    reminded_on = models.DateField(null=True, help_text="When the office was asked to say so again")
    suspension_said = models.BooleanField(default=False, db_default=False)
    official = models.ForeignKey(
        Official,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        help_text="Whose public post this membership rests on: it holds while a term of the post does",
    )
    post = models.CharField(max_length=60, blank=True, db_default="")
    jurisdiction = models.CharField(max_length=200, blank=True, db_default="")
    warned_of = models.DateField(null=True, help_text="The end of a term that the office was told of")
    delegation = models.OneToOneField(
        "Delegation",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="membership",
        help_text="Held in a colleague's place",
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "role"],
                condition=Q(ends_on=None),
                name="one_role_once_in_an_office",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(delegation=None) | Q(ends_on__isnull=False), name="a_delegation_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(official=None) | ~Q(post="") & ~Q(jurisdiction=""), name="an_official_has_a_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.office.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:office")

    @property
    def is_federal(self) -> bool:
        return self.role in rules.FEDERAL_ROLES

    @property
    def writes_engagements(self) -> bool:
        return self.role in rules.WRITING_ROLES

    @property
    def advises(self) -> bool:
        return self.role in rules.ADVISING_ROLES

    @property
    def briefs(self) -> bool:
        return self.role in rules.BRIEFING_ROLES

    @property
    def manages(self) -> bool:
        return self.role in rules.MANAGING_ROLES


class Delegation(models.Model):
    """A colleague acts in somebody's role for some days. The membership that it gives carries the days."""

    reference = ReferenceField("DG")
    seat = models.ForeignKey(Member, models.PROTECT, related_name="delegations", help_text="Whose role")
    to = models.ForeignKey(
        Member, models.PROTECT, related_name="covers", help_text="The colleague's own membership"
    )
    reason = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(seat=F("to")), name="nobody_covers_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.to.user} for {self.seat.user}"

    @property
    def last_day(self) -> date:
        ends_on = self.membership.ends_on
        assert ends_on is not None  # database constraint
        return ends_on - timedelta(days=1)
