"""The smallest valid briefing, and the states it reaches, through the real actions."""

from typing import Any

from accounts.models import Member
from briefings import actions
from briefings.choices import Kind, Label
from briefings.models import Briefing, Delivery


def section(
    label: str = Label.AMBER, heading: str = "Before you meet", body: str = "Ask about the river."
) -> dict[str, Any]:
    return {"heading": heading, "body": body, "label": label}


def for_person(person: Member, **more: Any) -> dict[str, Any]:
    return {"kind": Kind.PERSON, "user": person.user} | more


def for_office(person: Member, **more: Any) -> dict[str, Any]:
    return {"kind": Kind.OFFICE, "office": person.office} | more


def drafted(
    by: Member, *, sections: list[dict[str, Any]] | None = None, audience: Any = (), **fields: Any
) -> Briefing:
    writing = actions.Writing(
        fields={"title": "Baja California water dialogue"} | fields,
        sections=[section()] if sections is None else sections,
        audience=list(audience),
    )
    return actions.draft(writing, by=by)


def submitted(by: Member, **said: Any) -> Briefing:
    return actions.submit(drafted(by, **said), by=by)


def released(by: Member, other: Member, **said: Any) -> Briefing:
    return actions.release(submitted(by, **said), by=other)


def delivered(by: Member, other: Member, to: Member, **said: Any) -> Delivery:
    """Released to one person; their copy."""
    briefing = released(by, other, **({"audience": [for_person(to)]} | said))
    return briefing.deliveries.get(recipient=to.user)
