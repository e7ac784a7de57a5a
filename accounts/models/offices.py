from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q

from accounts.models.divisions import Division
from accounts.querysets import CoalitionQuerySet, OfficeQuerySet
from accounts.rules import LONGEST_GRACE
from diplomacy.lib import washington
from diplomacy.lib.references import ReferenceField


class Office(models.Model):
    """A unit that owns records. A federal office that advises is a desk."""

    class Level(models.TextChoices):
        FEDERAL = "federal", "Federal"
        STATE = "state", "State"
        TERRITORY = "territory", "Territory"
        COUNTY = "county", "County"
        CITY = "city", "City"
        TRIBAL = "tribal", "Tribal"
        REGIONAL = "regional", "Regional"

    class SignIn(models.TextChoices):
        """The first asks for no more than the product does; nothing asks for less."""

        USUAL = "usual", "A passkey or a code, as each role asks for"
        PASSKEY = "passkey", "A passkey"

    reference = ReferenceField("O")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="offices")
    is_desk = models.BooleanField("is a federal desk", default=False)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    opened_on = models.DateField(default=washington.today)
    closed_on = models.DateField(null=True, blank=True)
    term_grace_days = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Days of access that are left to an official after the term"
    )
    sign_in = models.CharField(
        "everybody signs in with",
        max_length=10,
        choices=SignIn,
        default=SignIn.USUAL,
        db_default=SignIn.USUAL,
        help_text="What the office asks of its people beyond what their roles ask for",
    )
    group = models.OneToOneField(
        Group,
        models.PROTECT,
        editable=False,
        help_text="What django-guardian grants to when a record is shared.",
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="office_name_unique"),
            models.CheckConstraint(
                condition=Q(is_desk=False) | Q(level="federal"), name="only_federal_offices_are_desks"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="office_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(term_grace_days__lte=LONGEST_GRACE), name="grace_after_a_term_is_short"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_federal(self) -> bool:
        return self.level == self.Level.FEDERAL


class Coalition(models.Model):
    """A named group of offices with dated membership."""

    reference = ReferenceField("G")
    name = models.CharField(max_length=200, unique=True)
    lead_office = models.ForeignKey(Office, models.PROTECT, related_name="led_coalitions")
    offices = models.ManyToManyField(Office, through="CoalitionMember", related_name="coalitions")
    group = models.OneToOneField(Group, models.PROTECT, editable=False)

    objects = CoalitionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CoalitionMember(models.Model):
    coalition = models.ForeignKey(Coalition, models.CASCADE, related_name="memberships")
    office = models.ForeignKey(Office, models.CASCADE, related_name="coalition_memberships")
    starts_on = models.DateField(default=washington.today)
    ends_on = models.DateField(null=True, blank=True, help_text="The first day without it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coalition", "office"], condition=Q(ends_on=None), name="office_once_in_a_coalition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.office} in {self.coalition}"
