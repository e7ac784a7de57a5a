import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The hash of a line covers this text. `activity.chain` reads the same expression to verify it; change neither.
CANONICAL = """
json_build_array(
    {number}, e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.kind, e.actor_id, e.office_id,
    e.subject_type, e.subject_id, e.subject_reference, e.readers, encode({content}, 'hex')
)::text
"""
CONTENT = "sha256(convert_to(coalesce(e.salt::text, '') || e.data::text, 'UTF8'))"

SEAL = f"""
CREATE FUNCTION activity_seal_entries(most integer, whole boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_number bigint := 0;
    last_hash bytea := ''::bytea;
    floor_id bigint := 0;
    sealed integer := 0;
    content bytea;
    e record;
BEGIN
    PERFORM pg_advisory_xact_lock(7017580640680375417);
    SELECT number, hash INTO last_number, last_hash FROM public.activity_seal ORDER BY number DESC LIMIT 1;
    IF NOT FOUND THEN
        last_number := 0;
        last_hash := ''::bytea;
    ELSIF NOT whole THEN
        SELECT max(entry_id) - 20000 INTO floor_id FROM public.activity_seal;
    END IF;
    FOR e IN
        SELECT * FROM public.activity_entry a
        WHERE (whole OR a.id > floor_id)
          AND NOT EXISTS (SELECT FROM public.activity_seal s WHERE s.entry_id = a.id)
        ORDER BY a.id LIMIT most
    LOOP
        last_number := last_number + 1;
        content := {CONTENT};
        last_hash := sha256(last_hash || convert_to({CANONICAL.format(number="last_number", content="content")}, 'UTF8'));
        INSERT INTO public.activity_seal (number, entry_id, content, hash)
        VALUES (last_number, e.id, content, last_hash);
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END $$;
"""

# What an entry may lose is its content, once, and nothing else of it.
GUARD = """
CREATE FUNCTION activity_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'activity_entry' THEN
        IF OLD.expired_at IS NULL AND NEW.expired_at IS NOT NULL AND NEW.salt IS NULL AND NEW.data = '{}'::jsonb
           AND (to_jsonb(NEW) - '{data,salt,expired_at}'::text[]) = (to_jsonb(OLD) - '{data,salt,expired_at}'::text[])
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the activity log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON activity_entry
    FOR EACH ROW EXECUTE FUNCTION activity_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON activity_seal
    FOR EACH ROW EXECUTE FUNCTION activity_append_only();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON activity_entry
    FOR EACH STATEMENT EXECUTE FUNCTION activity_append_only();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON activity_seal
    FOR EACH STATEMENT EXECUTE FUNCTION activity_append_only();
"""

PRIVILEGES = """
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON activity_seal FROM {app};
REVOKE ALL ON FUNCTION activity_seal_entries(integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION activity_seal_entries(integer, boolean) TO {app};
"""


def install(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    app = editor.quote_name(str(settings.DATABASES["default"]["USER"]))
    for statement in (SEAL, GUARD, PRIVILEGES.format(app=app)):
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="activity.entry",
                    ),
                ),
                ("content", models.BinaryField(help_text="SHA-256 of the entry's salt and data")),
                (
                    "hash",
                    models.BinaryField(help_text="SHA-256 of the hash before this one and of the entry"),
                ),
            ],
        ),
        # The table of entries last: from here on nobody writes to it until all of this is done.
        # Without its default first: adding a random one would write every row of the table again.
        migrations.AddField("entry", "salt", models.UUIDField(editable=False, null=True)),
        migrations.AlterField(
            "entry",
            "salt",
            models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True
            ),
        ),
        migrations.AddField("entry", "expired_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
