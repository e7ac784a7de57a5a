"""Who there is: offices, coalitions, divisions, officials, colleagues and oneself."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions
from accounts.models import Coalition, Division, Member, Office, Official
from accounts.serializers import (
    CoalitionSerializer,
    ColleagueSerializer,
    DivisionQuery,
    DivisionSerializer,
    MeSerializer,
    OfficeQuery,
    OfficeSerializer,
    OfficialQuery,
    OfficialSerializer,
    ProfileSerializer,
)
from diplomacy.lib.api.views import Route


class OfficeRoute(Route):
    order = ("name", "id")
    gives = {"list": OfficeSerializer, "retrieve": OfficeSerializer}
    queries = {"list": OfficeQuery}

    def visible(self) -> QuerySet[Office]:
        return Office.objects.visible_to(self.request.user).select_related("division")

    def list(self, request: Request) -> Response:
        """Offices and desks."""
        asked, rows = self.asked(), self.visible()
        if asked.get("desks"):
            rows = rows.desks()  # type: ignore[attr-defined]
        if under := asked.get("under"):
            rows = rows.filter(division__in=Division.objects.visible_to(request.user).under(under))
        return self.page(_named(rows, asked, "level"))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One office."""
        return self.answer(self.found())


class CoalitionRoute(Route):
    order = ("name", "id")
    gives = {"list": CoalitionSerializer, "retrieve": CoalitionSerializer}

    def visible(self) -> QuerySet[Coalition]:
        rows = Coalition.objects.visible_to(self.request.user).select_related("lead_office")
        return rows.prefetch_related("memberships__office")

    def list(self, request: Request) -> Response:
        """Coalitions, each with the offices that belong to it today."""
        self.asked()
        return self.page(self.visible())

    def retrieve(self, request: Request, reference: str) -> Response:
        """One coalition."""
        return self.answer(self.found())


class DivisionRoute(Route):
    lookup_field = "ocd_id"
    lookup_value_regex = r"ocd-division/country:us[^?#\x00-\x1f]{0,180}?"
    order = ("ocd_id",)
    gives = {"list": DivisionSerializer, "retrieve": DivisionSerializer}
    queries = {"list": DivisionQuery}

    def visible(self) -> QuerySet[Division]:
        return Division.objects.visible_to(self.request.user).select_related("parent")

    def list(self, request: Request) -> Response:
        """Political divisions, by their Open Civic Data ids."""
        asked, rows = self.asked(), self.visible()
        if under := asked.get("under"):
            rows = rows.under(under)  # type: ignore[attr-defined]
        if parent := asked.get("parent"):
            rows = rows.filter(parent__ocd_id=parent)
        return self.page(_named(rows, asked, "kind"))

    def retrieve(self, request: Request, ocd_id: str) -> Response:
        """One division."""
        return self.answer(self.one(self.visible(), ocd_id=ocd_id))


class OfficialRoute(Route):
    lookup_field = "ocd_id"
    lookup_value_regex = "ocd-person/[0-9a-f-]{36}"
    order = ("name", "id")
    gives = {"list": OfficialSerializer, "retrieve": OfficialSerializer}
    queries = {"list": OfficialQuery}

    def visible(self) -> QuerySet[Official]:
        return Official.objects.visible_to(self.request.user).prefetch_related("terms__division")

    def list(self, request: Request) -> Response:
        """Public office-holders, with their terms."""
        asked, rows = self.asked(), self.visible()
        if asked.get("current"):
            rows = rows.in_office()  # type: ignore[attr-defined]
        if division := asked.get("division"):
            rows = rows.filter(terms__division__ocd_id=division).distinct()
        return self.page(_named(rows, asked))

    def retrieve(self, request: Request, ocd_id: str) -> Response:
        """One official."""
        return self.answer(self.one(self.visible(), ocd_id=ocd_id))


class ColleagueRoute(Route):
    order = ("id",)
    gives = {"list": ColleagueSerializer}

    def visible(self) -> QuerySet[Member]:
        return Member.objects.visible_to(self.request.user).current().select_related("user", "office")

    def list(self, request: Request) -> Response:
        """Who else serves in your offices."""
        self.asked()
        return self.page(self.visible())


class MeRoute(Route):
    lists = frozenset()
    takes = {"change": ProfileSerializer}
    gives = {"me": MeSerializer, "change": MeSerializer}
    examples = {"change": {"name": "Maria Lopez", "time_zone": "America/Los_Angeles"}}

    @action(detail=False, url_path="me")
    def me(self, request: Request) -> Response:
        """Who you are, whom you act for and could act for."""
        return self.answer(request.user)

    @me.mapping.patch
    def change(self, request: Request) -> Response:
        """Change your name or your clock."""
        now = {"name": request.user.name, "time_zone": request.user.time_zone}  # type: ignore[union-attr]
        actions.change_profile(request.user, **(now | self.said(partial=True)))  # type: ignore[arg-type]
        return self.answer(request.user)


def _named(rows: QuerySet[Any], asked: dict[str, Any], *columns: str) -> QuerySet[Any]:
    for word in asked.get("q", "").split()[:8]:
        rows = rows.filter(name__icontains=word)
    return rows.filter(**{column: asked[column] for column in columns if column in asked})
