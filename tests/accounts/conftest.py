from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_tried_before() -> Iterator[None]:
    """Rates are counted by address, and all tests come from one."""
    cache.clear()
    yield
    cache.clear()
