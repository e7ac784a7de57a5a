from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from counterparts.models import Counterpart
from diplomacy.lib.api.views import Route
from engagements import acquaintance
from engagements.serializers.acquaintance import AcquaintancesSerializer


class AcquaintanceRoute(Route):
    gives = {"retrieve": AcquaintancesSerializer}
    lists = frozenset()

    def visible(self) -> QuerySet[Counterpart]:
        return Counterpart.objects.visible_to(self.request.user)

    def retrieve(self, request: Request, reference: str) -> Response:
        """Which offices know this counterpart, told from the engagements that you may see."""
        counterpart = self.found()
        bodies = acquaintance.bodies_of(counterpart)
        return self.answer(
            {
                "offices": acquaintance.known_by([counterpart.pk], request.user).by,
                "bodies": bodies,
                "through_bodies": acquaintance.known_by([body.pk for body in bodies], request.user).by
                if bodies
                else [],
            }
        )
