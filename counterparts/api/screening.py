from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterparts import actions
from counterparts.models import Hit
from counterparts.serializers.screening import DisposeSerializer, HitQuery, HitSerializer, filters
from diplomacy.lib.api.views import Route


class HitRoute(Route):
    order = ("-score", "-id")
    takes = {"dispose": DisposeSerializer}
    gives = {"list": HitSerializer, "retrieve": HitSerializer, "dispose": HitSerializer}
    queries = {"list": HitQuery}
    examples = {"dispose": {"verdict": "different", "reason": "Born in 1980.", "digest": "0" * 64}}

    def visible(self) -> QuerySet[Hit]:
        return Hit.objects.visible_to(self.request.user).in_rows(self.by)

    def list(self, request: Request) -> Response:
        """Possible matches of the register with public lists, most alike first."""
        asked, rows = self.asked(), self.visible().live()  # type: ignore[attr-defined]
        if asked.pop("open", False):
            rows = rows.unspoken()
        return self.page(rows.filter(**filters(asked)))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One possible match."""
        return self.answer(self.found())

    @action(detail=True, methods=["post"])
    def dispose(self, request: Request, reference: str) -> Response:
        """Say for your office what it is, with a reason."""
        actions.dispose(self.found(), by=self.by, **self.said())
        return self.answer(self.found())
