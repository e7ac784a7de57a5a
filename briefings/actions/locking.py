from briefings.models import Briefing, Delivery
from diplomacy.lib.errors import Stale
from diplomacy.lib.rls import system


@system("briefings.lock")
def lock(briefing: Briefing, version: int | None = None) -> Briefing:
    """The row as it is now, held until the transaction ends; Stale when it is not the version that was read."""
    held: Briefing = (
        Briefing.objects.select_for_update(of=("self",))
        .select_related("office", "author")
        .get(pk=briefing.pk)
    )
    if version is not None and held.version != version:
        raise Stale
    return held


@system("briefings.lock")
def lock_delivery(delivery: Delivery) -> Delivery:
    """Its briefing first, as a recall does: nobody acknowledges what is being taken back."""
    briefing = Briefing.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.briefing_id)
    held: Delivery = (
        Delivery.objects.select_for_update(of=("self",)).select_related("member").get(pk=delivery.pk)
    )
    held.briefing = briefing
    return held
