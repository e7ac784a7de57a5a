"""How many cases, and which: the same ones in every run of the tests, others each time with `make fuzz`."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from tests.access.matrix.conftest import askers, world

__all__ = ["askers", "world"]
CASES = int(os.environ.get("FUZZ", "0"))
quiet: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
# Made smaller only where there is time for it.
settings.register_profile("short", phases=[Phase.generate], derandomize=True, max_examples=100, **quiet)
TEXTS = max(CASES // 20, 100)
"""For each parser: forty of them, and most ask PostgreSQL."""
settings.register_profile("long", max_examples=TEXTS, **quiet)
settings.load_profile("long" if CASES else "short")
