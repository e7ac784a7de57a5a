from typing import Self

from django.db.models import Case, IntegerField, Q, Value, When

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
        found = found.annotate(rank=first)
        return found.order_by("rank", "name", "pk") if words else found.none()

    def called(self, text: str) -> Self:
        """Exactly this name, in any script: the name, the native name or an alias."""
        name = fold(text)
        alone = Q(folded=name) | Q(folded__startswith=f"{name} | ")
        among = Q(folded__endswith=f" | {name}") | Q(folded__contains=f" | {name} | ")
        return self.filter(alone | among) if name else self.none()
