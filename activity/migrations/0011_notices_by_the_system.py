from django.db import migrations

from diplomacy.lib.rls.roles import READERS

# Whoever was told of a line of the log reads it: who could write that they were told read them all. A reader marks as read.
ROLES = ", ".join(READERS)
CLOSE = f"""
REVOKE INSERT, UPDATE, DELETE ON activity_notice FROM {ROLES};
GRANT UPDATE (read_at) ON activity_notice TO {ROLES};
"""
OPEN = f"GRANT INSERT, UPDATE, DELETE ON activity_notice TO {ROLES}"


class Migration(migrations.Migration):
    dependencies = [("activity", "0010_ways_of_bulk_reading")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
