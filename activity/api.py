"""One's notices, how one wants to hear of things, and the log for auditors."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions, inbox
from activity.kinds import KINDS
from activity.models import Entry, Notice
from activity.serializers import (
    CHOOSABLE,
    LogLineSerializer,
    NoticeQuery,
    NoticeSerializer,
    PreferenceSerializer,
    PreferSerializer,
    ReadCountSerializer,
    ReadSerializer,
)
from diplomacy.lib.api.views import Route


class NoticeRoute(Route):
    lists = frozenset({"list", "preferences"})
    takes = {"read": ReadSerializer, "prefer": PreferSerializer}
    gives = {
        "list": NoticeSerializer,
        "read": ReadCountSerializer,
        "preferences": PreferenceSerializer,
        "prefer": PreferenceSerializer,
    }
    queries = {"list": NoticeQuery}
    examples = {
        "read": {"all": True},
        "prefer": {"kind": "engagements.amended", "channel": "application"},
    }

    def visible(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(self.request.user).in_lines()

    def list(self, request: Request) -> Response:
        """What you were told, newest first."""
        rows = self.visible()
        if self.asked().get("unread"):
            rows = rows.unread()  # type: ignore[attr-defined]
        assert self.paginator is not None
        found = self.paginator.paginate_queryset(rows, request, self)
        lines = inbox.lines(found or [], request.user)
        return self.paginator.get_paginated_response(self.shown(lines, many=True))

    @action(detail=False, methods=["post"])
    def read(self, request: Request) -> Response:
        """Mark notices as read."""
        said = self.said()
        rows = Notice.objects.visible_to(request.user)
        if keys := said.get("keys"):
            rows = rows.filter(delivery_key__in=keys)
        return self.answer({"read": actions.mark_read(rows)})

    @action(detail=False)
    def preferences(self, request: Request) -> Response:
        """How you hear of each kind of event."""
        return self.all_of(_preferences(request.user))

    @preferences.mapping.put
    def prefer(self, request: Request) -> Response:
        """Choose how you hear of one kind of event. Urgent kinds are always mailed."""
        said = self.said()
        actions.prefer(request.user.pk, **said)  # type: ignore[arg-type]
        return self.answer(_preference(said["kind"], said["channel"]))


class LogRoute(Route):
    gives = {"list": LogLineSerializer}

    def visible(self) -> QuerySet[Entry]:
        return Entry.objects.visible_to(self.request.user).select_related("actor", "office")

    def list(self, request: Request) -> Response:
        """Who did what kind of thing, and when: for auditors."""
        self.asked()
        if self.by.role != "auditor":
            raise Http404
        return self.page(self.visible())


def _preferences(user: Any) -> list[dict[str, str]]:
    chosen = dict(user.notice_preferences.values_list("kind", "channel"))
    return [_preference(kind, chosen.get(kind, "email")) for kind in CHOOSABLE]


def _preference(kind: str, channel: str) -> dict[str, str]:
    return {"kind": kind, "words": KINDS[kind].notice, "channel": channel}
