import importlib

from django.db import migrations

from diplomacy.lib.rls.operations import FEDERAL_TOO, Guard
from diplomacy.lib.rls.roles import READERS

wall = importlib.import_module("engagements.migrations.0003_second_wall")
# PostgreSQL asks the policies of reading only of what a statement reads. `UPDATE … SET readers = …`, with no condition, opened
# an office's restricted plans to its other writers, and a desk's requests of its lead to its liaisons: of all that is written
# by its own columns, these two have rows that not all of their writers read.
WRITES = {
    "engagements_engagement": wall.OWNER.format(""),
    "engagements_advicerequest": f"{wall.WRITTEN_WITH_IT} OR {wall.DESK.format('')}",
}
REQUESTS = "engagements_advicerequest"
# The desk leads that were asked are among the readers of what is restricted: a desk that could ask itself, or move a request
# of its own to another engagement, was let in when the office saved its plan the next time.
ASKS = f"""
DROP POLICY writer_adds ON {REQUESTS};
CREATE POLICY writer_adds ON {REQUESTS} FOR INSERT TO {", ".join(READERS)} WITH CHECK ({{}});
ALTER POLICY writer_changes ON {REQUESTS} WITH CHECK ({{}});
"""


def _policies(condition: str) -> str:
    return "".join(
        f"ALTER POLICY writer_changes ON {table} USING ({condition.format(writes)}) WITH CHECK ({writes});"
        f"ALTER POLICY writer_removes ON {table} USING ({condition.format(writes)});"
        for table, writes in WRITES.items()
    )


class Migration(migrations.Migration):
    """The lead of a desk that was asked reads what is restricted, too: which are asked is written by named work (decision 0025)."""

    dependencies = [
        ("engagements", "0023_whom_to_ask"),
        ("accounts", "0009_who_somebody_is"),
    ]
    operations = [
        Guard("engagements_coverage"),
        migrations.RunSQL(_policies(f"({FEDERAL_TOO}) AND ({{}})"), _policies("{}")),
        migrations.RunSQL(
            ASKS.format(wall.WRITTEN_WITH_IT, f"{wall.READ_WITH_IT} AND ({WRITES[REQUESTS]})"),
            ASKS.format(WRITES[REQUESTS], WRITES[REQUESTS]),
        ),
    ]
