from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Member, Office
from counterparts import places
from counterparts.querysets import CounterpartNoteQuerySet, CounterpartQuerySet, PostQuerySet
from diplomacy.lib.readers import Protected
from diplomacy.lib.references import ReferenceField


class Counterpart(models.Model):
    """A foreign body, or a person in one. Everyone signed in reads the registry."""

    class Kind(models.TextChoices):
        NATIONAL = "national", "National government body"
        SUBNATIONAL = "subnational", "State, provincial or city government"
        MISSION = "mission", "Embassy, consulate or mission"
        STATE_ENTERPRISE = "state_enterprise", "State-owned enterprise"
        COMPANY = "company", "Company"
        NGO = "ngo", "Non-governmental organisation"
        UNIVERSITY = "university", "University or research institute"
        INTERNATIONAL = "international", "International organisation"
        PERSON = "person", "Person"

    reference = ReferenceField("C")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    native_name = models.CharField("name in its own script", max_length=200, blank=True)
    folded = models.CharField(
        max_length=1000,
        editable=False,
        help_text="All names in plain lower-case letters",
    )
    searched = models.TextField(
        editable=False,
        default="",
        db_default="",
        help_text="What it is found by: all names in plain letters, and where it is",
    )
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1; empty for international bodies"
    )
    subdivision = models.CharField(max_length=6, blank=True, help_text="ISO 3166-2")
    city = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="part of",
    )
    birth_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of a person, when it is known"
    )
    profile = models.TextField(max_length=5000, blank=True)
    website = models.URLField(blank=True)
    address = models.TextField("forms of address", max_length=1000, blank=True, default="", db_default="")
    precedence = models.TextField(max_length=1000, blank=True, default="", db_default="")
    interpreters = models.TextField(max_length=1000, blank=True, default="", db_default="")
    dietary = models.TextField("food and drink", max_length=1000, blank=True, default="", db_default="")
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        db_index=False,
    )
    added_for = models.ForeignKey(Office, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CounterpartQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="counterpart_folded"),
            GinIndex(
                fields=["searched"],
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
                name="counterpart_searched",
            ),
            GinIndex(SearchVector("searched", config="simple"), fastupdate=False, name="counterpart_words"),
            models.Index(fields=["country", "name"], name="counterpart_country"),
            models.Index(fields=["name", "id"], name="counterpart_name"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="counterpart_merged"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="counterpart_is_not_part_of_itself"),
            models.CheckConstraint(
                condition=Q(subdivision="") | Q(subdivision__startswith=F("country")),
                name="subdivision_lies_in_its_country",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="counterpart_is_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(kind="person"), name="only_people_are_born"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("counterparts:detail", args=[self.reference])

    @property
    def has_protocol(self) -> bool:
        return bool(self.address or self.precedence or self.interpreters or self.dietary)

    @property
    def place(self) -> str:
        return places.describe(self.city, self.subdivision, self.country)


class Alias(models.Model):
    counterpart = models.ForeignKey(Counterpart, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["counterpart", "name"], name="alias_once")]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Where something about a counterpart was learnt."""

    counterpart = models.ForeignKey(Counterpart, models.CASCADE, related_name="sources")
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    seen_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class CounterpartNote(Protected):
    """What one office or desk keeps to itself about a counterpart."""

    counterpart = models.ForeignKey(Counterpart, models.CASCADE, related_name="notes")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)
    written_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = CounterpartNoteQuerySet.as_manager()

    class Meta(Protected.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["counterpart", "office"], name="note_of_office")]

    def __str__(self) -> str:
        return f"note on {self.counterpart_id}"


class Post(models.Model):
    """What a person does in a body, and since when."""

    person = models.ForeignKey(Counterpart, models.CASCADE, related_name="posts")
    body = models.ForeignKey(Counterpart, models.PROTECT, related_name="holders")
    title = models.CharField(max_length=120)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="post_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.body}"
