"""The field's closed lists, as the office and the desk say them."""

from django.db import models


class Kind(models.TextChoices):
    OUTBOUND_VISIT = "outbound_visit", "Outbound visit"
    INBOUND_VISIT = "inbound_visit", "Inbound visit"
    VIRTUAL_MEETING = "virtual_meeting", "Virtual meeting"
    CALL = "call", "Call"
    EVENT = "event", "Event"
    SISTER_CITY = "sister_city", "Sister-city activity"
    SIGNING = "signing", "Agreement signing"
    DIALOGUE_SESSION = "dialogue_session", "Dialogue session"
    TECHNICAL_EXCHANGE = "technical_exchange", "Technical exchange"
    CORRESPONDENCE = "correspondence", "Correspondence"


class Mode(models.TextChoices):
    COOPERATION = "cooperation", "Technical cooperation"
    ADVOCACY = "advocacy", "Policy advocacy"


class Topic(models.TextChoices):
    TRADE = "trade", "Trade and investment"
    ENVIRONMENT = "environment", "Environment and climate"
    HEALTH = "health", "Public health"
    EMERGENCY = "emergency", "Emergency management"
    ENERGY = "energy", "Energy"
    WATER = "water", "Water"
    EDUCATION = "education", "Education"
    CULTURE = "culture", "Culture"
    SAFETY = "safety", "Public safety"
    AGRICULTURE = "agriculture", "Agriculture"
    TOURISM = "tourism", "Tourism"
    TECHNOLOGY = "technology", "Technology"
    MIGRATION = "migration", "Migration"


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    FILED = "filed", "Filed"
    POSTPONED = "postponed", "Postponed"
    CANCELLED = "cancelled", "Cancelled"
    HELD = "held", "Held"
    REPORTED = "reported", "Reported"


class Visibility(models.TextChoices):
    FEDERAL = "federal", "My office and federal desks"
    SHARED = "shared", "Also offices, coalitions and people we name"
    PUBLIC = "public", "Everyone signed in"
    RESTRICTED = "restricted", "Only people we name, and the lead of the advising desk"


class Coordination(models.TextChoices):
    INTRODUCE = "introduce", "Introduce us: tell matching offices who we are"
    SIGNAL = (
        "signal",
        "Signal only: say that someone is engaging, and ask us before naming us",
    )
    BLIND = "blind", "Coordinator only: tell no other office"


class Touch(models.IntegerChoices):
    """How two engagements touch, the closest way first."""

    COUNTERPART = 1, "The same counterpart"
    FAMILY = 2, "A body above, below or beside a counterpart"
    PLACE = 3, "The same place and topic"


class Cell(models.TextChoices):
    """What one side of an overlap may know of the other: the cell of the table in decision 0019."""

    NOTHING = "nothing", "Nothing"
    SIGNAL = "signal", "That another office is engaging"
    NAMED = "named", "Who the other office is"


class Payer(models.TextChoices):
    OWN = "own", "Our own budget"
    HOST = "host", "The foreign host"
    THIRD_PARTY = "third_party", "A third party"
    MIXED = "mixed", "Several of these"


class Side(models.TextChoices):
    OURS = "ours", "Our side"
    THEIRS = "theirs", "Their side"


class AdviceStatus(models.TextChoices):
    REQUESTED = "requested", "Waiting for the desk"
    ASSIGNED = "assigned", "With a liaison"
    QUESTION = "question", "Waiting for the office's answer"
    GIVEN = "given", "Advice given"
    RESPONDED = "responded", "Answered by the office"
    LAPSED = "lapsed", "No comment by the due date"
    WITHDRAWN = "withdrawn", "Withdrawn with the engagement"


class Position(models.TextChoices):
    SUPPORT = "support", "Support"
    CONSIDERATIONS = "considerations", "Support with considerations"
    CHANGES = "changes", "Suggest changes"
    POSTPONE = "postpone", "Suggest postponing"
    CONCERN = "concern", "Concern"
    NO_COMMENT = "no_comment", "No comment"


class ResponseKind(models.TextChoices):
    FOLLOWED = "followed", "Followed"
    ADAPTED = "adapted", "Adapted"
    PROCEEDED = "proceeded", "Proceeded otherwise"


class ReferralStatus(models.TextChoices):
    SENT = "sent", "Waiting for an answer"
    TAKEN_UP = "taken_up", "Taken up"
    DECLINED = "declined", "Declined"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Outcome(models.TextChoices):
    """What came of a referral."""

    PLANNED = "planned", "An engagement is planned"
    CONTACT = "contact", "Contact was made"
    PASSED_ON = "passed_on", "It was passed on"
    NOTHING = "nothing", "Nothing came of it"
