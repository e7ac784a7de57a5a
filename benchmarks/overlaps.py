"""Plans that cross, among OVERLAP_ROWS engagements (1,000,000): one filing, and the nightly run.

    python -m diplomacy.embedded --at var/bench-overlaps --fast -- python -m benchmarks.overlaps

One in 100 meets one ministry, and one in 10 goes to one region for one topic: the search must not read them all.
"""

import os
from collections.abc import Sequence

os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DEBUG": "0", "DEMO": "0"}

import django

django.setup()

from django.db import connections  # noqa: E402

ROWS = int(os.environ.get("OVERLAP_ROWS", "1000000"))
FILINGS = int(os.environ.get("OVERLAP_FILINGS", "200"))
SLOWEST, NIGHT, RATIO = 0.020, 120, 1.5
MINISTRY = 1
# Of 100 engagements 22 are filed and to come within a year; half of their offices introduce themselves, 30 % signal.
FILL = """
INSERT INTO auth_group (id, name) SELECT n, 'g' || n FROM generate_series(1, 2000) n;
INSERT INTO accounts_office (id, reference, name, short_name, level, is_desk, group_id, website, grace_days)
    SELECT n, 'O-' || lpad(n::text, 8, '0'), 'Office ' || n, 'Office ' || n, 'state', false, n, '', 0 FROM generate_series(1, 2000) n;
INSERT INTO accounts_user (id, email, name, password, is_superuser, is_staff, is_active, time_zone, date_joined)
    SELECT n, 'p' || n || '@bench.example', 'Person ' || n, '', false, false, true, 'America/New_York', now() FROM generate_series(1, 2000) n;
INSERT INTO accounts_member (id, user_id, office_id, role, starts_on, title, key) SELECT n, n, n, 'lead', '2020-01-01', '', gen_random_uuid() FROM generate_series(1, 2000) n;
"""


def owner(statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as run:
        run.execute(statement, values or None)
        return run.fetchall() if run.description else []
