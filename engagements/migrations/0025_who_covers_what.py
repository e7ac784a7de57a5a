"""The lead of a desk that was asked reads what is restricted: which desks are asked is written by named work (decision 0025)."""

from django.db import migrations

from diplomacy.lib.rls.operations import Guard


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0022_what_came_of_a_referral"),
        ("accounts", "0009_who_somebody_is"),
    ]
    operations = [Guard("engagements_coverage")]
