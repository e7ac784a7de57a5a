from engagements.models.advice import (
    Advice,
    AdviceRequest,
    AdviceResponse,
    DeskNote,
    Question,
)
from engagements.models.engagements import (
    AttentionFlag,
    Engagement,
    EngagementCountry,
    EngagementGroupPermission,
    EngagementUserPermission,
    EngagementVersion,
    OfficeNote,
    Participant,
    Reading,
    Stop,
)
from engagements.models.outcomes import Commitment, OutcomeReport
from engagements.models.overlaps import (
    CoordinatorQuestion,
    Overlap,
    OverlapFootprint,
    OverlapMessage,
    OverlapSide,
)
from engagements.models.referrals import Referral, ReferralEngagement
from engagements.models.routing import Coverage

__all__ = [
    "Advice",
    "AdviceRequest",
    "AdviceResponse",
    "AttentionFlag",
    "Commitment",
    "CoordinatorQuestion",
    "Coverage",
    "DeskNote",
    "Engagement",
    "EngagementCountry",
    "EngagementGroupPermission",
    "EngagementUserPermission",
    "EngagementVersion",
    "OfficeNote",
    "OutcomeReport",
    "Overlap",
    "OverlapFootprint",
    "OverlapMessage",
    "OverlapSide",
    "Participant",
    "Question",
    "Reading",
    "Referral",
    "ReferralEngagement",
    "Stop",
]
