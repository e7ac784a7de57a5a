from django.db import migrations

from diplomacy.lib.rls.roles import KEEPER, ROLES

# Its rights were taken from PUBLIC after the keeper owned it, by the owner before: that took nothing.
RIGHTS = f"""
SET LOCAL ROLE {KEEPER};
REVOKE ALL ON FUNCTION rls.briefings_received() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.briefings_received() TO {", ".join(ROLES)};
RESET ROLE;
"""


class Migration(migrations.Migration):
    dependencies = [("briefings", "0006_disposed_sections")]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
