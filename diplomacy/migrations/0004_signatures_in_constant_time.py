"""Signatures are compared by their HMACs under a key of the moment: how long it takes tells nothing of the right one."""

from django.db import migrations

OLD = "sha256(outer_pad || sha256(inner_pad || message)) = given"
NEW = "sha256(blind || sha256(outer_pad || sha256(inner_pad || message))) = sha256(blind || given)"
KEYS = """
CREATE OR REPLACE FUNCTION rls.keys() RETURNS varchar[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text[] := string_to_array(current_setting('rls.context', true), '|');
    blind bytea := uuid_send(gen_random_uuid());
    message bytea;
    given bytea;
    is_signed boolean;
BEGIN
    IF said IS NULL OR array_length(said, 1) IS DISTINCT FROM 3 OR said[3] !~ '^[0-9a-f]{64}$' THEN
        RAISE insufficient_privilege USING MESSAGE = 'No reader is named: open rls.reading_as or rls.system first.';
    END IF;
    message := convert_to(said[1] || '|' || said[2], 'UTF8');
    given := decode(said[3], 'hex');
    SELECT bool_or(COMPARISON) INTO is_signed FROM rls.signing_key;
    IF is_signed IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = 'The reader is not signed with our key.';
    END IF;
    IF said[1]::bigint < extract(epoch FROM clock_timestamp()) THEN
        RAISE insufficient_privilege USING MESSAGE = 'The reader was named too long ago.';
    END IF;
    RETURN string_to_array(said[2], ',')::varchar[];
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("diplomacy", "0003_reader_themselves")]
    operations = [
        migrations.RunSQL(KEYS.replace("COMPARISON", NEW), KEYS.replace("COMPARISON", OLD)),
    ]
