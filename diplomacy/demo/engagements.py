"""What each office and desk did, one act after another, each through the action that a page would call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Member
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import Row
from engagements import actions
from engagements.models import Advice, AdviceRequest, Commitment, Engagement, Question

PLAIN = (
    *("title", "kind", "mode", "topics", "time_zone", "payer", "payer_note", "arranged_by", "foreign_agent"),
    *(
        "fara_number",
        "has_binding_language",
        "touches_infrastructure",
        "visibility",
        "coordination",
        "wants_advice",
    ),
)


@dataclass
class Story:
    """One engagement from its first draft to where it stands today."""

    cast: Cast
    row: Row
    reference: str = ""

    @property
    def engagement(self) -> Engagement:
        return Engagement.objects.get(reference=self.reference)

    def member(self, act: Row) -> Member:
        """Who acts for the office: whom the act names, else the engagement's contact."""
        who = act.get("by") or self.row.get("by") or self.cast.lead(self.row["office"])
        return self.cast.members[who, self.row["office"]]

    def request(self, act: Row) -> AdviceRequest:
        return AdviceRequest.objects.get(engagement=self.engagement, desk=self.cast.offices[act["desk"]])

    def adviser(self, act: Row) -> Member:
        """Who acts for the desk: whom the act names, else the liaison who has the request, else the desk's lead."""
        if "by" in act:
            return self.cast.members[act["by"], act["desk"]]
        return self.request(act).assigned_to or self.cast.members[self.cast.lead(act["desk"]), act["desk"]]

    def perform(self, act: Row) -> None:
        ACTS[act["do"]](self, act)


def plan(cast: Cast, row: Row) -> actions.Plan:
    fields = {name: row[name] for name in PLAIN if name in row}
    if "purpose" in row:
        fields["purpose"] = row["purpose"].strip()
    if "starts" in row:
        fields |= days(cast, row)
    if "time" in row:
        fields["start_time"] = row["time"]
    return actions.Plan(
        fields=fields,
        counterparts=[cast.counterparts[key] for key in row["counterparts"]]
        if "counterparts" in row
        else None,
        stops=[stop(*given) for given in row["stops"]] if "stops" in row else None,
        participants=people(cast, row) if "ours" in row or "theirs" in row else None,
    )


def days(cast: Cast, row: Row) -> dict[str, Any]:
    day = cast.calendar.day
    first = day(row["starts"])
    return {"starts_on": first, "ends_on": max(first, day(row["starts"] + row.get("days", 1) - 1))}


def stop(city: str, country: str, subdivision: str = "") -> Row:
    return {"city": city, "country": country, "subdivision": subdivision}


def people(cast: Cast, row: Row) -> list[Row]:
    """`key` of one of ours or theirs, or "Name, title" of somebody who is in no table."""
    ours = [_person("ours", said) | {"user": cast.people.get(said)} for said in row.get("ours", [])]
    theirs = [
        _person("theirs", said) | {"counterpart": cast.counterparts.get(said)}
        for said in row.get("theirs", [])
    ]
    return [_named(person) for person in (*ours, *theirs)]


def _person(side: str, said: str) -> Row:
    name, _, title = said.partition(", ")
    return {"side": side, "name": name, "title": title}


def _named(person: Row) -> Row:
    if user := person.get("user"):
        serving = user.memberships.first()
        return person | {
            "name": user.name,
            "title": serving.title,
            "official": getattr(user, "official", None),
        }
    if counterpart := person.get("counterpart"):
        post = counterpart.posts.first()
        return person | {"name": counterpart.name, "title": post.title if post else ""}
    return person


def _draft(story: Story, act: Row) -> None:
    made = actions.draft(plan(story.cast, story.row), by=story.member(act))
    story.reference = made.reference


def _share(story: Story, act: Row) -> None:
    cast = story.cast
    actions.share(
        story.engagement,
        by=story.member(act),
        visibility=act.get("visibility", "shared"),
        offices=[cast.offices[key] for key in act.get("offices", [])],
        coalitions=[cast.coalitions[key] for key in act.get("coalitions", [])],
        people=[cast.people[key] for key in act.get("people", [])],
    )


def _file(story: Story, act: Row) -> None:
    actions.file(story.engagement, by=story.member(act))


def _save(story: Story, act: Row) -> None:
    held = story.engagement
    actions.save(held, plan(story.cast, act), by=story.member(act), version=held.version)


def _amend(story: Story, act: Row) -> None:
    held = story.engagement
    actions.amend(held, plan(story.cast, act), by=story.member(act), version=held.version)


def _postpone(story: Story, act: Row) -> None:
    actions.postpone(story.engagement, by=story.member(act), reason=act["reason"])


def _resume(story: Story, act: Row) -> None:
    actions.resume(story.engagement, by=story.member(act), **days(story.cast, act))


def _cancel(story: Story, act: Row) -> None:
    actions.cancel(story.engagement, by=story.member(act), reason=act["reason"])


def _hold(story: Story, act: Row) -> None:
    actions.hold(story.engagement, by=story.member(act))


def _report(story: Story, act: Row) -> None:
    said = {name: value for name, value in act.items() if name not in {"day", "do", "by"}}
    actions.report(story.engagement, by=story.member(act), **said)


def _commit(story: Story, act: Row) -> None:
    said: dict[str, Any] = {name: act[name] for name in ("text", "side", "owner") if name in act}
    if "due" in act:
        said["due_on"] = story.cast.calendar.day(act["due"])
    actions.add_commitment(story.engagement, by=story.member(act), **said)


def _close(story: Story, act: Row) -> None:
    found = Commitment.objects.get(engagement__reference=story.reference, text__startswith=act["which"])
    actions.close_commitment(found, by=story.member(act), evidence=act["evidence"])


def _note(story: Story, act: Row) -> None:
    actions.note_for_office(story.engagement, by=story.member(act), text=act["text"])


def _ask_desk(story: Story, act: Row) -> None:
    actions.request_advice(story.engagement, by=story.member(act), desk=story.cast.offices[act["desk"]])


def _take(story: Story, act: Row) -> None:
    to = story.cast.members[act["to"], act["desk"]] if "to" in act else None
    actions.take(story.request(act), by=story.adviser(act), to=to)


def _question(story: Story, act: Row) -> None:
    actions.ask_question(story.request(act), by=story.adviser(act), text=act["text"])


def _answer(story: Story, act: Row) -> None:
    waiting = Question.objects.get(request=story.request(act), answered_at=None)
    actions.answer_question(waiting, by=story.member(act), text=act["text"])


def _desk_note(story: Story, act: Row) -> None:
    actions.note_for_desk(story.request(act), by=story.adviser(act), text=act["text"])


def _draft_advice(story: Story, act: Row) -> None:
    said = {"position": act["position"], "reasoning": act["text"].strip()}
    actions.draft_advice(story.request(act), by=story.adviser(act), **said)


def _advise(story: Story, act: Row) -> None:
    said = {"position": act["position"], "reasoning": act["text"].strip()}
    actions.give_advice(story.request(act), by=story.adviser(act), **said)


def _respond(story: Story, act: Row) -> None:
    latest = Advice.objects.filter(request=story.request(act), released_at__isnull=False).last()
    assert latest is not None
    actions.respond(latest, by=story.member(act), kind=act["kind"], reason=act.get("text", ""))


def _read(story: Story, act: Row) -> None:
    for key in act["people"]:
        actions.mark_version_read(story.engagement, user=story.cast.people[key])


ACTS: dict[str, Callable[[Story, Row], None]] = {
    "draft": _draft,
    "share": _share,
    "file": _file,
    "save": _save,
    "amend": _amend,
    "postpone": _postpone,
    "resume": _resume,
    "cancel": _cancel,
    "hold": _hold,
    "report": _report,
    "commit": _commit,
    "close": _close,
    "note": _note,
    "ask": _ask_desk,
    "take": _take,
    "question": _question,
    "answer": _answer,
    "desk_note": _desk_note,
    "draft_advice": _draft_advice,
    "advise": _advise,
    "respond": _respond,
    "read": _read,
}
