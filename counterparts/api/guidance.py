from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions as activity
from counterparts import actions
from counterparts.models import CountryGuidance
from counterparts.serializers.guidance import GuidanceQuery, GuidanceSaidSerializer, GuidanceSerializer
from diplomacy.lib.api.views import Route

EXAMPLE = {
    "country": "MX",
    "kind": "notice",
    "title": "Tell the consulate before a visit",
    "text": "Write to the consulate ten working days before.",
    "reason": "It arranges the escort.",
    "starts_on": "2026-01-01",
}


class GuidanceRoute(Route):
    order = ("country", "id")
    takes = {"create": GuidanceSaidSerializer, "replace": GuidanceSaidSerializer}
    gives = dict.fromkeys(["list", "retrieve", "create", "replace"], GuidanceSerializer)
    queries = {"list": GuidanceQuery}
    once = frozenset({"create"})
    examples = {"create": EXAMPLE, "replace": EXAMPLE}

    def visible(self) -> QuerySet[CountryGuidance]:
        return CountryGuidance.objects.visible_to(self.request.user).select_related("desk", "replaces")

    def list(self, request: Request) -> Response:
        """What is in force, by country."""
        asked, rows = self.asked(), self.visible()
        if not asked.pop("all", False):
            rows = rows.in_force()  # type: ignore[attr-defined]
        return self.page(rows.filter(**asked))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One version of one piece of guidance."""
        return self.answer(self.found())

    def create(self, request: Request) -> Response:
        """Publish guidance, as a federal desk."""
        said = self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.publish_guidance(by=self.by, **said))
        return self.created(self.one(self.visible(), pk=pk), is_new=is_new)

    @action(detail=True, methods=["post"])
    def replace(self, request: Request, reference: str) -> Response:
        """Publish the next version. This one can still be read."""
        made = actions.replace_guidance(self.found(), by=self.by, **self.said())
        return self.answer(self.one(self.visible(), pk=made.pk))
