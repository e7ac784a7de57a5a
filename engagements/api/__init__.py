"""Engagements, advice and commitments over HTTP."""

from engagements.api.acquaintance import AcquaintanceRoute
from engagements.api.advice import AdviceRequestRoute
from engagements.api.commitments import CommitmentRoute
from engagements.api.engagements import EngagementRoute
from engagements.api.overlaps import OverlapRoute, OverlapSideRoute
from engagements.api.referrals import ReferralRoute

__all__ = [
    "AcquaintanceRoute",
    "AdviceRequestRoute",
    "CommitmentRoute",
    "EngagementRoute",
    "OverlapRoute",
    "OverlapSideRoute",
    "ReferralRoute",
]
