import importlib

from django.db import migrations

from diplomacy.lib.rls.operations import FEDERAL_TOO, Guard

wall = importlib.import_module("engagements.migrations.0003_second_wall")
# PostgreSQL asks the policies of reading only of what a statement reads. `UPDATE … SET readers = …`, with no condition, opened
# an office's restricted plans to its other writers, and a desk's requests of its lead to its liaisons: of all that is written
# by its own columns, these two have rows that not all of their writers read.
WRITES = {
    "engagements_engagement": wall.OWNER.format(""),
    "engagements_advicerequest": f"{wall.WRITTEN_WITH_IT} OR {wall.DESK.format('')}",
}


def _policies(condition: str) -> str:
    return "".join(
        f"ALTER POLICY writer_changes ON {table} USING ({condition.format(writes)}) WITH CHECK ({writes});"
        f"ALTER POLICY writer_removes ON {table} USING ({condition.format(writes)});"
        for table, writes in WRITES.items()
    )


class Migration(migrations.Migration):
    """The lead of a desk that was asked reads what is restricted, too: which are asked is written by named work (decision 0025)."""

    dependencies = [
        ("engagements", "0022_what_came_of_a_referral"),
        ("accounts", "0009_who_somebody_is"),
    ]
    operations = [
        Guard("engagements_coverage"),
        migrations.RunSQL(_policies(f"({FEDERAL_TOO}) AND ({{}})"), _policies("{}")),
    ]
