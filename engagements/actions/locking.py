from diplomacy.lib.errors import Stale
from diplomacy.lib.rls import system
from engagements.models import AdviceRequest, Engagement, Referral


# `no_key`: rows that only name the engagement (overlaps of somebody else's filing) do not wait for whoever holds it.
# Nobody is joined who may be another by the time the lock is given: PostgreSQL looks at the changed row beside the old rows
# of the others, and finds nobody, or nothing at all.
# Locking counts as writing for PostgreSQL. The door has found the row through `visible_to`, and the rules come next.
@system("engagements.lock")
def lock(engagement: Engagement, version: int | None = None) -> Engagement:
    """The row as it is now, held until the transaction ends; Stale when it is not the version that was read."""
    held: Engagement = (
        Engagement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("office")
        .get(pk=engagement.pk)
    )
    if version is not None and held.version != version:
        raise Stale
    return held


@system("engagements.lock")
def lock_request(request: AdviceRequest) -> AdviceRequest:
    """Engagement first, then its request: one order, so that two writers never wait for each other."""
    engagement = lock(request.engagement)
    held: AdviceRequest = (
        AdviceRequest.objects.select_for_update(of=("self",)).select_related("desk").get(pk=request.pk)
    )
    held.engagement = engagement
    return held


@system("engagements.lock")
def lock_referral(referral: Referral, version: int | None = None) -> Referral:
    held: Referral = (
        Referral.objects.select_for_update(of=("self",), no_key=True)
        .select_related("sender", "receiver", "written_by")
        .get(pk=referral.pk)
    )
    if version is not None and held.version != version:
        raise Stale
    return held
