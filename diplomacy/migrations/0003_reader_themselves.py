from django.db import migrations

from diplomacy.lib.rls.operations import app_role
from diplomacy.lib.rls.roles import KEEPER, ROLES

# A key built for each row, to be compared with the reader's keys, can use no index.
MAKE = f"""
CREATE FUNCTION rls.person() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN (SELECT substr(key, 8)::bigint FROM unnest(rls.keys()) key WHERE key LIKE 'person:%');
REVOKE ALL ON FUNCTION rls.person() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rls.person() TO {", ".join((*ROLES, KEEPER))}, "{app_role()}";
"""


class Migration(migrations.Migration):
    dependencies = [("diplomacy", "0002_second_wall")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION rls.person()")]
