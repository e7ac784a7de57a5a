"""What PostgreSQL gives each person of each protected table when no query is filtered, from the oracle."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.access.matrix import oracle
from tests.access.matrix.oracle import ADVISING, WRITING, Person

BRIEFERS = frozenset({"briefer"})
Judge = Callable[[Person, Any], bool]


class Table(NamedTuple):
    """`rows` gives the id of each row, that of the record that the oracle is asked about, and what else matters."""

    rows: str
    subject: str
    reads: Judge
    writes: Judge
    adds: Judge | None = None
    """Where that takes less than to change what is there: nobody can read yet what they put in. Or more."""
    blindly: Judge | None = None
    """Who changes it without looking, where that is not who adds."""


class Row(NamedTuple):
    pk: int
    facts: Any


def nobody(person: Person, it: object) -> bool:
    return False


# Whoever may write by the second wall: the office or desk. Who of them, and when, is for the rules of the application.


def owns(person: Person, it: oracle.Engagement) -> bool:
    return person.serves(it.office, WRITING) and oracle.reads_engagement(person, it)


def reads_request(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    return oracle.reads_request(person, it[0])


def writes_request(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    asked = it[0]
    may = person.serves(asked.engagement.office, WRITING) or person.serves(asked.desk, ADVISING)
    return may and oracle.reads_request(person, asked)


def reads_desk_work(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    return oracle.reads_desk_work(person, it[0])


def works_at_desk(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    return person.serves(it[0].desk, ADVISING) and oracle.reads_request(person, it[0])


def reads_advice(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    return oracle.reads_request(person, it[0]) if it[1] else oracle.reads_desk_work(person, it[0])


def writes_advice(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    return works_at_desk(person, it) and reads_advice(person, it)


def reads_briefing(person: Person, it: tuple[oracle.Briefing, list[oracle.Copy]]) -> bool:
    """Whoever has a copy reads that the briefing is there, and the sections that are in their copy."""
    return oracle.reads_briefing(person, it[0]) or any(oracle.reads_copy(person, copy) for copy in it[1])


def briefs(person: Person, it: tuple[oracle.Briefing, list[oracle.Copy]]) -> bool:
    return person.serves(it[0].office, BRIEFERS)


def reads_copy(person: Person, it: oracle.Copy) -> bool:
    return oracle.reads_copy(person, it) or oracle.reads_briefing(person, it.briefing)


def briefs_copy(person: Person, it: oracle.Copy) -> bool:
    return person.serves(it.briefing.office, BRIEFERS)


def leads_it(person: Person, it: oracle.Engagement) -> bool:
    return person.serves(it.office, frozenset({"lead"})) and oracle.reads_engagement(person, it)


def oversees(person: Person, office: str) -> bool:
    return any(seat.role == "auditor" for seat in person.held) or person.serves(office, oracle.LEADING)


def manages(person: Person, office: str) -> bool:
    return person.serves(office, oracle.LEADING)


def leads(person: Person, office: str) -> bool:
    return person.serves(office, frozenset({"lead"}))


def serves_there(person: Person, office: str) -> bool:
    return office in person.offices


def works_there(person: Person, office: str) -> bool:
    return person.serves(office, oracle.WRITING | oracle.ADVISING)


def is_theirs(person: Person, name: str) -> bool:
    return bool(person.held) and person.name == name


def serves_owner(person: Person, it: oracle.Engagement) -> bool:
    return person.serves(it.office, WRITING)


def writes_referral(person: Person, it: oracle.Referral) -> bool:
    return sends(person, it) or person.serves(it.receiver, WRITING | ADVISING)


def sends(person: Person, it: oracle.Referral) -> bool:
    return person.serves(it.sender, WRITING)


def leads_sender(person: Person, it: oracle.Referral) -> bool:
    """The one that there is was marked by the sender's lead, for the sender's files."""
    return person.serves(it.sender, frozenset({"lead"}))


def owns_beside(person: Person, it: oracle.Beside) -> bool:
    return oracle.reads(person, it) and person.serves(it.engagement.office, WRITING)


def asks(person: Person, it: tuple[oracle.Request, Any]) -> bool:
    return owns(person, it[0].engagement)


def _part(table: str, column: str = "engagement_id") -> Table:
    return Table(f"SELECT id, {column}, NULL FROM {table}", "engagement", oracle.reads_engagement, owns)  # noqa: S608


CROSSING = frozenset({"engagements.overlapside", "engagements.overlap"})


class Line(NamedTuple):
    """Of the log: what it is about, and who is told of it or named as its readers."""

    kind: str
    about: Any
    office: str
    told: frozenset[str]
    named: frozenset[str] | None


def reads_line(person: Person, it: Line) -> bool:
    reading = {seat.office for seat in person.held if seat.role != "auditor"}
    if len(reading) < len(person.offices) or is_told(person, it):
        return True
    if not reading or (it.named is not None and person.name not in it.named):
        return False
    app = it.kind.split(".")[0]
    return (
        (it.kind == "engagements.engagement" and oracle.reads_engagement(person, it.about))
        or (it.kind in CROSSING | {"engagements.referral"} and oracle.reads(person, it.about))
        or (it.kind == "briefings.briefing" and oracle.reads_briefing(person, it.about))
        or (it.kind == "briefings.delivery" and reads_copy(person, it.about))
        or app == "counterparts"
        or (app in {"accounts", "records"} and it.office in reading)
    )


def is_told(person: Person, it: Line) -> bool:
    return bool(person.held) and person.name in it.told


PARTS = ("stop", "participant", "engagement_counterparts", "attentionflag", "commitment", "engagementversion")
REQUEST = "SELECT id, request_id, {} FROM engagements_{}"
TABLES: dict[str, Table] = {
    "engagements_engagement": Table(
        "SELECT id, id, NULL FROM engagements_engagement",
        "engagement",
        oracle.reads_engagement,
        owns,
        serves_owner,
        owns,
    ),
    **{f"engagements_{name}": _part(f"engagements_{name}") for name in (*PARTS, "outcomereport")},
    "engagements_engagementcountry": _part("engagements_engagementcountry"),
    "engagements_engagementuserpermission": _part(
        "engagements_engagementuserpermission", "content_object_id"
    ),
    "engagements_engagementgrouppermission": _part(
        "engagements_engagementgrouppermission", "content_object_id"
    ),
    "engagements_officenote": _part("engagements_officenote")._replace(reads=oracle.reads_office_notes),
    "engagements_reading": Table(
        "SELECT id, user_id, NULL FROM engagements_reading", "person", is_theirs, is_theirs
    ),
    "engagements_advicerequest": Table(
        "SELECT id, id, NULL FROM engagements_advicerequest",
        "request",
        reads_request,
        writes_request,
        asks,
        writes_request,
    ),
    "engagements_question": Table(
        REQUEST.format("NULL", "question"), "request", reads_request, reads_request
    ),
    "engagements_advice": Table(
        REQUEST.format("released_at", "advice"), "request", reads_advice, writes_advice, works_at_desk
    ),
    "engagements_desknote": Table(
        REQUEST.format("NULL", "desknote"), "request", reads_desk_work, works_at_desk
    ),
    "engagements_adviceresponse": Table(
        "SELECT r.id, a.request_id, a.released_at FROM engagements_adviceresponse r"
        " JOIN engagements_advice a ON a.id = r.advice_id",
        "request",
        reads_advice,
        reads_advice,
    ),
    "engagements_overlapfootprint": Table(
        "SELECT id, engagement_id, NULL FROM engagements_overlapfootprint", "engagement", nobody, nobody
    ),
    "counterparts_movedrows": Table(
        "SELECT id, merge_id, NULL FROM counterparts_movedrows", "merge", nobody, nobody
    ),
    "engagements_overlap": Table(
        "SELECT id, id, NULL FROM engagements_overlap", "every pair", oracle.reads, nobody
    ),
    "engagements_overlapside": Table(
        "SELECT id, id, NULL FROM engagements_overlapside", "every side", oracle.reads, nobody
    ),
    "engagements_overlapmessage": Table(
        "SELECT id, id, NULL FROM engagements_overlapmessage", "message", oracle.reads, nobody
    ),
    "engagements_coordinatorquestion": Table(
        "SELECT id, id, NULL FROM engagements_coordinatorquestion",
        "question to coordinators",
        oracle.reads,
        nobody,
    ),
    "engagements_referral": Table(
        "SELECT id, id, NULL FROM engagements_referral",
        "referral",
        oracle.reads,
        writes_referral,
        sends,
        writes_referral,
    ),
    "engagements_referral_counterparts": Table(
        "SELECT id, referral_id, NULL FROM engagements_referral_counterparts", "referral", oracle.reads, sends
    ),
    "engagements_referralengagement": Table(
        "SELECT id, id, NULL FROM engagements_referralengagement",
        "referral engagement",
        oracle.reads,
        owns_beside,
    ),
    "briefings_briefing": Table(
        "SELECT id, id, ARRAY(SELECT d.id FROM briefings_delivery d WHERE d.briefing_id = b.id) FROM briefings_briefing b",
        "briefing",
        reads_briefing,
        briefs,
    ),
    "briefings_section": Table(
        "SELECT id, briefing_id, ARRAY(SELECT c.delivery_id FROM briefings_delivery_sections c WHERE c.section_id = s.id)"
        " FROM briefings_section s",
        "briefing",
        reads_briefing,
        briefs,
    ),
    "briefings_audiencerule": Table(
        "SELECT id, briefing_id, ARRAY[]::bigint[] FROM briefings_audiencerule",
        "briefing",
        reads_briefing,
        briefs,
    ),
    "briefings_delivery": Table(
        "SELECT id, id, NULL FROM briefings_delivery",
        "copy",
        reads_copy,
        reads_copy,
        briefs_copy,
        reads_copy,
    ),
    "briefings_delivery_sections": Table(
        "SELECT id, delivery_id, NULL FROM briefings_delivery_sections", "copy", reads_copy, briefs_copy
    ),
    "briefings_readerquestion": Table(
        "SELECT id, delivery_id, NULL FROM briefings_readerquestion", "copy", reads_copy, reads_copy
    ),
    "activity_entry": Table(
        """SELECT id, id, jsonb_build_object(
               'kind', subject_type, 'of', subject_id, 'office', office_id, 'readers', readers,
               'told', ARRAY(SELECT n.recipient_id FROM activity_notice n WHERE n.entry_id = e.id))::text
           FROM activity_entry e""",
        "line",
        reads_line,
        nobody,
    ),
    "activity_notice": Table(
        "SELECT id, recipient_id, NULL FROM activity_notice",
        "person",
        is_theirs,
        is_theirs,
        nobody,
        is_theirs,
    ),
    "activity_alarm": Table("SELECT id, office_id, NULL FROM activity_alarm", "office", oversees, nobody),
    "activity_hold": Table("SELECT id, office_id, NULL FROM activity_hold", "office", oversees, oversees),
    "counterparts_counterpartnote": Table(
        "SELECT id, office_id, NULL FROM counterparts_counterpartnote", "office", serves_there, works_there
    ),
    "counterparts_disposition": Table(
        "SELECT id, office_id, NULL FROM counterparts_disposition", "office", serves_there, works_there
    ),
    "records_disposal": Table("SELECT id, office_id, NULL FROM records_disposal", "office", manages, manages),
    "records_request": Table("SELECT id, office_id, NULL FROM records_request", "office", leads, leads),
    "records_exemption": _part("records_exemption")._replace(reads=leads_it, writes=leads_it),
    "records_referralexemption": Table(
        "SELECT id, referral_id, NULL FROM records_referralexemption", "referral", leads_sender, leads_sender
    ),
}
