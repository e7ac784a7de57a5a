from counterparts.api.guidance import GuidanceRoute
from counterparts.api.merging import MergeRoute
from counterparts.api.register import CounterpartRoute
from counterparts.api.screening import HitRoute

__all__ = ["CounterpartRoute", "GuidanceRoute", "HitRoute", "MergeRoute"]
