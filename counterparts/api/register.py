"""The register of counterparts."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions as activity
from activity import timeline
from activity.serializers import EntrySerializer
from counterparts import actions
from counterparts.models import Counterpart
from counterparts.serializers.register import (
    CounterpartQuery,
    CounterpartSaidSerializer,
    CounterpartSerializer,
    FoundSerializer,
)
from diplomacy.lib.api.views import Route

EXAMPLE = {
    "kind": "subnational",
    "name": "Government of Baja California",
    "native_name": "Gobierno de Baja California",
    "country": "MX",
    "subdivision": "MX-BCN",
    "city": "Mexicali",
    "aliases": ["Estado de Baja California"],
}


class CounterpartRoute(Route):
    order = ("name", "id")
    asked_for = ""
    takes = {"create": CounterpartSaidSerializer, "partial_update": CounterpartSaidSerializer}
    gives = {
        "list": FoundSerializer,
        "create": CounterpartSerializer,
        "retrieve": CounterpartSerializer,
        "partial_update": CounterpartSerializer,
        "timeline": EntrySerializer,
    }
    queries = {"list": CounterpartQuery}
    examples = {"create": EXAMPLE, "partial_update": {"city": "Tijuana"}}
    lists = frozenset({"list", "timeline"})
    once = frozenset({"create"})
    replaces = frozenset({"partial_update"})
    tagged = frozenset({"retrieve", "partial_update"})

    def visible(self) -> QuerySet[Counterpart]:
        return Counterpart.objects.visible_to(self.request.user)

    def whole(self) -> QuerySet[Counterpart]:
        rows = self.visible().select_related("parent", "added_for")
        return rows.prefetch_related(
            "aliases", "sources", "posts__body", "posts__person", "holders__body", "holders__person"
        )

    def list(self, request: Request) -> Response:
        """The register by name, or the best of what is found by `q`, best first: at most 200."""
        asked = self.asked()
        q = asked.pop("q", "")
        rows = self.visible().standing().filter(**asked)  # type: ignore[attr-defined]
        if not q:
            return self.page(rows)
        self.asked_for = q
        return self.page(rows.named_like(q).prefetch_related("aliases"), ("at", "id"))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "q": self.asked_for}

    def create(self, request: Request) -> Response:
        """Put a foreign body or person on the register."""
        said = self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.add(by=self.by, **said))
        return self.record(self.one(self.whole(), pk=pk), 201 if is_new else 200)

    def retrieve(self, request: Request, reference: str) -> Response:
        """One counterpart."""
        return self.record(self._whole_one())

    def partial_update(self, request: Request, reference: str) -> Response:
        """Change what the register says. Lists that you send replace the ones there were."""
        counterpart, version = self.found(), self.version()
        said = self.said(partial=True)
        read = counterpart.version if version is None else version
        actions.change(counterpart, by=self.by, version=read, **said)
        return self.record(self._whole_one())

    @action(detail=True)
    def timeline(self, request: Request, reference: str) -> Response:
        """What happened to it, newest first."""
        return self.all_of(timeline.of(self.found(), request.user))

    def _whole_one(self) -> Any:
        return self.one(self.whole(), reference=self.kwargs["reference"].upper())
