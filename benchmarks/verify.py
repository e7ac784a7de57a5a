"""Whether the readers that COPY wrote are those that the rules compute. A wrong one would make every figure a lie."""

from diplomacy.lib.rls import system
from engagements import rules
from engagements.actions.sharing import named_keys
from engagements.models import AdviceRequest, Engagement

STEP = 400


@system("benchmarks")
def verify() -> int:
    sample = Engagement.objects.filter(pk__in=range(1, 1_000_000, STEP)).select_related("office")
    checked = 0
    for engagement in sample.iterator():
        desks = AdviceRequest.objects.filter(engagement=engagement).values_list("desk_id", flat=True)
        wanted = rules.engagement_readers(engagement, named_keys(engagement), list(desks))
        if (sorted(engagement.readers), engagement.federal_reads) != wanted:
            raise SystemExit(f"{engagement.reference} has readers that the rules would not give it.")
        checked += 1
    return checked
