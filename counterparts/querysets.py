from typing import Self

from django.db.models import Case, IntegerField, Value, When

from counterparts.folding import fold
from diplomacy.lib.readers import SignedInQuerySet


class CounterpartQuerySet(SignedInQuerySet):
    def named_like(self, text: str) -> Self:
        """Every word of the text occurs in some name; names that begin with it come first."""
        words = fold(text).split()
        found = self
        for word in words[:8]:
            found = found.filter(folded__contains=word)
        first = Case(
            When(folded__startswith=fold(text), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return found.order_by(first, "name") if words else found.none()
