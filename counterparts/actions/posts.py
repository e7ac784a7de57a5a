"""Posts that people hold in bodies, with dates, and where something was learnt."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Member
from activity import actions as activity
from counterparts import rules
from counterparts.actions.locking import as_it_stands, as_they_stand
from counterparts.models import Counterpart, Post, Source
from diplomacy.lib.errors import Invalid, Stale


@transaction.atomic
def hold_post(
    person: Counterpart, *, by: Member, body: Counterpart, title: str, **dates: date | None
) -> Post:
    """A person holds a post in a body, since and until when it is known."""
    rules.require_writer(by)
    now = as_they_stand([person, body])
    person, body = now[person.pk], now[body.pk]
    if person.kind != Counterpart.Kind.PERSON:
        raise Invalid({"person": ["Only people hold posts."]})
    if body.kind == Counterpart.Kind.PERSON:
        raise Invalid({"body": ["A post is held in a body, not in a person."]})
    made = Post(person=person, body=body, title=title, **dates)
    _check_dates(made)
    made.save()
    activity.record("counterparts.post_added", person, by=by, body=body.name, title=title)
    return made


@transaction.atomic
def change_post(post: Post, *, by: Member, version: int | None, title: str, **dates: date | None) -> Post:
    rules.require_writer(by)
    held: Post = Post.objects.select_for_update().get(pk=post.pk)
    if held.version != version:
        raise Stale
    held.version += 1
    held.title, held.starts_on, held.ends_on = title, dates.get("starts_on"), dates.get("ends_on")
    _check_dates(held)
    held.save()
    activity.record("counterparts.post_changed", held.person, by=by, body=held.body.name, title=title)
    return held


@transaction.atomic
def add_source(counterpart: Counterpart, *, by: Member, **fields: Any) -> Source:
    rules.require_writer(by)
    counterpart = as_it_stands(counterpart)
    made = Source.objects.create(counterpart=counterpart, **fields)
    activity.record("counterparts.source_added", counterpart, by=by, title=made.title)
    return made


def _check_dates(post: Post) -> None:
    if post.starts_on and post.ends_on and post.ends_on < post.starts_on:
        raise Invalid({"ends_on": ["The last day cannot be before the first day."]})
