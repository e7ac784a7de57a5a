"""What the access rules say, in plain Python: facts in, an answer out.

Written from the design of access and of the domain alone, before any `visible_to`, rule or policy was read, so that a
mistake made there is not made here too. It imports nothing of the product.

Where the design leaves a choice, what decided it ("access" and "domain" are the two design documents):

- A restricted engagement is written by the people named who are staff or lead of the owning office. Access lets "those
  named with a writing role" write; domain says "the office owns its engagement", and the row above allows "the owning
  office only".
- A draft stays in its office whatever visibility was chosen: domain, "drafts are always this". A draft that was
  cancelled was never filed, and stays there too.
- Advice that waits, its questions and answers have the readers of released advice: access names "the engagement's
  readers of the owning office, and the desks"; domain has desks advise in parallel and asks the office to answer. An
  office that the engagement is shared with reads none of it.
- Of a restricted engagement the desks' part, too, is its desk leads' alone: the row of the engagement narrows the row
  of advice, because whoever may not see the engagement may not see what stands beside it.
- "That desk" of unreleased advice and desk notes are its liaisons and its lead: the roles that advise.
- Outcome reports, commitments, versions and what is planned have the readers of their engagement.
- A briefing's own pages are its briefers', of the office that writes it. Its audience reads copies.
- A copy of a recalled briefing tells that it was recalled and nothing else, of an expired one nothing of its text.
- Public engagements and the register of counterparts are for everyone signed in: the auditor too, the operator only
  with a place in an office. Whoever holds no place today reads nothing.
- Reading goes by every place that somebody holds today; a write is for the one office that they act for.
- "Staff" and "liaisons" who write counterparts include the lead of an office and of a desk, whose roles add to those.
- What is visible and not one's own to write is refused; what one may not see is absent.
"""

from dataclasses import dataclass

OFFICE_SIDE = frozenset({"staff", "lead", "principal", "reader"})
WRITING = frozenset({"staff", "lead"})
ADVISING = frozenset({"liaison", "desk_lead"})


@dataclass(frozen=True)
class Seat:
    """A membership: where, as what, and whether its dates hold today."""

    office: str
    role: str
    holds: bool = True
    coalitions: frozenset[str] = frozenset()
    """Those that its office belongs to today."""


@dataclass(frozen=True)
class Person:
    name: str
    seats: tuple[Seat, ...] = ()
    is_signed_in: bool = True
    is_operator: bool = False

    @property
    def held(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.holds) if self.is_signed_in else ()

    @property
    def acting(self) -> Seat:
        """The place they act for: the first that holds."""
        return self.held[0]

    @property
    def offices(self) -> frozenset[str]:
        return frozenset(seat.office for seat in self.held)

    @property
    def coalitions(self) -> frozenset[str]:
        return frozenset(name for seat in self.held for name in seat.coalitions)

    def serves(self, office: str, roles: frozenset[str]) -> bool:
        return any(seat.office == office and seat.role in roles for seat in self.held)

    def acts(self, office: str, roles: frozenset[str]) -> bool:
        return bool(self.held) and self.acting.office == office and self.acting.role in roles


@dataclass(frozen=True)
class Engagement:
    name: str
    office: str
    status: str = "filed"
    is_filed: bool = True
    visibility: str = "federal"
    offices: frozenset[str] = frozenset()
    coalitions: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    desks: frozenset[str] = frozenset()
    """Those asked for advice."""
    has_report: bool = False


@dataclass(frozen=True)
class Request:
    name: str
    engagement: Engagement
    desk: str
    status: str
    has_draft: bool = False
    released: int = 0


@dataclass(frozen=True)
class Commitment:
    name: str
    engagement: Engagement
    is_closed: bool = False


@dataclass(frozen=True)
class Briefing:
    name: str
    office: str
    author: str
    status: str
    is_complete: bool = True


@dataclass(frozen=True)
class Copy:
    """A briefing as one reader gets it, through one membership."""

    name: str
    briefing: Briefing
    recipient: str
    through: str
    is_acknowledged: bool = False


@dataclass(frozen=True)
class Asked:
    """What a reader asked of a briefing's writers."""

    name: str
    copy: Copy
    is_answered: bool = False


@dataclass(frozen=True)
class Notice:
    name: str
    recipient: str
    about: "Engagement | Briefing | Copy"


@dataclass(frozen=True)
class Register:
    """What everyone signed in may look up: a counterpart, an office, a coalition, a division, an official."""

    name: str


Record = Engagement | Request | Commitment | Briefing | Copy | Asked | Notice | Register | None


# Who reads -----------------------------------------------------------------------------------------------------------


def reads_engagement(person: Person, it: Engagement) -> bool:
    """Access, rows 1 to 3."""
    if not person.held:
        return False
    if not it.is_filed:
        return it.office in person.offices
    if it.visibility == "restricted":
        return person.name in it.people or any(
            person.serves(desk, frozenset({"desk_lead"})) for desk in it.desks
        )
    is_federal = any(seat.role in ADVISING for seat in person.held)
    if it.office in person.offices or is_federal or it.visibility == "public":
        return True
    return it.visibility == "shared" and (
        bool(it.offices & person.offices)
        or bool(it.coalitions & person.coalitions)
        or person.name in it.people
    )


def reads_office_notes(person: Person, it: Engagement) -> bool:
    return it.office in person.offices and reads_engagement(person, it)


def reads_request(person: Person, it: Request) -> bool:
    """The owning office, and the desks."""
    if not reads_engagement(person, it.engagement):
        return False
    return it.engagement.office in person.offices or any(seat.role in ADVISING for seat in person.held)


def reads_desk_work(person: Person, it: Request) -> bool:
    """Advice before release, and desk notes."""
    return person.serves(it.desk, ADVISING) and reads_engagement(person, it.engagement)


def reads_briefing(person: Person, it: Briefing) -> bool:
    return person.serves(it.office, frozenset({"briefer"}))


def reads_copy(person: Person, it: Copy) -> bool:
    return person.name == it.recipient and it.through in person.offices


def reads_register(person: Person) -> bool:
    return bool(person.held)


def reads(person: Person, it: Record) -> bool:
    if isinstance(it, Engagement):
        return reads_engagement(person, it)
    if isinstance(it, Request):
        return reads_request(person, it)
    if isinstance(it, Commitment):
        return reads_engagement(person, it.engagement)
    if isinstance(it, Briefing):
        return reads_briefing(person, it)
    if isinstance(it, Copy):
        return reads_copy(person, it)
    if isinstance(it, Asked):
        return reads_briefing(person, it.copy.briefing)
    if isinstance(it, Notice):
        return bool(person.held) and person.name == it.recipient
    return reads_register(person)


# Who writes ----------------------------------------------------------------------------------------------------------


def writes_engagement(person: Person, it: Engagement) -> bool:
    """The owning office only. No federal role, ever."""
    return reads_engagement(person, it) and person.acts(it.office, WRITING)


def writes_desk_work(person: Person, it: Request) -> bool:
    return reads_desk_work(person, it) and person.acts(it.desk, ADVISING)


def writes_briefing(person: Person, it: Briefing) -> bool:
    """Its author."""
    return person.name == it.author and person.acts(it.office, frozenset({"briefer"}))


def releases_briefing(person: Person, it: Briefing) -> bool:
    """Another briefer of its office."""
    return person.name != it.author and person.acts(it.office, frozenset({"briefer"}))


def writes_counterparts(person: Person) -> bool:
    return bool(person.held) and person.acting.role in WRITING | ADVISING


# What a request gets -------------------------------------------------------------------------------------------------

SIGN_IN, NOWHERE, ABSENT, READ, REFUSED, CONFLICT, WRITTEN, INVALID, NOT_OFFERED = (
    "sign in",
    "no place in an office",
    "absent",
    "read",
    "refused",
    "conflict",
    "written",
    "invalid",
    "not offered",
)
Answers = frozenset[str]
YES, NO, EITHER = "yes", "no", "either"
"""Whether the state of a record lets an act happen; `EITHER` where the design does not say."""

BEFORE_HELD = {"filed": YES, "postponed": YES}
OVER = {"held": NO, "reported": NO, "cancelled": NO}
ENGAGEMENT_STATES: dict[str, dict[str, str]] = {
    # Domain: draft → filed → held → reported, with postponed and cancelled from any point before held.
    "file": {"draft": YES, "filed": NO, "postponed": NO, **OVER},
    "postpone": {"filed": YES, "postponed": EITHER, "draft": EITHER, **OVER},
    "cancel": {"draft": YES, **BEFORE_HELD, **OVER},
    "resume": {"draft": NO, "filed": NO, "postponed": YES, **OVER},
    "hold": {"draft": NO, "filed": YES, "postponed": NO, **OVER},
    "report": {"draft": NO, "filed": NO, "postponed": NO, "held": YES, "reported": NO, "cancelled": NO},
    "save": {"draft": YES, "filed": NO, "postponed": NO, **OVER},
    "change": {"draft": YES, "filed": YES},
    "amend": {"draft": NO, "filed": YES},
    "share": {"filed": YES},
    "note": {},
    "commit": {},
    "ask": {"draft": NO},
}
REQUEST_STATES: dict[str, dict[str, str]] = {
    # Domain: requested → assigned → (question ↔ answer) → given → responded, or lapsed.
    "take": {"requested": YES, "withdrawn": NO},
    "question": {"assigned": YES, "question": NO, "withdrawn": NO},
    "answer": {
        "question": YES,
        **dict.fromkeys(("requested", "assigned", "given", "responded", "withdrawn"), NO),
    },
    "save_draft": {"assigned": YES, "withdrawn": NO},
    "give": {"assigned": YES, "withdrawn": NO},
    "respond": {"given": YES},
    "desk_note": {},
}
BRIEFING_STATES: dict[str, dict[str, str]] = {
    "change": {"draft": YES, "released": NO, "recalled": NO, "expired": NO},
    "submit": {"draft": YES, "released": NO, "recalled": NO, "expired": NO},
    "return": {"draft": NO, "submitted": YES, "released": NO, "recalled": NO, "expired": NO},
    "release": {"draft": NO, "submitted": YES, "released": NO, "recalled": NO, "expired": NO},
    "recall": {"draft": NO, "submitted": NO, "released": YES, "recalled": NO},
}


def may(person: Person, act: str, it: Record) -> bool:
    """Whether this person, who sees the record, may do this to it in some state."""
    if isinstance(it, Engagement):
        return writes_engagement(person, it)
    if isinstance(it, Commitment):
        return writes_engagement(person, it.engagement)
    if isinstance(it, Request):
        return _may_to_request(person, act, it)
    if isinstance(it, Briefing):
        return _may_to_briefing(person, act, it)
    if isinstance(it, Asked):
        return person.acts(it.copy.briefing.office, frozenset({"briefer"}))
    if isinstance(it, Copy):
        return True
    return writes_counterparts(person) if isinstance(it, Register) else True


def _may_to_request(person: Person, act: str, it: Request) -> bool:
    if act in {"answer", "respond"}:
        return writes_engagement(person, it.engagement)
    if act == "give_to":
        return person.acts(it.desk, frozenset({"desk_lead"})) and reads_desk_work(person, it)
    return writes_desk_work(person, it)


def _may_to_briefing(person: Person, act: str, it: Briefing) -> bool:
    """Whoever of its briefers it is may take a released briefing back or return it; the rest is the author's."""
    if act == "release":
        return releases_briefing(person, it)
    if act in {"recall", "return"}:
        return person.acts(it.office, frozenset({"briefer"}))
    return writes_briefing(person, it)


def state(act: str, it: Record) -> str:
    if isinstance(it, Engagement):
        return ENGAGEMENT_STATES[act].get(it.status, EITHER)
    if isinstance(it, Request):
        said = REQUEST_STATES.get(act, {}).get(it.status, EITHER)
        return NO if act == "respond" and not it.released else said
    if isinstance(it, Briefing):
        return BRIEFING_STATES[act].get(it.status, EITHER)
    if isinstance(it, Commitment):
        return NO if it.is_closed else YES
    if isinstance(it, Asked):
        return NO if it.is_answered else YES
    if isinstance(it, Copy):
        return YES if it.briefing.status == "released" and not it.is_acknowledged else EITHER
    return YES


PARTS_READ = {"office_notes", "report", "draft", "desk_notes", "copy_read"}


def reads_part(person: Person, part: str, it: Record) -> Answers:
    """A part of a record with narrower readers than the record."""
    if isinstance(it, Engagement) and part == "office_notes":
        return frozenset({READ if reads_office_notes(person, it) else ABSENT})
    if isinstance(it, Engagement) and part == "report":
        return frozenset({READ if it.has_report else ABSENT})
    if isinstance(it, Request) and part == "draft":
        return frozenset({READ if it.has_draft and reads_desk_work(person, it) else ABSENT})
    if isinstance(it, Request) and part == "desk_notes":
        # An empty list is what a request without notes shows; the canaries see to it that it is empty.
        return frozenset({READ} if reads_desk_work(person, it) else {READ, ABSENT, REFUSED})
    raise ValueError(part)


def answers(person: Person, kind: str, act: str, it: Record) -> Answers:
    """What one request may be answered with.

    `kind`: "read" (the record), "part" (`act` names it), "door" (the page on which an act is asked for), "write",
    "own" (one's own list, profile or notices: everyone with a place), "role" (a page of some roles, named in `act`),
    or "none" for a method that the address does not offer.
    """
    if not person.is_signed_in:
        return frozenset({SIGN_IN})
    if not person.held:
        return frozenset({NOWHERE})
    if not reads(person, it):
        return frozenset({ABSENT, NOT_OFFERED}) if kind == "none" else frozenset({ABSENT})
    if kind == "none":
        return frozenset({NOT_OFFERED})
    if kind == "read" or kind == "own":
        return frozenset({READ})
    if kind == "part":
        return reads_part(person, act, it)
    if kind == "role":
        return frozenset({READ if has_role_for(person, act) else REFUSED})
    return _acts(person, kind, act, it)


def has_role_for(person: Person, page: str) -> bool:
    """Pages that hide no record, and are of use to some roles only."""
    roles = {
        "log": frozenset({"auditor"}),
        "queue": ADVISING,
        "log an engagement": WRITING,
        "write a briefing": frozenset({"briefer"}),
        "add a counterpart": WRITING | ADVISING,
    }[page]
    return person.acting.role in roles


def _acts(person: Person, kind: str, act: str, it: Record) -> Answers:
    if act in ROLE_ACTS:
        return frozenset({WRITTEN if has_role_for(person, ROLE_ACTS[act]) else REFUSED})
    if not may(person, act, it):
        return frozenset({REFUSED})
    done = READ if kind == "door" else WRITTEN
    return {
        YES: frozenset({done}),
        NO: frozenset({CONFLICT}),
        EITHER: frozenset({done, CONFLICT, INVALID}),
    }[state(act, it)]


ROLE_ACTS = {
    "draft": "log an engagement",
    "draft_briefing": "write a briefing",
    "add": "add a counterpart",
}


# What may be known ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """Whom a briefing or one section is for: a person, an office, a coalition, or the offices under a division."""

    kind: str
    whom: frozenset[str]
    """Names of people for a person, of offices for the rest."""


@dataclass(frozen=True)
class Section:
    label: str
    rules: tuple[Rule, ...] = ()


NAMES_THEM = {"RED": {"person"}, "AMBER+STRICT": {"person", "office"}}
"""TLP 2.0: red is for the people named, amber+strict for their own organisation and nobody beyond it."""


def _met(person: Person, rules: tuple[Rule, ...]) -> set[str]:
    """The kinds of the rules that they fall under."""
    return {
        rule.kind for rule in rules if (person.name in rule.whom if rule.kind == "person" else rule.whom & person.offices)
    }


def admits(person: Person, rules: tuple[Rule, ...], section: Section) -> bool:
    """Audience and label, section by section."""
    met = _met(person, rules)
    if not person.held or not met:
        return False
    if section.rules:
        met = _met(person, section.rules)
    return bool(met & NAMES_THEM.get(section.label, met))


@dataclass(frozen=True)
class Secret:
    """A text that only some may read: the record it stands in, and which part of it."""

    part: str
    record: Record
    rules: tuple[Rule, ...] = ()
    section: Section | None = None


def may_know(person: Person, secret: Secret) -> bool:
    it = secret.record
    if not person.held:
        return False
    if isinstance(it, Engagement) and secret.part == "office_note":
        return reads_office_notes(person, it)
    if isinstance(it, Request):
        return {"desk_note": reads_desk_work, "draft": reads_desk_work}.get(secret.part, reads_request)(person, it)
    if isinstance(it, Briefing) and reads_briefing(person, it):
        return True
    if isinstance(it, Briefing) and secret.part == "title":
        return it.status in {"released", "expired"} and any(
            admits(person, secret.rules, section) for section in SECTIONS[it.name]
        )
    if isinstance(it, Briefing) and secret.section:
        return it.status == "released" and admits(person, secret.rules, secret.section)
    if isinstance(it, Briefing):
        return False
    if isinstance(it, Asked):
        return reads_copy(person, it.copy) or reads_briefing(person, it.copy.briefing)
    return reads(person, it)


SECTIONS: dict[str, tuple[Section, ...]] = {}
"""The sections of each briefing of the world, by its name: their reader learns its title."""
