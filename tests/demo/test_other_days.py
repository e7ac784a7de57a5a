import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings

from engagements.models import Engagement


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("today", ["2027-01-01", "2028-02-29"])
def test_the_story_can_be_told_on_any_day(today: str) -> None:
    """A Friday holiday at two in the morning, and a leap day."""
    with time_machine.travel(f"{today}T07:00:00Z", tick=False), override_settings(DEMO=True):
        call_command("load_demo", verbosity=0)
    assert Engagement.objects.filter(status="filed").count() > 15
