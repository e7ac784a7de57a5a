"""The closed lists of a briefing, as briefers and readers say them."""

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for release"
    RELEASED = "released", "Released"
    RECALLED = "recalled", "Recalled"
    EXPIRED = "expired", "Expired"


class Label(models.TextChoices):
    """The Traffic Light Protocol, version 2.0 (FIRST, 2022), from the widest to the narrowest."""

    CLEAR = "CLEAR", "TLP:CLEAR – anyone"
    GREEN = "GREEN", "TLP:GREEN – the community"
    AMBER = "AMBER", "TLP:AMBER – their organisation and those it must tell"
    STRICT = "AMBER+STRICT", "TLP:AMBER+STRICT – their own office only"
    RED = "RED", "TLP:RED – the people named, and nobody else"


ALLOWS = {
    Label.CLEAR: "You may share this copy with anyone.",
    Label.GREEN: "You may share this copy with colleagues and partners, not in public.",
    Label.AMBER: "You may share this copy inside your organisation, with those who need it to act.",
    Label.STRICT: "You may share this copy inside your own office only, with those who need it to act.",
    Label.RED: "This copy is for you alone. Do not pass it on.",
}
"""What a copy tells its reader, by the narrowest label in it."""


class Kind(models.TextChoices):
    """What a rule of the audience goes by."""

    PERSON = "person", "Person"
    OFFICE = "office", "Office"
    COALITION = "coalition", "Coalition"
    ROLE = "role", "Role"
    DIVISION = "division", "Division and everything under it"
    TOPIC = "topic", "Topic of coming engagements"
    COUNTRY = "country", "Coming engagement with a country"
    COUNTERPART = "counterpart", "Coming engagement with a counterpart"
