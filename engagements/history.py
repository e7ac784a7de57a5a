"""What a reader should know of earlier versions."""

from itertools import pairwise
from typing import Any, NamedTuple

from activity import timeline
from engagements import versions
from engagements.models import Engagement, EngagementVersion


class Edition(NamedTuple):
    version: EngagementVersion
    changes: list[versions.Change]


def editions(engagement: Engagement) -> list[Edition]:
    """Every filed version with what it changed, the newest first."""
    filed = list(engagement.versions.select_related("changed_by__user", "changed_by__office"))
    later = [Edition(after, versions.changes(before.said, after.said)) for before, after in pairwise(filed)]
    return [*later[::-1], *(Edition(first, []) for first in filed[:1])]


def since(engagement: Engagement, number: int | None) -> list[versions.Change]:
    """What changed between the version a person read and the one filed now."""
    if not number or number >= engagement.filed_version:
        return []
    wanted = engagement.versions.filter(number__in=[number, engagement.filed_version])
    said = {version.number: version.said for version in wanted}
    return versions.changes(said[number], said[engagement.filed_version]) if len(said) == 2 else []


def lines(engagement: Engagement, user: Any) -> list[Any]:
    """The timeline, with the differences and reasons that its lines speak of."""
    entries: list[Any] = timeline.of(engagement, user)
    changed = _changes_of(engagement, {_version(entry) for entry in entries} - {0})
    for entry in entries:
        entry.note = entry.data.get("reason", "")
        entry.changes = changed.get(_version(entry), [])
    return [
        entry for entry, newer in zip(entries, [None, *entries], strict=False) if not _repeats(entry, newer)
    ]


def _version(entry: Any) -> int:
    """Which a line speaks of; 0: it speaks of no change."""
    return int(entry.data.get("version", 0)) if entry.kind in CHANGING else 0


def _changes_of(engagement: Engagement, numbers: set[int]) -> dict[int, list[versions.Change]]:
    kept = engagement.versions.filter(number__in=numbers | {number - 1 for number in numbers})
    said = dict(kept.values_list("number", "said"))
    return {number: versions.changes(said.get(number - 1, {}), said.get(number, {})) for number in numbers}


def _repeats(entry: Any, newer: Any) -> bool:
    """Of one person's savings of a draft in a row, the last says it all."""
    is_saving = newer is not None and entry.kind == newer.kind == "engagements.saved"
    return is_saving and entry.actor_id == newer.actor_id


CHANGING = frozenset({"engagements.amended", "engagements.resumed"})
