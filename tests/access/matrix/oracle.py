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
- Public engagements and the register of counterparts are for everyone signed in, the operator only with a place in an
  office. Whoever holds no place today reads nothing. An auditor reads no engagement, not even a public one: domain says
  "no content" of them; access opens the register to them.
- Reading goes by every place that somebody holds today; a write is for the one office that they act for.
- "Staff" and "liaisons" who write counterparts include the lead of an office and of a desk, whose roles add to those.
- An office asks more of its people at sign-in, and reads what it asks, by its leads: access has "lead" manage members.
- What is visible and not one's own to write is refused; what one may not see is absent.
"""

from dataclasses import dataclass

OFFICE_SIDE = frozenset({"staff", "lead", "principal", "reader"})
WRITING = frozenset({"staff", "lead"})
ADVISING = frozenset({"liaison", "desk_lead"})
LEADING = frozenset({"lead", "desk_lead"})


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
    preference: str = "signal"
    """What it lets another office know whose plans cross it."""


@dataclass(frozen=True)
class Side:
    """One office's half of two plans that cross."""

    name: str
    own: Engagement
    other: Engagement
    has_question: bool = False
    """One waits on the coordinators."""


@dataclass(frozen=True)
class Both:
    """Two plans that cross, as coordinators see them."""

    name: str
    side: Side


@dataclass(frozen=True)
class Thread:
    """What two offices wrote to each other about their plans."""

    name: str
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class ToCoordinators:
    """What one office asked the coordinators. `at_desk`: on the page of both plans, which is theirs alone."""

    name: str
    side: Side
    at_desk: bool = False
    is_answered: bool = False


@dataclass(frozen=True)
class Referral:
    """What one office passes to another, or to a desk."""

    name: str
    sender: str
    receiver: str
    is_to_desk: bool = False
    status: str = "sent"


@dataclass(frozen=True)
class Beside:
    """The engagement that a referral came from, or led to."""

    name: str
    referral: Referral
    engagement: Engagement


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
    """What everyone signed in may look up: a counterpart, a public list, an office, a coalition, a division, an official."""

    name: str


@dataclass(frozen=True)
class Guidance(Register):
    """What a desk tells everyone about dealing with a country."""

    desk: str = ""


@dataclass(frozen=True)
class Alarm:
    """Somebody of an office opened unusually many records."""

    name: str
    office: str


Record = (
    Engagement
    | Request
    | Commitment
    | Briefing
    | Copy
    | Asked
    | Notice
    | Register
    | Alarm
    | Side
    | Both
    | Thread
    | ToCoordinators
    | Referral
    | Beside
    | None
)


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
    if it.office in person.offices or is_federal or _reads_public(person, it):
        return True
    return it.visibility == "shared" and (
        bool(it.offices & person.offices)
        or bool(it.coalitions & person.coalitions)
        or person.name in it.people
    )


def _reads_public(person: Person, it: Engagement) -> bool:
    return it.visibility == "public" and any(seat.role != "auditor" for seat in person.held)


def reads_office_notes(person: Person, it: Engagement) -> bool:
    return it.office in person.offices and reads_engagement(person, it)


def reads_request(person: Person, it: Request) -> bool:
    """The owning office, and the desks."""
    asked = it.engagement
    if not reads_engagement(person, asked):
        return False
    if asked.office in person.offices:
        return True
    if asked.visibility == "restricted":
        return any(person.serves(desk, frozenset({"desk_lead"})) for desk in asked.desks)
    return any(seat.role in ADVISING for seat in person.held)


def reads_desk_work(person: Person, it: Request) -> bool:
    """Advice before release, and desk notes."""
    roles = frozenset({"desk_lead"}) if it.engagement.visibility == "restricted" else ADVISING
    return person.serves(it.desk, roles) and reads_engagement(person, it.engagement)


def reads_briefing(person: Person, it: Briefing) -> bool:
    return person.serves(it.office, frozenset({"briefer"}))


def reads_copy(person: Person, it: Copy) -> bool:
    return person.name == it.recipient and it.through in person.offices


def takes_part(it: Engagement) -> bool:
    """Domain: filed plans cross; restricted ones never leak their existence."""
    return it.status == "filed" and it.visibility != "restricted"


def reads_side(person: Person, it: Side) -> bool:
    """Access: each side its own half, by the table: of a plan that is blind its other office sees nothing."""
    is_open = takes_part(it.own) and takes_part(it.other)
    return is_open and it.other.preference != "blind" and it.own.office in person.offices


def reads_both(person: Person, it: Side) -> bool:
    """Access: coordinators see both. Those are the federal readers of both plans."""
    is_open = takes_part(it.own) and takes_part(it.other)
    return is_open and any(seat.role in ADVISING for seat in person.held)


def knows_other(it: Side) -> bool:
    return it.other.preference == "introduce"


def reads_thread(person: Person, it: Thread) -> bool:
    return all(knows_other(side) for side in it.sides) and any(reads_side(person, side) for side in it.sides)


def reads_to_coordinators(person: Person, it: ToCoordinators) -> bool:
    return reads_both(person, it.side) or (not it.at_desk and reads_side(person, it.side))


def reads_referral(person: Person, it: Referral) -> bool:
    """Issue: from office to office. Its two offices read it; at a desk those who advise, as all that offices tell it."""
    at_desk = person.serves(it.receiver, ADVISING)
    return it.sender in person.offices or (at_desk if it.is_to_desk else it.receiver in person.offices)


def reads_beside(person: Person, it: Beside) -> bool:
    """A referral never widens who reads an engagement, or learns that there is one."""
    return reads_referral(person, it.referral) and reads_engagement(person, it.engagement)


def reads_alarm(person: Person, it: Alarm) -> bool:
    """The auditor, and whoever leads the office or desk, when that is whom they act for."""
    return bool(person.held) and (person.acting.role == "auditor" or person.acts(it.office, LEADING))


def reads_register(person: Person) -> bool:
    return bool(person.held)


def reads(person: Person, it: Record) -> bool:  # noqa: C901, PLR0911, PLR0912  (a line a record)
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
    if isinstance(it, Alarm):
        return reads_alarm(person, it)
    if isinstance(it, Side):
        return reads_side(person, it)
    if isinstance(it, Both):
        return reads_both(person, it.side)
    if isinstance(it, Thread):
        return reads_thread(person, it)
    if isinstance(it, ToCoordinators):
        return reads_to_coordinators(person, it)
    if isinstance(it, Referral):
        return reads_referral(person, it)
    if isinstance(it, Beside):
        return reads_beside(person, it)
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


def merges_counterparts(person: Person) -> bool:
    """Issue: "a person" merges; who touches the records of many offices leads one, or advises."""
    return bool(person.held) and person.acting.role in ADVISING | {"lead"}


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


def may(person: Person, act: str, it: Record) -> bool:  # noqa: C901, PLR0911  (a line a record)
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
    if isinstance(it, Side):
        return person.acts(it.own.office, WRITING)
    if isinstance(it, ToCoordinators | Both):
        return person.acting.role in ADVISING
    if isinstance(it, Referral):
        return _may_to_referral(person, act, it)
    return _may_to_register(person, act, it) if isinstance(it, Register) else True


def _may_to_register(person: Person, act: str, it: Register) -> bool:
    if isinstance(it, Guidance):
        return person.acts(it.desk, ADVISING)
    if act == "settings":
        return person.acts(it.name, LEADING)
    return merges_counterparts(person) if act == "undo_merge" else writes_counterparts(person)


def _may_to_referral(person: Person, act: str, it: Referral) -> bool:
    """Taking it back is the sender's; an engagement is an office's to plan, never a desk's."""
    if act == "withdraw":
        return person.acts(it.sender, WRITING)
    return person.acts(it.receiver, WRITING if act == "plan" else WRITING | ADVISING)


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


def answers(  # noqa: PLR0911  (a line a kind)
    person: Person, kind: str, act: str, it: Record, state: str
) -> Answers:
    """What one request may be answered with.

    `kind`: "read" (the record), "part" (`act` names it), "door" (the page on which an act is asked for), "write",
    "own" (one's own list, profile or notices: everyone with a place), "role" (a page of some roles, named in `act`),
    or "none" for a method that the address does not offer. `state`: see `states.of`.
    """
    if not person.is_signed_in:
        return frozenset({SIGN_IN})
    if not person.held:
        return frozenset({NOWHERE})
    if not reads(person, it):
        return frozenset({ABSENT, NOT_OFFERED}) if kind == "none" else frozenset({ABSENT})
    if kind == "none":
        return frozenset({NOT_OFFERED})
    if kind in {"read", "own"}:
        return frozenset({READ})
    if kind == "part":
        return reads_part(person, act, it)
    if kind == "role":
        return frozenset({READ if has_role_for(person, act) else REFUSED})
    return _acts(person, kind, act, it, state)


def has_role_for(person: Person, page: str) -> bool:
    """Pages that hide no record, and are of use to some roles only."""
    roles = {
        "log": frozenset({"auditor"}),
        "alarms": LEADING | {"auditor"},
        "queue": ADVISING,
        "log an engagement": WRITING,
        "refer something": WRITING,
        "write a briefing": frozenset({"briefer"}),
        "add a counterpart": WRITING | ADVISING,
        "publish guidance": ADVISING,
        "merge counterparts": ADVISING | {"lead"},
        "load a list": frozenset({"desk_lead"}),
    }[page]
    return person.acting.role in roles


def _acts(person: Person, kind: str, act: str, it: Record, state: str) -> Answers:
    if act in ROLE_ACTS:
        return frozenset({WRITTEN if has_role_for(person, ROLE_ACTS[act]) else REFUSED})
    if not may(person, act, it):
        return frozenset({REFUSED})
    done = READ if kind == "door" else WRITTEN
    return {
        YES: frozenset({done}),
        NO: frozenset({CONFLICT}),
        EITHER: frozenset({done, CONFLICT, INVALID}),
    }[state]


ROLE_ACTS = {
    "draft": "log an engagement",
    "refer": "refer something",
    "draft_briefing": "write a briefing",
    "add": "add a counterpart",
    "publish": "publish guidance",
    "merge": "merge counterparts",
    "load_list": "load a list",
}
