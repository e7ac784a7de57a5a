"""Public lists and their entries, to read. Loading one is for a page: it takes files and a proof of who sends them."""

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from counterparts.lists.serializers import (
    ListEditionSerializer,
    ListingLineSerializer,
    ListingQuery,
    ListingSerializer,
    ListQuery,
)
from counterparts.models import ListEdition, Listing
from diplomacy.lib.api.views import Route


class ListRoute(Route):
    gives = {"list": ListEditionSerializer, "retrieve": ListEditionSerializer}
    queries = {"list": ListQuery}

    def visible(self) -> QuerySet[ListEdition]:
        return ListEdition.objects.visible_to(self.request.user)

    def list(self, request: Request) -> Response:
        """Every loading of a list, the latest first. The last that is `loaded` of each list holds."""
        return self.page(self.visible().filter(**self.asked()))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One loading of a list."""
        return self.answer(self.found())


class ListingRoute(Route):
    order = ("name", "id")
    gives = {"list": ListingLineSerializer, "retrieve": ListingSerializer}
    queries = {"list": ListingQuery}

    def visible(self) -> QuerySet[Listing]:
        return Listing.objects.visible_to(self.request.user).select_related("edition")

    def list(self, request: Request) -> Response:
        """Entries of the lists, or those with a name like `q`."""
        asked, rows = self.asked(), self.visible()
        also, q = asked.pop("vanished", False), asked.pop("q", "")
        if not also:
            rows = rows.live()  # type: ignore[attr-defined]
        if q:
            rows = rows.named_like(q, also_delisted=also)  # type: ignore[attr-defined]
        return self.page(rows.filter(**asked))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One entry with all its names."""
        return self.answer(self.found())
