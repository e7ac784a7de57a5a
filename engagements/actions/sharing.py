from collections.abc import Sequence

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import Coalition, Member, Office, User
from activity import actions as activity
from diplomacy.lib import readers
from diplomacy.lib.errors import Invalid
from diplomacy.lib.rls import system
from engagements import rules, watchers
from engagements.actions import crossing
from engagements.actions.locking import lock
from engagements.choices import Visibility
from engagements.models import (
    Advice,
    AdviceRequest,
    DeskNote,
    Engagement,
    EngagementGroupPermission,
    EngagementUserPermission,
    OfficeNote,
)


@transaction.atomic
def share(
    engagement: Engagement,
    *,
    by: Member,
    visibility: str,
    offices: Sequence[Office] = (),
    coalitions: Sequence[Coalition] = (),
    people: Sequence[User] = (),
    coordination: str | None = None,
    version: int | None = None,
) -> Engagement:
    """Choose who may see it. Whoever restricts it is among the people named, so that nobody locks themselves out."""
    held = lock(engagement, version)
    rules.require("share", held, by)
    if visibility == Visibility.SHARED and not (offices or coalitions or people):
        raise Invalid({"visibility": ["Name at least one office, coalition or person to share it with."]})
    if visibility == Visibility.RESTRICTED and (offices or coalitions):
        raise Invalid({"visibility": ["Only people can be named on a restricted engagement, not offices."]})
    named = {user.pk for user in people} | ({by.user_id} if visibility == Visibility.RESTRICTED else set())
    held.visibility = visibility
    held.coordination = coordination or held.coordination
    held.version += 1
    held.federal_reads = held.federal_reads and visibility != Visibility.RESTRICTED
    held.save()
    groups = [*(office.group_id for office in offices), *(body.group_id for body in coalitions)]
    _grant(held, named, groups)
    told = refresh_readers(held)
    activity.record("engagements.shared", held, by=by, notify=told, visibility=visibility)
    crossing.follow(held)
    return held


@system("engagements.readers")
def refresh_readers(held: Engagement) -> set[int]:
    """Recompute `readers` of the engagement and of its advice; returns the people newly admitted by name."""
    before = set(held.readers)
    requests = list(AdviceRequest.objects.filter(engagement=held).select_related("desk"))
    held.readers, held.federal_reads = rules.engagement_readers(
        held, named_keys(held), [request.desk_id for request in requests]
    )
    held.save(update_fields=["readers", "federal_reads"])
    keys, federal = rules.advice_readers(held)
    for request in requests:
        request.engagement = held
        _refresh_request(request, keys, federal)
    own = readers.office(held.office_id)
    desk_leads = {readers.office(request.desk_id, "desk_lead") for request in requests}
    added = set(held.readers) - before - {own} - desk_leads
    return watchers.newly_admitted(added)


def named_keys(engagement: Engagement) -> list[str]:
    people = engagement.named_people.values_list("user_id", flat=True)
    groups = list(engagement.named_groups.values_list("group_id", flat=True))
    offices = Office.objects.filter(group__in=groups).values_list("pk", flat=True)
    coalitions = Coalition.objects.filter(group__in=groups).values_list("pk", flat=True)
    return [
        *(readers.person(pk) for pk in people),
        *(readers.office(pk) for pk in offices),
        *(readers.coalition(pk) for pk in coalitions),
    ]


def _refresh_request(request: AdviceRequest, keys: list[str], federal: bool) -> None:
    inside = rules.unreleased_readers(request)
    AdviceRequest.objects.filter(pk=request.pk).update(readers=keys, federal_reads=federal)
    Advice.objects.filter(request=request, released_at__isnull=False).update(
        readers=keys, federal_reads=federal
    )
    Advice.objects.filter(request=request, released_at=None).update(readers=inside, federal_reads=False)
    DeskNote.objects.filter(request=request).update(readers=inside)


def _grant(held: Engagement, user_ids: set[int], group_ids: Sequence[int]) -> None:
    view = Permission.objects.get(content_type__app_label="engagements", codename="view_engagement")
    EngagementUserPermission.objects.filter(content_object=held).delete()
    EngagementGroupPermission.objects.filter(content_object=held).delete()
    EngagementUserPermission.objects.bulk_create(
        EngagementUserPermission(content_object=held, permission=view, user_id=pk) for pk in sorted(user_ids)
    )
    EngagementGroupPermission.objects.bulk_create(
        EngagementGroupPermission(content_object=held, permission=view, group_id=pk)
        for pk in sorted(set(group_ids))
    )


@transaction.atomic
def note_for_office(engagement: Engagement, *, by: Member, text: str) -> OfficeNote:
    held = lock(engagement)
    rules.require("note", held, by)
    note = OfficeNote.objects.create(engagement=held, text=text, written_by=by)
    activity.record("engagements.noted", held, by=by, readers=rules.office_side(held))
    return note
