"""An injected statement leaves a setting on the connection, for the request of whoever comes next on it."""

import pytest
from django.db import connection

from accounts.models import Member
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "America/New_York"])
def test_a_time_zone_moves_no_moment_of_a_record_that_somebody_saves(
    maria: Member, client_for: ClientFor, zone: str
) -> None:
    """Moments are read as they come, for UTC: fourteen hours off, and saved so with whatever was changed."""
    filed = make.filed(maria)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])
    saved = client_for(maria).post(f"{filed.get_absolute_url()}postpone/", {"version": filed.version})
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
    now = Engagement.objects.get()
    assert (saved.status_code, now.status) == (302, "postponed")
    assert now.filed_at == filed.filed_at
