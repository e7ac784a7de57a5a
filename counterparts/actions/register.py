from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import Member
from activity import actions as activity
from counterparts import finding, rules
from counterparts.actions.locking import as_it_stands, as_they_stand
from counterparts.folding import fold
from counterparts.models import Alias, Counterpart
from diplomacy.lib.errors import Stale
from diplomacy.lib.turns import take_turns

FOLDED_LENGTH = 1000
ENTRY = frozenset({"name", "kind", "country"})
PLACED = frozenset({"country", "subdivision", "city", "parent"})
"""What of a counterpart decides which plans cross, besides who it is."""
RECOMPUTE = "engagements.tasks.recompute_overlaps"


@transaction.atomic
def add(*, by: Member, aliases: Sequence[str] = (), **fields: Any) -> Counterpart:
    """Put a foreign body or person on the register."""
    rules.require_writer(by)
    rules.check_entry(
        name=fields.get("name", ""), kind=fields.get("kind", ""), country=fields.get("country", "")
    )
    rules.check_place(fields.get("country", ""), fields.get("subdivision", ""))
    rules.check_birth(fields.get("kind", ""), fields.get("birth_year"))
    if fields.get("parent"):
        fields["parent"] = as_it_stands(fields["parent"])
    counterpart = Counterpart(added_for=by.office, added_by=by.user, **fields)
    _set_found_by(counterpart, aliases)
    counterpart.save()
    _set_aliases(counterpart, aliases)
    activity.record("counterparts.added", counterpart, by=by)
    return counterpart


@transaction.atomic
def change(
    counterpart: Counterpart,
    *,
    by: Member,
    version: int,
    aliases: Sequence[str] | None = None,
    **fields: Any,
) -> Counterpart:
    rules.require_writer(by)
    if fields.get("parent"):
        fields["parent"] = _whole_of(counterpart, fields["parent"])
    held: Counterpart = Counterpart.objects.select_for_update(no_key=True).get(pk=counterpart.pk)
    if held.version != version:
        raise Stale
    changed = sorted(name for name, value in fields.items() if getattr(held, name) != value)
    for name, value in fields.items():
        setattr(held, name, value)
    if ENTRY.intersection(changed):
        rules.check_entry(name=held.name, kind=held.kind, country=held.country)
    rules.check_place(held.country, held.subdivision)
    rules.check_parent(held)
    rules.check_birth(held.kind, held.birth_year)
    kept = list(held.aliases.values_list("name", flat=True)) if aliases is None else aliases
    _set_found_by(held, kept)
    held.version += 1
    held.save()
    if aliases is not None:
        _set_aliases(held, aliases)
    activity.record("counterparts.changed", held, by=by, fields=changed)
    if PLACED.intersection(changed):
        tell_overlaps(held)
    return held


def _whole_of(counterpart: Counterpart, parent: Counterpart) -> Counterpart:
    """As it stands. Those who move something in the tree take turns: each of two who make a ring would see none."""
    if parent.pk != counterpart.parent_id:
        take_turns("counterparts.parents")
    return as_they_stand([counterpart, parent])[parent.pk]


@transaction.atomic
def catch_up(limit: int = 500) -> int:
    """While a new version is put in place, processes of the one before add counterparts that nothing finds."""
    due = Counterpart.objects.filter(searched="").order_by("pk").select_for_update(skip_locked=True)
    rows = list(due.prefetch_related("aliases")[:limit])
    for row in rows:
        _set_found_by(row, [alias.name for alias in row.aliases.all()])
    Counterpart.objects.bulk_update(rows, ["folded", "searched"])
    return len(rows)


def tell_overlaps(counterpart: Counterpart) -> None:
    """By name: what looks for crossing plans is above this room. Where the broker is away, the night finds them."""
    transaction.on_commit(partial(activity.ask_workers, RECOMPUTE, counterpart.pk), robust=True)


def refold(counterpart: Counterpart) -> None:
    """After its aliases were changed by something else than a form; everyone who read it before has read less."""
    names = list(counterpart.aliases.values_list("name", flat=True))
    _set_found_by(counterpart, names)
    counterpart.version += 1
    counterpart.save(update_fields=["folded", "searched", "version"])


def _set_found_by(counterpart: Counterpart, aliases: Sequence[str]) -> None:
    """Whatever changes its names or its place comes by here."""
    names = (counterpart.name, counterpart.native_name, *aliases)
    folded = dict.fromkeys(map(fold, names))
    counterpart.folded = " | ".join(name for name in folded if name)[:FOLDED_LENGTH]
    counterpart.searched = finding.line(names, counterpart.place)


def _set_aliases(counterpart: Counterpart, aliases: Sequence[str]) -> None:
    counterpart.aliases.all().delete()
    Alias.objects.bulk_create(
        Alias(counterpart=counterpart, name=name) for name in dict.fromkeys(aliases) if name
    )
