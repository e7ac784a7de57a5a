"""What a filed engagement said, in words, and what changed between two versions of it."""

from typing import Any, NamedTuple

from engagements.choices import Side
from engagements.models import Engagement


class Change(NamedTuple):
    label: str
    before: str
    after: str


def said(engagement: Engagement) -> dict[str, str]:
    """Label → words, as a reader sees them: history must read the same when codes and names have changed."""
    dates = [day.isoformat() for day in (engagement.starts_on, engagement.ends_on) if day]
    return {
        "Title": engagement.title,
        "Kind": engagement.get_kind_display(),
        "Mode": engagement.get_mode_display(),
        "Purpose": engagement.purpose,
        "Topics": ", ".join(engagement.topic_labels),
        "Dates": " to ".join(dict.fromkeys(dates)),
        "Start time": f"{engagement.start_time:%H:%M}" if engagement.start_time else "",
        "Time zone": engagement.time_zone,
        "Counterparts": ", ".join(sorted(str(body) for body in engagement.counterparts.all())),
        "Stops": "; ".join(_stop(stop) for stop in engagement.stops.all()),
        "Our side": _people(engagement, Side.OURS),
        "Their side": _people(engagement, Side.THEIRS),
        "Who pays": engagement.get_payer_display(),
        "Who pays for what": engagement.payer_note,
        "Who arranged it": engagement.arranged_by,
        "Foreign agent": engagement.foreign_agent,
        "FARA registration number": engagement.fara_number,
        "Something binding may be signed": "Yes" if engagement.has_binding_language else "No",
        "Touches critical infrastructure": "Yes" if engagement.touches_infrastructure else "No",
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """None where the text of one of them was disposed of."""
    if not before or not after:
        return []
    labels = dict.fromkeys([*after, *before])
    differing = (label for label in labels if before.get(label, "") != after.get(label, ""))
    return [Change(label, before.get(label, ""), after.get(label, "")) for label in differing]


def _stop(stop: Any) -> str:
    days = " to ".join(dict.fromkeys(day.isoformat() for day in (stop.starts_on, stop.ends_on) if day))
    return f"{stop.place} ({days})" if days else stop.place


def _people(engagement: Engagement, side: Side) -> str:
    people = [person for person in engagement.participants.all() if person.side == side]
    return "; ".join(f"{person.name}, {person.title}" if person.title else person.name for person in people)
