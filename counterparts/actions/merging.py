"""Two counterparts become one, and can become two again.

Every relation of every app is moved, whatever it is called: who meets whom must not depend on a list kept by hand. What
was moved is written down by table, so that undoing moves back those rows and no others.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import Member
from activity import actions as activity
from counterparts import rules
from counterparts.actions.register import refold, tell_overlaps
from counterparts.models import Alias, Alike, Counterpart, Distinct, Merge, MovedRows
from diplomacy.lib.errors import Conflict, Invalid
from diplomacy.lib.rls import system

STAYS = {"alias", "alike", "distinct", "merge", "screening"}
"""Tables whose rows are about the one counterpart itself, or about the pair."""


@system("counterparts.merge")
@transaction.atomic
def merge(kept: Counterpart, gone: Counterpart, *, by: Member) -> Merge:
    """`gone` becomes `kept`: what is related to it is related to `kept` from now on, and its names are aliases."""
    rules.require_merger(by)
    kept, gone = _locked(kept, gone)
    rules.check_merge(kept, gone)
    moved = {_table(model, field): _move(model, field, gone, kept) for model, field in _relations()}
    names = _take_names(kept, gone)
    gone.merged_into = kept
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    refold(kept)
    said = {table: rows for table, rows in moved.items() if rows["moved"] or rows["dropped"]}
    made = Merge.objects.create(kept=kept, gone=gone, by=by)
    MovedRows.objects.create(merge=made, rows=said, names=names)
    Alike.objects.filter(models.Q(first=gone) | models.Q(second=gone)).delete()
    activity.record("counterparts.merged", kept, by=by, gone=gone.reference, name=gone.name)
    tell_overlaps(kept)
    return made


@system("counterparts.merge")
@transaction.atomic
def undo(merge: Merge, *, by: Member) -> Merge:
    rules.require_merger(by)
    held: Merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if held.undone_at:
        raise Conflict("This merge was undone already.")
    kept, gone = _locked(held.kept, held.gone)
    if kept.merged_into_id:
        raise Conflict(f"{kept} has since been merged itself. Undo that first.")
    moved = MovedRows.objects.get(merge=held)
    for model, field in _relations():
        if said := moved.rows.get(_table(model, field)):
            _move_back(model, field, said, kept, gone)
    kept.aliases.filter(name__in=moved.names).delete()
    gone.merged_into = None
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    refold(kept)
    held.undone_at, held.undone_by = timezone.now(), by
    held.save()
    activity.record("counterparts.merge_undone", kept, by=by, back=gone.reference, name=gone.name)
    tell_overlaps(kept)
    return held


@transaction.atomic
def keep_apart(one: Counterpart, other: Counterpart, *, by: Member, reason: str) -> Distinct:
    """They are two. They are not suggested again."""
    rules.require_writer(by)
    if one.pk == other.pk:
        raise Invalid({"__all__": ["This is one counterpart, not two."]})
    if not reason.strip():
        raise Invalid({"reason": ["Say how you know that they are two."]})
    first, second = sorted((one, other), key=lambda held: held.pk)
    said, _ = Distinct.objects.get_or_create(
        first=first, second=second, defaults={"reason": reason.strip(), "by": by}
    )
    Alike.objects.filter(first=first, second=second).delete()
    activity.record("counterparts.kept_apart", first, by=by, other=second.reference, name=second.name)
    return said


def _locked(*pair: Counterpart) -> tuple[Counterpart, Counterpart]:
    """In the order of their ids, so that two who merge the same pair the other way round do not wait for each other."""
    rows = Counterpart.objects.filter(pk__in={one.pk for one in pair}).order_by("pk").select_for_update()
    held = {row.pk: row for row in rows}
    return held[pair[0].pk], held[pair[1].pk]


def _relations() -> Iterator[tuple[Any, Any]]:
    """Each table and column that names a counterpart, in all apps."""
    for relation in Counterpart._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model, field = relation.related_model, relation.field
        if model._meta.model_name not in STAYS and field.name != "merged_into":
            yield model, field


def _table(model: Any, field: Any) -> str:
    return f"{model._meta.db_table}.{field.column}"


def _move(model: Any, field: Any, gone: Counterpart, kept: Counterpart) -> dict[str, list[Any]]:
    """Ids of the rows that were moved; of a table of pairs, the other side of rows that both already had."""
    rows = model._default_manager.filter(**{field.name: gone})
    other = _other_of_pair(model, field)
    dropped: list[Any] = []
    if other:
        had = model._default_manager.filter(**{field.name: kept}).values_list(other, flat=True)
        doubled = rows.filter(**{f"{other}__in": list(had)})
        if model._meta.auto_created:
            dropped = list(doubled.values_list(other, flat=True))
            doubled.delete()
        else:
            rows = rows.exclude(pk__in=list(doubled.values_list("pk", flat=True)))
    moved = list(rows.values_list("pk", flat=True))
    model._default_manager.filter(pk__in=moved).update(**{field.name: kept})
    return {"moved": moved, "dropped": dropped}


def _move_back(
    model: Any,
    field: Any,
    said: dict[str, list[Any]],
    kept: Counterpart,
    gone: Counterpart,
) -> None:
    still = model._default_manager.filter(pk__in=said["moved"], **{field.name: kept})
    still.update(**{field.name: gone})
    if said["dropped"]:
        other = _other_of_pair(model, field)
        both = model._default_manager.filter(**{field.name: kept, f"{other}__in": said["dropped"]})
        model._default_manager.bulk_create(
            [
                model(**{field.attname: gone.pk, f"{other}_id": pk})
                for pk in both.values_list(other, flat=True)
            ],
            ignore_conflicts=True,
        )


def _other_of_pair(model: Any, field: Any) -> str:
    """The column that is unique together with this one, if there is one such."""
    pairs = [tuple(pair) for pair in model._meta.unique_together]
    pairs += [
        tuple(rule.fields) for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)
    ]
    others = [
        name for pair in pairs if field.name in pair and len(pair) == 2 for name in pair if name != field.name
    ]
    return others[0] if others else ""


def _take_names(kept: Counterpart, gone: Counterpart) -> list[str]:
    """Both names are kept; those that are new to `kept`."""
    held = {kept.name, kept.native_name, *kept.aliases.values_list("name", flat=True)}
    given = (gone.name, gone.native_name, *gone.aliases.values_list("name", flat=True))
    names = [name for name in dict.fromkeys(given) if name and name not in held]
    Alias.objects.bulk_create([Alias(counterpart=kept, name=name) for name in names])
    return names
