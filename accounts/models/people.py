from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts import rules
from accounts.models.offices import Office
from accounts.querysets import MemberQuerySet


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
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

    @cached_property
    def standing(self) -> "list[Member]":
        """Memberships that hold today. Read once for each request, because each request has its own user."""
        if not self.is_active:
            return []
        held = Member.objects.filter(user=self).current().with_coalitions()
        return list(held.select_related("office").order_by("pk"))

    @cached_property
    def reader_keys(self) -> frozenset[str]:
        if not self.standing:
            return frozenset()
        coalitions = {pk for member in self.standing for pk in member.coalition_ids}  # type: ignore[attr-defined]
        return rules.reader_keys(self.pk, [(m.office_id, m.role) for m in self.standing], coalitions)

    @cached_property
    def unread_notices(self) -> int:
        return int(self.notices.filter(read_at=None).count())


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

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    office = models.ForeignKey(Office, models.PROTECT, related_name="members")
    role = models.CharField(max_length=10, choices=Role)
    title = models.CharField(max_length=120, blank=True, help_text="As on the business card")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True, help_text="The first day without it")

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
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.office.short_name}"

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
