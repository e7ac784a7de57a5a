from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

from diplomacy.lib.rls.operations import OWN, Protect, any_key

WRITERS = ("staff", "lead", "liaison", "desk_lead")
BY_OFFICE = any_key(*(f"'office:' || office_id || ':{role}'" for role in WRITERS))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("counterparts", "0002_listings_and_screening"),
        ("diplomacy", "0002_second_wall"),
    ]
    operations = [
        ValidateConstraint("counterpart", "counterpart_is_not_merged_into_itself"),
        ValidateConstraint("counterpart", "only_people_are_born"),
        AddIndexConcurrently(
            "counterpart",
            models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="counterpart_merged",
            ),
        ),
        Protect("counterparts_counterpartnote", reads=OWN, writes=BY_OFFICE),
        Protect("counterparts_disposition", reads=OWN, writes=BY_OFFICE),
    ]
