"""The functions that policies ask, and the key they check signatures with.

HMAC (RFC 2104) is written out with the built-in sha256, so that no extension is needed.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from diplomacy.lib.rls.operations import app_role
from diplomacy.lib.rls.roles import KEEPER, ROLES

MAKE = """
CREATE SCHEMA rls;
CREATE TABLE rls.signing_key (
    is_current boolean PRIMARY KEY DEFAULT true,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
CREATE FUNCTION rls.keys() RETURNS varchar[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text[] := string_to_array(current_setting('rls.context', true), '|');
    message bytea;
    given bytea;
    is_signed boolean;
BEGIN
    IF said IS NULL OR array_length(said, 1) IS DISTINCT FROM 3 OR said[3] !~ '^[0-9a-f]{{64}}$' THEN
        RAISE insufficient_privilege USING MESSAGE = 'No reader is named: open rls.reading_as or rls.system first.';
    END IF;
    message := convert_to(said[1] || '|' || said[2], 'UTF8');
    given := decode(said[3], 'hex');
    SELECT bool_or(sha256(outer_pad || sha256(inner_pad || message)) = given) INTO is_signed FROM rls.signing_key;
    IF is_signed IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = 'The reader is not signed with our key.';
    END IF;
    IF said[1]::bigint < extract(epoch FROM clock_timestamp()) THEN
        RAISE insufficient_privilege USING MESSAGE = 'The reader was named too long ago.';
    END IF;
    RETURN string_to_array(said[2], ',')::varchar[];
END $$;
CREATE FUNCTION rls.has(wanted text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN wanted::varchar = ANY (rls.keys());
CREATE FUNCTION rls.is_system() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN (rls.keys())[1] LIKE 'system:%';
REVOKE ALL ON SCHEMA rls FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA rls FROM PUBLIC;
GRANT USAGE ON SCHEMA rls TO {everyone};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA rls TO {everyone};
GRANT CREATE ON SCHEMA rls TO {keeper};
GRANT USAGE ON SCHEMA public TO {roles};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {roles};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {roles};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {roles};
"""


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    roles = ", ".join(ROLES)
    app = editor.quote_name(app_role())
    editor.execute(MAKE.format(roles=roles, keeper=KEEPER, everyone=f"{roles}, {KEEPER}, {app}"), params=None)


class Migration(migrations.Migration):
    dependencies = [("diplomacy", "0001_app_role")]
    # Tables made before it are granted one by one, those made after it by default.
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
