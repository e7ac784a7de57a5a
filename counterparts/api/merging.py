from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity import actions as activity
from counterparts import actions
from counterparts.models import Alike, Merge
from counterparts.serializers.merging import AlikeSerializer, MergeSaidSerializer, MergeSerializer
from diplomacy.lib.api.views import Route


class MergeRoute(Route):
    takes = {"create": MergeSaidSerializer}
    gives = {
        "list": MergeSerializer,
        "retrieve": MergeSerializer,
        "create": MergeSerializer,
        "undo": MergeSerializer,
        "suggestions": AlikeSerializer,
    }
    lists = frozenset({"list", "suggestions"})
    once = frozenset({"create"})
    examples = {"create": {"kept": "C-7K3M9Q2X", "gone": "C-4R8T1W5Z"}}

    def visible(self) -> QuerySet[Merge]:
        return Merge.objects.visible_to(self.request.user).select_related("kept", "gone")

    def list(self, request: Request) -> Response:
        """What was merged, the latest first."""
        self.asked()
        return self.page(self.visible())

    def retrieve(self, request: Request, reference: str) -> Response:
        """One merge."""
        return self.answer(self.found())

    def create(self, request: Request) -> Response:
        """Two counterparts become one. It can be undone."""
        said = self.said()
        pk, is_new = self.create_once(activity.once, lambda: actions.merge(by=self.by, **said))
        return self.created(self.one(self.visible(), pk=pk), is_new=is_new)

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, reference: str) -> Response:
        """They are two again, each with what was its own."""
        actions.undo_merge(self.found(), by=self.by)
        return self.answer(self.found())

    @action(detail=False)
    def suggestions(self, request: Request) -> Response:
        """Pairs that may be one, most alike first."""
        self.asked()
        return self.page(Alike.objects.visible_to(request.user).in_rows(), ("-score", "-id"))
